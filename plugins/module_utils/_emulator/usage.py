# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much a logical unit has been used: counted by the features that do the work, reported by the log pages."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Mapping


@dataclass
class Usage:
    """Counters since the drive was manufactured."""

    read_commands: int = 0
    write_commands: int = 0
    verify_commands: int = 0
    bytes_read: int = 0
    bytes_written: int = 0
    bytes_verified: int = 0
    start_stop_cycles: int = 1
    load_unload_cycles: int = 1
    transitions_to_active: int = 1
    transitions_to_idle_a: int = 0
    transitions_to_idle_b: int = 0
    transitions_to_idle_c: int = 0
    transitions_to_standby_y: int = 0
    transitions_to_standby_z: int = 0

    def count_transition(self, condition: str) -> None:
        """Counts that the drive has entered a power condition; nothing counts how often it was stopped."""
        name = "transitions_to_" + condition
        if hasattr(self, name):
            setattr(self, name, getattr(self, name) + 1)

    def save(self) -> dict[str, Any]:
        """The state, as JSON can hold it."""
        return asdict(self)

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores what `save` returned."""
        for field in fields(self):
            if field.name in state:
                setattr(self, field.name, int(state[field.name]))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit attention conditions that are pending for each I_T nexus (SAM-6 5.14)."""

from __future__ import annotations

from typing import Collection, Iterable, Tuple

from .contract import Nexus

#: Additional sense code and qualifier.
SenseCode = Tuple[int, int]

POWER_ON_OR_RESET = (0x29, 0x00)
COMMANDS_CLEARED = (0x2F, 0x00)
MODE_PARAMETERS_CHANGED = (0x2A, 0x01)
LOG_PARAMETERS_CHANGED = (0x2A, 0x02)
RESERVATIONS_PREEMPTED = (0x2A, 0x03)
RESERVATIONS_RELEASED = (0x2A, 0x04)
REGISTRATIONS_PREEMPTED = (0x2A, 0x05)
REPORTED_LUNS_CHANGED = (0x3F, 0x0E)

#: The most conditions kept for each nexus: a drive has limited room for them.
_MOST = 8


class Attentions:
    """The conditions of one unit, for the initiator ports that are logged in; nothing is kept for others.

    ``logged_in`` is shared by the units of a server. Nothing is kept for a nexus until it sends a command: that one
    reports a power on, which covers all earlier events (SAM-6 5.14 lets that condition clear others). Otherwise a
    thousand sessions with a thousand units would take a million lists.
    """

    def __init__(self) -> None:
        self._pending: dict[Nexus, list[SenseCode]] = {}
        self.logged_in: Collection[Nexus] = ()

    @property
    def nexuses(self) -> list[Nexus]:
        """All nexuses that are logged in."""
        return list(self._pending) + [nexus for nexus in self.logged_in if nexus not in self._pending]

    def knows(self, nexus: Nexus) -> bool:
        """Whether anything is kept for a nexus."""
        return nexus in self._pending

    def _of(self, nexus: Nexus) -> list[SenseCode] | None:
        pending = self._pending.get(nexus)
        if pending is None and nexus in self.logged_in:
            pending = self._pending[nexus] = [POWER_ON_OR_RESET]
        return pending

    def detach(self, nexus: Nexus) -> None:
        """Discards what is pending for a nexus that is lost."""
        self._pending.pop(nexus, None)

    def establish(self, code: SenseCode, only: Iterable[Nexus] | None = None, but: Nexus | None = None) -> None:
        """Makes a condition pending for the nexuses in ``only`` (None: for every nexus), except for ``but``."""
        for nexus in list(self._pending) if only is None else only:
            pending = self._of(nexus)
            if pending is None or nexus == but or code in pending:
                continue
            if code[0] == POWER_ON_OR_RESET[0]:
                # A reset covers all earlier conditions.
                pending[:] = [code]
            elif len(pending) < _MOST:
                pending.append(code)

    def take(self, nexus: Nexus) -> SenseCode | None:
        """Removes and returns the oldest condition that is pending for the nexus."""
        pending = self._of(nexus)
        return pending.pop(0) if pending else None

    def clear(self, nexus: Nexus, code: SenseCode) -> None:
        """Removes a condition that the nexus has learned of in another way."""
        pending = self._of(nexus)
        if pending and code in pending:
            pending.remove(code)

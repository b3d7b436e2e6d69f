# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a copy manager needs of the logical units that it copies from and to. The units implement it."""

from __future__ import annotations

from typing import Protocol, Union

from ..contract import Nexus
from ..feature import Check, Status

#: Why a unit refuses what the copy manager asks of it, as it would answer a command.
Refusal = Union[Check, Status]


class CopyMedium(Protocol):
    """The blocks of a unit. Addresses have been checked.

    Reads and writes may raise Check, such as for an unreadable block or write protection, and OSError.
    """

    @property
    def block_length(self) -> int:
        """In bytes."""

    @property
    def blocks(self) -> int:
        """How many there are."""

    def read(self, lba: int, count: int) -> bytes:
        """The data of ``count`` blocks."""

    def write(self, lba: int, data: bytes) -> None:
        """Writes whole blocks."""


class CopyEndpoint(Protocol):
    """A logical unit that can be the source or the destination of a copy."""

    @property
    def designator(self) -> bytes:
        """Its NAA designator in VPD page 83h."""

    @property
    def peripheral_device_type(self) -> int:
        """As INQUIRY reports it."""

    @property
    def medium(self) -> CopyMedium:
        """What is read and written."""

    def ready(self, nexus: Nexus, writes: bool) -> Refusal | None:
        """None if the copy manager may use the unit now on behalf of ``nexus``, else the unit's answer.

        It may be not ready, reserved, or write protected (if ``writes``). Called before every step of a copy.
        """

    def changed(self) -> None:
        """A copy that wrote here has ended, successfully or not: its data must be as durable as any completed write."""

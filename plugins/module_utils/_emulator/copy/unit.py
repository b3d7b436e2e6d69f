# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A logical unit as the copy managers of its server see it."""

from __future__ import annotations

from typing import Callable, Sequence

from ..blocks.access import MediumAccess
from ..contract import Nexus, Task
from ..feature import Check, Feature, Status
from .endpoint import Refusal

_READ_16, _WRITE_16 = 0x88, 0x8A
_CDB_16 = 16


class _CopyBlocks:
    """The blocks of a unit, as an `endpoint.CopyMedium`."""

    def __init__(self, access: MediumAccess) -> None:
        self.block_length = access.medium.block_length
        self.blocks = access.medium.blocks
        self.read = access.read
        self.write = access.write


class CopyUnit:
    """A logical unit, as an `endpoint.CopyEndpoint`. ``features`` returns those that may refuse a command."""

    def __init__(self, designator: bytes, peripheral_device_type: int, access: MediumAccess,
                 features: Callable[[], Sequence[Feature]]) -> None:
        self.designator = designator
        self.peripheral_device_type = peripheral_device_type
        self.medium = _CopyBlocks(access)
        self._access = access
        self._features = features

    def ready(self, nexus: Nexus, writes: bool) -> Refusal | None:
        """Checks as if the initiator itself had sent a READ or a WRITE (SPC-6 5.17.3)."""
        task = Task(nexus=nexus, lun=None, cdb=bytes((_WRITE_16 if writes else _READ_16,)) + bytes(_CDB_16 - 1))
        try:
            for feature in self._features():
                feature.gate(task)
            if writes:
                self._access.check_writable()
        except (Check, Status) as refusal:
            return refusal
        return None

    def changed(self) -> None:
        """Makes the copied data as durable as data written by commands."""
        self._access.settle()

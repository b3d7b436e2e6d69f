# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk with nothing but its blocks, for the tests of them."""

from __future__ import annotations

from typing import Any

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.feature import Blocks
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.medium import Medium, MemoryMedium
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.faults.faults import Faults
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.streams import Streams
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.unit import LogicalUnit
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.usage import Usage
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.block_commands import READ_16, WRITE_16

from .bench import ONE, FakeTask, FakeTimers

LENGTH = 512
BLOCKS = 100000

INVALID_FIELD_IN_CDB = (0x05, 0x24, 0x00)
INVALID_FIELD_IN_LIST = (0x05, 0x26, 0x00)
OUT_OF_RANGE = (0x05, 0x21, 0x00)
WRITE_PROTECTED = (0x07, 0x27, 0x00)
UNRECOVERED_READ = (0x03, 0x11, 0x00)
MISCOMPARE = (0x0E, 0x1D, 0x00)
INVALID_OPERATION_CODE = (0x05, 0x20, 0x00)


class CountingMedium(MemoryMedium):
    """Counts how often what was written was made to last."""

    def __init__(self, block_length: int = LENGTH, blocks: int = BLOCKS) -> None:
        super().__init__(block_length, blocks)
        self.flushes = 0

    def flush(self) -> None:
        self.flushes += 1


class Disk:
    """A logical unit that has nothing but its blocks. Its initiator sends what the disk says that it takes, unless a
    test says otherwise."""

    def __init__(self, medium: Medium | None = None, streams: bool = False, dpofua: bool = True,
                 **settings: Any) -> None:
        self.medium = medium or CountingMedium()
        self.usage = Usage()
        self.write_cache = False
        self.write_protected = False
        self.saved = 0
        clock = Clock(FakeTimers())
        self.streams = Streams(clock) if streams else None
        self.blocks = Blocks(self.medium, self.usage, settings, lambda: self.write_cache,
                             lambda: self.write_protected, self.streams, dpofua=dpofua)
        features = [self.blocks] if self.streams is None else [self.streams, self.blocks]
        self.unit = LogicalUnit(clock, features, Faults(), self.usage, self._save)
        # The information of sense data is a block's address, which the fixed format has no room for.
        self.unit.set_descriptor_sense(lambda: True)

    def _save(self, state: Any) -> None:
        self.saved += 1

    @property
    def flushes(self) -> int:
        assert isinstance(self.medium, CountingMedium)
        return self.medium.flushes

    def wanted(self, cdb: bytes) -> int:
        return self.unit.wanted(cdb, 0)

    def send(self, cdb: bytes, data_out: bytes = b"") -> FakeTask:
        task = FakeTask(nexus=ONE, lun=0, cdb=cdb, data_out=data_out[:self.wanted(cdb)],
                        expected_length=len(data_out), reads=not data_out, writes=bool(data_out))
        self.unit.submit(task)
        return task

    def good(self, cdb: bytes, data_out: bytes = b"") -> bytes:
        """The data of a command that must end with GOOD."""
        task = self.send(cdb, data_out)
        assert task.status == GOOD, (task.status, task.sense)
        return task.data

    def write(self, lba: int, data: bytes) -> None:
        """Writes whole blocks; must succeed."""
        self.good(WRITE_16.encode(logical_block_address=lba, transfer_length=len(data) // LENGTH), data)

    def read(self, lba: int, count: int = 1) -> bytes:
        """Reads blocks; must succeed."""
        return self.good(READ_16.encode(logical_block_address=lba, transfer_length=count))


def pattern(count: int, seed: int = 1) -> bytes:
    """Blocks of which no two are alike."""
    return b"".join((seed * 1000003 + at).to_bytes(8, "big") * (LENGTH // 8) for at in range(count))

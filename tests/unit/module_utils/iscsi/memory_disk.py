# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk in memory, just enough of one to prove the iSCSI server with; not the emulated drive of the collection."""

from __future__ import annotations

import threading
from typing import Any, Callable

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import Nexus, ServedUnit, Target, Task

GOOD, CHECK_CONDITION = 0x00, 0x02
BLOCK = 512


def sense(key: int, asc: int, ascq: int = 0) -> bytes:
    return bytes((0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq, 0, 0, 0, 0))


INVALID_OPCODE = sense(5, 0x20)
INVALID_FIELD = sense(5, 0x24)
OUT_OF_RANGE = sense(5, 0x21)
NO_UNIT = sense(5, 0x25)
POWER_ON = sense(6, 0x29)
RESET = sense(6, 0x29, 0x03)
CLEARED = sense(6, 0x2F)


def _number(cdb: bytes, first: int, end: int) -> int:
    return int.from_bytes(cdb[first:end], "big")


def _extent(cdb: bytes) -> tuple[int, int]:
    """LBA and number of blocks of READ and WRITE (6) to (16)."""
    group = cdb[0] >> 5
    if group == 0:
        return _number(cdb, 1, 4) & 0x1FFFFF, cdb[4] or 256
    if group == 4:
        return _number(cdb, 2, 10), _number(cdb, 10, 14)
    if group == 5:
        return _number(cdb, 2, 6), _number(cdb, 6, 10)
    return _number(cdb, 2, 6), _number(cdb, 7, 9)


READS = {0x08, 0x28, 0xA8, 0x88}
WRITES = {0x0A, 0x2A, 0xAA, 0x8A, 0x2E, 0xAE, 0x8E}
#: A vendor specific command that stays open until it is told to end or aborted.
WAIT = 0xC0
#: One whose CDB is 32 bytes long and comes back as data.
ECHO_CDB = 0x7F
#: One that raises an exception.
FAIL = 0xC1


class MemoryDisk(ServedUnit):
    def __init__(self, shelf: Shelf, blocks: int = 2048) -> None:
        self.shelf = shelf
        self.medium = bytearray(blocks * BLOCK)
        self.blocks = blocks
        self.attentions: dict[Nexus, list[bytes]] = {}
        self.waiting: list[Task] = []
        self.aborted: list[Task] = []
        self.resets: list[str] = []
        self.submitted = threading.Event()
        self.before: Callable[[Task], Any] | None = None

    def wanted(self, cdb: bytes, expected_length: int) -> int:
        if cdb[0] in WRITES:
            return _extent(cdb)[1] * BLOCK
        return 0

    def submit(self, task: Task) -> None:
        if self.before is not None:
            self.before(task)
        opcode = task.cdb[0]
        attentions = self.attentions.get(task.nexus)
        if attentions and opcode not in (0x12, 0xA0, 0x03):
            task.complete(CHECK_CONDITION, sense=attentions.pop(0))
            return
        if opcode in READS or opcode in WRITES:
            self._move(task)
        elif opcode == WAIT:
            self.waiting.append(task)
            self.submitted.set()
        elif opcode == FAIL:
            raise RuntimeError("a bug in the model")
        else:
            self._answer(task, opcode)

    def _answer(self, task: Task, opcode: int) -> None:
        cdb = task.cdb
        if opcode in (0x00, 0x35, 0x91, 0x1B):
            task.complete(GOOD)
        elif opcode == 0x03:
            task.complete(GOOD, sense(0, 0)[:cdb[4]])
        elif opcode == 0x12:
            self._inquiry(task)
        elif opcode == 0xA0:
            task.complete(GOOD, self.shelf.report_luns()[:_number(cdb, 6, 10)])
        elif opcode == 0x25:
            task.complete(GOOD, (self.blocks - 1).to_bytes(4, "big") + BLOCK.to_bytes(4, "big"))
        elif opcode == 0x9E and cdb[1] & 0x1F == 0x10:
            data = (self.blocks - 1).to_bytes(8, "big") + BLOCK.to_bytes(4, "big") + bytes(20)
            task.complete(GOOD, data[:_number(cdb, 10, 14)])
        elif opcode == 0x1A:
            task.complete(GOOD, bytes((3, 0, 0, 0))[:cdb[4]])
        elif opcode == 0x5A:
            task.complete(GOOD, bytes((0, 6, 0, 0, 0, 0, 0, 0))[:_number(cdb, 7, 9)])
        elif opcode == ECHO_CDB:
            task.complete(GOOD, task.cdb)
        else:
            task.complete(CHECK_CONDITION, sense=INVALID_OPCODE)

    def _inquiry(self, task: Task) -> None:
        cdb = task.cdb
        allocation = _number(cdb, 3, 5)
        if not cdb[1] & 1 and cdb[2]:
            task.complete(CHECK_CONDITION, sense=INVALID_FIELD)
            return
        if not cdb[1] & 1:
            data = bytes((0, 0, 6, 2, 91, 0, 0, 2)) + b"EXAMPLE MEMORY DISK     0001" + bytes(60)
        elif cdb[2] == 0x00:
            data = bytes((0, 0, 0, 3, 0, 0x80, 0x83))
        elif cdb[2] == 0x80:
            data = bytes((0, 0x80, 0, 8)) + b"SERIAL01"
        elif cdb[2] == 0x83:
            data = bytes((0, 0x83, 0, 12, 1, 3, 0, 8)) + bytes.fromhex("3000000000000001")
        else:
            task.complete(CHECK_CONDITION, sense=INVALID_FIELD)
            return
        task.complete(GOOD, data[:allocation])

    def _move(self, task: Task) -> None:
        lba, count = _extent(task.cdb)
        if len(task.cdb) > 6 and task.cdb[0] >> 5 and task.cdb[1] & 0xF8:
            task.complete(CHECK_CONDITION, sense=INVALID_FIELD)  # no protection information, DPO or FUA here
            return
        if lba + count > self.blocks:
            task.complete(CHECK_CONDITION, sense=OUT_OF_RANGE)
            return
        start, length = lba * BLOCK, count * BLOCK
        if task.cdb[0] in READS:
            task.complete(GOOD, bytes(self.medium[start:start + length]))
            return
        self.medium[start:start + min(length, len(task.data_out))] = task.data_out[:length]
        task.complete(GOOD)

    def abort(self, task: Task) -> None:
        self.aborted.append(task)
        if task in self.waiting:
            self.waiting.remove(task)

    def cleared(self, nexus: Nexus, others: Any) -> None:
        for other in others:
            self.attentions.setdefault(other, []).append(CLEARED)

    def reset(self, kind: str, nexus: Nexus) -> None:
        self.resets.append(kind)
        for each in self.shelf.nexuses:
            self.attentions.setdefault(each, []).append(RESET)


class Absent(ServedUnit):
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def submit(self, task: Task) -> None:
        if task.cdb[0] == 0x12 and not task.cdb[1] & 1:
            task.complete(GOOD, (bytes((0x7F, 0, 6, 2, 31)) + bytes(31))[:_number(task.cdb, 3, 5)])
        elif task.cdb[0] == 0xA0:
            task.complete(GOOD, self.shelf.report_luns()[:_number(task.cdb, 6, 10)])
        else:
            task.complete(CHECK_CONDITION, sense=NO_UNIT)


class Shelf(Target):
    """A target with disks."""

    def __init__(self, name: str = "iqn.2026-01.example:shelf", luns: Any = (0, 1), blocks: int = 2048,
                 attentions: bool = False) -> None:
        self.name = name
        self.nexuses: set[Nexus] = set()
        self.events: list[str] = []
        self.units: dict[int, MemoryDisk] = {lun: MemoryDisk(self, blocks) for lun in luns}
        self.absent = Absent(self)
        self._attentions = attentions

    def unit(self, lun: int) -> ServedUnit | None:
        return self.units.get(lun)

    def report_luns(self) -> bytes:
        entries = b"".join((lun if lun < 256 else 0x4000 | lun).to_bytes(2, "big") + bytes(6)
                           for lun in sorted(self.units))
        return len(entries).to_bytes(4, "big") + bytes(4) + entries

    def nexus_established(self, nexus: Nexus) -> None:
        self.events.append("established")
        self.nexuses.add(nexus)
        if self._attentions:
            for unit in self.units.values():
                unit.attentions[nexus] = [POWER_ON]

    def nexus_lost(self, nexus: Nexus) -> None:
        self.events.append("lost")
        self.nexuses.discard(nexus)

    def reset(self, kind: str, nexus: Nexus) -> None:
        for unit in self.units.values():
            unit.reset(kind, nexus)

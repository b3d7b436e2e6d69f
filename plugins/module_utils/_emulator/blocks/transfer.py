# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each command of a disk reads, writes, verifies or compares its blocks (SBC-5 5).

Each handler takes the decoded CDB and the task; it returns data-in, or raises Check or Status.
"""

from __future__ import annotations

from typing import Callable

from ..._scsi.block_commands import VARIABLE_LENGTH, WRITE_STREAM_32_ACTION
from ..._scsi.block_commands_verify import EACH_BLOCK, RESERVED_BYTCHK, SAME_BLOCK
from ..contract import Task
from ..feature import Check, Code, Status, invalid_field_in_cdb
from ..features.streams import Streams
from .access import MediumAccess
from .request import BlockRequest

READS = tuple((opcode, None) for opcode in (0x08, 0x28, 0xA8, 0x88))
WRITES = tuple((opcode, None) for opcode in (0x0A, 0x2A, 0xAA, 0x8A))
WRITES_AND_VERIFIES = tuple((opcode, None) for opcode in (0x2E, 0xAE, 0x8E))
VERIFIES = tuple((opcode, None) for opcode in (0x2F, 0xAF, 0x8F))
SYNCHRONIZES_CACHE = tuple((opcode, None) for opcode in (0x35, 0x91))
PRE_FETCHES = tuple((opcode, None) for opcode in (0x34, 0x90))
WRITES_STREAM = ((0x9A, None), (VARIABLE_LENGTH, WRITE_STREAM_32_ACTION))
ORWRITE = (0x8B, None)
COMPARE_AND_WRITE = (0x89, None)
_TAKE_THEIR_BLOCKS = frozenset((*WRITES, *WRITES_AND_VERIFIES, *WRITES_STREAM, ORWRITE))

_CONDITION_MET = 0x04
_MISCOMPARE_DURING_VERIFY = (0x0E, 0x1D, 0x00)
_BYTCHK_BIT = 2

Do = Callable[[BlockRequest, Task], bytes]


class Transfers:
    """The commands. Without ``streams`` there is no WRITE STREAM."""

    def __init__(self, access: MediumAccess, streams: Streams | None) -> None:
        self._access = access
        self._streams = streams

    def commands(self) -> dict[Code, Do]:
        """The handlers by command."""
        found: dict[Code, Do] = {ORWRITE: self._orwrite}
        for codes, do in (
                (READS, self._read), (WRITES, self._write), (WRITES_AND_VERIFIES, self._write_and_verify),
                (VERIFIES, self._verify), (SYNCHRONIZES_CACHE, self._synchronize_cache),
                (PRE_FETCHES, self._pre_fetch)):
            found.update((code, do) for code in codes)
        if self._access.settings.maximum_compare_and_write:
            found[COMPARE_AND_WRITE] = self._compare_and_write
        if self._streams is not None:
            found.update((code, self._write_stream) for code in WRITES_STREAM)
        return found

    def data_length(self, code: Code, request: BlockRequest) -> int:
        """How many bytes of data-out a command takes."""
        whole = request.count * self._access.medium.block_length
        if code in VERIFIES:
            return self._compared(request)
        if code == COMPARE_AND_WRITE:
            return 2 * whole
        return whole if code in _TAKE_THEIR_BLOCKS else 0

    # -- reading and writing

    def _read(self, request: BlockRequest, task: Task) -> bytes:
        del task
        access = self._access
        access.check_flags(request)
        access.check_extent(request)
        if request.values.get("fua"):
            # The data must be on the medium before it is read from there.
            access.flush()
        data = access.read(request.lba, request.count)
        access.usage.read_commands += 1
        access.usage.bytes_read += len(data)
        return data

    def _write(self, request: BlockRequest, task: Task) -> bytes:
        self._check_write(request)
        self._put(request, self._whole_blocks(request, task))
        self._access.settle(request.values.get("fua", False))
        return b""

    def _write_stream(self, request: BlockRequest, task: Task) -> bytes:
        if self._streams is not None:
            self._streams.check_open(request.values["str_id"], request.byte_of("str_id"))
        return self._write(request, task)

    def _write_and_verify(self, request: BlockRequest, task: Task) -> bytes:
        access = self._access
        bytchk = request.values["bytchk"]
        if bytchk not in (0, EACH_BLOCK):
            raise invalid_field_in_cdb(request.byte_of("bytchk"), _BYTCHK_BIT)
        self._check_write(request)
        data = self._whole_blocks(request, task)
        self._put(request, data)
        # The medium is verified, not the cache.
        access.settle(now=True)
        found = access.read(request.lba, len(data) // access.medium.block_length)
        access.usage.bytes_verified += len(found)
        if bytchk == EACH_BLOCK:
            _compare(found, data)
        return b""

    def _check_write(self, request: BlockRequest) -> None:
        self._access.check_flags(request)
        self._access.check_extent(request)
        self._access.check_writable()

    def _whole_blocks(self, request: BlockRequest, task: Task) -> bytes:
        """The whole blocks that the initiator sends, which may be fewer than the CDB says."""
        length = self._access.medium.block_length
        blocks = min(request.count, len(task.data_out) // length)
        return task.data_out[:blocks * length]

    def _put(self, request: BlockRequest, data: bytes) -> None:
        if data:
            self._access.write(request.lba, data)
        self._access.usage.write_commands += 1
        self._access.usage.bytes_written += len(data)

    # -- comparing

    def _verify(self, request: BlockRequest, task: Task) -> bytes:
        access = self._access
        access.check_flags(request)
        bytchk = request.values["bytchk"]
        if bytchk == RESERVED_BYTCHK:
            raise invalid_field_in_cdb(request.byte_of("bytchk"), _BYTCHK_BIT)
        access.check_extent(request)
        if bytchk:
            request.check_data(task, self._compared(request))
        access.flush()
        found = access.read(request.lba, request.count)
        access.usage.verify_commands += 1
        access.usage.bytes_verified += len(found)
        if bytchk and request.count:
            _compare(found, task.data_out * (request.count if bytchk == SAME_BLOCK else 1))
        return b""

    def _compared(self, request: BlockRequest) -> int:
        """How many bytes VERIFY takes to compare with."""
        blocks = {EACH_BLOCK: request.count, SAME_BLOCK: min(1, request.count)}.get(request.values["bytchk"], 0)
        return blocks * self._access.medium.block_length

    def _compare_and_write(self, request: BlockRequest, task: Task) -> bytes:
        access = self._access
        access.check_flags(request)
        access.check_extent(request, access.settings.maximum_compare_and_write)
        access.check_writable()
        half = request.count * access.medium.block_length
        request.check_data(task, 2 * half)
        if not half:
            return b""
        found = access.read(request.lba, request.count)
        access.usage.read_commands += 1
        access.usage.bytes_read += half
        _compare(found, task.data_out[:half])
        self._put(request, task.data_out[half:])
        access.settle(request.values["fua"])
        return b""

    def _orwrite(self, request: BlockRequest, task: Task) -> bytes:
        self._check_write(request)
        length = request.count * self._access.medium.block_length
        request.check_data(task, length)
        if length:
            found = int.from_bytes(self._access.read(request.lba, request.count), "little")
            data = found | int.from_bytes(task.data_out, "little")
            self._put(request, data.to_bytes(length, "little"))
        self._access.settle(request.values["fua"])
        return b""

    # -- the cache

    def _synchronize_cache(self, request: BlockRequest, task: Task) -> bytes:
        del task
        self._access.check_range(request.lba, request.count)
        self._access.flush()
        return b""

    def _pre_fetch(self, request: BlockRequest, task: Task) -> bytes:
        del task
        access = self._access
        access.check_range(request.lba, request.count)
        request.count = request.count or access.medium.blocks - request.lba
        if access.settings.maximum_prefetch is not None and request.count > access.settings.maximum_prefetch:
            raise request.refuse_count()
        # The medium is as fast as a cache would be.
        raise Status(_CONDITION_MET)


def _compare(found: bytes, expected: bytes) -> None:
    """Raises Check for the first byte that differs."""
    if found == expected:
        return
    low, high = 0, len(found)
    while high - low > 1:
        middle = (low + high) // 2
        if found[low:middle] == expected[low:middle]:
            low = middle
        else:
            high = middle
    raise Check(*_MISCOMPARE_DURING_VERIFY, information=low)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution of EXTENDED COPY: segment by segment, in steps (SPC-6 5.17.7, 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from ..._scsi.copy_segments import BLOCK_OFFSET_TO_BLOCK_OFFSET, BLOCK_TO_BLOCK_AND_HOLD, VERIFY_CSCD
from ..._scsi.sense_keys import ILLEGAL_REQUEST
from ..contract import Nexus
from ..feature import Check
from .endpoint import CopyEndpoint
from .failure import (
    DESTINATION,
    GRANULARITY_VIOLATION,
    INEXACT_SEGMENT,
    INVALID_FIELD,
    NO_INFORMATION,
    SOURCE,
    THIRD_PARTY_FAILURE,
    UNREACHABLE,
    WRONG_DEVICE_TYPE,
    CopyAborted,
)
from .parameters import OWN_UNIT, CopySettings
from .request import CopyRequest, Segment
from .work import Refused, Steps, Work, check_ready, read

_SOURCE_ID_BYTE, _DESTINATION_ID_BYTE = 4, 6
_BYTES_BYTE, _BLOCKS_BYTE = 8, 10
_TYPE_BYTE, _BLOCK_LENGTH_BYTE = 1, 29
_OUT_OF_RANGE = Check(ILLEGAL_REQUEST, 0x21, 0x00)


@dataclass(frozen=True)
class Device:
    """A unit as a segment uses it. ``offset`` is that of its CSCD descriptor, None for the copy manager's own unit."""

    unit: CopyEndpoint
    pad: bool
    offset: int | None

    @property
    def block_length(self) -> int:
        """In bytes."""
        return self.unit.medium.block_length


@dataclass
class Move:
    """What a segment moves. Addresses and lengths are in bytes.

    ``process`` bytes are to be processed, and at most ``room`` written (None: no limit). With ``exact``, partial blocks
    are written, too; else only whole blocks are, and the rest remains.
    """

    segment: Segment
    source: Device
    destination: Device
    read_at: int
    write_at: int
    process: int
    room: int | None
    exact: bool
    written: int = 0


class Segments(Work):
    """All segments of a request. ``hold`` is called with data to be held for the application client."""

    def __init__(self, request: CopyRequest, own: CopyEndpoint, find: Callable[[bytes], CopyEndpoint | None],
                 nexus: Nexus, settings: CopySettings, hold: Callable[[bytes], None]) -> None:
        super().__init__()
        self._request = request
        self._own = own
        self._find = find
        self._nexus = nexus
        self._settings = settings
        self._hold = hold
        #: Residual source data, which was read and not processed; residual destination data, which was processed and
        #: not written (SPC-4, PAD and CAT bits).
        self._unprocessed = b""
        self._unwritten = b""

    def run(self) -> Steps:
        for segment in self._request.segments:
            self.segments_begun += 1
            if segment.kind == VERIFY_CSCD:
                yield self._verify(segment)
                continue
            move = self._move(segment)
            yield from self._copy(move)
            yield self._finish(move)

    # -- devices

    def _device(self, segment: Segment, which: int) -> Device:
        name, byte = (("source_cscd_descriptor_id", _SOURCE_ID_BYTE) if which == SOURCE else
                      ("destination_cscd_descriptor_id", _DESTINATION_ID_BYTE))
        number = segment.values[name]
        if number == OWN_UNIT:
            return Device(self._own, False, None)
        if number >= len(self._request.cscds):
            raise CopyAborted(UNREACHABLE, segment.number, (True, byte, None))
        cscd = self._request.cscds[number]
        unit = self._find(cscd.designator)
        if unit is None:
            raise CopyAborted(UNREACHABLE, segment.number, (False, cscd.offset, None))
        if cscd.values["nul"]:
            # Obsolete since SPC-4; a null device is named by its identifier.
            raise CopyAborted(UNREACHABLE, segment.number, (False, cscd.offset + _TYPE_BYTE, 5))
        if cscd.values["peripheral_device_type"]["value"] != unit.peripheral_device_type:
            raise CopyAborted(WRONG_DEVICE_TYPE, segment.number, (False, cscd.offset + _TYPE_BYTE, 4))
        if cscd.values["disk_block_length"] not in (None, unit.medium.block_length):
            raise CopyAborted(INVALID_FIELD, segment.number, (False, cscd.offset + _BLOCK_LENGTH_BYTE, None))
        return Device(unit, cscd.values["pad"], cscd.offset)

    def _verify(self, segment: Segment) -> int:
        device = self._device(segment, SOURCE)
        if segment.values["tur"]:
            try:
                check_ready(device.unit, self._nexus, False)
            except Refused as refused:
                raise self._aborted(segment, device, SOURCE, refused) from refused
        return 0

    # -- what to move

    def _move(self, segment: Segment) -> Move:
        source, destination = self._device(segment, SOURCE), self._device(segment, DESTINATION)
        values = segment.values
        read_at = values["source_block_device_logical_block_address"] * source.block_length
        write_at = values["destination_block_device_logical_block_address"] * destination.block_length
        if segment.kind == BLOCK_OFFSET_TO_BLOCK_OFFSET:
            count = values["number_of_bytes"]
            move = Move(segment, source, destination, read_at + values["source_block_device_byte_offset"],
                        write_at + values["destination_block_device_byte_offset"], count, count, True)
        else:
            blocks = values["block_device_number_of_blocks"]
            if values["dc"]:
                room = blocks * destination.block_length
                move = Move(segment, source, destination, read_at, write_at,
                            max(0, room - len(self._unwritten)), room, False)
            else:
                move = Move(segment, source, destination, read_at, write_at, blocks * source.block_length, None, False)
        self._check(move)
        return move

    def _check(self, move: Move) -> None:
        """Checks the limits of the copy manager and of both media before any of the segment is copied."""
        number = move.segment.number
        byte = _BYTES_BYTE if move.exact else _BLOCKS_BYTE
        write = self._to_write(move)
        limit = self._settings.maximum_segment_bytes
        if limit and write > limit:
            raise CopyAborted(INVALID_FIELD, number, (True, byte, None))
        if move.process % self._settings.granularity:
            raise CopyAborted(GRANULARITY_VIOLATION, number, (True, byte, None))
        fresh = max(0, move.process - len(self._unprocessed))
        pads = move.room is None and move.destination.pad and not move.segment.values["cat"]
        whole = _up(len(self._unwritten) + move.process, move.destination.block_length) if pads else write
        for device, which, last, some in (
                (move.source, SOURCE, move.read_at + _up(fresh, 1 if move.exact else move.source.block_length), fresh),
                (move.destination, DESTINATION, move.write_at + whole, whole)):
            medium = device.unit.medium
            if some and last > medium.blocks * medium.block_length:
                raise CopyAborted(NO_INFORMATION, number, (True, byte, None), (which, _OUT_OF_RANGE))

    def _to_write(self, move: Move) -> int:
        """How many bytes the segment writes, without padding."""
        there = len(self._unwritten) + move.process
        if move.exact:
            return min(there, move.room or 0)
        if move.room is not None:
            return move.room
        return there - there % move.destination.block_length

    # -- work

    def _copy(self, move: Move) -> Steps:
        left = move.process
        while True:
            part = self._take(move, min(left, self._chunk(move)))
            left -= len(part)
            if move.segment.kind == BLOCK_TO_BLOCK_AND_HOLD:
                self._hold(part)
            self._unwritten += part
            yield self._write_out(move)
            if not left:
                return

    def _chunk(self, move: Move) -> int:
        return self._settings.chunk_blocks(move.source.block_length) * move.source.block_length

    def _take(self, move: Move, count: int) -> bytes:
        """The next ``count`` bytes of source data: first what an earlier segment left, then what is read."""
        missing = count - len(self._unprocessed)
        if missing > 0:
            self._unprocessed += self._read(move, missing)
        part, self._unprocessed = self._unprocessed[:count], self._unprocessed[count:]
        return part

    def _read(self, move: Move, count: int) -> bytes:
        length = move.source.block_length
        lba, skipped = divmod(move.read_at, length)
        blocks = _up(skipped + count, length) // length
        data = self._read_blocks(move, move.source, SOURCE, lba, blocks)
        if move.exact:
            move.read_at += count
            return data[skipped:skipped + count]
        move.read_at += blocks * length
        return data

    def _read_blocks(self, move: Move, device: Device, which: int, lba: int, blocks: int) -> bytes:
        try:
            return read(device.unit, self._nexus, lba, blocks)
        except Refused as refused:
            raise self._aborted(move.segment, device, which, refused, move) from refused

    def _write_out(self, move: Move) -> int:
        """Writes as much as possible of the destination data."""
        count = len(self._unwritten)
        if move.room is not None:
            count = min(count, move.room - move.written)
        if not move.exact:
            count -= count % move.destination.block_length
        data, self._unwritten = self._unwritten[:count], self._unwritten[count:]
        if data:
            self._write_bytes(move, data)
        return len(data)

    def _write_bytes(self, move: Move, data: bytes) -> None:
        """Writes at any byte offset: the blocks at both ends keep the rest of their data."""
        device = move.destination
        length = device.block_length
        lba, skipped = divmod(move.write_at, length)
        behind = -(skipped + len(data)) % length
        whole = data
        if skipped:
            whole = self._read_blocks(move, device, DESTINATION, lba, 1)[:skipped] + whole
        if behind:
            last = (move.write_at + len(data)) // length
            whole += self._read_blocks(move, device, DESTINATION, last, 1)[length - behind:]
        try:
            check_ready(device.unit, self._nexus, True)
            self._store(device.unit, lba, whole)
        except Refused as refused:
            raise self._aborted(move.segment, device, DESTINATION, refused, move) from refused
        move.write_at += len(data)
        move.written += len(data)

    def _finish(self, move: Move) -> int:
        """What remains at the end of a segment is kept, padded, discarded, or an error (SPC-4, PAD and CAT bits)."""
        keeps = move.segment.values["cat"]
        is_last = move.segment.number == len(self._request.segments) - 1
        pads_source, pads_destination = move.source.pad, move.destination.pad
        moved = 0
        if not keeps and (self._unprocessed or self._unwritten):
            if not pads_source and not pads_destination:
                raise CopyAborted(INEXACT_SEGMENT, move.segment.number, None, None, self._residual(move))
            if pads_destination and self._unwritten:
                if move.room is not None:
                    # All that the segment was to write has been written.
                    raise CopyAborted(INEXACT_SEGMENT, move.segment.number, None, None, self._residual(move))
                moved = len(self._unwritten)
                self._write_bytes(move, self._unwritten + bytes(-moved % move.destination.block_length))
            self._unwritten = b""
            if pads_source:
                self._unprocessed = b""
        if is_last:
            self._unprocessed = self._unwritten = b""
        return moved

    # -- failures

    def _residual(self, move: Move) -> int | None:
        """The blocks of the segment that were not written; None where nothing was written."""
        if not move.written:
            return None
        planned = move.process if move.room is None else move.room
        return max(0, _up(planned - move.written, move.destination.block_length) // move.destination.block_length)

    def _aborted(self, segment: Segment, device: Device, which: int, refused: Refused,
                 move: Move | None = None) -> CopyAborted:
        pointer: tuple[bool, int, int | None] | None = None
        if device.offset is not None:
            pointer = (False, device.offset, None)
        return CopyAborted(THIRD_PARTY_FAILURE, segment.number, pointer, (which, refused.refusal),
                           None if move is None else self._residual(move))


def _up(count: int, multiple: int) -> int:
    """The number, rounded up to a multiple."""
    return count + -count % multiple

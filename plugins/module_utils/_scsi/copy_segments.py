# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Segment descriptors: the steps of EXTENDED COPY, one after the other (SPC-6 6.5, segment descriptors).

Offsets count from the start of the descriptor, as in the standard.
"""

from __future__ import annotations

from .copy_descriptors import SEGMENT_DESCRIPTORS
from .table import Field, Table, code, flag, hexadecimal, number, uint

BLOCK_TO_BLOCK = 0x02
INLINE_TO_STREAM = 0x04
VERIFY_CSCD = 0x07
BLOCK_OFFSET_TO_BLOCK_OFFSET = 0x0A
BLOCK_TO_BLOCK_AND_HOLD = 0x0D
REGISTER_KEY = 0x14

_HEADER = (
    code("type", 0, None, SEGMENT_DESCRIPTORS),
    flag("fco", 1, 2),
    flag("dc", 1, 1),
    flag("cat", 1, 0),
    uint("descriptor_length", 2, 3),
    uint("source_cscd_descriptor_id", 4, 5),
    uint("destination_cscd_descriptor_id", 6, 7))
#: The bytes that the descriptor length does not include.
LENGTH_END = 4


def _table(kind: int, size: int, *fields: Field) -> Table:
    return Table(SEGMENT_DESCRIPTORS[kind] + " segment descriptor", "SPC-6 6.5", *(_HEADER + fields),
                 size=size, type=kind, descriptor_length=size - LENGTH_END)


_BLOCKS = (
    uint("block_device_number_of_blocks", 10, 11),
    uint("source_block_device_logical_block_address", 12, 19),
    uint("destination_block_device_logical_block_address", 20, 27))

#: By descriptor type.
SEGMENTS: dict[int, Table] = {
    BLOCK_TO_BLOCK: _table(BLOCK_TO_BLOCK, 28, *_BLOCKS),
    INLINE_TO_STREAM: _table(
        INLINE_TO_STREAM, 20,
        uint("stream_device_transfer_length", 9, 11),
        uint("inline_data_offset", 12, 15),
        uint("inline_data_number_of_bytes", 16, 19)),
    VERIFY_CSCD: _table(
        VERIFY_CSCD, 12,
        flag("tur", 8, 0)),
    BLOCK_OFFSET_TO_BLOCK_OFFSET: _table(
        BLOCK_OFFSET_TO_BLOCK_OFFSET, 32,
        uint("number_of_bytes", 8, 11),
        uint("source_block_device_logical_block_address", 12, 19),
        uint("destination_block_device_logical_block_address", 20, 27),
        uint("source_block_device_byte_offset", 28, 29),
        uint("destination_block_device_byte_offset", 30, 31)),
    BLOCK_TO_BLOCK_AND_HOLD: _table(BLOCK_TO_BLOCK_AND_HOLD, 28, *_BLOCKS),
    REGISTER_KEY: _table(
        REGISTER_KEY, 28,
        hexadecimal("reservation_key", 8, 15),
        hexadecimal("service_action_reservation_key", 16, 23)),
}


def segment_size(data: bytes) -> int | None:
    """The size of the segment descriptor at the start of ``data``, by its own length; ``None`` for too few bytes."""
    length = number(data, 2, 3)
    return None if length is None else LENGTH_END + length

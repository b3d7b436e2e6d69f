# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WRITE USING TOKEN: writes the data that a ROD token represents (SBC-5)."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from .populate_token import DATA_LENGTH_END, encode_ranges
from .table import Table, bits, flag, hexadecimal, uint

WRITE_USING_TOKEN_ACTION = 0x11

WRITE_USING_TOKEN = Table(
    "WRITE USING TOKEN", "SBC-5, WRITE USING TOKEN command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("list_identifier", 6, 9),
    uint("parameter_list_length", 10, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x83, service_action=WRITE_USING_TOKEN_ACTION)

WRITE_USING_TOKEN_LIST = Table(
    "WRITE USING TOKEN parameter list", "SBC-5, WRITE USING TOKEN parameter list",
    uint("write_using_token_data_length", 0, 1),
    flag("del_tkn", 2, 1),
    flag("immed", 2, 0),
    uint("offset_into_rod_blocks", 8, 15),
    hexadecimal("rod_token", 16, 527),
    uint("block_device_range_descriptor_length", 534, 535))


def encode_write_using_token_list(header: Mapping[str, Any], ranges: Iterable[tuple[int, int]]) -> bytes:
    """The whole parameter list, its lengths computed; each range is an address and a number of blocks."""
    listed = encode_ranges(ranges)
    return WRITE_USING_TOKEN_LIST.encode(
        header, write_using_token_data_length=WRITE_USING_TOKEN_LIST.size - DATA_LENGTH_END + len(listed),
        block_device_range_descriptor_length=len(listed)) + listed

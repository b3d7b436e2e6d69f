# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""POPULATE TOKEN: creates a ROD token for ranges of blocks (SBC-5); and the layout of such a token (SPC-6 5.17.7)."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from .copy_descriptors import ROD_TYPES
from .table import Table, bits, code, flag, uint

POPULATE_TOKEN_ACTION = 0x10

POPULATE_TOKEN = Table(
    "POPULATE TOKEN", "SBC-5, POPULATE TOKEN command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("list_identifier", 6, 9),
    uint("parameter_list_length", 10, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x83, service_action=POPULATE_TOKEN_ACTION)

#: The bytes of the parameter list that its own length does not include.
DATA_LENGTH_END = 2

POPULATE_TOKEN_LIST = Table(
    "POPULATE TOKEN parameter list", "SBC-5, POPULATE TOKEN parameter list",
    uint("populate_token_data_length", 0, 1),
    flag("rtv", 2, 1),
    flag("immed", 2, 0),
    # 0 asks for the default.
    uint("inactivity_timeout_seconds", 4, 7, unknown=0),
    code("rod_type", 8, 11, ROD_TYPES),
    uint("block_device_range_descriptor_length", 14, 15))

RANGE = Table(
    "block device range descriptor", "SBC-5, block device range descriptor",
    uint("logical_block_address", 0, 7),
    uint("number_of_logical_blocks", 8, 11),
    size=16)

#: The description of the device in a block device's ROD token, after its header (SPC-6 5.17.7.5, SBC-5).
ROD_TOKEN_BLOCK_DEVICE = Table(
    "ROD token, device type specific data of block devices", "SBC-5, ROD token device type specific data",
    uint("logical_block_length_in_bytes", 96, 99),
    bits("p_type", 100, 3, 1),
    flag("prot_en", 100, 0),
    bits("logical_blocks_per_physical_block_exponent", 101, 3, 0),
    size=128)

#: All tokens have this size; their length field does not include eight bytes.
ROD_TOKEN_SIZE = 512
ROD_TOKEN_LENGTH = ROD_TOKEN_SIZE - 8

#: A well-known token that nobody creates: it represents zeros (SBC-5).
ZERO_TOKEN = Table(
    "block device zero ROD token", "SBC-5, block device zero ROD token",
    code("rod_type", 0, 3, ROD_TYPES),
    uint("rod_token_length", 6, 7),
    size=ROD_TOKEN_SIZE, rod_type=0xFFFF0001, rod_token_length=ROD_TOKEN_LENGTH)


def encode_populate_token_list(header: Mapping[str, Any], ranges: Iterable[tuple[int, int]]) -> bytes:
    """The whole parameter list, its lengths computed; each range is an address and a number of blocks."""
    listed = encode_ranges(ranges)
    return POPULATE_TOKEN_LIST.encode(
        header, populate_token_data_length=POPULATE_TOKEN_LIST.size - DATA_LENGTH_END + len(listed),
        block_device_range_descriptor_length=len(listed)) + listed


def encode_ranges(ranges: Iterable[tuple[int, int]]) -> bytes:
    """Range descriptors."""
    return b"".join(RANGE.encode(logical_block_address=lba, number_of_logical_blocks=count) for lba, count in ranges)


def decode_ranges(data: bytes) -> list[tuple[int, int]]:
    """The ranges; a cut last one is left out."""
    found = []
    for at in range(0, len(data) - RANGE.size + 1, RANGE.size):
        values: dict[str, Any] = RANGE.decode(data[at:at + RANGE.size])
        found.append((values["logical_block_address"], values["number_of_logical_blocks"]))
    return found

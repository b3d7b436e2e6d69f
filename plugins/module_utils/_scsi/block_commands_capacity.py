# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""READ CAPACITY(10) and (16), with their data (SBC-5 5)."""

from __future__ import annotations

from typing import Any, Mapping

from .table import LARGEST, Table, bits, flag, short, span, uint, without

READ_CAPACITY_16_ACTION = 0x10
_BEYOND_TEN = 0xFFFFFFFF
_BEYOND_SIXTEEN = 0xFFFFFFFFFFFFFFFF

#: Its LBA and PMI are obsolete.
READ_CAPACITY_10 = Table(
    "READ CAPACITY(10)", "SBC-5 5, READ CAPACITY (10) command",
    uint("operation_code", 0),
    uint("control", 9),
    operation_code=0x25)

READ_CAPACITY_16 = Table(
    "READ CAPACITY(16)", "SBC-5 5, READ CAPACITY (16) command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("allocation_length", 10, 13),
    uint("control", 15),
    operation_code=0x9E, service_action=READ_CAPACITY_16_ACTION)

READ_CAPACITY_10_DATA = Table(
    "READ CAPACITY(10) parameter data", "SBC-5 5, READ CAPACITY (10) parameter data",
    uint("returned_logical_block_address", 0, 3),
    uint("logical_block_length_bytes", 4, 7))

READ_CAPACITY_16_DATA = Table(
    "READ CAPACITY(16) parameter data", "SBC-5 5, READ CAPACITY (16) parameter data",
    uint("returned_logical_block_address", 0, 7),
    uint("logical_block_length_bytes", 8, 11),
    bits("rc_basis", 12, 5, 4),
    bits("p_type", 12, 3, 1),
    flag("prot_en", 12, 0),
    bits("p_i_exponent", 13, 7, 4),
    bits("logical_blocks_per_physical_block_exponent", 13, 3, 0),
    flag("lbpme", 14, 7),
    flag("lbprz", 14, 6),
    span("lowest_aligned_logical_block_address", 14, 15, 13, 0),
    size=32)
#: Older and simpler devices send no more than this.
_SHORTEST = 12


def decode_read_capacity_10(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The data, with ``blocks`` and ``capacity_bytes``, both ``None`` for a disk that needs READ CAPACITY(16)."""
    short(READ_CAPACITY_10_DATA, data, len(data), warnings)
    values = READ_CAPACITY_10_DATA.decode(data)
    last = values["returned_logical_block_address"]
    _add_size(values, None if last == _BEYOND_TEN else last, READ_CAPACITY_10_DATA.title, warnings)
    return values


def encode_read_capacity_10(blocks: int, logical_block_length_bytes: int) -> bytes:
    """The 8 bytes. A disk with more blocks than they can express reports FFFFFFFFh."""
    return READ_CAPACITY_10_DATA.encode(
        returned_logical_block_address=min(blocks - 1, _BEYOND_TEN),
        logical_block_length_bytes=logical_block_length_bytes)


def decode_read_capacity_16(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The data; what did not arrive is ``None``.

    Computed: ``blocks`` and ``capacity_bytes``, both ``None`` for an address of all ones, which no disk reaches,
    ``physical_block_length_bytes``, and ``protection_type``, which is 0 if the disk is formatted without protection
    information. A block length of 0 is none.
    """
    if len(data) < _SHORTEST:
        warnings.append(f"{READ_CAPACITY_16_DATA.title}: only {len(data)} bytes arrived")
    values = READ_CAPACITY_16_DATA.decode(data)
    last = values["returned_logical_block_address"]
    _add_size(values, None if last == _BEYOND_SIXTEEN else last, READ_CAPACITY_16_DATA.title, warnings)
    length, exponent = values["logical_block_length_bytes"], values["logical_blocks_per_physical_block_exponent"]
    values["physical_block_length_bytes"] = None if length is None or exponent is None else length << exponent
    enabled = values["prot_en"]
    values["protection_type"] = None if enabled is None else values["p_type"] + 1 if enabled else 0
    return values


def encode_read_capacity_16(values: Mapping[str, Any]) -> bytes:
    """The 32 bytes, from decoded values; ``returned_logical_block_address`` is the number of blocks less one."""
    return READ_CAPACITY_16_DATA.encode(without(
        values, "blocks", "capacity_bytes", "physical_block_length_bytes", "protection_type"))


def _add_size(values: dict[str, Any], last: int | None, title: str, warnings: list[str]) -> None:
    length = values["logical_block_length_bytes"] = values["logical_block_length_bytes"] or None
    if last is not None and (last + 1) * (length or 1) > LARGEST:
        warnings.append(f"{title}: a last block {last:X}h of {length} bytes is beyond all measure")
        last = None
    values["blocks"] = None if last is None else last + 1
    values["capacity_bytes"] = None if last is None or length is None else (last + 1) * length

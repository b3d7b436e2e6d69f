# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WRITE SAME, UNMAP and GET LBA STATUS, with their data (SBC-5 5)."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from .table import Table, bits, delimited, flag, records, uint

GET_LBA_STATUS_ACTION = 0x12

WRITE_SAME_10 = Table(
    "WRITE SAME(10)", "SBC-5 5, WRITE SAME (10) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("anchor", 1, 4),
    flag("unmap", 1, 3),
    uint("logical_block_address", 2, 5),
    bits("group_number", 6, 5, 0),
    uint("number_of_logical_blocks", 7, 8),
    uint("control", 9),
    operation_code=0x41)

WRITE_SAME_16 = Table(
    "WRITE SAME(16)", "SBC-5 5, WRITE SAME (16) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("anchor", 1, 4),
    flag("unmap", 1, 3),
    flag("ndob", 1, 0),
    uint("logical_block_address", 2, 9),
    uint("number_of_logical_blocks", 10, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x93)

UNMAP = Table(
    "UNMAP", "SBC-5 5, UNMAP command",
    uint("operation_code", 0),
    flag("anchor", 1, 0),
    bits("group_number", 6, 5, 0),
    uint("parameter_list_length", 7, 8),
    uint("control", 9),
    operation_code=0x42)

UNMAP_HEADER = Table(
    "UNMAP parameter list", "SBC-5 5, UNMAP parameter list",
    uint("unmap_data_length", 0, 1),
    uint("unmap_block_descriptor_data_length", 2, 3),
    size=8)
#: The data length does not count itself.
_DATA_LENGTH_SIZE = 2

UNMAP_DESCRIPTOR = Table(
    "UNMAP block descriptor", "SBC-5 5, UNMAP block descriptor",
    uint("unmap_logical_block_address", 0, 7),
    uint("number_of_logical_blocks", 8, 11),
    size=16)

ALL_LBAS = 0x00
REPORT_MAPPED, REPORT_DEALLOCATED, REPORT_ANCHORED, REPORT_UNRECOVERED = 0x02, 0x03, 0x04, 0x10
REPORT_TYPES = {
    ALL_LBAS: "all", REPORT_MAPPED: "mapped", REPORT_DEALLOCATED: "deallocated", REPORT_ANCHORED: "anchored",
    REPORT_UNRECOVERED: "may contain unrecovered errors",
}

GET_LBA_STATUS = Table(
    "GET LBA STATUS", "SBC-5 5, GET LBA STATUS (16) command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("starting_logical_block_address", 2, 9),
    uint("allocation_length", 10, 13),
    uint("report_type", 14),
    uint("control", 15),
    operation_code=0x9E, service_action=GET_LBA_STATUS_ACTION)

MAPPED_OR_UNKNOWN, DEALLOCATED, ANCHORED, MAPPED, UNKNOWN = range(5)
PROVISIONING_STATUS = {
    MAPPED_OR_UNKNOWN: "mapped or unknown", DEALLOCATED: "deallocated", ANCHORED: "anchored", MAPPED: "mapped",
    UNKNOWN: "unknown",
}
LBA_ACCESSIBILITY = {
    0: "not reported", 1: "cannot be read or written", 2: "read only", 3: "at risk of becoming inaccessible",
    4: "read only, at risk of becoming inaccessible",
}
MAY_CONTAIN_UNRECOVERED_ERRORS = 1
ADDITIONAL_STATUS = {0: "none", MAY_CONTAIN_UNRECOVERED_ERRORS: "may contain unrecovered errors"}

NOT_INDICATED, BY_ALLOCATION_LENGTH, BY_SCAN_LENGTH, BY_CAPACITY = range(4)
COMPLETION_CONDITIONS = {
    NOT_INDICATED: "not indicated", BY_ALLOCATION_LENGTH: "allocation length", BY_SCAN_LENGTH: "scan length",
    BY_CAPACITY: "capacity of the medium",
}

LBA_STATUS_HEADER = Table(
    "GET LBA STATUS parameter data", "SBC-5 5, GET LBA STATUS parameter data",
    uint("parameter_data_length", 0, 3),
    bits("completion_condition", 7, 3, 1, COMPLETION_CONDITIONS),
    flag("rtp", 7, 0))
#: The length counts what follows it, including four bytes of the header.
_LENGTH_SIZE = 4

LBA_STATUS_DESCRIPTOR = Table(
    "LBA status descriptor", "SBC-5 5, GET LBA STATUS parameter data",
    uint("lba_status_logical_block_address", 0, 7),
    uint("number_of_logical_blocks", 8, 11),
    bits("lba_accessibility", 12, 7, 4, LBA_ACCESSIBILITY),
    bits("provisioning_status", 12, 3, 0, PROVISIONING_STATUS),
    bits("additional_status", 13, 7, 0, ADDITIONAL_STATUS),
    size=16)


def decode_unmap_list(data: bytes) -> list[tuple[int, int]]:
    """The extents of a parameter list of at least 8 bytes, as LBA and number of blocks.

    An incomplete last descriptor is not an error, and is ignored (SBC-5).
    """
    header = UNMAP_HEADER.decode(data)
    end = min(UNMAP_HEADER.size + header["unmap_block_descriptor_data_length"],
              _DATA_LENGTH_SIZE + header["unmap_data_length"])
    found = [UNMAP_DESCRIPTOR.decode(record)
             for record in records(data[UNMAP_HEADER.size:end], UNMAP_DESCRIPTOR.size, UNMAP_HEADER.title, [])]
    return [(each["unmap_logical_block_address"], each["number_of_logical_blocks"]) for each in found]


def encode_unmap_list(extents: Iterable[tuple[int, int]]) -> bytes:
    """The parameter list, from extents as LBA and number of blocks."""
    body = b"".join(UNMAP_DESCRIPTOR.encode(unmap_logical_block_address=lba, number_of_logical_blocks=blocks)
                    for lba, blocks in extents)
    return UNMAP_HEADER.encode(
        unmap_data_length=UNMAP_HEADER.size - _DATA_LENGTH_SIZE + len(body),
        unmap_block_descriptor_data_length=len(body)) + body


def decode_lba_status(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``completion_condition``, ``rtp`` and ``extents``, a list with the fields of `LBA_STATUS_DESCRIPTOR`."""
    title = LBA_STATUS_HEADER.title
    readable = delimited(data, 0, 3, _LENGTH_SIZE, title, warnings)
    header = LBA_STATUS_HEADER.decode(readable)
    return {
        "completion_condition": header["completion_condition"], "rtp": header["rtp"],
        "extents": [LBA_STATUS_DESCRIPTOR.decode(record) for record in records(
            readable[LBA_STATUS_HEADER.size:], LBA_STATUS_DESCRIPTOR.size, title, warnings)]}


def encode_lba_status(extents: Sequence[Mapping[str, Any]], completion_condition: Any = NOT_INDICATED,
                      rtp: bool = False) -> bytes:
    """The whole answer, from decoded values."""
    body = b"".join(LBA_STATUS_DESCRIPTOR.encode(each) for each in extents)
    return LBA_STATUS_HEADER.encode(
        parameter_data_length=LBA_STATUS_HEADER.size - _LENGTH_SIZE + len(body),
        completion_condition=completion_condition, rtp=rtp) + body

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EXTENDED COPY and COPY OPERATION ABORT: the commands, and the parameter lists that say what to copy (SPC-6 6.4, 6.5).

A parameter list has a header, CSCD descriptors (`copy_cscds`), segment descriptors (`copy_segments`), and inline data.
The form with a list identifier of one byte, LID1, is that of SPC-4; SPC-5 dropped it.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .table import Table, bits, code, flag, uint

EXTENDED_COPY_LID1 = 0x00
EXTENDED_COPY_LID4 = 0x01
COPY_ABORT = 0x1C

#: LIST ID USAGE (SPC-6 6.5.3). SPC-3 has NRCR in place of its higher bit.
KEEP, DISCARD, NO_LIST_ID = 0, 2, 3
LIST_ID_USAGES = {
    KEEP: "list identifier, data is held", DISCARD: "list identifier, data may be discarded",
    NO_LIST_ID: "no list identifier",
}

#: The bytes of a parameter list's header that errors point to.
LIST_ID_USAGE_BYTE, LIST_ID_USAGE_BIT = 1, 4
LID1_LIST_IDENTIFIER_BYTE = 0
LID4_LIST_IDENTIFIER_BYTE = 20

EXTENDED_COPY = Table(
    "EXTENDED COPY", "SPC-6 6.5",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("parameter_list_length", 10, 13),
    uint("control", 15),
    operation_code=0x83)

COPY_OPERATION_ABORT = Table(
    "COPY OPERATION ABORT", "SPC-6 6.4",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("list_identifier", 2, 5),
    uint("control", 15),
    operation_code=0x83, service_action=COPY_ABORT)

PARAMETER_LIST_LID1 = Table(
    "EXTENDED COPY(LID1) parameter list", "SPC-4, EXTENDED COPY(LID1) parameter list",
    uint("list_identifier", 0),
    flag("str", 1, 5),
    bits("list_id_usage", 1, 4, 3, LIST_ID_USAGES),
    bits("priority", 1, 2, 0),
    uint("cscd_descriptor_list_length", 2, 3),
    uint("segment_descriptor_list_length", 8, 11),
    uint("inline_data_length", 12, 15))

#: The header is also a CSCD descriptor, of type FFh.
LID4_FORMAT, LID4_HEADER_LENGTH, LID4_HEADER_TYPE = 0x01, 0x20, 0xFF

PARAMETER_LIST_LID4 = Table(
    "EXTENDED COPY(LID4) parameter list", "SPC-6 6.5.1",
    uint("parameter_list_format", 0),
    flag("str", 1, 5),
    bits("list_id_usage", 1, 4, 3, LIST_ID_USAGES),
    bits("priority", 1, 2, 0),
    uint("header_cscd_descriptor_list_length", 2, 3),
    flag("immed", 15, 1),
    flag("g_sense", 15, 0),
    code("header_cscd_descriptor_type", 16, None, {LID4_HEADER_TYPE: "extension"}),
    uint("list_identifier", 20, 23),
    uint("cscd_descriptor_list_length", 42, 43),
    uint("segment_descriptor_list_length", 44, 45),
    uint("inline_data_length", 46, 47),
    parameter_list_format=LID4_FORMAT, header_cscd_descriptor_list_length=LID4_HEADER_LENGTH,
    header_cscd_descriptor_type=LID4_HEADER_TYPE)


def encode_parameter_list_lid1(
    header: Mapping[str, Any], cscds: Sequence[bytes], segments: Sequence[bytes], inline_data: bytes = b"",
) -> bytes:
    """The whole parameter list, its lengths computed."""
    return _encode(PARAMETER_LIST_LID1, header, cscds, segments, inline_data)


def encode_parameter_list_lid4(
    header: Mapping[str, Any], cscds: Sequence[bytes], segments: Sequence[bytes], inline_data: bytes = b"",
) -> bytes:
    """The whole parameter list, its lengths computed."""
    return _encode(PARAMETER_LIST_LID4, header, cscds, segments, inline_data)


def _encode(table: Table, header: Mapping[str, Any], cscds: Sequence[bytes], segments: Sequence[bytes],
            inline_data: bytes) -> bytes:
    listed, segment_list = b"".join(cscds), b"".join(segments)
    return table.encode(
        header, cscd_descriptor_list_length=len(listed), segment_descriptor_list_length=len(segment_list),
        inline_data_length=len(inline_data)) + listed + segment_list + inline_data

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""INQUIRY and its standard data (SPC-6 6.7)."""

from __future__ import annotations

from typing import Any, Dict, List

from .table import Table, bits, flag, text, uint, within

INQUIRY = Table(
    "INQUIRY", "SPC-6 6.7.1",
    uint("operation_code", 0),
    flag("evpd", 1, 0),
    uint("page_code", 2),
    uint("allocation_length", 3, 4),
    uint("control", 5),
    operation_code=0x12)

PERIPHERAL_DEVICE_TYPES = {
    0x00: "direct access block device", 0x01: "sequential access device", 0x02: "printer", 0x03: "processor",
    0x04: "write once device", 0x05: "CD/DVD device", 0x06: "scanner", 0x07: "optical memory device",
    0x08: "media changer", 0x09: "communications device", 0x0C: "storage array controller", 0x0D: "enclosure services",
    0x0E: "simplified direct access device", 0x0F: "optical card reader/writer", 0x10: "bridge controller",
    0x11: "object based storage device", 0x12: "automation/drive interface", 0x13: "security manager device",
    0x14: "zoned block device", 0x1E: "well known logical unit", 0x1F: "unknown",
}

PERIPHERAL_QUALIFIERS = {0: "connected", 1: "not connected", 3: "no such logical unit"}

VERSIONS = {
    0x00: "no standard claimed", 0x03: "SPC", 0x04: "SPC-2", 0x05: "SPC-3", 0x06: "SPC-4", 0x07: "SPC-5", 0x0D: "SPC-6",
}

STANDARD_INQUIRY = Table(
    "standard INQUIRY data", "SPC-6 6.7.2",
    bits("peripheral_qualifier", 0, 7, 5, PERIPHERAL_QUALIFIERS),
    bits("peripheral_device_type", 0, 4, 0, PERIPHERAL_DEVICE_TYPES),
    flag("rmb", 1, 7),
    flag("lu_cong", 1, 6),
    bits("hot_pluggable", 1, 5, 4),
    bits("version", 2, 7, 0, VERSIONS),
    flag("normaca", 3, 5),
    flag("hisup", 3, 4),
    bits("response_data_format", 3, 3, 0),
    uint("additional_length", 4),
    flag("sccs", 5, 7),
    flag("acc", 5, 6),
    bits("tpgs", 5, 5, 4),
    flag("third_party_copy", 5, 3),
    flag("protect", 5, 0),
    flag("encserv", 6, 6),
    flag("multip", 6, 4),
    flag("cmdque", 7, 1),
    text("t10_vendor_identification", 8, 15),
    text("product_identification", 16, 31),
    text("product_revision_level", 32, 35))

_TO_ADDITIONAL_LENGTH = 5


def decode_standard_inquiry(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """The standard INQUIRY data; ``version_descriptors`` lists those that are not zero."""
    claimed = _TO_ADDITIONAL_LENGTH + data[4] if len(data) >= _TO_ADDITIONAL_LENGTH else len(data)
    readable = data[:claimed]
    if len(data) < min(claimed, 36):
        readable = within(data, claimed, STANDARD_INQUIRY.title, warnings)
    values = STANDARD_INQUIRY.decode(readable)
    descriptors = (int.from_bytes(readable[at:at + 2], "big") for at in range(58, min(74, len(readable) - 1), 2))
    return dict(values, version_descriptors=[each for each in descriptors if each])


def encode_standard_inquiry(values: Dict[str, Any]) -> bytes:
    """The data with its version descriptors, 74 bytes; the additional length is computed where it is not given."""
    fields = {name: value for name, value in values.items() if name != "version_descriptors"}
    if fields.get("additional_length") is None:
        fields["additional_length"] = 74 - _TO_ADDITIONAL_LENGTH
    fixed = STANDARD_INQUIRY.encode(fields)
    descriptors = b"".join(each.to_bytes(2, "big") for each in values.get("version_descriptors", ()))
    return fixed.ljust(58, b"\0") + descriptors.ljust(16, b"\0")

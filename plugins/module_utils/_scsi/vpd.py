# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vital product data: the header of all pages, the list of pages, the unit serial number (SPC-6 7.7)."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .table import Table, bits, uint, within
from .text import printable

SUPPORTED_PAGES = 0x00
UNIT_SERIAL_NUMBER = 0x80

VPD_HEADER = Table(
    "VPD page header", "SPC-6 7.7.1",
    bits("peripheral_qualifier", 0, 7, 5),
    bits("peripheral_device_type", 0, 4, 0),
    uint("page_code", 1),
    uint("page_length", 2, 3))

PAGE_NAMES = {
    0x00: "supported VPD pages", 0x80: "unit serial number", 0x83: "device identification",
    0x86: "extended INQUIRY data", 0x8F: "third-party copy", 0xB0: "block limits", 0xB1: "block device characteristics",
    0xB2: "logical block provisioning", 0xB7: "block limits extension",
}


def page_title(page: int) -> str:
    """"VPD page 83h"."""
    return "VPD page {0:02X}h".format(page)


def page_body(data: bytes, page: int, warnings: List[str]) -> Optional[bytes]:
    """What follows the header; ``None`` where the answer is no such page."""
    header = VPD_HEADER.decode(data)
    if header["page_length"] is None:
        warnings.append("{0}: only {1} bytes arrived".format(page_title(page), len(data)))
        return None
    if header["page_code"] != page:
        warnings.append("the answer is {0}, {1} was asked for".format(
            page_title(header["page_code"]), page_title(page)))
        return None
    return within(data, VPD_HEADER.size + header["page_length"], page_title(page), warnings)[VPD_HEADER.size:]


def with_header(page: int, body: bytes, peripheral_device_type: int = 0) -> bytes:
    """A whole page."""
    header = VPD_HEADER.encode(
        peripheral_device_type=peripheral_device_type, page_code=page, page_length=len(body))
    return header + body


def decode_supported_pages(data: bytes, warnings: List[str]) -> List[Dict[str, Any]]:
    """The pages that the device has, as value and name."""
    body = page_body(data, SUPPORTED_PAGES, warnings) or b""
    return [{"value": page, "name": PAGE_NAMES.get(page)} for page in body]


def decode_unit_serial_number(data: bytes, warnings: List[str]) -> Optional[str]:
    """The serial number; ``None`` where the page has none."""
    body = page_body(data, UNIT_SERIAL_NUMBER, warnings)
    return printable(body) or None if body is not None else None

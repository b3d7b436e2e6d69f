# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vital product data: the header of all pages, the list of pages, the unit serial number (SPC-6 7.7)."""

from __future__ import annotations

from typing import Any, Iterable

from .device_types import DISKS, PERIPHERAL_DEVICE_TYPES, TAPE
from .inquiry import PERIPHERAL_QUALIFIERS
from .table import Table, bits, uint, within
from .text import printable

SUPPORTED_PAGES = 0x00
UNIT_SERIAL_NUMBER = 0x80

VPD_HEADER = Table(
    "VPD page header", "SPC-6 7.7.1",
    bits("peripheral_qualifier", 0, 7, 5, PERIPHERAL_QUALIFIERS),
    bits("peripheral_device_type", 0, 4, 0, PERIPHERAL_DEVICE_TYPES),
    uint("page_code", 1),
    uint("page_length", 2, 3))

#: The pages of all device types and, from B0h on, of disks.
PAGE_NAMES = {
    0x00: "supported VPD pages", 0x80: "unit serial number", 0x82: "ASCII implemented operating definition",
    0x83: "device identification", 0x84: "software interface identification", 0x85: "management network addresses",
    0x86: "extended INQUIRY data", 0x87: "mode page policy", 0x88: "SCSI ports", 0x89: "ATA information",
    0x8A: "power condition", 0x8B: "device constituents", 0x8C: "CFA profile information", 0x8D: "power consumption",
    0x8F: "third-party copy", 0x90: "protocol specific logical unit information",
    0x91: "protocol specific port information", 0x92: "SCSI feature sets", 0xB0: "block limits",
    0xB1: "block device characteristics", 0xB2: "logical block provisioning", 0xB3: "referrals",
    0xB4: "supported block lengths and protection types", 0xB5: "block device characteristics extension",
    0xB6: "zoned block device characteristics", 0xB7: "block limits extension", 0xB8: "format presets",
    0xB9: "concurrent positioning ranges", 0xBA: "capacity/product identification mapping",
}
#: The page codes that mean something else for a tape drive (SSC-5 8.6).
TAPE_PAGE_NAMES = {
    0xB0: "sequential-access device capabilities", 0xB1: "manufacturer-assigned serial number",
    0xB2: "TapeAlert supported flags", 0xB3: "automation device serial number",
    0xB4: "data transfer device element address", 0xB5: "logical block protection",
}
_FIRST_BY_DEVICE_TYPE, _FIRST_VENDOR_SPECIFIC = 0xB0, 0xC0


def page_title(page: int) -> str:
    """"VPD page 83h"."""
    return f"VPD page {page:02X}h"


def page_name(page: int, peripheral_device_type: int = 0) -> str | None:
    """What the standard for this type of device calls the page; ``None`` for a reserved code."""
    if page >= _FIRST_VENDOR_SPECIFIC:
        return "vendor specific"
    if page < _FIRST_BY_DEVICE_TYPE or peripheral_device_type in DISKS:
        return PAGE_NAMES.get(page)
    return TAPE_PAGE_NAMES.get(page) if peripheral_device_type == TAPE else None


def whole_page(data: bytes, page: int, warnings: list[str]) -> bytes:
    """The page with its header, and nothing after it; empty if the answer is not this page."""
    header = VPD_HEADER.decode(data)
    if header["page_length"] is None:
        warnings.append(f"{page_title(page)}: {len(data)} bytes arrived, too few for its length")
        return b""
    if header["page_code"] != page:
        # A device that ignores EVPD answers with standard INQUIRY data, which is noticed here except for page 00h.
        warnings.append(f"received {page_title(header['page_code'])} instead of the requested {page_title(page)}")
        return b""
    return within(data, VPD_HEADER.size + header["page_length"], page_title(page), warnings)


def page_body(data: bytes, page: int, warnings: list[str]) -> bytes | None:
    """What follows the header; ``None`` if the answer is not this page."""
    found = whole_page(data, page, warnings)
    return found[VPD_HEADER.size:] if found else None


def with_header(page: int, body: bytes, peripheral_device_type: int = 0) -> bytes:
    """A whole page, from what follows its header."""
    return VPD_HEADER.encode(
        peripheral_device_type=peripheral_device_type, page_code=page, page_length=len(body)) + body


def decode_supported_pages(data: bytes, warnings: list[str]) -> list[dict[str, Any]]:
    """The pages that the device has, as value and name."""
    body = page_body(data, SUPPORTED_PAGES, warnings) or b""
    if body and body[0] != SUPPORTED_PAGES:
        # The list is in ascending order and begins with itself (SPC-6 7.7.16).
        warnings.append("VPD page 00h: does not begin with 00h; the device may have ignored the page code")
    return [{"value": page, "name": page_name(page, data[0] & 0x1F)} for page in body]


def encode_supported_pages(pages: Iterable[Any], peripheral_device_type: int = 0) -> bytes:
    """The whole page, from page codes or decoded pages."""
    codes = bytes(each["value"] if isinstance(each, dict) else each for each in pages)
    return with_header(SUPPORTED_PAGES, codes, peripheral_device_type)


def decode_unit_serial_number(data: bytes, warnings: list[str]) -> str | None:
    """The serial number; ``None`` if the page has none, which it expresses by spaces (SPC-6 7.7.19)."""
    header = VPD_HEADER.decode(data)
    body = page_body(data, UNIT_SERIAL_NUMBER, warnings)
    if body is None or len(body) < header["page_length"]:
        # Half a serial number could be another drive's.
        return None
    return printable(body) or None


def encode_unit_serial_number(serial: str | None, peripheral_device_type: int = 0) -> bytes:
    """The whole page; four spaces for a drive that has no serial number."""
    return with_header(UNIT_SERIAL_NUMBER, (serial or "    ").encode("ascii"), peripheral_device_type)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RECEIVE DIAGNOSTIC RESULTS, and the diagnostic pages by name (SPC-6 6.32, 7.2)."""

from __future__ import annotations

from typing import Any, Iterable

from .table import Table, flag, uint, within

SUPPORTED_DIAGNOSTIC_PAGES = 0x00

RECEIVE_DIAGNOSTIC_RESULTS = Table(
    "RECEIVE DIAGNOSTIC RESULTS", "SPC-6 6.32",
    uint("operation_code", 0),
    flag("pcv", 1, 0),
    uint("page_code", 2),
    uint("allocation_length", 3, 4),
    uint("control", 5),
    operation_code=0x1C)

DIAGNOSTIC_PAGE_HEADER = Table(
    "diagnostic page header", "SPC-6 7.2.2",
    uint("page_code", 0),
    uint("page_code_specific", 1),
    uint("page_length", 2, 3))

#: SPC-6 table 312, SES-4 table 11, SBC-5 6.3, SPL-5 9.2.9.
PAGE_NAMES = {
    0x00: "supported diagnostic pages", 0x01: "configuration", 0x02: "enclosure control/status", 0x03: "help text",
    0x04: "string in/out", 0x05: "threshold in/out", 0x06: "array control/status", 0x07: "element descriptor",
    0x08: "short enclosure status", 0x09: "enclosure busy", 0x0A: "additional element status",
    0x0B: "subenclosure help text", 0x0C: "subenclosure string in/out", 0x0D: "supported SES diagnostic pages",
    0x0E: "download microcode control/status", 0x0F: "subenclosure nickname control/status", 0x3F: "protocol specific",
    0x40: "translate address", 0x41: "device status", 0x42: "rebuild assist",
}
_FIRST_VENDOR_SPECIFIC = 0x80


def page_title(page: int) -> str:
    """"diagnostic page 00h"."""
    return f"diagnostic page {page:02X}h"


def page_name(page: int) -> str | None:
    """What the standard calls the page; ``None`` for a reserved code."""
    return "vendor specific" if page >= _FIRST_VENDOR_SPECIFIC else PAGE_NAMES.get(page)


def page_body(data: bytes, page: int, warnings: list[str]) -> bytes | None:
    """What follows the header; ``None`` if the answer is not this page."""
    header = DIAGNOSTIC_PAGE_HEADER.decode(data)
    if header["page_length"] is None:
        warnings.append(f"{page_title(page)}: {len(data)} bytes arrived, too few for its length")
        return None
    if header["page_code"] != page:
        warnings.append(f"received {page_title(header['page_code'])} instead of the requested {page_title(page)}")
        return None
    return within(data, DIAGNOSTIC_PAGE_HEADER.size + header["page_length"], page_title(page), warnings)[
        DIAGNOSTIC_PAGE_HEADER.size:]


def decode_supported_diagnostic_pages(data: bytes, warnings: list[str]) -> list[dict[str, Any]]:
    """The pages that the device has, as value and name."""
    body = page_body(data, SUPPORTED_DIAGNOSTIC_PAGES, warnings) or b""
    return [{"value": page, "name": page_name(page)} for page in body]


def encode_supported_diagnostic_pages(pages: Iterable[Any]) -> bytes:
    """The whole page, from page codes or decoded pages."""
    codes = bytes(each["value"] if isinstance(each, dict) else each for each in pages)
    return DIAGNOSTIC_PAGE_HEADER.encode(page_code=SUPPORTED_DIAGNOSTIC_PAGES, page_length=len(codes)) + codes

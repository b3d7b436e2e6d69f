# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MODE SENSE: the commands, their headers, and how to find a page (SPC-6 6.13, 6.14, 7.5)."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

from .table import Table, bits, flag, uint, within

CURRENT_VALUES = 0
PAGE_CONTROLS = {CURRENT_VALUES: "current", 1: "changeable", 2: "default", 3: "saved"}
ALL_PAGES = 0x3F
ALL_SUBPAGES = 0xFF

MODE_SENSE_6 = Table(
    "MODE SENSE(6)", "SPC-6 6.13",
    uint("operation_code", 0),
    flag("dbd", 1, 3),
    bits("pc", 2, 7, 6, PAGE_CONTROLS),
    bits("page_code", 2, 5, 0),
    uint("subpage_code", 3),
    uint("allocation_length", 4),
    uint("control", 5),
    operation_code=0x1A)

MODE_SENSE_10 = Table(
    "MODE SENSE(10)", "SPC-6 6.14",
    uint("operation_code", 0),
    flag("llbaa", 1, 4),
    flag("dbd", 1, 3),
    bits("pc", 2, 7, 6, PAGE_CONTROLS),
    bits("page_code", 2, 5, 0),
    uint("subpage_code", 3),
    uint("allocation_length", 7, 8),
    uint("control", 9),
    operation_code=0x5A)

MODE_HEADER_6 = Table(
    "mode parameter header(6)", "SPC-6 7.5.5",
    uint("mode_data_length", 0),
    uint("medium_type", 1),
    uint("device_specific_parameter", 2),
    uint("block_descriptor_length", 3))

MODE_HEADER_10 = Table(
    "mode parameter header(10)", "SPC-6 7.5.5",
    uint("mode_data_length", 0, 1),
    uint("medium_type", 2),
    uint("device_specific_parameter", 3),
    flag("longlba", 4, 0),
    uint("block_descriptor_length", 6, 7))

PAGE_HEADER = Table(
    "mode page header", "SPC-6 7.5.6",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1))

SUBPAGE_HEADER = Table(
    "mode subpage header", "SPC-6 7.5.6",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("subpage_code", 1),
    uint("page_length", 2, 3))

_VENDOR_SPECIFIC_PAGE = 0x00


class ModePage(NamedTuple):
    """A mode page. ``whole`` is all of it, shorter than its ``length`` if the answer was cut."""

    page: int
    subpage: int
    whole: bytes
    length: int


def page_title(page: int, subpage: int = 0) -> str:
    """"mode page 0Ah", "mode page 19h,01h"."""
    return f"mode page {page:02X}h,{subpage:02X}h" if subpage else f"mode page {page:02X}h"


def decode_mode_header(data: bytes, ten: bool, warnings: list[str]) -> dict[str, Any]:
    """The header of the answer to MODE SENSE(10) (``ten``) or (6)."""
    table = MODE_HEADER_10 if ten else MODE_HEADER_6
    if len(data) < table.size:
        warnings.append(f"{table.title}: {len(data)} of {table.size} bytes arrived")
    return table.decode(data)


def mode_pages(data: bytes, ten: bool, warnings: list[str]) -> Iterator[ModePage]:
    """The pages after the header and the block descriptors. The last one may be cut."""
    header = decode_mode_header(data, ten, warnings)
    if header["block_descriptor_length"] is None:
        return
    table = MODE_HEADER_10 if ten else MODE_HEADER_6
    # The data length does not include itself: one byte, or two.
    readable = within(data, header["mode_data_length"] + (2 if ten else 1), "mode parameter data", warnings)
    at = table.size + header["block_descriptor_length"]
    if at > len(readable):
        warnings.append(f"mode parameter data: the block descriptors end at byte {at}, the data at {len(readable)}")
    while at < len(readable):
        rest = readable[at:]
        found = PAGE_HEADER.decode(rest)
        if found["page_code"] == _VENDOR_SPECIFIC_PAGE:
            # Comes last and need not have the format of a page (SPC-6 7.5.1).
            yield ModePage(_VENDOR_SPECIFIC_PAGE, 0, rest, len(rest))
            return
        page_table = SUBPAGE_HEADER if found["spf"] else PAGE_HEADER
        values = page_table.decode(rest)
        if values["page_length"] is None:
            warnings.append(f"{page_title(found['page_code'])}: only {len(rest)} bytes of it are there")
            return
        length = page_table.size + values["page_length"]
        yield ModePage(found["page_code"], values.get("subpage_code", 0), rest[:length], length)
        at += length


def find_page(data: bytes, page: int, subpage: int, ten: bool, warnings: list[str]) -> bytes | None:
    """The page with its header, from the answer to MODE SENSE(10) (``ten``) or (6); ``None`` if it is not there."""
    title = page_title(page, subpage)
    others = []
    before = len(warnings)
    for found in mode_pages(data, ten, warnings):
        if (found.page, found.subpage) == (page, subpage):
            if len(found.whole) < found.length and len(warnings) == before:
                warnings.append(f"{title}: only {len(found.whole)} of {found.length} bytes are there")
            return found.whole
        others.append(page_title(found.page, found.subpage))
    warnings.append(f"received {others[0]} instead of the requested {title}" if len(others) == 1
                    else f"{title} is not in the answer")
    return None


def encode_mode_data(pages: bytes, block_descriptors: bytes = b"", ten: bool = True,
                     device_specific_parameter: int = 0) -> bytes:
    """The answer to MODE SENSE: header, block descriptors, and pages that are complete already."""
    table = MODE_HEADER_10 if ten else MODE_HEADER_6
    length = table.size + len(block_descriptors) + len(pages) - (2 if ten else 1)
    return table.encode(
        mode_data_length=length, device_specific_parameter=device_specific_parameter,
        block_descriptor_length=len(block_descriptors)) + block_descriptors + pages

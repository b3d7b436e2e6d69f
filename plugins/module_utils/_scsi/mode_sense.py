# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MODE SENSE: the commands, their headers, and the way to a page (SPC-6 6.13, 6.14, 7.5)."""

from __future__ import annotations

from typing import List, Optional

from .table import Table, bits, flag, uint, within

CURRENT_VALUES = 0

MODE_SENSE_6 = Table(
    "MODE SENSE(6)", "SPC-6 6.13",
    uint("operation_code", 0),
    flag("dbd", 1, 3),
    bits("pc", 2, 7, 6),
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
    bits("pc", 2, 7, 6),
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


def find_page(data: bytes, page: int, subpage: int, ten: bool, warnings: List[str]) -> Optional[bytes]:
    """The page with its header, from the answer to MODE SENSE(10) (``ten``) or (6); ``None`` where it is not there."""
    header_table = MODE_HEADER_10 if ten else MODE_HEADER_6
    title = "mode page {0:02X}h".format(page)
    header = header_table.decode(data)
    if header["block_descriptor_length"] is None:
        warnings.append("{0}: only {1} bytes arrived".format(title, len(data)))
        return None
    # The data length does not count itself: one byte of it, or two.
    readable = within(data, header["mode_data_length"] + (2 if ten else 1), title, warnings)
    at = header_table.size + header["block_descriptor_length"]
    while at + PAGE_HEADER.size <= len(readable):
        found = PAGE_HEADER.decode(readable[at:])
        table = SUBPAGE_HEADER if found["spf"] else PAGE_HEADER
        values = table.decode(readable[at:])
        if values["page_length"] is None:
            break
        end = at + table.size + values["page_length"]
        if (found["page_code"], values.get("subpage_code", 0)) == (page, subpage):
            return readable[at:end]
        at = end
    warnings.append("{0} is not in the answer".format(title))
    return None


def encode_mode_data(pages: bytes, block_descriptors: bytes = b"", ten: bool = True,
                     device_specific_parameter: int = 0) -> bytes:
    """The answer to MODE SENSE: header, block descriptors, and pages that are whole already."""
    table = MODE_HEADER_10 if ten else MODE_HEADER_6
    length = table.size + len(block_descriptors) + len(pages) - (2 if ten else 1)
    return table.encode(
        mode_data_length=length, device_specific_parameter=device_specific_parameter,
        block_descriptor_length=len(block_descriptors)) + block_descriptors + pages

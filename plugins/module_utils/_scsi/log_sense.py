# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LOG SENSE: the command, the header of its pages, and the parameters in them (SPC-6 6.9, 7.3)."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .table import Table, bits, flag, uint, within

CUMULATIVE_VALUES = 1
SUPPORTED_LOG_PAGES = 0x00
ALL_SUBPAGES = 0xFF

LOG_SENSE = Table(
    "LOG SENSE", "SPC-6 6.9",
    uint("operation_code", 0),
    flag("ppc", 1, 1),
    flag("sp", 1, 0),
    bits("pc", 2, 7, 6),
    bits("page_code", 2, 5, 0),
    uint("subpage_code", 3),
    uint("parameter_pointer", 5, 6),
    uint("allocation_length", 7, 8),
    uint("control", 9),
    operation_code=0x4D, pc=CUMULATIVE_VALUES)

LOG_PAGE_HEADER = Table(
    "log page header", "SPC-6 7.3.2",
    flag("ds", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("subpage_code", 1),
    uint("page_length", 2, 3))

LOG_PARAMETER_HEADER = Table(
    "log parameter header", "SPC-6 7.3.2",
    uint("parameter_code", 0, 1),
    flag("du", 2, 7),
    flag("tsd", 2, 5),
    flag("etc", 2, 4),
    bits("tmc", 2, 3, 2),
    bits("format_and_linking", 2, 1, 0),
    uint("parameter_length", 3))


class Parameter(NamedTuple):
    """A log parameter. ``length`` is what its header says; ``value`` may be shorter, where the page was cut."""

    code: int
    value: bytes
    length: int


def page_title(page: int, subpage: int = 0) -> str:
    """"log page 10h", "log page 19h,20h"."""
    return "log page {0:02X}h{1}".format(page, ",{0:02X}h".format(subpage) if subpage else "")


def page_body(data: bytes, page: int, subpage: int, warnings: List[str]) -> Optional[bytes]:
    """What follows the header; ``None`` where the answer is no such page."""
    header = LOG_PAGE_HEADER.decode(data)
    if header["page_length"] is None:
        warnings.append("{0}: only {1} bytes arrived".format(page_title(page, subpage), len(data)))
        return None
    answered = header["page_code"], header["subpage_code"] if header["spf"] else 0
    if answered != (page, subpage):
        warnings.append("the answer is {0}, {1} was asked for".format(page_title(*answered), page_title(page, subpage)))
        return None
    return within(data, LOG_PAGE_HEADER.size + header["page_length"], page_title(page, subpage), warnings)[
        LOG_PAGE_HEADER.size:]


def parameters(data: bytes, page: int, subpage: int, warnings: List[str]) -> Iterator[Parameter]:
    """The page's parameters. The last one may be cut; one without a whole header is left out."""
    body = page_body(data, page, subpage, warnings) or b""
    at = 0
    while at + LOG_PARAMETER_HEADER.size <= len(body):
        header = LOG_PARAMETER_HEADER.decode(body[at:])
        start = at + LOG_PARAMETER_HEADER.size
        at = start + header["parameter_length"]
        yield Parameter(header["parameter_code"], body[start:at], header["parameter_length"])


def encode_page(page: int, subpage: int, values: Sequence[Tuple[int, bytes]], format_and_linking: int = 3) -> bytes:
    """A whole page of parameters, each given as its code and value."""
    body = b"".join(
        LOG_PARAMETER_HEADER.encode(parameter_code=code, format_and_linking=format_and_linking,
                                    parameter_length=len(value)) + value
        for code, value in values)
    return LOG_PAGE_HEADER.encode(page_code=page, spf=bool(subpage), subpage_code=subpage, page_length=len(body)) + body


def decode_supported_log_pages(data: bytes, warnings: List[str], subpages: bool = False) -> List[Dict[str, int]]:
    """The pages that the device has, as page and subpage (log page 00h, or 00h,FFh with ``subpages``)."""
    body = page_body(data, SUPPORTED_LOG_PAGES, ALL_SUBPAGES if subpages else 0, warnings) or b""
    if subpages:
        return [{"page": body[at] & 0x3F, "subpage": body[at + 1]} for at in range(0, len(body) - 1, 2)]
    return [{"page": octet & 0x3F, "subpage": 0} for octet in body]

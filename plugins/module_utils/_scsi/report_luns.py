# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REPORT LUNS (SPC-6 6.36): which logical units a target has."""

from __future__ import annotations

from typing import Sequence

from .table import Table, delimited, records, uint

REPORT_LUNS = Table(
    "REPORT LUNS", "SPC-6 6.36",
    uint("operation_code", 0),
    uint("select_report", 2),
    uint("allocation_length", 6, 9),
    uint("control", 11),
    operation_code=0xA0)

HEADER = Table(
    "REPORT LUNS parameter data", "SPC-6 6.36",
    uint("lun_list_length", 0, 3),
    size=8)

#: Values of SELECT REPORT; the default, 00h, leaves out well known logical units.
WELL_KNOWN, ALL = 0x01, 0x02
#: A useful answer has room for a header and one number.
SMALLEST_ALLOCATION = 16

ENTRY_SIZE = 8
_PERIPHERAL, _FLAT, _EXTENDED = 0, 1, 3


def decode_report_luns(data: bytes, warnings: list[str]) -> list[int | None]:
    """The logical unit numbers; ``None`` for one that is not a single level number (SAM-6 4.7)."""
    title = HEADER.title
    body = delimited(data, 0, 3, HEADER.size, title, warnings)[HEADER.size:]
    return [_number(entry) for entry in records(body, ENTRY_SIZE, title, warnings)]


def encode_report_luns(numbers: Sequence[int]) -> bytes:
    """The whole list: peripheral device addressing up to 255, flat space addressing above."""
    body = b"".join(
        (number if number < 256 else _FLAT << 14 | number).to_bytes(2, "big") + bytes(6) for number in numbers)
    return HEADER.encode(lun_list_length=len(body)) + body


def _number(entry: bytes) -> int | None:
    head = int.from_bytes(entry[:2], "big")
    method = head >> 14
    if method == _EXTENDED and entry[0] in (0xD2, 0xE2):
        # Extended flat and long extended flat space addressing: three and five bytes of number.
        return int.from_bytes(entry[1:4 if entry[0] == 0xD2 else 6], "big")
    if any(entry[2:]):
        return None
    if method == _FLAT:
        return head & 0x3FFF
    return head if method == _PERIPHERAL and head < 256 else None

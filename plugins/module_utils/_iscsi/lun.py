# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logical unit numbers as eight bytes: the single-level formats (SAM-5 4.7.7, RFC 7143 11.2.1.7)."""

from __future__ import annotations

#: The highest number that flat space addressing holds.
MAXIMUM_LUN = 0x3FFF


def encode_lun(number: int) -> int:
    """The field for a number: peripheral device addressing up to 255, flat space addressing above."""
    if not 0 <= number <= MAXIMUM_LUN:
        raise ValueError(f"not a logical unit number: {number}")
    return (number if number < 256 else 0x4000 | number) << 48


def decode_lun(field: int) -> int | None:
    """The number in a field; None for a well known logical unit, a bus, or a second level: those are not used here."""
    head = field >> 48
    if field & 0xFFFFFFFFFFFF:
        return None
    method = head >> 14
    if method == 1:
        return head & MAXIMUM_LUN
    # In peripheral device addressing the low six bits of the first byte name a bus, and 0 means this one.
    return head if head < 256 else None

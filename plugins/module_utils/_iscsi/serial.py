# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serial numbers of 32 bits that wrap (RFC 1982; RFC 7143 4.2.2.1): CmdSN, StatSN, DataSN, R2TSN."""

from __future__ import annotations

_MASK = 0xFFFFFFFF
_HALF = 0x80000000


def add(number: int, count: int) -> int:
    """``number`` advanced by ``count``, which may be negative."""
    return (number + count) & _MASK


def distance(first: int, last: int) -> int:
    """How far ``last`` is after ``first``: from -2^31 to 2^31 - 1."""
    return ((last - first + _HALF) & _MASK) - _HALF


def less(first: int, second: int) -> bool:
    """True if ``first`` comes before ``second``."""
    return distance(first, second) > 0


def within(number: int, first: int, last: int) -> bool:
    """True if ``first`` <= ``number`` <= ``last``."""
    return distance(first, number) >= 0 and distance(number, last) >= 0

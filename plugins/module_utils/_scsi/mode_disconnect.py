# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disconnect-reconnect mode page, 02h (SPC-6 7.5, SPL-5 9.2)."""

from __future__ import annotations

from typing import Any, Mapping

from .mode_page import decode_mode_page
from .table import Table, bits, flag, uint

DISCONNECT_MODE_PAGE = 0x02

DISCONNECT_MODE = Table(
    "disconnect-reconnect mode page", "SPC-6 7.5",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    uint("buffer_full_ratio", 2),
    uint("buffer_empty_ratio", 3),
    # The unit of these three depends on the transport; with SAS it is 100 microseconds.
    uint("bus_inactivity_limit", 4, 5),
    uint("disconnect_time_limit", 6, 7),
    uint("connect_time_limit", 8, 9),
    # In units of 512 bytes, 0 for no limit.
    uint("maximum_burst_size", 10, 11),
    flag("emdp", 12, 7),
    bits("fair_arbitration", 12, 6, 4),
    flag("dimm", 12, 3),
    bits("dtdc", 12, 2, 0),
    # In units of 512 bytes.
    uint("first_burst_size", 14, 15),
    page_code=DISCONNECT_MODE_PAGE, page_length=14)


def decode_disconnect_mode(page: bytes | None, warnings: list[str] | None = None) -> dict[str, Any]:
    """The page, as `mode_sense.find_page` returns it; all ``None`` for none. Burst sizes are in units of 512 bytes."""
    return decode_mode_page(DISCONNECT_MODE, page, DISCONNECT_MODE_PAGE, 0, warnings)


def encode_disconnect_mode(values: Mapping[str, Any]) -> bytes:
    """The whole page of 16 bytes."""
    return DISCONNECT_MODE.encode(values)

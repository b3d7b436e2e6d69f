# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Caching mode page, 08h (SBC-5 6.5)."""

from __future__ import annotations

from typing import Any, Mapping

from .mode_page import decode_mode_page
from .table import Table, bits, flag, uint

CACHING_MODE_PAGE = 0x08

RETENTION_PRIORITIES = {0: "not distinguished", 1: "lower than other data", 0xF: "higher than other data"}

CACHING_MODE = Table(
    "caching mode page", "SBC-5 6.5",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    flag("ic", 2, 7),
    flag("abpf", 2, 6),
    flag("cap", 2, 5),
    flag("disc", 2, 4),
    flag("size", 2, 3),
    flag("wce", 2, 2),
    flag("mf", 2, 1),
    flag("rcd", 2, 0),
    bits("demand_read_retention_priority", 3, 7, 4, RETENTION_PRIORITIES),
    bits("write_retention_priority", 3, 3, 0, RETENTION_PRIORITIES),
    uint("disable_pre_fetch_transfer_length_blocks", 4, 5),
    # In blocks, or with MF in multiples of the transfer length of a read.
    uint("minimum_pre_fetch", 6, 7),
    uint("maximum_pre_fetch", 8, 9),
    uint("maximum_pre_fetch_ceiling_blocks", 10, 11),
    flag("fsw", 12, 7),
    flag("lbcss", 12, 6),
    flag("dra", 12, 5),
    bits("sync_prog", 12, 2, 1),
    flag("nv_dis", 12, 0),
    uint("number_of_cache_segments", 13),
    # In bytes, or with LBCSS in blocks.
    uint("cache_segment_size", 14, 15),
    size=20, page_code=CACHING_MODE_PAGE, page_length=18)


def decode_caching_mode(page: bytes | None, warnings: list[str] | None = None) -> dict[str, Any]:
    """The page, as `mode_sense.find_page` returns it; all ``None`` for none.

    ``wce`` is whether the write cache is on, ``rcd`` whether the read cache is off, ``dra`` whether read-ahead is off.
    Before SPC-3 the page was shorter.
    """
    return decode_mode_page(CACHING_MODE, page, CACHING_MODE_PAGE, 0, warnings)


def encode_caching_mode(values: Mapping[str, Any]) -> bytes:
    """The whole page of 20 bytes."""
    return CACHING_MODE.encode(values)

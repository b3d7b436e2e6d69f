# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Block limits extension, VPD page B7h: what a disk says of its streams (SBC-5 6.6.5)."""

from __future__ import annotations

from typing import Any, Dict, List

from .table import Table, flag, uint
from .vpd import page_body, with_header

BLOCK_LIMITS_EXTENSION = 0xB7

#: Offsets are those of the page less its header of four bytes.
BLOCK_LIMITS_EXTENSION_DATA = Table(
    "block limits extension", "SBC-5 6.6.5",
    flag("rscs", 1, 0),
    uint("maximum_number_of_streams", 2, 3),
    uint("optimal_stream_write_size_blocks", 4, 5),
    uint("stream_granularity_size", 6, 9),
    uint("maximum_scattered_lba_range_transfer_length_blocks", 12, 15),
    uint("maximum_scattered_lba_range_descriptor_count", 18, 19),
    uint("maximum_scattered_transfer_length_blocks", 20, 23),
    size=28)


def decode_block_limits_extension(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """The page, which may be as short as its header."""
    return BLOCK_LIMITS_EXTENSION_DATA.decode(page_body(data, BLOCK_LIMITS_EXTENSION, warnings) or b"")


def encode_block_limits_extension(values: Dict[str, Any]) -> bytes:
    """The whole page."""
    return with_header(BLOCK_LIMITS_EXTENSION, BLOCK_LIMITS_EXTENSION_DATA.encode(values))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Block limits extension, VPD page B7h: a disk's limits for streams and scattered writes (SBC-5 6.6.5)."""

from __future__ import annotations

from typing import Any, Mapping

from .table import Table, flag, uint
from .vpd import VPD_HEADER, whole_page, with_header

BLOCK_LIMITS_EXTENSION = 0xB7

BLOCK_LIMITS_EXTENSION_DATA = Table(
    "block limits extension VPD page", "SBC-5 6.6.5",
    flag("rscs", 5, 0),
    uint("maximum_number_of_streams", 6, 7),
    uint("optimal_stream_write_size_blocks", 8, 9),
    # Counts optimal stream write sizes, not blocks.
    uint("stream_granularity_size", 10, 13),
    uint("maximum_scattered_lba_range_transfer_length_blocks", 16, 19, unknown=0),
    uint("maximum_scattered_lba_range_descriptor_count", 22, 23, unknown=0),
    uint("maximum_scattered_transfer_length_blocks", 24, 27, unknown=0),
    size=32)


def decode_block_limits_extension(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The page, which may be as short as its header: older disks have less of it, without a warning.

    ``maximum_number_of_streams`` 0 means that the disk has no streams.
    """
    return BLOCK_LIMITS_EXTENSION_DATA.decode(whole_page(data, BLOCK_LIMITS_EXTENSION, warnings))


def encode_block_limits_extension(values: Mapping[str, Any], peripheral_device_type: int = 0) -> bytes:
    """The whole page of 32 bytes."""
    page = BLOCK_LIMITS_EXTENSION_DATA.encode(values)
    return with_header(BLOCK_LIMITS_EXTENSION, page[VPD_HEADER.size:], peripheral_device_type)

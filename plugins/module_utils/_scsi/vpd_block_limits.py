# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Block limits, VPD page B0h: how much one command to a disk may request (SBC-5 6.6.4)."""

from __future__ import annotations

from typing import Any, Mapping

from .table import Table, flag, span, uint
from .vpd import VPD_HEADER, whole_page, with_header

BLOCK_LIMITS = 0xB0

_NO_LIMIT = 0xFFFFFFFF

BLOCK_LIMITS_DATA = Table(
    "block limits VPD page", "SBC-5 6.6.4",
    flag("wsnz", 4, 0),
    # 0: no COMPARE AND WRITE.
    uint("maximum_compare_and_write_length_blocks", 5),
    uint("optimal_transfer_length_granularity_blocks", 6, 7, unknown=0),
    uint("maximum_transfer_length_blocks", 8, 11, unknown=0),
    uint("optimal_transfer_length_blocks", 12, 15, unknown=0),
    uint("maximum_prefetch_length_blocks", 16, 19, unknown=0),
    # 0: no UNMAP.
    uint("maximum_unmap_lba_count", 20, 23, unknown=_NO_LIMIT),
    uint("maximum_unmap_block_descriptor_count", 24, 27, unknown=_NO_LIMIT),
    uint("optimal_unmap_granularity_blocks", 28, 31, unknown=0),
    flag("ugavalid", 32, 7),
    span("unmap_granularity_alignment_blocks", 32, 35, 30, 0),
    uint("maximum_write_same_length_blocks", 36, 43, unknown=0),
    # 0: no atomic writes.
    uint("maximum_atomic_transfer_length_blocks", 44, 47),
    uint("atomic_alignment_blocks", 48, 51, unknown=0),
    uint("atomic_transfer_length_granularity_blocks", 52, 55, unknown=0),
    uint("maximum_atomic_transfer_length_with_atomic_boundary_blocks", 56, 59),
    uint("maximum_atomic_boundary_size_blocks", 60, 63),
    size=64)


def decode_block_limits(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The page, which ends after its first 16 bytes on older disks, without a warning.

    ``None`` is a limit that is not reported by the disk, or that it does not have.
    ``unmap_granularity_alignment_blocks`` is ``None`` if it is not valid according to ``ugavalid``.
    """
    values = BLOCK_LIMITS_DATA.decode(whole_page(data, BLOCK_LIMITS, warnings))
    if not values["ugavalid"]:
        values["unmap_granularity_alignment_blocks"] = None
    return values


def encode_block_limits(values: Mapping[str, Any], peripheral_device_type: int = 0) -> bytes:
    """The whole page of 64 bytes."""
    page = BLOCK_LIMITS_DATA.encode(values)
    return with_header(BLOCK_LIMITS, page[VPD_HEADER.size:], peripheral_device_type)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read-write error recovery mode page, 01h (SBC-5 6.5)."""

from __future__ import annotations

from typing import Any, Mapping

from .mode_page import decode_mode_page
from .table import Table, bits, flag, uint

ERROR_RECOVERY_MODE_PAGE = 0x01

MISALIGNED_WRITE_REPORTING = {0: "not reported", 1: "reported after writing", 2: "refused"}

ERROR_RECOVERY_MODE = Table(
    "read-write error recovery mode page", "SBC-5 6.5",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    flag("awre", 2, 7),
    flag("arre", 2, 6),
    flag("tb", 2, 5),
    flag("rc", 2, 4),
    flag("eer", 2, 3),
    flag("per", 2, 2),
    flag("dte", 2, 1),
    flag("dcr", 2, 0),
    uint("read_retry_count", 3),
    flag("lbpere", 7, 7),
    bits("misaligned_write_reporting", 7, 6, 5, MISALIGNED_WRITE_REPORTING),
    uint("write_retry_count", 8),
    # 0 stands for the drive's own limit.
    uint("recovery_time_limit_milliseconds", 10, 11, unknown=0),
    page_code=ERROR_RECOVERY_MODE_PAGE, page_length=10)


def decode_error_recovery_mode(page: bytes | None, warnings: list[str] | None = None) -> dict[str, Any]:
    """The page, as `mode_sense.find_page` returns it; all ``None`` for none.

    ``recovery_time_limit_milliseconds`` is ``None`` also if the drive uses its own limit.
    """
    return decode_mode_page(ERROR_RECOVERY_MODE, page, ERROR_RECOVERY_MODE_PAGE, 0, warnings)


def encode_error_recovery_mode(values: Mapping[str, Any]) -> bytes:
    """The whole page of 12 bytes."""
    return ERROR_RECOVERY_MODE.encode(values)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Informational exceptions control mode page, 1Ch (SBC-5 6.5; SPC-6 7.5): whether and how failures are predicted."""

from __future__ import annotations

from typing import Any, Mapping

from .mode_page import decode_mode_page
from .table import Table, bits, flag, uint

INFORMATIONAL_EXCEPTIONS_MODE_PAGE = 0x1C

NO_REPORTING = 0x0
UNIT_ATTENTION = 0x2
ON_REQUEST = 0x6
#: How the drive reports an informational exception.
REPORTING_METHODS = {
    NO_REPORTING: "not reported", 0x1: "asynchronous event (obsolete)", UNIT_ATTENTION: "unit attention",
    0x3: "recovered error, if error recovery reports them", 0x4: "recovered error", 0x5: "no sense",
    ON_REQUEST: "only on request",
}

INFORMATIONAL_EXCEPTIONS_MODE = Table(
    "informational exceptions control mode page", "SBC-5 6.5",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    flag("perf", 2, 7),
    flag("ebf", 2, 5),
    flag("ewasc", 2, 4),
    flag("dexcpt", 2, 3),
    flag("test", 2, 2),
    flag("ebackerr", 2, 1),
    flag("logerr", 2, 0),
    bits("mrie", 3, 3, 0, REPORTING_METHODS),
    # In units of 100 milliseconds; 0 and all ones leave the time to the drive.
    uint("interval_timer", 4, 7, unknown=(0, 0xFFFFFFFF)),
    # 0 stands for no limit.
    uint("report_count", 8, 11),
    page_code=INFORMATIONAL_EXCEPTIONS_MODE_PAGE, page_length=10)


def decode_informational_exceptions_mode(
    page: bytes | None, warnings: list[str] | None = None,
) -> dict[str, Any]:
    """The page, as `mode_sense.find_page` returns it; all ``None`` for none.

    With ``dexcpt``, or with ``mrie`` 0, the drive reports nothing. ``interval_timer`` is in units of 100 milliseconds,
    ``None`` also if the time is left to the drive; ``report_count`` 0 means no limit.
    """
    return decode_mode_page(
        INFORMATIONAL_EXCEPTIONS_MODE, page, INFORMATIONAL_EXCEPTIONS_MODE_PAGE, 0, warnings)


def encode_informational_exceptions_mode(values: Mapping[str, Any]) -> bytes:
    """The whole page of 12 bytes."""
    return INFORMATIONAL_EXCEPTIONS_MODE.encode(values)

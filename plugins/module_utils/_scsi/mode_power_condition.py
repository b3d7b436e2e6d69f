# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power condition mode page, 1Ah (SPC-6 7.5): after which time a drive saves power."""

from __future__ import annotations

from typing import Any, Mapping

from .mode_page import decode_mode_page
from .table import Table, bits, flag, uint

POWER_CONDITION_MODE_PAGE = 0x1A

CHECK_CONDITION_FROM = {1: "disabled", 2: "enabled"}

POWER_CONDITION_MODE = Table(
    "power condition mode page", "SPC-6 7.5",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    bits("pm_bg_precedence", 2, 7, 6),
    flag("standby_y", 2, 0),
    flag("idle_c", 3, 3),
    flag("idle_b", 3, 2),
    flag("idle_a", 3, 1),
    flag("standby_z", 3, 0),
    # All timers are in units of 100 milliseconds.
    uint("idle_a_condition_timer", 4, 7),
    uint("standby_z_condition_timer", 8, 11),
    uint("idle_b_condition_timer", 12, 15),
    uint("idle_c_condition_timer", 16, 19),
    uint("standby_y_condition_timer", 20, 23),
    bits("ccf_idle", 39, 7, 6, CHECK_CONDITION_FROM),
    bits("ccf_standby", 39, 5, 4, CHECK_CONDITION_FROM),
    bits("ccf_stopped", 39, 3, 2, CHECK_CONDITION_FROM),
    page_code=POWER_CONDITION_MODE_PAGE, page_length=38)


def decode_power_condition_mode(page: bytes | None, warnings: list[str] | None = None) -> dict[str, Any]:
    """The page, as `mode_sense.find_page` returns it; all ``None`` for none.

    Each condition has a flag for whether its timer is enabled, and the timer in units of 100 milliseconds. Before SPC-4
    the page has idle_a and standby_z only, and ends after their timers.
    """
    return decode_mode_page(POWER_CONDITION_MODE, page, POWER_CONDITION_MODE_PAGE, 0, warnings)


def encode_power_condition_mode(values: Mapping[str, Any]) -> bytes:
    """The whole page of 40 bytes."""
    return POWER_CONDITION_MODE.encode(values)

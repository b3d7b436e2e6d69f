# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drive's power-on hours, from the best source that it has."""

from __future__ import annotations

from typing import List, Optional, Tuple

from .._passthrough.errors import CheckCondition
from .._passthrough.session import Session
from .pages import background_scan_minutes


def read_power_on_hours(session: Session, warnings: List[str]) -> Tuple[Optional[int], Optional[str]]:
    """Whole hours and where they come from, or ``(None, None)`` where the drive does not tell.

    The background scan log page (15h, SBC-5 6.4.2) counts minutes in four bytes and never saturates in a drive's life.
    What the self-test log itself says is no clock: it stands still between tests.
    """
    try:
        minutes = background_scan_minutes(session, warnings)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return None, None
    return (None, None) if minutes is None else (minutes // 60, "background scan log page")

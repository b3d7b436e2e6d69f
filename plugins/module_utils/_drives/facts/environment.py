# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a drive: temperature and relative humidity by sensor, and the limits for them (SPC-6 7.3)."""

from __future__ import annotations

from ..._scsi.log_environment import (
    ENVIRONMENT_PAGE,
    ENVIRONMENTAL_LIMITS,
    ENVIRONMENTAL_REPORTING,
    decode_environment,
    decode_environmental_limits,
)
from ..._scsi.table import Values
from ..careful_session import CarefulSession
from .pages import log_page


def gather_environment(session: CarefulSession, has_temperature: bool) -> Values:
    """``environment`` and ``environmental_limits``; ``None`` where the drive does not have the page.

    Both are subpages of the temperature log page. ``has_temperature`` is whether that page was read: without a list of
    pages, a drive that does not have it is not asked for its subpages.
    """
    reported = None
    if has_temperature or session.log_pages is not None:
        reported = log_page(session, ENVIRONMENT_PAGE, decode_environment, ENVIRONMENTAL_REPORTING)
    # A drive that has limits reports what they are compared with.
    limits = None if reported is None else log_page(
        session, ENVIRONMENT_PAGE, decode_environmental_limits, ENVIRONMENTAL_LIMITS)
    return {"environment": reported, "environmental_limits": limits}

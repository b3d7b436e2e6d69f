# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a drive is: what it predicts, what it counted, how warm and how worn it is. Nothing here wakes a drive."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from ..._scsi.log_background_scan import BACKGROUND_SCAN_PAGE, decode_background_scan
from ..careful_session import CarefulSession, ask
from ..power_condition import Condition, read_condition
from ..selftest.power_on import BACKGROUND_SCAN_SOURCE, read_power_on_hours
from .counters import error_counters, logged_values
from .defects import grown_defects
from .exceptions import informational_exceptions
from .pages import DISKS, all_mode_pages, log_page

Values = Dict[str, Any]


def gather_health(session: CarefulSession, warnings: list[str]) -> Values:
    """The facts of the subset ``health``, as the module documents them."""
    condition = read_condition(session, warnings)
    logged = logged_values(session, warnings)
    exceptions = informational_exceptions(
        condition, logged.pop("informational_exceptions"), all_mode_pages(session, warnings), warnings)
    scan: Values | None = None
    if session.device_type in DISKS:
        scan = log_page(session, warnings, BACKGROUND_SCAN_PAGE, decode_background_scan)
    hours, source = _power_on_hours(session, warnings, scan)
    return dict(
        logged,
        predicted_failure=exceptions.pop("predicted_failure"),
        warning=exceptions.pop("warning"),
        informational_exceptions=exceptions,
        power_condition=condition.power,
        power_condition_activated_by=condition.activated_by,
        power_on_hours=hours,
        power_on_hours_source=source,
        error_counters=error_counters(session, warnings),
        background_scan=scan,
        grown_defects=_grown_defects(session, warnings, condition),
    )


def _power_on_hours(session: CarefulSession, warnings: list[str],
                    scan: Mapping[str, Any] | None) -> tuple[int | None, str | None]:
    """Hours and their source; what the scan's page said is not asked for again."""
    status = None if scan is None else scan["status"]
    minutes = None if status is None else status["accumulated_power_on_minutes"]
    if minutes is not None:
        return minutes // 60, BACKGROUND_SCAN_SOURCE
    if session.device_type not in DISKS:
        return None, None
    return ask("the power-on hours", warnings, lambda: read_power_on_hours(session, warnings)) or (None, None)


def _grown_defects(session: CarefulSession, warnings: list[str], condition: Condition) -> Values | None:
    if session.device_type not in DISKS:
        return None
    if condition.at_rest:
        # The list is on the medium of some drives.
        warnings.append(f"the grown defects were not asked for: the drive is in {condition.power} and might spin up")
        return None
    return grown_defects(session, warnings)

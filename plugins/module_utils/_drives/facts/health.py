# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of a drive: predictions, counters, temperature and wear. Nothing here wakes a drive."""

from __future__ import annotations

from typing import Any, Mapping

from ..._scsi.device_types import DISKS
from ..._scsi.log_background_scan import BACKGROUND_SCAN_PAGE, decode_background_scan
from ..._scsi.mode_informational_exceptions import INFORMATIONAL_EXCEPTIONS_MODE_PAGE
from ..._scsi.table import Values
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..power_condition import Condition
from ..selftest.power_on import BACKGROUND_SCAN_SOURCE, read_power_on_hours
from .cache import gather_cache, recovery_time_limit
from .counters import error_counters, logged_values
from .defects import grown_defects
from .elements import gather_elements
from .exceptions import informational_exceptions
from .farm import gather_farm
from .pages import log_page, mode_page
from .phys import gather_phys
from .readiness import left_at_rest, power_condition
from .smart import complete, gather_smart
from .tape import gather_tape_alert


def gather_health(session: CarefulSession) -> Values:
    """The facts of the subset ``health``, as the module documents them."""
    condition = power_condition(session)
    logged = logged_values(session)
    exceptions = informational_exceptions(
        condition, logged.pop("informational_exceptions"), mode_page(session, INFORMATIONAL_EXCEPTIONS_MODE_PAGE),
        session.warnings)
    scan: Values | None = None
    if session.device_type in DISKS:
        scan = log_page(session, BACKGROUND_SCAN_PAGE, decode_background_scan)
    hours, source = _power_on_hours(session, scan)
    health = dict(
        logged,
        predicted_failure=exceptions.pop("predicted_failure"),
        warning=exceptions.pop("warning"),
        informational_exceptions=exceptions,
        power_condition=condition.power,
        power_condition_activated_by=condition.activated_by,
        power_on_hours=hours,
        power_on_hours_source=source,
        error_counters=error_counters(session),
        background_scan=scan,
        grown_defects=_grown_defects(session, condition),
        physical_elements=gather_elements(session, condition) if session.device_type in DISKS else None,
        phys=gather_phys(session),
        tape_alert_flags=gather_tape_alert(session),
        cache=gather_cache(session) if session.device_type in DISKS else None,
        recovery_time_limit_milliseconds=recovery_time_limit(session) if session.device_type in DISKS else None,
        smart=None if condition.at_rest else gather_smart(session),
    )
    health["farm"] = None if condition.at_rest or session.device_type not in DISKS else gather_farm(
        session, health["smart"])
    if health["smart"] is not None:
        complete(health, health["smart"])
    return health


def _power_on_hours(session: CarefulSession, scan: Mapping[str, Any] | None) -> tuple[int | None, str | None]:
    """Hours and their source; what the background scan page reported is not requested again."""
    status = None if scan is None else scan["status"]
    minutes = None if status is None else status["accumulated_power_on_minutes"]
    if minutes is not None:
        return minutes // 60, BACKGROUND_SCAN_SOURCE
    if session.device_type not in DISKS:
        return None, None
    return answer_or_none(session, "the power-on hours", lambda: read_power_on_hours(session)) or (None, None)


def _grown_defects(session: CarefulSession, condition: Condition) -> Values | None:
    if session.device_type not in DISKS:
        return None
    # The list is on the medium of some drives.
    if left_at_rest(session, condition, "the grown defect list was"):
        return None
    return grown_defects(session)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive counts and measures in its log pages: errors, temperature, cycles, wear, use."""

from __future__ import annotations

from typing import Callable

from ..._scsi import log_health as pages
from ..._scsi.device_types import DISKS
from ..._scsi.log_format_status import FORMAT_STATUS_PAGE, decode_format_status
from ..._scsi.log_statistics import (
    POWER_TRANSITIONS_PAGE,
    STATISTICS_PAGE,
    decode_power_transitions,
    decode_statistics,
)
from ..._scsi.table import Values
from ..careful_session import CarefulSession
from .environment import gather_environment
from .pages import Decoder, log_page

#: By fact: the page, its subpage, its decoder, and whether it means something else for devices other than disks.
_LOGGED: dict[str, tuple[int, int, Decoder, bool]] = {
    "informational_exceptions": (pages.INFORMATIONAL_EXCEPTIONS, 0, pages.decode_informational_exceptions, False),
    "temperature": (pages.TEMPERATURE, 0, pages.decode_temperature, False),
    "format_status": (FORMAT_STATUS_PAGE, 0, decode_format_status, True),
    "statistics": (STATISTICS_PAGE, 0, decode_statistics, False),
    "power_transitions": (POWER_TRANSITIONS_PAGE, 0, decode_power_transitions, False),
    "start_stop": (pages.START_STOP, 0, pages.decode_start_stop, False),
    "endurance": (pages.SOLID_STATE, 0, pages.decode_endurance, True),
    "pending_defects": (pages.PENDING_DEFECTS_PAGE, pages.PENDING_DEFECTS, pages.decode_pending_defects, True),
}
_COUNTERS = {"write": pages.WRITE_ERRORS, "read": pages.READ_ERRORS, "verify": pages.VERIFY_ERRORS}


def logged_values(session: CarefulSession) -> Values:
    """Each page that the drive has, by fact; ``None`` for those that it does not have."""
    is_disk = session.device_type in DISKS
    found = {
        fact: log_page(session, page, decode, subpage) if is_disk or not of_disks else None
        for fact, (page, subpage, decode, of_disks) in _LOGGED.items()}
    found.update(gather_environment(session, found["temperature"] is not None))
    _complete_temperature(found)
    return found


def _complete_temperature(found: Values) -> None:
    """Older drives report their temperature in the informational exceptions log page only."""
    exceptions, temperature = found["informational_exceptions"], found["temperature"]
    if temperature is None and exceptions is not None and exceptions["temperature_celsius"] is not None:
        found["temperature"] = {
            "temperature_celsius": exceptions["temperature_celsius"], "reference_temperature_celsius": None}


def error_counters(session: CarefulSession) -> Values:
    """The counters of errors in writing, reading and verifying, and the number of non-medium errors."""
    found: Values = {
        kind: log_page(session, page, _error_decoder(page)) for kind, page in _COUNTERS.items()}
    found["non_medium_error_count"] = log_page(
        session, pages.NON_MEDIUM_ERRORS, pages.decode_non_medium_errors)
    return found


def _error_decoder(page: int) -> Callable[[bytes, list[str]], Values]:
    return lambda data, warnings: pages.decode_error_counters(data, page, warnings)

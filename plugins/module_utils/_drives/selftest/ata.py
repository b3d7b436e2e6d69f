# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Self tests of ATA drives behind a translation that does not support them: through ATA PASS-THROUGH(16) and SMART.

The translation that SAT-5 8.12 and 10.2.6 define is done here: the results have the form of log page 10h.
"""

from __future__ import annotations

from typing import Any

from ..._passthrough.command import Command
from ..._passthrough.errors import CheckCondition
from ..._passthrough.make_command import make_command
from ..._passthrough.sender import Sender
from ..._scsi import ata_smart as smart
from ..._scsi.inquiry import decode_standard_inquiry
from ..._scsi.log_selftest_results import RESULTS
from ..._scsi.send_diagnostic import SELF_TEST_CODES
from ..._scsi.sense_keys import HARDWARE_ERROR, MEDIUM_ERROR
from ..commands import inquiry
from .state import State, read_state

#: The vendor that every translation reports (SAT-5 8.1).
_ATA_VENDOR = "ATA"
READ_DATA = "SMART READ DATA"
HOURS_SOURCE = "SMART attribute 9"
_WRAP = 0x10000
_NEWEST_FIRST = 1

#: SCSI self-test codes by SMART subcommand; the other subcommands have none.
_CODES = {smart.SHORT: 1, smart.EXTENDED: 2, smart.CAPTIVE_SHORT: 5, smart.CAPTIVE_EXTENDED: 6}
_NO_CODE = 7
_SUBCOMMANDS = {("short", False): smart.SHORT, ("extended", False): smart.EXTENDED,
                ("short", True): smart.CAPTIVE_SHORT, ("extended", True): smart.CAPTIVE_EXTENDED}
#: Status 8h, handling damage, is a failure of another segment in SCSI.
_OTHER_FAILURE = 7


def is_ata(session: Sender) -> bool:
    """Whether an ATA drive is behind the device."""
    vendor: str | None = decode_standard_inquiry(session.send(inquiry()).data, [])["t10_vendor_identification"]
    return vendor == _ATA_VENDOR


def read_ata_state(session: Sender, before: State) -> State:
    """The state from SMART or, if SMART does not provide it, ``before``, the state from SCSI, with the reason added.

    A drive that fails at SMART, rather than refuse it, has failed at its log: ``log_error``.
    """
    try:
        data = smart.decode_smart_data(read_sector(session, READ_DATA, smart.smart_read_data()), session.warnings)
        log = smart.decode_self_test_log(
            read_sector(session, "SMART READ LOG", smart.smart_read_self_test_log()), session.warnings)
    except CheckCondition as error:
        session.warnings.append(str(error))
        if error.sense.key in (MEDIUM_ERROR, HARDWARE_ERROR):
            return before._replace(log_supported=None, log_error=error)
        return _refused(before, str(error))
    if log is None or data.status is None:
        return _refused(before, "SMART returned no self-test log that can be read")
    running = data.status == smart.IN_PROGRESS
    results = [_result(place, entry, data.power_on_hours) for place, entry in enumerate(log, _NEWEST_FIRST)]
    return State(
        running, None, None if not running or data.remaining_percent is None else 100.0 - data.remaining_percent,
        True, None, results, data.power_on_hours, HOURS_SOURCE if data.power_on_hours is not None else None,
        *_duration(data), by_ata=True)


def _refused(before: State, why: str) -> State:
    """An earlier state that was read from SMART stands as it is."""
    return before if before.by_ata else before._replace(log_refusal=f"{before.log_refusal}; {why}")


def _duration(data: smart.SmartData) -> tuple[int | None, str | None]:
    return (None, None) if data.extended_minutes is None else (60 * data.extended_minutes, "SMART data")


def read_sector(session: Sender, name: str, cdb: bytes) -> bytes:
    """A sector that an ATA command reads."""
    return session.send(make_command(cdb, smart.SECTOR, name=name)).data


def _result(place: int, entry: dict[str, Any], power_on_hours: int | None) -> dict[str, Any]:
    code = _CODES.get(entry["test"], _NO_CODE)
    result = entry["status"] if entry["status"] in RESULTS else _OTHER_FAILURE
    hours = entry["power_on_hours"]
    if power_on_hours is not None and power_on_hours >= hours:
        # The log counts modulo 65536, so the latest time that fits is meant. A time in the future is left as it is:
        # then the log and the count of hours contradict each other, and the age is unknown.
        hours = power_on_hours - (power_on_hours - hours) % _WRAP
    return {
        "parameter_code": place, "self_test_code": {"value": code, "name": SELF_TEST_CODES.get(code)},
        "result": {"value": result, "name": RESULTS[result]}, "self_test_number": None,
        "power_on_hours": hours, "power_on_hours_saturated": False, "address_of_first_failure": entry["lba"],
        "sense_key": None, "additional_sense_code": None, "additional_sense_code_qualifier": None,
        "sense_text": None,
        "vendor_specific": entry["test"]}


def ata_self_test(test: str, foreground: bool, timeout_seconds: float | None) -> Command:
    """Starts a short or an extended test; there is no default test."""
    return _execute(_SUBCOMMANDS[test, foreground], timeout_seconds)


def ata_abort() -> Command:
    """Aborts the background test."""
    return _execute(smart.ABORT, None)


def _execute(subcommand: int, timeout_seconds: float | None) -> Command:
    return make_command(smart.smart_execute_off_line(subcommand), name="SMART EXECUTE OFF-LINE IMMEDIATE",
                        timeout_seconds=timeout_seconds)


def look_at(session: Sender, previous: State | None = None) -> State:
    """The state from SCSI or, for an ATA drive that keeps no SCSI log, from SMART."""
    if previous is not None and previous.by_ata:
        return read_ata_state(session, previous)
    state = read_state(session, previous)
    if state.log_supported is False and is_ata(session):
        return read_ata_state(session, state)
    return state

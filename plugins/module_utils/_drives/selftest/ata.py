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
from ..._scsi.sense_keys import ABORTED_COMMAND
from ..commands import inquiry
from ..quirks import Units, units_of
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


def ata_units(session: Sender) -> Units | None:
    """In what the ATA drive behind the device counts; ``None`` if none is there."""
    standard = decode_standard_inquiry(session.send(inquiry()).data, [])
    return units_of(standard) if standard["t10_vendor_identification"] == _ATA_VENDOR else None


def read_ata_state(session: Sender, before: State, units: Units) -> State:
    """The state from SMART or, if SMART does not provide it, ``before``, the state from SCSI, with the reason added.

    A drive that fails at SMART, rather than refuse it, has failed at its log: ``log_error``.
    """
    try:
        data = smart.decode_smart_data(
            read_sector(session, READ_DATA, smart.smart_read_data()), session.warnings, units.hours_divisor)
        log = smart.decode_self_test_log(
            read_sector(session, "SMART READ LOG", smart.smart_read_self_test_log()), session.warnings)
    except CheckCondition as error:
        session.warnings.append(str(error))
        # SMART that is disabled is an aborted command. What was answered with anything else, the drive may have.
        if error.not_supported or error.sense.key == ABORTED_COMMAND:
            return _refused(before, str(error))
        return before._replace(log_supported=None, log_refusal=str(error), log_error=error)
    if log is None or data.status is None:
        return _refused(before, "SMART returned no self-test log that can be read")
    running = data.status == smart.IN_PROGRESS
    results = _bounded([_result(place, entry, data.power_on_hours) for place, entry in enumerate(log, _NEWEST_FIRST)])
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


def _bounded(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results, with the bounds of the hours of those that may be one or more turns of the counter older.

    A result is not older than those after it in the log: where the counter has turned between two of them, that shows.
    """
    earliest = 0
    found = []
    for result in reversed(results):
        latest = result["power_on_hours"]
        # The first time since the result before at which the counter could show this.
        earliest += (latest - earliest) % _WRAP
        found.append(result if earliest >= latest else dict(
            result, power_on_hours_at_least=earliest, power_on_hours_at_most=latest))
    return found[::-1]


def ata_self_test(test: str, foreground: bool, timeout_seconds: float | None) -> Command:
    """Starts a short or an extended test; there is no default test."""
    return _execute(_SUBCOMMANDS[test, foreground], timeout_seconds)


def ata_abort() -> Command:
    """Aborts the background test."""
    return _execute(smart.ABORT, None)


def _execute(subcommand: int, timeout_seconds: float | None) -> Command:
    return make_command(smart.smart_execute_off_line(subcommand), name="SMART EXECUTE OFF-LINE IMMEDIATE",
                        timeout_seconds=timeout_seconds)


def look_at(session: Sender, previous: State | None = None, begun: bool = False) -> State:
    """The state from SCSI or, for an ATA drive that keeps no SCSI log, from SMART; ``begun`` as in `read_state`."""
    if previous is not None and previous.by_ata:
        return read_ata_state(session, previous, ata_units(session) or Units())
    state = read_state(session, previous, begun)
    if state.log_supported is False:
        units = ata_units(session)
        if units is not None:
            return read_ata_state(session, state, units)
    return state

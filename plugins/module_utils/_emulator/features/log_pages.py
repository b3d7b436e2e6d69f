# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of a drive: error counters, temperature, cycles, endurance, background scan, phys, informational exceptions;
and with log_pages_use.py its environment, format, statistics, and power condition transitions.

Settings, with their defaults::

    read_errors: {}            # what the counters of page 03h start with, by name: total_errors_corrected,
    write_errors: {}           # total_retries, total_uncorrected_errors ... (see ERROR_COUNTERS in log_health.py)
    verify_errors: {}
    non_medium_errors: 0
    temperature_celsius: 30    # when idle; a busy drive gets some degrees warmer
    reference_celsius: 60      # above this it warns (0B/01)
    manufacture_year: "2024"
    manufacture_week: "10"
    specified_start_stop_cycles: 50000
    specified_load_unload_cycles: 600000
    endurance: null            # {percentage_used: 3, lifetime_bytes: 1e15}: a medium that wears out
    background_scan: {}        # null: none; {period_hours: 168, duration_hours: 4, scans: 0, findings: []}, where a
                               # finding is {lba: 4711, sense: [3, 0x11, 0], reassign_status: 2}
    environment: {}            # null: none; {relative_humidity_percent: 40, lifetime_celsius: [12, 45],
                               # operating_celsius: [5, 60], critical_celsius: [0, 70] ...} (see log_pages_use.py)
    format_status: {}          # null: none; {formatted_at_hours: 0, failed: false,
                               # grown_defects_during_certification: 0, total_blocks_reassigned_during_format: 0}
    tape_alert_flags: null     # [3, 4]: those that are set; null for a drive that has none
    phys: 2                    # of a SAS drive
    without: []                # pages that the drive does not have: [0x0e, 0x2f]
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence, Tuple

from ..._checks import items, number, with_defaults
from ..._scsi import log_health as health
from ..._scsi.log_background_scan import BACKGROUND_SCAN_PAGE, encode_background_scan
from ..._scsi.log_sas_port import SAS_PORT_PAGE, encode_sas_port
from ..feature import Clock, Feature, sense_codes
from ..usage import Usage
from .identity import port_name
from .log_pages_use import UsePages

_HOUR = 3600.0
_MOST_WARMTH = 8
_COMMANDS_PER_DEGREE = 20000
_WARNING_TEMPERATURE = (0x0B, 0x01)
_NOTHING = (0, 0)
_SCANNING, _IDLE = 1, 8
_12_GBIT, _EXPANDER = 0xB, 2

PageCode = Tuple[int, int]

_DEFAULTS: Mapping[str, Any] = {
    "read_errors": {}, "write_errors": {}, "verify_errors": {}, "non_medium_errors": 0, "temperature_celsius": 30,
    "reference_celsius": 60, "manufacture_year": "2024", "manufacture_week": "10",
    "specified_start_stop_cycles": 50000, "specified_load_unload_cycles": 600000, "endurance": None,
    "background_scan": {}, "environment": {}, "format_status": {}, "tape_alert_flags": None,
    "phys": 2, "without": [],
}


class LogPages(Feature):
    """The pages. ``sas_address`` is that of a SAS drive, None for others; ``predicted`` returns the failure that the
    drive predicts, ``unrecovered`` how many reads have failed, ``unreadable`` the blocks that cannot be read now,
    ``grown`` how many defects the drive has grown."""

    name = "logs"

    def __init__(self, clock: Clock, usage: Usage, settings: Mapping[str, Any] | None = None, *,
                 sas_address: str | None = None,
                 predicted: Callable[[], tuple[int, int] | None] = lambda: None,
                 unrecovered: Callable[[], int] = lambda: 0,
                 unreadable: Callable[[], Sequence[int]] = tuple,
                 grown: Callable[[], int] = lambda: 0, block_length: int = 512) -> None:
        super().__init__()
        values = with_defaults(settings or {}, "logs", _DEFAULTS)
        self._clock = clock
        self._usage = usage
        self._sas_address = sas_address
        self._predicted = predicted
        self._unrecovered = unrecovered
        self._unreadable = unreadable
        self._errors = {
            page: _counters(values[name], "logs." + name)
            for page, name in ((health.READ_ERRORS, "read_errors"), (health.WRITE_ERRORS, "write_errors"),
                               (health.VERIFY_ERRORS, "verify_errors"))}
        self._non_medium: int = number(values["non_medium_errors"], "logs.non_medium_errors", 0, 0xFFFFFFFF, whole=True)
        self._temperature: int = number(values["temperature_celsius"], "logs.temperature_celsius", 0, 200, whole=True)
        self._reference: int = number(values["reference_celsius"], "logs.reference_celsius", 0, 254, whole=True)
        self._cycles = {name: values[name] for name in (
            "manufacture_year", "manufacture_week", "specified_start_stop_cycles", "specified_load_unload_cycles")}
        self._endurance = None if values["endurance"] is None else with_defaults(
            values["endurance"], "logs.endurance", {"percentage_used": 0, "lifetime_bytes": 10 ** 15})
        self._scan = None if values["background_scan"] is None else with_defaults(
            values["background_scan"], "logs.background_scan",
            {"period_hours": 168, "duration_hours": 4, "scans": 0, "findings": []})
        self._findings = [] if self._scan is None else [
            _finding(each, f"logs.background_scan.findings[{place}]")
            for place, each in enumerate(items(self._scan["findings"], "logs.background_scan.findings"))]
        self._use = UsePages(clock, usage, values, temperature=lambda: self.temperature, grown=grown,
                             block_length=block_length)
        self._phys: int = number(values["phys"], "logs.phys", 1, 8, whole=True)
        self._without = frozenset(items(values["without"], "logs.without"))
        #: The counts at the last reset of each page.
        self._since: dict[str, dict[str, int]] = {}
        # Built once now, so that wrong settings raise immediately.
        for make in self._all().values():
            make()

    # -- pages

    def log_pages(self) -> Mapping[PageCode, Callable[[], bytes]]:
        return {code: make for code, make in self._all().items() if code[0] not in self._without}

    def _all(self) -> dict[PageCode, Callable[[], bytes]]:
        found: dict[PageCode, Callable[[], bytes]] = {
            (page, 0): lambda page=page: health.encode_error_counters(self._counted(page), page)  # type: ignore[misc]
            for page in self._errors}
        found[health.NON_MEDIUM_ERRORS, 0] = lambda: health.encode_non_medium_errors(self._non_medium)
        found[health.TEMPERATURE, 0] = lambda: health.encode_temperature({
            "temperature_celsius": self.temperature, "reference_temperature_celsius": self._reference})
        found[health.START_STOP, 0] = lambda: health.encode_start_stop(dict(
            self._cycles, accounting_year="    ", accounting_week="  ",
            accumulated_start_stop_cycles=self._usage.start_stop_cycles,
            accumulated_load_unload_cycles=self._usage.load_unload_cycles))
        found[health.INFORMATIONAL_EXCEPTIONS, 0] = self._exceptions
        found.update(self._use.pages())
        if self._endurance is not None:
            found[health.SOLID_STATE, 0] = lambda: health.encode_endurance({
                "percentage_used_percent": self.percentage_used})
        if self._scan is not None:
            found[BACKGROUND_SCAN_PAGE, 0] = self._background_scan
            found[health.PENDING_DEFECTS_PAGE, health.PENDING_DEFECTS] = self._pending_defects
        if self._sas_address is not None:
            found[SAS_PORT_PAGE, 0] = self._sas_port
        return found

    @property
    def temperature(self) -> int:
        """Degrees Celsius: a busy drive gets warmer."""
        commands = self._usage.read_commands + self._usage.write_commands + self._usage.verify_commands
        return self._temperature + min(_MOST_WARMTH, commands // _COMMANDS_PER_DEGREE)

    @property
    def percentage_used(self) -> int:
        """Percentage of the medium's endurance that is used; may exceed 100."""
        wear = self._endurance or {"percentage_used": 0, "lifetime_bytes": 1}
        return min(0xFF, int(wear["percentage_used"] + 100 * self._usage.bytes_written // wear["lifetime_bytes"]))

    def _counted(self, page: int) -> dict[str, int]:
        processed = {health.READ_ERRORS: self._usage.bytes_read, health.WRITE_ERRORS: self._usage.bytes_written,
                     health.VERIFY_ERRORS: self._usage.bytes_verified}[page]
        counted = dict(self._errors[page])
        counted["total_bytes_processed"] += processed
        if page == health.READ_ERRORS:
            counted["total_uncorrected_errors"] += self._unrecovered()
        since = self._since.get(str(page)) or {}
        return {name: max(0, value - since.get(name, 0)) for name, value in counted.items()}

    def _exceptions(self) -> bytes:
        asc, ascq = self._predicted() or (
            _WARNING_TEMPERATURE if self.temperature > self._reference else _NOTHING)
        return health.encode_informational_exceptions({
            "asc": asc, "ascq": ascq, "temperature_celsius": self.temperature})

    def _background_scan(self) -> bytes:
        scan = self._scan or {}
        period, duration = scan["period_hours"] * _HOUR, scan["duration_hours"] * _HOUR
        now = self._clock.now()
        into = now % period
        running = into < duration
        done = scan["scans"] + int(now // period) + (0 if running else 1)
        return encode_background_scan({
            "accumulated_power_on_minutes": int(now // 60) & 0xFFFFFFFF,
            "background_scan_status": _SCANNING if running else _IDLE,
            "number_of_background_scans_performed": done & 0xFFFF,
            "background_scan_progress": int(into / duration * 65536) if running else 0,
            "number_of_background_medium_scans_performed": done & 0xFFFF,
        }, [dict(each, parameter_code=place) for place, each in enumerate(self._findings, 1)])

    def _pending_defects(self) -> bytes:
        hours = int(self._clock.now() // _HOUR)
        return health.encode_pending_defects([
            {"accumulated_power_on_hours": hours, "logical_block_address": lba} for lba in self._unreadable()])

    def _sas_port(self) -> bytes:
        own = self._sas_address or f"{0:016x}"
        return encode_sas_port([
            {"relative_target_port_identifier": port + 1, "generation_code": 0, "phys": [{
                "phy_identifier": port, "attached_device_type": _EXPANDER, "negotiated_logical_link_rate": _12_GBIT,
                "sas_address": port_name(own, port), "attached_sas_address": f"{int(own, 16) ^ 0xFF:016x}",
                "attached_phy_identifier": port, "invalid_dword_count": 0}]}
            for port in range(self._phys)])

    # -- resets

    def log_resets(self) -> Mapping[PageCode, Callable[[], None]]:
        """What LOG SELECT with PCR does to each page that has counters."""
        found: dict[PageCode, Callable[[], None]] = {
            (page, 0): lambda page=page: self._reset(page) for page in self._errors}  # type: ignore[misc]
        found[health.NON_MEDIUM_ERRORS, 0] = self._reset_non_medium
        return found

    def _reset(self, page: int) -> None:
        counted = self._counted(page)
        since = self._since.setdefault(str(page), {})
        for name, value in counted.items():
            since[name] = since.get(name, 0) + value

    def _reset_non_medium(self) -> None:
        self._non_medium = 0

    def save(self) -> dict[str, Any]:
        return {"since": self._since, "non_medium": self._non_medium}

    def load(self, state: Mapping[str, Any]) -> None:
        self._since = {page: dict(counts) for page, counts in (state.get("since") or {}).items()}
        self._non_medium = state.get("non_medium", self._non_medium)


def _counters(given: Any, where: str) -> dict[str, int]:
    values = with_defaults(given, where, dict.fromkeys(health.ERROR_COUNTERS, 0))
    return {name: number(value, f"{where}.{name}", 0, (1 << 63) - 1, whole=True)
            for name, value in values.items()}


def _finding(given: Any, where: str) -> dict[str, Any]:
    values = with_defaults(
        given, where, {"lba": None, "sense": [3, 0x11, 0], "reassign_status": 2, "power_on_minutes": 0})
    key, asc, ascq = sense_codes(values["sense"], where + ".sense")
    return {
        "accumulated_power_on_minutes": number(values["power_on_minutes"], where + ".power_on_minutes", 0, whole=True),
        "reassign_status": number(values["reassign_status"], where + ".reassign_status", 0, 15, whole=True),
        "sense_key": key, "additional_sense_code": asc, "additional_sense_code_qualifier": ascq,
        "logical_block_address": number(values["lba"], where + ".lba", 0, (1 << 64) - 1, whole=True)}

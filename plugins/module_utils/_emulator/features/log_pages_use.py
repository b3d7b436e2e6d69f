# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive reports of its environment, its format, its use, and its tape.

Log pages 08h, 0Dh,01h, 0Dh,02h, 12h, 19h, and 1Ah.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Tuple

from ..._checks import items, number, with_defaults, wrong
from ..._scsi import log_environment as environment
from ..._scsi import log_format_status as formats
from ..._scsi import log_statistics as statistics
from ..._scsi.log_tape_alert import TAPE_ALERT_RESPONSE_PAGE, encode_tape_alert
from ..feature import Clock
from ..usage import Usage

PageCode = Tuple[int, int]
Pages = Mapping[PageCode, Callable[[], bytes]]

_MINUTE, _HOUR = 60.0, 3600.0
#: An interval of 50 ms: five times ten to the power of -2 seconds.
_EXPONENT, _INTEGER = 2, 5
_INTERVAL_SECONDS = _INTEGER / 10 ** _EXPONENT
_TEMPERATURE_SENSOR, _HUMIDITY_SENSOR = 0x0000, 0x0100
#: How far a value must come back for a warning to end.
_HYSTERESIS = 3
_LAST_FLAG = 64

#: The settings, by the name of the page in those of the log.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "environment": {
        "relative_humidity_percent": 40, "lifetime_celsius": [12, 45], "operating_celsius": [5, 60],
        "critical_celsius": [0, 70], "operating_humidity_percent": [8, 90], "critical_humidity_percent": [5, 95]},
    "format_status": {
        "formatted_at_hours": 0, "failed": False, "grown_defects_during_certification": 0,
        "total_blocks_reassigned_during_format": 0},
}
_RANGES = {"celsius": (-127, 127), "percent": (0, 100)}
_COUNTS = ("grown_defects_during_certification", "total_blocks_reassigned_during_format")


class UsePages:
    """The pages. ``temperature`` returns degrees Celsius, ``grown`` how many defects the drive has grown.

    A setting that is None stands for a page that the drive does not have. Raises ValueError for wrong ones.
    """

    def __init__(self, clock: Clock, usage: Usage, settings: Mapping[str, Any], *, temperature: Callable[[], int],
                 grown: Callable[[], int], block_length: int) -> None:
        self._clock = clock
        self._usage = usage
        self._temperature = temperature
        self._grown = grown
        self._block_length = block_length
        given = {name: None if settings[name] is None else with_defaults(settings[name], "logs." + name, defaults)
                 for name, defaults in DEFAULTS.items()}
        self._environment = given["environment"]
        self._format = given["format_status"]
        self._tape_alert: list[int] | None = None if settings["tape_alert_flags"] is None else [
            number(each, f"logs.tape_alert_flags[{place}]", 1, _LAST_FLAG, whole=True)
            for place, each in enumerate(items(settings["tape_alert_flags"], "logs.tape_alert_flags"))]
        for name in (self._environment or ()):
            self._limits(name)
        if self._format is not None:
            number(self._format["formatted_at_hours"], "logs.format_status.formatted_at_hours", 0)
            for name in _COUNTS:
                number(self._format[name], "logs.format_status." + name, 0, whole=True)

    def pages(self) -> Pages:
        """By page and subpage code, what makes the page."""
        usage = self._usage
        found: dict[PageCode, Callable[[], bytes]] = {
            (statistics.STATISTICS_PAGE, 0): self._statistics,
            (statistics.POWER_TRANSITIONS_PAGE, 0): lambda: statistics.encode_power_transitions(
                {name: getattr(usage, "transitions_to_" + name) for name in statistics.POWER_TRANSITIONS.values()}),
        }
        if self._environment is not None:
            page = environment.ENVIRONMENT_PAGE
            found[page, environment.ENVIRONMENTAL_REPORTING] = self._report
            found[page, environment.ENVIRONMENTAL_LIMITS] = self._environmental_limits
        if self._format is not None:
            found[formats.FORMAT_STATUS_PAGE, 0] = self._format_status
        flags = self._tape_alert
        if flags is not None:
            found[TAPE_ALERT_RESPONSE_PAGE, 0] = lambda: encode_tape_alert(flags)
        return found

    def _limits(self, name: str) -> tuple[Any, Any]:
        """The lower and the upper limit of a setting; of one that is a number, it is both."""
        value = (self._environment or {})[name]
        where = "logs.environment." + name
        low, high = _RANGES[name.rsplit("_", 1)[1]]
        given = items(value, where) if name != "relative_humidity_percent" else [value, value]
        if len(given) != 2:
            raise wrong(value, where, "a list of the lower and the upper limit")
        lower, upper = (number(each, where, low, high, whole=True) for each in given)
        return lower, upper

    def _report(self) -> bytes:
        now = self._temperature()
        lowest, highest = self._limits("lifetime_celsius")
        humidity, _same = self._limits("relative_humidity_percent")
        return environment.encode_environment({
            "temperatures": [{
                "parameter_code": _TEMPERATURE_SENSOR, "temperature_celsius": now,
                "lifetime_maximum_temperature_celsius": max(now, highest),
                "lifetime_minimum_temperature_celsius": min(now, lowest),
                "maximum_temperature_since_power_on_celsius": now, "minimum_temperature_since_power_on_celsius": now}],
            "relative_humidities": [dict({"parameter_code": _HUMIDITY_SENSOR}, **dict.fromkeys(
                [field.name for field in environment.HUMIDITY_REPORT.fields if field.name.endswith("_percent")
                 and "other" not in field.name], humidity))]})

    def _environmental_limits(self) -> bytes:
        def sensor(code: int, unit: str, kind: str, setting: str) -> dict[str, Any]:
            found: dict[str, Any] = {"parameter_code": code}
            for band in ("critical", "operating"):
                low, high = self._limits(f"{band}_{setting}")
                for side, trigger, reset in (("high", high, high - _HYSTERESIS), ("low", low, low + _HYSTERESIS)):
                    found[f"{side}_{band}_{kind}_limit_trigger_{unit}"] = trigger
                    found[f"{side}_{band}_{kind}_limit_reset_{unit}"] = reset
            return found

        return environment.encode_environmental_limits({
            "temperatures": [sensor(_TEMPERATURE_SENSOR, "celsius", "temperature", "celsius")],
            "relative_humidities": [sensor(
                _HUMIDITY_SENSOR, "percent", "relative_humidity", "humidity_percent")]})

    def _format_status(self) -> bytes:
        settings = self._format or {}
        if settings["failed"]:
            return formats.encode_format_status({})
        since = self._clock.now() - settings["formatted_at_hours"] * _HOUR
        return formats.encode_format_status(dict(
            {name: settings[name] for name in _COUNTS}, total_new_blocks_reassigned=self._grown(), format_data_out="",
            power_on_minutes_since_format=max(0, int(since // _MINUTE))))

    def _statistics(self) -> bytes:
        usage = self._usage
        return statistics.encode_statistics({
            "read_commands": usage.read_commands, "write_commands": usage.write_commands,
            "logical_blocks_received": usage.bytes_written // self._block_length,
            "logical_blocks_transmitted": usage.bytes_read // self._block_length,
            # Commands take no time of the drive, which is what drives say that do not measure it.
            "read_command_processing_intervals": 0, "write_command_processing_intervals": 0,
            "weighted_read_and_write_commands": 0, "weighted_read_and_write_command_processing": 0,
            "idle_time_intervals": int(self._clock.now() / _INTERVAL_SECONDS),
            "exponent": _EXPONENT, "integer": _INTEGER})

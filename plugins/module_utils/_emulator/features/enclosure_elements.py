# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The elements of an emulated enclosure: their settings, what was requested of them, and the resulting status.

`enclosure` documents the settings.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Mapping, NamedTuple

from ..._checks import boolean, items, number, one_of, with_defaults, wrong
from ..._scsi.ses_elements import (
    ARRAY_DEVICE_SLOT,
    COOLING,
    CRITICAL,
    ELECTRONICS,
    ENCLOSURE,
    NONCRITICAL,
    NOT_INSTALLED,
    OK,
    POWER_SUPPLY,
    STATUS,
    STATUS_CODES,
    TEMPERATURE_SENSOR,
)

#: The name of each kind in the settings, the default names of its elements, and how many there are by default.
KINDS: Mapping[int, tuple[str, str, int]] = {
    ARRAY_DEVICE_SLOT: ("slots", "SLOT {0:02d}", 12), POWER_SUPPLY: ("power_supplies", "PSU {0}", 2),
    COOLING: ("cooling", "FAN {0}", 2), TEMPERATURE_SENSOR: ("temperature_sensors", "TEMP {0}", 1),
    ELECTRONICS: ("electronics", "ESM {0}", 1), ENCLOSURE: ("enclosure", "ENCLOSURE", 1),
}
_MOST_ELEMENTS = 255
_CODES = {name: value for value, name in STATUS_CODES.items()}
#: Fields that are computed, so cannot be set.
_WORKED_OUT = frozenset(("element_status_code", "ot_failure", "ot_warning", "ut_failure", "ut_warning"))
_TEMPERATURES = (-19, 235)

_DEFAULTS: Mapping[int, Mapping[str, Any]] = {
    POWER_SUPPLY: {"rqsted_on": True, "hot_swap": True},
    COOLING: {"rqsted_on": True, "hot_swap": True, "actual_speed_code": 3, "actual_fan_speed_rpm": 4500},
    TEMPERATURE_SENSOR: {"temperature_celsius": 27},
}
_RPM_OF_A_SPEED_CODE = 1500
_DEFAULT_THRESHOLDS = {
    "high_critical_threshold": 60, "high_warning_threshold": 50, "low_warning_threshold": 5,
    "low_critical_threshold": 0}

#: The fields that make an element critical or noncritical if the settings set them.
_CRITICAL = frozenset((
    "fail", "ac_fail", "dc_fail", "overtmp_fail", "dc_over_voltage", "dc_under_voltage", "dc_over_current",
    "fault_sensed", "failure_indication", "ot_failure", "ut_failure"))
_NONCRITICAL = frozenset((
    "prdfail", "temp_warn", "dc_over_voltage_warn", "dc_under_voltage_warn", "warning_indication", "ot_warning",
    "ut_warning"))

#: The fields of the control element, and those of the status element that reflect them.
_COMMON: Mapping[str, tuple[str, ...]] = {"prdfail": ("prdfail",), "disable": ("disabled",)}
_REQUESTS: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    ARRAY_DEVICE_SLOT: dict(
        _COMMON, rqst_ok=("ok",), rqst_rsvd_device=("rsvd_device",), rqst_hot_spare=("hot_spare",),
        rqst_cons_check=("cons_chk",), rqst_in_crit_array=("in_crit_array",),
        rqst_in_failed_array=("in_failed_array",), rqst_rebuild_remap=("rebuild_remap",), rqst_r_r_abort=("r_r_abort",),
        do_not_remove=("do_not_remove",), rqst_insert=("ready_to_insert",), rqst_remove=("rmv",),
        rqst_ident=("ident",), rqst_fault=("fault_reqstd",), device_off=("device_off",),
        enable_byp_a=("app_client_bypassed_a", "bypassed_a"), enable_byp_b=("app_client_bypassed_b", "bypassed_b")),
    POWER_SUPPLY: dict(_COMMON, rqst_ident=("ident",), do_not_remove=("do_not_remove",), rqst_fail=("fail",),
                       rqst_on=("rqsted_on",)),
    COOLING: dict(_COMMON, rqst_ident=("ident",), do_not_remove=("do_not_remove",), rqst_fail=("fail",),
                  rqst_on=("rqsted_on",)),
    TEMPERATURE_SENSOR: dict(_COMMON, rqst_ident=("ident",), rqst_fail=("fail",)),
    ELECTRONICS: dict(_COMMON, rqst_ident=("ident",), rqst_fail=("fail",), do_not_remove=("do_not_remove",)),
    ENCLOSURE: dict(_COMMON, rqst_ident=("ident",), request_failure=("failure_requested",),
                    request_warning=("warning_requested",)),
}


class EnclosedDrive(NamedTuple):
    """A drive in a slot, as the enclosure sees it. Addresses are sixteen hex digits."""

    sas_address: str
    #: The drive's own name, which settings may use as well; not a SAS address, but some adapters take it for one.
    wwn: str | None = None
    #: The port of the drive that this enclosure talks to.
    phy_identifier: int = 0


class Element:
    """One element. Raises ValueError, which names the wrong setting."""

    def __init__(self, kind: int, index: int, given: Any, where: str) -> None:
        self.kind = kind
        self.index = index
        fields = [field.name for field in STATUS[kind].fields if field.name not in _WORKED_OUT]
        allowed: dict[str, Any] = dict(dict.fromkeys(fields), descriptor=None, status=None)
        if kind == TEMPERATURE_SENSOR:
            allowed["thresholds"] = {}
        if kind == ARRAY_DEVICE_SLOT:
            allowed["sas_address"] = None
        values = with_defaults(given, where, allowed)
        self.descriptor = _descriptor(values["descriptor"], where + ".descriptor") or KINDS[kind][1].format(index)
        self._code = None if values["status"] is None else _CODES[
            one_of(values["status"], where + ".status", list(STATUS_CODES.values()))]
        #: The drive that the settings place in a slot.
        self.drive = None if values.get("sas_address") is None else EnclosedDrive(
            sas_address(values["sas_address"], where + ".sas_address"))
        self.fields: dict[str, Any] = dict(_DEFAULTS.get(kind, {}), **{
            name: _field(kind, name, values[name], f"{where}.{name}")
            for name in fields if values[name] is not None})
        self.thresholds: dict[str, int] = {}
        if kind == TEMPERATURE_SENSOR:
            self.thresholds = with_defaults(values["thresholds"], where + ".thresholds", _DEFAULT_THRESHOLDS)
            for name, value in self.thresholds.items():
                number(value, f"{where}.thresholds.{name}", *_TEMPERATURES, whole=True)
        #: What control elements have set.
        self.requested: dict[str, Any] = {}
        self._occupied: bool | None = None

    # -- status

    def status(self, occupied: bool = True) -> dict[str, Any]:
        """The status element. ``occupied``: whether there is a drive in the slot."""
        own = dict(self.fields, **self._limits())
        code = self._code
        if code is None:
            code = _worst(name for name, value in own.items() if value)
            if not occupied:
                code = NOT_INSTALLED
        return dict(own, **dict(self.requested, element_status_code=code))

    def _limits(self) -> dict[str, bool]:
        """Which thresholds are exceeded."""
        temperature = self.fields.get("temperature_celsius")
        if self.kind != TEMPERATURE_SENSOR or temperature is None:
            return {}
        found = self.thresholds
        return {
            "ot_failure": temperature > found["high_critical_threshold"],
            "ot_warning": temperature > found["high_warning_threshold"],
            "ut_failure": temperature < found["low_critical_threshold"],
            "ut_warning": temperature < found["low_warning_threshold"]}

    def notice(self, occupied: bool) -> None:
        """Reports by SWAP, until RST SWAP, that a drive was inserted or removed since the status was last read."""
        if self._occupied not in (None, occupied):
            self.requested["swap"] = True
        self._occupied = occupied

    # -- control

    def control(self, values: Mapping[str, Any]) -> None:
        """Does what a selected control element requests."""
        for name, shown in _REQUESTS[self.kind].items():
            for each in shown:
                self.requested[each] = values[name]
        if values["rst_swap"]:
            self.requested["swap"] = False
        if "rqst_on" in values:
            self.requested["off"] = not values["rqst_on"]
        if self.kind == COOLING:
            self._spin(values["rqst_on"], values["requested_speed_code"]["value"])

    def _spin(self, turned_on: bool, code: int) -> None:
        """Sets the fan's speed; code 0 leaves it unchanged."""
        if not turned_on:
            self.requested.update(actual_speed_code=0, actual_fan_speed_rpm=0)
        elif code:
            self.requested.update(actual_speed_code=code, actual_fan_speed_rpm=code * _RPM_OF_A_SPEED_CODE)
        elif self.requested.get("actual_speed_code") == 0:
            for name in ("actual_speed_code", "actual_fan_speed_rpm"):
                del self.requested[name]

    def set_thresholds(self, values: Mapping[str, int | None]) -> None:
        """Sets the thresholds that are given; 0 on the wire leaves one unchanged."""
        if self.thresholds:
            self.thresholds.update({name: value for name, value in values.items() if value is not None})

    # -- state

    def save(self) -> dict[str, Any]:
        """What was requested, as JSON can hold it."""
        return {"requested": dict(self.requested), "thresholds": dict(self.thresholds)}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores what `save` returned."""
        known = {field.name for field in STATUS[self.kind].fields}
        self.requested = {name: value for name, value in (state.get("requested") or {}).items() if name in known}
        self.thresholds.update({
            name: value for name, value in (state.get("thresholds") or {}).items() if name in self.thresholds})


def _worst(flags: Any) -> int:
    names = frozenset(flags)
    if names & _CRITICAL:
        return CRITICAL
    return NONCRITICAL if names & _NONCRITICAL else OK


def elements_of(kind: int, given: Any, where: str) -> list[Element]:
    """The elements of one kind, from their number or a list of their settings."""
    if kind == ENCLOSURE:
        return [Element(kind, 0, given if given is not None else {}, where)]
    if given is None:
        given = KINDS[kind][2]
    if isinstance(given, int):
        given = [{}] * int(number(given, where, 0, _MOST_ELEMENTS, whole=True))
    entries = items(given, where)
    if len(entries) > _MOST_ELEMENTS:
        raise ValueError(f"{where}: expected at most {_MOST_ELEMENTS} entries, not {len(entries)}")
    return [Element(kind, index, entry, f"{where}[{index}]") for index, entry in enumerate(entries)]


def sas_address(given: Any, where: str) -> str:
    """Sixteen hex digits."""
    try:
        if len(bytes.fromhex(given)) == 8:
            return bytes.fromhex(given).hex()
    except (TypeError, ValueError):
        pass
    raise wrong(given, where, "sixteen hex digits in quotation marks")


def _descriptor(given: Any, where: str) -> str | None:
    if given is None or isinstance(given, str) and len(given) <= _MOST_ELEMENTS and given.isprintable() and all(
            ord(letter) < 0x80 for letter in given):
        return given
    raise wrong(given, where, f"at most {_MOST_ELEMENTS} printable ASCII characters")


def _field(kind: int, name: str, value: Any, where: str) -> Any:
    limits: Mapping[str, tuple[int, int]] = {
        "temperature_celsius": _TEMPERATURES, "actual_fan_speed_rpm": (0, 20470), "actual_speed_code": (0, 7),
        "time_until_power_cycle_minutes": (0, 63), "requested_power_off_duration_minutes": (0, 63)}
    if name in limits:
        return number(value, where, *limits[name], whole=True)
    return boolean(value, where)


class PowerCycle:
    """The power cycle that an application client has requested; it is reported, but never performed."""

    #: POWER CYCLE REQUEST: begin, cancel.
    BEGIN, CANCEL = 1, 2
    #: The longest delay.
    LONGEST_MINUTES = 60

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._deadline: float | None = None
        self._duration = 0

    def control(self, values: Mapping[str, Any]) -> None:
        """Does what the enclosure's control element requests."""
        if values["power_cycle_request"] == self.BEGIN:
            self._deadline = self._now() + values["power_cycle_delay_minutes"] * 60
            self._duration = values["power_off_duration_minutes"]
        elif values["power_cycle_request"] == self.CANCEL:
            self.clear()

    def clear(self) -> None:
        """Withdraws the request."""
        self._deadline = None

    def status(self) -> dict[str, int]:
        """The fields of the enclosure's status element."""
        left = 0.0 if self._deadline is None else self._deadline - self._now()
        if left <= 0:
            return {}
        return {"time_until_power_cycle_minutes": math.ceil(left / 60),
                "requested_power_off_duration_minutes": self._duration}

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The elements of an enclosure: what each reports, and what can be requested of it (SES-4 7.2.2 and 7.3)."""

from __future__ import annotations

from typing import Any

from .table import Field, Table, Values, bits, flag, hexadecimal, uint

POWER_SUPPLY, COOLING, TEMPERATURE_SENSOR, ELECTRONICS, ENCLOSURE = 0x02, 0x03, 0x04, 0x07, 0x0E
SCSI_TARGET_PORT, SCSI_INITIATOR_PORT, ARRAY_DEVICE_SLOT = 0x14, 0x15, 0x17

#: SES-4 table 71.
ELEMENT_TYPES = {
    0x00: "unspecified", 0x01: "device slot", POWER_SUPPLY: "power supply", COOLING: "cooling",
    TEMPERATURE_SENSOR: "temperature sensor", 0x05: "door", 0x06: "audible alarm",
    ELECTRONICS: "enclosure services controller electronics", 0x08: "SCC controller electronics",
    0x09: "nonvolatile cache", 0x0A: "invalid operation reason", 0x0B: "uninterruptible power supply",
    0x0C: "display", 0x0D: "key pad entry", ENCLOSURE: "enclosure", 0x0F: "SCSI port/transceiver", 0x10: "language",
    0x11: "communication port", 0x12: "voltage sensor", 0x13: "current sensor", SCSI_TARGET_PORT: "SCSI target port",
    SCSI_INITIATOR_PORT: "SCSI initiator port", 0x16: "simple subenclosure", ARRAY_DEVICE_SLOT: "array device slot",
    0x18: "SAS expander", 0x19: "SAS connector",
}

ELEMENT_SIZE = 4
UNSUPPORTED, OK, CRITICAL, NONCRITICAL, UNRECOVERABLE, NOT_INSTALLED, UNKNOWN, NOT_AVAILABLE, NO_ACCESS = range(9)
#: SES-4 table 75.
STATUS_CODES = {
    UNSUPPORTED: "unsupported", OK: "ok", CRITICAL: "critical", NONCRITICAL: "noncritical",
    UNRECOVERABLE: "unrecoverable", NOT_INSTALLED: "not installed", UNKNOWN: "unknown",
    NOT_AVAILABLE: "not available", NO_ACCESS: "no access allowed",
}
#: The states of an element in which what it measures has no meaning (SES-4 table 75), and the fields that hold that.
_NO_READING = (NOT_INSTALLED, UNKNOWN, NO_ACCESS)
_READINGS = ("temperature_celsius", "actual_fan_speed_rpm", "actual_speed_code")
SPEED_CODES = {
    0: "stopped", 1: "lowest speed", 2: "second lowest speed", 3: "third lowest speed", 4: "intermediate speed",
    5: "third highest speed", 6: "second highest speed", 7: "highest speed",
}
#: Added to a temperature on the wire, in degrees Celsius; 0 there is reserved, and means unknown.
TEMPERATURE_OFFSET = 20
#: The unit of a fan's speed on the wire.
RPM_UNIT = 10


class celsius(Field):
    """A temperature in degrees Celsius, from -19 to 235; ``None`` if unknown."""

    __slots__ = ()

    def read(self, data: bytes) -> int | None:
        number = self._raw(data)
        return number - TEMPERATURE_OFFSET if number else None

    def write(self, data: bytearray, value: Any) -> None:
        self._store(data, 0 if value is None else int(value) + TEMPERATURE_OFFSET)


class rpm(Field):
    """The speed of a fan: eleven bits, in units of ten revolutions per minute."""

    __slots__ = ()

    def read(self, data: bytes) -> int:
        return (self._raw(data) & 0x7FF) * RPM_UNIT

    def write(self, data: bytearray, value: Any) -> None:
        number = 0 if value is None else int(value) // RPM_UNIT
        if not 0 <= number <= 0x7FF:
            raise ValueError(f"{self.name}: {value} does not fit 11 bits in units of {RPM_UNIT}")
        self._store(data, self._raw(data) & ~0x7FF | number)


def _status(code: int, *fields: Field) -> Table:
    return Table(
        f"{ELEMENT_TYPES.get(code, 'other')} status element", "SES-4 7.3",
        flag("prdfail", 0, 6),
        flag("disabled", 0, 5),
        flag("swap", 0, 4),
        bits("element_status_code", 0, 3, 0, STATUS_CODES),
        *fields, size=ELEMENT_SIZE)


def _control(code: int, *fields: Field) -> Table:
    return Table(
        f"{ELEMENT_TYPES.get(code, 'other')} control element", "SES-4 7.3",
        flag("select", 0, 7),
        flag("prdfail", 0, 6),
        flag("disable", 0, 5),
        flag("rst_swap", 0, 4),
        *fields, size=ELEMENT_SIZE)


#: By element type code; for others, there are `OTHER_STATUS` and `OTHER_CONTROL`.
STATUS: dict[int, Table] = {
    ARRAY_DEVICE_SLOT: _status(
        ARRAY_DEVICE_SLOT,
        flag("ok", 1, 7),
        flag("rsvd_device", 1, 6),
        flag("hot_spare", 1, 5),
        flag("cons_chk", 1, 4),
        flag("in_crit_array", 1, 3),
        flag("in_failed_array", 1, 2),
        flag("rebuild_remap", 1, 1),
        flag("r_r_abort", 1, 0),
        flag("app_client_bypassed_a", 2, 7),
        flag("do_not_remove", 2, 6),
        flag("enclosure_bypassed_a", 2, 5),
        flag("enclosure_bypassed_b", 2, 4),
        flag("ready_to_insert", 2, 3),
        flag("rmv", 2, 2),
        flag("ident", 2, 1),
        flag("report", 2, 0),
        flag("app_client_bypassed_b", 3, 7),
        flag("fault_sensed", 3, 6),
        flag("fault_reqstd", 3, 5),
        flag("device_off", 3, 4),
        flag("bypassed_a", 3, 3),
        flag("bypassed_b", 3, 2),
        flag("device_bypassed_a", 3, 1),
        flag("device_bypassed_b", 3, 0)),
    POWER_SUPPLY: _status(
        POWER_SUPPLY,
        flag("ident", 1, 7),
        flag("do_not_remove", 1, 6),
        flag("dc_over_voltage_warn", 1, 3),
        flag("dc_under_voltage_warn", 1, 2),
        flag("dc_over_voltage", 2, 3),
        flag("dc_under_voltage", 2, 2),
        flag("dc_over_current", 2, 1),
        flag("hot_swap", 3, 7),
        flag("fail", 3, 6),
        flag("rqsted_on", 3, 5),
        flag("off", 3, 4),
        flag("overtmp_fail", 3, 3),
        flag("temp_warn", 3, 2),
        flag("ac_fail", 3, 1),
        flag("dc_fail", 3, 0)),
    COOLING: _status(
        COOLING,
        flag("ident", 1, 7),
        flag("do_not_remove", 1, 6),
        rpm("actual_fan_speed_rpm", 1, 2),
        flag("hot_swap", 3, 7),
        flag("fail", 3, 6),
        flag("rqsted_on", 3, 5),
        flag("off", 3, 4),
        bits("actual_speed_code", 3, 2, 0, SPEED_CODES)),
    TEMPERATURE_SENSOR: _status(
        TEMPERATURE_SENSOR,
        flag("ident", 1, 7),
        flag("fail", 1, 6),
        celsius("temperature_celsius", 2),
        flag("rqst_override", 3, 7),
        flag("ot_failure", 3, 3),
        flag("ot_warning", 3, 2),
        flag("ut_failure", 3, 1),
        flag("ut_warning", 3, 0)),
    ELECTRONICS: _status(
        ELECTRONICS,
        flag("ident", 1, 7),
        flag("fail", 1, 6),
        flag("do_not_remove", 1, 5),
        flag("report", 2, 0),
        flag("hot_swap", 3, 7)),
    ENCLOSURE: _status(
        ENCLOSURE,
        flag("ident", 1, 7),
        bits("time_until_power_cycle_minutes", 2, 7, 2),
        flag("failure_indication", 2, 1),
        flag("warning_indication", 2, 0),
        bits("requested_power_off_duration_minutes", 3, 7, 2),
        flag("failure_requested", 3, 1),
        flag("warning_requested", 3, 0)),
}

CONTROL: dict[int, Table] = {
    ARRAY_DEVICE_SLOT: _control(
        ARRAY_DEVICE_SLOT,
        flag("rqst_ok", 1, 7),
        flag("rqst_rsvd_device", 1, 6),
        flag("rqst_hot_spare", 1, 5),
        flag("rqst_cons_check", 1, 4),
        flag("rqst_in_crit_array", 1, 3),
        flag("rqst_in_failed_array", 1, 2),
        flag("rqst_rebuild_remap", 1, 1),
        flag("rqst_r_r_abort", 1, 0),
        flag("rqst_active", 2, 7),
        flag("do_not_remove", 2, 6),
        flag("rqst_missing", 2, 4),
        flag("rqst_insert", 2, 3),
        flag("rqst_remove", 2, 2),
        flag("rqst_ident", 2, 1),
        flag("rqst_fault", 3, 5),
        flag("device_off", 3, 4),
        flag("enable_byp_a", 3, 3),
        flag("enable_byp_b", 3, 2)),
    POWER_SUPPLY: _control(
        POWER_SUPPLY,
        flag("rqst_ident", 1, 7),
        flag("do_not_remove", 1, 6),
        flag("rqst_fail", 3, 6),
        flag("rqst_on", 3, 5)),
    COOLING: _control(
        COOLING,
        flag("rqst_ident", 1, 7),
        flag("do_not_remove", 1, 6),
        flag("rqst_fail", 3, 6),
        flag("rqst_on", 3, 5),
        bits("requested_speed_code", 3, 2, 0, SPEED_CODES)),
    TEMPERATURE_SENSOR: _control(
        TEMPERATURE_SENSOR,
        flag("rqst_ident", 1, 7),
        flag("rqst_fail", 1, 6)),
    ELECTRONICS: _control(
        ELECTRONICS,
        flag("rqst_ident", 1, 7),
        flag("rqst_fail", 1, 6),
        flag("do_not_remove", 1, 5),
        flag("sw_reset", 1, 3),
        flag("hw_reset", 1, 2),
        flag("select_element", 2, 0)),
    ENCLOSURE: _control(
        ENCLOSURE,
        flag("rqst_ident", 1, 7),
        bits("power_cycle_request", 2, 7, 6),
        bits("power_cycle_delay_minutes", 2, 5, 0),
        bits("power_off_duration_minutes", 3, 7, 2),
        flag("request_failure", 3, 1),
        flag("request_warning", 3, 0)),
}

OTHER_STATUS = _status(-1, hexadecimal("type_specific", 1, 3))
OTHER_CONTROL = _control(-1, hexadecimal("type_specific", 1, 3))

#: Thresholds of sensors that have no table of their own are plain bytes.
THRESHOLD = Table(
    "threshold element", "SES-4 7.2.5",
    uint("high_critical_threshold", 0),
    uint("high_warning_threshold", 1),
    uint("low_warning_threshold", 2),
    uint("low_critical_threshold", 3))

TEMPERATURE_THRESHOLD = Table(
    "temperature sensor threshold element", "SES-4 7.3.5",
    celsius("high_critical_threshold", 0),
    celsius("high_warning_threshold", 1),
    celsius("low_warning_threshold", 2),
    celsius("low_critical_threshold", 3))


def status_table(element_type: int) -> Table:
    """What elements of this type report."""
    return STATUS.get(element_type, OTHER_STATUS)


def decode_status(element_type: int, element: bytes) -> Values:
    """The fields of a status element; what a sensor shows is ``None`` where there is none, or it does not work.

    An element that is not installed, unknown, or not to be accessed may have any number there.
    """
    values = status_table(element_type).decode(element)
    status = values["element_status_code"]
    if status is not None and status["value"] in _NO_READING:
        values.update((name, None) for name in _READINGS if name in values)
    return values


def control_table(element_type: int) -> Table:
    """What can be requested of elements of this type."""
    return CONTROL.get(element_type, OTHER_CONTROL)


def threshold_table(element_type: int) -> Table:
    """The thresholds of elements of this type."""
    return TEMPERATURE_THRESHOLD if element_type == TEMPERATURE_SENSOR else THRESHOLD

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a drive (SPC-6 7.3): environmental reporting and environmental limits, log page 0Dh, 01h and 02h.

A drive has a parameter per sensor: of temperature from code 0000h on, of relative humidity from 0100h on. In both pages
a sensor has the same code. A temperature that is not reported is -128 (80h), a relative humidity 255 (FFh); the same
numbers stand for a limit that the drive does not have.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .log_sense import LOG_PARAMETER_HEADER, encode_page, parameters, short_parameter
from .table import Table, bits, sint, uint, without

ENVIRONMENT_PAGE, ENVIRONMENTAL_REPORTING, ENVIRONMENTAL_LIMITS = 0x0D, 0x01, 0x02

_HUMIDITY_CODES, _END_OF_HUMIDITY = 0x0100, 0x0200
_NO_TEMPERATURE, _NO_HUMIDITY = -128, 0xFF
_MOST_HUMID = 100
_VALID = 1


def _celsius(name: str, byte: int) -> sint:
    return sint(name + "_celsius", byte, unknown=_NO_TEMPERATURE)


def _percent(name: str, byte: int) -> uint:
    return uint(name + "_percent", byte, unknown=_NO_HUMIDITY)


TEMPERATURE_REPORT = Table(
    "temperature report log parameter", "SPC-6 7.3",
    bits("otv", 4, 1, 0),
    _celsius("temperature", 5),
    _celsius("lifetime_maximum_temperature", 6),
    _celsius("lifetime_minimum_temperature", 7),
    _celsius("maximum_temperature_since_power_on", 8),
    _celsius("minimum_temperature_since_power_on", 9),
    _celsius("maximum_other_temperature", 10),
    _celsius("minimum_other_temperature", 11))

HUMIDITY_REPORT = Table(
    "relative humidity report log parameter", "SPC-6 7.3",
    bits("orhv", 4, 1, 0),
    _percent("relative_humidity", 5),
    _percent("lifetime_maximum_relative_humidity", 6),
    _percent("lifetime_minimum_relative_humidity", 7),
    _percent("maximum_relative_humidity_since_power_on", 8),
    _percent("minimum_relative_humidity_since_power_on", 9),
    _percent("maximum_other_relative_humidity", 10),
    _percent("minimum_other_relative_humidity", 11))

#: Where a limit is reached, and where it is left again.
TEMPERATURE_LIMITS = Table(
    "temperature limits log parameter", "SPC-6 7.3",
    _celsius("high_critical_temperature_limit_trigger", 4),
    _celsius("high_critical_temperature_limit_reset", 5),
    _celsius("low_critical_temperature_limit_reset", 6),
    _celsius("low_critical_temperature_limit_trigger", 7),
    _celsius("high_operating_temperature_limit_trigger", 8),
    _celsius("high_operating_temperature_limit_reset", 9),
    _celsius("low_operating_temperature_limit_reset", 10),
    _celsius("low_operating_temperature_limit_trigger", 11))

HUMIDITY_LIMITS = Table(
    "relative humidity limits log parameter", "SPC-6 7.3",
    _percent("high_critical_relative_humidity_limit_trigger", 4),
    _percent("high_critical_relative_humidity_limit_reset", 5),
    _percent("low_critical_relative_humidity_limit_reset", 6),
    _percent("low_critical_relative_humidity_limit_trigger", 7),
    _percent("high_operating_relative_humidity_limit_trigger", 8),
    _percent("high_operating_relative_humidity_limit_reset", 9),
    _percent("low_operating_relative_humidity_limit_reset", 10),
    _percent("low_operating_relative_humidity_limit_trigger", 11))

#: The bits that say whether the "other" values count, by the name of the field.
_OTHERS = {"otv": ("maximum_other_temperature_celsius", "minimum_other_temperature_celsius"),
           "orhv": ("maximum_other_relative_humidity_percent", "minimum_other_relative_humidity_percent")}

#: By subpage: the parameters of temperature sensors, and those of humidity sensors.
_TABLES = {ENVIRONMENTAL_REPORTING: (TEMPERATURE_REPORT, HUMIDITY_REPORT),
           ENVIRONMENTAL_LIMITS: (TEMPERATURE_LIMITS, HUMIDITY_LIMITS)}


def decode_environment(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """What the drive measures, and the extremes since its manufacture and since power on, from page 0Dh,01h.

    ``temperatures`` in °C and ``relative_humidities`` in percent, an entry per sensor with its ``parameter_code``; the
    "other" values, whose meaning the vendor defines, are ``None`` unless the drive says that they are valid.
    """
    return _decode(data, ENVIRONMENTAL_REPORTING, warnings)


def decode_environmental_limits(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The limits that the drive warns of, from page 0Dh,02h, in the form of `decode_environment`."""
    return _decode(data, ENVIRONMENTAL_LIMITS, warnings)


def encode_environment(values: Mapping[str, Any]) -> bytes:
    """The whole page 0Dh,01h; ``None`` for what is not reported."""
    return _encode(values, ENVIRONMENTAL_REPORTING)


def encode_environmental_limits(values: Mapping[str, Any]) -> bytes:
    """The whole page 0Dh,02h; ``None`` for a limit that there is not."""
    return _encode(values, ENVIRONMENTAL_LIMITS)


def _decode(data: bytes, subpage: int, warnings: list[str]) -> dict[str, Any]:
    of_temperature, of_humidity = _TABLES[subpage]
    temperatures: list[dict[str, Any]] = []
    humidities: list[dict[str, Any]] = []
    for parameter in parameters(data, ENVIRONMENT_PAGE, subpage, warnings):
        if parameter.code >= _END_OF_HUMIDITY:
            continue
        humid = parameter.code >= _HUMIDITY_CODES
        table = of_humidity if humid else of_temperature
        short_parameter(table, parameter, warnings)
        values = table.decode(parameter.whole)
        for bit, names in _OTHERS.items():
            if bit in values and values.pop(bit) != _VALID:
                values.update(dict.fromkeys(names))
        if humid:
            _without_reserved(values, table, warnings)
        (humidities if humid else temperatures).append(dict({"parameter_code": parameter.code}, **values))
    return {"temperatures": temperatures, "relative_humidities": humidities}


def _without_reserved(values: dict[str, Any], table: Table, warnings: list[str]) -> None:
    """Values from 101 to 254 are reserved."""
    for name, value in values.items():
        if value is not None and value > _MOST_HUMID:
            warnings.append(f"{table.title}: {name}: {value} is reserved, taken as not reported")
            values[name] = None


def _encode(values: Mapping[str, Any], subpage: int) -> bytes:
    of_temperature, of_humidity = _TABLES[subpage]
    return encode_page(ENVIRONMENT_PAGE, subpage, [
        *_parameters(values["temperatures"], of_temperature), *_parameters(values["relative_humidities"], of_humidity)])


def _parameters(sensors: Sequence[Mapping[str, Any]], table: Table) -> list[tuple[int, bytes]]:
    listed = []
    for sensor in sensors:
        # A field that is not given is not reported, not zero.
        given: dict[str, Any] = dict(dict.fromkeys(field.name for field in table.fields),
                                     **without(sensor, "parameter_code"))
        for bit, names in _OTHERS.items():
            if bit in given:
                given[bit] = int(any(given[name] is not None for name in names))
        listed.append((sensor["parameter_code"], table.encode(given)[LOG_PARAMETER_HEADER.size:]))
    return listed

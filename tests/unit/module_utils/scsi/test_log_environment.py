# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a drive and its limits, side by side with sg_logs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import log_environment as pages
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("log_environment/sg_logs")
REPORTS = [vector for vector in VECTORS if vector["hex"].startswith("4d01")]
LIMITS = [vector for vector in VECTORS if vector["hex"].startswith("4d02")]
RESERVED = "reserved value"


def of_name(name: str) -> dict[str, Any]:
    return next(vector for vector in VECTORS if vector["name"] == name)


def label(field: str) -> str:
    """What the tool calls a field."""
    return field.rsplit("_", 1)[0].replace("_", " ").capitalize()


def said(text: str, field: str) -> int | None:
    """The number that the tool printed for a field; None for what is not available, no limit, reserved, or not said."""
    found = re.search(rf"^ *{label(field)}: (-?\d+) [C%]$", text, re.MULTILINE)
    return int(found.group(1)) if found else None


def compare(sensors: list[dict[str, Any]], texts: list[str]) -> None:
    assert len(sensors) == len(texts)
    for sensor, text in zip(sensors, texts):
        fields = {name: value for name, value in sensor.items() if name != "parameter_code"}
        assert fields == {name: said(text, name) for name in fields}


@pytest.mark.parametrize("vector", REPORTS, ids=[vector["name"] for vector in REPORTS])
def test_reports_agree_with_sg_logs(vector: dict[str, Any]) -> None:
    warnings: list[str] = []
    found = pages.decode_environment(bytes.fromhex(vector["hex"]), warnings)
    assert len(warnings) == vector["output"].count(RESERVED)
    texts = vector["output"].split("parameter code=")[1:]
    sensors = found["temperatures"] + found["relative_humidities"]
    assert [sensor["parameter_code"] for sensor in sensors] == [int(text.split("\n")[0], 16) for text in texts]
    compare(sensors, texts)


@pytest.mark.parametrize("vector", LIMITS, ids=[vector["name"] for vector in LIMITS])
def test_limits_agree_with_sg_logs(vector: dict[str, Any]) -> None:
    warnings: list[str] = []
    found = pages.decode_environmental_limits(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    # The tool leaves an empty line after each sensor.
    texts = [text for text in vector["output"].split("\n", 1)[1].split("\n\n") if text.strip()]
    compare(found["temperatures"] + found["relative_humidities"], texts)


def test_below_zero_is_not_above_two_hundred() -> None:
    found = pages.decode_environment(bytes.fromhex(of_name("below zero, and other values")["hex"]), [])
    first, second = found["temperatures"]
    assert (first["temperature_celsius"], first["lifetime_minimum_temperature_celsius"]) == (-5, -40)
    assert (second["temperature_celsius"], second["lifetime_minimum_temperature_celsius"]) == (127, -127)


def test_what_is_not_reported_is_null() -> None:
    found = pages.decode_environment(bytes.fromhex(of_name("nothing is reported")["hex"]), [])
    for sensor in found["temperatures"] + found["relative_humidities"]:
        assert {value for name, value in sensor.items() if name != "parameter_code"} == {None}


@pytest.mark.parametrize("valid,expected", [(0, None), (1, 22), (2, None), (3, None)])
def test_the_other_values_count_only_where_the_drive_says_so(valid: int, expected: int | None) -> None:
    data = bytes.fromhex("4d01000c00000308") + bytes((valid, 31, 48, 12, 35, 22, 22, 0xFF))
    sensor, = pages.decode_environment(data, [])["temperatures"]
    assert sensor["maximum_other_temperature_celsius"] == expected
    assert sensor["minimum_other_temperature_celsius"] == (None if expected is None else -1)
    assert sensor["minimum_temperature_since_power_on_celsius"] == 22


def test_a_reserved_humidity_is_null_with_a_warning() -> None:
    warnings: list[str] = []
    found = pages.decode_environment(bytes.fromhex(of_name("relative humidities that are reserved")["hex"]), warnings)
    sensor, = found["relative_humidities"]
    assert sensor["relative_humidity_percent"] is None and sensor["lifetime_minimum_relative_humidity_percent"] == 40
    assert [re.search(r"\b(101|254)\b", warning) is not None for warning in warnings] == [True, True]


def test_a_sensor_of_fewer_bytes_tells_what_it_has() -> None:
    warnings: list[str] = []
    sensor, = pages.decode_environment(bytes.fromhex("4d01000600000302001f"), warnings)["temperatures"]
    assert sensor["temperature_celsius"] == 31 and sensor["lifetime_maximum_temperature_celsius"] is None
    assert sensor["maximum_other_temperature_celsius"] is None and len(warnings) == 1


def test_parameters_that_are_no_sensors_are_left_out() -> None:
    warnings: list[str] = []
    data = bytes.fromhex("4d0100188000030800ffffffffffffff00010308001f300c23160000")
    found = pages.decode_environment(data, warnings)
    assert [sensor["parameter_code"] for sensor in found["temperatures"]] == [1]
    assert found["relative_humidities"] == [] and warnings == []


def test_the_temperature_page_in_place_of_the_subpage_is_not_taken_for_it() -> None:
    warnings: list[str] = []
    data = bytes.fromhex("0d00000c00000302001f00010302003c")
    assert pages.decode_environment(data, warnings) == {"temperatures": [], "relative_humidities": []}
    warning, = warnings
    assert re.search(r"\blog page 0Dh\b.*\blog page 0Dh,01h", warning)


def test_limits_that_are_not_given_are_none() -> None:
    data = pages.encode_environmental_limits({"temperatures": [
        {"parameter_code": 0, "high_operating_temperature_limit_trigger_celsius": 60}], "relative_humidities": []})
    assert data.hex() == "4d02000c00000308808080803c808080"

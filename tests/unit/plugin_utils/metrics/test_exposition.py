# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of metrics, byte by byte as Prometheus documents it; its own parser reads them in tests/report."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.drives import drive_metrics
from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.exposition import Family, exposition

# https://prometheus.io/docs/instrumenting/exposition_formats, "Comments, help text, and type information"


def test_help_type_samples_and_escapes() -> None:
    text = exposition([Family("a_b", "gauge", "Up\\down\nleft.", [({"x": 'q"\\\n', "empty": ""}, 1.5), ({}, 2)])])
    assert text == '# HELP a_b Up\\\\down\\nleft.\n# TYPE a_b gauge\na_b{x="q\\"\\\\\\n"} 1.5\na_b 2\n'


def test_a_metric_without_samples_is_not_there_and_one_sample_is_there_once() -> None:
    assert exposition([Family("a", "gauge", "A.", [])]) == ""
    assert exposition([Family("a", "gauge", "A.", [({}, 1), ({}, 2)])]).count("\na ") == 1


def test_what_a_terminal_or_a_reader_would_act_on() -> None:
    assert '{x="a?[31m?"}' in exposition([Family("a", "gauge", "A.", [({"x": "a\x1b[31m\ud800"}, 1)])])


def drive(**facts: Any) -> Any:
    """An entry that has nothing but these facts."""
    return dict({"device": "/dev/sg1", "status": "ok", "wwn": None, "identity": None, "health": None}, **facts)


def test_what_a_drive_does_not_tell_has_no_sample() -> None:
    about, *rest = drive_metrics([drive()]).splitlines()
    assert about.startswith("# HELP scsi_drive_up ")
    assert rest == ["# TYPE scsi_drive_up gauge", 'scsi_drive_up{drive="/dev/sg1",device="/dev/sg1"} 1']


@pytest.mark.parametrize("value", [None, "41", True, float("nan"), float("inf"), [], {}])
def test_what_is_no_number_is_no_sample(value: Any) -> None:
    assert "celsius" not in drive_metrics([drive(health={"temperature": {"temperature_celsius": value}})])


def test_a_temperature_below_zero_is_one() -> None:
    assert 'scsi_drive_temperature_celsius{drive="naa.5"} -3\n' in drive_metrics(
        [drive(wwn="naa.5", health={"temperature": {"temperature_celsius": -3}})])


def test_which_drive_and_where() -> None:
    told = {"product": "DISK", "bay": {"enclosure": "0x5000ccab0405db00", "slot": 0, "name": None}}
    assert ('scsi_drive_info{drive="naa.5",device="/dev/sg1",wwn="naa.5",model="DISK",'
            'enclosure="0x5000ccab0405db00",slot="0"} 1\n') in drive_metrics([drive(wwn="naa.5", identity=told)])


SENSOR = {"parameter_code": 0, "temperature_celsius": 31, "lifetime_maximum_temperature_celsius": None}
HUMID = {"parameter_code": 256, "relative_humidity_percent": 41}


@pytest.mark.parametrize("path,value,line", [
    ("environment", {"temperatures": [SENSOR]}, 'sensor_temperature_celsius{X,sensor="0"} 31'),
    ("environment", {"relative_humidities": [HUMID]}, 'relative_humidity_ratio{X,sensor="256"} 0.41'),
    ("format_status", {"total_new_blocks_reassigned": 2}, "blocks_reassigned_since_format{X} 2"),
    ("format_status", {"power_on_minutes_since_format": 10}, "power_on_since_format_seconds{X} 600"),
    ("start_stop", {"specified_load_unload_cycles": 600000}, "specified_load_unload_cycles{X} 600000"),
    ("power_transitions", {"standby_z": 12}, 'power_transitions_total{X,condition="standby_z"} 12'),
    ("statistics", {"write_commands": 5}, 'commands_total{X,operation="write"} 5'),
    ("statistics", {"logical_blocks_received": 6}, 'blocks_total{X,operation="write"} 6'),
    ("statistics", {"logical_blocks_transmitted": 7}, 'blocks_total{X,operation="read"} 7'),
    ("statistics", {"read_processing_seconds": 0.5}, 'processing_seconds_total{X,operation="read"} 0.5'),
    ("tape_alert_flags", [{"flag": 4, "name": "media", "severity": "critical"}],
     'tape_alert{X,flag="4",name="media",severity="critical"} 1'),
    ("statistics", {"idle_seconds": 3600.0}, "idle_seconds_total{X} 3600.0"),
])
def test_what_few_drives_report(path: str, value: Any, line: str) -> None:
    text = drive_metrics([drive(wwn="naa.5", health={path: value})])
    assert "scsi_drive_" + line.replace("X", 'drive="naa.5"') in text.splitlines()
    # Nothing else of the drive is known but that it is there.
    assert sum(not each.startswith("#") for each in text.splitlines()) == 2


@pytest.mark.parametrize("value", [
    None, 5, [], {"temperatures": 5}, {"temperatures": [5, {}, {"temperature_celsius": "x"}]}])
def test_an_environment_of_any_form_has_no_sample(value: Any) -> None:
    assert "celsius" not in drive_metrics([drive(health={"environment": value})])


def test_two_drives_of_one_name_are_told_apart() -> None:
    lines = drive_metrics([drive(wwn="naa.5", identity={"serial": serial}) for serial in ("A", "B")])
    assert 'scsi_drive_up{drive="naa.5",' in lines and 'scsi_drive_up{drive="naa.5 B",' in lines


def test_other_ways_to_a_drive_are_left_out() -> None:
    assert drive_metrics([drive(status="skipped")]) == ""


def test_only_tests_that_came_to_a_result_count() -> None:
    def result(code: int, value: int, hours: int) -> Any:
        return {"self_test_code": {"value": code}, "result": {"value": value}, "power_on_hours": hours,
                "power_on_hours_saturated": False}

    text = drive_metrics([drive(selftest={"power_on_hours": 110, "results": [
        result(2, 1, 109), result(2, 7, 100), result(2, 0, 90), result(1, 0, 80)]})])
    assert 'selftest_passed{drive="/dev/sg1",test="extended"} 0\n' in text
    assert 'selftest_age_seconds{drive="/dev/sg1",test="extended"} 36000\n' in text
    assert 'selftest_passed{drive="/dev/sg1",test="short"} 1\n' in text


@pytest.mark.parametrize("drives", [None, "x", {}, [None], ["x"], [{"device": "/dev/sg1"}], [{"status": "ok"}]])
def test_what_are_no_facts_of_drives_is_told(drives: Any) -> None:
    with pytest.raises(ValueError, match="scsi_drive_facts"):
        drive_metrics(drives)


@pytest.mark.parametrize("value", [10 ** 400, float("1e999"), float("nan"), 1e308, 10 ** 307, [1], {"a": 1}, "x", True])
def test_hostile_facts_leave_the_other_metrics_and_drives(value: Any) -> None:
    """No fact of any kind may end the file: all drives of the host would go dark."""
    odd = drive(wwn="naa.1", identity={"bay": value, "product": value}, readiness={"state": value}, failures=value,
                health={"power_on_hours": value, "temperature": value, "endurance": {"percentage_used_percent": value},
                        "phys": [value, {"phy_reset_problem_count": value}]},
                selftest={"results": value, "running": value, "power_on_hours": value})
    entries = [odd, dict(odd, wwn=value), dict(odd, device=value), dict(odd, status=value), value,
               drive(wwn="naa.2", health={"temperature": {"temperature_celsius": 41}})]
    text = drive_metrics(entries)
    assert 'scsi_drive_temperature_celsius{drive="naa.2"} 41\n' in text
    for line in text.splitlines():
        if not line.startswith("#"):
            number = line.rpartition(" ")[2]
            assert "inf" not in number and "nan" not in number and math.isfinite(float(number))


def nest(depth: int) -> Any:
    value: Any = 1
    for _each in range(depth):
        value = [value]
    return value


def test_what_has_no_end_is_no_name() -> None:
    text = drive_metrics([drive(wwn=nest(5000)), drive(wwn="n" * 10000), drive(wwn="naa.2")], 1.5e9)
    assert 'scsi_drive_up{drive="naa.2",device="/dev/sg1"} 1\n' in text and len(max(text.splitlines(), key=len)) < 1000
    assert drive_metrics([drive()], float("inf")) == drive_metrics([drive()])


def test_the_heads_of_a_disk() -> None:
    text = drive_metrics([drive(health={"physical_elements": {"elements": [
        {"element_identifier": each, "health": {"value": value, "name": None}}
        for each, value in ((1, 0), (2, 50), (3, 0x64), (4, 0x65), (5, 0xFF), (6, 0xFE), (7, 0xD0))] + [None, {}]}})])
    ratios = re.findall(r'^scsi_drive_physical_element_health_ratio{.*element="(\d)".*} (\S+)$', text, re.MULTILINE)
    assert ratios == [("2", "0.5"), ("3", "1.0"), ("4", "1.01")]
    gone = re.findall(r'^scsi_drive_physical_element_depopulated{.*element="(\d)".*} 1$', text, re.MULTILINE)
    assert gone == ["5", "6"]


def test_the_hours_of_farm_are_seconds() -> None:
    text = drive_metrics([drive(health={"farm": {"power_on_hours": 22000, "spindle_power_on_hours": None}})])
    assert re.search(r'^scsi_drive_farm_power_on_seconds_total{.*} 79200000$', text, re.MULTILINE)
    assert "spindle" not in text

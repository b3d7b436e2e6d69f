# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Self-test results, side by side with sg_logs and smartctl."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_selftest_results import (
    PAGE_LENGTH,
    RESULTS,
    decode_self_test_results,
    encode_self_test_results,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import encode_page
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import number, recorded

SG_LOGS = recorded("log_selftest_results/sg_logs")
SMARTCTL = recorded("log_selftest_results/smartctl")


def decoded(vector):
    warnings = []
    results = decode_self_test_results(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    return results


@pytest.mark.parametrize("vector", SG_LOGS, ids=[vector["name"] for vector in SG_LOGS])
def test_results_agree_with_sg_logs(vector) -> None:
    # The tool lists an unused parameter by nothing but its code, and stops at it.
    theirs = [each for each in vector["output"]["self_test_results_log_parameters"] if "self_test_result" in each]
    ours = decoded(vector)
    assert [each["parameter_code"] for each in ours] == [number(each["parameter_code"]) for each in theirs]
    for our, their in zip(ours, theirs):
        assert our["self_test_code"]["value"] == number(their["self_test_code"])
        assert our["result"]["value"] == number(their["self_test_result"])
        assert (our["self_test_number"] or 0) == their["self_test_number"]
        assert (our["power_on_hours"] or 0) == number(their["accumulated_power_on_hours"])
        # The address is not compared: the tool prints the number of the parameter in its place. smartctl's is below.
        for name in ("sense_key", "additional_sense_code", "additional_sense_code_qualifier"):
            value = our[name]["value"] if isinstance(our[name], dict) else our[name]
            if name in their:
                assert value == number(their[name]), name


_KINDS = {
    0: "Default", 1: "Background short", 2: "Background long", 4: "Abort background", 5: "Foreground short",
    6: "Foreground long",
}
_STATUSES = {
    0: "Completed", 1: "Aborted (by user command)", 2: "Aborted (device reset ?)", 3: "Unknown error, incomplete",
    4: "Completed, segment failed", 5: "Failed in first segment", 6: "Failed in second segment",
    7: "Failed in segment -->", 15: "Self test in progress ...",
}


@pytest.mark.parametrize("vector", SMARTCTL, ids=[vector["name"] for vector in SMARTCTL])
def test_results_agree_with_smartctl(vector) -> None:
    lines = [line for line in vector["output"] if line.startswith("#")]
    ours = decoded(vector)
    assert len(ours) == len(lines)
    for our, line in zip(ours, lines):
        place, kind, status, segment, hours, address, key, asc, ascq = re.match(
            r"# *(\d+)  (.{17}) (.{26})(.{4}) (.{7}) +(\S+) \[(\S+) +(\S+) +(\S+)\]$", line).groups()
        assert our["parameter_code"] == int(place)
        assert kind.strip() == _KINDS[our["self_test_code"]["value"]]
        assert status.strip().startswith(_STATUSES[our["result"]["value"]][:24])
        assert segment.strip() == str(our["self_test_number"] or "-")
        assert hours.strip() == ("NOW" if our["power_on_hours"] is None else str(our["power_on_hours"]))
        if our["result"]["value"] not in (0, 15):
            # Of a test that passed the tool does not look at the address.
            assert address == ("-" if our["address_of_first_failure"] is None else str(our["address_of_first_failure"]))
        if our["sense_key"]["value"]:
            assert (int(key, 16), int(asc, 16), int(ascq, 16)) == (
                our["sense_key"]["value"], our["additional_sense_code"], our["additional_sense_code_qualifier"])


def test_every_result_is_compared() -> None:
    assert {each["result"]["value"] for vector in SMARTCTL for each in decoded(vector)} == set(RESULTS)


def entry(octets, code=1):
    return decode_self_test_results(encode_page(0x10, 0, [(code, bytes.fromhex(octets).ljust(16, b"\0"))]), [])


def test_hours_of_ffff_mean_that_or_more() -> None:
    (saturated,) = entry("2000ffff")
    assert (saturated["power_on_hours"], saturated["power_on_hours_saturated"]) == (65535, True)
    (below,) = entry("2000fffe")
    assert (below["power_on_hours"], below["power_on_hours_saturated"]) == (65534, False)


@pytest.mark.parametrize("hours,since", [("0000", None), ("ffff", None), ("0001", 1)])
def test_a_running_test_has_only_the_hours_that_the_drive_says(hours: str, since: int | None) -> None:
    (running,) = entry("2f00" + hours)
    assert running["result"] == {"value": 15, "name": "in progress"}
    assert running["power_on_hours"] == since
    assert running["power_on_hours_saturated"] is False


def test_all_ones_are_no_address_and_zero_is_the_first_block() -> None:
    assert entry("25000001" + "f" * 16)[0]["address_of_first_failure"] is None
    assert entry("25000001" + "0" * 16)[0]["address_of_first_failure"] == 0


def test_an_unused_parameter_is_no_test_whatever_its_header_says() -> None:
    assert entry("00") == []
    # The default self test, passed in the first hour, is told from nothing by its address of all ones alone.
    assert len(entry("00000000" + "f" * 16)) == 1


def test_the_newest_result_is_first_even_where_the_drive_has_another_order() -> None:
    value = bytes.fromhex("20000001").ljust(16, b"\0")
    page = encode_page(0x10, 0, [(3, value), (1, value), (2, value)])
    warnings = []
    assert [each["parameter_code"] for each in decode_self_test_results(page, warnings)] == [1, 2, 3]
    warning, = warnings
    assert re.search(r"\blog page 10h\b.*\b003Ch\b.*\b0190h\b", warning)


def test_a_parameter_of_another_length_is_passed_over_by_its_length() -> None:
    value = bytes.fromhex("20000001").ljust(16, b"\0")
    warnings = []
    found = decode_self_test_results(encode_page(0x10, 0, [(1, value[:7]), (2, value + b"more"), (3, value)]), warnings)
    assert [each["parameter_code"] for each in found] == [2, 3]
    assert re.search(r"\blog page 10h\b.*\bparameter 1\b.*\b11 bytes\b", warnings[0])


def test_the_page_has_twenty_parameters_always() -> None:
    for count in (0, 1, 20, 25):
        page = encode_self_test_results([{"self_test_code": 1, "result": 0, "power_on_hours": 7}] * count)
        assert len(page) == 4 + PAGE_LENGTH
        results = decode_self_test_results(page, [])
        assert [each["parameter_code"] for each in results] == list(range(1, min(count, 20) + 1))
        assert all(each["address_of_first_failure"] is None for each in results)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive counts and measures, side by side with sg_logs; and at every cut."""

from __future__ import annotations

import re
from typing import Any, Callable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import log_health as pages
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("log_health/sg_logs")
#: What the tool calls our facts.
NAMES = {
    "errors_corrected_without_substantial_delay": "Errors corrected without substantial delay",
    "errors_corrected_with_possible_delays": "Errors corrected with possible delays",
    "total_retries": "Total rewrites or rereads", "total_errors_corrected": "Total errors corrected",
    "total_times_correction_algorithm_processed": "Total times correction algorithm processed",
    "total_bytes_processed": "Total bytes processed", "total_uncorrected_errors": "Total uncorrected errors",
    "temperature_celsius": "Current temperature", "reference_temperature_celsius": "Reference temperature",
    "specified_start_stop_cycles": "Specified cycle count over device lifetime",
    "accumulated_start_stop_cycles": "Accumulated start-stop cycles",
    "specified_load_unload_cycles": "Specified load-unload count over device lifetime",
    "accumulated_load_unload_cycles": "Accumulated load-unload cycles", "count": "Pending defect count",
    "percentage_used_percent": "Percentage used endurance indicator",
}
DECODERS: dict[int, Callable[[bytes, list[str]], dict[str, Any]]] = {
    0x02: lambda data, warnings: pages.decode_error_counters(data, 0x02, warnings),
    0x03: lambda data, warnings: pages.decode_error_counters(data, 0x03, warnings),
    0x05: lambda data, warnings: pages.decode_error_counters(data, 0x05, warnings),
    0x06: lambda data, warnings: {"non_medium": pages.decode_non_medium_errors(data, warnings)},
    0x0D: pages.decode_temperature, 0x0E: pages.decode_start_stop, 0x11: pages.decode_endurance,
    0x15: pages.decode_pending_defects, 0x2F: pages.decode_informational_exceptions,
}


def decode(data: bytes, warnings: list[str]) -> dict[str, Any]:
    return DECODERS[data[0] & 0x3F](data, warnings)


def said(output: str, name: str) -> int | None:
    """The number that the tool printed; it prints "<not available>" or -1 for what the drive does not know."""
    found = re.search(re.escape(name) + r"\s*[=:]\s*(\d+)", output)
    return int(found.group(1)) if found else None


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_numbers_agree_with_sg_logs(vector) -> None:
    warnings: list[str] = []
    values = decode(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    compared = {name: value for name, value in values.items() if name in NAMES}
    assert compared == {name: said(vector["output"], NAMES[name]) for name in compared}
    if "non_medium" in values:
        assert values["non_medium"] == said(vector["output"], "Non-medium error count")


def test_dates_exceptions_and_defects_agree_with_sg_logs() -> None:
    for vector in VECTORS:
        values = decode(bytes.fromhex(vector["hex"]), [])
        if values.get("manufacture_year"):
            year, week = values["manufacture_year"], values["manufacture_week"]
            assert f"Date of manufacture, year: {year}, week: {week}" in vector["output"]
            year, week = (values["accounting_" + name] or "" for name in ("year", "week"))
            assert f"Accounting date, year: {year:4}, week: {week:2}\n" in vector["output"]
        if "asc" in values:
            assert f"asc = {values['asc']:#x}, ascq = {values['ascq']:#x}" in vector["output"]
        for defect in values.get("defects", ()):
            assert re.search(r"{:#x}\s+{}\n".format(
                defect["logical_block_address"], defect["accumulated_power_on_hours"]), vector["output"])
        assert vector["output"].count("Pending defect  ") == len(values.get("defects", ()))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_what_is_cut_is_null_and_never_wrong(vector) -> None:
    data = bytes.fromhex(vector["hex"])
    whole = decode(data, [])
    for length in range(len(data)):
        warnings: list[str] = []
        values = decode(data[:length], warnings) if length else DECODERS[data[0] & 0x3F](b"", warnings)
        assert warnings, length
        for name, value in values.items():
            if name == "defects":
                assert value == whole[name][:len(value)]
            else:
                assert value in (None, whole[name]), (length, name)


def test_round_trips() -> None:
    cycles = {
        "manufacture_year": "2014", "manufacture_week": "07", "accounting_year": None, "accounting_week": None,
        "specified_start_stop_cycles": 10000, "accumulated_start_stop_cycles": None,
        "specified_load_unload_cycles": 300000, "accumulated_load_unload_cycles": 1}
    assert pages.decode_start_stop(pages.encode_start_stop(cycles), []) == cycles
    temperatures = {"temperature_celsius": 254, "reference_temperature_celsius": None}
    assert pages.decode_temperature(pages.encode_temperature(temperatures), []) == temperatures
    exceptions = {"asc": 0x0B, "ascq": 1, "temperature_celsius": None}
    assert pages.decode_informational_exceptions(
        pages.encode_informational_exceptions(exceptions), []) == exceptions
    counters = dict(dict.fromkeys(pages.ERROR_COUNTERS), total_errors_corrected=7, total_uncorrected_errors=0)
    assert pages.decode_error_counters(
        pages.encode_error_counters(counters, pages.READ_ERRORS), pages.READ_ERRORS, []) == counters
    assert pages.decode_pending_defects(pages.encode_pending_defects(
        [{"accumulated_power_on_hours": None, "logical_block_address": 5}]), []) == {
            "count": 1, "defects": [{"accumulated_power_on_hours": None, "logical_block_address": 5}]}


def test_another_page_is_not_taken_for_the_one_that_was_asked_for() -> None:
    warnings: list[str] = []
    write = pages.encode_error_counters({"total_uncorrected_errors": 5}, pages.WRITE_ERRORS)
    assert set(pages.decode_error_counters(write, pages.READ_ERRORS, warnings).values()) == {None}
    warning, = warnings
    assert re.search(r"\blog page 02h\b.*\blog page 03h\b", warning)
    # A drive that ignores the subpage gives its list of findings in place of that of the defects.
    scan = bytes.fromhex("150000100000030c0012d6870008014100000140")
    assert pages.decode_pending_defects(scan, warnings) == {"count": None, "defects": []}


def test_a_parameter_shorter_than_its_value_is_told() -> None:
    warnings: list[str] = []
    page = bytes.fromhex("0d000005000003011f")
    assert pages.decode_temperature(page, warnings)["temperature_celsius"] is None
    assert len(warnings) == 1

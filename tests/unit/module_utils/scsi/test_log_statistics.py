# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Format status, statistics, and power condition transitions, side by side with sg_logs."""

from __future__ import annotations

import re
from typing import Any, Callable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_format_status import (
    decode_format_status,
    encode_format_status,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_statistics import (
    decode_power_transitions,
    decode_statistics,
    encode_statistics,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

Decode = Callable[[bytes, "list[str]"], "dict[str, Any]"]
DECODERS: dict[str, Decode] = {
    "log_format_status": decode_format_status, "log_statistics": decode_statistics,
    "log_power_transitions": decode_power_transitions}
VECTORS = [dict(vector, decode=decode) for fixture, decode in DECODERS.items()
           for vector in recorded(fixture + "/sg_logs")]
#: What the tool calls our facts.
NAMES = {
    "grown_defects_during_certification": "Grown defects during certification",
    "total_blocks_reassigned_during_format": "Total blocks reassigned during format",
    "total_new_blocks_reassigned": "Total new blocks reassigned",
    "power_on_minutes_since_format": "Power on minutes since format",
    "read_commands": "number of read commands", "write_commands": "number of write commands",
    "logical_blocks_received": "number of logical blocks received",
    "logical_blocks_transmitted": "number of logical blocks transmitted",
    "read_command_processing_intervals": "read command processing intervals",
    "write_command_processing_intervals": "write command processing intervals",
    "weighted_read_and_write_commands": "weighted number of read commands plus write commands",
    "weighted_read_and_write_command_processing": "weighted read command processing plus write command processing",
    "idle_time_intervals": "idle time intervals",
    **{name: "Accumulated transitions to " + name
       for name in ("active", "idle_a", "idle_b", "idle_c", "standby_z", "standby_y")},
}
#: A counter of the tool that has come to its end.
SATURATED = str(0xFFFFFFFF)


def decoded(name: str) -> dict[str, Any]:
    vector = next(each for each in VECTORS if each["name"] == name)
    found: dict[str, Any] = vector["decode"](bytes.fromhex(vector["hex"]), [])
    return found


def said(text: str, name: str) -> int | None:
    found = re.search(rf"^ *{re.escape(name)} = (\d+)$", text, re.MULTILINE)
    return int(found.group(1)) if found and found.group(1) != SATURATED else None


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_numbers_agree_with_sg_logs(vector: dict[str, Any]) -> None:
    warnings: list[str] = []
    values = vector["decode"](bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    compared = {name: value for name, value in values.items() if name in NAMES}
    assert compared == {name: said(vector["output"], NAMES[name]) for name in compared}


@pytest.mark.parametrize("name,parts", [
    ("intervals of 50 ms", (2, 5)), ("intervals of 1 ms", (3, 1)), ("an interval that is not told", (0, 0))])
def test_the_interval_agrees_with_sg_logs(name: str, parts: tuple[int, int]) -> None:
    text = next(vector["output"] for vector in VECTORS if vector["name"] == name)
    exponent, integer = said(text, "time interval negative exponent"), said(text, "time interval integer")
    assert (exponent, integer) == parts
    assert decoded(name)["time_interval_seconds"] == (parts[1] / 10 ** parts[0] or None)


# Format status ------------------------------------------------------------------------------------------------------


def test_a_format_that_failed_leaves_nothing_to_tell() -> None:
    assert set(decoded("the last format failed, or there was none").values()) == {None}


def test_the_parameter_list_of_the_format_is_hex_as_the_tool_prints_it() -> None:
    assert decoded("blocks were reassigned")["format_data_out"] == "0a000000"
    text = next(vector["output"] for vector in VECTORS if vector["name"] == "blocks were reassigned")
    assert "0a 00 00 00" in text
    assert decoded("formatted 35438 minutes ago")["format_data_out"] is None  # an empty one


def test_only_bytes_that_are_all_ones_are_not_available() -> None:
    assert decoded("some are not available")["total_new_blocks_reassigned"] == 0xFF
    found = decode_format_status(encode_format_status({"power_on_minutes_since_format": 0xFFFFFFFE}), [])
    assert found["power_on_minutes_since_format"] == 0xFFFFFFFE


# Statistics ---------------------------------------------------------------------------------------------------------


def test_intervals_become_seconds() -> None:
    found = decoded("intervals of 50 ms")
    assert (found["read_processing_seconds"], found["write_processing_seconds"]) == (50.0, 100.05)
    assert (found["idle_seconds"], found["time_interval_seconds"]) == (3600.0, 0.05)
    assert decoded("intervals of 1 ms")["idle_seconds"] == 72.0


def test_without_the_length_of_an_interval_there_are_no_seconds() -> None:
    found = decoded("an interval that is not told")
    assert (found["idle_time_intervals"], found["idle_seconds"], found["time_interval_seconds"]) == (72000, None, None)


def test_commands_that_took_no_time_were_not_measured() -> None:
    found = decoded("only commands and blocks are counted")
    assert (found["read_commands"], found["read_processing_seconds"], found["write_processing_seconds"]) == (
        123456789, None, None)
    assert found["idle_seconds"] == 3600.0
    fresh = decode_statistics(encode_statistics({
        "read_commands": 0, "read_command_processing_intervals": 0, "idle_time_intervals": 0, "exponent": 2,
        "integer": 5}), [])
    assert (fresh["read_processing_seconds"], fresh["idle_seconds"]) == (0.0, 0.0)


@pytest.mark.parametrize("exponent", [16, 400, 0xFFFFFFFF])
def test_an_interval_that_nobody_can_measure_is_none(exponent: int) -> None:
    warnings: list[str] = []
    data = encode_statistics({"idle_time_intervals": 9, "exponent": exponent, "integer": 1})
    found = decode_statistics(data, warnings)
    assert found["time_interval_seconds"] is None and found["idle_seconds"] is None and len(warnings) == 1


def test_a_counter_at_its_end_counts_no_more() -> None:
    data = encode_statistics({"read_commands": (1 << 64) - 1, "write_commands": (1 << 64) - 2})
    found = decode_statistics(data, [])
    assert (found["read_commands"], found["write_commands"]) == (None, (1 << 64) - 2)


# Power condition transitions ----------------------------------------------------------------------------------------


def test_conditions_that_are_not_counted_are_null() -> None:
    assert decoded("two conditions, one at its end") == {
        "active": 7, "idle_a": None, "idle_b": None, "idle_c": None, "standby_z": None, "standby_y": None}

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams, as an initiator notices them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Check, Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.streams import Streams
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.streams import (
    GET_STREAM_STATUS,
    STREAM_CONTROL,
    decode_stream_control,
    decode_stream_status,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits_extension import (
    decode_block_limits_extension,
)

from .bench import OTHER, Bench, FakeTask, FakeTimers

INVALID_FIELD_IN_CDB = (0x05, 0x24, 0x00)
PERMANENT = [{"id": 0, "relative_lifetime": 63}, {"id": 3, "relative_lifetime": 1}]


class Drive(Bench):
    def __init__(self, state: Any = None, **settings: Any) -> None:
        self.streams = Streams(Clock(FakeTimers()), settings)
        super().__init__(self.streams, state=state)

    def control(self, control: int, identifier: int = 0, allocation: int = 8) -> FakeTask:
        return self.send(STREAM_CONTROL.encode(str_ctl=control, str_id=identifier, allocation_length=allocation))

    def open(self) -> int:
        task = self.control(1)
        assert task.status == GOOD
        assert len(task.data) == 8
        return int(decode_stream_control(task.data, [])["assigned_str_id"])

    def close(self, identifier: int) -> FakeTask:
        return self.control(2, identifier)

    def status(self, start: int = 0, allocation: int = 4096) -> FakeTask:
        return self.send(GET_STREAM_STATUS.encode(starting_stream_identifier=start, allocation_length=allocation))

    def listed(self, start: int = 0) -> tuple[int, list[int]]:
        warnings: list[str] = []
        found = decode_stream_status(self.status(start).data, warnings)
        assert warnings == []
        return found["number_of_open_streams"], [each["stream_identifier"] for each in found["streams"]]


def test_a_stream_is_open_until_it_is_closed_for_all_initiators() -> None:
    drive = Drive()
    first, second = drive.open(), drive.open()
    assert (first, second) == (1, 2)
    assert drive.listed() == (2, [1, 2])
    assert decode_stream_status(drive.send(GET_STREAM_STATUS.encode(allocation_length=99), by=OTHER).data, []) == \
        decode_stream_status(drive.status().data, [])
    closed = drive.close(first)
    assert closed.status == GOOD
    assert closed.data == bytes((7, 0, 0, 0, 0, 0, 0, 0))
    assert drive.listed() == (1, [2])
    assert (drive.streams.is_open(1), drive.streams.is_open(2)) == (False, True)


def test_an_identifier_is_given_out_once_while_it_is_open() -> None:
    drive = Drive(maximum=4)
    assert [drive.open() for _turn in range(3)] == [1, 2, 3]
    assert drive.control(1).codes == (0x05, 0x55, 0x03)
    drive.close(2)
    assert drive.open() == 2


def test_round_robin_gives_the_next() -> None:
    drive = Drive(maximum=4, assignment="round robin")
    assert drive.open() == 1
    drive.close(1)
    assert drive.open() == 2
    drive.close(2)
    assert [drive.open(), drive.open(), drive.open()] == [3, 1, 2]
    assert drive.control(1).codes == (0x05, 0x55, 0x03)


def test_permanent_streams_are_listed_count_and_cannot_be_closed_nor_given_out() -> None:
    drive = Drive(maximum=5, permanent=PERMANENT)
    answer = decode_stream_status(drive.status().data, [])
    assert [(each["stream_identifier"], each["perm"], each["relative_lifetime"]) for each in answer["streams"]] == [
        (0, True, 63), (3, True, 1)]
    assert answer["number_of_open_streams"] == 2
    assert drive.streams.is_open(0)
    assert drive.close(3).codes == INVALID_FIELD_IN_CDB
    assert [drive.open() for _turn in range(3)] == [1, 2, 4]
    assert drive.control(1).codes == (0x05, 0x55, 0x03)
    assert drive.listed() == (5, [0, 1, 2, 3, 4])


def test_the_length_does_not_depend_on_the_allocation_length() -> None:
    drive = Drive()
    for _turn in range(3):
        drive.open()
    whole = drive.status().data
    assert len(whole) == 8 + 3 * 8
    assert int.from_bytes(whole[:4], "big") == 24
    for allocation in (0, 1, 7, 8, 9, 20, 32, 1000):
        cut = drive.status(allocation=allocation)
        assert cut.status == GOOD
        assert cut.data == whole[:allocation]


def test_the_list_begins_where_it_is_asked_to() -> None:
    drive = Drive(maximum=8)
    for _turn in range(4):
        drive.open()
    drive.close(2)
    assert drive.listed(2) == (3, [3, 4])
    assert drive.listed(4) == (3, [4])
    assert drive.listed(5) == (3, [])
    assert drive.listed(8) == (3, [])
    refused = drive.status(9)
    assert refused.codes == INVALID_FIELD_IN_CDB
    assert refused.sense.field_pointer.byte == 4


def test_closing_what_is_not_open_names_the_field() -> None:
    refused = Drive().close(3)
    assert refused.codes == INVALID_FIELD_IN_CDB
    assert refused.sense.field_pointer.byte == 4


@pytest.mark.parametrize("control", [0, 3])
def test_reserved_controls_are_invalid(control: int) -> None:
    refused = Drive().control(control)
    assert refused.codes == INVALID_FIELD_IN_CDB
    assert (refused.sense.field_pointer.byte, refused.sense.field_pointer.bit) == (1, 6)


def test_an_open_ignores_the_identifier_and_a_short_allocation_length_opens_all_the_same() -> None:
    drive = Drive()
    task = drive.control(1, identifier=5, allocation=5)
    assert (task.status, task.data) == (GOOD, bytes((7, 0, 0, 0, 0)))
    assert drive.listed() == (1, [1])


def test_writing_asks_whether_the_stream_is_open() -> None:
    drive = Drive()
    drive.streams.check_open(drive.open(), 10)
    with pytest.raises(Check) as refused:
        drive.streams.check_open(2, 10)
    assert refused.value.more == {"field_pointer": (True, 10, None)}


def test_reduced_control_has_permanent_streams_only() -> None:
    drive = Drive(permanent=PERMANENT, reduced_control=True)
    assert drive.control(1).codes == INVALID_FIELD_IN_CDB
    assert drive.listed() == (2, [0, 3])
    page = decode_block_limits_extension(drive.streams.vpd_pages()[0xB7](), [])
    assert (page["rscs"], page["maximum_number_of_streams"]) == (True, 8)


def test_the_vpd_page_tells_the_limits() -> None:
    drive = Drive(maximum=300, optimal_write_size_blocks=64, granularity=70000)
    page = decode_block_limits_extension(drive.streams.vpd_pages()[0xB7](), [])
    assert (page["rscs"], page["maximum_number_of_streams"], page["optimal_stream_write_size_blocks"],
            page["stream_granularity_size"]) == (False, 300, 64, 70000)


def test_a_reset_closes_all_but_the_permanent_ones_and_power_on_does_not() -> None:
    drive = Drive(permanent=PERMANENT)
    drive.open()
    drive.unit.power_cycle()
    drive.calm()
    assert drive.listed() == (3, [0, 1, 3])
    drive.unit.reset("logical unit reset")
    drive.calm()
    assert drive.listed() == (2, [0, 3])
    kept = Drive(closed_by_reset=False)
    kept.open()
    kept.unit.reset("target warm reset")
    kept.calm()
    assert kept.listed() == (1, [1])


def test_as_scsi_debug_does_it() -> None:
    drive = Drive(maximum=6, permanent=[{"id": each} for each in range(6)], like_scsi_debug=True)
    assert drive.listed() == (6, [0, 1, 2, 3, 4, 5])
    short = drive.status(allocation=7)
    assert (short.codes, short.sense.field_pointer.byte) == (INVALID_FIELD_IN_CDB, 10)
    assert drive.status(6).codes == INVALID_FIELD_IN_CDB
    two = drive.status(allocation=24).data
    assert (len(two), int.from_bytes(two[:4], "big"), int.from_bytes(two[6:8], "big")) == (24, 16, 6)


def test_streams_survive_a_restart() -> None:
    drive = Drive(assignment="round robin")
    drive.open()
    drive.open()
    drive.close(1)
    again = Drive(assignment="round robin", state=drive.written)
    assert again.listed() == (1, [2])
    assert again.open() == 3
    assert Drive(maximum=2, state=drive.written).listed() == (0, [])
    assert Drive(state={}).listed() == (0, [])
    again.unit.reset("logical unit reset")
    again.calm()
    assert Drive(state=again.written).listed() == (0, [])


def test_a_disk_without_streams_has_no_such_commands() -> None:
    drive = Drive(maximum=0)
    assert drive.control(1).codes == (0x05, 0x20, 0x00)
    assert drive.status().codes == (0x05, 0x20, 0x00)


@pytest.mark.parametrize("settings, message", [
    ({"maximum": 70000}, r"\bstreams\.maximum\b.*\b0\b.*\b65535\b.*\b70000\b"),
    ({"permanent": [{"id": 8}]}, r"\bstreams\.permanent\[0\]\.id\b.*\b0\b.*\b7\b.*\b8\b"),
    ({"permanent": [{"id": 1}, {"id": 1}]}, r"\bstreams\.permanent\[1\]\.id\b.*\b1\b"),
    ({"permanent": 3}, r"\bstreams\.permanent\b.*\blist\b"),
    ({"reduced_control": "no"}, r"\bstreams\.reduced_control\b.*\btrue\b.*'no'"),
    ({"assignment": "random"}, r"\bstreams\.assignment\b.*\blowest, round robin\b.*'random'"),
])
def test_wrong_settings_are_named(settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Drive(**settings)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults, as an initiator notices them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.faults.faults import Faults
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.faults.match import blocks
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.diagnostics import Diagnostics
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.selftest import SelfTests
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.wire_faults import WireFaults
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.send_diagnostic import SEND_DIAGNOSTIC

from .bench import INQUIRY, ONE, OTHER, REQUEST_SENSE, TEST_UNIT_READY, Bench, FakeTimers

BUSY, RESERVATION_CONFLICT, TASK_SET_FULL = 0x08, 0x18, 0x28
LOG_SENSE = bytes((0x4D, 0, 0x50, 0, 0, 0, 0, 1, 0, 0))
REPORT_LUNS = bytes((0xA0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0))
DATA = bytes(range(96))


def read_10(lba: int, count: int = 1) -> bytes:
    return bytes((0x28, 0)) + lba.to_bytes(4, "big") + b"\0" + count.to_bytes(2, "big") + b"\0"


def drive(*faults: Any, **options: Any) -> Bench:
    return Bench(faults=faults, **options)


def statuses(bench: Bench, cdb: bytes = TEST_UNIT_READY, turns: int = 8) -> list[Any]:
    return [bench.send(cdb).status for _turn in range(turns)]


# -- which commands, and when

def test_without_faults_all_is_well() -> None:
    task = drive().send(read_10(1))
    assert (task.status, task.data, task.wire_faults) == (GOOD, DATA, None)


@pytest.mark.parametrize("name, status", [
    ("busy", BUSY), ("reservation conflict", RESERVATION_CONFLICT), ("task set full", TASK_SET_FULL)])
def test_a_status_comes_for_every_command_for_ever(name: str, status: int) -> None:
    bench = drive({"status": name})
    assert statuses(bench) == [status] * 8
    assert statuses(bench, INQUIRY) == [status] * 8


def test_a_command_is_known_by_its_code_and_service_action() -> None:
    bench = drive({"match": {"opcode": 0x28}, "status": "busy"})
    assert (bench.send(read_10(0)).status, bench.send(TEST_UNIT_READY).status) == (BUSY, GOOD)
    bench = drive({"match": {"opcode": 0x9E, "service_action": 0x10}, "status": "busy"},
                  {"match": {"opcode": 0x7F, "service_action": 0x0B}, "status": "task set full"})
    assert bench.send(bytes((0x9E, 0x10)) + bytes(14)).status == BUSY
    assert bench.send(bytes((0x9E, 0x12)) + bytes(14)).codes == (5, 0x20, 0)
    assert bench.send(bytes((0x7F, 0, 0, 0, 0, 0, 0, 24, 0, 0x0B)) + bytes(22)).status == TASK_SET_FULL


def test_an_initiator_is_known_by_its_name_or_its_port() -> None:
    for name in (OTHER.initiator_name, OTHER.initiator_port):
        bench = drive({"match": {"initiator": name}, "status": "busy"})
        assert bench.send(TEST_UNIT_READY, by=OTHER).status == BUSY
        assert bench.send(TEST_UNIT_READY, by=ONE).status == GOOD


def test_a_pattern_is_the_whole_cdb() -> None:
    bench = drive({"match": {"cdb": "28 00 xx xx xx xx 00 0001 XX"}, "status": "busy"})
    assert bench.send(read_10(0x12345)).status == BUSY
    assert bench.send(read_10(0x12345) + bytes(6)).status == BUSY
    assert bench.send(read_10(0x12345, 2)).status == GOOD
    assert bench.send(read_10(0x12345) + bytes(5) + b"\1").status == GOOD


@pytest.mark.parametrize("lba, count, hit", [
    (99, 1, False), (99, 2, True), (100, 1, True), (0, 1000, True), (109, 1, True), (110, 1, False), (100, 0, False)])
def test_blocks_are_hit_where_the_command_touches_one(lba: int, count: int, hit: bool) -> None:
    bench = drive({"match": {"lba": [100, 109]}, "status": "busy"})
    assert bench.send(read_10(lba, count)).status == (BUSY if hit else GOOD)
    assert bench.send(TEST_UNIT_READY).status == GOOD


@pytest.mark.parametrize("cdb, extent", [
    (bytes((0x08, 0xE1, 2, 3, 0, 0)), (0x10203, 0x10302)), (bytes((0x0A, 0, 0, 5, 2, 0)), (5, 6)),
    (read_10(7, 3), (7, 9)), (bytes((0xA8, 0, 0, 0, 0, 9, 0, 0, 1, 0, 0, 0)), (9, 264)),
    (bytes((0x88, 0)) + (1 << 40).to_bytes(8, "big") + bytes((0, 0, 0, 2, 0, 0)), (1 << 40, (1 << 40) + 1)),
    (bytes((0x9A, 0)) + (5).to_bytes(8, "big") + bytes((0, 9, 0, 2, 0, 0)), (5, 6)),
    (bytes((0x89, 0)) + (5).to_bytes(8, "big") + bytes((0, 0, 0, 1, 0, 0)), (5, 5)),
    (bytes((0x7F, 0, 0, 0, 0, 0, 0, 24, 0, 9, 0, 0)) + (5).to_bytes(8, "big") + bytes(8) + (4).to_bytes(4, "big"),
     (5, 8)),
    (bytes((0x35, 0, 0, 0, 0, 5, 0, 0, 0, 0)), (5, (1 << 64) - 1)), (TEST_UNIT_READY, None), (INQUIRY, None),
])
def test_the_blocks_of_a_command(cdb: bytes, extent: Any) -> None:
    assert blocks(cdb) == extent


@pytest.mark.parametrize("when, hits", [
    ({"count": 2}, [0, 1]), ({"once": True}, [0]), ({"after": 3}, [3, 4, 5, 6, 7]), ({"every": 3}, [2, 5]),
    ({"after": 1, "every": 2, "count": 2}, [2, 4]), ({"probability": 0}, []), ({"probability": 1}, list(range(8))),
])
def test_when_it_strikes(when: Any, hits: list[int]) -> None:
    found = statuses(drive(dict(when, status="busy")))
    assert [place for place, status in enumerate(found) if status == BUSY] == hits


def test_only_commands_that_are_meant_count() -> None:
    bench = drive({"match": {"opcode": 0x28}, "every": 2, "status": "busy"})
    statuses(bench)
    assert [status == BUSY for status in statuses(bench, read_10(0), 4)] == [False, True, False, True]


def test_chance_is_the_same_for_the_same_seed() -> None:
    def found(seed: int) -> Any:
        return statuses(drive({"probability": 0.25, "seed": seed, "status": "busy"}), turns=400)

    assert found(1) == found(1) != found(2)
    assert 60 < found(1).count(BUSY) < 140


def test_the_first_entry_whose_time_has_come_acts_and_all_count() -> None:
    bench = drive({"every": 2, "status": "busy"}, {"every": 3, "status": "task set full"},
                  {"count": 1, "status": "reservation conflict"})
    assert statuses(bench, turns=6) == [RESERVATION_CONFLICT, BUSY, TASK_SET_FULL, BUSY, GOOD, BUSY]


# -- what it does

def test_a_unit_attention_leaves_out_the_commands_that_never_tell_one() -> None:
    bench = drive({"unit_attention": [0x3F, 0x03], "count": 1})
    for cdb in (INQUIRY, REPORT_LUNS, REQUEST_SENSE):
        assert bench.send(cdb).status == GOOD
    assert bench.send(TEST_UNIT_READY).codes == (6, 0x3F, 0x03)
    assert bench.send(TEST_UNIT_READY).status == GOOD
    assert drive({"match": {"opcode": 0x12}, "unit_attention": [0x29, 0]}).send(INQUIRY).codes == (6, 0x29, 0)


def test_sense_is_told_in_the_format_that_the_unit_is_set_to() -> None:
    for descriptor_sense, response_code in ((False, 0x70), (True, 0x72)):
        bench = drive({"sense": [4, 0x44, 0]}, descriptor_sense=descriptor_sense)
        task = bench.send(TEST_UNIT_READY)
        assert task.codes == (4, 0x44, 0)
        assert task.sense.response_code == response_code
        assert task.data == b""


def test_sense_may_say_more() -> None:
    def sense(**more: Any) -> Any:
        return drive({"sense": dict({"codes": [5, 0x24, 0]}, **more)}).send(TEST_UNIT_READY).sense

    assert sense(information=77).information == 77
    pointer = sense(field_pointer={"byte": 2, "bit": 7}).field_pointer
    assert (pointer.in_cdb, pointer.byte, pointer.bit) == (True, 2, 7)
    pointer = sense(field_pointer={"byte": 9, "in_cdb": False}).field_pointer
    assert (pointer.in_cdb, pointer.byte, pointer.bit) == (False, 9, None)
    assert sense(codes=[2, 4, 9], progress=0x8000).progress == 0x8000
    assert sense(codes=[3, 0x11, 0], deferred=True).deferred
    assert not sense(codes=[3, 0x11, 0]).deferred


def test_a_medium_error_tells_the_first_bad_block_that_was_touched() -> None:
    bench = drive({"match": {"lba": [100, 109]}, "sense": {"codes": [3, 0x11, 0], "information": "lba"}})
    for lba, count, told in ((90, 20, 100), (105, 20, 105), (109, 1, 109)):
        task = bench.send(read_10(lba, count))
        assert task.codes == (3, 0x11, 0)
        assert task.sense.information == told
    assert bench.send(read_10(110)).status == GOOD


def test_a_delay_is_in_the_drives_seconds_and_then_all_is_well() -> None:
    timers = FakeTimers()
    bench = drive({"match": {"opcode": 0x28}, "delay_seconds": 100, "count": 1}, timers=timers,
                  clock=Clock(timers, time_scale=10))
    task = bench.send(read_10(1))
    timers.pass_time(9.9)
    assert not task.done
    assert bench.send(TEST_UNIT_READY).status == GOOD
    timers.pass_time(0.2)
    assert (task.status, task.data) == (GOOD, DATA)
    assert bench.send(read_10(1)).status == GOOD


def test_a_delayed_command_can_be_aborted() -> None:
    bench = drive({"delay_seconds": 1})
    task = bench.send(TEST_UNIT_READY)
    bench.abort(task)
    bench.timers.pass_time(10)
    assert task.status is None


def test_silence_lasts_until_the_command_is_aborted() -> None:
    bench = drive({"match": {"opcode": 0x28}, "silence": True, "count": 1})
    task = bench.send(read_10(1))
    bench.timers.pass_time(1e6)
    assert task.status is None
    bench.abort(task)
    assert bench.send(read_10(1)).status == GOOD


@pytest.mark.parametrize("place, started", [("before", False), ("after", True)])
def test_the_connection_goes_before_or_after_the_command_is_done(place: str, started: bool) -> None:
    tests = SelfTests(Clock(FakeTimers()))
    bench = Bench(tests, Diagnostics(tests), faults=[{"match": {"opcode": 0x1D}, "drop": place}])
    task = bench.send(SEND_DIAGNOSTIC.encode(self_test_code=1))
    assert task.wire_faults is not None
    assert task.wire_faults.drop
    assert (tests.running == 1) is started
    assert bench.send(TEST_UNIT_READY).wire_faults is None


def test_what_goes_wrong_on_the_wire_goes_wrong_whatever_the_answer_is() -> None:
    bench = drive({"wire": {"reject": 4, "data_sn_offset": -1, "spoil_data_digest": True, "extra_data": "00 ff",
                            "underflow": False}})
    expected = WireFaults(reject=4, data_sn_offset=-1, spoil_data_digest=True, extra_data=b"\x00\xff", underflow=False)
    assert bench.send(TEST_UNIT_READY).wire_faults == expected
    assert bench.send(bytes((0xEE,)) + bytes(15)).wire_faults == expected


def test_a_short_answer_with_the_right_or_a_wrong_residual() -> None:
    task = drive({"short": {"bytes": 10}}).send(LOG_SENSE)
    assert (task.status, task.data, task.wire_faults) == (GOOD, DATA[:10], None)
    bench = drive({"short": {"bytes": 10, "residual": "wrong"}})
    task = bench.send(LOG_SENSE)
    assert task.data == DATA[:10]
    assert task.wire_faults == WireFaults(residual=(1 << 20) - 96, underflow=True, overflow=False)
    assert bench.send(TEST_UNIT_READY).wire_faults is None


@pytest.mark.parametrize("cdb, first, last", [
    (LOG_SENSE, 2, 3), (REPORT_LUNS, 0, 3), (INQUIRY, 4, 4), (bytes((0x12, 1, 0x83, 0, 252, 0)), 2, 3)])
def test_a_wrong_length_in_the_header(cdb: bytes, first: int, last: int) -> None:
    right = int.from_bytes(DATA[first:last + 1], "big")
    size = last - first + 1
    for change, length in (({"value": 3}, 3), ({"add": 4}, right + 4), ({"add": -1}, right - 1),
                           ({"value": 1 << 40}, (1 << 8 * size) - 1), ({"add": -(1 << 31)}, 0)):
        data = drive({"length": change}).send(cdb).data
        assert int.from_bytes(data[first:last + 1], "big") == length
        assert data[:first] + data[last + 1:] == DATA[:first] + DATA[last + 1:]


def test_a_length_at_a_place_of_its_own_and_where_there_is_none() -> None:
    assert drive({"length": {"value": 9, "first": 0, "last": 1}}).send(read_10(0)).data == b"\0\x09" + DATA[2:]
    bench = drive({"length": {"value": 9}, "count": 1})
    assert bench.send(read_10(0)).data == DATA
    assert bench.send(LOG_SENSE).data[2:4] == b"\0\x09"


def test_garbage_is_the_same_for_the_same_seed_and_another_each_time() -> None:
    def found(seed: int) -> list[bytes]:
        bench = drive({"garbage": {}, "seed": seed})
        return [bench.send(LOG_SENSE).data for _turn in range(3)]

    assert found(1) == found(1) != found(2)
    assert len(set(found(1))) == 3
    assert all(len(each) == len(DATA) and each != DATA for each in found(1))
    data = drive({"garbage": {"first": 4, "last": 11}}).send(LOG_SENSE).data
    assert (data[:4], data[12:]) == (DATA[:4], DATA[12:])
    assert data[4:12] != DATA[4:12]
    assert drive({"garbage": {"first": 500}}).send(LOG_SENSE).data == DATA


def test_only_answers_with_data_count_for_what_is_done_to_answers() -> None:
    bench = drive({"short": {"bytes": 1}, "once": True})
    statuses(bench)
    bench.send(bytes((0xEE,)) + bytes(15))
    assert bench.send(LOG_SENSE).data == DATA[:1]
    assert bench.send(LOG_SENSE).data == DATA


def test_an_answer_may_be_spoilt_on_top_of_another_fault() -> None:
    task = drive({"wire": {"data_sn_offset": 1}}, {"short": {"bytes": 1, "residual": "wrong"}}).send(LOG_SENSE)
    assert task.data == DATA[:1]
    assert task.wire_faults == WireFaults(data_sn_offset=1, residual=(1 << 20) - 96, underflow=True, overflow=False)


# -- at run time, and after a restart

def test_faults_can_be_replaced_at_run_time_and_a_wrong_one_changes_nothing() -> None:
    bench = drive({"status": "busy"})
    bench.faults.replace([{"status": "task set full", "count": 1}])
    with pytest.raises(ValueError, match=r"\bfaults\[1\]\.status\b.*'lazy'"):
        bench.faults.replace([{"status": "busy"}, {"status": "lazy"}])
    assert statuses(bench, turns=2) == [TASK_SET_FULL, GOOD]
    bench.faults.replace([])
    assert statuses(bench, turns=2) == [GOOD, GOOD]


def test_what_is_left_of_a_count_survives_a_restart() -> None:
    faults = [{"status": "busy", "count": 3}, {"match": {"opcode": 0x28}, "status": "task set full", "once": True}]
    bench = drive(*faults)
    assert statuses(bench, turns=2) == [BUSY, BUSY]
    again = drive(*faults, state=bench.written)
    assert statuses(again, turns=2) == [BUSY, GOOD]
    assert again.send(read_10(0)).status == TASK_SET_FULL
    assert drive(*faults, state=again.written).send(read_10(0)).status == GOOD
    other = drive({"status": "busy", "count": 1}, faults[1], state=again.written)
    assert statuses(other, turns=2) == [BUSY, GOOD]
    assert other.send(read_10(0)).status == GOOD
    assert statuses(drive(*faults, state={}), turns=1) == [BUSY]


@pytest.mark.parametrize("fault, message", [
    ({}, r"\bfaults\[0\].*\bstatus, unit_attention, sense, "),
    ({"status": "busy", "silence": True}, r"\bfaults\[0\].*\bstatus, unit_attention, .*\bstatus and silence\b"),
    ({"stauts": "busy"}, r"\bfaults\[0\].*\bstauts\b.*\bafter\b"),
    ({"status": "idle"}, r"\bfaults\[0\]\.status\b.*\bbusy, reservation conflict, task set full\b.*'idle'"),
    ("busy", r"\bfaults\[0\].*\bdictionary\b"),
    ({"match": {"opcode": 300}, "status": "busy"}, r"\bfaults\[0\]\.match\.opcode\b.*\b0\b.*\b255\b.*\b300\b"),
    ({"match": {"service_action": 3}, "status": "busy"}, r"\bfaults\[0\]\.match\.service_action\b.*\bopcode\b"),
    ({"match": {"lba": [5, 2]}, "status": "busy"}, r"\bfaults\[0\]\.match\.lba\b.*\blist\b.*\[5, 2\]"),
    ({"match": {"lba": True}, "status": "busy"}, r"\bfaults\[0\]\.match\.lba\[0\].*\bnumber\b.*\bTrue\b"),
    ({"match": {"cdb": "1x"}, "status": "busy"}, r"\bfaults\[0\]\.match\.cdb\b.*\bhex\b.*'1x'"),
    ({"match": {"cdb": 12}, "status": "busy"}, r"\bfaults\[0\]\.match\.cdb\b.*\bhex\b.*\b12\b"),
    ({"match": {"cdb": ""}, "status": "busy"}, r"\bfaults\[0\]\.match\.cdb\b.*\bhex\b.*''"),
    ({"match": {"initiator": 3}, "status": "busy"}, r"\bfaults\[0\]\.match\.initiator\b.*\bname\b.*\b3\b"),
    ({"status": "busy", "count": 0}, r"\bfaults\[0\]\.count\b.*\b1\b.*\b0\b"),
    ({"status": "busy", "count": 2, "once": True}, r"\bfaults\[0\].*\bonce\b.*\bcount\b"),
    ({"status": "busy", "every": 1.5}, r"\bfaults\[0\]\.every\b.*\bnumber\b.*\b1\.5\b"),
    ({"status": "busy", "probability": 2}, r"\bfaults\[0\]\.probability\b.*\b0\b.*\b1\b.*\b2\b"),
    ({"unit_attention": [6, 0x29, 0]}, r"\bfaults\[0\]\.unit_attention\b.*\blist\b.*\[6, 41, 0\]"),
    ({"sense": [4]}, r"\bfaults\[0\]\.sense\b.*\blist\b.*\[4\]"),
    ({"sense": {"codes": [16, 0, 0]}}, r"\bfaults\[0\]\.sense\.codes\[0\].*\b0\b.*\b15\b.*\b16\b"),
    ({"sense": {"codes": [3, 0, 0], "progress": 5}}, r"\bfaults\[0\]\.sense\b.*\bsense key 3h\b"),
    ({"sense": {"codes": [3, 0, 0], "information": "here"}}, r"\bfaults\[0\]\.sense\.information\b.*'here'"),
    ({"sense": {"codes": [5, 0, 0], "field_pointer": {"byte": None}}}, r"\bsense\.field_pointer\.byte\b.*\bNone\b"),
    ({"silence": False}, r"\bfaults\[0\]\.silence\b.*\btrue\b.*\bFalse\b"),
    ({"delay_seconds": -1}, r"\bfaults\[0\]\.delay_seconds\b.*\b0\b.*-1\b"),
    ({"drop": "now"}, r"\bfaults\[0\]\.drop\b.*\bbefore, after\b.*'now'"),
    ({"wire": {}}, r"\bfaults\[0\]\.wire\b.*\bbuffer_offset_offset\b.*\{\}"),
    ({"wire": {"rejects": 1}}, r"\bfaults\[0\]\.wire\b.*\brejects\b"),
    ({"wire": {"drop": 1}}, r"\bfaults\[0\]\.wire\.drop\b.*\btrue\b.*\b1\b"),
    ({"wire": {"extra_data": "xyz"}}, r"\bfaults\[0\]\.wire\.extra_data\b.*\bhex\b.*'xyz'"),
    ({"wire": {"reject": 256}}, r"\bfaults\[0\]\.wire\.reject\b.*\b0\b.*\b255\b.*\b256\b"),
    ({"short": {"residual": "wrong"}}, r"\bfaults\[0\]\.short\.bytes\b.*\bnumber\b.*\bNone\b"),
    ({"length": {}}, r"\bfaults\[0\]\.length\b.*\bvalue\b.*\badd\b"),
    ({"length": {"value": 1, "last": 4}}, r"\bfaults\[0\]\.length\.first\b.*\bnumber\b.*\bNone\b"),
    ({"match": {"opcode": 0x28}, "length": {"value": 1}}, r"\bfaults\[0\]\.length\b.*\b28h\b.*\blength\b"),
    ({"garbage": {"first": 5, "last": 4}}, r"\bfaults\[0\]\.garbage\.last\b.*\b5\b.*\b4\b"),
])
def test_a_wrong_entry_is_named_and_what_would_be_right(fault: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Faults([fault])


def test_faults_are_a_list() -> None:
    with pytest.raises(ValueError, match=r"\bfaults\b.*\blist\b"):
        Faults({"status": "busy"})  # type: ignore[arg-type]

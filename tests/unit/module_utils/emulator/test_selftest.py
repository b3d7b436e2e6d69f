# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Self tests, as an initiator notices them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.diagnostics import Diagnostics
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.selftest import SelfTests
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_selftest_results import decode_self_test_results
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.send_diagnostic import SEND_DIAGNOSTIC

from .bench import INQUIRY, OTHER, REQUEST_SENSE, TEST_UNIT_READY, Bench, FakeTask, FakeTimers

IN_PROGRESS = (0x02, 0x04, 0x09)
INVALID_FIELD_IN_CDB = (0x05, 0x24, 0x00)
BACKGROUND_SHORT, BACKGROUND_EXTENDED, ABORT, FOREGROUND_SHORT, FOREGROUND_EXTENDED = 1, 2, 4, 5, 6
HOUR = 3600.0


def send_diagnostic(code: int = 0, **fields: Any) -> bytes:
    return SEND_DIAGNOSTIC.encode(fields, self_test_code=code)


class Drive(Bench):
    def __init__(self, scale: float = 1.0, hours: float = 100, state: Any = None, **settings: Any) -> None:
        timers = FakeTimers()
        clock = Clock(timers, scale, hours * HOUR)
        self.tests = SelfTests(clock, settings)
        super().__init__(self.tests, Diagnostics(self.tests), timers=timers, clock=clock, state=state)

    def start(self, code: int) -> FakeTask:
        return self.send(send_diagnostic(code))

    @property
    def log(self) -> list[dict[str, Any]]:
        page = self.tests.log_pages()[0x10, 0]()
        assert len(page) == 4 + 0x190
        warnings: list[str] = []
        found = decode_self_test_results(page, warnings)
        assert warnings == []
        return found

    @property
    def newest(self) -> dict[str, Any]:
        return self.log[0]

    @property
    def outcome(self) -> tuple[int, int]:
        return self.newest["self_test_code"]["value"], self.newest["result"]["value"]


def test_a_background_test_is_good_at_once_and_in_the_log_as_running() -> None:
    drive = Drive()
    assert drive.start(BACKGROUND_SHORT).status == GOOD
    assert drive.outcome == (BACKGROUND_SHORT, 15)
    assert drive.newest["power_on_hours"] is None


def test_it_passes_when_its_time_is_over_and_the_log_has_the_hours() -> None:
    drive = Drive(hours=100, short_seconds=60)
    drive.start(BACKGROUND_SHORT)
    drive.timers.pass_time(59.9)
    assert drive.outcome == (BACKGROUND_SHORT, 15)
    drive.timers.pass_time(0.2)
    assert drive.outcome == (BACKGROUND_SHORT, 0)
    assert drive.newest["power_on_hours"] == 100
    assert drive.newest["address_of_first_failure"] is None
    assert drive.newest["self_test_number"] is None
    assert drive.request_sense().key == 0
    assert drive.timers.pending == 0


def test_a_poll_that_is_faster_than_the_timer_sees_the_end_too() -> None:
    drive = Drive(short_seconds=60)
    drive.start(BACKGROUND_SHORT)
    drive.timers.pass_time(60, late=True)
    assert drive.request_sense().key == 0
    assert drive.outcome == (BACKGROUND_SHORT, 0)
    drive.timers.pass_time(10)
    assert len(drive.log) == 1


def test_the_clock_may_run_faster() -> None:
    drive = Drive(scale=3600, hours=100, extended_seconds=2 * HOUR)
    drive.start(BACKGROUND_EXTENDED)
    drive.timers.pass_time(1.5)
    assert drive.outcome == (BACKGROUND_EXTENDED, 15)
    drive.timers.pass_time(0.51)
    assert drive.outcome == (BACKGROUND_EXTENDED, 0)
    assert drive.newest["power_on_hours"] == 102


@pytest.mark.parametrize("code", [BACKGROUND_SHORT, FOREGROUND_SHORT])
def test_request_sense_tells_progress_that_never_goes_back_nor_reaches_the_end(code: int) -> None:
    drive = Drive(short_seconds=60, suspension_seconds=0.1)
    drive.start(code)
    seen = []
    while drive.tests.running is not None:
        sense = drive.request_sense()
        assert (sense.key, sense.asc, sense.ascq) == IN_PROGRESS
        seen.append(sense.progress)
        drive.timers.pass_time(0.7)
        drive.send(TEST_UNIT_READY)
    assert seen == sorted(seen)
    assert seen[0] == 0 and 64000 < seen[-1] < 65536
    assert drive.request_sense().key == 0


def test_other_commands_are_served_during_a_background_test_and_suspend_it() -> None:
    drive = Drive(short_seconds=60, suspension_seconds=1)
    drive.start(BACKGROUND_SHORT)
    for _turn in range(10):
        assert drive.send(TEST_UNIT_READY).status == GOOD
        drive.timers.pass_time(1)
    drive.timers.pass_time(59.5)
    assert drive.outcome == (BACKGROUND_SHORT, 15)
    drive.timers.pass_time(1)
    assert drive.outcome == (BACKGROUND_SHORT, 0)


def test_looking_does_not_suspend_it() -> None:
    drive = Drive(short_seconds=60, suspension_seconds=1)
    drive.start(BACKGROUND_SHORT)
    for _turn in range(60):
        drive.good(REQUEST_SENSE)
        drive.good(INQUIRY)
        drive.timers.pass_time(1)
    assert drive.outcome == (BACKGROUND_SHORT, 0)


@pytest.mark.parametrize("code", [BACKGROUND_SHORT, BACKGROUND_EXTENDED, FOREGROUND_SHORT, FOREGROUND_EXTENDED])
def test_a_second_test_is_refused_with_the_progress_of_the_first(code: int) -> None:
    drive = Drive(extended_seconds=100)
    drive.start(BACKGROUND_EXTENDED)
    drive.timers.pass_time(50)
    refused = drive.start(code)
    assert refused.codes == IN_PROGRESS
    assert abs(refused.sense.progress - 0x8000) < 10
    assert drive.send(send_diagnostic(selftest=True)).codes == IN_PROGRESS
    assert len(drive.log) == 1


def test_send_diagnostic_that_asks_for_nothing_is_good_also_while_a_test_runs() -> None:
    drive = Drive()
    assert drive.send(send_diagnostic()).status == GOOD
    drive.start(BACKGROUND_SHORT)
    assert drive.send(send_diagnostic()).status == GOOD
    assert drive.outcome == (BACKGROUND_SHORT, 15)


def test_abort_ends_the_test_with_its_own_code_and_result_1() -> None:
    drive = Drive()
    drive.start(BACKGROUND_EXTENDED)
    assert drive.start(ABORT).status == GOOD
    assert drive.outcome == (BACKGROUND_EXTENDED, 1)
    assert drive.newest["power_on_hours"] == 100
    assert drive.timers.pending == 0


def test_abort_without_a_test_is_an_invalid_field() -> None:
    drive = Drive()
    refused = drive.start(ABORT)
    assert refused.codes == INVALID_FIELD_IN_CDB
    assert (refused.sense.field_pointer.byte, refused.sense.field_pointer.bit) == (1, 7)
    assert drive.log == []


def test_some_drives_say_good_to_it() -> None:
    assert Drive(lenient_abort=True).start(ABORT).status == GOOD


@pytest.mark.parametrize("cdb", [
    bytes((0x04, 0, 0, 0, 0, 0)), bytes((0x1B, 0, 0, 0, 0, 0)), bytes((0x3B, 0x05, 0, 0, 0, 0, 0, 0, 0, 0)),
    bytes((0x48, 0x02, 0, 0, 0, 0, 0, 0, 0, 0)),
], ids=["format", "stop", "download", "sanitize"])
def test_exception_commands_end_a_background_test_with_result_2_and_are_done(cdb: bytes) -> None:
    drive = Drive()
    drive.start(BACKGROUND_SHORT)
    assert drive.send(cdb).status == GOOD
    assert drive.outcome == (BACKGROUND_SHORT, 2)
    assert drive.request_sense().key == 0


@pytest.mark.parametrize("cdb", [
    bytes((0x1B, 0, 0, 0, 1, 0)), bytes((0x1B, 0, 0, 0, 0x20, 0)), bytes((0x3B, 0x02, 0, 0, 0, 0, 0, 0, 0, 0)),
], ids=["start", "power condition", "write data"])
def test_their_harmless_forms_do_not(cdb: bytes) -> None:
    drive = Drive()
    drive.start(BACKGROUND_SHORT)
    assert drive.send(cdb).status == GOOD
    assert drive.outcome == (BACKGROUND_SHORT, 15)


@pytest.mark.parametrize("kind", ["logical unit reset", "target cold reset", "power on"])
@pytest.mark.parametrize("code", [BACKGROUND_SHORT, FOREGROUND_EXTENDED])
def test_a_reset_ends_it_with_result_2(kind: str, code: int) -> None:
    drive = Drive()
    drive.start(code)
    drive.unit.reset(kind)
    assert drive.outcome == (code, 2)
    drive.timers.pass_time(10000)
    assert len(drive.log) == 1


def test_a_foreground_test_answers_when_it_is_over() -> None:
    drive = Drive(short_seconds=60)
    task = drive.start(FOREGROUND_SHORT)
    drive.timers.pass_time(59)
    assert not task.done
    drive.timers.pass_time(2)
    assert task.status == GOOD
    assert drive.outcome == (FOREGROUND_SHORT, 0)


def test_during_a_foreground_test_only_three_commands_are_done_for_whoever_sends_them() -> None:
    drive = Drive(short_seconds=60)
    drive.start(FOREGROUND_SHORT)
    drive.timers.pass_time(30)
    for cdb in (INQUIRY, REQUEST_SENSE, bytes((0xA0,)) + bytes(11)):
        assert drive.send(cdb, by=OTHER).status == GOOD
    for cdb in (TEST_UNIT_READY, bytes((0x28,)) + bytes(9), bytes((0x4D,)) + bytes(9), send_diagnostic(ABORT),
                bytes((0x04, 0, 0, 0, 0, 0))):
        refused = drive.send(cdb, by=OTHER)
        assert refused.codes == IN_PROGRESS
        assert refused.sense.progress == 0x8000
    drive.timers.pass_time(30)
    assert drive.outcome == (FOREGROUND_SHORT, 0)


def test_aborting_the_task_aborts_the_foreground_test() -> None:
    drive = Drive()
    task = drive.start(FOREGROUND_SHORT)
    drive.abort(task)
    assert drive.outcome == (FOREGROUND_SHORT, 2)
    assert drive.send(TEST_UNIT_READY).status == GOOD
    drive.timers.pass_time(10000)
    assert task.status is None


@pytest.mark.parametrize("result, segment, number", [(4, None, None), (5, 1, 1), (6, 2, 2), (7, 3, 3), (7, 200, 200)])
def test_a_failure_is_logged_with_its_segment_address_and_sense(result: int, segment: Any, number: Any) -> None:
    drive = Drive(extended_seconds=100, plan=[{"segment": segment, "lba": 0x123456789A, "at_percent": 30}])
    drive.start(BACKGROUND_EXTENDED)
    drive.timers.pass_time(29)
    assert drive.outcome == (BACKGROUND_EXTENDED, 15)
    drive.timers.pass_time(2)
    newest = drive.newest
    assert drive.outcome == (BACKGROUND_EXTENDED, result)
    assert newest["self_test_number"] == number
    assert newest["address_of_first_failure"] == 0x123456789A
    assert (newest["sense_key"]["value"], newest["additional_sense_code"],
            newest["additional_sense_code_qualifier"]) == (3, 0x11, 0)


@pytest.mark.parametrize("plan, codes, logged", [
    ({"lba": 7}, (0x04, 0x3E, 0x03), 4), ({"result": "unknown error"}, (0x04, 0x3E, 0x03), 3),
    ({"result": "log failure"}, (0x04, 0x3E, 0x04), None),
])
def test_a_foreground_test_that_fails_ends_with_check_condition(plan: Any, codes: Any, logged: Any) -> None:
    drive = Drive(plan=[plan])
    task = drive.start(FOREGROUND_SHORT)
    drive.timers.pass_time(60)
    assert task.codes == codes
    assert [each["result"]["value"] for each in drive.log] == ([] if logged is None else [logged])


def test_the_sense_of_a_late_answer_has_the_format_that_the_unit_is_set_to() -> None:
    drive = Drive(plan=[{}])
    drive.descriptor_sense = True
    task = drive.start(FOREGROUND_SHORT)
    drive.timers.pass_time(60)
    assert task.sense.response_code == 0x72


def test_an_entry_of_the_plan_counts_for_its_test_and_as_often_as_it_says() -> None:
    drive = Drive(short_seconds=10, extended_seconds=10, plan=[{"test": "short", "segment": 1, "count": 2}])
    codes = []
    for code in (BACKGROUND_EXTENDED, BACKGROUND_SHORT, FOREGROUND_SHORT, BACKGROUND_SHORT):
        drive.start(code)
        drive.timers.pass_time(11)
        codes.append(drive.outcome[1])
    assert codes == [0, 5, 5, 0]


def test_the_log_keeps_the_last_twenty_newest_first_the_running_one_included() -> None:
    drive = Drive(hours=0, short_seconds=10)
    for _turn in range(25):
        drive.start(BACKGROUND_SHORT)
        drive.timers.pass_time(HOUR)
    assert [each["power_on_hours"] for each in drive.log] == list(range(24, 4, -1))
    drive.start(BACKGROUND_SHORT)
    assert [each["power_on_hours"] for each in drive.log] == [None] + list(range(24, 5, -1))
    assert [each["parameter_code"] for each in drive.log] == list(range(1, 21))


def test_hours_saturate() -> None:
    drive = Drive(hours=70000, short_seconds=1)
    drive.start(BACKGROUND_SHORT)
    drive.timers.pass_time(2)
    assert drive.newest["power_on_hours_saturated"]


def test_the_default_test_is_done_at_once_and_not_logged() -> None:
    drive = Drive()
    assert drive.send(send_diagnostic(selftest=True)).status == GOOD
    assert drive.log == []


def test_the_default_test_may_fail_take_time_and_be_logged() -> None:
    drive = Drive(default_seconds=5, log_default_test=True, plan=[{"test": "default", "segment": 2, "at_percent": 100}])
    task = drive.send(send_diagnostic(selftest=True))
    assert drive.send(TEST_UNIT_READY).codes == IN_PROGRESS
    drive.timers.pass_time(6)
    assert task.codes == (0x04, 0x3E, 0x03)
    assert drive.outcome == (0, 6)
    assert Drive(plan=[{}]).send(send_diagnostic(selftest=True)).codes == (0x04, 0x3E, 0x03)


@pytest.mark.parametrize("fields, byte, bit", [
    ({"code": 1, "selftest": True}, 1, 7), ({"code": 3}, 1, 7), ({"code": 7}, 1, 7),
    ({"code": 1, "parameter_list_length": 4}, 3, None), ({"selftest": True, "parameter_list_length": 1}, 3, None),
])
def test_what_makes_no_sense_is_an_invalid_field(fields: Any, byte: int, bit: Any) -> None:
    drive = Drive()
    refused = drive.send(send_diagnostic(**fields))
    assert refused.codes == INVALID_FIELD_IN_CDB
    assert (refused.sense.field_pointer.byte, refused.sense.field_pointer.bit) == (byte, bit)
    assert drive.log == []


def test_off_line_bits_mean_something_with_the_default_test_only() -> None:
    strict = Drive(off_line=False)
    assert strict.send(send_diagnostic(BACKGROUND_SHORT, devoffl=True)).status == GOOD
    strict = Drive(off_line=False)
    for name, bit in (("devoffl", 1), ("unitoffl", 0)):
        refused = strict.send(send_diagnostic(selftest=True, **{name: True}))
        assert refused.codes == INVALID_FIELD_IN_CDB
        assert refused.sense.field_pointer.bit == bit
    assert Drive().send(send_diagnostic(selftest=True, devoffl=True, unitoffl=True)).status == GOOD


def test_a_drive_without_an_extended_test_refuses_it() -> None:
    drive = Drive(extended_seconds=0)
    assert drive.start(BACKGROUND_EXTENDED).codes == INVALID_FIELD_IN_CDB
    assert drive.start(BACKGROUND_SHORT).status == GOOD
    assert (drive.tests.extended_completion_seconds, drive.tests.extended_completion_minutes) == (0, 0)


@pytest.mark.parametrize("seconds, shown, minutes", [(587, 587, 10), (70000, 0xFFFF, 1167), (1e9, 0xFFFF, 0xFFFF)])
def test_the_pages_tell_how_long_an_extended_test_takes(seconds: float, shown: int, minutes: int) -> None:
    tests = Drive(extended_seconds=seconds).tests
    assert (tests.extended_completion_seconds, tests.extended_completion_minutes) == (shown, minutes)


def test_results_and_the_plan_survive_a_restart_and_a_test_that_ran_does_not() -> None:
    settings: dict[str, Any] = {"short_seconds": 10, "extended_seconds": 100, "plan": [{"test": "short", "count": 1}]}
    drive = Drive(hours=100, **settings)
    drive.start(BACKGROUND_SHORT)
    drive.timers.pass_time(10)
    drive.start(BACKGROUND_EXTENDED)
    drive.timers.pass_time(40)

    again = Drive(hours=103, state=drive.written, **settings)
    assert [(each["self_test_code"]["value"], each["result"]["value"], each["power_on_hours"]) for each in again.log] \
        == [(BACKGROUND_EXTENDED, 2, 103), (BACKGROUND_SHORT, 4, 100)]
    assert again.request_sense().key == 0
    again.timers.pass_time(1000)
    assert len(again.log) == 2
    again.start(BACKGROUND_SHORT)
    again.timers.pass_time(10)
    assert again.outcome == (BACKGROUND_SHORT, 0)
    assert Drive(state=again.written, **settings).log == again.log


def test_what_an_initiator_was_told_is_written_before() -> None:
    drive = Drive(short_seconds=60)
    task = drive.start(FOREGROUND_SHORT)
    told: list[Any] = []
    task.complete = lambda *arguments: told.append(drive.written["selftest"]["results"])  # type: ignore[method-assign]
    drive.timers.pass_time(60)
    assert [each["result"] for each in told[0]] == [0]


def test_a_foreground_test_does_not_survive_a_restart() -> None:
    drive = Drive()
    drive.start(FOREGROUND_SHORT)
    again = Drive(state=drive.written)
    assert again.outcome == (FOREGROUND_SHORT, 2)
    assert again.send(TEST_UNIT_READY).status == GOOD


def test_a_power_cycle_ends_a_test_with_result_2() -> None:
    drive = Drive()
    task = drive.start(FOREGROUND_SHORT)
    drive.abort(task)
    drive.start(BACKGROUND_EXTENDED)
    drive.unit.power_cycle()
    drive.calm()
    assert [each["result"]["value"] for each in drive.log] == [2, 2]
    assert drive.timers.pending == 0


def test_an_empty_state_is_one() -> None:
    assert Drive(state={}).log == []


@pytest.mark.parametrize("settings, message", [
    ({"short_seconds": -1}, r"\bselftest\.short_seconds\b.*\b0\b.*-1\b"),
    ({"shot_seconds": 1}, r"\bselftest\b.*\bshot_seconds\b.*\bdefault_seconds\b"),
    ({"plan": [{"segment": 0}]}, r"\bselftest\.plan\[0\]\.segment\b.*\b1\b.*\b255\b.*\b0\b"),
    ({"plan": [{"result": "bad"}]}, r"\bselftest\.plan\[0\]\.result\b.*\bfailed, unknown error, log\b.*'bad'"),
    ({"plan": [{"sense": [3, 17]}]}, r"\bselftest\.plan\[0\]\.sense\b.*\blist\b.*\[3, 17\]"),
    ({"plan": [{"result": "log failure", "lba": 3}]}, r"\bselftest\.plan\[0\].*\bsegment\b.*\blba\b.*\bsense\b"),
    ({"plan": [{"lba": True}]}, r"\bselftest\.plan\[0\]\.lba\b.*\bnumber\b.*\bTrue\b"),
    ({"plan": 3}, r"\bselftest\.plan\b.*\blist\b"),
    ({"short_seconds": float("inf")}, r"\bselftest\.short_seconds\b.*\b0\b.*\binf\b"),
    ({"off_line": 1}, r"\bselftest\.off_line\b.*\btrue\b.*\b1\b"),
    ({"plan": ["x"]}, r"\bselftest\.plan\[0\].*\bdictionary\b"),
])
def test_wrong_settings_are_named(settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Drive(**settings)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scsi_selftest does with a drive, from the first look to the verdict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest import run as selftest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import Wanted, run_selftests
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import CHECK_CONDITION, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense

from .entries import shown
from .scripted import ScriptedDrive, result

SHORT, EXTENDED, ABORT, FOREGROUND_SHORT = 1, 2, 4, 5
OPTIONS: dict[str, Any] = {
    "state": "passed", "test": "short", "foreground": False, "max_age": "30d", "on_unknown": "fail", "wait": False,
    "poll_interval": 0.01, "wait_timeout": None, "device_offline": False, "unit_offline": False, "force": False,
    "skip_standby": False,
}


@pytest.fixture(name="drive")
def _drive() -> ScriptedDrive:
    """A healthy drive of 1000 hours that has never been tested."""
    return ScriptedDrive()


def attend(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, check_mode: bool = False,
           **options: Any) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    entries = run_selftests(
        [drive.device], Options(check_mode=check_mode), Wanted.from_options(dict(OPTIONS, **options)))
    assert len(entries) == 1
    return shown(entries[0])


def codes_sent(drive: ScriptedDrive) -> list[int]:
    """The second byte of each SEND DIAGNOSTIC."""
    return [command.cdb[1] for command in drive.sent if command.cdb[0] == 0x1D]


def told(entry: dict[str, Any]) -> Any:
    return entry["status"], entry["changed"], entry["selftest"]["verdict"]


def test_a_drive_that_was_never_tested_gets_a_test(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", True, "started")
    assert codes_sent(drive) == [SHORT << 5]
    assert entry["selftest"]["running"] is True and entry["selftest"]["running_test"] == "short"
    assert sorted(entry["diff"]) == ["after", "before"]
    before, after = entry["diff"]["before"]["self_test"], entry["diff"]["after"]["self_test"]
    assert "short" in before and "short" in after and "started" in after and "started" not in before


def test_the_second_run_leaves_the_running_test_alone(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    attend(monkeypatch, drive)
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "running")
    assert codes_sent(drive) == [SHORT << 5]
    assert "short" in entry["reason"] and "67 %" in entry["reason"]
    assert entry["selftest"]["progress_percent"] == pytest.approx(66.7, abs=0.1)


def test_a_run_after_the_test_finds_it_passed(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    attend(monkeypatch, drive, wait=True)
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "passed")
    assert entry["selftest"]["age_hours"] == 0 and "diff" not in entry
    assert len(codes_sent(drive)) == 1


@pytest.mark.parametrize("outcome,lba,status,verdict,said", [
    (0, None, "ok", "passed", "0 power-on hours"),
    (7, 4660, "failed", "failed", "LBA 4660"),
    (2, None, "failed", "aborted", "aborted by other means"),
])
def test_wait_reports_the_result(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, outcome: int,
                                 lba: int | None, status: str, verdict: str, said: str) -> None:
    drive.outcome, drive.failure_lba = outcome, lba
    entry = attend(monkeypatch, drive, wait=True)
    assert told(entry) == (status, True, verdict)
    assert "short" in entry["reason"] and said in entry["reason"]


def test_a_result_like_the_one_before_is_still_seen(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.log = [result(SHORT, 0, 1000)] * 20
    entry = attend(monkeypatch, drive, state="started", wait=True)
    assert told(entry) == ("ok", True, "passed")


def test_a_result_that_never_comes_is_not_made_up(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    monkeypatch.setattr(selftest, "_SETTLE_SECONDS", 0.01)
    drive.log = [result(SHORT, 0, 100)]
    drive.answers[0x1D] = lambda command: Reply(0)  # says GOOD and does nothing
    entry = attend(monkeypatch, drive, state="started", wait=True)
    assert told(entry) == ("failed", True, "unknown")
    assert "short" in entry["reason"] and "log" in entry["reason"] and entry["selftest"]["running"] is False


def test_an_old_result_is_not_taken_for_the_new_one(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    """A drive that shows the test running and never logs how it ended."""
    monkeypatch.setattr(selftest, "_SETTLE_SECONDS", 0.01)
    drive.log = [result(SHORT, 0, 500)]
    drive.logs_results = False
    entry = attend(monkeypatch, drive, state="started", test="extended", wait=True)
    assert told(entry) == ("failed", True, "unknown")


def test_progress_is_told_by_tenths_as_the_test_runs(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.steps_of_a_test = 40
    told_so_far: list[str] = []
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    wanted = Wanted.from_options(dict(OPTIONS, state="started", wait=True, poll_interval=0.001))
    run_selftests([drive.device], Options(tell=told_so_far.append), wanted)
    assert 8 <= len(told_so_far) <= 11
    assert all(line.startswith("/dev/sg1: ") and "short" in line for line in told_so_far)
    percents = [int(re.search(r"(\d+) %", line).group(1)) for line in told_so_far]
    assert percents == sorted(percents) and len({percent // 10 for percent in percents}) == len(percents)


def test_a_wait_ends_when_it_must(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.steps_of_a_test = 10000
    entry = attend(monkeypatch, drive, wait=True, wait_timeout=0.05)
    assert told(entry) == ("timeout", True, "running")
    assert "short" in entry["reason"] and "extended" not in entry["reason"]


def test_a_failed_test_is_reported_and_not_repeated(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.log = [result(EXTENDED, 7, 990, lba=77, segment=2), result(SHORT, 0, 980)]
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("failed", False, "failed")
    assert codes_sent(drive) == []
    assert entry["selftest"]["age_hours"] == 10


def test_a_waiting_run_judges_the_test_that_it_found(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(EXTENDED, 3)
    entry = attend(monkeypatch, drive, wait=True)
    assert told(entry) == ("ok", False, "passed")
    assert codes_sent(drive) == []


def test_a_weaker_test_is_waited_for_and_then_the_stronger_one_runs(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(SHORT, 3)
    entry = attend(monkeypatch, drive, test="extended", wait=True)
    assert told(entry) == ("ok", True, "passed")
    assert codes_sent(drive) == [EXTENDED << 5]


def test_check_mode_predicts_and_sends_nothing(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive, check_mode=True)
    assert told(entry) == ("ok", True, "started")
    assert codes_sent(drive) == [] and "short" in entry["diff"]["after"]["self_test"]


def test_started_starts_whatever_the_log_says(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.log = [result(SHORT, 0, 1000)]
    assert told(attend(monkeypatch, drive, state="started")) == ("ok", True, "started")
    assert codes_sent(drive) == [SHORT << 5]


def test_started_does_not_disturb_a_running_test(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(EXTENDED, 9)
    entry = attend(monkeypatch, drive, state="started")
    assert told(entry) == ("failed", False, "running")
    assert "extended" in entry["reason"] and "force" in entry["reason"] and codes_sent(drive) == []


def test_started_with_force_aborts_first(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(EXTENDED, 9)
    assert told(attend(monkeypatch, drive, state="started", force=True)) == ("ok", True, "started")
    assert codes_sent(drive) == [ABORT << 5, SHORT << 5]


def test_aborted_ends_the_test(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(EXTENDED, 9)
    entry = attend(monkeypatch, drive, state="aborted")
    assert told(entry) == ("ok", True, "aborted")
    assert entry["selftest"]["newest"]["result"]["value"] == 1 and entry["selftest"]["running"] is False


def test_aborted_has_nothing_to_do_where_none_runs(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    assert told(attend(monkeypatch, drive, state="aborted")) == ("ok", False, "not_running")
    assert codes_sent(drive) == []


def test_aborted_in_check_mode_sends_nothing(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(EXTENDED, 9)
    assert told(attend(monkeypatch, drive, check_mode=True, state="aborted")) == ("ok", True, "aborted")
    assert codes_sent(drive) == [] and drive.running == EXTENDED


def test_a_test_that_ended_before_the_abort_came(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(SHORT, 2)
    honest = ScriptedDrive._send_diagnostic

    def race(command: Any) -> Reply:
        drive._end(0)
        return honest(drive, command)

    drive.answers[0x1D] = race
    entry = attend(monkeypatch, drive, state="aborted")
    assert told(entry) == ("ok", False, "not_running") and "diff" not in entry
    assert codes_sent(drive) == [ABORT << 5] and entry["selftest"]["newest"]["result"]["value"] == 0
    assert "abort" in entry["reason"]


@pytest.mark.parametrize("state,expected", [("passed", "ok"), ("started", "failed")])
def test_a_test_that_somebody_else_started_meanwhile_is_left_alone(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, state: str, expected: str) -> None:
    honest = ScriptedDrive._send_diagnostic

    def race(command: Any) -> Reply:
        drive.begin(EXTENDED, 9)
        return honest(drive, command)

    drive.answers[0x1D] = race
    entry = attend(monkeypatch, drive, state=state)
    assert told(entry) == (expected, False, "running") and entry["selftest"]["running_test"] == "extended"


def test_a_log_page_without_any_entry_is_not_taken_for_a_drive_that_was_never_tested(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x4D] = lambda command: Reply(0, data=bytes.fromhex("10000000"))
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("failed", False, "unknown") and codes_sent(drive) == []
    assert "log page 10h" in entry["reason"]


def test_the_duration_is_asked_for_again_where_a_running_test_kept_it_from_us(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    busy = encode_fixed_sense(2, 0x04, 0x09, progress=0x4000)
    looks = [busy, encode_fixed_sense(0)]
    drive.log = [result(SHORT, 0, 990)]
    for code, honest in ((0x4D, ScriptedDrive._log_sense), (0x5A, ScriptedDrive._mode_sense)):
        drive.answers[code] = lambda command, honest=honest: (  # type: ignore[misc]
            Reply(CHECK_CONDITION, busy) if len(looks) else honest(drive, command))
    drive.answers[0x03] = lambda command: Reply(0, data=looks.pop(0) if looks else encode_fixed_sense(0))
    monkeypatch.setattr(selftest, "_SETTLE_SECONDS", 0.01)
    entry = attend(monkeypatch, drive, wait=True)
    assert told(entry) == ("ok", False, "passed")
    assert entry["selftest"]["extended_duration_seconds"] == 7200


def test_foreground_waits_and_passes(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive, foreground=True)
    assert told(entry) == ("ok", True, "passed")
    assert codes_sent(drive) == [FOREGROUND_SHORT << 5]


def test_foreground_gets_more_time_than_the_test_takes(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    attend(monkeypatch, drive, foreground=True, test="extended")
    sent = [command for command in drive.sent if command.cdb[0] == 0x1D]
    assert sent[0].timeout_seconds is not None and sent[0].timeout_seconds > 7200


def test_foreground_that_fails_is_a_result_not_an_error(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.outcome, drive.failure_lba = 4, 12
    entry = attend(monkeypatch, drive, foreground=True)
    assert told(entry) == ("failed", True, "failed")
    assert entry["error"] is None and "logical unit failed self-test" in entry["reason"].lower()


@pytest.mark.parametrize("options,sent", [
    ({"test": "default"}, 0x04), ({"test": "default", "device_offline": True}, 0x06),
    ({"test": "default", "unit_offline": True}, 0x05),
    ({"test": "default", "unit_offline": True, "device_offline": True}, 0x07),
])
def test_the_default_test_and_its_bits(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, options: Any,
                                       sent: int) -> None:
    assert told(attend(monkeypatch, drive, **options)) == ("ok", True, "passed")
    assert codes_sent(drive) == [sent]


@pytest.mark.parametrize("options", [
    {"foreground": True}, {"test": "default", "unit_offline": True}, {"test": "default", "device_offline": True}])
def test_a_drive_in_use_is_not_kept_from_serving(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive,
                                                 options: Any) -> None:
    drive.used_by = ["/dev/sda1 is mounted on /srv"]
    entry = attend(monkeypatch, drive, **options)
    assert told(entry) == ("failed", False, "in_use")
    assert drive.used_by[0] in entry["reason"] and "force" in entry["reason"] and codes_sent(drive) == []
    assert told(attend(monkeypatch, drive, force=True, **options)) == ("ok", True, "passed")


def test_a_drive_in_use_can_be_tested_in_the_background(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.used_by = ["/dev/sda1 is mounted on /srv"]
    assert told(attend(monkeypatch, drive)) == ("ok", True, "started")


@pytest.mark.parametrize("on_unknown,expected,sent", [
    ("fail", ("failed", False, "unknown"), []), ("accept", ("ok", False, "unknown"), []),
    ("start", ("ok", True, "started"), [SHORT << 5])])
@pytest.mark.parametrize("lacks", ["log", "minutes"])
def test_what_cannot_be_known_is_the_users_choice(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, lacks: str, on_unknown: str, expected: Any,
        sent: list[int]) -> None:
    drive.log = None if lacks == "log" else [result(SHORT, 0, 900)]
    drive.minutes = 60000 if lacks == "log" else None
    entry = attend(monkeypatch, drive, on_unknown=on_unknown)
    assert told(entry) == expected
    assert codes_sent(drive) == sent
    assert entry["selftest"]["log_supported"] is (lacks != "log")


def test_an_old_drive_is_tested_once_and_not_at_every_run(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, tmp_path: Path) -> None:
    """With nothing but "65,535 hours or more" in its log, and no two results that differ."""
    drive.minutes, drive.log = 70000 * 60, [result(SHORT, 0, 65535)] * 20
    options: dict[str, Any] = {"state_dir": str(tmp_path)}
    assert told(attend(monkeypatch, drive, check_mode=True, **options)) == ("ok", True, "started")
    assert told(attend(monkeypatch, drive, **options)) == ("ok", True, "started")
    assert told(attend(monkeypatch, drive, **options)) == ("ok", False, "running")
    drive._end(0)
    drive.log = drive.log[:20]
    drive.minutes += 600 * 60
    entry = attend(monkeypatch, drive, **options)
    assert told(entry) == ("ok", False, "passed") and "at most 600 power-on hours" in entry["reason"]
    assert entry["selftest"]["results"][0]["power_on_hours_at_least"] == 70000
    drive.minutes += 121 * 60
    assert told(attend(monkeypatch, drive, **options)) == ("ok", True, "started")
    assert len(codes_sent(drive)) == 2


def test_a_test_that_somebody_else_started_on_an_old_drive_has_an_age(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, tmp_path: Path) -> None:
    drive.minutes, drive.log = 70000 * 60, [result(EXTENDED, 0, 65535)]
    options: dict[str, Any] = {"state_dir": str(tmp_path), "on_unknown": "accept"}
    assert told(attend(monkeypatch, drive, **options)) == ("ok", False, "unknown")
    drive.minutes += 24 * 60
    drive.log = [result(SHORT, 0, 65535), *drive.log]
    entry = attend(monkeypatch, drive, **options)
    assert told(entry) == ("ok", False, "passed") and "at most 24 power-on hours" in entry["reason"]


def test_an_old_drive_without_records_is_as_on_unknown_says(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, tmp_path: Path) -> None:
    drive.minutes, drive.log = 70000 * 60, [result(SHORT, 0, 65535)]
    assert told(attend(monkeypatch, drive, state_dir=None)) == ("failed", False, "unknown")
    assert told(attend(monkeypatch, drive, state_dir=str(tmp_path), on_unknown="accept")) == ("ok", False, "unknown")
    assert codes_sent(drive) == []


def test_a_log_that_was_cut_short_does_not_prove_that_there_was_no_test(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.log = [result(SHORT, 1, 990)] * 3 + [result(SHORT, 0, 980)]
    honest = ScriptedDrive._log_sense
    drive.answers[0x4D] = lambda command: Reply(0, data=honest(drive, command).data[:4 + 3 * 20])
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("failed", False, "unknown") and entry["selftest"]["log_complete"] is False
    assert "3 results" in entry["reason"]
    drive.answers[0x4D] = lambda command: Reply(0, data=honest(drive, command).data[:4 + 4 * 20])
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "passed") and entry["selftest"]["decided_by"] == 4


@pytest.mark.parametrize("sense,words", [
    (encode_fixed_sense(0, 0x5E, 0x04), "standby_z"), (encode_fixed_sense(0, 0x5E, 0x09), "standby_y"),
    (encode_fixed_sense(2, 0x04, 0x02), "stopped")])
def test_a_drive_at_rest_is_not_woken(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, sense: bytes, words: str) -> None:
    drive.answers[0x03] = lambda command: Reply(0, data=sense)
    entry = attend(monkeypatch, drive, skip_standby=True, state="started")
    assert (entry["status"], entry["changed"]) == ("skipped", False)
    assert words in entry["reason"]
    assert set(drive.names_sent()) == {"INQUIRY", "REQUEST SENSE"}


def test_a_drive_that_idles_is_tested_and_one_at_rest_too_unless_told_otherwise(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x03] = lambda command: Reply(0, data=encode_fixed_sense(0, 0x5E, 0x01))
    assert told(attend(monkeypatch, drive, skip_standby=True)) == ("ok", True, "started")
    other = ScriptedDrive()
    other.answers[0x03] = lambda command: Reply(0, data=encode_fixed_sense(0, 0x5E, 0x04))
    assert told(attend(monkeypatch, other)) == ("ok", True, "started")


@pytest.mark.parametrize("seconds,minutes,expected,source", [
    (7200, None, 7200, "control mode page"), (None, 700, 42000, "extended INQUIRY data VPD page"),
    (None, None, None, None), (0, 90, 5400, "extended INQUIRY data VPD page"),
])
def test_how_long_an_extended_test_takes(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, seconds: int | None, minutes: int | None,
        expected: int | None, source: str | None) -> None:
    drive.extended_seconds, drive.extended_minutes = seconds, minutes
    facts = attend(monkeypatch, drive)["selftest"]
    assert (facts["extended_duration_seconds"], facts["extended_duration_source"]) == (expected, source)


def test_somebody_elses_foreground_test_shows_as_running(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    busy = encode_fixed_sense(2, 0x04, 0x09, progress=0x4000)
    for code in (0x4D, 0x5A, 0x1D):
        drive.answers[code] = lambda command: Reply(CHECK_CONDITION, busy)
    drive.answers[0x03] = lambda command: Reply(0, data=busy)
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "running")
    assert entry["selftest"]["progress_percent"] == 25.0 and entry["selftest"]["log_supported"] is None


def test_progress_without_the_field_is_not_nought(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(SHORT, 9)
    drive.answers[0x03] = lambda command: Reply(0, data=encode_fixed_sense(2, 0x04, 0x09))
    entry = attend(monkeypatch, drive)
    assert entry["selftest"]["running"] is True and entry["selftest"]["progress_percent"] is None
    assert "short" in entry["reason"] and "%" not in entry["reason"]


def _says_no_more(drive: ScriptedDrive, code: int, since: int, now: int, sense: bytes | None = None) -> None:
    """The newest entry is of a test in progress, and REQUEST SENSE does not say so."""
    drive.log, drive.minutes = [result(code, 15, since), result(SHORT, 0, 200)], now * 60
    drive.answers[0x03] = lambda command: Reply(0, data=encode_fixed_sense(0) if sense is None else sense)


@pytest.mark.parametrize("code,since,now,sense", [
    # It may not have ended yet: a short test of this hour, an extended one of two hours and its margin.
    (SHORT, 1000, 1001, None),
    (EXTENDED, 1000, 1004, None),
    # The counter of the drive went back, and other conditions hide the progress.
    (SHORT, 0, 1000, encode_fixed_sense(2, 0x04, 0x04, progress=10)),
    (SHORT, 0, 1000, encode_fixed_sense(0, 0x5D, 0x10)),
    (SHORT, 0, 1000, b""),
])
def test_the_log_tells_where_request_sense_does_not(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, code: int, since: int, now: int,
        sense: bytes | None) -> None:
    _says_no_more(drive, code, since, now, sense)
    entry = attend(monkeypatch, drive, state="started")
    assert told(entry) == ("failed", False, "running") and entry["selftest"]["interrupted"] is False
    assert codes_sent(drive) == []


@pytest.mark.parametrize("code,since,now,sense", [
    (SHORT, 1000, 1002, None),
    (EXTENDED, 1000, 1005, None),
    (SHORT, 1000, 1002, encode_fixed_sense(0, 0x5E, 0x01)),
    # Since when is not said, or cannot be: then REQUEST SENSE decides, asked twice.
    (SHORT, 0, 1000, None),
    (SHORT, 65535, 70000, None),
    (SHORT, 2000, 1000, None),
])
def test_a_test_in_progress_that_the_drive_denies_is_not_running_for_ever(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, code: int, since: int, now: int,
        sense: bytes | None) -> None:
    _says_no_more(drive, code, since, now, sense)
    entry = attend(monkeypatch, drive, max_age="1h")
    assert told(entry) == ("ok", True, "started")
    assert "in progress" in entry["diff"]["before"]["self_test"]
    assert any("log page 10h" in warning and "interrupted" in warning for warning in entry["warnings"])
    assert codes_sent(drive) == [SHORT << 5]


def test_a_pass_before_the_interrupted_test_still_counts(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    _says_no_more(drive, SHORT, 0, 210)
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "passed") and entry["selftest"]["age_hours"] == 10
    assert entry["selftest"]["running"] is False and entry["selftest"]["interrupted"] is True


def test_a_test_that_starts_between_two_questions_is_running(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    honest, told_once = ScriptedDrive._request_sense, [encode_fixed_sense(0)]
    drive.begin(SHORT, 9)
    drive.answers[0x03] = lambda command: Reply(0, data=told_once.pop()) if told_once else honest(drive, command)
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "running") and codes_sent(drive) == []
    assert entry["selftest"]["progress_percent"] is not None and entry["warnings"] == []


def test_a_test_that_ends_between_two_questions_has_its_result(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    _says_no_more(drive, SHORT, 0, 1000)
    looks: list[int] = []

    def log_sense(command: Any) -> Reply:
        if command.cdb[2] & 0x3F == 0x10:
            looks.append(1)
            if len(looks) > 1:
                drive.log = [result(SHORT, 0, 1000)]
        return drive._log_sense(command)

    drive.answers[0x4D] = log_sense
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "passed") and entry["warnings"] == []


def test_a_drive_that_shows_its_test_in_the_log_alone_refuses_a_second_and_is_waited_for_after_a_first(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x03] = lambda command: Reply(0, data=encode_fixed_sense(0))
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", True, "started") and entry["selftest"]["running"] is True
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "running") and entry["selftest"]["running"] is True


def test_aborted_asks_the_drive_where_log_and_request_sense_contradict(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    _says_no_more(drive, SHORT, 0, 1000)
    assert told(attend(monkeypatch, drive, state="aborted")) == ("ok", False, "not_running")
    assert codes_sent(drive) == [ABORT << 5]


@pytest.mark.parametrize("data", [b"", bytes(404), bytes.fromhex("0f000190") + bytes(400), bytes.fromhex("10000190")])
def test_an_answer_that_is_no_log_does_not_start_a_test(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, data: bytes) -> None:
    drive.answers[0x4D] = lambda command: Reply(0, data=data)
    entry = attend(monkeypatch, drive)
    assert (entry["status"], entry["error"]["kind"]) == ("failed", "response")
    assert codes_sent(drive) == [] and not entry["changed"]


def test_a_unit_attention_does_not_hide_the_progress(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    """REQUEST SENSE returns it as data, with GOOD."""
    drive.begin(SHORT, 9)
    honest, told_once = ScriptedDrive._request_sense, [encode_fixed_sense(6, 0x29, 0)]
    drive.answers[0x03] = lambda command: Reply(0, data=told_once.pop()) if told_once else honest(drive, command)
    assert attend(monkeypatch, drive)["selftest"]["progress_percent"] is not None


def test_a_refused_start_changed_nothing(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x1D] = lambda command: Reply(CHECK_CONDITION, encode_fixed_sense(5, 0x24, 0))
    entry = attend(monkeypatch, drive)
    assert (entry["status"], entry["changed"]) == ("failed", False) and "diff" not in entry


def test_another_hardware_error_is_no_verdict(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x1D] = lambda command: Reply(CHECK_CONDITION, encode_fixed_sense(4, 0x44, 0))
    entry = attend(monkeypatch, drive, foreground=True)
    assert entry["status"] == "failed" and entry["error"]["kind"] == "check_condition"


def test_check_mode_does_not_wait(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.begin(SHORT, 1000)
    assert told(attend(monkeypatch, drive, check_mode=True, wait=True)) == ("ok", False, "running")


def test_a_drive_error_is_an_error(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x4D] = lambda command: Reply(CHECK_CONDITION, encode_fixed_sense(4, 0x44, 0))
    entry = attend(monkeypatch, drive)
    assert (entry["status"], entry["error"]["kind"]) == ("failed", "check_condition")
    assert (entry["selftest"]["verdict"], entry["selftest"]["log_supported"]) == (None, None)
    assert "log page 10h" in entry["reason"] and "internal target failure" in entry["reason"]


@pytest.mark.parametrize("options,said", [
    ({"device_offline": True}, r"\bdevice_offline\b.*\bdefault\b"),
    ({"unit_offline": True}, r"\bunit_offline\b.*\bdefault\b"),
    ({"test": "default", "foreground": True}, r"\bforeground\b.*\bshort\b.*\bextended\b"),
    ({"max_age": "soon"}, "'soon'"),
    ({"poll_interval": 0}, r"\bpoll_interval\b.*\b0\b"), ({"wait_timeout": -1}, r"\bwait_timeout\b.*-1")])
def test_options_that_do_not_go_together(options: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Wanted.from_options(dict(OPTIONS, **options))

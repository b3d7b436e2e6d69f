# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scsi_stream does with a drive."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.streams import Wanted, run_streams
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import CHECK_CONDITION, Command, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.streams import encode_stream_status

from .entries import shown
from .scripted import INVALID_FIELD, ScriptedDrive

OPTIONS: dict[str, Any] = {
    "state": "present", "count": 0, "stream_ids": None, "all": False, "exclusive": False, "keep_opened": False,
    "starting_stream_id": 0, "allocation_length": 4096}


@pytest.fixture(name="drive")
def _drive() -> ScriptedDrive:
    """Stream 0 is permanent; up to 8 can be open."""
    return ScriptedDrive()


def attend(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, check_mode: bool = False,
           **options: Any) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    return shown(run_streams(
        [drive.device], Options(check_mode=check_mode), Wanted.from_options(dict(OPTIONS, **options)))[0])


def controls(drive: ScriptedDrive) -> list[str]:
    """The STREAM CONTROL commands that reached the drive."""
    return [command.cdb.hex() for command in drive.sent if command.name == "STREAM CONTROL"]


def test_without_a_count_it_only_reads(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive)
    assert (entry["status"], entry["changed"]) == ("ok", False)
    assert entry["streams"] == {
        "supported": True, "maximum": 8, "open": [], "permanent": [0], "reported_open": 1, "opened": [], "closed": [],
        "descriptors": [{"stream_id": 0, "permanent": True, "relative_lifetime": 0}]}


def test_permanent_streams_do_not_count(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive, count=2)
    assert entry["changed"] and entry["streams"]["opened"] == [1, 2] == entry["streams"]["open"]
    assert entry["diff"] == {"before": {"open": [], "count": 0}, "after": {"open": [1, 2], "count": 2}}


def test_the_second_run_opens_none(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    attend(monkeypatch, drive, count=2)
    sent = len(controls(drive))
    entry = attend(monkeypatch, drive, count=2)
    assert not entry["changed"] and "diff" not in entry and len(controls(drive)) == sent
    assert attend(monkeypatch, drive, count=1)["changed"] is False


def test_only_what_is_missing_is_opened(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = {0: True, 5: False}
    assert attend(monkeypatch, drive, count=3)["streams"]["opened"] == [1, 2]


def test_check_mode_opens_none_and_says_how_many(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive, check_mode=True, count=3)
    assert entry["changed"] and "3 streams" in entry["reason"] and controls(drive) == []
    assert entry["diff"] == {"before": {"open": [], "count": 0}, "after": {"count": 3}}


def test_more_than_the_drive_can_is_refused_before_anything_is_opened(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive, count=8)
    assert (entry["status"], entry["changed"]) == ("failed", False)
    assert re.search(r"\b1\b.*\b8\b", entry["reason"]) and controls(drive) == []


def test_what_was_opened_is_closed_when_a_later_one_fails(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.maximum_streams = None
    drive.streams = dict.fromkeys(range(14), True)
    entry = attend(monkeypatch, drive, count=4)
    assert (entry["status"], entry["changed"]) == ("failed", False)
    assert re.search(r"\b3 of 4\b.*\bopen.*\bclose", entry["reason"])
    assert drive.streams == dict.fromkeys(range(14), True) and entry["streams"]["open"] == []
    assert "diff" not in entry


def test_exclusive_closes_what_is_too_much(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    attend(monkeypatch, drive, count=4)
    entry = attend(monkeypatch, drive, count=1, exclusive=True)
    assert (entry["changed"], entry["streams"]["open"], entry["streams"]["permanent"]) == (True, [1], [0])
    assert entry["diff"] == {"before": {"open": [1, 2, 3, 4], "count": 4}, "after": {"open": [1], "count": 1}}
    assert attend(monkeypatch, drive, count=1, exclusive=True)["changed"] is False
    assert attend(monkeypatch, drive, count=3, exclusive=True)["streams"]["open"] == [1, 2, 3]
    would = attend(monkeypatch, drive, check_mode=True, exclusive=True)
    assert would["changed"] and "close 3 streams" in would["reason"] and len(drive.streams or ()) == 4
    assert attend(monkeypatch, drive, exclusive=True)["streams"]["open"] == []


def test_what_could_be_opened_may_be_kept(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.maximum_streams = None
    drive.streams = dict.fromkeys(range(14), False)
    entry = attend(monkeypatch, drive, count=20, keep_opened=True)
    assert (entry["status"], entry["changed"], entry["streams"]["opened"]) == ("failed", True, [14, 15])
    assert "14, 15" in entry["reason"] and "keep_opened" in entry["reason"]
    assert entry["diff"]["after"]["count"] == 16


def test_a_list_from_an_identifier_on(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = {0: True, 3: False, 7: False}
    entry = attend(monkeypatch, drive, starting_stream_id=3)
    streams = entry["streams"]
    assert (streams["open"], streams["permanent"], streams["reported_open"]) == ([3, 7], [], 3)
    assert entry["warnings"] == []


def test_a_start_beyond_the_last_identifier_is_an_empty_list(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = {0: True, 3: False}
    plain = drive._service_action_in

    def answer(command: Command) -> Reply:
        too_high = command.cdb[1] & 0x1F == 0x16 and int.from_bytes(command.cdb[4:6], "big") > 8
        return drive._check(INVALID_FIELD) if too_high else plain(command)

    drive.answers[0x9E] = answer
    entry = attend(monkeypatch, drive, starting_stream_id=65535)
    assert (entry["status"], entry["streams"]["supported"], entry["streams"]["open"]) == ("ok", True, [])
    assert entry["streams"]["maximum"] == 8 and entry["streams"]["reported_open"] == 2
    warning, = entry["warnings"]
    assert "GET STREAM STATUS" in warning and "65535" in warning
    drive.streams = None
    assert attend(monkeypatch, drive, starting_stream_id=65535)["streams"]["supported"] is False


class FallsSilent(ScriptedDrive):
    """Does not answer one STREAM CONTROL, for as long as that may take."""

    def __init__(self, which: int, answers: bool = False) -> None:
        super().__init__()
        self._which = which
        self._answers_at_last = answers

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        if command.name == "STREAM CONTROL" and len(controls(self)) == self._which - 1:
            time.sleep(timeout_seconds)
            if not self._answers_at_last:
                self.sent.append(command)
                raise TransportError("no answer")
        return super().execute(command, timeout_seconds)


def attend_in_time(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, seconds: float, count: int) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    wanted = Wanted.from_options(dict(OPTIONS, count=count))
    return shown(run_streams([drive.device], Options(deadline_seconds=seconds), wanted)[0])


def test_there_is_time_to_close_what_was_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FallsSilent(3)
    entry = attend_in_time(monkeypatch, drive, 4.0, count=4)
    assert (entry["status"], entry["changed"]) == ("failed", False)
    assert re.search(r"\b2\b.*\bclosed", entry["reason"]) and drive.streams == {0: True}


def test_a_late_success_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = attend_in_time(monkeypatch, FallsSilent(1, answers=True), 4.0, count=1)
    assert (entry["status"], entry["changed"], entry["streams"]["open"]) == ("ok", True, [1])


def test_a_short_allocation_length_reads_the_list_in_parts(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = dict.fromkeys(range(8), False)
    assert attend(monkeypatch, drive, allocation_length=24)["streams"]["open"] == list(range(8))
    lengths = [int.from_bytes(command.cdb[10:14], "big") for command in drive.sent
               if command.name == "GET STREAM STATUS"]
    assert set(lengths) == {24} and len(lengths) >= 4


def test_closing_by_identifier(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = {0: True, 3: False, 4: False, 5: False}
    entry = attend(monkeypatch, drive, state="absent", stream_ids=[4, 5, 4, 77])
    assert entry["changed"] and entry["streams"]["closed"] == [4, 5] and entry["streams"]["open"] == [3]
    assert entry["diff"] == {"before": {"open": [3, 4, 5], "count": 3}, "after": {"open": [3], "count": 1}}
    assert controls(drive)[0] == "9e540000000400000000000000080000"
    assert attend(monkeypatch, drive, state="absent", stream_ids=[4, 5])["changed"] is False


def test_a_stream_that_somebody_closed_meanwhile_is_closed_as_was_wanted(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    attend(monkeypatch, drive, count=2)
    honest = ScriptedDrive._service_action_in

    def race(command: Any) -> Reply:
        if command.cdb[1] == 0x54 and drive.streams is not None:
            drive.streams.pop(1, None)
        return honest(drive, command)

    drive.answers[0x9E] = race
    entry = attend(monkeypatch, drive, state="absent", stream_ids=[1])
    assert (entry["status"], entry["changed"], entry["streams"]["closed"]) == ("ok", False, [])
    entry = attend(monkeypatch, drive, state="absent", stream_ids=[1, 2])
    assert (entry["status"], entry["changed"], entry["streams"]["closed"]) == ("ok", True, [2])


def test_a_close_that_the_drive_refuses_is_a_failure(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    attend(monkeypatch, drive, count=1)
    honest = ScriptedDrive._service_action_in
    refusal = Reply(CHECK_CONDITION, encode_fixed_sense(5, 0x24, 0))
    drive.answers[0x9E] = lambda command: refusal if command.cdb[1] == 0x54 else honest(drive, command)
    entry = attend(monkeypatch, drive, state="absent", all=True)
    assert (entry["status"], entry["changed"], entry["streams"]["open"]) == ("failed", False, [1])


def test_closing_all_leaves_the_permanent_ones(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = {0: True, 3: False, 4: False}
    assert attend(monkeypatch, drive, state="absent", all=True)["streams"]["closed"] == [3, 4]
    assert drive.streams == {0: True}


def test_closing_in_check_mode_closes_none(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = {3: False, 4: False}
    entry = attend(monkeypatch, drive, check_mode=True, state="absent", stream_ids=[3])
    assert entry["changed"] and entry["diff"]["after"] == {"open": [4], "count": 1} and controls(drive) == []


def test_a_permanent_stream_is_never_closed(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = {0: True, 3: False}
    entry = attend(monkeypatch, drive, state="absent", stream_ids=[3, 0])
    assert (entry["status"], entry["changed"]) == ("failed", False)
    assert re.search(r"\bpermanent\b.*\b0\b", entry["reason"]) and "3" not in entry["reason"] and controls(drive) == []


@pytest.mark.parametrize("options,status", [
    ({}, "ok"), ({"count": 1}, "failed"), ({"state": "absent", "all": True}, "ok"),
    ({"state": "absent", "stream_ids": [1]}, "ok")])
def test_a_drive_without_streams(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, options: Any,
                                 status: str) -> None:
    drive.streams = None
    entry = attend(monkeypatch, drive, **options)
    assert (entry["status"], entry["changed"], entry["streams"]["supported"]) == (status, False, False)
    assert "invalid command operation code" in entry["reason"]


def test_a_drive_that_only_reports_streams_says_so(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    honest = ScriptedDrive._service_action_in
    drive.answers[0x9E] = lambda command: (
        Reply(CHECK_CONDITION, encode_fixed_sense(5, 0x24, 0)) if command.cdb[1] & 0x1F == 0x14
        else honest(drive, command))
    entry = attend(monkeypatch, drive, count=1)
    assert entry["status"] == "failed" and not entry["changed"]
    assert "invalid field in CDB" in entry["reason"]


def test_a_long_list_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = dict.fromkeys(range(1, 2000), False)
    entry = attend(monkeypatch, drive)
    assert entry["streams"]["open"] == list(range(1, 2000)) and entry["warnings"] == []


def test_a_list_cut_by_the_drive_ends_where_the_drive_says(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    """As the kernel's scsi_debug does it: 6 open are reported, 5 listed, and starting behind them is refused."""
    listed = [{"stream_identifier": each, "perm": True} for each in range(5)]

    def answer(command: Any) -> Reply:
        if int.from_bytes(command.cdb[4:6], "big") >= 5:
            return Reply(CHECK_CONDITION, encode_fixed_sense(5, 0x24, 0))
        return Reply(0, data=encode_stream_status(listed, 6))

    drive.answers[0x9E] = answer
    entry = attend(monkeypatch, drive)
    assert entry["streams"]["permanent"] == [0, 1, 2, 3, 4] and entry["streams"]["reported_open"] == 6
    warning, = entry["warnings"]
    assert re.search(r"GET STREAM STATUS\b.*\b6\b.*\breported\b.*\b5\b.*\blisted\b", warning)


def test_a_drive_that_lists_the_same_again_does_not_hold_us(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    listed = [{"stream_identifier": 3, "perm": False}]
    drive.answers[0x9E] = lambda command: Reply(0, data=encode_stream_status(listed, 500))
    assert attend(monkeypatch, drive)["streams"]["open"] == [3]


def test_an_opened_stream_without_an_identifier_is_not_trusted(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    honest = ScriptedDrive._service_action_in
    drive.answers[0x9E] = lambda command: (
        Reply(0, data=b"\x07\x00") if command.cdb[1] & 0x1F == 0x14 else honest(drive, command))
    entry = attend(monkeypatch, drive, count=1)
    assert entry["status"] == "failed" and entry["error"]["kind"] == "response"
    assert "STREAM CONTROL" in entry["reason"]


def test_a_drive_that_is_lost_on_the_way_keeps_its_first_error(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.streams = {0: True, 3: False}
    honest, lost = ScriptedDrive._service_action_in, []

    def answer(command: Any) -> Reply:
        if lost or command.cdb[1] & 0x1F == 0x14:
            lost.append(command)
            raise TransportError(f"number {len(lost)}", "DID_NO_CONNECT")
        return honest(drive, command)

    drive.answers[0x9E] = answer
    entry = attend(monkeypatch, drive, state="absent", all=True)
    assert (entry["status"], entry["changed"], entry["error"]["message"]) == ("failed", False, "number 1")


def test_a_stream_that_was_opened_and_not_named_is_not_left_behind(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    honest = ScriptedDrive._service_action_in

    def answer(command: Any) -> Reply:
        reply = honest(drive, command)
        return Reply(0, data=b"\x07\x00") if command.cdb[1] >> 5 == 1 and command.cdb[1] & 0x1F == 0x14 else reply

    drive.answers[0x9E] = answer
    entry = attend(monkeypatch, drive, count=1)
    assert (entry["status"], entry["changed"]) == ("failed", False) and drive.streams == {0: True}


@pytest.mark.parametrize("options,said", [
    ({"stream_ids": [1]}, r"\bstream_ids\b.*\babsent\b"), ({"all": True}, r"\ball\b.*\babsent\b"),
    ({"state": "absent"}, r"\babsent\b.*\bstream_ids\b.*\ball\b"),
    ({"state": "absent", "all": True, "count": 1}, r"\bcount\b.*\bpresent\b"),
    ({"state": "absent", "all": True, "exclusive": True}, r"\bexclusive\b.*\bpresent\b"),
    ({"state": "absent", "all": True, "keep_opened": True}, r"\bkeep_opened\b.*\bpresent\b"),
    ({"starting_stream_id": 1, "count": 1}, r"^(?!.*65535).*\bstarting_stream_id\b"),
    ({"starting_stream_id": -1}, r"\bstarting_stream_id\b.*\b65535\b.*-1"),
    ({"starting_stream_id": 1, "state": "absent", "all": True}, r"^(?!.*65535).*\bstarting_stream_id\b"),
    ({"allocation_length": 7}, r"\ballocation_length\b.*\b8\b.*\b524296\b.*\b7\b"),
    ({"count": -1}, r"\bcount\b.*\b65535\b.*-1"), ({"count": 65536}, r"\bcount\b.*\b65535\b.*\b65536\b"),
    ({"state": "absent", "stream_ids": [65536]}, r"\bstream_ids\b.*\b65535\b.*\b65536\b"),
    ({"state": "absent", "stream_ids": [-1]}, r"\bstream_ids\b.*\b65535\b.*-1")])
def test_options_that_do_not_go_together(options: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Wanted.from_options(dict(OPTIONS, **options))

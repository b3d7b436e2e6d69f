# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that somebody wrote by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.raw_command import Wanted, send_commands
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_control import encode_control_mode
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_sense import encode_mode_data
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense

from .entries import shown
from .scripted import ScriptedDrive

OPTIONS: dict[str, Any] = {
    "cdb": "", "data_in_length": 0, "data_out": None, "src": None, "changes": False, "accept_check_condition": False,
    "command_timeout": None}
READY, STOP = "00 00 00 00 00 00", "1b0000000000"


def send(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, check_mode: bool = False,
         **options: Any) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    return shown(send_commands(
        [drive.device], Options(check_mode=check_mode), Wanted.from_options(dict(OPTIONS, **options)))[0])


@pytest.fixture(name="drive")
def _drive() -> ScriptedDrive:
    drive = ScriptedDrive()
    for code in (0x00, 0x1B, 0x15):
        drive.answers[code] = lambda command: Reply(0)
    return drive


def sent(drive: ScriptedDrive) -> list[str]:
    """All but the two INQUIRY commands with which every drive is met."""
    return [command.cdb.hex() for command in drive.sent[2:]]


def test_a_command_that_reads(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = send(monkeypatch, drive, cdb="12 00 00 00 60 00", data_in_length=96)
    assert (entry["status"], entry["changed"]) == ("ok", False)
    assert entry["reply"]["status"] == {"value": 0, "name": "GOOD"} and entry["reply"]["data_in"].startswith("000007")
    assert entry["reply"]["data_in_length"] + entry["reply"]["residual"] == 96
    assert entry["reply"]["decoded"]["t10_vendor_identification"] == "TEST"


def test_an_answer_that_nobody_knows_comes_in_hex(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x3C] = lambda command: Reply(0, data=b"\x01\x02")
    entry = send(monkeypatch, drive, cdb="3c 02 00 000000 000008 00", data_in_length=8)
    assert (entry["reply"]["data_in"], entry["reply"]["decoded"], entry["reply"]["residual"]) == ("0102", None, 6)


@pytest.mark.parametrize("cdb,data_out", [(STOP, None), ("c0 00 00 00 00 00", None), ("15 10 00 00 04 00", "00000000")])
def test_what_may_change_the_drive_is_sent_only_when_that_is_said(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, cdb: str, data_out: Any) -> None:
    entry = send(monkeypatch, drive, cdb=cdb, data_out=data_out)
    assert (entry["status"], entry["changed"]) == ("failed", False) and sent(drive) == []
    assert "changes: true" in entry["reason"]


def test_a_change_is_sent_and_told(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, tmp_path: Path) -> None:
    assert send(monkeypatch, drive, cdb=STOP, changes=True)["changed"] is True
    (tmp_path / "list").write_bytes(b"\0\0\0\1")
    send(monkeypatch, drive, cdb="15 10 00 00 04 00", src=str(tmp_path / "list"), changes=True)
    assert drive.sent[-1].data_out == b"\0\0\0\1"
    entry = send(monkeypatch, ScriptedDrive(), check_mode=True, cdb=STOP, changes=True)
    assert (entry["changed"], entry["reply"]) == (True, None) and "START STOP UNIT" in entry["reason"]


def test_check_mode_does_not_make_a_copy_manager_forget(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = send(monkeypatch, drive, check_mode=True, cdb="84 00 01 00 00000000 0000 00000010 00 00", data_in_length=16)
    assert entry["changed"] is False and sent(drive) == [] and "RECEIVE COPY STATUS" in entry["reason"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("device_type,cdb", [
    (0, "9b 1c 00 00 00 00 00 00 00 00 00 00 04 00 ff 00"),  # clears the error history
    (0, "3c 1c 01 00 00 00 00 04 00 00"),  # discards its snapshot
    (0, "84 00 01 00 00 00 00 00 00 00 00 00 00 10 00 00"),  # held data may be gone after that
    (0, "4d 00 7c 00 00 00 00 04 00 00"),  # a vendor's page
    (1, "4d 00 6e 00 00 00 00 04 00 00"),  # TapeAlert
    (1, "88 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00"),  # moves the tape
    (8, "37 00 00 00 00 00 00 00 00 00"),  # moves the robot
])
def test_what_clears_discards_or_moves_is_held_back(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, device_type: int, cdb: str, check_mode: bool) -> None:
    drive.device_type = device_type
    entry = send(monkeypatch, drive, check_mode, cdb=cdb, data_in_length=16)
    assert (entry["status"], entry["changed"]) == ("failed", False) and sent(drive) == []
    assert "set changes: true to send it" in entry["reason"]
    entry = send(monkeypatch, drive, True, cdb=cdb, data_in_length=16, changes=True)
    assert (entry["status"], entry["changed"]) == ("ok", True) and "would send" in entry["reason"]
    assert {command.cdb[0] for command in drive.sent} == {0x12}


def test_a_refusal_is_decoded_and_may_be_accepted(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    command: dict[str, Any] = {"cdb": "4d 00 56 00 00 00 00 04 00 00", "data_in_length": 1024}
    entry = send(monkeypatch, drive, **command)
    assert entry["status"] == "failed" and entry["error"]["kind"] == "check_condition"
    entry = send(monkeypatch, drive, accept_check_condition=True, **command)
    assert entry["status"] == "ok" and entry["reply"]["status"] == {"value": 2, "name": "CHECK CONDITION"}
    assert entry["reply"]["sense"]["asc"] == 0x24 and entry["reply"]["sense_hex"].startswith("70")


def test_what_was_refused_has_changed_nothing(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    options: dict[str, Any] = {"cdb": "c1 00 00 00 00 00", "changes": True, "accept_check_condition": True}
    assert send(monkeypatch, drive, **options)["changed"] is False
    drive.answers[0xC1] = lambda command: Reply(0x18)
    assert send(monkeypatch, drive, **options)["changed"] is False
    for unclear in (Reply(2, encode_fixed_sense(3, 0x0C, 0)), Reply(0x40)):
        drive.answers[0xC1] = lambda command, reply=unclear: reply  # type: ignore[misc]
        assert send(monkeypatch, drive, **options)["changed"] is True  # nobody knows how far it came


def test_an_empty_buffer_is_no_answer(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    """Some adapters give a residual of 0 with a refusal."""
    drive.answers[0x9E] = lambda command: Reply(2, encode_fixed_sense(5, 0x25, 0), bytes(32))
    entry = send(monkeypatch, drive, cdb="9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00", data_in_length=32,
                 accept_check_condition=True)
    assert (entry["reply"]["data_in"], entry["reply"]["decoded"]) == ("", None)


@pytest.mark.parametrize("key,status", [(1, "ok"), (3, "failed")])
def test_sense_and_data_come_together(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, key: int, status: str) -> None:
    """A recovered error, and blocks that were read before one that could not be."""
    drive.answers[0x28] = lambda command: Reply(2, encode_fixed_sense(key, 0x11, 0), b"\x11\x22")
    entry = send(monkeypatch, drive, cdb="28 00 00 00 00 00 00 00 01 00", data_in_length=512)
    assert entry["status"] == status and entry["reply"]["sense"]["key"]["value"] == key
    assert entry["reply"]["data_in"] == "1122" and entry["reply"]["residual"] == 510


def test_mode_pages_are_decoded_as_far_as_they_are_known(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    page = encode_control_mode({"extended_self_test_completion_time_seconds": 7200})
    drive.answers[0x5A] = lambda command: Reply(0, data=encode_mode_data(page + bytes.fromhex("1c020000")))
    decoded = send(monkeypatch, drive, cdb="5a 00 3f 00 00 00 00 02 00 00", data_in_length=512)["reply"]["decoded"]
    assert [each["page"] for each in decoded["pages"]] == [0x0A, 0x1C]
    assert decoded["pages"][0]["decoded"]["extended_self_test_completion_time_seconds"] == 7200
    assert (decoded["pages"][1]["decoded"], decoded["pages"][1]["data"]) == (None, "1c020000")


@pytest.mark.parametrize("cdb,page,name,value", [
    ("4d 00 48 00 00 00 00 02 00 00", "080000080004030400000e10", "power_on_minutes_since_format", 3600),
    ("4d 00 4d 01 00 00 00 02 00 00", "4d010000", "temperatures", []),
    ("4d 00 4d 02 00 00 00 02 00 00", "4d020000", "relative_humidities", []),
    ("4d 00 59 00 00 00 00 02 00 00", "1900000c000203080000000000000005", "idle_time_intervals", 5),
    ("4d 00 5a 00 00 00 00 02 00 00", "1a0000080008030400000007", "standby_z", 7)])
def test_log_pages_are_decoded(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, cdb: str, page: str, name: str, value: Any) -> None:
    drive.answers[0x4D] = lambda command: Reply(0, data=bytes.fromhex(page))
    assert send(monkeypatch, drive, cdb=cdb, data_in_length=512)["reply"]["decoded"][name] == value


def test_another_status_is_a_failure_that_shows_it(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x00] = lambda command: Reply(0x18)
    entry = send(monkeypatch, drive, cdb=READY, accept_check_condition=True)
    assert entry["status"] == "failed" and entry["reply"]["status"]["name"] == "RESERVATION CONFLICT"


@pytest.mark.parametrize("options,said", [
    ({"cdb": ""}, r"\bcdb\b.*\b0 bytes\b.*\b6\b.*\b260\b"), ({"cdb": "0000000000"}, r"\bcdb\b.*\b5 bytes"),
    ({"cdb": "00" * 261}, r"\bcdb\b.*\b261 bytes\b.*\b260\b"),
    ({"cdb": READY, "data_in_length": 4, "data_out": "00"}, r"\bdata_in_length\b.*\bdata_out\b"),
    ({"cdb": READY, "data_in_length": -1}, r"\bdata_in_length\b.*-1"), ({"cdb": "zz"}, r"\bcdb\b.*\b1\b.*'zz'"),
    ({"cdb": READY, "src": "/nowhere"}, r"\bsrc\b.*/nowhere\b.*No such file")])
def test_options_that_mean_nothing(options: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Wanted.from_options(dict(OPTIONS, **options))

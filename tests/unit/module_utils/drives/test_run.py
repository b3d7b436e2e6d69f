# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module does with its list of drives, whatever it wants of them."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Generator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.commands import inquiry
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.entry import Entry
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.identity import confirm, read_identity
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options, run_on_drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import send_self_test
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.workers import Pause
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.resolve import ResolvedDevice
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import GOOD, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import (
    AddressError,
    CheckCondition,
    TransportError,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd import encode_unit_serial_number

from .scripted import ScriptedDrive


def look(session: Session, entry: Entry) -> Generator[Pause, None, None]:
    entry.values["seen"] = True
    yield Pause(0.0)


def blank() -> dict[str, Any]:
    return {"seen": None}


def test_one_dead_drive_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def opened(address: str, access: Any) -> ScriptedDrive:
        if address == "/dev/sg2":
            raise TransportError("DID_NO_CONNECT")
        drive = ScriptedDrive(address)
        if address == "/dev/sg3":
            drive.answers[0x12] = lambda command: release.wait(20.0)  # type: ignore[assignment, return-value]
        return drive

    monkeypatch.setattr(drives, "open_transport", opened)
    entries = run_on_drives(["/dev/sg1", "/dev/sg2", "/dev/sg3", "/dev/sg4"],
                            Options(deadline_seconds=2.0, max_workers=2), blank, look)
    release.set()
    assert [(entry.device, entry.status, entry.values["seen"]) for entry in entries] == [
        ("/dev/sg1", "ok", True), ("/dev/sg2", "failed", None), ("/dev/sg3", "timeout", None), ("/dev/sg4", "ok", True)]
    assert entries[0].wwn == "naa.5000c500a1b2c3d4"
    assert "deadline" in str(entries[2].reason) and "2 seconds" in str(entries[2].reason)


def played(monkeypatch: pytest.MonkeyPatch, *drives_there: ScriptedDrive) -> list[str]:
    """Puts drives behind their addresses."""
    by_address = {drive.device: drive for drive in drives_there}
    monkeypatch.setattr(drives, "open_transport", lambda address, access: by_address[address])
    return list(by_address)


@pytest.mark.parametrize("address,status,sent", [("/dev/sg1", "ok", 3), ("/nowhere/sg*", "failed", 0)])
def test_a_procedure_that_does_not_wait_is_a_plain_function(
        monkeypatch: pytest.MonkeyPatch, address: str, status: str, sent: int) -> None:
    def plain(session: Session, entry: Entry) -> None:
        session.send(inquiry())
        entry.values["seen"] = True

    drive = ScriptedDrive()
    played(monkeypatch, drive)
    entry = run_on_drives([address], Options(), blank, plain)[0]
    assert (entry.status, entry.values["seen"], len(drive.sent)) == (status, True if sent else None, sent)


def test_an_error_in_a_plain_function_is_its_drives(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(session: Session, entry: Entry) -> None:
        entry.values["seen"] = True
        raise TransportError("lost")

    played(monkeypatch, ScriptedDrive())
    entry = run_on_drives(["/dev/sg1"], Options(), blank, broken)[0]
    assert (entry.status, entry.reason, entry.values["seen"]) == ("failed", "lost", True)


def test_two_paths_to_one_drive_are_one_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, another = ScriptedDrive("/dev/sg1"), ScriptedDrive("/dev/sg2"), ScriptedDrive("/dev/sg3")
    other.wwn = one.wwn
    entries = run_on_drives(played(monkeypatch, one, other, another), Options(max_workers=1), blank, look)
    assert [(entry.status, entry.values["seen"]) for entry in entries] == [
        ("ok", True), ("skipped", None), ("ok", True)]
    assert "/dev/sg1" in str(entries[1].reason)
    # It is asked what it has in common with the other, and nothing else.
    assert set(other.names_sent()) == {"INQUIRY", "READ CAPACITY(10)", "READ CAPACITY(16)"}


def test_names_that_are_not_unique_do_not_make_two_drives_one(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = ScriptedDrive("/dev/sg1"), ScriptedDrive("/dev/sg2")
    for drive in (one, other):
        drive.wwn = ""
    entries = run_on_drives(played(monkeypatch, one, other), Options(), dict, look)
    assert [entry.status for entry in entries] == ["ok", "ok"]


@pytest.mark.parametrize("pattern,status", [("sg5", "failed"), ("sg*", "skipped")])
def test_no_drive_behind_an_address_is_a_failure_and_behind_what_a_pattern_finds_is_none(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pattern: str, status: str) -> None:
    (tmp_path / "sg5").touch()
    drive = ScriptedDrive(str(tmp_path / "sg5"))
    drive.qualifier = 1
    played(monkeypatch, drive)
    entry = run_on_drives([str(tmp_path / pattern)], Options(), blank, look)[0]
    assert (entry.status, entry.values["seen"]) == (status, None)
    assert "not connected" in str(entry.reason)


def test_what_a_pattern_finds_beside_drives_is_skipped_and_what_is_named_is_not(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = str(tmp_path / "sg5")
    Path(path).touch()
    enclosure = ScriptedDrive(path)
    enclosure.device_type = 0x0D
    played(monkeypatch, enclosure)
    matched = run_on_drives([str(tmp_path / "sg*")], Options(), dict, look, frozenset((0,)))[0]
    assert matched.status == "skipped" and "enclosure services" in str(matched.reason)
    assert run_on_drives([path], Options(), dict, look, frozenset((0,)))[0].status == "ok"


def named(monkeypatch: pytest.MonkeyPatch, there: ScriptedDrive, name: str) -> Entry:
    """What comes of a drive that the kernel once knew by a name, and that answers for itself now."""
    played(monkeypatch, there)
    monkeypatch.setattr(drives, "resolve_devices", lambda *_given, **_more: [ResolvedDevice(there.device, named=name)])
    return run_on_drives([name], Options(), blank, look)[0]


def test_a_drive_that_was_named_and_answers_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = named(monkeypatch, ScriptedDrive(), "wwn:0x5000c500a1b2c3d4")
    assert (entry.device, entry.status, entry.values["seen"]) == ("/dev/sg1", "ok", True)


def test_a_node_that_is_another_drives_by_now_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    there = ScriptedDrive()
    entry = named(monkeypatch, there, "wwn:naa.5000c500ffffffff")
    assert (entry.status, entry.error and entry.error["kind"], entry.values["seen"]) == ("failed", "address", None)
    assert "wwn:naa.5000c500ffffffff" in str(entry.reason) and "naa.5000c500a1b2c3d4" in str(entry.reason)
    assert {command.name for command in there.sent} == {"INQUIRY"}


@pytest.mark.parametrize("serial,status", [("ZL2A3B4C", "ok"), ("ZL2A3B4D", "failed")])
def test_a_drive_named_by_its_serial_number(monkeypatch: pytest.MonkeyPatch, serial: str, status: str) -> None:
    there = ScriptedDrive()
    page = encode_unit_serial_number("ZL2A3B4C")
    usual = there._inquiry
    there.answers[0x12] = lambda command: (
        Reply(GOOD, data=page) if command.cdb[1:3] == b"\1\x80" else usual(command))
    assert named(monkeypatch, there, "serial:" + serial).status == status


def test_a_pattern_without_match_is_a_failed_entry_beside_the_others(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    played(monkeypatch, ScriptedDrive())
    entries = run_on_drives([str(tmp_path / "sg*"), "/dev/sg1"], Options(), dict, look)
    assert [(entry.status, (entry.error or {}).get("kind")) for entry in entries] == [
        ("failed", "address"), ("ok", None)]
    assert entries[0].device == str(tmp_path / "sg*")


def test_what_was_done_before_a_drive_fell_silent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def opens_one_and_hangs(session: Session, entry: Entry) -> Generator[Pause, None, None]:
        entry.changed = True
        entry.values["streams"] = {"opened": [3]}
        release.wait(20.0)
        yield Pause(0.0)

    played(monkeypatch, ScriptedDrive())
    options = Options(deadline_seconds=2.0, trace=True)
    entry = run_on_drives(["/dev/sg1"], options, lambda: {"streams": None}, opens_one_and_hangs)[0]
    release.set()
    assert (entry.status, entry.changed, entry.values["streams"]) == ("timeout", True, {"opened": [3]})
    assert len(entry.commands or ()) == 2


def test_a_drive_that_cannot_say_its_name_now_is_worked_on_without(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = ScriptedDrive()
    plain = drive._inquiry
    broken = drive._check(encode_fixed_sense(4, 0x44))
    drive.answers[0x12] = lambda command: broken if command.cdb[1] else plain(command)
    entry = run_on_drives(played(monkeypatch, drive), Options(), dict, look)[0]
    assert (entry.status, entry.wwn) == ("ok", None)
    warning, = entry.warnings
    assert "VPD page 83h" in warning and "internal target failure" in warning


def test_a_drive_that_cannot_say_its_name_is_not_the_one_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = ScriptedDrive()
    plain = drive._inquiry
    broken = drive._check(encode_fixed_sense(4, 0x44))
    drive.answers[0x12] = lambda command: broken if command.cdb[1] else plain(command)
    session = Session(drive)
    with pytest.raises(AddressError):
        confirm(session, read_identity(session), "wwn:naa.5000c500a1b2c3d4")


def test_a_mistake_of_ours_costs_its_drive_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(session: Session, entry: Entry) -> Generator[Pause, None, None]:
        yield Pause(0.0)
        if session.device == "/dev/sg1":
            raise KeyError("no such field")

    entries = run_on_drives(played(monkeypatch, ScriptedDrive("/dev/sg1"), ScriptedDrive("/dev/sg2")), Options(), dict,
                            mistaken)
    assert [(entry.status, entry.changed) for entry in entries] == [("failed", False), ("ok", False)]
    first, second = (entry.as_result() for entry in entries)
    assert first["error"]["kind"] == "internal" and "KeyError: 'no such field'" in first["reason"]
    assert first["exception"].startswith("Traceback") and "in mistaken" in first["exception"]
    assert "exception" not in second


@pytest.mark.parametrize("sense,changed", [(None, True), (encode_fixed_sense(1, 0x17), True),
                                           (encode_fixed_sense(5, 0x24), False)])
def test_what_was_changed_before_a_mistake_of_ours_is_told(monkeypatch: pytest.MonkeyPatch, sense: bytes | None,
                                                           changed: bool) -> None:
    def mistaken(session: Session, entry: Entry) -> None:
        with suppress(CheckCondition):
            session.send(send_self_test(1))
        raise KeyError("no such field")

    drive = ScriptedDrive()
    if sense is not None:
        drive.answers[0x1D] = lambda command: drive._check(sense)
    entry, = run_on_drives(played(monkeypatch, drive), Options(), dict, mistaken)
    assert (entry.status, entry.changed) == ("failed", changed)


def test_the_commands_are_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: ScriptedDrive(address))
    entry = run_on_drives(["/dev/sg1"], Options(trace=True), dict, look)[0]
    assert [command["cdb"] for command in entry.as_result()["commands"]] == ["120000006000", "12018300fc00"]
    assert "commands" not in run_on_drives(["/dev/sg1"], Options(), dict, look)[0].as_result()


def test_all_that_passes_can_be_recorded_and_played_back(tmp_path: Path) -> None:
    source = tmp_path / "a.json"
    source.write_text(json.dumps({"version": 1, "exchanges": [{"cdb": "120000006000", "data_in": "00000602"}]}))
    capture = tmp_path / "c.json"
    first = run_on_drives(["replay:" + str(source)], Options(capture_file=str(capture)), dict, look)[0]
    second = run_on_drives(["replay:" + str(capture)], Options(), dict, look)[0]
    assert dict(first.as_result(), device="") == dict(second.as_result(), device="")


@pytest.mark.parametrize("address", ["sda", "http://x/y", "", "5000c500a1b2c3d4"])
def test_what_is_no_address_is_told_what_is(address: str) -> None:
    entry = run_on_drives([address], Options(), dict, look)[0]
    assert entry.status == "failed" and entry.error is not None and entry.error["kind"] == "address"
    assert "/dev/..." in str(entry.reason)

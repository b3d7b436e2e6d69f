# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the schedule finds out of each drive before it decides."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.records import DriveNames
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.run import Look, look_at_drives
from ansible_collections.drivecare.scsi.tests.unit.module_utils.drives.scripted import ScriptedDrive

RETURNED = ["schedule", "model", "serial", "bay", "device", "wwn", "status", "reason", "error", "warnings"]


def look(monkeypatch: pytest.MonkeyPatch, *there: ScriptedDrive, also: str = "", deadline: float = 20.0) -> list[Look]:
    by_address = {drive.device: drive for drive in there}
    monkeypatch.setattr(drives, "open_transport", lambda address, access: by_address[address])
    return look_at_drives([*by_address, *also.split()], Options(deadline_seconds=deadline, max_workers=1))


def test_drives_that_answer_and_what_was_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, again = ScriptedDrive("/dev/sg1"), ScriptedDrive("/dev/sg2"), ScriptedDrive("/dev/sg3")
    again.wwn = one.wwn
    looks = look(monkeypatch, one, other, again, also="/nowhere/sg*")
    assert [each.entry.status for each in looks] == ["ok", "ok", "skipped", "failed"]
    assert [each.state is not None for each in looks] == [True, True, False, False]
    assert looks[0].names.vendor is not None and looks[0].names.wwn == "naa.5000c500a1b2c3d4" != looks[1].names.wwn
    assert (looks[2].names, looks[3].names) == (DriveNames(looks[0].names.wwn), DriveNames())


def test_nothing_but_what_is_documented_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = look(monkeypatch, ScriptedDrive(), also="/nowhere/sg*")
    assert [list(each.entry.as_result()) for each in looks] == [RETURNED] * 2


def silent_after_its_names(drive: ScriptedDrive) -> ScriptedDrive:
    def lost(command: Command) -> Reply:
        raise TransportError("lost")

    for code in (0x03, 0x1A, 0x4D, 0x5A):
        drive.answers[code] = lost
    return drive


def test_a_drive_that_falls_silent_is_known_by_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, = look(monkeypatch, ScriptedDrive())
    silent, = look(monkeypatch, silent_after_its_names(ScriptedDrive()))
    assert (silent.entry.status, silent.state, silent.names) == ("failed", None, answers.names)


def test_what_a_late_thread_finds_is_not_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release, done = threading.Event(), threading.Event()
    drive = ScriptedDrive()
    usual = drive._inquiry

    def hangs(command: Command) -> Reply:
        if command.cdb[1:3] == b"\1\x80":
            release.wait(20.0)
        return usual(command)

    drive.answers[0x12] = hangs
    monkeypatch.setattr(drive, "close", done.set)
    hanging, = look(monkeypatch, drive, deadline=1.0)
    release.set()
    assert done.wait(20.0)
    assert (hanging.entry.status, hanging.state, hanging.entry.values["serial"]) == ("timeout", None, None)
    assert hanging.names.vendor is not None and hanging.entry.values["model"] is not None

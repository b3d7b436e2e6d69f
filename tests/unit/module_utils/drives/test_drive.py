# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module does with its list of drives, whatever it wants of them."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, Dict, Generator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import drive as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.drive import Entry, Options, attend
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.fleet import Pause
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.address import capture_path, expand
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AddressError, TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session

from .scripted import ScriptedDrive


def look(session: Session, entry: Entry) -> Generator[Pause, None, None]:
    entry["seen"] = True
    yield Pause(0.0)


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
    entries = attend(["/dev/sg1", "/dev/sg2", "/dev/sg3", "/dev/sg4"], Options(deadline_seconds=0.4, max_workers=2),
                     {"seen": None}, look)
    release.set()
    assert [(entry["device"], entry["status"], entry["seen"]) for entry in entries] == [
        ("/dev/sg1", "ok", True), ("/dev/sg2", "failed", None), ("/dev/sg3", "timeout", None), ("/dev/sg4", "ok", True)]
    assert entries[0]["wwn"] == "naa.5000c500a1b2c3d4"
    assert entries[2]["reason"] == "the drive did not finish within its deadline of 0.4 seconds"


def test_a_mistake_of_ours_is_not_taken_for_the_drives(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(session: Session, entry: Entry) -> Generator[Pause, None, None]:
        yield Pause(0.0)
        raise KeyError("no such field")

    monkeypatch.setattr(drives, "open_transport", lambda address, access: ScriptedDrive(address))
    with pytest.raises(KeyError):
        attend(["/dev/sg1"], Options(), {}, mistaken)


def test_the_commands_are_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: ScriptedDrive(address))
    entry = attend(["/dev/sg1"], Options(trace=True), {}, look)[0]
    assert [command["cdb"] for command in entry["commands"]] == ["120000006000", "12018300fc00"]
    assert "commands" not in attend(["/dev/sg1"], Options(), {}, look)[0]


def test_all_that_passes_can_be_recorded_and_played_back(tmp_path: Path) -> None:
    source = tmp_path / "a.json"
    source.write_text(json.dumps({"version": 1, "exchanges": [{"cdb": "120000006000", "data_in": "00000602"}]}))
    capture = tmp_path / "c.json"
    first = attend(["replay:" + str(source)], Options(capture_file=str(capture)), {}, look)[0]
    second = attend(["replay:" + str(capture)], Options(), {}, look)[0]
    assert dict(first, device="") == dict(second, device="")


@pytest.mark.parametrize("address,several,expected", [
    ("/dev/sg0", False, "/tmp/c.json"), ("/dev/sg0", True, "/tmp/c.sg0.json"),
    ("/dev/disk/by-id/wwn-0x5000", True, "/tmp/c.disk-by-id-wwn-0x5000.json"),
    ("replay:/tmp/x.json", True, "/tmp/c.replay--tmp-x.json.json")])
def test_where_a_drive_is_recorded(address: str, several: bool, expected: str) -> None:
    assert capture_path("/tmp/c.json", address, several) == expected


def test_patterns_are_expanded_in_the_order_that_people_count(tmp_path: Path) -> None:
    for name in ("sg10", "sg2", "sg1", "sda"):
        (tmp_path / name).touch()
    found = expand([str(tmp_path / "sg2"), str(tmp_path / "sg*"), "replay:/x*"])
    assert [Path(each).name for each in found] == ["sg2", "sg1", "sg10", "x*"]


def test_a_pattern_that_matches_nothing_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="matches no device"):
        expand([str(tmp_path / "sg*")])


@pytest.mark.parametrize("address", ["sda", "http://x/y", "", "5000c500a1b2c3d4"])
def test_what_is_no_address_is_told_what_is(address: str) -> None:
    entry: Dict[str, Any] = attend([address], Options(), {}, look)[0]
    assert entry["status"] == "failed" and entry["error"]["kind"] == "address"
    assert "/dev/..." in entry["reason"]

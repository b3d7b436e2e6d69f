# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two addresses, one name: one drive by two paths, or two drives of which one has the name of the other."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.entry import Entry
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options, run_on_drives
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session

from .scripted import ScriptedDrive

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "cases"
A, B = (f"replay:{CASES / name}" for name in ("clone_a.json", "clone_b.json"))
WWN = "naa.5000c500a1b2c3d4"


@pytest.mark.parametrize("devices", [[A, B], [B, A]])
def test_two_drives_with_one_name_are_both_told(devices: list[str]) -> None:
    entries = gather_facts(devices, Options(), Wanted(frozenset(["identity"])))
    assert [(entry.status, entry.wwn) for entry in entries] == [("ok", WWN)] * 2
    assert {entry.values["identity"]["serial"] for entry in entries} == {"AAAA0001", "BBBB0002"}
    for entry, other in zip(entries, reversed(devices)):
        warning, = (each for each in entry.warnings if "same name" in each)
        assert other in warning and "serial number and model" in warning and WWN in warning


def capture(folder: Path, name: str, serial: bytes = b"AAAA0001", blocks: int | None = None) -> str:
    """As clone_a.json, with another serial number or a capacity."""
    content = json.loads((CASES / "clone_a.json").read_text())
    content["exchanges"][-1]["data_in"] = (b"\x00\x80\x00" + bytes((len(serial),)) + serial).hex()
    if blocks is not None:
        content["exchanges"].append({"cdb": "25" + "xx" * 9, "data_in": f"{blocks - 1:08x}00000200"})
    (folder / name).write_text(json.dumps(content))
    return f"replay:{folder / name}"


@pytest.mark.parametrize("other,statuses", [
    ({}, ["ok", "skipped"]), ({"serial": b"  AAAA0001"}, ["ok", "skipped"]), ({"serial": b"AAAA0002"}, ["ok", "ok"]),
    ({"serial": b""}, ["ok", "skipped"]), ({"blocks": 1000}, ["ok", "skipped"]), ({"blocks": 1001}, ["ok", "ok"])])
def test_what_makes_two_drives_of_one_name(tmp_path: Path, other: dict[str, Any], statuses: list[str]) -> None:
    devices = [capture(tmp_path, "a.json", blocks=1000), capture(tmp_path, "b.json", **other)]
    entries = run_on_drives(devices, Options(), dict, lambda session, entry: None)
    assert [entry.status for entry in entries] == statuses
    assert statuses[1] == "ok" or devices[0] in str(entries[1].reason)


def test_a_third_path_belongs_to_one_of_two_clones(tmp_path: Path) -> None:
    entries = run_on_drives(
        [A, B, capture(tmp_path, "b2.json", serial=b"BBBB0002"), capture(tmp_path, "a2.json")], Options(max_workers=1),
        dict, lambda session, entry: None)
    # The second copy has the model of the first drive, and the serial number of the other: it is a third one.
    assert [entry.status for entry in entries] == ["ok", "ok", "ok", "skipped"]
    assert A in str(entries[3].reason) and "same name" in " ".join(entries[1].warnings)


class Slow(ScriptedDrive):
    """A drive of the same name as the others that takes its time to answer."""

    def __init__(self, device: str, seconds: float) -> None:
        super().__init__(device)
        self.wwn = WWN[len("naa."):]
        self.seconds = seconds

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        time.sleep(self.seconds)
        return super().execute(command, timeout_seconds)


def run_slow(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> list[Entry]:
    there = {f"/dev/sg{at}": Slow(f"/dev/sg{at}", each) for at, each in enumerate(seconds)}
    monkeypatch.setattr(drives, "open_transport", lambda address, access: there[address])

    def nothing(session: Session, entry: Entry) -> None:
        pass

    return run_on_drives(list(there), Options(deadline_seconds=3.0), dict, nothing)


def test_the_first_address_is_used_whichever_answers_first(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = run_slow(monkeypatch, 0.05, 0.0, 0.02, 0.0)
    assert [entry.status for entry in entries] == ["ok", "skipped", "skipped", "skipped"]
    assert all("/dev/sg0" in str(entry.reason) for entry in entries[1:])


def test_a_dead_drive_does_not_hold_up_those_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    seen: list[float] = []
    there = {f"/dev/sg{at}": ScriptedDrive(f"/dev/sg{at}") for at in range(40)}
    there["/dev/sg0"].answers[0x12] = lambda command: time.sleep(3) or Reply(0)  # type: ignore[func-returns-value]
    monkeypatch.setattr(drives, "open_transport", lambda address, access: there[address])
    entries = run_on_drives(list(there), Options(deadline_seconds=2.0), dict,
                            lambda session, entry: seen.append(time.monotonic() - began))
    assert [entry.status for entry in entries] == ["timeout"] + ["ok"] * 39 and max(seen) < 1.5


def test_an_owner_that_falls_silent_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_once(address: str, access: Any) -> ScriptedDrive:
        if address in opened:
            raise TransportError("lost")
        opened.append(address)
        return Slow(address, 0.0)

    monkeypatch.setattr(drives, "open_transport", open_once)
    entries = run_on_drives(["/dev/sg0", "/dev/sg1"], Options(), dict, lambda session, entry: None)
    assert [entry.status for entry in entries] == ["ok", "skipped"]

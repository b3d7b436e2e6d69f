# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered between two runs, and of a drive that is silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.entry import Entry
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.state import State
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_bays import Bay
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_paths import Paths
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_units import Unit
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule import run
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.records import DriveNames, Records

X = DriveNames("naa.5000c50000000001", "SEAGATE", "ST1", "S1")
Y = DriveNames("naa.5000c50000000002", "SEAGATE", "ST1", "S2")
NOTHING = DriveNames()
OPTIONS: dict[str, Any] = {
    "policy": [{"tests": {"short": "7d"}}], "untested": "start", "now": "2026-11-21T03:00",
    "groups": [{"name": "pair", "drives": {"serial": ["S1", "S2"]}}]}


def remembered(records: Records, *addresses: str) -> list[DriveNames | None]:
    return [records.names_at(address, NOTHING) for address in addresses]


def test_names_are_kept_by_address_and_written(tmp_path: Path) -> None:
    records = Records(str(tmp_path / "new"))
    records.answered({"a": X, "b": Y})
    records.seen("x", 100)
    records.write()
    again = Records(str(tmp_path / "new"))
    assert remembered(again, "a", "b", "c") == [X, Y, None] and again.of("x").first_seen == 100
    before = Path(again.path).stat().st_mtime_ns
    again.answered({"b": Y})
    again.write()
    assert Path(again.path).stat().st_mtime_ns == before


def test_a_drive_that_moved_or_is_another_one_is_forgotten_where_it_was(tmp_path: Path) -> None:
    records = Records(str(tmp_path))
    records.answered({"a": X, "b": Y})
    records.answered({"b": X})
    assert remembered(records, "a", "b") == [None, X]
    # both ways to it answered in one run
    records.answered({"a": X, "b": X})
    records.answered({"b": X})
    assert remembered(records, "a", "b") == [X, X]
    # what it still says is of another one
    assert records.names_at("a", DriveNames(wwn=Y.wwn)) is None and remembered(records, "a") == [None]
    assert records.names_at("b", DriveNames(wwn=X.wwn)) == X


def test_drives_that_cannot_be_told_apart_are_not_taken_for_one(tmp_path: Path) -> None:
    records = Records(str(tmp_path))
    same = DriveNames("t10.QEMU", "QEMU", "DISK")
    records.answered({"a": same})
    records.answered({"b": same})
    assert remembered(records, "a", "b") == [same, same]


def test_a_file_of_an_earlier_program_is_read(tmp_path: Path) -> None:
    (tmp_path / "selftests.json").write_text(json.dumps(
        {"version": 1, "drives": {"x": {"first_seen": 20100, "started": {"short": 20170}}}}))
    records = Records(str(tmp_path))
    assert records.of("x") == (20100, {"short": 20170}) and remembered(records, "a") == [None]


@pytest.mark.parametrize("addresses,names", [
    (None, None), ([], None), ({"a": None}, None), ({"a": 7}, None), ({"a": {}}, None),
    # of a damaged entry nothing is known: not that the drive has no serial
    ({"a": {"wwn": X.wwn, "serial": 7}}, None), ({"a": {"wwn": X.wwn}}, None),
    ({"a": dict(X._asdict(), serial=None)}, X._replace(serial=None))])
def test_strange_entries_are_no_names(tmp_path: Path, addresses: Any, names: Any) -> None:
    (tmp_path / "selftests.json").write_text(json.dumps({"version": 1, "drives": {}, "addresses": addresses}))
    assert remembered(Records(str(tmp_path)), "a") == [names]


IDLE = State(running=False, running_test=None, progress_percent=None, log_supported=True, log_refusal=None,
             power_on_hours=20000)


def look(device: str, names: DriveNames = NOTHING, status: str = "ok", answers: bool = True) -> run.Look:
    entry = Entry(device, {"schedule": None, "model": None, "serial": names.serial, "bay": None}, names.wwn, status)
    return run.Look(entry, names if answers else names._replace(vendor=None, product=None), IDLE if answers else None)


def silent(device: str) -> run.Look:
    found = look(device, status="timeout", answers=False)
    found.entry.reason = "no answer within 20 s"
    return found


def states(monkeypatch: pytest.MonkeyPatch, folder: Path, *looks: run.Look) -> list[str | None]:
    """A run in which no drive is really there, and each test would be started."""
    def started(devices: Any, _options: Any, _wanted: Any) -> list[Entry]:
        return [Entry(each.entry.device, {"selftest": None}, each.entry.wwn, changed=True)
                for each in looks if each.entry.device in devices]

    monkeypatch.setattr(run, "look_at_drives", lambda *_arguments: list(looks))
    monkeypatch.setattr(run, "run_selftests", started)
    wanted = run.Wanted.from_options(dict(OPTIONS, state_dir=str(folder)))
    outcome = run.run_schedule([], Options(), wanted, list)
    return [each.values["schedule"] and each.values["schedule"]["state"] for each in outcome.entries]


def test_a_silent_member_that_is_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = DriveNames("naa.5000c50000000003", "SEAGATE", "ST1", "S3")
    assert sorted(str(each) for each in states(monkeypatch, tmp_path, look("iscsi:a", X), look("iscsi:b", Y))) == [
        "started", "waiting"]
    (tmp_path / "selftests.json").write_text(json.dumps({"version": 1, "drives": {}, "addresses": {
        "iscsi:a": X._asdict(), "iscsi:c": other._asdict()}}))
    assert states(monkeypatch, tmp_path, silent("iscsi:a"), look("iscsi:b", Y)) == ["silent", "waiting"]
    assert states(monkeypatch, tmp_path, silent("iscsi:c"), look("iscsi:b", Y)) == ["silent", "started"]


def alerts(monkeypatch: pytest.MonkeyPatch, folder: Path, *looks: run.Look) -> Any:
    monkeypatch.setattr(run, "look_at_drives", lambda *_arguments: list(looks))
    outcome = run.run_schedule([], Options(), run.Wanted.from_options(dict(OPTIONS, state_dir=str(folder))), list)
    return run.summary(outcome.entries)["alerts"]


def test_the_alert_of_a_silent_drive_says_which_drive_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "selftests.json").write_text(json.dumps({"version": 1, "drives": {}, "addresses": {
        "iscsi:a": X._asdict()}}))
    alert, unknown = alerts(monkeypatch, tmp_path, silent("iscsi:a"), silent("iscsi:b"))
    assert (alert["wwn"], alert["model"], alert["serial"], alert["bay"]) == (X.wwn, "SEAGATE ST1", "S1", None)
    assert (unknown["wwn"], unknown["model"], unknown["serial"]) == (None, None, None)


def test_the_kernel_names_a_silent_drive_that_is_not_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unit = Unit("0:0:7:0", "/dev/sg7", "/dev/sdh", "running", 0, ("naa.5000c50000000002",), "S2",
                "SEAGATE", "ST1", "N001")
    monkeypatch.setattr(Paths, "unit_of", lambda _paths, address: unit if address == "/dev/sg7" else None)
    monkeypatch.setattr(Paths, "of", lambda *_arguments: [{"hctl": "0:0:7:0", "block_node": None}])
    monkeypatch.setattr(Paths, "bay", lambda *_arguments: Bay("0x5000ccab0405db00", 7, "Slot 07"))
    alert, = alerts(monkeypatch, tmp_path, silent("/dev/sg7"))
    assert (alert["wwn"], alert["model"], alert["serial"]) == (Y.wwn, "SEAGATE ST1", "S2")
    assert alert["bay"] == {"enclosure": "0x5000ccab0405db00", "slot": 7, "name": "Slot 07"}


def test_a_test_that_was_started_is_recorded_whatever_comes_after(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fails(*_arguments: Any) -> None:
        raise RuntimeError("no bay")

    monkeypatch.setattr(run, "_name", fails)
    seen = look("iscsi:a", X)
    assert states(monkeypatch, tmp_path, seen) == ["started"]
    assert Records(str(tmp_path)).of(X.wwn or "").started == {"short": IDLE.power_on_hours}
    assert "no bay" in seen.entry.warnings[0]


def test_a_silent_drive_that_is_not_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert states(monkeypatch, tmp_path, silent("iscsi:a"), look("iscsi:b", Y)) == ["silent", "waiting"]


def test_a_way_to_a_drive_that_answers_at_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert states(monkeypatch, tmp_path, look("iscsi:a", Y), look("iscsi:b", Y, "skipped", False)) == [
        "started", None]
    (tmp_path / "selftests.json").write_text(json.dumps(dict(
        json.loads((tmp_path / "selftests.json").read_text()), drives={})))
    assert states(monkeypatch, tmp_path, silent("iscsi:a"), look("iscsi:b", Y)) == ["silent", "started"]


def test_a_test_that_was_started_is_told_and_recorded_even_so(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Behind one of two drives is a mistake of ours; and then the records cannot be written."""
    looks = [look("iscsi:a", X._replace(wwn="naa.5000c50000000007")), look("iscsi:b", Y)]
    monkeypatch.setattr(run, "look_at_drives", lambda *_arguments: looks)
    monkeypatch.setattr(run, "run_selftests", lambda devices, _options, _wanted: [
        Entry(each.entry.device, {"selftest": None if each is looks[0] else 5}, each.entry.wwn, changed=True)
        for each in looks if each.entry.device in devices])
    wanted = run.Wanted.from_options(dict(OPTIONS, state_dir=str(tmp_path / "state"), groups=[]))
    plain = vars(run.Entry)["failed"].fget
    monkeypatch.setattr(run.Entry, "failed", property(
        lambda entry: {}["status"] if entry.values.get("selftest") == 5 else plain(entry)))
    entries = run.run_schedule([], Options(), wanted, list).entries
    assert [(each.status, each.changed) for each in entries] == [("ok", True), ("failed", True)]
    assert entries[1].error is not None and entries[1].error["kind"] == "internal" and entries[1].exception
    recorded = json.loads((tmp_path / "state" / "selftests.json").read_text())
    assert [bool(drive["started"]) for drive in recorded["drives"].values()] == [True, True]
    for each in looks:
        each.entry.status, each.entry.changed, each.entry.exception = "ok", False, None

    def full(*_arguments: Any) -> None:
        raise ValueError("no space left")

    monkeypatch.setattr(run.Records, "write", full)
    wanted = run.Wanted.from_options(dict(OPTIONS, state_dir=str(tmp_path / "other"), groups=[]))
    entries = run.run_schedule([], Options(), wanted, list).entries
    assert (entries[0].status, entries[0].changed) == ("failed", True)
    assert "was started" in str(entries[0].reason) and "no space left" in str(entries[0].reason)


def test_two_drives_of_one_name_have_records_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clones = [X._replace(wwn="naa.5000c50000000007", serial=serial) for serial in ("S1", "S2")]
    assert states(monkeypatch, tmp_path, *(look(f"iscsi:{each.serial}", each) for each in clones)) == [
        "started", "waiting"]
    assert sorted(json.loads((tmp_path / "selftests.json").read_text())["drives"]) == [
        "naa.5000c50000000007 S1", "naa.5000c50000000007 S2"]


def test_the_warnings_of_the_policy_are_in_the_summary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "look_at_drives", lambda *_arguments: [look("iscsi:a", X)])
    wanted = run.Wanted.from_options(dict(OPTIONS, state_dir=str(tmp_path), policy=[
        {"name": "spare", "drives": {"model": "ST*"}, "tests": {}},
        {"name": "gone", "drives": {"model": "HUH*"}, "tests": {"short": "7d"}}]))
    outcome = run.run_schedule([], Options(), wanted, list)
    warning, = outcome.warnings
    assert "rule gone" in warning and "spare" not in warning
    assert run.summary(outcome.entries, outcome.warnings) == {
        "counts": {"excluded": 1}, "alerts": [], "warnings": outcome.warnings}

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated target as a process of its own: started, found again, changed, killed, stopped."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any, Iterator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import Wanted, run_selftests
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.streams import Wanted as WantedStreams
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.streams import run_streams
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator import service
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.daemon import Daemon, DaemonError
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.management import Manager, TargetOutcome
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import Portal

HDD: dict[str, Any] = {"profile": "sas_hdd", "selftest": {"extended_seconds": 7200}}
SSD: dict[str, Any] = {"profile": "sas_ssd"}
SELFTEST: dict[str, Any] = {
    "state": "passed", "test": "extended", "foreground": False, "max_age": "30d", "on_unknown": "fail", "wait": False,
    "poll_interval": 0.05, "wait_timeout": None, "device_offline": False, "unit_offline": False, "force": False,
    "skip_standby": False}
STREAMS: dict[str, Any] = {
    "state": "present", "count": 0, "stream_ids": None, "all": False, "exclusive": False, "keep_opened": False,
    "starting_stream_id": 0, "allocation_length": 4096}


class Place:
    """A state directory, and what a task does with it."""

    def __init__(self, directory: Path) -> None:
        self.directory = str(directory)

    def started(self, *drives: dict[str, Any], check_mode: bool = False, **portal: Any) -> TargetOutcome:
        return Manager(self.directory, check_mode).started(
            {"drives": list(drives)}, Portal(**dict({"port": 0}, **portal)))

    def manager(self) -> Manager:
        return Manager(self.directory, False)


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "state")
    yield place
    Daemon(place.directory).stop()


def addresses(outcome: TargetOutcome) -> list[str]:
    assert outcome.target is not None
    return [drive["address"] for drive in outcome.target["drives"]]


def verdicts(devices: list[str], **options: Any) -> list[Any]:
    entries = run_selftests(devices, Options(), Wanted.from_options(dict(SELFTEST, **options)))
    return [(entry.changed, entry.values["selftest"]["verdict"]) for entry in entries]


def streams(devices: list[str], **options: Any) -> list[Any]:
    entries = run_streams(devices, Options(), WantedStreams.from_options(dict(STREAMS, **options)))
    return [entry.values["streams"]["open"] for entry in entries]


def is_there(place: Place) -> bool:
    try:
        return Daemon(place.directory).ask("status") is not None
    except DaemonError:  # it is being killed at this moment
        return True


def test_it_is_started_found_again_and_stopped(place: Place) -> None:
    first = place.started(HDD, SSD)
    assert (first.changed, first.actions) == (True, ["started"])
    second = place.started(HDD, SSD)
    assert (second.changed, second.actions) == (False, []) and addresses(second) == addresses(first)
    assert verdicts(addresses(first)) == [(True, "started")] * 2
    assert place.manager().stopped().actions == ["stopped"] and not place.manager().stopped().changed
    assert os.path.exists(os.path.join(place.directory, "units", "lun-0.json"))
    assert place.manager().absent().actions == ["removed"] and not os.path.exists(place.directory)
    assert not place.manager().absent().changed


def test_a_description_that_is_served_already_costs_no_check_of_its_drives(
        place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    monkeypatch.setattr(service, "build_unit", lambda drive, *_arguments: built.append(drive.lun))
    monkeypatch.setattr(Daemon, "start", lambda daemon, config: None)
    place.started(HDD, SSD)
    assert built == [0, 1]
    monkeypatch.undo()
    place.started(HDD, SSD)
    monkeypatch.setattr(service, "build_unit", lambda drive, *_arguments: built.append(drive.lun))
    assert not place.started(HDD, SSD).changed
    assert built == [0, 1]


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_wrong_setting_changes_nothing(place: Place, check_mode: bool) -> None:
    place.started(HDD)
    wrong = {"streams": {"maximum": -1}}
    for changed in ({"drives": [SSD, wrong]}, {"drives": [wrong], "time_scale": 2}):
        with pytest.raises(ValueError, match=r"\bLUN \d: streams\.maximum\b.*-1"):
            Manager(place.directory, check_mode).started(changed, Portal(port=0))
        assert not place.started(HDD).changed


def test_the_daemon_checks_what_changes_before_it_changes_anything(place: Place) -> None:
    place.started(HDD)
    with pytest.raises(DaemonError, match=r"\bLUN 1: streams\.maximum\b.*-1"):
        Daemon(place.directory).ask("apply", description={"drives": [SSD, {"streams": {"maximum": -1}}]})
    assert not place.started(HDD).changed


def test_check_mode_starts_nothing(place: Place) -> None:
    outcome = place.started(HDD, check_mode=True)
    assert outcome.actions == ["started"] and outcome.target is not None and outcome.target["running"] is False
    assert not os.path.exists(place.directory)


def test_a_changed_description_is_applied_and_the_other_drives_are_not_disturbed(place: Place) -> None:
    devices = addresses(place.started(HDD, SSD))
    assert verdicts(devices[:1]) == [(True, "started")] and streams(devices[1:], count=3) == [[1, 2, 3]]
    outcome = place.started(HDD, {**SSD, "revision": "0002"}, HDD)
    assert outcome.actions == ["applied"] and len(addresses(outcome)) == 3
    assert outcome.before["drives"] == [HDD, SSD]
    # The self test goes on; the drive that is described otherwise keeps its state.
    assert verdicts(devices[:1]) == [(False, "running")] and streams(devices[1:2]) == [[1, 2, 3]]
    assert place.started(HDD).actions == ["applied"]
    assert len(addresses(place.started(HDD))) == 1


def test_state_outlives_a_stop_and_a_kill(place: Place) -> None:
    outcome = place.started(HDD, SSD)
    assert streams(addresses(outcome)[1:], count=2) == [[1, 2]]
    assert verdicts(addresses(outcome)[:1]) == [(True, "started")]
    place.manager().act(TargetOutcome(), [], 7200.0, [])
    # Two hours take a second now.
    while verdicts(addresses(outcome)[:1]) == [(False, "running")]:
        time.sleep(0.01)
    assert verdicts(addresses(outcome)[:1]) == [(False, "passed")]
    assert outcome.target is not None
    os.kill(outcome.target["pid"], signal.SIGKILL)
    while is_there(place):
        time.sleep(0.01)
    again = place.started(HDD, SSD)
    assert again.actions == ["started"]
    assert verdicts(addresses(again)[:1]) == [(False, "passed")] and streams(addresses(again)[1:]) == [[1, 2]]


def test_a_medium_in_a_file_outlives_a_stop(place: Place) -> None:
    place.started({**HDD, "medium": "file", "size": "16MiB"})
    path = os.path.join(place.directory, "units", "lun-0.img")
    assert os.path.getsize(path) == 16 << 20 and os.stat(path).st_blocks == 0
    place.manager().stopped()
    assert os.path.exists(path)


def test_faults_come_and_go_and_the_same_ones_change_nothing(place: Place) -> None:
    device = addresses(place.started(HDD))[:1]
    outcome = TargetOutcome()
    faults = [{"lun": 0, "faults": [{"match": {"opcode": 0x4D}, "sense": [4, 0x44, 0]}]}]
    place.manager().act(outcome, faults, 0, [])
    action, = outcome.actions
    assert "faults" in action and "LUN 0" in action
    entry = run_selftests(device, Options(), Wanted.from_options(SELFTEST))[0]
    assert entry.status == "failed" and "internal target failure" in str(entry.reason)
    place.manager().act(outcome, faults, 0, [])
    assert len(outcome.actions) == 1
    place.manager().act(outcome, [{"lun": 0, "faults": []}], 0, [])
    assert verdicts(device) == [(True, "started")]


def test_a_power_cycle_ends_a_test(place: Place) -> None:
    device = addresses(place.started(HDD))
    assert verdicts(device) == [(True, "started")]
    place.manager().act(TargetOutcome(), [], 0, [0])
    assert verdicts(device, state="aborted") == [(False, "not_running")]


def test_what_hinders_is_said(place: Place, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        with pytest.raises(DaemonError, match=rf"\b127\.0\.0\.1\b.*\b{port}\b.*\banother program\b"):
            place.started(HDD, port=port)
    with pytest.raises(DaemonError, match=r"\b0\.0\.0\.0\b.*\bloopback\b.*\bCHAP\b"):
        place.started(HDD, address="0.0.0.0")  # noqa: S104
    with pytest.raises(ValueError, match=r"\bLUN 0: selftest\b.*\bspeed\b"):
        place.started({"selftest": {"speed": 1}})
    (tmp_path / "file").touch()
    with pytest.raises(DaemonError, match=r"\bfile/state\b.*Not a directory"):
        Place(tmp_path / "file" / "state").started(HDD)


def test_another_address_is_a_restart(place: Place) -> None:
    place.started(HDD)
    outcome = place.started(HDD, user="user", secret="s" * 12)
    assert outcome.actions == ["restarted"] and "s" * 12 not in repr((outcome.before, outcome.after))
    entry = run_selftests(addresses(outcome), Options(), Wanted.from_options(SELFTEST))[0]
    assert (entry.status, entry.error["kind"]) == ("failed", "transport") and "02/01" in str(entry.reason)


def test_a_directory_with_other_things_is_not_removed(place: Place) -> None:
    place.started(HDD)
    Path(place.directory, "thesis.txt").touch()
    with pytest.raises(ValueError, match=r"\bthesis\.txt\b"):
        place.manager().absent()
    assert os.path.exists(os.path.join(place.directory, "thesis.txt"))


def test_a_long_path_does_not_matter(tmp_path: Path) -> None:
    place = Place(tmp_path / ("x" * 100) / ("y" * 100))
    assert place.started(HDD).actions == ["started"] and place.manager().stopped().actions == ["stopped"]

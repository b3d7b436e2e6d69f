# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three roles, by the playbooks of the collection, on a real kernel that has the emulated drives, and md on two."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Guest
from emulated import Shelf

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "report"))

from documents import complaints, samples

HDD, ARRAY = "SAS HARD DISK", "ARRAY VOLUME"


@pytest.fixture(name="shelf", scope="module")
def _shelf(guest: Guest) -> Iterator[Shelf]:
    shelf = Shelf(guest)
    try:
        shelf.start()
        yield shelf
    finally:
        shelf.guest.run("mdadm --stop /dev/md7")
        shelf.stop()


def succeeded(done: Any) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    said: str = done.stdout
    return said


def test_facts_of_all_drives_and_a_report_on_them(shelf: Shelf, tmp_path: Path) -> None:
    shelf.say("mkdir -p /tmp/textfile")
    succeeded(shelf.guest.play(
        "drive_facts", drive_facts_hosts="kernel_root", drive_facts_directory=str(tmp_path / "facts"),
        drive_facts_textfile_directory="/tmp/textfile"))
    document = json.loads((tmp_path / "facts" / "kernel_root.json").read_text())
    assert complaints("host_facts-1", document) == []
    drives = {drive["device"]: drive for drive in document["drives"]}
    disks = set(shelf.say("for each in /sys/class/scsi_generic/*; do [ $(cat $each/device/type) = 0 ] && "
                          "echo /dev/${each##*/}; done").split())
    assert set(drives) == disks and shelf.node(HDD) in disks
    assert drives[shelf.node(HDD)]["health"]["grown_defects"]["count"] == 1
    metrics = samples(shelf.say("cat /tmp/textfile/scsi_drives.prom"))
    assert len(metrics["scsi_drive_up"]) == sum(drive["status"] != "skipped" for drive in drives.values())
    said = succeeded(shelf.guest.play(
        "report", compliance_report_source=str(tmp_path / "facts"),
        compliance_report_directory=str(tmp_path / "reports")))
    judged = json.loads(next((tmp_path / "reports").rglob("*.json")).read_text())
    assert complaints("compliance_report-1", judged) == []
    assert judged["summary"]["drives_total"] == len(metrics["scsi_drive_up"])
    assert f"of {judged['summary']['drives_total']} drives fail" in re.sub(r"\s+", " ", said)


def schedule(shelf: Shelf, **variables: Any) -> dict[str, dict[str, Any]]:
    """What was decided of the two members of the array and the hard disk, by device."""
    nodes = [shelf.node(ARRAY), shelf.node(ARRAY, place=1), shelf.node(HDD)]
    result = shelf.guest.ask("kernel_root", "scsi_selftest_schedule", {
        "devices": nodes, "policy": [{"tests": {"extended": "30d"}}], "untested": "start",
        "state_dir": "/tmp/selftests", **variables})
    return {drive["device"]: drive["schedule"] for drive in result["drives"]}


def test_an_array_never_has_all_its_members_testing(shelf: Shelf) -> None:
    one, other, alone = shelf.node(ARRAY), shelf.node(ARRAY, place=1), shelf.node(HDD)
    shelf.say("mdadm --create /dev/md7 --run --level=1 --raid-devices=2 --assume-clean --metadata=1.2 "
              f"{shelf.node(ARRAY, 'block')} {shelf.node(ARRAY, 'block', 1)}")
    # It may not be tested while the array checks itself.
    shelf.say("echo 50 > /sys/block/md7/md/sync_speed_max", "echo check > /sys/block/md7/md/sync_action")
    found = schedule(shelf)
    assert [found[one]["state"], found[other]["state"]] == ["waiting"] * 2
    assert found[one]["reason"] == "check of md:md7 is under way" and found[one]["sets"] == ["md:md7"]
    assert found[alone]["state"] == "started" and found[alone]["sets"] == []
    shelf.say("echo idle > /sys/block/md7/md/sync_action")
    found = schedule(shelf)
    assert sorted([found[one]["state"], found[other]["state"]]) == ["started", "waiting"]
    waiting = found[one] if found[one]["state"] == "waiting" else found[other]
    assert waiting["reason"] == "md:md7 has 1 of the 1 that may be tested at once"


def test_the_playbook_of_scheduled_self_tests(shelf: Shelf) -> None:
    said = succeeded(shelf.guest.play(
        "selftest", scheduled_selftest_hosts="kernel_root", scheduled_selftest_devices=[shelf.node(HDD)],
        scheduled_selftest_state_dir="/tmp/selftests"))
    assert re.search(r"1 (running|scheduled)", said)

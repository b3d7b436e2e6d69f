# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three roles, through the collection's playbooks, on a real kernel with the emulated drives, and md on two."""

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
    """What was decided for the two members of the array and the hard disk, by device."""
    nodes = [shelf.node(ARRAY), shelf.node(ARRAY, place=1), shelf.node(HDD)]
    result = shelf.guest.ask("kernel_root", "scsi_selftest_schedule", {
        "devices": nodes, "policy": [{"tests": {"extended": "30d"}}], "untested": "start",
        "state_dir": "/tmp/selftests", **variables})
    return {drive["device"]: drive["schedule"] for drive in result["drives"]}


def test_an_array_never_has_all_its_members_testing(shelf: Shelf) -> None:
    one, other, alone = shelf.node(ARRAY), shelf.node(ARRAY, place=1), shelf.node(HDD)
    shelf.say("mdadm --create /dev/md7 --run --level=1 --raid-devices=2 --assume-clean --metadata=1.2 "
              f"{shelf.node(ARRAY, 'block')} {shelf.node(ARRAY, 'block', 1)}")
    # Its members may not be tested while the array checks itself.
    shelf.say("echo 50 > /sys/block/md7/md/sync_speed_max", "echo check > /sys/block/md7/md/sync_action")
    found = schedule(shelf)
    assert [found[one]["state"], found[other]["state"]] == ["waiting"] * 2
    assert re.search(r"\bcheck\b.*\bmd:md7\b", found[one]["reason"]) and found[one]["sets"] == ["md:md7"]
    assert found[alone]["state"] == "started" and found[alone]["sets"] == []
    shelf.say("echo idle > /sys/block/md7/md/sync_action")
    found = schedule(shelf)
    assert sorted([found[one]["state"], found[other]["state"]]) == ["started", "waiting"]
    waiting = found[one] if found[one]["state"] == "waiting" else found[other]
    assert re.search(r"\bmd:md7\b.*\b1\b.*\b1\b", waiting["reason"])


def test_volume_groups_and_btrfs_are_arrays(shelf: Shelf) -> None:
    one, other = shelf.node(ARRAY), shelf.node(ARRAY, place=1)
    blocks = f"{shelf.node(ARRAY, 'block')} {shelf.node(ARRAY, 'block', 1)}"
    shelf.guest.run("mdadm --stop /dev/md7")
    shelf.say(f"mdadm --zero-superblock {blocks}", f"vgcreate -qq two-disks {blocks}",
              "lvcreate -qq --wipesignatures n --stripes 2 --extents 100%FREE --name wide two-disks")
    found = schedule(shelf)
    assert found[one]["sets"] == found[other]["sets"] == ["lvm:two-disks"]
    shelf.say("vgremove -qq --force two-disks", f"pvremove -qq {blocks}")
    uuid = "8a0f8ad1-3fd4-4f0c-9c3e-2d1f5a6b7c8d"
    shelf.say(f"mkfs.btrfs --quiet --force --uuid {uuid} --data raid1 {blocks}", "mkdir -p /mnt/btrfs",
              f"mount {blocks.split(maxsplit=1)[0]} /mnt/btrfs")
    try:
        found = schedule(shelf)
        assert found[one]["sets"] == found[other]["sets"] == [f"btrfs:{uuid}"]
    finally:
        shelf.say("umount /mnt/btrfs")
    assert schedule(shelf)[one]["sets"] == []


def test_the_playbook_of_scheduled_self_tests(shelf: Shelf) -> None:
    said = succeeded(shelf.guest.play(
        "selftest", scheduled_selftest_hosts="kernel_root", scheduled_selftest_devices=[shelf.node(HDD)],
        scheduled_selftest_state_dir="/tmp/selftests"))
    assert re.search(r"1 (running|scheduled)", said)


TIMER = """
- hosts: kernel_root
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {name: drivecare.scsi.scheduled_selftest, tasks_from: install}
"""
#: In place of ansible-playbook, which the guest does not have: records how it was called.
STAND_IN = "#!/bin/sh\nprintf '%s\\n' \"$@\" \"$SETTING\" \"$(id -un)\" > /opt/stand-in/called\n"
NASTY = '/etc/100 % of "mine", $HOME ${HOME} %h \\x41.json'


def test_systemd_runs_what_the_timer_was_installed_for(guest: Guest, tmp_path: Path) -> None:
    def installed(**variables: Any) -> str:
        return succeeded(guest.play(tmp_path / "timer.yml", **{
            "scheduled_selftest_timer_inventory": ["/etc/hosts"], "scheduled_selftest_timer_user": "operator",
            "scheduled_selftest_timer_command": "/opt/stand-in/ansible playbook",
            "scheduled_selftest_timer_arguments": ["--extra-vars", "@" + NASTY],
            "scheduled_selftest_timer_environment": {"SETTING": NASTY}, **variables}))

    def said(command: str) -> str:
        done = guest.run(command)
        assert done.returncode == 0, done.stdout + done.stderr
        return str(done.stdout.strip())

    (tmp_path / "timer.yml").write_text(TIMER)
    said("install -d -o operator /opt/stand-in")
    guest.run(f"cat > '/opt/stand-in/ansible playbook' <<'END'\n{STAND_IN}END")
    said("chmod +x '/opt/stand-in/ansible playbook'")
    assert "changed=2" in installed()
    units = "drivecare-selftest.service drivecare-selftest.timer"
    assert said(f"systemd-analyze verify --man=no {units} 2>&1") == ""
    timer = "drivecare-selftest.timer"
    assert said(f"systemctl is-active {timer}; systemctl is-enabled {timer}").split() == ["active", "enabled"]
    said("systemctl start drivecare-selftest.service")
    assert said("cat /opt/stand-in/called").splitlines() == [
        "--inventory", "/etc/hosts", "--extra-vars", "@" + NASTY, "drivecare.scsi.selftest", NASTY, "operator"]
    assert "changed=2" in installed(
        scheduled_selftest_timer_calendar="2099-01-01 03:00", scheduled_selftest_timer_delay=0)
    assert "2099-01-01 03:00:00" in said(f"systemctl show --property=NextElapseUSecRealtime {timer}")
    installed(scheduled_selftest_timer_state="absent")
    assert said("systemctl list-unit-files 'drivecare-selftest*' --no-legend; systemctl list-timers --all --no-legend "
                "'drivecare-selftest*'") == ""

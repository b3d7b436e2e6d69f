# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scsi_selftest compared with sg_senddiag, sg_logs, sg_requests and smartctl, and what it does to real devices."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from conftest import Guest

# Disks that are tested through SCSI; the SATA disk, which is not, has a file of its own.
DISKS = ["scsi_debug", "lio", "qemu_disk"]


@pytest.mark.parametrize("group", DISKS)
@pytest.mark.parametrize("node", ["sg", "block"])
def test_how_long_an_extended_test_takes(guest: Guest, group: str, node: str) -> None:
    path = guest.devices[group][0][node]
    printed = guest.run(f"sg_senddiag -e {path}").stdout
    told = re.search(r"duration: (\d+) seconds", printed) or re.search(r"duration=(\d+) seconds", printed)
    told = told or re.search(r"(\d+) seconds", printed)
    selftest = guest.said("scsi_selftest", path)["selftest"]
    if told is None:
        assert selftest["extended_duration_seconds"] is None
    else:
        assert selftest["extended_duration_seconds"] == int(told[1])
        assert selftest["extended_duration_source"] == "control mode page"


@pytest.mark.parametrize("group", DISKS)
def test_a_drive_without_a_log_of_self_tests(guest: Guest, group: str) -> None:
    path = guest.devices[group][0]["sg"]
    assert guest.run(f"sg_logs --page=0x10 {path}").returncode in (5, 9)
    entry = guest.said("scsi_selftest", path)
    assert (entry["status"], entry["selftest"]["verdict"]) == ("ok", "unknown")
    assert entry["selftest"]["log_supported"] is False and entry["selftest"]["results"] == []
    assert "log page 10h" in entry["reason"]


@pytest.mark.parametrize("group", ["scsi_debug", "lio", "qemu_disk"])
def test_smartctl_knows_no_log_there_either(guest: Guest, group: str) -> None:
    path = guest.devices[group][0]["block"]
    theirs: dict[str, Any] = json.loads(guest.run(f"smartctl -d scsi -j -l selftest {path}").stdout)
    assert not [name for name in theirs if name.startswith("scsi_self_test_")]
    assert guest.said("scsi_selftest", path)["selftest"]["newest"] is None


@pytest.mark.parametrize("group", DISKS)
def test_no_test_runs(guest: Guest, group: str) -> None:
    path = guest.devices[group][0]["sg"]
    assert "rogress" not in guest.run(f"sg_requests {path}").stdout
    selftest = guest.said("scsi_selftest", path)["selftest"]
    assert selftest["running"] is False and selftest["progress_percent"] is None


@pytest.mark.parametrize("group", DISKS)
@pytest.mark.parametrize("node", ["sg", "block"])
def test_the_name_of_the_drive(guest: Guest, group: str, node: str) -> None:
    """Compared with what the kernel made of VPD page 83h."""
    device = guest.devices[group][0]
    known = guest.run(f"cat /sys/block/{device['block'][5:]}/device/wwid").stdout.strip()
    ours = guest.said("scsi_selftest", device[node])["wwn"]
    if known.startswith(("naa.", "eui.")):
        assert ours == known
    else:
        # The kernel keeps the padding of other names, or has none.
        assert not (ours or "").startswith(("naa.", "eui."))


def test_the_default_test_on_a_drive_that_has_it(guest: Guest) -> None:
    path = guest.devices["scsi_debug"][0]["sg"]
    assert guest.run(f"sg_senddiag -t {path}").returncode == 0
    options = {"devices": [path], "state": "started", "test": "default"}
    entry = guest.entries("kernel_root", "scsi_selftest", options)[path]
    assert (entry["status"], entry["selftest"]["verdict"]) == ("ok", "passed")
    assert "default" in entry["reason"]


@pytest.mark.parametrize("group", ["lio", "qemu_disk"])
def test_a_test_on_a_drive_that_has_none(guest: Guest, group: str) -> None:
    path = guest.devices[group][0]["sg"]
    assert guest.run(f"sg_senddiag -t {path}").returncode == 9
    entry = guest.entries("kernel_root", "scsi_selftest", {"devices": [path], "state": "started"})[path]
    assert entry["status"] == "failed"
    assert "SEND DIAGNOSTIC" in entry["reason"] and "invalid command operation code" in entry["reason"]


def test_a_test_whose_result_never_comes_is_not_taken_for_passed(guest: Guest) -> None:
    """scsi_debug answers every self-test with GOOD and does nothing."""
    path = guest.devices["scsi_debug"][0]["sg"]
    options = {"devices": [path], "state": "started", "wait": True, "poll_interval": 0.2}
    entry = guest.entries("kernel_root", "scsi_selftest", options)[path]
    assert (entry["status"], entry["selftest"]["verdict"]) == ("failed", "unknown")
    assert "log" in entry["reason"]


def test_aborting_where_nothing_runs(guest: Guest) -> None:
    path = guest.devices["scsi_debug"][0]["sg"]
    result = guest.ask("kernel_root", "scsi_selftest", {"devices": [path], "state": "aborted"})
    assert result["changed"] is False and result["drives"][0]["selftest"]["verdict"] == "not_running"


@pytest.mark.parametrize("node", ["sg", "block"])
@pytest.mark.parametrize("options", [{"foreground": True}, {"test": "default", "unit_offline": True}])
def test_a_mounted_drive_is_not_kept_from_serving(guest: Guest, node: str, options: dict[str, Any]) -> None:
    device = guest.devices["scsi_debug"][0]
    mounted = guest.run(f"mkdir -p /srv/data && mkfs.ext4 -q -F {device['block']} && mount {device['block']} /srv/data")
    assert mounted.returncode == 0, mounted.stderr
    try:
        wanted = dict(options, devices=[device[node]], state="started")
        entry = guest.entries("kernel_root", "scsi_selftest", wanted)[device[node]]
        assert (entry["status"], entry["selftest"]["verdict"]) == ("failed", "in_use")
        assert f"{device['block']} " in entry["reason"] and "/srv/data" in entry["reason"]
        forced = guest.entries("kernel_root", "scsi_selftest", dict(wanted, force=True))[device[node]]
        assert (forced["status"], forced["selftest"]["verdict"]) == ("ok", "passed")
    finally:
        guest.run("umount /srv/data")

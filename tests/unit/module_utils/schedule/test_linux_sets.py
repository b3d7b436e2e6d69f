# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which drives belong together, as /sys has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.linux_sets import Disks, linux_sets
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.sets import DriveSet

from .sysfs import Sysfs

VG = "LVM-" + "a1B2c3D4" * 4


@pytest.fixture(name="sysfs")
def _sysfs(tmp_path: Path) -> Sysfs:
    return Sysfs(tmp_path)


def found(sysfs: Sysfs) -> dict[str, DriveSet]:
    sets = linux_sets(Disks(str(sysfs.root)))
    assert len({each.name for each in sets}) == len(sets)
    return {each.name: each for each in sets}


def test_a_host_without_any(sysfs: Sysfs) -> None:
    assert found(sysfs) == {}


def test_md_on_partitions(sysfs: Sysfs) -> None:
    for name in ("sda", "sdb", "sdc"):
        sysfs.disk(name, [name + "1", name + "2"])
    sysfs.virtual("md0", ["sda1", "sdb1"], md__level="raid1", md__raid_disks="2", md__degraded="0",
                  md__sync_action="idle")
    sysfs.virtual("md1", ["sda2", "sdb2", "sdc2"], md__level="raid5", md__raid_disks="3", md__degraded="1",
                  md__sync_action="recover")
    sysfs.virtual("md127", ["sda", "sdb"], md__level="container")
    sets = found(sysfs)
    busy = sets["md:md1"].busy
    assert sets == {
        "md:md0": DriveSet("md:md0", "array", ("sda", "sdb"), 2, 2, None),
        "md:md1": DriveSet("md:md1", "array", ("sda", "sdb", "sdc"), 3, 2, busy),
    }
    assert busy and "recover" in busy and "md:md1" in busy


@pytest.mark.parametrize("action,busy", [
    ("idle", False), ("check", True), ("repair", True), ("resync", True), ("reshape", True), ("frozen", False)])
def test_what_md_does(sysfs: Sysfs, action: str, busy: bool) -> None:
    sysfs.disk("sda")
    sysfs.virtual("md0", ["sda"], md__level="raid1", md__sync_action=action)
    assert (found(sysfs)["md:md0"].busy is not None) == busy


def test_md_without_redundancy_tells_neither_lost_members_nor_work(sysfs: Sysfs) -> None:
    sysfs.disk("sda")
    sysfs.disk("sdb")
    sysfs.virtual("md0", ["sda", "sdb"], md__level="raid0", md__raid_disks="2")
    assert found(sysfs)["md:md0"] == DriveSet("md:md0", "array", ("sda", "sdb"), 2, None, None)


def test_lvm_over_encryption_and_multipath(sysfs: Sysfs) -> None:
    for name in ("sda", "sdb", "sdc"):
        sysfs.disk(name, [name + "1"])
    sysfs.virtual("dm-0", ["sda", "sdb"], dm__uuid="mpath-35000c5", dm__name="mpatha")
    sysfs.virtual("dm-1", ["sdc1"], dm__uuid="CRYPT-LUKS2-1", dm__name="safe")
    sysfs.virtual("dm-2", ["dm-0", "dm-1"], dm__uuid=VG + "e" * 32, dm__name="vg--data-lv--one")
    sysfs.virtual("dm-3", ["dm-1"], dm__uuid=VG + "f" * 32, dm__name="vg--data-two")
    assert found(sysfs) == {"lvm:vg-data": DriveSet("lvm:vg-data", "array", ("sda", "sdb", "sdc"))}


def test_btrfs(sysfs: Sysfs) -> None:
    for name in ("sda", "sdb"):
        sysfs.disk(name, [name + "1"])
        (sysfs.root / "fs" / "btrfs" / "1-2" / "devices" / (name + "1")).mkdir(parents=True)
    sysfs.write("fs/btrfs/1-2/exclusive_operation", "none")
    (sysfs.root / "fs" / "btrfs" / "features").mkdir()
    assert found(sysfs) == {"btrfs:1-2": DriveSet("btrfs:1-2", "array", ("sda", "sdb"))}
    sysfs.write("fs/btrfs/1-2/exclusive_operation", "device replace")
    busy = found(sysfs)["btrfs:1-2"].busy
    assert busy and "device replace" in busy and "btrfs:1-2" in busy


def test_an_enclosure_by_two_paths_is_one(sysfs: Sysfs) -> None:
    for name in ("sda", "sdb", "sdx", "sdy", "sdz"):
        sysfs.disk(name, [name + "1"])
    sysfs.slots("0:0:24:0", "0x5000ccab0405db00", {"SLOT 00": "sda", "SLOT 01": "sdb"})
    sysfs.slots("1:0:24:0", "0x5000ccab0405db00", {"SLOT 00": "sdy", "SLOT 01": "sdz"})
    sysfs.slots("2:0:0:0", "0x1", {})
    assert found(sysfs) == {"enclosure:0x5000ccab0405db00": DriveSet(
        "enclosure:0x5000ccab0405db00", "enclosure", ("sda", "sdb", "sdy", "sdz"))}


@pytest.mark.parametrize("file,text", [
    ("md/raid_disks", "many"), ("md/raid_disks", "-1"), ("md/degraded", ""), ("md/sync_action", "\x00\xff"),
    ("md/raid_disks", "\u00b2")])
def test_what_makes_no_sense_is_not_known(sysfs: Sysfs, file: str, text: Any) -> None:
    sysfs.disk("sda")
    sysfs.virtual("md0", ["sda"], md__level="raid1")
    sysfs.write("devices/virtual/md0/" + file, text)
    assert (found(sysfs)["md:md0"].total, found(sysfs)["md:md0"].active) == (None, None)


def test_devices_that_stand_on_each_other_end(sysfs: Sysfs) -> None:
    sysfs.virtual("dm-0", ["dm-1"], dm__uuid=VG, dm__name="vg-a")
    sysfs.virtual("dm-1", ["dm-0"], dm__uuid="x", dm__name="x")
    assert found(sysfs)["lvm:vg"].members == ()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths to a drive, over trees that look like /sys of a real host."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory import linux_paths
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_paths import Paths
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AddressError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux.nodes import Node

NAME = "naa.5000c500a1b2c3d4"


@pytest.fixture(name="sysfs")
def _sysfs(tmp_path: Path) -> Path:
    (tmp_path / "bus/scsi/devices").mkdir(parents=True)
    return tmp_path


def unit(sysfs: Path, hctl: str, wwid: str | None, sg: str, block: str | None = None,
         state: str = "running") -> Path:
    """A SCSI device, with the link to it on the bus."""
    place = sysfs / "devices/pci0" / hctl
    (place / "scsi_generic" / sg).mkdir(parents=True)
    if block:
        (place / "block" / block).mkdir(parents=True)
    if wwid is not None:
        (place / "wwid").write_text(wwid + "\n")
    (place / "state").write_text(state + "\n")
    (sysfs / "bus/scsi/devices" / hctl).symlink_to(place)
    return place


def test_two_paths_to_one_drive(sysfs: Path) -> None:
    unit(sysfs, "0:0:4:0", NAME, "sg2", "sda")
    unit(sysfs, "0:0:5:0", "naa.5000c500ffffffff", "sg3", "sdb")
    unit(sysfs, "7:0:4:0", NAME, "sg9", "sdk", "offline")
    assert Paths(str(sysfs)).of("/dev/sg2", NAME) == [
        {"hctl": "0:0:4:0", "sg_node": "/dev/sg2", "block_node": "/dev/sda", "state": "running"},
        {"hctl": "7:0:4:0", "sg_node": "/dev/sg9", "block_node": "/dev/sdk", "state": "offline"}]


def test_hosts_and_targets_on_the_bus_are_no_paths(sysfs: Path) -> None:
    unit(sysfs, "0:0:4:0", NAME, "sg2")
    (sysfs / "bus/scsi/devices/host0").mkdir()
    (sysfs / "bus/scsi/devices/target0:0:4").mkdir()
    found = Paths(str(sysfs)).of("/dev/sg2", NAME)
    assert found is not None and [path["hctl"] for path in found] == ["0:0:4:0"] and found[0]["block_node"] is None


@pytest.mark.parametrize("name", [None, "t10.ATA     DISK"])
def test_a_drive_without_a_name_of_its_own_has_the_path_that_was_named(
        monkeypatch: pytest.MonkeyPatch, sysfs: Path, name: str | None) -> None:
    # Two drives of one maker may have the same such name.
    place = unit(sysfs, "0:0:4:0", name, "sg2", "sda")
    unit(sysfs, "0:0:5:0", name, "sg3", "sdb")
    (sysfs / "dev/char").mkdir(parents=True)
    (sysfs / "dev/char/21:2").mkdir()
    (sysfs / "dev/char/21:2/device").symlink_to(place)
    monkeypatch.setattr(linux_paths, "inspect", lambda path, sysfs, dev: Node("sg", path, path, "21:2"))
    assert Paths(str(sysfs)).of("/dev/sg2", name) == [
        {"hctl": "0:0:4:0", "sg_node": "/dev/sg2", "block_node": "/dev/sda", "state": "running"}]


def test_a_node_that_went_away(monkeypatch: pytest.MonkeyPatch, sysfs: Path) -> None:
    def gone(path: str, sysfs: str, dev: str) -> Node:
        raise AddressError("gone")

    monkeypatch.setattr(linux_paths, "inspect", gone)
    assert Paths(str(sysfs)).of("/dev/sg2", NAME) is None


@pytest.mark.parametrize("address", ["iscsi://host/iqn.x/0", "replay:/tmp/c.json"])
def test_what_this_host_has_not_attached_has_no_paths(sysfs: Path, address: str) -> None:
    unit(sysfs, "0:0:4:0", NAME, "sg2")
    assert Paths(str(sysfs)).of(address, NAME) is None


def test_a_host_without_sysfs(tmp_path: Path) -> None:
    assert Paths(str(tmp_path / "none")).of("/dev/null", NAME) is None


def test_the_bus_is_read_once_for_all_drives(monkeypatch: pytest.MonkeyPatch, sysfs: Path) -> None:
    for number in range(3):
        unit(sysfs, f"0:0:{number}:0", f"naa.{number:016x}", f"sg{number}")
    read = []
    original = os.listdir

    def counted(path: str) -> list[str]:
        read.append(path)
        return original(path)

    monkeypatch.setattr(os, "listdir", counted)
    paths = Paths(str(sysfs))
    found = [paths.of(f"/dev/sg{number}", f"naa.{number:016x}") for number in range(3)]
    assert [each and each[0]["sg_node"] for each in found] == ["/dev/sg0", "/dev/sg1", "/dev/sg2"]
    assert read.count(str(sysfs / "bus/scsi/devices")) == 1

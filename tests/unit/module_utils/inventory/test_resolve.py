# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a list of devices stands for: patterns, partitions, and several ways to one drive, as /sys tells them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory import resolve as places
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.resolve import (
    ResolvedDevice,
    capture_path,
    resolve_devices,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.open_options import OpenOptions


@pytest.mark.parametrize("address,several,expected", [
    ("/dev/sg0", False, "/tmp/c.json"), ("/dev/sg0", True, "/tmp/c.sg0.json"),
    ("/dev/disk/by-id/wwn-0x5000", True, "/tmp/c.disk-by-id-wwn-0x5000.json"),
    ("replay:/tmp/x.json", True, "/tmp/c.replay--tmp-x.json.json")])
def test_where_a_drive_is_recorded(address: str, several: bool, expected: str) -> None:
    assert capture_path("/tmp/c.json", address, several) == expected


def test_patterns_are_expanded_in_the_order_that_people_count(tmp_path: Path) -> None:
    for name in ("sg10", "sg2", "sg1", "sda"):
        (tmp_path / name).touch()
    found = resolve_devices([str(tmp_path / "sg2"), str(tmp_path / "sg*"), "replay:/x*"], OpenOptions())
    assert [(Path(each.address).name, each.matched) for each in found] == [
        ("sg2", False), ("sg1", True), ("sg10", True), ("x*", False)]


def test_a_pattern_that_matches_nothing_has_an_entry_that_says_so(tmp_path: Path) -> None:
    place = resolve_devices([str(tmp_path / "sg*")], OpenOptions())[0]
    assert place.address == str(tmp_path / "sg*") and place.error.facts()["kind"] == "address"


class Machine:
    """Device nodes and their part of /sys; the nodes are plain files whose numbers are told beside them."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sysfs = root / "sys"
        self.dev = root / "dev"
        self.dev.mkdir()
        self.numbers: dict[str, tuple[int, int]] = {}
        plain = os.stat

        def stat(path: Any, **more: Any) -> Any:
            found = plain(path, **more)
            if str(path) not in self.numbers:
                return found
            mode, number = self.numbers[str(path)]
            fields = list(found)
            fields[0] = mode
            return os.stat_result(fields, {"st_rdev": number})

        monkeypatch.setattr(places.os, "stat", stat)

    def node(self, name: str, kind: str, number: int, unit: str, partition: bool = False,
             wwid: str | None = None) -> str:
        path = self.dev / name
        path.touch()
        self.numbers[str(path)] = (0o060000 if kind == "block" else 0o020000, number)
        entry = self.sysfs / "dev" / kind / f"{os.major(number)}:{os.minor(number)}"
        entry.mkdir(parents=True)
        there = self.sysfs / "units" / unit
        there.mkdir(parents=True, exist_ok=True)
        if partition:
            (entry / "partition").touch()
        else:
            (entry / "device").symlink_to(there)
        if wwid is not None:
            (there / "wwid").write_text(wwid + "\n")
        return str(path)

    def expand(self, *addresses: str) -> list[ResolvedDevice]:
        return resolve_devices(addresses, OpenOptions(), str(self.sysfs))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_the_nodes_of_one_drive_are_one_place(machine: Machine) -> None:
    block = machine.node("sda", "block", 0x800, "0:0:0:0")
    generic = machine.node("sg0", "char", 0x1500, "0:0:0:0")
    other = machine.node("sg1", "char", 0x1501, "0:0:1:0")
    assert [(each.address, each.same_as) for each in machine.expand(block, generic, other)] == [
        (block, None), (generic, block), (other, None)]


def test_two_paths_with_one_name_are_one_place(machine: Machine) -> None:
    one = machine.node("sda", "block", 0x800, "0:0:0:0", wwid="naa.5000c500a1b2c3d4")
    other = machine.node("sdb", "block", 0x810, "1:0:0:0", wwid="naa.5000c500a1b2c3d4")
    assert [each.same_as for each in machine.expand(one, other)] == [None, one]


def test_a_name_that_is_no_world_wide_one_does_not_join_drives(machine: Machine) -> None:
    one = machine.node("sda", "block", 0x800, "0:0:0:0", wwid="t10.ATA     BRIDGE 000000")
    other = machine.node("sdb", "block", 0x810, "1:0:0:0", wwid="t10.ATA     BRIDGE 000000")
    assert [each.same_as for each in machine.expand(one, other)] == [None, None]


def test_partitions_that_a_pattern_matches_are_left_out(machine: Machine) -> None:
    whole = machine.node("sda", "block", 0x800, "0:0:0:0")
    part = machine.node("sda1", "block", 0x801, "0:0:0:0", partition=True)
    assert [each.address for each in machine.expand(str(machine.dev / "sd*"))] == [whole]
    assert [each.address for each in machine.expand(part)] == [part]  # named, so that it can be refused by name

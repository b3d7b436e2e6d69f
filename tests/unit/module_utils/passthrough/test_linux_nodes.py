# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which node a path is, and what uses the drive behind it: over trees that look like /sys and /proc of a real host."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import Any, Sequence

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AddressError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux import nodes as linux_nodes
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux import uses as linux_uses
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux.nodes import Node, inspect
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux.uses import in_use_by

DISK = "devices/pci0/host2/target2:0:0/2:0:0:0"


class Tree:
    """A made-up /sys: links and files by path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.nodes: dict[str, os.stat_result] = {}

    def directory(self, path: str) -> Path:
        place = self.root / path
        place.mkdir(parents=True, exist_ok=True)
        return place

    def file(self, path: str, content: str = "") -> None:
        self.directory(os.path.dirname(path))
        (self.root / path).write_text(content)

    def link(self, path: str, target: str) -> None:
        self.directory(os.path.dirname(path))
        self.directory(target)
        (self.root / path).symlink_to(self.root / target)

    def node(self, monkeypatch: pytest.MonkeyPatch, path: str, is_block: bool, major: int, minor: int) -> str:
        mode = 0o60660 if is_block else 0o20660
        name = str(self.root / path)
        self.file(path)
        self.nodes[name] = _stat(mode, os.makedev(major, minor))
        original = os.stat

        def fake(place: str, *arguments: Any, **options: Any) -> os.stat_result:
            known = self.nodes.get(str(place))
            return known or original(place, *arguments, **options)

        monkeypatch.setattr(linux_nodes.os, "stat", fake)
        return name


def _stat(mode: int, device: int) -> os.stat_result:
    fields = list(os.stat("/dev/null"))
    fields[0] = mode
    return os.stat_result(fields, {"st_rdev": device})


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Tree:
    """One SCSI disk, sda and sg0, with a partition, and a virtio disk."""
    tree = Tree(tmp_path)
    tree.link(DISK + "/subsystem", "bus/scsi")
    tree.directory(DISK + "/scsi_generic/sg0")
    tree.directory(DISK + "/block/sda")
    tree.link(DISK + "/block/sda/device", DISK)
    tree.link(DISK + "/scsi_generic/sg0/device", DISK)
    tree.link(DISK + "/scsi_generic/sg0/subsystem", "class/scsi_generic")
    tree.file(DISK + "/block/sda/dev", "8:0\n")
    tree.file(DISK + "/block/sda/sda1/partition", "1")
    tree.file(DISK + "/block/sda/sda1/dev", "8:1\n")
    tree.link("dev/block/8:0", DISK + "/block/sda")
    tree.link("dev/block/8:1", DISK + "/block/sda/sda1")
    tree.link("dev/char/21:0", DISK + "/scsi_generic/sg0")
    tree.link("class/block/sda", DISK + "/block/sda")
    return tree


def found(tree: Tree, path: str) -> Node:
    return inspect(path, sysfs=str(tree.root), dev="/dev")


def test_a_disk_knows_its_sg_node(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    node = found(tree, tree.node(monkeypatch, "n/sda", True, 8, 0))
    assert (node.kind, node.number, node.sg_path, node.block_path) == ("block", "8:0", "/dev/sg0", "/dev/sda")


def test_an_sg_node_knows_its_disk(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    node = found(tree, tree.node(monkeypatch, "n/sg0", False, 21, 0))
    assert (node.kind, node.block_path) == ("sg", "/dev/sda")


def test_a_link_leads_to_the_node_and_keeps_its_name(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tree.node(monkeypatch, "n/sda", True, 8, 0)
    link = tree.root / "wwn-0x5000"
    link.symlink_to(real)
    node = found(tree, str(link))
    assert (node.path, node.real_path) == (str(link), real)


def test_a_partition_is_refused_and_the_disk_is_named(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AddressError, match=r"\bpartition\b.*/dev/sda\b"):
        found(tree, tree.node(monkeypatch, "n/sda1", True, 8, 1))


def test_a_disk_that_is_not_scsi_is_refused_with_its_driver(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.link("devices/virtio1/subsystem", "bus/virtio")
    tree.link("devices/virtio1/driver", "bus/virtio/drivers/virtio_blk")
    tree.link("devices/virtio1/block/vda/device", "devices/virtio1")
    tree.link("dev/block/254:0", "devices/virtio1/block/vda")
    with pytest.raises(AddressError, match=r"\bSCSI\b.*\bvirtio_blk\b"):
        found(tree, tree.node(monkeypatch, "n/vda", True, 254, 0))


def test_what_is_built_on_drives_names_them(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.directory("devices/virtual/block/dm-0/dm")
    tree.directory("devices/virtual/block/dm-0/slaves/sda")
    tree.link("dev/block/253:0", "devices/virtual/block/dm-0")
    with pytest.raises(AddressError, match=r"^(?!.*partition).*/dev/sda\b"):
        found(tree, tree.node(monkeypatch, "n/dm-0", True, 253, 0))


def test_a_cd_rom_and_a_tape_are_told_apart(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.link("devices/x/subsystem", "bus/scsi")
    tree.link("devices/x/block/sr0/device", "devices/x")
    tree.link("dev/block/11:0", "devices/x/block/sr0")
    assert found(tree, tree.node(monkeypatch, "n/sr0", True, 11, 0)).kind == "cdrom"
    tree.link("devices/x/scsi_tape/st0/device", "devices/x")
    tree.link("devices/x/scsi_tape/st0/subsystem", "class/scsi_tape")
    tree.link("dev/char/9:0", "devices/x/scsi_tape/st0")
    assert found(tree, tree.node(monkeypatch, "n/st0", False, 9, 0)).kind == "tape"


@pytest.mark.parametrize("path,said", [("/dev/null", r"\bSCSI\b.*\bsg\b"), ("/", r"^(?!.*SCSI).*\bdevice node\b"),
                                       ("/nowhere", "No such file or directory")])
def test_what_is_no_drive_is_refused(path: str, said: str) -> None:
    """The sentence stands beside the name."""
    with pytest.raises(AddressError, match=said) as raised:
        inspect(path)
    assert not str(raised.value).startswith(path)


def test_a_node_that_the_kernel_does_not_know_is_refused(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AddressError, match=r"\b8:99\b"):
        found(tree, tree.node(monkeypatch, "n/sdz", True, 8, 99))


def used(tree: Tree, mountinfo: str = "", swaps: str = "Filename Type\n",
         block_path: str | None = "/dev/sda", others: Sequence[str] = ()) -> list[str]:
    tree.file("proc/self/mountinfo", mountinfo)
    tree.file("proc/swaps", swaps)
    node = Node("sg", "/dev/sg0", "/dev/sg0", "21:0", block_path=block_path)
    return in_use_by(node, others, sysfs=str(tree.root), proc=str(tree.root / "proc"))


def free(path: str, flags: int) -> int:
    """Opens any block device."""
    return os.dup(0)


@pytest.mark.parametrize("number,expected", [
    (errno.EBUSY, ["/dev/sda is claimed"]), (errno.EACCES, ["whether /dev/sda is in use cannot be known"]),
    (errno.ENOENT, ["whether /dev/sda is in use cannot be known"]), (errno.ENOMEDIUM, []), (None, [])])
def test_a_claim_that_shows_nowhere_else_is_found_by_asking_for_one(
        tree: Tree, monkeypatch: pytest.MonkeyPatch, number: int | None, expected: list[str]) -> None:
    def opened(path: str, flags: int) -> int:
        assert path == "/dev/sda" and flags & os.O_EXCL and not flags & os.O_RDWR
        if number is not None:
            raise OSError(number, os.strerror(number))
        return os.dup(0)

    monkeypatch.setattr(linux_uses.os, "open", opened)
    used_now = used(tree)
    monkeypatch.undo()
    assert [each[:len(start)] for each, start in zip(used_now, expected)] == expected
    assert len(used_now) == len(expected)


def test_a_drive_that_nothing_uses(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux_uses.os, "open", free)
    used_now = used(tree, others=["/dev/sda", "/dev/sdb"])
    monkeypatch.undo()
    assert used_now == []


@pytest.mark.parametrize("own", ["/dev/sdb", None])
def test_a_mount_on_another_path_is_found(tree: Tree, monkeypatch: pytest.MonkeyPatch, own: str | None) -> None:
    monkeypatch.setattr(linux_uses.os, "open", free)
    line = "36 35 8:1 / /srv/data rw,noatime shared:1 - ext4 /dev/sda1 rw\n"
    used_now = used(tree, line, block_path=own, others=["/dev/sdb", "/dev/sda"])
    monkeypatch.undo()
    assert used_now == ["/dev/sda1 is mounted on /srv/data"]


def test_a_mounted_partition_is_named(tree: Tree) -> None:
    line = "36 35 8:1 / /srv/my\\040data rw,noatime shared:1 - ext4 /dev/sda1 rw\n"
    use, = used(tree, line)
    assert re.search(r"^/dev/sda1 .*\bmounted\b.* /srv/my data$", use)


def test_a_file_system_without_a_number_of_its_own_is_found_by_its_source(tree: Tree) -> None:
    line = "36 35 0:44 / /data rw - btrfs /dev/sda rw\n"
    use, = used(tree, line)
    assert re.search(r"^/dev/sda .*\bmounted\b.* /data$", use)


def test_swap_is_named(tree: Tree) -> None:
    use, = used(tree, swaps="Filename Type Size\n/dev/sda1 partition 1 2 3\n")
    assert re.search(r"^/dev/sda1 .*\bswap\b", use)


def test_an_array_and_a_volume_are_named(tree: Tree) -> None:
    tree.directory(DISK + "/block/sda/holders/md0")
    tree.file("class/block/md0/md/level", "raid6\n")
    tree.directory(DISK + "/block/sda/sda1/holders/dm-3")
    tree.file("class/block/dm-3/dm/name", "vg-data\n")
    tree.file("class/block/dm-3/dm/uuid", "LVM-abc\n")
    array, volume = used(tree)
    assert re.search(r"^/dev/sda .*\braid6\b.* /dev/md0$", array)
    assert re.search(r"^/dev/sda1 .*\bLVM\b.* vg-data$", volume)


def test_a_device_without_a_disk_is_used_by_nothing(tree: Tree) -> None:
    assert used(tree, block_path=None) == []

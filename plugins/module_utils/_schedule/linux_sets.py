# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel knows about disks that belong together: md, LVM and btrfs, and the enclosures they are in.

All of it is read from /sys. What is not there, or cannot be read, is left out.
"""

from __future__ import annotations

import os
import re

from .._inventory.linux_bays import bay_of
from .._passthrough.linux.sysfs import content, entries, number
from .sets import ARRAY, ENCLOSURE, DriveSet

_LVM = re.compile(r"LVM-([0-9A-Za-z]{32})")
_MD_IDLE = ("idle", "frozen", "")
_BTRFS_IDLE = ("none", "")


class Disks:
    """Finds the disks that a block device is made of."""

    def __init__(self, sysfs: str = "/sys") -> None:
        self.sysfs = sysfs
        self._blocks = os.path.join(sysfs, "class", "block")
        self._known: dict[str, set[str]] = {}

    def names(self) -> list[str]:
        """All block devices."""
        return entries(self._blocks)

    def of_path(self, path: str) -> set[str]:
        """The disks below a node such as /dev/sda1 or a link to one; empty if it is not a block device."""
        name = os.path.basename(os.path.realpath(path))
        return self.below(name) if os.path.exists(self.entry(name)) else set()

    def entry(self, name: str, *more: str) -> str:
        """The path of a device in /sys."""
        return os.path.join(self._blocks, name, *more)

    def below(self, name: str) -> set[str]:
        """The whole disks that a device is made of, through all layers; for a disk, itself."""
        if name not in self._known:
            # Ends the recursion, should /sys ever have a cycle.
            self._known[name] = set()
            slaves = entries(self.entry(name, "slaves"))
            if os.path.exists(self.entry(name, "partition")):
                slaves = [os.path.basename(os.path.dirname(os.path.realpath(self.entry(name))))]
            found: set[str] = {name} if not slaves else set()
            for slave in slaves:
                found |= self.below(slave)
            self._known[name] = found
        return self._known[name]


def linux_sets(disks: Disks) -> list[DriveSet]:
    """The sets of this host, by kind and name."""
    return _md(disks) + _lvm(disks) + _btrfs(disks) + _enclosures(disks)


def _md(disks: Disks) -> list[DriveSet]:
    found = []
    for name in disks.names():
        md = disks.entry(name, "md")
        level = content(os.path.join(md, "level"))
        if not level or level == "container":
            continue
        members = disks.below(name)
        total = number(os.path.join(md, "raid_disks"))
        degraded = number(os.path.join(md, "degraded"))
        action = content(os.path.join(md, "sync_action"))
        found.append(DriveSet(
            "md:" + name, ARRAY, tuple(sorted(members)), total,
            None if total is None or degraded is None else max(0, total - degraded),
            None if action in _MD_IDLE else f"{action} of md:{name} is under way"))
    return found


def _lvm(disks: Disks) -> list[DriveSet]:
    """Volume groups that have active volumes: the kernel does not know the others."""
    groups: dict[str, tuple[str, set[str]]] = {}
    for name in disks.names():
        match = _LVM.match(content(disks.entry(name, "dm", "uuid")))
        if match is None:
            continue
        group = _group_name(content(disks.entry(name, "dm", "name")))
        groups.setdefault(match.group(1), (group, set()))[1].update(disks.below(name))
    return [DriveSet("lvm:" + group, ARRAY, tuple(sorted(members))) for group, members in sorted(groups.values())]


def _group_name(mapped: str) -> str:
    """The group of "group-volume"; dashes within either name are doubled."""
    return mapped.replace("--", "\0").split("-")[0].replace("\0", "-")


def _btrfs(disks: Disks) -> list[DriveSet]:
    found = []
    root = os.path.join(disks.sysfs, "fs", "btrfs")
    for uuid in entries(root):
        members: set[str] = set()
        for name in entries(os.path.join(root, uuid, "devices")):
            members |= disks.below(name)
        if members:
            operation = content(os.path.join(root, uuid, "exclusive_operation"))
            found.append(DriveSet(
                "btrfs:" + uuid, ARRAY, tuple(sorted(members)),
                busy=None if operation in _BTRFS_IDLE else f"{operation} of btrfs:{uuid} is under way"))
    return found


def _enclosures(disks: Disks) -> list[DriveSet]:
    found: dict[str, set[str]] = {}
    for name in disks.names():
        bay = bay_of(disks.entry(name, "device"))
        if bay is not None:
            # An enclosure that is reached by two paths has one identifier.
            found.setdefault(bay.enclosure, set()).add(name)
    return [DriveSet("enclosure:" + identifier, ENCLOSURE, tuple(sorted(members)))
            for identifier, members in sorted(found.items())]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else uses a disk: mounts, swap, and what LVM, RAID or multipath built on it."""

from __future__ import annotations

import errno
import os
from typing import Iterable, Iterator

from .nodes import Node
from .sysfs import content, entries


def in_use_by(node: Node, block_nodes: Iterable[str] = (), sysfs: str = "/sys", proc: str = "/proc") -> list[str]:
    """One sentence per use of the drive, such as "/dev/sda1 is mounted on /srv"; empty if nothing uses it.

    ``block_nodes``: those of other paths to the drive. A use unknown to the kernel, such as by a program that opened
    the sg node, is not detected. Where this user is not permitted to look, or has no node to look at, a sentence says
    so.
    """
    own = node.block_path or (node.real_path if node.kind == "block" else None)
    paths = dict.fromkeys(([] if own is None else [own]) + list(block_nodes))
    return [use for path in paths for use in _uses(path, sysfs, proc)]


def _uses(block_path: str, sysfs: str, proc: str) -> list[str]:
    """The uses of the drive by one of its paths."""
    name = os.path.basename(block_path)
    found: list[str] = []
    for device, number, entry in _parts(os.path.join(sysfs, "class", "block", name)):
        found.extend(f"{device} is mounted on {where}" for where in _mounts(number, device, proc))
        if device in _swaps(proc):
            found.append(f"{device} is used for swap")
        found.extend(f"{device} is part of {holder}" for holder in _holders(entry, sysfs))
    # ZFS, another member of a btrfs, a cluster file system: they show in none of the places above.
    return found or _claims(block_path)


def _claims(block_path: str) -> list[str]:
    """Whether the disk, or one of its partitions, is already open exclusively (open(2), O_EXCL)."""
    try:
        os.close(os.open(block_path, os.O_RDONLY | os.O_EXCL | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        if error.errno == errno.EBUSY:
            return [f"{block_path} is claimed by a file system, a volume manager or a program"]
        if error.errno != errno.ENOMEDIUM:
            return [f"whether {block_path} is in use cannot be known: {error.strerror}"]
    return []


def _parts(entry: str) -> Iterator[tuple[str, str, str]]:
    """The disk and its partitions: node, major:minor, entry in /sys."""
    names = [os.path.basename(entry)]
    try:
        names.extend(sorted(child for child in os.listdir(entry)
                            if os.path.exists(os.path.join(entry, child, "partition"))))
    except OSError:
        return
    for position, name in enumerate(names):
        place = entry if position == 0 else os.path.join(entry, name)
        try:
            with open(os.path.join(place, "dev")) as stream:
                yield "/dev/" + name, stream.read().strip(), place
        except OSError:
            continue


def _mounts(number: str, device: str, proc: str) -> Iterator[str]:
    # The number identifies the disk even if the source has another name; the source identifies it for file systems,
    # such as btrfs, whose number is not that of a disk.
    try:
        with open(os.path.join(proc, "self", "mountinfo")) as lines:
            for line in lines:
                fields = line.split()
                source = fields[fields.index("-") + 2] if "-" in fields[:-2] else ""
                if fields[2] == number or source.startswith("/") and os.path.realpath(source) == device:
                    yield fields[4].replace("\\040", " ")
    except (OSError, IndexError):
        return


def _swaps(proc: str) -> list[str]:
    try:
        with open(os.path.join(proc, "swaps")) as lines:
            return [os.path.realpath(line.split()[0]) for line in list(lines)[1:] if line.strip()]
    except OSError:
        return []


def _holders(entry: str, sysfs: str) -> list[str]:
    return [_holder(name, sysfs) for name in entries(os.path.join(entry, "holders"))]


def _holder(name: str, sysfs: str) -> str:
    """Describes a device that is built on the disk: RAID, LVM, multipath."""
    entry = os.path.join(sysfs, "class", "block", name)
    level = content(os.path.join(entry, "md", "level"))
    if level:
        return f"the {level} array /dev/{name}"
    mapped = content(os.path.join(entry, "dm", "name"))
    if mapped:
        kind = content(os.path.join(entry, "dm", "uuid")).partition("-")[0]
        what = {"LVM": "the LVM volume", "mpath": "the multipath device", "CRYPT": "the encrypted device"}.get(
            kind, "the mapped device")
        return f"{what} {mapped}"
    return "/dev/" + name

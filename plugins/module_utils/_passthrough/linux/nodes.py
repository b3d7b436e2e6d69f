# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kind of node a path is, and which drive is behind it, from /sys."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from typing import NamedTuple

from ..errors import AddressError
from .sysfs import entries, node

SG = "sg"
BLOCK = "block"
CDROM = "cdrom"
TAPE = "tape"
BSG = "bsg"


class Node(NamedTuple):
    """A device node of a SCSI device.

    ``path`` is what the user named, ``real_path`` the node itself, ``number`` its "major:minor". ``sg_path`` and
    ``block_path`` are the drive's other nodes, where /sys knows them.
    """

    kind: str
    path: str
    real_path: str
    number: str
    sg_path: str | None = None
    block_path: str | None = None

    def ownership(self) -> str:
        """The node's owner, group and mode for a message: "root:disk 0660"."""
        try:
            facts = os.stat(self.real_path)
        except OSError:
            return "not readable"
        return f"{_user(facts.st_uid)}:{_group(facts.st_gid)} {stat.S_IMODE(facts.st_mode):04o}"


def inspect(path: str, sysfs: str = "/sys", dev: str = "/dev") -> Node:
    """Finds out what ``path`` is. Raises AddressError if it is not a SCSI device, or only a part of one."""
    real_path = os.path.realpath(path)
    try:
        facts = os.stat(real_path)
    except OSError as error:
        raise AddressError(str(error.strerror)) from None
    if not (stat.S_ISBLK(facts.st_mode) or stat.S_ISCHR(facts.st_mode)):
        raise AddressError("is not a device node")
    is_block = stat.S_ISBLK(facts.st_mode)
    number = f"{os.major(facts.st_rdev)}:{os.minor(facts.st_rdev)}"
    entry = os.path.realpath(os.path.join(sysfs, "dev", "block" if is_block else "char", number))
    if not os.path.isdir(entry):
        raise AddressError(f"the kernel has no device {number}")
    kind = _block_kind(entry, dev) if is_block else _character_kind(entry)
    unit = os.path.join(entry, "device")
    if kind != BSG and _subsystem(unit) != "scsi":
        driver = os.path.basename(os.path.realpath(os.path.join(unit, "driver"))) if os.path.isdir(unit) else None
        raise AddressError("is not a SCSI device" + (f" (its driver is {driver})" if driver else ""))
    return Node(kind, path, real_path, number, node(unit, "scsi_generic", dev), node(unit, "block", dev))


def _block_kind(entry: str, dev: str) -> str:
    if os.path.exists(os.path.join(entry, "partition")):
        whole = os.path.join(dev, os.path.basename(os.path.dirname(entry)))
        raise AddressError(f"is a partition; name the whole disk, {whole}")
    if os.path.isdir(os.path.join(entry, "dm")) or os.path.isdir(os.path.join(entry, "md")):
        below = ", ".join(os.path.join(dev, name) for name in entries(os.path.join(entry, "slaves")))
        raise AddressError(f"is not a drive but is built on {below or 'others'}; name those")
    return CDROM if os.path.basename(entry).startswith("sr") else BLOCK


def _character_kind(entry: str) -> str:
    kind = {"scsi_generic": SG, "scsi_tape": TAPE, "bsg": BSG}.get(_subsystem(entry))
    if kind is None:
        raise AddressError("is not a SCSI device node (sg, sd, st, sr or bsg)")
    return kind


def _subsystem(entry: str) -> str:
    link = os.path.join(entry, "subsystem")
    return os.path.basename(os.path.realpath(link)) if os.path.exists(link) else ""


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)

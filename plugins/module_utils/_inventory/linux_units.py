# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logical units attached to this host, from /sys, and those that ``wwn:``, ``serial:`` and ``all`` select."""

from __future__ import annotations

import os
from typing import NamedTuple, Sequence

from .._passthrough.errors import AddressError
from .._passthrough.linux.sysfs import content, node, number
from .._scsi.device_types import DRIVES
from .._scsi.vpd import UNIT_SERIAL_NUMBER, VPD_HEADER, decode_unit_serial_number
from .._scsi.vpd_designators import DEVICE_IDENTIFICATION, decode_device_identification, logical_unit_names
from .names import WWN, is_named


class Unit(NamedTuple):
    """A logical unit at the end of one path.

    ``hctl`` is the kernel's host:channel:target:lun, ``state`` the kernel's state of the path, such as "running",
    ``names`` the logical unit's names, the best first, the kernel's own last. What the kernel does not know is ``None``
    or empty; before 3.15 it knows no names.
    """

    hctl: str
    sg_node: str | None
    block_node: str | None
    state: str | None
    device_type: int | None
    names: tuple[str, ...]
    serial: str | None
    #: As the drive reported them when the kernel found it.
    vendor: str | None = None
    product: str | None = None
    revision: str | None = None

    @property
    def wwn(self) -> str | None:
        """The best name, the same that is found by asking the drive."""
        return self.names[0] if self.names else None

    @property
    def node(self) -> str | None:
        """Where to send commands: the sg node where there is one, because it needs no capability."""
        return self.sg_node or self.block_node


def unit_at(place: str, dev: str = "/dev") -> Unit:
    """The logical unit whose folder in /sys is ``place``."""
    return Unit(
        os.path.basename(os.path.realpath(place)), node(place, "scsi_generic", dev), node(place, "block", dev),
        content(os.path.join(place, "state")) or None, number(os.path.join(place, "type")),
        _names(place), _serial(place),
        *(content(os.path.join(place, name)) or None for name in ("vendor", "model", "rev")))


def attached_units(sysfs: str = "/sys", dev: str = "/dev") -> list[Unit]:
    """All logical units, sorted by their numbers; empty if there is no /sys/bus/scsi."""
    root = os.path.join(sysfs, "bus", "scsi", "devices")
    try:
        # Hosts and targets are in the same folder; only logical units have four numbers.
        names = [name for name in os.listdir(root) if name.count(":") == 3]
    except OSError:
        return []
    return [unit_at(os.path.join(root, name), dev) for name in sorted(names, key=_numbers)]


def all_drives(units: Sequence[Unit]) -> list[str]:
    """A node for each path to a drive. Raises AddressError if this host has none."""
    found = [unit.node for unit in units if unit.device_type in DRIVES and unit.node is not None]
    if not found:
        raise AddressError("this host has no SCSI drive with a device node"
                           + ("" if units else "; /sys/bus/scsi shows no SCSI device at all"))
    return found


def node_named(address: str, units: Sequence[Unit]) -> str:
    """The node of the drive that ``wwn:...`` or ``serial:...`` names, on a working path if there is one.

    Raises AddressError if there is no such drive, or if different drives have the same serial number.
    """
    named = [unit for unit in units if unit.node is not None and is_named(address, unit.names, unit.serial)]
    if not named:
        what = "name" if address.startswith(WWN) else "serial number"
        raise AddressError(f"no SCSI device of this host has this {what}")
    # Vendors have given two drives the same serial number; a logical unit's name is unique.
    if len({unit.wwn or unit.hctl for unit in named}) > 1:
        names = ", ".join(WWN + unit.wwn if unit.wwn else str(unit.node) for unit in named)
        raise AddressError(f"several drives have this serial number; name one of {names}")
    return str(min(named, key=lambda unit: unit.state != "running").node)


def _numbers(hctl: str) -> list[int]:
    return [int(part) if part.isdecimal() else -1 for part in hctl.split(":")]


def _names(place: str) -> tuple[str, ...]:
    page = _page(place, DEVICE_IDENTIFICATION)
    names = [] if page is None else logical_unit_names(decode_device_identification(page, []))
    kernel = content(os.path.join(place, "wwid"))
    return tuple(names if kernel == "" or kernel in names else names + [kernel])


def _serial(place: str) -> str | None:
    page = _page(place, UNIT_SERIAL_NUMBER)
    return None if page is None else decode_unit_serial_number(page, []) or None


def _page(place: str, code: int) -> bytes | None:
    """A VPD page as the kernel read it when it found the drive; ``None`` if it is incomplete: half a serial number
    could be another drive's.
    """
    try:
        with open(os.path.join(place, f"vpd_pg{code:x}"), "rb") as stream:
            page = stream.read()
    except OSError:
        return None
    length = VPD_HEADER.decode(page)["page_length"]
    return page if length is not None and len(page) >= VPD_HEADER.size + length else None

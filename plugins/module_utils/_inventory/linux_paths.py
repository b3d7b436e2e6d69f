# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths from this host to a drive: its SCSI devices and their nodes, from /sys."""

from __future__ import annotations

import os
import threading
from typing import Any, Mapping, Sequence

from .._passthrough.errors import AddressError
from .._passthrough.linux.nodes import inspect
from .._scsi.vpd_designators import is_unique
from .linux_bays import Bay, bay_of
from .linux_units import Unit, attached_units, unit_at


class Paths:
    """The SCSI devices of this host by the name of their logical unit. /sys is read once, when first needed."""

    def __init__(self, sysfs: str = "/sys", dev: str = "/dev") -> None:
        self._sysfs = sysfs
        self._dev = dev
        self._lock = threading.Lock()
        self._known: dict[str, list[dict[str, Any]]] | None = None

    def of(self, address: str, wwn: str | None) -> list[dict[str, Any]] | None:
        """The paths of the drive at an address, each as ``{hctl, sg_node, block_node, state}``.

        ``hctl`` is the kernel's host:channel:target:lun, ``state`` the kernel's state of the path, such as "running".
        ``None`` if the drive is not reached through a device of this host, or the kernel does not know it.
        """
        if not address.startswith("/"):
            return None
        if wwn is not None and is_unique(wwn):
            with self._lock:
                if self._known is None:
                    self._known = self._scan()
            found = self._known.get(wwn)
            if found:
                return [dict(path) for path in found]
        # Kernels before 3.15 report no names, and some drives have no unique one: this path is all that is known.
        unit = self.unit_of(address)
        return None if unit is None else [_path(unit)]

    def unit_of(self, address: str) -> Unit | None:
        """What the kernel knows of the logical unit behind a node; ``None`` where there is none. Asks no drive."""
        if not address.startswith("/"):
            return None
        try:
            node = inspect(address, self._sysfs, self._dev)
        except AddressError:
            return None
        kind = "block" if node.kind in ("block", "cdrom") else "char"
        place = os.path.realpath(os.path.join(self._sysfs, "dev", kind, node.number, "device"))
        return unit_at(place, self._dev) if os.path.isdir(place) else None

    def bay(self, paths: Sequence[Mapping[str, Any]]) -> Bay | None:
        """The bay of the drive that these paths lead to; ``None`` if the kernel does not know it."""
        return bay_of(*(os.path.join(self._sysfs, "bus", "scsi", "devices", path["hctl"]) for path in paths))

    def _scan(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for unit in attached_units(self._sysfs, self._dev):
            if unit.wwn:
                found.setdefault(unit.wwn, []).append(_path(unit))
        return found


def _path(unit: Unit) -> dict[str, Any]:
    return {"hctl": unit.hctl, "sg_node": unit.sg_node, "block_node": unit.block_node, "state": unit.state}

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small /sys: block devices on block devices, as the kernel shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence


class Sysfs:
    """Builds the entries. As in Linux, those in class/block are links into devices, and a partition is in its disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")

    def disk(self, name: str, partitions: Sequence[str] = ()) -> None:
        self._block(name, f"devices/pci/{name}")
        for partition in partitions:
            self._block(partition, f"devices/pci/{name}/{partition}")
            self.write(f"devices/pci/{name}/{partition}/partition", "1")

    def virtual(self, name: str, slaves: Sequence[str], **files: str) -> None:
        self._block(name, f"devices/virtual/{name}")
        for slave in slaves:
            folder = self.root / "devices" / "virtual" / name / "slaves"
            folder.mkdir(exist_ok=True)
            (folder / slave).symlink_to(self.root / "class" / "block" / slave)
        for path, text in files.items():
            self.write(f"devices/virtual/{name}/{path.replace('__', '/')}", text)

    def slots(self, enclosure: str, identifier: str, disks: dict[str, str]) -> None:
        """The elements of an enclosure, and the kernel's links to them from the disks' devices."""
        self.write(f"devices/{enclosure}/id", identifier)
        for slot, disk in disks.items():
            (self.root / "devices" / enclosure / slot).mkdir()
            device = self.root / "devices" / "pci" / disk / "device"
            device.mkdir()
            (device / ("enclosure_device:" + slot)).symlink_to(self.root / "devices" / enclosure / slot)

    def _block(self, name: str, place: str) -> None:
        (self.root / place).mkdir(parents=True)
        self.write(place + "/dev", "8:0")
        (self.root / "class" / "block").mkdir(parents=True, exist_ok=True)
        (self.root / "class" / "block" / name).symlink_to(self.root / place)

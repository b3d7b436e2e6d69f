# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print this machine's SCSI devices as JSON, by what provides them: read from /sys only, no command is sent."""

from __future__ import annotations

import json
from pathlib import Path

CLASS = Path("/sys/class")
# The device types of INQUIRY that get a list of their own, whatever provides them.
BY_TYPE = {1: "tape", 5: "cdrom", 13: "enclosure"}
# The host adapter's driver (proc_name): the list of its disks.
BY_DRIVER = {
    "scsi_debug": "scsi_debug",
    "tcm_loopback": "lio",
    "ahci": "sata",
    "iscsi_tcp": "iscsi",
    "virtio_scsi": "qemu_disk",
    "mptsas": "sas",
}


def text(path: Path) -> str | None:
    """One attribute, without padding."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def node(unit: Path, kind: str, pattern: str = "*") -> str | None:
    """The node that the kernel has created for a unit, as a path in /dev."""
    found = sorted((unit / kind).glob(pattern))
    return f"/dev/{found[0].name}" if found else None


def partitions(unit: Path, name: str) -> list[str]:
    """The nodes of a disk's partitions."""
    return sorted(f"/dev/{path.name}" for path in (unit / "block" / name).glob(f"{name}[0-9]*")) if name else []


def describe(unit: Path) -> tuple[str, dict[str, object]]:
    """The list that a unit belongs to, and what is known about it."""
    address = unit.name
    driver = text(CLASS / "scsi_host" / f"host{address.split(':')[0]}" / "proc_name") or "unknown"
    kind = int(text(unit / "type") or "31")
    block = node(unit, "block")
    name = block.removeprefix("/dev/") if block else ""
    entry: dict[str, object] = {
        "address": address,
        "driver": driver,
        "type": kind,
        "vendor": text(unit / "vendor"),
        "model": text(unit / "model"),
        "block": block,
        "sg": node(unit, "scsi_generic"),
        "bsg": f"/dev/bsg/{address}" if (unit / "bsg" / address).exists() else None,
        "st": node(unit, "scsi_tape", "st*[0-9]"),
        "partitions": partitions(unit, name),
    }
    if kind == 5:
        # Without a medium the drive's size in /sys is not 0 but a default: udev asked the drive when it appeared.
        known = text(Path("/run/udev/data") / f"b{text(unit / 'block' / name / 'dev')}") or ""
        entry["has_medium"] = "E:ID_CDROM_MEDIA=1" in known.splitlines()
    return BY_TYPE.get(kind) or BY_DRIVER.get(driver, "other"), entry


def main() -> None:
    """Print every list, even if it is empty, so that callers need not check."""
    devices: dict[str, list[dict[str, object]]] = {}
    for name in (*BY_DRIVER.values(), *BY_TYPE.values(), "other"):
        devices[name] = []
    units = [(path / "device").resolve() for path in (CLASS / "scsi_device").iterdir()]
    for unit in sorted(units, key=lambda path: [int(part) for part in path.name.split(":")]):
        name, entry = describe(unit)
        devices[name].append(entry)
    print(json.dumps(devices, indent=2))


if __name__ == "__main__":
    main()

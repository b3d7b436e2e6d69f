# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where drives sit, over trees that were laid out as those of Linux 6.12: by its ses driver, and by its mptsas."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_bays import Bay, bay_of
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_paths import Paths

SHELF = "0x5000ccab0405db00"


def attached(root: Path, hctl: str = "2:0:0:0", **adapter: bytes) -> Path:
    """A drive behind a SAS adapter, with what that tells of it."""
    host, _channel, target, _lun = hctl.split(":")
    end_device = root / f"devices/pci0/host{host}/port-{host}:0/end_device-{host}:{target}"
    unit = end_device / f"target{hctl.rpartition(':')[0]}" / hctl
    unit.mkdir(parents=True)
    facts = end_device / "sas_device" / end_device.name
    facts.mkdir(parents=True)
    for name, content in adapter.items():
        (facts / name).write_bytes(content)
    (root / "bus/scsi/devices").mkdir(parents=True, exist_ok=True)
    (root / "bus/scsi/devices" / hctl).symlink_to(unit)
    return unit


def in_slot(root: Path, unit: Path, name: str, enclosure: str = "9:0:4:0", **files: str) -> None:
    """The element of an enclosure, and the kernel's link to it."""
    element = root / "devices/session1" / enclosure / "enclosure" / enclosure / name
    element.mkdir(parents=True)
    for file, content in files.items():
        (element.parent if file == "id" else element).joinpath(file).write_text(content + "\n")
    (unit / ("enclosure_device:" + name)).symlink_to(element)


@pytest.mark.parametrize("files,bay", [
    ({"id": SHELF, "slot": "7"}, Bay(SHELF, 7, "SLOT 07")), ({"id": SHELF, "slot": "-1"}, Bay(SHELF, None, "SLOT 07")),
    ({"id": SHELF}, Bay(SHELF, None, "SLOT 07")), ({"slot": "0"}, Bay("9:0:4:0", 0, "SLOT 07")),
    ({"id": "0x0", "slot": "7"}, Bay("9:0:4:0", 7, "SLOT 07"))])
def test_the_enclosure_tells(tmp_path: Path, files: dict[str, str], bay: Bay) -> None:
    unit = attached(tmp_path, enclosure_identifier=b"0x1\n", bay_identifier=b"1\n")
    in_slot(tmp_path, unit, "SLOT 07", **files)
    assert bay_of(str(unit)) == bay


@pytest.mark.parametrize("told,bay", [
    ((b"0x500304801f000c3f\n", b"11\n"), Bay("0x500304801f000c3f", 11, None)),
    ((b"0x500304801f000c3f\n", b"0\n"), Bay("0x500304801f000c3f", 0, None)),
    ((b"0x0\n", b"3\n"), None), ((b"0x500304801f000c3f\n", b""), None),
    # What mptsas of Linux 6.12 gives where there is no enclosure: its own error code, as so many zero bytes.
    ((bytes(33), b"0\n"), None)])
def test_the_adapter_tells(tmp_path: Path, told: tuple[bytes, bytes], bay: Any) -> None:
    unit = attached(tmp_path, enclosure_identifier=told[0], bay_identifier=told[1])
    assert bay_of(str(unit)) == bay


def test_nobody_knows(tmp_path: Path) -> None:
    assert bay_of(str(attached(tmp_path))) is None
    assert bay_of(str(tmp_path / "devices/gone")) is None


def test_a_drive_is_where_one_of_its_paths_leads(tmp_path: Path) -> None:
    # The kernel links an element to one path. On the other the adapter may count otherwise.
    attached(tmp_path, "2:0:0:0", enclosure_identifier=b"0x500304801f000c3f\n", bay_identifier=b"11\n")
    in_slot(tmp_path, attached(tmp_path, "3:0:0:0"), "SLOT 07", id=SHELF, slot="7")
    paths = Paths(str(tmp_path))
    assert paths.bay([{"hctl": "2:0:0:0"}, {"hctl": "3:0:0:0"}]) == Bay(SHELF, 7, "SLOT 07")
    assert paths.bay([{"hctl": "2:0:0:0"}]) == Bay("0x500304801f000c3f", 11, None) and paths.bay([]) is None


def test_a_partition_is_in_no_bay(tmp_path: Path) -> None:
    unit = attached(tmp_path, enclosure_identifier=b"0x1\n", bay_identifier=b"1\n")
    (unit / "block/sda/sda1").mkdir(parents=True)
    assert bay_of(str(unit / "block/sda/sda1/device")) is None


def test_an_enclosure_may_call_its_slots_what_it_likes(tmp_path: Path) -> None:
    unit = attached(tmp_path)
    in_slot(tmp_path, unit, os.fsdecode(b" Slot\xff\x1b[31m 07  "), id=SHELF, slot="7")
    assert bay_of(str(unit)) == Bay(SHELF, 7, "Slot\\xff\\x1b[31m 07")

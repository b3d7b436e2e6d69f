# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives by name, by serial number, and all of them, over trees that look like /sys of a real host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Sequence

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_units import (
    all_drives,
    attached_units,
    is_named,
    node_named,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.resolve import ResolvedDevice, resolve_devices
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AddressError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.open_options import OpenOptions

NAME = "naa.5000c500a1b2c3d4"
OTHER = "naa.5000c500ffffffff"


class Host:
    """A /sys that units are put into."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def unit(self, hctl: str, sg: str | None = None, wwid: str | None = NAME, serial: bytes | None = None,
             device_type: int = 0, block: str | None = None, state: str = "running") -> None:
        place = self.root / "bus/scsi/devices" / hctl
        place.mkdir(parents=True)
        for kind, name in (("scsi_generic", sg), ("block", block)):
            if name is not None:
                (place / kind / name).mkdir(parents=True)
        (place / "type").write_text(f"{device_type}\n")
        (place / "state").write_text(state + "\n")
        if wwid is not None:
            (place / "wwid").write_text(wwid + "\n")
        if serial is not None:
            (place / "vpd_pg80").write_bytes(b"\0\x80" + len(serial).to_bytes(2, "big") + serial)

    def named(self, address: str) -> str:
        return node_named(address, attached_units(str(self.root)))

    def all(self) -> list[str]:
        return all_drives(attached_units(str(self.root)))

    def expand(self, *addresses: str) -> list[ResolvedDevice]:
        return resolve_devices(addresses, OpenOptions(), str(self.root))


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.mark.parametrize("address", [
    "wwn:naa.5000c500a1b2c3d4", "wwn:0x5000c500a1b2c3d4", "wwn:5000C500A1B2C3D4", "wwn:0X5000c500a1b2c3d4 "])
def test_a_drive_by_its_name(host: Host, address: str) -> None:
    host.unit("0:0:0:0", "sg0", OTHER)
    host.unit("0:0:1:0", "sg1", NAME)
    assert host.named(address) == "/dev/sg1"
    assert host.expand(address) == [ResolvedDevice("/dev/sg1", named=address)]


def test_a_padded_name_however_it_is_padded(host: Host) -> None:
    host.unit("0:0:0:0", "sg0", "t10.ATA     QEMU HARDDISK                           QM00001")
    assert host.named("wwn:t10.ATA QEMU HARDDISK QM00001") == "/dev/sg0"


def test_a_drive_by_its_serial_number(host: Host) -> None:
    host.unit("0:0:0:0", "sg0", OTHER, b"ZL2A3B4")
    host.unit("0:0:1:0", "sg1", NAME, b"  ZL2A3B4C  ")
    assert host.named("serial:ZL2A3B4C") == "/dev/sg1"


@pytest.mark.parametrize("address,message", [
    ("wwn:naa.5000c50000000000", r"\bname\b"),
    ("serial:ZL", r"\bserial number\b"),
    ("serial:zl2a3b4c", r"\bserial number\b"),
    ("wwn:", r"\bname\b"), ("serial:", r"\bserial number\b"),
    ("wwn:0x", r"\bname\b")])
def test_no_drive_is_named(host: Host, address: str, message: str) -> None:
    host.unit("0:0:0:0", "sg0", NAME, b"ZL2A3B4C")
    host.unit("0:0:1:0", "sg1", None, b"")
    place = host.expand(address)[0]
    assert place.address == address and re.search(message, str(place.error))


def test_half_a_serial_number_is_none(host: Host) -> None:
    host.unit("0:0:0:0", "sg0", NAME)
    (host.root / "bus/scsi/devices/0:0:0:0/vpd_pg80").write_bytes(b"\0\x80\0\x08ZL2A")
    with pytest.raises(AddressError):
        host.named("serial:ZL2A")


def test_a_path_that_works_is_taken(host: Host) -> None:
    host.unit("0:0:0:0", "sg0", NAME, state="offline")
    host.unit("7:0:0:0", "sg9", NAME)
    assert host.named("wwn:" + NAME) == "/dev/sg9"


def test_a_drive_whose_paths_all_failed_is_still_named(host: Host) -> None:
    host.unit("0:0:0:0", "sg0", NAME, state="offline")
    assert host.named("wwn:" + NAME) == "/dev/sg0"


def test_two_drives_with_one_serial_number_are_told_apart_by_the_user(host: Host) -> None:
    host.unit("0:0:0:0", "sg0", NAME, b"0000")
    host.unit("0:0:1:0", "sg1", OTHER, b"0000")
    with pytest.raises(AddressError, match=rf"\bserial number\b.*\bwwn:{NAME}, wwn:{OTHER}$"):
        host.named("serial:0000")


def test_two_paths_with_one_serial_number_are_one_drive(host: Host) -> None:
    host.unit("0:0:0:0", "sg0", NAME, b"0000")
    host.unit("7:0:0:0", "sg1", NAME, b"0000")
    assert host.named("serial:0000") == "/dev/sg0"


def test_all_are_disks_and_tapes_in_the_order_of_their_numbers(host: Host) -> None:
    host.unit("10:0:0:0", "sg5", "naa.1")
    host.unit("2:0:0:0", "sg4", "naa.2", device_type=1)
    for number, device_type in enumerate((5, 8, 0x0C, 0x0D)):
        host.unit(f"1:0:{number}:0", f"sg{number}", "naa.3", device_type=device_type)
    host.unit("3:0:0:0", None, "naa.4", device_type=0x14, block="sdz")
    host.unit("3:0:1:0", None, "naa.5")
    (host.root / "bus/scsi/devices/host3").mkdir()
    assert host.all() == ["/dev/sg4", "/dev/sdz", "/dev/sg5"]
    assert [(place.address, place.matched) for place in host.expand("all")] == [
        ("/dev/sg4", True), ("/dev/sdz", True), ("/dev/sg5", True)]


def test_a_host_without_drives_says_so(host: Host) -> None:
    assert "/sys/bus/scsi" in str(host.expand("all")[0].error)
    host.unit("1:0:0:0", "sg0", device_type=0x0D)
    error = host.expand("all")[0].error
    assert isinstance(error, AddressError) and "/sys/bus/scsi" not in str(error)


def test_a_drive_that_a_name_and_a_pattern_lead_to_is_one_place(host: Host) -> None:
    host.unit("0:0:0:0", "sg0", NAME, b"ZL2A3B4C")
    assert [place.address for place in host.expand("all", "wwn:" + NAME, "serial:ZL2A3B4C")] == ["/dev/sg0"]


@pytest.mark.parametrize("address,names,serial,named", [
    ("wwn:" + NAME, (NAME,), None, True), ("wwn:" + NAME, (OTHER, NAME), None, True),
    ("wwn:" + NAME, (OTHER,), None, False), ("wwn:" + NAME, (), None, False),
    ("serial:A", (NAME,), "A", True), ("serial:A", (NAME,), "B", False), ("serial:A", (NAME,), None, False)])
def test_what_the_drive_itself_must_say(
        address: str, names: Sequence[str], serial: str | None, named: bool) -> None:
    assert is_named(address, names, serial) is named


class TestNamesThatTheKernelPassesOver:
    """Of a locally assigned NAA name, and a T10 one, Linux 6.12 takes the latter for its wwid."""

    T10 = "t10.DRIVECAREVIRTUAL DISK    EMU0001"

    def drive(self, host: Host, page: bytes) -> None:
        host.unit("0:0:0:0", "sg0", self.T10, block="sda")
        (host.root / "bus/scsi/devices/0:0:0:0/vpd_pg83").write_bytes(page)

    def page(self) -> bytes:
        return _page83(b"\x02\x01\0" + bytes([len(self.T10) - 4]) + self.T10[4:].encode("ascii"),
                       b"\x01\x03\0\x08" + bytes.fromhex("3000000000000001"),
                       b"\x61\x93\0\x08" + bytes.fromhex("3000000000000099"))  # a name of its port

    @pytest.mark.parametrize("address", ["wwn:naa.3000000000000001", "wwn:0x3000000000000001", "wwn:" + T10])
    def test_each_name_is_found(self, host: Host, address: str) -> None:
        self.drive(host, self.page())
        assert host.named(address) == "/dev/sg0"

    def test_the_name_that_the_drive_itself_gives_is_the_best(self, host: Host) -> None:
        self.drive(host, self.page())
        unit = attached_units(str(host.root))[0]
        assert unit.names == ("naa.3000000000000001", self.T10) and unit.wwn == "naa.3000000000000001"

    def test_half_a_page_names_nothing(self, host: Host) -> None:
        self.drive(host, self.page()[:-1])
        assert attached_units(str(host.root))[0].names == (self.T10,)


def _page83(*designators: bytes) -> bytes:
    body = b"".join(designators)
    return b"\0\x83" + len(body).to_bytes(2, "big") + body

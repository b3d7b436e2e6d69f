# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives in an enclosure behind a SAS adapter: what the kernel and sg3_utils know of it, and our modules."""

from __future__ import annotations

import re
from typing import Any

from conftest import Guest

ROOT = "kernel_root"
IDENTIFIER = "0x5000ccab0405db00"


def bay(guest: Guest, node: str) -> Any:
    """Where a drive is, according to the facts."""
    result = guest.ask(ROOT, "scsi_drive_facts", {"devices": [node], "gather_subset": ["identity"]})
    return result["ansible_facts"]["scsi_drives"][0]["identity"]["bay"]


def said(guest: Guest, command: str) -> str:
    """Runs a command that must succeed; returns what it prints."""
    done = guest.run(command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_drive_knows_its_slot_by_the_kernel_and_by_the_enclosure(guest: Guest) -> None:
    shelf = guest.one("enclosure", driver="mptsas")
    pages = said(guest, f"sg_ses --page=aes {shelf['sg']}")
    slots = {address: int(slot) for slot, address in re.findall(
        r"device slot number: (\d+)\n.*?\n *SAS address: 0x([0-9a-f]+)", pages, re.DOTALL)}
    assert len([address for address in slots if int(address, 16)]) == len(guest.devices["sas"])
    for device in guest.devices["sas"]:
        name = said(guest, f"sg_vpd --page=di_lu --quiet {device['sg']}").split()[0].removeprefix("0x")
        found = bay(guest, device["sg"])
        assert found == {"enclosure": IDENTIFIER, "slot": slots[name], "name": f"SLOT {slots[name]:02}"}
        links = said(guest, f"ls /sys/bus/scsi/devices/{device['address']}")
        assert f"enclosure_device:{found['name']}" in links
    assert IDENTIFIER.removeprefix("0x") in said(guest, f"sg_ses --page=cf {shelf['sg']}")


def test_drives_in_no_enclosure(guest: Guest) -> None:
    for group in ("scsi_debug", "lio", "sata", "qemu_disk"):
        assert bay(guest, guest.devices[group][0]["sg"]) is None


def test_an_adapter_that_knows_of_no_enclosure_is_not_believed(guest: Guest) -> None:
    # Instead of failing, mptsas returns as many zero bytes as its error code, so there is something to read.
    device = guest.devices["sas"][0]
    end_device = f"/sys/bus/scsi/devices/{device['address']}/../../sas_device/end_device-*"
    assert said(guest, f"cat {end_device}/bay_identifier").strip().isdecimal()
    assert said(guest, f"tr -d '\\0' < $(echo {end_device}/enclosure_identifier) | wc -c").strip() == "0"
    assert said(guest, "modprobe --remove ses; lsmod | grep -cw ^ses || true").strip() == "0"
    try:
        assert bay(guest, device["sg"]) is None
    finally:
        guest.run("modprobe ses")
    assert bay(guest, device["sg"])["enclosure"] == IDENTIFIER


def test_one_drive_of_an_enclosure_at_once(guest: Guest) -> None:
    result = guest.ask(ROOT, "scsi_selftest_schedule", {
        "devices": [device["sg"] for device in guest.devices["sas"]], "policy": [{"tests": {"short": "7d"}}],
        "untested": "start", "at_once": {"enclosure": 1}}, check=True)
    first, second = (drive["schedule"] for drive in result["drives"])
    assert first["sets"] == second["sets"] == ["enclosure:" + IDENTIFIER]
    assert (first["state"], second["state"]) == ("started", "waiting")
    assert re.search(rf"\benclosure:{IDENTIFIER}\b.*\b1\b.*\b1\b", second["reason"])

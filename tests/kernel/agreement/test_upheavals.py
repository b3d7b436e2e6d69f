# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What removes devices: pytest runs this file last, because it does not restore everything."""

from __future__ import annotations

import json
from typing import Any

from conftest import Guest


def test_a_drive_that_is_gone(guest: Guest) -> None:
    node = str(guest.devices["scsi_debug"][-1]["sg"])
    assert guest.run(f"echo 1 > /sys/class/scsi_generic/{node[5:]}/device/delete").returncode == 0
    entry = guest.entries("kernel_root", "scsi_selftest", {"devices": [node]})[node]
    assert (entry["status"], entry["error"]["kind"]) == ("failed", "address")
    assert entry["reason"] == "No such file or directory"


def test_a_tape(guest: Guest) -> None:
    """st passes no command without the capability, and every command with it."""
    guest.run("drivecare-scsi-debug tape")
    devices: dict[str, list[dict[str, Any]]] = json.loads(guest.run("drivecare-devices").stdout)
    path = devices["tape"][0]["st"]
    guest.run(f"chmod 0666 {path}")
    refused = guest.entries("kernel_operator", "scsi_stream", {"devices": [path]})[path]
    assert refused["error"]["kind"] == "access" and "CAP_SYS_RAWIO" in refused["reason"] and path in refused["reason"]
    asked = guest.entries("kernel_root", "scsi_xcopy_facts", {"devices": [path]})[path]
    assert (asked["status"], asked["supported"]) == ("ok", False)


def test_both_nodes_of_a_tape_in_one_task(guest: Guest) -> None:
    # Opening the second node fails while the first is open: the task would find the tape busy with itself.
    path = str(json.loads(guest.run("drivecare-devices").stdout)["tape"][0]["st"])
    entries = guest.entries("kernel_root", "scsi_stream", {"devices": [path, path.replace("/st", "/nst")]})
    assert [entry["status"] for entry in entries.values()] == ["ok", "skipped"]


def test_256_drives_in_one_task(guest: Guest) -> None:
    guest.run("drivecare-scsi-debug many delay=0")
    devices: dict[str, list[dict[str, Any]]] = json.loads(guest.run("drivecare-devices").stdout)
    nodes = [str(device["sg"]) for device in devices["scsi_debug"]]
    assert len(nodes) == 256
    entries = guest.entries("kernel_root", "scsi_stream", {"devices": nodes})
    assert list(entries) == nodes
    assert {entry["status"] for entry in entries.values()} == {"ok"}
    assert len({entry["wwn"] for entry in entries.values()}) == 256

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which drives a task addresses: several paths to a drive, what else a pattern matches, who else uses a drive."""

from __future__ import annotations

from conftest import Guest

ROOT = "kernel_root"


def test_the_nodes_of_a_drive_are_one_drive(guest: Guest) -> None:
    device = guest.devices["scsi_debug"][0]
    link = "/run/a-link-to-the-drive"
    guest.run(f"ln -sfn {device['block']} {link}")
    entries = guest.entries(ROOT, "scsi_stream", {"devices": [device["block"], device["sg"], link]})
    # What an ok entry's reason says depends on the kernel: scsi_debug of 6.1 has no streams.
    assert [entry["status"] for entry in entries.values()] == ["ok", "skipped", "skipped"]
    assert all(device["block"] in entry["reason"] for entry in list(entries.values())[1:])


def test_a_pattern_names_drives_and_leaves_the_rest_alone(guest: Guest) -> None:
    entries = guest.entries(
        ROOT, "scsi_selftest", {"devices": ["/dev/sg*"], "on_unknown": "accept", "max_age": "any"}, check=True)
    types = {device["sg"]: device["type"] for group in guest.devices.values() for device in group}
    assert set(entries) == set(types)
    for node, entry in entries.items():
        if types[node] in (0, 1):
            assert entry["status"] != "skipped", entry["reason"]
        else:
            assert entry["status"] == "skipped" and "type" in entry["reason"]


def test_all_are_the_drives_of_the_host(guest: Guest) -> None:
    entries = guest.entries(ROOT, "scsi_stream", {"devices": ["all"]})
    assert set(entries) == {device["sg"] for group in guest.devices.values() for device in group
                            if device["type"] in (0, 1, 4, 7, 0x0E, 0x14)}


def test_a_drive_by_its_name_and_by_its_serial_number(guest: Guest) -> None:
    device = guest.devices["scsi_debug"][1]
    wwid = guest.run(f"cat /sys/class/scsi_generic/{device['sg'].rsplit('/')[-1]}/device/wwid").stdout.strip()
    serial = guest.run(f"sg_inq -p 0x80 {device['sg']} | sed -n 's/.*serial number: //p'").stdout.strip()
    assert wwid.startswith("naa.") and serial
    for address in (f"wwn:{wwid}", f"wwn:0x{wwid[4:]}", f"serial:{serial}"):
        entries = guest.entries(ROOT, "scsi_stream", {"devices": [address]})
        assert [(entry["device"], entry["status"], entry["wwn"]) for entry in entries.values()] == [
            (device["sg"], "ok", wwid)], address


def test_partitions_are_not_drives(guest: Guest) -> None:
    entries = guest.entries(ROOT, "scsi_stream", {"devices": ["/dev/sd*"]})
    assert set(entries) == {device["block"] for group in guest.devices.values() for device in group
                            if device["type"] == 0}


def test_a_disk_that_a_program_has_for_itself_is_in_use(guest: Guest) -> None:
    node = guest.devices["scsi_debug"][3]["block"]
    options = {"devices": [node], "state": "started", "foreground": True}
    hold = f"import os, time; os.open('{node}', os.O_RDWR | os.O_EXCL); print('held', flush=True); time.sleep(60)"
    held = guest.run(f"rm -f /run/held; python3 -c \"{hold}\" > /run/held 2>&1 & echo $! > /run/holder; "
                     "until grep -q . /run/held; do sleep 0.1; done; cat /run/held")
    assert held.stdout == "held\n"
    try:
        entry = guest.entries(ROOT, "scsi_selftest", options, check=True)[node]
    finally:
        guest.run("kill $(cat /run/holder)")
    assert (entry["status"], entry["selftest"]["verdict"]) == ("failed", "in_use")
    assert f"{node} " in entry["reason"]
    assert guest.entries(ROOT, "scsi_selftest", options, check=True)[node]["selftest"]["verdict"] == "started"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A SATA disk behind AHCI, whose self-tests the kernel does not translate: scsi_selftest compared with smartctl."""

from __future__ import annotations

import json
import re
from typing import Any

from conftest import Guest

ROOT = "kernel_root"


def smartctl(guest: Guest, *options: str) -> dict[str, Any]:
    node = guest.devices["sata"][0]["sg"]
    found: dict[str, Any] = json.loads(guest.run(f"smartctl --json {' '.join(options)} {node}").stdout)
    return found


def test_a_test_of_ours_is_in_smartctls_log(guest: Guest) -> None:
    node = guest.devices["sata"][0]["sg"]
    options = {"devices": [node], "test": "short", "wait": True, "poll_interval": 2}
    result = guest.ask(ROOT, "scsi_selftest", dict(options, state="started"))
    entry = result["drives"][0]
    assert (entry["status"], result["changed"], entry["selftest"]["verdict"]) == ("ok", True, "passed"), entry["reason"]
    assert entry["selftest"]["method"] == "ata"
    theirs = smartctl(guest, "-l", "selftest")["ata_smart_self_test_log"]["standard"]["table"]
    ours = entry["selftest"]["results"]
    assert len(ours) == len(theirs) >= 1
    for one, other in zip(ours, theirs, strict=True):
        assert one["result"]["value"] == other["status"]["value"] >> 4
        assert one["power_on_hours"] % 65536 == other["lifetime_hours"]
        assert one["vendor_specific"] == other["type"]["value"]
    # QEMU dates its results to hour 4660 of a disk that has run for one hour, so their age is unknown.
    again = guest.ask(ROOT, "scsi_selftest", dict(options, max_age="any"))
    assert (again["changed"], again["drives"][0]["selftest"]["verdict"]) == (False, "passed")


def test_hours_and_durations_are_smartctls(guest: Guest) -> None:
    node = guest.devices["sata"][0]["sg"]
    entry = guest.entries(ROOT, "scsi_selftest", {"devices": [node], "on_unknown": "accept"}, check=True)[node]
    theirs = smartctl(guest, "-A", "-c")
    assert entry["selftest"]["power_on_hours"] == theirs["power_on_time"]["hours"]
    minutes = theirs["ata_smart_data"]["self_test"]["polling_minutes"]
    assert entry["selftest"]["extended_duration_seconds"] == 60 * minutes["extended"]


def test_a_test_of_smartctls_is_seen_and_aborted(guest: Guest) -> None:
    node = guest.devices["sata"][0]["sg"]
    assert re.search("Testing has begun", guest.run(f"smartctl -t long {node}").stdout)
    entry = guest.entries(ROOT, "scsi_selftest", {"devices": [node], "state": "aborted"})[node]
    # QEMU's test takes only a moment: it may have ended already, and then there is nothing to abort.
    assert entry["status"] == "ok" and entry["selftest"]["verdict"] in ("aborted", "not_running")
    assert not entry["selftest"]["running"]


def test_without_the_capability_the_message_says_so(guest: Guest) -> None:
    node = guest.devices["sata"][0]["block"]
    entry = guest.entries("kernel_operator", "scsi_selftest", {"devices": [node]})[node]
    assert entry["error"]["kind"] == "access" and "CAP_SYS_RAWIO" in entry["reason"]


def test_health_is_smartctls(guest: Guest) -> None:
    node = guest.devices["sata"][0]["sg"]
    facts = guest.entries(ROOT, "scsi_drive_facts", {"devices": [node], "gather_subset": ["health", "selftest"]})[node]
    theirs = smartctl(guest, "-A", "-H")
    raw = {each["id"]: each["raw"]["value"] for each in theirs["ata_smart_attributes"]["table"]}
    smart = facts["health"]["smart"]
    assert smart["healthy"] is theirs["smart_status"]["passed"] is True
    assert smart["power_on_hours"] == facts["health"]["power_on_hours"] == theirs["power_on_time"]["hours"]
    assert smart["temperature_celsius"] == theirs["temperature"]["current"]
    assert [smart[name] for name in ("reallocated_sectors", "pending_sectors", "offline_uncorrectable_sectors")] == [
        raw.get(number) for number in (5, 197, 198)]
    assert facts["health"]["predicted_failure"] is False and facts["selftest"]["log_supported"] is True
    assert facts["failures"] == [] and not any("ATA pass" in warning for warning in facts["warnings"])


def test_without_the_capability_facts_say_that_smart_is_not_known(guest: Guest) -> None:
    node = guest.devices["sata"][0]["block"]
    facts = guest.entries("kernel_operator", "scsi_drive_facts", {"devices": [node]})[node]
    assert facts["status"] == "ok" and facts["health"]["smart"] is None
    assert facts["selftest"]["log_supported"] is None and "CAP_SYS_RAWIO" in facts["selftest"]["log_refusal"]

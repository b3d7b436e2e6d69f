# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulated target serves of a disk's heads and of FARM, gathered over iSCSI and judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.daemon import Daemon
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.management import Manager
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import Portal
from ansible_collections.drivecare.scsi.tests.unit.module_utils.report.samples import judged

WELL: dict[str, Any] = {"profile": "sas_hdd"}
USED: dict[str, Any] = {
    "profile": "sas_hdd", "vendor": "SEAGATE", "farm": {"hidden_hours": 20000},
    "physical_elements": {"count": 18, "elements": [{"id": 10, "health": 0x65}]}}


def test_a_used_disk_with_a_bad_head_beside_a_good_one(tmp_path: Path) -> None:
    directory = str(tmp_path / "state")
    target = Manager(directory, False).started({"drives": [WELL, USED, {"profile": "sas_ssd"}]}, Portal(port=0)).target
    assert target is not None
    try:
        entries = gather_facts(
            [drive["address"] for drive in target["drives"]], Options(), Wanted(frozenset(("identity", "health"))))
    finally:
        Daemon(directory).stop()
    well, used, solid = (entry.as_result() for entry in entries)
    for entry in (well, used, solid):
        assert (entry["status"], entry["warnings"], entry["failures"]) == ("ok", [], [])
    assert [each["health"]["value"] for each in well["health"]["physical_elements"]["elements"]] == [1] * 8
    assert (well["health"]["farm"], solid["health"]["farm"], solid["health"]["physical_elements"]) == (None, None, None)
    assert used["health"]["farm"]["power_on_hours"] == used["health"]["power_on_hours"] + 20000
    outcomes = {name: finding.outcome for name, finding in judged(used).items()}
    assert (outcomes["physical_elements"], outcomes["depopulated"], outcomes["provenance"]) == ("fail", "pass", "fail")
    assert judged(well)["physical_elements"].outcome == "pass"

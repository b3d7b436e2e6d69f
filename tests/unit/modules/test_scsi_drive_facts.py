# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module scsi_drive_facts in a process of its own, as Ansible runs it, over captures of real devices."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.tests.unit.test_module import ROOT, Host

CAPTURES = ROOT / "playbooks" / "files" / "captures"


@pytest.fixture(name="host")
def _host(tmp_path: Path) -> Host:
    folder = tmp_path / "collections" / "ansible_collections" / "drivecare"
    folder.mkdir(parents=True)
    (folder / "scsi").symlink_to(ROOT)
    return Host(tmp_path / "collections", tmp_path)


def facts_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The drives of a result, which has them as facts and nowhere else."""
    assert set(result) <= {"ansible_facts", "changed", "msg", "failed", "invocation"}, set(result)
    drives: list[dict[str, Any]] = result["ansible_facts"].pop("scsi_drives")
    assert result["ansible_facts"] == {}
    return drives


def test_a_result_has_the_drives_once(host: Host) -> None:
    devices = [f"replay:{CAPTURES}/{name}.json" for name in ("lio", "scsi_debug")]
    code, result = host.run("scsi_drive_facts", devices=devices, _ansible_check_mode=True)
    assert code == 0 and result["changed"] is False, result
    drives = facts_of(result)
    assert [(each["device"], each["identity"]["vendor"]) for each in drives] == list(zip(devices, ("LIO-ORG", "Linux")))
    assert drives[0]["gathered"] == ["readiness", "identity", "capacity", "limits", "health", "selftest"]
    assert drives[0]["xcopy"] is None


def test_copy_managers_are_facts_too_and_stand_once(host: Host) -> None:
    code, result = host.run("scsi_xcopy_facts", devices=[f"replay:{CAPTURES}/lio.json"])
    # Whether the invocation is there depends on the version of ansible-core.
    assert code == 0 and set(result) - {"invocation"} == {"ansible_facts", "changed"}
    assert [each["status"] for each in result["ansible_facts"].pop("scsi_xcopy")] == ["ok"]
    assert result["ansible_facts"] == {}


@pytest.mark.parametrize("check_mode", [False, True])
def test_without_devices_all_drives_of_the_host_are_asked(host: Host, check_mode: bool) -> None:
    # No command is sent to a drive that this host may really have: the deadline has passed before the first.
    options: dict[str, Any] = {"deadline": 1e-9, "on_error": "report", "_ansible_check_mode": check_mode}
    named = host.run("scsi_drive_facts", devices=["all"], **options)
    unnamed = host.run("scsi_drive_facts", **options)
    assert named[0] == unnamed[0] == 0
    asked = [[each["device"] for each in facts_of(result)] for _code, result in (named, unnamed)]
    assert asked[0] == asked[1] != []


def test_an_empty_list_of_devices_is_refused(host: Host) -> None:
    code, result = host.run("scsi_drive_facts", devices=[])
    assert code == 1 and "devices is empty" in result["msg"]


def test_a_drive_that_cannot_be_asked_keeps_the_facts_of_the_others(host: Host) -> None:
    devices = [f"replay:{CAPTURES}/lio.json", "replay:/nowhere.json"]
    code, result = host.run("scsi_drive_facts", devices=devices, gather_subset=["identity"])
    assert code == 1 and re.search(r"\b1 of 2\b.*\breplay:/nowhere\.json\b", result["msg"])
    drives = facts_of(result)
    assert [each["status"] for each in drives] == ["ok", "failed"]
    assert drives[0]["identity"]["vendor"] == "LIO-ORG"
    code, result = host.run("scsi_drive_facts", devices=devices, gather_subset=["identity"], on_error="report")
    assert code == 0 and "failed" not in result


def test_a_subset_that_there_is_not_is_refused_before_anything_is_asked(host: Host) -> None:
    code, result = host.run("scsi_drive_facts", devices=["replay:/nowhere.json"], gather_subset=["hardware"])
    assert code == 1 and re.search(r"\bgather_subset\b.*'hardware'", result["msg"]) and "ansible_facts" not in result


def test_what_is_recorded_answers_as_the_drive_did(host: Host) -> None:
    capture = host.folder / "recorded.json"
    code, first = host.run("scsi_drive_facts", devices=[f"replay:{CAPTURES}/lio.json"],
                           gather_subset=["all"], capture_file=str(capture))
    assert code == 0 and capture.exists()
    code, second = host.run("scsi_drive_facts", devices=[f"replay:{capture}"], gather_subset=["all"])
    assert code == 0
    before, after = facts_of(first), facts_of(second)
    assert [dict(each, device=None) for each in after] == [dict(each, device=None) for each in before]
    assert before[0]["xcopy"]["supported"] is True

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module scsi_drive_facts in a process of its own, as Ansible runs it, over captures of real devices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.drivecare.scsi.tests.unit.test_module import ROOT, Host

CAPTURES = ROOT / "playbooks" / "files" / "captures"


@pytest.fixture(name="host")
def _host(tmp_path: Path) -> Host:
    folder = tmp_path / "collections" / "ansible_collections" / "drivecare"
    folder.mkdir(parents=True)
    (folder / "scsi").symlink_to(ROOT)
    return Host(tmp_path / "collections", tmp_path)


def test_facts_are_what_the_task_registers_too(host: Host) -> None:
    devices = ["replay:{0}/{1}.json".format(CAPTURES, name) for name in ("lio", "scsi_debug")]
    code, result = host.run("scsi_drive_facts", devices=devices, _ansible_check_mode=True)
    assert code == 0 and result["changed"] is False, result
    assert result["drives"] == result["ansible_facts"]["scsi_drives"]
    assert [(each["device"], each["identity"]["vendor"]) for each in result["drives"]] == list(
        zip(devices, ("LIO-ORG", "Linux")))
    assert result["drives"][0]["gathered"] == ["identity", "capacity", "limits", "health", "selftest"]
    assert result["drives"][0]["xcopy"] is None


def test_a_drive_that_cannot_be_asked_keeps_the_facts_of_the_others(host: Host) -> None:
    devices = ["replay:{0}/lio.json".format(CAPTURES), "replay:/nowhere.json"]
    code, result = host.run("scsi_drive_facts", devices=devices, gather_subset=["identity"])
    assert code == 1 and re.search(r"\b1 of 2\b.*\breplay:/nowhere\.json\b", result["msg"])
    assert [each["status"] for each in result["drives"]] == ["ok", "failed"]
    assert result["ansible_facts"]["scsi_drives"][0]["identity"]["vendor"] == "LIO-ORG"
    code, result = host.run("scsi_drive_facts", devices=devices, gather_subset=["identity"], on_error="report")
    assert code == 0 and "failed" not in result


def test_a_subset_that_there_is_not_is_refused_before_anything_is_asked(host: Host) -> None:
    code, result = host.run("scsi_drive_facts", devices=["replay:/nowhere.json"], gather_subset=["hardware"])
    assert code == 1 and re.search(r"\bgather_subset\b.*'hardware'", result["msg"]) and "drives" not in result


def test_what_is_recorded_answers_as_the_drive_did(host: Host) -> None:
    capture = host.folder / "recorded.json"
    code, first = host.run("scsi_drive_facts", devices=["replay:{0}/lio.json".format(CAPTURES)],
                           gather_subset=["all"], capture_file=str(capture))
    assert code == 0 and capture.exists()
    code, second = host.run("scsi_drive_facts", devices=["replay:{0}".format(capture)], gather_subset=["all"])
    assert code == 0
    assert [dict(each, device=None) for each in second["drives"]] == [dict(each, device=None)
                                                                      for each in first["drives"]]
    assert first["drives"][0]["xcopy"]["supported"] is True

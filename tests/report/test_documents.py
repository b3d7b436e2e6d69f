# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents, reports and metrics, as jsonschema and Prometheus' own parser read them."""

from __future__ import annotations

import copy
import datetime
import json
import random
from pathlib import Path
from typing import Any

import fleet
import pytest
from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.drives import METRICS, drive_metrics
from conftest import DAY, RULES, WAIVERS, report
from documents import complaints, samples

REPORT, HOST, SCHEDULE = "compliance_report-1", "host_facts-1", "selftest_schedule-1"


def test_the_made_up_fleet_is_as_the_role_writes_it() -> None:
    for document in fleet.showcase(DAY) + [fleet.host(number, 24, 1, DAY) for number in range(20)]:
        assert complaints(HOST, document) == []


@pytest.mark.parametrize("change", [
    lambda host: host.pop("version"), lambda host: host.update(version=2),
    lambda host: host.update(gathered_at="today"),
    lambda host: host["drives"][0].pop("status"), lambda host: host["drives"][0].update(wwn=5),
    lambda host: host["drives"][0]["health"]["temperature"].update(temperature_celsius="warm")])
def test_what_is_no_document_of_a_host_is_told(change: Any) -> None:
    document = copy.deepcopy(fleet.host(1, 2, 1, DAY))
    change(document)
    assert complaints(HOST, document)


def test_the_document_of_a_schedule() -> None:
    test = {"every_hours": 720, "age_hours": None, "due_since_hours": None, "due_in_hours": 5, "late": False,
            "failed": False}
    schedule = {"state": "scheduled", "reason": "due next", "rule": "1", "test": "extended", "late": False,
                "due_since_hours": None, "due_in_hours": 5, "failed": None, "sets": [], "tests": {"extended": test}}
    document = {"version": 1, "host": "a", "planned_at": f"{DAY}T05:00:00Z", "drives": [
        {"device": "/dev/sg1", "wwn": None, "schedule": schedule},
        {"device": "/dev/sg2", "wwn": None, "schedule": None}]}
    assert complaints(SCHEDULE, document) == []
    del test["due_in_hours"]
    assert complaints(SCHEDULE, document)


def test_a_report_of_change_of_silent_and_of_gone_hosts(tmp_path: Path) -> None:
    before = report(tmp_path / "a", fleet.showcase(DAY - datetime.timedelta(days=7), 1),
                    as_of=str(DAY - datetime.timedelta(days=7)))
    documents = fleet.showcase(DAY)
    for drive in documents[0]["drives"]:
        if drive["health"] is not None:
            drive["health"]["power_on_hours"] -= 800
            drive["health"]["grown_defects"]["count"] += 9
    for name, hosts in (("b", [documents[0]["host"], documents[1]["host"]]), ("c", [])):
        page = report(tmp_path / name, documents[:1], hosts=hosts, previous=str(before.with_suffix(".json")))
        found = json.loads(page.with_suffix(".json").read_text())
        assert complaints(REPORT, found) == []
        assert len(found["summary"]["gone_hosts"]) == (2 if hosts else 3)
        assert any(drive["history"] for drive in found["hosts"][0]["drives"])


def test_the_report_in_json(page: Path, hostile_page: Path, large_page: Path) -> None:
    for each in (page, hostile_page, large_page):
        assert complaints(REPORT, json.loads(each.with_suffix(".json").read_text())) == []
    found = json.loads(page.with_suffix(".json").read_text())
    assert found["summary"]["drives_total"] == sum(len(host["drives"]) for host in found["hosts"]) == 46
    assert {finding["outcome"] for host in found["hosts"] for drive in host["drives"]
            for finding in drive["findings"]} == {"pass", "fail", "not applicable", "unknown"}


def test_a_report_with_pseudonyms_and_with_open_evidence_only(tmp_path: Path) -> None:
    page = report(tmp_path, fleet.showcase(DAY), rules=RULES, waivers=WAIVERS, redact_serials=True,
                  redaction_key="a key that is long enough", evidence="open")
    text = page.with_suffix(".json").read_text()
    assert complaints(REPORT, json.loads(text)) == []
    for host in fleet.showcase(DAY):
        for drive in host["drives"]:
            if drive["identity"] is not None:
                assert drive["identity"]["serial"] not in text + page.read_text()
                assert drive["wwn"].partition(".")[2] not in text + page.read_text()


@pytest.fixture(name="drives")
def _drives() -> list[dict[str, Any]]:
    return [fleet.drive(random.Random(place), place, trouble)  # noqa: S311
            for place, trouble in enumerate([("silent",), ("hot", "failed test"), ("worn",), ("predicted failure",)])]


def test_metrics_say_what_the_facts_say(drives: list[dict[str, Any]]) -> None:
    found = samples(drive_metrics(drives, 1767225600))
    assert found["scsi_drive_facts_gathered_timestamp_seconds"] == {"": 1767225600}
    assert found["scsi_drive_up"] == {
        f"device={drive['device']},drive={drive['wwn'] or drive['device']}": drive["status"] == "ok"
        for drive in drives}
    hot, worn, dying = drives[1:]
    name = f"drive={hot['wwn']}"
    assert found["scsi_drive_temperature_celsius"][name] == hot["health"]["temperature"]["temperature_celsius"]
    assert found["scsi_drive_power_on_seconds_total"][name] == hot["health"]["power_on_hours"] * 3600
    assert found["scsi_drive_selftest_passed"][f"{name},test=extended"] == 0
    assert found["scsi_drive_selftest_age_seconds"][f"{name},test=extended"] == 5 * 3600
    assert found["scsi_drive_endurance_used_ratio"] == {f"drive={worn['wwn']}": pytest.approx(0.97)}
    assert found["scsi_drive_predicted_failure"][f"drive={dying['wwn']}"] == 1
    assert found["scsi_drive_predicted_failure"][name] == 0
    read = dying["health"]["error_counters"]["read"]
    assert found["scsi_drive_corrected_errors_total"][
        f"drive={dying['wwn']},operation=read"] == read["total_errors_corrected"]


def test_a_hostile_name_is_one_label() -> None:
    drives = fleet.hostile(DAY)[0]["drives"]
    found = samples(drive_metrics(drives))
    assert len(found["scsi_drive_info"]) == len(drives)
    assert any("model=&lt;b&gt;&#x3c;" in labels for labels in found["scsi_drive_info"])


def test_names_and_units_are_prometheus_own(drives: list[dict[str, Any]]) -> None:
    """https://prometheus.io/docs/practices/naming: base units, _total for counters and for nothing else."""
    for metric in METRICS:
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert not any(part in metric.name.split("_") for part in (
            "percent", "hours", "minutes", "ms", "kelvin", "kib", "gauge", "counter")), metric.name
        assert metric.help.endswith("."), metric.name
    text = drive_metrics(drives)
    assert text.endswith("\n") and text == drive_metrics(copy.deepcopy(drives))

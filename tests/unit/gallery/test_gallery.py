# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every drive of the gallery, through the module, the facts, the metrics, the schedule, and the report in all formats.

What an entry gives as the verdict is what an administrator would say who sees these values. All five must say it.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.drives import drive_metrics
from ansible_collections.drivecare.scsi.tests.gallery import encode, values
from ansible_collections.drivecare.scsi.tests.unit.module_utils.drives import test_cases as cases
from ansible_collections.drivecare.scsi.tests.unit.module_utils.report import samples

DRIVES = encode.names()
MONTH_AND_A_HALF = 45 * 24
KEYS = {"maker", "model", "state", "source", "printed", "ours", "drive", "verdict", "findings", "selftest", "why"}
OPTIONAL = {"facts", "peers", "wrong"}
TESTS = {"concluded", "selftests", "values"}
STATES = ("healthy", "failing", "odd", "old")
VERDICTS = ("pass", "unknown", "info", "warning", "major", "critical")
#: What the module may say of "has an extended test passed in the last 45 days?"
SELFTESTS = {"passed": ("passed",), "failed": ("failed",), "due": ("never", "expired"), "running": ("running",),
             "unknown": ("unknown",), "not supported": ("unknown",), "silent": (cases.SILENT,)}

entry = functools.lru_cache(maxsize=None)(encode.load)


@functools.lru_cache(maxsize=None)
def facts_of(name: str) -> Any:
    """The default facts of a drive, gathered once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        return cases.facts_of(played(Path(folder), name))


def played(folder: Path, name: str) -> str:
    """The address of a drive that is played from its entry."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(encode.capture(entry(name)["drive"])), encoding="utf-8")
    return f"replay:{path}"


of_each = pytest.mark.parametrize("name", DRIVES)


def but_wrong(test: str) -> Any:
    """Of each drive, but for those of which an entry says that this test shows an error of ours, and which."""
    wrong = {name: entry(name).get("wrong", {}).get(test) for name in DRIVES}
    return pytest.mark.parametrize("name", [
        pytest.param(name, marks=[pytest.mark.xfail(reason=why, strict=True)] if why else []) for name, why in
        wrong.items()])


@of_each
def test_an_entry_says_all_that_it_has_to(name: str) -> None:
    given = entry(name)
    assert KEYS <= set(given) <= KEYS | OPTIONAL
    assert given["state"] in STATES and given["verdict"] in VERDICTS and given["selftest"] in SELFTESTS
    assert set(given.get("wrong", ())) <= TESTS
    assert len(given["why"].split()) >= 5 and given["source"] and given["printed"] and given["ours"]
    assert set(given["findings"].values()) <= {"fail", "unknown"}
    # A drive that is well lacks a recent self test at most.
    assert given["state"] != "healthy" or set(given["findings"]) <= {"selftest_passed"}
    assert given["state"] != "failing" or given["verdict"] in ("warning", "major", "critical")


@but_wrong("concluded")
def test_what_is_concluded_of_a_drive(name: str, tmp_path: Path) -> None:
    given = entry(name)
    facts = facts_of(name)
    found = cases.judged(facts, [], default=True)
    outcomes = {rule: finding.outcome for rule, finding in found.items() if finding.open}
    notes = {rule: found[rule].answer.note for rule in outcomes}
    assert outcomes == given["findings"], notes
    shown = metrics(facts)
    for metric, rule, bad in (("ready", "ready", 0), ("predicted_failure", "predicted_failure", 1)):
        if given["findings"].get(rule) == "fail":
            assert shown[metric] == bad, metric
    assert given["findings"].get("no_hardware_errors") != "fail" or shown["failed_commands"] > 0
    assert (shown["up"] == 1) is (facts["status"] == "ok" and not facts["failures"])
    texts = reported(facts, tmp_path)
    assert {form: verdict_in(form, text, set(outcomes)) for form, text in texts.items()} == \
        dict.fromkeys(READERS, given["verdict"])


@but_wrong("selftests")
def test_what_is_said_of_its_self_tests(name: str, tmp_path: Path) -> None:
    given = entry(name)
    if facts_refused(given):
        return
    device = played(tmp_path, name)
    verdict, _age, _log = cases.module_says(device, "extended", MONTH_AND_A_HALF)
    assert verdict in SELFTESTS[given["selftest"]]
    facts = facts_of(name)
    log = facts["selftest"] or {}
    for kind in cases.KINDS:
        said = cases.all_say(device, kind, tmp_path)
        cases.agree(said, log if log.get("log_supported") is not None else {}, kind)
        assert (said.schedule_state == "silent") is (given["selftest"] == "silent")
        assert (said.schedule_state == "running") is (given["selftest"] == "running")


@but_wrong("values")
def test_the_values_are_those_of_the_entry(name: str) -> None:
    """The facts and the metrics have the numbers of the entry, which somebody else has written into bytes."""
    facts = facts_of(name)
    assert values.differences(entry(name), facts) == []
    lines = drive_metrics([facts]).splitlines()
    for metric, expected in values.samples(facts).items():
        shown = [float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"scsi_drive_{metric}{{")]
        assert shown == ([] if expected is None else [pytest.approx(expected)]), metric


def metrics(facts: dict[str, Any]) -> dict[str, float]:
    """The metrics of a drive that have one sample."""
    return {line[len("scsi_drive_"):line.index("{")]: float(line.rpartition(" ")[2])
            for line in drive_metrics([facts]).splitlines() if line.startswith("scsi_drive_")}


def facts_refused(given: dict[str, Any]) -> bool:
    """Self tests are of drives: an enclosure or a tape library is not asked."""
    unit = given["drive"].get("inquiry")
    return isinstance(unit, dict) and unit.get("type", 0) not in (0, 1, 5, 7, 14, 20)


def reported(facts: dict[str, Any], folder: Path) -> dict[str, str]:
    """The report on a host with this drive, in each format."""
    texts: dict[str, str] = samples.made(folder, samples.host(facts))["texts"]
    return texts


def verdict_in(form: str, text: str, rules: set[str]) -> str:
    """The verdict that a format shows. That it shows the rules as well, where it is made to, is held here."""
    return str(READERS[form](text, rules))


def in_json(text: str, rules: set[str]) -> Any:
    drive = json.loads(text)["hosts"][0]["drives"][0]
    assert {each["rule"] for each in drive["findings"] if each["outcome"] in ("fail", "unknown")} == rules
    return drive["verdict"]


def in_csv(text: str, rules: set[str]) -> Any:
    row = next(csv.DictReader(io.StringIO(text)))
    assert {*row["failed"].split(), *row["unknown"].split()} == rules
    return row["verdict"]


def in_html(text: str, _rules: set[str]) -> Any:
    return re.search(r'<ol class="g".*?<li class="(\w+)"', text).group(1)


def in_markdown(text: str, _rules: set[str]) -> Any:
    return re.search(r"^\| (\w+) \| 1 \|$", text, re.MULTILINE).group(1)


def in_junit(text: str, rules: set[str]) -> Any:
    case = next(ElementTree.fromstring(text).iter("testcase"))  # noqa: S314
    failure, skipped = case.find("failure"), case.find("skipped")
    if failure is not None:
        assert set(failure.get("message").split(", ")) <= rules
        return failure.get("type")
    assert (set() if skipped is None else set(re.findall(r"(\w+): unknown", str(skipped.get("message"))))) == rules
    return "pass" if skipped is None else "unknown"


def in_sarif(text: str, rules: set[str]) -> Any:
    run = json.loads(text)["runs"][0]
    severities = {each["id"]: each["properties"]["severity"] for each in run["tool"]["driver"]["rules"]}
    assert {each["ruleId"] for each in run["results"]} == rules
    found = {severities[each["ruleId"]] if each["kind"] == "fail" else "unknown" for each in run["results"]}
    return max(found, key=VERDICTS.index) if found else "pass"


READERS: dict[str, Any] = {
    "json": in_json, "csv": in_csv, "html": in_html, "markdown": in_markdown, "junit": in_junit, "sarif": in_sarif}

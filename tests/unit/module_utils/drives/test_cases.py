# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module, the facts, the metrics, the schedule and the report say the same about the same drive.

Each case is a capture, or a drive that is played. All five are asked about it, and what they say is compared; what is
written here of a case is what a person reads in its log.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple, Optional

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import xcopy
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts import run as facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import Wanted, run_selftests
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import GOOD, Command, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._report.findings import Context, Finding
from ansible_collections.drivecare.scsi.plugins.module_utils._report.rules import compile_rules, drive_rules, judge
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule import run as schedule
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_selftest_results import SELF_TEST_RESULTS_PAGE
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import (
    SUPPORTED_LOG_PAGES,
    encode_supported_log_pages,
)
from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.drives import drive_metrics

from .scripted import IN_PROGRESS, ScriptedDrive, result

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "cases"
CAPTURES = sorted(file.stem for file in FOLDER.glob("*.json"))
KINDS = ("short", "extended")
MONTH = 720
PASSED, ABORTED, FAILED = 0, 2, 7
SHORT, EXTENDED = 1, 2

LOG_SENSE, BACKGROUND_SCAN_PAGE = 0x4D, 0x15
#: The verdict of the module on a drive that did not answer.
SILENT = "silent"
COMPARED = ("results", "power_on_hours", "log_supported", "log_complete", "running", "interrupted")


class Log(NamedTuple):
    """A drive with this log and these hours, and what is true of each kind of test: the verdict and the age."""

    results: Optional[list[dict[str, Any]]]
    hours: Optional[int]
    short: tuple[str, Optional[int]]
    extended: tuple[str, Optional[int]]
    #: Of the newest result of the very kind: whether it passed, and its age; ``None`` for no sample.
    samples: dict[str, tuple[int, Optional[int]]] = {}
    #: The code of a test that runs.
    running: Optional[int] = None
    cut: bool = False


OWN = {
    "passed": Log([result(SHORT, PASSED, 990), result(EXTENDED, PASSED, 900)], 1000, ("passed", 10), ("passed", 100),
                  {"short": (1, 10), "extended": (1, 100)}),
    "passed, only short": Log([result(SHORT, PASSED, 990)], 1000, ("passed", 10), ("never", None), {"short": (1, 10)}),
    "passed long ago": Log([result(EXTENDED, PASSED, 100)], 1000, ("expired", 900), ("expired", 900),
                           {"extended": (1, 900)}),
    "failed": Log([result(EXTENDED, FAILED, 999, 123456)], 1000, ("failed", 1), ("failed", 1), {"extended": (0, 1)}),
    "failed, then passed": Log([result(EXTENDED, PASSED, 999), result(EXTENDED, FAILED, 900)], 1000, ("passed", 1),
                               ("passed", 1), {"extended": (1, 1)}),
    "failed, then a weaker one passed": Log(
        [result(SHORT, PASSED, 999), result(EXTENDED, FAILED, 900)], 1000, ("passed", 1), ("failed", 100),
        {"short": (1, 1), "extended": (0, 100)}),
    "passed, then aborted": Log([result(SHORT, ABORTED, 999), result(SHORT, PASSED, 900)], 1000, ("passed", 100),
                                ("never", None), {"short": (1, 100)}),
    "hours that went back": Log([result(EXTENDED, PASSED, 30000)], 500, ("unknown", None), ("unknown", None),
                                {"extended": (1, None)}),
    "two counters, one rounded": Log([result(EXTENDED, PASSED, 1001)], 1000, ("passed", 0), ("passed", 0),
                                     {"extended": (1, 0)}),
    "saturated": Log([result(EXTENDED, PASSED, 65535)], 70000, ("unknown", None), ("unknown", None),
                     {"extended": (1, None)}),
    "saturated, recent all the same": Log([result(EXTENDED, PASSED, 65535)], 65600, ("passed", None),
                                          ("passed", None), {"extended": (1, None)}),
    "saturated, and the hours are as many": Log([result(EXTENDED, PASSED, 65535)], 65535, ("passed", 0), ("passed", 0),
                                                {"extended": (1, 0)}),
    "saturated, and the hours went back": Log([result(EXTENDED, PASSED, 65535)], 500, ("unknown", None),
                                              ("unknown", None), {"extended": (1, None)}),
    "long before saturation": Log([result(EXTENDED, PASSED, 65000)], 70000, ("expired", 5000), ("expired", 5000),
                                  {"extended": (1, 5000)}),
    "hours not reported": Log([result(EXTENDED, PASSED, 900)], None, ("unknown", None), ("unknown", None),
                              {"extended": (1, None)}),
    "new": Log([], 5, ("never", None), ("never", None)),
    "never tested": Log([], 30000, ("never", None), ("never", None)),
    "log not supported": Log(None, 1000, ("unknown", None), ("unknown", None)),
    "log cut short": Log([result(SHORT, ABORTED, 990)], 1000, ("unknown", None), ("unknown", None), cut=True),
    "log cut short behind a pass": Log([result(SHORT, PASSED, 990)], 1000, ("passed", 10), ("unknown", None),
                                       {"short": (1, 10)}, cut=True),
    "running": Log([result(SHORT, PASSED, 990)], 1000, ("running", None), ("running", None), {"short": (1, 10)},
                   running=EXTENDED),
    "in progress, says the log alone": Log([result(EXTENDED, IN_PROGRESS, 0), result(SHORT, PASSED, 990)], 1000,
                                           ("passed", 10), ("never", None), {"short": (1, 10)}),
    "in progress for too long": Log([result(EXTENDED, IN_PROGRESS, 900), result(EXTENDED, PASSED, 100)], 1000,
                                    ("expired", 900), ("expired", 900), {"extended": (1, 900)}),
    "in progress since this hour": Log([result(EXTENDED, IN_PROGRESS, 1000), result(SHORT, PASSED, 990)], 1000,
                                       ("running", None), ("running", None), {"short": (1, 10)}),
}


def played(case: Log) -> ScriptedDrive:
    """The drive of a case."""
    drive = ScriptedDrive()
    drive.log = case.results
    drive.minutes = None if case.hours is None else 60 * case.hours
    if case.running is not None:
        drive.begin(case.running, 1000)

    def log_sense(command: Command) -> Reply:
        page = command.cdb[2] & 0x3F
        if page == SUPPORTED_LOG_PAGES:
            pages = [SUPPORTED_LOG_PAGES, *[SELF_TEST_RESULTS_PAGE] * (case.results is not None), BACKGROUND_SCAN_PAGE]
            return Reply(GOOD, data=encode_supported_log_pages([{"page": page} for page in pages]))
        reply: Reply = ScriptedDrive._log_sense(drive, command)
        if case.cut and page == SELF_TEST_RESULTS_PAGE:
            # The header says more than what arrives.
            return Reply(GOOD, data=reply.data[:4 + 20 * len(case.results or [])])
        return reply

    drive.answers[LOG_SENSE] = log_sense
    return drive


class Said(NamedTuple):
    """What all five say of one kind of test. Ages in hours."""

    #: By the module: with a limit of a month, and without one.
    verdict: str
    age: Optional[int]
    any_verdict: str
    any_age: Optional[int]
    #: By the metrics: passed (0 or 1) and age of the newest test of this very kind.
    sample: Optional[int]
    sample_age: Optional[int]
    #: By the schedule.
    schedule_state: str
    schedule_failed: Optional[bool]
    schedule_age: Optional[int]
    #: By the report, with a limit of a month, and without one.
    passed: str
    any_passed: str
    not_failed: str
    any_not_failed: str


def module_says(device: str, kind: str, max_age: Optional[int],
                folder: Optional[Path] = None) -> tuple[str, Optional[int], dict[str, Any]]:
    """The verdict on this kind, the age, and all that it returns of the log."""
    wanted = Wanted("passed", kind, max_age_hours=max_age, on_unknown="accept",
                    state_dir=None if folder is None else str(folder))
    entry = run_selftests([device], Options(check_mode=True), wanted)[0]
    said = entry.values["selftest"]
    if said is None or said["verdict"] is None:
        assert entry.failed
        return SILENT, None, {}
    verdict = said["verdict"]
    if verdict == "started":
        # It would start one: because there was none, or because it is too old.
        verdict = "never" if re.search(r"no \w+ self test has been completed", str(entry.reason)) else "expired"
    return verdict, said["age_hours"], said


def schedule_says(device: str, folder: Path) -> dict[str, Any]:
    wanted = schedule.Wanted.from_options({
        "policy": [{"tests": {"short": "7d", "extended": "30d"}}], "now": "2026-11-21T03:00",
        "state_dir": str(folder)})
    said: dict[str, Any] = schedule.run_schedule(
        [device], Options(check_mode=True), wanted, list).entries[0].values["schedule"]
    return said


def facts_of(device: str, *subsets: str, folder: Optional[Path] = None) -> dict[str, Any]:
    wanted = facts.Wanted.from_options({
        "gather_subset": list(subsets), "state_dir": None if folder is None else str(folder)})
    return facts.gather_facts([device], Options(check_mode=True), wanted)[0].as_result()


def samples_of(drive: dict[str, Any], name: str) -> dict[str, float]:
    """The samples of a metric, by kind of test."""
    found = re.findall(rf'^scsi_drive_{name}{{.*test="(\w+)"}} (\S+)$', drive_metrics([drive]), re.MULTILINE)
    return {kind: float(value) for kind, value in found}


def judged(drive: dict[str, Any], rules: list[dict[str, Any]], default: bool) -> dict[str, Finding]:
    """What each rule finds, by its id."""
    context = Context(1, 1)
    return {each.rule.id: each for each in judge(drive_rules(compile_rules(rules, default)), drive, context)}


def report_says(drive: dict[str, Any], kind: str, max_age: Optional[int]) -> tuple[str, str]:
    """The outcomes of the rule for tests that passed, and of that for failures."""
    limit = "any" if max_age is None else max_age
    rule = {"title": "t", "severity": "major", "remedy": "r"}
    found = judged(drive, [
        dict(rule, id="passed", check={"named": "selftest_passed", "kind": kind, "max_age": limit}),
        dict(rule, id="failed", check={"named": "selftest_not_failed", "max_age": limit})], default=False)
    return found["passed"].outcome, found["failed"].outcome


def all_say(device: str, kind: str, folder: Path) -> Said:
    """Asks all five, and compares what the facts hold with what the module returns."""
    verdict, age, log = module_says(device, kind, MONTH, folder)
    any_verdict, any_age, _log = module_says(device, kind, None, folder)
    drive = facts_of(device, "selftest", folder=folder)
    if not log:
        assert drive["selftest"] is None or drive["selftest"]["log_supported"] is None
    assert [field for field in COMPARED if log and drive["selftest"][field] != log[field]] == []
    planned = schedule_says(device, folder)
    test = (planned["tests"] or {}).get(kind, {})
    sample, seconds = (samples_of(drive, name).get(kind) for name in ("selftest_passed", "selftest_age_seconds"))
    passed, not_failed = report_says(drive, kind, MONTH)
    any_passed, any_not_failed = report_says(drive, kind, None)
    return Said(verdict, age, any_verdict, any_age, None if sample is None else int(sample),
                None if seconds is None else int(seconds / 3600), planned["state"], test.get("failed"),
                test.get("age_hours"), passed, any_passed, not_failed, any_not_failed)


def agree(said: Said, log: dict[str, Any], kind: str) -> None:
    """Holds what must be so about any drive."""
    if not log:
        assert said[:4] == (SILENT, None, SILENT, None)
        assert said[4:9] == (None, None, "silent", None, None)
        assert set(said[9:]) == {"unknown"}
        return
    supported, hours = log["log_supported"], log["power_on_hours"]
    if not supported:
        assert (said.verdict, said.any_verdict) == ("unknown", "unknown")
        assert {said.passed, said.any_passed, said.not_failed, said.any_not_failed} <= {"unknown", "not applicable"}
        assert (said.sample, said.sample_age, said.schedule_age, said.schedule_state) == (None, None, None, "unknown")
        return
    if hours is None and not log["running"]:
        assert (said.schedule_state, said.schedule_age, said.sample_age) == ("unknown", None, None)
    for verdict, passed, not_failed in ((said.verdict, said.passed, said.not_failed),
                                        (said.any_verdict, said.any_passed, said.any_not_failed)):
        if verdict == "running":
            assert said.schedule_state == "running"
        elif verdict == "failed":
            assert not_failed == "fail"
        elif verdict == "never" and hours is not None and hours <= MONTH:
            # The test of a new drive is still to come.
            assert passed in ("unknown", "fail")
        elif verdict == "expired":
            # The failure that is too old, or the pass that is.
            assert passed == "fail"
        else:
            assert passed == {"passed": "pass", "never": "fail", "unknown": "unknown"}[verdict]
    if said.schedule_failed is not None and said.any_verdict != "running":
        assert said.schedule_failed == (said.any_verdict == "failed")
    if said.any_verdict == "passed" and said.schedule_state != "unknown":
        # The newest test of the kind that came to a result is the one that passed.
        assert said.schedule_age == said.any_age
    if said.sample_age is not None and kind == "extended" and said.schedule_state != "unknown":
        # None is stronger than an extended one, so both mean the same result.
        assert said.schedule_age == said.sample_age


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(OWN))
def test_all_say_what_a_person_reads_in_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str,
                                                kind: str) -> None:
    case = OWN[name]
    monkeypatch.setattr(drives, "open_transport", lambda _address, _access: played(case))
    said = all_say("/dev/sg1", kind, tmp_path)
    log = facts_of("/dev/sg1", "selftest")["selftest"]
    verdict, age = case.short if kind == "short" else case.extended
    assert (said.verdict, said.age if verdict in ("passed", "failed") else age) == (verdict, age)
    assert (said.sample, said.sample_age) == case.samples.get(kind, (None, None))
    agree(said, log, kind)


def test_all_know_when_the_test_of_an_old_drive_was_that_was_started_here(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drive = played(Log([result(EXTENDED, PASSED, 65535)] * 20, 70000, ("", None), ("", None)))
    monkeypatch.setattr(drives, "open_transport", lambda _address, _access: drive)
    assert all_say("/dev/sg1", "extended", tmp_path)[:2] == ("unknown", None)
    run_selftests(["/dev/sg1"], Options(), Wanted("started", "extended", state_dir=str(tmp_path)))
    drive._end(PASSED)
    drive.log = (drive.log or [])[:20]
    drive.minutes = 60 * 70500
    # By the facts alone, as the report and the metrics read them; the schedule has records of its own besides.
    assert facts_of("/dev/sg1", "selftest", folder=tmp_path)["selftest"]["newest"]["power_on_hours_at_least"] == 70000
    for kind in KINDS:
        said = all_say("/dev/sg1", kind, tmp_path)
        assert (said.verdict, said.passed, said.not_failed) == ("passed", "pass", "pass")
    assert schedule_says("/dev/sg1", tmp_path)["state"] in ("scheduled", "start", "waiting", "started")
    # Nothing is known where nothing was recorded.
    assert facts_of("/dev/sg1", "selftest")["selftest"]["newest"].get("power_on_hours_at_least") is None


@pytest.mark.parametrize("name", CAPTURES)
def test_all_say_the_same_about_a_capture(tmp_path: Path, name: str) -> None:
    device = f"replay:{FOLDER / name}.json"
    log = facts_of(device, "selftest")["selftest"]
    for kind in KINDS:
        said = all_say(device, kind, tmp_path)
        agree(said, log, kind)


@pytest.mark.parametrize("name", CAPTURES)
def test_both_modules_say_the_same_about_a_copy_manager(name: str) -> None:
    device = f"replay:{FOLDER / name}.json"
    found = facts_of(device, "xcopy")["xcopy"]
    question = xcopy.Question.from_options({
        "gather": ["parameters"], "list_id": 0, "list_id_bytes": "auto", "allocation_length": None,
        "assume_supported": False})
    entry = xcopy.gather_xcopy([device], Options(check_mode=True), question)[0]
    assert found["supported"] == entry.values["supported"], (found["reason"], entry.reason)


@pytest.mark.parametrize("name", CAPTURES)
def test_no_capture_is_too_much_for_the_facts_the_metrics_or_the_report(name: str) -> None:
    drive = facts_of(f"replay:{FOLDER / name}.json", "all")
    assert drive["status"] == "ok", drive["reason"]
    assert "scsi_drive_up{" in drive_metrics([drive]) and judged(drive, [], default=True)


def _with(**changes: Any) -> dict[str, Any]:
    return dict({"log_supported": True, "log_complete": True, "running": False, "power_on_hours": 1000,
                 "results": [{"self_test_code": {"value": 2}, "result": {"value": 0, "name": "x"},
                              "power_on_hours": 900, "power_on_hours_saturated": False}]}, **changes)


def _entry(**changes: Any) -> dict[str, Any]:
    return _with(results=[dict(_with()["results"][0], **changes)])


#: What a document may hold that somebody wrote or damaged, and what the report's rule and the metrics make of it.
MALFORMED: dict[str, tuple[Any, str, Optional[int], Optional[int]]] = {
    "well": (_with(), "pass", 1, 100),
    "nothing": (None, "unknown", None, None), "text": ("x", "unknown", None, None), "list": ([], "unknown", None, None),
    "empty": ({}, "unknown", None, None),
    "supported is text": (_with(log_supported="yes"), "unknown", 1, 100),
    "results are nothing": (_with(results=None), "fail", None, None),
    "results are a dictionary": (_with(results={"a": 1}), "fail", None, None),
    "entries of all kinds": (_with(results=[None, 5, "x", [], {}, True]), "fail", None, None),
    "a code that is text": (_entry(self_test_code={"value": "2"}), "fail", None, None),
    "a code that is a list": (_entry(self_test_code=[2]), "fail", None, None),
    "a code that is true": (_entry(self_test_code={"value": True}), "fail", None, None),
    "a code that is reserved": (_entry(self_test_code={"value": 3}), "fail", None, None),
    "a result that is a number": (_entry(result=0), "fail", None, None),
    "a result that is false": (_entry(result={"value": False}), "fail", None, None),
    "a result without a name": (_entry(result={"value": 0}), "pass", 1, 100),
    "hours that are text": (_entry(power_on_hours="900"), "unknown", 1, None),
    "hours that are missing": (_entry(power_on_hours=None), "unknown", 1, None),
    "hours that are negative": (_entry(power_on_hours=-5), "unknown", 1, None),
    "saturated without a flag": (_with(power_on_hours=70000, results=[
        {"self_test_code": {"value": 2}, "result": {"value": 0}, "power_on_hours": 65535}]), "unknown", 1, None),
    "hours of the drive that are text": (_with(power_on_hours="1000"), "unknown", 1, None),
    "hours of the drive that are true": (_with(power_on_hours=True), "unknown", 1, None),
}


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_malformed_facts_tell_nothing(name: str) -> None:
    selftest, outcome, passed, age = MALFORMED[name]
    drive = {"device": "/dev/sg1", "status": "ok", "gathered": ["selftest"], "selftest": selftest}
    found = report_says(drive, "extended", MONTH)
    assert found[0] == outcome
    assert found[1] in ("pass", "unknown")
    assert samples_of(drive, "selftest_passed") == ({} if passed is None else {"extended": passed})
    assert samples_of(drive, "selftest_age_seconds") == ({} if age is None else {"extended": age * 3600})

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet whose tests have just been scheduled: what is still to come is neither a failure nor a pass."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any, Sequence

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.decide import Candidate, decide
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.due import Memory
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.policy import parse_policy

from .fleet import coded, result
from .samples import DAY, healthy, host, made, put, wanted

HOURS = 30000
POLICY = {"policy": [{"tests": {"short": "7d", "extended": "30d"}}], "late_after": "14d", "at_once": {"host": 4}}
NOON = datetime.datetime(2026, 3, 2, 12)


def drive(place: int, *tests: tuple[int, int], hours: int = HOURS) -> Any:
    """A drive with these self tests, each as its code and how many hours ago it passed."""
    found = put(put(healthy(), "wwn", f"naa.500000000000000{place}"), "device", f"/dev/sg{place}")
    put(found, "health.power_on_hours", hours)
    found["selftest"].update(power_on_hours=hours, results=[
        result(number, code, coded(0, "completed without error"), hours - ago)
        for number, (code, ago) in enumerate(tests, 1)])
    return found


def scheduled(folder: Path, drives: Sequence[Any], first_seen: int = 0, policy: Any = None, changes: Any = None) -> str:
    """The document of the schedule for these drives, as the role writes it; they were first seen so long ago."""
    candidates = [
        Candidate(each["device"], each["wwn"], hours=each["selftest"]["power_on_hours"],
                  results=each["selftest"]["results"],
                  memory=Memory(each["selftest"]["power_on_hours"] - first_seen)) for each in drives]
    decisions = decide(candidates, [], parse_policy(policy or POLICY), NOON)
    entries = [{"device": each["device"], "wwn": each["wwn"], "schedule": {
        "state": decision.state, "reason": decision.reason, "test": decision.test,
        "tests": decision.tests}} for each, decision in zip(drives, decisions)]
    document = {"version": 1, "host": "db1", "planned_at": f"{DAY}T12:00:00Z", "drives": entries}
    document.update(changes or {})
    (folder / "plans").mkdir(parents=True)
    (folder / "plans" / "db1.json").write_text(json.dumps(document))
    return str(folder / "plans")


def outcomes(folder: Path, drives: Sequence[Any], schedules: str | None = None, **options: Any) -> list[Any]:
    """Of each drive: its verdict, and what the rule about its extended test says."""
    report = made(folder, host(*drives), schedules=schedules, **options)
    found = json.loads(report["texts"]["json"])["hosts"][0]["drives"]
    return [(each["verdict"], *[(finding["outcome"], finding["note"]) for finding in each["findings"]
                                if finding["rule"] == "selftest_passed"]) for each in found]


def test_on_the_first_day_each_drive_is_due_and_none_fails(tmp_path: Path) -> None:
    # Never tested; never but shortly; not for a year.
    drives = [drive(1), drive(2, (1, 5)), drive(3, (2, 8760))]
    found = outcomes(tmp_path / "a", drives, scheduled(tmp_path, drives))
    assert [verdict for verdict, _said in found] == ["unknown"] * 3
    for _verdict, (outcome, note) in found:
        assert outcome == "unknown" and "due in " in note and "of power-on time" in note
    # Nobody has promised to test them.
    assert [verdict for verdict, _said in outcomes(tmp_path / "b", drives)] == ["major"] * 3
    for form, text in made(tmp_path / "c", host(*drives), schedules=str(tmp_path / "plans"))["texts"].items():
        assert "due in " in text, form


def test_a_drive_in_whose_slot_nothing_happened_fails_once_it_is_late(tmp_path: Path) -> None:
    drives = [drive(1)]
    # Since it was first seen, its slot has come: it waits, and then is late.
    busy = dict(POLICY, windows=[{"from": "01:00", "to": "02:00"}])
    told = {}
    for days in (0, 30, 60):
        folder = tmp_path / str(days)
        (verdict, (outcome, note)), = outcomes(folder, drives, scheduled(folder, drives, 24 * days, busy))
        told[days] = (verdict, outcome, "due in" in note, "outside the test windows" in note)
    assert told[0] == ("unknown", "unknown", True, False)
    assert told[30] == ("unknown", "unknown", False, True)
    assert told[60] == ("major", "fail", False, True)


def test_a_schedule_that_is_slower_than_the_rule_is_no_excuse(tmp_path: Path) -> None:
    drives = [drive(place, (2, 24 * 20)) for place in range(10)]
    rules = [{"id": "selftest_passed", "check": {"max_age": "14d"}}]
    found = outcomes(tmp_path / "a", drives, scheduled(tmp_path, drives), rules=rules)
    assert {verdict for verdict, (_outcome, note) in found if "due in" in note} == {"major"}
    # Those whose slot has come are about to be tested, unless that is long ago.
    assert {verdict for verdict, (_outcome, note) in found if "due for" in note} == {"unknown", "major"}


def test_a_drive_that_the_schedule_leaves_alone_fails(tmp_path: Path) -> None:
    drives = [drive(1)]
    (verdict, (_outcome, note)), = outcomes(
        tmp_path / "a", drives, scheduled(tmp_path, drives, policy={"policy": [{"tests": {}}]}))
    assert verdict == "major" and "does not test" in note
    only_short = tmp_path / "short"
    (verdict, _said), = outcomes(
        only_short, drives, scheduled(only_short, drives, policy={"policy": [{"tests": {"short": "7d"}}]}))
    assert verdict == "major"


def test_a_new_drive_is_due_by_its_own_hours(tmp_path: Path) -> None:
    (verdict, (outcome, note)), = outcomes(tmp_path, [drive(1, hours=100)])
    assert (verdict, outcome) == ("unknown", "unknown") and "due in 40 days and 20 h" in note


@pytest.mark.parametrize("changes", [
    {"version": 2}, {"host": "db2"}, {"planned_at": "2026-02-26T12:00:00Z"}, {"planned_at": None}, {"drives": 5},
    {"drives": [5, {"wwn": [], "schedule": 7}, {"wwn": "naa.5000000000000001", "schedule": {"tests": 5}}]}])
def test_a_schedule_that_says_nothing(tmp_path: Path, changes: Any) -> None:
    drives = [drive(1)]
    (verdict, _said), = outcomes(tmp_path / "a", drives, scheduled(tmp_path, drives, changes=changes))
    assert verdict == "major"
    (tmp_path / "plans" / "db1.json").write_text("{")
    (verdict, _said), = outcomes(tmp_path / "b", drives, str(tmp_path / "plans"))
    assert verdict == "major"


def test_schedules_that_are_not_there_are_warned_of(tmp_path: Path) -> None:
    warning, = wanted(tmp_path, host(healthy()), schedules=str(tmp_path / "nowhere")).warnings
    assert "nowhere" in warning


def test_documents_of_schedules_have_a_directory_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\bschedules\b.*\bsource\b"):
        made(tmp_path, host(healthy()), schedules=str(tmp_path / "facts"))

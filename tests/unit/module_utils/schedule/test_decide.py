# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tests start now, over all drives of a host."""

from __future__ import annotations

import random
import re
from typing import Any, Sequence

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.decide import (
    Candidate,
    Decision,
    decide,
    rules_without_drives,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.due import Memory
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.policy import parse_policy
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.sets import DriveSet
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.times import parse_now

from .samples import ABORTED, EXTENDED, FAILED, PASSED, SHORT, drive, drives, logged

SATURDAY = "2026-11-21T03:00"


def decided(candidates: Sequence[Candidate], sets: Sequence[DriveSet] = (), now: str = SATURDAY,
            **options: Any) -> list[Decision]:
    options.setdefault("policy", [{"tests": {"short": "7d", "extended": "30d"}}])
    return decide(candidates, sets, parse_policy(options), parse_now(now))


def states(decisions: Sequence[Decision]) -> dict[str, int]:
    found: dict[str, int] = {}
    for decision in decisions:
        found[decision.state] = found.get(decision.state, 0) + 1
    return found


def test_the_strongest_test_that_is_due_starts() -> None:
    decision, = decided([drive(1)])
    assert (decision.state, decision.test, decision.rule) == ("start", "extended", "1")
    assert set(decision.tests) == {"short", "extended"}
    tested, = decided([drive(1, log=[logged(EXTENDED, PASSED, 20000)])])
    assert tested.state == "scheduled" and tested.due_in is not None and tested.due_in > 0
    assert tested.due_in == min(each["due_in_hours"] for each in tested.tests.values())


def test_a_drive_that_runs_one_is_left_alone_and_takes_a_place() -> None:
    first, second = decided([drive(1, running=True, running_test="short"), drive(2)], at_once={"host": 1})
    assert (first.state, first.test) == ("running", "short") and "short" in str(first.reason)
    assert second.state == "waiting" and re.search(r"\bhost\b.*\b1\b.*\b1\b", str(second.reason))


@pytest.mark.parametrize("candidate,state,said", [
    (drive(1, answered=False), "silent", None),
    (drive(1, hours=None), "unknown", "power-on hours"),
    (drive(1, unknown="no log"), "unknown", "no log"),
    (drive(1, product="OTHER"), "excluded", r"^(?!.*\b[12]\b).*\brule\b"),
    (drive(1, product="SPARE"), "excluded", r"\brule 2\b"),
    # one that no rule wants is no trouble, even where its log tells nothing
    (drive(1, product="SPARE", hours=None), "excluded", r"\brule 2\b"),
])
def test_drives_without_a_test(candidate: Candidate, state: str, said: Any) -> None:
    decision, = decided([candidate], policy=[
        {"drives": {"model": "ST*"}, "tests": {"short": "7d"}}, {"drives": {"model": "SPARE"}, "tests": {}}])
    assert decision.state == state and (said is None or re.search(said, str(decision.reason)))


@pytest.mark.parametrize("options,now,reason", [
    ({"windows": [{"from": "22:00", "to": "02:00"}]}, SATURDAY, r"\bwindow"),
    ({"blackout_days": ["2026-11-21"]}, SATURDAY, r"\b2026-11-21\b"),
    ({"windows": [{"from": "22:00", "to": "04:00"}]}, SATURDAY, None),
    ({"policy": [{"tests": {"extended": "30d"}, "end_in_window": True}],
      "windows": [{"from": "22:00", "to": "04:00"}]}, SATURDAY,
     r"\bextended\b.*\b120 minutes\b.*\bwindow\b.*\b60\b"),
    ({"policy": [{"tests": {"extended": "30d"}, "end_in_window": True}],
      "windows": [{"from": "22:00", "to": "05:00"}]}, SATURDAY, None),
    ({"policy": [{"tests": {"extended": "30d"}, "end_in_window": True}]}, SATURDAY, None),
])
def test_when_it_may_start(options: dict[str, Any], now: str, reason: Any) -> None:
    decision, = decided([drive(1)], now=now, **options)
    assert (decision.state, decision.test) == ("waiting" if reason else "start", "extended")
    assert re.search(reason or r"\bextended\b", str(decision.reason))


def test_a_short_test_starts_where_the_extended_one_does_not_fit_the_window() -> None:
    decision, = decided([drive(1)], windows=[{"from": "22:00", "to": "04:00"}], policy=[
        {"tests": {"short": "7d", "extended": "30d"}, "end_in_window": True}])
    assert (decision.state, decision.test) == ("start", "short")


def test_a_test_that_was_aborted_lately_waits() -> None:
    log = [logged(SHORT, ABORTED, 20000), logged(EXTENDED, ABORTED, 19990)]
    decision, = decided([drive(1, log=log)])
    assert decision.state == "waiting"
    assert "14 power-on hours" in str(decision.reason)


def test_a_failure_is_told_and_does_not_keep_the_slot_from_coming() -> None:
    failed, = decided([drive(1, log=[logged(EXTENDED, FAILED, 20000)])])
    assert failed.state == "scheduled" and re.search(r"\bextended\b.*\bthe result\b", str(failed.failed))
    again, = decided([drive(1, hours=21000, log=[logged(EXTENDED, FAILED, 20000)])])
    assert again.state == "start" and again.failed is not None
    running, = decided([drive(1, running=True, log=[logged(EXTENDED, FAILED, 20000)])])
    assert running.state == "running" and running.failed is not None


@pytest.mark.parametrize("at_once,started", [({}, 8), ({"host": 3}, 3), ({"enclosure": 2}, 2),
                                             ({"host": 3, "enclosure": 4}, 3)])
def test_how_many_at_once(at_once: Any, started: int) -> None:
    shelf = DriveSet("enclosure:0x50", "enclosure", tuple("sd" + letter for letter in "abcdefgh"))
    assert states(decided(drives(8), [shelf], at_once=at_once)).get("start") == started


@pytest.mark.parametrize("total,active,at_once,started", [
    (4, 4, 1, 1), (4, 4, 2, 2), (4, 4, None, 3), (4, 4, 9, 3),
    # lost members are no longer to spare
    (4, 3, 2, 2), (4, 2, 2, 1), (4, 1, 1, 0), (4, 0, 1, 0),
    (None, None, None, 3),
    # an array of one has nothing that could be spared
    (1, 1, 1, 1), (1, 1, None, 1),
])
def test_an_array_never_has_all_its_members_tested(total: Any, active: Any, at_once: Any, started: int) -> None:
    members = ("sda",) if total == 1 else ("sda", "sdb", "sdc", "sdd")
    array = DriveSet("md:md0", "array", members, total, active)
    decisions = decided(drives(len(members)), [array], at_once={"array": at_once})
    assert states(decisions).get("start", 0) == started
    waiting = [decision for decision in decisions if decision.state == "waiting"]
    assert all("md:md0" in str(decision.reason) for decision in waiting)
    assert {decision.sets for decision in decisions} == {("md:md0",)}


def test_a_member_that_is_silent_or_tested_already_takes_a_place() -> None:
    array = DriveSet("md:md0", "array", ("sda", "sdb", "sdc"), 3, 3)
    silent = [drive(0, disks=["sda"], answered=False)] + drives(3)[1:]
    running = [drive(0, disks=["sda"], running=True)] + drives(3)[1:]
    for candidates in (silent, running):
        assert [each.state for each in decided(candidates, [array], at_once={"array": 1})][1:] == ["waiting"] * 2


def test_two_paths_are_one_member() -> None:
    array = DriveSet("lvm:vg0", "array", ("sda", "sdb", "sdc", "sdd"))
    candidates = [drive(0, disks=["sda", "sdc"]), drive(1, disks=["sdb", "sdd"])]
    assert states(decided(candidates, [array])) == {"start": 1, "waiting": 1}


def test_none_is_tested_while_the_array_rebuilds() -> None:
    array = DriveSet("md:md0", "array", ("sda", "sdb"), 2, 2, "check of md:md0 is under way")
    decisions = decided(drives(3), [array])
    assert [decision.state for decision in decisions] == ["waiting", "waiting", "start"]
    assert decisions[0].reason == "check of md:md0 is under way"


def test_a_group_that_the_node_cannot_see() -> None:
    groups = [{"name": "raid 1", "drives": {"model": "ST*"}},
              {"name": "pair", "drives": {"wwn": "*[01]"}, "at_once": 5}]
    decisions = decided(drives(4), groups=groups)
    assert states(decisions) == {"start": 3, "waiting": 1}
    assert decisions[0].sets == ("group:raid 1", "group:pair")
    assert sum(decision.state == "start" for decision in decisions[:2]) == 1
    # rules can name it
    rules = [{"drives": {"member_of": "group:pair"}, "tests": {}}, {"tests": {"short": "7d"}}]
    assert [each.rule for each in decided(drives(4), groups=groups, policy=rules)] == ["1", "1", "2", "2"]


PAIR = {"wwn": "*0[01]"}


@pytest.mark.parametrize("silent,drives_of_group,started", [
    # a name is known, and is one of the group's, or is not
    (drive(0, answered=False, identified=True), PAIR, 0),
    (drive(7, answered=False, identified=True), PAIR, 1),
    (drive(0, answered=False, serial=None, identified=True), {"serial": "*"}, 1),
    # nothing is known: it may be any drive
    (Candidate("/dev/sg0", answered=False), PAIR, 0),
    (Candidate("/dev/sg0", answered=False), {"model": "ST*"}, 0),
    (Candidate("/dev/sg0", answered=False), {"model": "ST*", "serial": ["S1", "S2"]}, 0),
    # what is known tells that it is none
    (drive(0, answered=False, product="OTHER"), {"model": "ST*", "serial": "S*"}, 1),
    (Candidate("/dev/sg0", answered=False), {"wwn": "*01", "device": "/dev/sg1"}, 1),
    (Candidate("/dev/sg0", answered=False), {"wwn": "*01", "member_of": "md:*"}, 1),
    # another way to the drive that answers is no second member
    (drive(1, answered=False, identified=True, other_way=True), PAIR, 1),
])
def test_a_silent_member_of_a_group_leaves_the_last_one_that_answers_alone(
        silent: Candidate, drives_of_group: dict[str, Any], started: int) -> None:
    array = DriveSet("md:md0", "array", ("sda",), 1, 1)
    decisions = decided([silent, drive(1, serial="S1", disks=["sda"])], [array],
                        groups=[{"name": "pair", "drives": drives_of_group}])
    assert decisions[0].state == "silent"
    assert states(decisions[1:]).get("start", 0) == started, decisions[1].reason
    if not started:
        assert re.search(r"\bgroup:pair\b.*\b1\b.*\b1\b.*\b1\b", str(decisions[1].reason))


def test_both_members_of_a_group_that_answer() -> None:
    decisions = decided(drives(2), groups=[{"name": "pair", "drives": PAIR}])
    assert states(decisions) == {"start": 1, "waiting": 1}


def test_one_that_serves_is_left_of_a_group_with_a_silent_member() -> None:
    silent = Candidate("/dev/sg9", answered=False)
    decisions = decided([silent] + drives(4), groups=[{"name": "raid", "drives": {"wwn": "naa.*"}, "at_once": 9}])
    assert states(decisions) == {"silent": 1, "start": 3, "waiting": 1}
    # it may be a member, which is not to say that it is one
    assert decisions[0].sets == ()


def test_those_that_are_due_for_longest_go_first() -> None:
    candidates = [drive(number, log=[logged(SHORT, PASSED, hours)], seen=hours) for number, hours in
                  enumerate((19000, 17000, 18000))]
    decisions = decided(candidates, at_once={"host": 1}, policy=[{"tests": {"short": "7d"}}])
    assert [decision.state for decision in decisions] == ["waiting", "start", "waiting"]


def test_what_is_due_for_too_long_is_late() -> None:
    rule = [{"tests": {"short": "7d"}}]
    late, = decided([drive(1)], policy=rule, late_after="14d", blackout_days=["11-21"])
    assert late.late and late.state == "waiting"
    in_time, = decided([drive(1, log=[logged(SHORT, PASSED, 19900)])], policy=rule, late_after="14d")
    assert not in_time.late


def test_the_order_of_the_drives_changes_nothing() -> None:
    candidates, shelf = drives(12), DriveSet("enclosure:0x50", "enclosure", ("sda", "sdb", "sdc", "sdd"))
    chosen = None
    for seed in range(5):
        shuffled = candidates[:]
        random.Random(seed).shuffle(shuffled)  # noqa: S311
        decisions = decided(shuffled, [shelf], at_once={"host": 5, "enclosure": 1})
        started = {each.name for each, decision in zip(shuffled, decisions) if decision.state == "start"}
        assert chosen is None or started == chosen
        chosen = started


def test_a_shelf_over_three_months_keeps_every_promise() -> None:
    """24 drives in arrays of 6, hour by hour: all tested in time, never two of an array, and none at first sight."""
    arrays = [
        DriveSet(f"md:md{number}", "array",
                 tuple("sd" + chr(ord("a") + 6 * number + each) for each in range(6)), 6, 6)
        for number in range(4)]
    log: list[list[Any]] = [[] for _each in range(24)]
    ends = [(0, 0)] * 24
    starts: list[int] = []
    oldest = 0
    for hour in range(20000, 20000 + 90 * 24):
        candidates = []
        for number in range(24):
            until, code = ends[number]
            if code and until == hour:
                log[number].insert(0, logged(code, PASSED, hour))
            candidates.append(drive(number, hour, log[number][:20], 20000, ["sd" + chr(ord("a") + number)],
                                    running=bool(code) and until > hour))
        decisions = decided(candidates, arrays, at_once={"host": 4, "array": 1})
        for number, decision in enumerate(decisions):
            if decision.state == "start":
                ends[number] = (hour + 10, EXTENDED) if decision.test == "extended" else (hour + 1, SHORT)
                starts.append(hour)
            if hour > 20000 + 31 * 24:
                oldest = max(oldest, decision.tests["short"]["age_hours"])
        busy = [number for number in range(24) if ends[number][0] > hour]
        assert len(busy) <= 4 and len({number // 6 for number in busy}) == len(busy)
    assert starts.count(20000) == 0
    # an extended test each 30 days, a short one each week: 13 and 3 in 90 days and drive, less those that coincide
    assert 24 * 11 < len(starts) < 24 * 17
    assert oldest < 168 + 48


@pytest.mark.parametrize("candidates,names", [
    (drives(2), ["OTHER", "4"]),
    (drives(2) + [drive(3, product="OTHER")], ["4"]),
    # a silent one tells nothing
    (drives(2) + [drive(3, product="OTHER", answered=False, identified=True)], ["OTHER", "4"]),
    ([drive(3, answered=False)], []),
    ([], []),
])
def test_a_rule_that_fits_no_drive_is_told(candidates: list[Candidate], names: list[str]) -> None:
    rules = [{"drives": {"model": "ST*"}, "tests": {}}, {"name": "OTHER", "drives": {"model": "OTHER"}, "tests": {}},
             {"drives": {"member_of": ["group:all", "none"]}, "tests": {"short": "7d"}},
             {"drives": {"member_of": "md:*"}, "tests": {"short": "7d"}}]
    policy = parse_policy({"policy": rules, "groups": [{"name": "all", "drives": {"device": "*"}}]})
    assert rules_without_drives(candidates, [], policy) == names


def test_memory_is_not_shared() -> None:
    assert Memory().started == {} and Memory().first_seen is None

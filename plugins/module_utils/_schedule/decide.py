# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides for all drives of a host which tests start now, which wait, and why. Accesses no clock, drive or file."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Sequence

from .due import Due, Memory, Result, due, failure
from .policy import TESTS, Policy, PolicyRule, Subject
from .sets import HOST, Belonging, DriveSet, Limit, array_limit
from .times import minutes_left

START, RUNNING, WAITING, SCHEDULED = "start", "running", "waiting", "scheduled"
UNKNOWN, EXCLUDED, SILENT = "unknown", "excluded", "silent"

#: A short test takes two minutes at most (SPC-6 5.15.2).
_SHORT_MINUTES = 2
#: For an extended test whose duration is not reported by the drive; large hard disks take a day and more.
_UNKNOWN_MINUTES = 48 * 60


@dataclass(frozen=True)
class Candidate:
    """What is known about a drive. ``answered`` is false if the drive could not be queried.

    ``disks``: the kernel's names of its block devices, one per path. ``unknown``: why its log cannot be judged.
    ``identified``: for a drive that did not answer, whether its names are from an earlier run; else missing names are
    not known. ``other_way``: it did not answer, but is another path to a drive that did.
    """

    device: str
    wwn: str | None = None
    vendor: str | None = None
    product: str | None = None
    serial: str | None = None
    disks: tuple[str, ...] = ()
    answered: bool = True
    running: bool = False
    running_test: str | None = None
    hours: int | None = None
    results: Sequence[Result] = ()
    unknown: str | None = None
    extended_minutes: int | None = None
    memory: Memory = field(default_factory=Memory)
    identified: bool = False
    other_way: bool = False

    @property
    def name(self) -> str:
        """The name that its slot is derived from: the same after a reboot and on another host."""
        return self.wwn or self.serial or self.device


@dataclass
class Decision:
    """About one drive. ``due_since`` and ``due_in``: power-on hours, for ``test``; ``failed``: a failure in words."""

    state: str
    reason: str | None = None
    rule: str | None = None
    test: str | None = None
    due_since: int | None = None
    due_in: int | None = None
    late: bool = False
    failed: str | None = None
    sets: tuple[str, ...] = ()
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)


def decide(candidates: Sequence[Candidate], sets: Sequence[DriveSet], policy: Policy,
           now: datetime.datetime) -> list[Decision]:
    """One decision per drive, in their order. The same input gives the same decisions."""
    belonging = Belonging(sets, [candidate.disks for candidate in candidates])
    alone = _subjects(candidates, belonging)
    subjects = _in_groups(alone, policy)
    limits = belonging.limits(policy) + _group_limits(alone, candidates, policy)
    if policy.host is not None:
        limits.append(Limit(HOST, policy.host, tuple(range(len(candidates))), False))
    decisions = []
    for place, (candidate, subject) in enumerate(zip(candidates, subjects)):
        decision = _alone(candidate, policy.rule_for(subject), policy, now, belonging.busy(place))
        decision.sets = subject.sets
        decisions.append(decision)
    _fit(decisions, candidates, limits)
    return decisions


def rules_without_drives(candidates: Sequence[Candidate], sets: Sequence[DriveSet], policy: Policy) -> list[str]:
    """The names of the rules that match none of the drives that answered; none if no drive did.

    A rule also matches drives to which an earlier rule applies: the last rule is often a catch-all.
    """
    belonging = Belonging(sets, [candidate.disks for candidate in candidates])
    subjects = _in_groups(_subjects(candidates, belonging), policy)
    answered = [subject for candidate, subject in zip(candidates, subjects) if candidate.answered]
    return [rule.name for rule in policy.rules
            if answered and not any(rule.selector.matches(subject) for subject in answered)]


def _subjects(candidates: Sequence[Candidate], belonging: Belonging) -> list[Subject]:
    """The drives as selectors see them, without the groups that they are in."""
    return [Subject(candidate.device, candidate.wwn, candidate.vendor, candidate.product, candidate.serial,
                    belonging.names(place)) for place, candidate in enumerate(candidates)]


def _in_groups(subjects: Sequence[Subject], policy: Policy) -> list[Subject]:
    """Adds the groups that the drives are certainly in."""
    return [subject._replace(sets=subject.sets + tuple(
        "group:" + group.name for group in policy.groups if group.selector.matches(subject))) for subject in subjects]


def _group_limits(subjects: Sequence[Subject], candidates: Sequence[Candidate], policy: Policy) -> list[Limit]:
    """The limits of the groups. A drive that is silent and may be a member counts as one, to be on the safe side."""
    found = []
    for group in policy.groups:
        places = tuple(
            place for place, (subject, candidate) in enumerate(zip(subjects, candidates))
            if not candidate.other_way and (
                group.selector.matches(subject)
                or not candidate.answered and not candidate.identified and group.selector.may_match(subject)))
        found.append(Limit("group:" + group.name,
                           array_limit(group.at_once or policy.array, len(places), len(places)), places, True))
    return found


def _alone(candidate: Candidate, rule: PolicyRule | None, policy: Policy, now: datetime.datetime,
           busy: str | None) -> Decision:
    """The decision for a drive as if it were the only one; START if it would be tested."""
    decision = Decision(SILENT if not candidate.answered else EXCLUDED, rule=None if rule is None else rule.name)
    if not candidate.answered:
        return decision
    if candidate.running:
        decision.state, decision.test = RUNNING, candidate.running_test
        which = "a" if candidate.running_test is None else f"the {candidate.running_test}"
        decision.reason = f"{which} self test is running"
    if rule is None or not rule.tests:
        decision.reason = decision.reason or (
            "no rule matches this drive" if rule is None else f"rule {rule.name} has no tests")
        return decision
    if candidate.unknown is not None or candidate.hours is None:
        if not candidate.running:
            decision.state = UNKNOWN
            decision.reason = candidate.unknown or "the drive does not report its power-on hours"
        return decision
    found = _tests(decision, candidate, rule, policy)
    if not candidate.running:
        _choose(decision, found, candidate, rule, now, busy)
    return decision


def _tests(decision: Decision, candidate: Candidate, rule: PolicyRule, policy: Policy) -> list[Due]:
    """Records each test of the rule in the decision; returns when each is due."""
    found = []
    for test in TESTS:
        period = rule.tests.get(test)
        if period is None or candidate.hours is None:
            continue
        when = due(candidate.name, test, period, candidate.hours, candidate.results, candidate.memory,
                   policy.untested, policy.retry_hours)
        found.append(when)
        failed = failure(candidate.results, candidate.hours, test)
        if failed is not None and decision.failed is None:
            decision.failed = failed.reason
        late = policy.late_hours is not None and when.due_since is not None and when.due_since > policy.late_hours
        decision.late = decision.late or late
        decision.tests[test] = {
            "every_hours": period, "age_hours": when.age, "due_since_hours": when.due_since,
            "due_in_hours": when.due_in, "late": late, "failed": failed is not None}
    return found


def _choose(decision: Decision, found: Sequence[Due], candidate: Candidate, rule: PolicyRule, now: datetime.datetime,
            busy: str | None) -> None:
    """Chooses the strongest test that is due and may start now, else the strongest that is due, and why it waits."""
    for when in found:
        if when.due_since is None:
            continue
        why = busy or _not_now(when, candidate, rule, now)
        if why is None:
            decision.state, decision.test, decision.due_since = START, when.test, when.due_since
            decision.reason = f"the {when.test} self test is due"
            return
        if decision.state != WAITING:
            decision.state, decision.test, decision.due_since = WAITING, when.test, when.due_since
            decision.reason = why
    if decision.state != WAITING:
        soonest = min(found, key=lambda when: when.due_in or 0)
        decision.state, decision.test, decision.due_in = SCHEDULED, soonest.test, soonest.due_in
        decision.reason = f"the {soonest.test} self test is due next, in {soonest.due_in} power-on hours"


def _not_now(when: Due, candidate: Candidate, rule: PolicyRule, now: datetime.datetime) -> str | None:
    """Why a test that is due may not start now; ``None`` if it may."""
    if when.retry_in is not None:
        return f"the last test had no result; it is repeated in {when.retry_in} power-on hours"
    if any(blackout.covers(now.date()) for blackout in rule.blackouts):
        return f"{now.date().isoformat()} is a blackout day"
    left = minutes_left(rule.windows, now, rule.blackouts)
    if left is None:
        return "outside the test windows"
    if rule.end_in_window and rule.windows:
        needed = _SHORT_MINUTES if when.test == "short" else candidate.extended_minutes or _UNKNOWN_MINUTES
        if needed > left:
            return f"the {when.test} self test takes {needed} minutes, and the window closes in {left}"
    return None


def _fit(decisions: Sequence[Decision], candidates: Sequence[Candidate], limits: Sequence[Limit]) -> None:
    """Lets as many start as the limits allow, those due for the longest time first; the others wait."""
    taken = [{place for place in limit.drives if decisions[place].state == RUNNING
              or limit.counts_silent and decisions[place].state == SILENT} for limit in limits]
    order = sorted((place for place, decision in enumerate(decisions) if decision.state == START),
                   key=lambda place: (-(decisions[place].due_since or 0), candidates[place].name))
    for place in order:
        mine = [number for number, limit in enumerate(limits) if place in limit.drives]
        full = next((number for number in mine if len(taken[number]) >= limits[number].at_once), None)
        if full is None:
            for number in mine:
                taken[number].add(place)
            continue
        decision, limit = decisions[place], limits[full]
        decision.state = WAITING
        silent = sum(decisions[each].state == SILENT for each in taken[full])
        decision.reason = f"{limit.name} has {len(taken[full])} of {limit.at_once} concurrent self tests"
        if silent:
            decision.reason += f", including {silent} of drives that do not answer"

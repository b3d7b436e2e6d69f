# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A validated policy: which drives get which test, how often, when, and how many at once."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from typing import Any, Mapping, NamedTuple, Pattern, Sequence

from .. import _checks as checks
from .._durations import hours, hours_or_any
from .times import Blackout, Window, parse_blackouts, parse_windows

#: Strongest first: an extended test that passed also counts as a short one.
TESTS = ("extended", "short")
NO_SET = "none"
WAIT, START = "wait", "start"

_SELECTORS = ("wwn", "model", "serial", "device", "member_of")
#: Selectors by what only the drive itself can report.
_NAMES = ("wwn", "model", "serial")
_RULE = ("name", "drives", "tests", "windows", "blackout_days", "end_in_window")
_GROUP = ("name", "drives", "at_once")
_AT_ONCE = ("host", "enclosure", "array")


class Subject(NamedTuple):
    """A drive as selectors see it. ``sets`` are names such as "md:md0", "zfs:tank/mirror-0", "enclosure:3001...". """

    device: str
    wwn: str | None
    vendor: str | None
    product: str | None
    serial: str | None
    sets: tuple[str, ...]

    def values(self, selector: str) -> list[str]:
        """The values that the patterns of a selector are matched against."""
        if selector == "model":
            product = (self.product or "").strip()
            return [product, f"{(self.vendor or '').strip()} {product}"]
        if selector == "member_of":
            return list(self.sets) or [NO_SET]
        value: str | None = getattr(self, selector)
        return [] if value is None else [value]


@dataclass(frozen=True)
class Selector:
    """Every selector given must match by one of its patterns. Without any, all drives match."""

    patterns: Mapping[str, Pattern[str]]

    def matches(self, subject: Subject) -> bool:
        """Whether a drive matches."""
        return all(any(pattern.match(value.strip().casefold()) for value in subject.values(name))
                   for name, pattern in self.patterns.items())

    def may_match(self, subject: Subject) -> bool:
        """Whether a drive with unknown names may match: a missing name may be anything."""
        known = {name: pattern for name, pattern in self.patterns.items()
                 if name not in _NAMES or getattr(subject, "product" if name == "model" else name) is not None}
        return Selector(known).matches(subject)


@dataclass(frozen=True)
class PolicyRule:
    """Applies to the drives that it is the first to match. ``tests``: period in hours by test; empty for no tests."""

    name: str
    selector: Selector
    tests: Mapping[str, int]
    windows: Sequence[Window]
    blackouts: Sequence[Blackout]
    end_in_window: bool


@dataclass(frozen=True)
class Group:
    """Drives that belong together in a way that the node cannot see."""

    name: str
    selector: Selector
    at_once: int | None


@dataclass(frozen=True)
class Policy:
    """The whole policy. A limit of ``None`` is no limit; hours are power-on hours."""

    rules: Sequence[PolicyRule]
    groups: Sequence[Group]
    host: int | None
    enclosure: int | None
    array: int | None
    untested: str
    retry_hours: int
    late_hours: int | None

    def rule_for(self, subject: Subject) -> PolicyRule | None:
        """The first rule that matches."""
        return next((rule for rule in self.rules if rule.selector.matches(subject)), None)


def parse_policy(options: Mapping[str, Any]) -> Policy:
    """From the module's options. Raises ValueError, which says where the mistake is and what is expected."""
    windows = parse_windows(options.get("windows"), "windows")
    blackouts = parse_blackouts(options.get("blackout_days"), "blackout_days")
    rules = [_rule(each, number, windows, blackouts)
             for number, each in enumerate(checks.listed(options.get("policy"), "policy"), 1)]
    if not rules:
        raise ValueError("policy is empty; a rule such as {tests: {short: 7d, extended: 30d}} holds for all drives")
    groups = [_group(each, number) for number, each in enumerate(checks.listed(options.get("groups"), "groups"), 1)]
    names = [group.name for group in groups]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"groups: there are two with the name {checks.shown(name)}")
    at_once = options.get("at_once") or {}
    checks.dictionary(at_once, "at_once", _AT_ONCE)
    limits = {name: None if at_once.get(name) is None else checks.count(at_once[name], "at_once, " + name)
              for name in _AT_ONCE}
    retry = hours(options.get("retry_after", "24h"), "retry_after", 1)
    return Policy(
        rules, groups, limits["host"], limits["enclosure"], limits["array"],
        options.get("untested", WAIT), retry, hours_or_any(options.get("late_after", "any"), "late_after"))


def _rule(value: Any, number: int, windows: list[Window], blackouts: list[Blackout]) -> PolicyRule:
    where = f"policy, rule {number}"
    checks.dictionary(value, where, _RULE)
    name = str(value.get("name") or number)
    if value.get("name"):
        where = f"policy, rule {number} ({name[:40]})"
    if "tests" not in value:
        raise ValueError(f"{where}: it needs tests, such as {{short: 7d, extended: 30d}}, or {{}} for none")
    tests = value["tests"] or {}
    checks.dictionary(tests, where + ", tests", TESTS)
    periods = {test: hours(tests[test], f"{where}, {test}", 1)
               for test in TESTS if tests.get(test) is not None}
    end = checks.boolean(value.get("end_in_window", False), where + ", end_in_window")
    return PolicyRule(
        name, _selector(value.get("drives"), where), periods,
        windows if value.get("windows") is None else parse_windows(value["windows"], where),
        blackouts if value.get("blackout_days") is None else parse_blackouts(value["blackout_days"], where), end)


def _group(value: Any, number: int) -> Group:
    where = f"groups, group {number}"
    checks.dictionary(value, where, _GROUP)
    if not value.get("name") or not value.get("drives"):
        raise ValueError(f"{where}: it needs a name, and drives")
    at_once = value.get("at_once")
    return Group(str(value["name"]), _selector(value["drives"], where),
                 None if at_once is None else checks.count(at_once, where + ", at_once"))


def _selector(value: Any, where: str) -> Selector:
    where += ", drives"
    if value is None:
        return Selector({})
    checks.dictionary(value, where, _SELECTORS)
    compiled: dict[str, Pattern[str]] = {}
    for name, given in value.items():
        patterns = checks.patterns(given, f"{where}, {name}")
        compiled[name] = re.compile("|".join(fnmatch.translate(each.strip().casefold()) for each in patterns))
    return Selector(compiled)

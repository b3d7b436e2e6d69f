# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy may say, and for which drives its rules hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.policy import Subject, parse_policy

DISK = Subject("/dev/sg1", "naa.5000c500a1b2c3d4", "SEAGATE", "ST1000NM0023", "Z1W0ABCD", ("md:md0", "enclosure:0x50"))
LONE = Subject("/dev/sg2", None, None, "PX05SMB040", None, ())
WEEKLY = {"tests": {"short": "7d"}}


def policy(*rules: Any, **options: Any) -> Any:
    return parse_policy(dict(options, policy=list(rules)))


@pytest.mark.parametrize("drives,disk,lone", [
    (None, True, True),
    ({}, True, True),
    ({"model": "ST1000*"}, True, False),
    ({"model": "seagate st1000nm0023"}, True, False),
    ({"model": ["ST2000*", "PX05*"]}, False, True),
    ({"wwn": "naa.5000c500*"}, True, False),
    ({"serial": "?1W0ABCD"}, True, False),
    ({"device": "/dev/sg[12]"}, True, True),
    ({"member_of": "md:*"}, True, False),
    ({"member_of": "none"}, False, True),
    ({"member_of": ["zfs:*", "enclosure:0x50"]}, True, False),
    # all that are named must match
    ({"model": "ST1000*", "member_of": "zfs:*"}, False, False),
    # a drive has no name: no pattern is like it
    ({"wwn": "*"}, True, False),
    # a pattern is no regular expression
    ({"model": "ST1000NM002."}, False, False),
])
def test_which_drives_a_rule_holds_for(drives: Any, disk: bool, lone: bool) -> None:
    rules = policy(dict(WEEKLY, drives=drives))
    assert (rules.rule_for(DISK) is not None, rules.rule_for(LONE) is not None) == (disk, lone)


def test_the_first_rule_that_matches_holds() -> None:
    rules = policy({"name": "spare me", "drives": {"model": "PX05*"}, "tests": {}}, dict(WEEKLY, name="rest"))
    assert [rules.rule_for(each).name for each in (DISK, LONE)] == ["rest", "spare me"]
    assert rules.rule_for(DISK).tests == {"short": 168}


def test_a_rule_has_the_windows_of_all_unless_it_has_its_own() -> None:
    night = {"from": "22:00", "to": "06:00"}
    rules = policy(WEEKLY, dict(WEEKLY, windows=[]), dict(WEEKLY, windows=[{"from": "1:00", "to": "2:00"}]),
                   windows=[night], blackout_days=["12-25"]).rules
    assert [[window.begin for window in rule.windows] for rule in rules] == [[1320], [], [60]]
    assert [len(rule.blackouts) for rule in rules] == [1, 1, 1]


@pytest.mark.parametrize("rule,options,said", [
    (None, {}, r"^(?!.*rule 1).*\bpolicy\b.*\btests\b"),
    ({}, {}, r"\bpolicy, rule 1\b.*\btests\b"),
    ("all", {}, r"\bpolicy, rule 1\b.*\bdictionary\b.*'all'"),
    ({"name": "x", "tests": {"long": "7d"}}, {}, r"\bpolicy, rule 1 \(x\), tests\b.*\blong\b.*\bextended\b.*\bshort\b"),
    ({"tests": {"short": "weekly"}}, {}, r"\bpolicy, rule 1, short\b.*'weekly'"),
    ({"tests": {"short": "0"}}, {}, r"\brule 1, short\b.*\b1 h\b.*'0'"),
    ({"tests": {"short": "any"}}, {}, r"\brule 1, short\b.*\b1 h\b.*'any'"),
    ({"tests": {"short": "-7d"}}, {}, r"\brule 1, short\b.*'-7d'"),
    ({"tests": {"short": {"every": "7d"}}}, {}, r"\brule 1, short\b.*'every'"),
    ({"tests": {"short": "9" * 5000}}, {}, r"\brule 1, short\b.*9999"),
    ({"tests": {}, "drive": {}}, {}, r"\brule 1\b.*\bdrive\b.*\bname, drives\b"),
    ({"tests": {}, "drives": {"vendor": "x"}}, {}, r"\brule 1\b.*\bvendor\b.*\bwwn, model\b"),
    ({"tests": {}, "drives": {"model": []}}, {}, r"\brule 1\b.*\bmodel\b.*\[\]"),
    ({"tests": {}, "drives": {"model": [7]}}, {}, r"\brule 1\b.*\bmodel\b.*\[7\]"),
    ({"tests": {}, "drives": {"model": " "}}, {}, r"\brule 1\b.*\bmodel\b.*' '"),
    ({"tests": {}, "drives": "ST1000*"}, {}, r"\brule 1\b.*\bdrives\b.*\bdictionary\b.*'ST1000\*'"),
    ({"tests": {}, "end_in_window": "maybe"}, {}, r"\brule 1\b.*\bend_in_window\b.*\btrue\b.*\bfalse\b.*'maybe'"),
    (WEEKLY, {"at_once": {"host": 0}}, r"\bat_once, host\b.*\b1\b.*\b0\b"),
    (WEEKLY, {"at_once": {"host": True}}, r"\bat_once, host\b.*\b1\b.*\bTrue\b"),
    (WEEKLY, {"at_once": {"hosts": 1}}, r"\bat_once\b.*\bhosts\b.*\bhost, enclosure, array\b"),
    (WEEKLY, {"groups": [{"drives": {"model": "*"}}]}, r"\bgroups, group 1\b.*\bname\b"),
    (WEEKLY, {"groups": [{"name": "a"}]}, r"\bgroups, group 1\b.*\bdrives\b"),
    (WEEKLY, {"groups": [{"name": "a", "drives": {"wwn": "1"}}] * 2}, r"^(?!.*group [12]).*\bgroups\b.*'a'"),
    (WEEKLY, {"retry_after": "never"}, r"\bretry_after\b.*'never'"),
    (WEEKLY, {"late_after": "soon"}, r"\blate_after\b.*'soon'"),
])
def test_a_mistake_is_refused_with_its_place(rule: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError) as error:
        policy(*([] if rule is None else [rule]), **options)
    assert re.search(said, str(error.value)) and len(str(error.value)) < 400


def test_limits_that_are_missing_do_not_limit() -> None:
    rules = policy(WEEKLY, at_once={"host": "4", "array": None})
    assert (rules.host, rules.enclosure, rules.array, rules.late_hours, rules.retry_hours) == (4, None, None, None, 24)

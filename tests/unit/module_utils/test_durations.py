# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations are read alike by the self tests, the schedule and the report."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import Wanted
from ansible_collections.drivecare.scsi.plugins.module_utils._durations import hours, hours_or_any
from ansible_collections.drivecare.scsi.plugins.module_utils._report.rules import compile_rules
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.policy import parse_policy

FORMS = [("720", 720), ("720h", 720), ("30d", 720), ("4w", 672), ("1y", 8760), (" 30 D ", 720), ("30D", 720),
         ("2W", 336), ("1Y", 8760), ("720 H", 720), (720, 720)]
OTHERS: list[Any] = ["", "30m", "-1", "1.5d", "d", "30dd", "never", "\u0663\u0660d", -1, 1.5, True, None, ["30d"],
                     {"d": 30}, "9" * 10, 10 ** 9, "9" * 5000]


@pytest.mark.parametrize("value,expected", FORMS)
def test_the_forms_of_a_duration(value: Any, expected: int) -> None:
    assert hours(value, "x") == hours_or_any(value, "x") == expected


@pytest.mark.parametrize("value", ["any", "ANY", " any "])
def test_any_sets_no_limit(value: str) -> None:
    assert hours_or_any(value, "max_age") is None
    with pytest.raises(ValueError, match="every: expected a duration in hours, such as .* or 1y, not"):
        hours(value, "every")


@pytest.mark.parametrize("value", OTHERS)
def test_everything_else_is_refused_with_its_place(value: Any) -> None:
    for read in (hours, hours_or_any):
        with pytest.raises(ValueError, match="^max_age: expected a duration in hours, such as 720, 720h, 30d") as error:
            read(value, "max_age")
        assert len(str(error.value)) < 200


def test_zero_is_a_duration_where_it_makes_sense() -> None:
    assert hours("0", "x") == hours_or_any(0, "x") == 0
    with pytest.raises(ValueError, match="of at least 1 h"):
        hours("0d", "x", 1)


def _of_selftest(value: Any) -> Any:
    options = dict.fromkeys(("foreground", "wait", "device_offline", "unit_offline", "force", "skip_standby"), False)
    return Wanted.from_options(dict(options, state="passed", test="short", max_age=value, on_unknown="fail",
                                    poll_interval=1.0, wait_timeout=None)).max_age_hours


def _of_schedule(value: Any) -> Any:
    return parse_policy({"policy": [{"tests": {"short": value}}]}).rules[0].tests["short"]


def _of_schedule_option(name: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        policy = parse_policy({"policy": [{"tests": {}}], name: value})
        return policy.retry_hours if name == "retry_after" else policy.late_hours
    return read


def _of_report(named: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        rule = {"id": "mine", "title": "t", "severity": "info", "remedy": "r", "check": {"named": named}}
        said = [compile_rules([dict(rule, check={"named": named, "max_age": each})], use_default=False)[0].expected
                for each in (value, hours(value, "x"))]
        assert said[0] == said[1]
        return hours(value, "x")
    return read


READERS = {
    "scsi_selftest": _of_selftest, "tests": _of_schedule, "retry_after": _of_schedule_option("retry_after"),
    "late_after": _of_schedule_option("late_after"), "selftest_passed": _of_report("selftest_passed"),
    "selftest_not_failed": _of_report("selftest_not_failed"), "gathered": _of_report("gathered")}


@pytest.mark.parametrize("reader", sorted(READERS))
@pytest.mark.parametrize("value,expected", FORMS)
def test_every_option_takes_every_form(reader: str, value: Any, expected: int) -> None:
    assert READERS[reader](value) == expected


@pytest.mark.parametrize("reader", sorted(READERS))
@pytest.mark.parametrize("value", ["30m", "1.5d", True, -1])
def test_no_option_takes_anything_else(reader: str, value: Any) -> None:
    with pytest.raises(ValueError, match="expected a duration in hours"):
        READERS[reader](value)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a self test has passed lately: the judgement over a drive's log, with nothing sent.

Age is measured in the drive's own power-on hours. The log gives them in two bytes: FFFFh stands for 65,535 or more, so
past seven and a half years of power the age of a result is known only within bounds.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Sequence

PASSED = "passed"
FAILED = "failed"
EXPIRED = "expired"
NEVER = "never"
UNKNOWN = "unknown"

SATURATED_HOURS = 0xFFFF

_RUNNING_RESULT = 0x0F

Result = Dict[str, Any]


class Judgement(NamedTuple):
    """``age_hours`` is that of the result that decided, ``None`` where it is not known or none decided."""

    verdict: str
    reason: str
    age_hours: int | None = None
    decided_by: Result | None = None


class _Age(NamedTuple):
    """Bounds, in hours, of how long ago a result was logged; equal where it is known, ``None`` for no upper bound."""

    least: int
    most: int | None

    @property
    def exact(self) -> int | None:
        return self.least if self.least == self.most else None

    def __str__(self) -> str:
        if self.exact is not None:
            return f"{self.exact} power-on hours ago"
        if self.most is not None:
            return f"at most {self.most} power-on hours ago"
        return "an unknown number of power-on hours ago"


def kind_of(result: Result) -> str | None:
    """The kind of test that a result of the log belongs to; ``None`` for a reserved code."""
    return KIND_OF_CODE.get(result["self_test_code"]["value"])


def is_running(result: Result | None) -> bool:
    """True for the entry of a test that runs."""
    return result is not None and result["result"]["value"] == _RUNNING_RESULT


def is_aborted(result: Result) -> bool:
    """True for a test that was ended before it came to a result."""
    return result["result"]["value"] in ABORTED_RESULTS


def describe(result: Result) -> str:
    """A failed result in words: what failed, and where."""
    words = f"{kind_of(result) or 'unknown'} self test: {result['result']['name'] or 'reserved result'}"
    if result["result"]["value"] == 7:
        words += f" (number {result['self_test_number']})"
    if result["address_of_first_failure"] is not None:
        words += f", first failure at LBA {result['address_of_first_failure']}"
    return words


def judge(results: Sequence[Result], power_on_hours: int | None, kind: str, max_age: int | None,
          complete: bool = True) -> Judgement:
    """Judges a log, newest result first, for a test of ``kind`` or a stronger one within ``max_age`` hours.

    ``max_age`` ``None`` accepts any age. A failure counts whatever its kind, until a test of this kind has passed after
    it or it is older than ``max_age``. Tests that were aborted, or run, say nothing. ``complete`` is false where older
    results were cut off.
    """
    for result in results:
        value = result["result"]["value"]
        if value in FAILED_RESULTS:
            age = _age(result, results, power_on_hours)
            if max_age is not None and age.least > max_age:
                return Judgement(EXPIRED, f"the newest result is a failure, {age}: {describe(result)}",
                                 age.exact, result)
            return Judgement(FAILED, f"{describe(result)}, {age}", age.exact, result)
        if value == PASSED_RESULT and _covers(result, kind):
            return _judge_pass(result, _age(result, results, power_on_hours), max_age)
    if not complete:
        return Judgement(UNKNOWN, f"the log was cut short, and none of the {len(results)} results that arrived is of a "
                                  "completed "
                                  f"{kind} self test")
    return Judgement(NEVER, f"no {kind} self test has been completed that the log still holds")


def _covers(result: Result, kind: str) -> bool:
    have = kind_of(result)
    return have is not None and KINDS.index(have) >= KINDS.index(kind)


def _judge_pass(result: Result, age: _Age, max_age: int | None) -> Judgement:
    what = f"{kind_of(result)} self test passed {age}"
    if max_age is None or age.most is not None and age.most <= max_age:
        return Judgement(PASSED, what, age.exact, result)
    if age.least > max_age:
        return Judgement(EXPIRED, f"{what}, more than the {max_age} allowed", age.exact, result)
    return Judgement(UNKNOWN, f"{what}, so whether that is within {max_age} hours is not known",
                     None, result)


def _age(result: Result, results: Sequence[Result], power_on_hours: int | None) -> _Age:
    logged = result["power_on_hours"]
    if logged is None:
        return _Age(0, power_on_hours)
    saturated = result["power_on_hours_saturated"]
    if power_on_hours is None:
        # Only a lower bound: a later result of the same log was written when the drive had run so much longer.
        newest = max([0] + [entry["power_on_hours"] for entry in results if entry["power_on_hours"] is not None])
        return _Age(0 if saturated else max(0, newest - logged), None)
    if power_on_hours == logged - 1:
        # Two counters, one of them rounded.
        return _Age(0, 0)
    if power_on_hours < logged:
        # The counter went back: new electronics, or a log that came with them.
        return _Age(0, None)
    if saturated:
        return _Age(0, power_on_hours - SATURATED_HOURS)
    return _Age(power_on_hours - logged, power_on_hours - logged)


#: Kinds of tests; one of a later kind covers those before it.
KINDS = ("default", "short", "extended")
#: SELF-TEST CODE, in the background and in the foreground, by kind.
KIND_OF_CODE = {0: "default", 1: "short", 2: "extended", 5: "short", 6: "extended"}

PASSED_RESULT = 0
ABORTED_RESULTS = (1, 2)
FAILED_RESULTS = (3, 4, 5, 6, 7)

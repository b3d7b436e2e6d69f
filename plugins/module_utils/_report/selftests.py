# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the results of a drive's self tests say, read from its facts.

Ages are the drive's own power-on hours. The log counts them in two bytes, so FFFFh stands for 65,535 or more, and past
seven and a half years of power an age is known only within bounds (SPC-6 7.3.20).
"""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

from .._selftests import FAILED_RESULTS, KIND_OF_CODE, KINDS, PASSED_RESULT
from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Context, Drive, Evidence
from .text import number, plural
from .units import in_days

_PAGE = "self-test results log page (10h)"
_HOURS_PAGE = "background scan log page (15h) or factory log page (3Eh)"
_SATURATED = 0xFFFF


class _Result(NamedTuple):
    place: int
    kind: str | None
    code: int
    hours: int | None
    saturated: bool
    address: Any
    words: str

    def evidence(self) -> tuple[Evidence, ...]:
        beginning = f"selftest.results[{self.place}]."
        found = [Evidence(_PAGE, beginning + "result", self.words),
                 Evidence(_PAGE, beginning + "power_on_hours", self.hours)]
        if number(self.address):
            found.append(Evidence(_PAGE, beginning + "address_of_first_failure", self.address))
        return tuple(found)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _coded(value: Any) -> tuple[int | None, str]:
    if not isinstance(value, dict):
        return None, ""
    return _whole(value.get("value")), str(value.get("name") or "reserved result")


def _codes(results: list[Any]) -> list[int | None]:
    """The result code of each entry; most of a log need not be looked at closer."""
    codes: list[int | None] = []
    for each in results:
        try:
            code = each["result"]["value"]
        except (KeyError, TypeError):
            code = None
        codes.append(code if isinstance(code, int) else None)
    return codes


def _result(each: dict[str, Any], place: int) -> _Result:
    code, words = _coded(each.get("result"))
    hours = _whole(each.get("power_on_hours"))
    kind = _coded(each.get("self_test_code"))[0]
    return _Result(
        place, None if kind is None else KIND_OF_CODE.get(kind), -1 if code is None else code, hours,
        bool(each.get("power_on_hours_saturated")) or hours == _SATURATED, each.get("address_of_first_failure"), words)


class _Age(NamedTuple):
    """Bounds, in hours; equal where the age is known, ``None`` for no upper bound."""

    least: int
    most: int | None

    def __str__(self) -> str:
        if self.most == self.least:
            return f"{in_days(self.least)} of power ago"
        bound = "" if self.most is None else f", at most {in_days(self.most)} of power ago"
        return f"at least {in_days(self.least)} of power ago{bound}"


def _age(result: _Result, now: int | None, newest: int) -> _Age:
    if result.hours is None:
        return _Age(0, now)
    if now is None:
        # A later result of the same log was written when the drive had run so much longer.
        return _Age(0 if result.saturated else max(0, newest - result.hours), None)
    if now == result.hours - 1:
        return _Age(0, 0)  # two counters, one of them rounded
    if now < result.hours:
        return _Age(0, None)  # the counter went back: new electronics, or a log that came with them
    if result.saturated:
        return _Age(0, now - _SATURATED)
    return _Age(now - result.hours, now - result.hours)


class _Log(NamedTuple):
    entries: list[Any]
    codes: list[int | None]
    hours: int | None
    complete: bool
    evidence: tuple[Evidence, ...]

    def results(self, wanted: tuple[int, ...]) -> Iterator[_Result]:
        """The results with such a code, the newest first."""
        for place, code in enumerate(self.codes):
            if code in wanted:
                yield _result(self.entries[place], place)

    def age(self, result: _Result) -> _Age:
        """How long ago a result was logged."""
        newest = 0
        if self.hours is None:
            hours = [_result(each, 0).hours for each in self.entries if isinstance(each, dict)]
            newest = max([0] + [each for each in hours if each is not None])
        return _age(result, self.hours, newest)


def _log(drive: Drive) -> Any:
    """The log, or the answer where there is none to judge."""
    selftest = drive.get("selftest")
    if not isinstance(selftest, dict):
        return Answer(UNKNOWN, "the drive did not tell of its self tests", (Evidence(_PAGE, "selftest", None),))
    if selftest.get("log_supported") is False:
        return Answer(NOT_APPLICABLE, "the drive keeps no log of self tests",
                      (Evidence(_PAGE, "selftest.log_supported", False),))
    if selftest.get("log_supported") is None:
        return Answer(UNKNOWN, "a running test kept the drive from answering",
                      (Evidence(_PAGE, "selftest.log_supported", None),))
    now = _whole(selftest.get("power_on_hours"))
    results = selftest.get("results")
    entries = results if isinstance(results, list) else []
    return _Log(entries, _codes(entries), now, selftest.get("log_complete") is not False,
                (Evidence(_HOURS_PAGE, "selftest.power_on_hours", now),))


def selftest_passed(drive: Drive, _context: Context, kind: str, max_age: int) -> Answer:
    """Whether a test of a kind, or a stronger one, has passed within so many power-on hours."""
    log = _log(drive)
    if isinstance(log, Answer):
        return log
    for result in log.results((PASSED_RESULT,)):
        if result.kind is not None and KINDS.index(result.kind) >= KINDS.index(kind):
            age = log.age(result)
            note = f"the newest {result.kind} test that passed was {age}"
            evidence = result.evidence() + log.evidence
            if age.most is not None and age.most <= max_age:
                return Answer(PASS, note, evidence)
            if age.least > max_age:
                return Answer(FAIL, note, evidence)
            return Answer(UNKNOWN, note, evidence)
    if not log.complete:
        return Answer(UNKNOWN, f"the log was cut short, and what arrived of it has no {kind} test that passed",
                      log.evidence)
    if log.hours is not None and log.hours <= max_age and not log.entries:
        return Answer(PASS, f"the drive is new: {in_days(log.hours)} of power in all", log.evidence)
    return Answer(FAIL, f"no {kind} test that the log still holds has passed; it has "
                        f"{plural(len(log.entries), 'result')}", log.evidence)


def selftest_not_failed(drive: Drive, _context: Context, max_age: int | None) -> Answer:
    """Whether the log is free of failed tests, of those within so many power-on hours where that is limited."""
    log = _log(drive)
    if isinstance(log, Answer):
        return log
    older = 0
    for result in log.results(FAILED_RESULTS):
        age = log.age(result)
        if max_age is not None and age.least > max_age:
            older += 1
            continue
        return Answer(FAIL, "{} test, {}: {}{}".format(
            result.kind or "unknown", age, result.words,
            f", first failure at LBA {result.address}" if number(result.address) else ""),
            result.evidence() + log.evidence)
    found = "{}, {}".format(plural(len(log.entries), "result"),
                              f"{plural(older, 'failure')} too long ago" if older else "none failed")
    if not log.complete:
        return Answer(UNKNOWN, "the log was cut short; what arrived: " + found, log.evidence)
    return Answer(PASS, found, (Evidence(_PAGE, "selftest.results", len(log.entries)),))

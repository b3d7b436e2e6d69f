# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a drive's self-test log, for the module, the schedule, the metrics and the report.

It works on the results as they are in the facts. Those may come from another host's document, so nothing about them is
taken for granted: malformed results are ignored.

Age is measured in the drive's own power-on hours. The log gives them in two bytes: FFFFh stands for 65,535 or more, so
past seven and a half years of power the age of a result is known only within bounds (SPC-6 7.3.20), which are those
of the counter or, where the facts have records of the drive, closer ones.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, NamedTuple, Sequence

from ._scsi.log_selftest_results import IN_PROGRESS, SATURATED_HOURS

#: Verdicts on a log.
PASSED = "passed"
FAILED = "failed"
EXPIRED = "expired"
NEVER = "never"
UNKNOWN = "unknown"

#: Kinds of tests; one of a later kind covers those before it.
KINDS = ("default", "short", "extended")
#: SELF-TEST CODE, in the background and in the foreground, by kind (SPC-6 table 218); the others are reserved.
_KIND_OF_CODE = {0: "default", 1: "short", 2: "extended", 5: "short", 6: "extended"}

#: SELF-TEST RESULT (SPC-6 7.3.20).
PASSED_RESULT = 0
ABORTED_RESULTS = (1, 2)
FAILED_RESULTS = (3, 4, 5, 6, 7)
_OTHER_SEGMENT_FAILED = 7

#: A short test takes two minutes at most (SPC-6 5.15.2); what a drive needs beside is its own.
_SHORT_SECONDS = 600.0
#: For an extended test whose duration is not reported by the drive; large hard disks take a day or more.
_UNKNOWN_SECONDS = 48 * 3600.0

Result = Dict[str, Any]


class Age(NamedTuple):
    """Bounds, in power-on hours, of how long ago a result was logged; ``most`` is ``None`` if there is no bound."""

    least: int
    most: int | None

    @property
    def exact(self) -> int | None:
        """The age if it is known, else ``None``."""
        return self.least if self.least == self.most else None

    def within(self, hours: int | None) -> bool | None:
        """Whether it is at most ``hours``, which may be ``None`` for no limit; ``None`` if that cannot be known."""
        if hours is None or self.most is not None and self.most <= hours:
            return True
        return False if self.least > hours else None

    def __str__(self) -> str:
        if self.exact is not None:
            return f"{self.exact} power-on hours ago"
        if self.most is not None:
            return f"at most {self.most} power-on hours ago"
        return "an unknown number of power-on hours ago"


class Judgement(NamedTuple):
    """``age_hours`` is the age of the result that decided, ``None`` if it is not known or none decided.

    ``place`` is the place of that result in the log, 0 for the newest, and ``age`` the bounds of its age.
    """

    verdict: str
    reason: str
    age_hours: int | None = None
    decided_by: Result | None = None
    age: Age | None = None
    place: int | None = None


def kind_of(result: Any) -> str | None:
    """The kind of test that a result belongs to; ``None`` for a reserved code."""
    code = _code(result, "self_test_code")
    return None if code is None else _KIND_OF_CODE.get(code)


def covers(result: Any, kind: str) -> bool:
    """Whether a result belongs to a test of this kind or a stronger one."""
    have = kind_of(result)
    return have is not None and KINDS.index(have) >= KINDS.index(kind)


def is_running(result: Any) -> bool:
    """True for the entry of a running test."""
    return _code(result, "result") == IN_PROGRESS


def is_aborted(result: Any) -> bool:
    """True for a test that was ended before it came to a result."""
    return _code(result, "result") in ABORTED_RESULTS


def has_passed(result: Any) -> bool:
    """True for a test that came to its end without an error."""
    return _code(result, "result") == PASSED_RESULT


def has_failed(result: Any) -> bool:
    """True for a test that found an error, or could not be completed because of one."""
    return _code(result, "result") in FAILED_RESULTS


def longest_seconds(kind: str | None, extended_seconds: int | None) -> float:
    """After how long a test of this kind must have ended; ``extended_seconds`` is what the drive reports of its own."""
    if kind == "short":
        return _SHORT_SECONDS
    return _UNKNOWN_SECONDS if extended_seconds is None else 1.5 * extended_seconds + _SHORT_SECONDS


def is_over(result: Any, hours: int | None, extended_seconds: int | None) -> bool | None:
    """Whether the test of an entry "in progress" must have ended by the power-on hours ``hours``.

    ``None`` if the entry does not say since when, as with most drives: those hours are of the end of a test.
    """
    since = hours_of(result)
    if not since or hours is None or hours < since or is_saturated(result):
        return None
    # Whole hours: one may be all but over when the test starts.
    return (hours - since - 1) * 3600 > longest_seconds(kind_of(result), extended_seconds)


def hours_of(result: Any) -> int | None:
    """The drive's power-on hours when a result was logged; ``None`` if not known."""
    return whole(result.get("power_on_hours")) if isinstance(result, Mapping) else None


def is_saturated(result: Any) -> bool:
    """Whether a result has the most hours that the log can count to, which stand for that many or more."""
    if not isinstance(result, Mapping):
        return False
    flag = result.get("power_on_hours_saturated")
    return flag if isinstance(flag, bool) else hours_of(result) == SATURATED_HOURS


def words_of(result: Any) -> str:
    """The result in words, as named by the standard."""
    value = result.get("result") if isinstance(result, Mapping) else None
    name = value.get("name") if isinstance(value, Mapping) else None
    return str(name or "reserved result")


def describe(result: Any) -> str:
    """A failed result in words: what failed, and where."""
    words = f"{kind_of(result) or 'unknown'} self test: {words_of(result)}"
    number, address = (whole(result.get(name)) if isinstance(result, Mapping) else None
                       for name in ("self_test_number", "address_of_first_failure"))
    if _code(result, "result") == _OTHER_SEGMENT_FAILED and number is not None:
        words += f" (number {number})"
    if address is not None:
        words += f", first failure at LBA {address}"
    sense = sense_of(result)
    return words if sense is None else f"{words}, sense {sense}"


def sense_of(result: Any) -> str | None:
    """Why a result failed, by code and by name: "3h/11h/00h (medium error: unrecovered read error)".

    ``None`` where the drive logged no sense data.
    """
    if not isinstance(result, Mapping):
        return None
    key = _code(result, "sense_key")
    asc, ascq = (whole(result.get(name)) for name in (
        "additional_sense_code", "additional_sense_code_qualifier"))
    if not key or asc is None or ascq is None:
        return None
    name = result.get("sense_text")
    return f"{key:X}h/{asc:02X}h/{ascq:02X}h" + (f" ({name})" if isinstance(name, str) and name else "")


def whole(value: Any) -> int | None:
    """A number of the facts, if it is whole and not negative; ``None`` for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _code(result: Any, field: str) -> int | None:
    try:
        value = result[field]["value"]
    except (KeyError, TypeError, IndexError):
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Log:
    """A log, newest result first.

    ``supported`` is ``None`` if the drive did not answer, and ``complete`` is false if older results were cut off.
    ``interrupted`` is true if the newest result says that a test is in progress, and the drive that none is.
    """

    def __init__(self, results: Sequence[Any], power_on_hours: int | None, complete: bool = True,
                 supported: bool | None = True, refusal: str | None = None, interrupted: bool = False) -> None:
        self.results = results
        self.power_on_hours = power_on_hours
        self.complete = complete
        self.supported = supported
        self._refusal = refusal
        self.interrupted = interrupted

    @classmethod
    def of_facts(cls, selftest: Any) -> Log:
        """The log in the subset ``selftest`` of a drive's facts, which may be malformed."""
        facts: Mapping[str, Any] = selftest if isinstance(selftest, Mapping) else {}
        supported, results, refusal = facts.get("log_supported"), facts.get("results"), facts.get("log_refusal")
        return cls(results if isinstance(results, list) else [], whole(facts.get("power_on_hours")),
                   facts.get("log_complete") is not False, supported if isinstance(supported, bool) else None,
                   refusal if isinstance(refusal, str) else None, facts.get("interrupted") is True)

    @property
    def aside(self) -> str:
        """What else is to be said where no test has passed lately: why the newest result does not count."""
        return "" if not self.interrupted else "; the newest result says in progress, but no self test is running"

    def age(self, result: Any) -> Age:
        """How long ago a result of this log was logged."""
        logged, now = hours_of(result), self.power_on_hours
        if logged is None:
            return Age(0, now)
        if now is None:
            # Only a lower bound: the newest result of the same log was logged this much later.
            newest = max([0] + [hours for hours in map(hours_of, self.results) if hours is not None])
            return Age(0 if is_saturated(result) else max(0, newest - logged), None)
        if now == logged - 1:
            # Two counters, one of them rounded.
            return Age(0, 0)
        if now < logged:
            # The counter went back: new electronics, or a log that came with them.
            return Age(0, None)
        # What the log itself leaves open, and what records of earlier logs and of started tests know of that.
        least, most = (whole(result.get(name)) for name in ("power_on_hours_at_least", "power_on_hours_at_most"))
        first, last = (SATURATED_HOURS, now) if is_saturated(result) else (logged, logged)
        first = min(first if least is None else least, now)
        last = max(first, min(last if most is None else most, now))
        return Age(now - last, now - first)

    def completed(self) -> Iterator[tuple[int, Any]]:
        """The results that passed or failed, with their places. Aborted and running tests do not count."""
        for place, result in enumerate(self.results):
            code = _code(result, "result")
            if code == PASSED_RESULT or code in FAILED_RESULTS:
                yield place, result

    def failures(self) -> Iterator[tuple[int, Any]]:
        """The results that failed, with their places."""
        return ((place, result) for place, result in self.completed() if has_failed(result))

    def newest_by_kind(self) -> dict[str, Any]:
        """For each kind, its own newest result that passed or failed, not one of a stronger kind."""
        found: dict[str, Any] = {}
        for _place, result in self.completed():
            kind = kind_of(result)
            if kind is not None:
                found.setdefault(kind, result)
        return found

    def judge(self, kind: str, max_age: int | None, failures: bool = True) -> Judgement:
        """Whether a test of ``kind`` or a stronger one has passed within ``max_age`` hours; ``None`` accepts any age.

        A failure counts whatever its kind, until a test of this kind has passed after it or it is older than
        ``max_age``; without ``failures`` it does not count.
        """
        if not self.supported:
            return Judgement(UNKNOWN, self._why_not())
        for place, result in self.completed():
            if has_failed(result):
                if failures:
                    return self._judge_failure(place, result, max_age)
            elif covers(result, kind):
                return self._judge_pass(place, result, max_age)
        if not self.complete:
            return Judgement(UNKNOWN, f"the log was cut short, and none of the {len(self.results)} results that "
                                      f"arrived is of a completed {kind} self test")
        return Judgement(NEVER, f"no {kind} self test has been completed that the log still holds{self.aside}")

    def _why_not(self) -> str:
        if self.supported is None:
            because = "" if self._refusal is None else f": {self._refusal}"
            return "the drive did not answer for its log of self tests" + because
        because = "" if self._refusal is None else f" (log page 10h: {self._refusal})"
        return "the drive keeps no self-test log" + because

    def _judge_failure(self, place: int, result: Any, max_age: int | None) -> Judgement:
        age = self.age(result)
        if age.within(max_age) is False:
            return Judgement(EXPIRED, f"the newest result is a failure, {age}: {describe(result)}", age.exact, result,
                             age, place)
        return Judgement(FAILED, f"{describe(result)}, {age}", age.exact, result, age, place)

    def _judge_pass(self, place: int, result: Any, max_age: int | None) -> Judgement:
        age = self.age(result)
        within = age.within(max_age)
        what = f"{kind_of(result)} self test passed {age}"
        if within:
            return Judgement(PASSED, what, age.exact, result, age, place)
        if within is None:
            return Judgement(UNKNOWN, f"{what}, so whether that is within {max_age} hours is not known", None, result,
                             age, place)
        return Judgement(EXPIRED, f"{what}, more than the {max_age} allowed{self.aside}", age.exact, result, age, place)

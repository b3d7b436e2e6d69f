# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what changed since earlier reports: what grew, was there for the first time, grows fast, or went back."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple, Sequence

from .counters import COUNTERS, HOURS, PLACES, POWER_ON, Counter, Values, values_of
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Context, Drive, Evidence
from .history import DAYS, Past, Point, fallback, growth
from .units import in_days

_NEVER_SEEN = Answer(NOT_APPLICABLE, "no earlier report has the drive")
_NO_VALUE = Answer(NOT_APPLICABLE, "no earlier report has such a value")
_LOST = "a value that the previous report has is not reported now"


class _Line(NamedTuple):
    """A counter, the values that it had in the time that is asked for, and the value now."""

    counter: Counter
    points: list[Point]
    now: Any

    def evidence(self, past: Past, point: Point) -> tuple[Evidence, ...]:
        now = Evidence(page_of(self.counter.path), self.counter.path, self.now)
        if point.value == self.now:
            # Said once; of a whole fleet, it is most of what there is to say.
            return (now,)
        return now, Evidence(f"the document of {past.written(point.day)}", self.counter.path, point.value)

    def words(self, past: Past, point: Point) -> str:
        return f"{self.counter.name}: {point.value} on {past.written(point.day)}, {self.now} now"

    def went_back(self, past: Past) -> tuple[Point, Any] | None:
        return None if self.counter.back is not None else self.fallback(past)

    def fallback(self, past: Past) -> tuple[Point, Any] | None:
        return fallback(past.lower(PLACES[self.counter.path], self.points), self.now)


def _said_back(line: _Line, past: Past, point: Point, lower: Any) -> str:
    return (f"{line.counter.name} went back: {point.value} on {past.written(point.day)}, then {lower}"
            + ("" if lower == line.now else f", {line.now} now"))


def _today(context: Context) -> int:
    return context.as_of if context.gathered is None else context.gathered


def _now(drive: Drive, context: Context) -> Values:
    return values_of(drive) if context.now is None else context.now


def _lines(drive: Drive, context: Context, past: Past, paths: Sequence[str],
           within: int | None) -> Iterator[_Line | None]:
    """The counters that an earlier report has; ``None`` in place of one that the drive does not report any more."""
    first = None if within is None else _today(context) - -(-within // 24)
    now = _now(drive, context)
    for path in paths:
        place = PLACES[path]
        points = past.since(place, first)
        if points and now[place] is not None:
            yield _Line(COUNTERS[place], points, now[place])
        elif past.before[place] is not None:
            yield None


def grown(drive: Drive, context: Context, paths: Sequence[str], at_most: Any, within: int | None) -> Answer:
    """Whether none of the counters has grown by more since the previous report, or within so many hours."""
    past = context.past
    if past is None:
        return _NEVER_SEEN
    evidence: tuple[Evidence, ...] = ()
    said: list[str] = []
    unsure: list[str] = []
    anew: list[str] = []
    most = None
    for line in _lines(drive, context, past, paths, within):
        if line is None:
            unsure.append(_LOST)
            continue
        first = line.points[0]
        more = growth(line.counter, line.points, line.now)
        most = more if most is None else max(most, more)
        evidence += line.evidence(past, first)
        back = line.went_back(past)
        if more > at_most:
            said.append(line.words(past, first) if back is None else _said_back(line, past, *back))
        elif back is not None:
            unsure.append(_said_back(line, past, *back))
        elif line.now < first.value and line.counter.back == POWER_ON:
            anew.append(line.words(past, first) + ", as it counts anew")
    if said:
        return Answer(FAIL, "; ".join(said), evidence)
    if unsure:
        return Answer(UNKNOWN, "; ".join(dict.fromkeys(unsure)), evidence)
    if most is None:
        return _NO_VALUE
    return Answer(PASS, "; ".join(anew) or ("not more than before" if most <= 0 else f"at most {most} more"), evidence)


def growth_rate(drive: Drive, context: Context, paths: Sequence[str], at_most: Any, per: int, over_at_least: int,
                within: int | None) -> Answer:
    """Whether none of the counters grows by more than ``at_most`` in ``per`` power-on hours.

    Where the drive does not report its hours, those of the calendar count, of which there are no fewer.
    """
    past = context.past
    if past is None:
        return _NEVER_SEEN
    hours = _now(drive, context)[HOURS]
    evidence: tuple[Evidence, ...] = ()
    said: list[str] = []
    unsure: list[str] = []
    judged = short = False
    for line in _lines(drive, context, past, paths, DAYS * 24 if within is None else within):
        if line is None:
            unsure.append(_LOST)
            continue
        first = line.points[0]
        more = growth(line.counter, line.points, line.now)
        evidence += line.evidence(past, first)
        back = line.went_back(past)
        if back is not None:
            unsure.append(_said_back(line, past, *back))
        passed = (_today(context) - first.day) * 24
        if hours is not None and first.hours is not None and hours >= first.hours:
            passed = hours - first.hours
        if more > 0 and passed < over_at_least:
            short = True
            continue
        judged = True
        rate = more * per / passed if more > 0 else 0
        if rate > at_most:
            said.append(f"{line.words(past, first)}, {passed} power-on hours later: {rate:.4g} in {per} hours")
    if said:
        return Answer(FAIL, "; ".join(said), evidence)
    if unsure:
        return Answer(UNKNOWN, "; ".join(dict.fromkeys(unsure)), evidence)
    if not judged:
        return Answer(NOT_APPLICABLE, f"not yet over {in_days(over_at_least)}", evidence) if short else _NO_VALUE
    return Answer(PASS, "", evidence)


def first_seen(drive: Drive, context: Context, paths: Sequence[str], within: int | None) -> Answer:
    """Whether none of the counters is above 0 that was 0, or that the drive did not report, before."""
    past = context.past
    if past is None:
        return _NEVER_SEEN
    now = _now(drive, context)
    evidence: tuple[Evidence, ...] = ()
    said: list[str] = []
    missing = judged = False
    for line in _lines(drive, context, past, paths, within):
        if line is None:
            missing = True
            continue
        judged = True
        first = line.points[0]
        evidence += line.evidence(past, first)
        if first.value == 0 and line.now > 0:
            said.append(line.words(past, first))
    for path in paths:
        place = PLACES[path]
        value = now[place]
        # It was not there only if that report would have had it, and the drive answered.
        if value is not None and not past.line(place) and path in past.counted and any(
                each is not None for each in past.before):
            judged = True
            evidence += (Evidence(page_of(path), path, value),)
            if value > 0:
                said.append(f"{COUNTERS[place].name}: not reported on {past.moment}, {value} now")
    if said:
        return Answer(FAIL, "; ".join(said), evidence)
    if missing:
        return Answer(UNKNOWN, _LOST, evidence)
    return Answer(PASS, "", evidence) if judged else _NO_VALUE


def not_back(drive: Drive, context: Context, paths: Sequence[str], at_most: Any, within: int | None) -> Answer:
    """Whether none of the counters has gone back by more than ``at_most``."""
    past = context.past
    if past is None:
        return _NEVER_SEEN
    evidence: tuple[Evidence, ...] = ()
    said: list[str] = []
    missing = False
    for line in _lines(drive, context, past, paths, within):
        if line is None:
            missing = True
            continue
        evidence += line.evidence(past, line.points[0])
        back = line.fallback(past)
        if back is not None and back[0].value - back[1] > at_most:
            said.append(_said_back(line, past, *back))
    if said:
        return Answer(FAIL, "; ".join(said), evidence)
    if missing:
        return Answer(UNKNOWN, _LOST, evidence)
    return Answer(PASS, "", evidence) if evidence else _NO_VALUE


def got_worse(past: Past, now: Values) -> list[str]:
    """What makes the drive worse than it was when it was last read, in words; empty where nothing does."""
    found = []
    for place, counter in enumerate(COUNTERS):
        old, new = past.before[place], now[place]
        if old == new or new is None or old is None and place not in past.history:
            continue
        point = past.line(place)[-1]
        line = _Line(counter, [point], new)
        if counter.worse and new > point.value:
            found.append(line.words(past, point))
        elif new < point.value and counter.worse and line.went_back(past) is not None:
            found.append(_said_back(line, past, point, new))
    return found

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a test of one drive is due: its log, its power-on hours, its slot, and what is remembered of it.

Hours are the drive's power-on hours. A period of 168 hours has 168 slots; the hash of the drive's name chooses one, and
the test is due again each time the drive's hours pass it. A drive that was tested by hand in between is tested in its
slot all the same.
"""

from __future__ import annotations

import hashlib
from typing import Mapping, NamedTuple, Sequence

from .. import _selftests as log
from .policy import START

_HASH_BYTES = 8

Result = log.Result


class Memory(NamedTuple):
    """What earlier runs wrote down, in the drive's power-on hours: when it was first seen, when a test was started."""

    first_seen: int | None = None
    started: Mapping[str, int] = {}


class Due(NamedTuple):
    """Of one test: since how many hours it is due, else in how many it will be.

    ``retry_in``: it is due, but came to no result lately, and is tried again in so many hours. ``age``: hours since the
    newest test of the kind, or of a stronger one, that came to a result; ``None`` where that is not known.
    """

    test: str
    due_since: int | None
    due_in: int | None
    retry_in: int | None
    age: int | None


def due(name: str, test: str, period: int, hours: int, results: Sequence[Result], memory: Memory,
        untested: str, retry_hours: int) -> Due:
    """``results`` as the log has them, the newest first. Those of tests that run, or were aborted, are none."""
    newest = _newest(results, test, hours, memory)
    done = None if newest is None else newest.least
    age = None if newest is None or newest.least != newest.most else hours - newest.least
    since = done
    if since is None or untested != START and hours - since > period:
        if untested == START:
            return Due(test, 0, None, _waits(results, test, hours, memory, done, retry_hours), age)
        # Its slot has always gone by already, so the first one counts that comes after it was first seen: a policy that
        # begins does not test the whole fleet at once.
        seen = hours if memory.first_seen is None else min(memory.first_seen, hours)
        since = seen if since is None else max(seen, since)
    first = next_slot(name, test, period, since)
    if first > hours:
        return Due(test, None, first - hours, None, age)
    return Due(test, hours - first, None, _waits(results, test, hours, memory, done, retry_hours), age)


def failure(results: Sequence[Result], hours: int | None, test: str) -> log.Judgement | None:
    """The judgement where the newest result that counts for a test is a failure."""
    judged = log.Log(results, hours).judge(test, None)
    return judged if judged.verdict == log.FAILED else None


class _Ended(NamedTuple):
    """Bounds of the power-on hours at which a test came to a result."""

    least: int
    most: int


def _newest(results: Sequence[Result], test: str, hours: int, memory: Memory) -> _Ended | None:
    """When a test of the kind, or a stronger one, came to a result last; ``None`` where that is not known."""
    for result in results:
        if not log.covers(result, test):
            continue
        if log.is_aborted(result) and log.is_saturated(result):
            # What was started last is what was aborted: it says nothing of the results behind it.
            memory = Memory(memory.first_seen)
        if not log.has_passed(result) and not log.has_failed(result):
            continue
        age = log.Log(results, hours).age(result)
        if log.hours_of(result) is None or age.most is None:
            # A counter that went back proves nothing, either.
            return None
        if log.is_saturated(result):
            # 65,535 or more: the newest start that is remembered is more exact, and it cannot have ended before.
            starts = [start for kind, start in memory.started.items()
                      if log.KINDS.index(kind) >= log.KINDS.index(test) and hours - age.most <= start <= hours]
            if starts:
                return _Ended(max(starts), max(starts))
        return _Ended(hours - age.most, hours - age.least)
    return None


def _waits(results: Sequence[Result], test: str, hours: int, memory: Memory, done: int | None,
           retry_hours: int) -> int | None:
    """The number of hours until a test without a result is repeated; ``None`` if it can be started now."""
    attempts = [start for kind, start in memory.started.items() if kind == test and start <= hours]
    for result in results:
        if log.kind_of(result) == test and log.is_aborted(result) and not log.is_saturated(result):
            attempts.append(min(log.hours_of(result) or 0, hours))
            break
    newest = max(attempts) if attempts else None
    if newest is None or done is not None and newest <= done:
        return None
    left = newest + retry_hours - hours
    return left if left > 0 else None


def slot(name: str, test: str, period: int) -> int:
    """The drive's hour in the period, from 0 to ``period`` - 1."""
    digest = hashlib.sha256(f"{name}|{test}".encode("utf-8", "surrogatepass")).digest()
    # By proportion, not by remainder: where the period changes, the drives keep their order.
    return int.from_bytes(digest[:_HASH_BYTES], "big") * period >> (8 * _HASH_BYTES)


def last_slot(name: str, test: str, period: int, hours: int) -> int:
    """The power-on hours at which the drive's slot began last; below 0 where it has not come yet."""
    return hours - (hours - slot(name, test, period)) % period


def next_slot(name: str, test: str, period: int, hours: int) -> int:
    """The power-on hours at which it begins next."""
    return last_slot(name, test, period, hours) + period

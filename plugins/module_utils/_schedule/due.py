# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a test of one drive is due, from its log, its power-on hours, its slot and the records of earlier runs.

Hours are the drive's power-on hours. A period of 168 hours has 168 slots; the hash of the drive's name chooses one, and
the test is due again each time the drive's hours pass it. A drive that was tested by hand in between is still
tested in its slot.
"""

from __future__ import annotations

import hashlib
from typing import Mapping, NamedTuple, Sequence

from .. import _selftests as log
from .policy import START

_HASH_BYTES = 8

Result = log.Result


class Memory(NamedTuple):
    """What earlier runs recorded, in the drive's power-on hours: when it was first seen, when each test was started."""

    first_seen: int | None = None
    started: Mapping[str, int] = {}


class Due(NamedTuple):
    """For how many hours a test has been due, else in how many hours it will be.

    ``retry_in``: if it is due but the last attempt had no result, hours until it is tried again. ``age``: hours since
    the newest test of this kind or a stronger one that came to a result; ``None`` if not known.
    """

    test: str
    due_since: int | None
    due_in: int | None
    retry_in: int | None
    age: int | None


def due(name: str, test: str, period: int, hours: int, results: Sequence[Result], memory: Memory,
        untested: str, retry_hours: int) -> Due:
    """``results``: as in the log, newest first. Entries of running or aborted tests do not count as results."""
    newest = _newest(results, test, hours, memory)
    done = None if newest is None else newest.least
    age = None if newest is None or newest.least != newest.most else hours - newest.least
    since = done
    if since is None or untested != START and hours - since > period:
        if untested == START:
            return Due(test, 0, None, _waits(results, test, hours, memory, done, retry_hours), age)
        # Its slot has always passed already, so the first one after it was first seen counts: otherwise a new policy
        # would test the whole fleet at once.
        seen = hours if memory.first_seen is None else min(memory.first_seen, hours)
        since = seen if since is None else max(seen, since)
    first = next_slot(name, test, period, since)
    if first > hours:
        return Due(test, None, first - hours, None, age)
    return Due(test, hours - first, None, _waits(results, test, hours, memory, done, retry_hours), age)


def failure(results: Sequence[Result], hours: int | None, test: str) -> log.Judgement | None:
    """The judgement, if the newest result that counts for a test is a failure."""
    judged = log.Log(results, hours).judge(test, None)
    return judged if judged.verdict == log.FAILED else None


class _Ended(NamedTuple):
    """Bounds of the power-on hours at which a test came to a result."""

    least: int
    most: int


def _newest(results: Sequence[Result], test: str, hours: int, memory: Memory) -> _Ended | None:
    """When a test of this kind or a stronger one last came to a result; ``None`` if not known."""
    for result in results:
        if not log.covers(result, test):
            continue
        if log.is_aborted(result) and log.is_saturated(result):
            # The last start is that of the aborted test: it says nothing about older results.
            memory = Memory(memory.first_seen)
        if not log.has_passed(result) and not log.has_failed(result):
            continue
        age = log.Log(results, hours).age(result)
        if log.hours_of(result) is None or age.most is None:
            # Nor can the time be known if the counter went back.
            return None
        if log.is_saturated(result):
            # 65,535 or more: the newest recorded start is more exact, and the test cannot have ended before it.
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
    # By proportion, not by remainder: if the period changes, the drives keep their order.
    return int.from_bytes(digest[:_HASH_BYTES], "big") * period >> (8 * _HASH_BYTES)


def last_slot(name: str, test: str, period: int, hours: int) -> int:
    """The power-on hours at which the drive's slot last began; below 0 if it has not come yet."""
    return hours - (hours - slot(name, test, period)) % period


def next_slot(name: str, test: str, period: int, hours: int) -> int:
    """The power-on hours at which the drive's slot next begins."""
    return last_slot(name, test, period, hours) + period

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When is a test of one drive due? By its own hours, its own slot, and what is remembered of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.due import Due, Memory, due, failure, slot

from .samples import ABORTED, EXTENDED, FAILED, PASSED, RESET, SHORT, logged

NAME = "naa.5000c500a1b2c3d4"
WEEK = 168
#: Hours of the drive at which a slot of the weekly short test begins.
SLOT = 20 * WEEK + slot(NAME, "short", WEEK)


def ask(hours: int, log: Any = (), memory: Memory | None = None, test: str = "short", untested: str = "wait",
        period: int = WEEK) -> Due:
    return due(NAME, test, period, hours, list(log), memory or Memory(0), untested, 24)


@pytest.mark.parametrize("hours,passed,since,coming", [
    (SLOT - 1, SLOT - WEEK, None, 1),
    (SLOT, SLOT - WEEK, 0, None),
    (SLOT + 5, SLOT - WEEK, 5, None),
    # tested in its slot, or a little later: the next one is the next slot, not a week after the test
    (SLOT, SLOT, None, WEEK),
    (SLOT + 10, SLOT + 9, None, WEEK - 10),
    # tested by hand before: in its slot all the same
    (SLOT, SLOT - 1, 0, None),
    # late by more than a period: it is due since the first slot that it missed
    (SLOT + 3 * WEEK, SLOT - 1, 3 * WEEK, None),
])
def test_a_test_is_due_when_the_slot_comes(hours: int, passed: int, since: int | None,
                                           coming: int | None) -> None:
    answer = ask(hours, [logged(SHORT, PASSED, passed)])
    assert (answer.due_since, answer.due_in, answer.age) == (since, coming, hours - passed)


def test_no_drive_is_ever_older_than_its_period_where_it_is_tested_when_due() -> None:
    passed, ages = SLOT - 100, []
    for hours in range(SLOT - 100, SLOT + 10 * WEEK):
        if ask(hours, [logged(SHORT, PASSED, passed)]).due_since is not None:
            ages.append(hours - passed)
            passed = hours
    assert ages == [100] + 10 * [WEEK] or ages == [100] + 9 * [WEEK]


@pytest.mark.parametrize("log", [[], [logged(SHORT, PASSED, 100)], [logged(SHORT, ABORTED, 100)]])
def test_a_drive_that_was_not_tested_for_a_period_waits_for_its_next_slot(log: Any) -> None:
    seen = Memory(SLOT + 10)
    assert ask(SLOT + 10, log, seen).due_in == WEEK - 10
    assert ask(SLOT + WEEK - 1, log, seen).due_in == 1
    assert ask(SLOT + WEEK, log, seen).due_since == 0
    assert ask(SLOT + 3 * WEEK, log, seen).due_since == 2 * WEEK


@pytest.mark.parametrize("log,since", [([], 0), ([logged(SHORT, PASSED, SLOT - 1)], 10)])
def test_or_starts_at_once_if_the_policy_says_so(log: Any, since: int) -> None:
    assert ask(SLOT + 10, log, Memory(SLOT + 10), untested="start").due_since == since
    assert ask(SLOT + 10, [logged(SHORT, PASSED, SLOT + 1)], untested="start").due_since is None


def test_a_drive_that_is_seen_for_the_first_time_waits() -> None:
    assert ask(SLOT + 1, [], Memory()).due_in == WEEK - 1


@pytest.mark.parametrize("test,log,age", [
    # an extended test is a short one, too; a short one is no extended one
    ("short", [logged(EXTENDED, PASSED, SLOT)], 5),
    ("extended", [logged(SHORT, PASSED, SLOT + 5), logged(EXTENDED, PASSED, SLOT)], 5),
    ("extended", [logged(SHORT, PASSED, SLOT)], None),
    # one that failed was a test
    ("short", [logged(SHORT, FAILED, SLOT)], 5),
    # one that was aborted, was ended by a reset, or runs, was none
    ("short", [logged(SHORT, RESET, SLOT + 4), logged(SHORT, 15, SLOT + 5), logged(SHORT, PASSED, SLOT)], 5),
    # a code that the standard does not have
    ("short", [logged(3, PASSED, SLOT)], None),
    # the drive's two counters differ by one; and a counter that went back
    ("short", [logged(SHORT, PASSED, SLOT + 6)], 0),
    ("short", [logged(SHORT, PASSED, SLOT + 50)], None),
])
def test_which_test_counts(test: str, log: Any, age: int | None) -> None:
    assert ask(SLOT + 5, log, test=test).age == age


def test_a_test_that_was_aborted_is_tried_again_after_a_day() -> None:
    log = [logged(SHORT, ABORTED, SLOT + 2), logged(SHORT, PASSED, SLOT - WEEK)]
    assert (ask(SLOT + 2, log).due_since, ask(SLOT + 2, log).retry_in) == (2, 24)
    assert ask(SLOT + 25, log).retry_in == 1
    assert ask(SLOT + 26, log).retry_in is None
    # not where the test has passed since
    assert ask(SLOT + 3, [logged(SHORT, PASSED, SLOT + 3)] + log).due_since is None


def test_a_test_that_was_started_and_left_no_trace_is_tried_again_after_a_day() -> None:
    started = Memory(0, {"short": SLOT + 1})
    log = [logged(SHORT, PASSED, SLOT - WEEK)]
    assert ask(SLOT + 2, log, started).retry_in == 23
    assert ask(SLOT + 25, log, started).retry_in is None
    # what was started of another kind says nothing
    assert ask(SLOT + 2, log, Memory(0, {"extended": SLOT + 1})).retry_in is None


OLD = 65536 + SLOT + (WEEK - 65536 % WEEK) % WEEK


def test_past_65535_hours_the_log_tells_no_age_and_what_was_started_does() -> None:
    assert (OLD - SLOT) % WEEK == 0
    log = [logged(SHORT, PASSED, OLD + 1)]
    remembered = Memory(SLOT, {"short": OLD + 1})
    assert ask(OLD + 5, log, remembered).due_since is None
    assert ask(OLD + 5, log, remembered).age == 4
    assert ask(OLD + WEEK, log, remembered).due_since == 0
    # nothing remembered: it waits for the next slot once, and is then tested
    assert ask(OLD + 5, log, Memory(OLD + 5)).due_in == WEEK - 5
    assert ask(OLD + WEEK, log, Memory(OLD + 5)).due_since == 0
    # what was started was aborted: the result behind it is not its
    aborted = [logged(SHORT, ABORTED, OLD + 1)] + log
    assert ask(OLD + 5, aborted, remembered).due_since is not None
    assert ask(OLD + 5, aborted, remembered).retry_in == 20
    # an extended test that was started counts for the short one
    assert ask(OLD + 5, [logged(EXTENDED, PASSED, OLD)], Memory(SLOT, {"extended": OLD})).due_since is None


def test_a_failure_is_told_until_the_same_test_has_passed() -> None:
    failed = logged(EXTENDED, FAILED, 900)
    assert "extended" in failure([failed], 1000, "extended").reason
    assert failure([logged(SHORT, PASSED, 950), failed], 1000, "extended") is not None
    assert failure([logged(EXTENDED, PASSED, 950), failed], 1000, "extended") is None
    assert failure([logged(EXTENDED, ABORTED, 950), failed], 1000, "short") is not None
    assert failure([], 1000, "short") is None

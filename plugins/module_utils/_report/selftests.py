# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the self-test results in a drive's facts, with their evidence."""

from __future__ import annotations

from .. import _selftests as judge
from .._selftests import Age, Log, covers, hours_of, kind_of, sense_of, whole, words_of
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Context, Drive, Evidence
from .schedules import due
from .text import in_words, plural
from .units import in_days

_PAGE = "self-test results log page (10h)"
_HOURS_PAGE = page_of("health.power_on_hours")
_OUTCOMES = {judge.PASSED: PASS, judge.EXPIRED: FAIL, judge.NEVER: FAIL, judge.UNKNOWN: UNKNOWN}


def _evidence(log: Log, place: int) -> tuple[Evidence, ...]:
    """The values of a result in the log, and the power-on hours that its age was computed from."""
    result = log.results[place]
    prefix = f"selftest.results[{place}]."
    found = [Evidence(_PAGE, prefix + "result", words_of(result)),
             Evidence(_PAGE, prefix + "power_on_hours", hours_of(result))]
    address = whole(result.get("address_of_first_failure"))
    if address is not None:
        found.append(Evidence(_PAGE, prefix + "address_of_first_failure", address))
    return tuple(found) + _hours(log)


def _hours(log: Log) -> tuple[Evidence, ...]:
    return (Evidence(_HOURS_PAGE, "selftest.power_on_hours", log.power_on_hours),)


def _ago(age: Age) -> str:
    if age.exact is not None:
        return f"{in_days(age.exact)} of power-on time ago"
    bound = "" if age.most is None else f", at most {in_days(age.most)}"
    return f"at least {in_days(age.least)}{bound} of power-on time ago"


def _silent(drive: Drive, log: Log) -> Answer | None:
    """The answer if there is no log to judge."""
    if not isinstance(drive.get("selftest"), dict):
        return Answer(UNKNOWN, "the drive did not report its self tests", (Evidence(_PAGE, "selftest", None),))
    if log.supported is None:
        why = drive["selftest"].get("log_refusal")
        return Answer(UNKNOWN, f"the log was not read: {in_words(why)}" if why else
                      "a running test kept the drive from answering",
                      (Evidence(_PAGE, "selftest.log_supported", None),))
    if not log.supported:
        return Answer(NOT_APPLICABLE, "the drive keeps no self-test log",
                      (Evidence(_PAGE, "selftest.log_supported", False),))
    return None


def selftest_passed(drive: Drive, context: Context, kind: str, max_age: int | None) -> Answer:
    """Whether a test of this kind or a stronger one has passed within ``max_age`` power-on hours.

    Failures are left to `selftest_not_failed`. Of a test that cannot have been yet, or that the schedule has still to
    run for the first time, the outcome is not known, and the answer says when it is due.
    """
    answer = _passed(drive, kind, max_age)
    coming = due(context.plan, kind) if answer.outcome == FAIL else None
    if coming is None:
        return answer
    return Answer(coming.outcome, f"{answer.note}; {coming.note}", answer.evidence + coming.evidence)


def _passed(drive: Drive, kind: str, max_age: int | None) -> Answer:
    log = Log.of_facts(drive.get("selftest"))
    silent = _silent(drive, log)
    if silent is not None:
        return silent
    judgement = log.judge(kind, max_age, failures=False)
    if judgement.age is not None and judgement.place is not None:
        note = f"the newest {kind_of(judgement.decided_by)} test that passed was {_ago(judgement.age)}"
        note += "" if judgement.verdict == judge.PASSED else log.aside
        return Answer(_OUTCOMES[judgement.verdict], note, _evidence(log, judgement.place))
    if judgement.verdict == judge.UNKNOWN:
        return Answer(UNKNOWN, f"the log was cut short, and what arrived of it has no {kind} test that passed",
                      _hours(log))
    hours = log.power_on_hours
    if hours is not None and max_age is not None and hours <= max_age and not any(
            covers(result, kind) for _place, result in log.failures()) and not _older_than(hours, log):
        return Answer(UNKNOWN, f"the drive is new, with {in_days(hours)} of power-on time in all: due in "
                               f"{in_days(max_age - hours)}", _hours(log))
    return Answer(_OUTCOMES[judgement.verdict], f"no {kind} test that the log still holds has passed; it has "
                                                f"{plural(len(log.results), 'result')}{log.aside}", _hours(log))


def _older_than(hours: int, log: Log) -> bool:
    """Whether a result was logged at more hours than the drive has: then its hours do not tell that it is new."""
    return any(logged > hours + 1 for logged in map(hours_of, log.results) if logged is not None)


def selftest_not_failed(drive: Drive, _context: Context, max_age: int | None) -> Answer:
    """Whether the log has no failed tests, or none within ``max_age`` power-on hours if that is set."""
    log = Log.of_facts(drive.get("selftest"))
    silent = _silent(drive, log)
    if silent is not None:
        return silent
    older = 0
    for place, result in log.failures():
        age = log.age(result)
        if age.within(max_age) is False:
            older += 1
            continue
        address = whole(result.get("address_of_first_failure"))
        where = "" if address is None else f", first failure at LBA {address}"
        sense = sense_of(result)
        why = "" if sense is None else f", sense {sense}"
        return Answer(FAIL, f"{kind_of(result) or 'unknown'} test, {_ago(age)}: {words_of(result)}{where}{why}",
                      _evidence(log, place))
    found = f"{plural(len(log.results), 'result')}, " + (
        f"{plural(older, 'failure')} too old to count" if older else "none failed")
    if not log.complete:
        return Answer(UNKNOWN, "the log was cut short; what arrived: " + found, _hours(log))
    return Answer(PASS, found, (Evidence(_PAGE, "selftest.results", len(log.results)),))

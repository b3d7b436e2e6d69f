# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive reports about its self tests: the log, the progress, the hours, and how long a test takes."""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence

from ... import _selftests as policy
from ..._passthrough.errors import CheckCondition, DriveError, ResponseError
from ..._passthrough.sender import Sender
from ..._scsi.sense import Sense, decode_sense
from ..._scsi.sense_keys import NO_SENSE, NOT_READY, UNIT_ATTENTION
from ..answers import side_answer
from ..commands import request_sense
from .pages import control_mode_page, extended_self_test_minutes, self_test_log
from .power_on import read_power_on_hours

_UNIT_ATTENTIONS = 3
_SELF_TEST_IN_PROGRESS = (0x04, 0x09)
_NO_ADDITIONAL = (0x00, 0x00)
#: Low power conditions, in which no self test runs.
_LOW_POWER = 0x5E
_DENIED = ("log page 10h: the newest result says that a self test is in progress, REQUEST SENSE that none is; the test "
           "was interrupted")


class State(NamedTuple):
    """One look at a drive. ``log_supported`` is ``None`` where nothing is known of the log.

    Either a running test kept the drive from answering, or the drive failed at it: ``log_error`` then.
    """

    running: bool
    running_test: str | None
    progress_percent: float | None
    log_supported: bool | None
    log_refusal: str | None
    results: Sequence[policy.Result] = ()
    power_on_hours: int | None = None
    power_on_hours_source: str | None = None
    extended_duration_seconds: int | None = None
    extended_duration_source: str | None = None
    #: False if older results did not arrive.
    log_complete: bool = True
    #: Whether all this was read from SMART, through ATA PASS-THROUGH.
    by_ata: bool = False
    log_error: DriveError | None = None

    @property
    def answered(self) -> bool:
        """False where a test in the foreground kept the drive from answering."""
        return self.log_supported is not None or self.log_error is not None

    @property
    def finished(self) -> list[policy.Result]:
        """The results of tests that are no longer running, the newest first."""
        return [result for result in self.results if not policy.is_running(result)]

    @property
    def newest(self) -> policy.Result | None:
        """The newest result of a test that is no longer running."""
        return next(iter(self.finished), None)

    @property
    def interrupted(self) -> bool:
        """Whether the newest result says that a test is in progress, though none is: it comes to no result any more."""
        return not self.running and bool(self.results) and policy.is_running(self.results[0])

    @property
    def saturating_hours(self) -> int | None:
        """The power-on hours of a drive with a log, which has no room for more than 65,535."""
        return self.power_on_hours if self.log_supported else None

    @property
    def log(self) -> policy.Log:
        """The log, to be judged."""
        return policy.Log(self.results, self.power_on_hours, self.log_complete, self.log_supported, self.log_refusal,
                          self.interrupted)

    def facts(self) -> dict[str, Any]:
        """The state as the module returns it."""
        return {
            "running": self.running, "running_test": self.running_test, "progress_percent": self.progress_percent,
            "interrupted": self.interrupted,
            "power_on_hours": self.power_on_hours, "power_on_hours_source": self.power_on_hours_source,
            "extended_duration_seconds": self.extended_duration_seconds,
            "extended_duration_source": self.extended_duration_source,
            "log_supported": self.log_supported, "log_complete": self.log_complete,
            "newest": self.newest, "results": list(self.results),
        }


def read_state(session: Sender, previous: State | None = None, begun: bool = False) -> State:
    """Reads the state. What is not supported is ``None``; ``previous`` avoids requests for what does not change.

    ``begun``: a test was started just now, so the log is believed that it is in progress.

    A background test shows in REQUEST SENSE while all other commands are processed; a foreground test, which someone
    else started, makes the drive refuse them (SPC-6 5.15.4).
    """
    sense = _progress_sense(session)
    running = sense is not None and says_in_progress(sense)
    results: list[policy.Result] = []
    complete = True
    log_supported: bool | None = True
    refusal = None
    log_error: DriveError | None = None
    try:
        log = self_test_log(session)
        if log is None:
            log_supported, refusal = False, "the page is empty"
        else:
            results, complete = log
    except CheckCondition as error:
        if says_in_progress(error.sense):
            running, log_supported = True, None
            sense = error.sense
        elif error.not_supported:
            log_supported, refusal = False, str(error.sense)
        else:
            log_supported, log_error = None, error
    except ResponseError as error:
        log_supported, log_error = None, error
    # A drive that refuses the log for a test in the foreground refuses all else as well.
    answers = log_supported is not None or log_error is not None
    hours, hours_source = read_power_on_hours(session) if answers else (None, None)
    duration, duration_source = (
        _extended_duration(session) if answers and (previous is None or not previous.answered)
        else (previous.extended_duration_seconds, previous.extended_duration_source) if previous else (None, None))
    if not running and not begun and _in_progress(results) and _denies(sense):
        over = policy.is_over(results[0], hours, duration)
        if over is None:
            # The test may have started between the two questions, or ended since: both are asked once more.
            sense = _progress_sense(session)
            running = sense is not None and says_in_progress(sense)
            results, complete, over = _look_again(session, results, complete, _denies(sense))
        if over:
            session.warnings.append(_DENIED)
        running = running or _in_progress(results) and not over
    else:
        # The log shows it on drives whose REQUEST SENSE does not.
        running = running or _in_progress(results)
    return State(
        running, policy.kind_of(results[0]) if running and _in_progress(results) else None,
        sense.progress_percent if running and sense is not None else None, log_supported, refusal, results,
        hours, hours_source, duration, duration_source, complete, log_error=log_error)


def says_in_progress(sense: Sense) -> bool:
    """Whether sense data reports that a self test is running."""
    return sense.key in (NO_SENSE, NOT_READY) and (sense.asc, sense.ascq) == _SELF_TEST_IN_PROGRESS


def _in_progress(results: Sequence[policy.Result]) -> bool:
    return bool(results) and policy.is_running(results[0])


def _denies(sense: Sense | None) -> bool:
    """Whether sense data says that nothing is in progress. Other conditions may stand in the place of that."""
    return sense is not None and sense.key == NO_SENSE and sense.progress is None and (
        (sense.asc, sense.ascq) == _NO_ADDITIONAL or sense.asc == _LOW_POWER)


def _look_again(session: Sender, results: list[policy.Result], complete: bool,
                denied: bool) -> tuple[list[policy.Result], bool, bool]:
    """The log once more, and whether its test is not running, which REQUEST SENSE has ``denied`` twice."""
    log = side_answer(session, lambda: self_test_log(session))
    if log is None:
        return results, complete, False
    return log.results, log.complete, denied and log.results[:1] == results[:1]


def _progress_sense(session: Sender) -> Sense | None:
    """What REQUEST SENSE says; ``None`` on a drive that does not answer it."""
    for _each in range(_UNIT_ATTENTIONS + 1):
        data = side_answer(session, lambda: session.send(request_sense()).data)
        if data is None:
            return None
        sense = decode_sense(data)
        # A pending unit attention comes as data here, in place of the progress (SPC-6 6.39).
        if sense.key != UNIT_ATTENTION and not sense.deferred:
            return sense
    return None


def _extended_duration(session: Sender) -> tuple[int | None, str | None]:
    """Seconds that an extended test takes, and who says so: the control mode page, else (0 or FFFFh) VPD page 86h."""
    page = side_answer(session, lambda: control_mode_page(session))
    if page is not None and page["extended_self_test_completion_time_seconds"]:
        return page["extended_self_test_completion_time_seconds"], "control mode page"
    minutes = side_answer(session, lambda: extended_self_test_minutes(session))
    return (minutes * 60, "extended INQUIRY data VPD page") if minutes else (None, None)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Self-tests (SPC-6 5.15): started and aborted by SEND DIAGNOSTIC, reported by REQUEST SENSE and log page 10h.

`diagnostics.Diagnostics` handles SEND DIAGNOSTIC, as that command also sends pages; it passes self-tests to
`SelfTests.perform`.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Mapping

from ..._scsi.log_selftest_results import (
    IN_PROGRESS,
    PARAMETER_COUNT,
    SATURATED_HOURS,
    SELF_TEST_RESULTS_PAGE,
    encode_self_test_results,
)
from ..._scsi.send_diagnostic import SEND_DIAGNOSTIC
from ..._scsi.sense_keys import NOT_READY
from ..contract import GOOD, Task
from ..feature import LATER, Check, Clock, Feature, invalid_field_in_cdb
from .selftest_plan import (
    ABORT,
    ABORTED_BY_COMMAND,
    ABORTED_OTHERWISE,
    BACKGROUND_TESTS,
    CODES,
    DEFAULT,
    EXTENDED_TESTS,
    LOG_FAILURE,
    SelfTestOutcome,
    SelfTestSettings,
)
from .selftest_run import Run

_INQUIRY, _REPORT_LUNS, _REQUEST_SENSE, _SEND_DIAGNOSTIC = 0x12, 0xA0, 0x03, 0x1D
#: Performed even during a foreground self-test, and without suspending a background self-test (SPC-6 5.15.4).
_ALWAYS = frozenset((_INQUIRY, _REPORT_LUNS, _REQUEST_SENSE))

_FORMAT_UNIT, _START_STOP_UNIT, _WRITE_BUFFER, _SANITIZE = 0x04, 0x1B, 0x3B, 0x48
#: The modes of WRITE BUFFER that download or activate microcode (SPC-6 6.52).
_DOWNLOADS = frozenset((0x04, 0x05, 0x06, 0x07, 0x0D, 0x0E, 0x0F))

_SELF_TEST_FAILED = (0x04, 0x3E, 0x03)
_UNABLE_TO_UPDATE_LOG = (0x04, 0x3E, 0x04)
_NONE: tuple[int, int, int] = (0, 0, 0)


def _stops(cdb: bytes) -> bool:
    """START STOP UNIT with START and POWER CONDITION zero."""
    return not cdb[4] & 0xF1


#: The commands besides SEND DIAGNOSTIC that end a background self-test instead of suspending it (SPC-6 5.15.4.3).
_EXCEPTIONS: dict[int, Callable[[bytes], bool]] = {
    _FORMAT_UNIT: lambda cdb: True, _SANITIZE: lambda cdb: True, _START_STOP_UNIT: _stops,
    _WRITE_BUFFER: lambda cdb: cdb[1] & 0x1F in _DOWNLOADS,
}


class SelfTests(Feature):
    """The self-tests of a logical unit: one at a time, and the last twenty results.

    ``settings`` are those of `selftest_plan.SelfTestSettings`. Raises ValueError for wrong ones.
    """

    name = "selftest"

    def __init__(self, clock: Clock, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.settings = SelfTestSettings(settings or {})
        self._clock = clock
        self._run: Run | None = None
        self._task: Task | None = None
        self._timer: Any = None
        #: The results, the newest first, as `encode_self_test_results` takes them.
        self._results: list[dict[str, Any]] = []

    # -- what the drive reports about its self-tests elsewhere

    @property
    def extended_completion_seconds(self) -> int:
        """For the Control mode page (SPC-6 7.5.11): 0 without an extended test, FFFFh if VPD page 86h reports it."""
        return min(math.ceil(self.settings.extended_seconds), 0xFFFF)

    @property
    def extended_completion_minutes(self) -> int:
        """For VPD page 86h (SPC-6 7.7.7): 0 without an extended test, FFFFh for that much or more."""
        return min(math.ceil(self.settings.extended_seconds / 60), 0xFFFF)

    @property
    def running(self) -> int | None:
        """The self-test code of the running test, None if none is running."""
        self._advance()
        return None if self._run is None else self._run.code

    @property
    def power_on_hours(self) -> int:
        """As the log reports them: 65535 means that many or more."""
        return min(int(self._clock.now() // 3600), SATURATED_HOURS)

    def results(self) -> list[dict[str, Any]]:
        """What log page 10h reports, the newest first; a running test has no hours yet."""
        self._advance()
        return (self._unfinished() + self._results)[:PARAMETER_COUNT]

    def _unfinished(self) -> list[dict[str, Any]]:
        if self._run is None or not self._is_logged(self._run.code):
            return []
        return [{"self_test_code": self._run.code, "result": IN_PROGRESS, "power_on_hours": 0}]

    def log_pages(self) -> Mapping[tuple[int, int], Callable[[], bytes]]:
        return {(SELF_TEST_RESULTS_PAGE, 0): lambda: encode_self_test_results(self.results())}

    def request_sense(self) -> Check | None:
        self._advance()
        return None if self._run is None else self._in_progress(self._run)

    def _in_progress(self, run: Run) -> Check:
        return Check(NOT_READY, 0x04, 0x09, progress=run.progress(self._clock.now()))

    # -- commands

    def gate(self, task: Task) -> None:
        self._advance()
        run = self._run
        opcode = task.cdb[0]
        if run is None or opcode in _ALWAYS:
            return
        if self._task is not None:
            raise self._in_progress(run)
        exception = _EXCEPTIONS.get(opcode)
        if exception is not None and exception(task.cdb):
            self._end(SelfTestOutcome(ABORTED_OTHERWISE))
        else:
            run.suspend(self._clock.now(), self.settings.suspension_seconds)
            self._wait()

    def perform(self, task: Task) -> Any:
        """Performs a SEND DIAGNOSTIC with SELFTEST or a SELF-TEST CODE (SPC-6 6.42)."""
        self._advance()
        values = SEND_DIAGNOSTIC.decode(task.cdb)
        code = values["self_test_code"]["value"]
        if values["selftest"]:
            if code:
                raise invalid_field_in_cdb(1, 7)
        elif code == DEFAULT or code not in CODES and code != ABORT:
            raise invalid_field_in_cdb(1, 7)
        if values["parameter_list_length"]:
            raise invalid_field_in_cdb(3)
        if values["selftest"]:
            self._check_off_line(values)
        if code == ABORT:
            return self._abort_background()
        if code in EXTENDED_TESTS and not self.settings.extended_seconds:
            raise invalid_field_in_cdb(1, 7)
        if self._run is not None:
            raise self._in_progress(self._run)
        return self._start(task, code)

    def _check_off_line(self, values: Mapping[str, Any]) -> None:
        """Refuses the off-line bits if the settings do; without SELFTEST they mean nothing."""
        if self.settings.off_line:
            return
        for name, bit in (("devoffl", 1), ("unitoffl", 0)):
            if values[name]:
                raise invalid_field_in_cdb(1, bit)

    def _abort_background(self) -> bytes:
        if self._run is not None:
            self._end(SelfTestOutcome(ABORTED_BY_COMMAND))
        elif not self.settings.lenient_abort:
            raise invalid_field_in_cdb(1, 7)
        return b""

    def _start(self, task: Task, code: int) -> Any:
        run = Run(code, self.settings.seconds(code), self.settings.take_outcome(code), self._clock.now())
        self._run = run
        self.changed()
        if code in BACKGROUND_TESTS:
            self._wait()
            return b""
        self._task = task
        if run.is_over(self._clock.now()):
            # The default self-test of most drives takes no noticeable time.
            self._task = None
            failure = self._end(run.outcome)
            if failure is not None:
                raise failure
            return b""
        self._wait()
        return LATER

    # -- time

    def _wait(self) -> None:
        self._stop_waiting()
        if self._run is not None:
            self._timer = self._clock.call_later(self._run.remaining(self._clock.now()), self._timeout)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _timeout(self) -> None:
        self._timer = None
        self._advance()
        if self._run is not None:
            self._wait()

    def _advance(self) -> None:
        """Ends the test if its time has come: timers may be late, but a command must see the current state."""
        run = self._run
        if run is None or not run.is_over(self._clock.now()):
            return
        task = self._task
        failure = self._end(run.outcome)
        if task is None:
            return
        if failure is None:
            task.complete(GOOD)
        else:
            self.refuse(task, failure)

    def _end(self, outcome: SelfTestOutcome) -> Check | None:
        """Ends the running test, if any, and returns what `_record` does."""
        if self._run is None:
            return None
        failure = self._record(self._run, outcome)
        self.changed()
        return failure

    def _record(self, run: Run, outcome: SelfTestOutcome) -> Check | None:
        """Records the test's result; returns what the command of a foreground test ends with, None for GOOD."""
        self._stop_waiting()
        self._run = self._task = None
        if outcome.result == LOG_FAILURE:
            return Check(*_UNABLE_TO_UPDATE_LOG)
        if self._is_logged(run.code):
            key, asc, ascq = outcome.sense or _NONE
            self._results.insert(0, {
                "self_test_code": run.code, "result": outcome.result, "self_test_number": outcome.segment,
                "power_on_hours": self.power_on_hours, "address_of_first_failure": outcome.lba, "sense_key": key,
                "additional_sense_code": asc, "additional_sense_code_qualifier": ascq})
            del self._results[PARAMETER_COUNT:]
        return Check(*_SELF_TEST_FAILED) if outcome.result else None

    def _is_logged(self, code: int) -> bool:
        return code != DEFAULT or self.settings.log_default_test

    # -- events

    def abort(self, task: Task) -> None:
        if task is self._task:
            self._end(SelfTestOutcome(ABORTED_OTHERWISE))

    def reset(self, kind: str) -> None:
        del kind
        self._advance()
        self._end(SelfTestOutcome(ABORTED_OTHERWISE))

    def save(self) -> dict[str, Any]:
        return {"results": [dict(each) for each in self._results], "settings": self.settings.save(),
                "running": None if self._run is None else self._run.save(self._clock.now())}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores a state, including a running test: the `reset` for the power on that follows is to end it."""
        self._stop_waiting()
        self._task = None
        self._results = [dict(each) for each in state.get("results") or ()][:PARAMETER_COUNT]
        self.settings.load(state.get("settings") or {})
        saved = state.get("running")
        self._run = None if saved is None else Run.load(saved, self._clock.now())

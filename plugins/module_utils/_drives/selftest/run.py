# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Self tests: makes sure that one has passed recently, starts one, or aborts one, on each drive."""

from __future__ import annotations

from typing import Any, Callable, Generator, Mapping, NamedTuple, Sequence

from ... import _selftests as policy
from ..._durations import hours_or_any
from ..._passthrough.command import Command
from ..._passthrough.errors import CheckCondition, DriveError
from ..._passthrough.make_command import make_command
from ..._passthrough.sender import SeparateWarnings
from ..._passthrough.session import Session
from ..._scsi import send_diagnostic as diagnostics
from ..._scsi.device_types import DRIVES
from ..._scsi.log_selftest_results import SATURATED_HOURS
from ..._scsi.sense_keys import HARDWARE_ERROR
from ..entry import Entry
from ..power_condition import read_condition
from ..run import Options, run_on_drives
from ..uses import Uses, load_uses
from ..workers import Pause
from .ata import ata_abort, ata_self_test, look_at
from .history import History, recorded_name
from .state import State, says_in_progress

Steps = Generator[Pause, None, None]

#: SELF-TEST CODE of SEND DIAGNOSTIC (SPC-6 table 218) by kind of test and whether it is in the foreground.
_CODES = {("short", False): 1, ("extended", False): 2, ("short", True): 5, ("extended", True): 6}
_ABORT = 4

#: What sg_senddiag allows for a foreground test.
_FOREGROUND_SECONDS = 3600.0
#: The log may be updated a little after a test has ended or was aborted.
_SETTLE_SECONDS = 0.5
_SETTLE_TRIES = 6


class Wanted(NamedTuple):
    """What a task asks for; the module documents each option."""

    state: str
    test: str
    foreground: bool = False
    max_age_hours: int | None = None
    on_unknown: str = "accept"
    wait: bool = False
    poll_seconds: float = 15.0
    wait_seconds: float | None = None
    device_offline: bool = False
    unit_offline: bool = False
    force: bool = False
    skip_standby: bool = False
    #: Where it is recorded how the logs of old drives looked; ``None`` for nowhere.
    state_dir: str | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Wanted:
        """From the module's options. Raises ValueError for those that do not go together."""
        if (options["device_offline"] or options["unit_offline"]) and options["test"] != "default":
            raise ValueError("device_offline and unit_offline only go with test: default")
        if options["foreground"] and options["test"] == "default":
            raise ValueError("the default test always runs to its end before the command returns; "
                             "foreground only goes with test: short or extended")
        if options["poll_interval"] <= 0:
            raise ValueError(f"poll_interval must be greater than 0, not {options['poll_interval']}")
        if options["wait_timeout"] is not None and options["wait_timeout"] <= 0:
            raise ValueError(f"wait_timeout must be greater than 0, not {options['wait_timeout']}")
        return cls(
            options["state"], options["test"], options["foreground"], hours_or_any(options["max_age"], "max_age"),
            options["on_unknown"], options["wait"], options["poll_interval"], options["wait_timeout"],
            options["device_offline"], options["unit_offline"], options["force"], options["skip_standby"],
            options.get("state_dir"))

    @property
    def exclusive(self) -> bool:
        """True if the test makes the drive, or others of the same device, unavailable."""
        return self.foreground or self.device_offline or self.unit_offline


def run_selftests(devices: Sequence[str], options: Options, wanted: Wanted) -> list[Entry]:
    """One entry per drive, with ``selftest`` as the module documents it."""
    history = History(wanted.state_dir, not options.check_mode)
    uses = load_uses() if wanted.exclusive and not wanted.force else None
    return run_on_drives(
        devices, options, lambda: {"selftest": None},
        lambda session, entry: _SelftestRun(session, entry, wanted, uses, options.tell, history).steps(), DRIVES)


class _SelftestRun:
    """The self test of one drive, from the first look to the verdict."""

    def __init__(self, session: Session, entry: Entry, wanted: Wanted, uses: Uses | None,
                 tell: Callable[[str], Any], history: History) -> None:
        self._session = session
        self._entry = entry
        self._wanted = wanted
        #: What says who else uses the drive, where that matters.
        self._uses = uses
        self._tell = tell
        self._history = history
        self._name = recorded_name(entry.device, entry.wwn)
        self._told: int | None = None
        self._state: State | None = None
        # Two results of the same hour look alike, so an unchanged log proves nothing if a test was seen running.
        self._seen_running = False
        self._ended_by_itself = False
        #: Whether this run has started a test: its entry in the log is believed.
        self._begun = False

    def steps(self) -> Steps:
        """Does what the wanted state requires."""
        if self._wanted.skip_standby:
            condition = read_condition(self._session)
            if condition.at_rest:
                self._entry.skip(f"the drive is in {condition.power} and was not woken")
                return
        state = self._look()
        if self._wanted.state == "aborted":
            yield from self._abort(state)
        elif self._wanted.state == "started":
            yield from self._start_now(state)
        else:
            yield from self._ensure(state)

    # the three states

    def _ensure(self, state: State) -> Steps:
        if state.running:
            if not self._wanted.wait or self._session.check_mode:
                self._conclude("running", _running_words(state))
                return
            state = yield from self._wait(state)
            if state.running:
                return
        judgement = self._judge(state)
        if judgement.verdict in (policy.PASSED, policy.FAILED):
            self._settle(judgement)
        elif judgement.verdict == policy.UNKNOWN and not self._has_to_start(judgement, state):
            accepted = self._wanted.on_unknown == "accept"
            self._conclude(policy.UNKNOWN, judgement.reason + (
                "; accepted because of on_unknown" if accepted else "; set on_unknown to accept or start"),
                failed=not accepted)
        else:
            yield from self._start(state, judgement.reason)

    def _start_now(self, state: State) -> Steps:
        if state.running and not self._wanted.force:
            self._conclude("running", f"{_running_words(state)}; set force to abort it and start the new one",
                           failed=True)
            return
        if state.running:
            if not self._session.check_mode:
                state = yield from self._stop(state)
                if state.running:
                    return
            self._entry.changed = True
        yield from self._start(state, None)

    def _abort(self, state: State) -> Steps:
        if not state.running and (state.log_error is not None or state.interrupted and not state.by_ata):
            self._abort_blindly(state.log_error or "the log says in progress, REQUEST SENSE does not")
            return
        if not state.running:
            self._conclude("not_running", "no self test is running")
            return
        self._entry.mark_changed({"self_test": _running_words(state)}, {"self_test": "aborted"})
        if self._session.check_mode:
            self._conclude("aborted", f"would abort: {_running_words(state)}")
            return
        state = yield from self._stop(state)
        if self._ended_by_itself:
            self._entry.mark_unchanged()
            self._conclude("not_running", "the self test ended by itself before the abort came")
        elif not state.running:
            self._conclude("aborted", "the self test was aborted")

    def _abort_blindly(self, why: DriveError | str) -> None:
        """Without its log, or where that contradicts REQUEST SENSE, a test may be running."""
        self._entry.mark_changed({"self_test": "not known"}, {"self_test": "aborted"})
        if self._session.check_mode:
            self._conclude("aborted", f"would abort a test, if one is running, which is not known: {why}")
            return
        try:
            self._session.send(send_self_test(_ABORT))
        except CheckCondition as error:
            if not error.not_supported:
                raise
            self._entry.mark_unchanged()
            self._conclude("not_running", "no self test is running")
            return
        self._conclude("aborted", f"the abort was accepted; whether a test was running is not known: {why}")

    # what they do

    @property
    def _by_ata(self) -> bool:
        return self._state is not None and self._state.by_ata

    def _look(self) -> State:
        # Each look may produce the same warnings; they are reported once.
        apart = SeparateWarnings(self._session)
        self._state = state = look_at(apart, self._state, self._begun)
        warnings = self._session.warnings
        warnings.extend(each for each in dict.fromkeys(apart.warnings) if each not in warnings)
        self._entry.values["selftest"] = dict(
            state.facts(), method="ata" if state.by_ata else "scsi", verdict=None, age_hours=None, decided_by=None)
        return state

    def _judge(self, state: State) -> policy.Judgement:
        if state.log_error is not None:
            # Nothing but the log can say whether a test has passed.
            raise state.log_error
        state = self._with_history(state)
        return state.log.judge(self._wanted.test, self._wanted.max_age_hours)

    def _with_history(self, state: State) -> State:
        """The state with what is known of when the results of an old drive were logged."""
        results = self._history.bound(
            self._name, state.results, state.saturating_hours, state.running, self._session.warnings)
        state = state._replace(results=results)
        self._entry.values["selftest"].update(newest=state.newest, results=results)
        return state

    def _has_to_start(self, judgement: policy.Judgement, state: State) -> bool:
        """Whether a test is started though it cannot be known whether one has passed lately.

        Where the hours of the log leave the age open, nothing but a test tells; as its start is recorded, that is not
        done at every run.
        """
        if self._wanted.on_unknown != "fail":
            return self._wanted.on_unknown == "start"
        return (judgement.age is not None and judgement.age.most is not None
                and self._history.applies(self._name, state.saturating_hours))

    def _start(self, state: State, why: str | None) -> Steps:
        in_use = [] if self._uses is None else self._uses(self._session, self._entry.wwn)
        if in_use:
            self._conclude("in_use", f"{'; '.join(in_use)}; a test that makes the drive unavailable needs force",
                           failed=True)
            return
        if self._by_ata and self._wanted.test == "default":
            self._conclude("unsupported", "an ATA drive behind this adapter has no default test; choose short or "
                                          "extended", failed=True)
            return
        kind = f"{self._wanted.test} self test{' in the foreground' if self._wanted.foreground else ''}"
        because = "" if why is None else f": {why}"
        before = why or _last_words(state)
        if self._session.check_mode:
            self._changed(before, kind)
            self._conclude("started", f"would start the {kind}{because}")
            return
        if self._wanted.test == "default" or self._wanted.foreground:
            yield from self._run_to_the_end(state, kind, before)
            return
        try:
            self._send_start(None)
        except CheckCondition as error:
            if not says_in_progress(error.sense):
                raise
            # Someone else has started one meanwhile, or nothing but this refusal shows it.
            self._begun = True
            self._conclude("running", _running_words(self._look()), failed=self._wanted.state == "started")
            return
        self._changed(before, kind)
        self._record(state)
        self._begun = True
        self._seen_running = self._look().running
        self._conclude("started", f"the {kind} was started{because}")
        if self._wanted.wait:
            yield from self._await_result(state, kind)

    def _record(self, before: State) -> None:
        """Records the log as it was, and that a test was started."""
        self._with_history(before)
        self._history.started(
            self._name, self._wanted.test, before.saturating_hours, self._session.warnings)

    def _changed(self, before: str, kind: str) -> None:
        """A test was started, or would be."""
        self._entry.mark_changed({"self_test": before}, {"self_test": kind + " started"})

    def _run_to_the_end(self, before: State, kind: str, why: str) -> Steps:
        limit = self._wait_limit(before, foreground=True)
        yield Pause(0.0, more_seconds=limit)
        try:
            self._send_start(limit)
        except CheckCondition as error:
            if error.sense.deferred or (error.sense.key, error.sense.asc) != (HARDWARE_ERROR, 0x3E):
                raise
            self._changed(why, kind)
            # HARDWARE ERROR, LOGICAL UNIT FAILED SELF-TEST: the test ran, this is its result (SPC-6 5.15.4.2)
            self._record(before)
            self._with_history(self._look())
            self._conclude(policy.FAILED, f"the {kind} failed: {error.sense}", failed=True)
            return
        self._changed(why, kind)
        self._record(before)
        self._with_history(self._look())
        self._conclude(policy.PASSED, f"the {kind} passed")
        self._entry.values["selftest"]["age_hours"] = 0

    def _await_result(self, before: State, kind: str) -> Steps:
        after = yield from self._wait(before)
        if after.running:
            return
        newest = after.newest
        if after.log_error is not None:
            self._conclude(policy.UNKNOWN, f"the {kind} has ended, but its result cannot be read: {after.log_error}",
                           failed=self._wanted.on_unknown == "fail")
        elif newest is None or _same_log(after, before) and not (
                self._seen_running and policy.kind_of(newest) == self._wanted.test and _just_now(newest, after)):
            self._conclude(policy.UNKNOWN, f"the {kind} has ended, but its result is not in the drive's log",
                           failed=self._wanted.on_unknown == "fail")
        elif policy.is_aborted(newest):
            self._conclude("aborted", f"the {kind} ended without a result: "
                                      f"{newest['result']['name']}", failed=True)
        else:
            newest = self._with_history(after).newest
            self._settle(policy.Log([newest], after.power_on_hours).judge("default", None))

    def _send_start(self, limit: float | None) -> None:
        wanted = self._wanted
        if self._by_ata:
            self._session.send(ata_self_test(wanted.test, wanted.foreground, limit))
            return
        self._session.send(send_self_test(
            _CODES.get((wanted.test, wanted.foreground), 0), default_test=wanted.test == "default",
            device_offline=wanted.device_offline, unit_offline=wanted.unit_offline, timeout_seconds=limit))

    def _stop(self, state: State) -> Generator[Pause, None, State]:
        """Aborts the background test and waits until the drive shows that."""
        try:
            self._session.send(ata_abort() if self._by_ata else send_self_test(_ABORT))
        except CheckCondition as error:
            # It ended by itself meanwhile: there is nothing left to abort (SPC-6 5.15.4.3).
            if not error.not_supported or self._look().running:
                raise
            self._ended_by_itself = True
        for _attempt in range(_SETTLE_TRIES):
            state = self._look()
            if not state.running:
                return state
            yield Pause(_SETTLE_SECONDS)
        self._conclude("running", "the self test did not end after it was aborted; a test in the foreground ends only "
                                  "by itself or by a reset", failed=True)
        return state

    def _wait(self, before: State) -> Generator[Pause, None, State]:
        """Polls until no test runs; records in the entry if that takes too long."""
        self._told = None
        left = self._wait_limit(before, foreground=False)
        state = self._look()
        settle = _SETTLE_TRIES
        while state.running or settle and state.log_supported and _same_log(state, before):
            self._seen_running = self._seen_running or state.running
            if state.running:
                self._tell_progress(state)
                pause = min(self._wanted.poll_seconds, left)
            else:
                settle -= 1
                pause = _SETTLE_SECONDS
            if state.running and left <= 0:
                self._entry.values["selftest"]["verdict"] = "running"
                self._entry.time_out(f"{_running_words(state)} when the wait ended")
                return state
            yield Pause(pause)
            left -= pause
            state = self._look()
        return state

    def _tell_progress(self, state: State) -> None:
        """Logs progress at the first look and at each further tenth."""
        tenth = int((state.progress_percent or 0) // 10)
        if self._told is None or tenth > self._told:
            self._told = tenth
            self._tell(f"{self._entry.device}: {_running_words(state)}")

    def _wait_limit(self, state: State, foreground: bool) -> float:
        """The number of seconds after which something must be wrong."""
        # A foreground test lasts as long as its command: ending that early would abort the test.
        if self._wanted.wait_seconds is not None and not foreground:
            return self._wanted.wait_seconds
        short = self._wanted.test != "extended" and not (state.running and state.running_test != "short")
        limit = policy.longest_seconds("short" if short else "extended", state.extended_duration_seconds)
        return max(limit, _FOREGROUND_SECONDS) if foreground else limit

    # how it ends

    def _settle(self, judgement: policy.Judgement) -> None:
        self._conclude(judgement.verdict, judgement.reason, failed=judgement.verdict == policy.FAILED)
        decided_by = judgement.decided_by
        self._entry.values["selftest"].update(
            age_hours=judgement.age_hours, decided_by=None if decided_by is None else decided_by["parameter_code"])

    def _conclude(self, verdict: str, reason: str, failed: bool = False) -> None:
        self._entry.values["selftest"]["verdict"] = verdict
        if failed:
            self._entry.fail(reason)
        else:
            self._entry.reason = reason


def _running_words(state: State) -> str:
    far = "" if state.progress_percent is None else f", {state.progress_percent:.0f} % done"
    which = "a" if state.running_test is None else f"the {state.running_test}"
    return f"{which} self test is running{far}"


def _same_log(one: State, other: State) -> bool:
    """Whether two looks show the same results. A running test's entry moves them all by one place."""
    first, second = ([{name: value for name, value in result.items() if name != "parameter_code"}
                      for result in state.finished] for state in (one, other))
    return first == second


def _just_now(result: policy.Result, state: State) -> bool:
    """Whether a result may be from this hour, as far as the drive reports it; its counters may differ by one."""
    if state.power_on_hours is None or result["power_on_hours"] is None:
        return True
    return abs(min(state.power_on_hours, SATURATED_HOURS) - int(result["power_on_hours"])) <= 1


def _last_words(state: State) -> str:
    if state.log_error is not None:
        return "not known"
    if state.newest is None:
        return "none is logged"
    return f"{policy.kind_of(state.newest)}: {state.newest['result']['name']}"


def send_self_test(self_test_code: int, default_test: bool = False, device_offline: bool = False,
                   unit_offline: bool = False, timeout_seconds: float | None = None) -> Command:
    """SEND DIAGNOSTIC with a self-test code, or the default self test, which the offline bits require."""
    cdb = diagnostics.SEND_DIAGNOSTIC.encode(
        self_test_code=self_test_code, selftest=default_test, devoffl=device_offline, unitoffl=unit_offline)
    return make_command(cdb, timeout_seconds=timeout_seconds)

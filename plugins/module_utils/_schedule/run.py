# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run over the drives of a host: reads each, decides for all, starts what is due and allowed, and records it."""

from __future__ import annotations

import dataclasses
import datetime
import os
from dataclasses import dataclass
from typing import Any, Callable, Mapping, NamedTuple, Sequence

from .. import _selftests as log
from .._drives.answers import side_answer
from .._drives.commands import inquiry, vpd_page
from .._drives.entry import OK, SKIPPED, Entry
from .._drives.identity import model_of
from .._drives.run import Options, run_on_drives
from .._drives.selftest.ata import look_at
from .._drives.selftest.history import History, recorded_name
from .._drives.selftest.run import Wanted as WantedTest
from .._drives.selftest.run import run_selftests
from .._drives.selftest.state import State
from .._inventory.linux_paths import Paths
from .._passthrough.errors import as_drive_error
from .._passthrough.session import Session
from .._scsi.device_types import DRIVES
from .._scsi.inquiry import decode_standard_inquiry
from .._scsi.vpd import UNIT_SERIAL_NUMBER, decode_unit_serial_number
from .._scsi.vpd_designators import is_unique
from .decide import RUNNING, SILENT, START, Candidate, Decision, decide, rules_without_drives
from .linux_sets import Disks, linux_sets
from .policy import Policy, parse_policy
from .records import DriveNames, Records
from .sets import DriveSet
from .times import parse_now
from .zpool import RunCommand, parse_zpool_status, zpool_status

STARTED = "started"


@dataclass(frozen=True)
class Wanted:
    """What a task asks for. ``now``: a local time, ``None`` for the current time."""

    policy: Policy
    now: datetime.datetime | None
    state_dir: str

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Wanted:
        """From the module's options. Raises ValueError for an empty or invalid policy."""
        return cls(parse_policy(options), parse_now(options["now"]) if options["now"] else None,
                   os.path.expanduser(options["state_dir"]))


class Found(NamedTuple):
    """What a drive answered that the decision needs and the result does not show; ``None`` for no answer."""

    vendor: str | None = None
    product: str | None = None
    state: State | None = None


class Look(NamedTuple):
    """One drive that was queried. ``state`` is ``None`` unless it answered everything."""

    entry: Entry
    names: DriveNames
    state: State | None


class _Known(NamedTuple):
    """What else a candidate is made of. ``answering``: the drives that answer, by address; ``clones``: shared names."""

    paths: Paths
    records: Records
    answering: Mapping[str, DriveNames]
    history: History
    clones: frozenset[str]


class RunResult(NamedTuple):
    """One entry per drive, with ``schedule`` as the module documents it, and warnings about the policy."""

    entries: list[Entry]
    warnings: list[str]


def sets_here(run_command: RunCommand) -> list[DriveSet]:
    """The sets of this host."""
    disks = Disks()
    status = zpool_status(run_command)
    return linux_sets(disks) + ([] if status is None else parse_zpool_status(status, disks.of_path))


def run_schedule(devices: Sequence[str], options: Options, wanted: Wanted,
                 sets_of_host: Callable[[], list[DriveSet]]) -> RunResult:
    """One run over the drives of a host. Raises ValueError if the records cannot be read, or cannot be written and no
    test was started; else an entry says what could not be recorded.
    """
    records = Records(wanted.state_dir)
    looks = look_at_drives(devices, options)
    paths = Paths()
    asked = [look for look in looks if look.entry.status != SKIPPED]
    answering = _answering(looks)
    records.answered(answering)
    known = _Known(paths, records, answering, History(wanted.state_dir, not options.check_mode), _shared_names(asked))
    candidates = [_candidate_or_silent(look, known) for look in asked]
    now = wanted.now or datetime.datetime.now()
    sets = sets_of_host()
    decisions = decide(candidates, sets, wanted.policy, now)
    entries = [look.entry for look in asked]
    for entry, decision in zip(entries, decisions):
        _report(entry, decision)
    _start(entries, candidates, decisions, options, records, wanted.state_dir)
    if not options.check_mode:
        _record([entry for entry in entries if entry.changed], records)
    for entry, candidate in zip(entries, candidates):
        try:
            _name(entry, candidate, paths)
        except Exception as error:
            entry.warnings.append(str(as_drive_error(error)))
    unused = rules_without_drives(candidates, sets, wanted.policy)
    return RunResult([look.entry for look in looks],
                     [f"policy: rule {name} does not match any of the drives that answered" for name in unused])


def summary(entries: Sequence[Entry], warnings: Sequence[str] = ()) -> dict[str, Any]:
    """Counts by state, and one-sentence alerts for drives that failed, are silent, unknown, not started or late.

    ``warnings``: warnings about the policy.
    """
    counts: dict[str, int] = {}
    alerts = []
    for entry in entries:
        if entry.status == SKIPPED:
            continue
        schedule = entry.values["schedule"] or {}
        state = schedule.get("state") or SILENT
        counts[state] = counts.get(state, 0) + 1
        for kind, what in (("failed", schedule.get("failed")),
                           ("silent", entry.reason if state == SILENT else None),
                           ("unknown", schedule.get("reason") if state == "unknown" else None),
                           ("not_started", entry.reason if state == "not_started" else None),
                           ("late", _late(schedule) if schedule.get("late") else None)):
            if what:
                alerts.append(dict({name: entry.values[name] for name in ("model", "serial", "bay")},
                                   device=entry.device, wwn=entry.wwn, kind=kind, reason=what))
    return {"counts": dict(sorted(counts.items())), "alerts": alerts, "warnings": list(warnings)}


def _late(schedule: Mapping[str, Any]) -> str:
    tests = [(values["due_since_hours"], test) for test, values in schedule["tests"].items()
             if values["due_since_hours"] is not None]
    hours, test = max(tests)
    return f"the {test} self test has been due for {hours} power-on hours: {schedule['reason']}"


def look_at_drives(devices: Sequence[str], options: Options) -> list[Look]:
    """Queries the names and self tests of each drive."""
    found: dict[str, Found] = {}  # by address, which no two entries share
    entries = run_on_drives(
        devices, options, lambda: {"schedule": None, "model": None, "serial": None, "bay": None},
        lambda session, entry: _look(session, entry, found), DRIVES)
    # Copied: the thread of a drive that timed out may still return, too late for the decision.
    known = dict(found)
    return [_looked(entry, known.get(entry.device, Found())) for entry in entries]


def _looked(entry: Entry, found: Found) -> Look:
    names = DriveNames(entry.wwn, found.vendor, found.product, entry.values["serial"])
    return Look(entry, names, found.state if entry.status == OK else None)


def _look(session: Session, entry: Entry, found: dict[str, Found]) -> None:
    unsaid: list[str] = []
    standard = decode_standard_inquiry(session.send(inquiry()).data, unsaid)
    vendor, product = standard["t10_vendor_identification"], standard["product_identification"]
    entry.values["model"] = model_of(vendor, product)
    # Recorded before further commands: a drive that then stops answering can still be identified by its names.
    found[entry.device] = Found(vendor, product)
    entry.values["serial"] = _serial(session, unsaid)
    state = look_at(session)
    if state.log_error is not None and not state.running:
        raise state.log_error
    found[entry.device] = Found(vendor, product, state)


def _serial(session: Session, unsaid: list[str]) -> str | None:
    return side_answer(session, lambda: decode_unit_serial_number(
        vpd_page(session, UNIT_SERIAL_NUMBER), unsaid))


def _answering(looks: Sequence[Look]) -> dict[str, DriveNames]:
    """The drives that answer, by address, including the other paths to them, which were skipped."""
    answering = {look.entry.device: look.names for look in looks if look.state is not None}
    by_wwn = {names.wwn: names for names in answering.values() if names.wwn is not None}
    answering.update((look.entry.device, by_wwn[look.entry.wwn]) for look in looks
                     if look.entry.status == SKIPPED and look.entry.wwn in by_wwn)
    return answering


def _silent(look: Look, disks: tuple[str, ...], records: Records, answering: Mapping[str, DriveNames]) -> Candidate:
    """A drive that could not be queried, with the names that it had when it last answered."""
    names = records.names_at(look.entry.device, look.names)
    wwn, vendor, product, serial = names or look.names
    return Candidate(
        look.entry.device, wwn, vendor, product, serial, disks, answered=False, identified=names is not None,
        other_way=names is not None and names.tell_apart and names in answering.values())


def _name(entry: Entry, candidate: Candidate, paths: Paths) -> None:
    """Adds the bay and, to a drive that did not answer, its names: those recorded, or else those the kernel knows.

    It is the silent drive that somebody has to find.
    """
    wwn, vendor, product, serial = candidate.wwn, candidate.vendor, candidate.product, candidate.serial
    unit = None if candidate.answered else paths.unit_of(entry.device)
    if unit is not None and not candidate.identified:
        wwn, vendor, product, serial = wwn or unit.wwn, vendor or unit.vendor, product or unit.product, serial or (
            unit.serial)
    entry.wwn = entry.wwn or wwn
    entry.values["model"] = entry.values["model"] or model_of(vendor, product)
    entry.values["serial"] = entry.values["serial"] or serial
    bay = paths.bay(paths.of(entry.device, entry.wwn) or ())
    entry.values["bay"] = None if bay is None else bay._asdict()


def _shared_names(asked: Sequence[Look]) -> frozenset[str]:
    """The names that several drives report. Of several paths to one drive, only one was asked."""
    names = [look.entry.wwn for look in asked if look.entry.wwn is not None and look.state is not None]
    return frozenset(name for name in names if is_unique(name) and names.count(name) > 1)


def _candidate(look: Look, known: _Known) -> Candidate:
    device, state = look.entry.device, look.state
    disks = tuple(os.path.basename(path["block_node"]) for path in known.paths.of(device, look.entry.wwn) or []
                  if path["block_node"])
    if state is None:
        return _silent(look, disks, known.records, known.answering)
    wwn, vendor, product, serial = look.names
    unknown = None
    if not state.log_supported and not state.running:
        unknown = f"the drive keeps no self-test log (log page 10h: {state.log_refusal})"
    state = state._replace(results=known.history.bound(
        recorded_name(device, look.entry.wwn), state.results, state.saturating_hours, state.running,
        look.entry.warnings))
    candidate = Candidate(
        device, wwn, vendor, product, serial, disks, True, state.running, state.running_test, state.power_on_hours,
        state.finished, unknown,
        None if state.extended_duration_seconds is None else -(-state.extended_duration_seconds // 60),
        clone=wwn in known.clones)
    if candidate.hours is None:
        return candidate
    return dataclasses.replace(candidate, memory=known.records.seen(candidate.name, candidate.hours))


def _candidate_or_silent(look: Look, known: _Known) -> Candidate:
    """The candidate; if an error of the collection prevents that, one that gave no answer: nothing is started on it."""
    try:
        return _candidate(look, known)
    except Exception as error:
        look.entry.record(as_drive_error(error))
        wwn, vendor, product, serial = look.names
        return Candidate(look.entry.device, wwn, vendor, product, serial, (), answered=False)


def _record(started: Sequence[Entry], records: Records) -> None:
    """Writes the records. If that fails, the drives on which a test was started say so, and fail."""
    try:
        records.write()
    except ValueError as error:
        if not started:
            raise
        for entry in started:
            entry.fail(f"{entry.reason}; that is not recorded: {error}")


def _report(entry: Entry, decision: Decision) -> None:
    entry.values["schedule"] = {
        "state": decision.state, "reason": decision.reason, "rule": decision.rule, "test": decision.test,
        "due_since_hours": decision.due_since, "due_in_hours": decision.due_in, "late": decision.late,
        "failed": decision.failed, "sets": list(decision.sets), "tests": decision.tests}
    if decision.state == SILENT:
        return
    entry.reason = decision.reason
    if decision.failed is not None:
        entry.fail(f"{decision.failed}; {decision.reason}")


def _start(entries: Sequence[Entry], candidates: Sequence[Candidate], decisions: Sequence[Decision], options: Options,
           records: Records, state_dir: str) -> None:
    """Starts the tests that were decided on, the same test on all its drives at once."""
    for test in log.KINDS:
        places = [place for place, decision in enumerate(decisions)
                  if decision.state == START and decision.test == test]
        if not places:
            continue
        outcomes = run_selftests([candidates[place].device for place in places], options,
                                 WantedTest(state="started", test=test, state_dir=state_dir))
        for place, outcome in zip(places, outcomes):
            hours = candidates[place].hours
            if not options.check_mode and hours is not None and _is_started(entries[place], outcome):
                records.started(candidates[place].name, test, hours)
            try:
                _started(entries[place], outcome, test, options.check_mode)
            except Exception as error:
                entries[place].changed = outcome.changed
                entries[place].record(as_drive_error(error))


def _is_started(entry: Entry, outcome: Entry) -> bool:
    return outcome.changed and outcome.wwn == entry.wwn


def _started(entry: Entry, outcome: Entry, test: str, check_mode: bool) -> None:
    schedule = entry.values["schedule"]
    entry.changed, entry.diff = outcome.changed, outcome.diff
    if entry.commands is not None:
        entry.commands.extend(outcome.commands or ())
    failed = outcome.failed
    if _is_started(entry, outcome):
        done = "would be started" if check_mode else "was started"
        schedule.update(state=STARTED, reason=f"the {test} self test {done}")
    elif (outcome.values["selftest"] or {}).get("verdict") == RUNNING:
        schedule.update(state=RUNNING, reason=outcome.reason)
        failed = False
    else:
        schedule.update(state="not_started", reason=outcome.reason)
    for warning in outcome.warnings:
        if warning not in entry.warnings:
            entry.warnings.append(warning)
    failure = schedule["failed"]
    entry.reason = schedule["reason"] if failure is None else f"{failure}; {schedule['reason']}"
    if failed:
        entry.status, entry.error, entry.exception = outcome.status, outcome.error, outcome.exception

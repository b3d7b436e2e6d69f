# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run over the drives of a host: looks at each, decides over all, starts what is due and fits, remembers it."""

from __future__ import annotations

import dataclasses
import datetime
import os
from dataclasses import dataclass
from typing import Any, Callable, Dict, Generator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._drives import selftest_policy as log
from .._drives.commands import inquiry
from .._drives.drive import FAILED, OK, SKIPPED, TIMEOUT, Entry, Options, attend
from .._drives.fleet import Pause
from .._drives.pages import vpd_page
from .._drives.selftest import Wanted as WantedTest
from .._drives.selftest import attend_selftests
from .._drives.selftest_look import look_at
from .._passthrough.errors import CheckCondition
from .._passthrough.linux_paths import Paths
from .._passthrough.linux_units import DRIVE_TYPES
from .._passthrough.session import Session
from .._scsi.inquiry import decode_standard_inquiry
from .._scsi.vpd import UNIT_SERIAL_NUMBER, decode_unit_serial_number
from .decide import RUNNING, SILENT, START, Candidate, Decision, decide, rules_without_drives
from .linux_sets import Disks, linux_sets
from .policy import Policy, parse_policy
from .records import Names, Records
from .sets import DriveSet
from .times import parse_now
from .zpool import RunCommand, parse_zpool_status, zpool_status

STARTED = "started"

Steps = Generator[Pause, None, None]


@dataclass(frozen=True)
class Wanted:
    """What a task asks for. ``now`` is local time, ``None`` for the clock's."""

    policy: Policy
    now: Optional[datetime.datetime]
    state_dir: str

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Wanted:
        """From the module's options. Raises ValueError for a policy that says nothing or the wrong thing."""
        return cls(parse_policy(options), parse_now(options["now"]) if options["now"] else None,
                   os.path.expanduser(options["state_dir"]))


class Outcome(NamedTuple):
    """An entry a drive, with ``schedule`` as the module documents it, and what is to be said of the policy."""

    entries: List[Entry]
    warnings: List[str]


def sets_here(run_command: RunCommand) -> List[DriveSet]:
    """The sets of this host."""
    disks = Disks()
    status = zpool_status(run_command)
    return linux_sets(disks) + ([] if status is None else parse_zpool_status(status, disks.of_path))


def attend_schedule(devices: Sequence[str], options: Options, wanted: Wanted,
                    sets_of_host: Callable[[], List[DriveSet]]) -> Outcome:
    """One run over the drives of a host. Raises ValueError for records of another kind."""
    records = Records(wanted.state_dir)
    blank: Entry = {"schedule": None, "model": None, "serial": None, "_found": None}
    entries = attend(devices, options, blank, _look, DRIVE_TYPES)
    paths = Paths()
    asked = [entry for entry in entries if entry["status"] != SKIPPED]
    answering = _answering(entries)
    records.answered(answering)
    candidates = [_candidate(entry, paths, records, answering) for entry in asked]
    now = wanted.now or datetime.datetime.now()
    sets = sets_of_host()
    decisions = decide(candidates, sets, wanted.policy, now)
    for entry, decision in zip(asked, decisions):
        _report(entry, decision)
    try:
        _start(asked, candidates, decisions, options, records)
    finally:
        # What was started must be remembered even where a later start raised.
        if not options.check_mode:
            records.write()
    for entry in entries:
        del entry["_found"]
    return Outcome(entries, ["policy: rule {0} fits none of the drives that answered".format(name)
                             for name in rules_without_drives(candidates, sets, wanted.policy)])


def summary(entries: Sequence[Entry], warnings: Sequence[str] = ()) -> Dict[str, Any]:
    """Counts by state, and the alerts: a sentence each, for what failed, is silent, cannot be known, or is late.

    ``warnings``: what is to be said of the policy.
    """
    counts: Dict[str, int] = {}
    alerts = []
    for entry in entries:
        if entry["status"] == SKIPPED:
            continue
        schedule = entry["schedule"] or {}
        state = schedule.get("state") or SILENT
        counts[state] = counts.get(state, 0) + 1
        for kind, what in (("failed", schedule.get("failed")),
                           ("silent", entry["reason"] if state == SILENT else None),
                           ("unknown", schedule.get("reason") if state == "unknown" else None),
                           ("not_started", entry["reason"] if state == "not_started" else None),
                           ("late", _late(schedule) if schedule.get("late") else None)):
            if what:
                alerts.append({"device": entry["device"], "wwn": entry["wwn"], "kind": kind, "reason": what})
    return {"counts": dict(sorted(counts.items())), "alerts": alerts, "warnings": list(warnings)}


def _late(schedule: Mapping[str, Any]) -> str:
    tests = [(values["due_since_hours"], test) for test, values in schedule["tests"].items()
             if values["due_since_hours"] is not None]
    hours, test = max(tests)
    return "the {0} self test is due for {1} power-on hours: {2}".format(test, hours, schedule["reason"])


def _look(session: Session, entry: Entry) -> Steps:
    yield from ()
    unsaid: List[str] = []
    standard = decode_standard_inquiry(session.send(inquiry()).data, unsaid)
    vendor, product = standard["t10_vendor_identification"], standard["product_identification"]
    entry["model"] = " ".join(each for each in (vendor, product) if each) or None
    # Before the drive is asked for more: what falls silent then can still be told by its names.
    entry["_found"] = {"vendor": vendor, "product": product, "state": None}
    entry["serial"] = _serial(session, unsaid)
    entry["_found"]["state"] = look_at(session, entry["warnings"], None)


def _serial(session: Session, unsaid: List[str]) -> Optional[str]:
    try:
        return decode_unit_serial_number(vpd_page(session, UNIT_SERIAL_NUMBER), unsaid)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return None


def _answering(entries: Sequence[Entry]) -> Dict[str, Names]:
    """The drives that answer, by address; also at the other ways to them, which were skipped."""
    found = {entry["device"]: _names(entry) for entry in entries if _answered(entry)}
    by_wwn = {names.wwn: names for names in found.values() if names.wwn is not None}
    found.update((entry["device"], by_wwn[entry["wwn"]]) for entry in entries
                 if entry["status"] == SKIPPED and entry["wwn"] in by_wwn)
    return found


def _answered(entry: Entry) -> bool:
    return entry["status"] == OK and entry["_found"] is not None and entry["_found"]["state"] is not None


def _names(entry: Entry) -> Names:
    """As far as the drive told them."""
    found = entry["_found"] or {}
    return Names(entry["wwn"], found.get("vendor"), found.get("product"), entry["serial"])


def _silent(entry: Entry, disks: Tuple[str, ...], records: Records, answering: Mapping[str, Names]) -> Candidate:
    """A drive that could not be asked, as the one that it was when it answered last."""
    known = _names(entry)
    names = records.names_at(entry["device"], known)
    wwn, vendor, product, serial = names or known
    return Candidate(
        entry["device"], wwn, vendor, product, serial, disks, answered=False, identified=names is not None,
        other_way=names is not None and names.tell_apart and names in answering.values())


def _candidate(entry: Entry, paths: Paths, records: Records, answering: Mapping[str, Names]) -> Candidate:
    disks = tuple(os.path.basename(path["block_node"]) for path in paths.of(entry["device"], entry["wwn"]) or []
                  if path["block_node"])
    if not _answered(entry):
        return _silent(entry, disks, records, answering)
    found = entry["_found"]
    state = found["state"]
    unknown = None
    if not state.log_supported and not state.running:
        unknown = "the drive keeps no log of self tests (log page 10h: {0})".format(state.log_refusal)
    candidate = Candidate(
        entry["device"], entry["wwn"], found["vendor"], found["product"], entry["serial"], disks, True, state.running,
        state.running_test, state.power_on_hours, state.finished, unknown,
        None if state.extended_duration_seconds is None else -(-state.extended_duration_seconds // 60))
    if candidate.hours is None:
        return candidate
    return dataclasses.replace(candidate, memory=records.seen(candidate.name, candidate.hours))


def _report(entry: Entry, decision: Decision) -> None:
    entry["schedule"] = {
        "state": decision.state, "reason": decision.reason, "rule": decision.rule, "test": decision.test,
        "due_since_hours": decision.due_since, "due_in_hours": decision.due_in, "late": decision.late,
        "failed": decision.failed, "sets": list(decision.sets), "tests": decision.tests}
    if decision.state == SILENT:
        return
    entry["reason"] = decision.reason
    if decision.failed is not None:
        entry.update(status=FAILED, reason="{0}; {1}".format(decision.failed, decision.reason))


def _start(asked: Sequence[Entry], candidates: Sequence[Candidate], decisions: Sequence[Decision], options: Options,
           records: Records) -> None:
    """Starts what was decided: all drives of one kind of test at once."""
    for test in log.KINDS:
        places = [place for place, decision in enumerate(decisions)
                  if decision.state == START and decision.test == test]
        if not places:
            continue
        outcomes = attend_selftests([candidates[place].device for place in places], options, _start_of(test))
        for place, outcome in zip(places, outcomes):
            _started(asked[place], candidates[place], outcome, test, options.check_mode, records)


def _started(entry: Entry, candidate: Candidate, outcome: Entry, test: str, check_mode: bool,
             records: Records) -> None:
    schedule = entry["schedule"]
    entry["changed"] = outcome["changed"]
    if "commands" in entry:
        entry["commands"].extend(outcome.get("commands", []))
    if outcome["changed"] and outcome["wwn"] == entry["wwn"]:
        schedule.update(state=STARTED, reason="the {0} self test {1}".format(
            test, "would be started" if check_mode else "was started"))
        if not check_mode and candidate.hours is not None:
            records.started(candidate.name, test, candidate.hours)
    elif (outcome["selftest"] or {}).get("verdict") == RUNNING:
        schedule.update(state=RUNNING, reason=outcome["reason"])
        outcome = dict(outcome, status=OK, reason=None)
    else:
        schedule.update(state="not_started", reason=outcome["reason"])
    if "diff" in outcome:
        entry["diff"] = outcome["diff"]
    for warning in outcome["warnings"]:
        if warning not in entry["warnings"]:
            entry["warnings"].append(warning)
    failed = schedule["failed"]
    entry["reason"] = schedule["reason"] if failed is None else "{0}; {1}".format(failed, schedule["reason"])
    if outcome["status"] in (FAILED, TIMEOUT):
        entry.update(status=outcome["status"], error=outcome["error"])


def _start_of(test: str) -> WantedTest:
    return WantedTest.from_options({
        "state": "started", "test": test, "foreground": False, "max_age": "any", "on_unknown": "accept", "wait": False,
        "poll_interval": 15.0, "wait_timeout": None, "device_offline": False, "unit_offline": False, "force": False,
        "skip_standby": False})

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives and hosts as a report shows them: the facts that are shown, made printable, and what the rules found."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Sequence

from .._checks import is_number
from .changes import got_worse
from .counters import Values, values_of
from .documents import Host
from .findings import FAIL, PASS, UNKNOWN, WEIGHT, Answer, Context, Drive, Evidence, Finding, Rule, part, verdict_of
from .history import History, continued
from .previous import NEW, SAME, WORSE, Names, Previous, identity_of
from .redaction import Pseudonyms, Redaction
from .rules import drive_rules, host_rule, judge
from .schedules import Plans, plans_of
from .text import plural, printable
from .units import day_of
from .waivers import Waivers

_NUMBER = "#"
_WARNINGS, _LONGEST_WARNING = 20, 300
_DIGITS = re.compile("([0-9]+)")


class DriveRecord(NamedTuple):
    """A drive in a report. All text is printable; what the drive does not report is ``None``."""

    #: Identifies the drive in links and across reports; derived from its wwn if it has one.
    id: str
    host: str
    device: str
    wwn: str | None
    serial: str | None
    vendor: str | None
    model: str | None
    firmware: str | None
    enclosure: str | None
    #: The number or name of the slot; if that is not known, "#" and the drive's number in the document.
    slot: str
    capacity_bytes: int | None
    power_on_hours: int | None
    temperature_celsius: int | None
    status: str
    verdict: str
    findings: list[Finding]
    #: new, worse, better, same; ``None`` without a previous report.
    trend: str | None = None
    #: Its verdict in the previous report.
    before: str | None = None
    #: What the drive reported beside its answers, and which questions it refused or failed.
    warnings: tuple[str, ...] = ()
    #: Who knows its names, where the drive does not say them now: "the kernel", or the day of the previous report.
    names_from: str | None = None
    #: What it counts, for the next report.
    counters: Values = ()
    #: What it counted before, for the next report.
    history: History = {}  # noqa: RUF012
    #: Which counters make it worse than it was in the previous report, in words.
    changes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Vendor and model, else the device."""
        words = [word for word in (self.vendor, self.model) if word]
        return " ".join(words) or self.device

    @property
    def name(self) -> str:
        """What distinguishes it from others of its model: title and serial number."""
        return f"{self.title} {self.serial}" if self.serial else self.title

    @property
    def place(self) -> str:
        """Where it is in its host."""
        enclosure = f"{self.enclosure}, " if self.enclosure else ""
        kind = "drive " if self.slot.startswith(_NUMBER) else "slot " if self.slot[:1].isdigit() else ""
        return f"{enclosure}{kind}{self.slot}"


class HostRecord(NamedTuple):
    """A host in a report. ``finding`` is set if it reported no facts."""

    id: str
    name: str
    file: str
    gathered_at: str | None
    verdict: str
    drives: list[DriveRecord]
    finding: Finding | None = None
    #: Of a host without facts: when its drives were last read, and what the next report needs of them.
    silent_since: str | None = None
    kept: Sequence[dict[str, Any]] = ()
    #: False for a host that has a document, but is not in the list of hosts.
    listed: bool = True

    @property
    def note(self) -> str | None:
        """What is to be said about the host itself."""
        said = [] if self.listed else ["not in the list of hosts"]
        return "; ".join(said + ([f"silent since {self.silent_since}"] if self.silent_since else [])) or None


class Judge(NamedTuple):
    """All that is needed to judge a host."""

    rules: Sequence[Rule]
    waivers: Waivers
    as_of: int
    previous: Previous | None = None
    redaction: Redaction | None = None
    #: The hosts that must have a document; empty where there is no such list.
    hosts: frozenset[str] = frozenset()
    #: The directory of the documents of the schedule of self tests.
    schedules: str | None = None

    def host(self, host: Host) -> HostRecord:
        """The record of a host and its drives."""
        if host.problem is not None:
            return self._without_facts(host)
        day = day_of(host.gathered_at)
        context = Context(self.as_of, day.toordinal() if day else None)
        rules = drive_rules(self.rules)
        plans = plans_of(self.schedules, host, self.as_of)
        others = self.redaction.of_host(host.drives) if self.redaction else frozenset()
        drives = sorted((self._drive(rules, drive, host, context, place, plans, others)
                         for place, drive in enumerate(host.drives, 1)), key=_where)
        worst = max([WEIGHT[drive.verdict] for drive in drives] or [WEIGHT[PASS]])
        verdict = next(name for name, weight in WEIGHT.items() if weight == worst)
        return HostRecord(identity_of("host", host.name), host.name, printable(host.file), host.gathered_at, verdict,
                          drives, listed=self._listed(host))

    def _without_facts(self, host: Host) -> HostRecord:
        finding, verdict = None, UNKNOWN
        rule = host_rule(self.rules)
        since = self.previous.moments.get(host.name) if self.previous is not None else None
        if rule is not None:
            problem = self.redaction.anywhere(host.problem or "") if self.redaction else host.problem
            day = day_of(since)
            silence = "" if day is None else f"; it has been silent since {since}" + (
                f", for {plural(self.as_of - day.toordinal(), 'day')}" if self.as_of > day.toordinal() else "")
            evidence = (Evidence("the host's document", "file", host.file),)
            answer = Answer(FAIL, printable(problem) + silence, evidence)
            finding = self.waivers.apply([Finding(rule, answer)], host.name, [])[0]
            verdict = verdict_of([finding])
        return HostRecord(identity_of("host", host.name), host.name, printable(host.file), None, verdict, [], finding,
                          since, self.previous.kept(host.name) if self.previous is not None else [],
                          self._listed(host))

    def _listed(self, host: Host) -> bool:
        return not self.hosts or host.name in self.hosts

    def _drive(self, rules: Sequence[Rule], drive: Drive, host: Host, context: Context, place: int,
               plans: Plans, others: frozenset[str]) -> DriveRecord:
        identity, health = part(drive, "identity"), part(drive, "health")
        names, device = _names_of(drive, identity), _text(drive.get("device")) or "?"
        names_from = "the kernel" if identity.get("source") == "kernel" else None
        redacted = self.redaction.of_drive(drive, others) if self.redaction else None
        shown, shown_device = names, device
        if redacted is not None:
            shown, shown_device = _redacted_names(names, redacted), redacted.device(device)
        place_key = identity_of("drive", host.name, shown_device)
        key = identity_of("drive", shown.wwn) if shown.wwn else place_key
        replaced = False
        if self.previous is not None and not shown.wwn:
            key = self.previous.at(key)
            if drive.get("status") != "ok" and not shown.serial:
                shown, names_from = self.previous.names_at(place_key, shown)
                names = shown if redacted is None else names
            was = self.previous.serial_at(place_key)
            # A drive without a world wide name is known by its place, where there may be another one now.
            replaced = None not in (shown.serial, was) and shown.serial != was
        now, past = values_of(drive), None
        if self.previous is not None and not replaced:
            past = self.previous.past(key, host.name)
        plan = plans.get(names.wwn or "") or plans.get(device)
        context = context._replace(now=now, past=past, plan=plan)
        findings = self.waivers.apply(judge(rules, drive, context), host.name, [
            name for name in (names.wwn, names.serial, device, names.model) if name])
        if redacted is not None:
            findings = [_redacted(finding, redacted) for finding in findings]
        verdict = verdict_of(findings)
        trend = before = None
        changes: list[str] = []
        if self.previous is not None:
            before = None if replaced else self.previous.verdict(key, host.name)
            trend = NEW if before is None else _direction(WEIGHT[before], WEIGHT[verdict])
            changes = got_worse(past, now) if past is not None else []
            trend = WORSE if trend == SAME and changes else trend
            findings = findings if replaced else self.previous.since(key, host.name, findings)
        hours, status = health.get("power_on_hours"), _text(drive.get("status")) or "?"
        return DriveRecord(
            key, host.name, shown_device, shown.wwn, shown.serial, shown.vendor, shown.model, shown.firmware,
            shown.enclosure, shown.slot or _NUMBER + str(place),
            _number(part(drive, "capacity").get("capacity_bytes")),
            _number(part(drive, "selftest").get("power_on_hours") if hours is None else hours),
            _number(part(health, "temperature").get("temperature_celsius")),
            status if redacted is None else redacted.within(status), verdict, findings, trend, before,
            _warnings(drive, redacted), names_from, now,
            continued(past, now, context.gathered or context.as_of), tuple(changes))


def _names_of(drive: Drive, identity: dict[str, Any]) -> Names:
    location = part(drive, "location")
    return Names(
        _text(drive.get("wwn")) or _text(identity.get("wwn")), _text(identity.get("serial")),
        _text(identity.get("vendor")), _text(identity.get("product")), _text(identity.get("revision")),
        _text(location.get("enclosure")), _text(location.get("slot")))


def _redacted_names(names: Names, pseudonyms: Pseudonyms) -> Names:
    return Names(pseudonyms.whole(names.wwn), pseudonyms.whole(names.serial), *(
        None if each is None else pseudonyms.within(each)
        for each in (names.vendor, names.model, names.firmware, names.enclosure, names.slot)))


def _warnings(drive: Drive, names: Pseudonyms | None) -> tuple[str, ...]:
    """As many as people read; a document may have any number, of any length."""
    given = drive.get("warnings")
    found = [each for each in (given if isinstance(given, list) else []) if isinstance(each, str) and each]
    # Shortened after the names are gone: half a name would not be found.
    said = [printable(names.within(each) if names else each)[:_LONGEST_WARNING] for each in found[:_WARNINGS]]
    return (*said, f"and {len(found) - _WARNINGS} more") if len(found) > _WARNINGS else tuple(said)


def _where(drive: DriveRecord) -> tuple[Any, ...]:
    """Sorts drives by enclosure and slot, numbers in numeric order; those without a known slot come last."""
    parts = [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(drive.slot)]
    return drive.slot.startswith(_NUMBER), drive.enclosure or "", parts


def _direction(before: int, now: int) -> str:
    return "same" if now == before else "worse" if now > before else "better"


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return printable(value.strip()) or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> int | None:
    return value if is_number(value) else None


def _redacted(finding: Finding, names: Pseudonyms) -> Finding:
    answer = finding.answer
    evidence = tuple(
        Evidence(each.page, each.field, _redacted_value(each.value, each.field, names)) for each in answer.evidence)
    return finding._replace(answer=Answer(answer.outcome, names.within(answer.note), evidence))


def _redacted_value(value: Any, field: str, names: Pseudonyms) -> Any:
    if isinstance(value, str):
        return names.whole(value) if field in ("identity.serial", "identity.wwn", "wwn") else names.within(value)
    if isinstance(value, list):
        return [_redacted_value(each, field, names) for each in value]
    if isinstance(value, dict):
        return {names.within(key): _redacted_value(each, field, names) for key, each in value.items()}
    return value

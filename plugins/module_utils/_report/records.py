# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives and hosts as a report shows them: the facts that are shown, made printable, and what the rules found."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Sequence

from .._checks import is_number
from .counters import Values, is_worse, values_of
from .documents import Host
from .findings import FAIL, PASS, UNKNOWN, WEIGHT, Answer, Context, Drive, Evidence, Finding, Rule, part, verdict_of
from .previous import NEW, SAME, WORSE, Names, Previous, identity_of
from .redaction import Pseudonyms, Redaction
from .rules import drive_rules, host_rule, judge
from .text import printable
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


class Judge(NamedTuple):
    """All that is needed to judge a host."""

    rules: Sequence[Rule]
    waivers: Waivers
    as_of: int
    previous: Previous | None = None
    redaction: Redaction | None = None

    def host(self, host: Host) -> HostRecord:
        """The record of a host and its drives."""
        if host.problem is not None:
            return self._without_facts(host)
        day = day_of(host.gathered_at)
        context = Context(self.as_of, day.toordinal() if day else None)
        rules = drive_rules(self.rules)
        others = self.redaction.of_host(host.drives) if self.redaction else frozenset()
        drives = sorted((self._drive(rules, drive, host, context, place, others)
                         for place, drive in enumerate(host.drives, 1)), key=_where)
        worst = max([WEIGHT[drive.verdict] for drive in drives] or [WEIGHT[PASS]])
        verdict = next(name for name, weight in WEIGHT.items() if weight == worst)
        return HostRecord(identity_of("host", host.name), host.name, printable(host.file), host.gathered_at, verdict,
                          drives)

    def _without_facts(self, host: Host) -> HostRecord:
        finding, verdict = None, UNKNOWN
        rule = host_rule(self.rules)
        if rule is not None:
            problem = self.redaction.anywhere(host.problem or "") if self.redaction else host.problem
            answer = Answer(FAIL, printable(problem), (Evidence("the host's document", "file", host.file),))
            finding = self.waivers.apply([Finding(rule, answer)], host.name, [])[0]
            verdict = verdict_of([finding])
        return HostRecord(identity_of("host", host.name), host.name, printable(host.file), None, verdict, [], finding)

    def _drive(self, rules: Sequence[Rule], drive: Drive, host: Host, context: Context, place: int,
               others: frozenset[str]) -> DriveRecord:
        identity, health = part(drive, "identity"), part(drive, "health")
        names, device = _names_of(drive, identity), _text(drive.get("device")) or "?"
        names_from = "the kernel" if identity.get("source") == "kernel" else None
        redacted = self.redaction.of_drive(drive, others) if self.redaction else None
        shown, shown_device = names, device
        if redacted is not None:
            shown, shown_device = _redacted_names(names, redacted), redacted.device(device)
        place_key = identity_of("drive", host.name, shown_device)
        key = identity_of("drive", shown.wwn) if shown.wwn else place_key
        if self.previous is not None and not shown.wwn:
            key = self.previous.at(key)
            if drive.get("status") != "ok" and not shown.serial:
                shown, names_from = self.previous.names_at(place_key, shown)
                names = shown if redacted is None else names
        now, counted = values_of(drive), None
        if self.previous is not None:
            counted = self.previous.counters(key)
            context = context._replace(before=counted, before_as_of=self.previous.as_of)
        findings = self.waivers.apply(judge(rules, drive, context), host.name, [
            name for name in (names.wwn, names.serial, device, names.model) if name])
        if redacted is not None:
            findings = [_redacted(finding, redacted) for finding in findings]
        verdict = verdict_of(findings)
        trend = before = None
        if self.previous is not None:
            before = self.previous.verdict(key, host.name)
            trend = NEW if before is None else _direction(WEIGHT[before], WEIGHT[verdict])
            if trend == SAME and counted is not None and is_worse(counted, now):
                trend = WORSE
            findings = self.previous.since(key, host.name, findings)
        hours, status = health.get("power_on_hours"), _text(drive.get("status")) or "?"
        return DriveRecord(
            key, host.name, shown_device, shown.wwn, shown.serial, shown.vendor, shown.model, shown.firmware,
            shown.enclosure, shown.slot or _NUMBER + str(place),
            _number(part(drive, "capacity").get("capacity_bytes")),
            _number(part(drive, "selftest").get("power_on_hours") if hours is None else hours),
            _number(part(health, "temperature").get("temperature_celsius")),
            status if redacted is None else redacted.within(status), verdict, findings, trend, before,
            _warnings(drive, redacted), names_from, now)


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

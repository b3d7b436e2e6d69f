# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the report in HTML that are of one host or one drive. Each is one line, as they are sorted by lines."""

from __future__ import annotations

import itertools
from typing import Dict, List, Optional, Sequence, Tuple

from ..findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, VERDICTS, Evidence, Finding
from ..previous import identity_of
from ..records import DriveRecord, HostRecord
from ..text import in_words, plural, printable
from ..units import unit_of, with_unit
from .markup import escape

#: What a cell of the grid has beside its color.
MARKS = {"critical": "C", "major": "M", "warning": "W", "info": "i", "unknown": "?", "pass": "✓"}
_TRENDS = {"new": "new since", "worse": "worse than in", "better": "better than in", "same": "as in"}


def chip(verdict: str, words: Optional[str] = None) -> str:
    """A verdict in its color."""
    return '<span class="chip {0}">{1}</span>'.format(verdict, escape(words or verdict))


def host_row(host: HostRecord, linked: Sequence[bool]) -> str:
    """A host with its slots; those that are ``linked`` lead to their drive's section."""
    what = ""
    if host.finding is not None:
        what = "{0} {1}".format(
            chip("pass" if host.finding.waiver else host.verdict, "waived" if host.finding.waiver else None),
            escape(host.finding.answer.note))
    elif not host.drives:
        what = '<span class="muted">no drives</span>'
    grids = [_grid(host.name, enclosure, list(drives)) for enclosure, drives in itertools.groupby(
        zip(host.drives, linked), key=lambda each: each[0].enclosure)]
    return '<li id="h-{0}"><b>{1}</b> <span class="muted">{2}</span> {3}{4}</li>\n'.format(
        host.id, escape(host.name), counts(host), what, "".join(grids))


def _grid(host: str, enclosure: Optional[str], drives: Sequence[Tuple[DriveRecord, bool]]) -> str:
    """The slots of an enclosure, or what is in none."""
    cells = []
    for drive, link in drives:
        slot = escape(drive.slot)
        if drive.verdict == PASS and not link:
            cells.append('<li class="pass">{0}&nbsp;✓</li>'.format(slot))
            continue
        words = escape("{0}: {1}, {2}".format(drive.place, drive.verdict, drive.title))
        inner = "{0}&nbsp;{1}".format(slot, MARKS[drive.verdict])
        cells.append('<li class="{0}" title="{1}">{2}</li>'.format(
            drive.verdict, words,
            '<a href="#d-{0}" aria-label="{1}">{2}</a>'.format(section_id(drive), words, inner) if link else inner))
    shelf = '<div class="muted e">{0}</div>'.format(escape(enclosure)) if enclosure else ""
    return '{0}<ol class="g" aria-label="slots of {1}">{2}</ol>'.format(
        shelf, escape("{0}, {1}".format(host, enclosure) if enclosure else host), "".join(cells))


def counts(host: HostRecord) -> str:
    """"24 drives: 1 critical, 2 unknown"."""
    if not host.drives:
        return ""
    found = dict.fromkeys(VERDICTS, 0)
    for drive in host.drives:
        found[drive.verdict] += 1
    return "{0}: {1}".format(plural(len(host.drives), "drive"), ", ".join(
        "{0} {1}".format(count, verdict) for verdict, count in found.items() if count))


def section_id(drive: DriveRecord) -> str:
    """The anchor of a drive: by its identity and its host, as two hosts may have the same drive."""
    return "{0}-{1}".format(drive.id, identity_of(drive.host, drive.device)[:6])


def drive_section(drive: DriveRecord, host: HostRecord, host_linked: bool, previous: Optional[str]) -> str:
    """A drive's section: which it is, what was found, and why."""
    place = escape("{0}, {1}".format(drive.host, drive.place))
    if host_linked:
        place = '<a href="#h-{0}">{1}</a>'.format(host.id, place)
    name = escape(drive.name)
    parts = ['<article class="drive b-{0}" id="d-{1}" aria-label="{2}, {0}"><h3>{3} {2}</h3><p>{4}'.format(
        drive.verdict, section_id(drive), name, chip(drive.verdict), place)]
    if drive.trend is not None and previous is not None:
        parts.append(' <span class="muted">· {0} the report of {1}{2}</span>'.format(
            _TRENDS[drive.trend], previous,
            ", where it was {0}".format(drive.before) if drive.trend in ("worse", "better") else ""))
    parts.append("</p>" + _identity(drive))
    shown_first = [
        finding for finding in drive.findings if finding.answer.outcome == FAIL or finding.waiver is not None]
    if shown_first:
        parts.append(_table(shown_first, previous, True))
    rest = [finding for finding in drive.findings if finding not in shown_first]
    parts.append(_unknown([finding for finding in rest if finding.answer.outcome == UNKNOWN]))
    passed = [finding for finding in rest if finding.answer.outcome == PASS]
    if passed:
        parts.append("<details><summary>{0} passed</summary>{1}</details>".format(
            plural(len(passed), "rule"), _table(passed, previous, False)))
    beside = [finding.rule.title for finding in rest if finding.answer.outcome == NOT_APPLICABLE]
    if beside:
        parts.append('<p class="muted">Not applicable: {0}.</p>'.format(escape("; ".join(beside))))
    parts.append("</article>\n")
    return "".join(parts)


def _unknown(findings: Sequence[Finding]) -> str:
    """What is not known, by the reason: a drive that does not answer leaves most rules open."""
    reasons: Dict[str, List[str]] = {}
    for finding in findings:
        reasons.setdefault(_why(finding), []).append(escape(printable(finding.rule.title)))
    items = "".join("<li>{0}: {1}</li>".format("; ".join(titles), why) for why, titles in reasons.items())
    return '<p>{0}</p><ul class="why">{1}</ul>'.format(chip("unknown", "not known"), items) if items else ""


def _identity(drive: DriveRecord) -> str:
    items = [
        ("device", drive.device), ("serial number", drive.serial), ("world wide name", drive.wwn),
        ("firmware", drive.firmware), ("capacity", size(drive.capacity_bytes)),
        ("power-on hours", None if drive.power_on_hours is None else "{0:,}".format(drive.power_on_hours)),
        ("temperature", None if drive.temperature_celsius is None else "{0} °C".format(drive.temperature_celsius)),
        ("status", None if drive.status == "ok" else drive.status),
    ]
    return "<dl>{0}</dl>".format("".join(
        "<div><dt>{0}</dt><dd>{1}</dd></div>".format(name, escape(value)) for name, value in items if value))


def size(count: Optional[int]) -> Optional[str]:
    """Bytes as vendors count them."""
    if count is None:
        return None
    value = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000:
            return "{0:.3g} {1}".format(value, unit)
        value /= 1000
    return "{0:,.1f} PB".format(value)


def _table(findings: List[Finding], previous: Optional[str], remedies: bool) -> str:
    head = "<th>rule</th><th>outcome</th><th>evidence</th>" + ("<th>what to do</th>" if remedies else "")
    rows = []
    for finding in findings:
        rows.append("<tr><td class=\"w\">{0}</td><td>{1}</td><td class=\"w\">{2}</td>{3}</tr>".format(
            escape(printable(finding.rule.title)), _outcome(finding, previous), _why(finding),
            '<td class="w">{0}</td>'.format(escape(printable(finding.rule.remedy))) if remedies else ""))
    return '<div class="scroll" tabindex="0" role="region" aria-label="findings"><table><thead><tr>{0}</tr></thead>' \
           "<tbody>{1}</tbody></table></div>".format(head, "".join(rows))


def _outcome(finding: Finding, previous: Optional[str]) -> str:
    outcome = finding.answer.outcome
    words = chip(finding.rule.severity if outcome == FAIL else "unknown" if outcome == UNKNOWN else "pass",
                 "fail, {0}".format(finding.rule.severity) if outcome == FAIL else outcome)
    if finding.waiver is not None:
        words += '<br><a href="#waivers">waived: {0}</a>'.format(escape(finding.waiver))
    if finding.since is not None:
        words += '<br><span class="muted">since {0} or before</span>'.format(escape(finding.since))
    elif outcome == FAIL and previous is not None:
        words += "<br>new"
    return words


def _why(finding: Finding) -> str:
    """The note, and the evidence by the page that it is from."""
    pages: Dict[str, List[str]] = {}
    for each in finding.answer.evidence:
        pages.setdefault(each.page, []).append(_evidence(each))
    items = "".join("<li>{0}: {1}</li>".format(escape(page), ", ".join(values)) for page, values in pages.items())
    return escape(printable(finding.answer.note)) + ('<ul class="why">{0}</ul>'.format(items) if items else "")


def _evidence(evidence: Evidence) -> str:
    value = evidence.value
    words = in_words(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        words = with_unit(words, unit_of(evidence.field))
    return "<code>{0}</code> = {1}".format(escape(printable(evidence.field)), escape(printable(words)))

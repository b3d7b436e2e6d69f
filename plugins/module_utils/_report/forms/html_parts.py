# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the report in HTML that describe one host or one drive. Each is a line of its own."""

from __future__ import annotations

import itertools
from typing import Sequence

from ..findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, VERDICTS, Evidence, Finding
from ..previous import identity_of
from ..records import DriveRecord, HostRecord
from ..text import in_words, plural, printable
from ..units import unit_of, with_unit
from .markup import escape

#: What a cell of the grid shows besides its color.
MARKS = {"critical": "C", "major": "M", "warning": "W", "info": "i", "unknown": "?", "pass": "✓"}
_TRENDS = {"new": "new since", "worse": "worse than in", "better": "better than in", "same": "as in"}


def chip(verdict: str, words: str | None = None) -> str:
    """A verdict in its color."""
    return f'<span class="chip {verdict}">{escape(words or verdict)}</span>'


def host_row(host: HostRecord, linked: Sequence[bool]) -> str:
    """A host with its slots; those that are ``linked`` have a link to their drive's section."""
    what = ""
    if host.finding is not None:
        mark = chip("pass", "waived") if host.finding.waiver else chip(host.verdict)
        what = f"{mark} {escape(host.finding.answer.note)}"
    elif not host.drives:
        what = '<span class="muted">no drives</span>'
    if not host.listed:
        what += ' <span class="muted">not in the list of hosts</span>'
    grids = [_grid(host.name, enclosure, list(drives)) for enclosure, drives in itertools.groupby(
        zip(host.drives, linked), key=lambda each: each[0].enclosure)]
    return (f'<li id="h-{host.id}"><b>{escape(host.name)}</b> <span class="muted">{counts(host)}</span> '
            f'{what}{"".join(grids)}</li>\n')


def _grid(host: str, enclosure: str | None, drives: Sequence[tuple[DriveRecord, bool]]) -> str:
    """The slots of an enclosure, or the drives that are in none."""
    cells = []
    for drive, link in drives:
        slot = escape(drive.slot)
        if drive.verdict == PASS and not link:
            cells.append(f'<li class="pass">{slot}&nbsp;✓</li>')
            continue
        words = escape(f"{drive.place}: {drive.verdict}, {drive.title}")
        inner = f"{slot}&nbsp;{MARKS[drive.verdict]}"
        if link:
            inner = f'<a href="#d-{section_id(drive)}" aria-label="{words}">{inner}</a>'
        cells.append(f'<li class="{drive.verdict}" title="{words}">{inner}</li>')
    shelf = f'<div class="muted e">{escape(enclosure)}</div>' if enclosure else ""
    name = escape(f"{host}, {enclosure}" if enclosure else host)
    return f'{shelf}<ol class="g" aria-label="slots of {name}">{"".join(cells)}</ol>'


def counts(host: HostRecord) -> str:
    """"24 drives: 1 critical, 2 unknown"."""
    if not host.drives:
        return ""
    found = dict.fromkeys(VERDICTS, 0)
    for drive in host.drives:
        found[drive.verdict] += 1
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in found.items() if count)
    return f"{plural(len(host.drives), 'drive')}: {verdicts}"


def section_id(drive: DriveRecord) -> str:
    """The anchor of a drive, from its identity and its host, since two hosts may have the same drive."""
    return f"{drive.id}-{identity_of(drive.host, drive.device)[:6]}"


def drive_section(drive: DriveRecord, host: HostRecord, host_linked: bool, previous: str | None) -> str:
    """A drive's section: its identity, what was found, and why."""
    place = escape(f"{drive.host}, {drive.place}")
    if host_linked:
        place = f'<a href="#h-{host.id}">{place}</a>'
    name = escape(drive.name)
    parts = [f'<article class="drive b-{drive.verdict}" id="d-{section_id(drive)}" aria-label="{name}, '
             f'{drive.verdict}"><h3>{chip(drive.verdict)} {name}</h3><p>{place}']
    if drive.trend is not None and previous is not None:
        before = f", where it was {drive.before}" if drive.trend in ("worse", "better") else ""
        parts.append(f' <span class="muted">· {_TRENDS[drive.trend]} the report of {previous}{before}</span>')
    parts.append("</p>" + _identity(drive))
    if drive.changes:
        said = "".join(f"<li>{escape(change)}</li>" for change in drive.changes)
        parts.append(f"<p>Worse than before:</p><ul class=\"why\">{said}</ul>")
    shown_first = [
        finding for finding in drive.findings if finding.answer.outcome == FAIL or finding.waiver is not None]
    if shown_first:
        parts.append(_table(shown_first, previous, True))
    rest = [finding for finding in drive.findings if finding not in shown_first]
    parts.append(_unknown([finding for finding in rest if finding.answer.outcome == UNKNOWN]))
    passed = [finding for finding in rest if finding.answer.outcome == PASS]
    if passed:
        parts.append(f"<details><summary>{plural(len(passed), 'rule')} "
                     f"passed</summary>{_table(passed, previous, False)}</details>")
    beside = [finding.rule.title for finding in rest if finding.answer.outcome == NOT_APPLICABLE]
    if beside:
        parts.append(f'<p class="muted">Not applicable: {escape("; ".join(beside))}.</p>')
    if drive.warnings:
        said = "".join(f"<li>{escape(warning)}</li>" for warning in drive.warnings)
        parts.append(f"<p>Reported beside the answers, refused, or failed:</p><ul class=\"why\">{said}</ul>")
    parts.append("</article>\n")
    return "".join(parts)


def _unknown(findings: Sequence[Finding]) -> str:
    """What is not known, grouped by reason: if a drive does not answer, most rules share one."""
    reasons: dict[str, list[str]] = {}
    for finding in findings:
        reasons.setdefault(_why(finding), []).append(escape(printable(finding.rule.title)))
    items = "".join(f"<li>{'; '.join(titles)}: {why}</li>" for why, titles in reasons.items())
    return f'<p>{chip("unknown", "not known")}</p><ul class="why">{items}</ul>' if items else ""


def _identity(drive: DriveRecord) -> str:
    items = [
        ("device", drive.device), ("serial number", drive.serial), ("world wide name", drive.wwn),
        ("firmware", drive.firmware), ("capacity", size(drive.capacity_bytes)),
        ("power-on hours", None if drive.power_on_hours is None else f"{drive.power_on_hours:,}"),
        ("temperature", None if drive.temperature_celsius is None else f"{drive.temperature_celsius} °C"),
        ("status", None if drive.status == "ok" else drive.status),
        ("names as known to", drive.names_from and (
            f"the report of {drive.names_from}" if drive.names_from[:1].isdigit() else drive.names_from)),
    ]
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in items if value)
    return f"<dl>{rows}</dl>"


def size(count: int | None) -> str | None:
    """Bytes in decimal units, as vendors count them."""
    if count is None:
        return None
    value = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:,.1f} PB"


def _table(findings: list[Finding], previous: str | None, remedies: bool) -> str:
    head = "<th>rule</th><th>outcome</th><th>evidence</th>" + ("<th>what to do</th>" if remedies else "")
    rows = []
    for finding in findings:
        remedy = f'<td class="w">{escape(printable(finding.rule.remedy))}</td>' if remedies else ""
        rows.append(f'<tr><td class="w">{escape(printable(finding.rule.title))}</td>'
                    f'<td>{_outcome(finding, previous)}</td><td class="w">{_why(finding)}</td>{remedy}</tr>')
    return ('<div class="scroll" tabindex="0" role="region" aria-label="findings"><table>'
            f'<thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>')


def _outcome(finding: Finding, previous: str | None) -> str:
    outcome = finding.answer.outcome
    words = chip(finding.rule.severity if outcome == FAIL else "unknown" if outcome == UNKNOWN else "pass",
                 f"fail, {finding.rule.severity}" if outcome == FAIL else outcome)
    if finding.waiver is not None:
        words += f'<br><a href="#waivers">waived: {escape(finding.waiver)}</a>'
    if finding.since is not None:
        words += f'<br><span class="muted">since {escape(finding.since)} or before</span>'
    elif outcome == FAIL and previous is not None:
        words += "<br>new"
    return words


def _why(finding: Finding) -> str:
    """The note, and the evidence grouped by page."""
    pages: dict[str, list[str]] = {}
    for each in finding.answer.evidence:
        pages.setdefault(each.page, []).append(_evidence(each))
    items = "".join(f"<li>{escape(page)}: {', '.join(values)}</li>" for page, values in pages.items())
    return escape(printable(finding.answer.note)) + (f'<ul class="why">{items}</ul>' if items else "")


def _evidence(evidence: Evidence) -> str:
    value = evidence.value
    words = in_words(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        words = with_unit(words, unit_of(evidence.field))
    return f"<code>{escape(printable(evidence.field))}</code> = {escape(printable(words))}"

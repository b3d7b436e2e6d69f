# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview of the report in HTML: counts, trends, rules, waivers. It is written last but comes first."""

from __future__ import annotations

from typing import Any

from ..findings import SEVERITIES, VERDICTS
from ..summary import Summary
from ..text import plural, printable
from .html_parts import chip
from .markup import escape
from .writer import About

_WORDS = {"critical": "critical", "major": "major", "warning": "warning", "info": "info", "unknown": "not known",
          "pass": "pass"}
_HEIGHT, _ABOVE, _WIDTH, _STEP = 120, 18, 38, 46
_SHOWN_REPORTS = 18


def overview(summary: Summary, about: About) -> str:
    """The section at the top of the page."""
    return "".join((
        "<h2 id=\"overview\">Overview</h2>", _sentence(summary), _tiles(summary), _bar(summary), _trends(summary),
        _changed(summary), _history(summary.history()) if summary.previous is not None else ""))


def _sentence(summary: Summary) -> str:
    words = f"{plural(summary.total, 'drive')} on {plural(summary.hosts, 'host')}, as of {summary.as_of}. "
    failing = summary.failing
    words += {0: "No drive fails. ", 1: "1 drive fails. "}.get(failing, f"{failing:,} drives fail. ")
    if summary.without_facts:
        words += f"{plural(len(summary.without_facts), 'host')} reported no facts. "
    if summary.seen_twice:
        words += f"{summary.seen_twice} of the drives are also on another host. "
    return "".join(f"<p>{escape(said)}</p>" for said in [words.strip(), *summary.about_hosts()])


def _tiles(summary: Summary) -> str:
    before = summary.previous.drives if summary.previous is not None else None
    tiles = []
    for verdict in VERDICTS:
        count = summary.drives[verdict]
        change = ""
        if before is not None:
            change = f"<br>{count - before[verdict]:+,}" if count != before[verdict] else "<br>as before"
        # A colored tile with a count of 0 would draw the eye for nothing.
        tiles.append(f'<li class="{verdict if count else "none"}"><b>{count:,}</b>{_WORDS[verdict]}{change}</li>')
    return f'<ul class="tiles" aria-label="drives by their worst finding">{"".join(tiles)}</ul>'


def _bar(summary: Summary) -> str:
    total = summary.total
    if not total:
        return ""
    parts = [f'<span class="{verdict}" style="width:{100.0 * summary.drives[verdict] / total:.3f}%"></span>'
             for verdict in VERDICTS if summary.drives[verdict]]
    return f'<div class="bar" aria-hidden="true">{"".join(parts)}</div>'


def _trends(summary: Summary) -> str:
    if summary.previous is None:
        return '<p class="muted">There is no previous report to compare with.</p>'
    trends, since = summary.trends, summary.previous.as_of
    new = sum(counts["new"] for counts in summary.rules.values())
    return (f"<p>Since the report of {since}: {trends['worse']} worse, {trends['better']} better, {trends['new']} new, "
            f"{trends['gone']} no longer there; {plural(new, 'failure')} {'is' if new == 1 else 'are'} new.</p>")


def _changed(summary: Summary) -> str:
    """The first drives that are worse although their verdict is the same; in a large fleet they have no section."""
    if not summary.changed_count:
        return ""
    items = "".join(
        f"<li>{escape(f'{drive.host}, {drive.place}: {drive.name}')}: {escape('; '.join(drive.changes))}</li>"
        for drive in summary.changed)
    more = summary.changed_count - len(summary.changed)
    items += f"<li>and {more:,} more</li>" if more > 0 else ""
    return (f"<details><summary>{plural(summary.changed_count, 'drive')} worse, with the same verdict as "
            f"before</summary><ul>{items}</ul></details>")


def _history(history: list[dict[str, Any]]) -> str:
    """A chart of the drives that do not pass, one bar per report, and the same numbers as a table."""
    reports = history[-_SHOWN_REPORTS:]
    verdicts = [verdict for verdict in VERDICTS if verdict != "pass"]
    totals = [sum(report["drives"][verdict] for verdict in verdicts) for report in reports]
    most = max(totals + [1])
    bars, rows = [], []
    for place, (report, total) in enumerate(zip(reports, totals)):
        as_of, drives = report["as_of"], report["drives"]
        y = float(_HEIGHT + _ABOVE)
        for verdict in verdicts:
            height = _HEIGHT * drives[verdict] / most
            if height:
                y -= height
                words = f"{as_of}: {drives[verdict]} {_WORDS[verdict]}"
                bars.append(
                    f'<rect class="f-{verdict}" x="{place * _STEP + 4}" y="{y:.2f}" width="{_WIDTH}" '
                    f'height="{height:.2f}"><title>{words}</title></rect>')
        middle = place * _STEP + 4 + _WIDTH // 2
        for height, words in ((_HEIGHT + _ABOVE + 16, as_of[5:]), (y - 4, f"{total:,}")):
            bars.append(f'<text x="{middle}" y="{height:.0f}" text-anchor="middle">{words}</text>')
        cells = "".join(f'<td class="n">{drives[verdict]:,}</td>' for verdict in VERDICTS)
        rows.append(f'<tr><th scope="row">{as_of}</th>{cells}</tr>')
    width, depth = max(len(reports) * _STEP + 8, 200), _HEIGHT + _ABOVE + 22
    heads = "".join(f'<th class="n">{_WORDS[verdict]}</th>' for verdict in VERDICTS)
    return (
        '<figure><figcaption>Drives that do not pass, by report</figcaption>'
        '<div class="scroll" tabindex="0" role="region" aria-label="chart"><svg role="img" '
        'aria-label="drives that do not pass, by report; the table has the numbers" '
        f'viewBox="0 0 {width} {depth}" width="{width}" height="{depth}">{"".join(bars)}</svg></div>'
        '<details><summary>The numbers</summary>'
        '<div class="scroll" tabindex="0" role="region" aria-label="drives by report"><table><thead><tr>'
        f'<th>report</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div></details></figure>')


def rules_table(summary: Summary) -> str:
    """What each rule found."""
    head = ["rule", "severity", "fail", "unknown", "waived", "pass", "not applicable"]
    compared = summary.previous is not None
    rows = []
    for rule in sorted(summary.rule_list, key=lambda each: -SEVERITIES.index(each.severity)):
        counts = summary.rules[rule.id]
        cells = "".join(f'<td class="n">{counts[key]:,}</td>' for key in head[2:])
        change = ""
        if compared and summary.previous is not None:
            before = summary.previous.rules.get(rule.id)
            difference = "new rule" if before is None else f"{counts['fail'] - before['fail']:+,}"
            change = f'<td class="n">{difference}</td>'
        rows.append(f'<tr><td class="w"><b>{escape(printable(rule.title))}</b><br><code>{escape(rule.id)}</code>: '
                    f'{escape(printable(rule.expected))}</td><td>{chip(rule.severity)}</td>{cells}{change}</tr>')
    heads = "".join(f"<th>{word}</th>" for word in head[:2])
    heads += "".join(f'<th class="n">{word}</th>' for word in head[2:])
    if compared:
        heads += '<th class="n">fail, change</th>'
    return (
        '<h2 id="rules">Rules</h2><div class="scroll" tabindex="0" role="region" aria-label="rules"><table><thead>'
        f'<tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>')


def waivers_table(about: About) -> str:
    """All waivers; those that have expired or match nothing are marked."""
    waivers = about.waivers
    if not waivers.all:
        return '<h2 id="waivers">Waivers</h2><p>There are none.</p>'
    rows = []
    for waiver in waivers.all:
        used = waivers.uses[waiver.id]
        state = chip("info", "matches nothing") if not used else "valid"
        if waiver.expired:
            state = chip("warning", "expired")
        scope = "; ".join(f"{key}: {said if key != 'drive' or about.redaction is None else '(redacted)'}"
                          for key, said in waiver.said.items())
        rows.append(
            f'<tr><td>{escape(waiver.id)}</td><td>{state}</td><td>{waiver.until}</td><td class="n">{used:,}</td>'
            f'<td class="w">{escape(waiver.reason)}</td><td class="w">{escape(scope)}</td></tr>')
    return (
        '<h2 id="waivers">Waivers</h2><div class="scroll" tabindex="0" role="region" aria-label="waivers"><table>'
        '<thead><tr><th>waiver</th><th>state</th><th>until</th><th class="n">findings</th><th>reason</th><th>for</th>'
        f'</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
        '<p class="muted">An expired waiver waives nothing; its number is what it would have waived.</p>')

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview of the report in HTML: counts, trends, rules, waivers. It is written last and stands first."""

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
    """What stands at the top."""
    return "".join((
        "<h2 id=\"overview\">Overview</h2>", _sentence(summary), _tiles(summary), _bar(summary), _trends(summary),
        _history(summary.history()) if summary.previous is not None else ""))


def _sentence(summary: Summary) -> str:
    words = f"{plural(summary.total, 'drive')} on {plural(summary.hosts, 'host')}, as of {summary.as_of}. "
    failing = summary.failing
    words += "No drive fails. " if not failing else "{}. ".format(
        "1 drive fails" if failing == 1 else f"{failing:,} drives fail")
    if summary.without_facts:
        words += f"{plural(len(summary.without_facts), 'host')} gave no facts. "
    if summary.seen_twice:
        words += f"{summary.seen_twice} in all of drives that another host has too. "
    return f"<p>{escape(words.strip())}</p>"


def _tiles(summary: Summary) -> str:
    before = summary.previous.drives if summary.previous is not None else None
    tiles = []
    for verdict in VERDICTS:
        count = summary.drives[verdict]
        change = ""
        if before is not None:
            change = f"<br>{count - before[verdict]:+,}" if count != before[verdict] else "<br>as before"
        # A color where there is none of it would draw the eye for nothing.
        tiles.append('<li class="{}"><b>{:,}</b>{}{}</li>'.format(
            verdict if count else "none", count, _WORDS[verdict], change))
    return '<ul class="tiles" aria-label="drives by their worst finding">{}</ul>'.format("".join(tiles))


def _bar(summary: Summary) -> str:
    total = summary.total
    if not total:
        return ""
    parts = [f'<span class="{verdict}" style="width:{100.0 * summary.drives[verdict] / total:.3f}%"></span>'
             for verdict in VERDICTS if summary.drives[verdict]]
    return '<div class="bar" aria-hidden="true">{}</div>'.format("".join(parts))


def _trends(summary: Summary) -> str:
    if summary.previous is None:
        return '<p class="muted">There is no previous report to compare with.</p>'
    trends, since = summary.trends, summary.previous.as_of
    new = sum(counts["new"] for counts in summary.rules.values())
    return "<p>Since the report of {}: {} worse, {} better, {} new, {} no longer there; {}.</p>".format(
        since, trends["worse"], trends["better"], trends["new"], trends["gone"],
        plural(new, "failure") + (" is" if new == 1 else " are") + " new")


def _history(history: list[dict[str, Any]]) -> str:
    """Bars of the drives that do not pass, a report a bar, and the same as a table."""
    reports = history[-_SHOWN_REPORTS:]
    verdicts = [verdict for verdict in VERDICTS if verdict != "pass"]
    most = max([sum(each["drives"][verdict] for verdict in verdicts) for each in reports] + [1])
    bars, rows = [], []
    for place, each in enumerate(reports):
        y = float(_HEIGHT + _ABOVE)
        for verdict in verdicts:
            height = _HEIGHT * each["drives"][verdict] / most
            if height:
                y -= height
                words = f"{each['as_of']}: {each['drives'][verdict]} {_WORDS[verdict]}"
                bars.append(
                    f'<rect class="f-{verdict}" x="{place * _STEP + 4}" y="{y:.2f}" width="{_WIDTH}" '
                    f'height="{height:.2f}"><title>{words}</title></rect>')
        middle = place * _STEP + 4 + _WIDTH // 2
        for height, words in ((_HEIGHT + _ABOVE + 16, each["as_of"][5:]),
                              (y - 4, "{:,}".format(sum(each["drives"][verdict] for verdict in verdicts)))):
            bars.append(f'<text x="{middle}" y="{height:.0f}" text-anchor="middle">{words}</text>')
        rows.append("<tr><th scope=\"row\">{}</th>{}</tr>".format(
            each["as_of"], "".join('<td class="n">{:,}</td>'.format(each["drives"][verdict]) for verdict in VERDICTS)))
    width = max(len(reports) * _STEP + 8, 200)
    return (
        '<figure><figcaption>Drives that do not pass, by report</figcaption>'
        '<div class="scroll" tabindex="0" role="region" aria-label="chart"><svg role="img" '
        'aria-label="drives that do not pass, by report; the table has the numbers" '
        'viewBox="0 0 {0} {1}" width="{0}" height="{1}">{2}</svg></div><details><summary>The numbers</summary>'
        '<div class="scroll" tabindex="0" role="region" aria-label="drives by report"><table><thead><tr>'
        "<th>report</th>{3}</tr></thead><tbody>{4}</tbody></table></div></details></figure>").format(
            width, _HEIGHT + _ABOVE + 22, "".join(bars),
            "".join(f'<th class="n">{_WORDS[verdict]}</th>' for verdict in VERDICTS), "".join(rows))


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
            change = '<td class="n">{}</td>'.format(
                "new rule" if before is None else f"{counts['fail'] - before['fail']:+,}")
        rows.append(f'<tr><td class="w"><b>{escape(printable(rule.title))}</b><br><code>{escape(rule.id)}</code>: '
                    f'{escape(printable(rule.expected))}</td><td>{chip(rule.severity)}</td>{cells}{change}</tr>')
    heads = "".join(
        '<th{}>{}</th>'.format(' class="n"' if place > 1 else "", word) for place, word in enumerate(head))
    return (
        '<h2 id="rules">Rules</h2><div class="scroll" tabindex="0" role="region" aria-label="rules"><table><thead>'
        "<tr>{}{}</tr></thead><tbody>{}</tbody></table></div>").format(
            heads, '<th class="n">fail, change</th>' if compared else "", "".join(rows))


def waivers_table(about: About) -> str:
    """All waivers, the expired and the useless ones marked."""
    waivers = about.waivers
    if not waivers.all:
        return '<h2 id="waivers">Waivers</h2><p>There are none.</p>'
    rows = []
    for waiver in waivers.all:
        used = waivers.uses[waiver.id]
        state = chip("warning", "expired") if waiver.expired else chip("info", "fits nothing") if not used else "valid"
        rows.append('<tr><td>{}</td><td>{}</td><td>{}</td><td class="n">{:,}</td><td class="w">{}</td>'
                    '<td class="w">{}</td></tr>'.format(
                        escape(waiver.id), state, waiver.until, used, escape(waiver.reason), escape("; ".join(
                            "{}: {}".format(key, said if key != "drive" or about.redaction is None else "(redacted)")
                            for key, said in waiver.said.items()))))
    return (
        '<h2 id="waivers">Waivers</h2><div class="scroll" tabindex="0" role="region" aria-label="waivers"><table>'
        '<thead><tr><th>waiver</th><th>state</th><th>until</th><th class="n">findings</th><th>reason</th><th>for</th>'
        "</tr></thead><tbody>{}</tbody></table></div><p class=\"muted\">An expired waiver waives nothing; its "
        "number is of what it would have waived.</p>").format("".join(rows))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one HTML file, which needs no other file and no script.

It stays small enough to open: in a large fleet, a host whose drives all pass has a line instead of its slots, and
drives that pass have no section. An option limits the sections per verdict. The other formats have the rest.
"""

from __future__ import annotations

import tempfile
from typing import IO

from ..findings import PASS, UNKNOWN, VERDICTS, WEIGHT
from ..records import DriveRecord, HostRecord
from ..summary import Summary
from ..text import plural
from .html_overview import overview, rules_table, waivers_table
from .html_parts import MARKS, chip, drive_section, host_row
from .html_style import STYLE
from .markup import escape
from .writer import About, Part, Writer

#: A fleet with more hosts than this is large.
LARGE = 100
_ROWS = 2000
_FAILING, _NOT_KNOWN, _PASSING = "failing", "not known", "passing"
_GROUPS = {_FAILING: "Hosts with failures", _NOT_KNOWN: "Hosts with unknowns", _PASSING: "Hosts that pass"}


class HtmlWriter(Writer):
    """Writes the page. Its parts wait in temporary files, since the overview comes first but is known last."""

    suffix = ".html"

    def __init__(self, file: IO[str], about: About) -> None:
        super().__init__(file, about)
        self._large = about.host_count > LARGE
        self._rows: dict[str, IO[str]] = {group: _spool() for group in _GROUPS}
        self._row_counts: dict[str, int] = dict.fromkeys(_GROUPS, 0)
        self._sections: dict[str, IO[str]] = {verdict: _spool() for verdict in VERDICTS}
        self._section_counts: dict[str, int] = dict.fromkeys(VERDICTS, 0)
        self._previous = about.previous_as_of

    def close(self) -> None:
        for spool in list(self._rows.values()) + list(self._sections.values()):
            spool.close()

    def prepare(self, host: HostRecord) -> Part:
        weight = WEIGHT[host.verdict]
        group = _FAILING if weight > WEIGHT[UNKNOWN] else _NOT_KNOWN if weight == WEIGHT[UNKNOWN] else _PASSING
        whole = not (self._large and group == _PASSING) and self._row_counts[group] < _ROWS
        counted = dict(self._section_counts)
        linked = [self._has_section(drive, counted) for drive in host.drives]
        row = ""
        if whole:
            row = host_row(host, linked)
        elif group == _PASSING:
            row = f'<li>{escape(host.name)} <span class="muted">{plural(len(host.drives), "drive")}</span></li>\n'
        sections = [(drive.verdict, drive_section(drive, host, whole, self._previous))
                    for drive, link in zip(host.drives, linked) if link]
        return lambda: self._write(group, row, sections, counted)

    def _write(self, group: str, row: str, sections: list[tuple[str, str]], counted: dict[str, int]) -> None:
        self._row_counts[group] += 1
        self._section_counts = counted
        self._rows[group].write(row)
        for verdict, section in sections:
            self._sections[verdict].write(section)

    def _has_section(self, drive: DriveRecord, counted: dict[str, int]) -> bool:
        if drive.verdict == PASS and self._large and not any(finding.waiver for finding in drive.findings):
            return False
        counted[drive.verdict] += 1
        return counted[drive.verdict] <= self.about.sections

    def end(self, summary: Summary) -> None:
        about, write = self.about, self.file.write
        write(
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(about.title)}, '
            f'{about.as_of}</title>\n'
            '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            f'img-src data:">\n<link rel="icon" href="data:,">\n<style>{STYLE}</style></head>\n<body>'
            f'<a class="skip" href="#main">To the report</a><header><h1>{escape(about.title)}</h1>'
            '<nav aria-label="parts of the report"><ul><li><a href="#overview">Overview</a></li>'
            '<li><a href="#hosts">Hosts and slots</a></li><li><a href="#rules">Rules</a></li>'
            '<li><a href="#drives">Drives</a></li><li><a href="#waivers">Waivers</a></li></ul></nav></header>\n'
            '<main id="main">')
        write(overview(summary, about))
        self._write_hosts()
        write(rules_table(summary))
        self._write_drives(summary)
        write(waivers_table(about))
        write(f"</main>\n<footer><p class=\"muted\">{self._footer(summary)}</p></footer></body></html>\n")

    def _write_hosts(self) -> None:
        write = self.file.write
        legend = " ".join(f"{chip(verdict, MARKS[verdict])} {escape(verdict)}" for verdict in VERDICTS)
        write(f'\n<h2 id="hosts">Hosts and slots</h2><p>Each slot has its number and a mark: {legend}. '
              'A drive whose slot is not known has # and its number.</p>\n')
        for group, title in _GROUPS.items():
            count = self._row_counts[group]
            if not count:
                continue
            folded = group == _PASSING and self._large
            words = f"{title} ({count:,})"
            write(f"<details><summary>{words}</summary>" if folded else f"<h3>{words}</h3>")
            write('<ul class="hosts">')
            _copy(self._rows[group], self.file)
            write("</ul>")
            if count > _ROWS and not folded:
                write(f"<p>And {plural(count - _ROWS, 'host')} more; see the other formats of the report.</p>")
            write("</details>\n" if folded else "\n")

    def _write_drives(self, summary: Summary) -> None:
        write = self.file.write
        write('\n<h2 id="drives">Drives</h2>\n')
        left: list[str] = []
        for verdict in VERDICTS:
            _copy(self._sections[verdict], self.file)
            more = summary.drives[verdict] - min(self._section_counts[verdict], self.about.sections)
            if more:
                left.append(f"{more:,} {verdict}")
        if left:
            write(f"<p>Not shown here: {', '.join(left)}. See the other formats of the report.</p>\n")
        if not summary.total:
            write("<p>There are no drives.</p>\n")

    def _footer(self, summary: Summary) -> str:
        words = f"As of {summary.as_of}. "
        if self.about.redaction is not None:
            words += "Names of drives are pseudonyms. "
        return words + "Outcomes are pass, fail, not applicable and unknown. A drive is shown by its worst failure " \
                       "that nobody has waived."


def _spool() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", newline="")


def _copy(spool: IO[str], file: IO[str]) -> None:
    spool.seek(0)
    while True:
        part = spool.read(1 << 16)
        if not part:
            return
        file.write(part)

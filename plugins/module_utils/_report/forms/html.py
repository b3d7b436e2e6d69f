# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one HTML file, which needs no other file and no script.

It stays small enough to open: of a large fleet, hosts whose drives all pass have a line in place of their slots, drives
that pass have no section, and of each verdict so many drives have one as the report was told; the rest is in the other
forms.
"""

from __future__ import annotations

import tempfile
from typing import IO, Dict, List

from ..findings import PASS, UNKNOWN, VERDICTS, WEIGHT
from ..records import DriveRecord, HostRecord
from ..summary import Summary
from ..text import plural
from .html_overview import overview, rules_table, waivers_table
from .html_parts import MARKS, chip, drive_section, host_row
from .html_style import STYLE
from .markup import escape
from .writer import About, Writer

#: With more hosts than this the fleet is large.
LARGE = 100
_ROWS = 2000
_FAILING, _NOT_KNOWN, _PASSING = "failing", "not known", "passing"
_GROUPS = {_FAILING: "Hosts with failures", _NOT_KNOWN: "Hosts with something not known", _PASSING: "Hosts that pass"}


class HtmlWriter(Writer):
    """Writes the page. Its parts wait in temporary files, as the overview stands first and is known last."""

    suffix = ".html"

    def __init__(self, file: IO[str], about: About) -> None:
        super().__init__(file, about)
        self._large = about.host_count > LARGE
        self._rows: Dict[str, IO[str]] = {group: _spool() for group in _GROUPS}
        self._row_counts: Dict[str, int] = dict.fromkeys(_GROUPS, 0)
        self._sections: Dict[str, IO[str]] = {verdict: _spool() for verdict in VERDICTS}
        self._section_counts: Dict[str, int] = dict.fromkeys(VERDICTS, 0)
        self._previous = about.previous_as_of

    def close(self) -> None:
        for spool in list(self._rows.values()) + list(self._sections.values()):
            spool.close()

    def host(self, host: HostRecord) -> None:
        weight = WEIGHT[host.verdict]
        group = _FAILING if weight > WEIGHT[UNKNOWN] else _NOT_KNOWN if weight == WEIGHT[UNKNOWN] else _PASSING
        self._row_counts[group] += 1
        whole = not (self._large and group == _PASSING) and self._row_counts[group] <= _ROWS
        linked = [self._has_section(drive) for drive in host.drives]
        if whole:
            self._rows[group].write(host_row(host, linked))
        elif group == _PASSING:
            self._rows[group].write("<li>{0} <span class=\"muted\">{1}</span></li>\n".format(
                escape(host.name), plural(len(host.drives), "drive")))
        for drive, link in zip(host.drives, linked):
            if link:
                self._sections[drive.verdict].write(drive_section(drive, host, whole, self._previous))

    def _has_section(self, drive: DriveRecord) -> bool:
        if drive.verdict == PASS and self._large and not any(finding.waiver for finding in drive.findings):
            return False
        self._section_counts[drive.verdict] += 1
        return self._section_counts[drive.verdict] <= self.about.sections

    def end(self, summary: Summary) -> None:
        about, write = self.about, self.file.write
        write(
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{0}, {1}</title>\n'
            '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            'img-src data:">\n<link rel="icon" href="data:,">\n<style>{2}</style></head>\n<body>'
            '<a class="skip" href="#main">To the report</a><header><h1>{0}</h1>'
            '<nav aria-label="parts of the report"><ul><li><a href="#overview">Overview</a></li>'
            '<li><a href="#hosts">Hosts and slots</a></li><li><a href="#rules">Rules</a></li>'
            '<li><a href="#drives">Drives</a></li><li><a href="#waivers">Waivers</a></li></ul></nav></header>\n'
            '<main id="main">'.format(escape(about.title), about.as_of, STYLE))
        write(overview(summary, about))
        self._write_hosts()
        write(rules_table(summary))
        self._write_drives(summary)
        write(waivers_table(about))
        write("</main>\n<footer><p class=\"muted\">{0}</p></footer></body></html>\n".format(self._footer(summary)))

    def _write_hosts(self) -> None:
        write = self.file.write
        legend = " ".join("{0} {1}".format(chip(verdict, MARKS[verdict]), escape(verdict)) for verdict in VERDICTS)
        write('\n<h2 id="hosts">Hosts and slots</h2><p>Each slot has its number and a mark: {0}. '
              'A drive whose slot nobody knows has # and its number.</p>\n'.format(legend))
        for group, title in _GROUPS.items():
            count = self._row_counts[group]
            if not count:
                continue
            folded = group == _PASSING and self._large
            words = "{0} ({1:,})".format(title, count)
            write("<details><summary>{0}</summary>".format(words) if folded else "<h3>{0}</h3>".format(words))
            write('<ul class="hosts">')
            _copy(self._rows[group], self.file)
            write("</ul>")
            if count > _ROWS and not folded:
                write("<p>And {0} more; the other forms of the report have them.</p>".format(
                    plural(count - _ROWS, "host")))
            write("</details>\n" if folded else "\n")

    def _write_drives(self, summary: Summary) -> None:
        write = self.file.write
        write('\n<h2 id="drives">Drives</h2>\n')
        left: List[str] = []
        for verdict in VERDICTS:
            _copy(self._sections[verdict], self.file)
            more = summary.drives[verdict] - min(self._section_counts[verdict], self.about.sections)
            if more:
                left.append("{0:,} {1}".format(more, verdict))
        if left:
            write("<p>Without a section here: {0}. The other forms of the report have them.</p>\n".format(
                ", ".join(left)))
        if not summary.total:
            write("<p>There are no drives.</p>\n")

    def _footer(self, summary: Summary) -> str:
        words = "As of {0}. ".format(summary.as_of)
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

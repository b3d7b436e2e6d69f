# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JUnit XML, for tools that show test results: one suite per host, one case per drive.

One case for each drive and rule would be millions for a large fleet, which no reader of JUnit can handle; the failure
names the rules that failed.
"""

from __future__ import annotations

import re
from typing import Sequence

from ..findings import UNKNOWN, Finding
from ..records import DriveRecord, HostRecord
from ..summary import Summary
from ..text import in_words, printable
from .markup import escape
from .writer import Part, Writer

#: A time as XML has it (xs:dateTime), without the zone.
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?Z?\Z")


class JunitWriter(Writer):
    """Writes the XML. Totals of all suites are left out, as they are known only at the end; readers add them up."""

    suffix = ".junit.xml"

    def begin(self) -> None:
        self.file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{escape(self.about.title)}">\n')

    def prepare(self, host: HostRecord) -> Part:
        cases = [_case(host, drive) for drive in host.drives]
        if host.finding is not None:
            cases.append(_without_facts(host, host.finding))
        failures = sum("<failure" in case for case in cases)
        skipped = sum("<skipped" in case for case in cases)
        counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}" time="0"'
        moment = _MOMENT.match(host.gathered_at or "")
        timestamp = f' timestamp="{moment.group(1)}"' if moment else ""
        note = f'<properties><property name="note" value="{escape(host.note)}"/></properties>\n' if host.note else ""
        text = f'<testsuite name="{escape(host.name)}" {counts}{timestamp}>\n{note}{"".join(cases)}</testsuite>\n'
        return lambda: self.file.write(text)

    def end(self, summary: Summary) -> None:
        self.file.write("</testsuites>\n")


def _case(host: HostRecord, drive: DriveRecord) -> str:
    name = f"{drive.place}: {drive.name}"
    head = f'<testcase classname="{escape(host.name)}" name="{escape(name)}" time="0"'
    failed = [finding for finding in drive.findings if finding.failed]
    if failed:
        return _failure(head, drive.verdict, failed, drive.changes)
    unknown = [finding for finding in drive.findings if finding.open]
    waived = [finding for finding in drive.findings if finding.waiver is not None]
    if unknown or waived:
        words = [f"{finding.rule.id}: {'unknown' if finding.answer.outcome == UNKNOWN else 'waived'}"
                 + (f" ({printable(finding.answer.note)})" if finding.answer.note else "")
                 for finding in unknown + waived]
        return f'{head}><skipped message="{escape("; ".join(words))}"/>{_output(drive.changes)}</testcase>\n'
    return f"{head}>{_output(drive.changes)}</testcase>\n" if drive.changes else head + "/>\n"


def _output(changes: Sequence[str]) -> str:
    """What got worse in a drive, which by itself is no failure."""
    return f"<system-out>{escape('Worse than before: ' + '; '.join(changes))}</system-out>" if changes else ""


def _without_facts(host: HostRecord, finding: Finding) -> str:
    head = f'<testcase classname="{escape(host.name)}" name="{escape(printable(finding.rule.title))}" time="0"'
    if finding.failed:
        return _failure(head, finding.rule.severity, [finding])
    return f'{head}><skipped message="{escape(finding.rule.id)}: waived"/></testcase>\n'


def _failure(head: str, severity: str, failed: list[Finding], changes: Sequence[str] = ()) -> str:
    lines = []
    for finding in failed:
        lines.append(f"{finding.rule.id} ({finding.rule.severity}): {finding.rule.title}. {finding.answer.note}")
        lines += [f"  {each.page}: {each.field} = {printable(in_words(each.value))}"
                  for each in finding.answer.evidence]
        lines.append(f"  {finding.rule.remedy}")
    message = escape(", ".join(finding.rule.id for finding in failed))
    text = escape("\n".join(printable(line) if not line.startswith(" ") else "  " + printable(line) for line in lines))
    return f'{head}><failure type="{severity}" message="{message}">{text}</failure>{_output(changes)}</testcase>\n'

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a report in Markdown, for a merge request, a chat, or the play's own output."""

from __future__ import annotations

import re
from typing import List

from ..findings import VERDICTS
from ..records import HostRecord
from ..summary import Summary
from ..text import plural, printable
from .writer import Writer

#: All that Markdown, in any of its dialects, or HTML within it, could take for more than text.
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:@/^=\"'])")
_PLAIN = re.compile(r"[\w ,;?%°]*\Z")
_DRIVES = 50
_HOSTS = 20


class MarkdownWriter(Writer):
    """Writes the summary; it has the worst drives only, however large the fleet."""

    suffix = ".md"

    def host(self, host: HostRecord) -> None:
        """Nothing of a host is written by itself."""

    def end(self, summary: Summary) -> None:
        lines = ["# {0}".format(text(self.about.title)), "", "As of {0}: {1} on {2}, {3} failing.".format(
            self.about.as_of, plural(summary.total, "drive"), plural(summary.hosts, "host"), summary.failing)]
        lines += self._trend(summary)
        lines += ["", "| verdict | drives |", "|---|---:|"]
        lines += ["| {0} | {1} |".format(verdict, summary.drives[verdict]) for verdict in VERDICTS]
        lines += ["", "## Rules", "", "| rule | severity | fail | unknown | waived | pass | not applicable |",
                  "|---|---|---:|---:|---:|---:|---:|"]
        for rule in summary.rule_list:
            counts = summary.rules[rule.id]
            lines.append("| {0} | {1} | {2} | {3} | {4} | {5} | {6} |".format(
                text(rule.title), rule.severity, counts["fail"], counts["unknown"], counts["waived"], counts["pass"],
                counts["not applicable"]))
        lines += self._drives(summary) + self._hosts(summary) + self._waivers()
        self.file.write("\n".join(lines) + "\n")

    @staticmethod
    def _trend(summary: Summary) -> List[str]:
        if summary.previous is None:
            return []
        trends = summary.trends
        return ["", "Since {0}: {1} worse, {2} better, {3} new, {4} gone.".format(
            summary.previous.as_of, trends["worse"], trends["better"], trends["new"], trends["gone"])]

    @staticmethod
    def _drives(summary: Summary) -> List[str]:
        worst = summary.worst(_DRIVES)
        if not worst:
            return []
        lines = ["", "## Drives that fail", "", "| verdict | host | place | drive | serial | why |",
                 "|---|---|---|---|---|---|"]
        for drive in worst:
            why = "; ".join("{0}{1}".format(finding.rule.id, ": " + finding.answer.note if finding.answer.note else "")
                            for finding in drive.findings if finding.failed)
            lines.append("| {0} | {1} | {2} | {3} | {4} | {5} |".format(
                drive.verdict, text(drive.host), text(drive.place), text(drive.title), text(drive.serial or ""),
                text(why)))
        if summary.failing > len(worst):
            lines += ["", "And {0:,} more.".format(summary.failing - len(worst))]
        return lines

    @staticmethod
    def _hosts(summary: Summary) -> List[str]:
        hosts = summary.without_facts
        if not hosts:
            return []
        lines = ["", "## Hosts without facts", ""]
        lines += ["* {0}: {1}".format(text(host.name), text(host.finding.answer.note if host.finding else "no facts"))
                  for host in hosts[:_HOSTS]]
        return lines + (["* and {0:,} more".format(len(hosts) - _HOSTS)] if len(hosts) > _HOSTS else [])

    def _waivers(self) -> List[str]:
        waivers = self.about.waivers
        bad = [waiver for waiver in waivers.all if waiver.expired or not waivers.uses[waiver.id]]
        if not bad:
            return []
        return ["", "## Waivers to look at", ""] + [
            "* {0}: {1}".format(text(waiver.id), "expired on {0}".format(waiver.until) if waiver.expired
                                else "fits nothing") for waiver in bad]


def text(value: str) -> str:
    """Text that Markdown shows as it is."""
    value = printable(value)
    return value if _PLAIN.match(value) else _MARKS.sub(r"\\\1", value).replace("\\<", "&lt;").replace("\\>", "&gt;")

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a report in Markdown, for a merge request, a chat, or the play's own output."""

from __future__ import annotations

import re

from ..findings import VERDICTS
from ..records import HostRecord
from ..summary import Summary
from ..text import plural, printable
from .writer import Part, Writer

#: All that could be more than text to Markdown, in any of its dialects, or to HTML within it.
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:@/^=\"'])")
_PLAIN = re.compile(r"[\w ,;?%°]*\Z")
_DRIVES = 50
_UNKNOWN = 20
_HOSTS = 20


class MarkdownWriter(Writer):
    """Writes the summary; it lists only the worst drives, however large the fleet."""

    suffix = ".md"

    def prepare(self, host: HostRecord) -> Part:
        """Writes nothing: all of this format comes from the summary."""
        return lambda: None

    def end(self, summary: Summary) -> None:
        lines = [f"# {text(self.about.title)}", "", f"As of {self.about.as_of}: {plural(summary.total, 'drive')} on "
                                                    f"{plural(summary.hosts, 'host')}, {summary.failing} failing."]
        lines += self._trend(summary)
        for said in summary.about_hosts():
            lines += ["", text(said)]
        lines += ["", "| verdict | drives |", "|---|---:|"]
        lines += [f"| {verdict} | {summary.drives[verdict]} |" for verdict in VERDICTS]
        lines += ["", "## Rules", "", "| rule | severity | fail | unknown | waived | pass | not applicable |",
                  "|---|---|---:|---:|---:|---:|---:|"]
        for rule in summary.rule_list:
            counts = summary.rules[rule.id]
            lines.append(f"| {text(rule.title)} | {rule.severity} | {counts['fail']} | {counts['unknown']} | "
                         f"{counts['waived']} | {counts['pass']} | {counts['not applicable']} |")
        lines += self._drives(summary) + self._unknown(summary) + self._changed(summary)
        lines += self._hosts(summary) + self._waivers()
        self.file.write("\n".join(lines) + "\n")

    @staticmethod
    def _trend(summary: Summary) -> list[str]:
        if summary.previous is None:
            return []
        trends = summary.trends
        return ["", f"Since {summary.previous.as_of}: {trends['worse']} worse, {trends['better']} better, "
                    f"{trends['new']} new, {trends['gone']} gone."]

    @staticmethod
    def _drives(summary: Summary) -> list[str]:
        worst = summary.worst(_DRIVES)
        if not worst:
            return []
        lines = ["", "## Drives that fail", "", "| verdict | host | place | drive | serial | why |",
                 "|---|---|---|---|---|---|"]
        for drive in worst:
            why = "; ".join(f"{finding.rule.id}: {finding.answer.note}" if finding.answer.note else finding.rule.id
                            for finding in drive.findings if finding.failed)
            lines.append(f"| {drive.verdict} | {text(drive.host)} | {text(drive.place)} | {text(drive.title)} | "
                         f"{text(drive.serial or '')} | {text(why)} |")
        if summary.failing > len(worst):
            lines += ["", f"And {summary.failing - len(worst):,} more."]
        return lines

    @staticmethod
    def _unknown(summary: Summary) -> list[str]:
        found = summary.unknown[:_UNKNOWN]
        if not found:
            return []
        lines = ["", "## Drives of which something is not known", "", "| host | place | drive | serial | what |",
                 "|---|---|---|---|---|"]
        for drive in found:
            what = "; ".join(f"{finding.rule.id}: {finding.answer.note}" for finding in drive.findings if finding.open)
            lines.append(f"| {text(drive.host)} | {text(drive.place)} | {text(drive.title)} | "
                         f"{text(drive.serial or '')} | {text(what)} |")
        more = summary.drives["unknown"] - len(found)
        return lines + (["", f"And {more:,} more."] if more else [])

    @staticmethod
    def _changed(summary: Summary) -> list[str]:
        changed = summary.changed[:_DRIVES]
        if not changed:
            return []
        lines = ["", "## Drives that are worse, with the same verdict as before", "",
                 "| verdict | host | place | drive | serial | what |", "|---|---|---|---|---|---|"]
        lines += [f"| {drive.verdict} | {text(drive.host)} | {text(drive.place)} | {text(drive.title)} | "
                  f"{text(drive.serial or '')} | {text('; '.join(drive.changes))} |" for drive in changed]
        more = summary.changed_count - len(changed)
        return lines + (["", f"And {more:,} more."] if more else [])

    @staticmethod
    def _hosts(summary: Summary) -> list[str]:
        hosts = summary.without_facts
        if not hosts:
            return []
        lines = ["", "## Hosts without facts", ""]
        lines += [f"* {text(host.name)}: {text(host.finding.answer.note if host.finding else 'no facts')}"
                  for host in hosts[:_HOSTS]]
        return lines + ([f"* and {len(hosts) - _HOSTS:,} more"] if len(hosts) > _HOSTS else [])

    def _waivers(self) -> list[str]:
        waivers = self.about.waivers
        bad = [waiver for waiver in waivers.all if waiver.expired or not waivers.uses[waiver.id]]
        if not bad:
            return []
        return ["", "## Waivers to look at", ""] + [
            f"* {text(waiver.id)}: " + (f"expired on {waiver.until}" if waiver.expired else "matches nothing")
            for waiver in bad]


def text(value: str) -> str:
    """Text that Markdown shows as it is."""
    value = printable(value)
    return value if _PLAIN.match(value) else _MARKS.sub(r"\\\1", value).replace("\\<", "&lt;").replace("\\>", "&gt;")

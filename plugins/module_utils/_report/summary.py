# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The counts of a report, updated as each host is processed."""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence

from .findings import FAIL, OUTCOMES, SEVERITIES, UNKNOWN, VERDICTS, WEIGHT, Rule
from .previous import HISTORY, Previous
from .records import DriveRecord, HostRecord

_LISTED = 100


class HostLine(NamedTuple):
    """A host without its drives."""

    id: str
    name: str
    verdict: str
    counts: Sequence[int]
    problem: str | None


class Summary:
    """Counts, hosts, and the first failing drives; only a line per host and an id per drive grow with the fleet."""

    def __init__(self, rules: Sequence[Rule], as_of: str, previous: Previous | None = None) -> None:
        self.as_of = as_of
        self.rule_list = list(rules)
        self.previous = previous
        self.hosts = 0
        self.drives: dict[str, int] = dict.fromkeys(VERDICTS, 0)
        self.rules: dict[str, dict[str, int]] = {
            rule.id: dict.fromkeys(OUTCOMES + ("waived", "new"), 0) for rule in rules}
        #: Failures that are not waived.
        self.failures: dict[str, int] = dict.fromkeys(SEVERITIES, 0)
        self.trends: dict[str, int] = dict.fromkeys(("new", "worse", "better", "same", "gone"), 0)
        self.host_lines: list[HostLine] = []
        self.without_facts: list[HostRecord] = []
        self._worst: dict[str, list[DriveRecord]] = {severity: [] for severity in SEVERITIES}
        #: The first of the drives of which something is not known, and that do not fail.
        self.unknown: list[DriveRecord] = []
        #: The first of the drives with the verdict of the previous report in which a value got worse, and how many.
        self.changed: list[DriveRecord] = []
        self.changed_count = 0
        self._known: dict[str, str] = {}
        self.seen_twice = 0
        #: Hosts of the previous report that have no document now and are not listed, with the time of their last one.
        self.gone_hosts: list[tuple[str, str]] = []
        #: Hosts that have a document and are not in the list of hosts; none where there is no such list.
        self.unlisted: list[str] = []

    def add(self, host: HostRecord) -> None:
        """Counts a host and its drives."""
        self.hosts += 1
        if not host.listed and len(self.unlisted) < _LISTED:
            self.unlisted.append(host.name)
        counts = dict.fromkeys(VERDICTS, 0)
        if host.finding is not None:
            self._count_finding(host.finding.rule.id, FAIL, host.finding.waiver is not None, False)
            if host.finding.failed:
                self.failures[host.finding.rule.severity] += 1
        elif not self.without(host):
            self._count_host_passed()
        if self.without(host):
            self.without_facts.append(host)
        for drive in host.drives:
            counts[drive.verdict] += 1
            self._count_drive(drive)
        problem = None if not self.without(host) else host.finding.answer.note if host.finding else "no facts"
        self.host_lines.append(HostLine(
            host.id, host.name, host.verdict, tuple(counts[verdict] for verdict in VERDICTS), problem))

    @staticmethod
    def without(host: HostRecord) -> bool:
        """Whether a host reported no facts."""
        return host.finding is not None or host.verdict == UNKNOWN and not host.drives

    def _count_host_passed(self) -> None:
        for rule in self.rule_list:
            if rule.data["check"].get("named") == "host_reported":
                self.rules[rule.id]["pass"] += 1

    def _count_drive(self, drive: DriveRecord) -> None:
        self.drives[drive.verdict] += 1
        # By two devices of one host, a drive is on one host.
        if self._known.setdefault(drive.id, drive.host) != drive.host:
            self.seen_twice += 1
        compared = self.previous is not None
        if drive.trend is not None:
            self.trends[drive.trend] += 1
        if drive.changes and drive.before == drive.verdict:
            self.changed_count += 1
            if len(self.changed) < _LISTED:
                self.changed.append(drive)
        for finding in drive.findings:
            outcome = finding.answer.outcome
            failed = outcome == FAIL
            self._count_finding(finding.rule.id, outcome, finding.waiver is not None,
                                compared and failed and finding.since is None)
            if failed and finding.waiver is None:
                self.failures[finding.rule.severity] += 1
        if drive.verdict == UNKNOWN and len(self.unknown) < _LISTED:
            self.unknown.append(drive)
        if WEIGHT[drive.verdict] > WEIGHT[UNKNOWN] and len(self._worst[drive.verdict]) < _LISTED:
            self._worst[drive.verdict].append(drive)

    def _count_finding(self, rule: str, outcome: str, waived: bool, new: bool) -> None:
        counts = self.rules[rule]
        counts[outcome] += 1
        if waived:
            counts["waived"] += 1
        elif new:
            counts["new"] += 1

    def close(self) -> None:
        """Counts the drives that are gone, after the last host."""
        if self.previous is not None:
            self.trends["gone"] = self.previous.gone(self._known)
            here = {line.name for line in self.host_lines}
            self.gone_hosts = sorted(each for each in self.previous.moments.items() if each[0] not in here)

    def about_hosts(self) -> list[str]:
        """What there is to say about the list of hosts, in sentences."""
        said = []
        if self.unlisted:
            more = " and more" if len(self.unlisted) == _LISTED else ""
            said.append(f"Not in the list of hosts, but with a document: {', '.join(self.unlisted)}{more}.")
        if self.gone_hosts:
            gone = [f"{name} (silent since {since})" for name, since in self.gone_hosts[:_LISTED]]
            more = f" and {len(self.gone_hosts) - _LISTED:,} more" if len(self.gone_hosts) > _LISTED else ""
            said.append(f"In the previous report, without a document now: {', '.join(gone)}{more}.")
        return said

    @property
    def total(self) -> int:
        """All drives."""
        return sum(self.drives.values())

    @property
    def failing(self) -> int:
        """Drives with a failure that nobody has waived."""
        return sum(self.drives[severity] for severity in SEVERITIES)

    def worst(self, limit: int) -> list[DriveRecord]:
        """The first failing drives, worst first, at most a hundred of each severity."""
        return [drive for severity in reversed(SEVERITIES) for drive in self._worst[severity]][:limit]

    def history(self) -> list[dict[str, Any]]:
        """The counts of earlier reports and of this one, oldest first."""
        earlier = list(self.previous.history) if self.previous else []
        this = {"as_of": self.as_of, "drives": dict(self.drives)}
        return ([each for each in earlier if each["as_of"] < self.as_of] + [this])[-HISTORY:]

    def reaches(self, severity: str) -> bool:
        """Whether there is a failure of this severity or a worse one."""
        return any(self.failures[each] for each in SEVERITIES[SEVERITIES.index(severity):])

    def as_data(self) -> dict[str, Any]:
        """The counts as in the JSON report and the module's result."""
        return {
            "hosts": self.hosts, "hosts_without_facts": len(self.without_facts), "drives_total": self.total,
            "drives_failing": self.failing, "drives": dict(self.drives), "failures": dict(self.failures),
            "rules": {name: dict(counts) for name, counts in self.rules.items()},
            "trends": dict(self.trends) if self.previous is not None else None,
            "previous_as_of": self.previous.as_of if self.previous is not None else None,
            "history": self.history(), "drives_on_several_hosts": self.seen_twice,
            "unlisted_hosts": list(self.unlisted),
            "gone_hosts": [{"host": name, "silent_since": since} for name, since in self.gone_hosts[:_LISTED]],
        }

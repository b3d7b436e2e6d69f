# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report in JSON, for programs and for the next report; docs/schemas/compliance_report-1.json describes it.

Each host is on its own line, so that a large report can be read, compared and searched line by line.
"""

from __future__ import annotations

import json
from typing import Any

from ..counters import PATHS, as_data
from ..findings import NOT_APPLICABLE, PASS, Finding
from ..history import as_data as history_as_data
from ..previous import VERSION
from ..records import DriveRecord, HostRecord
from ..summary import Summary
from ..text import printable
from ..waivers import Waivers
from .writer import Part, Writer

_LONGEST_LIST = 20


class JsonWriter(Writer):
    """Writes the report in JSON."""

    suffix = ".json"
    _separator = ""

    def begin(self) -> None:
        about = self.about
        head = {
            "version": VERSION, "title": about.title, "as_of": about.as_of, "redaction": about.redaction,
            "counted": list(PATHS),
            "rules": [{"id": rule.id, "severity": rule.severity, "title": printable(rule.title),
                       "remedy": printable(rule.remedy), "expected": printable(rule.expected)} for rule in about.rules],
        }
        self.file.write(strict_json(head)[:-1] + ', "hosts": [\n')

    def prepare(self, host: HostRecord) -> Part:
        text = strict_json({
            "host": host.name, "id": host.id, "file": host.file, "gathered_at": host.gathered_at,
            "verdict": host.verdict, "problem": _finding(host.finding, True) if host.finding is not None else None,
            "listed": host.listed, "silent_since": host.silent_since, "kept": host.kept,
            "drives": [_drive(drive, self.about.all_evidence) for drive in host.drives],
        })
        return lambda: self._write(text)

    def _write(self, text: str) -> None:
        self.file.write(self._separator + text)
        self._separator = ",\n"

    def end(self, summary: Summary) -> None:
        data = dict(summary.as_data(), waivers=_waivers(self.about.waivers, self.about.redaction is not None))
        self.file.write(f"\n], \"summary\": {strict_json(data)}}}\n")


def strict_json(value: Any) -> str:
    """A value in JSON. Raises ValueError for a number that JSON does not have."""
    return json.dumps(value, allow_nan=False)


def _drive(drive: DriveRecord, all_evidence: bool) -> dict[str, Any]:
    return {
        "id": drive.id, "device": drive.device, "wwn": drive.wwn, "serial": drive.serial, "vendor": drive.vendor,
        "model": drive.model, "firmware": drive.firmware, "enclosure": drive.enclosure, "slot": drive.slot,
        "capacity_bytes": drive.capacity_bytes, "power_on_hours": drive.power_on_hours,
        "temperature_celsius": drive.temperature_celsius, "status": drive.status, "verdict": drive.verdict,
        "trend": drive.trend, "before": drive.before, "warnings": list(drive.warnings),
        "names_from": drive.names_from, "counters": as_data(drive.counters),
        "history": history_as_data(drive.history), "changes": list(drive.changes),
        "waived": any(finding.waiver is not None for finding in drive.findings),
        "findings": [_finding(finding, all_evidence) for finding in drive.findings],
    }


def _finding(finding: Finding, all_evidence: bool) -> dict[str, Any]:
    answer = finding.answer
    data: dict[str, Any] = {"rule": finding.rule.id, "outcome": answer.outcome}
    if not all_evidence and answer.outcome in (PASS, NOT_APPLICABLE):
        return data
    if answer.note:
        data["note"] = printable(answer.note)
    if answer.evidence:
        data["evidence"] = [
            {"page": each.page, "field": each.field, "value": plain(each.value)} for each in answer.evidence]
    if finding.waiver is not None:
        data["waiver"] = finding.waiver
    if finding.since is not None:
        data["since"] = finding.since
    return data


def plain(value: Any) -> Any:
    """A value of a document in a form that can be written: text printable, lists and dictionaries shortened."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [plain(each) for each in value[:_LONGEST_LIST]]
    if isinstance(value, dict):
        return {printable(key): plain(value[key]) for key in list(value)[:_LONGEST_LIST]}
    return value


def _waivers(waivers: Waivers, redacted: bool) -> list[dict[str, Any]]:
    return [{
        "id": waiver.id, "until": str(waiver.until), "reason": waiver.reason, "expired": waiver.expired,
        "used": waivers.uses[waiver.id], "patterns": {
            key: "(redacted)" if redacted and key == "drive" else said for key, said in waiver.said.items()},
    } for waiver in waivers.all]

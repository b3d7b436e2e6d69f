# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as SARIF 2.1.0 (OASIS), for auditors and tools that collect findings: failures, unknowns, waivers.

A failure that is waived is a suppressed result, with its reason as the justification. What passed is not listed.
"""

from __future__ import annotations

import re
from typing import Any

from ..findings import FAIL, UNKNOWN, Finding
from ..previous import identity_of
from ..records import HostRecord
from ..summary import Summary
from ..text import in_words, printable
from .json_form import plain, strict_json
from .writer import Part, Writer

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"info": "note", "warning": "warning", "major": "error", "critical": "error"}
#: What is more than text in a message: embedded links and placeholders (SARIF 2.1.0 3.11.5, 3.11.6).
_MARKS = re.compile(r"([\\\[\]])|([{}])")
#: The priority by which SARIF viewers sort results: 0 to 100.
_RANK = {"info": 10.0, "warning": 40.0, "major": 70.0, "critical": 100.0}


class SarifWriter(Writer):
    """Writes the log of one run."""

    suffix = ".sarif"
    _separator = ""

    def begin(self) -> None:
        about = self.about
        driver: dict[str, Any] = {
            "name": "drivecare.scsi compliance report",
            "informationUri": "https://github.com/drivecare/drivecare.scsi",
            "rules": [{
                "id": rule.id, "name": rule.id, "shortDescription": {"text": message(rule.title)},
                "fullDescription": {"text": f"Expected: {message(rule.expected)}."},
                "help": {"text": message(rule.remedy)},
                "defaultConfiguration": {"level": _LEVELS[rule.severity], "rank": _RANK[rule.severity]},
                "properties": {"severity": rule.severity},
            } for rule in about.rules],
        }
        self._places = {rule.id: place for place, rule in enumerate(about.rules)}
        self._reasons = {waiver.id: waiver.reason for waiver in about.waivers.all}
        run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "properties": {"asOf": about.as_of}}
        self.file.write(f'{{"$schema": {strict_json(_SCHEMA)}, "version": "2.1.0", "runs": [{strict_json(run)[:-1]}, '
                        '"results": [\n')

    def prepare(self, host: HostRecord) -> Part:
        results = []
        if host.finding is not None:
            results.append(self._result(host, host.finding, host.name, host.id, host.name))
        for drive in host.drives:
            for finding in drive.findings:
                if finding.answer.outcome in (FAIL, UNKNOWN):
                    name = f"{host.name}, {drive.place}: {drive.name}"
                    results.append(self._result(host, finding, name, drive.id, host.name + "/" + drive.device))
        return lambda: self._write(results)

    def _write(self, results: list[str]) -> None:
        for result in results:
            self.file.write(self._separator + result)
            self._separator = ",\n"

    def _result(self, host: HostRecord, finding: Finding, name: str, key: str, place: str) -> str:
        answer, rule = finding.answer, finding.rule
        failed = answer.outcome == FAIL
        note = f" - {answer.note}" if answer.note else ""
        text = f"{name}: {'' if failed else 'not known: '}{rule.title}{note}"
        location: dict[str, Any] = {"logicalLocations": [
            {"name": name, "fullyQualifiedName": place, "kind": "resource"}]}
        if host.file:
            location["physicalLocation"] = {"artifactLocation": {"uri": _uri(host.file)}}
        result: dict[str, Any] = {
            "ruleId": rule.id, "ruleIndex": self._places[rule.id], "kind": "fail" if failed else "open",
            "level": _LEVELS[rule.severity] if failed else "none", "message": {"text": message(text)},
            "locations": [location], "partialFingerprints": {"drive/v1": identity_of(key, rule.id)},
            "properties": {"evidence": [
                f"{each.page}: {each.field} = {printable(in_words(plain(each.value)))}"
                for each in answer.evidence]},
        }
        if finding.since is not None:
            result["properties"]["since"] = finding.since
        suppressions: list[dict[str, str]] = []
        if finding.waiver is not None:
            suppressions.append({"kind": "external", "status": "accepted",
                                 "justification": f"{finding.waiver}: {self._reasons[finding.waiver]}"})
        result["suppressions"] = suppressions
        return strict_json(result)

    def end(self, summary: Summary) -> None:
        told = [{"level": "warning", "message": {"text": message(said)}} for said in summary.about_hosts()]
        invocations = [{"executionSuccessful": True, "toolExecutionNotifications": told}]
        self.file.write(f'\n], "invocations": {strict_json(invocations)}}}]}}\n')


def message(text: str) -> str:
    """Text that a reader of SARIF shows as it is."""
    return _MARKS.sub(lambda found: "\\" + found.group() if found.group(1) else found.group() * 2, printable(text))


def _uri(name: str) -> str:
    """A file's name as a relative URI (RFC 3986)."""
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 0x80 or chr(byte) in "-._~" else f"%{byte:02X}"
        for byte in name.encode("utf-8", "replace"))

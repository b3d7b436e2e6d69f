# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as a table for spreadsheets (RFC 4180): one row per drive, one column per rule.

No cell can become a formula.
"""

from __future__ import annotations

from typing import Any

from ..records import DriveRecord, HostRecord
from ..rules import drive_rules
from ..text import printable
from .writer import Part, Writer

_COLUMNS = ("host", "enclosure", "slot", "device", "vendor", "model", "firmware", "serial", "wwn", "capacity_bytes",
            "power_on_hours", "temperature_celsius", "status", "verdict", "trend", "before", "failed", "unknown",
            "waived", "warnings", "why", "changes", "host_note")
#: What spreadsheets take for the start of a formula, even after blanks.
#: Some take the full-width forms for the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_QUOTED = frozenset(',"\r\n;\t\' ')


class CsvWriter(Writer):
    """Writes the table."""

    suffix = ".csv"

    def begin(self) -> None:
        self.file.write(_row(list(_COLUMNS) + ["rule:" + rule.id for rule in drive_rules(self.about.rules)]))

    def prepare(self, host: HostRecord) -> Part:
        rows = []
        if host.finding is not None:
            blank: list[Any] = [None] * (len(_COLUMNS) + len(drive_rules(self.about.rules)))
            blank[0], blank[12], blank[13] = host.name, host.finding.answer.note, host.verdict
            blank[16] = host.finding.rule.id if host.finding.failed else None
            blank[18] = host.finding.rule.id if host.finding.waiver else None
            blank[_COLUMNS.index("host_note")] = host.note
            rows.append(blank)
        rows += [_cells(drive, host.note) for drive in host.drives]
        text = "".join([_row(row) for row in rows])
        return lambda: self.file.write(text)


def _row(cells: list[Any]) -> str:
    return ",".join([cell(each) for each in cells]) + "\r\n"


def _cells(drive: DriveRecord, note: str | None) -> list[Any]:
    findings = drive.findings
    return [
        drive.host, drive.enclosure, drive.slot, drive.device, drive.vendor, drive.model, drive.firmware, drive.serial,
        drive.wwn, drive.capacity_bytes, drive.power_on_hours, drive.temperature_celsius, drive.status, drive.verdict,
        drive.trend, drive.before,
        " ".join([each.rule.id for each in findings if each.waiver is None and each.answer.outcome == "fail"]),
        " ".join([each.rule.id for each in findings if each.waiver is None and each.answer.outcome == "unknown"]),
        " ".join([each.rule.id for each in findings if each.waiver is not None]), "; ".join(drive.warnings),
        "; ".join([f"{each.rule.id}: {printable(each.answer.note)}" for each in findings
                   if each.open and each.answer.note]),
        "; ".join(drive.changes), note,
    ] + [each.answer.outcome if each.waiver is None else each.answer.outcome + ", waived" for each in findings]


def cell(value: Any) -> str:
    """A cell. Text that a spreadsheet would evaluate is prefixed with an apostrophe, which makes it show as text."""
    if value is None:
        return ""
    text = str(value)
    if text.isalnum():
        return text
    if isinstance(value, str) and text.lstrip(" '\"").startswith(_FORMULA):
        text = "'" + text
    if _QUOTED.isdisjoint(text):
        return text
    return '"' + text.replace('"', '""') + '"'

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/verdicts.md: what smartctl, smartd and Scrutiny conclude of the drives of the gallery, and what we do.

Usage: python tests/gallery/verdicts.py
What smartctl and smartd conclude is recorded by tests/peers/played.py in smartctl.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    import encode  # type: ignore[import-not-found]
else:
    from . import encode

PAGE = HERE.parents[1] / "docs" / "verdicts.md"
HEAD = HERE / "verdicts_head.md"
RECORDED = HERE / "smartctl.json"
Values = Mapping[str, Any]

#: Bits of the exit status of smartctl that say something of the drive.
_BITS = {1: "gave up", 3: "failing", 4: "attribute below its threshold", 5: "attribute was below its threshold",
         6: "errors in its log", 7: "failed self test"}
#: Scrutiny, webapp/backend/pkg/models/measurements/smart.go: the counters that must not be above 0.
_SCRUTINY_COLUMNS = {2: "rereads or rewrites", 6: "uncorrected errors"}
#: Scrutiny, webapp/backend/pkg/thresholds/ata_attribute_metadata.go: raw values of critical attributes with which a
#: tenth or more of the drives failed within a year.
_SCRUTINY_ATTRIBUTES = {5: ((17, 70000),), 10: ((1, 80),), 187: ((1, 120),), 196: ((12, 17), (28, 45)),
                        197: ((2, 1600),), 198: ((1, 16),)}
_STATES = {
    "failing": "Drives that fail", "odd": "Drives that are odd", "old": "Drives that are old",
    "healthy": "Drives that are well"}
_COLUMNS = "| drive | smartctl -H; exit status | smartd mails | Scrutiny | drivecare.scsi | why |"
_ONLY_A_TEST = {"selftest_passed"}


def scrutiny(drive: Values, health: str | None) -> list[str]:
    """Why Scrutiny's published thresholds fail a drive; nothing if they do not."""
    found = []
    if health != "passed":
        found.append("smartctl: failed" if health else "smartctl: no verdict")
    if "ata" in drive:
        for number, value, _worst, threshold, raw, *_flags in drive["ata"]["attributes"]:
            ranges = _SCRUTINY_ATTRIBUTES.get(number, ())
            if any(low <= raw <= high for low, high in ranges):
                found.append(f"attribute {number}: {raw}")
            elif threshold and value <= threshold:
                found.append(f"attribute {number} below its threshold")
        return found
    grown = drive.get("grown_defects")
    if isinstance(grown, Mapping):
        grown = grown.get("count")
    if isinstance(grown, int) and grown:
        found.append(f"grown defects: {grown}")
    for kind in ("read", "write"):
        counters = drive.get("log", {}).get(f"{kind}_errors")
        for column, words in _SCRUTINY_COLUMNS.items():
            if isinstance(counters, list) and column < len(counters) and counters[column]:
                found.append(f"{words}, {kind}: {counters[column]}")
    return found


class Row:
    """A drive, and what all conclude of it."""

    def __init__(self, name: str, recorded: Values) -> None:
        self.name = name
        self.entry: dict[str, Any] = encode.load(name)
        self.health: str | None = recorded["health"]
        self.bits = [words for bit, words in _BITS.items() if recorded["exit"] >> bit & 1]
        self.smartd: str = recorded["smartd"]
        self.scrutiny = scrutiny(self.entry["drive"], self.health)

    @property
    def ours(self) -> bool:
        """Whether we raise an alarm: more than that a test is due, or that something is not known."""
        failed = {rule for rule, outcome in self.entry["findings"].items() if outcome == "fail"}
        return bool(failed - _ONLY_A_TEST)

    @property
    def alarms(self) -> dict[str, bool]:
        """Who raises an alarm."""
        return {"smartctl -H": self.health == "failed", "smartctl, exit status": bool(self.bits),
                "smartd": self.smartd != "nothing" and not self.smartd.startswith("not monitored"),
                "Scrutiny": bool(self.scrutiny), "drivecare.scsi": self.ours}

    def cells(self) -> list[str]:
        """The cells of the table."""
        findings = self.entry["findings"]
        failed = [rule for rule, outcome in findings.items() if outcome == "fail"]
        unknown = [rule for rule, outcome in findings.items() if outcome == "unknown"]
        said = ", ".join(f"`{rule}`" for rule in failed)
        if unknown and not failed:
            said = "not known: " + ", ".join(f"`{rule}`" for rule in unknown)
        status = "; ".join(self.bits)
        return [f"[{self.entry['maker']} {self.entry['model']}](../tests/gallery/drives/{self.name}.yml)",
                (self.health or "no verdict") + (f"; {status}" if status else ""), self.smartd,
                "; ".join(self.scrutiny) or "passed",
                f"**{self.entry['verdict']}**" + (f": {said}" if said else ""),
                " ".join(self.entry["why"].split())]


def page(recorded: Values) -> str:
    """The text of the page."""
    rows = [Row(name, recorded["drives"][name]) for name in encode.names()]
    parts = [_head(rows, recorded["smartctl"])]
    for state, title in _STATES.items():
        chosen = [row for row in rows if row.entry["state"] == state]
        if not chosen:
            continue
        lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row.cells())} |" for row in chosen]
        parts.append("\n".join([f"## {title}", "", _COLUMNS, "|---|---|---|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


def _head(rows: list[Row], version: str) -> str:
    sick = [row for row in rows if row.entry["state"] == "failing"]
    well = [row for row in rows if row.entry["state"] == "healthy"]
    others = [row for row in rows if row not in sick and row not in well]
    table = "\n".join(
        f"| {who} | {_count(sick, who)} of {len(sick)} | {_count(others, who)} of {len(others)} | "
        f"{_count(well, who)} of {len(well)} |" for who in rows[0].alarms)
    silent = sum(row.smartd.startswith("not monitored") for row in sick)
    return HEAD.read_text(encoding="utf-8").rstrip().format(
        drives=len(rows), makers=len({row.entry["maker"] for row in rows}), version=version, table=table, silent=silent,
        sick=len(sick))


def _count(rows: list[Row], who: str) -> int:
    return sum(row.alarms[who] for row in rows)


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(json.loads(RECORDED.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()

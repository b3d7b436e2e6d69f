# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers: failures that somebody has accepted, for a reason, until a given day."""

from __future__ import annotations

import datetime
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Sequence

from .. import _checks as checks
from . import units
from .comparisons import patterns
from .findings import FAIL, UNKNOWN, Drive, Finding
from .redaction import Redaction
from .text import printable

_KEYS = ("id", "rule", "host", "drive", "until", "reason")
_PATTERNS = ("rule", "host", "drive")

Like = Callable[[Any], bool]


class Waiver(NamedTuple):
    """A waiver; a missing pattern matches everything."""

    id: str
    until: datetime.date
    reason: str
    expired: bool
    tests: Mapping[str, Like]
    said: Mapping[str, str]
    #: The patterns for drives.
    drives: Sequence[str] = ()


class Waivers:
    """All waivers, with the number of findings that each applies to, or would apply to had it not expired."""

    def __init__(self, waivers: Sequence[Waiver]) -> None:
        self.all = list(waivers)
        self.uses: dict[str, int] = {waiver.id: 0 for waiver in waivers}

    def redact(self, redaction: Redaction, drives: Iterable[Drive]) -> None:
        """Replaces names from the drives and from the waivers' patterns by pseudonyms in ids and reasons."""
        texts = [text for waiver in self.all for text in (waiver.id, waiver.reason)]
        names = redaction.of_people(texts, [name for waiver in self.all for name in waiver.drives], drives)
        found: list[Waiver] = []
        for place, waiver in enumerate(self.all, 1):
            name = names.within(waiver.id)
            # Two ids that differ only in the case of a name have the same pseudonym.
            if any(name == other.id for other in found):
                name = f"{name} ({place})"
            found.append(waiver._replace(id=name, reason=names.within(waiver.reason)))
        self.all = found
        self.uses = {waiver.id: 0 for waiver in found}

    def apply(self, findings: list[Finding], host: str, names: Sequence[str]) -> list[Finding]:
        """The findings, with the ids of the waivers that apply. ``names``: all names of the drive."""
        if not self.all:
            return findings
        fits = [waiver for waiver in self.all if self._fits(waiver, host, names)]
        if not fits:
            return findings
        return [self._waived(finding, fits) if finding.outcome in (FAIL, UNKNOWN) else finding for finding in findings]

    @staticmethod
    def _fits(waiver: Waiver, host: str, names: Sequence[str]) -> bool:
        tests = waiver.tests
        return ("host" not in tests or tests["host"](host)) and (
            "drive" not in tests or any(tests["drive"](name) for name in names))

    def _waived(self, finding: Finding, fits: Sequence[Waiver]) -> Finding:
        valid: str | None = None
        for waiver in fits:
            if "rule" not in waiver.tests or waiver.tests["rule"](finding.rule.id):
                if waiver.expired:
                    self.uses[waiver.id] += 1
                elif valid is None:
                    valid = waiver.id
                    self.uses[waiver.id] += 1
        return finding if valid is None else finding._replace(waiver=valid)


def compile_waivers(data: Sequence[Mapping[str, Any]], as_of: datetime.date) -> Waivers:
    """Builds waivers from data, as of a day. Raises ValueError, which says what is wrong and what is expected."""
    found: list[Waiver] = []
    for place, item in enumerate(data, 1):
        waiver = _waiver(item, place, as_of)
        if any(waiver.id == other.id for other in found):
            raise ValueError(f"waivers: there are two with the id {waiver.id}")
        found.append(waiver)
    return Waivers(found)


def _waiver(data: Any, place: int, as_of: datetime.date) -> Waiver:
    where = f"waiver {place}"
    if not isinstance(data, Mapping):
        raise checks.wrong(data, where, "a dictionary")
    name = printable(data["id"]) if data.get("id") else where
    where = f"waiver {name}" if data.get("id") else where
    checks.dictionary(data, where, _KEYS)
    checks.text(data.get("reason"), where + ": reason")
    until = units.date(data.get("until"), where + ": until")
    tests: dict[str, Like] = {}
    said: dict[str, str] = {}
    drives: Sequence[str] = ()
    for key in _PATTERNS:
        value = data.get(key)
        if value is not None:
            items = checks.patterns(value, f"{where}: {key}")
            tests[key] = patterns(items)
            said[key] = printable(", ".join(items))
            drives = items if key == "drive" else drives
    if not tests:
        raise ValueError(f"{where} would waive everything; name at least one of {', '.join(_PATTERNS)}")
    return Waiver(name, until, printable(data["reason"]), until < as_of, tests, said, tuple(drives))

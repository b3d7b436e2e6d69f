# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test results as JUnit XML: read from the tools that write it, written for those that do not."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from layout import JUNIT


class Counts(NamedTuple):
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def plus(self, other: Counts) -> Counts:
        """Returns the sum of both."""
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


class Case(NamedTuple):
    """One test: what must hold, and what was seen instead."""

    name: str
    failure: str = ""
    skipped: str = ""


def write(part: str, cases: Iterable[Case]) -> None:
    """Adds the results of a part whose tool does not report in this format."""
    suite = ET.Element("testsuite", name=part)
    for case in cases:
        element = ET.SubElement(suite, "testcase", classname=part, name=case.name)
        if case.failure:
            ET.SubElement(element, "failure", message=case.failure)
        elif case.skipped:
            ET.SubElement(element, "skipped", message=case.skipped)
    path = JUNIT / f"{part}.cases.xml"
    ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def forget(part: str) -> None:
    """Removes the results of an earlier run of the part."""
    for path in _reports(part):
        path.unlink()


def count(part: str) -> Counts:
    """Sums up what the part has reported."""
    total = Counts()
    for path in _reports(part):
        for case in ET.parse(path).getroot().iter("testcase"):  # noqa: S314 (our own tools wrote it)
            outcomes = {child.tag for child in case}
            if outcomes & {"failure", "error"}:
                total = total.plus(Counts(failed=1))
            elif "skipped" in outcomes:
                total = total.plus(Counts(skipped=1))
            else:
                total = total.plus(Counts(passed=1))
    return total


def _reports(part: str) -> list[Path]:
    return sorted(JUNIT.glob(f"{part}.*.xml"))

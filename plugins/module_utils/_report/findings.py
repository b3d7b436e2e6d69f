# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule finds about a drive, and how severe it is."""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple

PASS, FAIL, NOT_APPLICABLE, UNKNOWN = OUTCOMES = ("pass", "fail", "not applicable", "unknown")

INFO, WARNING, MAJOR, CRITICAL = SEVERITIES = ("info", "warning", "major", "critical")
#: The verdicts on a drive, worst first: the severity of its worst failure, else unknown or pass.
VERDICTS = (CRITICAL, MAJOR, WARNING, INFO, UNKNOWN, PASS)
WEIGHT = {verdict: weight for weight, verdict in enumerate(reversed(VERDICTS))}

Drive = Dict[str, Any]


def part(values: Any, key: str) -> Dict[str, Any]:
    """What stands under a key of a document; empty if that is not a dictionary."""
    found = values.get(key) if isinstance(values, dict) else None
    return found if isinstance(found, dict) else {}


class Evidence(NamedTuple):
    """A value that an answer is based on: the page it comes from, the field of the facts, and the value itself."""

    page: str
    field: str
    value: Any


class Answer(NamedTuple):
    """A check's answer about a drive. ``note`` is one sentence for the reader."""

    outcome: str
    note: str
    evidence: tuple[Evidence, ...] = ()


class Context(NamedTuple):
    """What a check may use besides the drive's own facts. Days are those of `datetime.date.toordinal`.

    ``now``: the drive's counters, as `counters.values_of` gives them, where they are known already. ``past``: what
    earlier reports know of the drive, a `history.Past`; ``None`` where there is no such report.
    ``plan``: what the schedule of self tests says of the drive; ``None`` where it says nothing.
    """

    as_of: int
    gathered: int | None
    now: tuple[Any, ...] | None = None
    past: Any = None
    plan: Any = None


Check = Callable[[Drive, Context], Answer]


class Rule(NamedTuple):
    """A rule that is ready to be applied; `rules` builds it from data."""

    id: str
    title: str
    severity: str
    remedy: str
    expected: str
    check: Check
    #: The subset of the facts that it needs, and the outcome if that was not gathered.
    subset: str | None = None
    not_gathered: str = UNKNOWN
    #: The rule applies to a drive that meets all of these.
    when: tuple[Callable[[Drive], bool], ...] = ()
    not_for: str = ""
    data: dict[str, Any] = {}  # noqa: RUF012


class Finding(NamedTuple):
    """What a rule found for a drive. ``since``: the day of the first of the consecutive reports with this failure."""

    rule: Rule
    answer: Answer
    waiver: str | None = None
    since: str | None = None

    @property
    def outcome(self) -> str:
        return self.answer.outcome

    @property
    def failed(self) -> bool:
        """A failure that nobody has waived."""
        return self.answer.outcome == FAIL and self.waiver is None

    @property
    def open(self) -> bool:
        """A failure or an unknown that nobody has waived."""
        return self.waiver is None and self.answer.outcome in (FAIL, UNKNOWN)


def verdict_of(findings: list[Finding]) -> str:
    """The severity of the worst failure, else unknown if anything is, else pass. Waived findings do not count."""
    worst = 0
    for finding in findings:
        if finding.waiver is None:
            outcome = finding.answer.outcome
            if outcome == FAIL:
                worst = max(worst, WEIGHT[finding.rule.severity])
            elif outcome == UNKNOWN:
                worst = max(worst, WEIGHT[UNKNOWN])
    return VERDICTS[len(VERDICTS) - 1 - worst]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule finds about a drive, and how severe it is."""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple

PASS, FAIL, NOT_APPLICABLE, UNKNOWN = OUTCOMES = ("pass", "fail", "not applicable", "unknown")

INFO, WARNING, MAJOR, CRITICAL = SEVERITIES = ("info", "warning", "major", "critical")
#: A drive's verdict is the severity of its worst failure, else one of these, the worst first.
VERDICTS = (CRITICAL, MAJOR, WARNING, INFO, UNKNOWN, PASS)
WEIGHT = {verdict: weight for weight, verdict in enumerate(reversed(VERDICTS))}

Drive = Dict[str, Any]


class Evidence(NamedTuple):
    """One value that decided: where the drive says it, the field of its facts, and what stood there."""

    page: str
    field: str
    value: Any


class Answer(NamedTuple):
    """The answer of a check about a drive. ``note`` is one sentence for people."""

    outcome: str
    note: str
    evidence: tuple[Evidence, ...] = ()


class Context(NamedTuple):
    """What a check may use besides the drive's own facts. Days are those of `datetime.date.toordinal`.

    ``before``: the drive's counters in the previous report, as `counters.COUNTERS` orders them, and the day of that
    report; ``None`` where there is none.
    """

    as_of: int
    gathered: int | None
    before: tuple[Any, ...] | None = None
    before_as_of: str | None = None


Check = Callable[[Drive, Context], Answer]


class Rule(NamedTuple):
    """A rule that is ready to be asked; `rules` makes it of data."""

    id: str
    title: str
    severity: str
    remedy: str
    expected: str
    check: Check
    #: The subset of the facts without which it cannot be answered, and the outcome where that was not gathered.
    subset: str | None = None
    not_gathered: str = UNKNOWN
    #: Each says whether the rule is for a drive.
    when: tuple[Callable[[Drive], bool], ...] = ()
    not_for: str = ""
    data: dict[str, Any] = {}  # noqa: RUF012


class Finding(NamedTuple):
    """What a rule found at a drive. ``since`` is the day of the first report in a row that has this failure."""

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
        """Unknown, and not waived."""
        return self.waiver is None and self.answer.outcome in (FAIL, UNKNOWN)


def verdict_of(findings: list[Finding]) -> str:
    """The severity of the worst failure, else unknown where something is not known, else pass."""
    worst = 0
    for finding in findings:
        if finding.waiver is None:
            outcome = finding.answer.outcome
            if outcome == FAIL:
                worst = max(worst, WEIGHT[finding.rule.severity])
            elif outcome == UNKNOWN:
                worst = max(worst, WEIGHT[UNKNOWN])
    return VERDICTS[len(VERDICTS) - 1 - worst]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the schedule of a host will test its drives, from the document that the role scheduled_selftest writes."""

from __future__ import annotations

import os
from typing import Any, Dict, NamedTuple

from .._selftests import KINDS, whole
from .documents import Host, read_json
from .findings import FAIL, UNKNOWN, Evidence, part
from .text import in_words
from .units import day_of, in_days

VERSION = 1
#: An older document says nothing: the schedule has stopped running.
_DAYS = 3
_PAGE = "the schedule of self tests"
_RUNNING = ("running", "started")

#: What the schedule says of a drive, by its wwn and by its device.
Plans = Dict[str, Dict[str, Any]]


def plans_of(directory: str | None, host: Host, as_of: int) -> Plans:
    """What the schedule says of a host's drives: the file of the same name as its facts. Empty if there is none."""
    if directory is None:
        return {}
    try:
        document = read_json(os.path.join(directory, host.file))
    except (OSError, ValueError):
        return {}
    if not isinstance(document, dict) or document.get("version") != VERSION or document.get("host") != host.name:
        return {}
    day = day_of(document.get("planned_at"))
    drives = document.get("drives")
    if day is None or abs(as_of - day.toordinal()) > _DAYS or not isinstance(drives, list):
        return {}
    found: Plans = {}
    for drive in drives:
        plan = part(drive, "schedule")
        for name in (drive.get("wwn"), drive.get("device")) if plan else ():
            if isinstance(name, str) and name:
                found.setdefault(name, plan)
    return found


class Due(NamedTuple):
    """What the schedule says about a test that is missing: unknown if it will come, else a failure."""

    outcome: str
    note: str
    evidence: tuple[Evidence, ...]


def due(plan: Any, kind: str) -> Due | None:
    """Whether a drive's test, or a stronger one, is still to come; ``None`` if the schedule does not say.

    A test that is due within its period, and is too old for the rule nevertheless, is not waited for: the schedule
    does not meet the rule.
    """
    if not isinstance(plan, dict):
        return None
    state = plan.get("state")
    shown: tuple[Evidence, ...] = (Evidence(_PAGE, "schedule.state", state),)
    if state == "excluded":
        return Due(FAIL, "the schedule does not test the drive", shown)
    if state in _RUNNING and _covers(plan.get("test"), kind):
        return Due(UNKNOWN, f"the {plan['test']} test is running", shown)
    tests = part(plan, "tests")
    for name in KINDS[::-1]:
        test = part(tests, name)
        if not test or not _covers(name, kind):
            continue
        since, coming, age, period = (
            whole(test.get(key)) for key in ("due_since_hours", "due_in_hours", "age_hours", "every_hours"))
        if coming is not None:
            shown += (Evidence(_PAGE, f"schedule.tests.{name}.due_in_hours", coming),)
            late = age is not None and period is not None and age <= period
            return Due(FAIL if late else UNKNOWN, f"due in {in_days(coming)} of power-on time", shown)
        if since is not None:
            shown += (Evidence(_PAGE, f"schedule.tests.{name}.due_since_hours", since),)
            why = f": {in_words(plan['reason'])}" if plan.get("reason") and plan.get("test") == name else ""
            return Due(FAIL if test.get("late") else UNKNOWN, f"due for {in_days(since)} of power-on time{why}", shown)
    return None


def _covers(test: Any, kind: str) -> bool:
    return test in KINDS and KINDS.index(test) >= KINDS.index(kind)

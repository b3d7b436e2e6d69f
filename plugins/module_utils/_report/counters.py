# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive counts, for a comparison with the report before: that a count grows says more than how high it is."""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence, Tuple

from .._checks import is_number
from .comparisons import getter
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Context, Drive, Evidence

_ERRORS = "health.error_counters."


class Counter(NamedTuple):
    """A counter of the facts. ``worse``: a drive in which it has grown is worse than it was."""

    path: str
    name: str
    worse: bool = False
    #: Of a list, its length counts; or the sum of all that its entries count in these fields.
    of_list: bool = False
    fields: tuple[str, ...] = ()


#: The order is that of their values in memory.
COUNTERS: tuple[Counter, ...] = (
    Counter("health.grown_defects.count", "grown defects", True),
    Counter("health.format_status.total_new_blocks_reassigned", "blocks reassigned since the last format", True),
    Counter("health.pending_defects.count", "pending defects", True),
    Counter("health.background_scan.findings", "findings of the background scan", True, True),
    Counter(_ERRORS + "read.total_uncorrected_errors", "uncorrected read errors", True),
    Counter(_ERRORS + "write.total_uncorrected_errors", "uncorrected write errors", True),
    Counter(_ERRORS + "verify.total_uncorrected_errors", "uncorrected verify errors", True),
    Counter(_ERRORS + "non_medium_error_count", "errors that were not the medium's"),
    Counter("health.phys", "errors on the links of the phys", False, True, (
        "invalid_dword_count", "running_disparity_error_count", "loss_of_dword_synchronization_count",
        "phy_reset_problem_count")),
    Counter("health.endurance.percentage_used_percent", "percent of the endurance used"),
    Counter("health.temperature.temperature_celsius", "degrees Celsius"),
    Counter("health.start_stop.accumulated_start_stop_cycles", "start-stop cycles"),
    Counter("health.start_stop.accumulated_load_unload_cycles", "load-unload cycles"),
    Counter("health.power_on_hours", "power-on hours"),
)
PATHS = tuple(counter.path for counter in COUNTERS)
_GETTERS = tuple(map(getter, PATHS))

#: Values in the order of `COUNTERS`.
Values = Tuple[Any, ...]


def values_of(drive: Drive) -> Values:
    """The counters of a drive; ``None`` for those that it does not report."""
    return tuple(_count(counter, get(drive)) for counter, get in zip(COUNTERS, _GETTERS))


def _count(counter: Counter, value: Any) -> Any:
    if not counter.of_list:
        return value if is_number(value) else None
    if not isinstance(value, list):
        return None
    if not counter.fields:
        return len(value)
    counts = [entry.get(name) for entry in value if isinstance(entry, dict) for name in counter.fields]
    return sum(count for count in counts if is_number(count))


def as_data(values: Values) -> dict[str, Any]:
    """For a report in JSON: the counters that the drive reports, by their paths."""
    return {path: value for path, value in zip(PATHS, values) if value is not None}


def of_data(data: Any) -> Values:
    """From a report in JSON, whatever stands there."""
    found = data if isinstance(data, dict) else {}
    return tuple(found.get(path) if is_number(found.get(path)) else None for path in PATHS)


def highest(one: Values, other: Values) -> Values:
    """The higher value of each counter."""
    return tuple(old if new is None or old is not None and old > new else new for old, new in zip(one, other))


def is_worse(before: Values, now: Values) -> bool:
    """Whether one of the counters that make a drive worse has grown."""
    return any(counter.worse and old is not None and new is not None and new > old
               for counter, old, new in zip(COUNTERS, before, now))


def grown(drive: Drive, context: Context, paths: Sequence[str], at_most: Any) -> Answer:
    """Whether the counters have grown by at most so much since the previous report."""
    if context.before is None:
        return Answer(NOT_APPLICABLE, "no earlier report has the drive")
    evidence: tuple[Evidence, ...] = ()
    said: list[str] = []
    missing = False
    worst = None
    for counter, old, new in zip(COUNTERS, context.before, values_of(drive)):
        if counter.path not in paths or old is None:
            continue
        if new is None:
            missing = True
            continue
        growth = new - old
        worst = growth if worst is None else max(worst, growth)
        evidence += (Evidence(page_of(counter.path), counter.path, new),
                     Evidence(f"the report of {context.before_as_of}", counter.path, old))
        if growth > at_most:
            said.append(f"{counter.name}: {old} on {context.before_as_of}, {new} now")
    if said:
        return Answer(FAIL, "; ".join(said), evidence)
    if missing:
        return Answer(UNKNOWN, "a value that the earlier report has is not reported now", evidence)
    if worst is None:
        return Answer(NOT_APPLICABLE, "the earlier report has no such value")
    return Answer(PASS, "not more than in the earlier report" if worst <= 0 else f"at most {worst} more", evidence)

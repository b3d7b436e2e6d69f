# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive counts, for a comparison with the report before: that a count grows says more than how high it is."""

from __future__ import annotations

from typing import Any, NamedTuple, Tuple

from .._checks import is_number
from .comparisons import getter
from .findings import Drive

_ERRORS = "health.error_counters."


class Counter(NamedTuple):
    """A counter of the facts. ``worse``: a drive in which it has grown is worse than it was."""

    path: str
    name: str
    worse: bool = False
    #: Of a list, its length counts; or the sum of all that its entries count in these fields.
    of_list: bool = False
    fields: tuple[str, ...] = ()
    #: What makes it go back without anything being wrong: it is a state, such as what waits now or how warm it is; or
    #: it starts anew when the drive is powered on, or formatted. ``None``: nothing does.
    back: str | None = None
    #: Whether it differs in each report, so that few of its values are kept.
    moving: bool = False


STATE, POWER_ON = "state", "power on"

#: The order is that of their values in memory.
COUNTERS: tuple[Counter, ...] = (
    Counter("health.grown_defects.count", "grown defects", True),
    Counter("health.format_status.total_new_blocks_reassigned", "blocks reassigned since the last format", True,
            back=POWER_ON),
    Counter("health.pending_defects.count", "pending defects", True, back=STATE),
    Counter("health.background_scan.findings", "findings of the background scan", True, True, back=STATE),
    Counter(_ERRORS + "read.total_uncorrected_errors", "uncorrected read errors", True),
    Counter(_ERRORS + "write.total_uncorrected_errors", "uncorrected write errors", True),
    Counter(_ERRORS + "verify.total_uncorrected_errors", "uncorrected verify errors", True),
    Counter(_ERRORS + "non_medium_error_count", "errors that were not the medium's", back=POWER_ON),
    # "Set to a vendor specific value after power on" (SPL-5 9.2.8.1).
    Counter("health.phys", "errors on the links of the phys", False, True, (
        "invalid_dword_count", "running_disparity_error_count", "loss_of_dword_synchronization_count",
        "phy_reset_problem_count"), back=POWER_ON),
    Counter("health.endurance.percentage_used_percent", "percent of the endurance used"),
    Counter("health.temperature.temperature_celsius", "degrees Celsius", back=STATE, moving=True),
    Counter("health.start_stop.accumulated_start_stop_cycles", "start-stop cycles", moving=True),
    Counter("health.start_stop.accumulated_load_unload_cycles", "load-unload cycles", moving=True),
    Counter("health.power_on_hours", "power-on hours", moving=True),
    Counter("health.smart.reallocated_sectors", "reallocated sectors", True),
    Counter("health.smart.pending_sectors", "pending sectors", True, back=STATE),
    Counter("health.smart.offline_uncorrectable_sectors", "sectors that offline scans cannot read", True, back=STATE),
)
PATHS = tuple(counter.path for counter in COUNTERS)
PLACES = {path: place for place, path in enumerate(PATHS)}
HOURS = PLACES["health.power_on_hours"]
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


def lowest(one: Values, other: Values) -> Values:
    """The lower value of each counter."""
    return tuple(old if new is None or old is not None and old < new else new for old, new in zip(one, other))

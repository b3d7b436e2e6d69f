# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what a drive is specified for: its environment, and how often it may be started and unloaded."""

from __future__ import annotations

from typing import Any, Iterator

from .._checks import is_number
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, Answer, Context, Drive, Evidence, part
from .text import above, plural
from .units import with_unit

_REPORTED, _LIMITS = "health.environment", "health.environmental_limits"
#: By the list of sensors: what they measure, as their fields name it, and its unit.
_MEASURED = {"temperatures": ("temperature", "celsius"), "relative_humidities": ("relative_humidity", "percent")}
_LIMIT = "{}_operating_{}_limit_trigger_{}"
_SIDES = {"high": "at most", "low": "at least"}
_CYCLES = {"start_stop": "start-stop cycles", "load_unload": "load-unload cycles"}


def environment(drive: Drive, _context: Context) -> Answer:
    """Whether each sensor is within the operating limits of the drive, which it may reach (SPC-6 7.3).

    The high limit of the first sensor of temperature is the reference temperature under another name. Where the drive
    reports that one, the check ``temperature`` judges it, and one heat is not found twice.
    """
    evidence: tuple[Evidence, ...] = ()
    said: list[str] = []
    compared = 0
    for group, (name, unit) in _MEASURED.items():
        for sensor, limits in _sensors(drive, group):
            value = sensor.get(f"{name}_{unit}")
            limit_of = {side: limits.get(_LIMIT.format(side, name, unit)) for side in _SIDES}
            if group == "temperatures" and sensor["parameter_code"] == 0 and _has_reference(drive):
                del limit_of["high"]
            found = {side: limit for side, limit in limit_of.items() if is_number(limit)}
            if not is_number(value) or not found:
                continue
            compared += 1
            evidence += (Evidence(page_of(_REPORTED), f"{_REPORTED}.{group}[].{name}_{unit}", value),)
            for side, limit in found.items():
                field = f"{_LIMITS}.{group}[].{_LIMIT.format(side, name, unit)}"
                evidence += (Evidence(page_of(_LIMITS), field, limit),)
                lower, higher = (limit, value) if side == "high" else (value, limit)
                if above(higher, lower):
                    said.append(f"{name.replace('_', ' ')} {with_unit(value, unit)}; {_SIDES[side]} "
                                f"{with_unit(limit, unit)}")
    if not compared:
        return Answer(NOT_APPLICABLE, "not reported by the drive")
    return Answer(FAIL if said else PASS, "; ".join(said) or f"{plural(compared, 'sensor')} within limits", evidence)


def _has_reference(drive: Drive) -> bool:
    return is_number(part(part(drive, "health"), "temperature").get("reference_temperature_celsius"))


def _sensors(drive: Drive, group: str) -> Iterator[tuple[Drive, Drive]]:
    """What each sensor reports, and its limits: they have the same parameter code."""
    health = part(drive, "health")
    limits = dict(_by_code(part(health, "environmental_limits").get(group)))
    for code, sensor in _by_code(part(health, "environment").get(group)):
        if code in limits:
            yield sensor, limits[code]


def _by_code(sensors: Any) -> Iterator[tuple[Any, Drive]]:
    for sensor in sensors if isinstance(sensors, list) else ():
        if isinstance(sensor, dict) and is_number(sensor.get("parameter_code")):
            yield sensor["parameter_code"], sensor


def cycles(drive: Drive, _context: Context, at_most_percent: Any) -> Answer:
    """Whether the drive was started and unloaded at most so many percent of the times that it is specified for."""
    counts = part(part(drive, "health"), "start_stop")
    evidence: tuple[Evidence, ...] = ()
    notes, worn = [], False
    for kind, words in _CYCLES.items():
        names = f"accumulated_{kind}_cycles", f"specified_{kind}_cycles"
        done: Any = counts.get(names[0])
        specified: Any = counts.get(names[1])
        # Drives that do not move report zero, or as many as fit.
        if not is_number(done) or not is_number(specified) or not above(specified, 0):
            continue
        evidence += tuple(Evidence(page_of("health.start_stop"), "health.start_stop." + name, counts[name])
                          for name in names)
        worn = worn or above(100 * done, at_most_percent * specified)
        notes.append(f"{done} of {specified} {words}")
    if not notes:
        return Answer(NOT_APPLICABLE, "not reported by the drive")
    return Answer(FAIL if worn else PASS, ", ".join(notes), evidence)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Amounts and dates as rules and waivers write them, and durations in words."""

from __future__ import annotations

import datetime
import re
from typing import Any, Union

from .._checks import wrong

Number = Union[int, float]

#: Units of one dimension, each as a multiple of the first.
_DIMENSIONS: dict[str, dict[str, int]] = {
    "time": {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800},
    "size": {"bytes": 1, "KiB": 1024, "MiB": 1024 ** 2, "GiB": 1024 ** 3, "TiB": 1024 ** 4,
             "kB": 1000, "MB": 1000 ** 2, "GB": 1000 ** 3, "TB": 1000 ** 4},
    "percent": {"percent": 1},
    "temperature": {"celsius": 1},
    "blocks": {"blocks": 1},
    "count": {"count": 1},
}
UNITS = tuple(unit for units in _DIMENSIONS.values() for unit in units)
_SIGNS = {"percent": "%", "celsius": "°C", "count": ""}


def unit_of(path: str) -> str | None:
    """The unit that the name of a field ends with; ``None`` for a field without a unit."""
    last = path.rsplit(".", 1)[-1].rsplit("_", 1)[-1]
    return last if last in UNITS else None


def convert(value: Number, unit: str, wanted: str) -> Number:
    """Converts a value to another unit. Raises ValueError if the units measure different things."""
    for units in _DIMENSIONS.values():
        if unit in units and wanted in units:
            scaled = value * units[unit]
            return scaled // units[wanted] if scaled % units[wanted] == 0 else scaled / units[wanted]
    raise ValueError(f"is in {wanted}, which cannot be compared with {unit}")


def with_unit(value: Any, unit: str | None) -> str:
    """"60 °C", "90 %", "720 hours"; the value alone if it has no unit."""
    sign = _SIGNS.get(unit, unit) if unit else ""
    return f"{value} {sign}" if sign else str(value)


def in_days(count: int) -> str:
    """Hours in words: "5 hours", "30 days"."""
    if count < 48:
        return "1 hour" if count == 1 else f"{count} hours"
    days, rest = divmod(count, 24)
    return f"{days:,} days" + (f" and {rest} h" if rest else "")


def date(value: Any, where: str) -> datetime.date:
    """A date from text such as "2026-01-31" or from a YAML date. Raises ValueError for anything else."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return datetime.date(int(value[:4]), int(value[5:7]), int(value[8:]))
        except ValueError:
            pass
    raise wrong(value, where, "a date such as 2026-01-31")


def day_of(moment: Any) -> datetime.date | None:
    """The day of an ISO 8601 time in a document; ``None`` if it is not one."""
    try:
        return date(moment[:10], "day") if isinstance(moment, str) else None
    except ValueError:
        return None

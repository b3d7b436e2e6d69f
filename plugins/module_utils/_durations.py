# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations in hours, in the same forms for all options and rules that take them."""

from __future__ import annotations

import re
from typing import Any

_ANY = "any"
_UNIT_HOURS = {"": 1, "h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}
#: More than any duration needs.
_DIGITS = 9
_FORM = re.compile(rf"([0-9]{{1,{_DIGITS}}})\s*([hdwy]?)", re.ASCII)
_SHOWN_LENGTH = 60


def hours(value: Any, where: str, low: int = 0) -> int:
    """Hours from ``720``, ``720h``, ``30d``, ``4w`` or ``1y``, as text or a number, with an upper or lower case letter.

    Raises ValueError, which names the place ``where``, for anything else and for fewer hours than ``low``.
    """
    found = _read(value)
    if found is None or found < low:
        raise _wrong(value, where, "720, 720h, 30d, 4w or 1y", low)
    return found


def hours_or_any(value: Any, where: str, low: int = 0) -> int | None:
    """Like `hours`; ``None`` for ``any``, which sets no limit."""
    if isinstance(value, str) and value.strip().lower() == _ANY:
        return None
    found = _read(value)
    if found is None or found < low:
        raise _wrong(value, where, "720, 720h, 30d, 4w, 1y or any", low)
    return found


def _read(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value < 10 ** _DIGITS else None
    match = _FORM.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    return None if match is None else int(match.group(1)) * _UNIT_HOURS[match.group(2)]


def _wrong(value: Any, where: str, forms: str, low: int) -> ValueError:
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN_LENGTH else shown[:_SHOWN_LENGTH] + "..."
    least = f" of at least {low} h" if low else ""
    return ValueError(f"{where}: expected a duration in hours{least}, such as {forms}, not {shown}")

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spans of power-on hours in the form that people write them."""

from __future__ import annotations

import re

_UNIT_HOURS = {"": 1, "h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}
_FORM = re.compile(r"(\d+)\s*([hdwy]?)", re.ASCII)


def parse_hours(span: str) -> int | None:
    """Hours of ``720``, ``720h``, ``30d``, ``4w`` or ``1y``; ``None`` for ``any``. Raises ValueError for others."""
    if span.strip().lower() == "any":
        return None
    match = _FORM.fullmatch(span.strip().lower())
    if match is None:
        raise ValueError(f"{span!r} is no span of power-on hours; write 720, 720h, 30d, 4w, 1y or any")
    return int(match.group(1)) * _UNIT_HOURS[match.group(2)]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a drive is as old as it says: a used one that is sold as new has had its hours set back."""

from __future__ import annotations

from typing import Any

from .._checks import is_number
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, Answer, Context, Drive, Evidence, part
from .text import above

_HOURS, _FARM = "health.power_on_hours", "health.farm."
#: Hours that no drive can have more of than power-on hours. The hours that each head has written are no witness: new
#: drives of some models report far too many.
_WITNESSES = ("power_on_hours", "spindle_power_on_hours", "head_flight_hours")


def provenance(drive: Drive, _context: Context, at_most: Any) -> Answer:
    """Whether the hours that FARM counts are at most so many more than the drive reports by SMART or its log pages."""
    health = part(drive, "health")
    farm = part(health, "farm")
    counted = {name: farm[name] for name in _WITNESSES if is_number(farm.get(name))}
    if not counted:
        return Answer(NOT_APPLICABLE, "the drive does not count its hours in a FARM log")
    evidence = tuple(Evidence(page_of(_FARM + name), _FARM + name, hours) for name, hours in counted.items())
    reported = health.get("power_on_hours")
    if not is_number(reported):
        return Answer(NOT_APPLICABLE, "the drive reports no power-on hours besides those of FARM", evidence)
    evidence += (Evidence(health.get("power_on_hours_source") or page_of(_HOURS), _HOURS, reported),)
    most = max(counted.values())
    note = f"{most:,} hours by FARM, {reported:,} reported"
    return Answer(FAIL if above(most - reported, at_most) else PASS, note, evidence)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs and drives for the tests of the schedule."""

from __future__ import annotations

from typing import Any, Sequence

from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.decide import Candidate
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.due import Memory

SHORT, EXTENDED = 1, 2
PASSED, ABORTED, RESET, FAILED = 0, 1, 2, 7


def logged(code: int, result: int, hours: int) -> dict[str, Any]:
    return {
        "self_test_code": {"value": code, "name": "test"}, "result": {"value": result, "name": "the result"},
        "power_on_hours": min(hours, 65535), "power_on_hours_saturated": hours >= 65535, "self_test_number": 0,
        "address_of_first_failure": None,
    }


def drive(number: int, hours: int | None = 20000, log: Sequence[Any] = (), seen: int | None = 0,
          disks: Sequence[str] = (), **more: Any) -> Candidate:
    """A disk that was first seen at so many hours: at 0, each slot that it had since counts."""
    values: dict[str, Any] = {
        "wwn": f"naa.5000c500{number:08x}", "vendor": "SEAGATE", "product": "ST1000NM0023", "hours": hours,
        "results": list(log), "memory": Memory(seen), "disks": tuple(disks), "extended_minutes": 120}
    values.update(more)
    return Candidate(f"/dev/sg{number}", **values)


def drives(count: int, **more: Any) -> list[Candidate]:
    return [drive(number, disks=["sd" + chr(ord("a") + number)] if number < 26 else [], **more)
            for number in range(count)]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has a self test passed lately? Every kind of log that a drive may show."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._selftests import Log

SHORT, EXTENDED, FOREGROUND_SHORT, FOREGROUND_EXTENDED = 1, 2, 5, 6
RUNNING = 15


def logged(code: int, result: int, hours: int | None, lba: int | None = None, segment: int = 0) -> dict[str, Any]:
    return {
        "self_test_code": {"value": code, "name": "test"}, "result": {"value": result, "name": "the result"},
        "power_on_hours": hours, "power_on_hours_saturated": hours == 65535, "self_test_number": segment,
        "address_of_first_failure": lba,
    }


@pytest.mark.parametrize("log,hours,kind,max_age,verdict,age", [
    ([], 1000, "short", 720, "never", None),
    ([logged(SHORT, 0, 900)], 1000, "short", 720, "passed", 100),
    ([logged(SHORT, 0, 280)], 1000, "short", 720, "passed", 720),
    ([logged(SHORT, 0, 279)], 1000, "short", 720, "expired", 721),
    ([logged(SHORT, 0, 1)], 60000, "short", None, "passed", 59999),
    # kinds
    ([logged(SHORT, 0, 999)], 1000, "extended", 720, "never", None),
    ([logged(EXTENDED, 0, 999)], 1000, "short", 720, "passed", 1),
    ([logged(FOREGROUND_SHORT, 0, 999)], 1000, "short", 720, "passed", 1),
    ([logged(FOREGROUND_EXTENDED, 0, 999)], 1000, "extended", 720, "passed", 1),
    ([logged(SHORT, 0, 999)], 1000, "default", 720, "passed", 1),
    ([logged(3, 0, 999)], 1000, "default", 720, "never", None),
    ([logged(SHORT, 0, 999), logged(EXTENDED, 0, 500)], 1000, "extended", 720, "passed", 500),
    # what says nothing: aborted, running, reserved
    ([logged(SHORT, 1, 999), logged(SHORT, 2, 998), logged(SHORT, 0, 900)], 1000, "short", 720, "passed", 100),
    ([logged(SHORT, RUNNING, None), logged(SHORT, 0, 900)], 1000, "short", 720, "passed", 100),
    ([logged(SHORT, 8, 999), logged(SHORT, 0, 900)], 1000, "short", 720, "passed", 100),
    ([logged(SHORT, 1, 999)], 1000, "short", 720, "never", None),
    # failures
    ([logged(SHORT, 7, 999)], 1000, "short", 720, "failed", 1),
    ([logged(SHORT, 4, 999), logged(EXTENDED, 0, 998)], 1000, "extended", 720, "failed", 1),
    ([logged(EXTENDED, 0, 999), logged(SHORT, 5, 998)], 1000, "short", 720, "passed", 1),
    ([logged(SHORT, 0, 999), logged(EXTENDED, 5, 998)], 1000, "extended", 720, "failed", 2),
    ([logged(SHORT, 6, 100)], 1000, "short", 720, "expired", 900),
    ([logged(SHORT, 3, 100)], 1000, "short", None, "failed", 900),
    # power-on hours that are not told
    ([logged(SHORT, 0, 900)], None, "short", 720, "unknown", None),
    ([logged(SHORT, 0, 900)], None, "short", None, "passed", None),
    ([logged(SHORT, 2, 900), logged(SHORT, 0, 100)], None, "short", 720, "expired", None),
    ([logged(SHORT, 5, 900)], None, "short", 720, "failed", None),
    # hours that are at their highest value
    ([logged(SHORT, 0, 65535)], 65600, "short", 720, "passed", None),
    ([logged(SHORT, 0, 65535)], 65535, "short", 0, "passed", 0),
    ([logged(SHORT, 0, 65535)], 70000, "short", 720, "unknown", None),
    ([logged(SHORT, 0, 65000)], 70000, "short", 720, "expired", 5000),
    ([logged(SHORT, 0, 65535)], None, "short", 720, "unknown", None),
    # the counter went back
    ([logged(SHORT, 0, 900)], 10, "short", 720, "unknown", None),
    ([logged(SHORT, 5, 900)], 10, "short", 720, "failed", None),
])
def test_the_verdict(log: Any, hours: int | None, kind: str, max_age: int | None, verdict: str,
                     age: int | None) -> None:
    judgement = Log(log, hours).judge(kind, max_age)
    assert (judgement.verdict, judgement.age_hours) == (verdict, age), judgement.reason


def test_a_failure_says_what_failed_and_where() -> None:
    judgement = Log([logged(EXTENDED, 7, 998, lba=4660, segment=3)], 1000).judge("short", 720)
    for fact in ("extended", "the result", "number 3", "LBA 4660", "2 power-on hours"):
        assert fact in judgement.reason

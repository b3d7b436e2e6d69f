# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When may a test start? Windows, days without tests, and what people write that is neither."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.times import (
    minutes_left,
    parse_blackouts,
    parse_now,
    parse_windows,
)

NIGHT = [{"from": "22:00", "to": "06:00"}]
WEEKEND = [{"days": ["sat", "Sunday"], "from": "00:00", "to": "24:00"}]
FRIDAY_NIGHT = [{"days": "fri", "from": "22:00", "to": "06:00"}]


@pytest.mark.parametrize("windows,now,left", [
    (None, "2026-11-21T12:00", 7 * 24 * 60),
    ([], "2026-11-21T12:00", 7 * 24 * 60),
    (NIGHT, "2026-11-21T21:59", None),
    (NIGHT, "2026-11-21T22:00", 480),
    (NIGHT, "2026-11-22T05:59:59", 1),
    (NIGHT, "2026-11-22T06:00", None),
    # a Saturday, a Sunday, a Monday
    (WEEKEND, "2026-11-21T00:00", 2880),
    (WEEKEND, "2026-11-22T23:59", 1),
    (WEEKEND, "2026-11-23T00:00", None),
    # the window of Friday reaches into Saturday, that of no other day does
    (FRIDAY_NIGHT, "2026-11-20T23:00", 420),
    (FRIDAY_NIGHT, "2026-11-21T05:00", 60),
    (FRIDAY_NIGHT, "2026-11-21T23:00", None),
    (FRIDAY_NIGHT, "2026-11-20T05:00", None),
    # into the next week
    ([{"days": ["sun"], "from": "23:00", "to": "01:00"}], "2026-11-23T00:30", 30),
    # the widest of several
    ([{"from": "22:00", "to": "23:00"}] + NIGHT, "2026-11-21T22:30", 450),
    # windows that touch, and that overlap: until Monday, six o'clock
    ([{"from": "22:00", "to": "24:00"}, {"from": "00:00", "to": "06:00"}], "2026-11-21T23:00", 420),
    ([{"from": "22:00", "to": "24:00"}, {"from": "00:01", "to": "06:00"}], "2026-11-21T23:00", 60),
    (NIGHT + WEEKEND, "2026-11-21T23:00", 1860),
    # the same time twice is a whole day, and each day a whole week
    ([{"days": ["fri"], "from": "06:00", "to": "06:00"}], "2026-11-21T05:00", 60),
    ([{"from": "06:00", "to": "06:00"}], "2026-11-21T05:00", 7 * 24 * 60),
    ([{"from": "00:00", "to": "24:00"}], "9999-12-31T23:00", 60),
    # 22:00 and 6:30 without quotes, as YAML 1.1 reads them
    ([{"from": 1320, "to": 390}], "2026-11-21T22:00", 510),
    ([{"from": "1320", "to": "390"}], "2026-11-21T22:00", 510),
])
def test_how_long_a_window_is_open(windows: Any, now: str, left: int | None) -> None:
    assert minutes_left(parse_windows(windows, "windows"), parse_now(now)) == left


@pytest.mark.parametrize("windows,now,left", [
    # Sunday has no start, so Saturday's window ends with Saturday
    (WEEKEND, "2026-11-21T12:00", 720),
    ([{"from": "22:00", "to": "24:00"}, {"from": "00:00", "to": "06:00"}], "2026-11-21T23:00", 60),
    # one that opened before reaches into it
    (NIGHT, "2026-11-21T23:00", 420),
    # two that opened before, and the second goes on from the first there
    ([{"days": ["sat"], "from": "22:00", "to": "06:00"}, {"days": ["sat"], "from": "23:00", "to": "23:00"}],
     "2026-11-21T22:30", 24 * 60 + 30),
    # up to the day before
    ([{"from": "00:00", "to": "24:00"}], "2026-11-20T12:00", 36 * 60),
])
def test_no_window_goes_on_with_one_of_a_day_without_tests(windows: Any, now: str, left: int) -> None:
    blackouts = parse_blackouts(["2026-11-22"], "blackout_days")
    assert minutes_left(parse_windows(windows, "windows"), parse_now(now), blackouts) == left


@pytest.mark.parametrize("window,said", [
    ("22:00-06:00", r"\bdictionary\b.*'22:00-06:00'"),
    ({"from": "22:00"}, r"\bfrom\b.*\bto\b"),
    ({"from": "22:00", "to": "25:00"}, "'25:00'"),
    ({"from": "22:60", "to": "23:00"}, "'22:60'"),
    ({"from": 22, "to": 6}, r"\b22\b(?!:)"),
    ({"from": True, "to": "06:00"}, r"\bTrue\b"),
    ({"from": "-1:00", "to": "06:00"}, "'-1:00'"),
    ({"from": "²²:00", "to": "06:00"}, "'²²:00'"),
    ({"from": "24:00", "to": "06:00"}, r"\b24:00\b"),
    ({"from": "22:00", "to": "06:00", "days": ["someday"]}, r"\bmon\b.*\bsun\b.*'someday'"),
    ({"from": "22:00", "to": "06:00", "days": {"mon": True}}, r"\blist\b.*'mon'"),
    ({"begin": "22:00", "to": "06:00"}, r"\bbegin\b.*\bdays, from, to\b"),
    ({"from": "9" * 5000, "to": "06:00"}, "'9999"),
])
def test_what_is_no_window_is_refused_with_its_place(window: Any, said: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_windows([NIGHT[0], window], "windows")
    assert re.search(said, str(error.value)) and "window 2" in str(error.value) and len(str(error.value)) < 300


@pytest.mark.parametrize("days,covered,free", [
    (["2026-12-24"], ["2026-12-24"], ["2026-12-23", "2026-12-25", "2027-12-24"]),
    (["2026-12-24..2027-01-02"], ["2026-12-24", "2026-12-31", "2027-01-02"], ["2026-12-23", "2027-01-03"]),
    ("12-25", ["2026-12-25", "2031-12-25"], ["2026-12-24"]),
    (["02-29"], ["2028-02-29"], ["2027-02-28", "2027-03-01"]),
    ([datetime.date(2026, 12, 24)], ["2026-12-24"], ["2026-12-25"]),
    (["12-24..12-26"], ["2026-12-24", "2026-12-26", "2030-12-25"], ["2026-12-23", "2026-12-27"]),
    (["12-30..01-02"], ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"], ["2026-12-29", "2027-01-03"]),
])
def test_days_without_tests(days: Any, covered: Any, free: Any) -> None:
    blackouts = parse_blackouts(days, "blackout_days")
    for day in covered + free:
        date = datetime.date.fromisoformat(day)
        assert any(blackout.covers(date) for blackout in blackouts) == (day in covered), day


@pytest.mark.parametrize("day", [
    "Christmas", "2026-13-01", "2026-02-29", "02-30", "2027-01-02..2026-12-24", "24.12.2026", "", 20261224, None,
    {"day": "12-24"}])
def test_what_is_no_day_is_refused(day: Any) -> None:
    with pytest.raises(ValueError, match=rf"\bblackout_days\b.*{re.escape(repr(day))}"):
        parse_blackouts([day], "blackout_days")


@pytest.mark.parametrize("now", ["soon", "2026-11-21T03:00+01:00", ""])
def test_what_is_no_local_time_is_refused(now: str) -> None:
    with pytest.raises(ValueError, match=rf"\bnow\b.*{re.escape(repr(now))}"):
        parse_now(now)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When tests may start: weekly windows and blackout days, in the managed node's local time."""

from __future__ import annotations

import datetime
import re
from typing import Any, NamedTuple, Sequence

from .._checks import dictionary, listed, wrong

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?", re.ASCII)
_MINUTES = re.compile(r"[0-9]{2,4}", re.ASCII)
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SPAN = re.compile(rf"({_DATE})(?:\s*\.\.\s*({_DATE}))?", re.ASCII)
_DAY_OF_YEAR = r"([0-9]{2})-([0-9]{2})"
_YEARLY = re.compile(rf"{_DAY_OF_YEAR}(?:\s*\.\.\s*{_DAY_OF_YEAR})?", re.ASCII)
_LEAP_YEAR = 2024


class Window(NamedTuple):
    """From one minute of a day to another; one that ends before it begins ends on the next day."""

    days: frozenset[int]
    begin: int
    end: int

    def minutes_left(self, now: datetime.datetime, blackouts: Sequence[Blackout] = ()) -> int | None:
        """Minutes until it closes; ``None`` while it is closed. A window belongs to the day on which it opens, and does
        not open on blackout days.
        """
        minute = now.hour * 60 + now.minute
        length = (self.end - self.begin) % _DAY_MINUTES or _DAY_MINUTES
        for days_ago in (0, 1):
            passed = minute - self.begin + days_ago * _DAY_MINUTES
            if (now.weekday() - days_ago) % 7 in self.days and 0 <= passed < length:
                opened = now.date() - datetime.timedelta(days=days_ago)
                if not any(blackout.covers(opened) for blackout in blackouts):
                    return length - passed
        return None


class Blackout(NamedTuple):
    """Days on which no test starts, from first to last; ``yearly``: in every year, also across its end."""

    first: datetime.date
    last: datetime.date
    yearly: bool = False

    def covers(self, day: datetime.date) -> bool:
        """Whether a day is among them."""
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, this = ((each.month, each.day) for each in (self.first, self.last, day))
        return first <= this <= last if first <= last else this >= first or this <= last


def minutes_left(windows: Sequence[Window], now: datetime.datetime,
                 blackouts: Sequence[Blackout] = ()) -> int | None:
    """Minutes for which a window is still open, at most a week; ``None`` if none is open.

    Windows that touch or overlap count as one. Without any window the whole week is open.
    """
    if not windows:
        return _WEEK_MINUTES
    left = _open(windows, now)
    more = left
    while left is not None and more is not None and left < _WEEK_MINUTES:
        try:
            end = now + datetime.timedelta(minutes=left)
        except OverflowError:  # the calendar ends with the year 9999
            break
        # A window may reach into a blackout day, but is not continued by one that would open there.
        more = _open(windows, end, blackouts)
        left += more or 0
    return None if left is None else min(left, _WEEK_MINUTES)


def _open(windows: Sequence[Window], now: datetime.datetime, blackouts: Sequence[Blackout] = ()) -> int | None:
    """Minutes until the last of the windows that are open now closes."""
    left = [minutes for minutes in (window.minutes_left(now, blackouts) for window in windows) if minutes is not None]
    return max(left) if left else None


def parse_windows(value: Any, where: str) -> list[Window]:
    """Windows as a policy has them: ``{days: [sat, sun], from: "22:00", to: "06:00"}``. Raises ValueError."""
    return [_window(each, f"{where}, window {number}")
            for number, each in enumerate(listed(value, where), 1)]


def parse_blackouts(value: Any, where: str) -> list[Blackout]:
    """Days as ``2026-12-24``, ``2026-12-24..2027-01-02``, or ``12-24..12-26`` for every year. Raises ValueError."""
    return [_blackout(each, where) for each in listed(value, where)]


def parse_now(text: str) -> datetime.datetime:
    """A local time such as ``2026-11-21T03:00``. Raises ValueError."""
    try:
        now = datetime.datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        if now.tzinfo is None:
            return now
    raise wrong(text, "now", "a local time such as 2026-11-21T03:00")


def _window(value: Any, where: str) -> Window:
    dictionary(value, where, ("days", "from", "to"))
    for key in ("from", "to"):
        if value.get(key) is None:
            raise ValueError(f"{where}: it needs from and to, such as \"22:00\" and \"06:00\"")
    days = frozenset(_day(each, where) for each in listed(value.get("days"), where)) or frozenset(range(7))
    begin, end = _minute(value["from"], where), _minute(value["to"], where)
    if begin == _DAY_MINUTES:
        raise ValueError(f"{where}: a window can end at 24:00, not begin then")
    return Window(days, begin, end)


def _day(value: Any, where: str) -> int:
    text = str(value).strip().lower()
    if text[:3] not in DAYS:
        raise wrong(value, where, f"one of {', '.join(DAYS)}")
    return DAYS.index(text[:3])


def _minute(value: Any, where: str) -> int:
    # YAML 1.1 reads 22:00 without quotes as a base 60 number, 1320, as it does every time from 1:00 on.
    text = "" if isinstance(value, bool) else str(value).strip()
    if _MINUTES.fullmatch(text) is not None and 60 <= int(text) <= _DAY_MINUTES:
        return int(text)
    match = _TIME.fullmatch(text)
    if match is not None and int(match.group(2)) < 60:
        minutes = int(match.group(1)) * 60 + int(match.group(2))
        if minutes <= _DAY_MINUTES:
            return minutes
    raise wrong(value, where, "a time of day such as \"22:00\"")


def _blackout(value: Any, where: str) -> Blackout:
    text = str(value).strip()
    yearly, span = _YEARLY.fullmatch(text), _SPAN.fullmatch(text)
    try:
        if yearly is not None:
            numbers = [int(number) for number in yearly.groups() if number is not None]
            days = [datetime.date(_LEAP_YEAR, *numbers[place:place + 2]) for place in range(0, len(numbers), 2)]
            return Blackout(days[0], days[-1], yearly=True)
        if span is not None:
            first = datetime.date.fromisoformat(span.group(1))
            last = datetime.date.fromisoformat(span.group(2) or span.group(1))
            if first <= last:
                return Blackout(first, last)
    except ValueError:
        pass
    raise wrong(value, where, "a day: 2026-12-24, 2026-12-24..2027-01-02, or 12-24..12-26 for every year")

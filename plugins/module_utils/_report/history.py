# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive counted in earlier reports: a few values a counter, by which daily and weekly reports see the same.

A counter that stays as it is needs no history. One that changes has a point for each value that it no longer has: the
last day on which a document had it. Of more points than are kept, those go that are missed the least: near to today
they stay closer together than long ago, so that a week is as well known as a quarter.
"""

from __future__ import annotations

import datetime
import functools
import struct
from typing import Any, Dict, List, NamedTuple, Sequence

from .._checks import is_number
from .counters import COUNTERS, HOURS, PATHS, PLACES, STATE, Counter, Values
from .units import day_of

#: How far back a history goes, in days, and how many values it has of one counter.
DAYS = 90
_MOST, _MOST_MOVING = 12, 5
#: Place of the counter, day, value, power-on hours: a fleet has millions of points.
_PACKED = struct.Struct("<BHdI")
_FIRST_DAY = datetime.date(2000, 1, 1).toordinal()
_LAST_DAY = 0xFFFF
_NO_HOURS = 0xFFFFFFFF
#: Beyond it, a number is not exact when it is packed; no counter gets there.
_HIGHEST = 1 << 53


class Point(NamedTuple):
    """A value, the last day on which a document had it, and the drive's power-on hours then."""

    day: int
    value: Any
    hours: Any = None


#: By the place of the counter, oldest point first.
History = Dict[int, List[Point]]


class Past(NamedTuple):
    """What earlier reports know of a drive.

    ``before``: its counters in the previous report; ``moment`` and ``day``: when those were gathered. ``counted``: what
    the collection that wrote the report counted at all. ``lowest``: where several hosts share the drive, the lowest
    value that one of them read, as ``before`` is the highest.
    """

    before: Values
    moment: str
    day: int
    history: History
    counted: Sequence[str] = PATHS
    lowest: Values | None = None

    def line(self, place: int) -> list[Point]:
        """The values of a counter in time, up to that of the previous report."""
        found = self.history.get(place, [])
        value = self.before[place]
        return found if value is None else [*found, Point(self.day, value, self.before[HOURS])]

    def since(self, place: int, first: int | None) -> list[Point]:
        """The values of a counter in time, from the day ``first`` on; ``None``: from the previous report on.

        If there is no value as young as that, the newest that there is.
        """
        line = self.line(place)
        return line[-1:] if first is None else [point for point in line if point.day >= first] or line[-1:]

    def lower(self, place: int, line: list[Point]) -> list[Point]:
        """The values as far as a counter can have gone back from them: that of the previous report is the lowest."""
        if self.lowest is None or self.lowest[place] is None or not line or line[-1].day != self.day:
            return line
        return [*line[:-1], line[-1]._replace(value=self.lowest[place])]

    def written(self, day: int) -> str:
        """When a value was read: of the previous report the moment, else the day."""
        return self.moment if day == self.day else _written(day)


def growth(counter: Counter, line: Sequence[Point], now: Any) -> Any:
    """By how much a counter has grown along a line of points and up to now; what it went back does not count."""
    if counter.back == STATE:
        return now - line[0].value
    found = 0
    for old, new in zip([point.value for point in line], [*[point.value for point in line[1:]], now]):
        if new > old:
            found += new - old
        elif new < old and counter.back is not None:
            # It counts anew: all that it has now came since.
            found += new
    return found


def fallback(line: Sequence[Point], now: Any) -> tuple[Point, Any] | None:
    """The point after which a counter went back the most, and the next value; ``None`` if it never went back."""
    worst = None
    for place, point in enumerate(line):
        following = line[place + 1].value if place + 1 < len(line) else now
        if following < point.value and (worst is None or point.value - following > worst[0].value - worst[1]):
            worst = (point, following)
    return worst


def continued(past: Past | None, now: Values, today: int) -> History:
    """The history that the next report needs: the values that the counters had, and no longer have."""
    found: History = {}
    if past is None:
        return found
    for place, (counter, value) in enumerate(zip(COUNTERS, now)):
        old = past.before[place]
        if old == value and place not in past.history:
            continue
        line = past.line(place)
        if past.lowest is not None and None not in (old, value, past.lowest[place]) \
                and past.lowest[place] <= value <= old:
            # One of the hosts that share the drive sees it as before.
            line = line[:-1]
        while line and value is not None and line[-1].value == value:
            line = line[:-1]
        # What a drive does not report now is kept until it does again.
        kept = [point for point in line if point.day >= today - DAYS] or (line[-1:] if value is None else [])
        if kept:
            found[place] = _thinned(counter, kept, today)
    return found


def _thinned(counter: Counter, line: list[Point], today: int) -> list[Point]:
    """As many points as are kept. Those stay that the counter went back from, and the oldest and the newest."""
    most = _MOST_MOVING if counter.moving else _MOST
    while len(line) > most:
        free = [place for place in range(1, len(line) - 1)
                if counter.back is not None or line[place + 1].value >= line[place].value]
        if not free:
            return line[-most:]
        closest = min(free, key=lambda place: (1 + today - line[place - 1].day) / (1 + today - line[place + 1].day))
        line = line[:closest] + line[closest + 1:]
    return line


def as_data(history: History) -> dict[str, Any]:
    """For a report in JSON: days, values and power-on hours, by the paths of the counters."""
    return {PATHS[place]: [[_written(day), value, hours] for day, value, hours in line]
            for place, line in history.items()}


# A fleet has millions of points and a hundred days.
@functools.lru_cache(maxsize=1000)
def _written(day: int) -> str:
    return str(datetime.date.fromordinal(day))


@functools.lru_cache(maxsize=1000)
def _read(day: Any) -> int | None:
    """The day, as it is packed; ``None`` if it is none."""
    found = day_of(day)
    number = None if found is None else found.toordinal() - _FIRST_DAY
    return number if number is not None and 0 <= number <= _LAST_DAY else None


def pack(data: Any) -> bytes:
    """The history of a report in JSON, whatever stands there, in as little memory as possible."""
    found = []
    for path, line in data.items() if isinstance(data, dict) else ():
        place = PLACES.get(path)
        if place is None or not isinstance(line, list):
            continue
        for point in line[-_MOST:]:
            if not isinstance(point, list) or len(point) != 3:
                continue
            text, value, hours = point
            day = _read(text) if isinstance(text, str) else None
            if day is None or not is_number(value) or not abs(value) <= _HIGHEST:
                continue
            if not isinstance(hours, int) or not 0 <= hours < _NO_HOURS:
                hours = _NO_HOURS
            found.append(_PACKED.pack(place, day, value, hours))
    return b"".join(found)


def unpack(packed: bytes) -> History:
    """The history that was packed."""
    found: History = {}
    for place, day, value, hours in _PACKED.iter_unpack(packed):
        whole = int(value) if value.is_integer() else value
        found.setdefault(place, []).append(
            Point(day + _FIRST_DAY, whole, None if hours == _NO_HOURS else hours))
    return found

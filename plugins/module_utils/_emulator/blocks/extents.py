# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of blocks: which are mapped, which cannot be read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Iterable, Iterator


class Extents:
    """A set of whole numbers, kept as sorted ranges that do not touch. Each range is a start and an exclusive end."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in ranges:
            self.add(start, end)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self._starts, self._ends))

    def __bool__(self) -> bool:
        return bool(self._starts)

    def total(self) -> int:
        """How many numbers are in the set."""
        return sum(self._ends) - sum(self._starts)

    def within(self, start: int, end: int) -> list[tuple[int, int]]:
        """The parts of the set from ``start`` to before ``end``."""
        if start >= end:
            return []
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return [(max(start, self._starts[at]), min(end, self._ends[at])) for at in range(first, last)]

    def first(self, start: int, end: int) -> int | None:
        """The lowest number of the set from ``start`` to before ``end``, None for none."""
        at = bisect_right(self._ends, start)
        if start >= end or at == len(self._starts) or self._starts[at] >= end:
            return None
        return max(start, self._starts[at])

    def run(self, number: int) -> tuple[bool, int | None]:
        """Whether the number is in the set, and the next higher one for which that changes; None if there is none."""
        at = bisect_right(self._ends, number)
        if at == len(self._starts):
            return False, None
        if self._starts[at] <= number:
            return True, self._ends[at]
        return False, self._starts[at]

    def add(self, start: int, end: int) -> bool:
        """Adds a range. Returns whether any of it was missing."""
        if start >= end:
            return False
        # Ranges that only touch are joined, too.
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if last - first == 1 and self._starts[first] <= start and end <= self._ends[first]:
            return False
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]
        return True

    def remove(self, start: int, end: int) -> list[tuple[int, int]]:
        """Removes a range. Returns the parts of it that were in the set."""
        removed = self.within(start, end)
        if not removed:
            return []
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        left = [(self._starts[first], start)] if self._starts[first] < start else []
        right = [(end, self._ends[last - 1])] if self._ends[last - 1] > end else []
        self._starts[first:last] = [each[0] for each in left + right]
        self._ends[first:last] = [each[1] for each in left + right]
        return removed

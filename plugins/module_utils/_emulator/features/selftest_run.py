# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running self-test: its progress, its end, and its suspension."""

from __future__ import annotations

from typing import Any, Mapping

from .selftest_plan import SelfTestOutcome

#: Progress is in 65536ths, and never reaches the whole (SPC-6 4.4.2.4.5).
_WHOLE = 0x10000
#: More than the rounding error of adding and subtracting seconds.
_ROUNDING_SECONDS = 1e-6


class Run:
    """A running test. The caller passes the time, in the drive's seconds.

    Work is counted, not the time since the start, so progress never goes back, however often the test is suspended.
    """

    def __init__(self, code: int, seconds: float, outcome: SelfTestOutcome, now: float, done: float = 0.0) -> None:
        self.code = code
        self.outcome = outcome
        self._seconds = seconds
        #: A test that fails ends where it fails.
        self._end = seconds * outcome.at_percent / 100.0
        self._done = done
        #: When it last began to work; in the future while it is suspended.
        self._since = now

    def done(self, now: float) -> float:
        """For how many seconds it has worked."""
        return self._done + max(0.0, now - self._since)

    def is_over(self, now: float) -> bool:
        """True once it has done its work, or has reached the point where it fails."""
        return self.done(now) >= self._end - _ROUNDING_SECONDS

    def remaining(self, now: float) -> float:
        """Seconds until it ends, if nothing suspends it."""
        return max(0.0, self._end - self._done + self._since - now)

    def progress(self, now: float) -> int:
        """The progress indication."""
        if not self._seconds:
            return _WHOLE - 1
        return min(int(self.done(now) / self._seconds * _WHOLE), _WHOLE - 1)

    def suspend(self, now: float, seconds: float) -> None:
        """Suspends the test for another command; a further one extends the suspension."""
        self._done = self.done(now)
        self._since = max(self._since, now + seconds)

    def save(self, now: float) -> dict[str, Any]:
        """The state, as JSON can hold it."""
        return {"code": self.code, "seconds": self._seconds, "done": self.done(now), "outcome": self.outcome.save()}

    @classmethod
    def load(cls, state: Mapping[str, Any], now: float) -> Run:
        """The test that `save` returned."""
        return cls(state["code"], state["seconds"], SelfTestOutcome.load(state["outcome"]), now, state["done"])

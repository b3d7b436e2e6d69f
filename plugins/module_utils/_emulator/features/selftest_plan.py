# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a drive's self-tests: their duration, and which of them fail, where, and how.

Settings, with their defaults::

    short_seconds: 120        # SPC-6 5.15.2 allows a short test two minutes
    extended_seconds: 600     # 0 for a drive without an extended test
    default_seconds: 0
    suspension_seconds: 0.01  # for how long another command suspends a background test
    log_default_test: false   # whether log page 10h includes the default test
    off_line: true            # whether DEVOFFL and UNITOFFL are accepted
    lenient_abort: false      # whether an abort is GOOD with nothing to abort, as with some drives
    plan:                     # the first entry that matches a test decides its outcome; without one it passes
      - test: extended        # short, extended, default; omitted: any
        result: failed        # or: unknown error, log failure
        segment: 3            # 1 and 2 have results of their own (5h, 6h); omitted: unknown (4h)
        lba: 4711             # where it failed; omitted: none
        sense: [3, 0x11, 0]   # key, code and qualifier of the log; 03/11/00 with an lba, else 04/40/80
        at_percent: 60        # how far the test gets; omitted: 50
        count: 1              # for how many tests; omitted: for all
"""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from ..._checks import boolean, items, number, one_of, with_defaults
from ..feature import sense_codes

DEFAULT, BACKGROUND_SHORT, BACKGROUND_EXTENDED, ABORT, FOREGROUND_SHORT, FOREGROUND_EXTENDED = 0, 1, 2, 4, 5, 6
BACKGROUND_TESTS = frozenset((BACKGROUND_SHORT, BACKGROUND_EXTENDED))
EXTENDED_TESTS = frozenset((BACKGROUND_EXTENDED, FOREGROUND_EXTENDED))
CODES = {DEFAULT: "default", BACKGROUND_SHORT: "short", BACKGROUND_EXTENDED: "extended", FOREGROUND_SHORT: "short",
         FOREGROUND_EXTENDED: "extended"}

#: Results of log page 10h (SPC-6 table 405).
PASSED, ABORTED_BY_COMMAND, ABORTED_OTHERWISE, UNKNOWN_ERROR, FAILED_SOMEWHERE = 0x0, 0x1, 0x2, 0x3, 0x4
_FAILED_IN_SEGMENT = {1: 0x5, 2: 0x6}
_FAILED_IN_ANOTHER = 0x7
#: Not a result of the log.
LOG_FAILURE = -1

_RESULTS = ("failed", "unknown error", "log failure")
_UNRECOVERED_READ_ERROR = (0x03, 0x11, 0x00)
#: DIAGNOSTIC FAILURE ON COMPONENT 80h.
_COMPONENT_FAILURE = (0x04, 0x40, 0x80)


class SelfTestOutcome(NamedTuple):
    """How a test ends: its result and the other fields of its log entry."""

    result: int = PASSED
    segment: int | None = None
    lba: int | None = None
    sense: tuple[int, int, int] | None = None
    at_percent: float = 100.0

    def save(self) -> dict[str, Any]:
        """The state, as JSON can hold it."""
        return dict(self._asdict(), sense=None if self.sense is None else list(self.sense))

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> SelfTestOutcome:
        """The outcome that `save` returned."""
        key = state["sense"]
        return cls(**dict(state, sense=None if key is None else (key[0], key[1], key[2])))


class _PlanEntry:
    """One entry of the plan."""

    def __init__(self, given: Any, where: str) -> None:
        values = with_defaults(given, where, {
            "test": None, "result": "failed", "segment": None, "lba": None, "sense": None, "at_percent": 50,
            "count": None})
        self.test = values["test"]
        if self.test is not None:
            one_of(self.test, where + ".test", sorted(set(CODES.values())))
        self.remaining: int | None = values["count"]
        if self.remaining is not None:
            number(self.remaining, where + ".count", 1, whole=True)
        self.outcome = _outcome(values, where)

    def fits(self, code: int) -> bool:
        return self.remaining != 0 and self.test in (None, CODES[code])


def _outcome(values: Mapping[str, Any], where: str) -> SelfTestOutcome:
    result = one_of(values["result"], where + ".result", _RESULTS)
    at_percent = number(values["at_percent"], where + ".at_percent", 0, 100)
    segment, lba = values["segment"], values["lba"]
    if segment is not None:
        number(segment, where + ".segment", 1, 0xFF, whole=True)
    if lba is not None:
        number(lba, where + ".lba", 0, (1 << 64) - 2, whole=True)
    if result != "failed":
        if (segment, lba, values["sense"]) != (None, None, None):
            raise ValueError(f"{where}: segment, lba and sense require the result failed")
        return SelfTestOutcome(UNKNOWN_ERROR if result == "unknown error" else LOG_FAILURE, at_percent=at_percent)
    sense = _COMPONENT_FAILURE if lba is None else _UNRECOVERED_READ_ERROR
    if values["sense"] is not None:
        sense = sense_codes(values["sense"], where + ".sense")
    code = FAILED_SOMEWHERE if segment is None else _FAILED_IN_SEGMENT.get(segment, _FAILED_IN_ANOTHER)
    return SelfTestOutcome(code, segment, lba, sense, at_percent)


class SelfTestSettings:
    """The checked settings. Raises ValueError, which names the wrong setting."""

    def __init__(self, given: Any) -> None:
        values = with_defaults(given, "selftest", {
            "short_seconds": 120, "extended_seconds": 600, "default_seconds": 0, "suspension_seconds": 0.01,
            "log_default_test": False, "off_line": True, "lenient_abort": False, "plan": []})
        self._seconds: dict[str, float] = {
            each: number(values[each + "_seconds"], f"selftest.{each}_seconds", 0)
            for each in ("short", "extended", "default")}
        self.suspension_seconds = number(values["suspension_seconds"], "selftest.suspension_seconds", 0, 2)
        self.log_default_test = boolean(values["log_default_test"], "selftest.log_default_test")
        self.off_line = boolean(values["off_line"], "selftest.off_line")
        self.lenient_abort = boolean(values["lenient_abort"], "selftest.lenient_abort")
        self._plan: list[_PlanEntry] = [
            _PlanEntry(entry, f"selftest.plan[{place}]")
            for place, entry in enumerate(items(values["plan"], "selftest.plan"))]

    @property
    def extended_seconds(self) -> float:
        """How long an extended test takes; 0 if there is none."""
        return self._seconds["extended"]

    def seconds(self, code: int) -> float:
        """How long the test with this self-test code takes, if nothing suspends it."""
        return self._seconds[CODES[code]]

    def take_outcome(self, code: int) -> SelfTestOutcome:
        """How a test that starts now will end; counts as a use of its entry in the plan."""
        for entry in self._plan:
            if entry.fits(code):
                if entry.remaining is not None:
                    entry.remaining -= 1
                return entry.outcome
        return SelfTestOutcome()

    def save(self) -> dict[str, Any]:
        """How often each entry of the plan still applies."""
        return {"remaining": [entry.remaining for entry in self._plan]}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores what `save` returned, unless the plan now has another length, so is another plan."""
        remaining = state.get("remaining") or []
        if len(remaining) == len(self._plan):
            for entry, count in zip(self._plan, remaining):
                entry.remaining = count

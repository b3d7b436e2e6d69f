# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the tests of an old drive were logged, from how its log looked before and which tests were started here.

Past 65,535 power-on hours the log no longer says when a test ended (SPC-6 7.3.20); that of an ATA drive counts from 0
again. For such drives, and no others, a file on the node has the log as it was seen last, and the tests that were
started since:

    {"version": 1, "power_on_hours": 70100, "results": [[1, 0, 65535, null], [2, 0, 65535, null]],
     "bounds": [[70050, 70100], null], "started": {"short": 70090}}

A result that was not there before was logged since then, and the result of a test that was started here, since its
start. Both are bounds of the power-on hours of a result; `_selftests` computes its age from them.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ... import _selftests as policy
from ..._scsi.log_selftest_results import PARAMETER_COUNT, SATURATED_HOURS
from ..._scsi.vpd_designators import is_unique
from ..state_files import write_whole

VERSION = 1
#: The option that names the directory, and what it is if nobody sets it: that of the schedule's records.
DEFAULT_DIRECTORY = "/var/lib/drivecare"
_FOLDER = "selftest_logs"
_CAPTURE = "replay:"

#: Least and most power-on hours; ``None`` for a result whose hours the log has.
Bounds = Optional[Tuple[int, int]]
#: The hours in the log of an ATA drive are those modulo this.
_WRAP = 0x10000
#: What stays the same of a result while newer ones move it down the log.
Signature = List[Any]


class Seen(NamedTuple):
    """A log as it was seen, the newest result first, and the tests started since, by kind, with the power-on hours."""

    hours: int
    results: Sequence[Signature]
    bounds: Sequence[Bounds]
    started: Mapping[str, int]


class Compared(NamedTuple):
    """The bounds of each result, and the tests that were started and have no result yet."""

    bounds: list[Bounds]
    pending: dict[str, int]


def recorded_name(device: str, wwn: str | None) -> str | None:
    """The name under which a drive is recorded; ``None`` for one without a name of its own, and for a capture, which
    is of another time and perhaps of another node.
    """
    return None if wwn is None or not is_unique(wwn) or device.startswith(_CAPTURE) else wwn


def signature(result: policy.Result) -> Signature:
    """What a result is recognized by."""
    code, outcome = (result[name]["value"] for name in ("self_test_code", "result"))
    hours = result["power_on_hours"]
    return [code, outcome, None if hours is None else hours % _WRAP, result["address_of_first_failure"]]


def _open_bounds(result: policy.Result, hours: int) -> Bounds:
    """Between what the log itself leaves the hours of a result; ``None`` if it says them."""
    if policy.is_saturated(result):
        return SATURATED_HOURS, hours
    if "power_on_hours_at_least" in result:
        return result["power_on_hours_at_least"], result["power_on_hours_at_most"]
    return None


def _closer(result: policy.Result, bounds: Bounds, least: int, most: int) -> Bounds:
    """The bounds that are left if the result is known to be of between ``least`` and ``most`` hours."""
    if bounds is None:
        return None
    step = 1 if policy.is_saturated(result) else _WRAP
    # Of hours that count modulo a number only some are possible.
    first = bounds[0] + max(0, -(-(least - bounds[0]) // step)) * step
    last = bounds[1] - max(0, -(-(bounds[1] - most) // step)) * step
    return (first, last) if first <= last else bounds


def compare(results: Sequence[policy.Result], hours: int, before: Seen | None,
            room: int = PARAMETER_COUNT) -> Compared:
    """When each of the results was logged, as far as it is known. The log has ``room`` for so many.

    Results that look alike do not show by how many places they have moved: then the fewest places are taken, of which
    the bounds are true whatever happened, and a started test whose kind the newest result has is taken to be there.
    """
    now = [signature(each) for each in results]
    plain = [_open_bounds(each, hours) for each in results]
    if before is None or before.hours > hours:
        # The hours went back: another drive's electronics, or another log.
        return Compared(plain, {})
    moves = _moves(now, before.results, len(now) >= room)
    if not moves:
        return Compared(plain, {})
    fewest = moves[0]
    found = []
    for place, (result, widest) in enumerate(zip(results, plain)):
        old = before.bounds[place - fewest] or (0, before.hours) if place >= fewest else (before.hours, hours)
        found.append(_closer(result, widest, old[0], old[1] if len(moves) == 1 else hours))
    pending = dict(before.started)
    if fewest or len(moves) > 1:
        for kind, start in before.started.items():
            newest = next((at for at, each in enumerate(results) if policy.kind_of(each) == kind), None)
            if newest is None or len(moves) == 1 and newest >= fewest:
                continue
            del pending[kind]
            if not policy.is_aborted(results[newest]) and start <= hours:
                found[newest] = _closer(results[newest], found[newest], start, hours)
    return Compared(found, pending)


def _moves(now: Sequence[Signature], before: Sequence[Signature], full: bool) -> list[int]:
    """By how many places the old results can have moved, the fewest first; none if this log does not continue that.

    Old results fall out of a ``full`` log.
    """
    found = []
    for count in range(len(now) + 1):
        kept = len(now) - count
        if (kept == len(before) or full and kept < len(before)) and list(now[count:]) == list(before[:kept]):
            found.append(count)
    # A log of which nothing is left explains everything.
    return [count for count in found if count < len(now)] or found


class History:
    """The files in a directory, one for each drive, which only its worker reads and writes."""

    def __init__(self, directory: str | None, write: bool = True) -> None:
        self._directory = os.path.join(os.path.expanduser(directory), _FOLDER) if directory else None
        self._write = write

    def applies(self, wwn: str | None, hours: int | None) -> bool:
        """Whether the log of such a drive does not say when its tests were, and it is recorded; ``wwn`` is its
        `recorded_name`.
        """
        return bool(self._directory and wwn and hours is not None and hours >= SATURATED_HOURS)

    def bound(self, wwn: str | None, results: Sequence[policy.Result], hours: int | None, running: bool,
              warnings: list[str]) -> list[policy.Result]:
        """The results with what is known of when they were logged; remembers the log, unless a test is running."""
        if hours is None or not self.applies(wwn, hours):
            return list(results)
        finished = [each for each in results if not policy.is_running(each)]
        before = self._read(wwn, warnings)
        # A test that is running may be the one that was started, so that its result is still to come.
        known = before._replace(started={}) if before is not None and running else before
        compared = compare(finished, hours, known, PARAMETER_COUNT - (len(results) - len(finished)))
        if not running:
            self._remember(wwn, Seen(hours, [signature(each) for each in finished], compared.bounds, compared.pending),
                           before, warnings)
        bounds = {id(each): found for each, found in zip(finished, compared.bounds)}
        return [_with(each, bounds.get(id(each))) for each in results]

    def started(self, wwn: str | None, test: str, hours: int | None, warnings: list[str]) -> None:
        """Remembers that a test was started."""
        if hours is None or not self.applies(wwn, hours):
            return
        before = self._read(wwn, warnings)
        if before is not None:
            self._remember(wwn, before._replace(started=dict(before.started, **{test: hours})), before, warnings)

    def _path(self, wwn: str | None) -> str:
        return os.path.join(self._directory or "", re.sub(r"[^0-9A-Za-z.-]", "_", wwn or "") + ".json")

    def _read(self, wwn: str | None, warnings: list[str]) -> Seen | None:
        try:
            with open(self._path(wwn), encoding="utf-8") as stream:
                return _seen(json.load(stream))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _warn(warnings, f"state_dir: {self._path(wwn)} could not be read: {error}")
            return None

    def _remember(self, wwn: str | None, seen: Seen, before: Seen | None, warnings: list[str]) -> None:
        if not self._write or seen == before:
            return
        text = json.dumps({"version": VERSION, "power_on_hours": seen.hours, "results": seen.results,
                           "bounds": seen.bounds, "started": seen.started}, sort_keys=True) + "\n"
        path = self._path(wwn)
        try:
            write_whole(path, text)
        except OSError as error:
            _warn(warnings, f"state_dir: {path} could not be written: {error.strerror}")


def _with(result: policy.Result, bounds: Bounds) -> policy.Result:
    if bounds is None:
        return result
    return dict(result, power_on_hours_at_least=bounds[0], power_on_hours_at_most=bounds[1])


def _seen(content: Any) -> Seen:
    """What a file has. Raises KeyError, TypeError, or ValueError for anything else."""
    if content["version"] != VERSION:
        raise ValueError(f"version {content['version']}")
    bounds: list[Bounds] = [None if each is None else (int(each[0]), int(each[1])) for each in content["bounds"]]
    results = [list(each) for each in content["results"]]
    if len(bounds) != len(results):
        raise ValueError("it has other bounds than results")
    return Seen(int(content["power_on_hours"]), results, bounds,
                {str(kind): int(start) for kind, start in dict(content["started"]).items()})


def _warn(warnings: list[str], warning: str) -> None:
    if warning not in warnings:
        warnings.append(warning)

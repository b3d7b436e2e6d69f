# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives of more than 65,535 power-on hours, whose log no longer says when a test was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.history import (
    Compared,
    History,
    Seen,
    compare,
    recorded_name,
    signature,
)

SHORT, EXTENDED = 1, 2
MOST = 65535
WWN = "naa.5000c500a1b2c3d4"


def logged(letters: str, hours: int = MOST) -> list[dict[str, Any]]:
    """A result for each letter, the newest first: s(hort) and e(xtended) passed, a(borted short), f(ailed extended)."""
    kinds = {"s": (SHORT, 0), "e": (EXTENDED, 0), "a": (SHORT, 1), "f": (EXTENDED, 7), "r": (SHORT, 15)}
    return [{"self_test_code": {"value": kinds[letter][0]}, "result": {"value": kinds[letter][1]},
             "power_on_hours": hours, "power_on_hours_saturated": hours == MOST, "address_of_first_failure": None}
            for letter in letters]


def seen(letters: str, hours: int, **started: int) -> Seen:
    results = logged(letters)
    return Seen(hours, [signature(each) for each in results], [(66000, 67000)] * len(results), started)


def least(compared: Compared) -> list[int]:
    return [bounds[0] for bounds in compared.bounds if bounds is not None]


@pytest.mark.parametrize("before,now,found", [
    # nothing seen before
    (None, "se", [MOST, MOST]),
    # one result more, and two
    (seen("eff", 70000), "seff", [70000, 66000, 66000, 66000]),
    (seen("eff", 70000), "sseff", [70000, 70000, 66000, 66000, 66000]),
    # a full log, whose oldest result falls out
    (seen("eff" + "s" * 17, 70000), "seff" + "s" * 16, [70000] + [66000] * 19),
    # the same log: nothing new
    (seen("seff", 70000), "seff", [66000] * 4),
    # a full log of one kind does not show whether there is a new result
    (seen("s" * 20, 70000), "s" * 20, [66000] * 20),
    # another log, and hours that went back
    (seen("eff", 70000), "aa", [MOST, MOST]),
    (seen("eff", 80000), "seff", [MOST] * 4),
    # all of it is new
    (seen("e" * 20, 70000), "s" * 20, [70000] * 20),
])
def test_what_was_not_there_before_was_logged_since(before: Any, now: str, found: list[int]) -> None:
    assert least(compare(logged(now), 70100, before)) == found


@pytest.mark.parametrize("before,now,newest,pending", [
    # its result is there
    (seen("eff", 70000, short=70040), "seff", 70040, {}),
    # it is not there yet
    (seen("eff", 70000, short=70040), "eff", 66000, {"short": 70040}),
    # a test of another kind
    (seen("eff", 70000, extended=70040), "seff", 70000, {"extended": 70040}),
    # aborted: says nothing of older results
    (seen("sff", 70000, short=70040), "asff", 70000, {}),
    # a full log of one kind: the test was started, and none is running
    (seen("s" * 20, 70000, short=70040), "s" * 20, 70040, {}),
    # the start of a test to come
    (seen("s" * 20, 70000, short=70200), "s" * 20, 66000, {}),
])
def test_a_result_of_a_started_test_is_not_older_than_its_start(
        before: Any, now: str, newest: int, pending: dict[str, int]) -> None:
    compared = compare(logged(now), 70100, before)
    assert least(compared)[0] == newest and compared.pending == pending


def wrapped(*hours: int, now: int) -> list[dict[str, Any]]:
    """Results of an ATA drive that may be one turn of the counter older."""
    return [dict(logged("s", latest)[0], power_on_hours_at_least=latest - 65536, power_on_hours_at_most=latest)
            if latest >= 65536 else logged("s", latest)[0] for latest in hours if latest <= now]


def test_of_hours_that_count_from_0_again_the_possible_ones_are_left() -> None:
    old = wrapped(69990, now=70000)
    before = Seen(70000, [signature(each) for each in old], compare(old, 70000, None).bounds, {})
    # Not there before: only the latest hours fit. There before: both still do.
    assert compare(wrapped(70100, 69990, now=70200), 70200, before).bounds == [(70100, 70100), (4454, 69990)]
    # Seen before the counter turned: the result cannot be of after that.
    old = wrapped(1000, now=66000)
    before = Seen(66000, [signature(each) for each in old], [None], {})
    assert compare(wrapped(66536, now=66600), 66600, before).bounds == [(1000, 1000)]


def test_hours_that_the_log_has_need_no_bounds() -> None:
    assert compare(logged("s", 65000), 70100, None).bounds == [None]


def test_a_file_goes_round_and_holds_nothing_of_younger_drives(tmp_path: Path) -> None:
    history, warnings = History(str(tmp_path)), []
    history.bound(WWN, logged("s", 60000), 60001, False, warnings)
    history.bound(None, logged("s"), 70000, False, warnings)
    assert list(tmp_path.iterdir()) == []
    history.bound(WWN, logged("e"), 70000, False, warnings)
    history.started(WWN, "short", 70010, warnings)
    # As long as it runs there is nothing to remember.
    history.bound(WWN, logged("re"), 70010, True, warnings)
    newest, oldest = history.bound(WWN, logged("se"), 70100, False, warnings)
    assert (newest["power_on_hours_at_least"], newest["power_on_hours_at_most"]) == (70010, 70100)
    assert (oldest["power_on_hours_at_least"], oldest["power_on_hours_at_most"]) == (MOST, 70000)
    file, = (tmp_path / "selftest_logs").iterdir()
    assert json.loads(file.read_text())["started"] == {} and warnings == []


def test_the_result_of_a_test_that_is_running_is_still_to_come(tmp_path: Path) -> None:
    """In a log of results that all look alike, an older one must not be taken for it."""
    history, warnings = History(str(tmp_path)), []
    history.bound(WWN, logged("s" * 20), 70000, False, warnings)
    history.started(WWN, "short", 70010, warnings)
    for _twice in range(2):
        shown = history.bound(WWN, logged("r" + "s" * 19), 70010, True, warnings)
        assert shown[1]["power_on_hours_at_least"] == MOST and "power_on_hours_at_least" not in shown[0]
    assert history.bound(WWN, logged("s" * 20), 70011, False, warnings)[0]["power_on_hours_at_least"] == 70010


@pytest.mark.parametrize("device,wwn,name", [
    ("/dev/sg1", WWN, WWN), ("/dev/sg1", "t10.QEMU", None), ("/dev/sg1", None, None),
    ("replay:/tmp/a.json", WWN, None)])
def test_what_has_no_name_of_its_own_and_what_is_a_capture_is_not_recorded(
        device: str, wwn: Any, name: Any) -> None:
    assert recorded_name(device, wwn) == name


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "power_on_hours": "x"}',
                                  '{"version": 1, "power_on_hours": 1, "results": [[1]], "bounds": [], "started": {}}'])
def test_a_damaged_file_is_told_of_and_replaced(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "selftest_logs"
    folder.mkdir()
    (folder / f"{WWN}.json").write_text(text)
    history, warnings = History(str(tmp_path)), []
    assert history.bound(WWN, logged("s"), 70000, False, warnings)[0]["power_on_hours_at_least"] == MOST
    assert len(warnings) == 1 and "state_dir" in warnings[0]
    assert json.loads((folder / f"{WWN}.json").read_text())["power_on_hours"] == 70000


def test_a_directory_that_cannot_be_written_is_a_warning_and_check_mode_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    warnings: list[str] = []
    History(str(tmp_path / "file")).bound(WWN, logged("s"), 70000, False, warnings)
    assert len(warnings) >= 1 and all("state_dir" in warning for warning in warnings)
    History(str(tmp_path / "none"), write=False).bound(WWN, logged("s"), 70000, False, [])
    assert not (tmp_path / "none").exists()

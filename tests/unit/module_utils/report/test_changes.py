# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drives counted over weeks, in reports that were made each day or each week."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path
from typing import Any, Callable, Iterable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._report.counters import PATHS, PLACES
from ansible_collections.drivecare.scsi.plugins.module_utils._report.history import pack, unpack

from .samples import DAY, healthy, host, made, put

GROWN, HOURS, PHYS = "health.grown_defects.count", "health.power_on_hours", "health.phys"
UNCORRECTED = "health.error_counters.read.total_uncorrected_errors"
NON_MEDIUM = "health.error_counters.non_medium_error_count"
USED = "health.endurance.percentage_used_percent"
START = 20000

Days = Iterable[int]


def on(day: int) -> datetime.date:
    """A day of the series."""
    return DAY + datetime.timedelta(days=day)


def series(folder: Path, days: Days, drive: Callable[[int], Any], **options: Any) -> list[dict[str, Any]]:
    """A report for each of these days, each compared with the one before; the drive by the day."""
    found: list[dict[str, Any]] = []
    for day in days:
        previous = found[-1]["files"]["json"] if found else None
        found.append(made(folder / str(day), host(drive(day), day=on(day)), as_of=str(on(day)), previous=previous,
                          **options))
    return found


def aged(day: int, **values: Any) -> Any:
    """A drive that is well, after so many days of power; values by the path, with "__" for a dot."""
    drive = put(put(healthy(), HOURS, START + 24 * day), "selftest.power_on_hours", START + 24 * day)
    for result in drive["selftest"]["results"]:
        result["power_on_hours"] = START + 24 * day - 100
    put(drive, "health.start_stop.accumulated_load_unload_cycles", 1000 + 5 * day)
    put(drive, "health.temperature.temperature_celsius", 30 + day % 5)
    for path, value in values.items():
        put(drive, path.replace("__", "."), value)
    return drive


def shown(result: dict[str, Any]) -> Any:
    """The drive in the report in JSON."""
    return json.loads(result["texts"]["json"])["hosts"][0]["drives"][0]


def failed(result: dict[str, Any]) -> dict[str, str]:
    """The rules that failed, with what they say."""
    return {each["rule"]: each.get("note", "") for each in shown(result)["findings"] if each["outcome"] == "fail"}


def one(check: dict[str, Any]) -> dict[str, Any]:
    """Options for a report with this check alone."""
    return {"default_rules": False, "rules": [
        {"id": "it", "title": "It holds", "severity": "major", "remedy": "Mend it", "check": check}]}


def ended(results: list[dict[str, Any]]) -> tuple[str, str]:
    """What the only rule of the last report says."""
    finding, = shown(results[-1])["findings"]
    return finding["outcome"], finding.get("note", "")


@pytest.mark.parametrize("step", [1, 7])
def test_a_drive_that_is_well_stays_so_and_its_history_small(tmp_path: Path, step: int) -> None:
    def drive(day: int) -> Any:
        changing: dict[str, Any] = {PHYS: [{"invalid_dword_count": day // 2}], NON_MEDIUM: 3 * day}
        return aged(day, **{path.replace(".", "__"): value for path, value in changing.items()})

    results = series(tmp_path, range(0, 105, step), drive, formats=["json"])
    assert [shown(each)["verdict"] for each in results] == ["pass"] * len(results)
    assert not any(shown(each)["changes"] for each in results)
    history = shown(results[-1])["history"]
    assert HOURS in history and GROWN not in history
    assert len(json.dumps(history)) < 1600 and max(len(line) for line in history.values()) <= 12
    assert all(line[0][0] >= str(on(104 - step - 90)) for line in history.values())
    # The days that are kept are spread over the time.
    days = [datetime.date.fromisoformat(point[0]) for point in history[HOURS]]
    assert (days[-1] - days[0]).days > 40 and days == sorted(days)


@pytest.mark.parametrize("step", [1, 7])
def test_daily_and_weekly_reports_see_the_same_growth(tmp_path: Path, step: int) -> None:
    def drive(day: int) -> Any:
        # One more each day, for six days: a daily report compared with the one before would never see it.
        return aged(day, health__grown_defects__count=2 + min(6, max(0, day - 15)))

    results = series(tmp_path, range(0, 57, step), drive, formats=["json"])
    told = [place * step for place, each in enumerate(results) if "grown_defects_grew" in failed(each)]
    assert told == (list(range(20, 47)) if step == 1 else [21, 28, 35, 42])
    note = failed(results[28 // step])["grown_defects_grew"]
    assert note == f"grown defects: 2 on {on(15) if step == 1 else on(14)}, 8 now"


@pytest.mark.parametrize("step,first", [(1, "2026-03-11T05:00:00Z"), (7, "2026-03-09T05:00:00Z")])
def test_growth_is_told_for_a_time_and_not_for_ever(tmp_path: Path, step: int, first: str) -> None:
    def drive(day: int) -> Any:
        return aged(day, health__error_counters__read__total_uncorrected_errors=4 if day >= 10 else 0)

    results = series(tmp_path, range(0, 29, step), drive, formats=["json"])
    critical = [place * step for place, each in enumerate(results) if "uncorrected_errors_grew" in failed(each)]
    assert critical == (list(range(10, 17)) if step == 1 else [14])
    note = failed(results[critical[0] // step])["uncorrected_errors_grew"]
    assert note == f"uncorrected read errors: 0 on {first}, 4 now"
    # That there are any is told for ever.
    assert failed(results[-1]).keys() == {"uncorrected_errors"}


@pytest.mark.parametrize("step", [1, 7])
@pytest.mark.parametrize("each_day,outcome", [(14, "pass"), (25, "fail")])
def test_what_grows_each_day_is_seen_over_the_week(tmp_path: Path, step: int, each_day: int, outcome: str) -> None:
    def drive(day: int) -> Any:
        return put(aged(day), PHYS, [{"invalid_dword_count": each_day * day}])

    check = {"named": "grown", "paths": [PHYS], "at_most": 100, "within": "7d"}
    results = series(tmp_path, range(0, 64, step), drive, formats=["json"], **one(check))
    told = [shown(each)["findings"][0]["outcome"] for each in results]
    assert set(told[7:]) == {outcome}


def test_growth_is_told_in_all_formats(tmp_path: Path) -> None:
    result = series(tmp_path, (0, 7), lambda day: aged(day, health__grown_defects__count=9 if day else 2))[-1]
    row, = csv.DictReader(io.StringIO(result["texts"]["csv"]))
    assert "grown_defects_grew: grown defects: 2 on 2026-03-02T05:00:00Z, 9 now" in row["why"]
    for form in ("html", "json", "junit", "sarif"):
        assert "grown defects: 2 on 2026-03-02T05:00:00Z, 9 now" in result["texts"][form], form
    assert "grown defects: 2 on 2026-03-02T05:00:00Z, 9 now" in result["texts"]["markdown"].replace("\\", "")


def test_a_drive_that_got_worse_within_its_limits_is_told_too(tmp_path: Path) -> None:
    result = series(tmp_path, (0, 7), lambda day: aged(day, health__grown_defects__count=4 if day else 2))[-1]
    said = "grown defects: 2 on 2026-03-02T05:00:00Z, 4 now"
    drive = shown(result)
    assert (drive["verdict"], drive["trend"], drive["changes"]) == ("pass", "worse", [said])
    row, = csv.DictReader(io.StringIO(result["texts"]["csv"]))
    assert row["changes"] == said
    assert all(said in result["texts"][form].replace("\\", "") for form in ("html", "markdown", "junit"))


def test_hours_that_went_back_are_told_for_a_month(tmp_path: Path) -> None:
    def drive(day: int) -> Any:
        return put(aged(day), HOURS, START + 24 * day if day < 10 else 24 * (day - 10) + 50)

    results = series(tmp_path, range(60), drive, formats=["json"])
    told = [day for day, each in enumerate(results) if "power_on_hours_back" in failed(each)]
    assert told == list(range(10, 40))
    note = failed(results[12])["power_on_hours_back"]
    assert note == "power-on hours went back: 20216 on 2026-03-11, then 50, 98 now"
    assert shown(results[12])["verdict"] == "warning"


@pytest.mark.parametrize("hours,outcome", [(START - 24, "pass"), (START - 25, "fail"), (START, "pass")])
def test_hours_of_two_clocks_differ_by_a_little(tmp_path: Path, hours: int, outcome: str) -> None:
    check = {"named": "not_back", "paths": [HOURS], "at_most": 24}
    assert ended(series(tmp_path, (0, 7), lambda day: put(aged(0), HOURS, hours if day else START),
                        **one(check)))[0] == outcome


def test_what_counts_anew_after_a_restart_is_no_growth_and_no_riddle(tmp_path: Path) -> None:
    counts = {0: 5000, 7: 40, 14: 141}
    check = {"named": "grown", "paths": [PHYS], "at_most": 100}
    results = series(tmp_path, counts, lambda day: put(aged(day), PHYS, [{"invalid_dword_count": counts[day]}]),
                     **one(check))
    assert ended(results[:2]) == ("pass", "errors on the links of the phys: 5000 on 2026-03-02T05:00:00Z, 40 now, as "
                                          "it counts anew")
    assert ended(results)[0] == "fail"
    # What it had counted again counts too.
    check.update(within="30d", at_most=140)
    results = series(tmp_path / "month", counts,
                     lambda day: put(aged(day), PHYS, [{"invalid_dword_count": counts[day]}]), **one(check))
    assert ended(results)[0] == "fail"


def test_what_may_go_back_by_itself_has_grown_by_what_it_is_more_than_then(tmp_path: Path) -> None:
    counts = {0: 5, 7: 0, 14: 3}
    path = "health.pending_defects.count"
    check = {"named": "grown", "paths": [path], "at_most": 0, "within": "30d"}
    assert ended(series(tmp_path, counts, lambda day: put(aged(day), path, counts[day]), **one(check)))[0] == "pass"


@pytest.mark.parametrize("away,silent", [(40, ()), (130, (5, 60, 110))])
def test_a_long_time_without_a_value_hides_no_growth(tmp_path: Path, away: int, silent: tuple[int, ...]) -> None:
    def drive(day: int) -> Any:
        return put(aged(day), GROWN, None if day in silent else 2 if day < away else 9)

    check = {"named": "grown", "paths": [GROWN], "at_most": 4, "within": "30d"}
    outcome, note = ended(series(tmp_path, (0, *silent, away), drive, **one(check)))
    assert outcome == "fail" and note.startswith("grown defects: 2 on 2026-03-02") and note.endswith(", 9 now")


def test_hosts_that_see_a_drive_differently_see_nothing_go_back(tmp_path: Path) -> None:
    def documents(day: int) -> Any:
        # One of them is behind by a day.
        return [each for name, late in (("a", 0), ("b", 1)) for each in host(
            put(put(aged(day), GROWN, 7 - late), HOURS, START + 24 * day - 48 * late), name=name, day=on(day))]

    previous = None
    for day in (0, 7, 14, 21):
        result = made(tmp_path / str(day), documents(day), as_of=str(on(day)), previous=previous)
        previous = result["files"]["json"]
        drives = [each for found in json.loads(result["texts"]["json"])["hosts"] for each in found["drives"]]
        assert [each["verdict"] for each in drives] == ["pass"] * 2
        assert not any(GROWN in each["history"] for each in drives)


def test_a_counter_that_went_back_is_not_known_even_if_it_grew_since(tmp_path: Path) -> None:
    counts = {0: 50, 7: 1, 14: 3}
    check = {"named": "grown", "paths": [GROWN], "at_most": 4, "within": "30d"}
    results = series(tmp_path, counts, lambda day: put(aged(day), GROWN, counts[day]), **one(check))
    assert ended(results) == ("unknown", "grown defects went back: 50 on 2026-03-02, then 1, 3 now")


def test_a_silent_week_does_not_hide_growth(tmp_path: Path) -> None:
    def drive(day: int) -> Any:
        if day == 7:
            silent = dict.fromkeys(healthy(), None)
            silent.update(facts_version=1, status="timeout", reason="no answer", gathered=[], device="/dev/sg3")
            return silent
        return aged(day, health__grown_defects__count=9 if day else 2)

    results = series(tmp_path, (0, 7, 14), drive, formats=["json"])
    assert failed(results[-1])["grown_defects_grew"] == "grown defects: 2 on 2026-03-02, 9 now"


@pytest.mark.parametrize("before,now,outcome,note", [
    (0, 3, "fail", "pending defects: 0 on 2026-03-02T05:00:00Z, 3 now"),
    (None, 3, "fail", "pending defects: not reported on 2026-03-02T05:00:00Z, 3 now"),
    (None, 0, "pass", ""), (2, 3, "pass", ""), (0, 0, "pass", ""), (0, None, "unknown", None)])
def test_what_is_there_for_the_first_time(tmp_path: Path, before: Any, now: Any, outcome: str, note: Any) -> None:
    check = {"named": "first_seen", "paths": ["health.pending_defects.count"]}
    result = ended(series(tmp_path, (0, 7), lambda day: put(
        aged(day), "health.pending_defects.count", now if day else before), **one(check)))
    assert result[0] == outcome and (note is None or result[1] == note)


def test_what_an_earlier_version_did_not_count_is_not_there_for_the_first_time(tmp_path: Path) -> None:
    check = {"named": "first_seen", "paths": ["health.pending_defects.count"]}
    old = made(tmp_path / "a", host(put(aged(0), "health.pending_defects.count", None), day=on(0)), as_of=str(on(0)))
    path = Path(old["files"]["json"])
    path.write_text(path.read_text().replace('"health.pending_defects.count", ', "", 1))
    new = made(tmp_path / "b", host(put(aged(7), "health.pending_defects.count", 3), day=on(7)), as_of=str(on(7)),
               previous=str(path), **one(check))
    assert ended([new])[0] == "not applicable"


@pytest.mark.parametrize("each_day,outcome", [(100, "pass"), (300, "fail")])
def test_errors_by_power_on_hours(tmp_path: Path, each_day: int, outcome: str) -> None:
    results = series(tmp_path, range(30), lambda day: put(aged(day), NON_MEDIUM, each_day * day), formats=["json"])
    found = {each["rule"]: each for each in shown(results[-1])["findings"]}["non_medium_error_rate"]
    assert found["outcome"] == outcome
    if outcome == "fail":
        assert found["note"] == ("errors that were not the medium's: 0 on 2026-03-02, 8700 now, 696 power-on hours "
                                 "later: 1.25e+04 in 1000 hours")
    # Within the first days, a few errors would make a high rate.
    assert not any("non_medium_error_rate" in failed(each) for each in results[:7])


@pytest.mark.parametrize("percent,outcome", [(7, "pass"), (12, "fail")])
def test_a_medium_that_wears_out_within_months(tmp_path: Path, percent: int, outcome: str) -> None:
    def drive(day: int) -> Any:
        found = put(healthy(solid=True), HOURS, START + 24 * day)
        return put(found, USED, 4 + percent * day // 42)

    results = series(tmp_path, range(0, 43, 7), drive, formats=["json"])
    found = {each["rule"]: each for each in shown(results[-1])["findings"]}["endurance_rate"]
    assert found["outcome"] == outcome


def test_what_a_silent_host_knew_of_a_drive_is_not_taken_for_news(tmp_path: Path) -> None:
    previous, told = None, []
    for day in (0, 1, 2):
        names = ("a", "b") if day == 0 else ("b",)
        documents = [each for name in names for each in host(
            put(aged(day), GROWN, 4 if day else 2), name=name, day=on(day))]
        result = made(tmp_path / str(day), documents, as_of=str(on(day)), previous=previous, hosts=["a", "b"])
        previous = result["files"]["json"]
        told += [drive["changes"] for each in json.loads(result["texts"]["json"])["hosts"] if each["host"] == "b"
                 for drive in each["drives"]]
    assert told == [[], ["grown defects: 2 on 2026-03-02T05:00:00Z, 4 now"], []]


def test_an_endurance_that_went_back_is_not_taken_for_a_slow_one(tmp_path: Path) -> None:
    results = series(tmp_path, (0, 7), lambda day: put(healthy(solid=True), USED, 3 if day else 50), formats=["json"])
    found = {each["rule"]: each for each in shown(results[-1])["findings"]}["endurance_rate"]
    assert found["outcome"] == "unknown" and "went back: 50 on 2026-03-02T05:00:00Z, then 3" in found["note"]


@pytest.mark.parametrize("check,said", [
    ({"named": "grown", "paths": [GROWN], "within": "91d"}, "90 days"),
    ({"named": "grown", "paths": [GROWN], "within": "5h"}, "24"),
    ({"named": "first_seen", "paths": []}, "paths"), ({"named": "not_back", "paths": ["health.x"]}, "paths"),
    ({"named": "growth_rate", "paths": [GROWN], "per": 0}, "per")])
def test_rules_of_change_that_mean_nothing(tmp_path: Path, check: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made(tmp_path, host(healthy()), **one(check))


@pytest.mark.parametrize("data", [None, [], {"x": [["2026-03-02", 1, 2]]}, {GROWN: 5}, {GROWN: [5, [], ["x", 1, 2]]},
                                  {GROWN: [["2026-03-02", "1", 2]]}, {GROWN: [["1026-03-02", 1, 2]]},
                                  {GROWN: [["2026-03-02", True, 2]]}, {GROWN: [["2026-03-02", 10 ** 400, 2]]},
                                  {GROWN: [["2026-03-02", float("nan"), 2]]}])
def test_a_history_may_be_anything(data: Any) -> None:
    assert unpack(pack(data)) == {}


def test_a_history_comes_back_as_it_was() -> None:
    data = {path: [["2026-03-02", 7 * place, None], ["2026-03-09", 0.5, 8]] for place, path in enumerate(PATHS)}
    found = unpack(pack(data))
    assert list(found) == list(PLACES.values())
    for place, line in found.items():
        assert [[str(datetime.date.fromordinal(point.day)), point.value, point.hours] for point in line] == data[
            PATHS[place]]

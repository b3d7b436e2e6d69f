# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole reports: what they are made of, what they say in each format, and what is left when something goes wrong."""

from __future__ import annotations

import csv
import datetime
import html
import io
import json
import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._report.run import FORMATS, failure, make_report

from . import fleet
from .samples import DAY, healthy, host, made, put, wanted

BEFORE = DAY - datetime.timedelta(days=7)


def unwell() -> Any:
    """A drive that predicts its failure."""
    return put(healthy(), "health.predicted_failure", True)


# The same bytes, or none ---------------------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first = made(tmp_path / "a", fleet.showcase(DAY))
    again = made(tmp_path / "b", fleet.showcase(DAY))
    assert first["texts"] == again["texts"] and len(first["texts"]) == len(FORMATS)
    assert first["changed"] is True
    assert make_report(wanted(tmp_path / "a", fleet.showcase(DAY)))["changed"] is False


def test_no_moment_of_the_run_is_in_it(tmp_path: Path) -> None:
    today = str(datetime.datetime.now(datetime.timezone.utc).date())
    for text in made(tmp_path, fleet.showcase(DAY))["texts"].values():
        assert today not in text


def test_check_mode_writes_nothing_and_tells_what_would_change(tmp_path: Path) -> None:
    report = wanted(tmp_path, fleet.showcase(DAY))
    told = make_report(report, check_mode=True)
    assert told["changed"] is True and os.listdir(tmp_path / "report") == []
    done = make_report(report)
    assert {**told, "changed": True} == done
    assert make_report(report, check_mode=True)["changed"] is False


def test_a_report_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = made(tmp_path, host(healthy()))["texts"]
    report = wanted(tmp_path, host(unwell()))

    def end(*_arguments: Any) -> None:
        raise OSError(28, "No space")

    monkeypatch.setattr(FORMATS["sarif"], "end", end)
    with pytest.raises(OSError, match="No space"):
        make_report(report)
    assert {path.read_bytes().decode() for path in (tmp_path / "report").iterdir()} == set(old.values())


def test_the_report_is_no_place_for_its_own_source(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\bdest\b.*\bsource\b"):
        wanted(tmp_path, host(healthy()), dest=str(tmp_path / "facts"))
    with pytest.raises(ValueError, match=r"\bprevious\b.*report/report\.json"):
        wanted(tmp_path, host(healthy()), previous=str(tmp_path / "report" / "report.json"))


@pytest.mark.parametrize("options,said", [
    ({"as_of": "today"}, r"\bas_of\b.*'today'"), ({"name": "../x"}, r"\bname\b.*'\.\./x'"),
    ({"formats": []}, r"\bformats\b.*\bhtml\b"), ({"sections": -1}, r"\bsections\b.*\b0\b.*-1"),
    ({"source": "/nowhere/at/all"}, r"\bsource\b.*/nowhere/at/all\b.*No such file"),
    ({"previous": "/nowhere.json"}, r"\bprevious\b.*/nowhere\.json"),
    ({"redact_serials": True}, r"\bredact_serials\b.*\bredaction_key\b"),
    ({"redact_serials": True, "redaction_key": "short"}, r"\bredaction_key\b.*\b16\b")])
def test_options_that_mean_nothing(tmp_path: Path, options: Any, said: str) -> None:
    with pytest.raises((ValueError, OSError), match=said):
        wanted(tmp_path, host(healthy()), **options)


# Documents -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text,problem", [
    ("", r"\bJSON\b"), ("{", r"\bJSON\b"), ("[]", r"\bobject\b.*\bversion, host\b.*\bdrives\b"),
    ("{}", r"\bnothing\b.*\bversion 1\b"),
    ('{"version": 2}', r"\bversion 2\b.*\bversion 1\b"),
    ('{"version": 1, "host": ""}', r"^(?!.*version).*\bhost\b.*\bdrives\b"),
    ('{"version": 1, "host": "a", "drives": [5]}', r"\bdrive number 1\b.*\bobject\b"),
    ('{"version": 1, "host": "a", "drives": [{"facts_version": 9}]}', r"\bdrive number 1\b.*\bversion 9\b.*\b1\b"),
    ("[" * 100000, r"\bJSON\b"), ("\x00", r"\bJSON\b")])
def test_a_file_that_is_no_document_is_a_host_without_facts(tmp_path: Path, text: str, problem: str) -> None:
    fleet.write(tmp_path / "facts", host(healthy()))
    (tmp_path / "facts" / "broken.json").write_text(text)
    result = made(tmp_path, [])
    assert result["failing_hosts"] == ["broken"] and result["summary"]["drives_total"] == 1
    found = json.loads(result["texts"]["json"])
    assert re.search(problem, found["hosts"][0]["problem"]["note"])


def test_what_is_not_a_number_in_json_is_not_one_here(tmp_path: Path) -> None:
    fleet.write(tmp_path / "facts", host(put(healthy(), "health.temperature.temperature_celsius", float("nan"))))
    result = made(tmp_path, [])
    assert result["summary"]["rules"]["temperature"]["unknown"] == 1


def test_the_same_host_in_two_files_and_other_files(tmp_path: Path) -> None:
    fleet.write(tmp_path / "facts", host(healthy()))
    (tmp_path / "facts" / "zz.json").write_bytes((tmp_path / "facts" / "db1.json").read_bytes())
    (tmp_path / "facts" / "notes.txt").write_text("x")
    (tmp_path / "facts" / ".hidden.json").write_text("x")
    result = made(tmp_path, [])
    assert result["summary"]["hosts"] == 2 and result["failing_hosts"] == ["db1 (zz.json)"]


def test_another_path_to_a_drive_is_no_drive(tmp_path: Path) -> None:
    assert made(tmp_path, host(healthy(), put(healthy(), "status", "skipped")))["summary"]["drives_total"] == 1


# What it says --------------------------------------------------------------------------------------------------------


def test_counts_and_the_drives_that_fail(tmp_path: Path) -> None:
    warm = put(put(put(healthy(), "health.temperature.temperature_celsius", 99), "device", "/dev/sg9"), "wwn", None)
    result = made(tmp_path, host(healthy(), unwell(), warm))
    assert {name: count for name, count in result["summary"]["drives"].items() if count} == {
        "critical": 1, "major": 1, "pass": 1}
    assert [(drive["verdict"], drive["device"], drive["rules"]) for drive in result["failing"]] == [
        ("critical", "/dev/sg3", ["predicted_failure"]), ("major", "/dev/sg9", ["temperature"])]


@pytest.mark.parametrize("fail_on,failed", [("never", None), ("critical", None), ("major", "major"), ("info", "info")])
def test_to_fail_on_demand(tmp_path: Path, fail_on: str, failed: Any) -> None:
    result = made(tmp_path, host(put(healthy(), "health.temperature.temperature_celsius", 99)), fail_on=fail_on)
    assert result["failed_on"] == failed
    if failed:
        assert re.search(r"\b1 major\b.*\b1 of 1\b.*\bdb1 /dev/sg3 \(temperature\)", failure(result))


def test_junit(tmp_path: Path) -> None:
    suites = ElementTree.fromstring(made(tmp_path, fleet.showcase(DAY), hosts=["gone"])["texts"]["junit"])  # noqa: S314
    assert {suite.get("name"): int(suite.get("tests", 0)) for suite in suites} == {
        "backup.example.org": 10, "db1.example.org": 12, "db2.example.org": 24, "spare.example.org": 0, "gone": 1}
    for suite in suites:
        cases = list(suite)
        assert int(suite.get("failures", 0)) == sum(case.find("failure") is not None for case in cases)
        assert int(suite.get("skipped", 0)) == sum(case.find("skipped") is not None for case in cases)
    failures = [each.text or "" for each in suites.iter("failure")]
    assert any(re.search(r"\banswered \(critical\).*\btimeout\b", text) for text in failures)
    assert all("\n  " in text for text in failures)


def test_a_title_of_a_rule_may_be_anything(tmp_path: Path) -> None:
    rules = [{"id": "host_reported", "title": "a\x01 <b> & \ud800"}]
    suites = ElementTree.fromstring(made(tmp_path, host(healthy()), hosts=["gone"], rules=rules)["texts"]["junit"])  # noqa: S314
    assert any("<b> &" in str(case.get("name")) for case in suites.iter("testcase"))


def test_a_drive_by_two_devices_of_a_host_is_on_one_host(tmp_path: Path) -> None:
    twice = [healthy(), dict(healthy(), device="/dev/sg9")]
    assert made(tmp_path / "one", host(*twice))["summary"]["drives_on_several_hosts"] == 0
    both = host(healthy(), name="db1") + host(healthy(), name="db2")
    assert made(tmp_path / "two", both)["summary"]["drives_on_several_hosts"] == 1


def test_csv_is_a_row_a_drive_and_a_column_a_rule(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(made(tmp_path, host(healthy(), unwell()), hosts=["gone"])["texts"]["csv"])))
    assert [(row["host"], row["verdict"], row["failed"]) for row in rows] == [
        ("db1", "pass", ""), ("db1", "critical", "predicted_failure"), ("gone", "critical", "host_reported")]
    assert rows[1]["rule:predicted_failure"] == "fail" and rows[1]["rule:temperature"] == "pass"


def test_sarif(tmp_path: Path) -> None:
    log = json.loads(made(tmp_path, host(healthy(), unwell()))["texts"]["sarif"])
    run, = log["runs"]
    found, = run["results"]
    assert log["version"] == "2.1.0" and found["ruleId"] == "predicted_failure" and found["level"] == "error"
    assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == "predicted_failure"
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "db1.json"


def test_markdown(tmp_path: Path) -> None:
    texts = made(tmp_path, host(healthy(), unwell()))["texts"]
    text = texts["markdown"]
    title, = [rule["title"] for rule in json.loads(texts["json"])["rules"] if rule["id"] == "predicted_failure"]
    assert re.search(r"\b2026-03-02\b.*\b2 drives\b.*\b1 host\b.*\b1 failing\b", text)
    assert f"| {title} | critical | 1 | 0 | 0 | 1 | 0 |" in text


def test_html_needs_nothing_but_itself(tmp_path: Path) -> None:
    text = made(tmp_path, fleet.showcase(DAY))["texts"]["html"]
    assert "<script" not in text and "src=" not in text and "http://" not in text and "url(" not in text
    assert text.startswith("<!DOCTYPE html>")


# What it was ---------------------------------------------------------------------------------------------------------


def test_trends_against_the_report_before(tmp_path: Path) -> None:
    def drives(day: int) -> Any:
        found = [healthy() for _each in range(4)]
        for place, drive in enumerate(found):
            put(put(drive, "wwn", f"naa.500000000000000{place}"), "device", f"/dev/sg{place}")
        put(found[1 if day else 2], "health.predicted_failure", True)
        put(found[3], "health.grown_defects.count", 99)
        return found[day:]

    made(tmp_path / "before", host(*drives(0), day=BEFORE), as_of=str(BEFORE))
    again = made(tmp_path / "now", host(*drives(1)), previous=str(tmp_path / "before" / "report" / "report.json"))
    assert again["summary"]["trends"] == {"new": 0, "worse": 1, "better": 1, "same": 1, "gone": 1}
    assert again["summary"]["rules"]["predicted_failure"]["new"] == 1
    assert again["summary"]["rules"]["grown_defects"]["new"] == 0
    found = {drive["device"]: drive for drive in json.loads(again["texts"]["json"])["hosts"][0]["drives"]}
    assert {name: drive["trend"] for name, drive in found.items()} == {
        "/dev/sg1": "worse", "/dev/sg2": "better", "/dev/sg3": "same"}
    since, = [each for each in found["/dev/sg3"]["findings"] if each["rule"] == "grown_defects"]
    assert since["since"] == str(BEFORE)
    assert [each["as_of"] for each in json.loads(again["texts"]["json"])["summary"]["history"]] == [
        str(BEFORE), str(DAY)]


def test_a_drive_that_fell_silent_is_still_the_same_drive(tmp_path: Path) -> None:
    made(tmp_path / "before", host(healthy(), day=BEFORE), as_of=str(BEFORE))
    silent = dict.fromkeys(healthy(), None)
    silent.update(facts_version=1, status="timeout", reason="no answer", gathered=[], device="/dev/sg3")
    again = made(tmp_path / "now", host(silent), previous=str(tmp_path / "before" / "report" / "report.json"))
    assert again["summary"]["trends"] == {"new": 0, "worse": 1, "better": 0, "same": 0, "gone": 0}
    was = healthy()["identity"]
    drive, = json.loads(again["texts"]["json"])["hosts"][0]["drives"]
    assert (drive["serial"], drive["wwn"], drive["model"]) == (was["serial"], was["wwn"], was["product"])
    assert drive["names_from"] == str(BEFORE)
    for form in ("html", "markdown", "csv"):
        assert was["serial"] in again["texts"][form], form


@pytest.mark.parametrize("path,before,now,rule,verdict,trend", [
    ("health.format_status.total_new_blocks_reassigned", 0, 5, "grown_defects_grew", "major", "worse"),
    ("health.format_status.total_new_blocks_reassigned", 9, 0, None, "pass", "same"),
    ("health.grown_defects.count", 2, 9, "grown_defects_grew", "major", "worse"),
    ("health.grown_defects.count", 2, 6, None, "pass", "worse"),
    # It went back: nobody knows what it has counted since.
    ("health.grown_defects.count", 6, 2, None, "unknown", "worse"),
    ("health.pending_defects.count", 1, 2, "pending_defects_grew", "major", "worse"),
    ("health.pending_defects.count", 2, 0, None, "pass", "better"),
    ("health.error_counters.write.total_uncorrected_errors", 3, 4, "uncorrected_errors_grew", "critical", "worse"),
    ("health.error_counters.write.total_uncorrected_errors", 3, 3, None, "major", "same"),
    ("health.error_counters.non_medium_error_count", 3, 90000, None, "pass", "same"),
    ("health.grown_defects.count", None, 9, None, "pass", "same")])
def test_what_grew_since_the_report_before(tmp_path: Path, path: str, before: Any, now: Any, rule: str | None,
                                           verdict: str, trend: str) -> None:
    made(tmp_path / "before", host(put(healthy(), path, before), day=BEFORE), as_of=str(BEFORE))
    again = made(tmp_path / "now", host(put(healthy(), path, now)),
                 previous=str(tmp_path / "before" / "report" / "report.json"))
    drive, = json.loads(again["texts"]["json"])["hosts"][0]["drives"]
    assert (drive["verdict"], drive["trend"]) == (verdict, trend)
    grew = [finding for finding in drive["findings"] if finding["rule"].endswith("_grew")
            and finding["outcome"] == "fail"]
    assert [finding["rule"] for finding in grew] == ([] if rule is None else [rule])
    for finding in grew:
        assert str(before) in finding["note"] and str(now) in finding["note"] and str(BEFORE) in finding["note"]


def test_errors_on_the_links_are_summed(tmp_path: Path) -> None:
    def phys(count: int) -> list[dict[str, Any]]:
        return [{"phy_identifier": place, "invalid_dword_count": count, "running_disparity_error_count": count,
                 "loss_of_dword_synchronization_count": 0, "phy_reset_problem_count": None} for place in range(2)]

    made(tmp_path / "before", host(put(healthy(), "health.phys", phys(10)), day=BEFORE), as_of=str(BEFORE))
    previous = str(tmp_path / "before" / "report" / "report.json")
    for count, verdict in ((35, "pass"), (36, "warning")):
        again = made(tmp_path / str(count), host(put(healthy(), "health.phys", phys(count))), previous=previous)
        drive, = json.loads(again["texts"]["json"])["hosts"][0]["drives"]
        assert (drive["verdict"], drive["trend"]) == (verdict, "worse" if verdict != "pass" else "same")


def test_a_value_that_is_not_reported_any_more_is_not_known(tmp_path: Path) -> None:
    path = "health.grown_defects.count"
    made(tmp_path / "before", host(put(healthy(), path, 2), day=BEFORE), as_of=str(BEFORE))
    again = made(tmp_path / "now", host(put(healthy(), path, None)),
                 previous=str(tmp_path / "before" / "report" / "report.json"))
    drive, = json.loads(again["texts"]["json"])["hosts"][0]["drives"]
    found = {finding["rule"]: finding["outcome"] for finding in drive["findings"]}
    assert found["grown_defects_grew"] == "unknown" and drive["verdict"] == "unknown"


def test_a_rule_of_growth_names_counters(tmp_path: Path) -> None:
    rule = {"id": "it", "title": "It holds", "severity": "major", "remedy": "Mend it"}
    for paths in ([], ["health.grown_defects"], "health.grown_defects.count"):
        with pytest.raises(ValueError, match="paths"):
            wanted(tmp_path, host(healthy()), rules=[dict(rule, check={"named": "grown", "paths": paths})])


def test_a_document_of_a_host_that_is_not_listed_is_told(tmp_path: Path) -> None:
    documents = host(healthy(), name="db1") + host(healthy(), name="retired7")
    result = made(tmp_path / "one", documents, hosts=["db1"])
    assert result["unlisted_hosts"] == ["retired7"]
    listed = {each["host"]: each["listed"] for each in json.loads(result["texts"]["json"])["hosts"]}
    assert listed == {"db1": True, "retired7": False}
    rows = {row["host"]: row["host_note"] for row in csv.DictReader(io.StringIO(result["texts"]["csv"]))}
    assert rows == {"db1": "", "retired7": "not in the list of hosts"}
    assert result["texts"]["html"].lower().count("not in the list of hosts") == 2
    for form in ("markdown", "junit", "sarif"):
        assert "not in the list of hosts" in result["texts"][form].lower(), form
    assert made(tmp_path / "two", documents)["unlisted_hosts"] == []


def test_since_when_a_host_is_silent_is_told_until_it_answers(tmp_path: Path) -> None:
    def drive(count: int) -> Any:
        return put(healthy(), "health.grown_defects.count", count)

    other = put(drive(0), "wwn", "naa.5000000000000009")
    both = host(drive(2), name="db1", day=BEFORE) + host(other, name="db2", day=BEFORE)
    results = [made(tmp_path / "0", both, as_of=str(BEFORE))]
    for days in (1, 2):
        results.append(made(tmp_path / str(days), both[1:], hosts=["db1", "db2"],
                            as_of=str(BEFORE + datetime.timedelta(days=days)), previous=results[-1]["files"]["json"]))
        said = f"silent since {BEFORE}T05:00:00Z, for {days} day"
        for form in FORMATS:
            assert said in results[-1]["texts"][form].replace("\\", ""), form
    # What its drives counted until then is still known.
    last = made(tmp_path / "3", host(drive(9), name="db1") + both[1:], previous=results[-1]["files"]["json"])
    found = json.loads(last["texts"]["json"])["hosts"][0]["drives"][0]
    assert (found["before"], found["trend"]) == ("pass", "worse")
    assert "2 on" in next(each["note"] for each in found["findings"] if each["rule"] == "grown_defects_grew")


def test_a_host_that_nobody_lists_and_that_is_gone_is_told(tmp_path: Path) -> None:
    both = host(healthy(), name="db1", day=BEFORE) + host(healthy(), name="db2", day=BEFORE)
    before = made(tmp_path / "a", both, as_of=str(BEFORE))
    result = made(tmp_path / "b", both[1:], previous=before["files"]["json"])
    moment = f"{BEFORE}T05:00:00Z"
    assert result["gone_hosts"] == [{"host": "db1", "silent_since": moment}]
    assert json.loads(result["texts"]["json"])["summary"]["gone_hosts"] == result["gone_hosts"]
    for form in ("html", "markdown", "sarif"):
        assert f"db1 (silent since {moment})" in result["texts"][form].replace("\\", ""), form
    assert made(tmp_path / "c", both[1:], previous=result["files"]["json"])["gone_hosts"] == []


def test_another_drive_in_the_place_of_one_without_a_name_is_new(tmp_path: Path) -> None:
    def drive(serial: str, count: int) -> Any:
        found = put(put(healthy(), "wwn", None), "identity.wwn", None)
        return put(put(found, "identity.serial", serial), "health.grown_defects.count", count)

    before = made(tmp_path / "a", host(drive("A1B2C3D4", 3), day=BEFORE), as_of=str(BEFORE))["files"]["json"]
    for name, serial, trend in (("same", "A1B2C3D4", "worse"), ("other", "Z9Y8X7W6", "new")):
        found, = json.loads(made(tmp_path / name, host(drive(serial, 9)), previous=before)["texts"]["json"])[
            "hosts"][0]["drives"]
        assert (found["trend"], found["verdict"]) == (trend, "major" if name == "same" else "pass")


@pytest.mark.parametrize("days,failed", [(5, []), (8, ["gathered"]), (31, ["gathered", "gathered_this_month"])])
def test_old_facts_get_worse_with_time(tmp_path: Path, days: int, failed: list[str]) -> None:
    old = host(healthy(), day=DAY - datetime.timedelta(days=days))
    drive, = json.loads(made(tmp_path, old)["texts"]["json"])["hosts"][0]["drives"]
    assert [finding["rule"] for finding in drive["findings"] if finding["outcome"] == "fail"] == failed


def test_what_a_drive_said_beside_its_answers_is_shown(tmp_path: Path) -> None:
    drive = dict(healthy(), warnings=["READ CAPACITY(16): not ready <b>", *[f"odd {place}" for place in range(30)]])
    texts = made(tmp_path, host(drive))["texts"]
    shown = json.loads(texts["json"])["hosts"][0]["drives"][0]["warnings"]
    assert shown[0] == "READ CAPACITY(16): not ready <b>" and len(shown) == 21 and shown[-1] == "and 11 more"
    assert "READ CAPACITY(16): not ready &lt;b&gt;" in texts["html"] and "not ready <b>" in texts["csv"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 1}', '{"version": 9, "hosts": []}', "{\n" * 9])
def test_a_previous_report_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "old.json").write_text(text)
    with pytest.raises(ValueError, match="old.json"):
        wanted(tmp_path, host(healthy()), previous=str(tmp_path / "old.json"))


@pytest.mark.parametrize("text", ["", "{}", "{\n", None])
def test_a_previous_report_that_nobody_named_may_be_none(tmp_path: Path, text: Any) -> None:
    if text is not None:
        (tmp_path / "old.json").write_text(text)
    report = wanted(tmp_path, host(healthy()), previous=str(tmp_path / "old.json"), previous_required=False)
    warning, = report.warnings
    assert "old.json" in warning
    assert make_report(report)["summary"]["trends"] is None


def test_a_previous_report_with_other_names(tmp_path: Path) -> None:
    made(tmp_path / "before", host(healthy(), day=BEFORE), as_of=str(BEFORE))
    options = {"previous": str(tmp_path / "before" / "report" / "report.json"), "redact_serials": True,
               "redaction_key": "a key that is long enough"}
    with pytest.raises(ValueError, match=r"\breport\.json\b.*\bredaction_key\b.*\bredact_serials\b"):
        wanted(tmp_path / "now", host(healthy()), **options)
    report = wanted(tmp_path / "now", host(healthy()), previous_required=False, **options)
    assert re.search(r"\breport\.json\b.*\bredaction_key\b.*\bredact_serials\b", report.warnings[0])
    assert make_report(report)["summary"]["previous_as_of"] is None
    assert wanted(tmp_path / "now", host(healthy()), previous_required=False).warnings == ()


def test_hosts_that_share_a_drive_have_each_their_own_trend(tmp_path: Path) -> None:
    def shared(day: datetime.date, *names: str) -> Any:
        # By the first of two hosts it cannot be reached well, and so the other way round for another drive.
        found = []
        for name in names:
            drives = [put(put(healthy(), "wwn", f"naa.500000000000000{place}"), "device",
                          f"/dev/sg{place}") for place in range(2)]
            put(drives[name == "b"], "health.grown_defects.count", 99)
            found += host(*drives, name=name, day=day)
        return found

    made(tmp_path / "before", shared(BEFORE, "a", "b"), as_of=str(BEFORE))
    previous = str(tmp_path / "before" / "report" / "report.json")

    def trends(name: str, documents: Any) -> Any:
        result = made(tmp_path / name, documents, previous=previous)
        since = [finding["since"] for each in json.loads(result["texts"]["json"])["hosts"] for drive in each["drives"]
                 for finding in drive["findings"] if finding["outcome"] == "fail" and "since" in finding]
        return {key: count for key, count in result["summary"]["trends"].items() if count}, since

    assert trends("same", shared(DAY, "a", "b")) == ({"same": 4}, [str(BEFORE)] * 2)
    # A host less: its drives are not gone, as the other has them.
    assert trends("less", shared(DAY, "b")) == ({"same": 2}, [str(BEFORE)])
    # The drives have moved to another host.
    assert trends("moved", shared(DAY, "c")) == ({"same": 1, "better": 1}, [str(BEFORE)])
    assert trends("gone", host(put(healthy(), "wwn", "naa.5000000000000009"), name="a")) == ({"new": 1, "gone": 4}, [])


# Hostile words -------------------------------------------------------------------------------------------------------


def test_no_word_of_a_drive_means_anything(tmp_path: Path) -> None:
    texts = made(tmp_path, fleet.hostile(DAY))["texts"]
    assert "<script" not in texts["html"] and "<img" not in texts["html"] and "<h1>" not in texts["html"].split(
        "</h1>", 1)[1]
    assert "title='taken'" in html.unescape(texts["html"])
    for text in texts.values():
        assert not {character for character in text if ord(character) < 32} - {"\n", "\r"}
        assert not {"\u202e", "\ud800"} & set(text)
    cells = [cell for row in csv.reader(io.StringIO(texts["csv"])) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    ElementTree.fromstring(texts["junit"])  # noqa: S314
    json.loads(texts["sarif"])
    rows = [line for line in texts["markdown"].splitlines() if line.startswith("| critical | host")]
    assert len(rows) == len(fleet.HOSTILE)
    for row in rows:
        assert row.replace("\\|", "").count("|") == 7 and "<" not in row
        assert "](" not in row


def test_a_drive_is_where_the_kernel_says_unless_the_document_knows_better(tmp_path: Path) -> None:
    drive = put(unwell(), "identity.bay", {"enclosure": "0x5000CCAB0405DB00", "slot": 0, "name": "SLOT 00"})
    assert "0x5000CCAB0405DB00, slot 0<" in made(tmp_path / "a", host(drive))["texts"]["html"]
    put(drive, "identity.bay.slot", None)
    assert "0x5000CCAB0405DB00, SLOT 00<" in made(tmp_path / "b", host(drive))["texts"]["html"]
    documents = host(drive)
    documents[0]["locations"] = {drive["wwn"]: {"enclosure": "shelf A", "slot": 9}}
    page = made(tmp_path / "c", documents)["texts"]["html"]
    assert "shelf A, slot 9<" in page and "CCAB" not in page
    documents[0]["locations"][drive["wwn"]]["enclosure"] = "0x5000CCAB0405DB00"
    for number, facts in enumerate((host(drive), documents)):
        redacted = made(tmp_path / str(number), facts, redact_serials=True, redaction_key="a key that is long enough")
        assert all("CCAB0405" not in text.upper() for text in redacted["texts"].values())


def test_slots_stand_with_their_enclosure_in_the_order_in_which_they_are_counted(tmp_path: Path) -> None:
    places = [None, ("0xa", 10), ("0xb", 2), ("0xa", 9), ("0xb", 10), ("0xa", None)]
    drives = []
    for number, place in enumerate(places):
        drive = put(healthy(), "wwn", f"naa.500000000000000{number}")
        put(drive, "device", f"/dev/sg{number}")
        put(drive, "identity.bay", place and {"enclosure": place[0], "slot": place[1], "name": "Tray 3"})
        drives.append(put(drive, "health.predicted_failure", number in (0, 2)))
    result = made(tmp_path, host(*drives))
    rows = list(csv.DictReader(io.StringIO(result["texts"]["csv"])))
    assert [(row["enclosure"], row["slot"]) for row in rows] == [
        ("0xa", "9"), ("0xa", "10"), ("0xa", "Tray 3"), ("0xb", "2"), ("0xb", "10"), ("", "#1")]
    grids = result["texts"]["html"].split('<ol class="g" aria-label="slots of ')[1:]
    assert [grid.partition('"')[0] for grid in grids] == ["db1, 0xa", "db1, 0xb", "db1"]
    assert "db1, 0xb, slot 2<" in result["texts"]["html"] and "db1, drive #1<" in result["texts"]["html"]
    assert [(drive["enclosure"], drive["slot"]) for drive in result["failing"]] == [("0xb", "2"), (None, "#1")]


def test_a_name_that_is_at_many_hosts_has_a_trend_at_each(tmp_path: Path) -> None:
    def fleet_of(ill: int) -> Any:
        return [document for number in range(12) for document in host(
            put(healthy(), "health.predicted_failure", number == ill), name=f"db{number:02}")]

    before = made(tmp_path / "a", fleet_of(3))["files"]["json"]
    texts = made(tmp_path / "b", fleet_of(11), previous=before)["texts"]
    trends = {row["host"]: row["trend"] for row in csv.DictReader(io.StringIO(texts["csv"]))}
    assert trends == dict({f"db{number:02}": "same" for number in range(12)}, db03="better", db11="worse")


def test_pseudonyms_in_place_of_names(tmp_path: Path) -> None:
    drive = put(unwell(), "device", "/dev/disk/by-id/wwn-0x" + healthy()["wwn"][4:])
    put(drive, "reason", "no answer of " + drive["identity"]["serial"].lower())
    put(drive, "status", "failed")
    options = {"redact_serials": True, "redaction_key": "a key that is long enough"}
    result = made(tmp_path / "a", host(drive), **options)
    for text in [*result["texts"].values(), json.dumps(result["failing"])]:
        assert drive["identity"]["serial"].lower() not in text.lower() and drive["wwn"][4:] not in text
    again = made(tmp_path / "b", host(drive), **options)
    assert again["texts"] == result["texts"]
    other = made(tmp_path / "c", host(drive), redact_serials=True, redaction_key="another key of that length")
    assert other["failing"][0]["serial"] != result["failing"][0]["serial"]
    assert result["failing"][0]["host"] == "db1"

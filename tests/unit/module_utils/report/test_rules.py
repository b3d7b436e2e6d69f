# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default rules on drives that are well and that are not; rules of one's own; what is wrong with a rule."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._report.default_rules import DEFAULT_RULES
from ansible_collections.drivecare.scsi.plugins.module_utils._report.rules import compile_rules

from .fleet import coded, result
from .samples import DAY, healthy, judged, outcome, put

PASSED, FAILED = coded(0, "completed without error"), coded(7, "completed, failed in another segment")
HOURS = 30000


def with_log(*results: Any, hours: Any = HOURS, complete: bool = True) -> Any:
    """A drive whose log has these results, each as (code, result, hours), the newest first."""
    drive = healthy()
    drive["selftest"].update(
        power_on_hours=hours, log_complete=complete,
        results=[result(place, code, found, at) for place, (code, found, at) in enumerate(results, 1)])
    return drive


@pytest.mark.parametrize("solid", [False, True])
def test_a_drive_that_is_well_passes(solid: bool) -> None:
    found = {name: finding.outcome for name, finding in judged(healthy(solid)).items()}
    assert found == {
        "answered": "pass", "ready": "pass", "no_hardware_errors": "pass", "no_lost_commands": "pass",
        "uncorrected_errors": "pass", "uncorrected_errors_grew": "not applicable",
        "grown_defects_grew": "not applicable", "phy_errors_grew": "not applicable",
        "pending_defects_grew": "not applicable", "non_medium_error_rate": "not applicable",
        "power_on_hours_back": "not applicable", "endurance_rate": "not applicable",
        "physical_elements": "not applicable", "depopulated": "not applicable", "provenance": "not applicable",
        "predicted_failure": "pass", "selftest_not_failed": "pass",
        "selftest_passed": "pass",
        "pending_defects": "pass", "grown_defects": "pass", "temperature": "pass",
        "environment": "not applicable", "cycles": "pass",
        "tape_alert_critical": "not applicable", "tape_alert_warning": "not applicable",
        "grown_defects_many": "pass",
        "no_warning": "pass", "background_scan": "not applicable" if solid else "pass",
        "endurance": "pass" if solid else "not applicable", "model": "not applicable", "firmware": "not applicable",
        "copy_manager": "not applicable", "streams_open": "not applicable", "gathered": "pass",
        "gathered_this_month": "pass"}


@pytest.mark.parametrize("rule,path,value,note", [
    ("answered", "status", "timeout", "timeout"),
    ("predicted_failure", "health.predicted_failure", True, r"\byes\b"),
    ("pending_defects", "health.pending_defects.count", 1, r"\b1 block\b"),
    ("uncorrected_errors", "health.error_counters.read.total_uncorrected_errors", 31337, r"\b31337 read\b"),
    ("ready", "readiness.state", "not_ready", "not ready"),
    ("ready", "readiness.state", "format_corrupt", "format corrupt"),
    ("ready", "readiness.state", "no_medium", "no medium"),
    ("grown_defects", "health.grown_defects.count", 11, r"\b11\b.*\b10\b"),
    ("no_warning", "health.warning", True, r"\byes\b"),
    ("background_scan", "health.background_scan.status.background_scan_status.value", 3, r"\b3\b"),
    ("temperature", "health.temperature.temperature_celsius", 61, r"\b61 °C.*\b60 °C.*\breference\b"),
    ("gathered", "device", "/dev/sg1", r"\b8 days\b"),
])
def test_a_drive_that_is_not_well_fails_the_rule_and_no_other(rule: str, path: str, value: Any, note: str) -> None:
    drive = healthy()
    drive["health"]["temperature"]["reference_temperature_celsius"] = 60
    gathered = DAY - datetime.timedelta(days=8) if rule == "gathered" else DAY
    found = judged(put(drive, path, value), gathered=gathered)
    assert [name for name, finding in found.items() if finding.outcome == "fail"] == [rule]
    assert re.search(note, found[rule].answer.note)
    if rule not in ("gathered", "answered"):
        assert any(each.field == path and each.value == value for each in found[rule].answer.evidence)


@pytest.mark.parametrize("ascq,celsius,reference,outcome", [
    (0x01, 61, 60, "pass"), (0x01, 60, 60, "fail"), (0x01, None, 60, "fail"), (0x01, 61, None, "fail"),
    (0x96, 61, 60, "fail")])
def test_one_heat_is_one_finding(ascq: int, celsius: Any, reference: Any, outcome: str) -> None:
    drive = healthy()
    drive["health"]["warning"] = True
    drive["health"]["informational_exceptions"].update(asc=0x0B, ascq=ascq)
    drive["health"]["temperature"] = {"temperature_celsius": celsius, "reference_temperature_celsius": reference}
    found = judged(drive)
    assert found["no_warning"].outcome == outcome
    # Whatever is left to the other rule, that rule says.
    assert outcome == "fail" or found["temperature"].outcome == "fail"


@pytest.mark.parametrize("path,value,outcome", [
    ("readiness.state", "becoming_ready", "unknown"), ("readiness.state", "stopped", "unknown"),
    ("readiness.state", "ready", "not applicable"), ("identity.vendor", "ATA", "unknown"),
    ("failures", [{"message": "LOG SENSE: hardware error", "sense": {"key": {"value": 4}}}], "unknown")])
def test_what_a_drive_could_not_report_now_is_not_what_it_does_not_have(path: str, value: Any, outcome: str) -> None:
    drive = put(put(healthy(), "health.grown_defects", None), path, value)
    assert judged(drive)["grown_defects"].outcome == outcome


@pytest.mark.parametrize("vendor,kind,outcome", [
    ("SEAGATE", 0, "unknown"), ("DELL", 0, "unknown"), ("VMware", 0, "not applicable"), ("Msft", 0, "not applicable"),
    ("HP", 1, "not applicable"), ("AIC 12G", 13, "not applicable")])
def test_what_has_no_health_is_not_unknown(vendor: str, kind: int, outcome: str) -> None:
    drive = put(put(healthy(), "health.predicted_failure", None), "health.temperature", None)
    put(put(drive, "identity.vendor", vendor), "identity.peripheral_device_type.value", kind)
    found = judged(drive)
    assert (found["predicted_failure"].outcome, found["temperature"].outcome) == (outcome, outcome)


@pytest.mark.parametrize("failure,outcome", [
    ({"message": "MODE SENSE(10): RESERVATION CONFLICT", "sense": None}, "pass"),
    ({"message": "READ CAPACITY(10): unit attention", "sense": {"key": {"value": 6}}}, "pass"),
    ({"message": "LOG SENSE: BUSY", "sense": None}, "fail"), ({"message": "lost", "sense": None}, "fail")])
def test_an_answer_that_was_not_wanted_is_no_lost_command(failure: Any, outcome: str) -> None:
    assert judged(put(healthy(), "failures", [failure]))["no_lost_commands"].outcome == outcome


def test_very_many_grown_defects_are_worse_than_some() -> None:
    found = judged(put(healthy(), "health.grown_defects.count", 201))
    assert [name for name, finding in found.items() if finding.outcome == "fail"] == [
        "grown_defects_many", "grown_defects"]
    assert (found["grown_defects_many"].rule.severity, found["grown_defects"].rule.severity) == ("major", "warning")


def test_blocks_that_could_not_be_reassigned_are_as_bad_as_those_that_wait() -> None:
    findings = [{"reassign_status": {"value": value}} for value in (1, 2, 4, 5, 6, 7, 8)]
    found = judged(put(healthy(), "health.background_scan.findings", findings))["pending_defects"]
    assert found.outcome == "fail" and "3 blocks" in found.answer.note


@pytest.mark.parametrize("at_limit,path,value", [
    ("temperature", "health.temperature.temperature_celsius", 60), ("grown_defects", "health.grown_defects.count", 10),
    ("grown_defects_many", "health.grown_defects.count", 200),
    ("pending_defects", "health.pending_defects.count", 0)])
def test_the_limit_itself_is_allowed(at_limit: str, path: str, value: int) -> None:
    drive = healthy()
    drive["health"]["temperature"]["reference_temperature_celsius"] = 60
    assert judged(put(drive, path, value))[at_limit].outcome == "pass"


def test_a_medium_that_is_worn_out() -> None:
    drive = put(healthy(solid=True), "health.endurance.percentage_used_percent", 91)
    finding = judged(drive)["endurance"]
    assert finding.outcome == "fail" and re.search(r"\b91 %.*\b90 %", finding.answer.note)


@pytest.mark.parametrize("drive,passed,failed", [
    (with_log((2, PASSED, HOURS - 1080)), "pass", "pass"),
    (with_log((2, PASSED, HOURS - 1081)), "fail", "pass"),
    # A short test is no extended one.
    (with_log((1, PASSED, HOURS - 1)), "fail", "pass"),
    (with_log((2, FAILED, HOURS - 1), (2, PASSED, HOURS - 9)), "pass", "fail"),
    (with_log((2, FAILED, HOURS - 1)), "fail", "fail"),
    # Aborted by the application client, 1h; by a condition, 2h: no failure, and no pass.
    (with_log((2, coded(1, "aborted"), HOURS - 1), (2, coded(2, "reset"), HOURS - 2)), "fail", "pass"),
    (with_log(), "fail", "pass"),
    # The whole life of the drive is shorter than the time in which it must have been tested.
    (with_log(hours=100), "unknown", "pass"),
    (with_log((1, PASSED, 90), hours=100), "unknown", "pass"),
    (with_log((2, FAILED, 90), hours=100), "fail", "fail"),
    (with_log(hours=1081), "fail", "pass"),
    (with_log((2, PASSED, 100), complete=False), "fail", "unknown"),
    (with_log(complete=False), "unknown", "unknown"),
    # The two bytes of the log are full; the drive may have tested itself an hour ago.
    (with_log((2, PASSED, 70000), hours=70100), "unknown", "pass"),
    (with_log((2, PASSED, 0xFFFF), hours=0xFFFF), "pass", "pass"),
    (with_log((2, PASSED, 500), hours=None), "unknown", "pass"),
    # The counter went back: another drive's electronics.
    (with_log((2, PASSED, 900), hours=400), "unknown", "pass"),
    (put(healthy(), "selftest.log_supported", False), "not applicable", "not applicable"),
    (put(healthy(), "selftest.log_supported", None), "unknown", "unknown"),
])
def test_self_tests(drive: Any, passed: str, failed: str) -> None:
    found = judged(drive)
    assert (found["selftest_passed"].outcome, found["selftest_not_failed"].outcome) == (passed, failed)


def test_where_a_self_test_failed_is_told() -> None:
    drive = with_log((2, FAILED, HOURS - 5))
    drive["selftest"]["results"][0]["address_of_first_failure"] = 2814749
    answer = judged(drive)["selftest_not_failed"].answer
    for fact in ("extended", "5 hours", "completed, failed in another segment", "LBA 2814749"):
        assert fact in answer.note
    assert ("selftest.results[0].address_of_first_failure", 2814749) in [(e.field, e.value) for e in answer.evidence]


def test_a_drive_that_is_silent_is_not_known_to_be_bad_in_other_ways() -> None:
    drive = dict.fromkeys(healthy(), None)
    drive.update(status="timeout", reason="the drive did not answer within 120 s", gathered=[], device="/dev/sg3",
                 failures=[{"command": "INQUIRY", "kind": "timeout", "sense": None, "message": "no answer"}])
    found = judged(drive)
    assert [name for name, finding in found.items() if finding.outcome == "fail"] == ["answered"]
    assert found["temperature"].outcome == found["selftest_passed"].outcome == "unknown"
    assert found["no_lost_commands"].outcome == found["no_hardware_errors"].outcome == "unknown"
    drive["failures"][0]["sense"] = {"key": {"value": 4}}
    assert judged(drive)["no_hardware_errors"].outcome == "fail"


@pytest.mark.parametrize("path", [
    "health", "health.temperature", "selftest", "selftest.results", "identity", "health.pending_defects",
    "health.predicted_failure", "status", "gathered"])
@pytest.mark.parametrize("value", [None, "x", 5, [], {}, [None], {"count": "x"}, True])
def test_facts_of_any_form_are_judged_without_an_error(path: str, value: Any) -> None:
    found = judged(put(healthy(), path, value))
    assert len(found) == len(DEFAULT_RULES) - 1  # that of hosts


@pytest.mark.parametrize("operator,value,good,bad", [
    ("equals", "E005", "e005 ", "E006"), ("differs", "E005", "E006", "E005"), ("one_of", ["A", "B"], "b", "C"),
    ("none_of", ["A", "B"], "C", "a"), ("matches", ["E0*", "GX??"], "gxa0", "GXA"), ("matches_none", "E0*", "A", "E01"),
])
def test_operators_of_text(operator: str, value: Any, good: str, bad: str) -> None:
    check = {"path": "identity.revision", "operator": operator, "value": value}
    assert outcome(put(healthy(), "identity.revision", good), check).outcome == "pass"
    assert outcome(put(healthy(), "identity.revision", bad), check).outcome == "fail"


@pytest.mark.parametrize("operator,passing", [
    ("at_most", {8, 9}), ("below", {8}), ("at_least", {9, 10}), ("above", {10}), ("equals", {9}), ("differs", {8, 10})])
def test_operators_of_numbers(operator: str, passing: Any) -> None:
    check: dict[str, Any] = {"path": "health.grown_defects.count", "operator": operator, "value": 9}
    assert {number for number in (8, 9, 10)
            if outcome(put(healthy(), check["path"], number), check).outcome == "pass"} == passing


@pytest.mark.parametrize("operator,value,outcomes", [
    ("contains_all", [2], ("pass", "fail")), ("contains_none", [2], ("fail", "pass")),
    ("count_at_most", 1, ("fail", "pass")), ("count_at_least", 2, ("pass", "fail"))])
def test_operators_of_lists(operator: str, value: Any, outcomes: Any) -> None:
    check = {"path": "xcopy.parameters.segment_descriptors[].value", "operator": operator, "value": value}
    found = []
    for codes in ([0, 2], [0]):
        drive = put(healthy(), "xcopy", {"parameters": {"segment_descriptors": [{"value": code} for code in codes]}})
        drive["gathered"].append("xcopy")
        found.append(outcome(drive, check).outcome)
    assert tuple(found) == outcomes


def test_a_limit_in_another_unit() -> None:
    check = {"path": "health.power_on_hours", "operator": "at_most", "value": 5, "unit": "days"}
    assert outcome(put(healthy(), "health.power_on_hours", 120), check).outcome == "pass"
    above = outcome(put(healthy(), "health.power_on_hours", 121), check)
    assert above.outcome == "fail" and re.search(r"\b121 hours\b.*\b5 days\b", above.answer.note)


def test_what_a_drive_does_not_tell_is_unknown_unless_the_rule_says_otherwise() -> None:
    check = {"path": "health.power_on_hours", "operator": "at_most", "value": 5}
    drive = put(healthy(), "health.power_on_hours", None)
    assert outcome(drive, check).outcome == "unknown"
    assert outcome(drive, dict(check, missing="pass")).outcome == "pass"
    assert outcome(put(healthy(), "health.power_on_hours", "many"), check).outcome == "unknown"


def test_a_rule_for_some_drives() -> None:
    condition = {"path": "identity.product", "operator": "matches", "value": "ST*"}
    check = {"path": "identity.revision", "operator": "equals", "value": "none"}
    assert outcome(healthy(), check, when=[condition]).outcome == "fail"
    assert outcome(put(healthy(), "identity.product", "MG08"), check, when=[condition]).outcome == "not applicable"


def test_allow_lists() -> None:
    allowed = [{"model": "ST16*", "revisions": ["E005", "E006"]}]
    firmware = {"id": "firmware", "check": {"allowed": allowed}}
    model = {"id": "model", "check": {"models": ["ST16*"]}}
    assert judged(healthy(), [firmware])["firmware"].outcome == "pass"
    assert "E005, E006" in judged(put(healthy(), "identity.revision", "E004"), [firmware])["firmware"].answer.note
    other = put(healthy(), "identity.product", "MG08")
    assert judged(other, [firmware])["firmware"].outcome == "not applicable"
    assert judged(other, [model])["model"].outcome == "fail"
    strict = {"id": "firmware", "check": {"allowed": allowed, "unlisted": "fail"}}
    assert judged(other, [strict])["firmware"].outcome == "fail"


def sensor(code: int, name: str, value: Any) -> dict[str, Any]:
    return {"parameter_code": code, name: value}


def within(code: int, kind: str, low: Any, high: Any) -> dict[str, Any]:
    """The operating limits of a sensor."""
    name, unit = kind.rsplit("_", 1)
    return {"parameter_code": code, f"low_operating_{name}_limit_trigger_{unit}": low,
            f"high_operating_{name}_limit_trigger_{unit}": high}


@pytest.mark.parametrize("value,low,high,expected,note", [
    (60, 5, 60, "pass", r"\b1 sensor\b"), (61, 5, 60, "fail", r"\b61 °C\b.*\bat most 60 °C\b"),
    (5, 5, 60, "pass", ""), (4, 5, 60, "fail", r"\b4 °C\b.*\bat least 5 °C"), (-1, None, 60, "pass", ""),
    (99, 5, None, "pass", ""), (99, None, None, "not applicable", "not reported"),
    (None, 5, 60, "not applicable", "not reported"), ("hot", 5, 60, "not applicable", "not reported")])
def test_a_drive_outside_of_its_own_limits(value: Any, low: Any, high: Any, expected: str, note: str) -> None:
    drive = put(healthy(), "health.environment", {
        "temperatures": [sensor(3, "temperature_celsius", value)], "relative_humidities": []})
    # Limits of another sensor are not those of this one.
    drive = put(drive, "health.environmental_limits", {"temperatures": [
        within(2, "temperature_celsius", 90, 91), within(3, "temperature_celsius", low, high)]})
    found = judged(drive)["environment"]
    assert found.outcome == expected and re.search(note, found.answer.note)


@pytest.mark.parametrize("code,reference,expected", [(0, 60, "pass"), (0, None, "fail"), (1, 60, "fail")])
def test_one_heat_is_not_found_twice(code: int, reference: Any, expected: str) -> None:
    drive = put(healthy(), "health.environment", {"temperatures": [sensor(code, "temperature_celsius", 71)]})
    drive = put(drive, "health.temperature", {
        "temperature_celsius": 71, "reference_temperature_celsius": reference})
    drive = put(drive, "health.environmental_limits", {"temperatures": [within(code, "temperature_celsius", 5, 60)]})
    found = judged(drive)
    assert (found["temperature"].outcome, found["environment"].outcome) == ("fail", expected)
    # Cold is nothing that the reference temperature tells.
    drive["health"]["environment"]["temperatures"][0]["temperature_celsius"] = 4
    assert judged(drive)["environment"].outcome == "fail"


def test_humidity_is_judged_as_well() -> None:
    drive = put(healthy(), "health.environment", {
        "temperatures": [], "relative_humidities": [sensor(256, "relative_humidity_percent", 96)]})
    put(drive, "health.environmental_limits", {
        "relative_humidities": [within(256, "relative_humidity_percent", 5, 95)]})
    found = judged(drive)["environment"]
    assert found.outcome == "fail" and re.search(r"relative humidity 96 %; at most 95 %", found.answer.note)
    assert {each.value for each in found.answer.evidence} == {96, 5, 95}


@pytest.mark.parametrize("reported,limits", [
    (None, None), ("x", 5), ({"temperatures": 5}, {"temperatures": [{}]}), ({"temperatures": [1, {}]}, None),
    ({"temperatures": [{"parameter_code": []}]}, {"temperatures": [{"parameter_code": {}}]})])
def test_an_environment_of_any_form_does_no_harm(reported: Any, limits: Any) -> None:
    drive = put(put(healthy(), "health.environment", reported), "health.environmental_limits", limits)
    assert judged(drive)["environment"].outcome == "not applicable"


def tape(*flags: Any) -> dict[str, Any]:
    """A tape drive that has set these flags, each given as its number and severity."""
    drive = put(healthy(), "identity.peripheral_device_type", {"value": 1, "name": "sequential access device"})
    return put(drive, "health.tape_alert_flags", [
        {"flag": flag, "name": f"name of {flag}", "severity": severity} for flag, severity in flags])


@pytest.mark.parametrize("flags,outcomes", [
    ([], ("pass", "pass")), ([(4, "critical")], ("fail", "pass")), ([(3, "warning")], ("pass", "fail")),
    ([(11, "information")], ("pass", "pass")), ([(62, None)], ("pass", "fail")),
    ([(3, "warning"), (4, "critical")], ("fail", "fail"))])
def test_flags_of_a_tape_drive_fail_by_their_severity(flags: Any, outcomes: tuple[str, str]) -> None:
    found = judged(tape(*flags))
    assert (found["tape_alert_critical"].outcome, found["tape_alert_warning"].outcome) == outcomes
    if outcomes[0] == "fail":
        assert "name of 4" in found["tape_alert_critical"].answer.note
        assert [each.value for each in found["tape_alert_critical"].answer.evidence] == [4]


def test_a_flag_that_is_ignored() -> None:
    rules = [{"id": "tape_alert_critical", "check": {"ignore": [9, "20"]}}]
    assert judged(tape((9, "critical"), (20, "critical")), rules)["tape_alert_critical"].outcome == "pass"
    assert judged(tape((9, "critical"), (4, "critical")), rules)["tape_alert_critical"].outcome == "fail"
    for wrong in ({"ignore": [65]}, {"ignore": 4}, {"severities": ["bad"]}):
        with pytest.raises(ValueError, match="ignore|severities"):
            judged(tape(), [{"id": "tape_alert_critical", "check": wrong}])


@pytest.mark.parametrize("flags", [None, 5, {}, [5, None, [], {"flag": [], "severity": {}}]])
def test_flags_of_any_form_do_no_harm(flags: Any) -> None:
    found = judged(put(tape(), "health.tape_alert_flags", flags))
    assert found["tape_alert_critical"].outcome in ("not applicable", "pass")


def test_a_disk_has_no_such_flags() -> None:
    drive = put(healthy(), "health.tape_alert_flags", [{"flag": 4, "name": "media", "severity": "critical"}])
    assert judged(drive)["tape_alert_critical"].outcome == "not applicable"


@pytest.mark.parametrize("done,specified,expected", [
    (50000, 50000, "pass"), (50001, 50000, "fail"), (9, 0, "not applicable"), (9, None, "not applicable"),
    (None, 5, "not applicable")])
@pytest.mark.parametrize("kind", ["start_stop", "load_unload"])
def test_a_drive_that_was_started_or_unloaded_too_often(kind: str, done: Any, specified: Any, expected: str) -> None:
    drive = put(healthy(), "health.start_stop", {
        f"accumulated_{kind}_cycles": done, f"specified_{kind}_cycles": specified})
    found = judged(drive)["cycles"]
    assert found.outcome == expected
    if expected != "not applicable":
        assert re.search(rf"\b{done} of {specified} {kind.replace('_', '-')} cycles", found.answer.note)
    assert outcome(drive, {"named": "cycles", "at_most_percent": 10}).outcome == (
        expected if expected == "not applicable" else "fail")


@pytest.mark.parametrize("supported,outcomes", [
    (False, ("not applicable", "fail")), (True, ("fail", "pass"))])
def test_a_copy_manager_that_must_be_there(supported: bool, outcomes: Any) -> None:
    drive = put(healthy(), "xcopy", {
        "supported": supported, "parameters": {"segment_descriptors": [{"value": 0}]} if supported else None})
    drive["gathered"].append("xcopy")
    condition = {"path": "identity.product", "operator": "matches", "value": "ST*"}
    found = outcome(drive, {"path": "xcopy.supported", "operator": "equals", "value": True}, when=[condition])
    assert (judged(drive)["copy_manager"].outcome, found.outcome) == outcomes


def test_a_default_rule_is_changed_where_the_user_says_so_and_nowhere_else() -> None:
    rules = {rule.id: rule for rule in compile_rules([
        {"id": "selftest_passed", "check": {"max_age": "14d"}}, {"id": "temperature", "severity": "critical"},
        {"id": "model", "enabled": False}])}
    assert "model" not in rules and len(rules) == len(DEFAULT_RULES) - 1
    assert re.search(r"\bextended\b.*\b14 days\b", rules["selftest_passed"].expected)
    assert rules["temperature"].severity == "critical" and "65 °C" in rules["temperature"].expected
    default, = [rule for rule in DEFAULT_RULES if rule["id"] == "selftest_passed"]
    assert rules["selftest_passed"].title == default["title"]


GOOD: dict[str, Any] = {
    "id": "a", "title": "t", "severity": "info", "remedy": "r",
    "check": {"path": "health.power_on_hours", "operator": "at_most", "value": 5}}


@pytest.mark.parametrize("change,said", [
    ({"id": "Ä"}, r"\b1\b.*\bid\b.*'Ä'"), ({"id": ""}, r"\b1\b.*\bid\b.*''"),
    ({"title": None}, r"\brule a\b.*\btitle\b.*\bid, title"),
    ({"severity": "bad"}, r"\brule a\b.*\bseverity\b.*\binfo, .*'bad'"),
    ({"not_gathered": "x"}, r"\bnot_gathered\b.*\bpass\b"),
    ({"when": "x"}, r"\bwhen\b.*\blist\b"), ({"colour": "x"}, r"\bcolour\b.*\bid, title"),
    ({"check": None}, r"\bcheck\b.*\bid, title"),
    ({"check": {"named": "nothing"}}, r"\bcheck\b.*\banswered\b.*'nothing'"),
    ({"check": {"named": "answered", "x": 1}}, r"\banswered\b.*\bx\b.*\bnone\b"),
    ({"check": {"named": "selftest_passed", "max_age": "long"}}, r"\bmax_age\b.*\b30d\b.*'long'"),
    ({"check": {"named": "selftest_passed", "kind": "long"}}, r"\bkind\b.*\bdefault, short, extended\b.*'long'"),
    ({"check": {"named": "temperature", "at_most": "²"}}, r"\bat_most\b.*\bnumber\b.*'²'"),
    ({"check": dict(GOOD["check"], path="health.power_on_hour")}, r"power_on_hour'.*\bhealth\.power_on_hours\b"),
    ({"check": dict(GOOD["check"], operator="<")}, r"\boperator\b.*\bequals\b.*'<'"),
    ({"check": dict(GOOD["check"], value="five")}, r"\bat_most\b.*\bnumber\b.*'five'"),
    ({"check": dict(GOOD["check"], value=None)}, r"\bat_most\b.*\bvalue\b.*\bnumber\b"),
    ({"check": dict(GOOD["check"], unit="celsius")}, r"\bhours\b.*\bcelsius\b"),
    ({"check": dict(GOOD["check"], unit="lightyears")}, r"\bunit\b.*\bhours\b.*'lightyears'"),
    ({"check": dict(GOOD["check"], unit=["hours"])}, r"\bunit\b.*\['hours'\]"),
    ({"check": dict(GOOD["check"], show=[1])}, r"\bshow\b.*\bidentity\.revision\b.*\[1\]"),
    ({"check": dict(GOOD["check"], show=5)}, r"\bshow\b.*\bidentity\.revision\b.*\b5\b"),
    ({"check": dict(GOOD["check"], show="identity.revision")}, r"\bshow\b.*\blist\b.*'identity\.revision'"),
    ({"check": dict(GOOD["check"], show=["xcopy.parameters.a[]b"])}, r"\bshow\b.*'xcopy\.parameters\.a\[\]b'"),
    ({"check": dict(GOOD["check"], path="xcopy.parameters.segment_descriptors[]value")}, r"\[\]value'.*\[\],"),
    ({"check": dict(GOOD["check"], path="selftest.results[][].value")}, r"'selftest\.results\[\]\[\]\.value'.*\[\],"),
    ({"check": dict(GOOD["check"], operator="matches", value=[1])}, r"\bmatches\b.*\[1\].*\bYAML\b"),
    ({"check": {"named": "firmware", "allowed": [{"model": "ST*", "revisions": [1]}]}},
     r"\ballowed\b.*\[1\].*\bYAML\b"),
    ({"check": {"named": "model", "models": 8}}, r"\bmodels\b.*\b8\b.*\bYAML\b"),
    ({"check": {"named": "model", "models": [True]}}, r"^(?!.*YAML).*\bmodels\b.*\blist\b.*\[True\]"),
    ({"enabled": "no"}, r"\brule a\b.*\benabled\b.*\btrue\b.*'no'"),
])
def test_a_rule_that_means_nothing_says_what_would(change: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        compile_rules([dict(GOOD, **change)])


def test_two_rules_with_one_id_and_no_rule_at_all() -> None:
    with pytest.raises(ValueError, match=r"\brules\b.*\bid a\b"):
        compile_rules([GOOD, GOOD])
    with pytest.raises(ValueError, match=r"^rules\b(?!.*\bid\b)"):
        compile_rules([], use_default=False)

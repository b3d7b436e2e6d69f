# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives that fail: none may look well, and none may be denied what it can still do.

Each is seen as people see it: in the facts, in the metrics, in the verdict of the report.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import DEFAULT, Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest import run as selftests
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_paths import Paths
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_units import unit_at
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import (
    CHECK_CONDITION,
    GOOD,
    Command,
    Reply,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._report.findings import Context, verdict_of
from ansible_collections.drivecare.scsi.plugins.module_utils._report.rules import compile_rules, drive_rules, judge
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_health import (
    START_STOP,
    decode_start_stop,
    encode_start_stop,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import encode_supported_log_pages
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.report_operation_codes import encode_operation_codes
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd import encode_unit_serial_number, with_header
from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.drives import drive_metrics

from .facts_drive import MINUTES, FactsDrive
from .scripted import ScriptedDrive, result

CASES = Path(__file__).resolve().parents[2] / "fixtures" / "cases"
TEST_UNIT_READY, MODE_SENSE_10, LOG_SENSE, REPORT_CODES, READ_DEFECTS = 0x00, 0x5A, 0x4D, 0xA3, 0x37
INTERNAL_TARGET_FAILURE = encode_fixed_sense(4, 0x44, 0)
INVALID_FIELD, INVALID_OPERATION_CODE = encode_fixed_sense(5, 0x24, 0), encode_fixed_sense(5, 0x20, 0)


def failing(sense: bytes) -> Callable[[Command], Reply]:
    return lambda command: Reply(CHECK_CONDITION, sense)


def facts_of(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, *subsets: str) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    wanted = Wanted.from_options({"gather_subset": list(subsets or DEFAULT)})
    return gather_facts([drive.device], Options(), wanted)[0].as_result()


def capture(name: str) -> dict[str, Any]:
    wanted = Wanted.from_options({"gather_subset": []})
    return gather_facts([f"replay:{CASES / name}.json"], Options(), wanted)[0].as_result()


def judged(facts: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The verdict, and the outcome of each default rule."""
    findings = judge(drive_rules(compile_rules([])), facts, Context(1, 1))
    return verdict_of(findings), {finding.rule.id: finding.outcome for finding in findings}


def sample(facts: dict[str, Any], name: str) -> str | None:
    lines = [line for line in drive_metrics([facts]).splitlines() if line.startswith(f"scsi_drive_{name}{{")]
    return lines[0].rpartition(" ")[2] if lines else None


# Ready or not ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key,asc,ascq,state,outcome,ready", [
    (2, 0x04, 0x01, "becoming_ready", "unknown", "0"), (2, 0x04, 0x02, "stopped", "unknown", "0"),
    (2, 0x04, 0x03, "not_ready", "fail", "0"), (2, 0x04, 0x04, "becoming_ready", "unknown", "0"),
    (2, 0x04, 0x09, "becoming_ready", "unknown", "0"), (2, 0x04, 0x1B, "becoming_ready", "unknown", "0"),
    (2, 0x3A, 0x00, "no_medium", "fail", "0"), (2, 0x31, 0x00, "format_corrupt", "fail", "0"),
    (3, 0x31, 0x00, "format_corrupt", "fail", "0"), (6, 0x31, 0x00, "format_corrupt", "fail", "0"),
    (4, 0x3E, 0x03, "not_ready", "fail", "0"),
    (3, 0x11, 0x00, "not_ready", "fail", "0"), (4, 0x44, 0x00, "not_ready", "fail", "0")])
def test_a_drive_that_is_not_ready_cannot_pass(
        monkeypatch: pytest.MonkeyPatch, key: int, asc: int, ascq: int, state: str, outcome: str, ready: str) -> None:
    drive = FactsDrive()
    drive.handlers[TEST_UNIT_READY, None] = failing(encode_fixed_sense(key, asc, ascq))
    facts = facts_of(monkeypatch, drive)
    assert facts["status"] == "ok" and facts["readiness"]["state"] == state
    assert (facts["readiness"]["sense"]["asc"], facts["readiness"]["sense"]["ascq"]) == (asc, ascq)
    verdict, outcomes = judged(facts)
    assert outcomes["ready"] == outcome and verdict != "pass"
    assert verdict == "critical" or outcome == "unknown"
    assert sample(facts, "ready") == ready


def test_a_drive_that_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = facts_of(monkeypatch, FactsDrive())
    assert facts["readiness"] == {"state": "ready", "sense": None} and facts["failures"] == []
    assert judged(facts)[1]["ready"] == "pass"
    assert (sample(facts, "ready"), sample(facts, "up"), sample(facts, "failed_commands")) == ("1", "1", "0")


@pytest.mark.parametrize("sense,state,outcome", [
    (encode_fixed_sense(0, 0x5E, 0x02), "standby", "pass"), (encode_fixed_sense(0, 0x5E, 0x09), "standby", "pass"),
    (encode_fixed_sense(2, 0x04, 0x02), "stopped", "unknown")])
def test_a_sleeping_drive_is_not_woken(monkeypatch: pytest.MonkeyPatch, sense: bytes, state: str,
                                       outcome: str) -> None:
    drive = FactsDrive()
    drive.sense = [sense]
    facts = facts_of(monkeypatch, drive)
    assert facts["readiness"]["state"] == state and TEST_UNIT_READY not in drive.sent_codes()
    assert judged(facts)[1]["ready"] == outcome


def test_a_drive_of_which_readiness_is_not_known_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.handlers[TEST_UNIT_READY, None] = failing(INVALID_OPERATION_CODE)
    facts = facts_of(monkeypatch, drive)
    assert facts["readiness"] == {"state": None, "sense": None} and sample(facts, "ready") is None
    assert judged(facts)[1]["ready"] == "unknown"


def test_a_warning_by_unit_attention_is_read_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.sense = [encode_fixed_sense(6, 0x5D, 0x10), encode_fixed_sense(0)]
    assert facts_of(monkeypatch, drive, "readiness", "health")["health"]["predicted_failure"] is True


# Questions that it failed ------------------------------------------------------------------------------------------


def test_a_drive_that_fails_at_its_logs_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.handlers[LOG_SENSE, None] = failing(INTERNAL_TARGET_FAILURE)
    facts = facts_of(monkeypatch, drive)
    assert {failure["page"] for failure in facts["failures"]} >= {"log page 00h", "log page 10h", "log page 15h"}
    first = facts["failures"][0]
    assert (first["command"], first["kind"], first["sense"]["asc"]) == ("LOG SENSE", "check_condition", 0x44)
    verdict, outcomes = judged(facts)
    assert (verdict, outcomes["no_hardware_errors"]) == ("critical", "fail") and "pass" not in (
        outcomes["selftest_passed"], outcomes["selftest_not_failed"], outcomes["pending_defects"])
    assert outcomes["pending_defects"] == outcomes["uncorrected_errors"] == "unknown"
    assert sample(facts, "up") == "0" and facts["selftest"]["log_supported"] is None


def test_what_a_drive_does_not_know_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.lists_commands = drive.lists_log = drive.lists_vpd = False
    facts = facts_of(monkeypatch, drive)
    assert drive.refused and facts["failures"] == [] and sample(facts, "up") == "1"


def test_a_drive_without_a_list_of_defects_has_not_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.handlers[READ_DEFECTS, None] = failing(encode_fixed_sense(3, 0x1C, 0x02))
    facts = facts_of(monkeypatch, drive)
    assert facts["failures"] == [] and facts["health"]["grown_defects"] is None


def test_an_aborted_command_is_a_failure_of_less_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.handlers[MODE_SENSE_10, None] = failing(encode_fixed_sense(0xB, 0x47, 0x03))
    outcomes = judged(facts_of(monkeypatch, drive))[1]
    assert (outcomes["no_hardware_errors"], outcomes["no_lost_commands"]) == ("pass", "fail")


def test_one_question_without_an_answer_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()

    def hang(command: Command) -> Reply:
        raise TransportError("MODE SENSE(10) took longer than 20 s", "DID_TIME_OUT")

    drive.handlers[MODE_SENSE_10, None] = hang
    facts = facts_of(monkeypatch, drive, "health", "selftest")
    assert facts["status"] == "failed" and facts["health"] is None
    drive.handlers[MODE_SENSE_10, None] = drive._mode_sense
    drive.handlers[READ_DEFECTS, None] = hang
    facts = facts_of(monkeypatch, drive, "health", "selftest")
    assert facts["status"] == "ok" and facts["health"]["power_on_hours"] == MINUTES // 60
    failure, = facts["failures"]
    assert failure["kind"] == "transport" and judged(facts)[1]["no_lost_commands"] == "fail"


def test_a_drive_that_hangs_again_and_again_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    plain = drive._log_sense
    hung: list[int] = []

    def hang_at_every_other(command: Command) -> Reply:
        if command.cdb[2] & 0x3F in (0x0D, 0x10, 0x15):
            hung.append(command.cdb[2] & 0x3F)
            raise TransportError("LOG SENSE took longer than 20 s", "DID_TIME_OUT")
        return plain(command)

    drive.lists_log = False
    drive.handlers[LOG_SENSE, None] = hang_at_every_other
    facts = facts_of(monkeypatch, drive, "health", "selftest")
    assert facts["status"] == "failed" and len(hung) == 3 and facts["failures"]


def test_what_a_drive_failed_at_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    plain = drive._log_sense
    drive.handlers[LOG_SENSE, None] = lambda command: (
        Reply(CHECK_CONDITION, INTERNAL_TARGET_FAILURE) if command.cdb[2] & 0x3F == 0x15 else plain(command))
    facts = facts_of(monkeypatch, drive, "health", "selftest")
    # The whole page for the scan, and its beginning for the hours.
    asked = [command.cdb.hex() for command in drive.sent if command.cdb[0] == LOG_SENSE]
    assert len(asked) == len(set(asked)) and len(facts["failures"]) == 1
    assert sum("log page 15h" in warning for warning in facts["warnings"]) == 1


def test_facts_that_do_not_say_what_failed_are_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = facts_of(monkeypatch, FactsDrive())
    del facts["failures"], facts["readiness"]
    facts["gathered"].remove("readiness")
    outcomes = judged(facts)[1]
    assert outcomes["ready"] == outcomes["no_hardware_errors"] == outcomes["no_lost_commands"] == "unknown"


# A side question never decides the main one -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["d18_st300mm0048_528_medium", "d18b_hw"])
@pytest.mark.parametrize("state,status", [("passed", "ok"), ("started", "ok"), ("aborted", "ok")])
def test_an_unreadable_page_of_hours_costs_no_self_test(name: str, state: str, status: str) -> None:
    wanted = selftests.Wanted(state, "extended", max_age_hours=None, on_unknown="fail")
    entry = selftests.run_selftests([f"replay:{CASES / name}.json"], Options(check_mode=True), wanted)[0]
    assert entry.status == status, entry.reason
    said = entry.values["selftest"]
    assert (said["power_on_hours"], said["extended_duration_seconds"], len(said["results"])) == (47823, 1900, 3)
    assert any("log page 15h" in warning for warning in entry.warnings)


@pytest.mark.parametrize("name", ["d18_st300mm0048_528_medium", "d18b_hw"])
def test_a_drive_that_cannot_say_its_capacity_is_critical(name: str) -> None:
    facts = capture(name)
    verdict, outcomes = judged(facts)
    assert (verdict, outcomes["no_hardware_errors"]) == ("critical", "fail") and sample(facts, "up") == "0"
    assert facts["selftest"]["power_on_hours"] == 47823 and len(facts["selftest"]["results"]) == 3


class BrokenLog(ScriptedDrive):
    """Fails at its self-test log, and at nothing else."""

    def __init__(self) -> None:
        super().__init__()
        plain = self._log_sense
        self.answers[LOG_SENSE] = lambda command: (
            Reply(CHECK_CONDITION, INTERNAL_TARGET_FAILURE) if command.cdb[2] & 0x3F == 0x10 else plain(command))


@pytest.mark.parametrize("state,status,changed,verdict", [
    ("passed", "failed", False, None), ("started", "ok", True, "started"), ("aborted", "ok", True, "aborted")])
def test_an_unreadable_log_decides_about_itself_only(
        monkeypatch: pytest.MonkeyPatch, state: str, status: str, changed: bool, verdict: str | None) -> None:
    drive = BrokenLog()
    if state == "aborted":
        # One runs that REQUEST SENSE does not show.
        drive.begin(1, 1000)
        drive.answers[0x03] = lambda command: Reply(GOOD, data=encode_fixed_sense(0))
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    entry = selftests.run_selftests(["/dev/sg1"], Options(), selftests.Wanted(state, "short"))[0]
    assert (entry.status, entry.changed) == (status, changed), entry.reason
    assert entry.values["selftest"]["verdict"] == verdict
    assert ("log page 10h" in str(entry.reason)) is (state != "started")
    assert (0x1D in [command.cdb[0] for command in drive.sent]) is (state != "passed")


def test_a_failed_result_says_why_by_code_and_name() -> None:
    drive = ScriptedDrive()
    drive.log = [dict(result(2, 7, 900, 4711), sense_key=3, additional_sense_code=0x11,
                      additional_sense_code_qualifier=0)]
    found = facts_of_scripted(drive)
    assert found["selftest"]["results"][0]["sense_text"] == "medium error: unrecovered read error"
    finding = next(each for each in judge(drive_rules(compile_rules([])), found, Context(1, 1))
                   if each.rule.id == "selftest_not_failed")
    assert "3h/11h/00h (medium error: unrecovered read error)" in finding.answer.note


def facts_of_scripted(drive: ScriptedDrive) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drives, "open_transport", lambda address, access: drive)
        wanted = Wanted.from_options({"gather_subset": ["selftest"]})
        return gather_facts(["/dev/sg1"], Options(), wanted)[0].as_result()


# A list is not the thing -------------------------------------------------------------------------------------------


def list_of(pages: list[int]) -> bytes:
    return encode_supported_log_pages([{"page": page} for page in pages])


@pytest.mark.parametrize("answer", [
    Reply(CHECK_CONDITION, INVALID_FIELD), Reply(CHECK_CONDITION, INTERNAL_TARGET_FAILURE),
    Reply(GOOD, data=b""), Reply(GOOD, data=bytes(4)), Reply(GOOD, data=list_of([])), Reply(GOOD, data=list_of([0x0D])),
    Reply(GOOD, data=list_of([0, 2, 3, 0x10, 0x15])[:-2]), Reply(GOOD, data=bytes.fromhex("0d00000100"))],
    ids=["refused", "failed", "nothing", "empty", "empty page", "without itself", "cut", "another page"])
def test_a_bad_list_of_log_pages_hides_none(monkeypatch: pytest.MonkeyPatch, answer: Reply) -> None:
    drive = FactsDrive()
    plain = drive._log_sense
    drive.handlers[LOG_SENSE, None] = lambda command: answer if command.cdb[2] & 0x3F == 0 else plain(command)
    facts = facts_of(monkeypatch, drive)
    assert facts["selftest"]["log_supported"] is True and len(facts["selftest"]["results"]) == 1
    assert facts["health"]["power_on_hours"] == MINUTES // 60 and facts["warnings"]


def test_a_drive_without_log_sense_has_no_log_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.lists_commands = False
    drive.handlers[LOG_SENSE, None] = failing(INVALID_OPERATION_CODE)
    facts = facts_of(monkeypatch, drive)
    assert drive.log_pages_asked() == [(0, 0)] and facts["selftest"]["log_supported"] is False


def test_a_length_that_is_refused_is_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    plain = drive._log_sense
    at_length = encode_fixed_sense(5, 0x24, 0, field_pointer=(True, 7, None))

    def log_sense(command: Command) -> Reply:
        length = int.from_bytes(command.cdb[7:9], "big")
        return plain(command) if length <= 252 else Reply(CHECK_CONDITION, at_length)

    drive.handlers[LOG_SENSE, None] = log_sense
    facts = facts_of(monkeypatch, drive)
    assert facts["selftest"]["log_supported"] is True and len(facts["selftest"]["results"]) == 1
    # Once, and for the self-test log, which is read by those who do not list pages as well.
    assert len(drive.refused) == 2


@pytest.mark.parametrize("answer", [
    Reply(CHECK_CONDITION, INVALID_FIELD), Reply(GOOD, data=b""), Reply(GOOD, data=with_header(0, b"")),
    Reply(GOOD, data=with_header(0, bytes((0x83, 0x80)))), Reply(GOOD, data=with_header(0, bytes((0, 0x83, 0x80)))),
    Reply(GOOD, data=with_header(0, bytes((0, 0x80, 0x83, 0xB0)))[:-1])],
    ids=["refused", "nothing", "empty", "without itself", "not in order", "cut"])
def test_a_bad_list_of_vpd_pages_hides_none(monkeypatch: pytest.MonkeyPatch, answer: Reply) -> None:
    drive = FactsDrive()
    plain = drive._inquiry
    drive.handlers[0x12, None] = lambda command: (
        answer if command.cdb[1] & 1 and command.cdb[2] == 0 else plain(command))
    facts = facts_of(monkeypatch, drive, "identity", "limits")
    assert facts["identity"]["serial"] == "Z1W0ABCD" and facts["identity"]["rotation_rate_rpm"] == 7200
    assert facts["limits"]["maximum_transfer_length_blocks"] == 65535


@pytest.mark.parametrize("answer", [
    Reply(CHECK_CONDITION, INVALID_FIELD), Reply(GOOD, data=b""), Reply(GOOD, data=bytes(4)),
    Reply(GOOD, data=encode_operation_codes([{"operation_code": 0x00, "service_action": None}])),
    Reply(GOOD, data=encode_operation_codes([{"operation_code": 0x12, "service_action": None},
                                             {"operation_code": 0x25, "service_action": None}])[:-4])],
    ids=["refused", "nothing", "empty", "without INQUIRY", "cut"])
def test_a_bad_list_of_commands_hides_none(monkeypatch: pytest.MonkeyPatch, answer: Reply) -> None:
    drive = FactsDrive()
    drive.handlers[REPORT_CODES, 0x0C] = lambda command: answer
    facts = facts_of(monkeypatch, drive)
    assert facts["health"]["grown_defects"]["count"] == 17 and facts["selftest"]["log_supported"] is True


@pytest.mark.parametrize("answer", [
    Reply(CHECK_CONDITION, INVALID_FIELD), Reply(CHECK_CONDITION, INTERNAL_TARGET_FAILURE),
    Reply(GOOD, data=bytes(8))], ids=["refused", "failed", "empty"])
def test_a_drive_that_does_not_give_all_mode_pages_is_asked_for_the_one(
        monkeypatch: pytest.MonkeyPatch, answer: Reply) -> None:
    drive = FactsDrive()
    plain = drive._mode_sense
    for code in (0x1A, MODE_SENSE_10):
        drive.handlers[code, None] = lambda command: answer if command.cdb[2] & 0x3F == 0x3F else plain(command)
    found = facts_of(monkeypatch, drive, "health")["health"]["informational_exceptions"]
    assert found["reporting_enabled"] is True


# Bits that say whether a field counts -------------------------------------------------------------------------------


def test_primary_defects_that_come_along_are_not_counted() -> None:
    facts = capture("d4_plist_too")
    assert facts["health"]["grown_defects"]["count"] is None
    assert any("primary defects" in warning for warning in facts["warnings"])
    assert sample(facts, "grown_defects") is None and judged(facts)[1]["grown_defects"] != "fail"


def test_another_format_of_defects_is_tried() -> None:
    assert capture("d5_fmt3_refused")["health"]["grown_defects"]["count"] == 0


@pytest.mark.parametrize("year,week,expected", [
    ("2014", "07", ("2014", "07")), ("20  ", "  ", (None, None)), ("    ", "7 ", (None, None)),
    ("0x14", "99", (None, "99"))])
def test_a_date_counts_where_all_its_digits_are_there(year: str, week: str, expected: tuple[Any, Any]) -> None:
    page = encode_start_stop({"manufacture_year": year, "manufacture_week": week})
    assert page[0] == START_STOP
    found = decode_start_stop(page, [])
    assert (found["manufacture_year"], found["manufacture_week"]) == expected


@pytest.mark.parametrize("logged,scan,outcome", [(0, 0, "pass"), (0, 1, "fail"), (1, 0, "fail"), (None, 1, "fail")])
def test_of_two_logs_of_pending_defects_the_worse_counts(
        monkeypatch: pytest.MonkeyPatch, logged: int | None, scan: int, outcome: str) -> None:
    facts = facts_of(monkeypatch, FactsDrive())
    facts["health"]["pending_defects"] = None if logged is None else {"count": logged, "defects": []}
    facts["health"]["background_scan"]["findings"] = [{"reassign_status": {"value": 1}}] * scan
    assert judged(facts)[1]["pending_defects"] == outcome


# A silent drive keeps its name --------------------------------------------------------------------------------------


def test_a_silent_drive_has_the_names_that_the_kernel_knows(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = tmp_path / "sys" / "devices" / "2:0:1:0"
    place.mkdir(parents=True)
    for name, text in {"vendor": "SEAGATE ", "model": "ST1000NM0023    ", "rev": "0004", "type": "0",
                       "state": "running", "wwid": "naa.5000c500a1b2c3d4"}.items():
        (place / name).write_text(text + "\n", encoding="ascii")
    (place / "vpd_pg80").write_bytes(encode_unit_serial_number("Z1W0ABCD"))
    monkeypatch.setattr(Paths, "unit_of", lambda self, address: unit_at(str(place), "/dev"))

    def dead(command: Command) -> Reply:
        raise TransportError("INQUIRY took longer than 20 s", "DID_TIME_OUT")

    drive = FactsDrive("/dev/sg7")
    drive.handlers[0x12, None] = dead
    facts = facts_of(monkeypatch, drive)
    assert (facts["status"], facts["wwn"], facts["gathered"]) == ("failed", "naa.5000c500a1b2c3d4", [])
    identity = facts["identity"]
    assert (identity["source"], identity["vendor"], identity["product"], identity["revision"], identity["serial"]) == (
        "kernel", "SEAGATE", "ST1000NM0023", "0004", "Z1W0ABCD")
    assert sample(facts, "up") == "0"
    info = next(line for line in drive_metrics([facts]).splitlines() if line.startswith("scsi_drive_info"))
    assert 'drive="naa.5000c500a1b2c3d4"' in info and 'serial="Z1W0ABCD"' in info
    assert judged(facts)[1]["answered"] == "fail"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scsi_xcopy_facts asks, in which order, and what becomes of the answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.xcopy import Question, gather_xcopy
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import CHECK_CONDITION, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_lid4 as four_bytes
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_results as copies
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.report_operation_codes import encode_operation_codes
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_third_party_copy import encode_third_party_copy

from .entries import shown
from .scripted import ScriptedDrive

OPTIONS: dict[str, Any] = {"gather": ["parameters"], "list_id": 0, "list_id_bytes": "auto", "allocation_length": None,
                           "assume_supported": False}
EVERYTHING = ["parameters", "status", "data", "failures"]


@pytest.fixture(name="drive")
def _drive() -> ScriptedDrive:
    """A copy manager whose operation 7 failed and holds data."""
    drive = ScriptedDrive()
    drive.parameters = {
        "maximum_cscd_descriptor_count": 2, "maximum_segment_length_bytes": 33553920,
        "data_segment_granularity_bytes": 512, "inline_data_granularity_bytes": 1, "held_data_granularity_bytes": 1,
        "segment_descriptors": [{"value": 2}], "cscd_descriptors": [{"value": 0xE4}]}
    sense = encode_fixed_sense(0x0A, 0x0D, 0x01).hex()
    drive.copy = {
        copies.COPY_STATUS: copies.encode_copy_status(
            {"hdd": True, "copy_command_status": 2, "segments_processed": 3, "transfer_count_units": 1,
             "transfer_count": 5}),
        copies.COPY_DATA: copies.encode_copy_data(b"\xDE\xAD\xBE\xEF"),
        copies.FAILURE_DETAILS: copies.encode_failure_details(
            {"extended_copy_command_status": 2, "sense_data": sense})}
    return drive


def gather(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, check_mode: bool = False,
           **options: Any) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    return shown(gather_xcopy(
        [drive.device], Options(check_mode=check_mode), Question.from_options(dict(OPTIONS, **options)))[0])


def asked(drive: ScriptedDrive) -> list[str]:
    return [command.cdb.hex() for command in drive.sent if command.cdb[0] == 0x84]


def test_the_operating_parameters(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = gather(monkeypatch, drive)
    assert entry["supported"] is True and entry["reason"] is None and entry["refused"] == {}
    assert entry["parameters"]["maximum_segment_length_bytes"] == 33553920
    assert entry["parameters"]["segment_descriptors"] == [{"value": 2, "name": "block to block"}]
    assert entry["parameters"]["cscd_descriptors"] == [{"value": 0xE4, "name": "identification descriptor"}]
    assert entry["copy_status"] is entry["held_data"] is entry["failure_details"] is None
    assert asked(drive) == ["84030000000000000000000002080000"]


def test_failure_details_are_asked_for_before_the_status_that_ends_them(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = gather(monkeypatch, drive, gather=EVERYTHING, list_id=7, allocation_length=1000)
    assert asked(drive) == ["840300000000000000000000" + "03e80000", "840407000000000000000000" + "03e80000",
                            "840107000000000000000000" + "03e80000", "840007000000000000000000" + "03e80000"]
    assert entry["copy_status"]["copy_command_status"] == {"value": 2, "name": "completed with errors"}
    assert entry["copy_status"]["transferred_bytes"] == 5120
    assert entry["held_data"] == {"available_data": 4, "held_data": "deadbeef"}
    assert entry["failure_details"]["sense"]["text"].startswith("copy aborted: ")


def test_check_mode_makes_the_copy_manager_forget_nothing(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = gather(monkeypatch, drive, check_mode=True, gather=EVERYTHING)
    assert asked(drive) == ["84030000000000000000000002080000"] and len(drive.copy) == 3
    assert sorted(entry["refused"]) == ["data", "failures", "status"]
    assert "check mode" in entry["refused"]["status"]


def test_a_drive_without_a_copy_manager_is_no_failure(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.answers[0x84] = lambda command: Reply(CHECK_CONDITION, encode_fixed_sense(5, 0x20, 0))
    entry = gather(monkeypatch, drive, gather=EVERYTHING)
    assert (entry["status"], entry["supported"], entry["parameters"]) == ("ok", False, None)
    assert "invalid command operation code" in entry["reason"]
    assert set(entry["refused"]) == set(EVERYTHING)


def test_what_one_question_lacks_does_not_spoil_the_others(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    del drive.copy[copies.COPY_DATA]
    entry = gather(monkeypatch, drive, gather=EVERYTHING)
    assert entry["supported"] is True and entry["reason"] is None
    assert set(entry["refused"]) == {"data"}
    assert re.search(r"invalid field in CDB\b.*\blist identifier 0\b", entry["refused"]["data"])


def test_an_answer_that_was_lost_is_a_failure_without_facts(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    def lose(command: Any) -> Reply:
        raise TransportError("lost", "DID_ERROR", "DRIVER_OK")

    drive.answers[0x84] = lose
    entry = gather(monkeypatch, drive)
    assert (entry["status"], entry["supported"], entry["parameters"]) == ("failed", None, None)
    assert entry["error"] == {
        "kind": "transport", "message": "lost", "host_status": "DID_ERROR", "driver_status": "DRIVER_OK"}


def test_a_cut_answer_gives_what_is_there_and_a_warning(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = gather(monkeypatch, drive, allocation_length=20)
    assert entry["parameters"]["maximum_segment_length_bytes"] == 33553920
    assert entry["parameters"]["maximum_concurrent_copies"] is None
    assert any(re.search(r"\b20\b.*\b46 bytes\b", warning) for warning in entry["warnings"])


@pytest.mark.parametrize("options,said", [
    ({"list_id": 256, "list_id_bytes": "1"}, r"\blist_id\b.*\b255\b.*\b256\b"),
    ({"list_id": 1 << 32}, r"\blist_id\b.*\b4294967295\b.*\b4294967296\b"),
    ({"list_id": -1}, r"\blist_id\b.*-1"), ({"allocation_length": 10000}, r"\ballocation_length\b.*\b10000\b"),
    ({"allocation_length": 0}, r"\ballocation_length\b.*\b0\b"), ({"gather": []}, r"\bgather\b.*\bparameters\b")])
def test_what_cannot_be_asked(options: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Question.from_options(dict(OPTIONS, **options))


def test_a_list_identifier_that_the_drive_does_not_know_is_no_lack_of_a_copy_manager(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    unknown = encode_fixed_sense(5, 0x24, 0, field_pointer=(True, 2, None))
    drive.answers[0x84] = lambda command: drive._check(unknown)
    entry = gather(monkeypatch, drive, gather=["status"], list_id=7)
    assert entry["supported"] is True and entry["reason"] is None
    assert set(entry["refused"]) == {"status"} and "list identifier 7" in entry["refused"]["status"]


def lists(drive: ScriptedDrive, *actions: int) -> None:
    """Gives the drive a third-party copy page that lists these service actions of RECEIVE COPY RESULTS."""
    honest = ScriptedDrive._inquiry
    page = encode_third_party_copy([{"type": 0x0001, "commands": [
        {"operation_code": 0x83, "service_actions": [1]}, {"operation_code": 0x84, "service_actions": list(actions)}]}])
    drive.answers[0x12] = lambda command: (
        Reply(0, data=page) if command.cdb[1:3] == b"\x01\x8f" else honest(drive, command))


STATUS_LID4 = four_bytes.encode_copy_status_lid4({
    "response_to_service_action": 0x10, "copy_operation_status": 0x02, "transfer_count_units": 0, "transfer_count": 512,
    "extended_copy_completion_status": 2, "sense_data": encode_fixed_sense(0x0A, 0x0D, 0x01).hex()})


def test_a_drive_that_lists_only_the_new_forms_is_asked_in_those(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    lists(drive, 5, 6, 7, 8)
    drive.copy = {
        copies.COPY_STATUS_LID4: STATUS_LID4,
        copies.COPY_DATA_LID4: four_bytes.encode_copy_data_lid4({"held_data": "beef"}),
        copies.ROD_TOKEN_INFORMATION: four_bytes.encode_rod_token_information({"rod_tokens": [
            {"id_for_creating_rod_cscd_descriptor": 0, "rod_token": "00800000" + "00" * 508}]}),
        copies.ALL_ROD_TOKENS: four_bytes.encode_all_rod_tokens([{"rod_token": "00800000" + "00" * 92}])}
    entry = gather(monkeypatch, drive, list_id=0x12345678, allocation_length=9000,
                   gather=[*EVERYTHING, "token_information", "rod_tokens"])
    assert entry["supported"] is True
    assert asked(drive) == [
        "84" + action + list_id + "00000000" + "00002328" + "0000"
        for action, list_id in (("06", "12345678"), ("07", "12345678"), ("05", "12345678"), ("08", "00000000"))]
    assert entry["copy_status"]["copy_operation_status"]["name"] == "completed with errors"
    assert entry["copy_status"]["sense"]["text"].startswith("copy aborted: ")
    assert entry["held_data"]["held_data"] == "beef"
    assert entry["token_information"]["rod_tokens"][0]["rod_type"]["value"] == 0x00800000
    assert [token["rod_type"]["value"] for token in entry["rod_tokens"]] == [0x00800000]
    assert sorted(entry["refused"]) == ["failures", "parameters"]
    assert re.search(r"\bthird-party copy\b.*\bRECEIVE COPY OPERATING PARAMETERS\b", entry["refused"]["parameters"])


@pytest.mark.parametrize("options,action", [
    ({}, "00"), ({"list_id_bytes": "4"}, "05"), ({"list_id": 256}, "05"), ({"list_id_bytes": "1"}, "00")])
def test_the_form_of_the_list_identifier(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, options: Any, action: str) -> None:
    drive.copy[copies.COPY_STATUS_LID4] = STATUS_LID4
    entry = gather(monkeypatch, drive, gather=["status"], **options)
    assert [cdb[2:4] for cdb in asked(drive)] == [action] and entry["copy_status"] is not None


def test_a_drive_that_says_that_it_has_none_is_not_asked(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.third_party_copy = False
    entry = gather(monkeypatch, drive, gather=EVERYTHING)
    assert (entry["status"], entry["supported"]) == ("ok", False) and asked(drive) == []
    assert "3PC" in entry["reason"]


def test_without_a_page_of_its_own_the_list_of_commands_tells_what_to_ask(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    def listing(*codes: tuple[int, int | None]) -> None:
        data = encode_operation_codes([{"operation_code": code, "service_action": action} for code, action in codes])
        drive.answers[0xA3] = lambda command: Reply(0, data=data)

    listing((0x12, None), (0xA3, 0x0C), (0x84, 3))
    entry = gather(monkeypatch, drive, gather=EVERYTHING)
    assert (entry["supported"], len(asked(drive))) == (True, 1) and entry["parameters"] is not None
    assert "RECEIVE COPY STATUS" in entry["refused"]["status"]
    drive.sent.clear()
    listing((0x12, None), (0xA3, 0x0C))
    entry = gather(monkeypatch, drive, gather=EVERYTHING)
    assert (entry["status"], entry["supported"], asked(drive)) == ("ok", False, [])
    assert "RECEIVE COPY OPERATING PARAMETERS" in entry["reason"] and "3PC" not in entry["reason"]


@pytest.mark.parametrize("given,lengths", [(None, [520, 520, 65536, 520]), (600, [600] * 4)])
def test_what_may_be_told_only_once_is_asked_for_as_a_whole(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, given: int | None, lengths: list[int]) -> None:
    gather(monkeypatch, drive, gather=EVERYTHING, allocation_length=given)
    assert [int(cdb[20:28], 16) for cdb in asked(drive)] == lengths


def test_a_drive_that_says_that_it_has_none_can_be_asked_all_the_same(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.third_party_copy = False
    assert gather(monkeypatch, drive, assume_supported=True)["supported"] is True
    lists(drive, 5)
    assert gather(monkeypatch, drive, assume_supported=True)["parameters"] is not None


def test_an_old_drive_that_cannot_say_is_asked(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    drive.third_party_copy, drive.version = False, 4
    assert gather(monkeypatch, drive)["supported"] is True

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scsi_xcopy_facts asks, in which order, and what becomes of the answers."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import drive as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.drive import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.xcopy import Question, gather_xcopy
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import CHECK_CONDITION, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_results as copies
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense

from .scripted import ScriptedDrive

OPTIONS: Dict[str, Any] = {"gather": ["parameters"], "list_id": 0, "allocation_length": 520}
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
           **options: Any) -> Dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    return gather_xcopy(
        [drive.device], Options(check_mode=check_mode), Question.from_options(dict(OPTIONS, **options)))[0]


def asked(drive: ScriptedDrive) -> List[str]:
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
    assert entry["reason"] == "not supported by this drive: invalid command operation code"
    assert set(entry["refused"]) == set(EVERYTHING)


def test_what_one_question_lacks_does_not_spoil_the_others(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    del drive.copy[copies.COPY_DATA]
    entry = gather(monkeypatch, drive, gather=EVERYTHING)
    assert entry["supported"] is True and entry["reason"] is None
    assert entry["refused"] == {"data": "not supported by this drive: invalid field in CDB, or the drive "
                                        "knows no copy operation with list identifier 0"}


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
    assert any("20 of 46 bytes" in warning for warning in entry["warnings"])


@pytest.mark.parametrize("options,said", [
    ({"list_id": 256}, "list_id"), ({"list_id": -1}, "list_id"), ({"allocation_length": 10000}, "allocation_length"),
    ({"allocation_length": 0}, "allocation_length"), ({"gather": []}, "gather is empty")])
def test_what_cannot_be_asked(options: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Question.from_options(dict(OPTIONS, **options))


def test_a_list_identifier_that_the_drive_does_not_know_is_no_lack_of_a_copy_manager(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    unknown = encode_fixed_sense(5, 0x24, 0, field_pointer=(True, 2, None))
    drive.answers[0x84] = lambda command: drive._check(unknown)
    entry = gather(monkeypatch, drive, gather=["status"], list_id=7)
    assert entry["supported"] is True and entry["reason"] is None
    assert entry["refused"] == {"status": "the drive knows no copy operation with list identifier 7"}

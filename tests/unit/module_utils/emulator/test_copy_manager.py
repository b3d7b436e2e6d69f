# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy operations while they run and after they have ended, as RECEIVE COPY RESULTS tells of them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_copy_lid4 import decode_copy_data_lid4
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_copy_results import (
    decode_operating_parameters,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_third_party_copy import (
    THIRD_PARTY_COPY,
    decode_third_party_copy,
)

from .bench import ONE, OTHER, TEST_UNIT_READY
from .copies import IN_PROGRESS, INVALID_FIELD_IN_CDB, Copier, blocks, verify

#: Ten steps of one second each, of four blocks: copies 40 blocks.
SLOW = {"chunk_bytes": 2048, "seconds_per_mib": 512.0}
FORTY = [blocks(0, 1, 40)]
STATUS, DATA, PARAMETERS, DETAILS, STATUS4, DATA4 = 0x00, 0x01, 0x03, 0x04, 0x05, 0x06
LONG_ID = 0x12345678
RUNNING, BACKGROUND, DONE, FAILED, ABORTED = 0x11, 0x12, 0x01, 0x02, 0x60


def slow(**settings: Any) -> Copier:
    drive = Copier(**dict(SLOW, **settings))
    drive.own.fill(0, 100)
    return drive


# -- while they run

def test_a_copy_in_the_foreground_takes_its_time_and_others_are_served() -> None:
    drive = slow()
    task = drive.lid1([verify(1), *FORTY, verify(0)])
    assert not task.done
    values = drive.status()
    assert (values["copy_command_status"]["value"], values["segments_processed"], values["transfer_count"]) == (0, 0, 0)
    counts = []
    for _second in range(9):
        drive.timers.pass_time(1)
        assert not task.done
        assert drive.send(TEST_UNIT_READY, by=OTHER).status == GOOD
        values = drive.status()
        assert (values["copy_command_status"]["value"], values["segments_processed"]) == (0, 2)
        counts.append(values["transfer_count"])
    assert counts == [2048 * done for done in range(2, 11)]
    drive.timers.pass_time(1)
    assert task.status == GOOD
    values = drive.status()
    assert (values["copy_command_status"]["value"], values["segments_processed"], values["transferred_bytes"]) == (
        1, 3, 40 * 512)
    assert drive.other.read(0, 40) == drive.own.read(0, 40)


def test_a_copy_in_the_background_is_answered_at_once() -> None:
    drive = slow()
    task = drive.lid4(FORTY, immed=True)
    assert task.status == GOOD
    assert drive.state4() == (BACKGROUND, 0)
    drive.timers.pass_time(3.5)
    assert drive.state4() == (BACKGROUND, 4 * 2048)
    values = drive.status4()
    assert (values["operation_counter"], values["estimated_status_update_delay_milliseconds"]) == (4, 1000)
    assert values["response_to_service_action"]["value"] == 0x01
    drive.timers.pass_time(10)
    values = drive.status4()
    assert (values["copy_operation_status"]["value"], values["transferred_bytes"], values["segments_processed"],
            values["extended_copy_completion_status"]["value"]) == (DONE, 40 * 512, 1, GOOD)
    assert values["estimated_status_update_delay_milliseconds"] is None


def test_in_the_foreground_with_a_long_identifier() -> None:
    drive = slow()
    task = drive.lid4(FORTY)
    drive.timers.pass_time(2)
    assert drive.state4()[0] == RUNNING
    assert not task.done
    drive.timers.pass_time(20)
    assert task.status == GOOD


def test_a_background_copy_that_fails_tells_it_with_its_status() -> None:
    drive = slow(descriptor_sense=True)
    drive.own.medium.unreadable = [21]
    assert drive.lid4(FORTY, immed=True).status == GOOD
    drive.timers.pass_time(20)
    values = drive.status4()
    assert (values["copy_operation_status"]["value"], values["extended_copy_completion_status"]["value"]) == (FAILED, 2)
    assert values["sense_data"].startswith("720a0d01")
    assert values["transfer_count"] == 20 * 512


@pytest.mark.parametrize("immed", [True, False])
def test_copy_operation_abort(immed: bool) -> None:
    drive = slow()
    task = drive.lid4(FORTY, immed=immed)
    drive.timers.pass_time(2.5)
    assert drive.abort_copy(LONG_ID, by=OTHER).codes == INVALID_FIELD_IN_CDB
    refused = drive.abort_copy(3)
    assert (refused.codes, refused.sense.field_pointer.byte) == (INVALID_FIELD_IN_CDB, 2)
    assert drive.abort_copy(LONG_ID).status == GOOD
    assert task.status == (GOOD if immed else 0x40)
    drive.timers.pass_time(100)
    assert drive.timers.pending == 0
    assert drive.abort_copy(LONG_ID).status == GOOD, "it is known, and has ended"
    assert drive.state4() == (ABORTED, 3 * 2048)
    assert not any(drive.other.read(12, 28))
    assert drive.other.settled == 1


def test_abort_task_stops_the_copy_at_once() -> None:
    drive = slow()
    task = drive.lid1(FORTY)
    drive.timers.pass_time(2.5)
    drive.abort(task)
    drive.timers.pass_time(100)
    assert drive.timers.pending == 0
    assert not any(drive.other.read(12, 28))
    values = drive.status()
    assert (values["copy_command_status"]["value"], values["transfer_count"]) == (2, 3 * 2048)


@pytest.mark.parametrize("kind", ["logical unit reset", "target warm reset"])
def test_a_reset_ends_all_copies_and_forgets_them(kind: str) -> None:
    drive = slow()
    drive.copied(drive.lid1([verify(0)]))
    assert drive.lid4(FORTY, immed=True).status == GOOD
    drive.timers.pass_time(1.5)
    drive.unit.reset(kind)
    drive.calm()
    drive.timers.pass_time(100)
    assert drive.timers.pending == 0
    assert not any(drive.other.read(8, 32))
    assert drive.ask(STATUS).codes == drive.ask(STATUS4, LONG_ID).codes == INVALID_FIELD_IN_CDB


def test_the_loss_of_the_nexus_takes_the_short_identifiers_only() -> None:
    drive = slow()
    drive.copied(drive.lid1([verify(0)]))
    drive.copied(drive.lid1([verify(0)], by=OTHER))
    assert drive.lid4(FORTY, immed=True).status == GOOD
    drive.unit.nexus_lost(ONE)
    drive.calm()
    assert drive.ask(STATUS).codes == INVALID_FIELD_IN_CDB
    assert drive.status(by=OTHER)["copy_command_status"]["value"] == 1
    drive.timers.pass_time(20)
    assert drive.state4() == (DONE, 40 * 512)


# -- list identifiers

def test_an_identifier_belongs_to_its_nexus() -> None:
    drive = slow()
    first = drive.lid1(FORTY)
    assert drive.ask(STATUS, by=OTHER).codes == INVALID_FIELD_IN_CDB
    second = drive.lid1([verify(0)], by=OTHER)
    drive.timers.pass_time(0)
    assert (first.done, second.status) == (False, GOOD)
    assert drive.status(by=OTHER)["copy_command_status"]["value"] == 1


def test_an_identifier_in_use_is_refused_and_one_of_an_ended_copy_is_taken_over() -> None:
    drive = slow()
    first = drive.lid1(FORTY)
    assert drive.lid1([verify(0)]).codes == IN_PROGRESS
    assert drive.lid4([verify(0)], list_identifier=7).codes == IN_PROGRESS, "they are the same numbers"
    drive.timers.pass_time(20)
    assert first.status == GOOD
    drive.copied(drive.lid1([verify(0), verify(0)]))
    assert (drive.status()["segments_processed"], drive.ask(STATUS).codes) == (2, INVALID_FIELD_IN_CDB)


def test_a_copy_without_an_identifier_cannot_be_asked_for() -> None:
    drive = slow()
    tasks = [drive.lid1(FORTY, list_id_usage=3), drive.lid1(FORTY, list_id_usage=3)]
    assert drive.ask(STATUS, 0).codes == INVALID_FIELD_IN_CDB
    drive.timers.pass_time(20)
    assert [task.status for task in tasks] == [GOOD, GOOD]
    assert drive.ask(STATUS, 0).codes == INVALID_FIELD_IN_CDB
    refused = slow(snlid=False).lid1(FORTY, list_id_usage=3)
    assert (refused.codes, refused.sense.field_pointer.byte) == ((0x05, 0x26, 0x00), 1)


def test_no_more_copies_run_at_once_than_there_may() -> None:
    drive = slow(total_concurrent_copies=3, maximum_concurrent_copies=2)
    running = [drive.lid1(FORTY, list_identifier=number) for number in (1, 2)]
    assert drive.lid1(FORTY, list_identifier=3).codes == IN_PROGRESS
    running.append(drive.lid1(FORTY, list_id_usage=3))
    assert drive.lid1(FORTY, list_id_usage=3).codes == IN_PROGRESS
    drive.timers.pass_time(20)
    assert [task.status for task in running] == [GOOD] * 3
    running = [drive.lid1(FORTY, list_id_usage=3) for _turn in range(3)]
    drive.timers.pass_time(20)
    assert [task.status for task in running] == [GOOD] * 3


# -- after they have ended

def held(**settings: Any) -> Copier:
    drive = Copier(**settings)
    drive.own.fill(5, 4)
    drive.copied(drive.lid1([blocks(0, 1, 2, 5, kind=0x0D), blocks(0, 1, 2, 7, 9, kind=0x0D)]))
    return drive


def test_held_data_is_there_until_all_of_it_was_read() -> None:
    drive = held()
    whole = (2048).to_bytes(4, "big") + drive.own.read(5, 4)
    for allocation in (4, 100, len(whole) - 1):
        assert drive.ask(DATA, allocation=allocation).data == whole[:allocation]
    assert drive.ask(DATA, by=OTHER).codes == INVALID_FIELD_IN_CDB
    assert drive.ask(DATA, allocation=len(whole)).data == whole
    assert drive.ask(DATA).data == bytes(4)
    assert drive.status()["hdd"] is True
    assert drive.ask(DATA).codes == INVALID_FIELD_IN_CDB, "now all of the copy is forgotten"


def test_reading_the_status_first_does_not_cost_the_held_data() -> None:
    drive = held()
    assert drive.status()["hdd"] is False
    assert drive.ask(STATUS).codes == INVALID_FIELD_IN_CDB
    assert drive.ask(DATA).data[4:] == drive.own.read(5, 4)
    assert drive.ask(DATA).codes == INVALID_FIELD_IN_CDB


def test_no_room_at_all_discards_held_data() -> None:
    drive = held()
    assert drive.ask(DATA, allocation=0).data == b""
    assert drive.ask(DATA).data == bytes(4)


def test_held_data_is_limited() -> None:
    drive = held(held_data_limit_bytes=600)
    assert drive.status()["hdd"] is True
    assert drive.ask(DATA).data[4:] == drive.own.read(5, 4)[:600]


def test_held_data_of_a_copy_that_need_not_hold_it() -> None:
    drive = Copier()
    drive.own.fill(0, 1)
    drive.copied(drive.lid1([blocks(0, 1, 1, kind=0x0D)], list_id_usage=2))
    refused = drive.ask(DATA)
    assert (refused.codes, refused.sense.field_pointer.byte) == (INVALID_FIELD_IN_CDB, 2)
    assert (drive.status()["copy_command_status"]["value"], drive.other.read(0, 1)) == (1, drive.own.read(0, 1))


def test_nothing_was_held() -> None:
    drive = Copier()
    drive.copied(drive.lid1([blocks(0, 1, 1)]))
    assert drive.ask(DATA).data == bytes(4)


def test_held_data_with_a_long_identifier() -> None:
    drive = Copier()
    data = drive.own.fill(0, 3)
    drive.copied(drive.lid4([blocks(0, 1, 3, kind=0x0D)]))
    whole = drive.ask(DATA4, LONG_ID, allocation=100).data
    assert len(whole) == 100
    warnings: Any = []
    values = decode_copy_data_lid4(drive.ask(DATA4, LONG_ID).data, warnings)
    assert (values["held_data"], values["copy_operation_status"]["value"], warnings) == (data.hex(), DONE, [])
    assert decode_copy_data_lid4(drive.ask(DATA4, LONG_ID).data, warnings)["held_data"] == ""


def test_while_it_runs_there_is_neither_data_nor_a_failure() -> None:
    drive = slow()
    drive.lid1([blocks(0, 1, 40, kind=0x0D)])
    drive.timers.pass_time(3)
    for action in (DATA, DETAILS):
        refused = drive.ask(action)
        assert (refused.codes, refused.sense.field_pointer.byte) == (INVALID_FIELD_IN_CDB, 2)


@pytest.mark.parametrize("descriptor_sense", [True, False])
def test_failure_details_are_there_until_all_of_them_were_read(descriptor_sense: bool) -> None:
    drive = Copier(descriptor_sense=descriptor_sense)
    task = drive.done(drive.lid1([verify(1), blocks(0, 5, 1)]))
    assert task.codes == (0x0A, 0x08, 0x04)
    assert len(drive.ask(DETAILS, allocation=59).data) == 59
    values = drive.details()
    assert (values["extended_copy_command_status"]["name"], values["sense_data"]) == (
        "CHECK CONDITION", task.sense_data.hex())
    assert drive.details()["extended_copy_command_status"] is None
    status = drive.status()
    assert (status["copy_command_status"]["value"], status["segments_processed"]) == (2, 2)
    assert drive.ask(DETAILS).codes == INVALID_FIELD_IN_CDB


def test_no_room_at_all_discards_failure_details() -> None:
    drive = Copier()
    drive.done(drive.lid1([verify(5)]))
    assert drive.ask(DETAILS, allocation=0).data == b""
    assert drive.ask(DETAILS).data == bytes(4)


def test_nothing_failed() -> None:
    drive = Copier()
    drive.copied(drive.lid1([verify(0)]))
    assert drive.ask(DETAILS).data == bytes(4)


def test_what_a_status_discards() -> None:
    for discards, again, details in (("nothing", True, True), ("status", False, True), ("all", False, False)):
        drive = Copier(status_discards=discards)
        drive.done(drive.lid1([verify(5)]))
        assert drive.ask(STATUS, allocation=11).status == GOOD
        assert drive.ask(STATUS).status == GOOD, "a status that was cut is not discarded"
        assert (drive.ask(STATUS).status == GOOD) is again
        assert (drive.ask(DETAILS).status == GOOD) is details


def test_what_has_ended_is_forgotten_in_time() -> None:
    drive = Copier(retention_seconds=60)
    drive.copied(drive.lid1([verify(0)]))
    drive.timers.pass_time(59)
    assert drive.ask(STATUS, allocation=4).status == GOOD
    drive.timers.pass_time(1)
    assert drive.ask(STATUS, allocation=4).codes == INVALID_FIELD_IN_CDB


def test_only_so_many_ended_copies_are_remembered() -> None:
    drive = Copier()
    for number in range(300):
        drive.copied(drive.lid4([verify(0)], list_identifier=number))
    assert drive.ask(STATUS4, 0).codes == INVALID_FIELD_IN_CDB
    assert drive.ask(STATUS4, 299).status == drive.ask(STATUS4, 100).status == GOOD


@pytest.mark.parametrize("unit, expected", [
    ("automatic", (0, 5 * 512)), ("bytes", (0, 5 * 512)), ("KiB", (1, 2)), ("MiB", (2, 0))])
def test_the_units_of_the_count(unit: str, expected: Any) -> None:
    drive = Copier(transfer_count_units=unit)
    drive.copied(drive.lid1([blocks(0, 1, 5)]))
    values = drive.status()
    assert (values["transfer_count_units"]["value"], values["transfer_count"]) == expected


def test_a_count_that_needs_more_than_four_bytes() -> None:
    settings = Copier().manager.settings
    assert settings.transfer_count((1 << 32) - 1) == {"transfer_count_units": 0, "transfer_count": (1 << 32) - 1}
    assert settings.transfer_count(1 << 32) == {"transfer_count_units": 1, "transfer_count": 1 << 22}
    assert settings.transfer_count(5 << 42) == {"transfer_count_units": 2, "transfer_count": 5 << 22}


# -- a restart

def test_what_outlasts_a_restart() -> None:
    drive = slow()
    drive.copied(drive.lid1([verify(0)]))
    drive.lid4([blocks(0, 1, 1, 3, kind=0x0D)], list_identifier=1)
    drive.timers.pass_time(5)
    assert drive.lid4(FORTY, immed=True, list_identifier=2).status == GOOD
    drive.timers.pass_time(3)
    drive.manager.changed()
    again = Copier(drive.own, drive.other, state=drive.written)
    assert decode_copy_data_lid4(again.ask(DATA4, 1).data, [])["held_data"] == drive.own.read(3, 1).hex()
    assert again.state4(2) == (ABORTED, 4 * 2048)
    assert again.ask(STATUS).codes == INVALID_FIELD_IN_CDB
    assert again.ask(STATUS4, 2).codes == INVALID_FIELD_IN_CDB, "that it was read is saved as well"
    assert Copier(state=again.written).ask(STATUS4, 2).codes == INVALID_FIELD_IN_CDB
    assert Copier(state={"clock": 0, "copy_manager": {}}).ask(STATUS4, 2).codes == INVALID_FIELD_IN_CDB


def test_a_power_cycle_ends_copies() -> None:
    drive = slow()
    assert drive.lid4(FORTY, immed=True).status == GOOD
    drive.timers.pass_time(2)
    drive.unit.power_cycle()
    drive.calm()
    drive.timers.pass_time(20)
    assert drive.state4() == (ABORTED, 3 * 2048)


# -- what it tells of itself

def test_both_lists_of_limits_agree_and_name_the_commands_that_are_there() -> None:
    drive = Copier(maximum_cscd_descriptor_count=5, held_data_limit_bytes=1234, segment_types=[0x02, 0x07],
                   data_segment_granularity_bytes=512, total_concurrent_copies=300)
    warnings: Any = []
    told = decode_operating_parameters(drive.ask(PARAMETERS).data, warnings)
    page = {each["type"]["value"]: each for each in decode_third_party_copy(
        drive.unit.vpd_pages()[THIRD_PARTY_COPY](), warnings)}
    assert warnings == []
    assert set(page) == {0x0000, 0x0001, 0x0004, 0x0008, 0x000C, 0x0106, 0x0108, 0x8001, 0xC001}
    for kind, names in {
            0x0004: ("maximum_cscd_descriptor_count", "maximum_segment_descriptor_count",
                     "maximum_descriptor_list_length_bytes", "maximum_inline_data_length_bytes"),
            0x0008: ("segment_descriptors", "cscd_descriptors"),
            0x8001: ("maximum_segment_length_bytes", "data_segment_granularity_bytes", "total_concurrent_copies"),
            0xC001: ("held_data_limit_bytes", "held_data_granularity_bytes")}.items():
        assert {name: page[kind][name] for name in names} == {name: told[name] for name in names}
    assert [each["value"] for each in told["segment_descriptors"]] == [0x02, 0x07]
    assert (told["held_data_limit_bytes"], told["maximum_concurrent_copies"], told["snlid"]) == (1234, 8, True)
    named = {(command["operation_code"]["value"], action["value"])
             for command in page[0x0001]["commands"] for action in command["service_actions"]}
    assert named == {code for code in drive.unit.commands.handlers if code[0] in (0x83, 0x84)}
    assert len(named) == 13
    # Segment types that are not told are not done.
    assert drive.done(drive.lid1([blocks(0, 1, 1, kind=0x0D)])).codes == (0x05, 0x26, 0x09)


@pytest.mark.parametrize("settings, kinds, codes", [
    ({"lid4": False, "tokens": False}, {0x0001, 0x0004, 0x0008, 0x000C, 0x8001, 0xC001}, 5),
    ({"lid1": False, "lid4": False}, {0x0000, 0x0001, 0x0106, 0x0108, 0x8001}, 6),
    ({"lid1": False, "tokens": False}, {0x0001, 0x0004, 0x0008, 0x000C, 0x8001, 0xC001}, 5)])
def test_a_copy_manager_that_does_less(settings: Any, kinds: Any, codes: int) -> None:
    drive = Copier(**settings)
    page = decode_third_party_copy(drive.unit.vpd_pages()[THIRD_PARTY_COPY](), [])
    assert {each["type"]["value"] for each in page} == kinds
    assert len([code for code in drive.unit.commands.handlers if code[0] in (0x83, 0x84)]) == codes


def test_parameters_are_cut_to_the_allocation_length() -> None:
    drive = Copier()
    whole = drive.ask(PARAMETERS).data
    assert len(whole) == 44 + 5
    for allocation in (0, 1, 43, 48, 49):
        assert drive.ask(PARAMETERS, allocation=allocation).data == whole[:allocation]


@pytest.mark.parametrize("settings, message", [
    ({"chunk": 1}, r"\bcopy_manager\b.*\bchunk\b"),
    ({"maximum_cscd_descriptor_count": 0}, r"\bcopy_manager\.maximum_cscd_descriptor_count\b.*\b1\b.*\b2047\b.*\b0\b"),
    ({"held_data_granularity_bytes": 3}, r"\bcopy_manager\.held_data_granularity_bytes\b.*\bpower of two\b.*\b3\b"),
    ({"segment_types": [0x03]}, r"\bcopy_manager\.segment_types\[0\].*\b0x2, 0x7, 0xA, 0xD\b.*\b3\b"),
    ({"rod_types": []}, r"\bcopy_manager\.rod_types\b.*\bempty\b"),
    ({"rod_types": [0x10000, 0x10000]}, r"\bcopy_manager\.rod_types\[1\].*\b65536\b"),
    ({"seconds_per_mib": -1}, r"\bcopy_manager\.seconds_per_mib\b.*\b0\b.*-1\b"),
    ({"status_discards": "some"}, r"\bcopy_manager\.status_discards\b.*\bnothing, status, all\b.*'some'"),
    ({"lid1": 1}, r"\bcopy_manager\.lid1\b.*\btrue\b.*\b1\b")])
def test_wrong_settings_are_named(settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Copier(**settings)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Target port groups of the emulated drive: what a state forbids, who learns that it has changed."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.target_ports import TargetPorts
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.report_target_port_groups import (
    REPORT_TARGET_PORT_GROUPS,
    SET_GROUP,
    SET_TARGET_PORT_GROUPS,
    decode_target_port_groups,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.emulator.bench import OTHER, Bench, FakeTimers

TUR, INQUIRY = bytes(6), bytes((0x12,)) + bytes(5)
READ, LOG_SENSE = bytes((0x28,)) + bytes(9), bytes((0x4D,)) + bytes(9)
WRITE_BUFFER = bytes((0x3B,)) + bytes(9)
CHANGED = (0x06, 0x2A, 0x06)
IN_CDB, IN_LIST, LIST_LENGTH, UNKNOWN = (0x05, 0x24, 0), (0x05, 0x26, 0), (0x05, 0x1A, 0), (0x05, 0x20, 0)


class Drive(Bench):
    def __init__(self, saved=None, **settings) -> None:
        self.ports = TargetPorts(Clock(FakeTimers()), settings)
        super().__init__(self.ports, state=saved)

    def report(self, extended=False):
        warnings = []
        data = self.good(REPORT_TARGET_PORT_GROUPS.encode(
            parameter_data_format=int(extended), allocation_length=1000))
        told = decode_target_port_groups(data, warnings, extended)
        assert warnings == [] and len(told["groups"]) == 1
        return dict(told["groups"][0], seconds=told["implicit_transition_time_seconds"])

    def set(self, state, group=1, **more):
        data = bytes(4) + SET_GROUP.encode(asymmetric_access_state=state, target_port_group=group)
        data = more.get("data", data)
        return self.send(SET_TARGET_PORT_GROUPS.encode(parameter_list_length=len(data)), data)


def test_the_one_group_has_the_one_port() -> None:
    drive = Drive(tpgs="implicit", preferred=True, implicit_transition_seconds=30)
    told = drive.report()
    assert (told["target_port_group"], told["ports"], told["pref"], told["seconds"]) == (1, [1], True, None)
    assert told["asymmetric_access_state"]["name"] == "active/optimized" and told["status_code"]["value"] == 0
    assert drive.report(extended=True)["seconds"] == 30
    done = drive.send(REPORT_TARGET_PORT_GROUPS.encode(parameter_data_format=2, allocation_length=99))
    assert done.codes == IN_CDB and done.sense.field_pointer.byte == 1
    assert len(drive.good(REPORT_TARGET_PORT_GROUPS.encode(allocation_length=6))) == 6


@pytest.mark.parametrize("tpgs, value, reports, sets", [
    ("none", 0, False, False), ("implicit", 1, True, False), ("explicit", 2, True, True), ("both", 3, True, True)])
def test_what_inquiry_tells_is_what_there_is(tpgs, value, reports, sets) -> None:
    drive = Drive(tpgs=tpgs)
    assert drive.ports.tpgs == value
    assert (drive.send(REPORT_TARGET_PORT_GROUPS.encode(allocation_length=99)).status == 0) is reports
    done = drive.set(1)
    assert done.status == 0 if sets else done.codes == UNKNOWN


@pytest.mark.parametrize("state, refusal, allowed", [
    ("active/non-optimized", None, [TUR, READ, LOG_SENSE, WRITE_BUFFER]), ("standby", 0x0B, [LOG_SENSE, WRITE_BUFFER]),
    ("unavailable", 0x0C, [WRITE_BUFFER]), ("offline", 0x12, []), ("transitioning", 0x0A, [])])
def test_a_state_forbids(state, refusal, allowed) -> None:
    drive = Drive(tpgs="both", state=state)
    assert drive.ports.state == state
    for cdb in (TUR, READ, LOG_SENSE, WRITE_BUFFER):
        done = drive.send(cdb)
        assert done.status == 0 if cdb in allowed else done.codes == (0x02, 0x04, refusal)
    assert drive.send(INQUIRY).status == 0
    assert drive.report()["asymmetric_access_state"]["name"] == state
    assert drive.set(0).status == 0 and drive.send(READ).status == 0


def test_who_has_not_asked_learns_of_it() -> None:
    drive = Drive(tpgs="explicit")
    assert drive.set(2).status == 0
    assert drive.send(TUR, by=OTHER).codes == CHANGED
    assert drive.send(TUR).codes == (0x02, 0x04, 0x0B)
    assert drive.report()["status_code"]["value"] == 1
    assert drive.set(2).status == 0
    assert drive.send(INQUIRY, by=OTHER).status == 0 and drive.send(TUR, by=OTHER).codes != CHANGED
    drive.ports.set_state("active/optimized")
    assert drive.send(TUR).codes == CHANGED and drive.send(TUR, by=OTHER).codes == CHANGED
    assert drive.report()["status_code"]["value"] == 2


@pytest.mark.parametrize("state, group, codes", [
    (4, 1, IN_LIST), (0xE, 1, IN_LIST), (0xF, 1, IN_LIST), (0, 2, IN_LIST)])
def test_states_and_groups_that_cannot_be_set(state, group, codes) -> None:
    drive = Drive(tpgs="explicit")
    assert drive.set(state, group).codes == codes
    assert drive.report()["asymmetric_access_state"]["value"] == 0


def test_lists_that_are_cut() -> None:
    drive = Drive(tpgs="explicit")
    assert drive.set(0, data=b"").status == 0
    for data in (bytes(3), bytes(7)):
        assert drive.set(0, data=data).codes == LIST_LENGTH
    assert drive.send(SET_TARGET_PORT_GROUPS.encode(parameter_list_length=8), bytes(6)).codes == LIST_LENGTH


def test_a_state_that_was_set_outlives_the_power() -> None:
    drive = Drive(tpgs="explicit")
    drive.set(2)
    assert Drive(drive.written, tpgs="explicit").ports.state == "standby"
    drive.unit.load({"target_ports": {"state": "no such state"}})
    assert drive.ports.state == "standby"


@pytest.mark.parametrize("settings, said", [
    ({"tpgs": "some"}, "ports.tpgs"), ({"state": "active"}, "ports.state"), ({"preferred": 1}, "ports.preferred"),
    ({"implicit_transition_seconds": 256}, "transition_seconds")])
def test_settings_that_are_wrong_are_told(settings, said) -> None:
    with pytest.raises(ValueError, match=said):
        TargetPorts(Clock(FakeTimers()), settings)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power conditions and the medium of the emulated drive: what starts, stops, sleeps, wakes, and is counted."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.faults.faults import Faults
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock, Feature
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.mode import Mode
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.power import Power, needs_medium
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.unit import LogicalUnit
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.usage import Usage
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.start_stop_unit import (
    PREVENT_ALLOW_MEDIUM_REMOVAL,
    START_STOP_UNIT,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.emulator.bench import ONE, OTHER, Bench, FakeTimers

TUR, READ, INQUIRY, CAPACITY = bytes(6), bytes((0x28,)) + bytes(9), bytes((0x12,)) + bytes(5), bytes((0x25,)) + bytes(9)
STOPPED, BECOMING_READY, NO_MEDIUM = (0x02, 0x04, 0x02), (0x02, 0x04, 0x01), (0x02, 0x3A, 0x00)
IN_CDB, PREVENTED = (0x05, 0x24, 0x00), (0x05, 0x53, 0x02)


class Medium(Feature):
    """What needs the medium, and what does not."""

    name = "medium"

    def commands(self):
        return {(opcode, None): lambda task: b"" for opcode in (0x12, 0x25, 0x28)}


class Drive(Bench):
    def __init__(self, settings=None, timers=None, removable=False, state=None) -> None:
        self.timers = FakeTimers()
        self.clock = Clock(self.timers)
        self.usage = Usage()
        self.mode = Mode(self.clock, {"idle_and_standby_seconds": timers or {}}, capacity=lambda: (1000, 512))
        self.power = Power(self.clock, self.usage, settings, page=self.mode.power_condition, removable=removable)
        self.saves = 0
        self.unit = LogicalUnit(self.clock, (self.power, self.mode, Medium()), Faults(), self.usage,
                                write=self.write)
        self.unit.attentions.logged_in = (ONE, OTHER)
        if state is not None:
            self.unit.load(state)
        self.calm()

    def write(self, state) -> None:
        self.saves += 1
        self.written = state

    def ssu(self, by=ONE, **values):
        return self.send(START_STOP_UNIT.encode(values), by=by)

    def told(self):
        sense = self.request_sense()
        return sense.key, sense.asc, sense.ascq


def test_a_stopped_drive_refuses_the_medium_and_nothing_else() -> None:
    drive = Drive()
    assert drive.ssu().status == 0
    assert drive.power.condition == "stopped"
    for cdb in (TUR, READ):
        assert drive.send(cdb).codes == STOPPED
    for cdb in (INQUIRY, CAPACITY, bytes((0x1A, 0, 0x0A, 0, 64, 0))):
        assert drive.send(cdb).status == 0
    assert drive.told() == STOPPED
    assert drive.ssu(start=True).status == 0
    assert drive.send(READ).status == 0 and drive.told() == (0, 0, 0)


def test_starts_and_parked_heads_are_counted() -> None:
    drive = Drive()
    starts, parked = drive.usage.start_stop_cycles, drive.usage.load_unload_cycles
    drive.ssu(start=True)
    drive.ssu(power_condition=1)
    assert (drive.usage.start_stop_cycles, drive.usage.load_unload_cycles) == (starts, parked)
    drive.ssu()
    drive.ssu()
    assert (drive.usage.start_stop_cycles, drive.usage.load_unload_cycles) == (starts, parked + 1)
    drive.ssu(start=True)
    assert drive.usage.start_stop_cycles == starts + 1
    drive.ssu(power_condition=2, power_condition_modifier=1)
    drive.ssu(power_condition=3)
    assert drive.usage.load_unload_cycles == parked + 2
    drive.send(READ)
    assert drive.usage.start_stop_cycles == starts + 2
    assert drive.saves


#: POWER CONDITION, its modifier, the condition, and the qualifier of 5Eh by command.
BY_COMMAND = [(2, 0, "idle_a", 3), (2, 1, "idle_b", 6), (2, 2, "idle_c", 8), (3, 0, "standby_z", 4),
              (3, 1, "standby_y", 0x0A), (0xA, 0, "idle_a", 3), (0xA, 2, "idle_c", 8), (0xB, 0, "standby_z", 4),
              (0xB, 1, "standby_y", 0x0A)]


@pytest.mark.parametrize("kind, modifier, name, qualifier", BY_COMMAND)
def test_a_low_power_condition_is_told_until_the_medium_is_needed(kind, modifier, name, qualifier) -> None:
    drive = Drive()
    assert drive.ssu(power_condition=kind, power_condition_modifier=modifier).status == 0
    assert drive.power.condition == name and drive.told() == (0, 0x5E, qualifier)
    for cdb in (TUR, INQUIRY, CAPACITY):
        assert drive.send(cdb).status == 0
    assert drive.power.condition == name
    assert drive.send(READ).status == 0
    assert drive.power.condition == "active" and drive.told() == (0, 0, 0)


@pytest.mark.parametrize("kind, modifier, byte", [
    (4, 0, 4), (5, 0, 4), (8, 0, 4), (0xF, 0, 4), (1, 1, 3), (2, 3, 3), (3, 2, 3), (0xB, 15, 3), (7, 1, 3)])
def test_conditions_that_are_not_there(kind, modifier, byte) -> None:
    drive = Drive()
    done = drive.ssu(power_condition=kind, power_condition_modifier=modifier)
    assert done.codes == IN_CDB and done.sense.field_pointer.byte == byte
    assert drive.power.condition == "active"


def test_a_drive_may_have_fewer_conditions() -> None:
    drive = Drive({"conditions": ["standby_z"]}, timers={"idle_a": 1, "standby_z": 100})
    assert drive.ssu(power_condition=2).codes == IN_CDB
    drive.timers.pass_time(50)
    assert drive.power.condition == "active"
    assert drive.ssu(power_condition=3).status == 0


def test_timers_lead_from_one_condition_to_the_next() -> None:
    drive = Drive(timers={"idle_a": 1, "idle_b": 10, "idle_c": 60, "standby_y": 600, "standby_z": 900})
    parked = drive.usage.load_unload_cycles
    drive.send(READ)
    for seconds, name, qualifier in ((1, "idle_a", 1), (9, "idle_b", 5), (50, "idle_c", 7), (540, "standby_y", 9),
                                     (300, "standby_z", 2)):
        drive.timers.pass_time(seconds - 0.5)
        assert drive.power.condition != name
        drive.timers.pass_time(0.5)
        assert drive.power.condition == name and drive.told() == (0, 0x5E, qualifier)
        drive.send(TUR)
    assert drive.usage.load_unload_cycles == parked + 1
    drive.send(READ)
    assert drive.power.condition == "active"
    drive.timers.pass_time(1)
    assert drive.power.condition == "idle_a"


def test_a_command_for_a_condition_stops_the_timers_until_the_drive_wakes() -> None:
    drive = Drive(timers={"standby_z": 10})
    drive.ssu(power_condition=2)
    drive.timers.pass_time(100)
    assert drive.told() == (0, 0x5E, 3)
    drive.ssu(power_condition=7)
    assert drive.power.condition == "active"
    drive.timers.pass_time(10)
    assert drive.told() == (0, 0x5E, 2)
    drive.ssu()
    drive.ssu(power_condition=7)
    assert drive.power.condition == "stopped", "timers do not start the motor"


@pytest.mark.parametrize("immed", [False, True])
def test_a_motor_takes_its_time(immed) -> None:
    drive = Drive({"start_seconds": 12})
    drive.timers.pass_time(12)
    drive.ssu()
    done = drive.ssu(start=True, immed=immed)
    assert done.done is immed
    assert drive.send(TUR).codes == BECOMING_READY and drive.told() == BECOMING_READY
    drive.timers.pass_time(11.5)
    assert drive.send(READ).codes == BECOMING_READY
    drive.timers.pass_time(0.5)
    assert done.status == 0 and drive.send(READ).status == 0


def test_a_start_that_is_aborted_answers_nothing() -> None:
    drive = Drive({"start_seconds": 12})
    drive.ssu()
    for end in (drive.abort, lambda task: drive.unit.reset("logical unit reset")):
        done = drive.ssu(start=True)
        end(done)
        drive.timers.pass_time(20)
        assert done.status is None
        drive.calm()
        drive.ssu()


@pytest.mark.parametrize("waits", [False, True])
def test_power_on(waits) -> None:
    drive = Drive({"stopped_at_power_on": waits})
    assert drive.power.condition == ("stopped" if waits else "active")
    drive.ssu()
    starts = drive.usage.start_stop_cycles
    drive.unit.reset("logical unit reset")
    assert drive.power.condition == "stopped", "other resets leave the motor as it is"
    later = Drive({"stopped_at_power_on": waits}, state=drive.unit.save())
    assert later.power.condition == ("stopped" if waits else "active")
    assert later.usage.start_stop_cycles == starts + (not waits)


# -- the medium

def test_a_fixed_medium_is_not_ejected() -> None:
    drive = Drive()
    for start in (False, True):
        done = drive.ssu(loej=True, start=start)
        assert done.codes == IN_CDB and (done.sense.field_pointer.byte, done.sense.field_pointer.bit) == (4, 1)
    assert drive.power.condition == "active"


def test_an_ejected_medium_is_not_there_until_it_is_loaded() -> None:
    drive = Drive(removable=True)
    assert drive.ssu(loej=True).status == 0
    assert not drive.power.medium_present
    for cdb in (TUR, READ, CAPACITY):
        assert drive.send(cdb).codes == NO_MEDIUM
    assert drive.send(INQUIRY).status == 0 and drive.told() == NO_MEDIUM
    later = Drive(removable=True, state=drive.written)
    assert later.send(TUR).codes == NO_MEDIUM
    assert drive.ssu(loej=True, start=True).status == 0
    assert drive.send(READ).status == 0
    assert drive.send(TUR, by=OTHER).codes == (0x06, 0x28, 0x00)
    # With a power condition LOEJ means nothing.
    assert drive.ssu(loej=True, power_condition=2).status == 0 and drive.power.medium_present


def prevent(drive, how, by=ONE):
    return drive.send(PREVENT_ALLOW_MEDIUM_REMOVAL.encode(prevent=how), by=by)


@pytest.mark.parametrize("end", ["allow", "lost", "reset"])
def test_each_initiator_may_prevent_the_removal(end) -> None:
    drive = Drive(removable=True)
    prevent(drive, 1)
    prevent(drive, 1, OTHER)
    prevent(drive, 0, OTHER)
    assert drive.ssu(OTHER, loej=True).codes == PREVENTED
    assert drive.send(READ).status == 0
    if end == "allow":
        prevent(drive, 0)
    elif end == "lost":
        drive.unit.nexus_lost(ONE)
    else:
        drive.unit.reset("target warm reset")
        drive.calm()
    assert drive.ssu(OTHER, loej=True).status == 0


def test_obsolete_preventions_are_refused() -> None:
    drive = Drive()
    assert prevent(drive, 2).codes == IN_CDB and prevent(drive, 3).codes == IN_CDB
    assert prevent(drive, 1).status == 0


@pytest.mark.parametrize("cdb, needs", [
    ("1d04", True), ("1d40", True), ("1d80", False), ("1d10", False), ("1d00", False), ("9e12", True), ("9e10", False),
    ("9e16", False), ("83", True), ("84", False), ("7f", True), ("35", True), ("42", True), ("4d", False),
    ("12", False), ("a0", False), ("5e", False), ("1b", False), ("03", False)])
def test_what_needs_the_medium(cdb, needs) -> None:
    assert needs_medium(bytes.fromhex(cdb).ljust(16, b"\0")) is needs


@pytest.mark.parametrize("settings, said", [
    ({"start_seconds": -1}, "power.start_seconds"), ({"conditions": ["idle"]}, r"power.conditions\[0\]"),
    ({"stopped": True}, r"\bpower\b.*\bstopped\b.*\bstopped_at_power_on\b"),
    ({"stopped_at_power_on": 1}, "power.stopped_at_power_on")])
def test_settings_that_are_wrong_are_told(settings, said) -> None:
    with pytest.raises(ValueError, match=said):
        Power(Clock(FakeTimers()), Usage(), settings)

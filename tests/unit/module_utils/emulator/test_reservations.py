# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations of the emulated drive: who may do what, who is told, what survives."""

from __future__ import annotations

import json

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.reservations import Reservations
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import persistent_reserve_in as pr_in
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import persistent_reserve_out as pr_out
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.transport_ids import encode_transport_id
from ansible_collections.drivecare.scsi.tests.unit.module_utils.emulator.bench import (
    ONE,
    OTHER,
    Bench,
    FakeTimers,
    nexus,
)

THIRD = nexus("third")
#: Never registers, so nothing happens to it.
WATCHER = nexus("watcher")
KEYS = {ONE: "0000000000000001", OTHER: "0000000000000002", THIRD: "0000000000000003"}
GOOD, CONFLICT = 0x00, 0x18
READ, WRITE, INQUIRY, TUR = bytes((0x28,)) + bytes(9), bytes((0x2A,)) + bytes(9), bytes((0x12,)) + bytes(5), bytes(6)
RESERVE, RELEASE = bytes((0x16,)) + bytes(5), bytes((0x17,)) + bytes(5)
RELEASED, PREEMPTED, UNREGISTERED = (0x2A, 0x04), (0x2A, 0x03), (0x2A, 0x05)
PARAMETER_LIST_LENGTH, INVALID_RELEASE = (0x05, 0x1A, 0x00), (0x05, 0x26, 0x04)
IN_CDB, IN_LIST = (0x05, 0x24, 0x00), (0x05, 0x26, 0x00)


class Drive(Bench):
    """A unit with reservations, to which three initiators have come."""

    def __init__(self, **settings) -> None:
        self.aborted = []
        self.saves = 0
        self.reservations = Reservations(Clock(FakeTimers()), settings, self.aborted.append)
        super().__init__(self.reservations)
        self.reservations.changed = self.count
        for each in (ONE, OTHER, THIRD, WATCHER):
            self.come(each)

    def count(self) -> None:
        self.saves += 1

    def come(self, who) -> None:
        attentions = self.reservations.attentions
        attentions.logged_in = [*attentions.logged_in, who]
        attentions.take(who)

    def told(self, who):
        return self.reservations.attentions.take(who)

    def out(self, action, by=ONE, kind=0, tail=b"", **values):
        values.setdefault("reservation_key", KEYS[by])
        data = pr_out.PARAMETER_LIST.encode(values) + tail
        return self.send(pr_out.PERSISTENT_RESERVE_OUT.encode(
            service_action=action, type=kind, parameter_list_length=len(data)), data, by)

    def register(self, *who, **values) -> None:
        for each in who:
            done = self.out(pr_out.REGISTER, each, reservation_key=pr_out.NO_KEY,
                            service_action_reservation_key=KEYS[each], **values)
            assert done.status == GOOD

    def reserve(self, kind, by=ONE):
        return self.out(pr_out.RESERVE, by, kind).status

    def inquire(self, action, by=WATCHER):
        data = self.good(pr_in.PERSISTENT_RESERVE_IN.encode(service_action=action, allocation_length=8192), by=by)
        warnings = []
        values = {0: pr_in.decode_keys, 1: pr_in.decode_reservation, 2: pr_in.decode_capabilities,
                  3: pr_in.decode_full_status}[action](data, warnings)
        assert warnings == []
        return values

    def keys(self):
        return self.inquire(pr_in.READ_KEYS)["reservation_keys"]

    def reservation(self):
        found = self.inquire(pr_in.READ_RESERVATION)["reservation"]
        return None if found is None else (found["type"]["value"], found["reservation_key"])

    def status(self, cdb, by):
        return self.send(cdb, by=by).status


# -- which commands a reservation lets through

WE, EA, WERO, EARO, WEAR, EAAR = 1, 3, 5, 6, 7, 8
#: As the tables of SPC-6 and SBC-5 have it: write exclusive from any, exclusive access from any, from a registered with
#: a registrants type, write exclusive registrants type from an unregistered, exclusive access likewise.
ALLOWED, READS, CHANGES = "AAAAA", "ACAAC", "CCACC"
TABLE = [
    ("00", ALLOWED), ("03", ALLOWED), ("04", CHANGES), ("08", READS), ("0a", CHANGES), ("12", ALLOWED),
    ("15", CHANGES), ("1a", READS), ("1b00000001", ALLOWED), ("1b00000000", CHANGES), ("1b00000031", CHANGES),
    ("1c", READS), ("1d", CHANGES), ("1e00000000", ALLOWED), ("1e00000001", CHANGES), ("25", ALLOWED), ("28", READS),
    ("2a", CHANGES), ("2e", CHANGES), ("2f", READS), ("34", READS), ("35", CHANGES), ("37", READS), ("3b", CHANGES),
    ("3c", READS), ("41", CHANGES), ("42", CHANGES), ("4c", CHANGES), ("4d", ALLOWED), ("55", CHANGES), ("5a", READS),
    ("5e00", ALLOWED), ("7f000000000000180009", READS), ("7f00000000000018000b", CHANGES), ("8300", CHANGES),
    ("8403", CHANGES), ("88", READS), ("89", CHANGES), ("8a", CHANGES), ("8b", CHANGES), ("8f", READS), ("91", CHANGES),
    ("93", CHANGES), ("9a", CHANGES), ("9e10", ALLOWED), ("9e12", READS), ("9e14", CHANGES), ("a0", ALLOWED),
    ("a30a", ALLOWED), ("a30c", READS), ("a40a", CHANGES), ("a8", READS), ("aa", CHANGES), ("c1", CHANGES),
]
COLUMNS = [(WE, False), (WE, True), (EA, False), (EA, True), (WERO, True), (EARO, True), (WEAR, True), (EAAR, True),
           (WERO, False), (WEAR, False), (EARO, False), (EAAR, False)]
COLUMN_OF = {(WE, False): 0, (WE, True): 0, (EA, False): 1, (EA, True): 1, (WERO, False): 3, (WEAR, False): 3,
             (EARO, False): 4, (EAAR, False): 4}


@pytest.mark.parametrize("kind, registered", COLUMNS)
def test_the_table_of_allowed_commands(kind, registered) -> None:
    drive = Drive()
    drive.register(ONE, *([OTHER] if registered else []))
    assert drive.reserve(kind) == GOOD
    column = COLUMN_OF.get((kind, registered), 2)
    for start, allowed in TABLE:
        cdb = bytes.fromhex(start).ljust(32, b"\0")
        assert drive.reservations.permits(OTHER, cdb) == (allowed[column] == "A"), start
        assert drive.reservations.permits(ONE, cdb), start
    assert (drive.status(WRITE, OTHER) == CONFLICT) == (column != 2)


def test_without_a_reservation_registrations_forbid_nothing() -> None:
    drive = Drive()
    drive.register(ONE)
    assert drive.status(WRITE, OTHER) != CONFLICT


# -- registering

def test_registering_takes_the_key_that_is_known() -> None:
    drive = Drive()
    done = drive.out(pr_out.REGISTER, reservation_key=KEYS[ONE], service_action_reservation_key=KEYS[ONE])
    assert done.status == CONFLICT and drive.keys() == []
    drive.register(ONE)
    assert drive.out(pr_out.REGISTER, reservation_key=KEYS[OTHER], service_action_reservation_key="00" * 8).status == (
        CONFLICT)
    assert drive.out(pr_out.REGISTER, service_action_reservation_key="00000000000000ff").status == GOOD
    assert drive.keys() == ["00000000000000ff"]
    ignoring = drive.out(pr_out.REGISTER_AND_IGNORE_EXISTING_KEY, reservation_key="77" * 8,
                         service_action_reservation_key=KEYS[ONE])
    assert ignoring.status == GOOD and drive.keys() == [KEYS[ONE]]


def test_the_generation_counts_registrations_and_not_reservations() -> None:
    drive = Drive()
    assert drive.inquire(pr_in.READ_KEYS)["prgeneration"] == 0
    drive.register(ONE, OTHER)
    drive.reserve(WE)
    drive.out(pr_out.RELEASE, kind=WE)
    drive.reserve(WE, by=THIRD)
    assert drive.inquire(pr_in.READ_RESERVATION)["prgeneration"] == 2
    drive.out(pr_out.PREEMPT, kind=WE, service_action_reservation_key=KEYS[OTHER])
    assert drive.inquire(pr_in.READ_FULL_STATUS)["prgeneration"] == 3
    drive.out(pr_out.CLEAR)
    assert drive.inquire(pr_in.READ_KEYS)["prgeneration"] == 4


@pytest.mark.parametrize("action", [
    pr_out.RESERVE, pr_out.RELEASE, pr_out.CLEAR, pr_out.PREEMPT, pr_out.PREEMPT_AND_ABORT])
def test_only_who_is_registered_and_knows_its_key_may_go_on(action) -> None:
    drive = Drive()
    drive.register(ONE)
    assert drive.out(action, OTHER, WE, service_action_reservation_key=KEYS[ONE]).status == CONFLICT
    assert drive.out(action, ONE, WE, reservation_key=KEYS[OTHER],
                     service_action_reservation_key=KEYS[ONE]).status == CONFLICT
    assert drive.keys() == [KEYS[ONE]] and drive.reservation() is None


@pytest.mark.parametrize("kind, released", [(WE, None), (EA, None), (WERO, RELEASED), (EARO, RELEASED)])
def test_who_unregisters_gives_up_its_reservation(kind, released) -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    drive.reserve(kind)
    assert drive.out(pr_out.REGISTER, service_action_reservation_key=pr_out.NO_KEY).status == GOOD
    assert drive.reservation() is None and drive.keys() == [KEYS[OTHER]]
    assert drive.told(OTHER) == released
    assert drive.told(THIRD) is None and drive.told(ONE) is None


@pytest.mark.parametrize("kind", [WEAR, EAAR])
def test_all_registrants_hold_until_the_last_has_gone(kind) -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    drive.reserve(kind)
    drive.out(pr_out.REGISTER, service_action_reservation_key=pr_out.NO_KEY)
    assert drive.reservation() == (kind, pr_out.NO_KEY)
    assert drive.status(WRITE, ONE) == CONFLICT and drive.status(WRITE, OTHER) != CONFLICT
    drive.out(pr_out.REGISTER, OTHER, service_action_reservation_key=pr_out.NO_KEY)
    assert drive.reservation() is None


# -- reserving and releasing

def test_only_the_holder_reserves_again_and_in_the_same_way() -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    assert drive.reserve(EA) == GOOD and drive.reservation() == (EA, KEYS[ONE])
    assert drive.reserve(EA) == GOOD
    assert drive.reserve(WE) == CONFLICT
    assert drive.reserve(EA, by=OTHER) == CONFLICT
    assert drive.reservation() == (EA, KEYS[ONE])


@pytest.mark.parametrize("kind", [WE, EA, WERO, EARO, WEAR, EAAR])
def test_a_release_is_told_to_registrants(kind) -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    drive.reserve(kind)
    wrong = drive.out(pr_out.RELEASE, kind=WE if kind != WE else EA)
    assert wrong.codes == INVALID_RELEASE
    assert drive.out(pr_out.RELEASE, kind=kind).status == GOOD
    assert drive.reservation() is None
    assert drive.told(OTHER) == (RELEASED if kind > EA else None)
    assert drive.told(ONE) is None and drive.told(THIRD) is None


def test_to_release_what_others_hold_does_nothing() -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    drive.reserve(WE)
    assert drive.out(pr_out.RELEASE, OTHER, WE).status == GOOD
    assert drive.reservation() == (WE, KEYS[ONE])


def test_clearing_takes_everything_and_tells_all_registrants() -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    drive.reserve(EA)
    assert drive.out(pr_out.CLEAR, OTHER).status == GOOD
    assert drive.keys() == [] and drive.reservation() is None
    assert drive.told(ONE) == PREEMPTED
    assert drive.told(OTHER) is None and drive.told(THIRD) is None


# -- preempting

def test_preempting_takes_the_reservation_over() -> None:
    drive = Drive()
    drive.register(ONE, OTHER, THIRD)
    drive.reserve(WERO)
    assert drive.out(pr_out.PREEMPT, OTHER, EARO, service_action_reservation_key=KEYS[ONE]).status == GOOD
    assert drive.reservation() == (EARO, KEYS[OTHER]) and drive.keys() == [KEYS[OTHER], KEYS[THIRD]]
    assert drive.told(ONE) == UNREGISTERED
    assert drive.told(THIRD) == RELEASED  # The type is another.
    assert drive.told(OTHER) is None and drive.aborted == []
    assert drive.status(READ, ONE) == CONFLICT


def test_preempting_by_the_same_type_tells_only_who_has_lost() -> None:
    drive = Drive()
    drive.register(ONE, OTHER, THIRD)
    drive.reserve(WERO)
    drive.out(pr_out.PREEMPT, OTHER, WERO, service_action_reservation_key=KEYS[ONE])
    assert drive.told(THIRD) is None


def test_preempting_somebody_else_leaves_the_reservation() -> None:
    drive = Drive()
    drive.register(ONE, OTHER, THIRD)
    drive.reserve(WE)
    assert drive.out(pr_out.PREEMPT, OTHER, EA, service_action_reservation_key=KEYS[THIRD]).status == GOOD
    assert drive.reservation() == (WE, KEYS[ONE]) and drive.keys() == [KEYS[ONE], KEYS[OTHER]]
    assert drive.told(THIRD) == UNREGISTERED and drive.told(ONE) is None
    assert drive.out(pr_out.PREEMPT, OTHER, EA, service_action_reservation_key=KEYS[THIRD]).status == CONFLICT
    assert drive.out(pr_out.PREEMPT, OTHER, EA, service_action_reservation_key=pr_out.NO_KEY).codes == IN_LIST


def test_preempting_all_registrants_without_a_key_takes_everything_over() -> None:
    drive = Drive()
    drive.register(ONE, OTHER, THIRD)
    drive.reserve(WEAR)
    drive.out(pr_out.PREEMPT, OTHER, WEAR, service_action_reservation_key=KEYS[ONE])
    assert drive.reservation() == (WEAR, pr_out.NO_KEY) and drive.keys() == [KEYS[OTHER], KEYS[THIRD]]
    assert drive.out(pr_out.PREEMPT, OTHER, EA, service_action_reservation_key=pr_out.NO_KEY).status == GOOD
    assert drive.reservation() == (EA, KEYS[OTHER]) and drive.keys() == [KEYS[OTHER]]
    assert drive.told(THIRD) == UNREGISTERED


def test_preempt_and_abort_ends_the_tasks_of_who_has_lost() -> None:
    drive = Drive()
    drive.register(ONE, OTHER, THIRD)
    drive.reserve(EA)
    drive.out(pr_out.PREEMPT_AND_ABORT, OTHER, EA, service_action_reservation_key=KEYS[ONE])
    assert drive.aborted == [ONE]


def test_one_may_preempt_itself_and_goes_with_its_key() -> None:
    drive = Drive()
    drive.register(ONE)
    assert drive.out(pr_out.PREEMPT_AND_ABORT, kind=WE, service_action_reservation_key=KEYS[ONE]).status == GOOD
    assert drive.keys() == [] and drive.aborted == [] and drive.told(ONE) is None


# -- registering others, and moving

def transport_id(who, isid=True):
    return encode_transport_id({
        "protocol_identifier": 5, "iscsi_name": who.initiator_name, "isid": who.isid.hex() if isid else None})


def with_ports(*identifiers):
    whole = b"".join(identifiers)
    return len(whole).to_bytes(4, "big") + whole


@pytest.mark.parametrize("isid", [True, False])
def test_other_initiator_ports_are_registered_too(isid) -> None:
    drive = Drive()
    given = {"reservation_key": pr_out.NO_KEY, "service_action_reservation_key": KEYS[ONE], "spec_i_pt": True}
    assert drive.out(pr_out.REGISTER, tail=with_ports(transport_id(OTHER, isid)), **given).status == GOOD
    assert drive.keys() == [KEYS[ONE]] * 2
    assert drive.inquire(pr_in.READ_KEYS)["prgeneration"] == 1
    assert drive.out(pr_out.RESERVE, OTHER, WE, reservation_key=KEYS[ONE]).status == GOOD
    # Once registered, nobody registers others.
    again = drive.out(pr_out.REGISTER, tail=with_ports(transport_id(THIRD)), spec_i_pt=True,
                      service_action_reservation_key=KEYS[ONE])
    assert again.codes == IN_LIST


def test_a_list_of_ports_that_is_cut_registers_nobody() -> None:
    drive = Drive()
    given = {"reservation_key": pr_out.NO_KEY, "service_action_reservation_key": KEYS[ONE], "spec_i_pt": True}
    whole = with_ports(transport_id(OTHER))
    for tail, codes in ((whole[:-4], PARAMETER_LIST_LENGTH), (b"", PARAMETER_LIST_LENGTH),
                        ((12).to_bytes(4, "big") + whole[4:16], IN_LIST),
                        (with_ports(transport_id(nexus("nobody"), isid=False)), IN_LIST)):
        assert drive.out(pr_out.REGISTER, tail=tail, **given).codes == codes
    assert drive.keys() == []


def move(drive, to, by=ONE, port=1, **values):
    values.setdefault("reservation_key", KEYS[by])
    tail = transport_id(to)
    data = pr_out.REGISTER_AND_MOVE_LIST.encode(
        values, relative_target_port_identifier=port, transportid_length=len(tail)) + tail
    return drive.send(pr_out.PERSISTENT_RESERVE_OUT.encode(
        service_action=pr_out.REGISTER_AND_MOVE, parameter_list_length=len(data)), data, by)


def test_a_reservation_moves_to_another_port() -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    key = {"service_action_reservation_key": KEYS[THIRD]}
    assert move(drive, THIRD, **key).codes == IN_CDB  # Nothing is reserved.
    drive.reserve(EA)
    assert move(drive, THIRD, OTHER, **key).status == CONFLICT
    assert move(drive, THIRD, port=2, **key).codes == IN_LIST
    assert move(drive, ONE, **key).codes == IN_LIST
    assert move(drive, THIRD, service_action_reservation_key=pr_out.NO_KEY).codes == IN_LIST
    assert move(drive, THIRD, unreg=True, **key).status == GOOD
    assert drive.reservation() == (EA, KEYS[THIRD]) and sorted(drive.keys()) == [KEYS[OTHER], KEYS[THIRD]]
    assert drive.status(READ, ONE) == CONFLICT and drive.status(READ, THIRD) != CONFLICT


def test_what_all_registrants_hold_does_not_move() -> None:
    drive = Drive()
    drive.register(ONE)
    drive.reserve(WEAR)
    assert move(drive, THIRD, service_action_reservation_key=KEYS[THIRD]).status == CONFLICT


# -- what is refused

@pytest.mark.parametrize("kind", [0, 2, 4, 9, 15])
@pytest.mark.parametrize("action", [pr_out.RESERVE, pr_out.RELEASE, pr_out.PREEMPT])
def test_types_that_are_not_there(action, kind) -> None:
    drive = Drive()
    drive.register(ONE)
    assert drive.out(action, kind=kind).codes == IN_CDB


def test_a_list_of_another_length_is_an_error() -> None:
    drive = Drive()
    for length in (0, 23, 25):
        data = bytes(length)
        done = drive.send(pr_out.PERSISTENT_RESERVE_OUT.encode(parameter_list_length=length), data)
        assert done.codes == PARAMETER_LIST_LENGTH
    assert drive.send(pr_out.PERSISTENT_RESERVE_OUT.encode(parameter_list_length=24), bytes(12)).codes == (
        PARAMETER_LIST_LENGTH)


@pytest.mark.parametrize("setting, bit", [
    ("persist_through_power_loss", "aptpl"), ("specify_initiator_ports", "spec_i_pt"),
    ("all_target_ports", "all_tg_pt")])
def test_what_the_drive_does_not_have_is_refused_and_not_claimed(setting, bit) -> None:
    drive = Drive(**{setting: False})
    done = drive.out(pr_out.REGISTER, reservation_key=pr_out.NO_KEY, tail=bytes(4) if bit == "spec_i_pt" else b"",
                     service_action_reservation_key=KEYS[ONE], **{bit: True})
    assert done.codes == IN_LIST and done.sense.field_pointer is not None
    assert drive.inquire(2)[{"aptpl": "ptpl_c", "spec_i_pt": "sip_c", "all_tg_pt": "atp_c"}[bit]] is False


def test_capabilities_and_full_status() -> None:
    drive = Drive()
    told = drive.inquire(pr_in.REPORT_CAPABILITIES)
    assert {name for name, value in told.items() if value is True} == {
        "crh", "sip_c", "atp_c", "ptpl_c", "tmv", "wr_ex_ar", "ex_ac_ro", "wr_ex_ro", "ex_ac", "wr_ex", "ex_ac_ar"}
    drive.register(ONE, all_tg_pt=True, aptpl=True)
    drive.register(OTHER, aptpl=True)
    assert drive.inquire(pr_in.REPORT_CAPABILITIES)["ptpl_a"] is True
    drive.reserve(EA)
    first, second = drive.inquire(pr_in.READ_FULL_STATUS)["registrations"]
    assert first["transport_id"]["iscsi_name"] == ONE.initiator_name
    assert first["transport_id"]["isid"] == ONE.isid.hex()
    assert (first["r_holder"], first["type"]["value"], first["all_tg_pt"]) == (True, EA, True)
    assert (second["r_holder"], second["all_tg_pt"], second["relative_target_port_identifier"]) == (False, False, 1)


def test_answers_are_cut_to_the_allocation_length() -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    whole = drive.good(pr_in.PERSISTENT_RESERVE_IN.encode(allocation_length=100))
    assert len(whole) == 24
    assert drive.good(pr_in.PERSISTENT_RESERVE_IN.encode(allocation_length=10)) == whole[:10]


# -- RESERVE and RELEASE

@pytest.mark.parametrize("reserve, release", [
    (RESERVE, RELEASE), (bytes((0x56,)) + bytes(9), bytes((0x57,)) + bytes(9))])
def test_reserve_keeps_others_out_until_it_is_released(reserve, release) -> None:
    drive = Drive()
    drive.good(reserve)
    drive.good(reserve)
    for cdb in (TUR, READ, WRITE, reserve):
        assert drive.status(cdb, OTHER) == CONFLICT
        assert drive.status(cdb, ONE) != CONFLICT
    for cdb in (INQUIRY, bytes((0x03,)) + bytes(5), bytes((0xA0,)) + bytes(11), bytes((0x4D,)) + bytes(9)):
        assert drive.status(cdb, OTHER) != CONFLICT
    assert drive.status(release, OTHER) == GOOD
    assert drive.status(TUR, OTHER) == CONFLICT
    drive.good(release)
    assert drive.status(TUR, OTHER) == GOOD


@pytest.mark.parametrize("event", ["lost", "reset"])
def test_what_reserve_has_reserved_does_not_outlive_the_session(event) -> None:
    drive = Drive()
    drive.good(RESERVE)
    drive.reservations.nexus_lost(OTHER)
    assert drive.status(TUR, OTHER) == CONFLICT
    if event == "lost":
        drive.reservations.nexus_lost(ONE)
    else:
        drive.reservations.reset("logical unit reset")
    assert drive.status(TUR, OTHER) == GOOD


def test_the_two_kinds_exclude_each_other() -> None:
    drive = Drive()
    drive.good(RESERVE)
    for by in (ONE, OTHER):
        done = drive.out(pr_out.REGISTER, by, reservation_key=pr_out.NO_KEY, service_action_reservation_key=KEYS[by])
        assert done.status == CONFLICT
    assert drive.status(pr_in.PERSISTENT_RESERVE_IN.encode(), OTHER) == CONFLICT
    drive.good(RELEASE)
    drive.register(ONE)
    for by in (ONE, OTHER):
        assert drive.status(RESERVE, by) == CONFLICT
        assert drive.status(RELEASE, by) == CONFLICT


def test_compatible_handling_lets_the_holder_reserve_without_any_effect() -> None:
    drive = Drive()
    drive.register(ONE, OTHER)
    drive.reserve(WE)
    assert drive.status(RESERVE, ONE) == GOOD and drive.status(RELEASE, ONE) == GOOD
    assert drive.status(RESERVE, OTHER) == CONFLICT
    assert drive.reservation() == (WE, KEYS[ONE])
    drive.out(pr_out.RELEASE, kind=WE)
    drive.reserve(WERO)
    assert drive.status(RESERVE, OTHER) == GOOD and drive.status(RESERVE, THIRD) == CONFLICT
    strict = Drive(compatible_handling=False)
    strict.register(ONE)
    strict.reserve(WE)
    assert strict.status(RESERVE, ONE) == CONFLICT


def test_third_parties_and_extents_are_refused() -> None:
    drive = Drive()
    for cdb in ("160100000000", "17010000 0000", "56100000000000000000", "57020000000000000000"):
        assert drive.send(bytes.fromhex(cdb)).codes == IN_CDB


# -- what survives

def survivor(drive, **settings):
    other = Drive(**settings)
    other.reservations.load(json.loads(json.dumps(drive.reservations.save())))
    other.reservations.reset("power on")
    return other


def test_a_reservation_outlives_sessions_and_resets() -> None:
    drive = Drive()
    drive.register(ONE)
    drive.reserve(EA)
    drive.reservations.nexus_lost(ONE)
    drive.reservations.reset("logical unit reset")
    drive.reservations.reset("target cold reset")
    assert drive.reservation() == (EA, KEYS[ONE]) and drive.status(READ, OTHER) == CONFLICT
    drive.come(ONE)
    assert drive.status(READ, ONE) != CONFLICT


@pytest.mark.parametrize("aptpl", [True, False])
def test_the_power_ends_what_was_not_made_to_outlive_it(aptpl) -> None:
    drive = Drive()
    drive.register(ONE, OTHER, aptpl=aptpl, all_tg_pt=True)
    drive.reserve(EA)
    assert drive.saves == 3
    later = survivor(drive)
    assert later.keys() == ([KEYS[ONE], KEYS[OTHER]] if aptpl else [])
    assert later.reservation() == ((EA, KEYS[ONE]) if aptpl else None)
    assert later.inquire(pr_in.READ_KEYS)["prgeneration"] == 0
    assert later.inquire(pr_in.REPORT_CAPABILITIES)["ptpl_a"] is aptpl
    assert (later.status(READ, OTHER) == CONFLICT) is aptpl


def test_the_last_registration_decides_what_outlives_the_power() -> None:
    drive = Drive()
    drive.register(ONE, aptpl=True)
    drive.register(OTHER, aptpl=False)
    assert survivor(drive).keys() == []


def test_an_empty_state_is_no_reservation() -> None:
    drive = Drive()
    drive.reservations.load({})
    assert drive.keys() == [] and drive.reservation() is None


def test_another_unit_may_ask_what_is_permitted() -> None:
    drive = Drive()
    drive.register(ONE)
    drive.reserve(WE)
    assert drive.reservations.permits(OTHER, READ) and not drive.reservations.permits(OTHER, WRITE)
    assert drive.reservations.permits(ONE, WRITE)


@pytest.mark.parametrize("settings, names", [
    ({"persistent": "yes"}, r"\breservations\.persistent\b"), ({"typ": 1}, r"\btyp\b.*\breserve_release\b")])
def test_settings_that_are_wrong_are_told(settings, names) -> None:
    with pytest.raises(ValueError, match=names):
        Reservations(Clock(FakeTimers()), settings)


def test_a_drive_may_lack_either_kind() -> None:
    drive = Drive(persistent=False)
    assert drive.send(pr_in.PERSISTENT_RESERVE_IN.encode()).codes == (0x05, 0x20, 0x00)
    drive.good(RESERVE)
    drive = Drive(reserve_release=False)
    assert drive.send(RESERVE).codes == (0x05, 0x20, 0x00)
    assert drive.inquire(pr_in.REPORT_CAPABILITIES)["crh"] is False

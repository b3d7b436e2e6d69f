# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode pages of the emulated drive: told, changed, saved; and what they make the drive do."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock, Feature
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.mode import Mode
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_caching import decode_caching_mode
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_control import decode_control_mode
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_informational_exceptions import (
    decode_informational_exceptions_mode,
    encode_informational_exceptions_mode,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_io_advice_hints import (
    decode_io_advice_hints_mode,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_power_condition import (
    decode_power_condition_mode,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_protocol_specific import (
    decode_protocol_specific_port,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_select import (
    LONG_BLOCK_DESCRIPTOR,
    MODE_SELECT_6,
    MODE_SELECT_10,
    SHORT_BLOCK_DESCRIPTOR,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_sense import (
    MODE_HEADER_6,
    MODE_HEADER_10,
    MODE_SENSE_6,
    MODE_SENSE_10,
    encode_mode_data,
    find_page,
    mode_pages,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.emulator.bench import ONE, OTHER, Bench, FakeTimers

CURRENT, CHANGEABLE, DEFAULT, SAVED = range(4)
IN_CDB, IN_LIST, LIST_LENGTH = (0x05, 0x24, 0x00), (0x05, 0x26, 0x00), (0x05, 0x1A, 0x00)
MODE_CHANGED = (0x06, 0x2A, 0x01)
TUR = bytes(6)
BLOCKS, BLOCK_LENGTH = 1 << 33, 4096


class Other(Feature):
    """Somebody else's page."""

    name = "other"

    def mode_pages(self):
        return {(0x1C, 1): lambda: b"\x5c\x01\x00\x0c" + bytes(12)}


class Drive(Bench):
    def __init__(self, settings=None, state=None, capacity=(BLOCKS, BLOCK_LENGTH), **more) -> None:
        timers = FakeTimers()
        clock = Clock(timers)
        self.mode = Mode(clock, settings or {}, capacity=None if capacity is None else lambda: capacity,
                         pages=self.pages, **more)
        super().__init__(self.mode, Other(), timers=timers, clock=clock, state=state)

    def pages(self):
        return self.unit.mode_pages()

    def expects(self):
        return self.mode.predicted_failure

    def sense(self, page, subpage=0, control=CURRENT, ten=True, **more):
        table = MODE_SENSE_10 if ten else MODE_SENSE_6
        return self.good(table.encode(dict({"dbd": True}, **more), page_code=page, subpage_code=subpage, pc=control,
                                      allocation_length=0xFFFF if ten else 0xFF))

    def page(self, page, subpage=0, control=CURRENT, ten=True):
        warnings = []
        found = find_page(self.sense(page, subpage, control, ten), page, subpage, ten, warnings)
        assert found is not None and warnings == []
        return found

    def select(self, pages, ten=True, descriptor=b"", by=ONE, header=None, **more):
        head = (MODE_HEADER_10 if ten else MODE_HEADER_6).encode(header, block_descriptor_length=len(descriptor))
        data = head + descriptor + pages
        return self.send((MODE_SELECT_10 if ten else MODE_SELECT_6).encode(
            dict({"pf": True}, **more), parameter_list_length=len(data)), data, by)

    def change(self, page, subpage=0, **bits):
        """The page as it is, with some of its bytes set."""
        whole = bytearray(self.page(page, subpage))
        whole[0] &= 0x7F
        for name, value in bits.items():
            whole[int(name[1:])] = value
        return bytes(whole)


# -- MODE SENSE

def test_all_pages_in_order() -> None:
    drive = Drive(permanent_streams=lambda: [0])
    warnings = []

    def codes(data, ten=True):
        return [(each.page, each.subpage) for each in mode_pages(data, ten, warnings)]

    plain = [(1, 0), (2, 0), (8, 0), (0x0A, 0), (0x18, 0), (0x19, 0), (0x1A, 0), (0x1C, 0)]
    assert codes(drive.sense(0x3F)) == plain == codes(drive.sense(0x3F, ten=False), False)
    everything = sorted([*plain, (0x0A, 1), (0x0A, 5), (0x1C, 1)])
    assert codes(drive.sense(0x3F, 0xFF)) == everything
    assert codes(drive.sense(0x0A, 0xFF)) == [(0x0A, 0), (0x0A, 1), (0x0A, 5)]
    assert codes(drive.sense(0x1C, 1)) == [(0x1C, 1)]
    assert warnings == []


@pytest.mark.parametrize("page, subpage, pointer", [(0x0B, 0, 2), (0x0A, 2, 3), (0x3F, 1, 3), (0x00, 0, 2)])
@pytest.mark.parametrize("ten", [True, False])
def test_pages_that_are_not_there(page, subpage, pointer, ten) -> None:
    table = MODE_SENSE_10 if ten else MODE_SENSE_6
    done = Drive().send(table.encode(page_code=page, subpage_code=subpage, allocation_length=100))
    assert done.codes == IN_CDB and done.sense.field_pointer.byte == pointer


def test_the_header_and_the_block_descriptors() -> None:
    drive = Drive()
    data = drive.sense(0x0A, dbd=False)
    assert MODE_HEADER_10.decode(data) == {
        "mode_data_length": len(data) - 2, "medium_type": 0, "device_specific_parameter": 0x10, "longlba": False,
        "block_descriptor_length": 8}
    assert SHORT_BLOCK_DESCRIPTOR.decode(data[8:]) == {
        "number_of_logical_blocks": None, "logical_block_length_bytes": BLOCK_LENGTH}
    data = drive.sense(0x0A, dbd=False, llbaa=True)
    assert data[4] == 1 and data[7] == 16
    assert LONG_BLOCK_DESCRIPTOR.decode(data[8:]) == {
        "number_of_logical_blocks": BLOCKS, "logical_block_length_bytes": BLOCK_LENGTH}
    data = Drive(capacity=(1000, 512)).sense(0x0A, dbd=False, ten=False)
    assert data[:4] == bytes((len(data) - 1, 0, 0x10, 8))
    assert data[4:12] == bytes.fromhex("000003e8 00000200")
    assert drive.sense(0x0A)[6:8] == bytes(2)
    assert drive.good(MODE_SENSE_10.encode(page_code=0x0A, allocation_length=5)) == drive.sense(0x0A, dbd=False)[:5]


def test_an_enclosure_has_neither_blocks_nor_their_pages() -> None:
    drive = Drive(capacity=None)
    data = drive.sense(0x3F, dbd=False)
    assert data[3] == 0 and data[7] == 0
    assert [each.page for each in mode_pages(data, True, [])] == [0x02, 0x0A, 0x18, 0x19, 0x1C]
    assert drive.mode.write_cache() is False


def test_write_protection_shows_in_the_header() -> None:
    drive = Drive({"write_protected": True, "dpofua": False})
    assert drive.sense(0x0A)[3] == 0x80 and drive.mode.write_protected()
    drive = Drive()
    assert not drive.mode.write_protected()
    assert drive.select(drive.change(0x0A, b4=0x08)).status == 0
    assert drive.mode.write_protected() and drive.sense(0x0A)[3] == 0x90


def test_what_mode_sense_6_cannot_tell_is_left_out() -> None:
    drive = Drive(permanent_streams=list)
    data = drive.good(MODE_SENSE_6.encode(page_code=0x3F, subpage_code=0xFF, allocation_length=255))
    assert data[0] == 255 and len(data) == 255


def test_the_pages_say_what_the_settings_say() -> None:
    drive = Drive({"write_cache": False, "read_cache": False, "read_ahead": False, "without": ["power_condition"],
                   "reporting_method": 2}, protocol="sas", extended_seconds=7200)
    caching = decode_caching_mode(drive.page(0x08))
    assert (caching["wce"], caching["rcd"], caching["dra"]) == (False, True, True)
    assert drive.mode.write_cache() is False
    assert decode_control_mode(drive.page(0x0A))["extended_self_test_completion_time_seconds"] == 7200
    assert decode_protocol_specific_port(drive.page(0x19))["protocol_identifier"]["name"] == "SAS"
    assert decode_informational_exceptions_mode(drive.page(0x1C))["mrie"]["value"] == 2
    assert drive.send(MODE_SENSE_10.encode(page_code=0x1A, allocation_length=100)).codes == IN_CDB
    assert set(drive.mode.power_condition().values()) == {None}
    timers = Drive({"idle_and_standby_seconds": {"idle_a": 2, "standby_z": 900.5}})
    told = decode_power_condition_mode(timers.page(0x1A))
    assert (told["idle_a"], told["idle_a_condition_timer"]) == (True, 20)
    assert (told["standby_z"], told["standby_z_condition_timer"]) == (True, 9005)
    assert (told["idle_b"], told["standby_y"]) == (False, False)


def test_permanent_streams_have_groups_of_hints() -> None:
    groups = decode_io_advice_hints_mode(Drive(permanent_streams=lambda: [0, 2]).page(0x0A, 5))["groups"]
    assert len(groups) == 64
    assert [place for place, group in enumerate(groups) if group["st_enble"]] == [0, 2]


# -- MODE SELECT

@pytest.mark.parametrize("ten", [True, False])
def test_what_is_set_is_told_and_others_learn_it(ten) -> None:
    drive = Drive()
    page = drive.change(0x08, b2=0x10)  # WCE off
    assert drive.select(page, ten).status == 0
    assert drive.mode.write_cache() is False
    assert decode_caching_mode(drive.page(0x08))["wce"] is False
    assert decode_caching_mode(drive.page(0x08, control=DEFAULT))["wce"] is True
    assert decode_caching_mode(drive.page(0x08, control=SAVED))["wce"] is True
    assert drive.send(TUR, by=OTHER).codes == MODE_CHANGED
    assert drive.send(TUR).status == 0
    assert drive.select(page, ten).status == 0
    assert drive.send(TUR, by=OTHER).status == 0, "nothing has changed"


@pytest.mark.parametrize("page", [0x01, 0x02, 0x08, 0x0A, 0x18, 0x19, 0x1A, 0x1C])
@pytest.mark.parametrize("protocol", ["sas", "iscsi"])
def test_each_bit_may_be_changed_exactly_if_the_drive_says_so(page, protocol) -> None:
    drive = Drive(protocol=protocol)
    changeable = drive.page(page, control=CHANGEABLE)
    current = drive.change(page)
    assert drive.select(current).status == 0
    assert changeable[:2] == drive.page(page)[:2]
    for byte in range(2, len(current)):
        for bit in range(8):
            whole = bytearray(current)
            whole[byte] ^= 1 << bit
            done = drive.select(bytes(whole))
            if changeable[byte] >> bit & 1:
                # A method of reporting that is not there is no matter of single bits.
                assert page == 0x1C and byte == 3 or done.status == 0, (byte, bit)
                if done.status == 0:
                    assert drive.page(page)[byte] == whole[byte]
                    drive.select(current)
            else:
                assert done.codes == IN_LIST
                pointer = done.sense.field_pointer
                assert (pointer.in_cdb, pointer.byte, pointer.bit) == (False, 8 + byte, bit)
            assert drive.change(page) == current


def test_several_pages_are_set_together_or_not_at_all() -> None:
    drive = Drive()
    good, bad = drive.change(0x08, b2=0x10), drive.change(0x0A, b3=0x20)
    assert drive.select(good + bad).codes == IN_LIST
    assert drive.mode.write_cache() is True
    assert drive.select(good + drive.change(0x0A, b2=0x04)).status == 0
    assert drive.mode.write_cache() is False and drive.mode.control()["d_sense"] is True


@pytest.mark.parametrize("list_, codes", [
    ("00", LIST_LENGTH), ("00" * 7, LIST_LENGTH), ("00" * 8 + "0a", LIST_LENGTH),
    ("00" * 8 + "0a0a" + "00" * 9, LIST_LENGTH), ("00" * 8 + "0a09" + "00" * 9, IN_LIST),
    ("00" * 8 + "0b0a" + "00" * 10, IN_LIST), ("00" * 8 + "4a03001c" + "00" * 28, IN_LIST),
    ("00" * 8 + "5c01000c" + "00" * 12, IN_LIST), ("00" * 7 + "08" + "00" * 4, LIST_LENGTH),
    ("00" * 7 + "07" + "00" * 7, IN_LIST), ("0000000001000008" + "00" * 8, IN_LIST),
])
def test_lists_that_are_cut_or_wrong(list_, codes) -> None:
    drive = Drive()
    before = drive.sense(0x3F, 0xFF)
    data = bytes.fromhex(list_)
    assert drive.send(MODE_SELECT_10.encode(pf=True, parameter_list_length=len(data)), data).codes == codes
    assert drive.sense(0x3F, 0xFF) == before


def test_a_list_that_did_not_come_whole() -> None:
    drive = Drive()
    page = bytes(8) + drive.change(0x0A)
    done = drive.send(MODE_SELECT_10.encode(pf=True, parameter_list_length=len(page)), page[:-1])
    assert done.codes == LIST_LENGTH
    assert drive.send(MODE_SELECT_10.encode(pf=True)).status == 0, "no list is no fault"


@pytest.mark.parametrize("bits, byte, bit", [({"pf": False}, 1, 4), ({"rtd": True}, 1, 1)])
def test_bits_of_the_command_that_are_refused(bits, byte, bit) -> None:
    drive = Drive()
    done = drive.select(drive.change(0x0A), **bits)
    assert done.codes == IN_CDB
    assert (done.sense.field_pointer.byte, done.sense.field_pointer.bit) == (byte, bit)


@pytest.mark.parametrize("long", [False, True])
def test_a_block_descriptor_must_be_as_the_medium_is(long) -> None:
    drive = Drive(capacity=(1000, 512))
    table = LONG_BLOCK_DESCRIPTOR if long else SHORT_BLOCK_DESCRIPTOR
    for blocks, length, fine in ((1000, 512, True), (0, 512, True), (999, 512, False), (1000, 4096, False)):
        descriptor = table.encode(number_of_logical_blocks=blocks, logical_block_length_bytes=length)
        done = drive.select(drive.change(0x0A), descriptor=descriptor, header={"longlba": long})
        assert done.status == 0 if fine else done.codes == IN_LIST


def test_what_mode_sense_gives_can_be_sent_back() -> None:
    drive = Drive(capacity=(1000, 512))
    for ten in (True, False):
        data = bytearray(drive.sense(0x3F, ten=ten, dbd=False))
        command = MODE_SELECT_10 if ten else MODE_SELECT_6
        assert drive.send(command.encode(pf=True, parameter_list_length=len(data)), bytes(data)).status == 0


# -- saving

def test_saved_values_outlive_the_power_and_others_do_not() -> None:
    drive = Drive()
    drive.select(drive.change(0x0A, b2=0x04))
    assert drive.written is None, "nothing to keep"
    drive.unit.reset("logical unit reset")
    drive.calm()
    assert drive.mode.control()["d_sense"] is False
    assert drive.select(drive.change(0x08, b2=0x10), sp=True).status == 0
    drive.select(drive.change(0x0A, b2=0x04))
    assert decode_caching_mode(drive.page(0x08, control=SAVED))["wce"] is False
    later = Drive(state=drive.written)
    assert later.mode.write_cache() is False and later.mode.control()["d_sense"] is False
    assert decode_caching_mode(later.page(0x08, control=DEFAULT))["wce"] is True


def test_without_saving_nothing_is_saved() -> None:
    drive = Drive({"saving": False})
    assert drive.send(MODE_SENSE_10.encode(page_code=0x0A, pc=SAVED, allocation_length=99)).codes == (0x05, 0x39, 0x00)
    assert not drive.page(0x0A)[0] & 0x80 and Drive().page(0x0A)[0] & 0x80
    assert drive.select(drive.change(0x0A), sp=True).codes == IN_CDB
    # The pages of others are never saved.
    assert not Drive().page(0x1C, 1)[0] & 0x80
    assert not any(Drive().page(0x1C, 1, CHANGEABLE)[4:])


def test_a_state_that_does_not_fit_the_settings_any_more() -> None:
    drive = Drive({"write_cache": False})
    state = {"mode": {"saved": {
        "0800": "8812" + "ff" * 18, "1c00": "9c0a000f" + "00" * 8, "0a00": "00", "3300": "3300"}}}
    drive.unit.load(state)
    caching = drive.page(0x08)
    # Only the bits that may change are taken.
    assert caching == bytes.fromhex("8812 15 00 ffff 0000 ffff ffff 20 14 0000 00000000")
    assert drive.page(0x1C) == b"\x9c" + encode_informational_exceptions_mode({"mrie": 6, "report_count": 1})[1:]


# -- informational exceptions

def test_a_failure_that_is_expected_is_told_on_request() -> None:
    drive = Drive({"predicted_failure": {"asc": 0x5D, "ascq": 0x14}})
    told = drive.request_sense()
    assert (told.key, told.asc, told.ascq) == (0, 0x5D, 0x14)
    assert drive.expects() == (0x5D, 0x14)
    assert drive.send(TUR).status == 0
    drive.select(drive.change(0x1C, b2=0x08))  # DEXCPT
    assert drive.request_sense().asc == 0 and drive.expects() is None
    drive.select(drive.change(0x1C, b2=0x00, b3=0))  # MRIE 0
    assert drive.request_sense().asc == 0


def test_a_failure_may_be_expected_later() -> None:
    drive = Drive()
    assert drive.request_sense().asc == 0
    drive.mode.predict_failure((0x5D, 0x30))
    assert drive.request_sense().ascq == 0x30
    drive.mode.predict_failure(None)
    assert drive.request_sense().asc == 0


def test_test_makes_a_false_failure() -> None:
    drive = Drive()
    assert drive.select(drive.change(0x1C, b2=0x04)).status == 0
    told = drive.request_sense()
    assert (told.asc, told.ascq) == (0x5D, 0xFF)
    done = drive.select(drive.change(0x1C, b2=0x0C))
    assert done.codes == IN_LIST and done.sense.field_pointer.byte == 10


@pytest.mark.parametrize("method, fine", [(0, True), (1, False), (2, True), (3, False), (4, False), (5, False),
                                          (6, True), (7, False), (15, False)])
def test_methods_of_reporting(method, fine) -> None:
    drive = Drive()
    done = drive.select(drive.change(0x1C, b3=method))
    assert done.status == 0 if fine else done.codes == IN_LIST


def attentions(drive, by):
    told = []
    for _each in range(4):
        done = drive.send(TUR, by=by)
        if done.status:
            told.append(done.codes)
    return told


def test_a_unit_attention_tells_every_initiator_as_often_as_asked() -> None:
    drive = Drive({"predicted_failure": {}, "reporting_method": 2})
    expected = (0x06, 0x5D, 0x10)
    assert attentions(drive, ONE) == [expected] and attentions(drive, OTHER) == [expected]
    drive.timers.pass_time(1000)
    assert attentions(drive, ONE) == []
    page = encode_informational_exceptions_mode({"mrie": 2, "report_count": 2, "interval_timer": 600})
    drive.select(page)
    drive.calm()
    assert attentions(drive, ONE) == [expected]
    drive.timers.pass_time(59)
    assert attentions(drive, ONE) == []
    drive.timers.pass_time(1)
    assert attentions(drive, ONE) == [expected]
    drive.timers.pass_time(60)
    assert attentions(drive, ONE) == []


@pytest.mark.parametrize("settings, said", [
    ({"write_cash": True}, r"\bmode\b.*\bwrite_cash\b"), ({"write_cache": 1}, r"\bmode\.write_cache\b"),
    ({"reporting_method": 3}, r"\breporting_method\b.*\b0, 2, 6\b.*\b3\b"),
    ({"predicted_failure": {"asc": 256}}, r"failure\.asc\b"),
    ({"without": ["cash"]}, r"mode.without\[0\]"),
    ({"idle_and_standby_seconds": {"idle_d": 1}}, r"\bidle_d\b.*\bidle_a\b"),
    ({"idle_and_standby_seconds": {"idle_a": -1}}, "idle_a")])
def test_settings_that_are_wrong_are_told(settings, said) -> None:
    with pytest.raises(ValueError, match=said):
        Mode(Clock(FakeTimers()), settings)


def test_the_format_of_sense_data_follows_the_page() -> None:
    drive = Drive()
    # The bench has told every feature something else already.
    drive.unit.set_descriptor_sense(lambda: Mode.descriptor_sense(drive.mode))
    assert drive.send(bytes((0xC1,)) + bytes(11)).sense_data[0] == 0x70
    drive.select(drive.change(0x0A, b2=0x04))
    assert drive.send(bytes((0xC1,)) + bytes(11)).sense_data[0] == 0x72


def test_pages_are_as_the_decoders_of_the_collection_expect_them() -> None:
    drive = Drive()
    assert encode_mode_data(drive.page(0x0A), b"", True, 0x10) == drive.sense(0x0A)

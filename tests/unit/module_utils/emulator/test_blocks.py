# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading, writing, verifying and comparing blocks, as an initiator notices it."""

from __future__ import annotations

import errno
import json
import os
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.medium_file import FileMedium
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands as commands
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands_cache as cache
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import block_commands_verify as verify
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.block_commands_capacity import (
    READ_CAPACITY_10,
    READ_CAPACITY_16,
    decode_read_capacity_10,
    decode_read_capacity_16,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.table import Table
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_device_characteristics import (
    decode_block_device_characteristics,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits import decode_block_limits

from .disk import (
    BLOCKS,
    INVALID_FIELD_IN_CDB,
    INVALID_OPERATION_CODE,
    LENGTH,
    MISCOMPARE,
    OUT_OF_RANGE,
    UNRECOVERED_READ,
    WRITE_PROTECTED,
    CountingMedium,
    Disk,
    pattern,
)

READS = [commands.READ_6, commands.READ_10, commands.READ_12, commands.READ_16]
WRITES = [commands.WRITE_6, commands.WRITE_10, commands.WRITE_12, commands.WRITE_16]
WRITES_AND_VERIFIES = [verify.WRITE_AND_VERIFY_10, verify.WRITE_AND_VERIFY_12, verify.WRITE_AND_VERIFY_16]
VERIFIES = [verify.VERIFY_10, verify.VERIFY_12, verify.VERIFY_16]
SYNCHRONIZES = [cache.SYNCHRONIZE_CACHE_10, cache.SYNCHRONIZE_CACHE_16]
PRE_FETCHES = [cache.PRE_FETCH_10, cache.PRE_FETCH_16]
STREAMS = [commands.WRITE_STREAM_16, commands.WRITE_STREAM_32]


def by_title(table: Table) -> str:
    return table.title


def count_name(table: Table) -> str:
    names = [field.name for field in table.fields]
    return next(name for name in (
        "transfer_length", "verification_length", "number_of_logical_blocks", "prefetch_length") if name in names)


def cdb(table: Table, lba: int, count: int, **more: Any) -> bytes:
    return table.encode(dict(more, logical_block_address=lba, **{count_name(table): count}))


# -- reading and writing


@pytest.mark.parametrize("write", WRITES + WRITES_AND_VERIFIES, ids=by_title)
@pytest.mark.parametrize("read", READS, ids=by_title)
def test_what_one_command_writes_another_reads(write, read) -> None:
    disk = Disk()
    disk.good(cdb(write, 1000, 5), pattern(5))
    assert disk.good(cdb(read, 999, 7)) == bytes(LENGTH) + pattern(5) + bytes(LENGTH)


@pytest.mark.parametrize("write, read", [(commands.WRITE_6, commands.READ_6)])
def test_a_length_of_zero_means_256_in_commands_of_six_bytes(write, read) -> None:
    disk = Disk()
    disk.good(cdb(write, 0x12345, 0), pattern(256))
    assert disk.good(cdb(read, 0x12345, 0)) == pattern(256)
    assert disk.usage.bytes_written == disk.usage.bytes_read == 256 * LENGTH


@pytest.mark.parametrize("table", READS[1:] + WRITES[1:] + VERIFIES + WRITES_AND_VERIFIES, ids=by_title)
def test_a_length_of_zero_moves_nothing_in_others(table) -> None:
    disk = Disk()
    assert disk.wanted(cdb(table, 5, 0)) == 0
    assert disk.good(cdb(table, 5, 0)) == b""
    assert disk.good(cdb(table, BLOCKS, 0)) == b""
    assert disk.send(cdb(table, BLOCKS + 1, 0)).codes == OUT_OF_RANGE


@pytest.mark.parametrize("table", WRITES + WRITES_AND_VERIFIES + [verify.ORWRITE_16], ids=by_title)
def test_a_command_takes_just_its_blocks(table) -> None:
    assert Disk().wanted(cdb(table, 5, 3)) == 3 * LENGTH


def test_commands_that_only_read_take_nothing() -> None:
    disk = Disk()
    for table in [*READS, *SYNCHRONIZES, *PRE_FETCHES]:
        assert disk.wanted(cdb(table, 5, 3)) == 0


ALL = READS[1:] + WRITES[1:] + WRITES_AND_VERIFIES + VERIFIES + SYNCHRONIZES + PRE_FETCHES + [
    verify.ORWRITE_16, verify.COMPARE_AND_WRITE]


@pytest.mark.parametrize("table", ALL, ids=by_title)
def test_blocks_that_are_not_there_are_out_of_range(table) -> None:
    disk = Disk()
    for lba, count in ((BLOCKS, 1), (BLOCKS - 1, 2), (BLOCKS - 3, 4), (0xFFFFFFFF, 1)):
        request = cdb(table, lba, count)
        assert disk.send(request, bytes(disk.wanted(request))).codes == OUT_OF_RANGE
    assert disk.medium.mapped_blocks == 0


@pytest.mark.parametrize("table", [commands.READ_16, commands.WRITE_16, verify.VERIFY_16], ids=by_title)
def test_an_address_of_all_ones_is_out_of_range(table) -> None:
    disk = Disk()
    assert disk.send(cdb(table, (1 << 64) - 1, 1), bytes(LENGTH)).codes == OUT_OF_RANGE


@pytest.mark.parametrize("table", READS[1:] + WRITES[1:] + WRITES_AND_VERIFIES + VERIFIES + [verify.ORWRITE_16],
                         ids=by_title)
def test_more_than_the_maximum_transfer_length_is_refused_with_the_field(table) -> None:
    disk = Disk(maximum_transfer_blocks=8)
    assert disk.send(cdb(table, 0, 8), bytes(8 * LENGTH)).status == 0
    task = disk.send(cdb(table, 0, 9), bytes(9 * LENGTH))
    assert task.codes == INVALID_FIELD_IN_CDB
    place = next(field.first for field in table.fields if field.name == count_name(table))
    assert task.sense.field_pointer.byte == place


@pytest.mark.parametrize("table", READS[1:] + WRITES[1:] + WRITES_AND_VERIFIES + VERIFIES + [
    verify.ORWRITE_16, verify.COMPARE_AND_WRITE], ids=by_title)
def test_protection_information_is_refused_with_the_field(table) -> None:
    name = next(field.name for field in table.fields if field.name.endswith("protect"))
    for value in range(1, 8):
        task = Disk().send(cdb(table, 0, 1, **{name: value}), bytes(2 * LENGTH))
        assert task.codes == INVALID_FIELD_IN_CDB
        assert (task.sense.field_pointer.byte, task.sense.field_pointer.bit) == (1, 7)


@pytest.mark.parametrize("table", READS[1:] + WRITES[1:] + [verify.ORWRITE_16, verify.COMPARE_AND_WRITE], ids=by_title)
@pytest.mark.parametrize("name, bit", [("dpo", 4), ("fua", 3)])
def test_dpo_and_fua_are_taken_or_refused(table, name, bit) -> None:
    request = cdb(table, 0, 1, **{name: True})
    data = bytes(Disk().wanted(request))
    assert Disk().send(request, data).status == 0
    task = Disk(dpofua=False).send(request, data)
    assert task.codes == INVALID_FIELD_IN_CDB
    assert (task.sense.field_pointer.byte, task.sense.field_pointer.bit) == (1, bit)


def test_an_initiator_that_sends_less_gets_as_many_whole_blocks_written() -> None:
    disk = Disk()
    disk.good(cdb(commands.WRITE_10, 10, 4), pattern(2) + b"x" * 100)
    assert disk.read(10, 4) == pattern(2) + bytes(2 * LENGTH)


# -- what lasts


@pytest.mark.parametrize("table", WRITES[1:] + [verify.ORWRITE_16, verify.COMPARE_AND_WRITE], ids=by_title)
def test_a_write_lasts_when_it_is_answered_unless_the_cache_is_on(table) -> None:
    disk = Disk()
    data = bytes(disk.wanted(cdb(table, 0, 1)))
    disk.good(cdb(table, 0, 1), data)
    assert disk.flushes == 1
    disk.write_cache = True
    disk.good(cdb(table, 0, 1), data)
    assert disk.flushes == 1
    disk.good(cdb(table, 0, 1, fua=True), data)
    assert disk.flushes == 2


@pytest.mark.parametrize("table", WRITES_AND_VERIFIES, ids=by_title)
def test_what_is_verified_lasts(table) -> None:
    disk = Disk()
    disk.write_cache = True
    disk.good(cdb(table, 0, 1), bytes(LENGTH))
    assert disk.flushes == 1


@pytest.mark.parametrize("table", SYNCHRONIZES, ids=by_title)
def test_synchronize_cache_makes_all_last(table) -> None:
    disk = Disk()
    disk.write_cache = True
    disk.write(0, pattern(1))
    assert disk.flushes == 0
    disk.good(cdb(table, 0, 0))
    assert disk.flushes == 1
    disk.good(cdb(table, 0, 1, immed=True))
    assert disk.flushes == 2


def test_a_read_with_fua_reads_what_lasts() -> None:
    disk = Disk()
    disk.write_cache = True
    disk.write(0, pattern(1))
    assert disk.good(cdb(commands.READ_16, 0, 1, fua=True)) == pattern(1)
    assert disk.flushes == 1


@pytest.mark.parametrize("table", PRE_FETCHES, ids=by_title)
def test_pre_fetch_meets_its_condition(table) -> None:
    disk = Disk(maximum_prefetch_blocks=BLOCKS - 10)
    assert disk.send(cdb(table, 0, 3)).status == 0x04
    # Zero is to the last block, which is one too many here.
    assert disk.send(cdb(table, 10, 0)).status == 0x04
    assert disk.send(cdb(table, 9, 0)).codes == INVALID_FIELD_IN_CDB


# -- verifying and comparing


@pytest.mark.parametrize("table", VERIFIES, ids=by_title)
@pytest.mark.parametrize("bytchk, taken", [(0, 0), (1, 4 * LENGTH), (2, 0), (3, LENGTH)])
def test_verify_takes_what_its_bytchk_says(table, bytchk, taken) -> None:
    disk = Disk()
    request = cdb(table, 7, 4, bytchk=bytchk)
    assert disk.wanted(request) == taken
    disk.write(7, pattern(1) * 4)
    task = disk.send(request, (pattern(1) * 4)[:taken])
    if bytchk == 2:
        assert task.codes == INVALID_FIELD_IN_CDB
        assert (task.sense.field_pointer.byte, task.sense.field_pointer.bit) == (1, 2)
    else:
        assert task.status == 0
        assert disk.usage.bytes_verified == 4 * LENGTH and disk.usage.verify_commands == 1


@pytest.mark.parametrize("table", VERIFIES, ids=by_title)
@pytest.mark.parametrize("offset", [0, 1, 511, 512, 1000, 2047])
def test_the_first_byte_that_differs_is_told(table, offset) -> None:
    disk = Disk()
    disk.write(7, pattern(1) * 4)
    wrong = bytearray(pattern(1) * 4)
    for each in range(offset, len(wrong), 100):
        wrong[each] ^= 0x10
    task = disk.send(cdb(table, 7, 4, bytchk=1), bytes(wrong))
    assert task.codes == MISCOMPARE
    assert task.sense.information == offset
    disk.write(7, bytes(wrong))
    task = disk.send(cdb(table, 7, 4, bytchk=3), pattern(1))
    assert (task.codes, task.sense.information) == (MISCOMPARE, offset)


def test_verify_compares_with_blocks_that_were_never_written() -> None:
    disk = Disk()
    disk.good(cdb(verify.VERIFY_16, 7, 4, bytchk=1), bytes(4 * LENGTH))
    assert disk.send(cdb(verify.VERIFY_16, 7, 1, bytchk=1), pattern(1)).codes == MISCOMPARE


@pytest.mark.parametrize("sent", [LENGTH, 3 * LENGTH])
def test_verify_and_its_initiator_must_agree_how_much_is_compared(sent) -> None:
    disk = Disk()
    assert disk.send(cdb(verify.VERIFY_10, 0, 2, bytchk=1), bytes(sent)).codes == INVALID_FIELD_IN_CDB


@pytest.mark.parametrize("table", WRITES_AND_VERIFIES, ids=by_title)
def test_write_and_verify_compares_what_it_wrote(table) -> None:
    disk = Disk()
    disk.good(cdb(table, 7, 2, bytchk=1), pattern(2))
    assert disk.read(7, 2) == pattern(2)
    for bytchk in (2, 3):
        assert disk.send(cdb(table, 7, 2, bytchk=bytchk), bytes(2 * LENGTH)).codes == INVALID_FIELD_IN_CDB
    assert disk.read(7, 2) == pattern(2)


def compare_and_write(lba: int, count: int) -> bytes:
    return cdb(verify.COMPARE_AND_WRITE, lba, count)


def test_compare_and_write_writes_only_where_all_is_equal() -> None:
    disk = Disk()
    assert disk.wanted(compare_and_write(7, 3)) == 6 * LENGTH
    disk.write(7, pattern(3))
    disk.good(compare_and_write(7, 3), pattern(3) + pattern(3, seed=2))
    assert disk.read(7, 3) == pattern(3, seed=2)
    almost = bytearray(pattern(3, seed=2))
    almost[-1] ^= 1
    task = disk.send(compare_and_write(7, 3), bytes(almost) + pattern(3, seed=3))
    assert (task.codes, task.sense.information) == (MISCOMPARE, 3 * LENGTH - 1)
    assert disk.read(6, 5) == bytes(LENGTH) + pattern(3, seed=2) + bytes(LENGTH)


def test_compare_and_write_of_no_blocks_does_nothing() -> None:
    assert Disk().good(compare_and_write(0, 0)) == b""


def test_compare_and_write_has_a_limit_of_its_own() -> None:
    disk = Disk(maximum_compare_and_write_blocks=2)
    assert disk.send(compare_and_write(0, 2), bytes(4 * LENGTH)).status == 0
    task = disk.send(compare_and_write(0, 3), bytes(6 * LENGTH))
    assert task.codes == INVALID_FIELD_IN_CDB
    assert task.sense.field_pointer.byte == 13
    assert decode_block_limits(disk.blocks.vpd_pages()[0xB0](), [])["maximum_compare_and_write_length_blocks"] == 2


@pytest.mark.parametrize("sent", [LENGTH, 3 * LENGTH])
def test_compare_and_write_wants_both_halves_and_no_more(sent) -> None:
    disk = Disk()
    assert disk.send(compare_and_write(0, 1), bytes(sent)).codes == INVALID_FIELD_IN_CDB


def test_a_disk_without_compare_and_write() -> None:
    disk = Disk(maximum_compare_and_write_blocks=0)
    assert disk.send(compare_and_write(0, 1), bytes(2 * LENGTH)).codes == INVALID_OPERATION_CODE
    assert disk.wanted(compare_and_write(0, 1)) == 0


def test_orwrite_sets_bits_and_clears_none() -> None:
    disk = Disk()
    disk.write(3, b"\x0f" * LENGTH + b"\x80" + bytes(LENGTH - 1))
    disk.good(cdb(verify.ORWRITE_16, 3, 2), b"\xa5" * LENGTH + bytes(LENGTH - 1) + b"\x01")
    assert disk.read(3, 2) == b"\xaf" * LENGTH + b"\x80" + bytes(LENGTH - 2) + b"\x01"


# -- write protection, streams


@pytest.mark.parametrize("table", WRITES + WRITES_AND_VERIFIES + [verify.ORWRITE_16, verify.COMPARE_AND_WRITE],
                         ids=by_title)
def test_a_write_protected_disk_is_not_written(table) -> None:
    disk = Disk()
    disk.write_protected = True
    request = cdb(table, 0, 1)
    assert disk.send(request, bytes(disk.wanted(request))).codes == WRITE_PROTECTED
    assert disk.medium.mapped_blocks == 0
    assert disk.read(0) == bytes(LENGTH)


@pytest.mark.parametrize("table, byte", [(commands.WRITE_STREAM_16, 10), (commands.WRITE_STREAM_32, 4)])
def test_a_stream_is_written_to_when_it_is_open(table, byte) -> None:
    disk = Disk(streams=True)
    assert disk.wanted(cdb(table, 8, 2, str_id=1)) == 2 * LENGTH
    task = disk.send(cdb(table, 8, 2, str_id=1), pattern(2))
    assert task.codes == INVALID_FIELD_IN_CDB
    assert task.sense.field_pointer.byte == byte
    disk.good(bytes.fromhex("9e340000 00000000 00000000 00080000"))
    disk.good(cdb(table, 8, 2, str_id=1), pattern(2))
    assert disk.read(8, 2) == pattern(2)
    task = disk.send(cdb(table, 8, 2, str_id=1, wrprotect=1), pattern(2))
    assert task.sense.field_pointer.byte == (1 if byte == 10 else 10)


def test_a_disk_without_streams_has_no_write_stream() -> None:
    disk = Disk()
    for table in STREAMS:
        assert disk.send(cdb(table, 0, 1, str_id=0), bytes(LENGTH)).codes == INVALID_OPERATION_CODE


@pytest.mark.parametrize("opcode", [0x9C, 0x9F, 0x50, 0x0B])
def test_what_the_disk_does_not_have_is_no_command(opcode) -> None:
    assert Disk().send(bytes((opcode,)) + bytes(15)).codes == INVALID_OPERATION_CODE


# -- blocks that cannot be read


@pytest.mark.parametrize("table", READS + VERIFIES, ids=by_title)
@pytest.mark.parametrize("lba, count, first", [(90, 20, 100), (100, 1, 100), (102, 1, 102), (101, 10, 101)])
def test_a_read_across_a_bad_block_names_the_first_one(table, lba, count, first) -> None:
    disk = Disk(unreadable=[{"lba": 100, "length": 3}, 5000])
    task = disk.send(cdb(table, lba, count))
    assert task.codes == UNRECOVERED_READ
    assert task.sense.information == first
    assert disk.send(cdb(table, 90, 10)).status == 0
    assert disk.send(cdb(table, 103, 10)).status == 0
    assert disk.blocks.unrecovered_reads == 1


@pytest.mark.parametrize("table", WRITES + WRITES_AND_VERIFIES, ids=by_title)
def test_a_write_heals_bad_blocks_and_they_are_reassigned(table) -> None:
    disk = Disk(unreadable=[{"lba": 100, "length": 3}])
    disk.good(cdb(table, 101, 1), pattern(1))
    assert disk.blocks.reassigned() == [101]
    assert disk.saved == 1
    assert disk.read(101) == pattern(1)
    assert disk.send(cdb(commands.READ_16, 99, 10)).sense.information == 100
    disk.good(cdb(table, 90, 20), pattern(20))
    assert disk.blocks.reassigned() == [100, 101, 102]
    assert disk.read(90, 20) == pattern(20)


@pytest.mark.parametrize("table", [verify.ORWRITE_16, verify.COMPARE_AND_WRITE], ids=by_title)
def test_commands_that_read_before_they_write_do_not_heal(table) -> None:
    disk = Disk(unreadable=[100])
    request = cdb(table, 99, 2)
    assert disk.send(request, bytes(disk.wanted(request))).codes == UNRECOVERED_READ
    assert disk.blocks.reassigned() == []


def test_what_was_healed_stays_so_unless_the_settings_say_something_else() -> None:
    disk = Disk(unreadable=[100, 200])
    disk.write(100, pattern(1))
    disk.send(cdb(commands.READ_10, 200, 1))
    state = json.loads(json.dumps(disk.blocks.save()))
    again = Disk(unreadable=[100, 200])
    again.blocks.load(state)
    assert again.read(100) == bytes(LENGTH)
    assert again.send(cdb(commands.READ_10, 200, 1)).codes == UNRECOVERED_READ
    assert again.blocks.reassigned() == [100]
    assert again.blocks.unrecovered_reads == 2
    other = Disk(unreadable=[100])
    other.blocks.load(state)
    assert other.send(cdb(commands.READ_10, 100, 1)).codes == UNRECOVERED_READ
    assert other.blocks.reassigned() == [100]
    other.blocks.load({})


class FailingMedium(CountingMedium):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def _fail(self) -> None:
        raise OSError(self.number, os.strerror(self.number))

    def read(self, lba: int, count: int) -> bytes:
        self._fail()
        return b""

    def write(self, lba: int, data: bytes) -> None:
        self._fail()

    def flush(self) -> None:
        self._fail()


@pytest.mark.parametrize("number, codes", [(errno.ENOSPC, (0x07, 0x27, 0x07)), (errno.EIO, (0x03, 0x0C, 0x00))])
def test_what_the_file_system_refuses_the_disk_tells(number, codes) -> None:
    disk = Disk(FailingMedium(number))
    assert disk.send(cdb(commands.WRITE_10, 0, 1), bytes(LENGTH)).codes == codes
    assert disk.send(cdb(cache.SYNCHRONIZE_CACHE_10, 0, 0)).codes == codes
    assert disk.send(cdb(commands.READ_10, 0, 1)).codes == UNRECOVERED_READ


# -- what the disk tells of itself


def test_the_capacity() -> None:
    disk = Disk(physical_block_exponent=3, lowest_aligned_lba=1)
    ten = decode_read_capacity_10(disk.good(READ_CAPACITY_10.encode()), [])
    assert (ten["blocks"], ten["logical_block_length_bytes"]) == (BLOCKS, LENGTH)
    data = disk.good(READ_CAPACITY_16.encode(allocation_length=32))
    sixteen = decode_read_capacity_16(data, [])
    assert (sixteen["blocks"], sixteen["physical_block_length_bytes"]) == (BLOCKS, 4096)
    assert sixteen["lowest_aligned_logical_block_address"] == 1
    assert sixteen["protection_type"] == 0 and not sixteen["lbpme"]
    for allocation in range(40):
        assert disk.good(READ_CAPACITY_16.encode(allocation_length=allocation)) == data[:allocation]


def test_a_disk_of_more_than_two_terabytes_needs_the_longer_command() -> None:
    disk = Disk(CountingMedium(LENGTH, 1 << 40))
    assert disk.good(READ_CAPACITY_10.encode())[:4] == b"\xff" * 4
    assert decode_read_capacity_16(disk.good(READ_CAPACITY_16.encode(allocation_length=32)), [])["blocks"] == 1 << 40
    disk.write((1 << 40) - 1, pattern(1))
    assert disk.read((1 << 40) - 1) == pattern(1)


def test_the_limits_are_those_of_the_settings() -> None:
    disk = Disk(maximum_transfer_blocks=2048, optimal_transfer_blocks=1024, optimal_granularity_blocks=8,
                maximum_prefetch_blocks=512, maximum_write_same_blocks=999)
    values = decode_block_limits(disk.blocks.vpd_pages()[0xB0](), [])
    assert {name: value for name, value in values.items() if value} == {
        "wsnz": True, "maximum_compare_and_write_length_blocks": 8, "optimal_transfer_length_granularity_blocks": 8,
        "maximum_transfer_length_blocks": 2048, "optimal_transfer_length_blocks": 1024,
        "maximum_prefetch_length_blocks": 512, "maximum_write_same_length_blocks": 999}
    default = decode_block_limits(Disk().blocks.vpd_pages()[0xB0](), [])
    assert default["maximum_transfer_length_blocks"] * LENGTH == 8 << 20


@pytest.mark.parametrize("rate, form, rpm, non_rotating, told", [
    (7200, "3.5 inch", 7200, False, 2), (1, "2.5 inch", None, True, 3), (0, "not reported", None, None, 0)])
def test_what_kind_of_disk_it_is(rate, form, rpm, non_rotating, told) -> None:
    disk = Disk(rotation_rate=rate, form_factor=form)
    values = decode_block_device_characteristics(disk.blocks.vpd_pages()[0xB1](), [])
    assert (values["rotation_rate_rpm"], values["non_rotating"]) == (rpm, non_rotating)
    assert values["nominal_form_factor"]["value"] == told
    assert values["vbuls"] and values["fuab"]


@pytest.mark.parametrize("settings, message", [
    ({"speed": 1}, r"\bblocks\b.*\bspeed\b.*\bunreadable\b"),
    ({"form_factor": "4 inch"}, r"\bblocks\.form_factor\b.*\bnot reported, 5\.25 inch\b.*'4 inch'"),
    ({"unreadable": 3}, r"\bblocks\.unreadable\b.*\blist\b"),
    ({"unreadable": [1, BLOCKS]}, r"\bblocks\.unreadable\[1\]\.lba\b.*\b0\b.*\b99999\b.*\b100000\b"),
    ({"unreadable": [{"lba": 1, "length": BLOCKS}]}, r"\bblocks\.unreadable\[0\]\.length\b.*\b1\b.*\b100000\b"),
    ({"provisioning": "thick"}, r"\bblocks\.provisioning\b.*\bfull, resource, thin\b.*'thick'"),
    ({"maximum_transfer_blocks": 0}, r"\bblocks\.maximum_transfer_blocks\b.*\b1\b.*\b4294967295\b.*\b0\b"),
    ({"physical_block_exponent": 16}, r"\bblocks\.physical_block_exponent\b.*\b16\b"),
    ({"write_same_zero": "no"}, r"blocks\.write_same_zero"),
])
def test_what_is_wrong_in_the_settings_is_named(settings, message) -> None:
    with pytest.raises(ValueError, match=message):
        Disk(**settings)


def test_a_disk_in_a_file_holds_its_blocks_when_it_comes_back(tmp_path) -> None:
    path = str(tmp_path / "disk")
    disk = Disk(FileMedium(path, LENGTH, BLOCKS), provisioning="thin")
    disk.write(77, pattern(4))
    disk.medium.close()
    disk = Disk(FileMedium(path, LENGTH, BLOCKS), provisioning="thin")
    assert disk.read(76, 6) == bytes(LENGTH) + pattern(4) + bytes(LENGTH)
    disk.medium.close()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy manager's EXTENDED COPY: what is copied, what is refused, and how a copy fails."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Check, Status
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.copy_cscds import CSCDS, FC_N_PORT_NAME
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.copy_segments import SEGMENTS
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.extended_copy import (
    encode_parameter_list_lid1,
    encode_parameter_list_lid4,
)

from .copies import Copier, Disk, blocks, octets, verify

#: What iscsi-test-cu (libiscsi) sends to copy 2048 blocks of the unit 5000C50000000001h to its end.
FROM_LIBISCSI = bytes.fromhex(
    "01100020000000000000001c00000000"
    "e4000000010300085000c50000000001000000000000000000000000" "00000200"
    "02000018000000000000" "0800" "0000000000000000" "000000000000f800")
OWN = 0xFFFF
LENGTH_ERROR = (0x05, 0x1A, 0x00)
INVALID = (0x05, 0x26, 0x00)


def test_a_copy_as_another_initiator_asks_for_it() -> None:
    drive = Copier()
    data = drive.own.fill(0, 2048)
    drive.copied(drive.out(0x00, FROM_LIBISCSI))
    assert drive.own.read(0xF800, 2048) == data
    ours = encode_parameter_list_lid1(
        {"list_identifier": 1, "list_id_usage": 2}, [drive.own.cscd()], [blocks(0, 0, 2048, 0, 0xF800)])
    assert ours == FROM_LIBISCSI


@pytest.mark.parametrize("short", [True, False])
def test_blocks_go_from_unit_to_unit(short: bool) -> None:
    drive = Copier(chunk_bytes=4096)
    first, second = drive.own.fill(10, 20), drive.other.fill(100, 5, seed=9)
    send = drive.lid1 if short else drive.lid4
    drive.copied(send([blocks(0, 1, 20, 10, 30), blocks(1, OWN, 5, 100, 1000)]))
    assert drive.other.read(30, 20) == first
    assert drive.own.read(1000, 5) == second
    # Nothing beside it was touched, and what was written lasts.
    assert not any(drive.other.read(0, 30) + drive.other.read(50, 50) + drive.own.read(1005, 5))
    assert (drive.own.settled, drive.other.settled) == (1, 1)


def test_copying_nothing_is_no_error() -> None:
    drive = Copier()
    for action in (0x00, 0x01):
        drive.copied(drive.out(action, b""))
    drive.copied(drive.lid1([]))
    drive.copied(drive.lid4([], []))
    for flags in ({}, {"dc": True}):
        drive.copied(drive.lid1([blocks(0, 1, 0, 70000, 70000, **flags)]))
    drive.copied(drive.lid1([octets(0, 1, 0, (0, 3), (0, 5))]))
    assert drive.other.medium.mapped_blocks == 0


# -- blocks of different lengths: CAT, PAD, DC

def small_to_large(segments: list[bytes], pads: tuple[bool, bool] = (False, False), **settings: Any) -> Any:
    """Copies from 512-byte blocks, all of them filled, to blocks of 2048 bytes, all FFh."""
    drive = Copier(Disk(1, 512, 64), Disk(2, 2048, 16), **settings)
    drive.own.fill(0, 64)
    drive.other.medium.write(0, b"\xFF" * 2048 * 16)
    return drive, drive.done(drive.lid1(segments, [drive.own.cscd(pad=pads[0]), drive.other.cscd(pad=pads[1])]))


def large_to_small(segments: list[bytes], pads: tuple[bool, bool] = (False, False), **settings: Any) -> Any:
    """The other way."""
    drive = Copier(Disk(1, 2048, 16), Disk(2, 512, 64), **settings)
    drive.own.fill(0, 16)
    drive.other.medium.write(0, b"\xFF" * 512 * 64)
    return drive, drive.done(drive.lid1(segments, [drive.own.cscd(pad=pads[0]), drive.other.cscd(pad=pads[1])]))


@pytest.mark.parametrize("chunk", [1, 512, 1 << 20])
def test_lengths_that_fit_need_no_bits(chunk: int) -> None:
    drive, task = small_to_large([blocks(0, 1, 8, 4, 3), blocks(0, 1, 1, 20, 9, dc=True)], chunk_bytes=chunk)
    assert task.status == GOOD
    assert drive.other.read(3, 2) == drive.own.read(4, 8)
    assert drive.other.read(9, 1) == drive.own.read(20, 4)
    drive, task = large_to_small([blocks(0, 1, 2, 1, 5), blocks(0, 1, 4, 8, 40, dc=True)], chunk_bytes=chunk)
    assert task.status == GOOD
    assert drive.other.read(5, 8) == drive.own.read(1, 2)
    assert drive.other.read(40, 4) == drive.own.read(8, 1)


@pytest.mark.parametrize("pads, rest", [
    # The third small block has no whole large block to go to: discarded, or padded with zeros.
    ((True, False), b"\xFF" * 2048), ((True, True), None), ((False, True), None)])
def test_residual_destination_data(pads: tuple[bool, bool], rest: bytes | None) -> None:
    drive, task = small_to_large([blocks(0, 1, 7, 0, 2)], pads)
    assert task.status == GOOD
    assert drive.other.read(2, 1) == drive.own.read(0, 4)
    assert drive.other.read(3, 1) == (rest or drive.own.read(4, 3) + bytes(512))
    assert drive.other.read(4, 1) == b"\xFF" * 2048


def test_an_inexact_segment_is_an_error_without_bits() -> None:
    drive, task = small_to_large([blocks(0, 1, 4, 0, 0), blocks(0, 1, 7, 0, 2)])
    assert task.codes == (0x0A, 0x26, 0x0A)
    assert drive.other.read(0, 1) == drive.own.read(0, 4)
    assert drive.other.read(2, 1) == drive.own.read(0, 4)
    # One block of segment 1 was to be written more.
    assert (task.sense.command_specific_information, task.sense.information) == (1, 1)
    _drive, task = large_to_small([blocks(0, 1, 5, 0, 0, dc=True)])
    assert task.codes == (0x0A, 0x26, 0x0A)


@pytest.mark.parametrize("pads", [(False, False), (True, True)])
def test_cat_keeps_what_is_left_for_the_next_segment(pads: tuple[bool, bool]) -> None:
    segments = [blocks(0, 1, 3, 0, 0, cat=True), blocks(0, 1, 5, 10, 4)]
    drive, task = small_to_large(segments, pads)
    assert task.status == GOOD
    assert drive.other.read(4, 2) == drive.own.read(0, 3) + drive.own.read(10, 5)
    assert drive.other.read(0, 1) == b"\xFF" * 2048
    # Residual source data: five of eight small blocks, then those three that were read already, and one more block.
    segments = [blocks(0, 1, 5, 0, 0, dc=True, cat=True), blocks(0, 1, 7, 9, 20, dc=True)]
    drive, task = large_to_small(segments, pads)
    assert task.status == GOOD
    assert drive.other.read(0, 5) == drive.own.read(0, 2)[:5 * 512]
    assert drive.other.read(20, 7) == drive.own.read(0, 2)[5 * 512:] + drive.own.read(9, 1)


@pytest.mark.parametrize("pads, kept", [((False, True), True), ((True, True), False), ((True, False), False)])
def test_residual_source_data_without_cat(pads: tuple[bool, bool], kept: bool) -> None:
    segments = [blocks(0, 1, 5, 0, 0, dc=True), blocks(0, 1, 4, 9, 20, dc=True)]
    drive, task = large_to_small(segments, pads)
    assert task.status == GOOD
    assert drive.other.read(0, 5) == drive.own.read(0, 2)[:5 * 512]
    rest = drive.own.read(0, 2)[5 * 512:] if kept else b""
    assert drive.other.read(20, 4) == (rest + drive.own.read(9, 1))[:4 * 512]


def test_what_is_left_is_counted_before_anything_is_read() -> None:
    # Three of eight small blocks are left, so nothing is read at LBA 16, which is not there; and a large block needs
    # one small block more than the three that are left.
    drive, task = large_to_small([blocks(0, 1, 5, 0, 0, dc=True, cat=True), blocks(0, 1, 3, 16, 20, dc=True)])
    assert task.status == GOOD
    assert drive.other.read(20, 3) == drive.own.read(0, 2)[5 * 512:]
    drive, task = small_to_large([blocks(0, 1, 3, 0, 0, cat=True), blocks(0, 1, 1, 63, 2, dc=True)])
    assert task.status == GOOD
    assert drive.other.read(2, 1) == drive.own.read(0, 3) + drive.own.read(63, 1)


def test_cat_on_the_last_segment_discards_what_is_left() -> None:
    drive, task = small_to_large([blocks(0, 1, 7, 0, 0, cat=True)])
    assert task.status == GOOD
    assert drive.other.read(1, 1) == b"\xFF" * 2048


def test_padding_past_the_blocks_that_were_asked_for_is_an_error() -> None:
    segments = [blocks(0, 1, 3, 0, 0, cat=True), blocks(0, 1, 0, 0, 8, dc=True)]
    _drive, task = small_to_large(segments, (True, True))
    assert task.codes == (0x0A, 0x26, 0x0A)


def test_a_padded_block_must_be_there_too() -> None:
    _drive, task = small_to_large([blocks(0, 1, 5, 0, 15)], (True, True))
    assert task.codes == (0x0A, 0x00, 0x00)
    drive, task = small_to_large([blocks(0, 1, 4, 0, 15)], (True, True))
    assert task.status == GOOD
    assert drive.other.read(15, 1) == drive.own.read(0, 4)


@pytest.mark.parametrize("chunk", [1, 700, 1 << 20])
@pytest.mark.parametrize("count, read_at, write_at", [
    (5000, (3, 17), (2, 100)), (1, (0, 511), (0, 0)), (512, (1, 0), (1, 1)), (2048, (4, 0), (3, 0)),
    (10, (0, 60000), (1, 2047))])
def test_bytes_at_any_place(count: int, read_at: tuple[int, int], write_at: tuple[int, int], chunk: int) -> None:
    drive, task = small_to_large([octets(0, 1, count, read_at, write_at)], chunk_bytes=chunk)
    start, end = read_at[0] * 512 + read_at[1], write_at[0] * 2048 + write_at[1]
    source, target = drive.own.read(0, 64), drive.other.read(0, 16)
    if start + count > len(source):
        assert task.codes == (0x0A, 0x00, 0x00)
        return
    assert task.status == GOOD
    assert target == b"\xFF" * end + source[start:start + count] + b"\xFF" * (len(target) - end - count)


def test_held_data_is_what_was_processed() -> None:
    drive, task = small_to_large([blocks(0, 1, 4, 8, 0, kind=0x0D), blocks(0, 1, 2, 30, 1, cat=True, kind=0x0D)])
    assert task.status == GOOD
    held = drive.ask(0x01).data
    assert held[4:] == drive.own.read(8, 4) + drive.own.read(30, 2)
    assert int.from_bytes(held[:4], "big") == 6 * 512


# -- before the first segment

def wrong(**header: Any) -> bytes:
    disk = Disk(1)
    return encode_parameter_list_lid1(header, [disk.cscd()], [blocks(0, 0, 1, 0, 9)])


GOOD_LIST = wrong(list_identifier=7)
SHORT_SEGMENT = bytearray(GOOD_LIST)
SHORT_SEGMENT[16 + 32 + 3] = 0x14
ODD_CSCDS = bytearray(GOOD_LIST)
ODD_CSCDS[3] = 31


@pytest.mark.parametrize("sent, codes, pointer", [
    (GOOD_LIST[:15], LENGTH_ERROR, None),
    (GOOD_LIST[:16 + 31], LENGTH_ERROR, None),
    (GOOD_LIST[:-1], LENGTH_ERROR, None),
    (bytes(ODD_CSCDS), LENGTH_ERROR, None),
    (bytes(SHORT_SEGMENT), INVALID, (False, 16 + 32 + 2, None)),
    (wrong(list_identifier=7, list_id_usage=1), INVALID, (False, 1, 4)),
    (wrong(list_identifier=7, list_id_usage=3), INVALID, (False, 0, None)),
    (encode_parameter_list_lid1({}, [CSCDS[FC_N_PORT_NAME].encode()], []), (0x05, 0x26, 0x07), (False, 16, None)),
    (encode_parameter_list_lid1({}, [], [verify(0), SEGMENTS[0x04].encode()]), (0x05, 0x26, 0x09),
     (False, 16 + 12, None)),
    (encode_parameter_list_lid1({}, [], [], b"inline"), (0x05, 0x26, 0x0B), (False, 12, None)),
])
def test_what_is_wrong_with_a_parameter_list(sent: bytes, codes: tuple[int, int, int], pointer: Any) -> None:
    drive = Copier()
    task = drive.done(drive.out(0x00, sent))
    assert task.codes == codes
    found = task.sense.field_pointer
    assert (None if found is None else (found.in_cdb, found.byte, found.bit)) == pointer
    assert drive.ask(0x00).codes == (0x05, 0x24, 0x00), "there has been no copy"


@pytest.mark.parametrize("header, codes, pointer", [
    ({"parameter_list_format": 0}, INVALID, 0), ({"header_cscd_descriptor_list_length": 0}, INVALID, 2),
    ({"header_cscd_descriptor_type": 0xE4}, INVALID, 16), ({"list_id_usage": 3, "list_identifier": 1}, INVALID, 20),
    ({"list_id_usage": 3, "immed": True}, INVALID, 15), ({"list_id_usage": 1}, INVALID, 1)])
def test_what_is_wrong_with_the_header_of_lid4(header: Any, codes: tuple[int, int, int], pointer: int) -> None:
    drive = Copier()
    task = drive.done(drive.out(0x01, encode_parameter_list_lid4(header, [], [])))
    assert (task.codes, task.sense.field_pointer.byte) == (codes, pointer)


def test_a_list_may_be_followed_by_what_is_not_looked_at_and_a_cdb_may_promise_less() -> None:
    drive = Copier()
    drive.copied(drive.out(0x00, GOOD_LIST + b"\xFF" * 100))
    assert drive.done(drive.out(0x00, GOOD_LIST, length=len(GOOD_LIST) - 1)).codes == LENGTH_ERROR
    # The initiator has sent less than its CDB says.
    assert drive.done(drive.out(0x00, GOOD_LIST[:-1], length=len(GOOD_LIST))).codes == LENGTH_ERROR


def test_limits_are_enforced_as_they_are_told() -> None:
    drive = Copier(maximum_cscd_descriptor_count=3, maximum_segment_descriptor_count=4,
                   maximum_descriptor_list_length_bytes=256)
    cscd, segment = drive.own.cscd(), verify(0)
    drive.copied(drive.lid1([segment] * 4, [cscd] * 3))
    assert drive.done(drive.lid1([segment], [cscd] * 4)).codes == (0x05, 0x26, 0x06)
    assert drive.done(drive.lid1([segment] * 5, [cscd])).codes == (0x05, 0x26, 0x08)
    # 96 bytes of CSCD descriptors, and 160 of segments.
    drive.copied(drive.lid1([octets(0, 0, 0, (0, 0), (0, 0))] * 4 + [], [cscd] * 3))
    assert drive.done(drive.lid1([octets(0, 0, 0, (0, 0), (0, 0))] * 4 + [b"\x07\0\0\1\0"] * 7, [cscd] * 3)).codes == \
        LENGTH_ERROR
    assert drive.done(drive.lid1([segment], [cscd] * 8)).codes == LENGTH_ERROR


def test_more_data_than_a_list_can_have_is_not_fetched() -> None:
    drive = Copier(maximum_descriptor_list_length_bytes=256)
    task = drive.out(0x00, GOOD_LIST + bytes(100000))
    assert len(task.data_out) < 1000
    drive.copied(task)


@pytest.mark.parametrize("limit, blocks_done", [(0, 9), (4096, 8), (4095, 7)])
def test_the_length_of_a_segment_is_limited(limit: int, blocks_done: int) -> None:
    drive = Copier(maximum_segment_length_bytes=limit)
    drive.copied(drive.lid1([blocks(0, 1, blocks_done)]))
    if limit:
        task = drive.done(drive.lid1([verify(0), blocks(0, 1, blocks_done + 1)]))
        assert task.codes == (0x0A, 0x26, 0x00)
        assert task.sense.command_specific_information == 1
        pointer = task.sense.segment_pointer
        assert (pointer.in_segment_descriptor, pointer.byte) == (True, 10)


def test_the_granularity_of_segments() -> None:
    drive = Copier(data_segment_granularity_bytes=4096)
    drive.copied(drive.lid1([blocks(0, 1, 8)]))
    assert drive.done(drive.lid1([blocks(0, 1, 9)])).codes == (0x0A, 0x26, 0x0D)


# -- failures of a segment

def failing(segments: list[bytes], cscds: Any = None, descriptor_sense: bool = False, **settings: Any) -> Any:
    drive = Copier(descriptor_sense=descriptor_sense, chunk_bytes=2048, **settings)
    drive.own.fill(0, 100)
    return drive, lambda: drive.done(drive.lid1(segments, cscds))


def place(task: Any) -> Any:
    pointer = task.sense.segment_pointer
    return None if pointer is None else (pointer.in_segment_descriptor, pointer.byte)


def test_units_that_cannot_be_reached() -> None:
    _drive, run = failing([blocks(0, 1, 1), blocks(0, 2, 1)])
    task = run()
    assert (task.codes, task.sense.command_specific_information, place(task)) == ((0x0A, 0x08, 0x04), 1, (True, 6))
    _drive, run = failing([blocks(0xC000, 1, 1)])
    assert (run().codes, place(run())) == ((0x0A, 0x08, 0x04), (True, 4))
    _drive, run = failing([blocks(0, 1, 1)], [Disk(1).cscd(), Disk(9).cscd()])
    assert (run().codes, place(run())) == ((0x0A, 0x08, 0x04), (False, 16 + 32))
    _drive, run = failing([verify(0, tur=False)], [Disk(9).cscd()])
    assert run().codes == (0x0A, 0x08, 0x04)


@pytest.mark.parametrize("values, codes, byte", [
    ({"peripheral_device_type": 1}, (0x0A, 0x0D, 0x03), 1), ({"nul": True}, (0x0A, 0x08, 0x04), 1),
    ({"disk_block_length": 4096}, (0x0A, 0x26, 0x00), 29), ({"designator_length": 21}, (0x0A, 0x08, 0x04), 0)])
def test_cscd_descriptors_that_do_not_fit_their_unit(values: Any, codes: tuple[int, int, int], byte: int) -> None:
    _drive, run = failing([blocks(0, 1, 1)], [Disk(1).cscd(), Disk(2).cscd(**values)])
    task = run()
    assert (task.codes, place(task)) == (codes, (False, 16 + 32 + byte))


def test_the_block_length_may_be_left_to_the_copy_manager_and_the_lu_id_type_means_nothing() -> None:
    drive, run = failing([blocks(0, 1, 3)], [Disk(1).cscd(disk_block_length=None), Disk(2).cscd(lu_id_type=2)])
    assert run().status == GOOD
    assert drive.other.read(0, 3) == drive.own.read(0, 3)


@pytest.mark.parametrize("segment, who", [
    (blocks(0, 1, 2, 65535, 0), "copy source"), (blocks(0, 1, 2, 0, 65535), "copy destination"),
    (blocks(0, 1, 1, 1 << 63, 0), "copy source"), (octets(0, 1, 1, (65535, 512), (0, 0)), "copy source")])
def test_blocks_that_are_not_there(segment: bytes, who: str) -> None:
    drive, run = failing([segment], descriptor_sense=True)
    task = run()
    assert task.codes == (0x0A, 0x00, 0x00)
    (title, forwarded), = task.sense.forwarded
    assert (title, forwarded.asc) == (who, 0x21)
    assert drive.other.medium.mapped_blocks == 0
    drive.copied(drive.lid1([blocks(0, 1, 2, 65534, 65534)]))


@pytest.mark.parametrize("descriptor_sense", [False, True])
def test_an_unreadable_block_of_the_source(descriptor_sense: bool) -> None:
    drive, run = failing([blocks(0, 1, 4), blocks(0, 1, 20, 10, 10)], descriptor_sense=descriptor_sense)
    drive.own.medium.unreadable = [21]
    task = run()
    assert task.codes == (0x0A, 0x0D, 0x01)
    # Chunks of four blocks: eight of twenty were written, twelve are left.
    assert task.sense.information == 12
    assert place(task) == (False, 16)
    assert drive.other.read(0, 18) == drive.own.read(0, 4) + bytes(6 * 512) + drive.own.read(10, 8)
    assert not any(drive.other.read(18, 12))
    sense = task.sense_data
    if descriptor_sense:
        assert task.sense.command_specific_information == 1
        (title, forwarded), = task.sense.forwarded
        assert (title, forwarded.key, forwarded.asc, forwarded.information) == ("copy source", 0x03, 0x11, 21)
    else:
        # The source's status and sense data are at byte 18; of the destination there is none; segment 1.
        assert sense[8:12] == bytes((18, 0, 0, 1))
        assert sense[18] == 0x02
        assert sense[19:] == Check(0x03, 0x11, 0x00, information=21).sense(False)
        assert sense[7] == len(sense) - 8
    assert drive.status()["copy_command_status"]["value"] == 2


@pytest.mark.parametrize("descriptor_sense", [False, True])
def test_a_reservation_conflict_at_the_destination(descriptor_sense: bool) -> None:
    drive, run = failing([blocks(0, 1, 4)], descriptor_sense=descriptor_sense)
    drive.other.refuses_writes = Status(0x18)
    task = run()
    assert task.codes == (0x0A, 0x0D, 0x01)
    assert task.sense.information is None, "nothing was written"
    if descriptor_sense:
        forwarded, = (each for each in task.sense.descriptors if each["type"]["value"] == 0x0C)
        assert (forwarded["sense_data_source"]["name"], forwarded["forwarded_status"]["name"]) == (
            "copy destination", "RESERVATION CONFLICT")
    else:
        assert task.sense_data[8:12] == bytes((0, 18, 0, 0))
        assert task.sense_data[18:] == b"\x18"
    assert drive.other.medium.mapped_blocks == 0


def test_a_unit_that_becomes_not_ready_while_it_is_copied() -> None:
    drive = Copier(chunk_bytes=2048, seconds_per_mib=512.0)
    drive.own.fill(0, 100)
    task = drive.lid1([blocks(0, 1, 40)])
    drive.timers.pass_time(2.5)
    drive.own.refuses_reads = Check(0x02, 0x04, 0x02)
    drive.timers.pass_time(2.5)
    assert task.codes == (0x0A, 0x0D, 0x01)
    assert task.sense.information == 28
    assert drive.other.read(0, 12) == drive.own.read(0, 12)


def test_verifying_asks_the_unit_only_with_tur() -> None:
    drive = Copier()
    drive.copied(drive.lid1([verify(1), verify(OWN)]))
    drive.other.refuses_reads = Check(0x02, 0x04, 0x02)
    drive.copied(drive.lid1([verify(1, tur=False)]))
    task = drive.done(drive.lid1([verify(1, tur=False), verify(1)]))
    assert (task.codes, task.sense.command_specific_information & 0xFFFF) == ((0x0A, 0x0D, 0x01), 1)


def test_an_error_of_the_operating_system_is_the_units_failure() -> None:
    drive, run = failing([blocks(0, 1, 4)], descriptor_sense=True)

    def fail(lba: int, data: bytes) -> None:
        raise OSError(28, "no space left")

    drive.other.medium.write = fail
    task = run()
    assert task.codes == (0x0A, 0x0D, 0x01)
    (_title, forwarded), = task.sense.forwarded
    assert (forwarded.key, forwarded.asc) == (0x04, 0x44)

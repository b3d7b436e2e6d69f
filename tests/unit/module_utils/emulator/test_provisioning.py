# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WRITE SAME, UNMAP and GET LBA STATUS, as an initiator notices them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.block_commands_capacity import (
    READ_CAPACITY_16,
    decode_read_capacity_16,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.block_commands_provisioning import (
    GET_LBA_STATUS,
    UNMAP,
    WRITE_SAME_10,
    WRITE_SAME_16,
    decode_lba_status,
    encode_unmap_list,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.table import Table
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits import decode_block_limits
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_logical_block_provisioning import (
    decode_logical_block_provisioning,
)

from .bench import FakeTask
from .disk import (
    BLOCKS,
    INVALID_FIELD_IN_CDB,
    INVALID_FIELD_IN_LIST,
    INVALID_OPERATION_CODE,
    LENGTH,
    OUT_OF_RANGE,
    UNRECOVERED_READ,
    WRITE_PROTECTED,
    CountingMedium,
    Disk,
    pattern,
)

PARAMETER_LIST_LENGTH_ERROR = (0x05, 0x1A, 0x00)
BOTH = pytest.mark.parametrize("table", [WRITE_SAME_10, WRITE_SAME_16], ids=lambda table: table.title)
MAPPED, DEALLOCATED, ANCHORED = 0, 1, 2


def same(table: Table, lba: int, count: int, **more: Any) -> bytes:
    return table.encode(dict(more, logical_block_address=lba, number_of_logical_blocks=count))


def unmap(disk: Disk, *extents: tuple[int, int], anchor: bool = False) -> FakeTask:
    data = encode_unmap_list(extents)
    return disk.send(UNMAP.encode(anchor=anchor, parameter_list_length=len(data)), data)


def status(disk: Disk, start: int = 0, report: int = 0, allocation: int = 65536) -> list[tuple[int, int, int]]:
    warnings: list[str] = []
    values = decode_lba_status(disk.good(GET_LBA_STATUS.encode(
        starting_logical_block_address=start, allocation_length=allocation, report_type=report)), warnings)
    assert warnings == [] and values["rtp"]
    return [(each["lba_status_logical_block_address"], each["number_of_logical_blocks"],
             each["provisioning_status"]["value"]) for each in values["extents"]]


def field(task: FakeTask) -> tuple[Any, Any]:
    pointer = task.sense.field_pointer
    return pointer.byte, pointer.bit


# -- WRITE SAME


@BOTH
def test_write_same_writes_one_block_many_times(table) -> None:
    disk = Disk(maximum_transfer_blocks=7)
    assert disk.wanted(same(table, 10, 500)) == LENGTH
    disk.good(same(table, 10, 500), pattern(1))
    assert disk.medium.read(9, 502) == bytes(LENGTH) + pattern(1) * 500 + bytes(LENGTH)
    assert disk.flushes == 1
    disk.write_cache = True
    disk.good(same(table, 10, 1), pattern(1))
    assert disk.flushes == 1


@BOTH
def test_zero_blocks_are_all_to_the_last_or_refused(table) -> None:
    task = Disk().send(same(table, 10, 0), pattern(1))
    assert task.codes == INVALID_FIELD_IN_CDB
    assert field(task) == (7 if table is WRITE_SAME_10 else 10, None)
    disk = Disk(write_same_zero=True)
    assert not decode_block_limits(disk.blocks.vpd_pages()[0xB0](), [])["wsnz"]
    disk.good(same(table, BLOCKS - 5, 0), pattern(1))
    assert disk.read(BLOCKS - 6, 6) == bytes(LENGTH) + pattern(1) * 5
    # That, too, is bounded by the maximum.
    assert disk.send(same(table, 0, 0), pattern(1)).codes == INVALID_FIELD_IN_CDB


@BOTH
def test_write_same_is_bounded(table) -> None:
    disk = Disk(maximum_write_same_blocks=100)
    assert disk.send(same(table, 0, 100), pattern(1)).status == 0
    assert disk.send(same(table, 0, 101), pattern(1)).codes == INVALID_FIELD_IN_CDB
    assert disk.send(same(table, BLOCKS - 1, 2), pattern(1)).codes == OUT_OF_RANGE
    assert disk.send(same(table, BLOCKS + 1, 1), pattern(1)).codes == OUT_OF_RANGE
    disk.write_protected = True
    assert disk.send(same(table, 0, 1), pattern(1)).codes == WRITE_PROTECTED
    disk.write_protected = False
    assert field(disk.send(same(table, 0, 1, wrprotect=1), pattern(1))) == (1, 7)


def test_without_a_block_zeros_are_written() -> None:
    disk = Disk()
    disk.write(0, pattern(10))
    request = same(WRITE_SAME_16, 2, 3, ndob=True)
    assert disk.wanted(request) == 0
    disk.good(request)
    assert disk.read(0, 10) == pattern(10)[:2 * LENGTH] + bytes(3 * LENGTH) + pattern(10)[5 * LENGTH:]
    assert disk.send(request, pattern(1)).codes == INVALID_FIELD_IN_CDB


@BOTH
@pytest.mark.parametrize("sent", [0, LENGTH // 2, 2 * LENGTH])
def test_write_same_takes_one_block(table, sent) -> None:
    disk = Disk()
    assert disk.send(same(table, 0, 1), bytes(sent)).codes == INVALID_FIELD_IN_CDB


@BOTH
def test_write_same_unmaps_what_reads_the_same_afterwards(table) -> None:
    disk = Disk(provisioning="thin")
    disk.write(0, pattern(100))
    disk.good(same(table, 10, 20, unmap=True), bytes(LENGTH))
    assert status(disk)[:3] == [(0, 10, MAPPED), (10, 20, DEALLOCATED), (30, 70, MAPPED)]
    assert disk.read(9, 22) == pattern(100)[9 * LENGTH:10 * LENGTH] + bytes(20 * LENGTH) + pattern(100)[
        30 * LENGTH:31 * LENGTH]
    # Blocks that were unmapped would read as zeros, and not as what was sent.
    disk.good(same(table, 10, 20, unmap=True), pattern(1))
    assert disk.read(10, 20) == pattern(1) * 20
    assert status(disk)[0] == (0, 100, MAPPED)


@BOTH
def test_write_same_unmaps_without_a_block(table) -> None:
    disk = Disk(provisioning="thin")
    disk.write(0, pattern(8))
    disk.good(same(table, 0, 8, unmap=True))
    assert status(disk) == [(0, BLOCKS, DEALLOCATED)]


def test_write_same_without_unmap_maps_zeros() -> None:
    disk = Disk(provisioning="thin")
    disk.good(same(WRITE_SAME_16, 0, 8, ndob=True))
    assert status(disk)[0] == (0, 8, MAPPED)


@BOTH
@pytest.mark.parametrize("kind, unmapping, anchor, refused", [
    ("full", True, False, (1, 3)), ("full", False, True, (1, 4)), ("thin", False, True, (1, 4)),
    ("thin", True, True, (1, 4)), ("resource", False, True, (1, 4)), ("resource", True, True, None)])
def test_unmap_and_anchor_bits(table, kind, unmapping, anchor, refused) -> None:
    task = Disk(provisioning=kind).send(same(table, 0, 1, unmap=unmapping, anchor=anchor), bytes(LENGTH))
    if refused is None:
        assert task.status == 0
    else:
        assert task.codes == INVALID_FIELD_IN_CDB
        assert field(task) == refused


# -- UNMAP


def test_unmap_makes_blocks_zeros() -> None:
    disk = Disk(provisioning="thin")
    disk.write(0, pattern(100))
    assert disk.wanted(UNMAP.encode(parameter_list_length=40)) == 40
    flushes = disk.flushes
    assert unmap(disk, (10, 5), (50, 1), (12, 10), (7, 0)).status == 0
    assert disk.flushes == flushes + 1
    left = pattern(100)
    expected = left[:10 * LENGTH] + bytes(12 * LENGTH) + left[22 * LENGTH:50 * LENGTH] + bytes(LENGTH)
    assert disk.read(0, 100) == expected + left[51 * LENGTH:]
    assert status(disk)[:4] == [(0, 10, MAPPED), (10, 12, DEALLOCATED), (22, 28, MAPPED), (50, 1, DEALLOCATED)]


def test_all_of_a_list_is_looked_at_before_anything_is_unmapped() -> None:
    disk = Disk(provisioning="thin", maximum_unmap_blocks=50, maximum_unmap_descriptors=3)
    disk.write(0, pattern(8))
    assert unmap(disk, (0, 8), (BLOCKS - 1, 2)).codes == OUT_OF_RANGE
    task = unmap(disk, (0, 8), (100, 43))
    assert task.codes == INVALID_FIELD_IN_LIST
    assert task.sense.field_pointer.byte == 8 + 16 + 8
    assert not task.sense.field_pointer.in_cdb
    task = unmap(disk, (0, 1), (1, 1), (2, 1), (3, 1))
    assert task.codes == INVALID_FIELD_IN_LIST
    assert task.sense.field_pointer.byte == 2
    disk.write_protected = True
    assert unmap(disk, (0, 8)).codes == WRITE_PROTECTED
    assert disk.read(0, 8) == pattern(8)
    disk.write_protected = False
    assert unmap(disk, (0, 8), (100, 42)).status == 0
    assert disk.read(0, 8) == bytes(8 * LENGTH)


def test_the_length_of_a_list() -> None:
    disk = Disk(provisioning="thin")
    data = encode_unmap_list([(0, 1)])
    assert disk.send(UNMAP.encode(parameter_list_length=0)).status == 0
    for length in range(1, 8):
        assert disk.send(UNMAP.encode(parameter_list_length=length), data[:length]).codes == (
            PARAMETER_LIST_LENGTH_ERROR)
    # An incomplete descriptor is ignored, but what was announced must come.
    assert disk.send(UNMAP.encode(parameter_list_length=23), data[:23]).status == 0
    assert disk.send(UNMAP.encode(parameter_list_length=24), data[:23]).codes == PARAMETER_LIST_LENGTH_ERROR
    assert unmap(disk).status == 0


def test_no_blocks_at_the_very_end_are_no_error() -> None:
    disk = Disk(provisioning="thin")
    assert unmap(disk, (BLOCKS, 0)).status == 0
    assert unmap(disk, (BLOCKS + 1, 0)).codes == OUT_OF_RANGE


@pytest.mark.parametrize("kind, refused", [("thin", True), ("resource", False)])
def test_anchor_of_unmap(kind, refused) -> None:
    task = unmap(Disk(provisioning=kind), (0, 1), anchor=True)
    assert (task.status != 0) is refused
    if refused:
        assert task.codes == INVALID_FIELD_IN_CDB
        assert field(task) == (1, 0)


def test_a_bad_block_that_is_unmapped_can_be_read_and_is_not_reassigned() -> None:
    disk = Disk(provisioning="thin", unreadable=[5])
    assert unmap(disk, (0, 8)).status == 0
    assert disk.read(5) == bytes(LENGTH)
    assert disk.blocks.reassigned() == []


# -- GET LBA STATUS


def test_the_status_of_a_new_disk() -> None:
    assert status(Disk(provisioning="thin")) == [(0, BLOCKS, DEALLOCATED)]
    assert status(Disk(provisioning="resource")) == [(0, BLOCKS, ANCHORED)]


def test_the_status_begins_at_the_block_that_was_asked_for() -> None:
    disk = Disk(provisioning="thin")
    disk.write(10, pattern(10))
    assert status(disk, 15) == [(15, 5, MAPPED), (20, BLOCKS - 20, DEALLOCATED)]
    assert status(disk, BLOCKS - 1) == [(BLOCKS - 1, 1, DEALLOCATED)]
    for lba in (BLOCKS, (1 << 64) - 1):
        request = GET_LBA_STATUS.encode(starting_logical_block_address=lba, allocation_length=24)
        assert disk.send(request).codes == OUT_OF_RANGE


@pytest.mark.parametrize("allocation, extents, condition", [(24, 1, 1), (39, 1, 1), (40, 2, 1), (56, 3, 3), (99, 3, 3)])
def test_the_answer_has_the_extents_that_there_is_room_for(allocation, extents, condition) -> None:
    disk = Disk(provisioning="thin")
    disk.write(10, pattern(10))
    data = disk.good(GET_LBA_STATUS.encode(allocation_length=allocation))
    values = decode_lba_status(data, [])
    assert len(values["extents"]) == extents
    assert values["completion_condition"]["value"] == condition
    assert len(data) == 8 + 16 * extents


@pytest.mark.parametrize("allocation", [0, 4, 8, 23])
def test_an_answer_with_no_room_is_cut(allocation) -> None:
    assert len(Disk(provisioning="thin").good(GET_LBA_STATUS.encode(allocation_length=allocation))) == allocation


def test_reports_of_one_kind() -> None:
    disk = Disk(provisioning="thin", unreadable=[{"lba": 12, "length": 2}, 500])
    disk.medium.write(10, pattern(10))
    assert status(disk, report=2) == [(10, 10, MAPPED)]
    assert status(disk, report=3) == [(0, 10, DEALLOCATED), (20, BLOCKS - 20, DEALLOCATED)]
    assert status(disk, report=4) == []
    assert status(disk, report=0x10) == [(12, 2, MAPPED), (500, 1, DEALLOCATED)]
    task = disk.send(GET_LBA_STATUS.encode(allocation_length=24, report_type=5))
    assert task.codes == INVALID_FIELD_IN_CDB
    assert field(task) == (14, None)
    assert disk.send(bytes.fromhex("8800000000000000000c0000000100 00")).codes == UNRECOVERED_READ


def test_an_extent_that_one_descriptor_cannot_tell() -> None:
    disk = Disk(CountingMedium(LENGTH, 1 << 33), provisioning="thin")
    assert status(disk) == [(0, 0xFFFFFFFF, DEALLOCATED), (0xFFFFFFFF, 0xFFFFFFFF, DEALLOCATED),
                            (0x1FFFFFFFE, 2, DEALLOCATED)]


# -- what the disk tells of it


@pytest.mark.parametrize("kind, value", [("full", 0), ("resource", 1), ("thin", 2)])
def test_pages_and_capacity_agree_with_the_commands(kind, value) -> None:
    disk = Disk(provisioning=kind, physical_block_exponent=3, unmap_alignment_blocks=7, maximum_unmap_descriptors=9)
    has = kind != "full"
    page = decode_logical_block_provisioning(disk.blocks.vpd_pages()[0xB2](), [])
    assert page["provisioning_type"]["value"] == value
    assert (page["lbpu"], page["lbpws"], page["lbpws10"], page["lbprz"]) == (has, has, has, int(has))
    assert page["anc_sup"] is (kind == "resource")
    limits = decode_block_limits(disk.blocks.vpd_pages()[0xB0](), [])
    assert limits["maximum_unmap_block_descriptor_count"] == (9 if has else 0)
    assert bool(limits["maximum_unmap_lba_count"]) is has
    assert limits["optimal_unmap_granularity_blocks"] == (8 if has else None)
    assert limits["unmap_granularity_alignment_blocks"] == (7 if has else None)
    capacity = decode_read_capacity_16(disk.good(READ_CAPACITY_16.encode(allocation_length=32)), [])
    assert (capacity["lbpme"], capacity["lbprz"]) == (has, has)
    codes = {unmap(disk, (0, 1)).status, disk.send(GET_LBA_STATUS.encode(allocation_length=24)).status}
    assert codes == ({0} if has else {2})
    if not has:
        assert unmap(disk, (0, 1)).codes == INVALID_OPERATION_CODE

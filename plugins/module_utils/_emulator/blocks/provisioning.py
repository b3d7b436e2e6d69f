# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WRITE SAME, UNMAP and GET LBA STATUS: blocks that are mapped or not (SBC-5 4.7, 5).

A fully provisioned disk has only WRITE SAME. Other disks read unmapped blocks as zeros (LBPRZ). UNMAP unmaps exactly
the blocks that it names, whatever granularity the disk recommends. On a resource provisioned disk all unmapped blocks
are anchored; on a thin provisioned one none are, and ANCHOR is refused.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from ..._scsi.block_commands_provisioning import (
    ALL_LBAS,
    ANCHORED,
    BY_ALLOCATION_LENGTH,
    BY_CAPACITY,
    DEALLOCATED,
    GET_LBA_STATUS,
    GET_LBA_STATUS_ACTION,
    LBA_STATUS_DESCRIPTOR,
    LBA_STATUS_HEADER,
    MAPPED_OR_UNKNOWN,
    MAY_CONTAIN_UNRECOVERED_ERRORS,
    REPORT_ANCHORED,
    REPORT_DEALLOCATED,
    REPORT_MAPPED,
    REPORT_TYPES,
    REPORT_UNRECOVERED,
    UNMAP,
    UNMAP_HEADER,
    WRITE_SAME_10,
    WRITE_SAME_16,
    decode_unmap_list,
    encode_lba_status,
)
from ..._scsi.sense_keys import ILLEGAL_REQUEST
from ..._scsi.table import Table
from ..._scsi.vpd_logical_block_provisioning import FULL, RESOURCE
from ..contract import Task
from ..feature import Check, Code, Feature, Handler, invalid_field_in_cdb, invalid_field_in_parameter_list
from .access import MediumAccess
from .request import BlockRequest

_WRITE_SAME_10, _WRITE_SAME_16, _UNMAP, _SERVICE_ACTION_IN = (0x41, None), (0x93, None), (0x42, None), 0x9E
_ANCHOR_BIT, _UNMAP_BIT = 4, 3
_PARAMETER_LIST_LENGTH_ERROR = (0x05, 0x1A, 0x00)
_LONGEST_EXTENT = 0xFFFFFFFF
#: The most extents in one answer, whatever the allocation length: the initiator asks again for the rest.
_MOST_EXTENTS = 4096
_STATUS_OF_REPORT = {REPORT_MAPPED: MAPPED_OR_UNKNOWN, REPORT_DEALLOCATED: DEALLOCATED, REPORT_ANCHORED: ANCHORED}


class Provisioning(Feature):
    """The commands that map and unmap blocks."""

    name = "provisioning"

    def __init__(self, access: MediumAccess) -> None:
        super().__init__()
        self._access = access
        kind = access.settings.provisioning
        self._thin = kind != FULL
        self._anchors = kind == RESOURCE

    def commands(self) -> Mapping[Code, Handler]:
        found: dict[Code, Handler] = {
            _WRITE_SAME_10: lambda task: self._write_same(task, WRITE_SAME_10),
            _WRITE_SAME_16: lambda task: self._write_same(task, WRITE_SAME_16)}
        if self._thin:
            found[_UNMAP] = self._unmap
            found[_SERVICE_ACTION_IN, GET_LBA_STATUS_ACTION] = self._lba_status
        return found

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        length = self._access.medium.block_length
        return {
            _WRITE_SAME_10: lambda cdb: length,
            _WRITE_SAME_16: lambda cdb: 0 if WRITE_SAME_16.decode(cdb)["ndob"] else length,
            _UNMAP: lambda cdb: int(UNMAP.decode(cdb)["parameter_list_length"])}

    # -- WRITE SAME

    def _write_same(self, task: Task, table: Table) -> bytes:
        access = self._access
        request = BlockRequest(table, task.cdb)
        values = request.values
        access.check_flags(request)
        if values["unmap"] and not self._thin:
            raise invalid_field_in_cdb(1, _UNMAP_BIT)
        if values["anchor"] and not (values["unmap"] and self._anchors):
            raise invalid_field_in_cdb(1, _ANCHOR_BIT)
        if not request.count and not access.settings.write_same_zero:
            raise request.refuse_count()
        access.check_range(request.lba, request.count)
        count = request.count or access.medium.blocks - request.lba
        if count > access.settings.maximum_write_same:
            raise request.refuse_count()
        access.check_writable()
        block = self._block(task, request)
        if values["unmap"] and not any(block):
            access.unmap(request.lba, count)
        else:
            # Unmapped blocks read as zeros, so blocks that hold anything else are written.
            access.fill(request.lba, count, block)
        access.usage.write_commands += 1
        access.usage.bytes_written += len(task.data_out)
        access.settle()
        return b""

    def _block(self, task: Task, request: BlockRequest) -> bytes:
        """The block to write. An initiator that sets UNMAP need not send one."""
        length = self._access.medium.block_length
        if request.values.get("ndob"):
            request.check_data(task, 0)
        elif not (request.values["unmap"] and not task.writes):
            request.check_data(task, length)
        return task.data_out or bytes(length)

    # -- UNMAP

    def _unmap(self, task: Task) -> bytes:
        access = self._access
        values = UNMAP.decode(task.cdb)
        if values["anchor"] and not self._anchors:
            raise invalid_field_in_cdb(1, 0)
        access.check_writable()
        length = values["parameter_list_length"]
        if not length:
            return b""
        if length < UNMAP_HEADER.size or len(task.data_out) < length:
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        extents = decode_unmap_list(task.data_out[:length])
        if len(extents) > access.settings.maximum_unmap_descriptors:
            raise invalid_field_in_parameter_list(2)
        total = 0
        for place, (lba, count) in enumerate(extents):
            # All are checked before any is unmapped.
            access.check_range(lba, count)
            total += count
            if total > access.settings.maximum_unmap_blocks:
                raise invalid_field_in_parameter_list(UNMAP_HEADER.size + place * 16 + 8)
        for lba, count in extents:
            access.unmap(lba, count)
        access.settle()
        return b""

    # -- GET LBA STATUS

    def _lba_status(self, task: Task) -> bytes:
        values = GET_LBA_STATUS.decode(task.cdb)
        start, report, allocation = (
            values["starting_logical_block_address"], values["report_type"], values["allocation_length"])
        if report not in REPORT_TYPES:
            raise invalid_field_in_cdb(14)
        if start >= self._access.medium.blocks:
            raise Check(ILLEGAL_REQUEST, 0x21, 0x00)
        room = max(1, min(_MOST_EXTENTS, (allocation - LBA_STATUS_HEADER.size) // LBA_STATUS_DESCRIPTOR.size))
        extents: list[Mapping[str, Any]] = []
        condition = BY_CAPACITY
        for lba, count, status, additional in self._extents(start, report):
            if len(extents) == room:
                condition = BY_ALLOCATION_LENGTH
                break
            extents.append({"lba_status_logical_block_address": lba, "number_of_logical_blocks": count,
                            "provisioning_status": status, "additional_status": additional})
        return encode_lba_status(extents, condition, rtp=True)[:allocation]

    def _extents(self, start: int, report: int) -> Iterator[tuple[int, int, int, int]]:
        """Extents as LBA, number of blocks, provisioning status and additional status."""
        if report == REPORT_UNRECOVERED:
            for first, last in self._access.unreadable(start, self._access.medium.blocks):
                yield first, last - first, self._status(first), MAY_CONTAIN_UNRECOVERED_ERRORS
            return
        lba = start
        while lba < self._access.medium.blocks:
            count = min(self._access.medium.mapped(lba)[1], _LONGEST_EXTENT)
            status = self._status(lba)
            if report == ALL_LBAS or status == _STATUS_OF_REPORT[report]:
                yield lba, count, status, 0
            lba += count

    def _status(self, lba: int) -> int:
        if self._access.medium.mapped(lba)[0]:
            # The code of SBC-3, which initiators know; SBC-4 adds one for blocks that are known to be mapped.
            return MAPPED_OR_UNKNOWN
        return ANCHORED if self._anchors else DEALLOCATED

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the copy manager share: disks, a drive with a copy manager, and the commands it is sent."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.medium import MemoryMedium
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD, Nexus
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.copy.manager import CopyManager
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.copy.rod_tokens import UnitRegistry
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Check, Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_lid4, receive_copy_results
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.copy_cscds import encode_identification
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.copy_segments import SEGMENTS
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.extended_copy import (
    COPY_OPERATION_ABORT,
    EXTENDED_COPY,
    encode_parameter_list_lid1,
    encode_parameter_list_lid4,
)

from .bench import ONE, Bench, FakeTask, FakeTimers

LID1, LID4 = receive_copy_results.RECEIVE_COPY_RESULTS, receive_copy_results.RECEIVE_COPY_RESULTS_LID4
INVALID_FIELD_IN_CDB = (0x05, 0x24, 0x00)
IN_PROGRESS = (0x05, 0x00, 0x16)


class BadMedium(MemoryMedium):
    """One that cannot read some blocks."""

    unreadable: Sequence[int] = ()

    def read(self, lba: int, count: int) -> bytes:
        for bad in self.unreadable:
            if lba <= bad < lba + count:
                raise Check(0x03, 0x11, 0x00, information=bad)
        return super().read(lba, count)


class Disk:
    """A logical unit, as copy managers see it."""

    peripheral_device_type = 0

    def __init__(self, number: int, block_length: int = 512, blocks: int = 1 << 16) -> None:
        self.designator = bytes.fromhex(f"5000c5000000000{number:x}")
        self.medium = BadMedium(block_length, blocks)
        self.refuses_reads: Any = None
        self.refuses_writes: Any = None
        self.settled = 0

    def ready(self, nexus: Nexus, writes: bool) -> Any:
        return self.refuses_writes if writes else self.refuses_reads

    def changed(self) -> None:
        self.settled += 1

    def fill(self, lba: int, count: int, seed: int = 0) -> bytes:
        """Blocks of which no two bytes near each other are alike."""
        size = count * self.medium.block_length
        data = b"".join((number * 2654435761 + seed & 0xFFFFFFFF).to_bytes(4, "big") for number in range(size // 4 + 1))
        self.medium.write(lba, data[:size])
        return data[:size]

    def read(self, lba: int, count: int) -> bytes:
        return self.medium.read(lba, count)

    def cscd(self, **values: Any) -> bytes:
        given: dict[str, Any] = {
            "code_set": 1, "designator_type": 3, "designator": self.designator.hex(),
            "disk_block_length": self.medium.block_length}
        given.update(values)
        return encode_identification(given)


class Copier(Bench):
    """A drive with a copy manager, and another disk of the same server. Its own disk is CSCD 0, the other is 1."""

    def __init__(self, own: Disk | None = None, other: Disk | None = None, state: Any = None,
                 registry: UnitRegistry | None = None, descriptor_sense: bool = False, now: float = 1000.0,
                 **settings: Any) -> None:
        self.own, self.other = own or Disk(1), other or Disk(2)
        self.registry = registry or UnitRegistry()
        for disk in (self.own, self.other):
            self.registry.put(disk)
        timers = FakeTimers(now)
        clock = Clock(timers, offset_seconds=0 if state is None else state["clock"])
        self.manager = CopyManager(clock, settings, self.registry, self.own)
        super().__init__(self.manager, timers=timers, clock=clock, state=state, descriptor_sense=descriptor_sense)

    # -- EXTENDED COPY

    @property
    def cscds(self) -> list[bytes]:
        return [self.own.cscd(), self.other.cscd()]

    def lid1(self, segments: Sequence[bytes], cscds: Sequence[bytes] | None = None, by: Nexus = ONE,
             **header: Any) -> FakeTask:
        header.setdefault("list_identifier", 0 if header.get("list_id_usage") == 3 else 7)
        return self.out(0x00, encode_parameter_list_lid1(
            header, self.cscds if cscds is None else cscds, segments), by)

    def lid4(self, segments: Sequence[bytes], cscds: Sequence[bytes] | None = None, by: Nexus = ONE,
             **header: Any) -> FakeTask:
        header.setdefault("list_identifier", 0 if header.get("list_id_usage") == 3 else 0x12345678)
        return self.out(0x01, encode_parameter_list_lid4(
            header, self.cscds if cscds is None else cscds, segments), by)

    def out(self, action: int, parameter_list: bytes, by: Nexus = ONE, length: int | None = None) -> FakeTask:
        cdb = EXTENDED_COPY.encode(
            service_action=action, parameter_list_length=len(parameter_list) if length is None else length)
        return self.send(cdb, parameter_list, by)

    def done(self, task: FakeTask) -> FakeTask:
        """The task, after no time, but all its turns."""
        self.timers.pass_time(0)
        return task

    def copied(self, task: FakeTask) -> None:
        """The task must end with GOOD."""
        assert self.done(task).status == GOOD, task.sense

    def abort_copy(self, identifier: int, by: Nexus = ONE) -> FakeTask:
        return self.send(COPY_OPERATION_ABORT.encode(list_identifier=identifier), by=by)

    # -- RECEIVE COPY RESULTS

    def ask(self, action: int, identifier: int = 7, allocation: int = 1 << 20, by: Nexus = ONE) -> FakeTask:
        table = LID1 if action < receive_copy_results.COPY_STATUS_LID4 else LID4
        return self.send(table.encode(
            service_action=action, list_identifier=identifier, allocation_length=allocation), by=by)

    def status(self, identifier: int = 7, by: Nexus = ONE) -> Mapping[str, Any]:
        return self._decoded(receive_copy_results.decode_copy_status, self.ask(0x00, identifier, by=by))

    def status4(self, identifier: int = 0x12345678, by: Nexus = ONE) -> Mapping[str, Any]:
        return self._decoded(receive_copy_lid4.decode_copy_status_lid4, self.ask(0x05, identifier, by=by))

    def details(self, identifier: int = 7) -> Mapping[str, Any]:
        return self._decoded(receive_copy_results.decode_failure_details, self.ask(0x04, identifier))

    def state4(self, identifier: int = 0x12345678) -> tuple[int, int]:
        """The operation's status, and how many bytes have been copied."""
        values = self.status4(identifier)
        return values["copy_operation_status"]["value"], values["transfer_count"]

    @staticmethod
    def _decoded(decode: Any, task: FakeTask) -> Mapping[str, Any]:
        assert task.status == GOOD, task.sense
        warnings: list[str] = []
        values: Mapping[str, Any] = decode(task.data, warnings)
        assert warnings == []
        return values


def blocks(source: int, destination: int, count: int, read_at: int = 0, write_at: int = 0, kind: int = 0x02,
           **flags: Any) -> bytes:
    """A segment of type 02h or 0Dh."""
    return SEGMENTS[kind].encode(
        source_cscd_descriptor_id=source, destination_cscd_descriptor_id=destination,
        block_device_number_of_blocks=count, source_block_device_logical_block_address=read_at,
        destination_block_device_logical_block_address=write_at, **flags)


def octets(source: int, destination: int, count: int, read_at: tuple[int, int], write_at: tuple[int, int],
           **flags: Any) -> bytes:
    """A segment of type 0Ah; each place is a block and a byte in it."""
    return SEGMENTS[0x0A].encode(
        source_cscd_descriptor_id=source, destination_cscd_descriptor_id=destination, number_of_bytes=count,
        source_block_device_logical_block_address=read_at[0], source_block_device_byte_offset=read_at[1],
        destination_block_device_logical_block_address=write_at[0],
        destination_block_device_byte_offset=write_at[1], **flags)


def verify(source: int, tur: bool = True) -> bytes:
    """A segment of type 07h."""
    return SEGMENTS[0x07].encode(source_cscd_descriptor_id=source, tur=tur)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One SCSI task: fetches its data, passes it to the unit, sends its answer (RFC 7143 11.3, 11.4, 11.7, 11.8)."""

from __future__ import annotations

import logging
from typing import Iterable, Iterator, Protocol

from ..._iscsi import pdu
from ..._iscsi.negotiation import Parameters
from ..._scsi.sense_encode import encode_fixed_sense
from ..contract import BUSY, CHECK_CONDITION, CONDITION_MET, GOOD, Nexus, ServedUnit, Task
from ..wire_faults import WireFaultState

_LOG = logging.getLogger(__name__)

# Sense data for errors of the server itself.
_INTERNAL_TARGET_FAILURE = encode_fixed_sense(0x04, 0x44, 0x00)
_INVALID_FIELD_IN_CDB = encode_fixed_sense(0x05, 0x24, 0x00)
# RFC 7143 11.4.7.2: what a target reports about data that was corrupted or lost.
_CRC_ERROR = encode_fixed_sense(0x0B, 0x47, 0x05)


class SequenceError(Exception):
    """Unexpected Data-Out: a protocol error, which closes the connection (RFC 7143 7.9)."""


class TaskHome(Protocol):
    """What a task needs from the session that it belongs to."""

    @property
    def parameters(self) -> Parameters:
        """What was negotiated at login."""

    def new_tag(self) -> int:
        """A target transfer tag; unique among those that can be in use."""

    def reserve(self, length: int) -> int | None:
        """Reserves memory for a task's data-out. Returns the status to refuse the task with if there is none."""

    def forget(self, task: ScsiTask, reserved: int) -> None:
        """Frees the tag, the place in the window and the reserved memory of a task that has ended."""

    def queue(self, messages: Iterable[pdu.Pdu], wire_faults: WireFaultState | None = None, length: int = 0) -> None:
        """Sends PDUs, each built when its turn comes. ``length``: the bytes of data in them."""


class ScsiTask(Task):
    """A task with its iSCSI side: its data-out, its answer."""

    def __init__(self, home: TaskHome, nexus: Nexus, lun: int | None, unit: ServedUnit, command: pdu.Pdu) -> None:
        super().__init__(
            nexus=nexus, lun=lun, cdb=command["cdb"] + command.extended_cdb,
            expected_length=command["expected_data_transfer_length"], reads=command["read"], writes=command["write"],
            tag=command["initiator_task_tag"])
        self.unit = unit
        self.command = command
        self.immediate: bool = command["immediate"]
        self.submitted = False
        self._home = home
        self._buffer = bytearray()
        #: How much of the data-out the unit wants, and how much we fetch.
        self._wanted = 0
        self._needed = 0
        #: How much has arrived, including what is not needed.
        self._arrived = 0
        self._sequence_end = 0
        self._unsolicited = False
        self._data_sn = 0
        self._transfer_tag = pdu.NO_TAG
        self._r2t_sn = 0
        self._sense: bytes | None = None

    # -- data-out

    def begin(self) -> None:
        """Takes the immediate data and requests more, or passes the task to the unit."""
        if self.writes:
            try:
                self._wanted = max(0, self.unit.wanted(self.cdb, self.expected_length))
            except Exception:
                self._fail()
                return
            self._needed = min(self._wanted, self.expected_length)
            refusal = self._home.reserve(self._needed)
            if refusal is not None:
                self._needed = 0
                if refusal == CHECK_CONDITION:
                    self._sense = _INVALID_FIELD_IN_CDB
                else:
                    self._sense = b""
            self._store(self.command.data)
            self._unsolicited = not self.command["final"]
            self._sequence_end = min(self._home.parameters.first_burst, self.expected_length)
        self.command.data = b""
        if not self._unsolicited:
            self._go_on()

    def take(self, data: pdu.Pdu) -> None:
        """Takes a Data-Out. Raises SequenceError."""
        length = len(data.data)
        if data["target_transfer_tag"] != self._transfer_tag or not (
                self._unsolicited or self._transfer_tag != pdu.NO_TAG):
            raise SequenceError("Data-Out that was not requested")
        if self._arrived + length > self._sequence_end:
            raise SequenceError("more data than was requested")
        solicited = self._transfer_tag != pdu.NO_TAG
        if (not data.intact or data["data_sn"] != self._data_sn or data["buffer_offset"] != self._arrived
                or solicited and data["final"] != (self._arrived + length == self._sequence_end)):
            # Part of the sequence is lost. The task fails once all the requested data has arrived (7.7, 7.8).
            self._sense = _CRC_ERROR
        self._data_sn += 1
        self._store(data.data)
        if data["final"]:
            self._unsolicited = False
            self._transfer_tag = pdu.NO_TAG
            self._go_on()

    def _store(self, data: bytes) -> None:
        self._buffer += data[:max(0, self._needed - self._arrived)]
        self._arrived += len(data)

    def _go_on(self) -> None:
        if self._sense is not None:
            self.complete(CHECK_CONDITION if self._sense else BUSY, sense=self._sense)
        elif self._arrived < self._needed:
            self._ask()
        else:
            self.submit()

    def _ask(self) -> None:
        length = min(self._home.parameters.maximum_burst, self._needed - self._arrived)
        self._sequence_end = self._arrived + length
        self._data_sn = 0
        self._transfer_tag = self._home.new_tag()
        self._home.queue(iter((pdu.Pdu(
            pdu.R2T, lun=self.command["lun"], initiator_task_tag=self.tag, target_transfer_tag=self._transfer_tag,
            r2t_sn=self._r2t_sn, buffer_offset=self._arrived, desired_data_transfer_length=length),)))
        self._r2t_sn += 1

    # -- the unit

    def submit(self) -> None:
        """Passes the task to its unit."""
        self.data_out = bytes(self._buffer)
        self._buffer = bytearray()
        self.submitted = True
        try:
            self.unit.submit(self)
        except Exception:
            self._fail()

    def _fail(self) -> None:
        _LOG.exception("the device model failed in command %s", self.cdb.hex())
        self.complete(CHECK_CONDITION, sense=_INTERNAL_TARGET_FAILURE)

    def abort(self) -> None:
        """Ends the task without a status; its unit is notified if it had received the task."""
        if self.done:
            return
        self._end()
        if self.submitted:
            try:
                self.unit.abort(self)
            except Exception:
                _LOG.exception("the device model failed to abort command %s", self.cdb.hex())

    def complete(self, status: int, data: bytes = b"", sense: bytes = b"") -> None:
        if self.done:
            return
        self._end()
        wire_faults = WireFaultState(self.wire_faults) if self.wire_faults is not None else None
        self._home.queue(self._answer(status, data, sense), wire_faults, len(data))

    def _end(self) -> None:
        self.done = True
        self._home.forget(self, self._needed)

    # -- the answer

    def _answer(self, status: int, data: bytes, sense: bytes) -> Iterator[pdu.Pdu]:
        residual = self._residual(len(data))
        if self.wire_faults is not None and self.wire_faults.reject is not None:
            yield pdu.Pdu(pdu.REJECT, self.command.header, reason=self.wire_faults.reject)
        sent = 0
        if self.reads and data:
            # The last data carries the status only if there is no sense data (11.7.1 allows nothing else).
            with_status = status in (GOOD, CONDITION_MET) and not sense
            for part in self._data_in(data[:self.expected_length]):
                sent += 1
                if with_status and part["buffer_offset"] + len(part.data) == min(len(data), self.expected_length):
                    part.fields.update(residual, has_status=True, status=status)
                yield part
            if sent and with_status:
                return
        response = pdu.Pdu(
            pdu.SCSI_RESPONSE, len(sense).to_bytes(2, "big") + sense if sense else b"",
            initiator_task_tag=self.tag, status=status, exp_data_sn=sent or self._r2t_sn)
        response.fields.update(residual)
        yield response

    def _data_in(self, data: bytes) -> Iterator[pdu.Pdu]:
        parameters = self._home.parameters
        view = memoryview(data)
        burst = 0
        offset = 0
        number = 0
        while offset < len(data):
            length = min(parameters.maximum_send, parameters.maximum_burst - burst, len(data) - offset)
            burst += length
            final = burst == parameters.maximum_burst or offset + length == len(data)
            yield pdu.Pdu(
                pdu.DATA_IN, bytes(view[offset:offset + length]), final=final, lun=0, initiator_task_tag=self.tag,
                target_transfer_tag=pdu.NO_TAG, data_sn=number, buffer_offset=offset)
            if final:
                burst = 0
            offset += length
            number += 1

    def _residual(self, length: int) -> dict[str, int]:
        """The residual: what was expected and not transferred, or the other way round (11.4.5)."""
        moved = self._wanted if self.writes else length
        difference = moved - self.expected_length
        if difference > 0:
            return {"overflow": True, "residual_count": difference}
        if difference < 0:
            return {"underflow": True, "residual_count": -difference}
        return {}

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on the wire: every PDU that the server sends or receives passes through here.

A device model sets ``task.wire_faults``; a test or an operator gives the server its own `Hooks`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Union

from .._iscsi import pdu, serial

CLOSE = "close"


@dataclass
class Outgoing:
    """A numbered PDU about to be sent; what a hook changes in it is sent as it is."""

    pdu: pdu.Pdu
    spoil_header_digest: bool = False
    spoil_data_digest: bool = False
    #: Bytes to send in its place.
    raw: bytes | None = None


#: What to do in place of sending a PDU: send these PDUs, or `CLOSE` the connection.
Verdict = List[Union[Outgoing, str]]


@dataclass(frozen=True)
class WireFaults:
    """What goes wrong when one task is answered.

    ``silence``: nothing is sent. ``drop``: the connection is closed instead of the first PDU. ``drop_after``: after
    that many PDUs. The offsets are added to the numbers of the PDUs from ``from_pdu`` on. ``residual`` replaces the
    residual count, ``underflow`` and ``overflow`` its flags. ``sense_length`` replaces SenseLength. ``extra_data`` is
    added to the last Data-In. ``reject``: a Reject with this reason comes first.
    """

    silence: bool = False
    drop: bool = False
    drop_after: int | None = None
    from_pdu: int = 0
    data_sn_offset: int = 0
    buffer_offset_offset: int = 0
    stat_sn_offset: int = 0
    task_tag_offset: int = 0
    residual: int | None = None
    underflow: bool | None = None
    overflow: bool | None = None
    response: int | None = None
    sense_length: int | None = None
    extra_data: bytes = b""
    reject: int | None = None
    spoil_header_digest: bool = False
    spoil_data_digest: bool = False

    def apply(self, outgoing: Outgoing, position: int) -> Verdict:
        """What to send for the task's PDU number ``position``."""
        if self.silence:
            return []
        if self.drop or self.drop_after is not None and position >= self.drop_after:
            return [CLOSE]
        if position < self.from_pdu:
            return [outgoing]
        self._change(outgoing.pdu)
        outgoing.spoil_header_digest |= self.spoil_header_digest
        outgoing.spoil_data_digest |= self.spoil_data_digest
        return [outgoing]

    def _change(self, changed: pdu.Pdu) -> None:
        fields = changed.fields
        for name, offset in (("data_sn", self.data_sn_offset), ("buffer_offset", self.buffer_offset_offset),
                             ("stat_sn", self.stat_sn_offset), ("initiator_task_tag", self.task_tag_offset)):
            if offset:
                fields[name] = serial.add(fields.get(name, 0), offset)
        if changed.opcode == pdu.SCSI_RESPONSE or changed.opcode == pdu.DATA_IN and fields.get("has_status"):
            for name, value in (("residual_count", self.residual), ("underflow", self.underflow),
                                ("overflow", self.overflow)):
                if value is not None:
                    fields[name] = value
        if changed.opcode == pdu.SCSI_RESPONSE:
            if self.response is not None:
                fields["response"] = self.response
            if self.sense_length is not None:
                changed.data = self.sense_length.to_bytes(2, "big") + changed.data[2:]
        if changed.opcode == pdu.DATA_IN and fields.get("final"):
            changed.data += self.extra_data


class Hooks:
    """What may be put between the server and the wire, by an operator or a test. The defaults let everything pass."""

    def received(self, connection: object, request: pdu.Pdu) -> bool:
        """False to drop the PDU as if it had never arrived."""
        del connection, request
        return True

    def sending(self, connection: object, outgoing: Outgoing) -> Verdict:
        """What to send in place of a PDU: itself, nothing, others, or CLOSE."""
        del connection
        return [outgoing]


@dataclass
class WireFaultState:
    """How many PDUs were sent for a task with faults."""

    wire_faults: WireFaults
    sent: int = field(default=0)

    def apply(self, outgoing: Outgoing) -> Verdict:
        """What to send for the task's next PDU."""
        self.sent += 1
        return self.wire_faults.apply(outgoing, self.sent - 1)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol data units of iSCSI: their headers as byte tables, and one PDU as a value (RFC 7143 section 11)."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._scsi.table import Field, Table, bits, flag, uint
from . import crc32c

# Opcodes (RFC 7143 11.2.1.2).
NOP_OUT = 0x00
SCSI_COMMAND = 0x01
TASK_MANAGEMENT_REQUEST = 0x02
LOGIN_REQUEST = 0x03
TEXT_REQUEST = 0x04
DATA_OUT = 0x05
LOGOUT_REQUEST = 0x06
SNACK_REQUEST = 0x10
NOP_IN = 0x20
SCSI_RESPONSE = 0x21
TASK_MANAGEMENT_RESPONSE = 0x22
LOGIN_RESPONSE = 0x23
TEXT_RESPONSE = 0x24
DATA_IN = 0x25
LOGOUT_RESPONSE = 0x26
R2T = 0x31
ASYNC_MESSAGE = 0x32
REJECT = 0x3F

#: The tag that stands for "no tag" (RFC 7143 11.2.1.8 and others).
NO_TAG = 0xFFFFFFFF
HEADER_LENGTH = 48
DIGEST_LENGTH = 4
#: The longest data segment that the 24-bit length allows.
MAXIMUM_DATA_SEGMENT = 0xFFFFFF

# Reasons of a Reject (11.17.1)
REJECT_DATA_DIGEST = 0x02
REJECT_SNACK = 0x03
REJECT_PROTOCOL_ERROR = 0x04
REJECT_NOT_SUPPORTED = 0x05
REJECT_IMMEDIATE = 0x06
REJECT_TASK_IN_PROGRESS = 0x07
REJECT_INVALID_FIELD = 0x09
REJECT_OUT_OF_RESOURCES = 0x0A
REJECT_WAITING_FOR_LOGOUT = 0x0C

REJECT_REASONS = {
    REJECT_DATA_DIGEST: "data digest error", REJECT_SNACK: "SNACK reject", REJECT_PROTOCOL_ERROR: "protocol error",
    REJECT_NOT_SUPPORTED: "command not supported", REJECT_IMMEDIATE: "too many immediate commands",
    REJECT_TASK_IN_PROGRESS: "task in progress", 0x08: "invalid data acknowledgement",
    REJECT_INVALID_FIELD: "invalid PDU field", REJECT_OUT_OF_RESOURCES: "out of resources",
    0x0B: "negotiation reset", REJECT_WAITING_FOR_LOGOUT: "waiting for logout",
}

# Events of an Asynchronous Message (11.9.1)
ASYNC_SCSI = 0
ASYNC_LOGOUT = 1
ASYNC_CONNECTION_DROPPED = 2
ASYNC_SESSION_DROPPED = 3
ASYNC_NEGOTIATE = 4


class octets(Field):
    """Bytes as they are."""

    __slots__ = ()

    def read(self, data: bytes) -> bytes:
        return data[self.first:self.last + 1]

    def write(self, data: bytearray, value: Any) -> None:
        if len(value) > self.width:
            raise ValueError(f"{self.name}: {len(value)} bytes do not fit {self.width}")
        data[self.first:self.last + 1] = bytes(value).ljust(self.width, b"\0")


def _header(title: str, source: str, opcode: int, *fields: Field, **constants: int) -> Table:
    """A basic header segment: the fields of all of them (RFC 7143 11.2.1), then those of this one."""
    return Table(
        title, "RFC 7143 " + source,
        flag("immediate", 0, 6),
        bits("opcode", 0, 5, 0),
        uint("total_ahs_length", 4),
        uint("data_segment_length", 5, 7),
        uint("initiator_task_tag", 16, 19),
        *fields, size=HEADER_LENGTH, opcode=opcode, **constants)


# The numbers that are at the same place in all requests, and in all responses.
_CMD_SN = uint("cmd_sn", 24, 27)
_EXP_STAT_SN = uint("exp_stat_sn", 28, 31)
_STAT_SN = uint("stat_sn", 24, 27)
_WINDOW = (uint("exp_cmd_sn", 28, 31), uint("max_cmd_sn", 32, 35))
_FINAL = flag("final", 1, 7)
_LUN = uint("lun", 8, 15)
_TRANSFER_TAG = uint("target_transfer_tag", 20, 23)

_LOGIN_STAGES = (flag("transit", 1, 7), flag("continue", 1, 6), bits("csg", 1, 3, 2), bits("nsg", 1, 1, 0))

_TABLES = (
    _header("SCSI Command", "11.3", SCSI_COMMAND,
            _FINAL, flag("read", 1, 6), flag("write", 1, 5), bits("attribute", 1, 2, 0), _LUN,
            uint("expected_data_transfer_length", 20, 23), _CMD_SN, _EXP_STAT_SN, octets("cdb", 32, 47)),
    _header("SCSI Response", "11.4", SCSI_RESPONSE,
            _FINAL, flag("bidirectional_overflow", 1, 4), flag("bidirectional_underflow", 1, 3),
            flag("overflow", 1, 2), flag("underflow", 1, 1), uint("response", 2), uint("status", 3),
            uint("snack_tag", 20, 23), _STAT_SN, *_WINDOW, uint("exp_data_sn", 36, 39),
            uint("bidirectional_residual_count", 40, 43), uint("residual_count", 44, 47), final=1),
    _header("Task Management Function Request", "11.5", TASK_MANAGEMENT_REQUEST,
            _FINAL, bits("function", 1, 6, 0), _LUN, uint("referenced_task_tag", 20, 23), _CMD_SN, _EXP_STAT_SN,
            uint("ref_cmd_sn", 32, 35), uint("exp_data_sn", 36, 39), final=1),
    _header("Task Management Function Response", "11.6", TASK_MANAGEMENT_RESPONSE,
            _FINAL, uint("response", 2), _STAT_SN, *_WINDOW, final=1),
    _header("SCSI Data-Out", "11.7", DATA_OUT,
            _FINAL, _LUN, _TRANSFER_TAG, _EXP_STAT_SN, uint("data_sn", 36, 39), uint("buffer_offset", 40, 43)),
    _header("SCSI Data-In", "11.7", DATA_IN,
            _FINAL, flag("acknowledge", 1, 6), flag("overflow", 1, 2), flag("underflow", 1, 1),
            flag("has_status", 1, 0), uint("status", 3), _LUN, _TRANSFER_TAG, _STAT_SN, *_WINDOW,
            uint("data_sn", 36, 39), uint("buffer_offset", 40, 43), uint("residual_count", 44, 47)),
    _header("Ready To Transfer", "11.8", R2T,
            _FINAL, _LUN, _TRANSFER_TAG, _STAT_SN, *_WINDOW, uint("r2t_sn", 36, 39), uint("buffer_offset", 40, 43),
            uint("desired_data_transfer_length", 44, 47), final=1),
    _header("Asynchronous Message", "11.9", ASYNC_MESSAGE,
            _FINAL, _LUN, _STAT_SN, *_WINDOW, uint("async_event", 36), uint("async_vendor_code", 37),
            uint("parameter_1", 38, 39), uint("parameter_2", 40, 41), uint("parameter_3", 42, 43), final=1,
            initiator_task_tag=NO_TAG),
    _header("Text Request", "11.10", TEXT_REQUEST,
            _FINAL, flag("continue", 1, 6), _LUN, _TRANSFER_TAG, _CMD_SN, _EXP_STAT_SN),
    _header("Text Response", "11.11", TEXT_RESPONSE,
            _FINAL, flag("continue", 1, 6), _LUN, _TRANSFER_TAG, _STAT_SN, *_WINDOW),
    _header("Login Request", "11.12", LOGIN_REQUEST,
            *_LOGIN_STAGES, uint("version_max", 2), uint("version_min", 3), octets("isid", 8, 13),
            uint("tsih", 14, 15), uint("cid", 20, 21), _CMD_SN, _EXP_STAT_SN, immediate=1),
    _header("Login Response", "11.13", LOGIN_RESPONSE,
            *_LOGIN_STAGES, uint("version_max", 2), uint("version_active", 3), octets("isid", 8, 13),
            uint("tsih", 14, 15), _STAT_SN, *_WINDOW, uint("status_class", 36), uint("status_detail", 37)),
    _header("Logout Request", "11.14", LOGOUT_REQUEST,
            _FINAL, bits("reason_code", 1, 6, 0), uint("cid", 20, 21), _CMD_SN, _EXP_STAT_SN, final=1),
    _header("Logout Response", "11.15", LOGOUT_RESPONSE,
            _FINAL, uint("response", 2), _STAT_SN, *_WINDOW, uint("time2wait", 40, 41), uint("time2retain", 42, 43),
            final=1),
    _header("SNACK Request", "11.16", SNACK_REQUEST,
            _FINAL, bits("type", 1, 3, 0), _LUN, _TRANSFER_TAG, _EXP_STAT_SN, uint("beg_run", 40, 43),
            uint("run_length", 44, 47), final=1),
    _header("Reject", "11.17", REJECT,
            _FINAL, uint("reason", 2), _STAT_SN, *_WINDOW, uint("data_sn", 36, 39), final=1,
            initiator_task_tag=NO_TAG),
    _header("NOP-Out", "11.18", NOP_OUT, _FINAL, _LUN, _TRANSFER_TAG, _CMD_SN, _EXP_STAT_SN, final=1),
    _header("NOP-In", "11.19", NOP_IN, _FINAL, _LUN, _TRANSFER_TAG, _STAT_SN, *_WINDOW, final=1),
)

#: Every header's table by its opcode.
TABLES: dict[int, Table] = {table.decode(table.encode())["opcode"]: table for table in _TABLES}

#: For a PDU with an unknown opcode: what all headers have, and the numbers of a request.
UNKNOWN = _header("PDU of unknown opcode", "11.2.1", 0, _FINAL, _LUN, _CMD_SN, _EXP_STAT_SN)

#: The requests that use up a CmdSN, unless they are immediate (RFC 7143 4.2.2.1).
NUMBERED_REQUESTS = frozenset((
    NOP_OUT, SCSI_COMMAND, TASK_MANAGEMENT_REQUEST, TEXT_REQUEST, LOGOUT_REQUEST))


class Pdu:
    """One PDU. Its header's fields are read and set by the names of the table: ``pdu["cmd_sn"]``.

    ``extended_cdb`` is the part of a CDB after its 16th byte. In a received PDU, ``header`` is the basic header as it
    arrived, ``intact`` is False if the data segment does not match its digest, and ``problem`` says what is wrong with
    its additional header segments.
    """

    __slots__ = ("data", "extended_cdb", "fields", "header", "intact", "opcode", "problem")

    def __init__(self, opcode: int, data: bytes = b"", extended_cdb: bytes = b"", **fields: Any) -> None:
        self.opcode = opcode
        self.fields: dict[str, Any] = fields
        self.data = data
        self.extended_cdb = extended_cdb
        self.header = b""
        self.intact = True
        self.problem: str | None = None

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.fields[name] = value

    def __repr__(self) -> str:
        # No data: that of a login includes CHAP responses.
        return f"<{title(self.opcode)} {self.fields}, {len(self.data)} bytes of data>"


class Digests(NamedTuple):
    """Which digests follow the headers and the data segments. None do until the login is over (RFC 7143 13.1)."""

    header: bool = False
    data: bool = False


NO_DIGESTS = Digests()


def title(opcode: int) -> str:
    """The RFC's name for the PDU."""
    table = TABLES.get(opcode)
    return table.title if table else f"opcode {opcode:02x}h"


def encode(pdu: Pdu, digests: Digests = NO_DIGESTS) -> list[bytes]:
    """The bytes of a PDU in four parts: headers, header digest, data segment with its padding, data digest."""
    extension = _extended_cdb_segment(pdu.extended_cdb) if pdu.extended_cdb else b""
    header = TABLES[pdu.opcode].encode(
        pdu.fields, total_ahs_length=len(extension) // 4, data_segment_length=len(pdu.data)) + extension
    data = pdu.data + bytes(-len(pdu.data) % 4)
    return [header, crc32c.digest(header) if digests.header else b"",
            data, crc32c.digest(data) if digests.data and data else b""]


def decode_header(header: bytes, segments: bytes = b"") -> Pdu:
    """The PDU, still without data, from a basic header and its additional header segments."""
    opcode = header[0] & 0x3F
    pdu = Pdu(opcode)
    pdu.fields = TABLES.get(opcode, UNKNOWN).decode(header)
    pdu.header = header
    if segments:
        pdu.extended_cdb, pdu.problem = _extended_cdb_of(segments)
    return pdu


_EXTENDED_CDB = 1  # the additional header segment type, 11.2.2.2; that of bidirectional commands, 2, is not supported


def _extended_cdb_segment(rest: bytes) -> bytes:
    # The length includes the reserved byte after the type, but no padding (11.2.2.1, 11.2.2.3).
    segment = (len(rest) + 1).to_bytes(2, "big") + bytes((_EXTENDED_CDB, 0)) + rest
    return segment + bytes(-len(segment) % 4)


def _extended_cdb_of(segments: bytes) -> tuple[bytes, str | None]:
    """The rest of the CDB from the additional header segments, and what is wrong with them."""
    rest = b""
    at = 0
    while at < len(segments):
        length = int.from_bytes(segments[at:at + 2], "big")
        kind = segments[at + 2]
        end = at + 3 + length
        if length < 1 or end > len(segments):
            return rest, f"an additional header segment of {length} bytes does not fit"
        if kind != _EXTENDED_CDB or rest:
            return rest, f"additional header segment of type {kind}"
        rest = segments[at + 4:end]
        at = end + -end % 4
    return rest, None

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of RECEIVE COPY RESULTS with list identifiers of four bytes, and ROD tokens (SPC-6 6.24 to 6.28)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .copy_descriptors import ROD_TYPES, TRANSFER_COUNT_UNITS, transferred_bytes
from .receive_copy_results import (
    ALL_ROD_TOKENS,
    AVAILABLE_DATA_SIZE,
    COPY_DATA_LID4,
    COPY_STATUS_LID4,
    ROD_TOKEN_INFORMATION,
    SERVICE_ACTIONS,
    available,
    available_end,
)
from .sense_descriptors import STATUS_CODES
from .table import Table, bits, code, flag, hexadecimal, number, records, short, uint, within, without

#: The service actions of operation code 83h that such an answer is about.
ORIGINATING_SERVICE_ACTIONS = {
    0x01: "EXTENDED COPY(LID4)", 0x10: "POPULATE TOKEN", 0x11: "WRITE USING TOKEN", 0x1C: "COPY OPERATION ABORT",
}

#: POPULATE TOKEN and WRITE USING TOKEN have ranges, not segments.
_WITHOUT_SEGMENTS = (0x10, 0x11)

_IN_PROGRESS = (0x10, 0x11, 0x12)
COPY_OPERATION_STATUSES = {
    0x01: "completed without errors", 0x02: "completed with errors",
    0x03: "completed without errors, with partial use of the ROD token",
    0x04: "completed without errors, with residual data", 0x10: "in progress", 0x11: "in progress in the foreground",
    0x12: "in progress in the background", 0x60: "aborted",
}

COPY_STATUS_LID4_DATA = Table(
    "RECEIVE COPY STATUS(LID4)", "SPC-6 6.26",
    uint("available_data", 0, 3),
    bits("response_to_service_action", 4, 4, 0, ORIGINATING_SERVICE_ACTIONS),
    flag("hdd", 5, 7),
    bits("copy_operation_status", 5, 6, 0, COPY_OPERATION_STATUSES),
    uint("operation_counter", 6, 7),
    # Implementations report FFFFFFFEh for an operation that has ended, and FFFFFFFFh for an unknown delay.
    uint("estimated_status_update_delay_milliseconds", 8, 11, unknown=(0xFFFFFFFF, 0xFFFFFFFE)),
    code("extended_copy_completion_status", 12, None, STATUS_CODES),
    uint("length_of_the_sense_data_field", 13),
    uint("sense_data_length", 14),
    code("transfer_count_units", 15, None, TRANSFER_COUNT_UNITS),
    uint("transfer_count", 16, 23),
    uint("segments_processed", 24, 25),
    size=32)

#: The beginning of a ROD token, which has 512 bytes; all of a ROD management token except its reserved bytes.
ROD_TOKEN_HEADER = Table(
    "ROD token", "SPC-6 5.17.7.5",
    code("rod_type", 0, 3, ROD_TYPES),
    uint("rod_token_length", 6, 7),
    hexadecimal("copy_manager_rod_token_identifier", 8, 15),
    hexadecimal("creator_logical_unit_descriptor", 16, 47),
    uint("number_of_bytes_represented", 48, 63))

_CSCD_ID_SIZE = 2
_ROD_TOKEN_SIZE = 512
_ROD_MANAGEMENT_TOKEN_SIZE = 96
_LENGTH_SIZE = 4
_RESERVED_SIZE = 4


def decode_copy_status_lid4(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The status of a copy operation, with ``transferred_bytes`` if its units are bytes, and ``sense_data`` in hex.

    ``segments_processed`` is ``None`` for what has no segments, and ``extended_copy_completion_status`` while the
    operation is in progress.
    """
    return _status(data, SERVICE_ACTIONS[COPY_STATUS_LID4], warnings)[0]


def _value(coded: Any) -> Any:
    return None if coded is None else coded["value"]


def _status(data: bytes, title: str, warnings: list[str]) -> tuple[dict[str, Any], bytes]:
    """The status that these answers begin with, and the bytes after its sense data field."""
    readable = available(data, title, warnings)
    short(COPY_STATUS_LID4_DATA, readable, available_end(data), warnings)
    values = COPY_STATUS_LID4_DATA.decode(readable)
    values["transferred_bytes"] = transferred_bytes(values["transfer_count_units"], values["transfer_count"])
    values["sense_data"] = None
    if _value(values["copy_operation_status"]) in _IN_PROGRESS:
        values["extended_copy_completion_status"] = None
    if _value(values["response_to_service_action"]) in _WITHOUT_SEGMENTS:
        values["segments_processed"] = None
    field, length = values["length_of_the_sense_data_field"], values["sense_data_length"]
    if field is None or length is None:
        return values, b""
    if length > field:
        warnings.append(f"{title}: {length} bytes of sense data do not fit their field of {field}")
    start = COPY_STATUS_LID4_DATA.size
    sense = readable[start:start + min(field, length)]
    if len(sense) < min(field, length):
        warnings.append(f"{title}: {len(sense)} of {min(field, length)} bytes of sense data are there")
    values["sense_data"] = sense.hex() or None
    return values, readable[start + field:]


def encode_copy_status_lid4(values: Mapping[str, Any]) -> bytes:
    """The whole answer, its lengths computed."""
    return _encode_status(values, b"")


def _encode_status(values: Mapping[str, Any], more: bytes) -> bytes:
    sense = bytes.fromhex(values.get("sense_data") or "")
    # The field may be longer than its content.
    field = max(len(sense), values.get("length_of_the_sense_data_field") or 0)
    size = COPY_STATUS_LID4_DATA.size + field + len(more)
    return COPY_STATUS_LID4_DATA.encode(dict(
        without(values, "transferred_bytes", "sense_data"), available_data=size - AVAILABLE_DATA_SIZE,
        length_of_the_sense_data_field=field, sense_data_length=len(sense))) + sense.ljust(field, b"\0") + more


def decode_copy_data_lid4(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """As the status, with the ``held_data`` in hex and how many bytes of it there are."""
    title = SERVICE_ACTIONS[COPY_DATA_LID4]
    values, rest = _status(data, title, warnings)
    length = number(rest, 0, _LENGTH_SIZE - 1)
    if length is None:
        return dict(values, held_data_length=None, held_data=None)
    held = within(rest, _LENGTH_SIZE + length, f"{title}, held data", warnings)[_LENGTH_SIZE:]
    return dict(values, held_data_length=length, held_data=held.hex())


def encode_copy_data_lid4(values: Mapping[str, Any]) -> bytes:
    """The whole answer, its lengths computed."""
    held = bytes.fromhex(values.get("held_data") or "")
    return _encode_status(
        without(values, "held_data", "held_data_length"), len(held).to_bytes(_LENGTH_SIZE, "big") + held)


def decode_rod_token_information(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """As the status, with the ``rod_tokens`` that the operation created, each with the identifier of its CSCD.

    A token has the fields of its header, and all of it in hex. A cut token is left out.
    """
    title = SERVICE_ACTIONS[ROD_TOKEN_INFORMATION]
    values, rest = _status(data, title, warnings)
    length = number(rest, 0, _LENGTH_SIZE - 1)
    if length is None:
        return dict(values, rod_tokens=[])
    title += ", ROD token descriptors"
    listed = within(rest, _LENGTH_SIZE + length, title, warnings)[_LENGTH_SIZE:]
    return dict(values, rod_tokens=[
        dict(_token(record[_CSCD_ID_SIZE:]), id_for_creating_rod_cscd_descriptor=number(record, 0, _CSCD_ID_SIZE - 1))
        for record in records(listed, _CSCD_ID_SIZE + _ROD_TOKEN_SIZE, title, warnings)])


def _token(token: bytes) -> dict[str, Any]:
    return dict(ROD_TOKEN_HEADER.decode(token), rod_token=token.hex())


def encode_rod_token_information(values: Mapping[str, Any]) -> bytes:
    """The whole answer, its lengths computed; tokens are taken from ``rod_token``."""
    listed = b"".join(
        each["id_for_creating_rod_cscd_descriptor"].to_bytes(_CSCD_ID_SIZE, "big")
        + bytes.fromhex(each["rod_token"]).ljust(_ROD_TOKEN_SIZE, b"\0")
        for each in values.get("rod_tokens") or ())
    return _encode_status(without(values, "rod_tokens"), len(listed).to_bytes(_LENGTH_SIZE, "big") + listed)


def decode_all_rod_tokens(data: bytes, warnings: list[str]) -> list[dict[str, Any]]:
    """The ROD tokens that the copy manager knows: the 96 bytes of each that serve to manage it, but not to use it."""
    title = SERVICE_ACTIONS[ALL_ROD_TOKENS]
    listed = available(data, title, warnings)[AVAILABLE_DATA_SIZE + _RESERVED_SIZE:]
    return [_token(record) for record in records(listed, _ROD_MANAGEMENT_TOKEN_SIZE, title, warnings)]


def encode_all_rod_tokens(tokens: Sequence[Mapping[str, Any]]) -> bytes:
    """The whole answer; tokens are taken from the first 96 bytes of ``rod_token``."""
    listed = bytes(_RESERVED_SIZE) + b"".join(
        bytes.fromhex(each["rod_token"])[:_ROD_MANAGEMENT_TOKEN_SIZE].ljust(_ROD_MANAGEMENT_TOKEN_SIZE, b"\0")
        for each in tokens)
    return len(listed).to_bytes(AVAILABLE_DATA_SIZE, "big") + listed

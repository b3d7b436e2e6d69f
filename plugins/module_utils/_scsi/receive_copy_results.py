# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RECEIVE COPY RESULTS: the commands, and the answers with list identifiers of one byte (SPC-4 6.18 to 6.24).

SPC-3 calls the service actions COPY STATUS, RECEIVE DATA, OPERATING PARAMETERS and FAILED SEGMENT DETAILS; SPC-5
dropped all but the operating parameters in favour of list identifiers of four bytes, whose answers are in
`receive_copy_lid4`.
Reading the status or the failure details of an operation that has ended makes the copy manager forget them.
"""

from __future__ import annotations

from typing import Any, Mapping

from .copy_descriptors import (
    TRANSFER_COUNT_UNITS,
    descriptor_codes,
    named_descriptors,
    transferred_bytes,
    without_descriptors,
)
from .sense_descriptors import STATUS_CODES
from .table import Table, beyond_measure, bits, code, delimited, flag, number, power, short, uint, without

OPERATION_CODE = 0x84
COPY_STATUS = 0x00
COPY_DATA = 0x01
OPERATING_PARAMETERS = 0x03
FAILURE_DETAILS = 0x04
COPY_STATUS_LID4 = 0x05
COPY_DATA_LID4 = 0x06
ROD_TOKEN_INFORMATION = 0x07
ALL_ROD_TOKENS = 0x08

SERVICE_ACTIONS = {
    COPY_STATUS: "RECEIVE COPY STATUS(LID1)", COPY_DATA: "RECEIVE COPY DATA(LID1)",
    OPERATING_PARAMETERS: "RECEIVE COPY OPERATING PARAMETERS", FAILURE_DETAILS: "RECEIVE COPY FAILURE DETAILS(LID1)",
    COPY_STATUS_LID4: "RECEIVE COPY STATUS(LID4)", COPY_DATA_LID4: "RECEIVE COPY DATA(LID4)",
    ROD_TOKEN_INFORMATION: "RECEIVE ROD TOKEN INFORMATION", ALL_ROD_TOKENS: "REPORT ALL ROD TOKENS",
}

#: With a list identifier of one byte: service actions 00h, 01h, 04h; 03h has none.
RECEIVE_COPY_RESULTS = Table(
    "RECEIVE COPY RESULTS", "SPC-4 6.18",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0, SERVICE_ACTIONS),
    uint("list_identifier", 2),
    uint("allocation_length", 10, 13),
    uint("control", 15),
    operation_code=OPERATION_CODE)

#: With a list identifier of four bytes: service actions 05h, 06h, 07h; 08h has none.
RECEIVE_COPY_RESULTS_LID4 = Table(
    "RECEIVE COPY RESULTS with a list identifier of four bytes", "SPC-6 6.24",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0, SERVICE_ACTIONS),
    uint("list_identifier", 2, 5),
    uint("allocation_length", 10, 13),
    uint("control", 15),
    operation_code=OPERATION_CODE)

AVAILABLE_DATA_SIZE = 4  # of the field that all these answers begin with, which does not include itself

COPY_STATUSES = {0: "in progress", 1: "completed without errors", 2: "completed with errors"}

COPY_STATUS_DATA = Table(
    "RECEIVE COPY STATUS(LID1)", "SPC-4 6.19",
    uint("available_data", 0, 3),
    flag("hdd", 4, 7),
    bits("copy_command_status", 4, 6, 0, COPY_STATUSES),
    uint("segments_processed", 5, 6),
    code("transfer_count_units", 7, None, TRANSFER_COUNT_UNITS),
    uint("transfer_count", 8, 11))

#: 0 in the segment and stream lengths means that the copy manager sets no limit.
OPERATING_PARAMETERS_DATA = Table(
    "RECEIVE COPY OPERATING PARAMETERS", "SPC-4 6.22",
    uint("available_data", 0, 3),
    flag("snlid", 4, 0),
    uint("maximum_cscd_descriptor_count", 8, 9),
    uint("maximum_segment_descriptor_count", 10, 11),
    uint("maximum_descriptor_list_length_bytes", 12, 15),
    uint("maximum_segment_length_bytes", 16, 19),
    uint("maximum_inline_data_length_bytes", 20, 23),
    uint("held_data_limit_bytes", 24, 27),
    uint("maximum_stream_device_transfer_size_bytes", 28, 31),
    uint("total_concurrent_copies", 34, 35),
    uint("maximum_concurrent_copies", 36),
    power("data_segment_granularity_bytes", 37),
    power("inline_data_granularity_bytes", 38),
    power("held_data_granularity_bytes", 39),
    uint("implemented_descriptor_list_length", 43))

FAILURE_DETAILS_DATA = Table(
    "RECEIVE COPY FAILURE DETAILS(LID1)", "SPC-4 6.23",
    uint("available_data", 0, 3),
    code("extended_copy_command_status", 56, None, STATUS_CODES),
    uint("sense_data_length", 58, 59))


def available(data: bytes, title: str, warnings: list[str]) -> bytes:
    """The valid part of an answer: limited by its available data field, and by what arrived."""
    return delimited(data, 0, AVAILABLE_DATA_SIZE - 1, AVAILABLE_DATA_SIZE, title, warnings)


def available_end(data: bytes) -> Any:
    """The length of an answer according to itself; ``None`` if not even that arrived."""
    length = number(data, 0, AVAILABLE_DATA_SIZE - 1)
    return None if length is None else AVAILABLE_DATA_SIZE + length


def decode_copy_status(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The status of a copy operation; ``transferred_bytes`` is the transfer count, if its units are bytes."""
    readable = available(data, COPY_STATUS_DATA.title, warnings)
    short(COPY_STATUS_DATA, readable, available_end(data), warnings)
    values = COPY_STATUS_DATA.decode(readable)
    values["transferred_bytes"] = transferred_bytes(values["transfer_count_units"], values["transfer_count"])
    return values


def encode_copy_status(values: Mapping[str, Any]) -> bytes:
    """The whole answer of 12 bytes."""
    return COPY_STATUS_DATA.encode(dict(
        without(values, "transferred_bytes"), available_data=COPY_STATUS_DATA.size - AVAILABLE_DATA_SIZE))


def decode_copy_data(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The held data in hex, and how many bytes of it there are; the copy manager keeps those that did not arrive."""
    readable = available(data, SERVICE_ACTIONS[COPY_DATA], warnings)
    length = number(data, 0, AVAILABLE_DATA_SIZE - 1)
    return {"available_data": length, "held_data": None if length is None else readable[AVAILABLE_DATA_SIZE:].hex()}


def encode_copy_data(held: bytes) -> bytes:
    """The whole answer."""
    return len(held).to_bytes(AVAILABLE_DATA_SIZE, "big") + held


def decode_operating_parameters(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """What the copy manager supports; the segment and CSCD descriptors that it implements are listed by name.

    The answer has 44 bytes, and the codes. Granularities are exponents of two there, and bytes here.
    """
    title = OPERATING_PARAMETERS_DATA.title
    readable = available(data, title, warnings)
    short(OPERATING_PARAMETERS_DATA, readable, available_end(data), warnings)
    beyond_measure(OPERATING_PARAMETERS_DATA, readable, warnings)
    values = OPERATING_PARAMETERS_DATA.decode(readable)
    count = values["implemented_descriptor_list_length"] or 0
    codes = readable[OPERATING_PARAMETERS_DATA.size:OPERATING_PARAMETERS_DATA.size + count]
    if len(codes) < count:
        warnings.append(f"{title}: {len(codes)} of {count} descriptor codes are there")
    return dict(values, **named_descriptors(codes))


def encode_operating_parameters(values: Mapping[str, Any]) -> bytes:
    """The whole answer, its lengths computed; descriptors as decoded, or as numbers."""
    codes = descriptor_codes(values)
    size = OPERATING_PARAMETERS_DATA.size + len(codes)
    return OPERATING_PARAMETERS_DATA.encode(dict(
        without_descriptors(values), available_data=size - AVAILABLE_DATA_SIZE,
        implemented_descriptor_list_length=len(codes))) + codes


def decode_failure_details(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The failed segment's command status and sense data, in hex; all ``None`` if nothing failed (length 0).

    Some targets do not include the sense data in the length that they report, so it is read up to its own length as far
    as it arrived.
    """
    title = FAILURE_DETAILS_DATA.title
    readable = available(data, title, warnings)
    if number(data, 0, AVAILABLE_DATA_SIZE - 1):
        short(FAILURE_DETAILS_DATA, readable, available_end(data), warnings)
    values = FAILURE_DETAILS_DATA.decode(readable)
    length = values["sense_data_length"]
    if length is None:
        return dict(values, sense_data=None)
    sense = data[FAILURE_DETAILS_DATA.size:FAILURE_DETAILS_DATA.size + length]
    if len(sense) < length:
        warnings.append(f"{title}: {len(sense)} of {length} bytes of sense data arrived")
    return dict(values, sense_data=sense.hex() or None)


def encode_failure_details(values: Mapping[str, Any]) -> bytes:
    """The whole answer, its lengths computed; four zero bytes, "nothing failed", if no status is given."""
    if values.get("extended_copy_command_status") is None:
        return bytes(AVAILABLE_DATA_SIZE)
    sense = bytes.fromhex(values.get("sense_data") or "")
    return FAILURE_DETAILS_DATA.encode(
        available_data=FAILURE_DETAILS_DATA.size - AVAILABLE_DATA_SIZE + len(sense),
        extended_copy_command_status=values["extended_copy_command_status"], sense_data_length=len(sense)) + sense

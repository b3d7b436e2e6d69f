# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RECEIVE COPY RESULTS: the command and the answers with list identifiers of one byte (SPC-4 6.18 to 6.24).

SPC-3 calls the service actions COPY STATUS, RECEIVE DATA, OPERATING PARAMETERS and FAILED SEGMENT DETAILS; SPC-5
dropped all but the operating parameters in favour of list identifiers of four bytes.
"""

from __future__ import annotations

from typing import Any, Dict, List

from .copy_descriptors import TRANSFER_COUNT_UNITS, named_descriptors, transferred_bytes
from .table import Table, bits, code, flag, power, uint, within

COPY_STATUS = 0x00
COPY_DATA = 0x01
OPERATING_PARAMETERS = 0x03
FAILURE_DETAILS = 0x04

RECEIVE_COPY_RESULTS = Table(
    "RECEIVE COPY RESULTS", "SPC-4 6.18",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("list_identifier", 2),
    uint("allocation_length", 10, 13),
    uint("control", 15),
    operation_code=0x84)

_AVAILABLE_DATA = 4  # the length of the field that all these answers begin with, and that it does not count

COPY_STATUSES = {0: "in progress", 1: "completed without errors", 2: "completed with errors"}

COPY_STATUS_DATA = Table(
    "RECEIVE COPY STATUS(LID1)", "SPC-4 6.19",
    uint("available_data", 0, 3),
    flag("hdd", 4, 7),
    bits("copy_command_status", 4, 6, 0, COPY_STATUSES),
    uint("segments_processed", 5, 6),
    code("transfer_count_units", 7, None, TRANSFER_COUNT_UNITS),
    uint("transfer_count", 8, 11))

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
    uint("extended_copy_command_status", 56),
    uint("sense_data_length", 58, 59))


def _readable(data: bytes, title: str, warnings: List[str]) -> bytes:
    if len(data) < _AVAILABLE_DATA:
        warnings.append("{0}: only {1} bytes arrived".format(title, len(data)))
        return b""
    return within(data, _AVAILABLE_DATA + int.from_bytes(data[:_AVAILABLE_DATA], "big"), title, warnings)


def decode_copy_status(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """The status of a copy operation; ``transferred_bytes`` is the count in its units, where those are bytes."""
    values = COPY_STATUS_DATA.decode(_readable(data, COPY_STATUS_DATA.title, warnings))
    values["transferred_bytes"] = transferred_bytes(values["transfer_count_units"], values["transfer_count"])
    return values


def encode_copy_status(values: Dict[str, Any]) -> bytes:
    """The whole answer of 12 bytes."""
    fields = {name: value for name, value in values.items() if name != "transferred_bytes"}
    return COPY_STATUS_DATA.encode(dict(fields, available_data=COPY_STATUS_DATA.size - _AVAILABLE_DATA))


def decode_copy_data(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """The held data in hex, and how many bytes of it there are; what did not arrive stays with the copy manager."""
    title = "RECEIVE COPY DATA(LID1)"
    body = _readable(data, title, warnings)
    available = int.from_bytes(data[:_AVAILABLE_DATA], "big") if len(data) >= _AVAILABLE_DATA else None
    return {"available_data": available, "held_data": body[_AVAILABLE_DATA:].hex()}


def encode_copy_data(held: bytes) -> bytes:
    """The whole answer."""
    return len(held).to_bytes(_AVAILABLE_DATA, "big") + held


def decode_operating_parameters(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """What the copy manager can do; the descriptors that it implements by name, segment apart from CSCD descriptors."""
    title = OPERATING_PARAMETERS_DATA.title
    readable = _readable(data, title, warnings)
    values = OPERATING_PARAMETERS_DATA.decode(readable)
    count = values["implemented_descriptor_list_length"] or 0
    codes = readable[OPERATING_PARAMETERS_DATA.size:OPERATING_PARAMETERS_DATA.size + count]
    if len(codes) < count:
        warnings.append("{0}: {1} of {2} descriptor codes are there".format(title, len(codes), count))
    return dict(values, **named_descriptors(codes))


def encode_operating_parameters(values: Dict[str, Any]) -> bytes:
    """The whole answer, its lengths computed; descriptors as decoding gives them."""
    fields = dict(values)
    codes = bytes(sorted(each["value"] for name in ("segment_descriptors", "cscd_descriptors")
                         for each in fields.pop(name, ())))
    size = OPERATING_PARAMETERS_DATA.size + len(codes)
    fields.update(available_data=size - _AVAILABLE_DATA, implemented_descriptor_list_length=len(codes))
    return OPERATING_PARAMETERS_DATA.encode(fields) + codes


def decode_failure_details(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """The failed segment's command status and sense data, in hex; all ``None`` where nothing failed (length 0).

    Known targets forget the sense data in the length that they give, so it is read up to its own length.
    """
    title = FAILURE_DETAILS_DATA.title
    readable = _readable(data, title, warnings)
    values = FAILURE_DETAILS_DATA.decode(readable)
    if values["available_data"] and len(readable) < FAILURE_DETAILS_DATA.size:
        values = FAILURE_DETAILS_DATA.decode(data)
    length = values["sense_data_length"] or 0
    sense = data[FAILURE_DETAILS_DATA.size:FAILURE_DETAILS_DATA.size + length]
    if len(sense) < length:
        warnings.append("{0}: {1} of {2} bytes of sense data arrived".format(title, len(sense), length))
    return dict(values, sense_data=sense.hex() or None)


def encode_failure_details(values: Dict[str, Any]) -> bytes:
    """The whole answer, its lengths computed; four zero bytes where ``sense_data`` and the status are ``None``."""
    if values.get("extended_copy_command_status") is None:
        return bytes(_AVAILABLE_DATA)
    sense = bytes.fromhex(values.get("sense_data") or "")
    return FAILURE_DETAILS_DATA.encode(
        available_data=FAILURE_DETAILS_DATA.size - _AVAILABLE_DATA + len(sense),
        extended_copy_command_status=values["extended_copy_command_status"], sense_data_length=len(sense)) + sense

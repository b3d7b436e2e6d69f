# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams: GET STREAM STATUS and STREAM CONTROL (SBC-5 5.10, 5.35)."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from .table import Table, bits, flag, records, uint, within

GET_STREAM_STATUS_ACTION = 0x16
STREAM_CONTROL_ACTION = 0x14
OPEN_STREAM = 1
CLOSE_STREAM = 2

STREAM_CONTROLS = {OPEN_STREAM: "open", CLOSE_STREAM: "close"}

GET_STREAM_STATUS = Table(
    "GET STREAM STATUS", "SBC-5 5.10",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("starting_stream_identifier", 4, 5),
    uint("allocation_length", 10, 13),
    uint("control", 15),
    operation_code=0x9E, service_action=GET_STREAM_STATUS_ACTION)

STREAM_CONTROL = Table(
    "STREAM CONTROL", "SBC-5 5.35",
    uint("operation_code", 0),
    bits("str_ctl", 1, 6, 5, STREAM_CONTROLS),
    bits("service_action", 1, 4, 0),
    uint("str_id", 4, 5),
    uint("allocation_length", 10, 13),
    uint("control", 15),
    operation_code=0x9E, service_action=STREAM_CONTROL_ACTION)

STREAM_STATUS_HEADER = Table(
    "GET STREAM STATUS parameter data", "SBC-5 5.10.2",
    uint("parameter_data_length", 0, 3),
    uint("number_of_open_streams", 6, 7))

STREAM_STATUS_DESCRIPTOR = Table(
    "stream status descriptor", "SBC-5 5.10.3",
    flag("perm", 0, 7),
    uint("stream_identifier", 2, 3),
    bits("relative_lifetime", 4, 5, 0),
    size=8)

STREAM_CONTROL_DATA = Table(
    "STREAM CONTROL parameter data", "SBC-5 5.35.2",
    uint("parameter_length", 0),
    uint("assigned_str_id", 4, 5),
    size=8, parameter_length=7)


def decode_stream_status(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """``number_of_open_streams`` as the header has it, and ``streams``, which may be fewer or more.

    The parameter data length is that of the descriptors, eight less than the whole (SBC-5); the answer may be cut.
    """
    header = STREAM_STATUS_HEADER.decode(data)
    if header["number_of_open_streams"] is None:
        warnings.append("GET STREAM STATUS: only {0} bytes arrived".format(len(data)))
        return {"parameter_data_length": header["parameter_data_length"], "number_of_open_streams": None, "streams": []}
    size = STREAM_STATUS_HEADER.size
    body = data[size:size + header["parameter_data_length"]]
    whole = body[:len(body) - len(body) % STREAM_STATUS_DESCRIPTOR.size]
    return {
        "parameter_data_length": header["parameter_data_length"],
        "number_of_open_streams": header["number_of_open_streams"],
        "streams": [STREAM_STATUS_DESCRIPTOR.decode(record)
                    for record in records(whole, STREAM_STATUS_DESCRIPTOR.size, "GET STREAM STATUS", warnings)],
    }


def encode_stream_status(streams: Sequence[Dict[str, Any]], number_of_open_streams: int) -> bytes:
    """The whole answer, from streams as decoding gives them."""
    body = b"".join(STREAM_STATUS_DESCRIPTOR.encode(stream) for stream in streams)
    return STREAM_STATUS_HEADER.encode(
        parameter_data_length=len(body), number_of_open_streams=number_of_open_streams) + body


def decode_stream_control(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """The identifier that was assigned; ``None`` where the answer is too short to tell."""
    claimed = 1 + data[0] if data else 0
    return STREAM_CONTROL_DATA.decode(within(data, claimed, STREAM_CONTROL_DATA.title, warnings))

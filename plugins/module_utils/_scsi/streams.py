# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams: GET STREAM STATUS and STREAM CONTROL (SBC-5 5.10, 5.35)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .table import Table, bits, delimited, flag, records, short, uint, without

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
_RELATIVE_LIFETIME_BYTE = 4

STREAM_CONTROL_DATA = Table(
    "STREAM CONTROL parameter data", "SBC-5 5.35.2",
    uint("parameter_length", 0),
    # No stream that can be opened has identifier 0.
    uint("assigned_str_id", 4, 5, unknown=0),
    size=8, parameter_length=7)


def decode_stream_status(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``number_of_open_streams`` from the header, and ``streams``, which may be fewer or more.

    The parameter data length is that of the descriptors, eight less than the whole (SBC-5); some devices shorten it to
    what the allocation length leaves room for. Implementations do not agree whether the relative lifetime has six or
    seven bits, so each stream has ``relative_lifetime_byte`` too.
    """
    header = STREAM_STATUS_HEADER.decode(data)
    title = STREAM_STATUS_HEADER.title
    readable = delimited(data, 0, 3, STREAM_STATUS_HEADER.size, title, warnings)
    return dict(header, streams=[
        dict(STREAM_STATUS_DESCRIPTOR.decode(record), relative_lifetime_byte=record[_RELATIVE_LIFETIME_BYTE])
        for record in records(readable[STREAM_STATUS_HEADER.size:], STREAM_STATUS_DESCRIPTOR.size, title, warnings)])


def encode_stream_status(
    streams: Sequence[Mapping[str, Any]], number_of_open_streams: int | None = None,
) -> bytes:
    """The whole answer, from decoded streams."""
    body = b"".join(_encode(stream) for stream in streams)
    return STREAM_STATUS_HEADER.encode(
        parameter_data_length=len(body),
        number_of_open_streams=len(streams) if number_of_open_streams is None else number_of_open_streams) + body


def _encode(stream: Mapping[str, Any]) -> bytes:
    content = bytearray(STREAM_STATUS_DESCRIPTOR.encode(without(stream, "relative_lifetime_byte")))
    whole = stream.get("relative_lifetime_byte")
    if whole is not None:
        content[_RELATIVE_LIFETIME_BYTE] = whole
    return bytes(content)


def decode_stream_control(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``assigned_str_id`` is the stream that was opened, ``None`` if not reported or one was closed."""
    readable = delimited(data, 0, 0, 1, STREAM_CONTROL_DATA.title, warnings)
    short(STREAM_CONTROL_DATA, readable, 1 + data[0] if data else None, warnings)
    return STREAM_CONTROL_DATA.decode(readable)


def encode_stream_control(assigned_str_id: int | None = None) -> bytes:
    """The whole answer of 8 bytes; after a close it names no stream."""
    return STREAM_CONTROL_DATA.encode(assigned_str_id=assigned_str_id)

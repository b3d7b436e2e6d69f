# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PERSISTENT RESERVE IN: who has registered, and who holds a reservation (SPC-6 6, PERSISTENT RESERVE IN command)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .table import Table, bits, delimited, flag, hexadecimal, number, records, uint, without
from .transport_ids import decode_transport_id, encode_transport_id

READ_KEYS = 0x00
READ_RESERVATION = 0x01
REPORT_CAPABILITIES = 0x02
READ_FULL_STATUS = 0x03

WRITE_EXCLUSIVE = 0x1
EXCLUSIVE_ACCESS = 0x3
WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 0x5
EXCLUSIVE_ACCESS_REGISTRANTS_ONLY = 0x6
WRITE_EXCLUSIVE_ALL_REGISTRANTS = 0x7
EXCLUSIVE_ACCESS_ALL_REGISTRANTS = 0x8

LOGICAL_UNIT_SCOPE = 0x0

SCOPES = {LOGICAL_UNIT_SCOPE: "logical unit"}
TYPES = {
    WRITE_EXCLUSIVE: "write exclusive", EXCLUSIVE_ACCESS: "exclusive access",
    WRITE_EXCLUSIVE_REGISTRANTS_ONLY: "write exclusive, registrants only",
    EXCLUSIVE_ACCESS_REGISTRANTS_ONLY: "exclusive access, registrants only",
    WRITE_EXCLUSIVE_ALL_REGISTRANTS: "write exclusive, all registrants",
    EXCLUSIVE_ACCESS_ALL_REGISTRANTS: "exclusive access, all registrants",
}

PERSISTENT_RESERVE_IN = Table(
    "PERSISTENT RESERVE IN", "SPC-6 6, PERSISTENT RESERVE IN command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("allocation_length", 7, 8),
    uint("control", 9),
    operation_code=0x5E)

HEADER = Table(
    "PERSISTENT RESERVE IN parameter data", "SPC-6 6, PERSISTENT RESERVE IN command",
    uint("prgeneration", 0, 3),
    uint("additional_length", 4, 7))

RESERVATION = Table(
    "persistent reservation descriptor", "SPC-6 6, PERSISTENT RESERVE IN command",
    hexadecimal("reservation_key", 0, 7),
    bits("scope", 13, 7, 4, SCOPES),
    bits("type", 13, 3, 0, TYPES),
    size=16)

ALLOW_COMMANDS = {
    0: "no information", 1: "TEST UNIT READY is allowed", 2: "TEST UNIT READY is a conflict",
    3: "some commands of other standards are allowed", 4: "some commands are a conflict",
    5: "some commands are allowed",
}

CAPABILITIES = Table(
    "REPORT CAPABILITIES parameter data", "SPC-6 6, PERSISTENT RESERVE IN command",
    uint("length", 0, 1),
    flag("rlr_c", 2, 7),
    flag("crh", 2, 4),
    flag("sip_c", 2, 3),
    flag("atp_c", 2, 2),
    flag("ptpl_c", 2, 0),
    flag("tmv", 3, 7),
    bits("allow_commands", 3, 6, 4, ALLOW_COMMANDS),
    flag("ptpl_a", 3, 0),
    flag("wr_ex_ar", 4, 7),
    flag("ex_ac_ro", 4, 6),
    flag("wr_ex_ro", 4, 5),
    flag("ex_ac", 4, 3),
    flag("wr_ex", 4, 1),
    flag("ex_ac_ar", 5, 0),
    size=8, length=8)

#: One flag for each type of reservation.
_TYPE_MASK = ("wr_ex_ar", "ex_ac_ro", "wr_ex_ro", "ex_ac", "wr_ex", "ex_ac_ar")

FULL_STATUS = Table(
    "full status descriptor", "SPC-6 6, PERSISTENT RESERVE IN command",
    hexadecimal("reservation_key", 0, 7),
    flag("all_tg_pt", 12, 1),
    flag("r_holder", 12, 0),
    bits("scope", 13, 7, 4, SCOPES),
    bits("type", 13, 3, 0, TYPES),
    uint("relative_target_port_identifier", 18, 19),
    uint("additional_descriptor_length", 20, 23))

_KEY = 8


def decode_keys(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``prgeneration``, and ``reservation_keys`` as hex digits; a key with several registrations is repeated."""
    title = "READ KEYS"
    body = delimited(data, 4, 7, HEADER.size, title, warnings)[HEADER.size:]
    return {"prgeneration": HEADER.decode(data)["prgeneration"],
            "reservation_keys": [key.hex() for key in records(body, _KEY, title, warnings)]}


def encode_keys(generation: int, keys: Sequence[str]) -> bytes:
    """The whole answer, from keys as hex digits."""
    body = b"".join(bytes.fromhex(key) for key in keys)
    return HEADER.encode(prgeneration=generation, additional_length=len(body)) + body


def decode_reservation(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``prgeneration``, and the ``reservation``, ``None`` if there is none."""
    body = delimited(data, 4, 7, HEADER.size, "READ RESERVATION", warnings)[HEADER.size:]
    return {"prgeneration": HEADER.decode(data)["prgeneration"],
            "reservation": RESERVATION.decode(body) if body else None}


def encode_reservation(generation: int, reservation: Mapping[str, Any] | None = None) -> bytes:
    """The whole answer; ``reservation`` is a decoded one."""
    body = b"" if reservation is None else RESERVATION.encode(reservation)
    return HEADER.encode(prgeneration=generation, additional_length=len(body)) + body


def decode_capabilities(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """What persistent reservations the device supports; the types are ``None`` without ``tmv``, type mask valid."""
    # Here the length includes itself; a device that leaves it at 0 does not say where the data ends.
    readable = data if number(data, 0, 1) == 0 else delimited(data, 0, 1, 0, CAPABILITIES.title, warnings)
    values = CAPABILITIES.decode(readable)
    if not values["tmv"]:
        values.update(dict.fromkeys(_TYPE_MASK))
    return values


def encode_capabilities(values: Mapping[str, Any]) -> bytes:
    """The whole answer of 8 bytes."""
    return CAPABILITIES.encode(values)


def decode_full_status(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``prgeneration``, and ``registrations``: the fields of each with ``transport_id``. A cut one is left out.

    The scope and type are ``None`` for one that does not hold the reservation, the port for one of all ports.
    """
    title = "READ FULL STATUS"
    body = delimited(data, 4, 7, HEADER.size, title, warnings)[HEADER.size:]
    found = []
    while body:
        values = FULL_STATUS.decode(body)
        more = values["additional_descriptor_length"]
        if more is None or FULL_STATUS.size + more > len(body):
            warnings.append(f"{title}: the last entry is cut, {len(body)} bytes of it are there")
            break
        end = FULL_STATUS.size + more
        if not values["r_holder"]:
            values["scope"] = values["type"] = None
        if values["all_tg_pt"]:
            values["relative_target_port_identifier"] = None
        found.append(dict(without(values, "additional_descriptor_length"),
                          transport_id=decode_transport_id(body[FULL_STATUS.size:end]) if more else None))
        body = body[end:]
    return {"prgeneration": HEADER.decode(data)["prgeneration"], "registrations": found}


def encode_full_status(generation: int, registrations: Sequence[Mapping[str, Any]]) -> bytes:
    """The whole answer, from decoded registrations."""
    body = b"".join(_encode(each) for each in registrations)
    return HEADER.encode(prgeneration=generation, additional_length=len(body)) + body


def _encode(registration: Mapping[str, Any]) -> bytes:
    identifier = registration.get("transport_id")
    tail = b"" if identifier is None else encode_transport_id(identifier)
    return FULL_STATUS.encode(
        without(registration, "transport_id"), additional_descriptor_length=len(tail)) + tail

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TransportIDs: how an initiator port is named in persistent reservations (SPC-6 7.6.4)."""

from __future__ import annotations

from typing import Any, Mapping

from .table import Table, bits, hexadecimal, number
from .text import printable

FCP, SRP, ISCSI, SAS = 0x0, 0x4, 0x5, 0x6

TRANSPORT_ID_HEADER = Table(
    "TransportID", "SPC-6 7.6.4",
    bits("format_code", 0, 7, 6),
    bits("protocol_identifier", 0, 3, 0))

SAS_TRANSPORT_ID = Table(
    "TransportID for SAS", "SPC-6 7.6.4",
    bits("format_code", 0, 7, 6),
    bits("protocol_identifier", 0, 3, 0),
    hexadecimal("sas_address", 4, 11),
    size=24, protocol_identifier=SAS)

FCP_TRANSPORT_ID = Table(
    "TransportID for FCP", "SPC-6 7.6.4",
    bits("format_code", 0, 7, 6),
    bits("protocol_identifier", 0, 3, 0),
    hexadecimal("n_port_name", 8, 15),
    size=24, protocol_identifier=FCP)

SRP_TRANSPORT_ID = Table(
    "TransportID for SRP", "SPC-6 7.6.4",
    bits("format_code", 0, 7, 6),
    bits("protocol_identifier", 0, 3, 0),
    hexadecimal("initiator_port_identifier", 8, 23),
    protocol_identifier=SRP)

_FIXED = {SAS: SAS_TRANSPORT_ID, FCP: FCP_TRANSPORT_ID, SRP: SRP_TRANSPORT_ID}
#: All TransportIDs have this size, except those of iSCSI.
_SIZE = 24
_ISCSI_HEADER = 4
_ISCSI_SMALLEST = 20
_DEVICE, _PORT = 0, 1
_SEPARATOR = ",i,0x"


def transport_id_length(data: bytes) -> int | None:
    """The size in bytes of the TransportID at the start of ``data``; ``None`` if unknown."""
    if not data:
        return None
    if data[0] & 0x0F != ISCSI:
        return _SIZE
    length = number(data, 2, 3)
    return None if length is None else _ISCSI_HEADER + length


def decode_transport_id(data: bytes) -> dict[str, Any]:
    """A TransportID: ``protocol_identifier``, ``format_code`` and the fields of the protocol.

    For iSCSI these are ``iscsi_name``, and ``isid`` as hex digits, ``None`` if all the initiator's ports are meant; for
    SAS ``sas_address``. A protocol that is not decoded here has ``data``, in hex.
    """
    header = TRANSPORT_ID_HEADER.decode(data)
    protocol = header["protocol_identifier"]
    if protocol == ISCSI:
        name, isid = _iscsi_name(data, header["format_code"])
        return dict(header, iscsi_name=name, isid=isid)
    if protocol in _FIXED:
        return _FIXED[protocol].decode(data)
    return dict(header, data=data[1:_SIZE].hex())


def _iscsi_name(data: bytes, form: int) -> tuple[str | None, str | None]:
    length = transport_id_length(data)
    if length is None:
        return None, None
    whole = printable(data[_ISCSI_HEADER:length].split(b"\0", 1)[0])
    if form != _PORT:
        return whole, None
    name, found, isid = whole.partition(_SEPARATOR)
    return name, isid if found else None


def encode_transport_id(values: Mapping[str, Any]) -> bytes:
    """The whole TransportID, from decoded values. The format code follows from whether there is an ``isid``."""
    protocol = values["protocol_identifier"]
    if protocol == ISCSI:
        isid = values.get("isid")
        name: str = values["iscsi_name"] + ("" if isid is None else _SEPARATOR + isid)
        content = name.encode("utf-8")
        # Ends with a zero, and is a multiple of four bytes long (SPC-6 7.6.4).
        padded = content.ljust(max(_ISCSI_SMALLEST, len(content) // 4 * 4 + 4), b"\0")
        head = TRANSPORT_ID_HEADER.encode(format_code=_DEVICE if isid is None else _PORT, protocol_identifier=ISCSI)
        return head + b"\0" + len(padded).to_bytes(2, "big") + padded
    if protocol in _FIXED:
        return _FIXED[protocol].encode(values)
    head = TRANSPORT_ID_HEADER.encode(
        format_code=values.get("format_code") or 0, protocol_identifier=protocol)
    return (head + bytes.fromhex(values.get("data") or "")).ljust(_SIZE, b"\0")


def split_transport_ids(data: bytes) -> list[bytes] | None:
    """The consecutive TransportIDs in ``data``; ``None`` if the last one is cut."""
    found = []
    while data:
        length = transport_id_length(data)
        if length is None or length > len(data):
            return None
        found.append(data[:length])
        data = data[length:]
    return found

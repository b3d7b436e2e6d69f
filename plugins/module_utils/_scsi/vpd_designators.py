# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Device identification, VPD page 83h: the designators of a logical unit and of what leads to it (SPC-6 7.7.6)."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Sequence

from .table import Table, bits, flag, hexadecimal, span, text, uint, without
from .text import printable, printable_utf8
from .vpd import page_body, page_title, with_header

DEVICE_IDENTIFICATION = 0x83

CODE_SETS = {1: "binary", 2: "ASCII", 3: "UTF-8"}
ASSOCIATIONS = {0: "logical unit", 1: "target port", 2: "target device"}
DESIGNATOR_TYPES = {
    0x0: "vendor specific", 0x1: "T10 vendor ID", 0x2: "EUI-64", 0x3: "NAA", 0x4: "relative target port",
    0x5: "target port group", 0x6: "logical unit group", 0x7: "MD5 logical unit", 0x8: "SCSI name string",
    0x9: "protocol specific port", 0xA: "UUID",
}
PROTOCOLS = {
    0x0: "Fibre Channel", 0x1: "parallel SCSI", 0x2: "SSA", 0x3: "IEEE 1394", 0x4: "RDMA", 0x5: "iSCSI", 0x6: "SAS",
    0x7: "ADT", 0x8: "ATA", 0x9: "UAS", 0xA: "SOP", 0xB: "PCI Express", 0xF: "none",
}
NAA_FORMATS = {
    0x2: "IEEE extended", 0x3: "locally assigned", 0x5: "IEEE registered", 0x6: "IEEE registered extended",
}

DESIGNATOR_HEADER = Table(
    "designation descriptor", "SPC-6 7.7.6.1",
    bits("protocol_identifier", 0, 7, 4, PROTOCOLS),
    bits("code_set", 0, 3, 0, CODE_SETS),
    flag("piv", 1, 7),
    bits("association", 1, 5, 4, ASSOCIATIONS),
    bits("designator_type", 1, 3, 0, DESIGNATOR_TYPES),
    uint("designator_length", 3))

# Offsets of all that follows count from the start of the designator, as in the standard.

T10_VENDOR_ID = Table(
    "T10 vendor ID based designator", "SPC-6 7.7.6.4",
    text("t10_vendor_identification", 0, 7))

EUI_64 = {
    8: Table(
        "EUI-64 designator", "SPC-6 7.7.6.5.2",
        uint("ieee_company_id", 0, 2),
        hexadecimal("vendor_specific_extension_identifier", 3, 7)),
    12: Table(
        "EUI-64 based 12-byte designator", "SPC-6 7.7.6.5.3",
        uint("ieee_company_id", 0, 2),
        hexadecimal("vendor_specific_extension_identifier", 3, 7),
        hexadecimal("directory_id", 8, 11)),
    16: Table(
        "EUI-64 based 16-byte designator", "SPC-6 7.7.6.5.4",
        hexadecimal("identifier_extension", 0, 7),
        uint("ieee_company_id", 8, 10),
        hexadecimal("vendor_specific_extension_identifier", 11, 15)),
}

NAA = {
    0x2: Table(
        "NAA IEEE Extended designator", "SPC-6 7.7.6.6.2",
        bits("naa", 0, 7, 4, NAA_FORMATS),
        span("vendor_specific_identifier_a", 0, 1, 11, 0),
        uint("ieee_company_id", 2, 4),
        uint("vendor_specific_identifier_b", 5, 7)),
    0x3: Table(
        "NAA Locally Assigned designator", "SPC-6 7.7.6.6.3",
        bits("naa", 0, 7, 4, NAA_FORMATS),
        span("locally_administered_value", 0, 7, 59, 0)),
    0x5: Table(
        "NAA IEEE Registered designator", "SPC-6 7.7.6.6.4",
        bits("naa", 0, 7, 4, NAA_FORMATS),
        span("ieee_company_id", 0, 3, 27, 4),
        span("vendor_specific_identifier", 3, 7, 35, 0)),
    0x6: Table(
        "NAA IEEE Registered Extended designator", "SPC-6 7.7.6.6.5",
        bits("naa", 0, 7, 4, NAA_FORMATS),
        span("ieee_company_id", 0, 3, 27, 4),
        span("vendor_specific_identifier", 3, 7, 35, 0),
        uint("vendor_specific_identifier_extension", 8, 15)),
}

RELATIVE_TARGET_PORT = Table(
    "relative target port designator", "SPC-6 7.7.6.7",
    uint("relative_target_port_identifier", 2, 3))

TARGET_PORT_GROUP = Table(
    "target port group designator", "SPC-6 7.7.6.8",
    uint("target_port_group", 2, 3))

LOGICAL_UNIT_GROUP = Table(
    "logical unit group designator", "SPC-6 7.7.6.9",
    uint("logical_unit_group", 2, 3))

MD5_LOGICAL_UNIT = Table(
    "MD5 logical unit designator", "SPC-6 7.7.6.10",
    hexadecimal("md5_logical_unit_identifier", 0, 15))

UUID = Table(
    "UUID designator", "SPC-6 7.7.6.13",
    bits("uuid_type", 0, 7, 4),
    hexadecimal("uuid", 2, 17))

USB_PORT = Table(
    "USB target port identifier", "SPC-6 7.7.6.12",
    bits("device_address", 0, 6, 0),
    uint("interface_number", 2),
    size=4)

PCI_EXPRESS_ROUTING_ID = Table(
    "PCI Express routing ID", "SPC-6 7.7.6.12",
    uint("routing_id", 0, 1),
    size=8)

#: The protocols whose ports have such an identifier.
_PORT_IDENTIFIERS = {0x9: USB_PORT, 0xA: PCI_EXPRESS_ROUTING_ID}

_VENDOR, _T10, _EUI, _NAA, _MD5, _NAME, _PORT, _UUID = 0x0, 0x1, 0x2, 0x3, 0x7, 0x8, 0x9, 0xA
_FIXED = {
    0x4: RELATIVE_TARGET_PORT, 0x5: TARGET_PORT_GROUP, 0x6: LOGICAL_UNIT_GROUP, _MD5: MD5_LOGICAL_UNIT, _UUID: UUID,
}
_LOGICAL_UNIT, _TARGET_PORT, _TARGET_DEVICE = 0, 1, 2

#: The length of an NAA designator by its first four bits.
_NAA_LENGTHS: Mapping[int | None, int] = {0x5: 8, 0x6: 16}
_BINARY = 1

Designator = Dict[str, Any]


def decode_device_identification(data: bytes, warnings: list[str]) -> list[Designator]:
    """The designators, each with its ``designator`` in hex, and the content of that.

    ``text`` is the designator if that is a string, ``name`` the form in which people write it, such as
    "naa.5000c500a1b2c3d4", and ``fields`` are the fields of its type; each is ``None`` if it does not apply.
    """
    body = page_body(data, DEVICE_IDENTIFICATION, warnings) or b""
    if _is_bare_naa(body):
        warnings.append(f"{page_title(DEVICE_IDENTIFICATION)}: is of before SPC, a name without a descriptor")
        header = DESIGNATOR_HEADER.decode(DESIGNATOR_HEADER.encode(code_set=_BINARY, designator_type=_NAA))
        header.pop("designator_length")
        return [_decode(header, body, warnings)]
    return decode_designators(body, warnings)


def _is_bare_naa(body: bytes) -> bool:
    """Whether the page has nothing but an NAA designator, as old arrays of EMC send it.

    The byte that is reserved in a descriptor is not zero there, by which udev's scsi_id recognizes it as well.
    """
    return len(body) == _NAA_LENGTHS.get(body[0] >> 4 if body else None) and body[2] != 0


def decode_designators(body: bytes, warnings: list[str]) -> list[Designator]:
    """The consecutive designation descriptors in ``body``; a cut one is left out, because half a designator could name
    another drive.
    """
    found = []
    at = 0
    while at < len(body):
        header = DESIGNATOR_HEADER.decode(body[at:])
        length = header.pop("designator_length")
        start = at + DESIGNATOR_HEADER.size
        at = start + (length or 0)
        if length is None or at > len(body):
            warnings.append(f"{page_title(DEVICE_IDENTIFICATION)}: the last designator is cut and left out")
            break
        found.append(_decode(header, body[start:at], warnings))
    return found


def _decode(header: Designator, content: bytes, warnings: list[str]) -> Designator:
    if not header["piv"] or header["association"]["value"] not in (_TARGET_PORT, _TARGET_DEVICE):
        # Without PIV, or for a logical unit, the field has no meaning.
        header["protocol_identifier"] = None
    table = _table(header, content)
    fields = None if table is None else table.decode(content)
    if table is not None and table.missing(content):
        warnings.append(f"{page_title(DEVICE_IDENTIFICATION)}: {table.title} of {len(content)} bytes")
    if fields is not None and header["designator_type"]["value"] == _T10:
        fields["vendor_specific_identifier"] = printable(content[T10_VENDOR_ID.size:])
    return dict(header, designator=content.hex(), text=_text(header, content), name=_name(header, content),
                fields=fields)


def _table(header: Designator, content: bytes) -> Table | None:
    kind = header["designator_type"]["value"]
    if kind == _T10:
        return T10_VENDOR_ID
    if kind == _EUI:
        return EUI_64.get(len(content))
    if kind == _NAA:
        return NAA.get(content[0] >> 4) if content else None
    if kind == _PORT:
        protocol = header["protocol_identifier"]
        return None if protocol is None else _PORT_IDENTIFIERS.get(protocol["value"])
    return _FIXED.get(kind)


def _text(header: Designator, content: bytes) -> str | None:
    if header["designator_type"]["value"] == _NAME or header["code_set"]["value"] == 3:
        return printable_utf8(content)
    return printable(content) if header["code_set"]["value"] == 2 else None


def _name(header: Designator, content: bytes) -> str | None:
    """The form that Linux uses too (/sys/block/sda/device/wwid); ``None`` for what names nothing or is all zeros."""
    kind = header["designator_type"]["value"]
    if not any(content):
        return None
    if kind == _NAA:
        return "naa." + content.hex()
    if kind == _EUI:
        return "eui." + content.hex()
    if kind == _MD5:
        return "md5." + content.hex()
    if kind == _UUID:
        return _uuid_name(content)
    if kind == _NAME:
        return printable_utf8(content) or None
    if kind in (_T10, _VENDOR):
        string = _text(header, content) if header["code_set"]["value"] in (2, 3) else content.hex()
        return ("t10." if kind == _T10 else "vendor.") + string if string else None
    return None


def _uuid_name(content: bytes) -> str | None:
    digits = UUID.decode(content)["uuid"]
    if not digits or not int(digits, 16):
        return None
    return "uuid." + "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def encode_device_identification(designators: Sequence[Mapping[str, Any]], peripheral_device_type: int = 0) -> bytes:
    """The page, from decoded designators, whose content is taken from ``designator``."""
    return with_header(
        DEVICE_IDENTIFICATION, b"".join(encode_designator(each) for each in designators), peripheral_device_type)


def encode_designator(designator: Mapping[str, Any]) -> bytes:
    """One designation descriptor."""
    content = bytes.fromhex(designator["designator"])
    return DESIGNATOR_HEADER.encode(
        without(designator, "designator", "text", "name", "fields"), designator_length=len(content)) + content


def logical_unit_name(designators: Sequence[Mapping[str, Any]]) -> str | None:
    """The best name of the logical unit, the first of its names; ``None`` if it has none."""
    return next(iter(logical_unit_names(designators)), None)


def is_unique(name: str) -> bool:
    """Whether no two logical units have such a name; other names, such as a vendor's serial number, are not trusted."""
    return name.startswith(("naa.", "eui.", "uuid."))


def logical_unit_names(designators: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of the logical unit, the best first: "naa.5000c500a1b2c3d4", "eui.", "uuid.", SCSI names, "t10.".

    Of several of a kind the longest is the best: an NAA 6 designator names one volume of an array, NAA 5 may not. The
    designators of its target or port are not its own. For most drives the kernel's wwid is the first of these, but the
    kernel prefers a SCSI name string, and skips locally assigned NAA names.
    """
    own = [(each["designator_type"]["value"], each["name"]) for each in designators
           if each["association"]["value"] == _LOGICAL_UNIT and each["name"]]
    return [name for wanted in (_NAA, _EUI, _UUID, _NAME, _T10, _VENDOR)
            for name in sorted((name for kind, name in own if kind == wanted), key=len, reverse=True)]

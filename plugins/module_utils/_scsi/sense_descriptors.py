# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sense data descriptors (SPC-6 4.4.2, descriptor format sense data), one table per type."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping

from .sense_keys import SENSE_KEYS
from .table import Table, at_most, bits, code, flag, hexadecimal, named, uint, within

Descriptor = Dict[str, Any]

INFORMATION = 0x00
COMMAND_SPECIFIC_INFORMATION = 0x01
SENSE_KEY_SPECIFIC = 0x02
FIELD_REPLACEABLE_UNIT = 0x03
STREAM_COMMANDS = 0x04
BLOCK_COMMANDS = 0x05
ATA_STATUS_RETURN = 0x09
ANOTHER_PROGRESS_INDICATION = 0x0A
USER_DATA_SEGMENT_REFERRAL = 0x0B
FORWARDED_SENSE_DATA = 0x0C
DIRECT_ACCESS_BLOCK_DEVICE = 0x0D
DEVICE_DESIGNATION = 0x0E
MICROCODE_ACTIVATION = 0x0F

DESCRIPTOR_TYPES = {
    INFORMATION: "information",
    COMMAND_SPECIFIC_INFORMATION: "command specific information",
    SENSE_KEY_SPECIFIC: "sense key specific",
    FIELD_REPLACEABLE_UNIT: "field replaceable unit",
    STREAM_COMMANDS: "stream commands",
    BLOCK_COMMANDS: "block commands",
    0x06: "OSD object identification",
    0x07: "OSD response integrity check value",
    0x08: "OSD attribute identification",
    ATA_STATUS_RETURN: "ATA status return",
    ANOTHER_PROGRESS_INDICATION: "another progress indication",
    USER_DATA_SEGMENT_REFERRAL: "user data segment referral",
    FORWARDED_SENSE_DATA: "forwarded sense data",
    DIRECT_ACCESS_BLOCK_DEVICE: "direct-access block device",
    DEVICE_DESIGNATION: "device designation",
    MICROCODE_ACTIVATION: "microcode activation",
}

# Higher values number the copy destinations; implementations do not agree how, so they stay numbers.
SENSE_DATA_SOURCES = {0: "unknown", 1: "copy source", 2: "copy destination"}

STATUS_CODES = {
    0x00: "GOOD",
    0x02: "CHECK CONDITION",
    0x04: "CONDITION MET",
    0x08: "BUSY",
    0x18: "RESERVATION CONFLICT",
    0x28: "TASK SET FULL",
    0x30: "ACA ACTIVE",
    0x40: "TASK ABORTED",
}

ASYMMETRIC_ACCESS_STATES = {
    0x0: "active/optimized",
    0x1: "active/non-optimized",
    0x2: "standby",
    0x3: "unavailable",
    0x4: "logical block dependent",
    0xE: "offline",
    0xF: "transitioning",
}

USAGE_REASONS = {
    0: "unknown",
    1: "resend this and further commands to the designated device",
    2: "resend this command to the designated device",
    3: "new subsidiary logical unit",
    4: "administrative logical unit of a preferred binding",
}

CODE_SETS = {1: "binary", 2: "ASCII", 3: "UTF-8"}

_LOGICAL_UNIT = 0
ASSOCIATIONS = {_LOGICAL_UNIT: "logical unit", 1: "target port", 2: "target device"}

DESIGNATOR_TYPES = {
    0x0: "vendor specific",
    0x1: "T10 vendor ID based",
    0x2: "EUI-64 based",
    0x3: "NAA",
    0x4: "relative target port identifier",
    0x5: "target port group",
    0x6: "logical unit group",
    0x7: "MD5 logical unit identifier",
    0x8: "SCSI name string",
    0x9: "protocol specific port identifier",
    0xA: "UUID",
}

HEADER = Table(
    "Sense data descriptor", "SPC-6 4.4.2",
    code("type", 0, None, DESCRIPTOR_TYPES),
    uint("additional_length", 1),
)

TABLES = {
    INFORMATION: Table(
        "Information sense data descriptor", "SPC-6 4.4.2",
        flag("valid", 2, 7),
        uint("information", 4, 11),
    ),
    COMMAND_SPECIFIC_INFORMATION: Table(
        "Command-specific information sense data descriptor", "SPC-6 4.4.2",
        uint("command_specific_information", 4, 11),
    ),
    SENSE_KEY_SPECIFIC: Table(
        "Sense key specific sense data descriptor", "SPC-6 4.4.2",
        hexadecimal("sense_key_specific", 4, 6),
        size=8,
    ),
    FIELD_REPLACEABLE_UNIT: Table(
        "Field replaceable unit sense data descriptor", "SPC-6 4.4.2",
        uint("field_replaceable_unit_code", 3, unknown=0),
    ),
    STREAM_COMMANDS: Table(
        "Stream commands sense data descriptor", "SSC-5 4.2",
        flag("filemark", 3, 7),
        flag("eom", 3, 6),
        flag("ili", 3, 5),
    ),
    BLOCK_COMMANDS: Table(
        "Block commands sense data descriptor", "SBC-4 4.18",
        flag("ili", 3, 5),
    ),
    # The bytes of an extended ATA command alternate, as in the registers of ATA.
    ATA_STATUS_RETURN: Table(
        "ATA Status Return descriptor", "SAT-4 12.2",
        flag("extend", 2, 0),
        uint("error", 3),
        uint("count_15_8", 4),
        uint("count_7_0", 5),
        uint("lba_31_24", 6),
        uint("lba_7_0", 7),
        uint("lba_39_32", 8),
        uint("lba_15_8", 9),
        uint("lba_47_40", 10),
        uint("lba_23_16", 11),
        uint("device", 12),
        uint("status", 13),
    ),
    ANOTHER_PROGRESS_INDICATION: Table(
        "Another progress indication sense data descriptor", "SPC-6 4.4.2",
        code("another_sense_key", 2, None, SENSE_KEYS),
        uint("another_additional_sense_code", 3),
        uint("another_additional_sense_code_qualifier", 4),
        uint("another_progress_indication", 6, 7),
    ),
    USER_DATA_SEGMENT_REFERRAL: Table(
        "User data segment referral sense data descriptor", "SBC-4 4.18",
        flag("not_all_referrals", 2, 0),
        size=4,
    ),
    FORWARDED_SENSE_DATA: Table(
        "Forwarded sense data descriptor", "SPC-6 4.4.2",
        flag("forwarded_sense_data_truncated", 2, 7),
        bits("sense_data_source", 2, 3, 0, SENSE_DATA_SOURCES),
        code("forwarded_status", 3, None, STATUS_CODES),
    ),
    # This one descriptor replaces those of types 00h to 03h and 05h.
    DIRECT_ACCESS_BLOCK_DEVICE: Table(
        "Direct-access block device sense data descriptor", "SBC-4 4.18",
        flag("valid", 2, 7),
        flag("ili", 2, 5),
        hexadecimal("sense_key_specific", 4, 6),
        uint("field_replaceable_unit_code", 7, unknown=0),
        uint("information", 8, 15),
        uint("command_specific_information", 16, 23),
        size=32,
    ),
    DEVICE_DESIGNATION: Table(
        "Device designation sense data descriptor", "SPC-6 4.4.2",
        code("usage_reason", 3, None, USAGE_REASONS),
    ),
    MICROCODE_ACTIVATION: Table(
        "Microcode activation sense data descriptor", "SPC-6 4.4.2",
        uint("microcode_activation_time_seconds", 6, 7, unknown=0),
    ),
}

REFERRAL = Table(
    "User data segment referral descriptor", "SBC-4 4.18",
    uint("number_of_target_port_group_descriptors", 3),
    uint("first_user_data_segment_lba", 4, 11),
    uint("last_user_data_segment_lba", 12, 19),
)

TARGET_PORT_GROUP = Table(
    "Target port group descriptor", "SBC-4 4.18",
    bits("asymmetric_access_state", 0, 3, 0, ASYMMETRIC_ACCESS_STATES),
    uint("target_port_group", 2, 3),
)

DESIGNATION = Table(
    "Designation descriptor", "SPC-6 7.7.6",
    bits("protocol_identifier", 0, 7, 4),
    bits("code_set", 0, 3, 0, CODE_SETS),
    flag("piv", 1, 7),
    bits("association", 1, 5, 4, ASSOCIATIONS),
    bits("designator_type", 1, 3, 0, DESIGNATOR_TYPES),
    uint("designator_length", 3),
)


def split(data: bytes, warnings: list[str]) -> Iterator[bytes]:
    """The consecutive descriptors in ``data``, each cut to its own length and to what arrived."""
    position = 0
    while position < len(data):
        length = HEADER.decode(data[position:position + 2])["additional_length"]
        if length is None:
            warnings.append("sense data: the last descriptor is cut after its type")
            return
        descriptor = within(data[position:], HEADER.size + length, "sense data descriptor", warnings)
        yield descriptor
        position += HEADER.size + length


def decode_descriptor(data: bytes) -> Descriptor:
    """The fields of one descriptor, as `split` yields it; ``None`` for those that are not there.

    The content of a descriptor without a table, of OSD or of a vendor, is in ``data`` as hex.
    """
    header = HEADER.decode(data)
    if header["type"]["value"] >= 0x80:
        header["type"]["name"] = "vendor specific"
    descriptor: Descriptor = {"type": header["type"]}
    kind = header["type"]["value"]
    table = TABLES.get(kind)
    if table is None:
        descriptor["data"] = data[HEADER.size:].hex()
        return descriptor
    descriptor.update(table.decode(data))
    rest = data[table.size:]
    if kind in (INFORMATION, DIRECT_ACCESS_BLOCK_DEVICE) and not descriptor["valid"]:
        # Without VALID the field is vendor specific.
        descriptor["information"] = None
    elif kind == USER_DATA_SEGMENT_REFERRAL:
        descriptor["referrals"] = list(_referrals(rest))
    elif kind == FORWARDED_SENSE_DATA:
        descriptor["forwarded_sense_data"] = rest.hex()
    elif kind == DEVICE_DESIGNATION:
        designation = DESIGNATION.decode(rest)
        length = designation.pop("designator_length")
        association = designation["association"]
        if not designation["piv"] or association is not None and association["value"] == _LOGICAL_UNIT:
            # Without PIV, or for a logical unit, the field has no meaning (SPC-6 7.7.6.1).
            designation["protocol_identifier"] = None
        designation["designator"] = None if length is None else rest[DESIGNATION.size:DESIGNATION.size + length].hex()
        descriptor["designation_descriptor"] = designation
    return descriptor


def _referrals(data: bytes) -> Iterator[dict[str, Any]]:
    """The user data segments of a referral; a cut last one has the target port groups that arrived."""
    position = 0
    while position < len(data):
        segment = REFERRAL.decode(data[position:position + REFERRAL.size])
        position += REFERRAL.size
        groups = []
        for _group in range(segment.pop("number_of_target_port_group_descriptors") or 0):
            group = data[position:position + TARGET_PORT_GROUP.size]
            if len(group) == TARGET_PORT_GROUP.size:
                groups.append(TARGET_PORT_GROUP.decode(group))
            position += TARGET_PORT_GROUP.size
        segment["target_port_groups"] = groups
        yield segment


def encode_descriptor(values: bytes | Mapping[str, Any]) -> bytes:
    """The bytes of one descriptor, from what `decode_descriptor` returns; bytes stay as they are.

    The type may be a number. Raises ValueError for what does not fit.
    """
    if isinstance(values, bytes):
        return values
    given = dict(values)
    kind = given.pop("type")
    if isinstance(kind, Mapping):
        kind = kind["value"]
    # The decoded form of the forwarded sense data, which decoding adds to its bytes.
    given.pop("sense", None)
    table = TABLES.get(kind)
    if table is None:
        body = bytes.fromhex(given.pop("data", ""))
        if given:
            raise ValueError(f"descriptor type {kind:02X}h has no field {at_most(sorted(given))}")
        return HEADER.encode(type=kind, additional_length=len(body)) + body
    rest = b""
    if kind == USER_DATA_SEGMENT_REFERRAL:
        for referral in given.pop("referrals", None) or []:
            segment = dict(referral)
            groups = segment.pop("target_port_groups")
            rest += REFERRAL.encode(segment, number_of_target_port_group_descriptors=len(groups))
            rest += b"".join(TARGET_PORT_GROUP.encode(group) for group in groups)
    elif kind == FORWARDED_SENSE_DATA:
        rest = bytes.fromhex(given.pop("forwarded_sense_data", None) or "")
    elif kind == DEVICE_DESIGNATION:
        designation = dict(given.pop("designation_descriptor"))
        designator = bytes.fromhex(designation.pop("designator", None) or "")
        rest = DESIGNATION.encode(designation, designator_length=len(designator)) + designator
    whole = bytearray(table.encode(given) + rest)
    whole[:HEADER.size] = HEADER.encode(type=kind, additional_length=len(whole) - HEADER.size)
    return bytes(whole)


def ata_status(values: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of an ATA command (SAT-4 12.2) from the fields of its descriptor, with the split ones joined.

    Only an extended command has the upper halves of the count and the address.
    """
    extend = values["extend"]
    count = [values["count_7_0"]]
    lba = [values["lba_7_0"], values["lba_15_8"], values["lba_23_16"]]
    if extend:
        count.append(values["count_15_8"])
        lba.extend([values["lba_31_24"], values["lba_39_32"], values["lba_47_40"]])
    return {
        "extend": extend,
        "error": values["error"],
        "count": _joined(count),
        "lba": _joined(lba),
        "device": values["device"],
        "status": values["status"],
    }


def _joined(octets: list[Any]) -> Any:
    """A number from its octets, the lowest first; ``None`` if one of them did not arrive."""
    return None if None in octets else int.from_bytes(bytes(octets), "little")


def forwarded_title(values: Mapping[str, Any]) -> str:
    """Whose sense data a copy manager forwards, for a message."""
    source = values["sense_data_source"] or named(0, SENSE_DATA_SOURCES)
    return source["name"] if source["value"] and source["name"] else "another device"

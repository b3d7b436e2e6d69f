# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The descriptors of the third-party copy VPD page, one table per type (SPC-6 7.7.18, SBC-5 6.6.9).

All offsets count from the start of the descriptor, as in the standard.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple

from .copy_descriptors import CSCD_IDS, ROD_TYPES, descriptor_codes, named_descriptors
from .inquiry import PERIPHERAL_DEVICE_TYPES
from .operation_codes import name_of_operation_code, name_of_service_action
from .table import (
    Table,
    Values,
    beyond_measure,
    bits,
    code,
    flag,
    hexadecimal,
    named,
    number,
    power,
    records,
    short,
    uint,
)

DESCRIPTOR_HEADER = Table(
    "third-party copy descriptor", "SPC-6 7.7.18.2",
    uint("third_party_copy_descriptor_type", 0, 1),
    uint("third_party_copy_descriptor_length", 2, 3))

_UNLIMITED_32 = 0xFFFFFFFF
_UNLIMITED_64 = 0xFFFFFFFFFFFFFFFF

BLOCK_DEVICE_ROD_LIMITS = Table(
    "block device ROD limits", "SBC-5 6.6.9.3",
    hexadecimal("vendor_specific", 4, 9),
    uint("maximum_range_descriptors", 10, 11, unknown=0),
    uint("maximum_inactivity_timeout_seconds", 12, 15, unknown=(0, _UNLIMITED_32)),
    uint("default_inactivity_timeout_seconds", 16, 19, unknown=0),
    uint("maximum_token_transfer_size_blocks", 20, 27, unknown=0),
    uint("optimal_transfer_count_blocks", 28, 35, unknown=0))

PARAMETER_DATA = Table(
    "parameter data", "SPC-6 7.7.18.6",
    uint("maximum_cscd_descriptor_count", 8, 9),
    uint("maximum_segment_descriptor_count", 10, 11),
    uint("maximum_descriptor_list_length_bytes", 12, 15),
    uint("maximum_inline_data_length_bytes", 16, 19),
    size=32)

ROD_TOKEN_FEATURES = Table(
    "ROD token features", "SPC-6 7.7.18.10",
    bits("remote_tokens", 4, 3, 0),
    uint("minimum_token_lifetime_seconds", 16, 19),
    uint("maximum_token_lifetime_seconds", 20, 23),
    uint("maximum_token_inactivity_timeout_seconds", 24, 27),
    uint("rod_device_type_specific_features_descriptors_length", 46, 47))

_FEATURES_HEADER = (
    bits("descriptor_format", 0, 7, 5),
    bits("peripheral_device_type", 0, 4, 0, PERIPHERAL_DEVICE_TYPES),
    uint("descriptor_length", 2, 3))

DEVICE_TYPE_SPECIFIC_FEATURES = Table(
    "ROD device type specific features", "SPC-6 7.7.18.10", *_FEATURES_HEADER)

BLOCK_ROD_FEATURES = Table(
    "block ROD device type specific features", "SBC-5 6.6.9.4",
    *_FEATURES_HEADER,
    uint("optimal_block_rod_length_granularity_blocks", 6, 7, unknown=0),
    uint("maximum_bytes_in_block_rod", 8, 15),
    uint("optimal_bytes_in_block_rod_transfer", 16, 23, unknown=_UNLIMITED_64),
    uint("optimal_bytes_to_token_per_segment", 24, 31, unknown=_UNLIMITED_64),
    uint("optimal_bytes_from_token_per_segment", 32, 39, unknown=_UNLIMITED_64),
    size=48)

STREAM_ROD_FEATURES = Table(
    "stream ROD device type specific features", "SSC-5 8.6",
    *_FEATURES_HEADER,
    uint("maximum_bytes_in_stream_rod", 8, 15),
    uint("optimal_bytes_in_stream_rod_transfer", 16, 23, unknown=_UNLIMITED_64),
    size=48)

COPY_MANAGER_ROD_FEATURES = Table(
    "copy manager ROD device type specific features", "SPC-6 7.7.18.10",
    *_FEATURES_HEADER,
    uint("maximum_bytes_in_processor_rod", 8, 15),
    uint("optimal_bytes_in_processor_rod_transfer", 16, 23, unknown=_UNLIMITED_64),
    size=48)

#: By peripheral device type.
_FEATURES = {0x00: BLOCK_ROD_FEATURES, 0x01: STREAM_ROD_FEATURES, 0x03: COPY_MANAGER_ROD_FEATURES}

ROD_TYPE = Table(
    "ROD type descriptor", "SPC-6 7.7.18.11",
    code("rod_type", 0, 3, ROD_TYPES),
    flag("ecpy_int", 4, 7),
    flag("token_in", 4, 1),
    flag("token_out", 4, 0),
    uint("preference_indicator", 6, 7),
    size=64)

GENERAL_COPY_OPERATIONS = Table(
    "general copy operations", "SPC-6 7.7.18.12",
    uint("total_concurrent_copies", 4, 7),
    uint("maximum_identified_concurrent_copies", 8, 11),
    uint("maximum_segment_length_bytes", 12, 15),
    power("data_segment_granularity_bytes", 16),
    power("inline_data_granularity_bytes", 17),
    size=36)

STREAM_COPY_OPERATIONS = Table(
    "stream copy operations", "SPC-6 7.7.18.13",
    uint("maximum_stream_device_transfer_size_bytes", 4, 7),
    size=16)

HELD_DATA = Table(
    "held data", "SPC-6 7.7.18.14",
    uint("held_data_limit_bytes", 4, 7),
    power("held_data_granularity_bytes", 8),
    size=32)


class DescriptorType(NamedTuple):
    """How a type of descriptor is decoded (from all of it) and encoded (to what follows its header)."""

    name: str
    decode: Callable[[bytes, list[str]], Values]
    encode: Callable[[Mapping[str, Any]], bytes]


def _listed(data: bytes, first: int, last: int, title: str, warnings: list[str]) -> bytes:
    """The list that follows its length in bytes ``first`` to ``last``; it may end before its descriptor."""
    length = number(data, first, last) or 0
    content = data[last + 1:last + 1 + length]
    if len(content) < length:
        warnings.append(f"third-party copy descriptor, {title}: {len(content)} of {length} bytes of the list are there")
    return content


def _of_table(name: str, table: Table) -> DescriptorType:
    def decode(data: bytes, warnings: list[str]) -> Values:
        short(table, data, None if _is_cut(data) else len(data), warnings)
        beyond_measure(table, data, warnings)
        return table.decode(data)

    def encode(values: Mapping[str, Any]) -> bytes:
        return table.encode(values)[DESCRIPTOR_HEADER.size:]

    return DescriptorType(name, decode, encode)


def _is_cut(data: bytes) -> bool:
    length = DESCRIPTOR_HEADER.decode(data)["third_party_copy_descriptor_length"]
    return length is None or len(data) < DESCRIPTOR_HEADER.size + length


def _decode_commands(data: bytes, warnings: list[str]) -> Values:
    """Entries of an operation code, a count, and as many service actions; padding may follow."""
    commands = []
    content = _listed(data, 4, 4, "supported commands", warnings)
    at = 0
    while at + 2 <= len(content):
        operation_code, count = content[at], content[at + 1]
        actions = content[at + 2:at + 2 + count]
        if len(actions) < count and not _is_cut(data):
            warnings.append(f"third-party copy descriptor, supported commands: {len(actions)} of {count} service "
                            f"actions of {operation_code:02X}h")
        commands.append({
            "operation_code": {"value": operation_code, "name": name_of_operation_code(operation_code)},
            "service_actions": [
                {"value": action, "name": name_of_service_action(operation_code, action)} for action in actions]})
        at += 2 + count
    return {"commands": commands}


def _encode_commands(values: Mapping[str, Any]) -> bytes:
    content = bytearray()
    for command in values["commands"]:
        actions = bytes(_value(action) for action in command["service_actions"])
        content += bytes((_value(command["operation_code"]), len(actions))) + actions
    return bytes((len(content),)) + bytes(content)


def _value(coded: Any) -> int:
    return int(coded["value"] if isinstance(coded, Mapping) else coded)


def _decode_descriptors(data: bytes, warnings: list[str]) -> Values:
    return dict(named_descriptors(_listed(data, 4, 4, "supported descriptors", warnings)))


def _encode_descriptors(values: Mapping[str, Any]) -> bytes:
    codes = descriptor_codes(values)
    return bytes((len(codes),)) + codes


def _decode_cscd_ids(data: bytes, warnings: list[str]) -> Values:
    content = _listed(data, 4, 5, "supported CSCD descriptor IDs", warnings)
    return {"supported_cscd_descriptor_ids": [
        named(int.from_bytes(content[at:at + 2], "big"), CSCD_IDS) for at in range(0, len(content) - 1, 2)]}


def _encode_cscd_ids(values: Mapping[str, Any]) -> bytes:
    content = b"".join(_value(each).to_bytes(2, "big") for each in values["supported_cscd_descriptor_ids"])
    return len(content).to_bytes(2, "big") + content


def _decode_copy_group(data: bytes, warnings: list[str]) -> Values:
    """``copy_group_identifier`` in hex, and the UUID if it is one; a cut identifier is left out."""
    length = number(data, 4, 4)
    content = _listed(data, 4, 4, "copy group identifier", warnings)
    if length is None or len(content) < length:
        return {"copy_group_identifier": None, "uuid": None}
    digits = content.hex()
    if len(content) != _UUID_DESIGNATOR_SIZE or content[0] != _UUID_DESIGNATOR:
        return {"copy_group_identifier": digits, "uuid": None}
    return {"copy_group_identifier": digits,
            "uuid": "-".join((digits[4:12], digits[12:16], digits[16:20], digits[20:24], digits[24:]))}


_UUID_DESIGNATOR, _UUID_DESIGNATOR_SIZE = 0x10, 18


def _encode_copy_group(values: Mapping[str, Any]) -> bytes:
    content = bytes.fromhex(values["copy_group_identifier"] or "")
    return bytes((len(content),)) + content


def _decode_rod_token_features(data: bytes, warnings: list[str]) -> Values:
    short(ROD_TOKEN_FEATURES, data, None if _is_cut(data) else len(data), warnings)
    values = ROD_TOKEN_FEATURES.decode(data)
    del values["rod_device_type_specific_features_descriptors_length"]
    content = _listed(data, 46, 47, "ROD token features", warnings)
    features = []
    while content:
        header = DEVICE_TYPE_SPECIFIC_FEATURES.decode(content)
        if header["descriptor_length"] is None:
            warnings.append("third-party copy descriptor, ROD token features: the last descriptor is cut")
            break
        end = DESCRIPTOR_HEADER.size + header["descriptor_length"]
        features.append(_decode_features(header, content[:end]))
        content = content[end:]
    return dict(values, rod_device_type_specific_features=features)


def _decode_features(header: Values, data: bytes) -> Values:
    table = _FEATURES.get(header["peripheral_device_type"]["value"]) if header["descriptor_format"] == 0 else None
    if table is not None:
        return table.decode(data)
    content = data[DEVICE_TYPE_SPECIFIC_FEATURES.size:]
    return dict(header, data=content.hex() if len(content) == header["descriptor_length"] else None)


def _encode_rod_token_features(values: Mapping[str, Any]) -> bytes:
    fields = dict(values)
    content = b"".join(_encode_features(each) for each in fields.pop("rod_device_type_specific_features"))
    fields["rod_device_type_specific_features_descriptors_length"] = len(content)
    return ROD_TOKEN_FEATURES.encode(fields)[DESCRIPTOR_HEADER.size:] + content


def _encode_features(values: Mapping[str, Any]) -> bytes:
    fields = dict(values)
    if "data" in fields:
        return DEVICE_TYPE_SPECIFIC_FEATURES.encode(
            {name: value for name, value in fields.items() if name != "data"}) + bytes.fromhex(fields["data"] or "")
    table = _FEATURES[_value(fields["peripheral_device_type"])]
    # Its length may be more or less than the table's.
    size = DESCRIPTOR_HEADER.size + fields.setdefault("descriptor_length", table.size - DESCRIPTOR_HEADER.size)
    return table.encode(fields).ljust(size, b"\0")[:size]


def _decode_rod_types(data: bytes, warnings: list[str]) -> Values:
    title = "supported ROD types"
    content = _listed(data, 6, 7, title, warnings)
    return {"rod_types": [ROD_TYPE.decode(record) for record in records(content, ROD_TYPE.size, title, warnings)]}


def _encode_rod_types(values: Mapping[str, Any]) -> bytes:
    content = b"".join(ROD_TYPE.encode(each) for each in values["rod_types"])
    return bytes(2) + len(content).to_bytes(2, "big") + content


#: SPC-6 table 595.
DESCRIPTOR_TYPES: dict[int, DescriptorType] = {
    0x0000: _of_table("block device ROD limits", BLOCK_DEVICE_ROD_LIMITS),
    0x0001: DescriptorType("supported commands", _decode_commands, _encode_commands),
    0x0004: _of_table("parameter data", PARAMETER_DATA),
    0x0008: DescriptorType("supported descriptors", _decode_descriptors, _encode_descriptors),
    0x000C: DescriptorType("supported CSCD descriptor IDs", _decode_cscd_ids, _encode_cscd_ids),
    0x000D: DescriptorType("copy group identifier", _decode_copy_group, _encode_copy_group),
    0x0106: DescriptorType("ROD token features", _decode_rod_token_features, _encode_rod_token_features),
    0x0108: DescriptorType("supported ROD types", _decode_rod_types, _encode_rod_types),
    0x8001: _of_table("general copy operations", GENERAL_COPY_OPERATIONS),
    0x9101: _of_table("stream copy operations", STREAM_COPY_OPERATIONS),
    0xC001: _of_table("held data", HELD_DATA),
}

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Third-party copy, VPD page 8Fh: what a copy manager says that it can do (SPC-6 7.7.18)."""

from __future__ import annotations

from typing import Any, Callable, Dict, List

from .copy_descriptors import CSCD_IDS, ROD_TYPES, named_descriptors
from .operation_codes import operation_name
from .table import Table, bits, code, flag, named, number, power, uint
from .vpd import page_body, with_header

THIRD_PARTY_COPY = 0x8F

DESCRIPTOR_HEADER = Table(
    "third-party copy descriptor", "SPC-6 7.7.18.2",
    uint("third_party_copy_descriptor_type", 0, 1),
    uint("third_party_copy_descriptor_length", 2, 3))

# Offsets of all that follows count from the start of the descriptor, as in the standard.

BLOCK_DEVICE_ROD_LIMITS = Table(
    "block device ROD limits", "SBC-5 6.6.9.3",
    uint("maximum_range_descriptors", 10, 11),
    uint("maximum_inactivity_timeout_seconds", 12, 15),
    uint("default_inactivity_timeout_seconds", 16, 19),
    uint("maximum_token_transfer_size_blocks", 20, 27),
    uint("optimal_transfer_count_blocks", 28, 35))

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

BLOCK_ROD_FEATURES = Table(
    "block ROD device type specific features", "SPC-6 7.7.18.10",
    bits("peripheral_device_type", 0, 4, 0),
    uint("descriptor_length", 2, 3),
    uint("optimal_block_rod_length_granularity", 6, 7),
    uint("maximum_bytes_in_block_rod", 8, 15),
    uint("optimal_bytes_in_block_rod_transfer", 16, 23),
    uint("optimal_bytes_to_token_per_segment", 24, 31),
    uint("optimal_bytes_from_token_per_segment", 32, 39))

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

Decoded = Dict[str, Any]


def _supported_commands(data: bytes, warnings: List[str]) -> Decoded:
    """Entries of an operation code, a count, and as many service actions; they need not end where the padding does."""
    commands = []
    listed = data[5:5 + (number(data, 4, 4) or 0)]
    at = 0
    while at + 2 <= len(listed):
        operation_code, count = listed[at], listed[at + 1]
        actions = listed[at + 2:at + 2 + count]
        commands.append({
            "operation_code": operation_code,
            "service_actions": [
                {"value": action, "name": operation_name(bytes((operation_code, action & 0x1F)) + bytes(14))}
                for action in actions]})
        if len(actions) < count:
            warnings.append("VPD page 8Fh: the list of supported commands is cut")
        at += 2 + count
    return {"commands": commands}


def _supported_descriptors(data: bytes, warnings: List[str]) -> Decoded:
    return dict(named_descriptors(data[5:5 + (number(data, 4, 4) or 0)]))


def _supported_cscd_ids(data: bytes, warnings: List[str]) -> Decoded:
    listed = data[6:6 + (number(data, 4, 5) or 0)]
    return {"cscd_ids": [named(int.from_bytes(listed[at:at + 2], "big"), CSCD_IDS)
                         for at in range(0, len(listed) - 1, 2)]}


def _copy_group(data: bytes, warnings: List[str]) -> Decoded:
    return {"copy_group_identifier": data[5:5 + (number(data, 4, 4) or 0)].hex()}


def _rod_token_features(data: bytes, warnings: List[str]) -> Decoded:
    values = ROD_TOKEN_FEATURES.decode(data)
    listed = data[48:48 + (values.pop("rod_device_type_specific_features_descriptors_length") or 0)]
    features = []
    while len(listed) >= 4:
        feature = BLOCK_ROD_FEATURES.decode(listed)
        listed = listed[4 + feature["descriptor_length"]:]
        features.append(feature)
    return dict(values, device_type_specific_features=features)


def _rod_types(data: bytes, warnings: List[str]) -> Decoded:
    listed = data[8:8 + (number(data, 6, 7) or 0)]
    return {"rod_types": [ROD_TYPE.decode(listed[at:at + ROD_TYPE.size])
                          for at in range(0, len(listed), ROD_TYPE.size)]}


def _table(table: Table) -> Callable[[bytes, List[str]], Decoded]:
    return lambda data, warnings: table.decode(data)


#: Descriptor types (SPC-6 table 595) with the name of each and what decodes it.
_DESCRIPTORS: Dict[int, Any] = {
    0x0000: ("block device ROD limits", _table(BLOCK_DEVICE_ROD_LIMITS)),
    0x0001: ("supported commands", _supported_commands),
    0x0004: ("parameter data", _table(PARAMETER_DATA)),
    0x0008: ("supported descriptors", _supported_descriptors),
    0x000C: ("supported CSCD IDs", _supported_cscd_ids),
    0x000D: ("copy group identifier", _copy_group),
    0x0106: ("ROD token features", _rod_token_features),
    0x0108: ("supported ROD types", _rod_types),
    0x8001: ("general copy operations", _table(GENERAL_COPY_OPERATIONS)),
    0x9101: ("stream copy operations", _table(STREAM_COPY_OPERATIONS)),
    0xC001: ("held data", _table(HELD_DATA)),
}
_RESTRICTED = range(0xE000, 0xF000)


def decode_third_party_copy(data: bytes, warnings: List[str]) -> List[Decoded]:
    """The descriptors of the page, each with its ``type``; in hex what is not known."""
    body = page_body(data, THIRD_PARTY_COPY, warnings) or b""
    found = []
    at = 0
    while at + DESCRIPTOR_HEADER.size <= len(body):
        header = DESCRIPTOR_HEADER.decode(body[at:])
        kind = header["third_party_copy_descriptor_type"]
        end = at + DESCRIPTOR_HEADER.size + header["third_party_copy_descriptor_length"]
        descriptor = body[at:end]
        if end > len(body):
            warnings.append("VPD page 8Fh: descriptor {0:04X}h is cut".format(kind))
        name, decode = _DESCRIPTORS.get(kind, ("restricted" if kind in _RESTRICTED else None, None))
        values = decode(descriptor, warnings) if decode else {"data": descriptor[DESCRIPTOR_HEADER.size:].hex()}
        found.append(dict(values, type={"value": kind, "name": name}))
        at = end
    return found


def encode_third_party_copy(descriptors: Dict[int, bytes]) -> bytes:
    """The whole page, from what follows the header of each descriptor, by type; each padded to four bytes."""
    return with_header(THIRD_PARTY_COPY, b"".join(
        DESCRIPTOR_HEADER.encode(third_party_copy_descriptor_type=kind,
                                 third_party_copy_descriptor_length=len(content) + -len(content) % 4)
        + content + bytes(-len(content) % 4) for kind, content in descriptors.items()))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Third-party copy VPD page, side by side with sg_vpd."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.third_party_copy_descriptors import DESCRIPTOR_TYPES
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_third_party_copy import (
    decode_third_party_copy,
    encode_third_party_copy,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import number, recorded

VECTORS = recorded("vpd_third_party_copy/sg_vpd")

#: Where the tool is known to read the wrong byte: one byte late (its 17 for 16); bit 1 for bit 0.
MISREAD = {"maximum_inline_data_length", "token_out"}
#: What the tool prints as the exponent of two.
EXPONENTS = {"data_segment_granularity", "inline_data_granularity", "held_data_granularity"}
UNITS = ("_seconds", "_bytes", "_blocks")


def without_unit(name):
    return next((name[:-len(unit)] for unit in UNITS if name.endswith(unit)), name)


def plain(value):
    return value["value"] if isinstance(value, dict) and set(value) == {"value", "name"} else value


def compare(ours, theirs):
    """Every field of the tool's that is a number against ours; the number of those compared."""
    mine = {without_unit(name): plain(value) for name, value in ours.items()}
    compared = 0
    for name, told in theirs.items():
        if isinstance(told, list) or name in MISREAD or name.startswith("third_party_copy_descriptor"):
            continue
        expected = number(told)
        if name in EXPONENTS:
            expected = 1 << expected
        if name not in mine:
            raise AssertionError("ours have no " + name)
        # What is not reported, or has no limit, is None.
        assert mine[name] == (None if isinstance(told, dict) and told["i"] in (0, -1) and mine[name] is None
                              else expected), name
        compared += 1
    return compared


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_descriptors_agree_with_sg_vpd(vector) -> None:
    ours = decode_third_party_copy(bytes.fromhex(vector["hex"]), [])
    theirs = vector["output"]["third_party_copy_descriptors"]
    assert [each["type"]["value"] for each in ours] == [
        number(each["third_party_copy_descriptor_type"]) for each in theirs]
    for our, their in zip(ours, theirs):
        if "locally_assigned_uuid" in their:
            assert our["uuid"] == their.pop("locally_assigned_uuid").strip()
        compare(our, their)
        for name, pairs in their.items():
            if isinstance(pairs, list):
                LISTS[name](our, pairs)


def commands(our, theirs):
    flat = []
    for command in our["commands"]:
        code = command["operation_code"]
        flat.extend((code["value"], action["value"], action["name"]) for action in command["service_actions"])
        if not command["service_actions"]:
            flat.append((code["value"], None, code["name"]))
    assert [each[:2] for each in flat] == [
        (each["supported_operation_code"], each.get("supported_service_action")) for each in theirs]
    for (_code, _action, name), their in zip(flat, theirs):
        assert name.replace("(LID4)", "").lower() == their["name"].lower()


def descriptors(our, theirs):
    assert sorted(each["value"] for each in our["segment_descriptors"] + our["cscd_descriptors"]) == [
        each["code"] for each in theirs]
    assert {each["value"] for each in our["cscd_descriptors"]} == {
        each["code"] for each in theirs if each["name"].startswith("CSCD")}


def cscd_ids(our, theirs):
    assert [each["value"] for each in our["supported_cscd_descriptor_ids"]] == [each["id"] for each in theirs]


def rod_types(our, theirs):
    assert len(our["rod_types"]) == len(theirs)
    for mine, their in zip(our["rod_types"], theirs):
        assert compare(mine, their) == 4


def features(our, theirs):
    ours = our["rod_device_type_specific_features"]
    assert len(ours) == len(theirs)
    for mine, their in zip(ours, theirs):
        compare(mine, their)


LISTS = {
    "commands_supported_list": commands, "supported_descriptor_list": descriptors,
    "supported_cscd_descriptor_id_list": cscd_ids, "rod_type_descriptor_list": rod_types,
    "rod_device_type_specific_features_descriptor_list": features,
}


def test_every_type_of_descriptor_is_compared() -> None:
    compared = {number(each["third_party_copy_descriptor_type"])
                for vector in VECTORS for each in vector["output"]["third_party_copy_descriptors"]}
    assert compared == set(DESCRIPTOR_TYPES)


def test_inline_data_stand_where_the_standard_has_them() -> None:
    # The tool reads from byte 17, so its answer for this field is not asked (SPC-6 7.7.18.6).
    page = bytes.fromhex("008f0020" + "0004001c" + "00000000" "0002" "0001" "0000005c" "00010002" + "00" * 12)
    assert decode_third_party_copy(page, []) == [{
        "type": {"value": 4, "name": "parameter data"}, "maximum_cscd_descriptor_count": 2,
        "maximum_segment_descriptor_count": 1, "maximum_descriptor_list_length_bytes": 0x5C,
        "maximum_inline_data_length_bytes": 0x10002}]


def test_what_the_tool_does_not_print_stands_where_the_standard_has_it() -> None:
    limits = bytes.fromhex("008f0024" + "00000020" + "010203040506") + bytes(26)
    assert decode_third_party_copy(limits, [])[0]["vendor_specific"] == "010203040506"
    general = bytes.fromhex("008f0024" + "80010020") + bytes(12) + bytes((9, 3)) + bytes(18)
    values = decode_third_party_copy(general, [])[0]
    assert (values["data_segment_granularity_bytes"], values["inline_data_granularity_bytes"]) == (512, 8)
    numbers = b"".join(each.to_bytes(8, "big") for each in (7, 8)) + bytes(24)
    for device_type, name in ((1, "stream"), (3, "processor")):
        feature = bytes((device_type, 0, 0, 44)) + bytes(4) + numbers
        content = bytes(42) + len(feature).to_bytes(2, "big") + feature
        token = bytes.fromhex("0106") + len(content).to_bytes(2, "big") + content
        page = b"\0\x8f" + len(token).to_bytes(2, "big") + token
        (decoded,) = decode_third_party_copy(page, [])[0]["rod_device_type_specific_features"]
        assert decoded["descriptor_format"] == 0
        assert decoded[f"maximum_bytes_in_{name}_rod"] == 7
        assert decoded[f"optimal_bytes_in_{name}_rod_transfer"] == 8
    # Of another format nothing but its header is known, whatever device it is for.
    page = bytes.fromhex("008f0034" + "01060030") + bytes(42) + bytes.fromhex("0004" + "20000000")
    (unknown,) = decode_third_party_copy(page, [])[0]["rod_device_type_specific_features"]
    assert (unknown["descriptor_format"], unknown["data"]) == (1, "")


def test_a_token_goes_in_and_out_by_bits_of_its_own() -> None:
    page = encode_third_party_copy([{"type": 0x108, "rod_types": [
        {"rod_type": 0, "token_out": True}, {"rod_type": 0, "token_in": True}]}])
    assert page[12 + 4] == 0x01
    assert page[12 + 64 + 4] == 0x02


@pytest.mark.parametrize("content, said", [
    # The list claims more than its descriptor has.
    ("0001000409830010", "4-byte"),
    ("00010004ff830010", "list"),
    # The service actions claim more than the list has.
    ("0001000403830510", "service actions"),
    ("00080004ff02e400", "list"),
    ("000c0004fffe0000", "list"),
    ("000d000412100000", "list"),
    ("0108000400000fff", "list"),
    ("8001000400000001", r"\b8 bytes\b"),
    ("0000", r"\b2 bytes\b"),
    ("80010020", r"\b4 of 36 bytes\b"),
])
def test_lengths_that_lie_are_told_of(content, said) -> None:
    octets = bytes.fromhex(content)
    warnings = []
    decode_third_party_copy(b"\0\x8f" + len(octets).to_bytes(2, "big") + octets, warnings)
    assert len(warnings) >= 1
    if said != "4-byte":
        assert re.search(said, " ".join(warnings))


def test_what_is_not_known_leaves_as_hex() -> None:
    page = bytes.fromhex("008f0013" + "e0010004deadbeef" + "07770001ff" + "00010000" + "0001")
    warnings = []
    assert decode_third_party_copy(page, warnings) == [
        {"type": {"value": 0xE001, "name": "restricted"}, "data": "deadbeef"},
        {"type": {"value": 0x0777, "name": None}, "data": "ff"},
        {"type": {"value": 0x0001, "name": "supported commands"}},
    ]
    warning, = warnings
    assert re.search(r"\bVPD page 8Fh\b.*\blast descriptor\b.*\b2 bytes\b", warning)


def test_a_list_of_commands_need_not_end_where_the_padding_begins() -> None:
    page = encode_third_party_copy([{"type": 1, "commands": [{"operation_code": 0x12, "service_actions": []}]}])
    assert page.hex() == "008f0008" + "00010004" + "02120000"
    warnings = []
    assert decode_third_party_copy(page, warnings)[0]["commands"] == [
        {"operation_code": {"value": 0x12, "name": "INQUIRY"}, "service_actions": []}]
    assert warnings == []

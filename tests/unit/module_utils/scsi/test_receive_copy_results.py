# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RECEIVE COPY RESULTS, side by side with sg_copy_results."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_results as copies
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.copy_descriptors import named_descriptors
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_copy_lid4 import (
    decode_all_rod_tokens,
    decode_copy_data_lid4,
    decode_copy_status_lid4,
    decode_rod_token_information,
    encode_all_rod_tokens,
    encode_copy_data_lid4,
    encode_copy_status_lid4,
    encode_rod_token_information,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("receive_copy_results/sg_copy_results")


def vectors(kind):
    found = [vector for vector in VECTORS if vector["name"].startswith(kind)]
    return pytest.mark.parametrize("vector", found, ids=[vector["name"] for vector in found])


def value(lines, label):
    line = next((line for line in lines if line.strip().startswith(label)), None)
    return None if line is None else line.split(": ", 1)[1]


PARAMETERS = {
    "Supports no list identifier": "snlid", "Maximum target descriptor count": "maximum_cscd_descriptor_count",
    "Maximum segment descriptor count": "maximum_segment_descriptor_count",
    "Maximum descriptor list length": "maximum_descriptor_list_length_bytes",
    "Maximum segment length": "maximum_segment_length_bytes",
    "Maximum inline data length": "maximum_inline_data_length_bytes", "Held data limit": "held_data_limit_bytes",
    "Maximum stream device transfer size": "maximum_stream_device_transfer_size_bytes",
    "Total concurrent copies": "total_concurrent_copies", "Maximum concurrent copies": "maximum_concurrent_copies",
    "Data segment granularity": "data_segment_granularity_bytes",
    "Inline data granularity": "inline_data_granularity_bytes",
    "Held data granularity": "held_data_granularity_bytes",
}


@vectors("parameters")
def test_operating_parameters_agree_with_sg_copy_results(vector) -> None:
    warnings = []
    ours = copies.decode_operating_parameters(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    lines = vector["output"]
    for label, name in PARAMETERS.items():
        told = value(lines, label)
        if told is None:
            # "Inline data not supported"
            assert (name, ours[name]) == ("maximum_inline_data_length_bytes", 0)
        elif name == "snlid":
            assert ours[name] == (told == "yes")
        else:
            assert ours[name] == int(told.split()[0]), name
            assert told.endswith(" bytes") == name.endswith("_bytes")
    for name, label in (("segment_descriptors", "Segment"), ("cscd_descriptors", "Target")):
        told = re.findall(rf" +{label} descriptor 0x(\w\w)", "\n".join(lines))
        assert [each["value"] for each in ours[name]] == [int(code, 16) for code in told]


def test_the_answer_of_lio_is_46_bytes() -> None:
    data = bytes.fromhex(VECTORS[0]["hex"])
    assert len(data) == 46
    values = copies.decode_operating_parameters(data, [])
    assert values["available_data"] == 42
    assert values["segment_descriptors"] == [{"value": 2, "name": "block to block"}]
    assert values["cscd_descriptors"] == [{"value": 0xE4, "name": "identification descriptor"}]


def test_a_list_of_descriptors_that_is_longer_than_the_answer_is_told_of() -> None:
    data = bytearray.fromhex(VECTORS[0]["hex"])
    data[43] = 200
    warnings = []
    values = copies.decode_operating_parameters(bytes(data), warnings)
    assert len(values["segment_descriptors"] + values["cscd_descriptors"]) == 2
    warning, = warnings
    assert re.search(r"\bRECEIVE COPY OPERATING PARAMETERS\b.*\b2 of 200\b", warning)


@pytest.mark.parametrize("exponent,granularity", [(63, 1 << 63), (64, None), (255, None)])
def test_granularities_of_up_to_64_bits_are_numbers(exponent: int, granularity: Any) -> None:
    data = bytearray.fromhex(VECTORS[0]["hex"])
    data[37] = exponent
    assert copies.decode_operating_parameters(bytes(data), [])["data_segment_granularity_bytes"] == granularity


def test_descriptors_of_a_vendor_are_not_cscds() -> None:
    named = named_descriptors([0x19, 0xBF, 0xC0, 0xDF, 0xE0, 0xEC])
    assert [(each["value"], each["name"]) for each in named["segment_descriptors"]] == [
        (0x19, None), (0xBF, "populate ROD from one block range"), (0xC0, "vendor specific"), (0xDF, "vendor specific")]
    assert [each["name"] for each in named["cscd_descriptors"]] == ["Fibre Channel N_Port_Name", None]


@vectors("status")
def test_the_status_agrees_with_sg_copy_results(vector) -> None:
    warnings = []
    ours = copies.decode_copy_status(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    lines = vector["output"]
    assert ours["hdd"] == (value(lines, "Held data discarded") == "Yes")
    assert value(lines, "Copy manager status") == {
        0: "Operation in progress", 1: "Operation completed without errors", 2: "Operation completed with errors",
    }[ours["copy_command_status"]["value"]]
    assert ours["segments_processed"] == int(value(lines, "Segments processed"))
    assert ours["transfer_count_units"]["value"] == int(value(lines, "Transfer count units"))
    assert ours["transfer_count"] == int(value(lines, "Transfer count:"))


def test_bytes_transferred_are_those_of_the_units() -> None:
    for unit, expected in ((0, 3), (1, 3 << 10), (6, 3 << 60), (7, None), (0xF1, None)):
        data = copies.encode_copy_status({"transfer_count_units": unit, "transfer_count": 3})
        assert copies.decode_copy_status(data, [])["transferred_bytes"] == expected


@vectors("failures")
def test_failure_details_agree_with_sg_copy_results(vector) -> None:
    warnings = []
    ours = copies.decode_failure_details(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    assert ours["extended_copy_command_status"]["value"] == int(
        value(vector["output"], "Extended copy command status"))
    # Copy Aborted, 0Dh/02h: "Copy target device not reachable".
    assert ours["sense_data"] == "70000a000000000a000000000d0200000000"


def test_nothing_failed_where_there_are_no_details() -> None:
    warnings = []
    values = copies.decode_failure_details(bytes(4), warnings)
    assert values.pop("available_data") == 0
    assert set(values.values()) == {None}
    assert warnings == []


def test_sense_data_that_the_length_forgets_are_read_as_far_as_they_arrived() -> None:
    # Available data of 56, as copy managers of older FreeBSD have it, with 18 bytes of sense data behind.
    data = bytearray.fromhex(next(vector for vector in VECTORS if vector["name"] == "failures")["hex"])
    data[:4] = (56).to_bytes(4, "big")
    warnings = []
    assert copies.decode_failure_details(bytes(data), warnings)["sense_data"] == "70000a000000000a000000000d0200000000"
    assert warnings == []
    values = copies.decode_failure_details(bytes(data[:70]), warnings)
    assert values["sense_data"] == "70000a000000000a0000"
    warning, = warnings
    assert re.search(r"\bRECEIVE COPY FAILURE DETAILS\(LID1\).*\b10 of 18 bytes\b", warning)


def test_a_length_that_leaves_out_the_status_is_believed() -> None:
    data = bytearray(80)
    data[3] = 40
    data[56] = 2
    warnings = []
    values = copies.decode_failure_details(bytes(data), warnings)
    assert values["extended_copy_command_status"] is None
    assert values["sense_data"] is None
    assert len(warnings) == 1


def test_held_data_leave_as_hex_with_the_length_that_they_have() -> None:
    warnings = []
    assert copies.decode_copy_data(copies.encode_copy_data(b"held"), warnings) == {
        "available_data": 4, "held_data": "68656c64"}
    assert copies.decode_copy_data(bytes(4), warnings) == {"available_data": 0, "held_data": ""}
    assert warnings == []
    assert copies.decode_copy_data(copies.encode_copy_data(bytes(1000))[:520], warnings)["available_data"] == 1000
    assert len(warnings) == 1


# Identifiers of four bytes. The layout is that of the standard as FreeBSD's CTL writes it. ----------------------------

# What CTL writes for an operation that was completed after 5 segments: available data, no sense data.
CTL = bytes.fromhex("0000001c 01 01 0007 ffffffff 00 00 00 00 0000000000100000 0005 000000000000")


def test_the_status_of_ctl() -> None:
    warnings = []
    values = decode_copy_status_lid4(CTL, warnings)
    assert warnings == []
    assert values["response_to_service_action"] == {"value": 1, "name": "EXTENDED COPY(LID4)"}
    assert values["copy_operation_status"] == {"value": 1, "name": "completed without errors"}
    assert values["operation_counter"] == 7
    assert values["estimated_status_update_delay_milliseconds"] is None
    assert values["transferred_bytes"] == 1 << 20
    assert values["segments_processed"] == 5
    assert values["sense_data"] is None
    assert encode_copy_status_lid4(values) == CTL


def test_sense_data_end_with_their_own_length_and_the_rest_behind_their_field() -> None:
    data = encode_copy_data_lid4({"sense_data": "7000", "length_of_the_sense_data_field": 8, "held_data": "aabb"})
    assert data[32:].hex() == "7000" "000000000000" "00000002" "aabb"
    warnings = []
    values = decode_copy_data_lid4(data, warnings)
    assert (values["sense_data"], values["held_data"], values["held_data_length"]) == ("7000", "aabb", 2)
    assert warnings == []


def test_every_field_of_the_status_has_its_place() -> None:
    values = decode_copy_status_lid4(bytes.fromhex(
        "0000001e 10 e0 0102 00000bb8 18 02 01 f1 0000000000000003 0405 ffffffffffff 70ff"), [])
    assert values == {
        "available_data": 30, "response_to_service_action": {"value": 0x10, "name": "POPULATE TOKEN"}, "hdd": True,
        "copy_operation_status": {"value": 0x60, "name": "aborted"}, "operation_counter": 0x102,
        "estimated_status_update_delay_milliseconds": 3000,
        "extended_copy_completion_status": {"value": 0x18, "name": "RESERVATION CONFLICT"},
        "length_of_the_sense_data_field": 2, "sense_data_length": 1,
        "transfer_count_units": {"value": 0xF1, "name": "logical blocks"}, "transfer_count": 3,
        "segments_processed": None, "transferred_bytes": None, "sense_data": "70"}


def test_sense_data_longer_than_their_field_are_told_of() -> None:
    data = bytearray(encode_copy_status_lid4({"sense_data": "7000"}))
    data[14] = 200
    warnings = []
    assert decode_copy_status_lid4(bytes(data), warnings)["sense_data"] == "7000"
    warning, = warnings
    assert re.search(r"\bRECEIVE COPY STATUS\(LID4\).*\b200 bytes\b.*\b2\b", warning)


def test_tokens_are_told_with_what_they_stand_for() -> None:
    token = bytes.fromhex("00010000 0000 01f8 1122334455667788") + bytes(range(32)) + (4096).to_bytes(16, "big")
    token = token.ljust(512, b"\x5a")
    data = encode_rod_token_information({"rod_tokens": [
        {"id_for_creating_rod_cscd_descriptor": 0x0102, "rod_token": token.hex()}]})
    assert data[32:36] == (514).to_bytes(4, "big")
    (told,) = decode_rod_token_information(data, [])["rod_tokens"]
    assert told == {
        "id_for_creating_rod_cscd_descriptor": 0x0102,
        "rod_type": {"value": 0x10000, "name": "access upon reference"},
        "rod_token_length": 0x1F8,
        "copy_manager_rod_token_identifier": token[8:16].hex(),
        "creator_logical_unit_descriptor": token[16:48].hex(),
        "number_of_bytes_represented": 4096,
        "rod_token": token.hex(),
    }
    warnings = []
    assert decode_rod_token_information(data[:-1], warnings)["rod_tokens"] == []
    assert len(warnings) >= 1


def test_management_tokens_are_96_bytes_each() -> None:
    tokens = [{"rod_token": (bytes((each,)) * 96).hex()} for each in (1, 2)]
    data = encode_all_rod_tokens(tokens)
    assert (len(data), data[:8].hex()) == (8 + 192, "000000c400000000")
    assert [each["rod_token"] for each in decode_all_rod_tokens(data, [])] == [each["rod_token"] for each in tokens]
    assert decode_all_rod_tokens(encode_all_rod_tokens([]), []) == []

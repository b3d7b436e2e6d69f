# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPD pages B0h, B1h and B2h, side by side with sg_vpd."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_device_characteristics import (
    decode_block_device_characteristics,
    encode_block_device_characteristics,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits import (
    decode_block_limits,
    encode_block_limits,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_logical_block_provisioning import (
    decode_logical_block_provisioning,
    encode_logical_block_provisioning,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import number, recorded

BLOCK_LIMITS = recorded("vpd_block_limits/sg_vpd")
CHARACTERISTICS = recorded("vpd_block_device_characteristics/sg_vpd")
PROVISIONING = recorded("vpd_logical_block_provisioning/sg_vpd")

HEADER = ("peripheral_qualifier", "peripheral_device_type", "page_code")
#: The tool has a field of SBC-6, shows BOCS under the name of RBWZ, and the granularity under that of the alignment.
NOT_COMPARED = ("maximum_coalescing_copy_lba_range_descriptors", "rbwz", "atomic_alignment")
UNITS = ("_blocks", "_seconds", "")
THEIR_NAMES = {"Unmap granularity alignment valid": "ugavalid",
               "unmap_granularity_alignment": "unmap_granularity_alignment_blocks"}


def compare(vector, decode) -> None:
    warnings = []
    ours = decode(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    compared = 0
    for name, told in vector["output"].items():
        if name in HEADER or name in NOT_COMPARED:
            continue
        name = THEIR_NAMES.get(name, name)  # noqa: PLW2901
        own = next(ours[name + unit] for unit in UNITS if name + unit in ours)
        if own is None:
            assert number(told) in (0, 0xFFFFFFFF), name
        else:
            assert (own["value"] if isinstance(own, dict) else own) == number(told), name
        compared += 1
    assert compared >= 5


def test_block_limits_agree_with_sg_vpd() -> None:
    for vector in BLOCK_LIMITS:
        compare(vector, decode_block_limits)


def test_block_device_characteristics_agree_with_sg_vpd() -> None:
    for vector in CHARACTERISTICS:
        compare(vector, decode_block_device_characteristics)


def test_logical_block_provisioning_agrees_with_sg_vpd() -> None:
    for vector in PROVISIONING:
        compare(vector, decode_logical_block_provisioning)


def test_what_the_tool_calls_a_name_is_ours_too() -> None:
    for vector in CHARACTERISTICS:
        told, ours = vector["output"], decode_block_device_characteristics(bytes.fromhex(vector["hex"]), [])
        if ours["nominal_form_factor"]["value"] in (1, 2, 3, 4):
            assert ours["nominal_form_factor"]["name"] == told["nominal_form_factor"]["meaning"]
    for vector in PROVISIONING:
        told, ours = vector["output"], decode_logical_block_provisioning(bytes.fromhex(vector["hex"]), [])
        if ours["provisioning_type"]["value"] in (1, 2):
            assert ours["provisioning_type"]["name"] == told["provisioning_type"]["meaning"]


@pytest.mark.parametrize("vectors, decode, encode", [
    (BLOCK_LIMITS, decode_block_limits, encode_block_limits),
    (CHARACTERISTICS, decode_block_device_characteristics, encode_block_device_characteristics),
    (PROVISIONING, decode_logical_block_provisioning, encode_logical_block_provisioning)])
def test_pages_go_round_and_may_be_cut_anywhere(vectors, decode, encode) -> None:
    for vector in vectors:
        data = bytes.fromhex(vector["hex"])
        values = decode(data, [])
        again = decode(encode(values), [])
        for name, value in values.items():
            # A page shorter than today's becomes a whole one, in which nothing is said.
            assert again[name] == value or value is None and not again[name], name
        for length in range(len(data)):
            warnings = []
            cut = decode(data[:length], warnings)
            assert warnings
            assert set(cut) == set(values)
            for name, value in cut.items():
                assert value is None or value == values[name], (length, name)


def test_limits_that_a_disk_does_not_have_are_none() -> None:
    values = decode_block_limits(encode_block_limits(
        {"maximum_unmap_lba_count": None, "maximum_compare_and_write_length_blocks": 0}), [])
    assert values["maximum_unmap_lba_count"] is None
    assert values["maximum_transfer_length_blocks"] is None
    # Zero of these is "cannot", which a caller must see.
    assert values["maximum_compare_and_write_length_blocks"] == 0
    assert values["maximum_unmap_block_descriptor_count"] == 0


def test_the_tool_shows_the_granularity_of_atomic_writes() -> None:
    for vector in BLOCK_LIMITS[1:5]:
        data = bytes.fromhex(vector["hex"])
        values = decode_block_limits(data, [])
        assert values["atomic_transfer_length_granularity_blocks"] == vector["output"]["atomic_alignment"]
        assert values["atomic_alignment_blocks"] == int.from_bytes(data[48:52], "big")


def test_a_short_page_of_an_old_disk_is_no_fault() -> None:
    warnings = []
    values = decode_block_limits(bytes.fromhex("00b0000c 00000008 00000400 00000080"), warnings)
    assert warnings == []
    assert values["maximum_transfer_length_blocks"] == 1024
    assert values["maximum_unmap_lba_count"] is None and values["ugavalid"] is None


@pytest.mark.parametrize("rate, rpm, non_rotating", [
    (0, None, None), (1, None, True), (2, None, None), (0x400, None, None), (0x401, 1025, False),
    (7200, 7200, False), (0xFFFE, 65534, False), (0xFFFF, None, None)])
def test_the_rotation_rate_is_a_number_of_rotations_or_says_that_there_are_none(rate, rpm, non_rotating) -> None:
    values = decode_block_device_characteristics(
        encode_block_device_characteristics({"medium_rotation_rate": rate}), [])
    assert (values["rotation_rate_rpm"], values["non_rotating"]) == (rpm, non_rotating)


@pytest.mark.parametrize("byte, name", [
    (0x40, "mact"), (0x08, "rbwz"), (0x04, "bocs"), (0x02, "fuab"), (0x01, "vbuls")])
def test_each_bit_of_byte_8(byte, name) -> None:
    data = bytes.fromhex("00b1003c 00000000") + bytes((byte,)) + bytes(55)
    values = decode_block_device_characteristics(data, [])
    assert [each for each in ("mact", "rbwz", "bocs", "fuab", "vbuls") if values[each]] == [name]


def test_the_provisioning_group_is_a_designator() -> None:
    group = decode_logical_block_provisioning(bytes.fromhex(PROVISIONING[-1]["hex"]), [])["provisioning_group"]
    assert group["name"] == "naa.60060e80112233440000112233440000"
    assert decode_logical_block_provisioning(bytes.fromhex(PROVISIONING[0]["hex"]), [])["provisioning_group"] is None


def test_another_page_is_not_decoded() -> None:
    warnings = []
    assert decode_block_limits(bytes.fromhex("00b1003c") + bytes(60), warnings)["wsnz"] is None
    warning, = warnings
    assert re.search(r"\bVPD page B1h\b.*\bVPD page B0h\b", warning)

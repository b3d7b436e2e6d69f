# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPD pages: the list of pages, the serial number, 86h and B7h, side by side with sg_vpd."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd import (
    VPD_HEADER,
    decode_supported_pages,
    decode_unit_serial_number,
    encode_supported_pages,
    encode_unit_serial_number,
    page_body,
    page_name,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits_extension import (
    decode_block_limits_extension,
    encode_block_limits_extension,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_extended_inquiry import (
    decode_extended_inquiry,
    encode_extended_inquiry,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import number, recorded

PAGES = recorded("vpd_supported_pages/sg_vpd")
SERIALS = recorded("vpd_unit_serial_number/sg_vpd")
EXTENDED_INQUIRIES = recorded("vpd_extended_inquiry/sg_vpd")
BLOCK_LIMITS_EXTENSIONS = recorded("vpd_block_limits_extension/sg_vpd")

#: Where the tool's list gives a page to disks, or names it by its own lights.
NAMED_OTHERWISE = {0x91: "protocol specific port information", 0x92: "SCSI feature sets", 0xB5: None}
#: Unlike the tool, ours say which of these are no report.
HEADER = ("peripheral_qualifier", "peripheral_device_type", "page_code")


def letters(name):
    return "".join(letter for letter in name.lower().split("(")[0] if letter.isalnum())


@pytest.mark.parametrize("vector", PAGES, ids=[vector["name"] for vector in PAGES])
def test_the_list_of_pages_agrees_with_sg_vpd(vector) -> None:
    warnings = []
    ours = decode_supported_pages(bytes.fromhex(vector["hex"]), warnings)
    theirs = vector["output"]["supported_vpd_page_list"]
    assert warnings == []
    assert [each["value"] for each in ours] == [each["i"] for each in theirs]
    for our, their in zip(ours, theirs):
        if our["value"] not in NAMED_OTHERWISE:
            assert letters(our["name"]) == letters(their["name"])


def test_a_list_that_does_not_begin_with_itself_may_be_no_list() -> None:
    # A device that ignores EVPD: standard INQUIRY data whose RMB bit is 0 looks like page 00h.
    warnings = []
    decode_supported_pages(bytes.fromhex("000000051f00000241434d45"), warnings)
    warning, = warnings
    assert re.search(r"\bVPD page 00h\b.*\b00h\b", warning)


@pytest.mark.parametrize("vector", SERIALS, ids=[vector["name"] for vector in SERIALS])
def test_the_serial_number_agrees_with_sg_vpd(vector) -> None:
    told = vector["output"]["product_serial_number"]
    assert decode_unit_serial_number(bytes.fromhex(vector["hex"]), []) == told.strip()


@pytest.mark.parametrize("vector", PAGES + SERIALS, ids=lambda vector: vector["name"])
def test_the_header_agrees_with_sg_vpd(vector) -> None:
    header = VPD_HEADER.decode(bytes.fromhex(vector["hex"]))
    for name in ("peripheral_qualifier", "peripheral_device_type"):
        assert header[name]["value"] == number(vector["output"][name])
    assert header["page_code"] == vector["output"]["page_code"]


def test_half_a_serial_number_is_none() -> None:
    warnings = []
    assert decode_unit_serial_number(bytes.fromhex("0080000832303030"), warnings) is None
    warning, = warnings
    assert re.search(r"\bVPD page 80h\b.*\b8 of 12 bytes\b", warning)


def test_spaces_are_no_serial_number() -> None:
    assert decode_unit_serial_number(encode_unit_serial_number(None), []) is None
    assert decode_unit_serial_number(encode_unit_serial_number("Z1"), []) == "Z1"


@pytest.mark.parametrize("vector", EXTENDED_INQUIRIES, ids=[vector["name"] for vector in EXTENDED_INQUIRIES])
def test_extended_inquiry_data_agree_with_sg_vpd(vector) -> None:
    warnings = []
    ours = decode_extended_inquiry(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    theirs = {name: number(told) for name, told in vector["output"].items() if name not in HEADER}
    theirs["lu_collection_type"] = theirs.pop("lu_coll_type")
    assert set(ours) == set(theirs)
    for name, told in theirs.items():
        value = ours[name]["value"] if isinstance(ours[name], dict) else ours[name]
        # sg_vpd shows the modes of a download whether or not they are valid.
        valid = ours["dms_valid"] or not name.startswith("dm_md_")
        assert (0 if value is None else value) == told * valid, name


def test_an_extended_self_test_of_no_minutes_is_not_reported() -> None:
    assert decode_extended_inquiry(encode_extended_inquiry({}), [])["extended_self_test_completion_minutes"] is None
    page = encode_extended_inquiry({"extended_self_test_completion_minutes": 1091})
    assert decode_extended_inquiry(page, [])["extended_self_test_completion_minutes"] == 1091
    # The page of a known target that ends before the field, its length telling so.
    warnings = []
    values = decode_extended_inquiry(page[:2] + b"\0\6" + page[4:10], warnings)
    assert values["extended_self_test_completion_minutes"] is None
    assert values["multi_i_t_nexus_microcode_download"] == 0
    assert len(warnings) == 1
    assert re.search(r"\bextended INQUIRY data\b.*\b10 bytes\b.*\bextended_self_test_completion_minutes\b", warnings[0])
    # And one that just reaches it.
    values = decode_extended_inquiry(page[:2] + b"\0\x08" + page[4:12], [])
    assert values["extended_self_test_completion_minutes"] == 1091


@pytest.mark.parametrize(
    "vector", BLOCK_LIMITS_EXTENSIONS, ids=[vector["name"] for vector in BLOCK_LIMITS_EXTENSIONS])
def test_block_limits_extension_agrees_with_sg_vpd(vector) -> None:
    warnings = []
    ours = decode_block_limits_extension(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    theirs = {name: number(told) for name, told in vector["output"].items() if name not in HEADER}
    for name, value in ours.items():
        told = theirs.pop(name.replace("_blocks", ""), None)
        assert value == (None if told == 0 and name.startswith("maximum_scattered") else told), name
    assert theirs == {}


def test_a_disk_of_an_older_standard_has_a_shorter_page() -> None:
    warnings = []
    values = decode_block_limits_extension(bytes.fromhex("00b70000"), warnings)
    assert set(values.values()) == {None}
    assert warnings == []
    page = encode_block_limits_extension({"maximum_number_of_streams": 8, "rscs": True})
    assert decode_block_limits_extension(page, [])["maximum_number_of_streams"] == 8


def test_pages_of_a_tape_drive_have_its_names() -> None:
    assert page_name(0xB1) == "block device characteristics"
    assert page_name(0xB1, 0x01) == "manufacturer-assigned serial number"
    assert page_name(0xB1, 0x0D) is None
    assert page_name(0xC5, 0x0D) == "vendor specific"


def test_another_page_is_told_of() -> None:
    warnings = []
    assert page_body(encode_supported_pages([0, 0x80]), 0x83, warnings) is None
    warning, = warnings
    assert re.search(r"\bVPD page 00h\b.*\bVPD page 83h\b", warning)

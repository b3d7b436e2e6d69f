# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log pages: the way to their parameters, and the lists of pages, side by side with sg_logs."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import (
    LOG_PAGE_HEADER,
    decode_supported_log_pages,
    encode_page,
    page_name,
    page_title,
    parameters,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("log_supported_pages/sg_logs")


def letters(name):
    return "".join(letter for letter in name.lower() if letter.isalnum())


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_lists_of_pages_agree_with_sg_logs(vector) -> None:
    subpages = "subpages" in vector["name"]
    warnings = []
    ours = decode_supported_log_pages(bytes.fromhex(vector["hex"]), warnings, subpages)
    assert warnings == []
    output = vector["output"]
    theirs = output["supported_page_subpage_descriptors" if subpages else "supported_pages_list"]
    assert [(each["page"], each["subpage"]) for each in ours] == [
        (each["page_code"], each.get("subpage_code", 0)) for each in theirs]
    for our, their in zip(ours, theirs):
        known = our["name"]
        if known not in (None, "vendor specific", "supported subpages"):
            assert letters(known).startswith(letters(their["name"])[:9])


def test_upper_bits_that_some_drives_leave_in_the_list_are_masked() -> None:
    assert [each["page"] for each in decode_supported_log_pages(bytes.fromhex("00000003408dd0"), [])] == [0, 0x0D, 0x10]


def test_the_page_code_is_compared_without_ds_and_spf() -> None:
    page = encode_page(0x10, 0, [(1, b"value")])
    saved = bytes((page[0] | 0x80,)) + page[1:]
    warnings = []
    assert [each.code for each in parameters(saved, 0x10, 0, warnings)] == [1]
    # Without SPF the subpage code is reserved, whatever stands there.
    assert [each.code for each in parameters(page[:1] + b"\x77" + page[2:], 0x10, 0, warnings)] == [1]
    assert warnings == []


def test_a_subpage_that_was_not_asked_for_is_told_of() -> None:
    warnings = []
    assert list(parameters(encode_page(0x15, 2, [(1, b"value")]), 0x15, 0, warnings)) == []
    warning, = warnings
    assert re.search(r"\blog page 15h,02h\b.*\blog page 15h(?!,)", warning)


def test_parameters_are_taken_by_their_own_length() -> None:
    warnings = []
    found = list(parameters(encode_page(0x2F, 0, [(0, b""), (0x8001, b"ab"), (2, bytes(255))]), 0x2F, 0, warnings))
    assert [(each.code, each.value, each.length) for each in found] == [
        (0, b"", 0), (0x8001, b"ab", 2), (2, bytes(255), 255)]
    assert found[1].whole.hex() == "80010302" + "6162"
    assert found[0].control == {"du": False, "tsd": False, "etc": False, "tmc": 0, "format_and_linking": 3}
    assert warnings == []


@pytest.mark.parametrize("octet, fields", [
    (0x80, {"du": True}), (0x20, {"tsd": True}), (0x10, {"etc": True}), (0x04, {"tmc": 1}), (0x08, {"tmc": 2}),
    (0x01, {"format_and_linking": 1}), (0x02, {"format_and_linking": 2}), (0x40, {}),
])
def test_bits_of_the_control_byte_have_their_places(octet, fields) -> None:
    (found,) = parameters(bytes((0x2F, 0, 0, 4, 0, 1, octet, 0)), 0x2F, 0, [])
    assert {name: value for name, value in found.control.items() if value} == fields


def test_bits_of_the_header_have_their_places() -> None:
    assert LOG_PAGE_HEADER.decode(b"\x80\0\0\0")["ds"] is True
    assert LOG_PAGE_HEADER.decode(b"\x7f\0\0\0")["ds"] is False


@pytest.mark.parametrize("length", range(1, 6))
def test_a_cut_parameter_is_told_of(length) -> None:
    body = encode_page(0x2F, 0, [(1, b"ab")])[4:4 + length]
    warnings = []
    found = list(parameters(b"\x2f\0\0" + bytes((length,)) + body, 0x2F, 0, warnings))
    assert [each.value for each in found] == ([b"ab"[:length - 4]] if length >= 4 else [])
    needed = 6 if length > 3 else 4
    warning, = warnings
    assert re.search(rf"\blog page 2Fh\b.*\b{length} of {needed} bytes\b", warning)


def test_pages_have_names() -> None:
    assert page_name(0x15) == "background scan"
    assert page_name(0x15, 0xFF) == "supported subpages"
    assert page_name(0x19, 0x1F) == "group statistics and performance (31)"
    assert page_name(0x37) == "vendor specific"
    assert page_name(0x3F) is None
    assert page_title(0x19, 0x20) == "log page 19h,20h"

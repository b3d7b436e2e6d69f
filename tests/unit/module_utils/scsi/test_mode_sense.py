# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MODE SENSE: the walk to a page, side by side with sg_modes."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_sense import (
    PAGE_HEADER,
    SUBPAGE_HEADER,
    decode_mode_header,
    encode_mode_data,
    find_page,
    mode_pages,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTOR = recorded("mode_sense/sg_modes")[0]
DATA = bytes.fromhex(VECTOR["hex"])


def theirs():
    """The pages as the tool prints them, in hex."""
    pages = []
    for line in VECTOR["output"]:
        if line.startswith(">>"):
            pages.append("")
        found = re.match(r" [0-9a-f]0     ((?:[0-9a-f]{2} *)+)$", line)
        if found and pages:
            pages[-1] += found.group(1).replace(" ", "")
    return pages


def test_pages_agree_with_sg_modes() -> None:
    warnings = []
    assert [page.whole.hex() for page in mode_pages(DATA, True, warnings)] == theirs()
    assert warnings == []
    assert len(theirs()) == 9


def test_the_header_agrees_with_sg_modes() -> None:
    header = decode_mode_header(DATA, True, [])
    line = next(line for line in VECTOR["output"] if "Mode data length" in line)
    # The tool counts the field itself.
    assert f"Mode data length={header['mode_data_length'] + 2}" in line
    assert f"longlba={header['longlba']:d}" in line
    assert f"DpoFua={header['device_specific_parameter'] >> 4 & 1}" in line
    assert header["block_descriptor_length"] == 8


def test_fields_of_the_headers_have_their_places() -> None:
    assert decode_mode_header(bytes.fromhex("01020308"), False, []) == {
        "mode_data_length": 1, "medium_type": 2, "device_specific_parameter": 3, "block_descriptor_length": 8}
    assert decode_mode_header(bytes.fromhex("0102030401000508"), True, []) == {
        "mode_data_length": 0x102, "medium_type": 3, "device_specific_parameter": 4, "longlba": True,
        "block_descriptor_length": 0x508}
    assert decode_mode_header(bytes.fromhex("01020304fe000508"), True, [])["longlba"] is False


def test_the_answer_of_six_bytes_has_the_same_pages() -> None:
    six = bytes((len(DATA) - 5, DATA[2], DATA[3], DATA[7])) + DATA[8:]
    warnings = []
    assert [page.whole.hex() for page in mode_pages(six, False, warnings)] == theirs()
    assert warnings == []


def test_pages_that_can_be_saved_are_the_same_pages() -> None:
    # PS is bit 7 (SPC-6 7.5.6).
    assert PAGE_HEADER.decode(b"\x8a\x0a")["ps"] is SUBPAGE_HEADER.decode(b"\xd9\1\0\4")["ps"] is True
    assert PAGE_HEADER.decode(b"\x0a\x0a")["ps"] is SUBPAGE_HEADER.decode(b"\x59\1\0\4")["ps"] is False
    assert SUBPAGE_HEADER.decode(b"\x59\1\0\4") == {
        "ps": False, "spf": True, "page_code": 0x19, "subpage_code": 1, "page_length": 4}
    data = encode_mode_data(bytes.fromhex("8a0a") + bytes(10))
    assert find_page(data, 0x0A, 0, True, []).hex() == "8a0a" + "00" * 10


def test_a_page_is_found_behind_block_descriptors_and_subpages() -> None:
    warnings = []
    assert find_page(DATA, 0x1C, 0, True, warnings).hex() == "1c0a08000000000000000000"
    assert find_page(DATA, 0x19, 0x02, True, warnings)[:4].hex() == "5902000c"
    assert find_page(DATA, 0x19, 0, True, warnings)[:2].hex() == "1906"
    assert warnings == []


@pytest.mark.parametrize("ten", [True, False])
def test_another_page_is_told_of(ten) -> None:
    warnings = []
    assert find_page(encode_mode_data(bytes.fromhex("0a0a") + bytes(10), ten=ten), 0x1C, 0, ten, warnings) is None
    warning, = warnings
    assert re.search(r"\bmode page 0Ah\b.*\bmode page 1Ch\b", warning)


def test_no_page_at_all_is_told_of() -> None:
    warnings = []
    assert find_page(encode_mode_data(b""), 0x0A, 0, True, warnings) is None
    warning, = warnings
    assert "mode page 0Ah" in warning


def test_the_length_of_block_descriptors_may_lie() -> None:
    warnings = []
    data = encode_mode_data(bytes.fromhex("0a0a") + bytes(10))
    assert find_page(data[:6] + b"\xff\xff" + data[8:], 0x0A, 0, True, warnings) is None
    assert re.search(r"\bblock descriptors\b.*\b65543\b.*\b20\b", warnings[0])


def test_a_page_that_its_header_cuts_short_is_told_of() -> None:
    data = encode_mode_data(bytes.fromhex("0a0a") + bytes(10))
    warnings = []
    page = find_page(data[:1] + b"\x0e" + data[2:], 0x0A, 0, True, warnings)
    assert page.hex() == "0a0a" + "00" * 6
    warning, = warnings
    assert re.search(r"\bmode page 0Ah\b.*\b8 of 12 bytes\b", warning)


def test_what_follows_a_page_of_the_vendor_is_not_taken_for_pages() -> None:
    data = encode_mode_data(bytes.fromhex("0802" "0000" + "00ff0a0a"))
    assert [(page.page, page.whole.hex()) for page in mode_pages(data, True, [])] == [
        (0x08, "08020000"), (0x00, "00ff0a0a")]


def test_pages_of_no_length_do_not_stop_the_walk() -> None:
    data = encode_mode_data(bytes.fromhex("0800 0900 49010000 0a0a") + bytes(10))
    assert [page.page for page in mode_pages(data, True, [])] == [8, 9, 9, 10]

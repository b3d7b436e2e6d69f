# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every decoder, on responses that are cut, damaged, or made up: no exception, nothing stale, a word of warning."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import FORMATS as FIRST
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import differences
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire_more import MORE
from hypothesis import given
from hypothesis import strategies as st

FORMATS = FIRST + MORE
EVERY_FORMAT = pytest.mark.parametrize("format_", FORMATS, ids=[each.name for each in FORMATS])
#: Failure details read their sense data as far as they arrived, whatever the length says.
BOUNDED = [each for each in FORMATS if each.name != "copy failure details"]
ENCODED = [each for each in FORMATS if each.encode is not None]


def decoded(format_, data):
    """What a decoder gives and says; checked to be fit for JSON, without numbers that lose their ends."""
    warnings = []
    values = format_.decode(data, warnings)
    assert json.loads(json.dumps(values)) == values
    assert all(isinstance(warning, str) and warning.isprintable() for warning in warnings)
    assert "Infinity" not in json.dumps(values)
    return values, warnings


@EVERY_FORMAT
def test_a_whole_response_is_decoded(format_) -> None:
    assert format_.vectors
    for vector in format_.vectors:
        values, _warnings = decoded(format_, vector)
        assert list(differences(values, values)) == []


@EVERY_FORMAT
def test_nothing_of_a_cut_response_is_stale(format_) -> None:
    for vector in format_.vectors:
        whole, _said = decoded(format_, vector)
        for length in range(len(vector)):
            values, warnings = decoded(format_, vector[:length])
            assert list(differences(whole, values)) == [], length
            # Twelve bytes were all of READ CAPACITY(16) in SBC-2.
            older = format_.name == "READ CAPACITY(16)" and length >= 12
            assert warnings or values == whole or older, length


@pytest.mark.parametrize("format_", BOUNDED, ids=[each.name for each in BOUNDED])
def test_bytes_behind_the_response_change_nothing(format_) -> None:
    for vector in format_.vectors:
        whole, said = decoded(format_, vector)
        if any("arrived" in each for each in said):
            continue  # a vector that is cut itself
        for more in (b"\0" * 64, b"\xff" * 64, bytes(range(256))):
            assert decoded(format_, vector + more) == (whole, said)


@pytest.mark.parametrize("format_", ENCODED, ids=[each.name for each in ENCODED])
def test_what_is_decoded_encodes_and_decodes_to_the_same(format_) -> None:
    for vector in format_.vectors:
        whole, _said = decoded(format_, vector)
        encoded = format_.encode(whole)
        assert decoded(format_, encoded)[0] == whole
        assert format_.encode(decoded(format_, encoded)[0]) == encoded


@EVERY_FORMAT
@given(data=st.binary(max_size=1024))
def test_bytes_that_mean_nothing_are_survived(format_, data) -> None:
    decoded(format_, data)


@EVERY_FORMAT
@given(data=st.data())
def test_a_true_beginning_with_a_false_rest_is_survived(format_, data) -> None:
    vector = data.draw(st.sampled_from(format_.vectors))
    length = data.draw(st.integers(0, len(vector)))
    decoded(format_, vector[:length] + data.draw(st.binary(max_size=512)))


@EVERY_FORMAT
@given(data=st.data())
def test_flipped_bits_are_survived(format_, data) -> None:
    vector = bytearray(data.draw(st.sampled_from(format_.vectors)))
    if vector:
        for bit in data.draw(st.lists(st.integers(0, len(vector) * 8 - 1), min_size=1, max_size=8)):
            vector[bit // 8] ^= 1 << bit % 8
    decoded(format_, bytes(vector[:data.draw(st.integers(0, len(vector)))]))


@EVERY_FORMAT
def test_every_byte_at_its_worst_is_survived(format_) -> None:
    for vector in format_.vectors:
        for position in range(min(len(vector), 128)):
            for worst in (0x00, 0x7F, 0x80, 0xFF):
                decoded(format_, vector[:position] + bytes((worst,)) + vector[position + 1:])


@EVERY_FORMAT
def test_a_large_response_of_one_byte_ends(format_) -> None:
    for octet in (b"\0", b"\1", b"\xff"):
        for vector in format_.vectors[:1]:
            decoded(format_, vector[:4] + octet * 70000)


ANSWERS_BY_CODE = [each for each in FORMATS if each.name.split()[0] in ("VPD", "log", "diagnostic")]


@pytest.mark.parametrize("format_", ANSWERS_BY_CODE, ids=[each.name for each in ANSWERS_BY_CODE])
def test_another_page_than_the_one_asked_for_gives_nothing_but_a_warning(format_) -> None:
    at = 1 if format_.name.startswith("VPD") else 0
    for vector in format_.vectors:
        other = bytearray(vector)
        other[at] ^= 0x05
        values, warnings = decoded(format_, bytes(other))
        assert list(differences({}, values)) == [] or list(differences([], values)) == [] or _empty(values)
        warning, = warnings
        codes = {int(each, 16) for each in re.findall(r"\bpage ([0-9A-F]{2})h", warning)}
        assert codes == {page[at] & (0x3F if format_.name.startswith("log") else 0xFF) for page in (vector, other)}


def _empty(values) -> bool:
    """Nothing in it, however deep."""
    if isinstance(values, dict):
        return all(_empty(value) for value in values.values())
    return values is None or values == []

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The heads of a disk and their health, side by side with sg_get_elem_status; and at every cut."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.physical_elements import (
    ELEMENT_HEALTH,
    decode_physical_elements,
    encode_physical_elements,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("physical_elements/sg_get_elem_status")
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])

LINE = re.compile(r"^\[\d+\] identifier: 0x([0-9a-f]+)  associated LBs: (\S+(?: specified)?)  health: ([^<\[\n]+?)"
                  r"(?: [<\[](\d+|0x[0-9a-f]+)[>\]])?( \[restoration allowed \[RALWD\]\])?$", re.MULTILINE)
#: What the tool calls our codes.
WORDS = {
    "not reported": "not reported",
    "within the manufacturer's specification limits": "within manufacturer's specification limits",
    "at the manufacturer's specification limit": "at manufacturer's specification limits",
    "outside the manufacturer's specification limit": "outside manufacturer's specification limits",
    "depopulated, with errors": "depopulation completed, errors detected",
    "being depopulated": "depopulation operations in progress", "depopulated": "depopulation completed, no errors",
    # Younger than this version of the tool; a later one calls them depopulation revocation, completed or in progress.
    "depopulation revoked, with errors": "reserved", "depopulation is being revoked": "reserved", None: "reserved",
}


@each_vector
def test_elements_agree_with_sg_get_elem_status(vector: dict[str, Any]) -> None:
    warnings: list[str] = []
    ours = decode_physical_elements(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    numbers = dict(re.findall(r"^(\w[\w ]+): (\d+)$", vector["output"], re.MULTILINE))
    assert ours["number_of_descriptors"] == int(numbers["Number of descriptors"])
    assert (ours["identifier_of_element_being_depopulated"] or 0) == int(
        numbers["Identifier of element being depopulated"])
    theirs = LINE.findall(vector["output"])
    assert len(theirs) == len(ours["elements"]) == int(numbers["Number of descriptors returned"])
    for element, (identifier, blocks, health, value, allowed) in zip(ours["elements"], theirs):
        assert element["element_identifier"] == int(identifier, 16)
        assert element["associated_capacity_blocks"] == (None if blocks == "not specified" else int(blocks, 16))
        assert element["ralwd"] is bool(allowed)
        assert WORDS[element["physical_element_health"]["name"]] == health
        if value:
            assert element["physical_element_health"]["value"] == int(value, 0)


def test_the_disk_with_a_head_outside_its_limit() -> None:
    elements = decode_physical_elements(bytes.fromhex(VECTORS[0]["hex"]), [])["elements"]
    outside = [each for each in elements if each["physical_element_health"]["value"] > 0x63]
    assert [(each["element_identifier"], each["physical_element_health"]["value"]) for each in outside] == [(10, 0x65)]
    types = [each["physical_element_type"] for each in elements]
    assert types == [{"value": 1, "name": "storage element"}] * 17 + [{"value": 2, "name": None}]


@pytest.mark.parametrize("health,said", [
    (0x00, "not reported"), (0x01, "within"), (0x63, "within"), (0x64, "at "), (0x65, "outside"), (0xCF, "outside"),
    (0xFB, "revoked"), (0xFC, "being revoked"), (0xFD, "errors"), (0xFE, "being"), (0xFF, "depopulated")])
def test_the_health_in_words(health: int, said: str) -> None:
    assert said in ELEMENT_HEALTH[health]


@pytest.mark.parametrize("health", [0xD0, 0xFA])
def test_a_reserved_health_has_no_name(health: int) -> None:
    data = encode_physical_elements([{"element_identifier": 1, "physical_element_health": health}])
    element, = decode_physical_elements(data, [])["elements"]
    assert element["physical_element_health"] == {"value": health, "name": None}


@each_vector
def test_what_is_cut_is_left_out_and_never_wrong(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    whole = decode_physical_elements(data, [])
    for length in range(len(data)):
        warnings: list[str] = []
        ours = decode_physical_elements(data[:length], warnings)
        assert warnings, length
        assert ours["elements"] == whole["elements"][:max(0, length // 32 - 1)], length


@each_vector
def test_numbers_of_any_kind_do_no_harm(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    for at in range(len(data)):
        for value in (0x00, 0x01, 0xFF):
            decode_physical_elements(data[:at] + bytes((value,)) + data[at + 1:], [])


def test_what_is_encoded_is_what_the_tool_has_read() -> None:
    ours = decode_physical_elements(bytes.fromhex(VECTORS[1]["hex"]), [])
    assert encode_physical_elements(
        ours["elements"], ours["identifier_of_element_being_depopulated"]).hex() == VECTORS[1]["hex"]


def test_more_elements_than_are_returned() -> None:
    data = encode_physical_elements([{"element_identifier": 1}], number_of_descriptors=18)
    warnings: list[str] = []
    ours = decode_physical_elements(data, warnings)
    assert (ours["number_of_descriptors"], len(ours["elements"]), warnings) == (18, 1, [])

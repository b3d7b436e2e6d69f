# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The heads of an emulated disk, as an initiator reads them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.physical_elements import (
    PhysicalElements,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.physical_elements import (
    GET_PHYSICAL_ELEMENT_STATUS,
    decode_physical_elements,
)

from .bench import Bench

SETTINGS = {"count": 4, "elements": [{"id": 2, "health": 0x65}, {"id": 4, "health": 0xFE, "restoration_allowed": True}]}


def read(bench: Bench, **fields: Any) -> dict[str, Any]:
    warnings: list[str] = []
    found = decode_physical_elements(
        bench.good(GET_PHYSICAL_ELEMENT_STATUS.encode(dict({"allocation_length": 4096}, **fields))), warnings)
    assert warnings == []
    return found


def told(found: dict[str, Any]) -> list[tuple[int, int]]:
    return [(each["element_identifier"], each["physical_element_health"]["value"]) for each in found["elements"]]


def test_heads_and_their_share_of_the_blocks() -> None:
    found = read(Bench(PhysicalElements(1000, SETTINGS)))
    assert told(found) == [(1, 1), (2, 0x65), (3, 1), (4, 0xFE)]
    assert (found["number_of_descriptors"], found["identifier_of_element_being_depopulated"]) == (4, 4)
    assert [each["associated_capacity_blocks"] for each in found["elements"]] == [250] * 4
    assert [each["ralwd"] for each in found["elements"]] == [False, False, False, True]


@pytest.mark.parametrize("fields,wanted", [
    ({"filter": 1}, [2, 4]), ({"starting_element": 3}, [3, 4]), ({"report_type": 1}, [1, 2, 3, 4]),
    ({"starting_element": 3, "filter": 1}, [4]), ({"starting_element": 9}, [])])
def test_only_what_was_asked_for(fields: dict[str, int], wanted: list[int]) -> None:
    found = read(Bench(PhysicalElements(1000, SETTINGS)), **fields)
    assert [identifier for identifier, _health in told(found)] == wanted
    assert found["number_of_descriptors"] == len(wanted)


def test_only_whole_descriptors_are_returned_but_all_are_counted() -> None:
    found = read(Bench(PhysicalElements(1000, SETTINGS)), allocation_length=32 + 2 * 32 + 31)
    assert (len(found["elements"]), found["number_of_descriptors"]) == (2, 4)


@pytest.mark.parametrize("fields", [{"filter": 2}, {"report_type": 2}])
def test_what_is_reserved_is_refused(fields: dict[str, int]) -> None:
    refused = Bench(PhysicalElements(1000)).send(GET_PHYSICAL_ELEMENT_STATUS.encode(
        dict({"allocation_length": 64}, **fields)))
    assert refused.codes == (5, 0x24, 0)


@pytest.mark.parametrize("settings,said", [
    ({"count": 0}, r"\bphysical_elements\.count\b.*0"),
    ({"count": 2, "elements": [{"id": 3}]}, r"\bphysical_elements\.elements\[0\]\.id\b.*3"),
    ({"elements": [{"id": 1, "health": 256}]}, r"\.health\b.*256"), ({"heads": 1}, r"\bheads\b")])
def test_settings_that_mean_nothing(settings: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PhysicalElements(1000, settings)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules about the heads of a disk."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._report.rules import compile_rules
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.physical_elements import ELEMENT_HEALTH

from .samples import healthy, judged, put


def heads(*healths: int, count: int | None = None) -> dict[str, Any]:
    return {"count": len(healths) if count is None else count, "being_depopulated": None, "elements": [{
        "element_identifier": place, "element_type": {"value": 1, "name": "storage element"},
        "health": {"value": health, "name": ELEMENT_HEALTH.get(health)}, "restoration_allowed": False,
        "associated_capacity_blocks": None} for place, health in enumerate(healths, 1)]}


def found(elements: Any) -> dict[str, Any]:
    return judged(put(healthy(), "health.physical_elements", elements))


@pytest.mark.parametrize("elements,limit,depopulated", [
    (heads(1, 0x63), "pass", "pass"),
    (heads(1, 0x64), "fail", "pass"),
    (heads(0x65, 1), "fail", "pass"),
    (heads(1, 0xCF), "fail", "pass"),
    (heads(1, 0xD0), "unknown", "unknown"),
    (heads(0xD0, 0x65), "fail", "unknown"),
    (heads(1, 0xFB), "fail", "pass"),
    (heads(1, 0xFC), "pass", "fail"),
    (heads(1, 0xFD), "fail", "pass"),
    (heads(1, 0xFE), "pass", "fail"),
    (heads(1, 0xFF), "pass", "fail"),
    (heads(0, 0), "not applicable", "not applicable"),
    (heads(0, 1), "pass", "pass"),
    (heads(1, 1, count=3), "unknown", "unknown"),
    (heads(1, 0x65, count=3), "fail", "unknown"),
    (heads(count=4), "unknown", "unknown"),
    (heads(), "not applicable", "not applicable"),
    ({"count": None, "being_depopulated": None, "elements": []}, "unknown", "unknown"),
    (None, "not applicable", "not applicable"),
    ({"elements": [None, 5, {"health": None}, {}, {"health": {"value": []}}]}, "unknown", "unknown"),
    ("surprise", "not applicable", "not applicable"),
])
def test_what_is_said_of_heads(elements: Any, limit: str, depopulated: str) -> None:
    outcomes = found(elements)
    assert (outcomes["physical_elements"].outcome, outcomes["depopulated"].outcome) == (limit, depopulated)


def test_the_finding_names_the_head() -> None:
    answer = found(heads(1, 1, 0x65))["physical_elements"].answer
    assert answer.note == "element 3: outside the manufacturer's specification limit"
    evidence, = answer.evidence
    assert evidence.page == "GET PHYSICAL ELEMENT STATUS" and "element 3: 101" in evidence.value


def test_many_heads_are_not_all_named() -> None:
    answer = found(heads(*[0x64] * 8))["physical_elements"].answer
    assert "element 5" in answer.note and "element 6" not in answer.note and answer.note.endswith("3 other elements")


@pytest.mark.parametrize("states", [["sick"], "sick", [5]])
def test_states_that_there_are_not(states: Any) -> None:
    with pytest.raises(ValueError, match=r"\bphysical_elements\b.*\bstates\b"):
        compile_rules([{"id": "physical_elements", "check": {"states": states}}])

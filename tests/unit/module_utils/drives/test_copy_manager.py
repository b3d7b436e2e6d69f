# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a copy manager may be there: the facts of a drive and those of its copy manager say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.xcopy import Question, gather_xcopy

#: 3PC is 0 in its INQUIRY data, but its list of commands names RECEIVE COPY OPERATING PARAMETERS, which it answers.
CAPTURE = Path(__file__).resolve().parents[2] / "fixtures" / "captures" / "copy_manager_without_3pc.json"
QUESTION = Question(("parameters",), 0, "auto", None, False)


def both(capture: Path) -> list[dict[str, Any]]:
    """What each module says of the copy manager."""
    device = f"replay:{capture}"
    facts, copies = (entry.as_result() for entry in (
        *gather_facts([device], Options(), Wanted(frozenset(["xcopy"]))), *gather_xcopy([device], Options(), QUESTION)))
    assert (facts["status"], copies["status"]) == ("ok", "ok")
    return [facts["xcopy"], copies]


def test_a_listed_command_is_asked_whatever_the_inquiry_data_say() -> None:
    for said in both(CAPTURE):
        assert (said["supported"], said["reason"]) == (True, None)
        assert said["parameters"]["maximum_cscd_descriptor_count"] == 2


@pytest.mark.parametrize("version,third_party_copy,listed,supported", [
    (6, True, True, True),
    (6, True, False, False),   # it is asked, or its list is believed
    (6, False, False, False),
    (4, False, False, False),  # before SPC-3 the bit says nothing, so it is asked, and refuses
    (4, False, True, False),   # nor is it asked for a list of its commands
])
def test_both_modules_say_the_same(tmp_path: Path, version: int, third_party_copy: bool, listed: bool,
                                   supported: bool) -> None:
    capture = json.loads(CAPTURE.read_text())
    standard, *_between, operations, parameters = capture["exchanges"]
    data = bytearray.fromhex(standard["data_in"])
    data[2], data[5] = version, 0x08 if third_party_copy else 0
    standard["data_in"] = data.hex()
    if not listed:
        operations["data_in"] = "00000008a300000c0001000c"
    if not supported:
        capture["exchanges"].remove(parameters)
    changed = tmp_path / "capture.json"
    changed.write_text(json.dumps(capture))
    said = both(changed)
    assert [each["supported"] for each in said] == [supported, supported]
    assert [each["reason"] is None for each in said] == [supported, supported]

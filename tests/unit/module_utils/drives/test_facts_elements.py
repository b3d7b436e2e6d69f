# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The heads of a disk: which disks are asked, how often, and what becomes of what they say."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import (
    CHECK_CONDITION,
    GOOD,
    Command,
    Reply,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.physical_elements import encode_physical_elements
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import content

from .facts_drive import FactsDrive
from .test_facts_form import SCHEMA, entry_of, faults

EIGHTEEN = content("physical_elements/sg_get_elem_status")[0]
COMMAND = (0x9E, 0x17)


def asked(drive: FactsDrive) -> list[int]:
    """The starting elements of the requests."""
    return [int.from_bytes(command.cdb[6:10], "big") for command in drive.sent if command.cdb[:2] == bytes(COMMAND)]


def gathered(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> tuple[Any, list[str]]:
    entry = entry_of(monkeypatch, drive, ["health"])
    assert entry["status"] == "ok" and list(faults(entry, SCHEMA)) == []
    return entry["health"]["physical_elements"], entry["warnings"]


def test_the_heads_of_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.handlers[COMMAND] = lambda command: Reply(GOOD, data=EIGHTEEN)
    found, warnings = gathered(monkeypatch, drive)
    assert (found["count"], found["being_depopulated"], warnings, asked(drive)) == (18, None, [], [0])
    assert found["elements"][9] == {
        "element_identifier": 10, "element_type": {"value": 1, "name": "storage element"},
        "health": {"value": 0x65, "name": "outside the manufacturer's specification limit"},
        "restoration_allowed": False, "associated_capacity_blocks": 0x2000000000}
    assert [each["element_identifier"] for each in found["elements"] if each["restoration_allowed"]] == [17]


@pytest.mark.parametrize("version,times", [(6, 0), (7, 1), (0x0D, 1)])
def test_a_disk_that_lists_no_commands_is_asked_if_it_is_young_enough(
        monkeypatch: pytest.MonkeyPatch, version: int, times: int) -> None:
    drive = FactsDrive()
    drive.standard["version"] = version
    drive.lists_commands = False
    found, warnings = gathered(monkeypatch, drive)
    assert found is None and len(asked(drive)) == times
    assert not [each for each in warnings if "PHYSICAL ELEMENT" in each]


def test_a_disk_that_does_not_list_the_command_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.standard["version"] = 7
    assert gathered(monkeypatch, drive) == (None, []) and asked(drive) == []


def test_a_disk_that_sleeps_is_not_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.handlers[COMMAND] = lambda command: Reply(GOOD, data=EIGHTEEN)
    drive.sense = [encode_fixed_sense(0, 0x5E, 0x04)]
    found, warnings = gathered(monkeypatch, drive)
    assert found is None and asked(drive) == []
    assert any("physical elements" in each and "standby_z" in each for each in warnings)


def test_a_disk_that_fails_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.handlers[COMMAND] = lambda command: Reply(CHECK_CONDITION, encode_fixed_sense(4, 0x44, 0))
    entry = entry_of(monkeypatch, drive, ["health"])
    assert entry["status"] == "ok" and entry["health"]["physical_elements"] is None
    assert entry["failures"] and "GET PHYSICAL ELEMENT STATUS" in entry["warnings"][0]


@pytest.mark.parametrize("at_once,requests", [(300, 1), (127, 2), (40, 5)])
def test_more_elements_than_fit_into_one_answer(
        monkeypatch: pytest.MonkeyPatch, at_once: int, requests: int) -> None:
    elements = [{"element_identifier": each, "physical_element_type": 1, "physical_element_health": 1}
                for each in range(1, 200)]

    def answer(command: Command) -> Reply:
        rest = [each for each in elements
                if each["element_identifier"] >= int.from_bytes(command.cdb[6:10], "big")]
        return Reply(GOOD, data=encode_physical_elements(rest[:at_once], None, len(rest)))

    drive = FactsDrive()
    drive.handlers[COMMAND] = answer
    found, warnings = gathered(monkeypatch, drive)
    # 127 descriptors fit into the allocation length, whatever the drive says that it returned.
    assert [each["element_identifier"] for each in found["elements"]] == list(range(1, 200)) and warnings == []
    assert len(asked(drive)) == max(2, requests)


@pytest.mark.parametrize("data", [
    encode_physical_elements([{"element_identifier": 5}], number_of_descriptors=9), EIGHTEEN[:50],
    bytes.fromhex("ffffffff") * 64])
def test_a_disk_that_repeats_itself_does_not_keep_us(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    drive = FactsDrive()
    drive.handlers[COMMAND] = lambda command: Reply(GOOD, data=data)
    _found, warnings = gathered(monkeypatch, drive)
    assert len(asked(drive)) <= 2 and any("are reported" in each for each in warnings)


def test_an_answer_without_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.handlers[COMMAND] = lambda command: Reply(GOOD)
    found, warnings = gathered(monkeypatch, drive)
    assert found == {"count": None, "being_depopulated": None, "elements": []} and len(warnings) == 1

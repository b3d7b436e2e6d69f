# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive is taken to say of its power condition, and of a failure that it predicts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.exceptions import informational_exceptions
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.power_condition import Condition, read_condition
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import CHECK_CONDITION, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_informational_exceptions import (
    encode_informational_exceptions_mode,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense import decode_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import (
    encode_descriptor_sense,
    encode_fixed_sense,
)

from .facts_drive import FactsDrive

NOTHING = encode_fixed_sense(0)
IDLE = encode_fixed_sense(0, 0x5E, 0x01)


def condition(*answers: bytes) -> Condition:
    drive = FactsDrive()
    drive.sense = list(answers)
    return read_condition(Session(drive))


# The power condition ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer,power,activated_by,at_rest", [
    (NOTHING, "active", None, False), (IDLE, "idle_a", "timer", False),
    (encode_fixed_sense(0, 0x5E, 0x03), "idle_a", "command", False),
    (encode_fixed_sense(0, 0x5E, 0x02), "standby_z", "timer", True),
    (encode_descriptor_sense(0, 0x5E, 0x04), "standby_z", "command", True),
    (encode_fixed_sense(0, 0x5E, 0x09), "standby_y", "timer", True),
    (encode_fixed_sense(0, 0x5E, 0x07), "idle_c", "timer", False),
    (encode_fixed_sense(0, 0x5E, 0x00), "low power", None, True),
    (encode_fixed_sense(2, 0x04, 0x02), "stopped", None, True),
    # It has something else to say, so its power condition is not known.
    (encode_fixed_sense(0, 0x04, 0x09, progress=100), None, None, False),
    (encode_fixed_sense(1, 0x5D, 0x10), None, None, False), (encode_fixed_sense(2, 0x04, 0x04), None, None, False),
    (b"", None, None, False), (bytes(18), None, None, False)])
def test_the_power_condition(answer: bytes, power: str | None, activated_by: str | None, at_rest: bool) -> None:
    found = condition(answer)
    assert (found.power, found.activated_by, found.at_rest) == (power, activated_by, at_rest)


def test_a_unit_attention_is_no_power_condition() -> None:
    found = condition(encode_fixed_sense(6, 0x29, 0), encode_fixed_sense(6, 0x2A, 1), IDLE)
    assert found.power == "idle_a" and len(found.senses) == 3


def test_a_drive_with_nothing_but_unit_attentions_is_left_alone() -> None:
    found = condition(encode_fixed_sense(6, 0x29, 0))
    assert found.power is None and len(found.senses) == 4


def test_a_drive_that_refuses_request_sense() -> None:
    drive = FactsDrive()
    drive.handlers[0x03, None] = lambda command: Reply(CHECK_CONDITION, encode_fixed_sense(5, 0x20, 0))
    session = Session(drive)
    assert read_condition(session) == Condition() and len(session.warnings) == 1


# Predicted failures -----------------------------------------------------------------------------------------------


def verdict(answers: tuple[bytes, ...] = (NOTHING,), logged: dict[str, Any] | None = None,
            **mode: Any) -> dict[str, Any]:
    page = encode_informational_exceptions_mode(mode) if mode else None
    return informational_exceptions(Condition(tuple(decode_sense(each) for each in answers)), logged, page, [])


def told(asc: int | None, ascq: int | None) -> dict[str, Any]:
    return {"asc": asc, "ascq": ascq}


def test_a_failure_in_the_log() -> None:
    found = verdict(logged=told(0x5D, 0x10), mrie=6)
    assert found["predicted_failure"] is True and found["warning"] is False
    assert found["source"] == "informational exceptions log page"
    assert found["text"] == "hardware impending failure general hard drive failure"


def test_a_failure_that_only_request_sense_tells() -> None:
    found = verdict((encode_fixed_sense(1, 0x5D, 0x00),), told(0, 0), mrie=6)
    assert found["predicted_failure"] is True and found["source"] == "REQUEST SENSE"
    assert verdict((encode_fixed_sense(1, 0x5D, 0x00),))["predicted_failure"] is True


def test_a_failure_that_a_unit_attention_tells() -> None:
    assert verdict((encode_fixed_sense(6, 0x5D, 0x14), NOTHING), told(0, 0), mrie=2)["predicted_failure"] is True


def test_a_warning_is_no_failure() -> None:
    found = verdict(logged=told(0x0B, 0x01), mrie=6)
    assert (found["predicted_failure"], found["warning"], found["asc"], found["ascq"]) == (False, True, 0x0B, 0x01)


def test_the_failure_is_shown_where_there_is_a_warning_too() -> None:
    found = verdict((encode_fixed_sense(1, 0x5D, 0x32),), told(0x0B, 0x01))
    assert (found["predicted_failure"], found["warning"], found["asc"]) == (True, True, 0x5D)


def test_a_test_of_the_reporting_predicts_nothing() -> None:
    found = verdict(logged=told(0x5D, 0xFF), mrie=6, test=True)
    assert found["predicted_failure"] is False and found["test"] is True and found["ascq"] == 0xFF


def test_a_drive_that_is_well() -> None:
    found = verdict(logged=told(0, 0), mrie=6)
    assert found["predicted_failure"] is False and found["warning"] is False
    assert found["asc"] is found["ascq"] is found["text"] is found["source"] is None


@pytest.mark.parametrize("logged", [None, told(None, None)])
def test_a_drive_of_which_nothing_is_known_is_not_well(logged: Any) -> None:
    found = verdict(logged=logged, mrie=6)
    assert found["predicted_failure"] is None and found["warning"] is None


@pytest.mark.parametrize("mode,enabled", [
    ({"mrie": 6}, True), ({"mrie": 0}, False), ({"mrie": 6, "dexcpt": True}, False), ({}, None)])
def test_whether_the_drive_would_report(mode: Any, enabled: bool | None) -> None:
    assert verdict(logged=told(0, 0), **mode)["reporting_enabled"] is enabled

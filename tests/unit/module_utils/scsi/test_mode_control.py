# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control mode page, side by side with sdparm."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_control import (
    decode_control_mode,
    encode_control_mode,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_sense import find_page
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("mode_control/sdparm")

#: By the names of the tool.
NAMES = {
    "QAM": "queue_algorithm_modifier", "UA_INTLCK": "ua_intlck_ctrl", "AUTOLOAD": "autoload_mode",
    "BTP": "busy_timeout_period", "ESTCT": "extended_self_test_completion_time_seconds",
}
#: A bit of the vendor.
LEFT_OUT = {"VS_CTL"}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_fields_agree_with_sdparm(vector) -> None:
    warnings = []
    ours = decode_control_mode(find_page(bytes.fromhex(vector["hex"]), 0x0A, 0, True, warnings), warnings)
    assert warnings == []
    compared = 0
    for line in vector["output"][1:]:
        name, told = line.split()[:2]
        if name not in LEFT_OUT:
            mine = ours[NAMES.get(name, name.lower())]
            assert (mine["value"] if isinstance(mine, dict) else int(mine)) == int(told), name
            compared += 1
    assert compared == len(ours) - len(("ps", "page_code", "page_length")) - 2


def test_a_page_that_can_be_saved_says_so() -> None:
    assert decode_control_mode(b"\x8a\x0a" + bytes(10))["ps"] is True
    assert decode_control_mode(b"\x0a\x0a" + bytes(10))["ps"] is False


def test_a_time_of_ffff_seconds_is_told_elsewhere() -> None:
    values = decode_control_mode(encode_control_mode({"extended_self_test_completion_time_seconds": None}))
    assert values["extended_self_test_completion_time_seconds"] is None
    assert values["extended_self_test_completion_time_saturated"] is True
    values = decode_control_mode(encode_control_mode({"extended_self_test_completion_time_seconds": 0xFFFE}))
    assert values["extended_self_test_completion_time_seconds"] == 0xFFFE
    assert values["extended_self_test_completion_time_saturated"] is False


def test_a_busy_timeout_of_ffff_has_no_limit() -> None:
    values = decode_control_mode(encode_control_mode({"busy_timeout_period": None}))
    assert (values["busy_timeout_period"], values["busy_timeout_period_unlimited"]) == (None, True)
    values = decode_control_mode(encode_control_mode({"busy_timeout_period": 50}))
    assert (values["busy_timeout_period"], values["busy_timeout_period_unlimited"]) == (50, False)


def test_the_shorter_page_of_scsi_2_has_no_time() -> None:
    warnings = []
    values = decode_control_mode(bytes.fromhex("0a06 04 10 00000000 1234 5678"), warnings)
    assert values["d_sense"] is True
    assert values["queue_algorithm_modifier"] == {"value": 1, "name": "unrestricted reordering"}
    assert values["extended_self_test_completion_time_seconds"] is None
    assert values["extended_self_test_completion_time_saturated"] is None
    assert values["busy_timeout_period"] is None
    assert warnings == []


@pytest.mark.parametrize("page, said", [
    ("1c0a" + "00" * 10, r"\bmode page 1Ch\b.*\bmode page 0Ah\b"),
    ("4a010008" + "00" * 8, r"\bmode page 0Ah\b.*\bsubpage\b.*\bmode page 0Ah\b"),
])
def test_another_page_is_told_of(page, said) -> None:
    warnings = []
    assert set(decode_control_mode(bytes.fromhex(page), warnings).values()) == {None}
    warning, = warnings
    assert re.search(said, warning)


def test_no_page_has_no_values() -> None:
    assert set(decode_control_mode(None).values()) == {None}

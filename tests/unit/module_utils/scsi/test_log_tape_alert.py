# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TapeAlert flags, side by side with sg_logs, and with the severities that others print."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_tape_alert import (
    CHANGER_FLAGS,
    TAPE_FLAGS,
    decode_tape_alert,
    encode_tape_alert,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import FIXTURES, recorded

VECTORS = recorded("log_tape_alert/sg_logs")
SEVERITIES = json.loads((FIXTURES / "log_tape_alert" / "severities.json").read_text("ascii"))
LETTERS = {"C": "critical", "W": "warning", "I": "information"}
#: Numbers that the tool, or smartctl, calls obsolete or reserved.
LOADER, RESERVED = range(40, 47), range(47, 50)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_flags_agree_with_sg_logs(vector: dict[str, Any]) -> None:
    warnings: list[str] = []
    found = decode_tape_alert(bytes.fromhex(vector["hex"]), warnings)
    theirs = [int(number, 16) for number in re.findall(r"([0-9A-F]{2})h: 1\b", vector["output"])]
    assert found is not None and [each["flag"] for each in found] == theirs and warnings == []


def test_the_names_agree_with_sg_logs() -> None:
    vector, = recorded("log_tape_alert/names")
    names = [line.strip().rsplit(":", 1)[0] for line in vector["output"].splitlines()[1:] if line.strip()]
    assert len(names) == 64
    for flag, name in enumerate(names, 1):
        if re.match("Reserved|Obsolete", name):
            assert flag in LOADER or flag in RESERVED or flag > 60
        else:
            assert TAPE_FLAGS[flag][0].replace(":", " -").casefold() == name.casefold(), flag


@pytest.mark.parametrize("kind,known", [("tape", TAPE_FLAGS), ("changer", CHANGER_FLAGS)])
def test_the_severities_agree_with_smartctl(kind: str, known: Any) -> None:
    for flag, letter in enumerate(SEVERITIES[kind], 1):
        reserved = kind == "tape" and flag in RESERVED
        assert known[flag][1] == (None if reserved else LETTERS[letter]), flag
    assert all(severity is None for flag, (_name, severity) in known.items() if flag > len(SEVERITIES[kind]))


def test_the_same_flag_means_something_else_to_a_changer() -> None:
    page = encode_tape_alert([16, 64])
    assert decode_tape_alert(page, []) == [
        {"flag": 16, "name": "forced eject", "severity": "critical"}, {"flag": 64, "name": None, "severity": None}]
    assert decode_tape_alert(page, [], changer=True) == [
        {"flag": 16, "name": "library door", "severity": "critical"}, {"flag": 64, "name": None, "severity": None}]


def test_flags_that_did_not_arrive_are_not_clear() -> None:
    page = encode_tape_alert([4])
    for length in range(len(page)):
        warnings: list[str] = []
        assert decode_tape_alert(page[:length], warnings) is None and warnings, length
    warnings = []
    assert decode_tape_alert(bytes.fromhex("1200000800000304ffffffff"), warnings) is None and len(warnings) == 1
    warnings = []
    assert decode_tape_alert(bytes.fromhex("12000000"), warnings) is None and len(warnings) == 1


def test_the_tapealert_page_that_clears_is_not_taken_for_the_other() -> None:
    warnings: list[str] = []
    assert decode_tape_alert(bytes.fromhex("2e0000050004030101"), warnings) is None
    warning, = warnings
    assert re.search(r"\blog page 2Eh\b.*\blog page 12h\b", warning)

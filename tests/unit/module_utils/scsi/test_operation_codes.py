# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of commands, side by side with sg3_utils."""

from __future__ import annotations

import json

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.operation_codes import (
    OPERATIONS,
    name_of_operation_code,
    name_of_service_action,
    operation_name,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import FIXTURES
from hypothesis import given
from hypothesis import strategies as st

PEER = json.loads((FIXTURES / "operation_codes" / "sg_lib.json").read_text("ascii"))["names"]

#: Where the library has the name of another device type, an older or a newer name, or none.
OTHERWISE = {
    (0x01, None): "rewind is of tapes", (0x0B, None): "6", (0x3B, None): "10", (0x48, 0x01): "sanitize",
    (0x7E, None): "the library adds an abbreviation", (0x7F, None): "no name",
    (0x80, None): "of tapes", (0x81, None): "of tapes", (0x82, None): "of tapes", (0x92, None): "of tapes",
    (0x83, 0x01): "LID4 dropped in SPC-5", (0x84, 0x05): "LID4 dropped in SPC-5", (0x84, 0x06): "LID4 dropped in SPC-5",
    (0x83, 0x16): "of tapes", (0x84, 0x16): "of tapes", (0x05, None): "of tapes", (0x0F, None): "of tapes",
    (0x10, None): "of tapes", (0x11, None): "of tapes", (0x13, None): "of tapes",
    (0x7F, 0x000F): "was ATOMIC WRITE", (0x9F, 0x0C): "is PREPARE BIND REPORT there",
}


def cdb(*octets):
    return bytes(octets).ljust(16, b"\0")


def same(name):
    return "".join(letter for letter in name.lower() if letter.isalnum())


@pytest.mark.parametrize("entry", [
    entry for entry in PEER if (entry["operation_code"], entry["service_action"]) not in OTHERWISE
], ids=lambda entry: "{operation_code:02X}-{service_action}".format(**entry))
def test_a_command_has_the_name_that_sg3_utils_gives_it(entry) -> None:
    ours = OPERATIONS[(entry["operation_code"], entry["service_action"])]
    assert same(ours) == same(entry["name"])


def test_most_names_are_compared() -> None:
    assert len(PEER) - len(OTHERWISE) > 150
    assert {(entry["operation_code"], entry["service_action"]) for entry in PEER} == set(OPERATIONS)


@pytest.mark.parametrize("command, name", [
    (cdb(0x84, 0x03), "RECEIVE COPY OPERATING PARAMETERS"),
    (cdb(0x84, 0xE3), "RECEIVE COPY OPERATING PARAMETERS"),
    (cdb(0x84, 0x1E), "THIRD-PARTY COPY IN, service action 1Eh"),
    (cdb(0x9E, 0x34), "STREAM CONTROL"),
    (cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x10), "WRITE STREAM(32)"),
    (cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x01), "VARIABLE LENGTH CDB, service action 8801h"),
    (b"\x7f\0", "VARIABLE LENGTH CDB"),
    (b"\x9e", "SERVICE ACTION IN(16)"),
    (cdb(0x12), "INQUIRY"),
    (cdb(0xC1), "operation code C1h"),
    (b"", "empty CDB"),
])
def test_a_command_is_called_by_its_name(command, name) -> None:
    assert operation_name(command) == name


@given(st.binary(max_size=32))
def test_any_cdb_has_a_name(command) -> None:
    assert operation_name(command)


def test_names_of_operation_codes_and_service_actions() -> None:
    assert name_of_operation_code(0x83) == "THIRD-PARTY COPY OUT"
    assert name_of_operation_code(0xC1) is None
    assert name_of_service_action(0x83, 0x10) == "POPULATE TOKEN"
    assert name_of_service_action(0x83, 0x99) is None

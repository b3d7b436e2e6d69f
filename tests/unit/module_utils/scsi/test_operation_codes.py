# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of commands, side by side with sg3_utils; and which commands check mode must not send."""

from __future__ import annotations

import json

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.operation_codes import (
    OPERATIONS,
    changes,
    name_of_operation_code,
    name_of_service_action,
    operation_name,
    service_action,
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
    ours = OPERATIONS[(entry["operation_code"], entry["service_action"])][0]
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


@pytest.mark.parametrize("command", [
    cdb(0x00), cdb(0x03), cdb(0x08), cdb(0x12), cdb(0x1A), cdb(0x1C), cdb(0x25), cdb(0x28), cdb(0x2F), cdb(0x37),
    cdb(0x3C, 0x02), cdb(0x3C, 0x1C, 0x00), cdb(0x4D, 0x02), cdb(0x5A), cdb(0x88), cdb(0x8F), cdb(0x9B), cdb(0xA0),
    cdb(0xA8), cdb(0xAF), cdb(0x9E, 0x10), cdb(0x9E, 0x12), cdb(0x9E, 0x16), cdb(0xA2, 0x00),
    *[cdb(0x5E, action) for action in range(4)], *[cdb(0x84, action) for action in (0, 1, 3, 4, 5, 6, 7, 8)],
    *[cdb(0xA3, action) for action in (5, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F)],
    cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 9), cdb(0x95, 0x00), cdb(0xAB, 0x01),
], ids=operation_name)
def test_check_mode_may_send_what_only_reads(command) -> None:
    assert not changes(command)


@pytest.mark.parametrize("command", [
    b"", b"\x4d", cdb(0x4D, 0x01), cdb(0x1B), cdb(0x1D), cdb(0x1E), cdb(0x04), cdb(0x0A), cdb(0x2A), cdb(0x8A),
    cdb(0x9A), cdb(0x15), cdb(0x55), cdb(0x4C), cdb(0x3B), cdb(0x42), cdb(0x48, 0x03), cdb(0x16), cdb(0x17), cdb(0x56),
    cdb(0x57), *[cdb(0x5F, action) for action in range(9)], cdb(0x83, 0x00), cdb(0x83, 0x1C), cdb(0x85), cdb(0x89),
    cdb(0x91), cdb(0x9E, 0x14), cdb(0x9E, 0x34), cdb(0x9E, 0x54), cdb(0x9E, 0x15), cdb(0x9E, 0x18), cdb(0x9E, 0x1F),
    cdb(0xA4, 0x0F), cdb(0xA3, 0x1F), cdb(0x84, 0x1F), cdb(0x94, 0x04), cdb(0x95, 0x08), cdb(0x3C, 0x1A),
    cdb(0x3C, 0x1C, 0xFF), cdb(0xA2, 0x01), cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0x10), b"\x7f", cdb(0xC0),
    cdb(0xFF), cdb(0x02),
], ids=lambda command: operation_name(command) + command.hex()[:6])
def test_check_mode_must_not_send_what_changes_or_is_not_known(command) -> None:
    assert changes(command)


@given(st.binary(max_size=32))
def test_any_cdb_has_a_name_and_is_refused_unless_it_is_known(command) -> None:
    assert operation_name(command)
    if not changes(command):
        assert (command[0], service_action(command)) in OPERATIONS


def test_names_of_operation_codes_and_service_actions() -> None:
    assert name_of_operation_code(0x83) == "THIRD-PARTY COPY OUT"
    assert name_of_operation_code(0xC1) is None
    assert name_of_service_action(0x83, 0x10) == "POPULATE TOKEN"
    assert name_of_service_action(0x83, 0x99) is None

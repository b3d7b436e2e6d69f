# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commands check mode may send, to which type of device: beside the standards' tables of commands."""

from __future__ import annotations

import itertools
import json
from typing import Iterator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.device_types import (
    CD_DRIVE,
    DISK,
    ENCLOSURE,
    TAPE,
    ZONED_DISK,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.operation_codes import OPERATIONS, operation_name
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.reading_commands import (
    READING_COMMANDS,
    changes,
    discards,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import FIXTURES
from hypothesis import given
from hypothesis import strategies as st

TABLE = json.loads((FIXTURES / "operation_codes" / "by_device_type.json").read_text("ascii"))
COLUMNS: dict[str, int] = TABLE["columns"]
CHANGER, PROCESSOR = 0x08, 0x03
EVERY_TYPE = range(0x20)
#: A byte of a CDB that decides in some command, and its values here.
VALUES = (0x00, 0x02, 0x10, 0x2E, 0xFF)


def cdb(*octets: int) -> bytes:
    length = {0: 6, 1: 10, 2: 10, 4: 16, 5: 12}.get(octets[0] >> 5, 16)
    return bytes(octets).ljust(32 if octets[0] in (0x7E, 0x7F) else length, b"\0")


def of_operation_code(code: int) -> Iterator[bytes]:
    """Many CDBs: every service action, and combinations of what decides in some command."""
    for second in (*range(0x20), 0x80, 0xFF):
        for third in VALUES:
            yield cdb(code, second, third)
    if code == 0x7F:
        yield from (cdb(code, 0, 0, 0, 0, 0, 0, 0, action >> 8, action & 0xFF) for action in range(0x100))
    # ATA PASS-THROUGH: protocol, direction, and the command.
    for protocol, command in itertools.product((0x06, 0x08, 0x0C), (0x00, 0xE5, 0xEC, 0xC8)):
        yield cdb(code, protocol, 0x08, *([0] * (6 if code == 0xA1 else 11)), command)
    yield cdb(code, 0, 0, 0, 0, 0, 0x02)


def rows(code: int, column: str) -> list[dict[str, str]]:
    """What an operation code may be on a type of device; for a command of SPC-6, on all of them."""
    return [row for row in TABLE["commands"] if int(row["operation_code"], 16) == code and (
        row.get("sent_to") == "any" or column in row.get("sent_to", "") or row["reads"] == "never"
        and row["types"][list(COLUMNS).index(column)] != " ")]


@pytest.mark.parametrize("column", list(COLUMNS))
@pytest.mark.parametrize("high", range(0x10))
def test_an_operation_code_is_sent_where_the_standard_says_that_it_reads(high: int, column: str) -> None:
    for code in range(high << 4, (high << 4) + 0x10):
        named = rows(code, column)
        how = {row["reads"] for row in named} - {"never"}
        found = {changes(command, COLUMNS[column]) for command in of_operation_code(code)}
        expected = {"always": {False}, "by field": {True, False}}[how.pop()] if how else {True}
        assert found == expected, f"{code:02X}h on {column}: {named}"


def test_the_table_is_whole() -> None:
    """No other command of the same operation code may exist where a command of all types is sent."""
    codes = [row["operation_code"] for row in TABLE["commands"]]
    assert len(TABLE["commands"]) > 180
    for row in TABLE["commands"]:
        assert row["reads"] == "never" or row["clause"]
        if row.get("sent_to") == "any":
            assert codes.count(row["operation_code"]) == 1
    listed = {code for code, action in READING_COMMANDS}
    assert listed == {int(row["operation_code"], 16) for row in TABLE["commands"] if row["reads"] != "never"}


def test_every_entry_has_its_clause_and_a_name() -> None:
    for key, entries in READING_COMMANDS.items():
        assert key in OPERATIONS or key[0] in (0x23, 0x43, 0x46, 0x52, 0x5C, 0xAC, 0xB9, 0xBD, 0xBE)
        for kinds, _condition, clause in entries:
            assert kinds and set(kinds) <= set("DTMCEP") and "-" in clause
        kinds_of_all = "".join(kinds for kinds, _condition, _clause in entries)
        assert len(kinds_of_all) == len(set(kinds_of_all)), "one entry for each kind"


def test_without_a_device_type_the_strictest_counts() -> None:
    for code in range(0x100):
        for command in of_operation_code(code):
            if not changes(command):
                assert not any(changes(command, device_type) for device_type in EVERY_TYPE)


READ_EVERYWHERE = [
    cdb(0x00), cdb(0x03), cdb(0x12), cdb(0x12, 1, 0x83), cdb(0x1A), cdb(0x5A), cdb(0x1C), cdb(0x1C, 1, 2), cdb(0xA0),
    cdb(0x4D, 0, 0x40), cdb(0x4D, 0, 0x4D), cdb(0x4D, 0, 0x50), cdb(0x4D, 0, 0x6F), cdb(0x4D, 0, 0x55), cdb(0x3C, 2),
    cdb(0x3C, 3),
    cdb(0x3C, 0x0A), cdb(0x3C, 0x0B), cdb(0x9B, 0x02), *[cdb(0x5E, action) for action in range(4)], cdb(0x84, 0x03),
    cdb(0x84, 0x08), cdb(0x3C, 0x1C, 0x10), cdb(0x3C, 0x1C, 0xEF), cdb(0x9B, 0x1C, *[0] * 12, 0x10),
    # In the long form byte 2 belongs to the offset.
    cdb(0x9B, 0x1C, 0xFF, *[0] * 11, 0xEF),
]


@pytest.mark.parametrize("command", READ_EVERYWHERE, ids=lambda command: operation_name(command) + command.hex()[:6])
def test_what_reads_on_every_device(command: bytes) -> None:
    assert [each for each in (None, *EVERY_TYPE) if changes(command, each)] == []


CHANGE_EVERYWHERE = [
    b"", b"\x4d", b"\x7f", b"\x00\x00", cdb(0x3C, 2)[:9], cdb(0x9B, 2)[:15],
    # READ BUFFER: vendor specific, expander, reserved; and the error history: snapshots and clearing.
    *[cdb(code, mode) for code in (0x3C, 0x9B) for mode in (1, 4, 5, 6, 7, 8, 9, 0x0C, 0x1A, 0x1B, 0x1D, 0x1F, 0x22)],
    *[cdb(0x3C, 0x1C, buffer) for buffer in (0, 1, 2, 3, 4, 0x0F, 0xF0, 0xFE, 0xFF)],
    *[cdb(0x9B, 0x1C, 0x20, *[0] * 11, buffer) for buffer in (0, 1, 2, 3, 4, 0x0F, 0xF0, 0xFE, 0xFF)],
    bytes.fromhex("9b1c000000000000000000000400ff00"),
    # LOG SENSE: SP, PPC, TapeAlert, reserved, vendor specific, all pages.
    cdb(0x4D, 1), cdb(0x4D, 2), cdb(0x4D, 0, 0x2E), cdb(0x4D, 0, 0x6E), cdb(0x4D, 0, 0x13), cdb(0x4D, 0, 0x30),
    cdb(0x4D, 0, 0x3F, 0xFF), cdb(0x1C, 1, 0x80), cdb(0xA2, 1), cdb(0xA2, 0xEF),
    # A control byte with NACA: a failure would block the device until it is cleared.
    cdb(0x00, 0, 0, 0, 0, 4), cdb(0xA0, *[0] * 10, 4), bytes.fromhex("2800000000000000010004")[:9] + b"\x04",
    *[cdb(0x5F, action) for action in range(9)], *[cdb(0x84, action) for action in (2, 9, 0x17, 0x1F)],
    *[cdb(code) for code in (0x01, 0x04, 0x0A, 0x15, 0x1B, 0x1D, 0x1E, 0x2A, 0x3B, 0x42, 0x48, 0x4C, 0x55, 0x83, 0x89,
                             0x8A, 0x91, 0x9A, 0xC0, 0xFF, 0x02, 0x18, 0x7E, 0x86, 0x9D, 0xA9, 0xA5)],
    cdb(0x9E, 0x14), cdb(0x9E, 0x15), cdb(0x9E, 0x18), cdb(0x9E, 0x1F), cdb(0xA3, 0x1F), cdb(0xA3, 0x10, 1),
    cdb(0x94, 4), cdb(0x95, 8), cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 3), cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0x88, 1),
    cdb(0xA4, 0x0F),
    cdb(0x4A), cdb(0xAD), cdb(0xB4), cdb(0xB5), cdb(0xB8), cdb(0xB8, 0, 0, 0, 0, 0, 1),
]


@pytest.mark.parametrize("command", CHANGE_EVERYWHERE, ids=lambda command: operation_name(command) + command.hex())
def test_what_is_sent_to_no_device(command: bytes) -> None:
    assert [each for each in (None, *EVERY_TYPE) if not changes(command, each)] == []


@pytest.mark.parametrize("command, types", [
    # Moves a tape, and initializes a robot; reads a disk.
    (cdb(0x08), "D"), (cdb(0x88), "D"), (cdb(0x8F), "D"), (cdb(0x37), "D"), (cdb(0x2F), "D"), (cdb(0xAF), "D"),
    (cdb(0x13), ""), (cdb(0x0F), ""), (cdb(0x81), ""), (cdb(0x11), ""), (cdb(0x14), ""), (cdb(0x2B), ""),
    (cdb(0x2F, 0x02), ""), (cdb(0x8F, 0x06), ""), (cdb(0x28), "DR"), (cdb(0xA8), "DR"), (cdb(0x25), "DR"),
    (cdb(0x34), "DT"), (cdb(0x05), "T"), (cdb(0x44), "TM"), (cdb(0x8C), "DT"), (cdb(0x8C, 4), ""),
    (cdb(0xB8, 0, 0, 0, 0, 0, 2), "M"), (cdb(0xA3, 0x0C), "DTMEP"), (cdb(0xA3, 0x05), "DTMEP"), (cdb(0xA2), "DTMEP"),
    (cdb(0x42), ""), (cdb(0x43), "R"), (cdb(0x51), "R"), (cdb(0xBE), "R"), (cdb(0xA1), ""), (cdb(0x9E, 0x10), "D"),
    (cdb(0x9E, 0x30), "D"), (cdb(0x95), "D"), (cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 9), "D"), (cdb(0xB7), "D"),
    (cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0x0A), "D"), (cdb(0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0x0A, 2), ""),
    (cdb(0x4D, 0, 0x51), "D"), (cdb(0x4D, 0, 0x7E), "D"),
    (cdb(0x4D, 0, 0x7D, 3), "D"), (cdb(0x4D, 0, 0x52), "TM"),
    (cdb(0x84, 0x16), "T"),
], ids=lambda value: value if isinstance(value, str) else operation_name(value) + value.hex()[:6])
def test_the_type_of_the_device_decides(command: bytes, types: str) -> None:
    one_of = {"D": DISK, "T": TAPE, "M": CHANGER, "R": CD_DRIVE, "E": ENCLOSURE, "P": PROCESSOR}
    assert "".join(letter for letter, each in one_of.items() if not changes(command, each)) == types
    assert changes(command) and changes(command, DISK) == changes(command, ZONED_DISK)


def ata(command: int, feature: int = 0, protocol: int = 4, lba: int = 0, extend: int = 0, t_dir: int = 1) -> bytes:
    return bytes((0x85, protocol << 1 | extend, t_dir << 3 | 6, feature >> 8, feature & 0xFF, 0, 1, 0, lba)
                 ) + bytes((0, 0, 0, 0, 0, command, 0))


@pytest.mark.parametrize("command", [
    ata(0xEC), ata(0xA1), ata(0xB0, 0xD0), ata(0xB0, 0xD1), ata(0xB0, 0xDA, 3), ata(0xE5, protocol=3),
    ata(0xF8, protocol=3), ata(0x27, protocol=3, extend=1), ata(0x78, protocol=3, extend=1), ata(0x24), ata(0x20),
    ata(0xC8, protocol=6), ata(0x25, protocol=10), ata(0xB1, 0xC2), ata(0xB0, 0xD5, lba=6), ata(0xB0, 0xD5, lba=0xE0),
    *[ata(0x2F, lba=log, extend=1) for log in (0, 3, 4, 7, 8, 0x0C, 0x11, 0x30, 0x80, 0xA6)],
    ata(0x47, protocol=6, lba=4),
], ids=bytes.hex)
def test_an_ata_command_that_reads(command: bytes) -> None:
    assert not changes(command, DISK) and not changes(command, ZONED_DISK)
    assert all(changes(command, each) for each in (None, TAPE, CD_DRIVE, CHANGER, ENCLOSURE, PROCESSOR))


@pytest.mark.parametrize("command", [
    # Off-line tests, attributes' saving, enabling, writing a log: SMART too.
    *[ata(0xB0, feature, protocol) for feature in (0xD2, 0xD3, 0xD4, 0xD8, 0xD9, 0xDB, 0xD6) for protocol in (3, 4, 5)],
    # Logs that forget, start a capture, go on with an SCT command, or are the vendor's; phy counters that are reset.
    *[ata(0x2F, lba=log, extend=1) for log in (0x0A, 0x0D, 0x0F, 0x10, 0x21, 0x24, 0x25, 0xA0, 0xDF, 0xE1, 0xFF)],
    ata(0x2F, 0x0001, lba=0x11, extend=1), ata(0x2F, 0x0100, lba=0x11, extend=1), ata(0xB0, 0xD5, lba=0xE1),
    # A data command in the wrong direction or by another protocol.
    ata(0xEC, t_dir=0), ata(0xEC, protocol=3), ata(0xEC, protocol=5), ata(0xC8, protocol=11), ata(0xE5, protocol=0),
    ata(0x2F, lba=4, protocol=12),
    # Writes, erases, sleeps, sets, NOP (aborts what is queued), media status, sense, reset.
    *[ata(command, feature, protocol) for command in (
        0x00, 0x0B, 0x08, 0x30, 0x34, 0x35, 0xCA, 0xEA, 0xE7, 0xEF, 0xE0, 0xE1, 0xE2, 0xE3, 0xE6, 0xF1, 0xF3, 0xF4,
        0xF6, 0xF9, 0x37, 0x06, 0xB4, 0x92, 0x93, 0x90, 0xDA, 0x3F, 0x5E, 0x44, 0x61, 0x9F, 0xF5)
      for feature in (0, 1, 0xC2) for protocol in (3, 4, 5, 6)],
    ata(0x78, 0x0001, 3, extend=1), ata(0xB1, 0xC0), ata(0xB1, 0xC3),
], ids=bytes.hex)
def test_an_ata_command_that_is_not_sent(command: bytes) -> None:
    assert changes(command, DISK)


def test_ata_pass_through_12_is_read_in_its_own_layout() -> None:
    assert not changes(bytes.fromhex("a1080e000100000000ec0000"), DISK)
    assert not changes(bytes.fromhex("a1080ed001004fc200b00000"), DISK)
    assert changes(bytes.fromhex("a1060ed401004fc200b00000"), DISK)
    # To a CD drive the same operation code is BLANK.
    assert changes(bytes.fromhex("a1080e000100000000ec0000"), CD_DRIVE)


def test_what_may_be_forgotten_is_told_apart() -> None:
    assert [action for action in range(0x20) if discards(cdb(0x84, action))] == [0, 1, 4, 5, 6, 7]
    assert not any(changes(cdb(0x84, action), DISK) for action in (0, 1, 4, 5, 6, 7))
    assert not discards(b"") and not discards(b"\x84") and not discards(cdb(0x12))


@given(st.binary(max_size=32), st.integers(0, 0x1F) | st.none())
def test_any_cdb_can_be_judged(command: bytes, device_type: int | None) -> None:
    assert changes(command, device_type) in (True, False) and discards(command) in (True, False)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The headers of defect lists, against the tables of makers' manuals."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.device_types import DISK
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.operation_codes import operation_name
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.read_defect_data import (
    BYTES_FROM_INDEX,
    READ_DEFECT_DATA_10,
    READ_DEFECT_DATA_12,
    decode_defect_header,
    encode_defect_header,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.reading_commands import changes


@pytest.mark.parametrize("table,allocation_length,expected", [
    # The commands that smartctl sends.
    (READ_DEFECT_DATA_10, 4, "37000c00000000000400"), (READ_DEFECT_DATA_12, 8, "b70c00000000000000080000")])
def test_the_commands(table: Any, allocation_length: int, expected: str) -> None:
    cdb = table.encode(
        req_glist=True, defect_list_format=BYTES_FROM_INDEX, allocation_length=allocation_length)
    assert cdb.hex() == expected and not changes(cdb, DISK) and operation_name(cdb) == table.title


@pytest.mark.parametrize("data,twelve,count,generation", [
    ("000d0008", False, 1, None), ("000c0000", False, 0, None),
    # Longer than the length can say.
    ("000dffff", False, None, None), ("000dffffffffffff", True, None, 0xFFFF),
    ("00080010", False, 4, None), ("000d000000000050", True, 10, None), ("000b000300010000", True, 8192, 3),
    # Whatever its format, an empty list has no entries; one in the vendor's format has an unknown number.
    ("000e000000000000", True, 0, None), ("000e000000000020", True, None, None)])
def test_the_count(data: str, twelve: bool, count: Any, generation: Any) -> None:
    warnings: list[str] = []
    values = decode_defect_header(bytes.fromhex(data), twelve, warnings)
    assert values["defects"] == count and values["glistv"] is True and values["plistv"] is False
    assert values.get("generation_code") == generation
    assert encode_defect_header(values, twelve) == bytes.fromhex(data)


def test_a_list_that_is_not_the_one_of_grown_defects() -> None:
    values = decode_defect_header(bytes.fromhex("00150100"), False, [])
    assert (values["plistv"], values["glistv"], values["defects"]) == (True, False, 32)


@pytest.mark.parametrize("twelve,size", [(False, 4), (True, 8)])
def test_cut_headers(twelve: bool, size: int) -> None:
    for length in range(size):
        warnings: list[str] = []
        values = decode_defect_header(bytes.fromhex("000d000000000050")[:length], twelve, warnings)
        assert values["defects"] is None and len(warnings) == 1


def test_a_length_between_two_entries() -> None:
    warnings: list[str] = []
    assert decode_defect_header(bytes.fromhex("000d0009"), False, warnings)["defects"] is None
    warning, = warnings
    assert re.search(r"\bREAD DEFECT DATA\(10\).*\b9 bytes\b.*\b8\b", warning)

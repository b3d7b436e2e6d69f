# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every table of every format goes round: what is encoded decodes to the same."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils import _scsi
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import farm, ses_elements
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import table as tables
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.table import Table, named
from hypothesis import given
from hypothesis import strategies as st

PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, blacklist_characters="\\"), max_size=64)


def every_table() -> list[tuple[str, Table]]:
    """The tables of all modules, also those in lists and mappings, each once."""
    found: dict[int, tuple[str, Table]] = {}

    def collect(name: str, value: Any) -> None:
        if isinstance(value, Table):
            found.setdefault(id(value), (name, value))
        elif isinstance(value, dict):
            for key, each in value.items():
                collect(f"{name}[{key}]", each)
        elif isinstance(value, (list, tuple)):
            for position, each in enumerate(value):
                collect(f"{name}[{position}]", each)

    for module in sorted(each.name for each in pkgutil.iter_modules(_scsi.__path__)):
        for name, value in sorted(vars(importlib.import_module(_scsi.__name__ + "." + module)).items()):
            collect(f"{module}.{name}", value)
    return sorted(found.values(), key=lambda each: each[0])


TABLES = every_table()
EVERY_TABLE = pytest.mark.parametrize("table", [each[1] for each in TABLES], ids=[each[0] for each in TABLES])


def field_values(field: tables.Field) -> st.SearchStrategy[Any]:
    """Values of a field as decoding gives them."""
    whole = st.integers(0, (1 << 8 * field.width) - 1)
    if isinstance(field, tables.sint):
        return whole.map(lambda value: value - (1 << 8 * field.width - 1)).map(
            lambda value: None if value in field.unknown else value)
    if isinstance(field, tables.uint):
        return whole.map(lambda value: None if value in field.unknown else value)
    if isinstance(field, tables.flag):
        return st.booleans()
    if isinstance(field, (tables.bits, tables.span)):
        part = st.integers(0, (1 << field.high - field.low + 1) - 1)
        names = getattr(field, "names", None)
        return part if names is None else part.map(lambda value: named(value, names))
    if isinstance(field, tables.code):
        return whole.map(lambda value: named(value, field.names))
    if isinstance(field, tables.power):
        return st.integers(0, 63).map(lambda exponent: 1 << exponent)
    if isinstance(field, tables.text):
        return PRINTABLE.map(lambda text: text[:field.width])
    if isinstance(field, tables.hexadecimal):
        return st.binary(min_size=field.width, max_size=field.width).map(bytes.hex)
    if isinstance(field, farm.metric):
        return st.none() | st.integers(0, (1 << 56) - 1)
    if isinstance(field, ses_elements.celsius):
        return st.integers(0, 255).map(lambda raw: raw - ses_elements.TEMPERATURE_OFFSET if raw else None)
    if isinstance(field, ses_elements.rpm):
        return st.integers(0, 0x7FF).map(lambda raw: raw * ses_elements.RPM_UNIT)
    raise TypeError(f"no values for {type(field).__name__}")


def bit_numbers(field: tables.Field) -> list[int]:
    """Which bits of a table a field has."""
    if isinstance(field, tables.bits):
        return [field.first * 8 + 7 - bit for bit in range(field.low, field.high + 1)]
    if isinstance(field, tables.span):
        return [field.last * 8 + 7 - bit for bit in range(field.low, field.high + 1)]
    if isinstance(field, ses_elements.rpm):
        return list(range(field.first * 8 + 5, (field.last + 1) * 8))
    return list(range(field.first * 8, (field.last + 1) * 8))


def test_there_are_tables() -> None:
    # Guards the tests below: a search that finds nothing would let everything pass.
    assert len(TABLES) > 60


@EVERY_TABLE
@given(data=st.data())
def test_what_is_encoded_decodes_to_the_same(table, data) -> None:
    values = {field.name: data.draw(field_values(field), field.name) for field in table.fields}
    encoded = table.encode(values)
    assert len(encoded) == table.size
    assert table.decode(encoded) == values


@EVERY_TABLE
@given(data=st.binary(max_size=80))
def test_a_field_that_did_not_arrive_is_none(table, data) -> None:
    decoded = table.decode(data)
    whole = table.decode(data.ljust(table.size, b"\0"))
    missing = table.missing(data)
    assert list(decoded) == [field.name for field in table.fields]
    for field in table.fields:
        assert decoded[field.name] == (None if field.name in missing else whole[field.name])
        assert (field.name in missing) == (field.last >= len(data))


@EVERY_TABLE
def test_no_two_fields_share_a_bit(table) -> None:
    bits = [bit for field in table.fields for bit in bit_numbers(field)]
    assert len(bits) == len(set(bits))


@EVERY_TABLE
def test_a_table_says_where_it_stands(table) -> None:
    assert table.title
    assert table.source


@EVERY_TABLE
def test_fields_stand_in_the_order_of_the_standard(table) -> None:
    places = [min(bit_numbers(field)) for field in table.fields]
    assert places == sorted(places)


def test_a_command_descriptor_block_has_its_operation_code_and_length() -> None:
    # A descriptor of commands begins with an operation code too, but with none of its own.
    cdbs = [(name, table.encode()) for name, table in TABLES
            if table.fields[0].name == "operation_code" and (table.encode()[0] or table.size == 6)]
    assert len(cdbs) >= 50
    for name, cdb in cdbs:
        # The upper three bits of the operation code tell the length (SPC-6 4.2.5.1); 7Fh has it in byte 7.
        length = 8 + cdb[7] if cdb[0] == 0x7F else {0: 6, 1: 10, 2: 10, 4: 16, 5: 12}[cdb[0] >> 5]
        assert len(cdb) == length, name


def test_none_is_written_as_the_first_of_several_numbers_that_mean_unknown() -> None:
    table = Table("test", "none", tables.uint("delay", 0, 3, unknown=(0xFFFFFFFF, 0xFFFFFFFE)))
    assert table.encode(delay=None) == b"\xff\xff\xff\xff"
    assert table.decode(b"\xff\xff\xff\xfe") == {"delay": None}
    assert table.decode(b"\xff\xff\xff\xfd") == {"delay": 0xFFFFFFFD}


def test_a_span_leaves_the_bits_of_its_neighbours() -> None:
    table = Table("test", "none", tables.bits("upper", 0, 7, 4), tables.span("middle", 0, 2, 19, 4),
                  tables.bits("lower", 2, 3, 0))
    assert table.encode(upper=0xA, middle=0x1234, lower=0xB) == bytes.fromhex("a1234b")
    assert table.decode(bytes.fromhex("a1234b")) == {"upper": 0xA, "middle": 0x1234, "lower": 0xB}
    with pytest.raises(ValueError, match=r"\bmiddle\b.*\b16 bits\b"):
        table.encode(middle=0x10000)

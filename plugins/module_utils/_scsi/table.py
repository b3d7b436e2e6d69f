# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Byte tables: one description of a format that both decodes and encodes.

A `Table` reads like the table of the standard that it cites, from top to bottom: every field has the name of the
standard in lower_snake_case and the bytes and bits that the standard gives it. Nothing is ever read past the end of
the bytes that a caller passes: a field that does not lie wholly inside them is ``None``.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Sequence

from .text import printable

Codes = Mapping[int, str]
Coded = Dict[str, Any]
#: What a format holds, by the names of its fields.
Values = Dict[str, Any]
#: No count and no size of a real device needs more than 64 bits, and not every reader of JSON takes more.
LARGEST = (1 << 64) - 1


def named(value: int, names: Codes) -> Coded:
    """A code as value and name: ``{"value": 7, "name": "..."}``; the name of an unknown code is ``None``."""
    return {"value": value, "name": names.get(value)}


class Field:
    """One field: bytes ``first`` to ``last`` of a table, and how their bits stand for a value."""

    __slots__ = ("first", "last", "name")

    def __init__(self, name: str, first: int, last: int | None = None) -> None:
        self.name = name
        self.first = first
        self.last = first if last is None else last

    @property
    def width(self) -> int:
        """Length in bytes."""
        return self.last - self.first + 1

    def read(self, data: bytes) -> Any:
        """The value, from ``data`` that is known to reach as far as the field."""
        raise NotImplementedError

    def write(self, data: bytearray, value: Any) -> None:
        """Puts ``value`` into ``data``, leaving the bits of other fields as they are."""
        raise NotImplementedError

    def _raw(self, data: bytes | bytearray) -> int:
        return int.from_bytes(data[self.first:self.last + 1], "big")

    def _store(self, data: bytearray, number: int) -> None:
        if not 0 <= number < 1 << (8 * self.width):
            raise ValueError(f"{self.name}: {number} does not fit {self.width} bytes")
        data[self.first:self.last + 1] = number.to_bytes(self.width, "big")


class uint(Field):
    """An unsigned big-endian number.

    ``unknown`` is the number, or the numbers, that mean "not reported": they are read as ``None``, and ``None`` is
    written as the first of them.
    """

    __slots__ = ("unknown",)

    def __init__(
        self, name: str, first: int, last: int | None = None, unknown: int | tuple[int, ...] | None = None,
    ) -> None:
        super().__init__(name, first, last)
        self.unknown: tuple[int, ...] = (unknown,) if isinstance(unknown, int) else unknown or ()

    def read(self, data: bytes) -> int | None:
        number = self._raw(data)
        return None if number in self.unknown else number

    def write(self, data: bytearray, value: Any) -> None:
        if value is None:
            value = self.unknown[0] if self.unknown else 0
        self._store(data, int(value))


class sint(uint):
    """A signed big-endian number, in two's complement."""

    __slots__ = ()

    def read(self, data: bytes) -> int | None:
        number = self._raw(data)
        if number >> (8 * self.width - 1):
            number -= 1 << (8 * self.width)
        return None if number in self.unknown else number

    def write(self, data: bytearray, value: Any) -> None:
        if value is None:
            value = self.unknown[0] if self.unknown else 0
        limit = 1 << (8 * self.width - 1)
        if not -limit <= int(value) < limit:
            raise ValueError(f"{self.name}: {value} does not fit {self.width} bytes")
        self._store(data, int(value) % (2 * limit))


class bits(Field):
    """Bits ``high`` to ``low`` of one byte; with ``names`` a code, given as value and name."""

    __slots__ = ("high", "low", "names")

    def __init__(self, name: str, byte: int, high: int, low: int, names: Codes | None = None) -> None:
        super().__init__(name, byte)
        self.high = high
        self.low = low
        self.names = names

    @property
    def _mask(self) -> int:
        return (1 << (self.high - self.low + 1)) - 1

    def read(self, data: bytes) -> Any:
        value = data[self.first] >> self.low & self._mask
        return value if self.names is None else named(value, self.names)

    def write(self, data: bytearray, value: Any) -> None:
        number = _number(value)
        if not 0 <= number <= self._mask:
            raise ValueError(f"{self.name}: {number} does not fit bits {self.high}:{self.low}")
        data[self.first] = data[self.first] & ~(self._mask << self.low) & 0xFF | number << self.low


class flag(bits):
    """One bit, as a boolean."""

    __slots__ = ()

    def __init__(self, name: str, byte: int, bit: int) -> None:
        super().__init__(name, byte, bit, bit)

    def read(self, data: bytes) -> bool:
        return bool(data[self.first] >> self.low & 1)


class span(Field):
    """Bits ``high`` to ``low`` of the number in bytes ``first`` to ``last``: a field that ends inside a byte."""

    __slots__ = ("high", "low")

    def __init__(self, name: str, first: int, last: int, high: int, low: int) -> None:
        super().__init__(name, first, last)
        self.high = high
        self.low = low

    @property
    def _mask(self) -> int:
        return (1 << (self.high - self.low + 1)) - 1

    def read(self, data: bytes) -> int:
        return self._raw(data) >> self.low & self._mask

    def write(self, data: bytearray, value: Any) -> None:
        number = _number(value)
        if not 0 <= number <= self._mask:
            raise ValueError(f"{self.name}: {number} does not fit {self.high - self.low + 1} bits")
        self._store(data, self._raw(data) & ~(self._mask << self.low) | number << self.low)


class code(Field):
    """A code of whole bytes, given as value and name."""

    __slots__ = ("names",)

    def __init__(self, name: str, first: int, last: int | None, names: Codes) -> None:
        super().__init__(name, first, last)
        self.names = names

    def read(self, data: bytes) -> Coded:
        return named(self._raw(data), self.names)

    def write(self, data: bytearray, value: Any) -> None:
        self._store(data, _number(value))


class power(Field):
    """A size that the drive reports as an exponent of two; ``None`` if it does not fit 64 bits, as no size does."""

    __slots__ = ()

    def read(self, data: bytes) -> int | None:
        exponent = self._raw(data)
        return 1 << exponent if exponent < LARGEST.bit_length() else None

    def write(self, data: bytearray, value: Any) -> None:
        size = 1 if value is None else int(value)
        if size < 1 or size & (size - 1):
            raise ValueError(f"{self.name}: {size} is not a power of two")
        self._store(data, size.bit_length() - 1)


class text(Field):
    """A string from the drive, made printable; padded with spaces."""

    __slots__ = ()

    def read(self, data: bytes) -> str:
        return printable(data[self.first:self.last + 1])

    def write(self, data: bytearray, value: Any) -> None:
        content = ("" if value is None else str(value)).encode("ascii")
        if len(content) > self.width:
            raise ValueError(f"{self.name}: {value!r} is longer than {self.width} bytes")
        data[self.first:self.last + 1] = content.ljust(self.width)


class hexadecimal(Field):
    """Bytes, as hex digits."""

    __slots__ = ()

    def read(self, data: bytes) -> str:
        return data[self.first:self.last + 1].hex()

    def write(self, data: bytearray, value: Any) -> None:
        content = bytes.fromhex("" if value is None else str(value))
        if len(content) > self.width:
            raise ValueError(f"{self.name}: {len(content)} bytes do not fit {self.width}")
        data[self.first:self.last + 1] = content.ljust(self.width, b"\0")


def _number(value: Any) -> int:
    """The number of a code, which may come as a number or as the value and name that decoding gave."""
    if value is None:
        return 0
    if isinstance(value, Mapping):
        value = value["value"]
    return int(value)


class Table:
    """A fixed part of a format.

    ``title`` is what the standard calls it, ``source`` the standard and clause, ``size`` its length in bytes if it is
    longer than its fields.
    """

    def __init__(self, title: str, source: str, *fields: Field, **options: int) -> None:
        self.title = title
        self.source = source
        self.fields: tuple[Field, ...] = fields
        self.size = max([options.pop("size", 0)] + [field.last + 1 for field in fields])
        self._constants = options
        names = [field.name for field in fields]
        if len(set(names)) != len(names):
            raise ValueError(f"{title} names a field twice")

    def decode(self, data: bytes) -> Values:
        """Every field by name; ``None`` for a field that does not lie wholly inside ``data``.

        By the field's type the value is:

        * `uint`, `sint`, `span`: an int; ``None`` for a `uint` or `sint` whose number means that it is not reported
        * `bits`: an int; with names ``{"value": int, "name": str | None}``, as `code` always is
        * `flag`: a bool
        * `power`: an int, two to the power of what the field holds; ``None`` if that does not fit 64 bits
        * `text`: a str, made printable, without the padding
        * `hexadecimal`: a str of two hex digits per byte
        """
        return {field.name: field.read(data) if field.last < len(data) else None for field in self.fields}

    def encode(self, values: Mapping[str, Any] | None = None, **more: Any) -> bytes:
        """The bytes; a field that is not given is zero, or its constant. Raises ValueError for what does not fit."""
        given: dict[str, Any] = dict(self._constants)
        given.update(values or {}, **more)
        data = bytearray(self.size)
        for field in self.fields:
            if field.name in given:
                field.write(data, given.pop(field.name))
        if given:
            raise ValueError(f"{self.title} has no field {', '.join(sorted(given))}")
        return bytes(data)

    def missing(self, data: bytes) -> list[str]:
        """The names of the fields for which ``data`` is too short."""
        return [field.name for field in self.fields if field.last >= len(data)]


def within(data: bytes, claimed: int, title: str, warnings: list[str]) -> bytes:
    """The valid part of a response: neither beyond what its header claims nor beyond what arrived.

    There is a warning if its header claims more than arrived: the response was cut, by the allocation length or by the
    drive.
    """
    if claimed > len(data):
        warnings.append(f"{title}: {len(data)} of {claimed} bytes arrived, what is missing is null")
    return data[:claimed]


def delimited(data: bytes, first: int, last: int, more: int, title: str, warnings: list[str]) -> bytes:
    """The valid part of a response whose length, in bytes ``first`` to ``last``, excludes ``more`` of its bytes."""
    length = number(data, first, last)
    if length is None:
        warnings.append(f"{title}: {len(data)} bytes arrived, too few for its length")
        return data
    return within(data, more + length, title, warnings)


def short(table: Table, data: bytes, claimed: int | None, warnings: list[str]) -> None:
    """Warns if a part by its own length ends before its last field; a cut one has a warning already."""
    missing = table.missing(data)
    if missing and claimed is not None and claimed <= len(data):
        warnings.append(f"{table.title}: has only {len(data)} bytes, without {at_most(missing)}")


def beyond_measure(table: Table, data: bytes, warnings: list[str]) -> None:
    """Warns of each size of a part, reported as an exponent of two, that is beyond `LARGEST`."""
    for field in table.fields:
        if isinstance(field, power) and field.last < len(data) and field.read(data) is None:
            warnings.append(
                f"{table.title}: {field.name} of 2 to the power of {data[field.first]} is beyond all measure")


def without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The values without those that an encoder computes itself, or that decoding has added."""
    return {name: value for name, value in values.items() if name not in names}


def records(data: bytes, size: int, title: str, warnings: list[str]) -> Iterator[bytes]:
    """The consecutive records of ``size`` bytes in ``data``; a cut last one is left out, with a warning."""
    for start in range(0, len(data), size):
        record = data[start:start + size]
        if len(record) < size:
            warnings.append(f"{title}: the last entry is cut, {len(record)} of {size} bytes")
            return
        yield record


def number(data: bytes | bytearray, first: int, last: int) -> int | None:
    """The big-endian number in bytes ``first`` to ``last``, ``None`` if ``data`` is too short."""
    return int.from_bytes(data[first:last + 1], "big") if last < len(data) else None


def at_most(names: Sequence[str]) -> str:
    """A short list of names for a message."""
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commands a fault matches: what `faults` documents under ``match``."""

from __future__ import annotations

from typing import Any, Tuple

from ..._checks import items, number, with_defaults, wrong
from ..contract import Task

_VARIABLE_LENGTH = 0x7F
_LAST_LBA = (1 << 64) - 1
_ANY = "xx"

#: Where a CDB holds the first block and the number of blocks: first and last byte of each.
_Place = Tuple[int, int, int, int]
_TEN, _TWELVE, _SIXTEEN, _THIRTY_TWO = (2, 5, 7, 8), (2, 5, 6, 9), (2, 9, 10, 13), (12, 19, 28, 31)
_STREAM_OR_ATOMIC, _COMPARE = (2, 9, 12, 13), (2, 9, 13, 13)
_EXTENTS: dict[int, _Place] = {
    0x28: _TEN, 0x2A: _TEN, 0x2E: _TEN, 0x2F: _TEN, 0x34: _TEN, 0x35: _TEN, 0x41: _TEN,
    0xA8: _TWELVE, 0xAA: _TWELVE, 0xAE: _TWELVE, 0xAF: _TWELVE,
    0x88: _SIXTEEN, 0x8A: _SIXTEEN, 0x8E: _SIXTEEN, 0x8F: _SIXTEEN, 0x90: _SIXTEEN, 0x91: _SIXTEEN, 0x93: _SIXTEEN,
    0x89: _COMPARE, 0x9A: _STREAM_OR_ATOMIC, 0x9C: _STREAM_OR_ATOMIC,
}
#: READ, VERIFY, WRITE, WRITE AND VERIFY, WRITE SAME, WRITE STREAM, all (32).
_THIRTY_TWO_ACTIONS = frozenset((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x10))
_READ_6, _WRITE_6 = 0x08, 0x0A
#: PRE-FETCH, SYNCHRONIZE CACHE and WRITE SAME: zero blocks means all up to the last.
_ZERO_IS_ALL = frozenset((0x34, 0x90, 0x35, 0x91, 0x41, 0x93))
_ZERO_IS_ALL_32 = 0x0D


def blocks(cdb: bytes) -> tuple[int, int] | None:
    """The first and the last block that a command addresses, None if it addresses none (SBC-5 clause 5)."""
    if cdb[0] in (_READ_6, _WRITE_6):
        first = int.from_bytes(cdb[1:4], "big") & 0x1FFFFF
        return first, first + (cdb[4] or 256) - 1
    place, zero_is_all = _EXTENTS.get(cdb[0]), cdb[0] in _ZERO_IS_ALL
    if cdb[0] == _VARIABLE_LENGTH and action_of(cdb) in _THIRTY_TWO_ACTIONS:
        place, zero_is_all = _THIRTY_TWO, action_of(cdb) == _ZERO_IS_ALL_32
    if place is None:
        return None
    first = int.from_bytes(cdb[place[0]:place[1] + 1], "big")
    count = int.from_bytes(cdb[place[2]:place[3] + 1], "big")
    if not count:
        return (first, _LAST_LBA) if zero_is_all else None
    return first, first + count - 1


def action_of(cdb: bytes) -> int:
    """The service action, of a command that has one."""
    if cdb[0] == _VARIABLE_LENGTH:
        return int.from_bytes(cdb[8:10], "big")
    return cdb[1] & 0x1F


class Match:
    """A command matches if everything that is given does; with nothing given, every command matches."""

    def __init__(self, given: Any, where: str) -> None:
        values = with_defaults({} if given is None else given, where, {
            "opcode": None, "service_action": None, "lba": None, "initiator": None, "cdb": None})
        self.opcode: int | None = _whole(values["opcode"], where + ".opcode", 0xFF)
        self._action = _whole(values["service_action"], where + ".service_action", 0xFFFF)
        if self._action is not None and self.opcode is None:
            raise ValueError(f"{where}.service_action: requires opcode")
        self._lba = None if values["lba"] is None else _range(values["lba"], where + ".lba")
        self._initiator = values["initiator"]
        if self._initiator is not None and not isinstance(self._initiator, str):
            raise wrong(self._initiator, where + ".initiator", "the name of an initiator or of one of its ports")
        self._cdb = None if values["cdb"] is None else _pattern(values["cdb"], where + ".cdb")

    @property
    def names_command(self) -> bool:
        """Whether it names a command, by its operation code or its CDB."""
        return self.opcode is not None or self._cdb is not None

    def fits(self, task: Task) -> bool:
        """Whether the command matches."""
        cdb = task.cdb
        if self.opcode not in (None, cdb[0]) or self._action is not None and self._action != action_of(cdb):
            return False
        if self._initiator not in (None, task.nexus.initiator_name, task.nexus.initiator_port):
            return False
        if self._cdb is not None and not self._fits_pattern(cdb):
            return False
        return self._lba is None or self.first_block(cdb) is not None

    def _fits_pattern(self, cdb: bytes) -> bool:
        pattern = self._cdb or ()
        # The server pads a short CDB to sixteen bytes.
        given = cdb[:len(pattern)]
        return len(given) == len(pattern) and not any(cdb[len(pattern):]) and all(
            wanted in (None, byte) for wanted, byte in zip(pattern, given))

    def first_block(self, cdb: bytes) -> int | None:
        """The first block of ``lba`` that the command addresses, None if it addresses none of them."""
        extent = blocks(cdb)
        if extent is None:
            return None
        low, high = self._lba or (0, _LAST_LBA)
        first = max(extent[0], low)
        return first if first <= min(extent[1], high) else None


def _whole(given: Any, where: str, high: int) -> int | None:
    if given is None:
        return None
    found: int = number(given, where, 0, high, whole=True)
    return found


def _range(given: Any, where: str) -> tuple[int, int]:
    """A block, or the first and the last of a range."""
    if isinstance(given, int):
        given = [given, given]
    ends: list[int] = [number(each, f"{where}[{place}]", 0, _LAST_LBA, whole=True)
                       for place, each in enumerate(items(given, where))]
    if len(ends) != 2 or ends[0] > ends[1]:
        raise wrong(given, where, "a block, or a list of the first and the last block")
    return ends[0], ends[1]


def _pattern(given: Any, where: str) -> tuple[int | None, ...]:
    try:
        digits = "".join(given.split()).lower()
        pairs = [digits[at:at + 2] for at in range(0, len(digits), 2)]
        found = tuple(None if pair == _ANY else bytes.fromhex(pair)[0] for pair in pairs)
        if found:
            return found
    except (AttributeError, ValueError):
        pass
    raise wrong(given, where, f"the bytes of a CDB in hex digits, {_ANY} for any byte")

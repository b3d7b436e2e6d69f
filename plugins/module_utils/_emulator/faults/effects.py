# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault does to a command: the actions that `faults` documents."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from typing import Any, Callable, Mapping, NamedTuple

from ..._checks import boolean, number, one_of, with_defaults, wrong
from ..._scsi.sense_keys import UNIT_ATTENTION
from ..contract import BUSY, RESERVATION_CONFLICT, TASK_SET_FULL, Task
from ..feature import Check, Status, sense_codes
from ..wire_faults import WireFaults
from .match import Match, action_of

_STATUSES = {"busy": BUSY, "reservation conflict": RESERVATION_CONFLICT, "task set full": TASK_SET_FULL}
_INQUIRY, _REPORT_LUNS, _REQUEST_SENSE = 0x12, 0xA0, 0x03
#: No drive answers these with a unit attention (SAM-6 5.14.1).
_WITHOUT_ATTENTION = frozenset((_INQUIRY, _REPORT_LUNS, _REQUEST_SENSE))

#: The first and last byte of the length field in a command's answer, by operation code and service action (or None).
_LENGTHS: dict[tuple[int, int | None], tuple[int, int]] = {
    (0x03, None): (7, 7), (0x1A, None): (0, 0), (0x1C, None): (2, 3), (0x37, None): (2, 3), (0x4D, None): (2, 3),
    (0x5A, None): (0, 1), (0x5E, 0x00): (4, 7), (0x5E, 0x01): (4, 7), (0x5E, 0x02): (0, 1), (0x5E, 0x03): (4, 7),
    (0x84, None): (0, 3), (0x9E, 0x12): (0, 3), (0x9E, 0x14): (0, 0), (0x9E, 0x16): (0, 3), (0xA0, None): (0, 3),
    (0xA3, 0x0A): (0, 3), (0xA3, 0x0C): (0, 3), (0xA3, 0x0D): (3, 3), (0xB7, None): (4, 7),
}
_STANDARD_INQUIRY_LENGTH, _VPD_LENGTH = (4, 4), (2, 3)
_REPORT_OPERATION_CODES, _ONE_COMMAND_LENGTH = (0xA3, 0x0C), (2, 3)

_MOST_SENSE = 0xFFFFFFFFFFFFFFFF
_LBA = "lba"
#: A year. Use silence for longer.
_LONGEST_DELAY = 366 * 86400


class Action(NamedTuple):
    """What the unit is to do with a command before anything else: never answer it, or perform it later."""

    silence: bool = False
    #: In the drive's seconds.
    delay_seconds: float = 0.0


class Effect:
    """What an entry does: to the answer if `answers`, else before the command is performed."""

    #: Whether it changes the answer of a command that succeeded.
    answers = False

    def __init__(self, given: Any, where: str, match: Match) -> None:
        """Raises ValueError."""

    def suits(self, cdb: bytes) -> bool:
        """Whether the effect applies to this command."""
        del cdb
        return True

    def before(self, task: Task) -> Action | None:
        """Applies the effect before the command. Raises Check or Status."""
        raise NotImplementedError

    def after(self, task: Task, data: bytes, draw: bytes) -> bytes:
        """Returns the changed answer; ``draw`` is pseudorandom and differs each time."""
        raise NotImplementedError


class _Status(Effect):
    def __init__(self, given: Any, where: str, match: Match) -> None:
        self._status = _STATUSES[one_of(given, where, sorted(_STATUSES))]

    def before(self, task: Task) -> Action | None:
        raise Status(self._status)


class _UnitAttention(Effect):
    def __init__(self, given: Any, where: str, match: Match) -> None:
        codes = given if isinstance(given, (list, tuple)) else [given]
        if len(codes) != 2:
            raise wrong(given, where, "a list of additional sense code and qualifier")
        self._codes = tuple(number(code, f"{where}[{place}]", 0, 0xFF, whole=True)
                            for place, code in enumerate(codes))
        self._everywhere = match.names_command

    def suits(self, cdb: bytes) -> bool:
        return self._everywhere or cdb[0] not in _WITHOUT_ATTENTION

    def before(self, task: Task) -> Action | None:
        raise Check(UNIT_ATTENTION, *self._codes)


class _Sense(Effect):
    def __init__(self, given: Any, where: str, match: Match) -> None:
        values = with_defaults(given if isinstance(given, Mapping) else {"codes": given}, where, {
            "codes": None, "information": None, "command_specific_information": None, "field_pointer": None,
            "progress": None, "retry_count": None, "field_replaceable_unit_code": None, "deferred": False})
        self._codes = sense_codes(values.pop("codes"), where + ".codes" if isinstance(given, Mapping) else where)
        self._match = match
        self._at_block = values["information"] == _LBA
        if self._at_block:
            values["information"] = None
        for name, most in (("information", _MOST_SENSE), ("command_specific_information", _MOST_SENSE),
                           ("progress", 0xFFFF), ("retry_count", 0xFFFF), ("field_replaceable_unit_code", 0xFF)):
            if values[name] is not None:
                number(values[name], f"{where}.{name}", 0, most, whole=True)
        if values["field_pointer"] is not None:
            values["field_pointer"] = _field_pointer(values["field_pointer"], where + ".field_pointer")
        boolean(values["deferred"], where + ".deferred")
        self._more = {name: value for name, value in values.items() if value is not None}
        try:
            self._check({}).sense(False)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error

    def _check(self, more: Mapping[str, Any]) -> Check:
        return Check(*self._codes, **dict(self._more, **more))

    def before(self, task: Task) -> Action | None:
        block = self._match.first_block(task.cdb) if self._at_block else None
        raise self._check({} if block is None else {"information": block})


def _field_pointer(given: Any, where: str) -> tuple[bool, int, int | None]:
    values = with_defaults(given, where, {"in_cdb": True, "byte": None, "bit": None})
    number(values["byte"], where + ".byte", 0, 0xFFFF, whole=True)
    if values["bit"] is not None:
        number(values["bit"], where + ".bit", 0, 7, whole=True)
    return bool(values["in_cdb"]), values["byte"], values["bit"]


class _Delay(Effect):
    def __init__(self, given: Any, where: str, match: Match) -> None:
        self._action = Action(delay_seconds=number(given, where, 0, _LONGEST_DELAY))

    def before(self, task: Task) -> Action | None:
        return self._action


class _Silence(Effect):
    def __init__(self, given: Any, where: str, match: Match) -> None:
        if given is not True:
            raise wrong(given, where, "true")

    def before(self, task: Task) -> Action | None:
        return Action(silence=True)


class _Drop(Effect):
    def __init__(self, given: Any, where: str, match: Match) -> None:
        self._undone = one_of(given, where, ("before", "after")) == "before"

    def before(self, task: Task) -> Action | None:
        task.wire_faults = WireFaults(drop=True)
        if self._undone:
            # This status is never sent: the connection is closed instead.
            raise Status(BUSY)
        return None


class _Wire(Effect):
    def __init__(self, given: Any, where: str, match: Match) -> None:
        known = {field.name: field for field in fields(WireFaults)}
        values = with_defaults(given, where, dict.fromkeys(known))
        found = {name: _wire_value(name, known[name].type, value, f"{where}.{name}")
                 for name, value in values.items() if value is not None}
        if not found:
            raise wrong(given, where, f"some of {', '.join(sorted(known))}")
        self._wire_faults = WireFaults(**found)

    def before(self, task: Task) -> Action | None:
        task.wire_faults = self._wire_faults
        return None


def _wire_value(name: str, kind: Any, value: Any, where: str) -> Any:
    if "bool" in kind:
        return boolean(value, where)
    if kind == "bytes":
        try:
            return bytes.fromhex(value)
        except (TypeError, ValueError):
            raise wrong(value, where, "hex digits") from None
    low = -0xFFFFFFFF if name.endswith("_offset") else 0
    high = {"reject": 0xFF, "response": 0xFF, "sense_length": 0xFFFF}.get(name, 0xFFFFFFFF)
    return number(value, where, low, high, whole=True)


class _Short(Effect):
    answers = True

    def __init__(self, given: Any, where: str, match: Match) -> None:
        values = with_defaults(given, where, {"bytes": None, "residual": "right"})
        self._bytes = number(values["bytes"], where + ".bytes", 0, whole=True)
        self._hidden = one_of(values["residual"], where + ".residual", ("right", "wrong")) == "wrong"

    def after(self, task: Task, data: bytes, draw: bytes) -> bytes:
        if self._hidden:
            missing = task.expected_length - len(data)
            task.wire_faults = replace(
                task.wire_faults or WireFaults(), residual=abs(missing), underflow=missing > 0, overflow=missing < 0)
        return data[:self._bytes]


class _Length(Effect):
    answers = True

    def __init__(self, given: Any, where: str, match: Match) -> None:
        values = with_defaults(given, where, {"value": None, "add": None, "first": None, "last": None})
        if (values["value"] is None) == (values["add"] is None):
            raise wrong(given, where, "one of value and add")
        if values["add"] is None:
            number(values["value"], where + ".value", 0, whole=True)
        else:
            number(values["add"], where + ".add", -0xFFFFFFFF, whole=True)
        self._value, self._add = values["value"], values["add"]
        self._place: tuple[int, int] | None = None
        if values["first"] is not None or values["last"] is not None:
            first = number(values["first"], where + ".first", 0, whole=True)
            self._place = first, number(values["last"], where + ".last", first, first + 7, whole=True)
        elif match.opcode is not None and all(code[0] != match.opcode for code in (*_LENGTHS, (_INQUIRY, None))):
            raise ValueError(f"{where}: the answer to {match.opcode:02X}h has no known length field; give its bytes "
                             "with first and last")

    def suits(self, cdb: bytes) -> bool:
        return self._where(cdb) is not None

    def _where(self, cdb: bytes) -> tuple[int, int] | None:
        if self._place is not None:
            return self._place
        if cdb[0] == _INQUIRY:
            return _VPD_LENGTH if cdb[1] & 1 else _STANDARD_INQUIRY_LENGTH
        if (cdb[0], action_of(cdb)) == _REPORT_OPERATION_CODES and cdb[2] & 7:
            return _ONE_COMMAND_LENGTH
        return _LENGTHS.get((cdb[0], None)) or _LENGTHS.get((cdb[0], action_of(cdb)))

    def after(self, task: Task, data: bytes, draw: bytes) -> bytes:
        first, last = self._where(task.cdb) or (0, 0)
        if last >= len(data):
            return data
        size = last - first + 1
        length: int = self._value
        if self._add is not None:
            length = max(0, int.from_bytes(data[first:last + 1], "big") + self._add)
        length = min(length, (1 << 8 * size) - 1)
        return data[:first] + length.to_bytes(size, "big") + data[last + 1:]


class _Garbage(Effect):
    answers = True

    def __init__(self, given: Any, where: str, match: Match) -> None:
        values = with_defaults(given, where, {"first": 0, "last": None})
        self._first: int = number(values["first"], where + ".first", 0, whole=True)
        self._last: int | None = values["last"]
        if self._last is not None:
            number(self._last, where + ".last", self._first, whole=True)

    def after(self, task: Task, data: bytes, draw: bytes) -> bytes:
        end = len(data) if self._last is None else min(len(data), self._last + 1)
        size = max(0, end - self._first)
        return data[:self._first] + hashlib.shake_128(draw).digest(size) + data[end:] if size else data


EFFECTS: Mapping[str, Callable[[Any, str, Match], Effect]] = {
    "status": _Status, "unit_attention": _UnitAttention, "sense": _Sense, "delay_seconds": _Delay, "silence": _Silence,
    "drop": _Drop, "wire": _Wire, "short": _Short, "length": _Length, "garbage": _Garbage,
}

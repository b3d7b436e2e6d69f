# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of rules that compare a field of a drive's facts with a value."""

from __future__ import annotations

import fnmatch
import re
from typing import Any, Callable, NamedTuple, Sequence

from .. import _checks as checks
from .._checks import is_number
from . import fields, units
from .findings import FAIL, OUTCOMES, PASS, UNKNOWN, Answer, Check, Context, Drive, Evidence
from .text import in_words, printable

Test = Callable[[Any], bool]


class Operator(NamedTuple):
    """An operator: its wording in reports, the kind of value it takes, and how it makes a test of one."""

    words: str
    takes: str
    make: Callable[[Any], Test]
    #: Whether it tests a list as a whole, not each item.
    whole: bool = False


class Unfit(Exception):
    """A value of the facts that cannot be compared; the message says why."""


def _numbers(compare: Callable[[Any, Any], bool]) -> Callable[[Any], Test]:
    def make(limit: Any) -> Test:
        def test(value: Any) -> bool:
            if not is_number(value):
                raise Unfit(f"{printable(value)!r} is not a number")
            return compare(value, limit)
        return test
    return make


def _same(left: Any, right: Any) -> bool:
    """Equality that distinguishes true from 1 and ignores case and surrounding blanks."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left.strip().casefold() == right.strip().casefold()
    return bool(left == right)


def patterns(wanted: Sequence[Any]) -> Callable[[Any], bool]:
    """Returns a test of whether a text matches one of the patterns with ``*`` and ``?``, ignoring case."""
    compiled = re.compile("|".join(fnmatch.translate(str(each).strip().casefold()) for each in wanted) or r"(?!)")
    return lambda value: isinstance(value, str) and compiled.match(value.strip().casefold()) is not None


def _without(test: Test) -> Test:
    return lambda value: not test(value)


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Unfit(f"{printable(value)!r} is not a list")
    return value


def _contains(value: Any, wanted: Any) -> bool:
    return any(_same(each, wanted) for each in _items(value))


OPERATORS: dict[str, Operator] = {
    "equals": Operator("{0}", "one value", lambda wanted: lambda value: _same(value, wanted)),
    "differs": Operator("anything but {0}", "one value", lambda wanted: lambda value: not _same(value, wanted)),
    "at_most": Operator("at most {0}", "a number", _numbers(lambda value, limit: bool(value <= limit))),
    "at_least": Operator("at least {0}", "a number", _numbers(lambda value, limit: bool(value >= limit))),
    "below": Operator("below {0}", "a number", _numbers(lambda value, limit: bool(value < limit))),
    "above": Operator("above {0}", "a number", _numbers(lambda value, limit: bool(value > limit))),
    "one_of": Operator("one of {0}", "a list", lambda wanted: lambda value: any(_same(value, each) for each in wanted)),
    "none_of": Operator(
        "none of {0}", "a list", lambda wanted: lambda value: not any(_same(value, each) for each in wanted)),
    "matches": Operator("like {0}", "patterns", patterns),
    "matches_none": Operator("not like {0}", "patterns", lambda wanted: _without(patterns(wanted))),
    "contains_all": Operator(
        "with {0}", "a list", lambda wanted: lambda value: all(_contains(value, each) for each in wanted), True),
    "contains_none": Operator(
        "without {0}", "a list", lambda wanted: lambda value: not any(_contains(value, each) for each in wanted), True),
    "count_at_most": Operator(
        "at most {0} of them", "a number", lambda limit: lambda value: len(_items(value)) <= limit, True),
    "count_at_least": Operator(
        "at least {0} of them", "a number", lambda limit: lambda value: len(_items(value)) >= limit, True),
}


def getter(path: str) -> Callable[[Drive], Any]:
    """Returns a function that reads a field: ``None`` if it is missing, a list for a path through a list ("[]")."""
    head, separator, rest = path.partition("[]")
    keys = tuple(head.split("."))
    inner = getter(rest[1:]) if rest else None

    def plain(drive: Any) -> Any:
        value = drive
        for key in keys:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value

    def through_list(drive: Any) -> Any:
        value = plain(drive)
        if not isinstance(value, list):
            return None
        found = value if inner is None else [inner(each) for each in value]
        return [each for each in found if each is not None]

    return through_list if separator else plain


class Comparison(NamedTuple):
    """A field and the test of its value."""

    path: str
    get: Callable[[Drive], Any]
    test: Test
    whole: bool
    unit: str | None
    expected: str

    def holds(self, value: Any) -> bool:
        """Whether the value passes the test. Raises Unfit if it cannot be compared."""
        if isinstance(value, list) and not self.whole:
            return all(self.test(each) for each in value)
        return self.test(value)


def compile_comparison(data: dict[str, Any], where: str) -> Comparison:
    """Builds a comparison from path, operator, value and unit. Raises ValueError, which says what is expected."""
    path, name = data.get("path"), data.get("operator")
    if not isinstance(path, str) or not fields.known(path):
        raise ValueError(f"{where}: there is no field {path!r}; {_hint(path)}")
    operator = OPERATORS[checks.one_of(name, where + ": operator", OPERATORS)]
    if "value" not in data or data["value"] is None:
        raise checks.wrong(None, f"{where}: {name}: value", operator.takes)
    value, said = _value(data["value"], operator, f"{where}: {name}"), data["value"]
    unit = units.unit_of(path)
    if data.get("unit") is not None:
        checks.one_of(data["unit"], where + ": unit", units.UNITS)
        if operator.takes != "a number" or operator.whole:
            raise ValueError(f"{where}: {name} does not take a unit")
        if unit is not None:
            try:
                value = units.convert(value, data["unit"], unit)
            except ValueError as error:
                raise ValueError(f"{where}: {path} {error}") from None
    expected = operator.words.format(units.with_unit(in_words(said), data.get("unit") or unit))
    return Comparison(path, getter(path), operator.make(value), operator.whole, unit, expected)


def _value(value: Any, operator: Operator, where: str) -> Any:
    if operator.takes == "patterns":
        return checks.patterns(value, where, empty=True)
    if operator.takes == "a list":
        return list(value) if isinstance(value, (list, tuple)) else [value]
    return checks.number(value, where, text=True) if operator.takes == "a number" else value


def _hint(path: Any) -> str:
    if isinstance(path, str) and "[" in path and not fields.whole(path):
        return "a path goes through a list with [], which . and the next name may follow"
    alike = fields.nearest(path) if isinstance(path, str) else []
    return f"the nearest are {', '.join(alike)}" if alike else "the schema of a drive's facts lists all fields"


KEYS = ("path", "operator", "value", "unit", "missing", "show")


def compile_check(data: dict[str, Any], where: str) -> tuple[Check, str]:
    """Builds the check of a rule and the description of what it expects. Raises ValueError."""
    comparison = compile_comparison(data, where)
    missing = checks.one_of(data.get("missing", UNKNOWN), where + ": missing", OUTCOMES)
    path, get, unit, expected = comparison.path, comparison.get, comparison.unit, comparison.expected
    shown = []
    show = data.get("show", [])
    if not isinstance(show, list) or not all(isinstance(extra, str) for extra in show):
        raise checks.wrong(show, where + ": show", "a list of fields, such as [identity.revision]")
    for extra in show:
        if not fields.known(extra):
            raise ValueError(f"{where}: show: there is no field {extra!r}; {_hint(extra)}")
        shown.append((extra, fields.page_of(extra), getter(extra)))
    page = fields.page_of(path)
    silent = Answer(missing, "not reported by the drive", (Evidence(page, path, None),))

    def check(drive: Drive, _context: Context) -> Answer:
        value = get(drive)
        if value is None:
            return silent
        evidence = (Evidence(page, path, value),) + tuple(
            Evidence(where_from, field, found) for field, where_from, found in
            [(field, where_from, read(drive)) for field, where_from, read in shown] if found is not None)
        try:
            passed = comparison.holds(value)
        except Unfit as error:
            return Answer(UNKNOWN, str(error), evidence)
        if passed:
            return Answer(PASS, "", evidence)
        return Answer(FAIL, f"{units.with_unit(in_words(value), unit)}; expected {expected}", evidence)

    return check, f"{path}: {expected}"


def compile_condition(data: dict[str, Any], where: str) -> tuple[Callable[[Drive], bool], str]:
    """Builds a rule's condition and its description. A missing or unfit value does not meet it. Raises ValueError."""
    comparison = compile_comparison(data, where)

    def holds(drive: Drive) -> bool:
        value = comparison.get(drive)
        try:
            return value is not None and comparison.holds(value)
        except Unfit:
            return False

    return holds, f"{comparison.path} is {comparison.expected}"

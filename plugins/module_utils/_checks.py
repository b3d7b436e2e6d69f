# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of options that are given as data: policies, rules, waivers, descriptions of emulated drives.

Each check takes the value and its place, ``where`` ("policy, rule 2", "drives[0].size"), returns the value in the form
that its caller works with, and raises ValueError for an invalid one. All errors have one of two forms:

    WHERE: expected X, not Y
    WHERE: unknown: X (did you mean Y?); there are: A, B, C
"""

from __future__ import annotations

import math
import re
from typing import Any, Callable, Iterable, Mapping, Sequence

_SHOWN_LENGTH = 60
#: A number that a template has turned into text. No option takes longer ones.
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?", re.ASCII)


def shown(value: Any) -> str:
    """A value as Python writes it, cut to fit on a line."""
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "..."


def wrong(value: Any, where: str, expected: str) -> ValueError:
    """The error for a value that is not what was expected."""
    return ValueError(f"{where}: expected {expected}, not {shown(value)}")


def unknown(given: Iterable[Any], where: str, names: Iterable[str]) -> ValueError:
    """The error for names that do not exist, each with the existing name that is nearest to it."""
    there = list(names)
    strange = [f"{_cut(name)}{_hint(name, there)}" for name in given]
    return ValueError(f"{where}: unknown: {', '.join(strange)}; there are: {', '.join(there) or 'none'}")


def _cut(name: Any) -> str:
    text = str(name)
    return text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "..."


def _hint(name: Any, names: list[str]) -> str:
    lower = {each.lower(): each for each in names}
    near = _load_close_matches()(str(name).lower()[:_SHOWN_LENGTH], list(lower), 1)
    return f" (did you mean {lower[near[0]]}?)" if near else ""


def _load_close_matches() -> Callable[[str, Sequence[str], int], list[str]]:
    # Imported only in case of an error: most options are valid.
    from difflib import get_close_matches
    return get_close_matches


# dictionaries


def dictionary(value: Any, where: str, names: Iterable[str]) -> Mapping[str, Any]:
    """A dictionary with no other keys than ``names``."""
    if not isinstance(value, Mapping):
        raise wrong(value, where, "a dictionary")
    there = list(names)
    strange = sorted((key for key in value if key not in there), key=str)
    if strange:
        raise unknown(strange, where, there)
    return value


def with_defaults(value: Any, where: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A dictionary with all keys of ``defaults`` and no others; missing ones are taken from there."""
    return dict(defaults, **dictionary(value, where, sorted(defaults)))


# lists


def items(value: Any, where: str) -> list[Any]:
    """A list."""
    if not isinstance(value, (list, tuple)):
        raise wrong(value, where, "a list")
    return list(value)


def listed(value: Any, where: str) -> list[Any]:
    """A list as it is, ``None`` as an empty list, and a single value as a list of one."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        raise wrong(value, where, "a list")
    return list(value) if isinstance(value, (list, tuple)) else [value]


# numbers


def is_number(value: Any) -> bool:
    """Whether a value is a number. ``True`` and ``False`` are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def number(value: Any, where: str, low: float | None = None, high: float | None = None, whole: bool = False,
           text: bool = False) -> Any:
    """A finite number within inclusive bounds; with ``text``, also one given as text, as templates return numbers."""
    given = value
    if text and isinstance(value, str) and _NUMBER.fullmatch(value.strip()) is not None:
        value = float(value) if "." in value else int(value)
    right = isinstance(value, int) if whole else is_number(value) and (isinstance(value, int) or math.isfinite(value))
    if not right or isinstance(value, bool) or low is not None and value < low or high is not None and value > high:
        raise wrong(given, where, ("a whole number" if whole else "a number") + _bounds(low, high))
    return value


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" of at least {low}"
    return "" if high is None else f" of at most {high}"


def count(value: Any, where: str, low: int = 1) -> int:
    """A whole number of at least ``low``, also as text."""
    found: int = number(value, where, low, whole=True, text=True)
    return found


# everything else


def boolean(value: Any, where: str) -> bool:
    """True or false, but not a word such as "yes"."""
    if not isinstance(value, bool):
        raise wrong(value, where, "true or false")
    return value


def one_of(value: Any, where: str, allowed: Iterable[str]) -> str:
    """One of the allowed words."""
    there = list(allowed)
    if not isinstance(value, str) or value not in there:
        near = _hint(value, there) if isinstance(value, str) else ""
        raise ValueError(f"{where}: expected one of {', '.join(there)}, not {shown(value)}{near}")
    return value


def text(value: Any, where: str) -> str:
    """Text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise wrong(value, where, "text")
    return value


def patterns(value: Any, where: str, empty: bool = False) -> list[str]:
    """A shell pattern or a list of them; ``empty``: the list may be empty."""
    found = list(value) if isinstance(value, (list, tuple)) else [value]
    if any(is_number(each) for each in found):
        raise ValueError(f"{where}: expected patterns in quotes, not {shown(value)}: without them YAML reads 0001 as "
                         "the number 1")
    if not (found or empty) or not all(isinstance(each, str) and each.strip() for each in found):
        raise wrong(value, where, "a pattern or a list of patterns, such as \"ST1000*\"")
    return found

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are given as data: what each check takes, and what it says of the rest."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils import _checks as checks

W = "policy, rule 1"


@pytest.mark.parametrize("check,value,expected", [
    (lambda value: checks.dictionary(value, W, ("a", "b")), {"a": 1}, {"a": 1}),
    (lambda value: checks.with_defaults(value, W, {"a": 1, "b": 2}), {"b": 3}, {"a": 1, "b": 3}),
    (lambda value: checks.items(value, W), (1, 2), [1, 2]),
    (lambda value: checks.listed(value, W), None, []), (lambda value: checks.listed(value, W), "x", ["x"]),
    (lambda value: checks.number(value, W, 0, 5), 5, 5), (lambda value: checks.number(value, W, 0), 0.5, 0.5),
    (lambda value: checks.number(value, W, text=True), " -3 ", -3),
    (lambda value: checks.number(value, W, text=True), "2.5", 2.5),
    (lambda value: checks.number(value, W), 10 ** 400, 10 ** 400),
    (lambda value: checks.count(value, W), "4", 4), (lambda value: checks.count(value, W, 0), 0, 0),
    (lambda value: checks.boolean(value, W), False, False),
    (lambda value: checks.one_of(value, W, ("wait", "start")), "wait", "wait"),
    (lambda value: checks.text(value, W), "x", "x"),
    (lambda value: checks.patterns(value, W), "ST*", ["ST*"]),
    (lambda value: checks.patterns(value, W, empty=True), [], []),
])
def test_what_is_right_comes_back(check: Callable[[Any], Any], value: Any, expected: Any) -> None:
    assert check(value) == expected


@pytest.mark.parametrize("check,value,said", [
    (lambda value: checks.dictionary(value, W, ("a",)), [1], "expected a dictionary, not [1]"),
    (lambda value: checks.dictionary(value, W, ("wwn", "model")), {"wwm": 1, 5: 2},
     "unknown: 5, wwm (did you mean wwn?); there are: wwn, model"),
    (lambda value: checks.with_defaults(value, W, {"b": 1, "a": 2}), {"zzz": 1}, "unknown: zzz; there are: a, b"),
    (lambda value: checks.dictionary(value, W, ()), {"x": 1}, "unknown: x; there are: none"),
    (lambda value: checks.items(value, W), "ab", "expected a list, not 'ab'"),
    (lambda value: checks.listed(value, W), {}, "expected a list, not {}"),
    (lambda value: checks.number(value, W), True, "expected a number, not True"),
    (lambda value: checks.number(value, W), "5", "expected a number, not '5'"),
    (lambda value: checks.number(value, W, text=True), "\u00b2", "expected a number, not '\u00b2'"),
    (lambda value: checks.number(value, W, 0, 5), 6, "expected a number from 0 to 5, not 6"),
    (lambda value: checks.number(value, W, 0), -1, "expected a number of at least 0, not -1"),
    (lambda value: checks.number(value, W, high=0), 1, "expected a number of at most 0, not 1"),
    (lambda value: checks.number(value, W, 0), float("nan"), "expected a number of at least 0, not nan"),
    (lambda value: checks.number(value, W, whole=True), 1.5, "expected a whole number, not 1.5"),
    (lambda value: checks.count(value, W), "0", "expected a whole number of at least 1, not '0'"),
    (lambda value: checks.boolean(value, W), "yes", "expected true or false, not 'yes'"),
    (lambda value: checks.one_of(value, W, ("wait", "start")), "strat",
     "expected one of wait, start, not 'strat' (did you mean start?)"),
    (lambda value: checks.one_of(value, W, ("wait",)), ["wait"], "expected one of wait, not ['wait']"),
    (lambda value: checks.text(value, W), " ", "expected text, not ' '"),
    (lambda value: checks.patterns(value, W), [1], "expected patterns in quotes, not [1]: without them YAML reads"),
    (lambda value: checks.patterns(value, W), [], "expected a pattern or a list of patterns"),
    (lambda value: checks.patterns(value, W), [True], "expected a pattern or a list of patterns"),
])
def test_what_is_wrong_is_named_with_its_place(check: Callable[[Any], Any], value: Any, said: str) -> None:
    with pytest.raises(ValueError) as error:
        check(value)
    assert str(error.value).startswith(f"{W}: {said}")


def test_a_long_value_does_not_fill_the_screen() -> None:
    for check in (lambda: checks.boolean("x" * 5000, W), lambda: checks.dictionary({"x" * 5000: 1}, W, ("x",))):
        with pytest.raises(ValueError) as error:
            check()
        assert len(str(error.value)) < 200

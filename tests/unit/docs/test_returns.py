# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every value that a module returns is shown by a sample of its type, or by what it contains."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, Iterator

import pytest
import yaml

MODULES = sorted((Path(__file__).resolve().parents[3] / "plugins" / "modules").glob("[!_]*.py"))
TYPES: dict[str, Any] = {
    "str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict}


def returned(module: Path) -> dict[str, Any]:
    """RETURN of a module, read without importing it."""
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["RETURN"]:
            found: dict[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return found
    raise AssertionError(module.name + " has no RETURN")


def leaves(values: dict[str, Any], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each value that has no C(contains), with the path to it."""
    for name, value in values.items():
        if "contains" in value:
            yield from leaves(value["contains"], above + name + ".")
        else:
            yield above + name, value


def test_the_modules_are_found() -> None:
    assert len(MODULES) >= 9


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.stem))
def test_every_leaf_has_a_sample(module: Path) -> None:
    assert [path for path, value in leaves(returned(module)) if "sample" not in value] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.stem))
def test_every_sample_is_of_the_type_of_its_value(module: Path) -> None:
    assert [(path, value["sample"]) for path, value in leaves(returned(module))
            if "sample" in value and not fits(value["sample"], value)] == []


def fits(sample: Any, value: dict[str, Any]) -> bool:
    """Whether a sample is of the type of its value. What a drive need not tell may be shown as V(none)."""
    if sample is None or value["type"] == "raw":
        return True
    return isinstance(sample, TYPES[value["type"]]) and isinstance(sample, bool) == (value["type"] == "bool")

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields that rules may name are those of the schema of a drive's facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator

from ansible_collections.drivecare.scsi.plugins.module_utils._report import fields

SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "schemas" / "drive_facts-1.json").read_text("utf-8"))


def leaves(schema: Any, path: str = "") -> Iterator[str]:
    """Each field of a schema that has no fields of its own, lists marked by "[]"."""
    for alternative in schema.get("anyOf", ()):
        yield from leaves(alternative, path)
    if "$ref" in schema:
        yield from leaves(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]], path)
    elif "items" in schema:
        yield from leaves(schema["items"], path + "[]")
    elif "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from leaves(inner, path + "." + name if path else name)
    elif "anyOf" not in schema:
        yield path


def test_each_field_of_the_schema_is_known() -> None:
    found = set(leaves(SCHEMA))
    assert len(found) > 150
    # Some are objects of any form: a rule may name what is in them, and not themselves.
    assert sorted(path for path in found if not fields.known(path) and not fields.known(path + ".any")) == []


def test_what_is_no_field_is_not_known() -> None:
    for path in ("", "health.", "health.temprature", "nothing", "health.power_on_hours.x", "identity..serial"):
        assert not fields.known(path), path

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others say of our files: jsonschema of documents and reports, Prometheus' own parser of metrics.

Usage: python tests/report/documents.py host_facts-1|compliance_report-1|metrics FILE...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families
from referencing import Registry, Resource

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def complaints(schema: str, document: Any) -> list[str]:
    """What is wrong with a document by the schema of that name, each with where it is; empty for a good one."""
    contents = {path.stem: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        [(each["$id"], Resource.from_contents(each)) for each in contents.values()])
    Draft202012Validator.check_schema(contents[schema])
    validator = Draft202012Validator(contents[schema], registry=registry)
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(document)]


def samples(text: str) -> dict[str, dict[str, float]]:
    """The samples of a textfile by metric, and by the labels as text. Raises ValueError where it cannot be read."""
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={sample.labels[name]}" for name in sorted(sample.labels))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def main(kind: str, *files: str) -> int:
    """Returns the exit status: 0 where there are files and all are as they should be."""
    wrong = [] if files else ["no file was named"]
    for name in files:
        text = Path(name).read_text(encoding="utf-8")
        if kind == "metrics":
            found = samples(text)
            wrong += [] if found else [f"{name}: has no samples"]
            print(f"{name}: {sum(map(len, found.values()))} samples of {len(found)} metrics")
        else:
            wrong += [f"{name}: {each}" for each in complaints(kind, json.loads(text))]
    print("\n".join(wrong) or f"{len(files)} of {len(files)} are as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drive that is well, and what rules make of drives."""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any, Mapping, Sequence

from ansible_collections.drivecare.scsi.plugins.module_utils._report.findings import Context, Finding
from ansible_collections.drivecare.scsi.plugins.module_utils._report.rules import compile_rules, drive_rules, judge
from ansible_collections.drivecare.scsi.plugins.module_utils._report.run import Wanted, make_report

from . import fleet

DAY = datetime.date(2026, 3, 2)
ALL = ("identity", "capacity", "limits", "health", "selftest")


def healthy(solid: bool = False) -> dict[str, Any]:
    """The facts of a drive that passes all default rules."""
    drive = fleet.drive(random.Random(1), 3, ("worn",) if solid else ())  # noqa: S311
    if solid:
        drive["health"]["endurance"]["percentage_used_percent"] = 4
    else:
        drive["identity"].update(non_rotating=False, product="ST16000NM004J", revision="E005")
        drive["health"]["endurance"] = None
    return drive


def put(drive: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The drive with another value somewhere in its facts."""
    keys = path.split(".")
    place: Any = drive
    for key in keys[:-1]:
        place = place[int(key)] if key.isdigit() else place[key]
    place[keys[-1]] = value
    return drive


def judged(drive: dict[str, Any], rules: Sequence[Mapping[str, Any]] = (), default: bool = True,
           gathered: datetime.date | None = DAY) -> dict[str, Finding]:
    """What each rule finds."""
    context = Context(DAY.toordinal(), gathered.toordinal() if gathered else None)
    return {each.rule.id: each for each in judge(drive_rules(compile_rules(rules, default)), drive, context)}


def outcome(drive: dict[str, Any], check: Mapping[str, Any], **rule: Any) -> Finding:
    """What one rule with this check finds."""
    return judged(drive, [dict({"id": "it", "title": "It holds", "severity": "major", "remedy": "Mend it",
                                "check": check}, **rule)], default=False)["it"]


def wanted(folder: Path, documents: Sequence[dict[str, Any]], **options: Any) -> Wanted:
    """A report that is to be made of these documents."""
    fleet.write(folder / "facts", list(documents))
    (folder / "report").mkdir(exist_ok=True)
    values: dict[str, Any] = {
        "source": str(folder / "facts"), "dest": str(folder / "report"), "name": "report",
        "formats": ["html", "json", "csv", "markdown", "junit", "sarif"], "title": "Drive compliance",
        "as_of": str(DAY), "rules": [], "default_rules": True, "waivers": [], "hosts": [], "previous": None,
        "redact_serials": False, "redaction_key": None, "sections": 1000, "evidence": "all", "fail_on": "never"}
    values.update(options)
    return Wanted.from_options(values)


def made(folder: Path, documents: Sequence[dict[str, Any]], **options: Any) -> dict[str, Any]:
    """The module's result, with the text of each file as ``texts``."""
    result = make_report(wanted(folder, documents, **options))
    texts = {form: Path(path).read_bytes().decode("utf-8") for form, path in result["files"].items()}
    return dict(result, texts=texts)


def host(*drives: dict[str, Any], name: str = "db1", day: datetime.date = DAY) -> list[dict[str, Any]]:
    """The document of one host."""
    return [fleet.document(name, list(drives), day)]

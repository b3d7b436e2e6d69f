# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser looks at the report. These tests run only where DRIVECARE_BROWSER=1 says so; packages.txt names what they
need. A browser that is missing then fails them.
"""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from collection import ROOT, provide

sys.path[:0] = [str(ROOT / "tests" / "report"), str(ROOT / "tests" / "unit" / "module_utils" / "report")]

provide()

import fleet  # noqa: E402
from ansible_collections.drivecare.scsi.plugins.module_utils._report.run import Wanted, make_report  # noqa: E402
from browser import Browser, missing  # noqa: E402

if os.environ.get("DRIVECARE_BROWSER") != "1":
    collect_ignore_glob = ["test_*"]

DAY = datetime.date(2026, 3, 2)
WAIVERS = [
    {"id": "shelf B", "rule": "pending_defects", "host": "db2*", "until": "2026-06-30",
     "reason": "To be replaced soon"},
    {"id": "old", "rule": "temperature", "host": "*", "until": "2026-02-01", "reason": "The fan was ordered"},
    {"id": "nobody", "rule": "endurance", "host": "gone*", "until": "2026-12-31", "reason": "No such host"},
]
RULES: list[dict[str, Any]] = [
    {"id": "firmware", "check": {"allowed": [{"model": "ST16000NM004J", "revisions": ["E005"]},
                                             {"model": "MG08*", "revisions": ["0104"]}]}},
]


def report(folder: Path, documents: list[dict[str, Any]], **options: Any) -> Path:
    """Makes a report in HTML and JSON; returns the page."""
    fleet.write(folder / "facts", documents)
    (folder / "report").mkdir(exist_ok=True)
    wanted: dict[str, Any] = {
        "source": str(folder / "facts"), "dest": str(folder / "report"), "name": "report", "formats": ["html", "json"],
        "title": "Drive compliance", "as_of": str(DAY), "rules": [], "default_rules": True, "waivers": [], "hosts": [],
        "previous": None, "redact_serials": False, "redaction_key": None, "sections": 1000, "evidence": "all",
        "fail_on": "never"}
    wanted.update(options)
    make_report(Wanted.from_options(wanted))
    return folder / "report" / "report.html"


@pytest.fixture(scope="session", name="page")
def _page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The showcase, with three weekly reports before it."""
    previous = None
    for weeks in (3, 2, 1):
        day = DAY - datetime.timedelta(weeks=weeks)
        page = report(tmp_path_factory.mktemp("before"), fleet.showcase(day, weeks), as_of=str(day), previous=previous)
        previous = str(page.with_suffix(".json"))
    return report(tmp_path_factory.mktemp("showcase"), fleet.showcase(DAY), previous=previous, waivers=WAIVERS,
                  rules=RULES, hosts=["missing.example.org"])


@pytest.fixture(scope="session", name="hostile_page")
def _hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(tmp_path_factory.mktemp("hostile"), fleet.hostile(DAY))


@pytest.fixture(scope="session", name="large_page")
def _large_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough hosts for those that pass to be condensed, and sections for a part of the drives."""
    hosts = [fleet.host(number, 12, 1, DAY) for number in range(300)]
    return report(tmp_path_factory.mktemp("large"), hosts, sections=5)


@pytest.fixture(scope="session", name="browser")
def _browser() -> Iterator[Browser]:
    lacks = missing()
    assert lacks is None, lacks
    with Browser() as browser:
        yield browser

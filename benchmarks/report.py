# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the compliance report of a large fleet: time and peak memory, with documents that are made for it.

Usage: python benchmarks/report.py [--hosts N] [--drives N] [--folder DIR]

Writes two days of documents (2 GB each for 10,000 hosts with 24 drives), and reports on the second day compared with
the first, in the formats of the default and in all. Each run is a process of its own; no test depends on a time.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "unit" / "module_utils" / "report"), str(ROOT / "tests" / "run")]

import fleet  # noqa: E402

from layout import COLLECTIONS, linked_collection  # noqa: E402

_RUN = """
import json, resource, sys, time
from ansible_collections.drivecare.scsi.plugins.module_utils._report.run import Wanted, make_report
started = time.monotonic()
result = make_report(Wanted.from_options(json.loads(sys.argv[1])))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
summary = result["summary"]
print(json.dumps([time.monotonic() - started, peak, summary["drives_total"], summary["drives_failing"]]))
"""
_DAYS = (datetime.date(2026, 2, 23), datetime.date(2026, 3, 2))


def run(name: str, **changes: object) -> None:
    """Makes a report in a process of its own, and prints what it took."""
    options = {
        "name": "report", "formats": ["html", "json", "csv", "markdown"], "title": "Drive compliance", "rules": [],
        "default_rules": True, "waivers": [], "hosts": [], "previous": None, "redact_serials": False,
        "redaction_key": None, "sections": 1000, "evidence": "all", "fail_on": "never"}
    options.update(changes)
    output = subprocess.run(
        [sys.executable, "-c", _RUN, json.dumps(options)], check=True, capture_output=True, text=True,
        env=dict(os.environ, PYTHONPATH=str(COLLECTIONS))).stdout
    seconds, peak, drives, failing = json.loads(output)
    written = {file.suffix: file.stat().st_size for file in sorted(Path(str(options["dest"])).iterdir())}
    print("{}: {:.1f} s, peak {:.0f} MB; {:,} drives, {:,} failing; {}".format(
        name, seconds, peak / 1024, drives, failing,
        ", ".join(f"{suffix} {size / 1e6:.1f} MB" for suffix, size in written.items())))


def main() -> None:
    """Makes the documents, unless they are there, and runs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=10000)
    parser.add_argument("--drives", type=int, default=24)
    parser.add_argument("--folder", type=Path, help="where to keep the documents; by default they are deleted")
    options = parser.parse_args()
    linked_collection()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="drivecare-report-"))
    try:
        sources = []
        for day in _DAYS:
            source = folder / f"facts-{day}"
            if not source.is_dir():
                for number in range(options.hosts):
                    fleet.write(source, [fleet.host(number, options.drives, 1, day)])
            sources.append(str(source))
        dests = [folder / name for name in ("first", "second", "third")]
        for dest in dests:
            dest.mkdir(exist_ok=True)
        first, second, third = map(str, dests)
        run("first report", source=sources[0], dest=first, as_of=str(_DAYS[0]))
        run("compared", source=sources[1], dest=second, as_of=str(_DAYS[1]), previous=first + "/report.json")
        run("all formats, compared, redacted, open evidence", source=sources[1], dest=third, as_of=str(_DAYS[1]),
            formats=["html", "json", "csv", "markdown", "junit", "sarif"], evidence="open", redact_serials=True,
            redaction_key="a key for the benchmark only")
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs parts of the tests, one after the other, and sums up what they report.

Usage: python tests/run [PART ...]        without arguments: every part of ``make test``

What a part prints is shown when it fails, or all the time with VERBOSE=1; it is kept in tests/output/PART.log.
A part that fails does not keep the others from running. The last line is the total.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import junit
from layout import JUNIT, OUTPUT, linked_collection
from parts import BY_DEFAULT, PARTS
from shell import Shell


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0 when every part passed."""
    unknown = [name for name in arguments if name not in PARTS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    linked_collection()
    JUNIT.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    total = junit.Counts()
    for name in arguments or BY_DEFAULT:
        total = total.plus(_run(name))
    skipped = f"{total.skipped} skipped, " if total.skipped else ""
    print(f"{skipped}{time.monotonic() - started:.0f} s")
    print(total)
    return 1 if total.failed else 0


def _run(name: str) -> junit.Counts:
    started = time.monotonic()
    junit.forget(name)
    log = OUTPUT / f"{name}.log"
    with Shell(log) as shell:
        succeeded = PARTS[name](shell)
    counts = junit.count(name)
    if not counts.passed and not counts.failed and not counts.skipped:
        junit.write(name, [junit.Case(name, failure="" if succeeded else f"see {log}")])
        counts = junit.count(name)
    elif not succeeded and not counts.failed:
        # The tool stopped before it could report, or failed for something that it does not count as a test.
        junit.write(f"{name}.exit", [junit.Case("exit status", failure=f"see {log}")])
        counts = junit.count(name)
    if counts.failed and not shell.verbose:
        _show(log)
    mark = "FAILED" if counts.failed else "ok"
    skipped = f", {counts.skipped} skipped" if counts.skipped else ""
    print(f"{mark:6} {name:14} {time.monotonic() - started:6.1f} s  {counts}{skipped}", flush=True)
    for note in shell.notes:
        print(f"       {note}", flush=True)
    return counts


def _show(log: Path) -> None:
    print(f"---- {log.name}")
    print(log.read_text(errors="replace").rstrip())
    print("----", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

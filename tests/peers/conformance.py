# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libiscsi's conformance suite, one process a suite; and of each test whether it passed or was skipped.

The program counts a test that was skipped as passed, so what it prints is read. Some of its tests only pass behind
others of their suite.

Also a program: ``python tests/peers/conformance.py [-v] URL [URL] [SUITE[.TEST] ...]`` prints the score of any target.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

PASSED, SKIPPED, FAILED, HANGS = "passed", "skipped", "failed", "hangs"
_SECONDS = 90.0
_HEAD = re.compile(r"^  Test: (\S+) \.\.\.", re.MULTILINE)
#: The program tells of each test whether it failed, behind all that the test printed.
#: Each suite ends with an attempt to clear persistent reservations, of which it tells in the same line.
_VERDICT = re.compile(
    r"(passed|FAILED) *(?:Send PRIN/READ_KEYS.*|\[SKIPPED\] PERSISTENT RESERVE IN .*)?$", re.MULTILINE)


class Outcome(NamedTuple):
    """How one test ended; ``said`` is what it printed."""

    test: str
    outcome: str
    said: str

    @property
    def reasons(self) -> list[str]:
        """What it said of skips and failures, each once."""
        return list(dict.fromkeys(re.findall(r"\[(?:SKIPPED|FAILED|FAILURE)\] (.*)", self.said)))


def suites() -> list[str]:
    """The names of all suites."""
    listed = subprocess.run(["iscsi-test-cu", "--list"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            check=False, text=True, timeout=_SECONDS)
    return list(dict.fromkeys(re.findall(r"^ALL\.([^.\s]+)$", listed.stdout, re.MULTILINE)))


def run(suite: str, *urls: str) -> list[Outcome]:
    """Runs a suite, or one test of it; two URLs lead to one logical unit by two ways."""
    try:
        done = subprocess.run(
            ["iscsi-test-cu", "--dataloss", "--Verbose-scsi", "--test", "ALL." + suite, *urls],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True,
            errors="replace", timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        return [Outcome(suite, HANGS, error.stdout.decode(errors="replace") if error.stdout else "")]
    heads = list(_HEAD.finditer(done.stdout))
    if not heads:
        return [Outcome(suite, FAILED, done.stdout)]
    ends = [head.start() for head in heads[1:]] + [len(done.stdout)]
    return [_outcome(suite.partition(".")[0] + "." + head.group(1), done.stdout[head.end():end])
            for head, end in zip(heads, ends, strict=True)]


def _outcome(test: str, said: str) -> Outcome:
    verdicts = list(_VERDICT.finditer(said))
    if not verdicts or verdicts[-1].group(1) != PASSED:
        return Outcome(test, FAILED, said)
    body = said[:verdicts[-1].start()]
    return Outcome(test, SKIPPED if "[SKIPPED]" in body else PASSED, body)


def score(*urls: str, only: list[str] | None = None) -> Iterator[Outcome]:
    """Runs all suites, or those that are named, one after the other."""
    for suite in only or suites():
        yield from run(suite, *urls)


def main(arguments: list[str]) -> int:
    """The program."""
    verbose = "-v" in arguments
    words = [word for word in arguments if word != "-v"]
    urls = [word for word in words if "://" in word]
    counts: Counter[str] = Counter()
    for outcome in score(*urls, only=[word for word in words if "://" not in word]):
        counts[outcome.outcome] += 1
        if outcome.outcome != PASSED:
            print(f"{outcome.outcome:8} {outcome.test}: {'; '.join(outcome.reasons)}", flush=True)
            if verbose:
                print(outcome.said)
    print(", ".join(f"{number} {name}" for name, number in sorted(counts.items())))
    return 1 if counts[FAILED] or counts[HANGS] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

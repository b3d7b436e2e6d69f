# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Side by side with other implementations. These tests run only where DRIVECARE_PEERS=1 says so.

They install nothing. A program that is missing then fails the tests that need it: a peer that was not asked has not
agreed. Everything happens on the loopback interface.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from collection import provide

provide()

if os.environ.get("DRIVECARE_PEERS") != "1":
    collect_ignore_glob = ["test_*"]

_FIGURES: list[str] = []


@pytest.fixture
def figures() -> list[str]:
    """Lines for the summary at the end of the run."""
    return _FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _FIGURES:
        terminalreporter.section("figures")
        for line in _FIGURES:
            terminalreporter.write_line(line)

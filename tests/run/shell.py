# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands for one part of the tests, and keeps what they print."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from layout import COLLECTIONS, ROOT

_VENV_BIN = Path(sys.executable).parent


class Shell:
    """The log of one part, and the environment that its commands run in."""

    def __init__(self, log: Path) -> None:
        self.verbose = bool(os.environ.get("VERBOSE"))
        self.notes: list[str] = []
        self._file = log.open("w", encoding="utf-8")
        self._lock = threading.Lock()

    def __enter__(self) -> Shell:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def note(self, text: str) -> None:
        """Keeps a line that the summary shows even if the part passes."""
        self.notes.append(text)
        self.write(text + "\n")

    def write(self, text: str) -> None:
        """Adds to the log."""
        with self._lock:
            self._file.write(text)
            self._file.flush()
            if self.verbose:
                print(text, end="", flush=True)

    def run(
        self, *command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None, path: Sequence[Path] = (),
    ) -> bool:
        """Runs one command to its end; returns whether it succeeded. ``path``: folders to search for programs first."""
        return self.output(*command, cwd=cwd, env=env, path=path)[0]

    def output(
        self, *command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None, path: Sequence[Path] = (),
    ) -> tuple[bool, str]:
        """Runs one command to its end; returns whether it succeeded, and what it printed."""
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_NOCOLOR": "1",
            "NO_COLOR": "1",
            "PATH": os.pathsep.join([str(_VENV_BIN), *map(str, path), os.environ.get("PATH", os.defpath)]),
            **(env or {}),
        }
        with subprocess.Popen(
            [str(word) for word in command], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                self.write(line)
        return process.returncode == 0, "".join(lines)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the Python interpreters of this machine."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

#: What a managed node may run, from the oldest to the newest that ansible-core 2.19 knows.
SUPPORTED = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
#: The ends of the range: a continuous integration run without them would prove too little.
REQUIRED_IN_CI = ("3.8", "3.13")

# A virtual environment answers with the interpreter that it was made from. Some distributions split ensurepip off.
_PROBE = """
import ensurepip, os, sys, venv
print("%d.%d" % sys.version_info[:2])
print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
"""


def find() -> dict[str, Path]:
    """Returns the real interpreter of each supported version that this machine has."""
    found = {}
    for version in SUPPORTED:
        for directory in search_path():
            interpreter = _real_interpreter(directory / f"python{version}", version)
            if interpreter:
                found[version] = interpreter
                break
    return found


def search_path() -> list[Path]:
    """Returns the folders to look in: PATH, and all that pyenv has, since its shims run only what is selected."""
    path = [Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    roots = [Path(os.environ["PYENV_ROOT"])] if "PYENV_ROOT" in os.environ else []
    roots += [entry.parent for entry in path if entry.name == "shims"]
    # HOME may be a scratch folder, as it often is in continuous integration; the user's own is in the passwd database.
    roots += [Path(home) / ".pyenv" for home in (Path.home(), pwd.getpwuid(os.getuid()).pw_dir)]
    versions = [folder for root in dict.fromkeys(roots) for folder in sorted(root.glob("versions/*/bin"))]
    return path + versions


def _real_interpreter(candidate: Path, version: str) -> Path | None:
    if not os.access(candidate, os.X_OK):
        return None
    # A shim may exist and fail, so what counts is that it runs.
    probe = subprocess.run([candidate, "-c", _PROBE], capture_output=True, text=True, check=False)
    answer = probe.stdout.splitlines()
    return Path(answer[1]) if probe.returncode == 0 and answer[0] == version else None

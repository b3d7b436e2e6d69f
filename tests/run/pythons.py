# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says which Pythons and which ansible-core are supported, and finds the interpreters of this machine.

Usage: python3 tests/run/pythons.py [PYTHON]        prints which ansible-core to develop on, and the interpreter for it

The Makefile runs this before there is an environment, with whatever Python 3 this machine has.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

#: What a managed node may run. 3.9 and later are promised; 3.8 is tested with what ansible-core 2.19 sends to it.
MANAGED = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
#: The Pythons of managed nodes that only one of the ansible-cores to develop on can manage, and which.
ONLY_MANAGED_BY = {"3.8": "2.19", "3.14": "2.21"}
#: The ends of the range, as far as machines have them today: without these a run of all tests would prove too little.
REQUIRED_IN_CI = ("3.8", "3.9", "3.13")
#: The supported lines of ansible-core, the newest first, and the Pythons to run them on, the preferred one first.
CONTROLLERS = {"2.21": ("3.13", "3.12"), "2.20": ("3.12", "3.13"), "2.19": ("3.11",)}
#: The lines with pins for all development: the newest, and the newest that runs on Python 3.11.
DEVELOPED_ON = ("2.21", "2.19")

# A virtual environment answers with the interpreter that it was made from. Some distributions split ensurepip off.
_PROBE = """
import ensurepip, os, sys, venv
print("%d.%d" % sys.version_info[:2])
print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
"""


def find() -> dict[str, Path]:
    """Returns the real interpreter of each Python that a managed node may run and this machine has."""
    found = {version: _find(version) for version in MANAGED}
    return {version: interpreter for version, interpreter in found.items() if interpreter}


def find_controller(core: str) -> Path | None:
    """Returns the interpreter to run this line of ansible-core on."""
    return next(filter(None, map(_find, CONTROLLERS[core])), None)


def find_oldest_controllers() -> dict[str, Path]:
    """Returns, for each line of ansible-core, the oldest interpreter of this machine that runs it, if there is one."""
    found = {core: next(filter(None, map(_find, sorted(CONTROLLERS[core]))), None) for core in CONTROLLERS}
    return {core: interpreter for core, interpreter in found.items() if interpreter}


def search_path() -> list[Path]:
    """Returns the folders to search: PATH, and all those of pyenv, since its shims run only what is selected."""
    path = [Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    roots = [Path(os.environ["PYENV_ROOT"])] if "PYENV_ROOT" in os.environ else []
    roots += [entry.parent for entry in path if entry.name == "shims"]
    # HOME may be a scratch folder, as it often is in continuous integration; the user's own is in the passwd database.
    roots += [Path(home) / ".pyenv" for home in (Path.home(), pwd.getpwuid(os.getuid()).pw_dir)]
    versions = [folder for root in dict.fromkeys(roots) for folder in sorted(root.glob("versions/*/bin"))]
    return path + versions


def _find(version: str) -> Path | None:
    return next((interpreter for found, interpreter in _named(f"python{version}") if found == version), None)


def _named(name: str) -> Iterator[tuple[str, Path]]:
    """Yields version and real interpreter of each Python of this name, or of the one at this path."""
    for candidate in [Path(name)] if os.sep in name else [directory / name for directory in search_path()]:
        if os.access(candidate, os.X_OK):
            # A shim may exist and fail, so what counts is that it runs.
            probe = subprocess.run(
                [candidate, "-c", _PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
            )
            if probe.returncode == 0:
                version, interpreter = os.fsdecode(probe.stdout).splitlines()
                yield version, Path(interpreter)


def _choose(name: str | None) -> tuple[str, Path] | None:
    """Returns the newest ansible-core that the named Python, or any of this machine, can run; and that interpreter."""
    if name is None:
        choices = [(core, find_controller(core)) for core in DEVELOPED_ON]
    else:
        version, interpreter = next(_named(name), ("", None))
        choices = [(core, interpreter) for core in DEVELOPED_ON if version in CONTROLLERS[core]]
    return next(((core, interpreter) for core, interpreter in choices if interpreter), None)


if __name__ == "__main__":
    choice = _choose(sys.argv[1] if len(sys.argv) > 1 else None)
    if choice is None:
        sys.exit(1)
    print(*choice)

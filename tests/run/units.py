# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the unit tests on every Python that a managed node may have and this machine has."""

from __future__ import annotations

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ansible.module_utils

import junit
import pythons
from layout import BUILD, JUNIT, ROOT
from shell import Shell

_ENVIRONMENTS = BUILD / "unit"


def run(shell: Shell) -> bool:
    """Runs pytest once a Python; says which are missing."""
    interpreters = pythons.find()
    succeeded = _report_missing(shell, [version for version in pythons.SUPPORTED if version not in interpreters])
    # Setting up is pip's waiting and pytest is one process each, so as many at once as there are processors.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = list(pool.map(lambda version: _test(shell, version, interpreters[version]), interpreters))
    return succeeded and all(passed)


def _report_missing(shell: Shell, missing: list[str]) -> bool:
    required = pythons.REQUIRED_IN_CI if os.environ.get("CI") == "true" else ()
    cases = []
    for version in missing:
        shell.note(f"Python {version} not found: its unit tests did not run")
        reason = "interpreter not found"
        cases.append(
            junit.Case(f"Python {version}", failure=reason) if version in required
            else junit.Case(f"Python {version}", skipped=reason)
        )
    if cases:
        junit.write("unit", cases)
    return not any(case.failure for case in cases)


def _test(shell: Shell, version: str, interpreter: Path) -> bool:
    env = {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(BUILD / "hypothesis" / version)}
    if version == "{}.{}".format(*sys.version_info):
        # The controller's own environment, so that what runs on the controller can be tested as well.
        python = Path(sys.executable)
    else:
        ready, python = _environment(shell, version, interpreter)
        if not ready:
            return False
        env["PYTHONPATH"] = str(_managed_node())
    report = JUNIT / f"unit.{version}.xml"
    return shell.run(
        python, "-m", "pytest", "-q", f"--junit-xml={report}", "-o", f"junit_suite_name=Python {version}", "tests/unit",
        cwd=ROOT, env=env,
    )


def _environment(shell: Shell, version: str, interpreter: Path) -> tuple[bool, Path]:
    """Returns a virtual environment with the pinned pytest, made anew where the pins or the interpreter changed."""
    pins = ROOT / "requirements" / "unit" / f"{version}.txt"
    folder = _ENVIRONMENTS / version
    python = folder / "bin" / "python"
    stamp = folder / ("made-" + hashlib.sha256(pins.read_bytes() + bytes(interpreter)).hexdigest()[:12])
    if stamp.exists():
        return True, python
    made = shell.run(interpreter, "-m", "venv", "--clear", folder) and shell.run(
        python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", pins,
    )
    if made:
        stamp.touch()
    return made, python


def _managed_node() -> Path:
    """Returns a folder with no more of Ansible than a managed node gets: ansible.module_utils.

    The controller's ansible-core does not install on Python 3.8, but this part of it is made to run there.
    """
    package = _ENVIRONMENTS / "managed-node" / "ansible"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    link = package / "module_utils"
    source = Path(next(iter(ansible.module_utils.__path__))).resolve()
    if not link.is_symlink() or link.resolve() != source:
        link.unlink(missing_ok=True)
        link.symlink_to(source)
    return package.parent

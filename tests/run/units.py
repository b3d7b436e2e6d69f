# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the unit tests on every Python that a managed node may have and this machine has."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ansible.module_utils

import junit
import pythons
from environments import CORE, ansible_core, environment
from layout import BUILD, JUNIT, ROOT
from shell import Shell


def run(shell: Shell) -> bool:
    """Runs pytest on each Python; says which are missing."""
    interpreters = pythons.find()
    succeeded = _report_missing(shell, [version for version in pythons.MANAGED if version not in interpreters])
    # Setup is mostly pip waiting, and pytest is one process each, so run as many at once as there are processors.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = list(pool.map(lambda version: _test(shell, version, interpreters[version]), interpreters))
    return succeeded and all(passed)


def pytest(shell: Shell, python: Path, part: str, name: str, node: Path | None = None) -> bool:
    """Runs the unit tests with this interpreter. ``node``: where ansible.module_utils is, if not its own.

    All of Hypothesis's examples are for the environment that is developed in: they look for wrong bytes, not for
    differences between interpreters, and take more than half of the time. The others get some of them.
    """
    profile = "patient" if python == Path(sys.executable) else "patient-fewer-examples"
    examples = BUILD / "hypothesis" / f"{part}.{name}"
    env = {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(examples)}
    if node is not None:
        env["PYTHONPATH"] = str(node)
    return shell.run(
        python, "-m", "pytest", "-q", f"--junit-xml={JUNIT / f'{part}.{name}.xml'}",
        "-o", f"junit_suite_name={part} {name}", f"--hypothesis-profile={profile}", "tests/unit", cwd=ROOT, env=env,
    )


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
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        # The controller's own environment, so that what runs on the controller can be tested as well.
        return pytest(shell, Path(sys.executable), "unit", version)
    programs = environment(shell, f"unit/{version}", interpreter)
    node = _managed_node(shell, version)
    if programs is None or node is None:
        return False
    return pytest(shell, programs / "python", "unit", version, node)


def _managed_node(shell: Shell, version: str) -> Path | None:
    """Returns a folder with no more of Ansible than a managed node gets: ansible.module_utils."""
    source = _module_utils(shell, version)
    if source is None:
        return None
    package = BUILD / "managed-node" / version / "ansible"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    link = package / "module_utils"
    if not link.is_symlink() or link.resolve() != source:
        link.unlink(missing_ok=True)
        link.symlink_to(source)
    return package.parent


def _module_utils(shell: Shell, version: str) -> Path | None:
    core = pythons.ONLY_MANAGED_BY.get(version, CORE)
    if core == CORE:
        return Path(next(iter(ansible.module_utils.__path__))).resolve()
    folder = ansible_core(shell, core)
    return folder / "ansible" / "module_utils" if folder else None

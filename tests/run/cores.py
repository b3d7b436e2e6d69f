# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the unit tests and a scenario on each ansible-core that is supported but not developed on."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import junit
import pythons
import scenarios
import units
from environments import environment
from shell import Shell

#: From a role and its templates to the modules' facts and back, on drives of the emulated target.
SCENARIO = "default"

CORES = tuple(core for core in pythons.CONTROLLERS if core != pythons.DEVELOPED_ON[0])


def run(shell: Shell) -> bool:
    """Runs them on every line of ansible-core that is supported but not developed on."""
    return _run(shell, "cores", CORES)


def on(core: str) -> Callable[[Shell], bool]:
    """Returns the part for one line of ansible-core alone."""
    return lambda shell: _run(shell, f"core-{core}", [core])


def _run(shell: Shell, part: str, cores: Sequence[str]) -> bool:
    found = {core: pythons.find_controller(core) for core in cores}
    here = {core: interpreter for core, interpreter in found.items() if interpreter}
    results = [_report_missing(shell, part, core) for core in cores if core not in here]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results += pool.map(lambda core: _test_units(shell, part, core, here[core]), here)
    # One after the other: Molecule uses the same folder for a scenario in every environment.
    results += [_test_scenario(shell, part, core, here[core]) for core in here]
    return all(results)


def _report_missing(shell: Shell, part: str, core: str) -> bool:
    versions = " or ".join(sorted(pythons.CONTROLLERS[core]))
    missing = f"no Python {versions} found"
    required = os.environ.get("CI") == "true"
    shell.note(f"{missing}: nothing ran on ansible-core {core}")
    name = f"{part}.{core}"
    junit.write(name, [junit.Case(name, failure=missing) if required else junit.Case(name, skipped=missing)])
    return not required


def _test_units(shell: Shell, part: str, core: str, interpreter: Path) -> bool:
    programs = environment(shell, f"core-{core}", interpreter)
    return programs is not None and units.pytest(shell, programs / "python", part, core)


def _test_scenario(shell: Shell, part: str, core: str, interpreter: Path) -> bool:
    programs = environment(shell, f"core-{core}", interpreter)
    if programs is None:
        return False
    path = os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])
    return scenarios.one(shell, f"{part}.{core}", SCENARIO, {"PATH": path})

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the unit tests and a scenario on an ansible-core that is supported but not developed on."""

from __future__ import annotations

import os
from collections.abc import Callable

import junit
import pythons
import scenarios
import units
from environments import environment
from shell import Shell

#: From a role and its templates to the modules' facts and back, on drives of the emulated target.
SCENARIO = "default"

CORES = tuple(core for core in pythons.CONTROLLERS if core != pythons.DEVELOPED_ON[0])


def on(core: str) -> Callable[[Shell], bool]:
    """Returns the part for a line of ansible-core."""
    return lambda shell: _run(shell, core)


def _run(shell: Shell, core: str) -> bool:
    part = f"core-{core}"
    interpreter = pythons.find_controller(core)
    if interpreter is None:
        missing = "no Python {} found".format(" or ".join(sorted(pythons.CONTROLLERS[core])))
        required = os.environ.get("CI") == "true"
        shell.note(f"{missing}: nothing ran on ansible-core {core}")
        junit.write(part, [junit.Case(part, failure=missing) if required else junit.Case(part, skipped=missing)])
        return not required
    programs = environment(shell, part, interpreter)
    if programs is None:
        return False
    inside = {"PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])}
    results = [
        units.pytest(shell, programs / "python", part, "unit"),
        scenarios.one(shell, part, SCENARIO, inside),
    ]
    return all(results)

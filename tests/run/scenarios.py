# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Molecule's scenarios: those that need only this machine, and those in a guest with its own kernel."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import junit
from layout import ROOT
from shell import Shell

SCENARIOS = ROOT / "extensions" / "molecule"
#: Scenarios that need the guest.
IN_THE_GUEST = ("kernel",)

# A line of Molecule's closing report: "default   : actions=3  successful=3  disabled=0  skipped=0  missing=0  failed=0"
_RECAP = re.compile(r"^(?P<name>\S+)\s+: actions=(?P<actions>\d+) .* failed=(?P<failed>\d+)\s*$", re.MULTILINE)


def local(shell: Shell) -> bool:
    """Runs the scenarios that need neither privileges nor packages."""
    scenarios = [name for name in _scenarios() if name not in IN_THE_GUEST]
    excluded = [word for name in IN_THE_GUEST if name in _scenarios() for word in ("--exclude", name)]
    return _test(shell, "molecule", scenarios, ["--all", *excluded])


def kernel(shell: Shell) -> bool:
    """Runs the scenarios against a real kernel's SCSI stack."""
    scenarios = [name for name in IN_THE_GUEST if name in _scenarios()]
    return _test(shell, "kernel", scenarios, [word for name in scenarios for word in ("--scenario-name", name)])


def one(shell: Shell, part: str, name: str, env: Mapping[str, str]) -> bool:
    """Runs one scenario for another part, in that part's own environment."""
    return _test(shell, part, [name], ["--scenario-name", name], env)


def _scenarios() -> list[str]:
    return sorted(file.parent.name for file in SCENARIOS.glob("*/molecule.yml"))


def _test(
    shell: Shell, part: str, scenarios: list[str], selection: list[str], env: Mapping[str, str] | None = None,
) -> bool:
    if not scenarios:
        junit.write(part, [junit.Case("scenarios", failure="there are none")])
        return False
    # With workers, a scenario that fails does not keep the others from running; it is also faster.
    workers = ["--workers", "2", "--continue-on-failure"] if len(scenarios) > 1 else []
    succeeded, output = shell.output(
        "molecule", "test", "--report", "--no-command-borders", *workers, *selection, env=env,
    )
    failures: Counter[str] = Counter()
    for match in _RECAP.finditer(output):
        failures[match["name"]] += int(match["failed"])
    cases = []
    for name in scenarios:
        if not (SCENARIOS / name / "verify.yml").exists() and name != "default":
            # Molecule only warns of a playbook that is missing, and passes a scenario that verifies nothing.
            cases.append(junit.Case(name, failure="verify.yml is missing"))
        elif name not in failures:
            cases.append(junit.Case(name, failure="did not run"))
        else:
            cases.append(junit.Case(name, failure="failed" if failures[name] else ""))
    junit.write(part, cases)
    return succeeded

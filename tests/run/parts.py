# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the tests. Each takes a shell and returns whether it passed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import cores
import sanity
import scenarios
import units
from layout import BUILD, JUNIT, ROOT, copied_collection, linked_collection
from shell import Shell


def ruff(shell: Shell) -> bool:
    """Style, imports, complexity, and syntax that Python 3.8 lacks."""
    return shell.run("ruff", "check", ".")


def mypy(shell: Shell) -> bool:
    """Types, strictly. The collection is passed under the name that its imports use."""
    collection = linked_collection()
    programs = [folder for folder in ("tests/run", "tests/kernel") if (ROOT / folder).is_dir()]
    results = [shell.run("mypy", collection / "plugins", collection / "tests" / "unit"), shell.run("mypy", *programs)]
    return all(results)


def reuse(shell: Shell) -> bool:
    """Each file states its copyright and license."""
    return shell.run("reuse", "lint")


def changelog(shell: Shell) -> bool:
    """The changelog's fragments are valid, and use known sections."""
    return shell.run("antsibull-changelog", "lint")


def docs(shell: Shell) -> bool:
    """Documentation of modules and roles: schema, markup, references; and the pages in docs/modules are up to date."""
    fresh = BUILD / "pages"
    results = [
        shell.run(
            "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self",
            "--disallow-unknown-collection-refs", "--skip-rstcheck", ".",
        ),
        shell.run("tests/write-docs", Path(sys.executable).parent, fresh),
        shell.run("diff", "--recursive", "--brief", "docs/modules", fresh),
    ]
    if not results[-1]:
        shell.write("docs/modules is out of date: run make docs, and commit it\n")
    return all(results)


def ansible_lint(shell: Shell) -> bool:
    """Playbooks, roles and examples, at the strictest profile. A warning fails."""
    return shell.run("ansible-lint", "--strict", "--profile", "production")


def importer(shell: Shell) -> bool:
    """The built collection is what Galaxy accepts. ansible-lint has its own part."""
    copy = copied_collection("importer")
    artifacts = copy.parents[2]
    built = shell.run("ansible-galaxy", "collection", "build", "--force", "--output-path", artifacts, cwd=copy)
    return built and all(
        shell.run(
            "python", "-m", "galaxy_importer.main", artifact, cwd=artifacts,
            env={"GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "false", "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true"},
        )
        for artifact in artifacts.glob("*.tar.gz")
    )


def peers(shell: Shell) -> bool:
    """Other implementations on this machine: of iSCSI, and what smartctl and sg3_utils read in the gallery's drives."""
    succeeded, output = shell.output(
        "python", "-m", "pytest", "-q", "-s", f"--junit-xml={JUNIT / 'peers.all.xml'}", "-o", "junit_suite_name=peers",
        "tests/peers", env={"DRIVECARE_PEERS": "1"})
    for line in re.findall(r"^=+ figures =+$\n((?:(?!=).*\n)*)", output, re.MULTILINE):
        for figure in line.splitlines():
            if " passed in " not in figure:  # pytest's own last line
                shell.note(figure)
    return succeeded


def report(shell: Shell) -> bool:
    """The compliance report in a browser; documents and metrics as jsonschema and Prometheus read them."""
    return shell.run(
        "python", "-m", "pytest", "-q", f"--junit-xml={JUNIT / 'report.all.xml'}", "-o", "junit_suite_name=report",
        "tests/report", env={"DRIVECARE_BROWSER": "1"})


PARTS: dict[str, Callable[[Shell], bool]] = {
    "ruff": ruff,
    "mypy": mypy,
    "reuse": reuse,
    "changelog": changelog,
    "docs-lint": docs,
    "ansible-lint": ansible_lint,
    "importer": importer,
    "sanity": sanity.run,
    "unit": units.run,
    "molecule": scenarios.local,
    "peers": peers,
    "report": report,
    "kernel": scenarios.kernel,
    "cores": cores.run,
    **{f"core-{core}": cores.on(core) for core in cores.CORES},
}
#: Parts that need other programs or other Pythons have targets of their own; the guest also takes minutes, and QEMU.
BY_DEFAULT = [name for name in PARTS if name not in ("peers", "report", "kernel") and not name.startswith("core")]

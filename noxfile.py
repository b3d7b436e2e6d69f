# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Makefile's targets as nox sessions, for those who are used to nox. docs/development.md says why there is make."""

from __future__ import annotations

import nox

#: Which targets are sessions, and what each is for. What needs more than Python does not run unless it is asked for.
TARGETS = {
    "lint": "Check style, types, licenses, changelog, documentation, and what Galaxy accepts.",
    "sanity": "Run ansible-test's sanity tests.",
    "unit": "Run the unit tests on every Python that is found.",
    "molecule": "Run the scenarios on this machine.",
    "test-cores": "Run the unit tests and a scenario on the other ansible-cores that are supported.",
    "test-peers": "Run our iSCSI beside other implementations.",
    "test-report": "Look at the compliance report with a browser.",
    "test-kernel": "Run the scenarios against a Linux kernel in a QEMU guest.",
}

nox.needs_version = ">=2024.3.2"
nox.options.sessions = ["lint", "sanity", "unit", "molecule"]


def _add(target: str, purpose: str) -> None:
    def session(session: nox.Session) -> None:
        session.run("make", target, *session.posargs, external=True)

    session.__doc__ = purpose
    nox.session(session, python=False, name=target)


for _target, _purpose in TARGETS.items():
    _add(_target, _purpose)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive says of its self tests, as one glance among other facts."""

from __future__ import annotations

from typing import Any

from ..careful_session import CarefulSession, ask
from ..selftest.state import read_state


def gather_selftest(session: CarefulSession, warnings: list[str]) -> dict[str, Any] | None:
    """The self-test log, a running test, and the hours; ``None`` where the drive did not answer."""
    state = ask("the self tests", warnings, lambda: read_state(session, warnings))
    return None if state is None else dict(state.facts(), log_refusal=state.log_refusal)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive reports about its self tests."""

from __future__ import annotations

from ..._scsi.table import Values
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..selftest.state import read_state


def gather_selftest(session: CarefulSession) -> Values | None:
    """The self-test log, a running test, and the hours; ``None`` if the drive did not answer."""
    state = answer_or_none(session, "the self tests", lambda: read_state(session))
    return None if state is None else dict(state.facts(), log_refusal=state.log_refusal)

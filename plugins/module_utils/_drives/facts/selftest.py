# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive reports about its self tests."""

from __future__ import annotations

from ..._passthrough.errors import AccessError
from ..._scsi.table import Values
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..selftest.ata import ata_units, look_at
from ..selftest.state import State, read_state


def gather_selftest(session: CarefulSession) -> Values | None:
    """The self-test log, a running test, and the hours; ``None`` if the drive did not answer.

    ``log_supported`` is ``None``, and ``log_refusal`` says why, where the log could not be read.
    """
    state = answer_or_none(session, "the self tests", lambda: _look(session))
    return None if state is None else dict(state.facts(), log_refusal=state.log_refusal)


def _look(session: CarefulSession) -> State:
    try:
        state = look_at(session)
    except AccessError as error:
        # An ATA drive keeps its log where not everybody may read it; whether it has one is not known then.
        session.warnings.append(str(error))
        return read_state(session)._replace(log_supported=None, log_refusal=str(error))
    if state.log_supported is False and ata_units(session) is not None:
        # ATA drives keep it in SMART: what was refused is the way there, and not the log.
        return state._replace(log_supported=None)
    if state.log_error is None:
        return state
    session.warnings.append(str(state.log_error))
    return state._replace(log_refusal=str(state.log_error))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a drive can serve commands to its medium: TEST UNIT READY (SPC-6 6.47). A sleeping drive is not woken."""

from __future__ import annotations

from ..._passthrough.errors import CheckCondition
from ..._passthrough.make_command import make_command
from ..._scsi.sense import Sense
from ..._scsi.sense_keys import ILLEGAL_REQUEST, NOT_READY, UNIT_ATTENTION
from ..._scsi.table import Values
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..power_condition import INITIALIZING_COMMAND_REQUIRED, STOPPED, Condition, read_condition

READY, STANDBY, BECOMING_READY = "ready", "standby", "becoming_ready"
NOT_READY_STATE, NO_MEDIUM, FORMAT_CORRUPT = "not_ready", "no_medium", "format_corrupt"

_TEST_UNIT_READY = bytes(6)
_LOGICAL_UNIT_NOT_READY, _MEDIUM_FORMAT_CORRUPTED, _MEDIUM_NOT_PRESENT = 0x04, 0x31, 0x3A
#: Qualifiers of LOGICAL UNIT NOT READY for what ends by itself: becoming ready, an operation or a self test in
#: progress, a transition of the target port, power that is still to be granted (SPC-6 annex of ASC assignments).
_ENDS_BY_ITSELF = frozenset((
    0x01, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x11, 0x13, 0x14, 0x1A, 0x1B, 0x1C, 0x1D, 0x24, 0x25))


def power_condition(session: CarefulSession) -> Condition:
    """The power condition, asked once: what a unit attention reports there, a drive reports once."""
    return session.once("power condition", lambda: read_condition(session))


def left_at_rest(session: CarefulSession, condition: Condition, what: str) -> bool:
    """Whether the drive is at rest, and is left so: then a warning says that ``what``, "the list was", not read."""
    if condition.at_rest:
        session.warnings.append(f"{what} not read, because the drive is in {condition.power} and might spin up")
    return condition.at_rest


def gather_readiness(session: CarefulSession) -> Values:
    """``{state, sense}``; the state is ``None`` where the drive gave no answer that tells it."""
    condition = power_condition(session)
    if condition.at_rest:
        # Its own word is enough: some hosts start a drive that says so to any other command.
        return {"state": STOPPED if condition.power == STOPPED else STANDBY, "sense": condition.senses[-1].facts()}
    return answer_or_none(session, None, lambda: _asked(session)) or {"state": None, "sense": None}


def _asked(session: CarefulSession) -> Values:
    try:
        session.send(make_command(_TEST_UNIT_READY))
    except CheckCondition as error:
        if error.sense.key in (ILLEGAL_REQUEST, UNIT_ATTENTION) and error.sense.asc != _MEDIUM_FORMAT_CORRUPTED:
            raise
        return {"state": state_of(error.sense), "sense": error.sense.facts()}
    return {"state": READY, "sense": None}


def state_of(sense: Sense) -> str:
    """The state of a drive that answers TEST UNIT READY with this sense data."""
    if sense.asc == _MEDIUM_FORMAT_CORRUPTED:
        return FORMAT_CORRUPT
    if sense.key != NOT_READY:
        return NOT_READY_STATE
    if sense.asc == _MEDIUM_NOT_PRESENT:
        return NO_MEDIUM
    if (sense.asc, sense.ascq) == INITIALIZING_COMMAND_REQUIRED:
        return STOPPED
    ends_by_itself = sense.asc == _LOGICAL_UNIT_NOT_READY and sense.ascq in _ENDS_BY_ITSELF
    return BECOMING_READY if ends_by_itself else NOT_READY_STATE

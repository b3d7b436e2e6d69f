# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive says of its self tests, its copy manager and its streams, as one glance among other facts."""

from __future__ import annotations

from ..._passthrough.errors import CheckCondition
from ..._scsi.table import Values
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..copy_results import NO_COPY_MANAGER, copy_operating_parameters, may_have_copy_manager, third_party_copy
from ..selftest.state import read_state
from ..stream_status import maximum_streams, stream_status

_SERVICE_ACTION_IN, _GET_STREAM_STATUS = 0x9E, 0x16
#: What scsi_xcopy_facts asks for too.
_COPY_LENGTH = 520


def gather_selftest(session: CarefulSession) -> Values | None:
    """The self-test log, a running test, and the hours; ``None`` where the drive did not answer."""
    state = answer_or_none(session, "the self tests", lambda: read_state(session))
    return None if state is None else dict(state.facts(), log_refusal=state.log_refusal)


def gather_copy_manager(session: CarefulSession) -> Values:
    """What the copy manager can do. A drive that says that it has none is not asked."""
    blank: Values = {"supported": False, "reason": None, "parameters": None, "third_party_copy": None}
    if not may_have_copy_manager(session):
        return dict(blank, reason=NO_COPY_MANAGER)
    try:
        parameters = copy_operating_parameters(session, 0, _COPY_LENGTH)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return dict(blank, reason=error.refusal)
    return dict(blank, supported=True, parameters=parameters, third_party_copy=third_party_copy(session))


def gather_streams(session: CarefulSession) -> Values:
    """The open streams. A drive that neither lists the command nor has streams in VPD page B7h is not asked."""
    blank: Values = {"supported": False, "reason": None, "maximum": None, "open": [], "permanent": [],
                     "reported_open": None, "descriptors": []}
    maximum = maximum_streams(session)
    if not maximum and not _listed(session, _SERVICE_ACTION_IN, _GET_STREAM_STATUS):
        return dict(blank, maximum=maximum, reason="the drive says that it has no streams (VPD page B7h)")
    try:
        reported, descriptors = stream_status(session)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return dict(blank, maximum=maximum, reason=error.refusal)
    return dict(
        blank, supported=True, maximum=maximum, reported_open=reported, descriptors=descriptors,
        open=[each["stream_id"] for each in descriptors if not each["permanent"]],
        permanent=[each["stream_id"] for each in descriptors if each["permanent"]])


def _listed(session: CarefulSession, operation_code: int, action: int) -> bool:
    """Whether the drive's own list of commands, where it has one, names this command."""
    return session.operations is not None and session.has(operation_code, action)

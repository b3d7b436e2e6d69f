# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive says of its self tests, its copy manager and its streams, as one glance among other facts."""

from __future__ import annotations

from typing import Any, Dict

from ..._passthrough.errors import CheckCondition
from ..careful_session import CarefulSession, ask
from ..copy_results import copy_operating_parameters, third_party_copy
from ..selftest.state import read_state
from ..stream_status import maximum_streams, stream_status

Values = Dict[str, Any]

_THIRD_PARTY_COPY_IN = 0x84
_OPERATING_PARAMETERS = 0x03
_SPC_3 = 0x05
_SERVICE_ACTION_IN, _GET_STREAM_STATUS = 0x9E, 0x16
#: What scsi_xcopy_facts asks for too.
_COPY_LENGTH = 520


def gather_selftest(session: CarefulSession, warnings: list[str]) -> Values | None:
    """The self-test log, a running test, and the hours; ``None`` where the drive did not answer."""
    state = ask("the self tests", warnings, lambda: read_state(session, warnings))
    return None if state is None else dict(state.facts(), log_refusal=state.log_refusal)


def gather_xcopy(session: CarefulSession, warnings: list[str]) -> Values:
    """What the copy manager can do. A drive that says that it has none is not asked."""
    blank: Values = {"supported": False, "reason": None, "parameters": None, "third_party_copy": None}
    # Before SPC-3 the INQUIRY data do not tell.
    may = session.standard["third_party_copy"] or session.version < _SPC_3
    if not may and not _listed(session, _THIRD_PARTY_COPY_IN, _OPERATING_PARAMETERS):
        return dict(blank, reason="the drive says that it has no copy manager (3PC)")
    try:
        parameters = copy_operating_parameters(session, warnings, 0, _COPY_LENGTH)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return dict(blank, reason=error.refusal)
    return dict(blank, supported=True, parameters=parameters, third_party_copy=third_party_copy(session, warnings))


def gather_streams(session: CarefulSession, warnings: list[str]) -> Values:
    """The open streams. A drive that neither lists the command nor has streams in VPD page B7h is not asked."""
    blank: Values = {"supported": False, "reason": None, "maximum": None, "open": [], "permanent": [],
                     "reported_open": None, "descriptors": []}
    maximum = maximum_streams(session, warnings)
    if not maximum and not _listed(session, _SERVICE_ACTION_IN, _GET_STREAM_STATUS):
        return dict(blank, maximum=maximum, reason="the drive says that it has no streams (VPD page B7h)")
    try:
        reported, descriptors = stream_status(session, warnings)
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

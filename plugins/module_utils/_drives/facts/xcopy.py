# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive says of its copy manager, as one glance among other facts."""

from __future__ import annotations

from typing import Any, Dict

from ..._passthrough.errors import CheckCondition
from ..careful_session import CarefulSession
from ..copy_results import copy_operating_parameters, third_party_copy

Values = Dict[str, Any]

_THIRD_PARTY_COPY_IN = 0x84
_OPERATING_PARAMETERS = 0x03
_SPC_3 = 0x05
#: What scsi_xcopy_facts asks for too.
_COPY_LENGTH = 520


def gather_xcopy(session: CarefulSession, warnings: list[str]) -> Values:
    """What the copy manager can do. A drive that says that it has none is not asked."""
    blank: Values = {"supported": False, "reason": None, "parameters": None, "third_party_copy": None}
    # Before SPC-3 the INQUIRY data do not tell.
    may = session.standard["third_party_copy"] or session.version < _SPC_3
    if not may and not session.lists(_THIRD_PARTY_COPY_IN, _OPERATING_PARAMETERS):
        return dict(blank, reason="the drive says that it has no copy manager (3PC)")
    try:
        parameters = copy_operating_parameters(session, warnings, 0, _COPY_LENGTH)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return dict(blank, reason=error.refusal)
    return dict(blank, supported=True, parameters=parameters, third_party_copy=third_party_copy(session, warnings))

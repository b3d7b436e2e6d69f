# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive's copy manager supports."""

from __future__ import annotations

from ..._passthrough.errors import CheckCondition
from ..._scsi.table import Values
from ..careful_session import CarefulSession
from ..copy_results import NO_COPY_MANAGER, copy_operating_parameters, may_have_copy_manager, third_party_copy

#: The same as scsi_xcopy_facts requests.
_COPY_LENGTH = 520


def gather_copy_manager(session: CarefulSession) -> Values:
    """What the copy manager supports. A drive that reports having none is not asked."""
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

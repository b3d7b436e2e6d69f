# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which write streams a drive has open."""

from __future__ import annotations

from ..._passthrough.errors import CheckCondition
from ..._scsi.table import Values
from ..careful_session import CarefulSession
from ..stream_status import maximum_streams, stream_status

_SERVICE_ACTION_IN, _GET_STREAM_STATUS = 0x9E, 0x16


def gather_streams(session: CarefulSession) -> Values:
    """The open streams. A drive that neither lists the command nor has streams in VPD page B7h is not asked."""
    blank: Values = {"supported": False, "reason": None, "maximum": None, "open": [], "permanent": [],
                     "reported_open": None, "descriptors": []}
    maximum = maximum_streams(session)
    if not maximum and not session.lists(_SERVICE_ACTION_IN, _GET_STREAM_STATUS):
        return dict(blank, maximum=maximum, reason="the drive reports no streams (VPD page B7h)")
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

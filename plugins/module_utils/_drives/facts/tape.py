# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The TapeAlert flags of a tape drive or a media changer (SSC-5, ADC)."""

from __future__ import annotations

from ..._scsi.device_types import MEDIA_CHANGER, TAPE
from ..._scsi.log_tape_alert import TAPE_ALERT_RESPONSE_PAGE, decode_tape_alert
from ..._scsi.table import Values
from ..careful_session import CarefulSession
from .pages import log_page


def gather_tape_alert(session: CarefulSession) -> list[Values] | None:
    """The flags that are set; ``None`` for other devices, and without the page that tells them and clears none."""
    if session.device_type not in (TAPE, MEDIA_CHANGER):
        return None
    changer = session.device_type == MEDIA_CHANGER
    found: list[Values] | None = log_page(
        session, TAPE_ALERT_RESPONSE_PAGE, lambda data, warnings: decode_tape_alert(data, warnings, changer))
    return found

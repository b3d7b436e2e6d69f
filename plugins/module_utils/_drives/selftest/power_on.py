# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drive's power-on hours, from the best source that it has."""

from __future__ import annotations

import functools

from ..._passthrough.sender import Sender
from ..._scsi.device_types import DISK
from ..._scsi.inquiry import decode_standard_inquiry
from ..._scsi.log_factory import FACTORY_PAGE, FACTORY_VENDORS, decode_factory_log
from ..answers import side_answer
from ..commands import inquiry
from ..page_commands import log_sense
from .pages import background_scan_minutes

BACKGROUND_SCAN_SOURCE = "background scan log page"
FACTORY_SOURCE = "factory log page"

#: The page is short; its other parameters are vendor specific.
_FACTORY_LENGTH = 252


def read_power_on_hours(session: Sender) -> tuple[int | None, str | None]:
    """Whole hours and their source, or ``(None, None)`` if not reported by the drive.

    The background scan log page (15h, SBC-5 6.4.2) counts minutes in four bytes and never saturates in a drive's life.
    Disks without it may have the factory log page (3Eh) of their vendor, which counts minutes as well. The self-test
    log is no clock: its hours stand still between tests.
    """
    for read, source in ((background_scan_minutes, BACKGROUND_SCAN_SOURCE), (_factory_minutes, FACTORY_SOURCE)):
        minutes = side_answer(session, functools.partial(read, session))
        if minutes is not None:
            return minutes // 60, source
    return None, None


def _factory_minutes(session: Sender) -> int | None:
    """Power-on minutes from the factory log page; only disks of vendors whose page is known are asked."""
    unsaid: list[str] = []
    standard = decode_standard_inquiry(session.send(inquiry()).data, unsaid)
    if standard["t10_vendor_identification"] not in FACTORY_VENDORS:
        return None
    if standard["peripheral_device_type"] is None or standard["peripheral_device_type"]["value"] != DISK:
        return None
    # The other parameters are not used, so it does not matter if they are cut.
    values = decode_factory_log(session.send(log_sense(FACTORY_PAGE, 0, _FACTORY_LENGTH)).data, unsaid)
    minutes: int | None = values["accumulated_power_on_minutes"]
    return minutes

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which drive it is."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional

from .._passthrough.errors import CheckCondition
from .._passthrough.session import Session
from .._scsi.inquiry import decode_standard_inquiry
from .._scsi.vpd_designators import DEVICE_IDENTIFICATION, decode_device_identification, logical_unit_name
from .commands import inquiry, vital_product_data


class Identity(NamedTuple):
    """The standard INQUIRY data, and the logical unit's name where it has one."""

    inquiry: Dict[str, Any]
    wwn: Optional[str]


def read_identity(session: Session) -> Identity:
    """Asks the drive. What is wrong with its answers is told by whoever reports them, not here."""
    unsaid: List[str] = []
    standard = decode_standard_inquiry(session.send(inquiry()).data, unsaid)
    try:
        designators = decode_device_identification(
            session.send(vital_product_data(DEVICE_IDENTIFICATION)).data, unsaid)
    except CheckCondition:
        # Before SPC-2 no device has the page, and simple ones never have.
        return Identity(standard, None)
    return Identity(standard, logical_unit_name(designators))

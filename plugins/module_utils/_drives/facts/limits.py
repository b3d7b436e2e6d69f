# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of one command to a disk (SBC-5 6.6.4)."""

from __future__ import annotations

from typing import Any

from ..._scsi.device_types import DISKS
from ..._scsi.vpd_block_limits import BLOCK_LIMITS, decode_block_limits
from ..careful_session import CarefulSession
from .pages import vital_product_data


def gather_limits(session: CarefulSession) -> dict[str, Any] | None:
    """The block limits VPD page, B0h, by its fields' names; ``None`` if the drive has no such page."""
    if session.device_type not in DISKS:
        return None
    found: dict[str, Any] | None = vital_product_data(session, BLOCK_LIMITS, decode_block_limits)
    return found

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at a drive's self tests, in whatever way it tells of them."""

from __future__ import annotations

from typing import List, Optional

from .._passthrough.session import Session
from .selftest_ata import is_ata, read_ata_state
from .selftest_state import State, read_state


def look_at(session: Session, warnings: List[str], previous: Optional[State] = None) -> State:
    """What the drive says by SCSI; where it keeps no log so, and is an ATA drive, what it says by SMART."""
    if previous is not None and previous.by_ata:
        return read_ata_state(session, warnings, previous)
    state = read_state(session, warnings, previous)
    if state.log_supported is False and is_ata(session):
        return read_ata_state(session, warnings, state)
    return state

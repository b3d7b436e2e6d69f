# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LOG SENSE and MODE SENSE."""

from __future__ import annotations

from .._passthrough.command import Command
from .._scsi import log_sense as logs
from .._scsi import mode_sense as modes
from .commands import command


def log_sense(page: int, subpage: int, allocation_length: int) -> Command:
    """A log page, cumulative values."""
    return command(
        logs.LOG_SENSE.encode(page_code=page, subpage_code=subpage, allocation_length=allocation_length),
        allocation_length)


def mode_sense_10(page: int, allocation_length: int = 252) -> Command:
    """A mode page, current values, without block descriptors."""
    return command(
        modes.MODE_SENSE_10.encode(dbd=True, page_code=page, allocation_length=allocation_length), allocation_length)


def mode_sense_6(page: int, allocation_length: int = 252) -> Command:
    """The same from a device that has no MODE SENSE(10)."""
    return command(
        modes.MODE_SENSE_6.encode(dbd=True, page_code=page, allocation_length=allocation_length), allocation_length)

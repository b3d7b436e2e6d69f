# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The REQUEST SENSE command; its parameter data is sense data, see `sense`."""

from __future__ import annotations

from .table import Table, flag, uint

REQUEST_SENSE = Table(
    "REQUEST SENSE", "SPC-4 6.39",
    uint("operation_code", 0),
    flag("desc", 1, 0),
    uint("allocation_length", 4),
    uint("control", 5),
    operation_code=0x03,
)

# Sense data is at most 252 bytes (SPC-6 4.4.2). Progress ends at byte 17 in fixed format, but can be far beyond that in
# descriptor format.
MAXIMUM_SENSE_LENGTH = 252

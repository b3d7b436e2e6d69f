# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sense keys (SPC-6 4.4.6), separate from the large table of additional sense codes, which few need."""

from __future__ import annotations

(NO_SENSE, RECOVERED_ERROR, NOT_READY, MEDIUM_ERROR, HARDWARE_ERROR, ILLEGAL_REQUEST, UNIT_ATTENTION, DATA_PROTECT,
 BLANK_CHECK, VENDOR_SPECIFIC, COPY_ABORTED, ABORTED_COMMAND, EQUAL, VOLUME_OVERFLOW, MISCOMPARE, COMPLETED) = range(16)

SENSE_KEYS: dict[int, str] = {
    NO_SENSE: "no sense", RECOVERED_ERROR: "recovered error", NOT_READY: "not ready", MEDIUM_ERROR: "medium error",
    HARDWARE_ERROR: "hardware error", ILLEGAL_REQUEST: "illegal request", UNIT_ATTENTION: "unit attention",
    DATA_PROTECT: "data protect", BLANK_CHECK: "blank check", VENDOR_SPECIFIC: "vendor specific",
    COPY_ABORTED: "copy aborted", ABORTED_COMMAND: "aborted command", EQUAL: "equal (obsolete)",
    VOLUME_OVERFLOW: "volume overflow", MISCOMPARE: "miscompare", COMPLETED: "completed",
}

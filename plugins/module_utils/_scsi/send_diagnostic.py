# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SEND DIAGNOSTIC (SPC-6 6.42)."""

from __future__ import annotations

from .table import Table, bits, flag, uint

#: Of the command and of the log. As a command, 4 starts nothing and ends the test that runs in the background.
SELF_TEST_CODES = {
    0: "default", 1: "background short", 2: "background extended", 4: "abort background", 5: "foreground short",
    6: "foreground extended",
}

SEND_DIAGNOSTIC = Table(
    "SEND DIAGNOSTIC", "SPC-6 6.42",
    uint("operation_code", 0),
    bits("self_test_code", 1, 7, 5, SELF_TEST_CODES),
    flag("pf", 1, 4),
    flag("selftest", 1, 2),
    flag("devoffl", 1, 1),
    flag("unitoffl", 1, 0),
    uint("parameter_list_length", 3, 4),
    uint("control", 5),
    operation_code=0x1D)

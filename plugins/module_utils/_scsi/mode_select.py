# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MODE SELECT: the commands, and the mode parameter list that they send (SPC-6 6.11, 6.12, 7.5)."""

from __future__ import annotations

from .table import Table, flag, uint

MODE_SELECT_6 = Table(
    "MODE SELECT(6)", "SPC-6 6.11",
    uint("operation_code", 0),
    flag("pf", 1, 4),
    flag("rtd", 1, 1),
    flag("sp", 1, 0),
    uint("parameter_list_length", 4),
    uint("control", 5),
    operation_code=0x15)

MODE_SELECT_10 = Table(
    "MODE SELECT(10)", "SPC-6 6.12",
    uint("operation_code", 0),
    flag("pf", 1, 4),
    flag("rtd", 1, 1),
    flag("sp", 1, 0),
    uint("parameter_list_length", 7, 8),
    uint("control", 9),
    operation_code=0x55)

SHORT_BLOCK_DESCRIPTOR = Table(
    "short LBA mode parameter block descriptor", "SBC-5 6.5",
    # All ones stand for a number that does not fit.
    uint("number_of_logical_blocks", 0, 3, unknown=0xFFFFFFFF),
    uint("logical_block_length_bytes", 5, 7),
    size=8)

LONG_BLOCK_DESCRIPTOR = Table(
    "long LBA mode parameter block descriptor", "SBC-5 6.5",
    uint("number_of_logical_blocks", 0, 7),
    uint("logical_block_length_bytes", 12, 15),
    size=16)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SYNCHRONIZE CACHE and PRE-FETCH (SBC-5 5). A length of 0 means all blocks up to the last."""

from __future__ import annotations

from .table import Table, bits, flag, uint

SYNCHRONIZE_CACHE_10 = Table(
    "SYNCHRONIZE CACHE(10)", "SBC-5 5, SYNCHRONIZE CACHE (10) command",
    uint("operation_code", 0),
    flag("immed", 1, 1),
    uint("logical_block_address", 2, 5),
    bits("group_number", 6, 5, 0),
    uint("number_of_logical_blocks", 7, 8),
    uint("control", 9),
    operation_code=0x35)

SYNCHRONIZE_CACHE_16 = Table(
    "SYNCHRONIZE CACHE(16)", "SBC-5 5, SYNCHRONIZE CACHE (16) command",
    uint("operation_code", 0),
    flag("immed", 1, 1),
    uint("logical_block_address", 2, 9),
    uint("number_of_logical_blocks", 10, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x91)

PRE_FETCH_10 = Table(
    "PRE-FETCH(10)", "SBC-5 5, PRE-FETCH (10) command",
    uint("operation_code", 0),
    flag("immed", 1, 1),
    uint("logical_block_address", 2, 5),
    bits("group_number", 6, 5, 0),
    uint("prefetch_length", 7, 8),
    uint("control", 9),
    operation_code=0x34)

PRE_FETCH_16 = Table(
    "PRE-FETCH(16)", "SBC-5 5, PRE-FETCH (16) command",
    uint("operation_code", 0),
    flag("immed", 1, 1),
    uint("logical_block_address", 2, 9),
    uint("prefetch_length", 10, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x90)

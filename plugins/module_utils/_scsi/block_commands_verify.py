# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VERIFY, WRITE AND VERIFY, COMPARE AND WRITE, and ORWRITE (SBC-5 5): commands that compare or combine.

BYTCHK of VERIFY: 00b checks only the medium and transfers no data, 01b transfers a block for each one to compare it
with, 11b transfers one block and compares all with it; 10b is reserved. WRITE AND VERIFY always transfers its blocks.
"""

from __future__ import annotations

from .table import Table, bits, flag, uint

MEDIUM_ONLY, EACH_BLOCK, RESERVED_BYTCHK, SAME_BLOCK = range(4)

VERIFY_10 = Table(
    "VERIFY(10)", "SBC-5 5, VERIFY (10) command",
    uint("operation_code", 0),
    bits("vrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    bits("bytchk", 1, 2, 1),
    uint("logical_block_address", 2, 5),
    bits("group_number", 6, 5, 0),
    uint("verification_length", 7, 8),
    uint("control", 9),
    operation_code=0x2F)

VERIFY_12 = Table(
    "VERIFY(12)", "SBC-5 5, VERIFY (12) command",
    uint("operation_code", 0),
    bits("vrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    bits("bytchk", 1, 2, 1),
    uint("logical_block_address", 2, 5),
    uint("verification_length", 6, 9),
    bits("group_number", 10, 5, 0),
    uint("control", 11),
    operation_code=0xAF)

VERIFY_16 = Table(
    "VERIFY(16)", "SBC-5 5, VERIFY (16) command",
    uint("operation_code", 0),
    bits("vrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    bits("bytchk", 1, 2, 1),
    uint("logical_block_address", 2, 9),
    uint("verification_length", 10, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x8F)

WRITE_AND_VERIFY_10 = Table(
    "WRITE AND VERIFY(10)", "SBC-5 5, WRITE AND VERIFY (10) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    bits("bytchk", 1, 2, 1),
    uint("logical_block_address", 2, 5),
    bits("group_number", 6, 5, 0),
    uint("transfer_length", 7, 8),
    uint("control", 9),
    operation_code=0x2E)

WRITE_AND_VERIFY_12 = Table(
    "WRITE AND VERIFY(12)", "SBC-5 5, WRITE AND VERIFY (12) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    bits("bytchk", 1, 2, 1),
    uint("logical_block_address", 2, 5),
    uint("transfer_length", 6, 9),
    bits("group_number", 10, 5, 0),
    uint("control", 11),
    operation_code=0xAE)

WRITE_AND_VERIFY_16 = Table(
    "WRITE AND VERIFY(16)", "SBC-5 5, WRITE AND VERIFY (16) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    bits("bytchk", 1, 2, 1),
    uint("logical_block_address", 2, 9),
    uint("transfer_length", 10, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x8E)

COMPARE_AND_WRITE = Table(
    "COMPARE AND WRITE", "SBC-5 5, COMPARE AND WRITE command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    uint("logical_block_address", 2, 9),
    # Twice as many are transferred: those to compare with, then those to write.
    uint("number_of_logical_blocks", 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x89)

ORWRITE_16 = Table(
    "ORWRITE(16)", "SBC-5 5, ORWRITE (16) command",
    uint("operation_code", 0),
    bits("orprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    uint("logical_block_address", 2, 9),
    uint("transfer_length", 10, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x8B)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""READ, WRITE and WRITE STREAM (SBC-5 5), and the tables of all block commands.

READ(6) and WRITE(6) are defined in SBC-3; current disks still accept them. A transfer length of 0 means 256 blocks in
these two, and none in all others.
"""

from __future__ import annotations

from .block_commands_cache import PRE_FETCH_10, PRE_FETCH_16, SYNCHRONIZE_CACHE_10, SYNCHRONIZE_CACHE_16
from .block_commands_capacity import READ_CAPACITY_10, READ_CAPACITY_16, READ_CAPACITY_16_ACTION
from .block_commands_provisioning import GET_LBA_STATUS, GET_LBA_STATUS_ACTION, UNMAP, WRITE_SAME_10, WRITE_SAME_16
from .block_commands_verify import (
    COMPARE_AND_WRITE,
    ORWRITE_16,
    VERIFY_10,
    VERIFY_12,
    VERIFY_16,
    WRITE_AND_VERIFY_10,
    WRITE_AND_VERIFY_12,
    WRITE_AND_VERIFY_16,
)
from .table import Table, bits, flag, span, uint

#: What a transfer length of 0 stands for in READ(6) and WRITE(6).
SIX_BYTE_DEFAULT = 256

WRITE_STREAM_32_ACTION = 0x0010
VARIABLE_LENGTH = 0x7F

READ_6 = Table(
    "READ(6)", "SBC-3, READ (6) command",
    uint("operation_code", 0),
    span("logical_block_address", 1, 3, 20, 0),
    uint("transfer_length", 4),
    uint("control", 5),
    operation_code=0x08)

READ_10 = Table(
    "READ(10)", "SBC-5 5, READ (10) command",
    uint("operation_code", 0),
    bits("rdprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    flag("rarc", 1, 2),
    uint("logical_block_address", 2, 5),
    bits("group_number", 6, 5, 0),
    uint("transfer_length", 7, 8),
    uint("control", 9),
    operation_code=0x28)

READ_12 = Table(
    "READ(12)", "SBC-5 5, READ (12) command",
    uint("operation_code", 0),
    bits("rdprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    flag("rarc", 1, 2),
    uint("logical_block_address", 2, 5),
    uint("transfer_length", 6, 9),
    bits("group_number", 10, 5, 0),
    uint("control", 11),
    operation_code=0xA8)

READ_16 = Table(
    "READ(16)", "SBC-5 5, READ (16) command",
    uint("operation_code", 0),
    bits("rdprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    flag("rarc", 1, 2),
    flag("dld2", 1, 0),
    uint("logical_block_address", 2, 9),
    uint("transfer_length", 10, 13),
    flag("dld1", 14, 7),
    flag("dld0", 14, 6),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x88)

WRITE_6 = Table(
    "WRITE(6)", "SBC-3, WRITE (6) command",
    uint("operation_code", 0),
    span("logical_block_address", 1, 3, 20, 0),
    uint("transfer_length", 4),
    uint("control", 5),
    operation_code=0x0A)

WRITE_10 = Table(
    "WRITE(10)", "SBC-5 5, WRITE (10) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    uint("logical_block_address", 2, 5),
    bits("group_number", 6, 5, 0),
    uint("transfer_length", 7, 8),
    uint("control", 9),
    operation_code=0x2A)

WRITE_12 = Table(
    "WRITE(12)", "SBC-5 5, WRITE (12) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    uint("logical_block_address", 2, 5),
    uint("transfer_length", 6, 9),
    bits("group_number", 10, 5, 0),
    uint("control", 11),
    operation_code=0xAA)

WRITE_16 = Table(
    "WRITE(16)", "SBC-5 5, WRITE (16) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    flag("dld2", 1, 0),
    uint("logical_block_address", 2, 9),
    uint("transfer_length", 10, 13),
    flag("dld1", 14, 7),
    flag("dld0", 14, 6),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x8A)

WRITE_STREAM_16 = Table(
    "WRITE STREAM(16)", "SBC-5 5, WRITE STREAM (16) command",
    uint("operation_code", 0),
    bits("wrprotect", 1, 7, 5),
    flag("dpo", 1, 4),
    flag("fua", 1, 3),
    uint("logical_block_address", 2, 9),
    uint("str_id", 10, 11),
    uint("transfer_length", 12, 13),
    bits("group_number", 14, 5, 0),
    uint("control", 15),
    operation_code=0x9A)

WRITE_STREAM_32 = Table(
    "WRITE STREAM(32)", "SBC-5 5, WRITE STREAM (32) command",
    uint("operation_code", 0),
    uint("control", 1),
    uint("str_id", 4, 5),
    bits("group_number", 6, 5, 0),
    uint("additional_cdb_length", 7),
    uint("service_action", 8, 9),
    bits("wrprotect", 10, 7, 5),
    flag("dpo", 10, 4),
    flag("fua", 10, 3),
    uint("logical_block_address", 12, 19),
    uint("expected_initial_logical_block_reference_tag", 20, 23),
    uint("expected_logical_block_application_tag", 24, 25),
    uint("logical_block_application_tag_mask", 26, 27),
    uint("transfer_length", 28, 31),
    operation_code=VARIABLE_LENGTH, additional_cdb_length=0x18, service_action=WRITE_STREAM_32_ACTION)

#: The CDB of each command, by operation code and service action.
BLOCK_COMMANDS: dict[tuple[int, int | None], Table] = {
    (0x08, None): READ_6, (0x28, None): READ_10, (0xA8, None): READ_12, (0x88, None): READ_16,
    (0x0A, None): WRITE_6, (0x2A, None): WRITE_10, (0xAA, None): WRITE_12, (0x8A, None): WRITE_16,
    (0x9A, None): WRITE_STREAM_16, (VARIABLE_LENGTH, WRITE_STREAM_32_ACTION): WRITE_STREAM_32,
    (0x2E, None): WRITE_AND_VERIFY_10, (0xAE, None): WRITE_AND_VERIFY_12, (0x8E, None): WRITE_AND_VERIFY_16,
    (0x2F, None): VERIFY_10, (0xAF, None): VERIFY_12, (0x8F, None): VERIFY_16,
    (0x89, None): COMPARE_AND_WRITE, (0x8B, None): ORWRITE_16,
    (0x35, None): SYNCHRONIZE_CACHE_10, (0x91, None): SYNCHRONIZE_CACHE_16,
    (0x34, None): PRE_FETCH_10, (0x90, None): PRE_FETCH_16,
    (0x41, None): WRITE_SAME_10, (0x93, None): WRITE_SAME_16, (0x42, None): UNMAP,
    (0x9E, GET_LBA_STATUS_ACTION): GET_LBA_STATUS,
    (0x25, None): READ_CAPACITY_10, (0x9E, READ_CAPACITY_16_ACTION): READ_CAPACITY_16,
}

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""START STOP UNIT, and PREVENT ALLOW MEDIUM REMOVAL (SBC-5 5)."""

from __future__ import annotations

from .table import Table, bits, flag, uint

START_VALID = 0x0
ACTIVE = 0x1
IDLE = 0x2
STANDBY = 0x3
LU_CONTROL = 0x7
FORCE_IDLE = 0xA
FORCE_STANDBY = 0xB

POWER_CONDITIONS = {
    START_VALID: "start or stop", ACTIVE: "active", IDLE: "idle", STANDBY: "standby", LU_CONTROL: "timers",
    FORCE_IDLE: "force idle", FORCE_STANDBY: "force standby",
}

START_STOP_UNIT = Table(
    "START STOP UNIT", "SBC-5 5, START STOP UNIT command",
    uint("operation_code", 0),
    flag("immed", 1, 0),
    bits("power_condition_modifier", 3, 3, 0),
    bits("power_condition", 4, 7, 4, POWER_CONDITIONS),
    flag("no_flush", 4, 2),
    flag("loej", 4, 1),
    flag("start", 4, 0),
    uint("control", 5),
    operation_code=0x1B)

PREVENTIONS = {0: "allowed", 1: "prevented", 2: "obsolete", 3: "obsolete"}

PREVENT_ALLOW_MEDIUM_REMOVAL = Table(
    "PREVENT ALLOW MEDIUM REMOVAL", "SBC-5 5, PREVENT ALLOW MEDIUM REMOVAL command",
    uint("operation_code", 0),
    bits("prevent", 4, 1, 0, PREVENTIONS),
    uint("control", 5),
    operation_code=0x1E)

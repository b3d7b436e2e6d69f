# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PERSISTENT RESERVE OUT: registers, reserves, releases and preempts (SPC-6 6, PERSISTENT RESERVE OUT command)."""

from __future__ import annotations

from .persistent_reserve_in import SCOPES, TYPES
from .table import Table, bits, flag, hexadecimal, uint

REGISTER = 0x00
RESERVE = 0x01
RELEASE = 0x02
CLEAR = 0x03
PREEMPT = 0x04
PREEMPT_AND_ABORT = 0x05
REGISTER_AND_IGNORE_EXISTING_KEY = 0x06
REGISTER_AND_MOVE = 0x07

PERSISTENT_RESERVE_OUT = Table(
    "PERSISTENT RESERVE OUT", "SPC-6 6, PERSISTENT RESERVE OUT command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    bits("scope", 2, 7, 4, SCOPES),
    bits("type", 2, 3, 0, TYPES),
    uint("parameter_list_length", 5, 8),
    uint("control", 9),
    operation_code=0x5F)

#: Keys are hex digits: they are names, not numbers. With SPEC_I_PT, the length of the TransportIDs in four bytes and
#: these follow.
PARAMETER_LIST = Table(
    "PERSISTENT RESERVE OUT parameter list", "SPC-6 6, PERSISTENT RESERVE OUT command",
    hexadecimal("reservation_key", 0, 7),
    hexadecimal("service_action_reservation_key", 8, 15),
    flag("spec_i_pt", 20, 3),
    flag("all_tg_pt", 20, 2),
    flag("aptpl", 20, 0),
    size=24)

#: A TransportID follows.
REGISTER_AND_MOVE_LIST = Table(
    "REGISTER AND MOVE parameter list", "SPC-6 6, PERSISTENT RESERVE OUT command",
    hexadecimal("reservation_key", 0, 7),
    hexadecimal("service_action_reservation_key", 8, 15),
    flag("unreg", 17, 1),
    flag("aptpl", 17, 0),
    uint("relative_target_port_identifier", 18, 19),
    uint("transportid_length", 20, 23))

NO_KEY = "0000000000000000"

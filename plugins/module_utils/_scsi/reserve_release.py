# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RESERVE and RELEASE, the predecessors of persistent reservations (SPC-2 5.5, 7)."""

from __future__ import annotations

from .table import Table, flag, uint

RESERVE_6 = Table(
    "RESERVE(6)", "SPC-2 7",
    uint("operation_code", 0),
    flag("extent", 1, 0),
    uint("reservation_identification", 2),
    uint("parameter_list_length", 3, 4),
    uint("control", 5),
    operation_code=0x16)

RELEASE_6 = Table(
    "RELEASE(6)", "SPC-2 7",
    uint("operation_code", 0),
    flag("extent", 1, 0),
    uint("reservation_identification", 2),
    uint("control", 5),
    operation_code=0x17)

RESERVE_10 = Table(
    "RESERVE(10)", "SPC-2 7",
    uint("operation_code", 0),
    flag("third_party", 1, 4),
    flag("long_id", 1, 1),
    flag("extent", 1, 0),
    uint("reservation_identification", 2),
    uint("third_party_device_id", 3),
    uint("parameter_list_length", 7, 8),
    uint("control", 9),
    operation_code=0x56)

RELEASE_10 = Table(
    "RELEASE(10)", "SPC-2 7",
    uint("operation_code", 0),
    flag("third_party", 1, 4),
    flag("long_id", 1, 1),
    flag("extent", 1, 0),
    uint("reservation_identification", 2),
    uint("third_party_device_id", 3),
    uint("parameter_list_length", 7, 8),
    uint("control", 9),
    operation_code=0x57)

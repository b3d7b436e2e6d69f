# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control mode page, 0Ah (SPC-6 7.5.11)."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .table import Table, bits, flag, uint

CONTROL_MODE_PAGE = 0x0A

CONTROL_MODE = Table(
    "control mode page", "SPC-6 7.5.11",
    flag("ps", 0, 7),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    bits("tst", 2, 7, 5),
    flag("tmf_only", 2, 4),
    flag("dpicz", 2, 3),
    flag("d_sense", 2, 2),
    flag("gltsd", 2, 1),
    flag("rlec", 2, 0),
    bits("queue_algorithm_modifier", 3, 7, 4),
    flag("nuar", 3, 3),
    bits("qerr", 3, 2, 1),
    flag("rac", 4, 6),
    bits("ua_intlck_ctrl", 4, 5, 4),
    flag("swp", 4, 3),
    flag("ato", 5, 7),
    flag("tas", 5, 6),
    flag("atmpe", 5, 5),
    flag("rwwp", 5, 4),
    bits("autoload_mode", 5, 2, 0),
    uint("busy_timeout_period", 8, 9),
    uint("extended_self_test_completion_time_seconds", 10, 11, unknown=0xFFFF),
    page_code=CONTROL_MODE_PAGE, page_length=10)


def decode_control_mode(page: Optional[bytes]) -> Dict[str, Any]:
    """The page, as `mode_sense.find_page` gives it.

    ``extended_self_test_completion_time_seconds`` is ``None`` where the page says FFFFh: VPD page 86h has minutes.
    The busy timeout period counts 100 milliseconds.
    """
    return CONTROL_MODE.decode((page or b"")[:CONTROL_MODE.size])


def encode_control_mode(values: Dict[str, Any]) -> bytes:
    """The whole page of 12 bytes."""
    return CONTROL_MODE.encode(values)

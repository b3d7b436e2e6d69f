# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control extension mode page, 0Ah subpage 01h (SPC-6 7.5)."""

from __future__ import annotations

from typing import Any, Mapping

from .mode_page import decode_mode_page
from .table import Table, bits, flag, uint

CONTROL_EXTENSION_MODE_PAGE = 0x0A
CONTROL_EXTENSION_SUBPAGE = 0x01

CONTROL_EXTENSION_MODE = Table(
    "control extension mode page", "SPC-6 7.5",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("subpage_code", 1),
    uint("page_length", 2, 3),
    flag("dlc", 4, 3),
    flag("tcmos", 4, 2),
    flag("scsip", 4, 1),
    flag("ialuae", 4, 0),
    bits("initial_command_priority", 5, 3, 0),
    uint("maximum_sense_data_length", 6, unknown=0),
    size=32, spf=True, page_code=CONTROL_EXTENSION_MODE_PAGE, subpage_code=CONTROL_EXTENSION_SUBPAGE, page_length=28)


def decode_control_extension_mode(page: bytes | None, warnings: list[str] | None = None) -> dict[str, Any]:
    """The page, as `mode_sense.find_page` returns it; all ``None`` for none.

    ``maximum_sense_data_length`` is in bytes, ``None`` also if the drive sets no limit.
    """
    return decode_mode_page(
        CONTROL_EXTENSION_MODE, page, CONTROL_EXTENSION_MODE_PAGE, CONTROL_EXTENSION_SUBPAGE, warnings)


def encode_control_extension_mode(values: Mapping[str, Any]) -> bytes:
    """The whole page of 32 bytes."""
    return CONTROL_EXTENSION_MODE.encode(values)

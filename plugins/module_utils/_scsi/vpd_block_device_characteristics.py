# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Block device characteristics, VPD page B1h: what kind of disk it is (SBC-5 6.6.2)."""

from __future__ import annotations

from typing import Any, Mapping

from .table import Table, bits, code, flag, uint, without
from .vpd import VPD_HEADER, whole_page, with_header

BLOCK_DEVICE_CHARACTERISTICS = 0xB1

NON_ROTATING = 0x0001
_SLOWEST, _FASTEST = 0x0401, 0xFFFE

PRODUCT_TYPES = {
    0: "not indicated", 1: "CFast", 2: "CompactFlash", 3: "Memory Stick", 4: "MultiMediaCard", 5: "SD card", 6: "XQD",
    7: "universal flash storage card",
}
NOMINAL_FORM_FACTORS = {
    0: "not reported", 1: "5.25 inch", 2: "3.5 inch", 3: "2.5 inch", 4: "1.8 inch", 5: "less than 1.8 inch",
}
#: Obsolete in SBC-5, where VPD page B6h reports it.
ZONED = {0: "not reported", 1: "host aware", 2: "device managed"}

BLOCK_DEVICE_CHARACTERISTICS_DATA = Table(
    "block device characteristics VPD page", "SBC-5 6.6.2",
    uint("medium_rotation_rate", 4, 5, unknown=0),
    code("product_type", 6, None, PRODUCT_TYPES),
    bits("wabereq", 7, 7, 6),
    bits("wacereq", 7, 5, 4),
    bits("nominal_form_factor", 7, 3, 0, NOMINAL_FORM_FACTORS),
    flag("mact", 8, 6),
    bits("zoned", 8, 5, 4, ZONED),
    flag("rbwz", 8, 3),
    flag("bocs", 8, 2),
    flag("fuab", 8, 1),
    flag("vbuls", 8, 0),
    uint("depopulation_time_seconds", 12, 15, unknown=0),
    size=64)


def decode_block_device_characteristics(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The page; what an old or short one does not have is ``None``.

    ``medium_rotation_rate`` is the field itself: in revolutions per minute, or 1 for a medium that does not rotate. Its
    meaning is in ``rotation_rate_rpm``, a number or ``None``, and in ``non_rotating``, ``None`` if not reported by the
    disk.
    """
    values = BLOCK_DEVICE_CHARACTERISTICS_DATA.decode(whole_page(data, BLOCK_DEVICE_CHARACTERISTICS, warnings))
    rate = values["medium_rotation_rate"]
    rotates = rate is not None and _SLOWEST <= rate <= _FASTEST
    values["rotation_rate_rpm"] = rate if rotates else None
    values["non_rotating"] = True if rate == NON_ROTATING else False if rotates else None
    return values


def encode_block_device_characteristics(values: Mapping[str, Any], peripheral_device_type: int = 0) -> bytes:
    """The whole page of 64 bytes; the rotation rate is taken from ``medium_rotation_rate``."""
    page = BLOCK_DEVICE_CHARACTERISTICS_DATA.encode(without(values, "rotation_rate_rpm", "non_rotating"))
    return with_header(BLOCK_DEVICE_CHARACTERISTICS, page[VPD_HEADER.size:], peripheral_device_type)

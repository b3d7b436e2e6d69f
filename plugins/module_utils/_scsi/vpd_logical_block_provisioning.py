# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logical block provisioning, VPD page B2h: whether blocks may be without storage, and how (SBC-5 6.6.9)."""

from __future__ import annotations

from typing import Any, Mapping

from .table import Table, bits, flag, uint, without
from .vpd import VPD_HEADER, whole_page, with_header
from .vpd_designators import decode_designators, encode_designator

LOGICAL_BLOCK_PROVISIONING = 0xB2

FULL, RESOURCE, THIN = range(3)
PROVISIONING_TYPES = {FULL: "fully provisioned or not reported", RESOURCE: "resource provisioned",
                      THIN: "thin provisioned"}

LOGICAL_BLOCK_PROVISIONING_DATA = Table(
    "logical block provisioning VPD page", "SBC-5 6.6.9",
    uint("threshold_exponent", 4),
    flag("lbpu", 5, 7),
    flag("lbpws", 5, 6),
    flag("lbpws10", 5, 5),
    # xx1b: unmapped blocks read as zeros; 010b: as the provisioning initialization pattern.
    bits("lbprz", 5, 4, 2),
    flag("anc_sup", 5, 1),
    flag("dp", 5, 0),
    bits("minimum_percentage", 6, 7, 3),
    bits("provisioning_type", 6, 2, 0, PROVISIONING_TYPES),
    uint("threshold_percentage", 7))


def decode_logical_block_provisioning(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The page. ``provisioning_group`` is a designator as `vpd_designators` decodes it, or ``None``.

    ``threshold_exponent``, ``minimum_percentage`` and ``threshold_percentage`` are ``None`` if the disk has none.
    """
    page = whole_page(data, LOGICAL_BLOCK_PROVISIONING, warnings)
    values = LOGICAL_BLOCK_PROVISIONING_DATA.decode(page)
    for name in ("threshold_exponent", "minimum_percentage", "threshold_percentage"):
        values[name] = values[name] or None
    groups = decode_designators(page[LOGICAL_BLOCK_PROVISIONING_DATA.size:], warnings) if values["dp"] else []
    return dict(values, provisioning_group=groups[0] if groups else None)


def encode_logical_block_provisioning(values: Mapping[str, Any], peripheral_device_type: int = 0) -> bytes:
    """The whole page; with a ``provisioning_group`` it has DP."""
    group = values.get("provisioning_group")
    dp = group is not None or bool(values.get("dp"))
    page = LOGICAL_BLOCK_PROVISIONING_DATA.encode(without(values, "provisioning_group", "dp"), dp=dp)
    body = page[VPD_HEADER.size:] + (b"" if group is None else encode_designator(group))
    return with_header(LOGICAL_BLOCK_PROVISIONING, body, peripheral_device_type)

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extended INQUIRY data, VPD page 86h (SPC-6 7.7.7)."""

from __future__ import annotations

from typing import Any, Dict, List

from .table import Table, bits, flag, uint
from .vpd import page_body, with_header

EXTENDED_INQUIRY = 0x86

#: Offsets are those of the page less its header of four bytes.
EXTENDED_INQUIRY_DATA = Table(
    "extended INQUIRY data", "SPC-6 7.7.7",
    bits("activate_microcode", 0, 7, 6),
    bits("spt", 0, 5, 3),
    flag("grd_chk", 0, 2),
    flag("app_chk", 0, 1),
    flag("ref_chk", 0, 0),
    flag("uask_sup", 1, 5),
    flag("group_sup", 1, 4),
    flag("prior_sup", 1, 3),
    flag("headsup", 1, 2),
    flag("ordsup", 1, 1),
    flag("simpsup", 1, 0),
    flag("wu_sup", 2, 3),
    flag("crd_sup", 2, 2),
    flag("nv_sup", 2, 1),
    flag("v_sup", 2, 0),
    flag("no_pi_chk", 3, 5),
    flag("p_i_i_sup", 3, 4),
    flag("luiclr", 3, 0),
    bits("lu_collection_type", 4, 7, 5),
    flag("r_sup", 4, 4),
    flag("rtd_sup", 4, 3),
    flag("hssrelef", 4, 1),
    bits("multi_i_t_nexus_microcode_download", 5, 3, 0),
    uint("extended_self_test_completion_minutes", 6, 7, unknown=0),
    flag("poa_sup", 8, 7),
    flag("hra_sup", 8, 6),
    flag("vsa_sup", 8, 5),
    flag("dms_valid", 8, 4),
    uint("maximum_supported_sense_data_length", 9),
    flag("ibs", 10, 7),
    flag("ias", 10, 6),
    flag("sac", 10, 2),
    flag("nrd1", 10, 1),
    flag("nrd0", 10, 0),
    uint("maximum_inquiry_change_logs", 11, 12),
    uint("maximum_mode_page_change_logs", 13, 14),
    size=60)


def decode_extended_inquiry(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """The page; older and broken targets send short ones, of which what is there is given."""
    return EXTENDED_INQUIRY_DATA.decode(page_body(data, EXTENDED_INQUIRY, warnings) or b"")


def encode_extended_inquiry(values: Dict[str, Any]) -> bytes:
    """The whole page."""
    return with_header(EXTENDED_INQUIRY, EXTENDED_INQUIRY_DATA.encode(values))

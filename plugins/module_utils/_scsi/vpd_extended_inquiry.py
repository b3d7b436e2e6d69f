# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extended INQUIRY data, VPD page 86h (SPC-6 7.7.7)."""

from __future__ import annotations

from typing import Any, Mapping

from .table import Table, bits, flag, short, uint
from .vpd import VPD_HEADER, whole_page, with_header

EXTENDED_INQUIRY = 0x86

ACTIVATE_MICROCODE = {
    0: "not reported", 1: "before the final command of a download completes", 2: "after power on or hard reset",
}
LU_COLLECTION_TYPES = {0: "not reported", 1: "conglomerate", 2: "logical unit group"}

EXTENDED_INQUIRY_DATA = Table(
    "extended INQUIRY data VPD page", "SPC-6 7.7.7",
    bits("activate_microcode", 4, 7, 6, ACTIVATE_MICROCODE),
    # Valid only if the standard INQUIRY data has PROTECT; its meaning depends on the device type.
    bits("spt", 4, 5, 3),
    flag("grd_chk", 4, 2),
    flag("app_chk", 4, 1),
    flag("ref_chk", 4, 0),
    flag("uask_sup", 5, 5),
    flag("group_sup", 5, 4),
    flag("prior_sup", 5, 3),
    flag("headsup", 5, 2),
    flag("ordsup", 5, 1),
    flag("simpsup", 5, 0),
    flag("wu_sup", 6, 3),
    flag("crd_sup", 6, 2),
    flag("nv_sup", 6, 1),
    flag("v_sup", 6, 0),
    flag("no_pi_chk", 7, 5),
    flag("p_i_i_sup", 7, 4),
    flag("luiclr", 7, 0),
    bits("lu_collection_type", 8, 7, 5, LU_COLLECTION_TYPES),
    flag("r_sup", 8, 4),
    flag("rtd_sup", 8, 3),
    flag("hssrelef", 8, 1),
    flag("cbcs", 8, 0),
    bits("multi_i_t_nexus_microcode_download", 9, 3, 0),
    uint("extended_self_test_completion_minutes", 10, 11, unknown=0),
    flag("poa_sup", 12, 7),
    flag("hra_sup", 12, 6),
    flag("vsa_sup", 12, 5),
    flag("dms_valid", 12, 4),
    uint("maximum_supported_sense_data_length", 13, unknown=0),
    flag("ibs", 14, 7),
    flag("ias", 14, 6),
    flag("sac", 14, 2),
    flag("nrd1", 14, 1),
    flag("nrd0", 14, 0),
    uint("maximum_inquiry_change_logs", 15, 16),
    uint("maximum_mode_page_change_logs", 17, 18),
    flag("dm_md_4", 19, 7),
    flag("dm_md_5", 19, 6),
    flag("dm_md_6", 19, 5),
    flag("dm_md_7", 19, 4),
    flag("dm_md_d", 19, 3),
    flag("dm_md_e", 19, 2),
    flag("dm_md_f", 19, 1),
    size=64)


def decode_extended_inquiry(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """The page; broken targets send short ones, which are decoded as far as they go.

    ``extended_self_test_completion_minutes`` is ``None`` if not reported by the drive, and so are the download modes
    ``dm_md_4`` to ``dm_md_f`` without ``dms_valid``.
    """
    page = whole_page(data, EXTENDED_INQUIRY, warnings)
    if page:
        claimed = VPD_HEADER.size + VPD_HEADER.decode(page)["page_length"]
        short(EXTENDED_INQUIRY_DATA, page, claimed, warnings)
    values = EXTENDED_INQUIRY_DATA.decode(page)
    if not values["dms_valid"]:
        values.update((name, None) for name in values if name.startswith("dm_md_"))
    return values


def encode_extended_inquiry(values: Mapping[str, Any], peripheral_device_type: int = 0) -> bytes:
    """The whole page of 64 bytes."""
    page = EXTENDED_INQUIRY_DATA.encode(values)
    return with_header(EXTENDED_INQUIRY, page[VPD_HEADER.size:], peripheral_device_type)

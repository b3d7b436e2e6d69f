# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phys of a SAS drive and the errors on their links (SPL-5 9.2.8.1)."""

from __future__ import annotations

from ..._scsi.log_sas_port import SAS_PORT_PAGE, decode_sas_port
from ..._scsi.table import Values
from ..careful_session import CarefulSession
from .pages import log_page

_SAS = 0x6
_COUNTERS = ("invalid_dword_count", "running_disparity_error_count", "loss_of_dword_synchronization_count",
             "phy_reset_problem_count")


def gather_phys(session: CarefulSession) -> list[Values] | None:
    """One entry per phy, of all ports; ``None`` for what is no SAS drive. The counters never go back by themselves."""
    ports = log_page(session, SAS_PORT_PAGE, decode_sas_port)
    if ports is None:
        return None
    found = [dict({
        "relative_target_port_identifier": port["relative_target_port_identifier"],
        "phy_identifier": phy["phy_identifier"],
        "negotiated_logical_link_rate": phy["negotiated_logical_link_rate"],
        "attached_sas_address": phy["attached_sas_address"]}, **{name: phy[name] for name in _COUNTERS})
        for port in ports if port["protocol_identifier"] == _SAS for phy in port["phys"]]
    return found or None

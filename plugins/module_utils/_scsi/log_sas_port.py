# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The protocol specific port log page of SAS, 18h (SPL-5 9.2.8.1): the phys of a drive, and their errors."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .log_sense import LOG_PARAMETER_HEADER, encode_page, parameters
from .table import Table, bits, hexadecimal, uint

SAS_PORT_PAGE = 0x18
_SAS = 0x6

DEVICE_TYPES = {0: "none", 1: "end device", 2: "expander device", 3: "fanout expander device"}
LINK_RATES = {
    0x0: "unknown", 0x1: "disabled", 0x2: "speed negotiation failed", 0x3: "SATA spin-up hold", 0x4: "port selector",
    0x5: "reset in progress", 0x6: "unsupported phy attached", 0x8: "1.5 Gbit/s", 0x9: "3 Gbit/s", 0xA: "6 Gbit/s",
    0xB: "12 Gbit/s", 0xC: "22.5 Gbit/s",
}

SAS_PORT = Table(
    "protocol specific port log parameter for SAS", "SPL-5 9.2.8.1",
    uint("relative_target_port_identifier", 0, 1),
    bits("protocol_identifier", 4, 3, 0),
    uint("generation_code", 6),
    uint("number_of_phys", 7))

SAS_PHY = Table(
    "SAS phy log descriptor", "SPL-5 9.2.8.1",
    uint("phy_identifier", 1),
    uint("sas_phy_log_descriptor_length", 3),
    bits("attached_device_type", 4, 6, 4, DEVICE_TYPES),
    bits("attached_reason", 4, 3, 0),
    bits("reason", 5, 7, 4),
    bits("negotiated_logical_link_rate", 5, 3, 0, LINK_RATES),
    hexadecimal("sas_address", 8, 15),
    hexadecimal("attached_sas_address", 16, 23),
    uint("attached_phy_identifier", 24),
    uint("invalid_dword_count", 32, 35),
    uint("running_disparity_error_count", 36, 39),
    uint("loss_of_dword_synchronization_count", 40, 43),
    uint("phy_reset_problem_count", 44, 47),
    size=52)

_TO_LENGTH = 4
#: Up to the last of the four counters. Before SPL the length byte was reserved, and a descriptor ended here.
_SHORTEST = 48


def decode_sas_port(data: bytes, warnings: list[str]) -> list[dict[str, Any]]:
    """The target ports of the drive, each with its ``phys``; a phy that was cut is left out.

    Ports of another protocol have none: what follows their header has another format.
    """
    found = []
    for parameter in parameters(data, SAS_PORT_PAGE, 0, warnings):
        port = SAS_PORT.decode(parameter.whole)
        phys = []
        at = SAS_PORT.size if port["protocol_identifier"] == _SAS else len(parameter.whole)
        while at + _TO_LENGTH <= len(parameter.whole):
            length = max(_SHORTEST, _TO_LENGTH + parameter.whole[at + 3])
            phy = SAS_PHY.decode(parameter.whole[at:at + length])
            if phy["phy_reset_problem_count"] is not None:
                phys.append(phy)
            at += length
        found.append(dict(port, phys=phys))
    return found


def encode_sas_port(ports: Sequence[Mapping[str, Any]]) -> bytes:
    """The whole page; lengths and numbers are computed."""
    listed = []
    for port in ports:
        phys = port["phys"]
        head = SAS_PORT.encode(
            relative_target_port_identifier=port["relative_target_port_identifier"], protocol_identifier=_SAS,
            generation_code=port.get("generation_code"), number_of_phys=len(phys))
        body = b"".join(
            SAS_PHY.encode(dict(phy, sas_phy_log_descriptor_length=SAS_PHY.size - _TO_LENGTH)) for phy in phys)
        listed.append((port["relative_target_port_identifier"], head[LOG_PARAMETER_HEADER.size:] + body))
    return encode_page(SAS_PORT_PAGE, 0, listed)

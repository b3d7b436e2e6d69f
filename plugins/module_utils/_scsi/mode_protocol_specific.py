# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocol specific mode pages, 18h for the logical unit and 19h for its port (SPC-6 7.5, SPL-5 9.2)."""

from __future__ import annotations

from typing import Any, Mapping

from .mode_page import decode_mode_page
from .table import Table, bits, flag, uint

PROTOCOL_SPECIFIC_LOGICAL_UNIT = 0x18
PROTOCOL_SPECIFIC_PORT = 0x19
_SAS = 0x6

#: PROTOCOL IDENTIFIER (SPC-6 7.6.1).
PROTOCOL_IDENTIFIERS = {
    0x0: "FCP", 0x1: "SCSI parallel", 0x2: "SSA", 0x3: "IEEE 1394", 0x4: "SRP", 0x5: "iSCSI", 0x6: "SAS", 0x7: "ADT",
    0x8: "ATA", 0x9: "USB", 0xA: "SCSI over PCIe", 0xB: "PCIe", 0xF: "none",
}

LOGICAL_UNIT_MODE = Table(
    "protocol specific logical unit mode page", "SPC-6 7.5, SPL-5 9.2",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    flag("transport_layer_retries", 2, 4),
    bits("protocol_identifier", 2, 3, 0, PROTOCOL_IDENTIFIERS),
    size=8, page_code=PROTOCOL_SPECIFIC_LOGICAL_UNIT, page_length=6)

PORT_MODE = Table(
    "protocol specific port mode page", "SPC-6 7.5, SPL-5 9.2",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("page_length", 1),
    # Those of SAS; other protocols have reserved bits here.
    flag("continue_awt", 2, 6),
    flag("broadcast_asynchronous_event", 2, 5),
    flag("ready_led_meaning", 2, 4),
    bits("protocol_identifier", 2, 3, 0, PROTOCOL_IDENTIFIERS),
    # 0 is a vendor specific time; FFFFh is no limit.
    uint("i_t_nexus_loss_time_milliseconds", 4, 5, unknown=(0, 0xFFFF)),
    uint("initiator_response_timeout_milliseconds", 6, 7),
    # In units of 10 microseconds.
    uint("reject_to_open_limit", 8, 9),
    uint("maximum_allowed_xfer_rdy", 10),
    size=16, page_code=PROTOCOL_SPECIFIC_PORT, page_length=14)

_OF_ALL_PROTOCOLS = frozenset(("ps", "spf", "page_code", "page_length", "protocol_identifier"))


def decode_protocol_specific_logical_unit(
    page: bytes | None, warnings: list[str] | None = None,
) -> dict[str, Any]:
    """Page 18h, as `mode_sense.find_page` returns it; all ``None`` for none.

    Apart from the protocol identifier, its fields are those of SAS, and ``None`` for another protocol.
    """
    return _of_sas(decode_mode_page(LOGICAL_UNIT_MODE, page, PROTOCOL_SPECIFIC_LOGICAL_UNIT, 0, warnings))


def encode_protocol_specific_logical_unit(values: Mapping[str, Any]) -> bytes:
    """The whole page 18h of 8 bytes."""
    return LOGICAL_UNIT_MODE.encode(values)


def decode_protocol_specific_port(page: bytes | None, warnings: list[str] | None = None) -> dict[str, Any]:
    """Page 19h in its short format, as `mode_sense.find_page` returns it; all ``None`` for none.

    Apart from the protocol identifier, its fields are those of SAS, and ``None`` for another protocol. So is an I_T
    nexus loss time without limit, or one that is left to the drive.
    """
    return _of_sas(decode_mode_page(PORT_MODE, page, PROTOCOL_SPECIFIC_PORT, 0, warnings))


def encode_protocol_specific_port(values: Mapping[str, Any]) -> bytes:
    """The whole page 19h of 16 bytes."""
    return PORT_MODE.encode(values)


def _of_sas(values: dict[str, Any]) -> dict[str, Any]:
    """The page without the fields that have a meaning for SAS alone, where it is that of another protocol."""
    protocol = values["protocol_identifier"]
    if protocol is not None and protocol["value"] != _SAS:
        return {name: value if name in _OF_ALL_PROTOCOLS else None for name, value in values.items()}
    return values

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REPORT TARGET PORT GROUPS and SET TARGET PORT GROUPS: by which ports a unit is best reached (SPC-6 6)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .table import Table, bits, delimited, flag, number, records, uint, without

REPORT_TARGET_PORT_GROUPS_ACTION = 0x0A
SET_TARGET_PORT_GROUPS_ACTION = 0x0A

LENGTH_ONLY = 0
EXTENDED_HEADER = 1
PARAMETER_DATA_FORMATS = {LENGTH_ONLY: "length only header", EXTENDED_HEADER: "extended header"}

ACTIVE_OPTIMIZED, ACTIVE_NON_OPTIMIZED, STANDBY, UNAVAILABLE = 0x0, 0x1, 0x2, 0x3
LOGICAL_BLOCK_DEPENDENT, OFFLINE, TRANSITIONING = 0x4, 0xE, 0xF
ACCESS_STATES = {
    ACTIVE_OPTIMIZED: "active/optimized", ACTIVE_NON_OPTIMIZED: "active/non-optimized", STANDBY: "standby",
    UNAVAILABLE: "unavailable", LOGICAL_BLOCK_DEPENDENT: "logical block dependent", OFFLINE: "offline",
    TRANSITIONING: "transitioning",
}

STATUS_CODES = {
    0: "no status available", 1: "altered by SET TARGET PORT GROUPS", 2: "altered by the device",
}

REPORT_TARGET_PORT_GROUPS = Table(
    "REPORT TARGET PORT GROUPS", "SPC-6 6, REPORT TARGET PORT GROUPS command",
    uint("operation_code", 0),
    bits("parameter_data_format", 1, 7, 5, PARAMETER_DATA_FORMATS),
    bits("service_action", 1, 4, 0),
    uint("allocation_length", 6, 9),
    uint("control", 11),
    operation_code=0xA3, service_action=REPORT_TARGET_PORT_GROUPS_ACTION)

SET_TARGET_PORT_GROUPS = Table(
    "SET TARGET PORT GROUPS", "SPC-6 6, SET TARGET PORT GROUPS command",
    uint("operation_code", 0),
    bits("service_action", 1, 4, 0),
    uint("parameter_list_length", 6, 9),
    uint("control", 11),
    operation_code=0xA4, service_action=SET_TARGET_PORT_GROUPS_ACTION)

EXTENDED = Table(
    "REPORT TARGET PORT GROUPS extended header", "SPC-6 6, REPORT TARGET PORT GROUPS command",
    uint("return_data_length", 0, 3),
    bits("format_type", 4, 6, 4, PARAMETER_DATA_FORMATS),
    # 0 means that no time is reported.
    uint("implicit_transition_time_seconds", 5, unknown=0),
    size=8, format_type=EXTENDED_HEADER)
_LENGTH_SIZE = 4

GROUP = Table(
    "target port group descriptor", "SPC-6 6, REPORT TARGET PORT GROUPS command",
    flag("pref", 0, 7),
    bits("rtpg_fmt", 0, 6, 4),
    bits("asymmetric_access_state", 0, 3, 0, ACCESS_STATES),
    flag("t_sup", 1, 7),
    flag("o_sup", 1, 6),
    flag("lbd_sup", 1, 4),
    flag("u_sup", 1, 3),
    flag("s_sup", 1, 2),
    flag("an_sup", 1, 1),
    flag("ao_sup", 1, 0),
    uint("target_port_group", 2, 3),
    bits("status_code", 5, 7, 0, STATUS_CODES),
    uint("vendor_specific", 6),
    uint("target_port_count", 7))

PORT = Table(
    "target port descriptor", "SPC-6 6, REPORT TARGET PORT GROUPS command",
    uint("relative_target_port_identifier", 2, 3))

SET_GROUP = Table(
    "set target port group descriptor", "SPC-6 6, SET TARGET PORT GROUPS command",
    bits("asymmetric_access_state", 0, 3, 0, ACCESS_STATES),
    uint("target_port_group", 2, 3))
SET_HEADER_SIZE = 4


def decode_target_port_groups(data: bytes, warnings: list[str], extended: bool = False) -> dict[str, Any]:
    """``groups``: each with its fields and ``ports``, its relative target port identifiers.

    ``extended``: the extended header was requested; ``implicit_transition_time_seconds`` is ``None`` without it. A
    device that does not support it returns the other one, so the header itself shows which one arrived.
    """
    title = REPORT_TARGET_PORT_GROUPS.title
    readable = delimited(data, 0, 3, _LENGTH_SIZE, title, warnings)
    has_header = extended and len(readable) >= EXTENDED.size and readable[4] >> 4 & 7 == EXTENDED_HEADER
    body = readable[EXTENDED.size if has_header else _LENGTH_SIZE:]
    groups = []
    while body:
        values = GROUP.decode(body)
        count = values["target_port_count"]
        if count is None:
            warnings.append(f"{title}: the last group is cut, {len(body)} of {GROUP.size} bytes")
            break
        end = GROUP.size + count * PORT.size
        ports = [number(record, 2, 3) for record in records(body[GROUP.size:end], PORT.size, title, warnings)]
        groups.append(dict(without(values, "target_port_count"), ports=ports))
        body = body[end:]
    return {"implicit_transition_time_seconds":
            EXTENDED.decode(readable)["implicit_transition_time_seconds"] if has_header else None,
            "groups": groups}


def encode_target_port_groups(
    groups: Sequence[Mapping[str, Any]], extended: bool = False, implicit_transition_time_seconds: int = 0,
) -> bytes:
    """The whole answer, from decoded groups."""
    body = b"".join(
        GROUP.encode(without(group, "ports"), target_port_count=len(group["ports"]))
        + b"".join(PORT.encode(relative_target_port_identifier=port) for port in group["ports"])
        for group in groups)
    if extended:
        return EXTENDED.encode(
            return_data_length=EXTENDED.size - _LENGTH_SIZE + len(body),
            implicit_transition_time_seconds=implicit_transition_time_seconds) + body
    return len(body).to_bytes(_LENGTH_SIZE, "big") + body

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSCD descriptors: how EXTENDED COPY names the sources and destinations of a copy (SPC-6 6.5, CSCD descriptors).

SPC-3 calls them target descriptors. All have 32 bytes; the last four depend on the type of the device.
"""

from __future__ import annotations

from typing import Any, Mapping

from .copy_descriptors import CSCD_DESCRIPTORS
from .inquiry import PERIPHERAL_DEVICE_TYPES
from .table import Field, Table, bits, code, flag, hexadecimal, uint
from .vpd_designators import ASSOCIATIONS, CODE_SETS, DESIGNATOR_TYPES

CSCD_SIZE = 32
#: The longest designator that an identification descriptor has room for, in bytes.
LONGEST_DESIGNATOR = 20

FC_N_PORT_NAME, FC_N_PORT_ID, FC_N_PORT_ID_AND_NAME = 0xE0, 0xE1, 0xE2
IDENTIFICATION = 0xE4

#: Since SPC-4 it has no meaning in an identification descriptor.
LU_ID_TYPES = {0: "logical unit number", 1: "proxy token", 2: "reserved", 3: "reserved"}

_HEADER = (
    code("type", 0, None, CSCD_DESCRIPTORS),
    bits("lu_id_type", 1, 7, 6, LU_ID_TYPES),
    flag("nul", 1, 5),
    bits("peripheral_device_type", 1, 4, 0, PERIPHERAL_DEVICE_TYPES),
    uint("relative_initiator_port_identifier", 2, 3, unknown=0))

#: For block devices: types 00h, 04h, 05h, 07h, 0Eh (SPC-6 6.5).
_BLOCK = (
    flag("pad", 28, 2),
    # 0 leaves it to the copy manager to find out.
    uint("disk_block_length", 29, 31, unknown=0))


def _table(title: str, source: str, *fields: Field, **constants: int) -> Table:
    return Table(title, source, *(_HEADER + fields + _BLOCK), **dict(constants, size=CSCD_SIZE))


CSCD = _table("CSCD descriptor", "SPC-6 6.5")

CSCDS = {
    FC_N_PORT_NAME: _table(
        "Fibre Channel N_Port_Name CSCD descriptor", "SPC-6 6.5",
        hexadecimal("logical_unit_number", 4, 11),
        hexadecimal("n_port_name", 12, 19),
        type=FC_N_PORT_NAME),
    FC_N_PORT_ID: _table(
        "Fibre Channel N_Port_ID CSCD descriptor", "SPC-6 6.5",
        hexadecimal("logical_unit_number", 4, 11),
        hexadecimal("n_port_id", 21, 23),
        type=FC_N_PORT_ID),
    FC_N_PORT_ID_AND_NAME: _table(
        "Fibre Channel N_Port_ID with N_Port_Name checking CSCD descriptor", "SPC-6 6.5",
        hexadecimal("logical_unit_number", 4, 11),
        hexadecimal("n_port_name", 12, 19),
        hexadecimal("n_port_id", 21, 23),
        type=FC_N_PORT_ID_AND_NAME),
    IDENTIFICATION: _table(
        "identification CSCD descriptor", "SPC-6 6.5",
        bits("code_set", 4, 3, 0, CODE_SETS),
        bits("association", 5, 5, 4, ASSOCIATIONS),
        bits("designator_type", 5, 3, 0, DESIGNATOR_TYPES),
        uint("designator_length", 7),
        hexadecimal("designator", 8, 27),
        type=IDENTIFICATION),
}

_DESIGNATOR_START = 8


def designator(data: bytes) -> bytes:
    """The designator in an identification descriptor; empty if its length does not fit."""
    length = CSCDS[IDENTIFICATION].decode(data)["designator_length"]
    if length is None or length > LONGEST_DESIGNATOR:
        return b""
    return data[_DESIGNATOR_START:_DESIGNATOR_START + length]


def encode_identification(values: Mapping[str, Any]) -> bytes:
    """An identification descriptor; if no length is given, it is that of ``designator``, which is in hex."""
    given = dict(values)
    given.setdefault("designator_length", len(given["designator"]) // 2)
    return CSCDS[IDENTIFICATION].encode(given)

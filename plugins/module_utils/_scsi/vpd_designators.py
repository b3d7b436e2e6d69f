# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Device identification, VPD page 83h: the designators of a logical unit and of what leads to it (SPC-6 7.7.6)."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

from .table import Table, bits, flag, uint
from .text import printable, printable_utf8
from .vpd import page_body, with_header

DEVICE_IDENTIFICATION = 0x83

CODE_SETS = {1: "binary", 2: "ASCII", 3: "UTF-8"}
ASSOCIATIONS = {0: "logical unit", 1: "target port", 2: "target device"}
DESIGNATOR_TYPES = {
    0x0: "vendor specific", 0x1: "T10 vendor ID", 0x2: "EUI-64", 0x3: "NAA", 0x4: "relative target port",
    0x5: "target port group", 0x6: "logical unit group", 0x7: "MD5 logical unit", 0x8: "SCSI name string",
    0x9: "protocol specific port", 0xA: "UUID",
}
PROTOCOLS = {
    0x0: "Fibre Channel", 0x1: "parallel SCSI", 0x2: "SSA", 0x3: "IEEE 1394", 0x4: "RDMA", 0x5: "iSCSI", 0x6: "SAS",
    0x7: "ADT", 0x8: "ATA", 0x9: "UAS", 0xA: "SOP", 0xB: "PCI Express", 0xF: "none",
}

DESIGNATOR_HEADER = Table(
    "designation descriptor", "SPC-6 7.7.6.1",
    bits("protocol_identifier", 0, 7, 4, PROTOCOLS),
    bits("code_set", 0, 3, 0, CODE_SETS),
    flag("piv", 1, 7),
    bits("association", 1, 5, 4, ASSOCIATIONS),
    bits("designator_type", 1, 3, 0, DESIGNATOR_TYPES),
    uint("designator_length", 3))

_VENDOR, _T10, _EUI, _NAA, _NAME, _UUID = 0x0, 0x1, 0x2, 0x3, 0x8, 0xA


def decode_device_identification(data: bytes, warnings: List[str]) -> List[Dict[str, Any]]:
    """The designators, each with its ``designator`` in hex and, for those that are strings, its ``text``."""
    return decode_designators(page_body(data, DEVICE_IDENTIFICATION, warnings) or b"", warnings)


def decode_designators(body: bytes, warnings: List[str]) -> List[Dict[str, Any]]:
    """The designation descriptors that follow each other in ``body``."""
    found = []
    at = 0
    while at < len(body):
        header = DESIGNATOR_HEADER.decode(body[at:])
        length = header.pop("designator_length")
        end = at + DESIGNATOR_HEADER.size + (length or 0)
        if length is None or end > len(body):
            warnings.append("VPD page 83h: the last designator is cut and left out")
            break
        content = body[at + DESIGNATOR_HEADER.size:end]
        if not header["piv"]:
            # Without PIV, or with another association, the field means nothing.
            header["protocol_identifier"] = None
        found.append(dict(header, designator=content.hex(), text=_text(header, content)))
        at = end
    return found


def _text(header: Dict[str, Any], content: bytes) -> Optional[str]:
    if header["designator_type"]["value"] == _NAME or header["code_set"]["value"] == 3:
        return printable_utf8(content)
    return printable(content) if header["code_set"]["value"] == 2 else None


def encode_device_identification(designators: Sequence[Dict[str, Any]]) -> bytes:
    """The page, from designators as decoding gives them."""
    return with_header(DEVICE_IDENTIFICATION, b"".join(_encode(each) for each in designators))


def _encode(designator: Dict[str, Any]) -> bytes:
    fields = {name: value for name, value in designator.items() if name not in ("designator", "text")}
    content = bytes.fromhex(designator["designator"])
    return DESIGNATOR_HEADER.encode(fields, designator_length=len(content)) + content


def logical_unit_name(designators: Sequence[Dict[str, Any]]) -> Optional[str]:
    """The best name of the logical unit: "naa.5000c500a1b2c3d4", else "eui.", "uuid.", a SCSI name, "t10."; or ``None``.

    Of several of a kind the longest wins: an NAA 6 designator names one volume of an array, where NAA 5 may not.
    """
    own = [each for each in designators if each["association"] and each["association"]["value"] == 0]
    for kind, prefix in ((_NAA, "naa."), (_EUI, "eui."), (_UUID, "uuid."), (_NAME, ""), (_T10, "t10."),
                         (_VENDOR, "vendor.")):
        names = [_name(each, kind) for each in own if each["designator_type"]["value"] == kind]
        names = [name for name in names if name]
        if names:
            return prefix + max(names, key=len)
    return None


def _name(designator: Dict[str, Any], kind: int) -> str:
    digits = str(designator["designator"])
    if kind in (_NAME, _T10, _VENDOR):
        return designator["text"] or digits
    # A UUID designator has two bytes before the UUID itself.
    return digits[4:] if kind == _UUID else digits

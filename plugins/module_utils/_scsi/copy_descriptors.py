# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The codes of EXTENDED COPY: descriptors, CSCD identifiers, ROD types (SPC-6 6.5, 5.17)."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from .table import named

#: Type codes below C0h are those of segment descriptors (SPC-6 table 131), from E0h on those of CSCDs (table 120).
SEGMENT_DESCRIPTORS = {
    0x00: "block to stream", 0x01: "stream to block", 0x02: "block to block", 0x03: "stream to stream",
    0x04: "inline data to stream", 0x05: "embedded data to stream", 0x06: "stream to discard", 0x07: "verify CSCD",
    0x08: "block with offset to stream", 0x09: "stream to block with offset",
    0x0A: "block with offset to block with offset", 0x0B: "block to stream, with a copy for the application client",
    0x0C: "stream to block, with a copy for the application client",
    0x0D: "block to block, with a copy for the application client",
    0x0E: "stream to stream, with a copy for the application client",
    0x0F: "stream to discard, with a copy for the application client", 0x10: "write filemarks to sequential device",
    0x11: "space on sequential device", 0x12: "locate on sequential device", 0x13: "tape image to tape image",
    0x14: "register persistent reservation key", 0x15: "third party persistent reservations source",
    0x16: "block image to block image", 0x17: "positioning on sequential device",
    0x18: "tape logical objects to tape logical objects", 0xBE: "populate ROD from one or more block ranges",
    0xBF: "populate ROD from one block range",
}
CSCD_DESCRIPTORS = {
    0xE0: "Fibre Channel N_Port_Name", 0xE1: "Fibre Channel N_Port_ID",
    0xE2: "Fibre Channel N_Port_ID with N_Port_Name checking", 0xE3: "parallel interface T_L",
    0xE4: "identification descriptor", 0xE5: "IPv4", 0xE6: "alias", 0xE7: "RDMA", 0xE8: "IEEE 1394 EUI-64", 0xE9: "SAS",
    0xEA: "IPv6", 0xEB: "IP copy service", 0xFE: "ROD", 0xFF: "extension",
}
_FIRST_VENDOR, _FIRST_CSCD = 0xC0, 0xE0
_DESCRIPTOR_LISTS = ("segment_descriptors", "cscd_descriptors")

#: CSCD descriptor identifiers that do not refer to a descriptor in the list (SPC-6 table 113).
CSCD_IDS = {0xC000: "null logical unit, block", 0xC001: "null logical unit, stream", 0xF800: "ROD token",
            0xFFFF: "logical unit of the copy manager"}

ROD_TYPES = {
    0x00000000: "copy manager internal", 0x00010000: "access upon reference", 0x00800000: "point in time copy, default",
    0x00800001: "point in time copy, change vulnerable", 0x00800002: "point in time copy, persistent",
    0x0080FFFF: "point in time copy, any", 0xFFFF0001: "block device zero",
}

#: What a TRANSFER COUNT counts (SPC-6 table 227).
TRANSFER_COUNT_UNITS = {0x00: "bytes", 0x01: "KiB", 0x02: "MiB", 0x03: "GiB", 0x04: "TiB", 0x05: "PiB", 0x06: "EiB",
                        0xF1: "logical blocks"}
_LARGEST_BINARY_UNIT = 0x06


def transferred_bytes(unit: Mapping[str, Any] | None, count: int | None) -> int | None:
    """A transfer count in bytes; ``None`` if it is not given, or counts blocks."""
    if unit is None or count is None or unit["value"] > _LARGEST_BINARY_UNIT:
        return None
    return count << (10 * int(unit["value"]))


def named_descriptors(codes: Iterable[int]) -> dict[str, list[dict[str, Any]]]:
    """Descriptor type codes as value and name, in ``segment_descriptors`` and ``cscd_descriptors``.

    Vendor specific ones (C0h to DFh) are among the segment descriptors.
    """
    segments = []
    cscds = []
    for code in codes:
        if code >= _FIRST_CSCD:
            cscds.append(named(code, CSCD_DESCRIPTORS))
        elif code >= _FIRST_VENDOR:
            segments.append({"value": code, "name": "vendor specific"})
        else:
            segments.append(named(code, SEGMENT_DESCRIPTORS))
    return {"segment_descriptors": segments, "cscd_descriptors": cscds}


def descriptor_codes(values: Mapping[str, Any]) -> bytes:
    """The codes from `named_descriptors`, or given as numbers, in the required ascending order."""
    return bytes(sorted(
        each["value"] if isinstance(each, Mapping) else each
        for name in _DESCRIPTOR_LISTS for each in values.get(name) or ()))


def without_descriptors(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without the lists of `named_descriptors`."""
    return {name: value for name, value in values.items() if name not in _DESCRIPTOR_LISTS}

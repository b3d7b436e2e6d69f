# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""READ DEFECT DATA(10) and (12): how many defects a disk has found (SBC-5 5).

Only the header is read: the list itself is long on a failing disk, and of no use for monitoring.
"""

from __future__ import annotations

from typing import Any

from .table import Table, bits, flag, uint, without

SHORT_BLOCK, EXTENDED_BYTES, EXTENDED_SECTOR, LONG_BLOCK, BYTES_FROM_INDEX, PHYSICAL_SECTOR = range(6)
DEFECT_LIST_FORMATS = {
    SHORT_BLOCK: "short block", EXTENDED_BYTES: "extended bytes from index",
    EXTENDED_SECTOR: "extended physical sector", LONG_BLOCK: "long block", BYTES_FROM_INDEX: "bytes from index",
    PHYSICAL_SECTOR: "physical sector", 6: "vendor specific",
}
#: The length of one address descriptor in each format (SBC-5 6, defect list formats).
DESCRIPTOR_SIZES = {
    SHORT_BLOCK: 4, EXTENDED_BYTES: 8, EXTENDED_SECTOR: 8, LONG_BLOCK: 8, BYTES_FROM_INDEX: 8, PHYSICAL_SECTOR: 8,
}

READ_DEFECT_DATA_10 = Table(
    "READ DEFECT DATA(10)", "SBC-5 5",
    uint("operation_code", 0),
    flag("req_plist", 2, 4),
    flag("req_glist", 2, 3),
    bits("defect_list_format", 2, 2, 0, DEFECT_LIST_FORMATS),
    uint("allocation_length", 7, 8),
    uint("control", 9),
    operation_code=0x37)

READ_DEFECT_DATA_12 = Table(
    "READ DEFECT DATA(12)", "SBC-5 5",
    uint("operation_code", 0),
    flag("req_plist", 1, 4),
    flag("req_glist", 1, 3),
    bits("defect_list_format", 1, 2, 0, DEFECT_LIST_FORMATS),
    uint("address_descriptor_index", 2, 5),
    uint("allocation_length", 6, 9),
    uint("control", 11),
    operation_code=0xB7)

DEFECT_HEADER_10 = Table(
    "READ DEFECT DATA(10) header", "SBC-5 5",
    flag("plistv", 1, 4),
    flag("glistv", 1, 3),
    bits("defect_list_format", 1, 2, 0, DEFECT_LIST_FORMATS),
    uint("defect_list_length", 2, 3, unknown=0xFFFF))

DEFECT_HEADER_12 = Table(
    "READ DEFECT DATA(12) header", "SBC-5 5",
    flag("plistv", 1, 4),
    flag("glistv", 1, 3),
    bits("defect_list_format", 1, 2, 0, DEFECT_LIST_FORMATS),
    uint("generation_code", 2, 3, unknown=0),
    uint("defect_list_length", 4, 7, unknown=0xFFFFFFFF))


def decode_defect_header(data: bytes, twelve: bool, warnings: list[str]) -> dict[str, Any]:
    """The header of the answer to READ DEFECT DATA(12) (``twelve``) or (10).

    ``defects`` is the number of address descriptors in the whole list, ``None`` if it is unknown: in a vendor specific
    format, in a list whose length is not a multiple of its entries, and in a list that is longer than its length field
    can express, for which ``defect_list_length`` is ``None`` too. ``glistv`` false means that the disk did not report
    its grown defects, not that it has none.
    """
    table = DEFECT_HEADER_12 if twelve else DEFECT_HEADER_10
    values = table.decode(data)
    length = values["defect_list_length"]
    if length is None:
        if len(data) < table.size:
            warnings.append(f"{table.title}: {len(data)} of {table.size} bytes arrived")
        return dict(values, defects=None)
    size = DESCRIPTOR_SIZES.get(values["defect_list_format"]["value"])
    # An empty list has no entries in any format.
    defects = None if length else 0
    if length and size is not None and length % size == 0:
        defects = length // size
    elif length and size is not None:
        warnings.append(f"{table.title}: {length} bytes are not a whole number of entries of {size}")
    return dict(values, defects=defects)


def encode_defect_header(values: dict[str, Any], twelve: bool) -> bytes:
    """The header, from decoded values."""
    table = DEFECT_HEADER_12 if twelve else DEFECT_HEADER_10
    return table.encode(without(values, "defects"))

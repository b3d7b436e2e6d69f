# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""READ DEFECT DATA (SBC-5 5.23, 5.24): the primary and the grown defects of a disk.

Settings, with their defaults::

    primary: 0      # how many defects the primary list has, at made-up addresses
    grown: []       # LBAs that were reassigned before

Blocks that are reassigned while the disk runs are added to the grown list.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

from ..._checks import items, number, with_defaults
from ..._scsi.read_defect_data import (
    BYTES_FROM_INDEX,
    DESCRIPTOR_SIZES,
    LONG_BLOCK,
    PHYSICAL_SECTOR,
    READ_DEFECT_DATA_10,
    READ_DEFECT_DATA_12,
    SHORT_BLOCK,
    encode_defect_header,
)
from ..._scsi.sense_keys import RECOVERED_ERROR
from ..._scsi.table import Table
from ..contract import Task
from ..feature import Check, Code, Feature, Handler

#: RECOVERED ERROR, DEFECT LIST NOT FOUND: the answer to a request for an unsupported format.
_NO_LIST = Check(RECOVERED_ERROR, 0x1C, 0x00)
#: The distance between primary defects, in blocks.
_APART = 4099
#: The geometry behind addresses in physical formats, which smartctl asks for. Real disks have zones of different track
#: lengths, but these formats do not show that.
_HEADS, _SECTORS, _SECTOR_BYTES = 4, 1024, 512


class Defects(Feature):
    """Both commands. ``reassigned`` returns the LBAs reassigned since the medium was created, in any order."""

    name = "defects"

    def __init__(self, settings: Mapping[str, Any] | None = None,
                 reassigned: Callable[[], Sequence[int]] = tuple) -> None:
        super().__init__()
        values = with_defaults(settings or {}, "defects", {"primary": 0, "grown": []})
        self._primary: int = number(values["primary"], "defects.primary", 0, 1 << 20, whole=True)
        self._grown: list[int] = [
            number(each, f"defects.grown[{place}]", 0, (1 << 32) - 1, whole=True)
            for place, each in enumerate(items(values["grown"], "defects.grown"))]
        self._reassigned = reassigned

    def commands(self) -> Mapping[Code, Handler]:
        return {(0x37, None): lambda task: self._read(task, READ_DEFECT_DATA_10, twelve=False),
                (0xB7, None): lambda task: self._read(task, READ_DEFECT_DATA_12, twelve=True)}

    def grown(self) -> list[int]:
        """The LBAs of the grown defects, in ascending order."""
        return sorted(set(self._grown).union(self._reassigned()))

    def _read(self, task: Task, table: Table, twelve: bool) -> bytes:
        values = table.decode(task.cdb)
        wanted = values["defect_list_format"]["value"]
        if wanted not in (SHORT_BLOCK, LONG_BLOCK, BYTES_FROM_INDEX, PHYSICAL_SECTOR):
            raise _NO_LIST
        size = DESCRIPTOR_SIZES[wanted]
        places: list[int] = []
        if values["req_plist"]:
            places.extend(place * _APART for place in range(self._primary))
        if values["req_glist"]:
            places.extend(self.grown())
        body = b"".join(_address(place, wanted, size) for place in places)
        if not twelve:
            # The length field of the header allows no more (SBC-5 5.23.2).
            body = body[:0xFFFF // size * size]
        header = encode_defect_header({
            "plistv": values["req_plist"], "glistv": values["req_glist"],
            "defect_list_format": values["defect_list_format"], "defect_list_length": len(body)}, twelve)
        start = (values.get("address_descriptor_index") or 0) * size
        return (header + body[start:])[:values["allocation_length"]]


def _address(lba: int, wanted: int, size: int) -> bytes:
    """An address descriptor (SBC-5 6.2)."""
    if wanted in (SHORT_BLOCK, LONG_BLOCK):
        return lba.to_bytes(size, "big")
    track, sector = divmod(lba, _SECTORS)
    cylinder, head = divmod(track, _HEADS)
    within = sector * _SECTOR_BYTES if wanted == BYTES_FROM_INDEX else sector
    return cylinder.to_bytes(3, "big") + bytes([head]) + within.to_bytes(4, "big")

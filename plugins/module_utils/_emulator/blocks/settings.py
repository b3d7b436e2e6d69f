# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings for the blocks of an emulated disk; `SETTINGS` has the defaults.

::

    physical_block_exponent: 0        # log2 of the logical blocks per physical block: 3 for 512-byte emulation
    lowest_aligned_lba: 0
    rotation_rate: 7200               # in rpm; 1: a solid state drive, 0: not reported
    form_factor: 3.5 inch             # not reported, 5.25 inch, 3.5 inch, 2.5 inch, 1.8 inch, less than 1.8 inch
    maximum_transfer_blocks: null     # null: 8 MiB
    optimal_transfer_blocks: null     # null: not reported; likewise for those that follow
    optimal_granularity_blocks: null
    maximum_prefetch_blocks: null     # null: no limit
    maximum_compare_and_write_blocks: 8     # 0: COMPARE AND WRITE is not supported
    maximum_write_same_blocks: 32768
    write_same_zero: false            # whether WRITE SAME of 0 blocks means all up to the last
    provisioning: full                # full, resource, or thin; the last two have UNMAP and GET LBA STATUS
    maximum_unmap_blocks: 1048576     # per command
    maximum_unmap_descriptors: 256
    unmap_granularity_blocks: null    # null: one physical block
    unmap_alignment_blocks: null
    unreadable: []                    # blocks that cannot be read until they are written: [17, {lba: 80, length: 8}]
"""

from __future__ import annotations

from typing import Any, Mapping

from ..._checks import boolean, items, number, one_of, with_defaults
from ..._scsi.vpd_block_device_characteristics import NOMINAL_FORM_FACTORS
from ..._scsi.vpd_logical_block_provisioning import FULL, RESOURCE, THIN
from .medium import Medium

_WHERE = "blocks"
_DEFAULT_TRANSFER_BYTES = 8 << 20
#: The longest unreadable range: each of its blocks is listed as a defect once it is written.
_LONGEST_DEFECT = 1 << 16
_PROVISIONING = {"full": FULL, "resource": RESOURCE, "thin": THIN}
_FORM_FACTORS = {name: value for value, name in NOMINAL_FORM_FACTORS.items()}

SETTINGS: dict[str, Any] = {
    "physical_block_exponent": 0, "lowest_aligned_lba": 0, "rotation_rate": 7200, "form_factor": "3.5 inch",
    "maximum_transfer_blocks": None, "optimal_transfer_blocks": None, "optimal_granularity_blocks": None,
    "maximum_prefetch_blocks": None, "maximum_compare_and_write_blocks": 8,
    "maximum_write_same_blocks": 32768, "write_same_zero": False, "provisioning": "full",
    "maximum_unmap_blocks": 1048576, "maximum_unmap_descriptors": 256, "unmap_granularity_blocks": None,
    "unmap_alignment_blocks": None, "unreadable": [],
}


class BlockSettings:
    """The settings, checked against the medium. Raises ValueError, which names the wrong setting."""

    def __init__(self, given: Mapping[str, Any], medium: Medium) -> None:
        values = with_defaults(given, _WHERE, SETTINGS)

        def whole(name: str, low: int, high: int) -> int:
            return int(number(values[name], f"{_WHERE}.{name}", low, high, whole=True))

        def limit(name: str, high: int) -> int | None:
            return None if values[name] is None else whole(name, 1, high)

        self.physical_block_exponent = whole("physical_block_exponent", 0, 15)
        self.lowest_aligned_lba = whole("lowest_aligned_lba", 0, 0x3FFF)
        self.rotation_rate = whole("rotation_rate", 0, 0xFFFE)
        self.form_factor = _FORM_FACTORS[one_of(values["form_factor"], _WHERE + ".form_factor", tuple(_FORM_FACTORS))]
        self.maximum_transfer = limit("maximum_transfer_blocks", 0xFFFFFFFF) or max(
            1, _DEFAULT_TRANSFER_BYTES // medium.block_length)
        self.optimal_transfer = limit("optimal_transfer_blocks", 0xFFFFFFFF)
        self.optimal_granularity = limit("optimal_granularity_blocks", 0xFFFF)
        self.maximum_prefetch = limit("maximum_prefetch_blocks", 0xFFFFFFFF)
        self.maximum_compare_and_write = whole("maximum_compare_and_write_blocks", 0, 0xFF)
        self.maximum_write_same = whole("maximum_write_same_blocks", 1, 0xFFFFFFFF)
        self.write_same_zero = boolean(values["write_same_zero"], _WHERE + ".write_same_zero")
        self.provisioning = _PROVISIONING[one_of(
            values["provisioning"], _WHERE + ".provisioning", tuple(_PROVISIONING))]
        self.maximum_unmap_blocks = whole("maximum_unmap_blocks", 1, 0xFFFFFFFF)
        self.maximum_unmap_descriptors = whole("maximum_unmap_descriptors", 1, 0xFFFFFFFF)
        self.unmap_granularity = limit("unmap_granularity_blocks", 0xFFFFFFFF) or 1 << self.physical_block_exponent
        self.unmap_alignment = None if values["unmap_alignment_blocks"] is None else whole(
            "unmap_alignment_blocks", 0, 0x7FFFFFFF)
        self.unreadable = _unreadable(values["unreadable"], medium.blocks)


def _unreadable(given: Any, blocks: int) -> list[tuple[int, int]]:
    """Ranges of blocks, each as start and exclusive end."""
    found = []
    for place, entry in enumerate(items(given, _WHERE + ".unreadable")):
        where = f"{_WHERE}.unreadable[{place}]"
        values = with_defaults(entry, where, {"lba": None, "length": 1}) if isinstance(entry, Mapping) else {
            "lba": entry, "length": 1}
        lba = number(values["lba"], where + ".lba", 0, blocks - 1, whole=True)
        length = number(values["length"], where + ".length", 1, min(blocks - lba, _LONGEST_DEFECT), whole=True)
        found.append((lba, lba + length))
    return found

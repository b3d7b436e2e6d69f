# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""READ CAPACITY, and the VPD pages that describe the disk (SBC-5 5, 6.6)."""

from __future__ import annotations

from typing import Callable, Mapping

from ..._scsi.block_commands_capacity import (
    READ_CAPACITY_16,
    READ_CAPACITY_16_ACTION,
    encode_read_capacity_10,
    encode_read_capacity_16,
)
from ..._scsi.vpd_block_device_characteristics import BLOCK_DEVICE_CHARACTERISTICS, encode_block_device_characteristics
from ..._scsi.vpd_block_limits import BLOCK_LIMITS, encode_block_limits
from ..._scsi.vpd_logical_block_provisioning import (
    FULL,
    LOGICAL_BLOCK_PROVISIONING,
    RESOURCE,
    encode_logical_block_provisioning,
)
from ..contract import Task
from ..feature import Code, Feature, Handler
from .medium import Medium
from .settings import BlockSettings

_SERVICE_ACTION_IN = 0x9E


class Capacity(Feature):
    """The capacity of the disk, and the limits of its commands."""

    name = "capacity"

    def __init__(self, medium: Medium, settings: BlockSettings) -> None:
        super().__init__()
        self._medium = medium
        self._settings = settings
        self._thin = settings.provisioning != FULL

    def commands(self) -> Mapping[Code, Handler]:
        return {(0x25, None): self._ten, (_SERVICE_ACTION_IN, READ_CAPACITY_16_ACTION): self._sixteen}

    def _ten(self, task: Task) -> bytes:
        del task
        return encode_read_capacity_10(self._medium.blocks, self._medium.block_length)

    def _sixteen(self, task: Task) -> bytes:
        return encode_read_capacity_16({
            "returned_logical_block_address": self._medium.blocks - 1,
            "logical_block_length_bytes": self._medium.block_length,
            "logical_blocks_per_physical_block_exponent": self._settings.physical_block_exponent,
            "lowest_aligned_logical_block_address": self._settings.lowest_aligned_lba,
            "lbpme": self._thin, "lbprz": self._thin,
        })[:READ_CAPACITY_16.decode(task.cdb)["allocation_length"]]

    def vpd_pages(self) -> Mapping[int, Callable[[], bytes]]:
        return {BLOCK_LIMITS: self._limits, BLOCK_DEVICE_CHARACTERISTICS: self._characteristics,
                LOGICAL_BLOCK_PROVISIONING: self._provisioning}

    def _limits(self) -> bytes:
        settings, thin = self._settings, self._thin
        alignment = settings.unmap_alignment if thin else None
        return encode_block_limits({
            "wsnz": not settings.write_same_zero,
            "maximum_compare_and_write_length_blocks": settings.maximum_compare_and_write,
            "optimal_transfer_length_granularity_blocks": settings.optimal_granularity,
            "maximum_transfer_length_blocks": settings.maximum_transfer,
            "optimal_transfer_length_blocks": settings.optimal_transfer,
            "maximum_prefetch_length_blocks": settings.maximum_prefetch,
            "maximum_unmap_lba_count": settings.maximum_unmap_blocks if thin else 0,
            "maximum_unmap_block_descriptor_count": settings.maximum_unmap_descriptors if thin else 0,
            "optimal_unmap_granularity_blocks": settings.unmap_granularity if thin else None,
            "ugavalid": alignment is not None, "unmap_granularity_alignment_blocks": alignment,
            "maximum_write_same_length_blocks": settings.maximum_write_same})

    def _characteristics(self) -> bytes:
        return encode_block_device_characteristics({
            "medium_rotation_rate": self._settings.rotation_rate, "nominal_form_factor": self._settings.form_factor,
            # SYNCHRONIZE CACHE and FUA reach the medium, and VERIFY compares with blocks that are not mapped.
            "fuab": True, "vbuls": True})

    def _provisioning(self) -> bytes:
        return encode_logical_block_provisioning({
            "lbpu": self._thin, "lbpws": self._thin, "lbpws10": self._thin, "lbprz": 1 if self._thin else 0,
            "anc_sup": self._settings.provisioning == RESOURCE, "provisioning_type": self._settings.provisioning})

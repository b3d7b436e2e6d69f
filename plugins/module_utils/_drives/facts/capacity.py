# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The capacity of a disk, its blocks, and whether all of them have storage (SBC-5 4)."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ..._scsi.block_commands_capacity import decode_read_capacity_10, decode_read_capacity_16
from ..._scsi.device_types import CD_DRIVE, DISKS, ZONED_DISK
from ..._scsi.inquiry import SPC_3
from ..._scsi.table import LARGEST, Values
from ..._scsi.vpd_logical_block_provisioning import LOGICAL_BLOCK_PROVISIONING, decode_logical_block_provisioning
from ..answers import answer_or_none
from ..capacity_commands import read_capacity_10, read_capacity_16
from ..careful_session import CarefulSession
from .pages import vital_product_data

#: RC BASIS of a host managed disk whose zones with sequential writes lie beyond the address that it returns (ZBC).
_UP_TO_THE_CONVENTIONAL_ZONES = 0


def gather_capacity(session: CarefulSession) -> Values | None:
    """The facts of the subset ``capacity``; ``None`` for a device without blocks, and if it did not answer."""
    if session.device_type not in DISKS and session.device_type != CD_DRIVE:
        return None
    size = _size(session)
    if size is None:
        return None
    if session.device_type == ZONED_DISK and size.get("rc_basis") == _UP_TO_THE_CONVENTIONAL_ZONES:
        session.warnings.append("READ CAPACITY: reports the conventional zones only, so the capacity is not known")
        size.update(blocks=None, capacity_bytes=None)
    exponent = size.get("p_i_exponent")
    return {
        "blocks": size["blocks"],
        "capacity_bytes": size["capacity_bytes"],
        "logical_block_length_bytes": size["logical_block_length_bytes"],
        "physical_block_length_bytes": size.get("physical_block_length_bytes"),
        "lowest_aligned_logical_block_address": size.get("lowest_aligned_logical_block_address"),
        "protection_type": size.get("protection_type"),
        "protection_intervals_per_block": 1 << exponent if exponent is not None and size["protection_type"] else None,
        "provisioning": _provisioning(session, size),
    }


def _size(session: CarefulSession) -> Values | None:
    """From READ CAPACITY(16) or, if the disk is old or does not support it, from (10) as far as that reaches."""
    warnings = session.warnings

    def sixteen() -> Values:
        return decode_read_capacity_16(session.send(read_capacity_16()).data, warnings)

    def ten() -> Values:
        return decode_read_capacity_10(session.send(read_capacity_10()).data, warnings)

    questions: tuple[Callable[[], Values], ...] = (ten,)
    if session.device_type in DISKS:
        # Linux does the same: some older disks do not survive the longer command.
        questions = (sixteen, ten) if session.version >= SPC_3 else (ten, sixteen)
    found: Values | None = None
    for read in questions:
        answer = answer_or_none(session, None, read)
        if answer is not None and answer["logical_block_length_bytes"] is not None:
            found = answer
            if found["blocks"] is not None:
                return found
    return found


def _provisioning(session: CarefulSession, size: Mapping[str, Any]) -> Values | None:
    """Whether blocks may be without storage; ``None`` if not reported by the disk."""
    page: Values | None = None
    if session.device_type in DISKS:
        page = vital_product_data(
            session, LOGICAL_BLOCK_PROVISIONING, decode_logical_block_provisioning)
    managed: bool | None = size.get("lbpme")
    if page is None and managed is None:
        return None
    page = page or {}
    exponent = page.get("threshold_exponent")
    if exponent is not None and exponent >= LARGEST.bit_length():
        session.warnings.append(f"the threshold set size of 2 to the power of {exponent} is beyond all measure")
        exponent = None
    return {
        "managed": managed,
        "type": page.get("provisioning_type"),
        # Without unmapped blocks the bit has no meaning.
        "unmapped_reads_zeros": size.get("lbprz") if managed else None,
        "unmap": page.get("lbpu"),
        "write_same_16_unmap": page.get("lbpws"),
        "write_same_10_unmap": page.get("lbpws10"),
        "anchor": page.get("anc_sup"),
        "threshold_set_size_blocks": 1 << exponent if exponent else None,
        "threshold_percent": page.get("threshold_percentage"),
        "minimum_percent": page.get("minimum_percentage"),
    }

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of sense data (SPC-6 4.4), as tables; `sense` decodes and `sense_encode` encodes with them."""

from __future__ import annotations

from typing import NamedTuple

from .table import Table, bits, flag, hexadecimal, uint

RESPONSE = Table(
    "Sense data", "SPC-6 4.4.1",
    bits("response_code", 0, 6, 0),
)

FIXED = Table(
    "Fixed format sense data", "SPC-6 4.4.3",
    flag("valid", 0, 7),
    bits("response_code", 0, 6, 0),
    flag("filemark", 2, 7),
    flag("eom", 2, 6),
    flag("ili", 2, 5),
    flag("sdat_ovfl", 2, 4),
    bits("sense_key", 2, 3, 0),
    uint("information", 3, 6),
    uint("additional_sense_length", 7),
    uint("command_specific_information", 8, 11),
    uint("additional_sense_code", 12),
    uint("additional_sense_code_qualifier", 13),
    uint("field_replaceable_unit_code", 14, unknown=0),
    hexadecimal("sense_key_specific", 15, 17),
    response_code=0x70, additional_sense_length=0x0A,
)

DESCRIPTOR = Table(
    "Descriptor format sense data", "SPC-6 4.4.2",
    bits("response_code", 0, 6, 0),
    bits("sense_key", 1, 3, 0),
    uint("additional_sense_code", 2),
    uint("additional_sense_code_qualifier", 3),
    flag("sdat_ovfl", 4, 7),
    uint("additional_sense_length", 7),
    response_code=0x72,
)

# In fixed format the result of an ATA PASS-THROUGH command is in the information fields.
FIXED_ATA = Table(
    "Fixed format sense data of an ATA PASS-THROUGH command", "SAT-4 12.2",
    uint("error", 3),
    uint("status", 4),
    uint("device", 5),
    uint("count_7_0", 6),
    flag("extend", 8, 7),
    flag("count_upper_nonzero", 8, 6),
    flag("lba_upper_nonzero", 8, 5),
    bits("log_index", 8, 3, 0),
    uint("lba_7_0", 9),
    uint("lba_15_8", 10),
    uint("lba_23_16", 11),
)

_SOURCE = "SPC-6 4.4.2, sense key specific"

FIELD_POINTER = Table(
    "Field pointer", _SOURCE,
    flag("sksv", 0, 7), flag("command_data", 0, 6), flag("bpv", 0, 3), bits("bit_pointer", 0, 2, 0),
    uint("field_pointer", 1, 2), sksv=1)
RETRY_COUNT = Table("Actual retry count", _SOURCE, flag("sksv", 0, 7), uint("actual_retry_count", 1, 2), sksv=1)
PROGRESS = Table("Progress indication", _SOURCE, flag("sksv", 0, 7), uint("progress_indication", 1, 2), sksv=1)
SEGMENT_POINTER = Table(
    "Segment pointer", _SOURCE,
    flag("sksv", 0, 7), flag("segment_descriptor", 0, 5), flag("bpv", 0, 3), bits("bit_pointer", 0, 2, 0),
    uint("field_pointer", 1, 2), sksv=1)
UNIT_ATTENTION = Table(
    "Unit attention condition queue overflow", _SOURCE, flag("sksv", 0, 7), flag("overflow", 0, 0), size=3, sksv=1)

SENSE_KEY_SPECIFIC: dict[int, Table] = {
    0x0: PROGRESS, 0x1: RETRY_COUNT, 0x2: PROGRESS, 0x3: RETRY_COUNT, 0x4: RETRY_COUNT, 0x5: FIELD_POINTER,
    0x6: UNIT_ATTENTION, 0xA: SEGMENT_POINTER,
}

# The longest sense data that a device may return (SPC-6 4.4.2).
LONGEST = 252


class FieldPointer(NamedTuple):
    """What was wrong in an illegal request: a byte, and its highest bit, of the CDB or of the parameter list."""

    in_cdb: bool
    byte: int
    bit: int | None = None

    def __str__(self) -> str:
        return f"{'CDB' if self.in_cdb else 'parameter list'} {_place(self.byte, self.bit)}"


class SegmentPointer(NamedTuple):
    """Where a copy was aborted: a byte, and its highest bit, of a segment descriptor or of the parameter list."""

    in_segment_descriptor: bool
    byte: int
    bit: int | None = None

    def __str__(self) -> str:
        place = "segment descriptor" if self.in_segment_descriptor else "parameter list"
        return f"{place} {_place(self.byte, self.bit)}"


def _place(byte: int, bit: int | None) -> str:
    return f"byte {byte}" if bit is None else f"byte {byte} bit {bit}"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a copy fails: COPY ABORTED, with the segment, and the answer of the unit that failed (SPC-6 5.17, 4.4)."""

from __future__ import annotations

from typing import Any

from ..._scsi.sense_descriptors import FORWARDED_SENSE_DATA
from ..._scsi.sense_encode import encode_descriptor_sense, encode_fixed_sense
from ..._scsi.sense_keys import COPY_ABORTED
from ..contract import CHECK_CONDITION
from ..feature import Check, Status
from .endpoint import Refusal

# Additional sense codes of COPY ABORTED.
NO_INFORMATION = (0x00, 0x00)
UNREACHABLE = (0x08, 0x04)
THIRD_PARTY_FAILURE = (0x0D, 0x01)
WRONG_DEVICE_TYPE = (0x0D, 0x03)
INVALID_FIELD = (0x26, 0x00)
INEXACT_SEGMENT = (0x26, 0x0A)
GRANULARITY_VIOLATION = (0x26, 0x0D)

#: Which unit failed, as the forwarded sense data descriptor names it.
SOURCE, DESTINATION = 1, 2

#: Forwarded sense data is cut to this many bytes, so that all sense data fits a response (SPC-6 4.4.2).
_MOST_FORWARDED = 96
_FIXED_SIZE = 18
_ADDITIONAL_LENGTH_BYTE, _ADDITIONAL_LENGTH_END = 7, 8


class CopyAborted(Check):
    """CHECK CONDITION, COPY ABORTED.

    ``segment`` counts from zero. ``pointer`` locates a field: whether in the segment descriptor (else in the parameter
    list), byte, bit. ``forwarded`` is which unit failed, and its answer. ``residual_blocks`` is how many blocks of the
    segment were not written, None if none of them was.
    """

    def __init__(self, code: tuple[int, int], segment: int, pointer: tuple[bool, int, int | None] | None = None,
                 forwarded: tuple[int, Refusal] | None = None, residual_blocks: int | None = None) -> None:
        super().__init__(COPY_ABORTED, *code)
        self.segment = segment
        self.forwarded = forwarded
        self._more: dict[str, Any] = {"information": residual_blocks, "segment_pointer": pointer}

    def sense(self, descriptor_format: bool) -> bytes:
        if descriptor_format:
            return encode_descriptor_sense(
                self.key, self.asc, self.ascq, command_specific_information=self.segment,
                descriptors=self._descriptors(), **self._more)
        return self._fixed()

    def _descriptors(self) -> list[dict[str, Any]]:
        if self.forwarded is None:
            return []
        device, refusal = self.forwarded
        status, sense = _answer(refusal, True)
        return [{"type": FORWARDED_SENSE_DATA, "forwarded_sense_data_truncated": len(sense) > _MOST_FORWARDED,
                 "sense_data_source": device, "forwarded_status": status,
                 "forwarded_sense_data": sense[:_MOST_FORWARDED].hex()}]

    def _fixed(self) -> bytes:
        """The first two bytes of the command-specific information are the offsets of the status and sense data of the
        source and of the destination, which follow the fixed part; the last two are the segment.
        """
        places = {SOURCE: 0, DESTINATION: 0}
        behind = b""
        if self.forwarded is not None:
            device, refusal = self.forwarded
            status, sense = _answer(refusal, False)
            behind = bytes((status,)) + sense[:_MOST_FORWARDED]
            places[device] = _FIXED_SIZE
        whole = bytearray(encode_fixed_sense(
            self.key, self.asc, self.ascq,
            command_specific_information=places[SOURCE] << 24 | places[DESTINATION] << 16 | self.segment,
            **self._more) + behind)
        whole[_ADDITIONAL_LENGTH_BYTE] = len(whole) - _ADDITIONAL_LENGTH_END
        return bytes(whole)


def _answer(refusal: Refusal, descriptor_format: bool) -> tuple[int, bytes]:
    """The status and the sense data of a unit that failed."""
    if isinstance(refusal, Status):
        return refusal.status, b""
    return CHECK_CONDITION, refusal.sense(descriptor_format)

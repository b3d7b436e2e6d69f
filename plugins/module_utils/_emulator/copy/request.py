# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameter lists of EXTENDED COPY, checked as far as possible before anything is copied (SPC-6 6.5, 5.17.7.2).

All errors here are ILLEGAL REQUEST, not COPY ABORTED: nothing has been copied yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ..._scsi.copy_cscds import CSCD, CSCD_SIZE, IDENTIFICATION, designator
from ..._scsi.copy_segments import SEGMENTS, segment_size
from ..._scsi.extended_copy import (
    KEEP,
    LID1_LIST_IDENTIFIER_BYTE,
    LID4_FORMAT,
    LID4_HEADER_LENGTH,
    LID4_HEADER_TYPE,
    LID4_LIST_IDENTIFIER_BYTE,
    LIST_ID_USAGE_BIT,
    LIST_ID_USAGE_BYTE,
    LIST_ID_USAGES,
    NO_LIST_ID,
    PARAMETER_LIST_LID1,
    PARAMETER_LIST_LID4,
)
from ..._scsi.sense_keys import ILLEGAL_REQUEST
from ..._scsi.table import Table
from ..feature import Check, invalid_field_in_parameter_list
from .parameters import CopySettings

_LENGTH_ERROR = Check(ILLEGAL_REQUEST, 0x1A, 0x00)
_TOO_MANY_CSCDS = (0x26, 0x06)
_UNSUPPORTED_CSCD = (0x26, 0x07)
_TOO_MANY_SEGMENTS = (0x26, 0x08)
_UNSUPPORTED_SEGMENT = (0x26, 0x09)
_INLINE_DATA_EXCEEDED = (0x26, 0x0B)

_DESCRIPTOR_LENGTH_BYTE = 2
_HEADER_LENGTH_BYTE, _HEADER_TYPE_BYTE, _IMMED_BYTE, _IMMED_BIT = 2, 16, 15, 1
#: The offset of the inline data length in each list, for errors that point to it.
_INLINE_LENGTH_BYTES = {PARAMETER_LIST_LID1.title: 12, PARAMETER_LIST_LID4.title: 46}


@dataclass(frozen=True)
class Cscd:
    """A CSCD descriptor. ``offset`` is its place in the parameter list, in bytes."""

    offset: int
    designator: bytes
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Segment:
    """A segment descriptor. ``number`` counts from zero."""

    number: int
    kind: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class CopyRequest:
    """What to copy. ``identifier`` is None for a copy without one; ``keeps``: held data must be kept once it ended."""

    identifier: int | None
    keeps: bool
    immediate: bool
    cscds: list[Cscd]
    segments: list[Segment]


def parse_lid1(data: bytes, length: int, settings: CopySettings) -> CopyRequest:
    """The parameter list of EXTENDED COPY(LID1); ``length`` is its length by the CDB, in bytes. Raises Check."""
    values = _header(PARAMETER_LIST_LID1, data, length)
    identifier = _identifier(values, settings, LID1_LIST_IDENTIFIER_BYTE)
    return _parse(PARAMETER_LIST_LID1, values, data, length, settings, identifier, False)


def parse_lid4(data: bytes, length: int, settings: CopySettings) -> CopyRequest:
    """The parameter list of EXTENDED COPY(LID4). Raises Check."""
    values = _header(PARAMETER_LIST_LID4, data, length)
    if values["parameter_list_format"] != LID4_FORMAT:
        raise invalid_field_in_parameter_list(0)
    if values["header_cscd_descriptor_list_length"] != LID4_HEADER_LENGTH:
        raise invalid_field_in_parameter_list(_HEADER_LENGTH_BYTE)
    if values["header_cscd_descriptor_type"]["value"] != LID4_HEADER_TYPE:
        raise invalid_field_in_parameter_list(_HEADER_TYPE_BYTE)
    identifier = _identifier(values, settings, LID4_LIST_IDENTIFIER_BYTE)
    if values["immed"] and identifier is None:
        # Its result could not be queried.
        raise invalid_field_in_parameter_list(_IMMED_BYTE, _IMMED_BIT)
    return _parse(PARAMETER_LIST_LID4, values, data, length, settings, identifier, values["immed"])


def _header(table: Table, data: bytes, length: int) -> dict[str, Any]:
    if min(length, len(data)) < table.size:
        raise _LENGTH_ERROR
    return table.decode(data)


def _identifier(values: Mapping[str, Any], settings: CopySettings, byte: int) -> int | None:
    """The list identifier; None if there is none."""
    usage = values["list_id_usage"]["value"]
    if usage not in LIST_ID_USAGES or usage == NO_LIST_ID and not settings.snlid:
        raise invalid_field_in_parameter_list(LIST_ID_USAGE_BYTE, LIST_ID_USAGE_BIT)
    identifier: int = values["list_identifier"]
    if usage != NO_LIST_ID:
        return identifier
    if identifier:
        raise invalid_field_in_parameter_list(byte)
    return None


def _parse(table: Table, values: Mapping[str, Any], data: bytes, length: int, settings: CopySettings,
           identifier: int | None, immediate: bool) -> CopyRequest:
    cscd_bytes, segment_bytes = values["cscd_descriptor_list_length"], values["segment_descriptor_list_length"]
    # The total length comes first: descriptors are not worth counting in a list that is too long.
    if cscd_bytes + segment_bytes > settings.maximum_list_bytes or cscd_bytes % CSCD_SIZE:
        raise _LENGTH_ERROR
    if cscd_bytes // CSCD_SIZE > settings.maximum_cscds:
        raise Check(ILLEGAL_REQUEST, *_TOO_MANY_CSCDS)
    if values["inline_data_length"]:
        # No segment type that takes inline data is supported, so its maximum length is 0 (SPC-6 6.23).
        raise Check(ILLEGAL_REQUEST, *_INLINE_DATA_EXCEEDED,
                    field_pointer=(False, _INLINE_LENGTH_BYTES[table.title], None))
    start = table.size + cscd_bytes
    if start + segment_bytes > min(length, len(data)):
        raise _LENGTH_ERROR
    return CopyRequest(
        identifier, values["list_id_usage"]["value"] == KEEP, immediate,
        [_cscd(data, offset) for offset in range(table.size, start, CSCD_SIZE)],
        _segments(data, start, start + segment_bytes, settings))


def _cscd(data: bytes, offset: int) -> Cscd:
    descriptor = data[offset:offset + CSCD_SIZE]
    values = CSCD.decode(descriptor)
    if values["type"]["value"] != IDENTIFICATION:
        raise Check(ILLEGAL_REQUEST, *_UNSUPPORTED_CSCD, field_pointer=(False, offset, None))
    return Cscd(offset, designator(descriptor), values)


def _segments(data: bytes, start: int, end: int, settings: CopySettings) -> list[Segment]:
    found: list[Segment] = []
    offset = start
    while offset < end:
        if len(found) == settings.maximum_segments:
            raise Check(ILLEGAL_REQUEST, *_TOO_MANY_SEGMENTS)
        descriptor = data[offset:end]
        kind = descriptor[0]
        if kind not in settings.segment_types:
            raise Check(ILLEGAL_REQUEST, *_UNSUPPORTED_SEGMENT, field_pointer=(False, offset, None))
        size = segment_size(descriptor)
        if size is None or size > len(descriptor):
            raise _LENGTH_ERROR
        if size != SEGMENTS[kind].size:
            raise invalid_field_in_parameter_list(offset + _DESCRIPTOR_LENGTH_BYTE)
        found.append(Segment(len(found), kind, SEGMENTS[kind].decode(descriptor[:size])))
        offset += size
    return found

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sense data (SPC-6 4.4) as a device sends it: the emulated target's counterpart of `sense`."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from . import sense_descriptors as types
from .sense_formats import (
    DESCRIPTOR,
    FIELD_POINTER,
    FIXED,
    LONGEST,
    PROGRESS,
    RETRY_COUNT,
    SEGMENT_POINTER,
    SENSE_KEY_SPECIFIC,
    UNIT_ATTENTION,
)
from .table import Table


def encode_fixed_sense(
    key: int,
    asc: int = 0,
    ascq: int = 0,
    *,
    information: int | None = None,
    command_specific_information: int | None = None,
    field_pointer: tuple[bool, int, int | None] | None = None,
    segment_pointer: tuple[bool, int, int | None] | None = None,
    retry_count: int | None = None,
    progress: int | None = None,
    unit_attention_overflow: bool | None = None,
    field_replaceable_unit_code: int | None = None,
    filemark: bool = False,
    eom: bool = False,
    ili: bool = False,
    deferred: bool = False,
) -> bytes:
    """Sense data in fixed format, 18 bytes.

    Information that needs more than the four bytes of the field is left out, as the standard requires.
    """
    specific = _encode_sense_key_specific(
        key, field_pointer=field_pointer, segment_pointer=segment_pointer, retry_count=retry_count, progress=progress,
        unit_attention_overflow=unit_attention_overflow)
    valid = information is not None and information < 1 << 32
    return FIXED.encode(
        valid=valid,
        response_code=0x71 if deferred else 0x70,
        filemark=filemark, eom=eom, ili=ili,
        sense_key=key,
        information=information if valid else 0,
        command_specific_information=command_specific_information or 0,
        additional_sense_code=asc,
        additional_sense_code_qualifier=ascq,
        field_replaceable_unit_code=field_replaceable_unit_code,
        sense_key_specific=specific.hex(),
    )


def encode_descriptor_sense(
    key: int,
    asc: int = 0,
    ascq: int = 0,
    *,
    information: int | None = None,
    command_specific_information: int | None = None,
    field_pointer: tuple[bool, int, int | None] | None = None,
    segment_pointer: tuple[bool, int, int | None] | None = None,
    retry_count: int | None = None,
    progress: int | None = None,
    unit_attention_overflow: bool | None = None,
    field_replaceable_unit_code: int | None = None,
    deferred: bool = False,
    descriptors: Iterable[bytes | Mapping[str, Any]] = (),
) -> bytes:
    """Sense data in descriptor format: a descriptor for each value that is given, then ``descriptors``.

    Those are as `sense_descriptors.encode_descriptor` takes them. Raises ValueError for what does not fit.
    """
    pieces: list[bytes | Mapping[str, Any]] = []
    if information is not None:
        pieces.append({"type": types.INFORMATION, "valid": True, "information": information})
    if command_specific_information is not None:
        pieces.append({
            "type": types.COMMAND_SPECIFIC_INFORMATION,
            "command_specific_information": command_specific_information,
        })
    specific = _encode_sense_key_specific(
        key, field_pointer=field_pointer, segment_pointer=segment_pointer, retry_count=retry_count, progress=progress,
        unit_attention_overflow=unit_attention_overflow)
    if any(specific):
        pieces.append({"type": types.SENSE_KEY_SPECIFIC, "sense_key_specific": specific.hex()})
    if field_replaceable_unit_code is not None:
        pieces.append({
            "type": types.FIELD_REPLACEABLE_UNIT,
            "field_replaceable_unit_code": field_replaceable_unit_code,
        })
    pieces.extend(descriptors)
    body = b"".join(types.encode_descriptor(piece) for piece in pieces)
    if DESCRIPTOR.size + len(body) > LONGEST:
        raise ValueError(f"sense data of {DESCRIPTOR.size + len(body)} bytes, at most {LONGEST} are allowed")
    return DESCRIPTOR.encode(
        response_code=0x73 if deferred else 0x72,
        sense_key=key,
        additional_sense_code=asc,
        additional_sense_code_qualifier=ascq,
        additional_sense_length=len(body),
    ) + body


def _encode_sense_key_specific(
    key: int,
    *,
    field_pointer: tuple[bool, int, int | None] | None,
    segment_pointer: tuple[bool, int, int | None] | None,
    retry_count: int | None,
    progress: int | None,
    unit_attention_overflow: bool | None,
) -> bytes:
    """The three bytes; zero without any value. Raises ValueError for a value that this key does not have."""
    given: list[tuple[Table, dict[str, Any]]] = []
    if field_pointer is not None:
        given.append((FIELD_POINTER, _pointer("command_data", field_pointer)))
    if segment_pointer is not None:
        given.append((SEGMENT_POINTER, _pointer("segment_descriptor", segment_pointer)))
    if retry_count is not None:
        given.append((RETRY_COUNT, {"actual_retry_count": retry_count}))
    if progress is not None:
        given.append((PROGRESS, {"progress_indication": progress}))
    if unit_attention_overflow is not None:
        given.append((UNIT_ATTENTION, {"overflow": unit_attention_overflow}))
    if not given:
        return bytes(3)
    if len(given) > 1 or given[0][0] is not SENSE_KEY_SPECIFIC.get(key):
        titles = ", ".join(table.title for table, _values in given)
        raise ValueError(f"sense key {key:X}h has no such specific information: {titles}")
    table, values = given[0]
    return table.encode(values)


def _pointer(container: str, pointer: tuple[bool, int, int | None]) -> dict[str, Any]:
    inside, byte, bit = pointer
    return {container: inside, "field_pointer": byte, "bpv": bit is not None, "bit_pointer": bit or 0}

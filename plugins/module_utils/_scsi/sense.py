# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sense data (SPC-6 4.4), fixed and descriptor format, decoded."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple

from . import sense_descriptors as types
from .sense_codes import additional_sense
from .sense_formats import (
    DESCRIPTOR,
    FIELD_POINTER,
    FIXED,
    FIXED_ATA,
    RESPONSE,
    RETRY_COUNT,
    SEGMENT_POINTER,
    SENSE_KEY_SPECIFIC,
    UNIT_ATTENTION,
    FieldPointer,
    SegmentPointer,
)
from .sense_keys import COPY_ABORTED, NO_SENSE, NOT_READY, SENSE_KEYS
from .table import Table, named, within

__all__ = ["FieldPointer", "SegmentPointer", "Sense", "decode_sense"]

# The sense keys under which the field is a progress indication.
_PROGRESS_KEYS = (NO_SENSE, NOT_READY)

# The fields that mean the same under every sense key, and in both formats.
_PLAIN = ("command_specific_information", "field_replaceable_unit_code", "filemark", "eom", "ili")

# Forwarded sense data may itself contain forwarded sense data; in practice it nests once.
_DEEPEST = 3


class Sense(NamedTuple):
    """Decoded sense data; ``None`` for whatever is not there.

    ``progress`` is in units of 1/65536. ``descriptors`` holds every descriptor by field name, including those whose
    values are also attributes; ``forwarded`` the sense data that a copy manager forwards, each with its source.
    """

    raw: bytes = b""
    response_code: int | None = None
    deferred: bool = False
    format: str | None = None
    key: int | None = None
    asc: int | None = None
    ascq: int | None = None
    overflow: bool | None = None
    information: int | None = None
    command_specific_information: int | None = None
    field_replaceable_unit_code: int | None = None
    filemark: bool | None = None
    eom: bool | None = None
    ili: bool | None = None
    field_pointer: FieldPointer | None = None
    segment_pointer: SegmentPointer | None = None
    retry_count: int | None = None
    progress: int | None = None
    unit_attention_overflow: bool | None = None
    ata: dict[str, Any] | None = None
    descriptors: tuple[types.Descriptor, ...] = ()
    forwarded: tuple[tuple[str, Sense], ...] = ()

    @property
    def additional(self) -> str | None:
        """The name of the additional sense code and its qualifier."""
        return None if self.asc is None or self.ascq is None else additional_sense(self.asc, self.ascq)

    @property
    def lba(self) -> int | None:
        """The logical block that the information field names (SBC-4 4.18).

        Only for errors that are about a block: in most other sense data, and in that of a tape, the field means
        something else.
        """
        about_a_block = self.key in (0x1, 0x3, 0x4) or self.asc == 0x10 or (self.asc, self.ascq) == (0x21, 0x00)
        return self.information if about_a_block and not (self.ili or self.filemark or self.eom) else None

    @property
    def progress_percent(self) -> float | None:
        """How much of the operation in progress is done; never 100, as the field counts to 65535 of 65536."""
        return _percent(self.progress)

    def facts(self) -> dict[str, Any]:
        """Everything as JSON, for a module's result."""
        return {
            "response_code": self.response_code,
            "format": self.format,
            "deferred": self.deferred,
            "key": None if self.key is None else named(self.key, SENSE_KEYS),
            "asc": self.asc,
            "ascq": self.ascq,
            "additional": self.additional,
            "overflow": self.overflow,
            "information": self.information,
            "lba": self.lba,
            "command_specific_information": self.command_specific_information,
            "field_replaceable_unit_code": self.field_replaceable_unit_code,
            "filemark": self.filemark,
            "eom": self.eom,
            "ili": self.ili,
            "field_pointer": None if self.field_pointer is None else {
                "in": "cdb" if self.field_pointer.in_cdb else "parameter_list",
                "byte": self.field_pointer.byte,
                "bit": self.field_pointer.bit,
            },
            "segment_pointer": None if self.segment_pointer is None else {
                "in": "segment_descriptor" if self.segment_pointer.in_segment_descriptor else "parameter_list",
                "byte": self.segment_pointer.byte,
                "bit": self.segment_pointer.bit,
            },
            "retry_count": self.retry_count,
            "progress_percent": self.progress_percent,
            "unit_attention_overflow": self.unit_attention_overflow,
            "ata": self.ata,
            "descriptors": list(self.descriptors),
            "forwarded": [{"from": title, "sense": sense.facts()} for title, sense in self.forwarded],
            "text": self.sentence(),
            "raw": self.raw.hex(),
        }

    def sentence(self) -> str:
        """What happened, for a person: ``illegal request: invalid field in CDB, byte 4 bit 5``."""
        if self.format is None:
            return _unreadable(self)
        if self.key is None:
            return "sense data that ends before the sense key"
        text = SENSE_KEYS[self.key]
        if self.additional is not None:
            text += ": " + self.additional
        text += "".join(", " + detail for detail in self._details())
        for title, forwarded in self.forwarded:
            text += f"; {title}: {forwarded.sentence()}"
        return "deferred error (of an earlier command): " + text if self.deferred else text

    def __str__(self) -> str:
        return self.sentence()

    def _details(self) -> Iterable[str]:
        if self.field_pointer is not None:
            place = str(self.field_pointer)
            # Do not say "invalid field in CDB, CDB byte 4".
            container = "CDB " if self.field_pointer.in_cdb else "parameter list "
            yield place[len(container):] if (self.additional or "").endswith(container.strip()) else place
        if self.segment_pointer is not None:
            yield str(self.segment_pointer)
        if self.lba is not None:
            yield f"LBA {self.lba}"
        if self.retry_count:
            yield f"retries: {self.retry_count}"
        if self.progress_percent is not None:
            # Truncated, not rounded: 99.998 % is not complete.
            yield f"{int(self.progress_percent)} % complete"
        if self.ata is not None and self.ata["status"] is not None and self.ata["error"] is not None:
            yield f"ATA status {self.ata['status']:02X}h error {self.ata['error']:02X}h"


def decode_sense(data: bytes, warnings: list[str] | None = None) -> Sense:
    """Decodes sense data as far as it arrived; never raises, whatever the bytes.

    Anomalies are appended to ``warnings``.
    """
    return _decode(bytes(data), [] if warnings is None else warnings, 0)


def _decode(data: bytes, warnings: list[str], depth: int) -> Sense:
    response_code = RESPONSE.decode(data)["response_code"]
    if response_code in (0x70, 0x71):
        values = _fixed(data, warnings, depth)
    elif response_code in (0x72, 0x73):
        values = _descriptor(data, warnings, depth)
    else:
        return Sense(raw=data, response_code=response_code)
    return Sense(raw=data, response_code=response_code, deferred=bool(response_code & 1), **values)


def _fixed(data: bytes, warnings: list[str], depth: int) -> dict[str, Any]:
    whole = _whole(data, FIXED, warnings)
    fields = FIXED.decode(whole)
    values = _common(fields, "fixed")
    values.update((name, fields[name]) for name in _PLAIN)
    if fields["valid"]:
        values["information"] = fields["information"]
    if (values["asc"], values["ascq"]) == (0x00, 0x1D):
        # Information and command-specific information have no meaning of their own here.
        values["information"] = values["command_specific_information"] = None
        values["ata"] = _fixed_ata(whole)
        return values
    values.update(_sense_key_specific(fields["sense_key"], fields["sense_key_specific"]))
    if fields["sense_key"] == COPY_ABORTED:
        values["forwarded"] = _answers_of_a_copy(whole, warnings, depth)
    return values


def _answers_of_a_copy(data: bytes, warnings: list[str], depth: int) -> tuple[tuple[str, Sense], ...]:
    """The sense data that a copy manager got from the devices between which it copies (SPC-3 6.3.3).

    Two bytes of the command-specific information are offsets, from the start, of a status and its sense data.
    """
    places = [(at, title) for at, title in zip(data[8:10], ("copy source", "copy destination"))
              if FIXED.size <= at < len(data)]
    found = []
    for at, title in places:
        end = min((other for other, _title in places if other > at), default=len(data))
        if depth < _DEEPEST and data[at] == 0x02:  # CHECK CONDITION; with another status there is no sense data
            # No warnings: the copy manager may have cut what it forwards, and that is not a fault of this answer.
            found.append((title, _decode(data[at + 1:end], [], depth + 1)))
    return tuple(found)


def _fixed_ata(data: bytes) -> dict[str, Any]:
    """The result of an ATA command; the fixed format has room only for the low halves of its fields."""
    fields = FIXED_ATA.decode(data)
    result = types.ata_status(dict(fields, extend=False))
    result["extend"] = fields["extend"]
    if fields["count_upper_nonzero"]:
        result["count"] = None
    if fields["lba_upper_nonzero"]:
        result["lba"] = None
    return result


def _descriptor(data: bytes, warnings: list[str], depth: int) -> dict[str, Any]:
    whole = _whole(data, DESCRIPTOR, warnings)
    fields = DESCRIPTOR.decode(whole)
    values = _common(fields, "descriptor")
    key = fields["sense_key"]
    descriptors: list[types.Descriptor] = []
    forwarded: list[tuple[str, Sense]] = []
    another_progress = None
    for piece in types.split(whole[DESCRIPTOR.size:], warnings):
        descriptor = types.decode_descriptor(piece)
        kind = descriptor["type"]["value"]
        found: dict[str, Any] = {name: descriptor.get(name) for name in ("information", *_PLAIN)}
        if kind in (types.SENSE_KEY_SPECIFIC, types.DIRECT_ACCESS_BLOCK_DEVICE):
            found.update(_sense_key_specific(key, descriptor["sense_key_specific"]))
        elif kind == types.ATA_STATUS_RETURN:
            found["ata"] = types.ata_status(descriptor)
        elif kind == types.ANOTHER_PROGRESS_INDICATION and another_progress is None:
            another_key = descriptor["another_sense_key"]
            if another_key is not None and another_key["value"] in _PROGRESS_KEYS:
                another_progress = descriptor["another_progress_indication"]
        elif kind == types.FORWARDED_SENSE_DATA:
            descriptor["sense"] = None
            if depth < _DEEPEST:
                nested = _decode(bytes.fromhex(descriptor["forwarded_sense_data"]), warnings, depth + 1)
                descriptor["sense"] = nested.facts()
                forwarded.append((types.forwarded_title(descriptor), nested))
        # The standard allows one descriptor per type; if two contradict each other, the first one counts.
        values.update((name, value) for name, value in found.items() if value is not None and name not in values)
        descriptors.append(descriptor)
    if values.get("progress") is None:
        # The device reports progress only in this descriptor, so this is the progress that callers ask for.
        values["progress"] = another_progress
    values["descriptors"] = tuple(descriptors)
    values["forwarded"] = tuple(forwarded)
    return values


def _whole(data: bytes, table: Table, warnings: list[str]) -> bytes:
    """The sense data, up to its own length."""
    length = table.decode(data)["additional_sense_length"]
    if length is None:
        warnings.append(f"sense data: {len(data)} bytes arrived, too few for its length")
        return data
    return within(data, 8 + length, "sense data", warnings)


def _common(fields: Mapping[str, Any], layout: str) -> dict[str, Any]:
    return {
        "format": layout,
        "key": fields["sense_key"],
        "asc": fields["additional_sense_code"],
        "ascq": fields["additional_sense_code_qualifier"],
        "overflow": fields["sdat_ovfl"],
    }


def _sense_key_specific(key: int | None, content: str | None) -> dict[str, Any]:
    """What the three bytes mean under this sense key; empty without SKSV."""
    table = None if key is None or content is None else SENSE_KEY_SPECIFIC.get(key)
    if table is None or content is None:
        return {}
    fields = table.decode(bytes.fromhex(content))
    if not fields["sksv"]:
        return {}
    if table is FIELD_POINTER:
        bit = fields["bit_pointer"] if fields["bpv"] else None
        return {"field_pointer": FieldPointer(fields["command_data"], fields["field_pointer"], bit)}
    if table is SEGMENT_POINTER:
        bit = fields["bit_pointer"] if fields["bpv"] else None
        return {"segment_pointer": SegmentPointer(fields["segment_descriptor"], fields["field_pointer"], bit)}
    if table is UNIT_ATTENTION:
        return {"unit_attention_overflow": fields["overflow"]}
    if table is RETRY_COUNT:
        return {"retry_count": fields["actual_retry_count"]}
    return {"progress": fields["progress_indication"]}


def _unreadable(sense: Sense) -> str:
    """A sentence for what is not sense data as defined in SPC."""
    if not any(sense.raw):
        # A buffer that was cleared and never written is as good as none.
        return "no sense data"
    if sense.response_code == 0x7F:
        return "vendor specific sense data"
    return f"sense data with the unknown response code {sense.response_code or 0:02X}h"


def _percent(progress: int | None) -> float | None:
    return None if progress is None else round(progress * 100 / 65536, 3)

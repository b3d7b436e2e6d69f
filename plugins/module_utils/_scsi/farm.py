# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field Accessible Reliability Metrics (FARM), the log in which Seagate's disks count for themselves.

A SAS disk has it as log page 3Dh,03h, an ATA disk as general purpose log A6h. The tables are those of Seagate's public
FARM Specification, revision 4.41.1. Every field has eight bytes, of which the most significant one says whether it
counts. The fields of SAS are big-endian, those of ATA little-endian.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .log_sense import LOG_PARAMETER_HEADER, encode_page, page_title, parameters
from .table import Field, Table, Values

FARM_PAGE, FARM_SUBPAGE = 0x3D, 0x03
FARM_LOG = 0xA6
#: The vendor as named in standard INQUIRY data. On the disks of others the page means something else.
FARM_VENDOR = "SEAGATE"
#: "FARMER" in ASCII.
SIGNATURE = 0x4641524D4552

_FIELD_SIZE, _STATUS_SHIFT = 8, 56
#: Bits of the status byte: the field is supported, and its value is valid (table 6).
_COUNTS = 0xC0
_DATA = (1 << _STATUS_SHIFT) - 1
#: An ATA disk has room for so many heads.
ATA_HEADS = 24
_HOUR_SECONDS = 3600
#: Some disks fill the write time by head with numbers that are no times; none of these disks is a hundred years old.
_TIMES_AT_MOST = 100 * 365 * 24 * _HOUR_SECONDS


class metric(Field):
    """A field of FARM, which is ``None`` unless its status says that it is supported and valid."""

    __slots__ = ("order",)

    def __init__(self, name: str, first: int, order: Any) -> None:
        super().__init__(name, first, first + _FIELD_SIZE - 1)
        self.order = order

    def read(self, data: bytes) -> int | None:
        number = int.from_bytes(data[self.first:self.last + 1], self.order)
        return number & _DATA if number >> _STATUS_SHIFT & _COUNTS == _COUNTS else None

    def write(self, data: bytearray, value: Any) -> None:
        if value is not None and not 0 <= int(value) <= _DATA:
            raise ValueError(f"{self.name}: {value} does not fit {_FIELD_SIZE - 1} bytes")
        number = 0 if value is None else _COUNTS << _STATUS_SHIFT | int(value)
        data[self.first:self.last + 1] = number.to_bytes(_FIELD_SIZE, self.order)


def _sas(name: str, first: int) -> metric:
    return metric(name, first, "big")


def _ata(name: str, first: int) -> metric:
    return metric(name, first, "little")


_HEADER, _DRIVE_INFORMATION, _REALLOCATED, _WRITE_TIME, _ACTUATOR = 0x00, 0x01, 0x21, 0x26, 0x50

FARM_HEADER = Table(
    "FARM header parameter", "Seagate FARM Specification 4.41.1, table 17",
    _sas("log_signature", 4),
    _sas("log_major_revision", 12),
    _sas("log_minor_revision", 20),
    _sas("maximum_drive_heads_supported", 52),
    size=76)

DRIVE_INFORMATION_SAS = Table(
    "FARM general drive information parameter", "Seagate FARM Specification 4.41.1, table 18",
    _sas("page_number", 4),
    _sas("number_of_heads", 92),
    _sas("power_on_hours", 156),
    _sas("power_cycle_count", 188),
    _sas("date_of_assembly", 244),
    size=252)

ACTUATOR_SAS = Table(
    "FARM by actuator parameter", "Seagate FARM Specification 4.41.1, table 27",
    _sas("page_number", 4),
    _sas("actuator_id", 20),
    _sas("head_load_events", 28),
    size=244)

#: A page has so many blocks of 512 bytes, and the log so many in all (chapter 4).
ATA_PAGE_BLOCKS, ATA_LOG_BLOCKS = 32, 192
DRIVE_INFORMATION_PAGE, RELIABILITY_PAGE = 1, 5

DRIVE_INFORMATION_ATA = Table(
    "FARM page 1, general drive information", "Seagate FARM Specification 4.41.1, table 7",
    _ata("page_number", 0),
    _ata("number_of_heads", 88),
    _ata("power_on_hours", 152),
    _ata("spindle_power_on_hours", 160),
    _ata("head_flight_hours", 168),
    _ata("head_load_events", 176),
    _ata("power_cycle_count", 184),
    _ata("date_of_assembly", 360),
    size=512)

_REALLOCATED_AT, _WRITE_TIME_AT = 5192, 6160

RELIABILITY_ATA = Table(
    "FARM page 5, reliability statistics", "Seagate FARM Specification 4.41.1, table 11",
    _ata("page_number", 0),
    *[_ata(f"reallocated_sectors_of_head_{head}", _REALLOCATED_AT + _FIELD_SIZE * head) for head in range(ATA_HEADS)],
    *[_ata(f"write_seconds_of_head_{head}", _WRITE_TIME_AT + _FIELD_SIZE * head) for head in range(ATA_HEADS)])


def decode_farm_page(data: bytes, warnings: list[str]) -> Values | None:
    """What a SAS disk says of itself, as `_facts`; ``None`` for a page that is not FARM.

    The hours of the spindle and of the heads in flight are reserved here.
    """
    said: list[str] = []
    found = {parameter.code: parameter.whole for parameter in parameters(data, FARM_PAGE, FARM_SUBPAGE, said)}
    warnings.extend(said)
    if FARM_HEADER.decode(found.get(_HEADER, b""))["log_signature"] != SIGNATURE:
        if not said:
            warnings.append(f"{page_title(FARM_PAGE, FARM_SUBPAGE)}: no FARM log, its signature is missing")
        return None
    drive = DRIVE_INFORMATION_SAS.decode(found.get(_DRIVE_INFORMATION, b""))
    actuator = ACTUATOR_SAS.decode(found.get(_ACTUATOR, b""))
    return _facts(
        dict(drive, head_load_events=actuator["head_load_events"]), "big",
        _by_head(found.get(_REALLOCATED, b"")), _by_head(found.get(_WRITE_TIME, b"")))


def decode_farm_pages(drive_information: bytes, reliability: bytes, warnings: list[str]) -> Values | None:
    """The same of an ATA disk, from the first block of page 1 and from page 5; ``None`` for pages that are not FARM."""
    drive = DRIVE_INFORMATION_ATA.decode(drive_information)
    if drive["page_number"] != DRIVE_INFORMATION_PAGE:
        warnings.append(f"{DRIVE_INFORMATION_ATA.title}: another page arrived, or none")
        return None
    more = RELIABILITY_ATA.decode(reliability)
    if more["page_number"] != RELIABILITY_PAGE:
        warnings.append(f"{RELIABILITY_ATA.title}: another page arrived, or none")
        more = dict.fromkeys(more)
    heads = range(ATA_HEADS)
    return _facts(drive, "little", [more[f"reallocated_sectors_of_head_{head}"] for head in heads],
                  [more[f"write_seconds_of_head_{head}"] for head in heads])


def _by_head(parameter: bytes) -> list[int | None]:
    """The values of a parameter that has one per head (table 26)."""
    starts = range(LOG_PARAMETER_HEADER.size, len(parameter) - _FIELD_SIZE + 1, _FIELD_SIZE)
    return [_sas("", start).read(parameter) for start in starts]


def _facts(drive: Mapping[str, Any], order: Any, reallocated: list[int | None], seconds: list[int | None]) -> Values:
    """What is known in both forms of the log: hours, counts, ``assembly_year`` and ``assembly_week`` as digits, and
    lists with a value per head; each ``None`` if not reported by the disk."""
    heads = drive["number_of_heads"]
    year, week = _assembly(drive["date_of_assembly"], order)
    hours = [None if each is None or each > _TIMES_AT_MOST else each // _HOUR_SECONDS for each in seconds]
    return {
        "heads": heads,
        "power_on_hours": drive["power_on_hours"],
        "spindle_power_on_hours": drive.get("spindle_power_on_hours"),
        "head_flight_hours": drive.get("head_flight_hours"),
        "head_load_events": drive["head_load_events"],
        "power_cycles": drive["power_cycle_count"],
        "assembly_year": year,
        "assembly_week": week,
        "reallocated_sectors_by_head": _of_heads(reallocated, heads),
        "write_power_on_hours_by_head": _of_heads(hours, heads),
    }


def _of_heads(values: Sequence[int | None], heads: int | None) -> list[int | None] | None:
    listed = list(values[:heads or 0])
    return listed if any(value is not None for value in listed) else None


def _assembly(date: int | None, order: Any) -> tuple[str | None, str | None]:
    """Year and week of a date in ASCII, YYWW; none of these disks is of another century."""
    if date is None or date >> 32:
        return None, None
    digits = date.to_bytes(4, order)
    if not digits.isdigit() or not 1 <= int(digits[2:]) <= 53:
        return None, None
    return "20" + digits[:2].decode("ascii"), digits[2:].decode("ascii")


def encode_farm_page(values: Mapping[str, Any]) -> bytes:
    """The whole page of a SAS disk, from decoded values."""
    heads = values.get("heads") or 0
    year, week = values.get("assembly_year"), values.get("assembly_week")
    header = FARM_HEADER.encode(log_signature=SIGNATURE, log_major_revision=4, log_minor_revision=41,
                                maximum_drive_heads_supported=heads)
    drive = DRIVE_INFORMATION_SAS.encode(
        page_number=1, number_of_heads=heads, power_on_hours=values.get("power_on_hours"),
        power_cycle_count=values.get("power_cycles"), date_of_assembly=None if year is None or week is None else
        int.from_bytes((year[-2:] + week).encode("ascii"), "big"))
    actuator = ACTUATOR_SAS.encode(
        page_number=_ACTUATOR, actuator_id=0, head_load_events=values.get("head_load_events"))
    hours = values.get("write_power_on_hours_by_head") or ()
    listed = [
        (_HEADER, header), (_DRIVE_INFORMATION, drive),
        (_REALLOCATED, _encode_heads(values.get("reallocated_sectors_by_head") or ())),
        (_WRITE_TIME, _encode_heads([None if each is None else each * _HOUR_SECONDS for each in hours])),
        (_ACTUATOR, actuator)]
    return encode_page(FARM_PAGE, FARM_SUBPAGE, [(code, whole[LOG_PARAMETER_HEADER.size:]) for code, whole in listed])


def _encode_heads(values: Sequence[int | None]) -> bytes:
    data = bytearray(LOG_PARAMETER_HEADER.size + _FIELD_SIZE * len(values))
    for head, value in enumerate(values):
        _sas("value of a head", LOG_PARAMETER_HEADER.size + _FIELD_SIZE * head).write(data, value)
    return bytes(data)

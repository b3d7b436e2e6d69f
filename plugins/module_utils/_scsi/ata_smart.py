# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ATA commands through a SCSI device (SAT-5 12.2.3), and what SMART reports about self tests (ACS-4 7.48, 9.10, 9.11).

Numbers in ATA data are little-endian.
"""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from .table import Table, bits, flag, uint

ATA_PASS_THROUGH_16 = Table(
    "ATA PASS-THROUGH(16)", "SAT-5 12.2.3",
    uint("operation_code", 0),
    bits("multiple_count", 1, 7, 5),
    bits("protocol", 1, 4, 1),
    flag("extend", 1, 0),
    bits("off_line", 2, 7, 6),
    flag("ck_cond", 2, 5),
    flag("t_type", 2, 4),
    flag("t_dir", 2, 3),
    flag("byt_blok", 2, 2),
    bits("t_length", 2, 1, 0),
    uint("features", 3, 4),
    uint("count", 5, 6),
    uint("lba_7_0", 8),
    uint("lba_15_8", 10),
    uint("lba_23_16", 12),
    uint("device", 13),
    uint("command", 14),
    uint("control", 15),
    operation_code=0x85)

_NON_DATA, _PIO_DATA_IN = 3, 4
_COUNT_HAS_LENGTH = 2
_SMART = 0xB0
_SMART_MID, _SMART_HIGH = 0x4F, 0xC2
_READ_DATA, _EXECUTE_OFF_LINE_IMMEDIATE, _READ_LOG, _RETURN_STATUS = 0xD0, 0xD4, 0xD5, 0xDA
#: LBA MID and HIGH after SMART RETURN STATUS: as they were sent, or the other ones where a threshold is exceeded.
_PASSED, _EXCEEDED = (_SMART_MID, _SMART_HIGH), (0xF4, 0x2C)
_SELF_TEST_LOG = 0x06
SECTOR = 512

#: Subcommands of SMART EXECUTE OFF-LINE IMMEDIATE; captive is what SCSI calls the foreground.
SHORT, EXTENDED, CAPTIVE_SHORT, CAPTIVE_EXTENDED, ABORT = 0x01, 0x02, 0x81, 0x82, 0x7F

IN_PROGRESS = 0xF
_STATUS, _EXTENDED_MINUTES, _EXTENDED_MINUTES_WORD = 363, 373, 375
_IN_WORD = 0xFF
_ATTRIBUTES, _ATTRIBUTE_SIZE, _ATTRIBUTE_COUNT = 2, 12, 30
#: Attributes that nearly all vendors number alike, as smartctl's drive database has them.
REALLOCATED_SECTORS, POWER_ON_HOURS, AIRFLOW_TEMPERATURE, TEMPERATURE = 5, 9, 190, 194
PENDING_SECTORS, OFFLINE_UNCORRECTABLE = 197, 198
_FIRST_RESULT, _RESULT_SIZE, _RESULT_COUNT, _INDEX = 2, 24, 21, 508
_NO_COUNT = (0xFFFFFFFF, 0xFFFFFFFFFFFF)
_NO_LBA = (0, 0xFFFFFFFF, 0x0FFFFFFF)


def smart_read_data() -> bytes:
    """The CDB of SMART READ DATA, which returns one sector."""
    return _read(_READ_DATA, 0)


def smart_read_self_test_log() -> bytes:
    """The CDB of SMART READ LOG for the self-test log, which returns one sector."""
    return _read(_READ_LOG, _SELF_TEST_LOG)


def smart_return_status() -> bytes:
    """The CDB of SMART RETURN STATUS; its answer are registers, which come as sense data."""
    return ATA_PASS_THROUGH_16.encode(
        protocol=_NON_DATA, ck_cond=True, t_dir=True, byt_blok=True, features=_RETURN_STATUS,
        lba_15_8=_SMART_MID, lba_23_16=_SMART_HIGH, command=_SMART)


def decode_return_status(lba: int | None) -> bool | None:
    """Whether the drive finds itself healthy, of the LBA that came back; ``None`` where it is neither of the two."""
    if lba is None:
        return None
    found = lba >> 8 & 0xFF, lba >> 16 & 0xFF
    return True if found == _PASSED else False if found == _EXCEEDED else None


def _read(feature: int, low: int) -> bytes:
    return ATA_PASS_THROUGH_16.encode(
        protocol=_PIO_DATA_IN, t_dir=True, byt_blok=True, t_length=_COUNT_HAS_LENGTH, features=feature, count=1,
        lba_7_0=low, lba_15_8=_SMART_MID, lba_23_16=_SMART_HIGH, command=_SMART)


def smart_execute_off_line(subcommand: int) -> bytes:
    """The CDB of SMART EXECUTE OFF-LINE IMMEDIATE: starts or aborts a self test."""
    return ATA_PASS_THROUGH_16.encode(
        protocol=_NON_DATA, t_dir=True, byt_blok=True, features=_EXECUTE_OFF_LINE_IMMEDIATE, lba_7_0=subcommand,
        lba_15_8=_SMART_MID, lba_23_16=_SMART_HIGH, command=_SMART)


class SmartData(NamedTuple):
    """What SMART READ DATA reports about self tests; ``None`` for what did not arrive or is not reported."""

    status: int | None = None
    remaining_percent: int | None = None
    extended_minutes: int | None = None
    power_on_hours: int | None = None


class Attribute(NamedTuple):
    """A SMART attribute: normalized values, of which the vendor says what they mean, and the raw bytes as a number."""

    id: int
    value: int
    worst: int
    raw: int

    @property
    def counted(self) -> int | None:
        """The raw bytes as a count; ``None`` for all ones, which no drive has counted: it does not know the number."""
        return None if self.raw in _NO_COUNT else self.raw


def decode_attributes(data: bytes) -> dict[int, Attribute]:
    """The attributes of SMART data by their numbers; none where the data did not arrive."""
    found: dict[int, Attribute] = {}
    if len(data) < SECTOR:
        return found
    for place in range(_ATTRIBUTE_COUNT):
        entry = data[_ATTRIBUTES + place * _ATTRIBUTE_SIZE:][:_ATTRIBUTE_SIZE]
        if entry[0]:
            # Where a number stands twice the first one counts, as for smartctl.
            found.setdefault(entry[0], Attribute(entry[0], entry[3], entry[4], int.from_bytes(entry[5:11], "little")))
    return found


def power_on_hours(attributes: Mapping[int, Attribute], divisor: int = 1) -> int | None:
    """Attribute 9 holds the hours in its low three bytes with nearly all vendors; smartctl reads it the same way.

    ``divisor``: how many of its units make an hour, for drives that count minutes or seconds, in all of its bytes.
    """
    attribute = attributes.get(POWER_ON_HOURS)
    if attribute is None or attribute.counted is None:
        return None
    return attribute.raw & 0xFFFFFF if divisor == 1 else attribute.raw // divisor


def decode_smart_data(data: bytes, warnings: list[str], hours_divisor: int = 1) -> SmartData:
    """What a sector of SMART data says about self tests; ``hours_divisor`` as for `power_on_hours`."""
    if not _is_whole(data, "SMART data", warnings):
        return SmartData()
    if not any(data):
        # The checksum of nothing is right as well.
        warnings.append("SMART data: nothing but zeros arrived")
        return SmartData()
    extended = data[_EXTENDED_MINUTES]
    if extended == _IN_WORD:
        extended = int.from_bytes(data[_EXTENDED_MINUTES_WORD:_EXTENDED_MINUTES_WORD + 2], "little")
    hours = power_on_hours(decode_attributes(data), hours_divisor)
    return SmartData(data[_STATUS] >> 4, 10 * (data[_STATUS] & 0x0F), extended or None, hours)


def decode_self_test_log(data: bytes, warnings: list[str]) -> list[dict[str, Any]] | None:
    """The results, the newest first: ``test``, ``status``, ``remaining_percent``, ``power_on_hours``, which wrap at
    65536, and ``lba`` of the first failure, ``None`` for none. ``None`` if no log arrived."""
    if not _is_whole(data, "SMART self-test log", warnings):
        return None
    newest = data[_INDEX]
    found: list[dict[str, Any]] = []
    if not 1 <= newest <= _RESULT_COUNT:
        if newest:
            warnings.append(f"SMART self-test log: index {newest} is beyond its {_RESULT_COUNT} entries")
        return found
    for back in range(_RESULT_COUNT):
        at = _FIRST_RESULT + (newest - 1 - back) % _RESULT_COUNT * _RESULT_SIZE
        entry = data[at:at + _RESULT_SIZE]
        if not any(entry):
            break
        lba = int.from_bytes(entry[5:9], "little")
        status = entry[1] >> 4
        found.append({
            "test": entry[0], "status": status, "remaining_percent": 10 * (entry[1] & 0x0F),
            "power_on_hours": int.from_bytes(entry[2:4], "little"),
            "lba": None if lba in _NO_LBA or not status else lba})
    return found


def _is_whole(data: bytes, title: str, warnings: list[str]) -> bool:
    if len(data) < SECTOR:
        warnings.append(f"{title}: {len(data)} of {SECTOR} bytes arrived")
        return False
    if sum(data[:SECTOR]) & 0xFF:
        # Some drives do not maintain the checksum; smartctl warns too, and reads on.
        warnings.append(f"{title}: the checksum is wrong")
    return True

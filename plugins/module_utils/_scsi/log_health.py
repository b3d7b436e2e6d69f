# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drive counts and measures (SPC-6 7.3; SBC-5 6.4): log pages 02h, 03h, 05h, 06h, 0Dh, 0Eh, 11h, 15h,01h, 2Fh.

In all of them a parameter holds one value or a few. Error counters may have any number of bytes.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .log_sense import LOG_PARAMETER_HEADER, counter, encode_page, page_title, parameters, short_parameter
from .table import Table, text, uint

WRITE_ERRORS, READ_ERRORS, VERIFY_ERRORS, NON_MEDIUM_ERRORS = 0x02, 0x03, 0x05, 0x06
TEMPERATURE, START_STOP, SOLID_STATE, INFORMATIONAL_EXCEPTIONS = 0x0D, 0x0E, 0x11, 0x2F
#: A subpage of the background scan page.
PENDING_DEFECTS_PAGE, PENDING_DEFECTS = 0x15, 0x01

#: The parameters of the error counter pages, in the order of their codes (SPC-6 7.3).
ERROR_COUNTERS = (
    "errors_corrected_without_substantial_delay", "errors_corrected_with_possible_delays", "total_retries",
    "total_errors_corrected", "total_times_correction_algorithm_processed", "total_bytes_processed",
    "total_uncorrected_errors",
)

_TEMPERATURES = {
    0x0000: Table("temperature log parameter", "SPC-6 7.3", uint("temperature_celsius", 5, unknown=0xFF)),
    0x0001: Table("reference temperature log parameter", "SPC-6 7.3",
                  uint("reference_temperature_celsius", 5, unknown=0xFF)),
}

_COUNT_UNKNOWN = 0xFFFFFFFF
_CYCLES = {
    0x0001: Table("date of manufacture log parameter", "SPC-6 7.3",
                  text("manufacture_year", 4, 7), text("manufacture_week", 8, 9)),
    0x0002: Table("accounting date log parameter", "SPC-6 7.3",
                  text("accounting_year", 4, 7), text("accounting_week", 8, 9)),
    0x0003: Table("specified cycle count log parameter", "SPC-6 7.3",
                  uint("specified_start_stop_cycles", 4, 7, unknown=_COUNT_UNKNOWN)),
    0x0004: Table("accumulated start-stop cycles log parameter", "SPC-6 7.3",
                  uint("accumulated_start_stop_cycles", 4, 7, unknown=_COUNT_UNKNOWN)),
    0x0005: Table("specified load-unload count log parameter", "SPC-6 7.3",
                  uint("specified_load_unload_cycles", 4, 7, unknown=_COUNT_UNKNOWN)),
    0x0006: Table("accumulated load-unload cycles log parameter", "SPC-6 7.3",
                  uint("accumulated_load_unload_cycles", 4, 7, unknown=_COUNT_UNKNOWN)),
}

_DATES = {"manufacture_year": 4, "manufacture_week": 2, "accounting_year": 4, "accounting_week": 2}

#: May be more than 100: the drive is used beyond what it was made for.
_ENDURANCE = {
    0x0001: Table("percentage used endurance indicator log parameter", "SBC-5 6.4",
                  uint("percentage_used_percent", 7)),
}

_EXCEPTIONS = {
    0x0000: Table("informational exceptions general log parameter", "SPC-6 7.3",
                  uint("asc", 4), uint("ascq", 5), uint("temperature_celsius", 6, unknown=0xFF)),
}

_PENDING_COUNT = Table("pending defect count log parameter", "SBC-5 6.4", uint("count", 4, 7))
_PENDING_DEFECT = Table(
    "pending defect log parameter", "SBC-5 6.4",
    uint("accumulated_power_on_hours", 4, 7, unknown=0xFFFFFFFF),
    uint("logical_block_address", 8, 15))
_LAST_DEFECT = 0xF000

_Tables = Mapping[int, Table]


def decode_error_counters(data: bytes, page: int, warnings: list[str]) -> dict[str, Any]:
    """The counters of page 02h, 03h or 05h by `ERROR_COUNTERS`; ``None`` for one that the page does not have, and for
    one of more than 64 bits.

    ``total_retries`` are rewrites or rereads. What counts as a delay is vendor specific.
    """
    counters: dict[str, Any] = dict.fromkeys(ERROR_COUNTERS)
    for parameter in parameters(data, page, 0, warnings):
        if parameter.code < len(ERROR_COUNTERS):
            name = ERROR_COUNTERS[parameter.code]
            counters[name] = counter(parameter, f"{page_title(page, 0)}: {name}", warnings)
    return counters


def encode_error_counters(counters: Mapping[str, Any], page: int, width: int = 8) -> bytes:
    """The whole page, each counter of ``width`` bytes."""
    return encode_page(page, 0, [
        (code, int(counters[name]).to_bytes(width, "big")) for code, name in enumerate(ERROR_COUNTERS)
        if counters.get(name) is not None], format_and_linking=2)


def decode_non_medium_errors(data: bytes, warnings: list[str]) -> int | None:
    """The number of non-medium errors, from page 06h."""
    for parameter in parameters(data, NON_MEDIUM_ERRORS, 0, warnings):
        if parameter.code == 0:
            return counter(parameter, f"{page_title(NON_MEDIUM_ERRORS, 0)}: the count", warnings)
    return None


def encode_non_medium_errors(count: int, width: int = 4) -> bytes:
    """The whole page."""
    return encode_page(NON_MEDIUM_ERRORS, 0, [(0, count.to_bytes(width, "big"))], format_and_linking=2)


def decode_temperature(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``temperature_celsius``, and ``reference_temperature_celsius``, up to which the drive is designed to work.

    A page in which both are 0 has neither: virtual disks and some drives without a sensor fill it with zeros.
    """
    found = _values(data, TEMPERATURE, _TEMPERATURES, warnings)
    return found if any(value != 0 for value in found.values()) else dict.fromkeys(found)


def encode_temperature(values: Mapping[str, Any]) -> bytes:
    """The whole page; ``None`` for what is not reported."""
    return _encode(TEMPERATURE, _TEMPERATURES, values)


def decode_start_stop(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """When the drive was made, and how often it has started and loaded its heads and is specified to do so.

    Years are of four digits, weeks of two, as strings; ``None`` for anything else.
    """
    found = _values(data, START_STOP, _CYCLES, warnings)
    for name, digits in _DATES.items():
        text_found = found[name]
        # Some drives have "20" and blanks, or zeros, where nobody wrote the date.
        if text_found is not None and not (len(text_found) == digits and text_found.isdecimal() and int(text_found)):
            found[name] = None
    return found


def encode_start_stop(values: Mapping[str, Any]) -> bytes:
    """The whole page."""
    return _encode(START_STOP, _CYCLES, values)


def decode_endurance(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``percentage_used_percent`` of a solid state medium's rated life, above 100 if it is used beyond that."""
    return _values(data, SOLID_STATE, _ENDURANCE, warnings)


def encode_endurance(values: Mapping[str, Any]) -> bytes:
    """The whole page."""
    return _encode(SOLID_STATE, _ENDURANCE, values)


def decode_informational_exceptions(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``asc`` and ``ascq`` of what the drive predicts or warns of, both 0 for nothing, and ``temperature_celsius``."""
    return _values(data, INFORMATIONAL_EXCEPTIONS, _EXCEPTIONS, warnings)


def encode_informational_exceptions(values: Mapping[str, Any]) -> bytes:
    """The whole page."""
    return _encode(INFORMATIONAL_EXCEPTIONS, _EXCEPTIONS, values)


def decode_pending_defects(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``count`` of blocks that the drive could not read and has not yet reassigned, and ``defects``, those it lists."""
    count: int | None = None
    defects = []
    for parameter in parameters(data, PENDING_DEFECTS_PAGE, PENDING_DEFECTS, warnings):
        if parameter.code == 0:
            short_parameter(_PENDING_COUNT, parameter, warnings)
            count = _PENDING_COUNT.decode(parameter.whole)["count"]
        elif parameter.code <= _LAST_DEFECT and len(parameter.whole) >= _PENDING_DEFECT.size:
            # A cut defect lacks its address. There is a warning about the cut already.
            defects.append(_PENDING_DEFECT.decode(parameter.whole))
    return {"count": count, "defects": defects}


def encode_pending_defects(defects: Sequence[Mapping[str, Any]]) -> bytes:
    """The whole page."""
    listed = [(0, _PENDING_COUNT.encode(count=len(defects))[LOG_PARAMETER_HEADER.size:])]
    listed.extend((code, _PENDING_DEFECT.encode(defect)[LOG_PARAMETER_HEADER.size:])
                  for code, defect in enumerate(defects, 1))
    return encode_page(PENDING_DEFECTS_PAGE, PENDING_DEFECTS, listed)


def _values(data: bytes, page: int, tables: _Tables, warnings: list[str]) -> dict[str, Any]:
    """The fields of all tables; ``None`` for those whose parameters the page does not have."""
    found: dict[str, Any] = {field.name: None for table in tables.values() for field in table.fields}
    for parameter in parameters(data, page, 0, warnings):
        table = tables.get(parameter.code)
        if table is not None:
            short_parameter(table, parameter, warnings)
            found.update(table.decode(parameter.whole))
    return found


def _encode(page: int, tables: _Tables, values: Mapping[str, Any]) -> bytes:
    listed: list[tuple[int, bytes]] = []
    for code, table in sorted(tables.items()):
        names = [field.name for field in table.fields]
        if any(name in values for name in names):
            encoded = table.encode({name: values[name] for name in names if name in values})
            listed.append((code, encoded[LOG_PARAMETER_HEADER.size:]))
    return encode_page(page, 0, listed)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The general statistics and performance log page, 19h, and the power condition transitions log page, 1Ah (SPC-6 7.3).

Page 19h counts time in intervals, whose length is a parameter of the page: an integer, and the negative exponent of the
power of ten, in seconds, that it is multiplied by. Without that length the intervals tell no time.
"""

from __future__ import annotations

from typing import Any, Mapping

from .log_sense import LOG_PARAMETER_HEADER, counter, encode_page, page_title, parameters, short_parameter
from .table import Table, uint

STATISTICS_PAGE, POWER_TRANSITIONS_PAGE = 0x19, 0x1A

_ALL_ONES = (1 << 64) - 1


def _count(name: str, first: int) -> uint:
    # A counter stops at all ones: that is no count any more.
    return uint(name, first, first + 7, unknown=_ALL_ONES)


STATISTICS = {
    0x0001: Table(
        "general access statistics and performance log parameter", "SPC-6 7.3",
        _count("read_commands", 4),
        _count("write_commands", 12),
        _count("logical_blocks_received", 20),
        _count("logical_blocks_transmitted", 28),
        _count("read_command_processing_intervals", 36),
        _count("write_command_processing_intervals", 44),
        _count("weighted_read_and_write_commands", 52),
        _count("weighted_read_and_write_command_processing", 60)),
    0x0002: Table("idle time log parameter", "SPC-6 7.3", _count("idle_time_intervals", 4)),
}

_TIME_INTERVAL = 0x0003
TIME_INTERVAL = Table(
    "time interval log parameter", "SPC-6 7.3",
    uint("exponent", 4, 7),
    uint("integer", 8, 11))

#: Beyond this an interval is shorter than any clock can tell: not a number that a drive means.
_GREATEST_EXPONENT = 15

#: By the field of the intervals, the time in seconds that they stand for, and what takes that time.
_TIMES: dict[str, tuple[str, str | None]] = {
    "read_command_processing_intervals": ("read_processing_seconds", "read_commands"),
    "write_command_processing_intervals": ("write_processing_seconds", "write_commands"),
    "idle_time_intervals": ("idle_seconds", None),
}

POWER_TRANSITIONS = {
    0x0001: "active", 0x0002: "idle_a", 0x0003: "idle_b", 0x0004: "idle_c", 0x0008: "standby_z", 0x0009: "standby_y"}
_SATURATED = 0xFFFFFFFF


def decode_statistics(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """What the drive has served since it last lost its statistics.

    Counts of commands and blocks (received: written by hosts; transmitted: read by them), times as intervals, and
    ``time_interval_seconds``, the length of an interval. ``read_processing_seconds``, ``write_processing_seconds`` and
    ``idle_seconds`` are computed from both, ``None`` if the drive does not measure them, or does not report how long an
    interval is.
    """
    found: dict[str, Any] = {field.name: None for table in STATISTICS.values() for field in table.fields}
    seconds: float | None = None
    for parameter in parameters(data, STATISTICS_PAGE, 0, warnings):
        table = TIME_INTERVAL if parameter.code == _TIME_INTERVAL else STATISTICS.get(parameter.code)
        if table is None:
            continue
        short_parameter(table, parameter, warnings)
        values = table.decode(parameter.whole)
        if parameter.code == _TIME_INTERVAL:
            seconds = _interval(values["exponent"], values["integer"], warnings)
        else:
            found.update(values)
    found["time_interval_seconds"] = seconds
    for intervals, (time, commands) in _TIMES.items():
        count = found[intervals]
        # Some drives report zero for what they do not measure, and commands take time.
        measured = count or count == 0 and (commands is None or found[commands] == 0)
        # To the millisecond: what is beyond it comes from the division.
        found[time] = round(count * seconds, 3) if measured and seconds is not None else None
    return found


def _interval(exponent: int | None, integer: int | None, warnings: list[str]) -> float | None:
    """The length of an interval in seconds; ``None`` if it was cut, is zero, or is none that a drive can measure."""
    if exponent is None or not integer:
        return None
    if exponent > _GREATEST_EXPONENT:
        warnings.append(f"{TIME_INTERVAL.title}: {integer} times 10 to the power of -{exponent} s is no interval")
        return None
    return float(integer / 10 ** exponent)


def encode_statistics(values: Mapping[str, Any]) -> bytes:
    """The whole page; ``exponent`` and ``integer`` are the interval, the times in seconds are computed by a reader."""
    tables = dict(STATISTICS)
    tables[_TIME_INTERVAL] = TIME_INTERVAL
    listed = []
    for code, table in sorted(tables.items()):
        names = [field.name for field in table.fields if field.name in values]
        if names:
            encoded = table.encode({name: values[name] for name in names})
            listed.append((code, encoded[LOG_PARAMETER_HEADER.size:]))
    return encode_page(STATISTICS_PAGE, 0, listed)


def decode_power_transitions(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """How often the drive has entered each power condition, by its name; ``None`` for one that it does not count."""
    found: dict[str, Any] = dict.fromkeys(POWER_TRANSITIONS.values())
    for parameter in parameters(data, POWER_TRANSITIONS_PAGE, 0, warnings):
        name = POWER_TRANSITIONS.get(parameter.code)
        if name is not None:
            count = counter(parameter, f"{page_title(POWER_TRANSITIONS_PAGE, 0)}: {name}", warnings)
            # A counter of four bytes that stopped at its end: how often is not known any more.
            found[name] = None if count == _SATURATED and parameter.length == 4 else count
    return found


def encode_power_transitions(values: Mapping[str, Any]) -> bytes:
    """The whole page, with the conditions that are given."""
    return encode_page(POWER_TRANSITIONS_PAGE, 0, [
        (code, min(int(values[name]), _SATURATED).to_bytes(4, "big"))
        for code, name in POWER_TRANSITIONS.items() if values.get(name) is not None], format_and_linking=2)

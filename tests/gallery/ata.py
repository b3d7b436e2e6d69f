# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sectors that SAT passes through: what an ATA drive reports by SMART (ACS-4 7.48, 9), little-endian."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]

_TESTS = {"offline": 0, "short": 1, "extended": 2, "conveyance": 3, "selective": 4, "captive short": 0x81,
          "captive extended": 0x82}
#: The self-test execution status.
_RESULTS = {"passed": 0, "aborted": 1, "interrupted": 2, "fatal error": 3, "unknown failure": 4,
            "electrical failure": 5, "servo failure": 6, "read failure": 7, "handling damage": 8, "running": 15}
_LIKE_NEW = 0x0032


def _checked(sector: bytearray) -> bytes:
    """With the checksum in its last byte: all bytes add up to zero."""
    sector[511] = -sum(sector[:511]) & 0xFF
    return bytes(sector)


def identify(values: Values, physical_bytes: int = 512) -> bytes:
    """IDENTIFY DEVICE data: as much as programs look at before they ask for SMART."""
    sector = bytearray(512)

    def put(word: int, *numbers: int) -> None:
        struct.pack_into(f"<{len(numbers)}H", sector, 2 * word, *numbers)

    def text(word: int, value: str, words: int) -> None:
        padded = value.encode("latin-1").ljust(2 * words)[:2 * words]
        put(word, *struct.unpack(f">{words}H", padded))

    sectors = values.get("sectors", 1953525168)
    put(0, 0x0040)
    text(10, str(values.get("serial", "SN000001")).rjust(20), 10)
    text(23, str(values.get("firmware", "")), 4)
    text(27, str(values.get("model", "")), 20)
    put(49, 0x2F00)
    put(60, *struct.unpack("<2H", struct.pack("<I", min(sectors, 0x0FFFFFFF))))
    put(80, 0x01F0)
    # SMART, its self tests and its error log are there (82, 84) and on (85, 87); 48-bit addresses (83, 86).
    put(82, 0x0001, 0x4400, 0x4003, 0x0001, 0x0400, 0x4003)
    put(100, *struct.unpack("<4H", struct.pack("<Q", sectors)))
    if physical_bytes > 512:
        # Valid, several logical sectors in a physical one, and how many as a power of two.
        put(106, 0x6000 | (physical_bytes // 512).bit_length() - 1)
    if "wwn" in values:
        put(108, *struct.unpack(">4H", bytes.fromhex(str(values["wwn"]))))
    put(217, 1 if values.get("solid_state") else values.get("rotation_rpm", 7200))
    sector[510] = 0xA5
    return _checked(sector)


def smart_data(values: Values) -> bytes:
    """SMART READ DATA. ``attributes``: [id, value, worst, threshold, raw, flags], as smartctl prints them."""
    sector = bytearray(512)
    struct.pack_into("<H", sector, 0, 16)
    for place, (number, value, worst, _threshold, raw, *flags) in enumerate(values["attributes"]):
        struct.pack_into("<BHBB6s", sector, 2 + 12 * place, number, flags[0] if flags else _LIKE_NEW, value, worst,
                         int(raw).to_bytes(6, "little"))
    running = values.get("running_percent_left")
    newest = values["selftests"][0] if values.get("selftests") else None
    sector[363] = 0xF0 | running // 10 if running is not None else 0 if newest is None else _status(newest)
    sector[367] = 0x5B
    struct.pack_into("<HB", sector, 368, 0x0003, 0x01)
    short, extended = values.get("selftest_minutes", (2, 0))
    sector[372], sector[373] = short, min(extended, 0xFF)
    if extended >= 0xFF:
        struct.pack_into("<H", sector, 375, extended)
    return _checked(sector)


def thresholds(values: Values) -> bytes:
    """SMART READ THRESHOLDS."""
    sector = bytearray(512)
    struct.pack_into("<H", sector, 0, 16)
    for place, (number, _value, _worst, threshold, *_rest) in enumerate(values["attributes"]):
        struct.pack_into("<BB", sector, 2 + 12 * place, number, threshold)
    return _checked(sector)


def _status(result: Values) -> int:
    end = result["result"]
    code = _RESULTS[end] if isinstance(end, str) else int(end)
    return code << 4 | int(result.get("percent_left", 0)) // 10


def selftest_log(values: Values) -> bytes:
    """The SMART self-test log, a ring of 21 results. ``selftests``: the newest first."""
    sector = bytearray(512)
    struct.pack_into("<H", sector, 0, 1)
    results = list(reversed(values.get("selftests", ())))[-21:]
    for place, result in enumerate(results):
        test = result["test"]
        struct.pack_into(
            "<BBHBI", sector, 2 + 24 * place, _TESTS[test] if isinstance(test, str) else test, _status(result),
            result["hours"] & 0xFFFF, 0, result.get("lba", 0xFFFFFFFF if _status(result) == 0 else 0) & 0xFFFFFFFF)
    sector[508] = len(results)
    return _checked(sector)


def error_log(values: Values) -> bytes:
    """The summary SMART error log: only how many errors there were."""
    sector = bytearray(512)
    sector[0] = 1
    struct.pack_into("<H", sector, 452, values.get("errors", 0))
    return _checked(sector)


def registers(healthy: bool) -> bytes:
    """Sense data that carry the registers after SMART RETURN STATUS (SAT-5 12.2.2.6): descriptor format, 01/00/1D."""
    middle, high = (0x4F, 0xC2) if healthy else (0xF4, 0x2C)
    descriptor = bytes((0x09, 0x0C, 0, 0, 0, 0, 0, 0, 0, middle, 0, high, 0, 0x50))
    return bytes((0x72, 0x01, 0x00, 0x1D, 0, 0, 0, len(descriptor))) + descriptor


#: LBA LOW of SMART READ LOG, and what stands in that log.
LOGS = {0x01: error_log, 0x06: selftest_log}

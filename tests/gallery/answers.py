# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of a drive's SCSI answers, written from the tables of the standards with `struct` alone.

Nothing of the collection is imported: its encoders and its decoders may share an error that no test of one by the other
finds. Numbers are big-endian. Each function returns what a drive returns to one command.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]

_NOT_REPORTED = 0xFF
_NO_ADDRESS = 0xFFFFFFFFFFFFFFFF
#: SELF-TEST CODE (SPC-6 7.3, self-test results log parameter).
_TESTS = {"default": 0, "short": 1, "extended": 2, "foreground short": 5, "foreground extended": 6}
#: SELF-TEST RESULT.
_RESULTS = {"passed": 0, "aborted": 1, "interrupted": 2, "unknown error": 3, "failed": 4, "failed first segment": 5,
            "failed second segment": 6, "failed segment": 7, "running": 15}
_FORM_FACTORS = {5.25: 1, 3.5: 2, 2.5: 3, 1.8: 4}


def three(sense: str) -> tuple[int, int, int]:
    """Sense key, additional sense code and its qualifier of a text like 3/11/00, all hexadecimal."""
    key, code, qualifier = (int(each, 16) for each in sense.split("/"))
    return key, code, qualifier


def sense_data(sense: str, information: int | None = None, progress: int | None = None,
               deferred: bool = False) -> bytes:
    """Sense data in fixed format (SPC-6 4.4.3)."""
    key, code, qualifier = three(sense)
    response = 0x71 if deferred else 0x70
    data = struct.pack(">BBBIBIBBB", response | (0x80 if information is not None else 0), 0, key, information or 0, 10,
                       0, code, qualifier, 0)
    return data + (bytes(3) if progress is None else struct.pack(">BH", 0x80, progress))


def _text(value: Any, size: int) -> bytes:
    return str(value).encode("latin-1").ljust(size)[:size]


def inquiry(values: Values) -> bytes:
    """Standard INQUIRY data (SPC-6 6.7.2)."""
    return struct.pack(
        ">BBBBBBBB8s16s4s20x", values.get("type", 0), 0x80 if values.get("removable") else 0, values.get("version", 6),
        0x12, 91, values.get("byte_5", 0), values.get("byte_6", 0), values.get("byte_7", 0x02),
        _text(values.get("vendor", ""), 8), _text(values.get("product", ""), 16), _text(values.get("revision", ""), 4),
    ) + bytes(40)


def vpd_page(page: int, body: bytes, device_type: int = 0) -> bytes:
    """A VPD page with its header (SPC-6 7.7.1)."""
    return struct.pack(">BBH", device_type, page, len(body)) + body


def vpd_pages(values: Values, device_type: int) -> dict[int, bytes]:
    """The VPD pages whose values are given; those given in hex go before."""
    bodies: dict[int, bytes] = {}
    if "serial" in values:
        bodies[0x80] = str(values["serial"]).encode("latin-1")
    if "wwn" in values:
        # Binary, of the logical unit, NAA (SPC-6 7.7.6).
        name = bytes.fromhex(str(values["wwn"]))
        bodies[0x83] = bytes((1, 3, 0, len(name))) + name
    if "extended_selftest_minutes" in values:
        bodies[0x86] = struct.pack(">6xH52x", values["extended_selftest_minutes"])
    if {"rotation_rpm", "solid_state", "form_factor"} & set(values):
        rotation = 1 if values.get("solid_state") else values.get("rotation_rpm", 0)
        bodies[0xB1] = struct.pack(">HBB56x", rotation, 0, _FORM_FACTORS.get(values.get("form_factor", 0), 0))
    found = {page: vpd_page(page, body, device_type) for page, body in bodies.items()}
    found.update((number(page), bytes.fromhex(data)) for page, data in values.get("pages", {}).items())
    return found


def number(name: Any) -> int:
    """The number of a page that is written like B1h or, as YAML reads it, as a number."""
    return name if isinstance(name, int) else int(name.rstrip("hH"), 16)


def capacity_10(values: Values) -> bytes:
    """READ CAPACITY(10) parameter data (SBC-5 5)."""
    return struct.pack(">II", min(_last_block(values), 0xFFFFFFFF), values.get("block_bytes", 512))


def capacity_16(values: Values) -> bytes:
    """READ CAPACITY(16) parameter data (SBC-5 5)."""
    size = values.get("block_bytes", 512)
    per_physical = (values.get("physical_bytes", size) // size).bit_length() - 1
    protection = values.get("protection_type", 0)
    return struct.pack(">QIBBH16x", _last_block(values), size, (protection - 1) << 1 | 1 if protection else 0,
                       per_physical, 0x8000 if values.get("thin") else 0)


def _last_block(values: Values) -> int:
    if "blocks" in values:
        return int(values["blocks"]) - 1
    return int(values["bytes"]) // int(values.get("block_bytes", 512)) - 1


def log_page(page: int, subpage: int, parameters: Sequence[tuple[int, bytes]], control: int = 0x03) -> bytes:
    """A log page of parameters (SPC-6 7.3.1, 7.3.2.1)."""
    body = b"".join(struct.pack(">HBB", code, control, len(value)) + value for code, value in parameters)
    return struct.pack(">BBH", page | (0x40 if subpage else 0), subpage, len(body)) + body


def error_counters(page: int, counters: Sequence[Any]) -> bytes:
    """Pages 02h, 03h and 05h. ``counters``: the columns of smartctl, whose sixth is in 10^9 bytes; null is left out."""
    found = []
    for code, value in enumerate(counters):
        if value is not None:
            found.append((code, struct.pack(">Q", round(value * 10**9) if code == 5 else value)))
    return log_page(page, 0, found, 0x02)


def non_medium_errors(count: int) -> bytes:
    """Page 06h."""
    return log_page(0x06, 0, [(0, struct.pack(">I", count))], 0x02)


def temperature(values: Values) -> bytes:
    """Page 0Dh."""
    names = ("celsius", "reference")
    return log_page(0x0D, 0, [(code, struct.pack(">xB", values.get(name, _NOT_REPORTED)))
                              for code, name in enumerate(names) if name in values])


def start_stop(values: Values) -> bytes:
    """Page 0Eh."""
    found = []
    if "year" in values:
        found.append((1, _text(values["year"], 4) + _text(values.get("week", ""), 2)))
    for code, name in enumerate(("specified_cycles", "cycles", "specified_load_cycles", "load_cycles"), 3):
        if name in values:
            found.append((code, struct.pack(">I", values[name])))
    return log_page(0x0E, 0, found)


def selftests(results: Sequence[Values]) -> bytes:
    """Page 10h: always of 20 parameters of 16 bytes, the newest first; zero where there was no test."""
    found = []
    for code in range(1, 21):
        value = bytes(16)
        if code <= len(results):
            result = results[code - 1]
            key, asc, ascq = three(result.get("sense", "0/0/0"))
            test, end = result["test"], result["result"]
            value = struct.pack(
                ">BBHQBBBB", (_TESTS[test] if isinstance(test, str) else test) << 5
                | (_RESULTS[end] if isinstance(end, str) else end), result.get("segment", 0), result.get("hours", 0),
                result.get("lba", _NO_ADDRESS), key, asc, ascq, result.get("vendor", 0))
        found.append((code, value))
    return log_page(0x10, 0, found)


def solid_state(percent_used: int) -> bytes:
    """Page 11h."""
    return log_page(0x11, 0, [(1, struct.pack(">3xB", percent_used))])


def background_scan(values: Values) -> bytes:
    """Page 15h: the status, and a parameter for each finding."""
    found = [(0, struct.pack(">IxBHHH", values["minutes"], values.get("status", 0), values.get("scans", 0),
                             values.get("progress", 0), values.get("medium_scans", values.get("scans", 0))))]
    for code, each in enumerate(values.get("findings", ()), 1):
        key, asc, ascq = three(each.get("sense", "0/0/0"))
        found.append((code, struct.pack(">IBBB5xQ", each["minutes"], each["reassign"] << 4 | key, asc, ascq,
                                        each["lba"])))
    return log_page(0x15, 0, found)


def pending_defects(values: Values) -> bytes:
    """Page 15h, subpage 01h."""
    defects = values.get("defects", [])
    found = [(0, struct.pack(">I", values.get("count", len(defects))))]
    found += [(code, struct.pack(">IQ", each["hours"], each["lba"])) for code, each in enumerate(defects, 1)]
    return log_page(0x15, 1, found)


def informational_exceptions(values: Values) -> bytes:
    """Page 2Fh. ``trip`` is where the vendors keep the highest temperature."""
    _key, asc, ascq = three("0/" + str(values.get("code", "00/00")))
    return log_page(0x2F, 0, [(0, struct.pack(
        ">BBBB", asc, ascq, values.get("celsius", _NOT_REPORTED), values.get("trip", 0)))])


def factory(values: Values) -> bytes:
    """Page 3Eh of Seagate: minutes of power, and minutes until the next internal test."""
    return log_page(0x3E, 0, [(0, struct.pack(">I", values["minutes"])),
                              (8, struct.pack(">I", values.get("minutes_to_next_test", 0)))])


def sas_port(phys: Sequence[Values]) -> bytes:
    """Page 18h: a port with one phy in each parameter (SPL-5 9.2.8.1)."""
    found = []
    for port, phy in enumerate(phys, 1):
        counts = [phy.get(name, 0) for name in ("invalid_dwords", "disparity_errors", "lost_synchronization",
                                                "reset_problems")]
        descriptor = struct.pack(
            ">xBxBBBBx8s8sBxxxxxxxIIIIHBB", port - 1, 44, phy.get("attached", 1) << 4, phy.get("rate", 0x0A), 0x0E,
            bytes.fromhex(phy.get("address", "5000c50000000001")), bytes.fromhex(phy.get("attached_address", "0" * 16)),
            0, *counts, 0, 0, 0)
        found.append((port, struct.pack(">BxxB", 0x06, 1) + descriptor))
    return log_page(0x18, 0, found)


#: The log pages whose values an entry may give: page, subpage, and how they are written.
LOG_PAGES: dict[str, tuple[int, int, Any]] = {
    "write_errors": (0x02, 0, lambda values: error_counters(0x02, values)),
    "read_errors": (0x03, 0, lambda values: error_counters(0x03, values)),
    "verify_errors": (0x05, 0, lambda values: error_counters(0x05, values)),
    "non_medium_errors": (0x06, 0, non_medium_errors),
    "temperature": (0x0D, 0, temperature),
    "start_stop": (0x0E, 0, start_stop),
    "selftests": (0x10, 0, selftests),
    "solid_state": (0x11, 0, solid_state),
    "background_scan": (0x15, 0, background_scan),
    "pending_defects": (0x15, 1, pending_defects),
    "sas_port": (0x18, 0, sas_port),
    "informational_exceptions": (0x2F, 0, informational_exceptions),
    "factory": (0x3E, 0, factory),
}


def mode_pages(values: Values) -> dict[int, bytes]:
    """The mode pages whose values are given (SPC-6 7.5, SBC-5 6.5); those given in hex go before."""
    found: dict[int, bytes] = {}
    if "recovery_time_limit" in values:
        found[0x01] = struct.pack(">BB8xH", 0x01, 10, values["recovery_time_limit"])
    if "write_cache" in values or "read_cache" in values:
        bits = (4 if values.get("write_cache") else 0) | (0 if values.get("read_cache", True) else 1)
        found[0x08] = struct.pack(">BBB17x", 0x08, 18, bits)
    if "extended_selftest_seconds" in values:
        found[0x0A] = struct.pack(">BB8xH", 0x0A, 10, values["extended_selftest_seconds"])
    if "exceptions_method" in values:
        # DEXCPT, EWASC; MRIE.
        found[0x1C] = struct.pack(
            ">BBBB8x", 0x1C, 10, (8 if values.get("exceptions_disabled") else 0)
            | (0x10 if values.get("temperature_warning", True) else 0), values["exceptions_method"])
    found.update((number(page), bytes.fromhex(data)) for page, data in values.get("pages", {}).items())
    return found


def mode_data(pages: Sequence[bytes], ten: bool) -> bytes:
    """Mode parameter data without block descriptors (SPC-6 7.5.4)."""
    body = b"".join(pages)
    return (struct.pack(">HBBBBH", len(body) + 6, 0, 0, 0, 0, 0) if ten else bytes((len(body) + 3, 0, 0, 0))) + body


def defect_list(values: Values, twelve: bool = False) -> bytes:
    """The header of READ DEFECT DATA(10) or (12), and no more of the list than its length (SBC-5 5)."""
    form = values.get("format", 5)
    length = values["count"] * (4 if form == 0 else 8)
    flags = (0x10 if values.get("primary") else 0) | (0 if values.get("grown") is False else 0x08)
    return struct.pack(">xBxxI", flags | form, length) if twelve else struct.pack(
        ">xBH", flags | form, min(length, 0xFFFF))

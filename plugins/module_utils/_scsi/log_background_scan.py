# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Background scan results, log page 15h (SBC-5 6.4.2)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .log_sense import LOG_PARAMETER_HEADER, encode_page, page_title, parameters
from .sense_keys import SENSE_KEYS
from .table import Table, bits, code, hexadecimal, short, uint, without

BACKGROUND_SCAN_PAGE = 0x15
_FIRST_FINDING, _LAST_FINDING = 0x0001, 0x0800

STATUSES = {
    0: "no scan active", 1: "medium scan active", 2: "pre-scan active", 3: "halted, fatal error",
    4: "halted, vendor specific pattern of errors", 5: "halted, medium formatted without P-list",
    6: "halted, vendor specific cause", 7: "halted, temperature out of range",
    8: "enabled, waiting for the interval timer", 9: "halted, list of results is full",
    10: "halted, pre-scan time limit reached",
}
REASSIGN_STATUSES = {
    1: "waits for a write or reassignment", 2: "reassigned by the device", 4: "reassignment failed",
    5: "recovered by rewriting in place", 6: "reassigned by the application, data valid",
    7: "reassigned by the application, data not valid", 8: "reassignment by the application failed",
}

SCAN_STATUS = Table(
    "background scan status log parameter", "SBC-5 6.4.2.2",
    uint("accumulated_power_on_minutes", 4, 7),
    code("background_scan_status", 9, None, STATUSES),
    uint("number_of_background_scans_performed", 10, 11),
    uint("background_scan_progress", 12, 13),
    uint("number_of_background_medium_scans_performed", 14, 15))

SCAN_FINDING = Table(
    "background scan log parameter", "SBC-5 6.4.2.3",
    uint("parameter_code", 0, 1),
    uint("accumulated_power_on_minutes", 4, 7),
    bits("reassign_status", 8, 7, 4, REASSIGN_STATUSES),
    bits("sense_key", 8, 3, 0, SENSE_KEYS),
    uint("additional_sense_code", 9),
    uint("additional_sense_code_qualifier", 10),
    hexadecimal("vendor_specific", 11, 15),
    uint("logical_block_address", 16, 23))


def decode_background_scan(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``status`` (``None`` if the page has none), with ``progress_percent``, and ``findings``.

    Vendor specific (8000h to AFFFh) and reserved parameters are skipped.
    """
    status: dict[str, Any] | None = None
    findings = []
    for parameter in parameters(data, BACKGROUND_SCAN_PAGE, 0, warnings):
        claimed = LOG_PARAMETER_HEADER.size + parameter.length
        if parameter.code == 0 and status is None:
            status = SCAN_STATUS.decode(parameter.whole)
            short(SCAN_STATUS, parameter.whole, claimed, warnings)
            progress = status["background_scan_progress"]
            status["progress_percent"] = None if progress is None else progress * 100 // 65536
        elif _FIRST_FINDING <= parameter.code <= _LAST_FINDING:
            if len(parameter.whole) < min(claimed, SCAN_FINDING.size):
                # A cut finding may lack its address. There is a warning about the cut already.
                continue
            short(SCAN_FINDING, parameter.whole, claimed, warnings)
            findings.append(SCAN_FINDING.decode(parameter.whole))
    if data and status is None and not warnings:
        warnings.append(f"{page_title(BACKGROUND_SCAN_PAGE)}: has no status")
    return {"status": status, "findings": findings}


def encode_background_scan(status: Mapping[str, Any] | None, findings: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """The whole page, from decoded values."""
    values = []
    if status is not None:
        values.append((0, SCAN_STATUS.encode(without(status, "progress_percent"))[LOG_PARAMETER_HEADER.size:]))
    values.extend(
        (finding["parameter_code"], SCAN_FINDING.encode(finding)[LOG_PARAMETER_HEADER.size:]) for finding in findings)
    return encode_page(BACKGROUND_SCAN_PAGE, 0, values)

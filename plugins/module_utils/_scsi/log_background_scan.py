# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Background scan results, log page 15h (SBC-5 6.4.2)."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from .log_sense import encode_page, parameters
from .table import Table, bits, code, hexadecimal, uint

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

#: The value of parameter 0000h, after its header of four bytes.
SCAN_STATUS = Table(
    "background scan status log parameter", "SBC-5 6.4.2.2",
    uint("accumulated_power_on_minutes", 0, 3),
    code("background_scan_status", 5, None, STATUSES),
    uint("background_scans_performed", 6, 7),
    uint("background_scan_progress", 8, 9),
    uint("background_medium_scans_performed", 10, 11))

#: The value of parameters 0001h to 0800h.
SCAN_FINDING = Table(
    "background scan log parameter", "SBC-5 6.4.2.3",
    uint("accumulated_power_on_minutes", 0, 3),
    bits("reassign_status", 4, 7, 4, REASSIGN_STATUSES),
    bits("sense_key", 4, 3, 0),
    uint("asc", 5),
    uint("ascq", 6),
    hexadecimal("vendor_specific", 7, 11),
    uint("logical_block_address", 12, 19))


def decode_background_scan(data: bytes, warnings: List[str]) -> Dict[str, Any]:
    """``status`` (``None`` where the page has none), with ``progress_percent``, and ``findings``."""
    status = None
    findings = []
    for parameter in parameters(data, BACKGROUND_SCAN_PAGE, 0, warnings):
        if parameter.code == 0:
            status = SCAN_STATUS.decode(parameter.value)
            progress = status["background_scan_progress"]
            status["progress_percent"] = None if progress is None else round(progress * 100 / 65536, 3)
        elif _FIRST_FINDING <= parameter.code <= _LAST_FINDING:
            findings.append(dict(SCAN_FINDING.decode(parameter.value), parameter_code=parameter.code))
    return {"status": status, "findings": findings}


def encode_background_scan(status: Dict[str, Any], findings: Sequence[Dict[str, Any]] = ()) -> bytes:
    """The whole page, from what decoding gives."""
    values = [(0, SCAN_STATUS.encode({name: value for name, value in status.items() if name != "progress_percent"}))]
    values.extend(
        (finding["parameter_code"],
         SCAN_FINDING.encode({name: value for name, value in finding.items() if name != "parameter_code"}))
        for finding in findings)
    return encode_page(BACKGROUND_SCAN_PAGE, 0, values)

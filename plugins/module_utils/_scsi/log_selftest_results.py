# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Self-test results, log page 10h (SPC-6 7.3.20)."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from .log_sense import encode_page, parameters
from .send_diagnostic import SELF_TEST_CODES
from .table import Table, bits, uint

SELF_TEST_RESULTS_PAGE = 0x10
#: The standard has twenty parameters of twenty bytes, always.
PARAMETER_COUNT = 20
PAGE_LENGTH = 0x190

SATURATED_HOURS = 0xFFFF
IN_PROGRESS = 0xF

RESULTS = {
    0x0: "completed without error", 0x1: "aborted by SEND DIAGNOSTIC", 0x2: "aborted by other means, such as a reset",
    0x3: "unknown error while running, could not complete", 0x4: "completed, failed in an unknown segment",
    0x5: "completed, failed in the first segment", 0x6: "completed, failed in the second segment",
    0x7: "completed, failed in another segment", IN_PROGRESS: "in progress",
}

#: The value of a parameter, after its header of four bytes.
SELF_TEST_RESULT = Table(
    "self-test results log parameter", "SPC-6 7.3.20",
    bits("self_test_code", 0, 7, 5, SELF_TEST_CODES),
    bits("result", 0, 3, 0, RESULTS),
    uint("self_test_number", 1, unknown=0),
    uint("power_on_hours", 2, 3),
    uint("address_of_first_failure", 4, 11, unknown=0xFFFFFFFFFFFFFFFF),
    bits("sense_key", 12, 3, 0),
    uint("asc", 13),
    uint("ascq", 14),
    uint("vendor_specific", 15))


def decode_self_test_results(data: bytes, warnings: List[str]) -> List[Dict[str, Any]]:
    """The results that the page holds, the newest first.

    An unused parameter is all zeros but for its header. ``power_on_hours`` is ``None`` while the test runs; where it is
    65535 it means "or more" and ``power_on_hours_saturated`` is true. A cut parameter is left out.
    """
    found = []
    for parameter in parameters(data, SELF_TEST_RESULTS_PAGE, 0, warnings):
        if not any(parameter.value):
            continue
        if len(parameter.value) < SELF_TEST_RESULT.size:
            warnings.append("log page 10h: result {0} is cut and left out".format(parameter.code))
            continue
        values = SELF_TEST_RESULT.decode(parameter.value)
        running = values["result"]["value"] == IN_PROGRESS
        hours = None if running else values["power_on_hours"]
        found.append(dict(values, parameter_code=parameter.code, power_on_hours=hours,
                          power_on_hours_saturated=hours == SATURATED_HOURS))
    if len(data) >= 4 and data[0] & 0x3F == SELF_TEST_RESULTS_PAGE and int.from_bytes(data[2:4], "big") != PAGE_LENGTH:
        warnings.append("log page 10h: its length is {0:04X}h where the standard has 0190h".format(
            int.from_bytes(data[2:4], "big")))
    # The standard orders them so; a drive that does not must not make an old result the newest.
    return sorted(found, key=lambda result: int(result["parameter_code"]))


def encode_self_test_results(results: Sequence[Dict[str, Any]]) -> bytes:
    """The whole page of twenty parameters, from results as decoding gives them, the newest first."""
    filled = [_encode(result) for result in results[:PARAMETER_COUNT]]
    unused = [bytes(SELF_TEST_RESULT.size)] * (PARAMETER_COUNT - len(filled))
    return encode_page(SELF_TEST_RESULTS_PAGE, 0, list(enumerate(filled + unused, 1)))


def _encode(result: Dict[str, Any]) -> bytes:
    return SELF_TEST_RESULT.encode({name: value for name, value in result.items()
                                    if name not in ("parameter_code", "power_on_hours_saturated")})

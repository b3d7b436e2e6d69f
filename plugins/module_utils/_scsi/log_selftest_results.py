# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Self-test results, log page 10h (SPC-6 7.3.20)."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

from .log_sense import LOG_PAGE_HEADER, LOG_PARAMETER_HEADER, encode_page, page_title, parameters
from .send_diagnostic import SELF_TEST_CODES
from .sense_keys import SENSE_KEYS
from .table import Table, bits, uint, without

SELF_TEST_RESULTS_PAGE = 0x10
#: The standard always has twenty parameters of twenty bytes.
PARAMETER_COUNT = 20
PAGE_LENGTH = 0x190

SATURATED_HOURS = 0xFFFF
IN_PROGRESS = 0xF
#: In the entry of a test in progress these are no hours: most drives have 0 there, as smartctl expects it.
_NO_START = (0, SATURATED_HOURS)
_COMPLETED = 0x0

RESULTS = {
    0x0: "completed without error", 0x1: "aborted by SEND DIAGNOSTIC", 0x2: "aborted by other means, such as a reset",
    0x3: "unknown error while running, could not complete", 0x4: "completed, failed in an unknown segment",
    0x5: "completed, failed in the first segment", 0x6: "completed, failed in the second segment",
    0x7: "completed, failed in another segment", IN_PROGRESS: "in progress",
}

SELF_TEST_RESULT = Table(
    "self-test results log parameter", "SPC-6 7.3.20",
    uint("parameter_code", 0, 1),
    bits("self_test_code", 4, 7, 5, SELF_TEST_CODES),
    bits("result", 4, 3, 0, RESULTS),
    uint("self_test_number", 5, unknown=0),
    uint("power_on_hours", 6, 7),
    uint("address_of_first_failure", 8, 15, unknown=0xFFFFFFFFFFFFFFFF),
    bits("sense_key", 16, 3, 0, SENSE_KEYS),
    uint("additional_sense_code", 17),
    uint("additional_sense_code_qualifier", 18),
    uint("vendor_specific", 19))


def decode_self_test_results(data: bytes, warnings: list[str]) -> list[dict[str, Any]]:
    """The results that the page holds, the newest first.

    An unused parameter is all zeros but for its header. ``power_on_hours`` is ``None`` where a test is in progress and
    the drive does not say since when, as most do not; where it is 65535 it means "or more" and
    ``power_on_hours_saturated`` is true. ``sense_text`` names the sense key and the additional sense code, ``None``
    where the drive logged none. A test that is in progress or found no error has no address of a failure, whatever the
    field holds, as for smartctl. A cut parameter is left out.
    """
    found = []
    title = page_title(SELF_TEST_RESULTS_PAGE)
    for parameter in parameters(data, SELF_TEST_RESULTS_PAGE, 0, warnings):
        if not any(parameter.value):
            continue
        if len(parameter.whole) < SELF_TEST_RESULT.size:
            if parameter.length == len(parameter.value):
                warnings.append(f"{title}: parameter {parameter.code} has only {len(parameter.whole)} bytes and is "
                                "left out")
            continue
        values = SELF_TEST_RESULT.decode(parameter.whole)
        running = values["result"]["value"] == IN_PROGRESS
        hours = None if running and values["power_on_hours"] in _NO_START else values["power_on_hours"]
        if values["result"]["value"] in (IN_PROGRESS, _COMPLETED):
            values["address_of_first_failure"] = None
        found.append(dict(values, power_on_hours=hours, power_on_hours_saturated=hours == SATURATED_HOURS,
                          sense_text=_sense_text(values)))
    header = LOG_PAGE_HEADER.decode(data)
    if header["page_code"] == SELF_TEST_RESULTS_PAGE and header["page_length"] not in (None, PAGE_LENGTH):
        warnings.append(f"{title}: its length is {header['page_length']:04X}h where the standard has "
                        f"{PAGE_LENGTH:04X}h")
    # The standard orders them so; a drive that does not must not make an old result the newest.
    return sorted(found, key=lambda result: int(result["parameter_code"]))


def _sense_text(values: Mapping[str, Any]) -> str | None:
    key = values["sense_key"]
    if not key["value"]:
        return None
    name = _load_additional_sense()(values["additional_sense_code"], values["additional_sense_code_qualifier"])
    return f"{key['name']}: {name}"


def _load_additional_sense() -> Callable[[int, int], str]:
    # The names are many, and most logs have no failure. With several drives, the decoder of sense data has loaded them.
    from .sense_codes import additional_sense
    return additional_sense


def encode_self_test_results(results: Sequence[Mapping[str, Any]]) -> bytes:
    """The whole page of twenty parameters, from decoded results, the newest first.

    A result without ``parameter_code`` gets its position in ``results``; one without an address reports no failure
    address.
    """
    values = {code: bytes(SELF_TEST_RESULT.size - LOG_PARAMETER_HEADER.size)
              for code in range(1, PARAMETER_COUNT + 1)}
    for place, result in enumerate(results[:PARAMETER_COUNT], 1):
        fields = without(result, "power_on_hours_saturated", "sense_text")
        fields.setdefault("address_of_first_failure", None)
        values[fields.get("parameter_code") or place] = SELF_TEST_RESULT.encode(fields)[LOG_PARAMETER_HEADER.size:]
    return encode_page(SELF_TEST_RESULTS_PAGE, 0, sorted(values.items()))

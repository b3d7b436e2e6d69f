# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The format status log page, 08h (SBC-5 6.4): what became of the last FORMAT UNIT, and of blocks since.

Each parameter may have any length. Bytes that are all FFh mean that the value is not available; so they are after a
format that failed, or if the medium was never formatted.
"""

from __future__ import annotations

from typing import Any, Mapping

from .log_sense import LogParameter, counter, encode_page, page_title, parameters

FORMAT_STATUS_PAGE = 0x08

_FORMAT_DATA_OUT = 0x0000
#: The counters, by parameter code, with the length that they are encoded with.
_COUNTERS = {
    0x0001: ("grown_defects_during_certification", 8),
    0x0002: ("total_blocks_reassigned_during_format", 8),
    0x0003: ("total_new_blocks_reassigned", 8),
    0x0004: ("power_on_minutes_since_format", 4),
}
_NOT_AVAILABLE = 0xFF


def decode_format_status(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``format_data_out``, the parameter list of the last successful FORMAT UNIT in hex, and the counters.

    ``total_new_blocks_reassigned`` counts since that format. ``None`` for what is not available or not in the page.
    """
    found: dict[str, Any] = dict.fromkeys(["format_data_out", *(name for name, _width in _COUNTERS.values())])
    for parameter in parameters(data, FORMAT_STATUS_PAGE, 0, warnings):
        if parameter.code in _COUNTERS and _is_available(parameter):
            name = _COUNTERS[parameter.code][0]
            found[name] = counter(parameter, f"{page_title(FORMAT_STATUS_PAGE, 0)}: {name}", warnings)
        elif parameter.code == _FORMAT_DATA_OUT and _is_available(parameter):
            found["format_data_out"] = parameter.value.hex()
    return found


def _is_available(parameter: LogParameter) -> bool:
    return len(parameter.value) == parameter.length and any(octet != _NOT_AVAILABLE for octet in parameter.value)


def encode_format_status(values: Mapping[str, Any]) -> bytes:
    """The whole page; ``None`` for what is not available."""
    content = values.get("format_data_out")
    listed = [(_FORMAT_DATA_OUT, bytes((_NOT_AVAILABLE,)) * 4 if content is None else bytes.fromhex(content))]
    for code, (name, width) in _COUNTERS.items():
        count = values.get(name)
        listed.append((code, bytes((_NOT_AVAILABLE,)) * width if count is None else int(count).to_bytes(width, "big")))
    return encode_page(FORMAT_STATUS_PAGE, 0, listed)

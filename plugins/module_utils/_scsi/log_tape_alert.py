# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The TapeAlert response log page, 12h (SSC-5, ADC): which TapeAlert flags of a tape drive or a media changer are set.

The TapeAlert log page, 2Eh, has the same flags, but a drive deactivates them when that page is read (unless TAPLSD of
the device configuration extension mode page is set), and the backup software that waits for them finds nothing. So
nothing here reads page 2Eh.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .log_sense import LOG_PARAMETER_HEADER, encode_page, page_title, parameters, short_parameter
from .table import Table, uint

TAPE_ALERT_RESPONSE_PAGE = 0x12

_CRITICAL, _WARNING, _INFORMATION = "critical", "warning", "information"
#: From the worst on.
SEVERITIES = (_CRITICAL, _WARNING, _INFORMATION)

#: By number, the name of a flag and its severity. No severity was published for those without one.
TAPE_FLAGS: Mapping[int, tuple[str, str | None]] = {
    1: ("read warning", _WARNING), 2: ("write warning", _WARNING), 3: ("hard error", _WARNING),
    4: ("media", _CRITICAL), 5: ("read failure", _CRITICAL), 6: ("write failure", _CRITICAL),
    7: ("media life", _WARNING), 8: ("not data grade", _WARNING), 9: ("write protect", _CRITICAL),
    10: ("no removal", _INFORMATION), 11: ("cleaning media", _INFORMATION), 12: ("unsupported format", _INFORMATION),
    13: ("recoverable mechanical cartridge failure", _CRITICAL),
    14: ("unrecoverable mechanical cartridge failure", _CRITICAL), 15: ("memory chip in cartridge failure", _WARNING),
    16: ("forced eject", _CRITICAL), 17: ("read only format", _WARNING),
    18: ("tape directory corrupted on load", _WARNING), 19: ("nearing media life", _INFORMATION),
    20: ("cleaning required", _CRITICAL), 21: ("cleaning requested", _WARNING),
    22: ("expired cleaning media", _CRITICAL), 23: ("invalid cleaning tape", _CRITICAL),
    24: ("retension requested", _WARNING), 25: ("dual port interface error", _WARNING),
    26: ("cooling fan failing", _WARNING), 27: ("power supply failure", _WARNING),
    28: ("power consumption", _WARNING), 29: ("drive maintenance", _WARNING), 30: ("hardware A", _CRITICAL),
    31: ("hardware B", _CRITICAL), 32: ("interface", _WARNING), 33: ("eject media", _CRITICAL),
    34: ("microcode update fail", _WARNING), 35: ("drive humidity", _WARNING), 36: ("drive temperature", _WARNING),
    37: ("drive voltage", _WARNING), 38: ("predictive failure", _CRITICAL), 39: ("diagnostics required", _WARNING),
    40: ("loader hardware A", _CRITICAL), 41: ("loader stray tape", _CRITICAL), 42: ("loader hardware B", _WARNING),
    43: ("loader door", _CRITICAL), 44: ("loader hardware C", _CRITICAL), 45: ("loader magazine", _CRITICAL),
    46: ("loader predictive failure", _WARNING),
    47: ("external data encryption control: communications failure", None),
    48: ("external data encryption control: key manager returned error", None),
    49: ("diminished native capacity", None), 50: ("lost statistics", _WARNING),
    51: ("tape directory invalid at unload", _WARNING), 52: ("tape system area write failure", _CRITICAL),
    53: ("tape system area read failure", _CRITICAL), 54: ("no start of data", _CRITICAL),
    55: ("loading failure", _CRITICAL), 56: ("unrecoverable unload failure", _CRITICAL),
    57: ("automation interface failure", _CRITICAL), 58: ("firmware failure", _WARNING),
    59: ("WORM medium: integrity check failed", _WARNING), 60: ("WORM medium: overwrite attempted", _WARNING),
    61: ("encryption policy violation", None),
}
CHANGER_FLAGS: Mapping[int, tuple[str, str | None]] = {
    1: ("library hardware A", _CRITICAL), 2: ("library hardware B", _WARNING), 3: ("library hardware C", _CRITICAL),
    4: ("library hardware D", _CRITICAL), 5: ("library diagnostics required", _WARNING),
    6: ("library interface", _CRITICAL), 7: ("failure prediction", _WARNING), 8: ("library maintenance", _WARNING),
    9: ("library humidity limits", _CRITICAL), 10: ("library temperature limits", _CRITICAL),
    11: ("library voltage limits", _CRITICAL), 12: ("library stray tape", _CRITICAL),
    13: ("library pick retry", _WARNING), 14: ("library place retry", _WARNING), 15: ("library load retry", _WARNING),
    16: ("library door", _CRITICAL), 17: ("library mailslot", _CRITICAL), 18: ("library magazine", _CRITICAL),
    19: ("library security", _WARNING), 20: ("library security mode", _INFORMATION),
    21: ("library offline", _INFORMATION), 22: ("library drive offline", _INFORMATION),
    23: ("library scan retry", _WARNING), 24: ("library inventory", _CRITICAL),
    25: ("library illegal operation", _WARNING), 26: ("dual port interface error", _WARNING),
    27: ("cooling fan failure", _WARNING), 28: ("power supply", _WARNING), 29: ("power consumption", _WARNING),
    30: ("pass-through mechanism failure", _CRITICAL), 31: ("cartridge in pass-through mechanism", _CRITICAL),
    32: ("unreadable bar code labels", _INFORMATION),
}

_FLAGS = 64
_RESPONSE = 0x0000
TAPE_ALERT_RESPONSE = Table("TapeAlert response log parameter", "SSC-5", uint("flags", 4, 11))


def decode_tape_alert(data: bytes, warnings: list[str], changer: bool = False) -> list[dict[str, Any]] | None:
    """The flags that are set, each with its number as ``flag``, ``name`` and ``severity``; ``None`` if not reported.

    ``severity`` is critical, warning, or information; it and ``name`` are ``None`` for a flag that has none. Flags mean
    something else to a media ``changer``.
    """
    before = len(warnings)
    for parameter in parameters(data, TAPE_ALERT_RESPONSE_PAGE, 0, warnings):
        if parameter.code == _RESPONSE:
            short_parameter(TAPE_ALERT_RESPONSE, parameter, warnings)
            flags = TAPE_ALERT_RESPONSE.decode(parameter.whole)["flags"]
            return None if flags is None else _told(flags, CHANGER_FLAGS if changer else TAPE_FLAGS)
    if len(warnings) == before:
        warnings.append(f"{page_title(TAPE_ALERT_RESPONSE_PAGE)}: has no flags")
    return None


def _told(flags: int, known: Mapping[int, tuple[str, str | None]]) -> list[dict[str, Any]]:
    found = []
    for flag in range(1, _FLAGS + 1):
        # The first flag is the highest bit.
        if flags >> (_FLAGS - flag) & 1:
            name, severity = known.get(flag, (None, None))
            found.append({"flag": flag, "name": name, "severity": severity})
    return found


def encode_tape_alert(flags: Sequence[int]) -> bytes:
    """The whole page, with these flags set, by their numbers."""
    number = sum(1 << (_FLAGS - flag) for flag in set(flags))
    return encode_page(TAPE_ALERT_RESPONSE_PAGE, 0, [
        (_RESPONSE, TAPE_ALERT_RESPONSE.encode(flags=number)[LOG_PARAMETER_HEADER.size:])])

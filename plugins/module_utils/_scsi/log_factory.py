# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Factory log page, 3Eh, of Seagate and Hitachi, of which two parameters are known from open source tools.

The standard leaves the page to the vendor. A page of another vendor means something else, so readers check the vendor
first.
"""

from __future__ import annotations

from typing import Any, Mapping

from .log_sense import LOG_PARAMETER_HEADER, encode_page, parameters
from .table import Table, short, uint

FACTORY_PAGE = 0x3E
#: The vendors, as named in standard INQUIRY data, whose disks have this page.
FACTORY_VENDORS = ("SEAGATE", "HITACHI", "HGST")

_POWER_ON, _NEXT_TEST = 0x0000, 0x0008

POWER_ON_MINUTES = Table(
    "factory log page, power-on time", "Seagate",
    uint("accumulated_power_on_minutes", 4, 7))

NEXT_TEST_MINUTES = Table(
    "factory log page, time to the next internal test", "Seagate",
    uint("minutes_until_next_internal_test", 4, 7))

_KNOWN = {_POWER_ON: POWER_ON_MINUTES, _NEXT_TEST: NEXT_TEST_MINUTES}


def decode_factory_log(data: bytes, warnings: list[str]) -> dict[str, Any]:
    """``accumulated_power_on_minutes`` and ``minutes_until_next_internal_test``, each ``None`` if the page lacks it.

    A parameter whose length is not four bytes has another format, and is skipped.
    """
    found: dict[str, Any] = {"accumulated_power_on_minutes": None, "minutes_until_next_internal_test": None}
    for parameter in parameters(data, FACTORY_PAGE, 0, warnings):
        table = _KNOWN.get(parameter.code)
        if table is None or LOG_PARAMETER_HEADER.size + parameter.length != table.size:
            continue
        short(table, parameter.whole, table.size, warnings)
        found.update(table.decode(parameter.whole))
    return found


def encode_factory_log(values: Mapping[str, Any]) -> bytes:
    """The whole page, with those parameters that have a value."""
    listed = []
    for code, table in sorted(_KNOWN.items()):
        value = values.get(table.fields[0].name)
        if value is not None:
            listed.append((code, table.encode({table.fields[0].name: value})[LOG_PARAMETER_HEADER.size:]))
    return encode_page(FACTORY_PAGE, 0, listed)

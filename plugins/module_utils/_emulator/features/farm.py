# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The FARM log of a Seagate disk, log page 3Dh,03h, which counts hours that the other pages may have forgotten.

Settings, with their defaults::

    heads: 8
    hidden_hours: 0            # hours that only this log counts, as if the others had been set back
    head_load_events: 100
    power_cycles: 10
    assembly_year: "2024"
    assembly_week: "10"
    reallocated_sectors: []    # by head

Initiators look for the page only on a drive whose vendor is SEAGATE.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Tuple

from ..._checks import items, number, with_defaults
from ..._scsi.farm import FARM_PAGE, FARM_SUBPAGE, decode_farm_page, encode_farm_page
from ..feature import Clock, Feature

_HOUR = 3600.0
#: The length of a log parameter has one byte, so there is no room for more.
_HEADS_AT_MOST = 31
_LARGEST = (1 << 48) - 1
#: Each head writes in one of so many hours.
_HOURS_PER_WRITTEN = 10

PageCode = Tuple[int, int]


class FarmLog(Feature):
    """The page. Raises ValueError for wrong ``settings``."""

    name = "farm"

    def __init__(self, clock: Clock, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._clock = clock
        values = with_defaults(settings or {}, "farm", {
            "heads": 8, "hidden_hours": 0, "head_load_events": 100, "power_cycles": 10, "assembly_year": "2024",
            "assembly_week": "10", "reallocated_sectors": []})
        self._heads: int = number(values["heads"], "farm.heads", 1, _HEADS_AT_MOST, whole=True)
        self._hidden: int = number(values["hidden_hours"], "farm.hidden_hours", 0, _LARGEST, whole=True)
        self._fixed = {name: number(values[name], "farm." + name, 0, _LARGEST, whole=True)
                       for name in ("head_load_events", "power_cycles")}
        self._assembly = {name: str(values[name]) for name in ("assembly_year", "assembly_week")}
        given = [number(each, f"farm.reallocated_sectors[{place}]", 0, _LARGEST, whole=True)
                 for place, each in enumerate(items(values["reallocated_sectors"], "farm.reallocated_sectors"))]
        self._reallocated = (given + [0] * self._heads)[:self._heads]
        found = decode_farm_page(self._page(), [])
        if found is None or any(found[name] != value for name, value in self._assembly.items()):
            raise ValueError(f"farm: {self._assembly} is no year from 2000 to 2099 and week from 01 to 53")

    def log_pages(self) -> Mapping[PageCode, Callable[[], bytes]]:
        return {(FARM_PAGE, FARM_SUBPAGE): self._page}

    def _page(self) -> bytes:
        hours = int(self._clock.now() // _HOUR) + self._hidden
        return encode_farm_page(dict(
            self._fixed, **self._assembly, heads=self._heads, power_on_hours=hours,
            reallocated_sectors_by_head=self._reallocated,
            write_power_on_hours_by_head=[hours // _HOURS_PER_WRITTEN] * self._heads))

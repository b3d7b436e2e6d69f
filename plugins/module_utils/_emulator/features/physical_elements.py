# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET PHYSICAL ELEMENT STATUS (SBC-5 5.8): the heads of a disk, and how well they are.

Settings, with their defaults::

    count: 8           # heads, whose identifiers start at 1; each holds the same part of the blocks
    elements: []       # those that differ: {id: 3, health: 0x65, restoration_allowed: false}, where the health is 0 for
                       # not reported, up to 0x63 for well, 0x64 at its limit, up to 0xCF outside it, 0xFD to 0xFF
                       # depopulated with errors, being depopulated, depopulated; the default is 1

The elements can be read, not depopulated: the commands that do so are not supported.
"""

from __future__ import annotations

from typing import Any, Mapping

from ..._checks import boolean, items, number, with_defaults
from ..._scsi.physical_elements import (
    ALL_PHYSICAL_ELEMENTS,
    BEING_DEPOPULATED,
    DEPOPULATED,
    DEPOPULATED_WITH_ERRORS,
    ELEMENT_STATUS_DESCRIPTOR,
    ELEMENT_STATUS_HEADER,
    GET_PHYSICAL_ELEMENT_STATUS,
    GET_PHYSICAL_ELEMENT_STATUS_ACTION,
    OUT_OF_SPECIFICATION,
    OUTSIDE_LIMIT,
    STORAGE_ELEMENTS,
    encode_physical_elements,
)
from ..contract import Task
from ..feature import Code, Feature, Handler, invalid_field_in_cdb

_SERVICE_ACTION_IN = 0x9E
_STORAGE = 1
_MOST = 255
#: What the filter lets through (SBC-5 table 57).
_SHOWN = frozenset((*OUTSIDE_LIMIT, DEPOPULATED_WITH_ERRORS, BEING_DEPOPULATED, DEPOPULATED))


class PhysicalElements(Feature):
    """The elements of a logical unit that has ``blocks`` blocks. Raises ValueError for wrong ``settings``."""

    name = "physical_elements"

    def __init__(self, blocks: int, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        values = with_defaults(settings or {}, "physical_elements", {"count": 8, "elements": []})
        count = number(values["count"], "physical_elements.count", 1, _MOST, whole=True)
        self._elements: dict[int, dict[str, Any]] = {each: {
            "element_identifier": each, "ralwd": False, "physical_element_type": _STORAGE, "physical_element_health": 1,
            "associated_capacity_blocks": blocks // count} for each in range(1, count + 1)}
        for place, entry in enumerate(items(values["elements"], "physical_elements.elements")):
            where = f"physical_elements.elements[{place}]"
            given = with_defaults(entry, where, {"id": None, "health": 1, "restoration_allowed": False})
            self._elements[number(given["id"], where + ".id", 1, count, whole=True)].update(
                physical_element_health=number(given["health"], where + ".health", 0, 0xFF, whole=True),
                ralwd=boolean(given["restoration_allowed"], where + ".restoration_allowed"))

    def commands(self) -> Mapping[Code, Handler]:
        return {(_SERVICE_ACTION_IN, GET_PHYSICAL_ELEMENT_STATUS_ACTION): self._status}

    def _status(self, task: Task) -> bytes:
        values = GET_PHYSICAL_ELEMENT_STATUS.decode(task.cdb)
        if values["filter"] not in (0, OUT_OF_SPECIFICATION):
            raise invalid_field_in_cdb(14, 7)
        if values["report_type"] not in (ALL_PHYSICAL_ELEMENTS, STORAGE_ELEMENTS):
            raise invalid_field_in_cdb(14, 3)
        listed = [each for each in self._elements.values()
                  if each["element_identifier"] >= values["starting_element"]
                  and (not values["filter"] or each["physical_element_health"] in _SHOWN)]
        being = next((each["element_identifier"] for each in self._elements.values()
                      if each["physical_element_health"] == BEING_DEPOPULATED), None)
        # Only whole descriptors are returned, and counted as returned.
        room = max(0, values["allocation_length"] - ELEMENT_STATUS_HEADER.size) // ELEMENT_STATUS_DESCRIPTOR.size
        return encode_physical_elements(listed[:room], being, len(listed))[:values["allocation_length"]]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the physical elements of a disk, such as its heads, are within their limits and in use."""

from __future__ import annotations

from typing import Sequence

from .._scsi.physical_elements import (
    AT_LIMIT,
    BEING_DEPOPULATED,
    BEING_RESTORED,
    DEPOPULATED,
    DEPOPULATED_WITH_ERRORS,
    NOT_REPORTED,
    OUTSIDE_LIMIT,
    RESTORED_WITH_ERRORS,
    WITHIN_LIMITS,
)
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Context, Drive, Evidence, part
from .text import in_words, plural

#: States that a rule can be about, by the health in the facts.
_STATES = {
    AT_LIMIT: "at_limit", **dict.fromkeys(OUTSIDE_LIMIT, "outside_limit"), RESTORED_WITH_ERRORS: "restored_with_errors",
    BEING_RESTORED: "being_restored", DEPOPULATED_WITH_ERRORS: "depopulated_with_errors",
    BEING_DEPOPULATED: "being_depopulated", DEPOPULATED: "depopulated"}
STATES = tuple(dict.fromkeys(_STATES.values()))
#: The first value that is reserved stands for what is no number, too.
_RESERVED = OUTSIDE_LIMIT.stop
_FIELD = "health.physical_elements.elements"
_SHOWN = 5


def _health(element: Drive) -> int:
    value = part(element, "health").get("value")
    return value if isinstance(value, int) else _RESERVED


def physical_elements(drive: Drive, _context: Context, states: Sequence[str]) -> Answer:
    """Whether no element is in one of these states; not known where a state is not, or not every element is listed."""
    found = part(part(drive, "health"), "physical_elements")
    elements = found.get("elements")
    listed = [each for each in elements if isinstance(each, dict)] if isinstance(elements, list) else []
    page = page_of(_FIELD)
    healths = [(each, _health(each)) for each in listed]
    bad = [each for each, health in healths if _STATES.get(health, "") in states]
    if bad:
        shown = [(f"element {each.get('element_identifier')}", part(each, "health")) for each in bad[:_SHOWN]]
        more = f", and {plural(len(bad) - _SHOWN, 'other element')}" if len(bad) > _SHOWN else ""
        return Answer(FAIL, ", ".join(f"{which}: {in_words(health)}" for which, health in shown) + more, tuple(
            Evidence(page, f"{_FIELD}[].health", f"{which}: {health['value']}, {in_words(health)}")
            for which, health in shown))
    known = [health for _each, health in healths if health != NOT_REPORTED]
    evidence = (Evidence(page, "health.physical_elements.count", found.get("count")),)
    if any(health not in WITHIN_LIMITS and health not in _STATES for health in known):
        return Answer(UNKNOWN, "the health of an element has a value that is reserved", evidence)
    if found and len(listed) != found.get("count"):
        return Answer(UNKNOWN, "not every element is listed", evidence)
    if not known:
        return Answer(NOT_APPLICABLE, "not reported by the drive")
    return Answer(PASS, f"{plural(len(listed), 'element')}", evidence)

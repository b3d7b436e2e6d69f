# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The physical elements of a disk, such as its heads, and their health (SBC-5 5.8)."""

from __future__ import annotations

from ..._passthrough.errors import CheckCondition
from ..._passthrough.make_command import make_command
from ..._scsi.inquiry import SPC_5
from ..._scsi.physical_elements import (
    GET_PHYSICAL_ELEMENT_STATUS,
    GET_PHYSICAL_ELEMENT_STATUS_ACTION,
    decode_physical_elements,
)
from ..._scsi.table import Values
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..power_condition import Condition
from .readiness import left_at_rest

_SERVICE_ACTION_IN = 0x9E
#: One read of the list: its header and 127 elements, more than any hard disk has heads.
_LENGTH = 4096
#: More reads than that are not worth their time.
_READS_AT_MOST = 8


def gather_elements(session: CarefulSession, condition: Condition) -> Values | None:
    """``{count, being_depopulated, elements}``; ``None`` for a disk that does not report them.

    A disk that does not list its commands is asked only if it claims a standard as young as the command, which came
    with SBC-4.
    """
    if not session.lists(_SERVICE_ACTION_IN, GET_PHYSICAL_ELEMENT_STATUS_ACTION) and (
            session.operations is not None or session.version < SPC_5):
        return None
    if left_at_rest(session, condition, "the physical elements were"):
        return None
    return answer_or_none(session, None, lambda: _if_supported(session))


def _if_supported(session: CarefulSession) -> Values | None:
    try:
        return _all(session)
    except CheckCondition as error:
        # Of a disk without a list of commands nobody knew that before.
        if not error.not_supported:
            raise
        return None


def _all(session: CarefulSession) -> Values:
    """Every element; what did not fit into one answer is requested again from the next element on."""
    count: int | None = None
    being: int | None = None
    found: dict[int, Values] = {}
    start = 0
    for read in range(_READS_AT_MOST):
        said: list[str] = []
        cdb = GET_PHYSICAL_ELEMENT_STATUS.encode(starting_element=start, allocation_length=_LENGTH)
        answer = decode_physical_elements(session.send(make_command(cdb, _LENGTH)).data, said)
        if not read:
            count, being = answer["number_of_descriptors"], answer["identifier_of_element_being_depopulated"]
        more = [each for each in answer["elements"] if each["element_identifier"] >= start]
        found.update((each["element_identifier"], each) for each in more)
        if not more or len(found) >= (count or 0) or max(found) == 0xFFFFFFFF:
            # Only the last read's warnings count: those before may have been cut by their allocation length.
            session.warnings.extend(said)
            break
        start = max(found) + 1
    if count is not None and count != len(found):
        session.warnings.append(
            f"GET PHYSICAL ELEMENT STATUS: {count} elements are reported, {len(found)} are listed")
    return {"count": count, "being_depopulated": being, "elements": [{
        "element_identifier": each, "element_type": found[each]["physical_element_type"],
        "health": found[each]["physical_element_health"],
        "restoration_allowed": found[each]["ralwd"],
        "associated_capacity_blocks": found[each]["associated_capacity_blocks"]} for each in sorted(found)]}

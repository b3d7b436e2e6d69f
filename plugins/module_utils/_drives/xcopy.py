# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy managers: what they can do, are doing, and failed at (SPC-6 5.17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Generator, List, Mapping, Optional, Sequence

from .._passthrough.errors import CheckCondition
from .._passthrough.session import Session
from .drive import Entry, Options, attend
from .fleet import Pause
from .pages import copy_failure_details, copy_operating_parameters, copy_status, held_data, third_party_copy
from .refusals import not_supported

#: sg_copy_results draws the same line.
ALLOCATION_LENGTH_LIMIT = 10000

Reader = Callable[[Session, List[str], int, int], Optional[Dict[str, Any]]]

#: In the order of asking: a status that tells the end of an operation makes the copy manager forget the rest.
_READERS: Dict[str, Reader] = {
    "parameters": copy_operating_parameters,
    "failures": copy_failure_details,
    "data": held_data,
    "status": copy_status,
}
_FACTS = {"parameters": "parameters", "failures": "failure_details", "data": "held_data", "status": "copy_status"}
_FORGETTING = ("failures", "data", "status")
#: Where the CDB has the list identifier (SPC-4 6.18.2).
_LIST_IDENTIFIER_BYTE = 2
_UNKNOWN_LIST_ID = "the drive knows no copy operation with list identifier {0}"


@dataclass(frozen=True)
class Question:
    """What a task asks the copy managers; the module documents each option."""

    gather: Sequence[str]
    list_id: int
    allocation_length: int

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Question:
        """From the module's options. Raises ValueError for what no copy manager can be asked."""
        if not 0 <= options["list_id"] <= 0xFF:
            raise ValueError("list_id must be 0 to 255, not {0}".format(options["list_id"]))
        if not 0 < options["allocation_length"] < ALLOCATION_LENGTH_LIMIT:
            raise ValueError("allocation_length must be 1 to {0}, not {1}".format(
                ALLOCATION_LENGTH_LIMIT - 1, options["allocation_length"]))
        if not options["gather"]:
            raise ValueError("gather is empty; name at least one of {0}".format(", ".join(sorted(_READERS))))
        return cls(tuple(options["gather"]), options["list_id"], options["allocation_length"])


def gather_xcopy(devices: Sequence[str], options: Options, question: Question) -> List[Entry]:
    """An entry a drive, with the facts as the module documents them."""
    blank: Entry = dict(dict.fromkeys(_FACTS.values()), supported=None, refused={}, third_party_copy=None)
    return attend(devices, options, blank, lambda session, entry: _gather(session, entry, question))


def _gather(session: Session, entry: Entry, question: Question) -> Generator[Pause, None, None]:
    yield from ()  # all of it is one step: nothing here waits
    entry["refused"] = {}
    for topic, read in _READERS.items():
        if topic not in question.gather:
            continue
        if session.check_mode and topic in _FORGETTING:
            entry["refused"][topic] = "not asked in check mode: the drive may forget what it returns"
            continue
        try:
            entry[_FACTS[topic]] = read(session, entry["warnings"], question.list_id, question.allocation_length)
            entry["supported"] = True
        except CheckCondition as error:
            if not error.not_supported:
                raise
            pointer = error.sense.field_pointer
            if topic in _FORGETTING and pointer is not None and pointer.byte == _LIST_IDENTIFIER_BYTE:
                entry["supported"] = True
                entry["refused"][topic] = _UNKNOWN_LIST_ID.format(question.list_id)
                continue
            entry["refused"][topic] = not_supported(error)
            if topic in _FORGETTING and pointer is None and entry["supported"]:
                entry["refused"][topic] += ", or " + _UNKNOWN_LIST_ID.format(question.list_id)
            entry["supported"] = entry["supported"] or False
    if "parameters" in question.gather:
        entry["third_party_copy"] = third_party_copy(session, entry["warnings"])
    if entry["supported"] is False:
        entry["reason"] = "; ".join(dict.fromkeys(entry["refused"].values()))


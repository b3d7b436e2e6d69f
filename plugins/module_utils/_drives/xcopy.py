# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy managers: what they support, are doing, and failed to do (SPC-6 5.17)."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Sequence

from .._passthrough.errors import CheckCondition
from .._passthrough.sender import Sender, SeparateWarnings
from .._passthrough.session import Session
from .._scsi import receive_copy_results as copies
from .._scsi.reading_commands import discards
from .._scsi.table import Values
from . import copy_results as pages
from .careful_session import CarefulSession
from .entry import Entry
from .run import Options, run_on_drives

#: The same limit as in sg_copy_results.
ALLOCATION_LENGTH_LIMIT = 10000
#: The default of sg_copy_results, enough for what a copy manager reports about itself and about a copy.
_SHORT = 520
#: For topics without such bounds that may be reported only once: held data, and tokens of 512 bytes each.
_LONG = 65536

LONGEST_LIST_ID = {"1": 0xFF, "4": 0xFFFFFFFF, "auto": 0xFFFFFFFF}

Reader = Callable[[Sender, int, int], Any]


class _Form(NamedTuple):
    """One service action of RECEIVE COPY RESULTS."""

    service_action: int
    read: Reader


class _Topic(NamedTuple):
    """What a task may request, and its forms: with list identifiers of one byte and of four bytes."""

    fact: str
    one: _Form | None
    four: _Form | None
    #: Whether it is about one operation, named by its list identifier.
    by_list_id: bool = True
    allocation_length: int = _SHORT

    def form(self, four: bool) -> _Form | None:
        """The form to use; a topic that has only one form uses that one."""
        return (self.four or self.one) if four else (self.one or self.four)


#: In the order of the requests: a status that reports the end of an operation makes the copy manager forget the rest.
_TOPICS: dict[str, _Topic] = {
    "parameters": _Topic(
        "parameters", _Form(copies.OPERATING_PARAMETERS, pages.copy_operating_parameters), None, by_list_id=False),
    "failures": _Topic("failure_details", _Form(copies.FAILURE_DETAILS, pages.copy_failure_details), None),
    "data": _Topic("held_data", _Form(copies.COPY_DATA, pages.held_data),
                   _Form(copies.COPY_DATA_LID4, pages.held_data_lid4), allocation_length=_LONG),
    "token_information": _Topic(
        "token_information", None, _Form(copies.ROD_TOKEN_INFORMATION, pages.rod_token_information),
        allocation_length=_LONG),
    "status": _Topic("copy_status", _Form(copies.COPY_STATUS, pages.copy_status),
                     _Form(copies.COPY_STATUS_LID4, pages.copy_status_lid4)),
    "rod_tokens": _Topic("rod_tokens", None, _Form(copies.ALL_ROD_TOKENS, pages.all_rod_tokens), by_list_id=False,
                         allocation_length=_LONG),
}

#: Where the CDB has the list identifier (SPC-4 6.18.2, SPC-6 6.24).
_LIST_IDENTIFIER_BYTE = 2
_UNKNOWN_LIST_ID = "the drive has no copy operation with list identifier {0}"


class Question(NamedTuple):
    """What a task asks the copy managers; the module documents each option."""

    gather: Sequence[str]
    list_id: int
    list_id_bytes: str
    #: ``None`` for as much as each topic is likely to need.
    allocation_length: int | None
    assume_supported: bool

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Question:
        """From the module's options. Raises ValueError for what cannot be requested."""
        longest = LONGEST_LIST_ID[options["list_id_bytes"]]
        if not 0 <= options["list_id"] <= longest:
            raise ValueError(f"list_id must be 0 to {longest}, not {options['list_id']}")
        length = options["allocation_length"]
        if length is not None and not 0 < length < ALLOCATION_LENGTH_LIMIT:
            raise ValueError(f"allocation_length must be 1 to {ALLOCATION_LENGTH_LIMIT - 1}, not {length}")
        if not options["gather"]:
            raise ValueError(f"gather is empty; name at least one of {', '.join(sorted(_TOPICS))}")
        return cls(tuple(options["gather"]), options["list_id"], options["list_id_bytes"],
                   length, options["assume_supported"])


def gather_xcopy(devices: Sequence[str], options: Options, question: Question) -> list[Entry]:
    """One entry per drive, with the facts as the module documents them."""
    return run_on_drives(devices, options, _blank, lambda session, entry: _gather(session, entry, question))


def _blank() -> Values:
    return dict(dict.fromkeys(topic.fact for topic in _TOPICS.values()), supported=None, refused={},
                third_party_copy=None)


def _gather(session: Session, entry: Entry, question: Question) -> None:
    facts = entry.values
    # Warnings about the drive's lists belong to the facts of the drive, not to these.
    careful = CarefulSession(SeparateWarnings(session))
    if not question.assume_supported and not pages.may_have_copy_manager(careful):
        facts["supported"] = False
        entry.reason = pages.NO_COPY_MANAGER
        facts["refused"] = dict.fromkeys(question.gather, entry.reason)
        return
    facts["third_party_copy"] = pages.third_party_copy(session)
    listed, where = None, "third-party copy page"
    if not question.assume_supported:
        listed = _listed_actions(facts["third_party_copy"])
        if listed is None:
            listed, where = _listed_operations(careful), "list of commands"
    four = _by_four_bytes(question, listed)
    for name, topic in _TOPICS.items():
        form = topic.form(four)
        if name in question.gather and form is not None:
            _ask(session, entry, question, name, form, listed, where)
    if facts["supported"] is False:
        entry.reason = "; ".join(dict.fromkeys(facts["refused"].values()))


def _listed_actions(descriptors: Sequence[Values] | None) -> frozenset[int] | None:
    """The service actions of RECEIVE COPY RESULTS that VPD page 8Fh lists; ``None`` if it lists no commands."""
    for descriptor in descriptors or ():
        if "commands" in descriptor:
            return frozenset(
                action["value"] for command in descriptor["commands"]
                if command["operation_code"]["value"] == copies.OPERATION_CODE for action in command["service_actions"])
    return None


def _listed_operations(careful: CarefulSession) -> frozenset[int] | None:
    """The same from REPORT SUPPORTED OPERATION CODES; ``None`` if it does not list them."""
    listed = careful.operations
    if listed is None or (copies.OPERATION_CODE, None) in listed:
        return None
    return frozenset(action for code, action in listed if code == copies.OPERATION_CODE and action is not None)


def _by_four_bytes(question: Question, listed: frozenset[int] | None) -> bool:
    """Whether to use list identifiers of four bytes. SPC-5 removed those of one byte."""
    if question.list_id_bytes != "auto":
        return question.list_id_bytes == "4"
    return question.list_id > LONGEST_LIST_ID["1"] or bool(listed) and copies.COPY_STATUS not in (listed or ())


def _ask(session: Session, entry: Entry, question: Question, name: str, form: _Form,
         listed: frozenset[int] | None, where: str) -> None:
    topic, facts = _TOPICS[name], entry.values
    if session.check_mode and discards(bytes((copies.OPERATION_CODE, form.service_action))):
        facts["refused"][name] = "not asked in check mode: the drive may forget what it returns"
        return
    if listed is not None and form.service_action not in listed:
        facts["refused"][name] = (
            f"not asked: the drive's {where} does not list {copies.SERVICE_ACTIONS[form.service_action]}")
        if not listed:
            facts["supported"] = False
        return
    try:
        facts[topic.fact] = form.read(
            session, question.list_id, question.allocation_length or topic.allocation_length)
        facts["supported"] = True
    except CheckCondition as error:
        if not error.not_supported:
            raise
        pointer = error.sense.field_pointer
        if topic.by_list_id and pointer is not None and pointer.byte == _LIST_IDENTIFIER_BYTE:
            facts["supported"] = True
            facts["refused"][name] = _UNKNOWN_LIST_ID.format(question.list_id)
            return
        facts["refused"][name] = error.refusal
        if topic.by_list_id and pointer is None and facts["supported"]:
            facts["refused"][name] += ", or " + _UNKNOWN_LIST_ID.format(question.list_id)
        facts["supported"] = facts["supported"] or False

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy manager of a logical unit (SPC-6 5.17, SBC-5 4.30): EXTENDED COPY, ROD tokens, RECEIVE COPY RESULTS.

Settings are those of `parameters.DEFAULTS`. What the standards leave open is decided as follows:

* A list identifier belongs to an I_T nexus; those of one byte and of four bytes share one number space. A command that
  reuses one that is in use, or starts one copy too many, ends with ILLEGAL REQUEST, OPERATION IN PROGRESS.
* Held data and failure details are discarded once they were read in full, or requested with an allocation length of
  zero; a status, and the information about a new token, once read in full, as ``status_discards`` says.
* Data held by a copy with LIST ID USAGE 10b is discarded when the copy ends: a request for it is answered as if there
  had been no such copy.
* I_T nexus loss discards everything that belongs to EXTENDED COPY(LID1). Copies with a list identifier of four bytes
  continue; they and the tokens survive a restart. A reset ends and discards all copies, but not the tokens.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Mapping

from ..._scsi import receive_copy_results as results
from ..._scsi.extended_copy import (
    COPY_ABORT,
    COPY_OPERATION_ABORT,
    EXTENDED_COPY,
    EXTENDED_COPY_LID1,
    EXTENDED_COPY_LID4,
    PARAMETER_LIST_LID4,
)
from ..._scsi.populate_token import POPULATE_TOKEN, POPULATE_TOKEN_ACTION, POPULATE_TOKEN_LIST, RANGE
from ..._scsi.receive_copy_lid4 import encode_all_rod_tokens
from ..._scsi.receive_copy_results import RECEIVE_COPY_RESULTS, RECEIVE_COPY_RESULTS_LID4
from ..._scsi.vpd_third_party_copy import THIRD_PARTY_COPY
from ..._scsi.write_using_token import WRITE_USING_TOKEN, WRITE_USING_TOKEN_ACTION, WRITE_USING_TOKEN_LIST
from ..contract import Nexus, Task
from ..feature import LATER, Clock, Code, Feature, Handler, invalid_field_in_cdb
from .endpoint import CopyEndpoint
from .engine import CopyEngine
from .operation import FAILURE, HELD, STATUS, TOKENS, Operation
from .parameters import THIRD_PARTY_COPY_IN, THIRD_PARTY_COPY_OUT, CopySettings
from .request import parse_lid1, parse_lid4
from .rod_tokens import RodTokens, UnitRegistry
from .segments import Segments
from .tokens import Populate, WriteUsing, parse_populate, parse_write
from .work import Work

_POWER_ON = "power on"
_LIST_IDENTIFIER_BYTE = 2


class CopyManager(Feature):
    """The copy manager of the logical unit ``own``. ``registry`` has all units of the server, including this one.

    Raises ValueError for wrong ``settings``.
    """

    name = "copy_manager"

    def __init__(self, clock: Clock, settings: Mapping[str, Any] | None, registry: UnitRegistry,
                 own: CopyEndpoint) -> None:
        super().__init__()
        self.settings = CopySettings(settings or {})
        self._registry = registry
        self._own = own
        self._engine = CopyEngine(self, clock, self.settings)
        self._tokens = RodTokens(clock, own, self._tokens_changed)
        registry.put_tokens(self._tokens)

    def _tokens_changed(self) -> None:
        self.changed()

    # -- commands

    def commands(self) -> Mapping[Code, Handler]:
        out: Mapping[int, Handler] = {
            EXTENDED_COPY_LID1: self._extended_copy, EXTENDED_COPY_LID4: self._extended_copy,
            POPULATE_TOKEN_ACTION: self._populate, WRITE_USING_TOKEN_ACTION: self._write_using,
            COPY_ABORT: self._abort_copy}
        into: Mapping[int, Handler] = {
            results.COPY_STATUS: self._status_lid1, results.COPY_DATA: self._data_lid1,
            results.OPERATING_PARAMETERS: self._parameters, results.FAILURE_DETAILS: self._failure_details,
            results.COPY_STATUS_LID4: self._status_lid4, results.COPY_DATA_LID4: self._data_lid4,
            results.ROD_TOKEN_INFORMATION: self._token_information, results.ALL_ROD_TOKENS: self._all_tokens}
        found: dict[Code, Handler] = {(THIRD_PARTY_COPY_OUT, each): out[each] for each in self.settings.out_actions}
        found.update({(THIRD_PARTY_COPY_IN, each): into[each] for each in self.settings.in_actions})
        return found

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        copies = PARAMETER_LIST_LID4.size + self.settings.maximum_list_bytes
        ranges = self.settings.maximum_ranges * RANGE.size
        most = {
            EXTENDED_COPY_LID1: copies, EXTENDED_COPY_LID4: copies,
            POPULATE_TOKEN_ACTION: POPULATE_TOKEN_LIST.size + ranges,
            WRITE_USING_TOKEN_ACTION: WRITE_USING_TOKEN_LIST.size + ranges}
        return {(THIRD_PARTY_COPY_OUT, action): partial(_list_length, limit) for action, limit in most.items()}

    def _extended_copy(self, task: Task) -> Any:
        values = EXTENDED_COPY.decode(task.cdb)
        length, action = values["parameter_list_length"], values["service_action"]
        if not length:
            return b""
        parse = parse_lid1 if action == EXTENDED_COPY_LID1 else parse_lid4
        request = parse(task.data_out, length, self.settings)
        self._engine.check_free(task.nexus, request.identifier)
        operation = self._engine.begin(task, request.identifier, action, request.immediate, request.keeps)
        return self._start(operation, Segments(
            request, self._own, self._registry.find, task.nexus, self.settings,
            lambda data: operation.hold(data, self.settings.held_limit)))

    def _start(self, operation: Operation, work: Work) -> Any:
        self._engine.start(operation, work)
        return b"" if operation.task is None else LATER

    def _populate(self, task: Task) -> Any:
        values = POPULATE_TOKEN.decode(task.cdb)
        if not values["parameter_list_length"]:
            return b""
        request = parse_populate(task.data_out, values["parameter_list_length"], self.settings, self._own)
        self._engine.check_free(task.nexus, values["list_identifier"])
        operation = self._engine.begin(
            task, values["list_identifier"], POPULATE_TOKEN_ACTION, request.immediate,
            block_length=self._own.medium.block_length)
        return self._start(operation, Populate(request, self._tokens, task.nexus, self.settings))

    def _write_using(self, task: Task) -> Any:
        values = WRITE_USING_TOKEN.decode(task.cdb)
        if not values["parameter_list_length"]:
            return b""
        request = parse_write(
            task.data_out, values["parameter_list_length"], self.settings, self._own, self._registry)
        self._engine.check_free(task.nexus, values["list_identifier"])
        operation = self._engine.begin(
            task, values["list_identifier"], WRITE_USING_TOKEN_ACTION, request.immediate,
            block_length=self._own.medium.block_length)
        return self._start(operation, WriteUsing(request, self._own, task.nexus, self.settings))

    def _abort_copy(self, task: Task) -> bytes:
        self._engine.abort(self._find(task, COPY_OPERATION_ABORT.decode(task.cdb)["list_identifier"]))
        return b""

    # -- answers

    def _parameters(self, task: Task) -> bytes:
        return self.settings.operating_parameters()[:_allocation(task)]

    def _status_lid1(self, task: Task) -> bytes:
        operation = self._find(task, RECEIVE_COPY_RESULTS.decode(task.cdb)["list_identifier"], STATUS)
        return self._told(task, operation, operation.status_lid1(self.settings), STATUS)

    def _data_lid1(self, task: Task) -> bytes:
        operation = self._held(task, RECEIVE_COPY_RESULTS.decode(task.cdb)["list_identifier"])
        return self._told(task, operation, operation.data_lid1(), HELD)

    def _failure_details(self, task: Task) -> bytes:
        operation = self._find(task, RECEIVE_COPY_RESULTS.decode(task.cdb)["list_identifier"])
        if operation.running:
            raise invalid_field_in_cdb(_LIST_IDENTIFIER_BYTE)
        return self._told(task, operation, operation.failure_details(), FAILURE)

    def _status_lid4(self, task: Task) -> bytes:
        operation = self._find(task, RECEIVE_COPY_RESULTS_LID4.decode(task.cdb)["list_identifier"], STATUS)
        return self._told(task, operation, operation.status_lid4(self._update_seconds), STATUS)

    def _data_lid4(self, task: Task) -> bytes:
        operation = self._held(task, RECEIVE_COPY_RESULTS_LID4.decode(task.cdb)["list_identifier"])
        return self._told(task, operation, operation.data_lid4(self._update_seconds), HELD)

    def _token_information(self, task: Task) -> bytes:
        operation = self._find(task, RECEIVE_COPY_RESULTS_LID4.decode(task.cdb)["list_identifier"])
        if STATUS in operation.discarded and (TOKENS in operation.discarded or not operation.tokens):
            raise invalid_field_in_cdb(_LIST_IDENTIFIER_BYTE)
        return self._told(task, operation, operation.token_information(self._update_seconds), TOKENS)

    def _all_tokens(self, task: Task) -> bytes:
        tokens = [{"rod_token": token.content.hex()} for token in self._tokens.valid()]
        return encode_all_rod_tokens(tokens)[:_allocation(task)]

    @property
    def _update_seconds(self) -> float:
        return self.settings.seconds(self.settings.chunk_bytes)

    def _held(self, task: Task, identifier: int) -> Operation:
        operation = self._find(task, identifier)
        if operation.running or not operation.keeps and HELD in operation.discarded:
            raise invalid_field_in_cdb(_LIST_IDENTIFIER_BYTE)
        return operation

    def _told(self, task: Task, operation: Operation, whole: bytes, part: str) -> bytes:
        """The answer; also discards that part of the operation if it has now been reported."""
        allocation = _allocation(task)
        if not operation.running:
            discards = allocation >= len(whole)
            if part in (STATUS, TOKENS):
                discards = discards and self.settings.status_discards_status
            elif not allocation:
                discards = True
            if discards:
                self._engine.discard(operation, part)
        return whole[:allocation]

    def _find(self, task: Task, identifier: int, part: str | None = None) -> Operation:
        """The operation with this list identifier. Raises Check if there is none, or its ``part`` was discarded."""
        operation = self._engine.find(task.nexus, identifier)
        if operation is None or part is not None and part in operation.discarded:
            raise invalid_field_in_cdb(_LIST_IDENTIFIER_BYTE)
        return operation

    # -- pages, events, state

    def vpd_pages(self) -> Mapping[int, Callable[[], bytes]]:
        return {THIRD_PARTY_COPY: self.settings.third_party_copy_page}

    def abort(self, task: Task) -> None:
        self._engine.task_aborted(task)

    def reset(self, kind: str) -> None:
        self._engine.stop()
        self._engine.forget(lambda operation: kind != _POWER_ON or operation.with_short_identifier)
        self.changed()

    def nexus_lost(self, nexus: Nexus) -> None:
        self._engine.forget(
            lambda operation: operation.with_short_identifier and operation.nexus == nexus and not operation.running)

    def save(self) -> dict[str, Any]:
        return {"operations": self._engine.save(), "tokens": self._tokens.save()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores a state; copies that were running in it are aborted."""
        self._engine.load(state.get("operations") or [])
        self._tokens.load(state.get("tokens") or {})


def _list_length(most: int, cdb: bytes) -> int:
    """How much of a parameter list is taken: no more than the longest that is allowed."""
    return min(int(EXTENDED_COPY.decode(cdb)["parameter_list_length"]), most)


def _allocation(task: Task) -> int:
    return int(RECEIVE_COPY_RESULTS.decode(task.cdb)["allocation_length"])

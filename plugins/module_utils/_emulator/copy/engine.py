# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy operations of a copy manager: those that are running, and those that are remembered."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ..._scsi.sense_keys import ILLEGAL_REQUEST
from ..contract import CHECK_CONDITION, GOOD, Nexus, Task
from ..feature import Check, Clock, Feature, Status
from .operation import (
    ABORTED,
    COMPLETED,
    FAILED,
    FAILURE,
    HELD,
    IN_BACKGROUND,
    IN_FOREGROUND,
    STATUS,
    TOKENS,
    Key,
    Operation,
    counts_blocks,
)
from .parameters import CopySettings
from .work import Steps, Work

TASK_ABORTED = 0x40
_OPERATION_IN_PROGRESS = Check(ILLEGAL_REQUEST, 0x00, 0x16)
#: How many ended operations are remembered at most.
_MOST_REMEMBERED = 256
_PARTS = (STATUS, HELD, FAILURE, TOKENS)


class CopyEngine:
    """Runs copy operations, in steps, and answers their commands as they end. ``owner`` is the copy manager."""

    def __init__(self, owner: Feature, clock: Clock, settings: CopySettings) -> None:
        self._owner = owner
        self._clock = clock
        self._settings = settings
        #: The operations with a list identifier, oldest first, and the running ones without.
        self._known: dict[Key, Operation] = {}
        self._nameless: list[Operation] = []
        self._working: dict[Operation, tuple[Work, Steps]] = {}
        self._timers: dict[Operation, Any] = {}

    # -- known operations

    def find(self, nexus: Nexus, identifier: int) -> Operation | None:
        """The operation of the nexus with this list identifier."""
        self._forget_old()
        return self._known.get((nexus, identifier))

    def check_free(self, nexus: Nexus, identifier: int | None) -> None:
        """Raises Check if no further copy can start."""
        identified = [each for each in self._known.values() if each.running]
        if len(identified) + len(self._nameless) >= self._settings.total_copies:
            raise _OPERATION_IN_PROGRESS
        if identifier is None:
            return
        known = self._known.get((nexus, identifier))
        if len(identified) >= self._settings.identified_copies or known is not None and known.running:
            raise _OPERATION_IN_PROGRESS

    def discard(self, operation: Operation, part: str) -> None:
        """Discards a part of an ended operation, and the operation once nothing is left to ask for."""
        reports_status = part in (STATUS, TOKENS)
        for each in _PARTS if reports_status and self._settings.status_discards_all else (part,):
            operation.discard(each)
        if operation.forgotten:
            self._known.pop(operation.key, None)
        self._changed(operation)

    def forget(self, which: Callable[[Operation], bool]) -> None:
        """Discards all operations for which ``which`` is true; none of them may be running."""
        self._known = {key: each for key, each in self._known.items() if not which(each)}

    def _forget_old(self) -> None:
        ended = [each for each in self._known.values() if not each.running]
        limit = self._settings.retention_seconds
        too_many = len(ended) - _MOST_REMEMBERED
        for place, operation in enumerate(ended):
            if place < too_many or limit and self._clock.now() >= operation.ended_at + limit:
                del self._known[operation.key]

    # -- execution

    def begin(self, task: Task, identifier: int | None, action: int, immediate: bool,
              keeps: bool = True, block_length: int = 1) -> Operation:
        """A new operation, which replaces an ended one with the same identifier."""
        operation = Operation(
            task.nexus, identifier, action, IN_BACKGROUND if immediate else IN_FOREGROUND, keeps,
            block_length if counts_blocks(action) else 1, None if immediate else task)
        if identifier is None:
            self._nameless.append(operation)
        else:
            self._known.pop(operation.key, None)
            self._known[operation.key] = operation
        return operation

    def start(self, operation: Operation, work: Work) -> None:
        """Starts the work, after other pending work."""
        self._working[operation] = work, work.run()
        self._wait(operation, 0)
        self._changed(operation)

    def _wait(self, operation: Operation, seconds: float) -> None:
        self._timers[operation] = self._clock.call_later(seconds, lambda: self._step(operation))

    def _step(self, operation: Operation) -> None:
        """Does one step; the next one follows after the time that this one takes."""
        del self._timers[operation]
        work, steps = self._working[operation]
        try:
            moved = next(steps, None)
        except Check as check:
            self._fail(operation, work, CHECK_CONDITION, check.sense(self._owner.descriptor_sense()))
            return
        except Status as refusal:
            self._fail(operation, work, refusal.status, b"")
            return
        operation.segments = work.segments_begun
        if moved is None:
            operation.tokens = work.tokens
            self._answer(operation, COMPLETED, GOOD)
            return
        operation.transferred += moved
        operation.counter += 1
        self._wait(operation, self._settings.seconds(moved))

    def _fail(self, operation: Operation, work: Work, status: int, sense: bytes) -> None:
        operation.segments = work.segments_begun
        self._answer(operation, FAILED, status, sense)

    def _answer(self, operation: Operation, state: int, status: int, sense: bytes = b"") -> None:
        task = operation.task
        self._end(operation, state, status, sense)
        if task is not None:
            task.complete(status, sense=sense)

    def _end(self, operation: Operation, state: int, status: int, sense: bytes = b"") -> None:
        """Ends an operation and stops its work. The caller answers its command."""
        timer = self._timers.pop(operation, None)
        if timer is not None:
            timer.cancel()
        work, steps = self._working.pop(operation)
        steps.close()
        for unit in work.written:
            unit.changed()
        operation.end(state, self._clock.now(), status, sense)
        if operation.identifier is None:
            self._nameless.remove(operation)
        self._forget_old()
        self._changed(operation)

    def _changed(self, operation: Operation) -> None:
        if not operation.with_short_identifier:
            self._owner.changed()

    # -- aborts and state

    def abort(self, operation: Operation) -> None:
        """Ends a running operation at once, and its command with TASK ABORTED."""
        if operation.running:
            self._answer(operation, ABORTED, TASK_ABORTED)

    def task_aborted(self, task: Task) -> None:
        """Ends the operation of a command that was aborted."""
        for operation in list(self._working):
            if operation.task is task:
                self._end(operation, ABORTED, TASK_ABORTED)

    def stop(self) -> None:
        """Ends all running operations. Their commands have been aborted."""
        for operation in list(self._working):
            self._end(operation, ABORTED, TASK_ABORTED)

    def save(self) -> list[dict[str, Any]]:
        """What survives a restart, as JSON can hold it."""
        return [each.save() for each in self._known.values() if not each.with_short_identifier]

    def load(self, state: list[Mapping[str, Any]]) -> None:
        """Restores what `save` returned."""
        loaded = [Operation.load(each) for each in state]
        self._known = {each.key: each for each in loaded}

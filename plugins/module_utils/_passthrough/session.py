# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One opened drive: sends commands, retries what the standard says to retry, and holds back changes in check mode."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable

from .._scsi.sense_keys import (
    ABORTED_COMMAND,
    HARDWARE_ERROR,
    MEDIUM_ERROR,
    NO_SENSE,
    RECOVERED_ERROR,
    UNIT_ATTENTION,
)
from .command import (
    BUSY,
    CHECK_CONDITION,
    CONDITION_MET,
    DEFAULT_TIMEOUT_SECONDS,
    GOOD,
    STATUS_NAMES,
    TASK_SET_FULL,
    Command,
    Reply,
    Transport,
)
from .errors import CheckCondition, CheckModeError, DeadlineError, DriveError, StatusError, TransportError
from .make_command import for_device

if TYPE_CHECKING:
    from .._scsi.sense import Sense

UNIT_ATTENTION_RETRIES = 3
_INQUIRY = 0x12
_FAILURES = frozenset((MEDIUM_ERROR, HARDWARE_ERROR, ABORTED_COMMAND, UNIT_ATTENTION))
_DEFECT_LIST_NOT_FOUND = 0x1C
#: ATA PASS-THROUGH INFORMATION AVAILABLE: the registers that were asked for, and no event (SAT-5 12.2.5).
_ATA_INFORMATION = (0x00, 0x1D)
#: READ LOG EXT, an ATA command, in byte 14 of ATA PASS-THROUGH(16).
_ATA_PASS_THROUGH_16, _ATA_COMMAND, _READ_LOG_EXT = b"\x85", 14, b"\x2f"
#: Seconds to wait before each repetition of a command that met BUSY or TASK SET FULL.
BACK_OFF_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6)


class Session:
    """Commands to one drive.

    ``check_mode``: refuse every command that changes the drive, or makes it forget what it returns.
    ``timeout_seconds``: for commands that have no timeout of their own.
    ``deadline``: the time by ``clock`` after which nothing more is sent.
    ``trace``: if given, receives a record of every command that was sent.
    """

    def __init__(self, transport: Transport, check_mode: bool = False,
                 timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS, deadline: float | None = None,
                 trace: list[dict[str, Any]] | None = None, clock: Callable[[], float] = time.monotonic,
                 sleep: Callable[[float], None] = time.sleep) -> None:
        self.transport = transport
        self.check_mode = check_mode
        self.timeout_seconds = timeout_seconds
        self.deadline = deadline
        self.trace = trace
        #: The peripheral device type of the last standard INQUIRY data; ``None`` before. What only reads depends on it.
        self.device_type: int | None = None
        #: Unit attentions, deferred and recovered errors, and what readers find wrong in the drive's answers.
        self.warnings: list[str] = []
        #: The commands that the drive failed at: ``command``, ``page``, ``kind``, ``message`` and ``sense`` of each.
        #: What it does not support, and what it cannot do as long as it is not ready, is not among them.
        self.failures: list[dict[str, Any]] = []
        #: Whether a command that changes the drive was sent, and not refused.
        self.has_changed = False
        self._clock = clock
        self._sleep = sleep

    @property
    def device(self) -> str:
        """How the user named the drive."""
        return self.transport.device

    def send(self, command: Command) -> Reply:
        """The reply to ``command``, whose status is GOOD or CONDITION MET.

        Raises CheckCondition, StatusError, TransportError, AccessError, DeadlineError, or CheckModeError. NO SENSE and
        RECOVERED ERROR are success. UNIT ATTENTION and, for a command that only reads, a deferred error do not answer
        this command (SPC-6 4.4.6, SAM-6 5.14), so it is sent again; after BUSY and TASK SET FULL, with a delay.
        """
        command = for_device(command, self.device_type)
        if self.check_mode and (command.changes or command.discards):
            raise CheckModeError(f"{command.name} is not sent in check mode")
        before = self.has_changed
        self.has_changed = before or command.changes
        try:
            reply = self._repeated(command)
        except (CheckCondition, StatusError, TransportError) as error:
            if isinstance(error, (CheckCondition, StatusError)) and error.refused:
                self.has_changed = before
            if not isinstance(error, CheckCondition) or _is_failure(command, error.sense):
                self._record_failure(command, error)
            raise
        if command.cdb[0] == _INQUIRY and not command.cdb[1] and reply.data:
            # SPC-6 6.7.2. VPD pages begin with it too, but not of every bridge with the right one.
            self.device_type = reply.data[0] & 0x1F
        return reply

    def _repeated(self, command: Command) -> Reply:
        attentions = 0
        waits = 0
        deferred = False
        while True:
            reply = self._send_once(command)
            if reply.status in (GOOD, CONDITION_MET):
                return reply
            if reply.status in (BUSY, TASK_SET_FULL) and waits < len(BACK_OFF_SECONDS):
                self._pause(BACK_OFF_SECONDS[waits], command)
                waits += 1
                continue
            if reply.status != CHECK_CONDITION:
                raise StatusError(command.title, reply.status, waits + 1)
            sense = _decoded(reply)
            if sense.deferred:
                self._notice(command, sense)
                if not deferred and not command.changes and not command.discards:
                    deferred = True
                    continue
            elif sense.key in (NO_SENSE, RECOVERED_ERROR):
                if (sense.key or sense.asc) and (sense.asc, sense.ascq) != _ATA_INFORMATION:
                    self._notice(command, sense)
                return reply
            elif sense.key == UNIT_ATTENTION and attentions < UNIT_ATTENTION_RETRIES:
                self._notice(command, sense)
                attentions += 1
                continue
            raise CheckCondition(command.title, sense, reply)

    def hold_back(self, seconds: float) -> float | None:
        """Makes the deadline earlier by ``seconds``, or by half of the time left if that is less; returns the old one.

        This reserves time to undo what the next commands do: before undoing it, set ``deadline`` to the old one.
        """
        end = self.deadline
        if end is not None:
            self.deadline = end - min(seconds, max(0.0, end - self._clock()) / 2)
        return end

    def close(self) -> None:
        """Closes the drive."""
        self.transport.close()

    def _send_once(self, command: Command) -> Reply:
        limit = command.timeout_seconds or self.timeout_seconds
        if self.deadline is not None and not command.timeout_seconds:
            left = self.deadline - self._clock()
            if left <= 0:
                raise DeadlineError(f"the deadline passed before {command.title}")
            # A timeout of milliseconds would have the kernel abort, and perhaps reset, a healthy drive.
            limit = min(limit, max(left, 1.0))
        if self.trace is None:
            return self.transport.execute(command, limit)
        record: dict[str, Any] = {"name": command.name, "cdb": command.cdb.hex()}
        self.trace.append(record)
        reply = self.transport.execute(command, limit)
        record.update(status=STATUS_NAMES.get(reply.status, f"{reply.status:02x}h"),
                      data_in=reply.data.hex(), sense=reply.sense.hex(), residual=reply.residual)
        return reply

    def _pause(self, seconds: float, command: Command) -> None:
        if self.deadline is not None and self._clock() + seconds > self.deadline:
            raise DeadlineError(f"still busy at the deadline, {command.title} was not done")
        self._sleep(seconds)

    def _record_failure(self, command: Command, error: DriveError) -> None:
        failure = {"command": command.name, "page": command.page or None, "kind": error.kind, "message": str(error),
                   "sense": error.facts().get("sense")}
        if failure not in self.failures:
            self.failures.append(failure)

    def _notice(self, command: Command, sense: Sense) -> None:
        notice = f"{command.title}: {sense}"
        if notice not in self.warnings:
            self.warnings.append(notice)


def load_sense() -> Callable[[bytes], Sense]:
    """Imports the decoder of sense data. To be called before there are several threads: with Python 3.8 and 3.9, two
    that import from an archive at once can fail (cpython #83065).

    A task with one drive loads it only if that drive reports an error: it takes the table of additional sense codes.
    """
    from .._scsi.sense import decode_sense
    return decode_sense


def _is_failure(command: Command, sense: Sense) -> bool:
    """Whether sense data say that the device failed; one that does not know a command, or is not ready, has not."""
    if _aborted_log(command, sense):
        return False
    # A device without a list of defects may say so as a medium error (SBC-5 5, READ DEFECT DATA).
    return sense.key in _FAILURES and sense.asc != _DEFECT_LIST_NOT_FOUND


def _aborted_log(command: Command, sense: Sense) -> bool:
    """Whether an ATA drive aborted READ LOG EXT, which is how it says that it does not have a log (ACS-4 7.22).

    The translation makes that ABORTED COMMAND without any other information (SAT-5, error translation).
    """
    return sense.key == ABORTED_COMMAND and not sense.asc and command.cdb[:1] == _ATA_PASS_THROUGH_16 \
        and command.cdb[_ATA_COMMAND:_ATA_COMMAND + 1] == _READ_LOG_EXT


def _decoded(reply: Reply) -> Sense:
    return load_sense()(reply.sense)

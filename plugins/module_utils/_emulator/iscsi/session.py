# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session in its full feature phase, with its single connection: what each request does (RFC 7143 4.2, 11)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Callable, Iterable, Protocol, Sequence

from ..._iscsi import pdu, serial, text
from ..._iscsi.login_target import TargetLogin
from ..._iscsi.lun import decode_lun
from ..._iscsi.negotiation import Parameters
from ..contract import BUSY, CHECK_CONDITION, Handle, Nexus, Target, Timers
from ..wire_faults import WireFaultState
from . import task_management
from .discovery import Discovery
from .limits import DataOutBudget, Limits
from .tasks import ScsiTask, SequenceError

_LOG = logging.getLogger(__name__)

#: Immediate commands do not count for the window, so they have a limit of their own (11.17.1, reason 6).
_MAXIMUM_IMMEDIATE_TASKS = 16
#: The most data held for requests that arrived before their turn.
_MAXIMUM_HELD_BYTES = 16 * 1024 * 1024


class Link(Protocol):
    """What a session needs from its connection."""

    @property
    def local_address(self) -> tuple[str, int]:
        """Address and port of our end."""

    def send(self, message: pdu.Pdu) -> None:
        """Queues one PDU."""

    def queue(self, messages: Iterable[pdu.Pdu], wire_faults: WireFaultState | None = None, length: int = 0) -> None:
        """Queues PDUs, which are built only when they are sent. ``length``: the bytes of data in them."""

    def pong(self, tag: int) -> None:
        """The initiator has answered a ping."""

    def close(self, reason: str) -> None:
        """Closes at once."""

    def close_after_sending(self, reason: str) -> None:
        """Closes once everything queued was sent."""


@dataclass(frozen=True)
class Shared:
    """What all sessions of a server share. ``sessions_of``: the sessions with a target."""

    limits: Limits
    budget: DataOutBudget
    timers: Timers
    discovery: Discovery
    sessions_of: Callable[[Target], Sequence[TargetSession]]


class TargetSession:
    """The target's side of a session. ``nexus`` and ``target`` are None in a discovery session.

    Raises ValueError for a login that is not complete.
    """

    def __init__(self, link: Link, login: TargetLogin, nexus: Nexus | None, target: Target | None,
                 shared: Shared) -> None:
        if login.parameters is None:
            raise ValueError("the login is not complete")
        self.tsih = login.tsih
        self.parameters: Parameters = login.parameters
        self.nexus = nexus
        self.target = target
        self.tasks: dict[int, ScsiTask] = {}
        self.exp_cmd_sn = login.cmd_sn
        self._link = link
        self._shared = shared
        self._cid = login.cid
        self._window = shared.limits.window
        #: Commands that count for the window: arrived, not yet answered.
        self._in_flight = 0
        self._immediate = 0
        #: Requests that came before their turn, each with the data that followed it; None for one that was aborted.
        self._held: dict[int, list[pdu.Pdu] | None] = {}
        self._held_bytes = 0
        self._next_tag = 1
        self._text = text.Assembler()
        self._text_left: list[bytes] = []
        self._text_tag = pdu.NO_TAG
        self._logout_timer: Handle | None = None
        self._handlers: dict[int, Callable[[pdu.Pdu], None]] = {
            pdu.NOP_OUT: self._nop_out, pdu.SCSI_COMMAND: self._command, pdu.TEXT_REQUEST: self._text_request,
            pdu.TASK_MANAGEMENT_REQUEST: self._task_management, pdu.LOGOUT_REQUEST: self._logout,
        }

    @property
    def max_cmd_sn(self) -> int:
        """The last command number that we accept. It never goes back: a command that arrives moves both ends."""
        return serial.add(self.exp_cmd_sn, self._window - 1 - self._in_flight)

    # -- what is sent

    def send(self, message: pdu.Pdu) -> None:
        """Sends one PDU."""
        self._link.send(message)

    def queue(self, messages: Iterable[pdu.Pdu], wire_faults: WireFaultState | None = None, length: int = 0) -> None:
        """Sends PDUs, each built when its turn comes. ``length``: the bytes of data in them."""
        self._link.queue(messages, wire_faults, length)

    # -- what arrives

    def receive(self, request: pdu.Pdu) -> None:
        """Handles one PDU."""
        if request.opcode == pdu.DATA_OUT:
            self._data_out(request)
        elif not request.intact:
            # Its number stays free: the initiator may send it again (7.8).
            self.reject(request, pdu.REJECT_DATA_DIGEST)
        elif request.opcode not in self._handlers:
            self.reject(request, pdu.REJECT_SNACK if request.opcode == pdu.SNACK_REQUEST else
                        pdu.REJECT_PROTOCOL_ERROR if request.opcode == pdu.LOGIN_REQUEST else
                        pdu.REJECT_NOT_SUPPORTED)
        elif request["immediate"]:
            self._handle(request)
        else:
            self._numbered(request)

    def _numbered(self, request: pdu.Pdu) -> None:
        """Requests are handled in the order of their numbers; others wait for their turn or are ignored (4.2.2.1)."""
        number = request["cmd_sn"]
        if request.opcode == pdu.NOP_OUT and request["initiator_task_tag"] == pdu.NO_TAG:
            self._handle(request)  # an answer to our ping, which takes no number (11.18.1)
            return
        if not serial.within(number, self.exp_cmd_sn, self.max_cmd_sn) or number in self._held:
            _LOG.debug("CmdSN %d is outside of %d to %d", number, self.exp_cmd_sn, self.max_cmd_sn)
            return
        self._held[number] = [request]
        self._hold(request)
        self._catch_up()

    def _catch_up(self) -> None:
        """Handles the requests whose turn has come."""
        while self.exp_cmd_sn in self._held:
            requests = self._held.pop(self.exp_cmd_sn)
            self.exp_cmd_sn = serial.add(self.exp_cmd_sn, 1)
            if requests is None:
                continue
            self._held_bytes -= sum(len(each.data) for each in requests)
            self._in_flight += 1
            self._handle(requests[0])
            for data in requests[1:]:
                self._data_out(data)

    def _handle(self, request: pdu.Pdu) -> None:
        if request.problem is not None:
            self.reject(request, pdu.REJECT_INVALID_FIELD)
            self._count_off(request)
        elif self.nexus is None and request.opcode not in (pdu.TEXT_REQUEST, pdu.LOGOUT_REQUEST, pdu.NOP_OUT):
            self.reject(request, pdu.REJECT_PROTOCOL_ERROR)  # a discovery session, 4.3
            self._count_off(request)
        else:
            self._handlers[request.opcode](request)
            if request.opcode != pdu.SCSI_COMMAND:
                self._count_off(request)

    def _count_off(self, request: pdu.Pdu) -> None:
        if not request["immediate"] and request["initiator_task_tag"] != pdu.NO_TAG:
            self._in_flight -= 1

    def _hold(self, request: pdu.Pdu) -> None:
        self._held_bytes += len(request.data)
        if self._held_bytes > _MAXIMUM_HELD_BYTES:
            self._link.close_after_sending("too much data waits for a command that has not arrived")

    def plug(self, number: int, before: int) -> bool:
        """Counts a command that has not arrived as received and aborted, as ABORT TASK may request (11.6.1)."""
        if not serial.within(number, self.exp_cmd_sn, self.max_cmd_sn) or not serial.less(number, before):
            return False
        self._held[number] = None
        return True

    def reject(self, request: pdu.Pdu, reason: int) -> None:
        """Sends a Reject with the header of what is rejected (11.17)."""
        _LOG.debug("%s is rejected: %s", pdu.title(request.opcode), pdu.REJECT_REASONS.get(reason))
        self._link.send(pdu.Pdu(pdu.REJECT, request.header, reason=reason))

    # -- SCSI commands

    def _command(self, command: pdu.Pdu) -> None:
        reason = self._refusal(command)
        if reason is not None or self.target is None or self.nexus is None:
            self.reject(command, reason or pdu.REJECT_PROTOCOL_ERROR)
            self._count_off(command)
            return
        lun = decode_lun(command["lun"])
        unit = self.target.unit(lun) if lun is not None else None
        task = ScsiTask(self, self.nexus, lun, unit or self.target.absent, command)
        self.tasks[task.tag] = task
        if task.immediate:
            self._immediate += 1
        task.begin()

    def _refusal(self, command: pdu.Pdu) -> int | None:
        """Why a command cannot become a task (11.3)."""
        length, writes = command["expected_data_transfer_length"], command["write"]
        if command["initiator_task_tag"] == pdu.NO_TAG or command["attribute"] > 4:
            return pdu.REJECT_INVALID_FIELD
        if command["initiator_task_tag"] in self.tasks:
            return pdu.REJECT_TASK_IN_PROGRESS
        if command["immediate"] and self._immediate >= _MAXIMUM_IMMEDIATE_TASKS:
            return pdu.REJECT_IMMEDIATE
        if command["read"] and writes or length and not (command["read"] or writes):
            return pdu.REJECT_INVALID_FIELD  # no bidirectional commands here; and data must have a direction
        data = len(command.data)
        if data and (not writes or not self.parameters.immediate_data
                     or data > min(length, self.parameters.first_burst)):
            return pdu.REJECT_PROTOCOL_ERROR
        if not command["final"] and (not writes or self.parameters.initial_r2t or data >= length):
            return pdu.REJECT_PROTOCOL_ERROR
        return None

    def _data_out(self, data: pdu.Pdu) -> None:
        tag = data["initiator_task_tag"]
        task = self.tasks.get(tag)
        if task is None:
            for held in self._held.values():
                if held and held[0]["initiator_task_tag"] == tag:
                    held.append(data)
                    self._hold(data)
            return  # else it is late data of a task that was aborted
        if not data.intact:
            self.reject(data, pdu.REJECT_DATA_DIGEST)
        try:
            task.take(data)
        except SequenceError as error:
            self.reject(data, pdu.REJECT_PROTOCOL_ERROR)
            self._link.close_after_sending(f"protocol error: {error}")

    def reserve(self, length: int) -> int | None:
        """Reserves memory for a task's data-out. Returns the status to refuse the task with if there is none."""
        if length > self._shared.limits.maximum_data_out:
            return CHECK_CONDITION
        return None if self._shared.budget.reserve(length) else BUSY

    def forget(self, task: ScsiTask, reserved: int) -> None:
        """Frees the tag, the place in the window and the reserved memory of a task that has ended."""
        self._shared.budget.release(reserved)
        if self.tasks.get(task.tag) is task:
            del self.tasks[task.tag]
        if task.immediate:
            self._immediate -= 1
        else:
            self._in_flight -= 1

    def new_tag(self) -> int:
        """A target transfer tag; unique among those that can be in use."""
        tag, self._next_tag = self._next_tag, self._next_tag % 0xFFFFFFFE + 1
        return tag

    def _task_management(self, request: pdu.Pdu) -> None:
        sessions = self._shared.sessions_of(self.target) if self.target is not None else ()
        response = task_management.perform(self, sessions, request)
        self._link.send(pdu.Pdu(
            pdu.TASK_MANAGEMENT_RESPONSE, response=response, initiator_task_tag=request["initiator_task_tag"]))
        self._catch_up()
        if response == 0 and request["function"] == task_management.TARGET_COLD_RESET_FUNCTION:
            # 11.5.1: the connections of all sessions are closed, ours once its response is out.
            for session in sessions:
                session.close_after_sending("target cold reset")

    # -- the rest

    def _nop_out(self, request: pdu.Pdu) -> None:
        if request["initiator_task_tag"] == pdu.NO_TAG:
            self._link.pong(request["target_transfer_tag"])
            return
        self._link.send(pdu.Pdu(
            pdu.NOP_IN, request.data[:self.parameters.maximum_send], lun=request["lun"],
            initiator_task_tag=request["initiator_task_tag"], target_transfer_tag=pdu.NO_TAG))

    def _text_request(self, request: pdu.Pdu) -> None:
        tag = request["target_transfer_tag"]
        try:
            if self._text_left and tag == self._text_tag and not request.data:
                self._send_text(request)
                return
            if tag not in (pdu.NO_TAG, self._text_tag):
                self.reject(request, pdu.REJECT_PROTOCOL_ERROR)
                return
            self._text_left = []
            self._text.add(request.data)
            if request["continue"]:
                self._send_text(request)
                return
            answer = self._shared.discovery.answer(self._text.take(), self.target, self._link.local_address)
        except text.TextError:
            self._text = text.Assembler()
            answer = None
        if answer is None:
            self.reject(request, pdu.REJECT_PROTOCOL_ERROR)
            return
        self._text_left = text.split(text.encode_pairs(answer), self.parameters.maximum_send)
        self._send_text(request)

    def _send_text(self, request: pdu.Pdu) -> None:
        """Sends the next piece of our text, an empty one if the initiator has not finished its own (11.11)."""
        piece = self._text_left.pop(0) if self._text_left else b""
        more = bool(self._text_left)
        final = request["final"] and not more and not request["continue"]
        self._text_tag = pdu.NO_TAG if final else self.new_tag()
        response = pdu.Pdu(
            pdu.TEXT_RESPONSE, piece, final=final, lun=request["lun"], target_transfer_tag=self._text_tag,
            initiator_task_tag=request["initiator_task_tag"])
        response["continue"] = more
        self._link.send(response)

    def _logout(self, request: pdu.Pdu) -> None:
        reason = request["reason_code"]
        # 11.14.1: 0 closes the session, 1 a connection, 2 would keep the tasks for another connection.
        response = 0 if reason == 0 else 1 if request["cid"] != self._cid else 0 if reason == 1 else 2
        if reason > 2:
            self.reject(request, pdu.REJECT_INVALID_FIELD)
            return
        self._link.send(pdu.Pdu(
            pdu.LOGOUT_RESPONSE, response=response, initiator_task_tag=request["initiator_task_tag"],
            time2wait=self.parameters.time2wait))
        if response == 0:
            self._link.close_after_sending("logout")

    def request_logout(self, seconds: int) -> None:
        """Requests a logout, and closes the connection if the initiator does not log out in time (11.9.1)."""
        self._link.send(pdu.Pdu(pdu.ASYNC_MESSAGE, async_event=pdu.ASYNC_LOGOUT, parameter_3=seconds))
        self._logout_timer = self._shared.timers.call_later(
            seconds, lambda: self._link.close("it did not log out when asked to"))

    # -- the end

    def close(self, reason: str) -> None:
        """Closes the session's connection at once, and with it the session."""
        self._link.close(reason)

    def close_after_sending(self, reason: str) -> None:
        """Closes the session's connection once everything queued was sent."""
        self._link.close_after_sending(reason)

    def end(self) -> None:
        """The connection is closed: all tasks are aborted."""
        if self._logout_timer is not None:
            self._logout_timer.cancel()
        for task in list(self.tasks.values()):
            task.abort()
        self._held.clear()

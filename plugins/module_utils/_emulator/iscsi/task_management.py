# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task management functions: which tasks end, and which units are notified (RFC 7143 11.5, 11.6)."""

from __future__ import annotations

from typing import Mapping, Protocol, Sequence

from ..._iscsi import pdu, serial
from ..._iscsi.lun import decode_lun
from ..contract import LOGICAL_UNIT_RESET, TARGET_COLD_RESET, TARGET_WARM_RESET, Nexus, Target
from .tasks import ScsiTask

_ABORT_TASK = 1
_ABORT_TASK_SET = 2
_CLEAR_TASK_SET = 4
_LOGICAL_UNIT_RESET = 5
_TARGET_WARM_RESET = 6
TARGET_COLD_RESET_FUNCTION = 7
_TASK_REASSIGN = 8

COMPLETE = 0
NO_SUCH_TASK = 1
NO_SUCH_LUN = 2
REASSIGNMENT_NOT_SUPPORTED = 4
NOT_SUPPORTED = 5

_RESETS = {_TARGET_WARM_RESET: TARGET_WARM_RESET, TARGET_COLD_RESET_FUNCTION: TARGET_COLD_RESET}


class TaskSet(Protocol):
    """What task management needs from a session. ``nexus`` and ``target`` are None in a discovery session."""

    @property
    def nexus(self) -> Nexus | None:
        """The session's nexus."""

    @property
    def target(self) -> Target | None:
        """The target that the session is with."""

    @property
    def tasks(self) -> Mapping[int, ScsiTask]:
        """The open tasks by initiator task tag."""

    def plug(self, number: int, before: int) -> bool:
        """Counts a command that has not arrived as received and aborted; False if its number is out of the window."""


def perform(session: TaskSet, sessions: Sequence[TaskSet], request: pdu.Pdu) -> int:
    """Performs the function that ``session`` requests, and returns the response code.

    ``sessions``: all sessions with the same target, including this one. After the return, none of the affected tasks
    can answer any more.
    """
    function = request["function"]
    if function in _RESETS:
        return _reset_target(session, sessions, _RESETS[function])
    if function == _TASK_REASSIGN:
        return REASSIGNMENT_NOT_SUPPORTED
    if function not in (_ABORT_TASK, _ABORT_TASK_SET, _CLEAR_TASK_SET, _LOGICAL_UNIT_RESET):
        return NOT_SUPPORTED
    if function == _ABORT_TASK:
        return _abort_task(session, request)
    return _on_unit(session, sessions, request, function)


def _abort_task(session: TaskSet, request: pdu.Pdu) -> int:
    task = session.tasks.get(request["referenced_task_tag"])
    if task is None or task.command["lun"] != request["lun"]:
        # It may still arrive, or never: then its number counts as received (11.6.1).
        plugged = task is None and session.plug(request["ref_cmd_sn"], request["cmd_sn"])
        return COMPLETE if plugged else NO_SUCH_TASK
    task.abort()
    return COMPLETE


def _on_unit(session: TaskSet, sessions: Sequence[TaskSet], request: pdu.Pdu, function: int) -> int:
    target, nexus = session.target, session.nexus
    lun = decode_lun(request["lun"])
    unit = target.unit(lun) if target is not None and lun is not None else None
    if target is None or nexus is None or unit is None:
        return NO_SUCH_LUN
    if function == _ABORT_TASK_SET:
        _abort_all([task for task in session.tasks.values() if _covered(task, lun, request)])
        return COMPLETE
    tasks = [task for other in sessions for task in other.tasks.values()
             if task.lun == lun and (other is not session or _covered(task, lun, request))]
    others: list[Nexus] = list(dict.fromkeys(task.nexus for task in tasks if task.nexus != nexus))
    _abort_all(tasks)
    if function == _CLEAR_TASK_SET:
        unit.cleared(nexus, others)
    else:
        unit.reset(LOGICAL_UNIT_RESET, nexus)
    return COMPLETE


def _reset_target(session: TaskSet, sessions: Sequence[TaskSet], kind: str) -> int:
    if session.target is None or session.nexus is None:
        return NO_SUCH_LUN
    for other in sessions:
        _abort_all(list(other.tasks.values()))
    session.target.reset(kind, session.nexus)
    return COMPLETE


def _covered(task: ScsiTask, lun: object, request: pdu.Pdu) -> bool:
    """True for a task that was sent before the request, which affects only those (4.2.2.3.3)."""
    return task.lun == lun and (task.immediate or serial.less(task.command["cmd_sn"], request["cmd_sn"]))


def _abort_all(tasks: list[ScsiTask]) -> None:
    for task in tasks:
        task.abort()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract between the iSCSI server and what it serves: targets, logical units, tasks.

The server speaks RFC 7143 and knows no SCSI command. A device model derives from `Target` and `ServedUnit`, and
never sees a socket, a PDU or a thread: **all methods are called in the server's one thread**, one at a time, and must
return soon (within some milliseconds: all other connections wait meanwhile). Longer work - a foreground self-test, a
copy - is done in steps with `Timers.call_later`, and its task is completed from there. Other threads reach the model
only through ``Server.call_soon(function)``.

A complete model of one unit that answers TEST UNIT READY at once, and a command FFh after two seconds::

    class Slow(ServedUnit):
        def __init__(self, timers):
            self._timers = timers
            self._waiting = {}

        def submit(self, task):
            if task.cdb[0] == 0x00:
                task.complete(GOOD)
            elif task.cdb[0] == 0xFF:
                self._waiting[task] = self._timers.call_later(2.0, lambda: self._finish(task))
            else:
                task.complete(CHECK_CONDITION, sense=INVALID_OPERATION_CODE)

        def abort(self, task):
            self._waiting.pop(task).cancel()

        def _finish(self, task):
            del self._waiting[task]
            task.complete(GOOD, b"done"[:task.cdb[4]])

    class Shelf(Target):
        name = "iqn.2026-01.example:shelf"

        def __init__(self, timers):
            self.units = {0: Slow(timers)}
            self.absent = NoSuchUnit()          # INQUIRY with peripheral qualifier 011b, REPORT LUNS, else 05/25/00

        def unit(self, lun):
            return self.units.get(lun)

    server = Server()
    server.add_target(Shelf(server.timers))
    server.run()

Unit attentions, reservations, what is allowed while a self-test runs: all SCSI behavior is up to the unit. The server
reports the events that it depends on: ``nexus_established``, ``nexus_lost``, ``reset``, ``cleared``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple, Sequence

from .wire_faults import WireFaults

# Kinds of reset: the task management functions of RFC 7143 11.5.1 that are not about single tasks.
LOGICAL_UNIT_RESET = "logical unit reset"
TARGET_WARM_RESET = "target warm reset"
TARGET_COLD_RESET = "target cold reset"

# Status codes (SAM-6 5.3.1)
GOOD, CHECK_CONDITION, CONDITION_MET, BUSY, RESERVATION_CONFLICT, TASK_SET_FULL = 0x00, 0x02, 0x04, 0x08, 0x18, 0x28


class Nexus(NamedTuple):
    """An I_T nexus: which initiator port talks to which target port (RFC 7143 4.4.3). Equal for equal ports.

    Two sessions never have the same nexus at once: the second login of an initiator port replaces the first.
    """

    initiator_name: str
    isid: bytes
    target_name: str
    portal_group_tag: int

    @property
    def initiator_port(self) -> str:
        """The initiator port's name, as a TransportID of SPC holds it."""
        return f"{self.initiator_name},i,0x{self.isid.hex()}"

    @property
    def target_port(self) -> str:
        """The target port's name, as a SCSI name string designator holds it."""
        return f"{self.target_name},t,0x{self.portal_group_tag:04x}"


class Handle:
    """A call that is scheduled for later."""

    def cancel(self) -> None:
        """Cancels the call. Allowed at any time, also after the call was made."""
        raise NotImplementedError


class Timers:
    """Time, as the server sees it."""

    def now(self) -> float:
        """Seconds since an arbitrary instant; never goes back."""
        raise NotImplementedError

    def call_later(self, seconds: float, function: Callable[[], Any]) -> Handle:
        """Calls ``function`` once, in the server's thread, after that time; with 0, after other pending work."""
        raise NotImplementedError


@dataclass(eq=False)
class Task:
    """One SCSI command on its way through a unit.

    The unit calls `complete` exactly once, in ``submit`` or at any time after it, unless the server has
    called ``ServedUnit.abort`` for the task: from then on both do nothing.
    """

    nexus: Nexus
    #: The LUN that the initiator addressed; None if it has a format that no unit here uses.
    lun: int | None
    cdb: bytes
    #: The data that came with the command: as much as ``ServedUnit.wanted`` asked for, but no more than the initiator
    #: expected to send.
    data_out: bytes = b""
    #: What the initiator expects to be transferred, in bytes (EDTL), and in which direction.
    expected_length: int = 0
    reads: bool = False
    writes: bool = False
    #: The initiator's tag; unique among the nexus' tasks.
    tag: int = 0
    #: What is to go wrong on the wire when this task is answered; nothing by default. The unit may set it.
    wire_faults: WireFaults | None = None
    #: True once completed or aborted.
    done: bool = field(default=False, init=False)

    def complete(self, status: int, data: bytes = b"", sense: bytes = b"") -> None:
        """Sends the status, with data-in and sense data.

        ``data`` is what the command returns, cut to the CDB's own allocation length or transfer length and to nothing
        else: the server cuts it to what the initiator expects, and reports the difference as the residual. For data-out
        the residual is computed from ``ServedUnit.wanted``.
        """
        raise NotImplementedError


class ServedUnit:
    """A logical unit."""

    def wanted(self, cdb: bytes, expected_length: int) -> int:
        """How many bytes of data-out the command takes. Called before the data is fetched, for commands that write.

        The default is what the initiator expects to send, which never gives a residual.
        """
        del cdb
        return expected_length

    def submit(self, task: Task) -> None:
        """Takes a command, with all its data. An exception becomes CHECK CONDITION, INTERNAL TARGET FAILURE."""
        raise NotImplementedError

    def abort(self, task: Task) -> None:
        """A task that was submitted and is not complete is aborted: stop its work at once, and do not complete it.

        The reason may be ABORT TASK, ABORT TASK SET, CLEAR TASK SET, any reset, or the loss of the nexus.
        """

    def cleared(self, nexus: Nexus, others: Sequence[Nexus]) -> None:
        """``nexus`` has sent CLEAR TASK SET, and tasks of ``others`` were aborted by it (06/2F/00 for them)."""

    def reset(self, kind: str, nexus: Nexus) -> None:
        """``nexus`` has reset the unit; its tasks have been aborted already (06/29/xx for every nexus)."""


class Target:
    """A target with its units."""

    #: The iSCSI name.
    name: str = ""
    #: Answers for LUNs that have no unit, and for LUNs in unknown formats. LUN 0 must answer INQUIRY and REPORT LUNS
    #: even without a unit.
    absent: ServedUnit

    def unit(self, lun: int) -> ServedUnit | None:
        """The unit with this LUN, None if there is none. Called for each command: units may come and go."""
        raise NotImplementedError

    def nexus_established(self, nexus: Nexus) -> None:
        """An initiator port has logged in (06/29/00 for its first command to each unit)."""

    def nexus_lost(self, nexus: Nexus) -> None:
        """The session has ended and its tasks have been aborted. Discard what belongs to the nexus, except persistent
        reservations."""

    def reset(self, kind: str, nexus: Nexus) -> None:
        """TARGET WARM RESET or TARGET COLD RESET; all tasks have been aborted, ``ServedUnit.reset`` is not called."""

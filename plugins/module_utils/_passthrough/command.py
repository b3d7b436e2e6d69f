# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command and its reply: what every transport takes and returns."""

from __future__ import annotations

from typing import NamedTuple, Sequence

GOOD = 0x00
CHECK_CONDITION = 0x02
CONDITION_MET = 0x04
BUSY = 0x08
RESERVATION_CONFLICT = 0x18
TASK_SET_FULL = 0x28
ACA_ACTIVE = 0x30
TASK_ABORTED = 0x40

#: SAM-6 5.3.1, status codes; the intermediate ones and COMMAND TERMINATED are obsolete, but old devices send them.
STATUS_NAMES = {
    GOOD: "GOOD", CHECK_CONDITION: "CHECK CONDITION", CONDITION_MET: "CONDITION MET", BUSY: "BUSY",
    0x10: "INTERMEDIATE", 0x14: "INTERMEDIATE CONDITION MET", RESERVATION_CONFLICT: "RESERVATION CONFLICT",
    0x22: "COMMAND TERMINATED", TASK_SET_FULL: "TASK SET FULL", ACA_ACTIVE: "ACA ACTIVE", TASK_ABORTED: "TASK ABORTED",
}

#: As much as a sense buffer can hold: 8 bytes and an additional length of 244 (SPC-6 4.4.1).
MAXIMUM_SENSE_LENGTH = 252

DEFAULT_TIMEOUT_SECONDS = 20.0


class Command(NamedTuple):
    """One SCSI command with what decides how it may be sent. Data is transferred in one direction at most.

    ``changes``: the command changes the device, its medium or its state, or is not known to only read on a device of
    its type, so check mode refuses it.
    ``discards``: the command reads, but the device then forgets what it returned; check mode refuses it too.
    ``timeout_seconds``: how long the command itself may need on a healthy device.
    ``page``: the title of the page that it reads, for errors: several pages are read by the same command.
    """

    name: str
    cdb: bytes
    data_in_length: int = 0
    data_out: bytes = b""
    changes: bool = False
    discards: bool = False
    timeout_seconds: float | None = None
    page: str = ""

    @property
    def title(self) -> str:
        """"LOG SENSE (log page 10h)"; the name alone for a command that reads no page."""
        return f"{self.name} ({self.page})" if self.page else self.name


class Reply(NamedTuple):
    """What the device answered.

    ``data`` holds only the bytes that arrived. ``residual`` is the number of requested bytes that were not transferred;
    ``duration_seconds`` is the transport's own measurement, if it has one.
    """

    status: int
    sense: bytes = b""
    data: bytes = b""
    residual: int = 0
    duration_seconds: float | None = None


def milliseconds(seconds: float) -> int:
    """A time limit as the kernels take it, in a field of 32 bits: at least one millisecond, at most seven weeks."""
    return max(1, min(int(seconds * 1000), 0xFFFFFFFF))


class Transport:
    """A path to a device: one command in, one reply out. Raises a `DriveError` if there is no reply."""

    #: How the user named the device.
    device: str

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        """Sends ``command`` once and returns the device's reply, whatever its status."""
        raise NotImplementedError

    def in_use_by(self, block_nodes: Sequence[str] = ()) -> list[str]:
        """What else uses the drive on this host, one sentence per use; empty if no use is known.

        ``block_nodes``: those of other paths to the drive. If this cannot be determined, a sentence says so, and the
        drive counts as in use.
        """
        return []

    def close(self) -> None:
        """Closes what was opened. May be called twice."""

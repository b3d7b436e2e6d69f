# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pass-through nodes of Linux: how one is opened, and how a command passes through SG_IO to the drive."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import Any, Callable, Sequence

from ..command import GOOD, Command, Reply, Transport, milliseconds
from ..errors import AccessError, AddressError, TransportError
from . import bsg, privileges, sg, uses
from .nodes import BSG, SG, Node
from .request import Buffers, IoctlOutcome

SG_IO = 0x2285

#: include/scsi/scsi_status.h, enum scsi_host_status.
HOST_STATUS_NAMES: dict[int, str] = {
    0x00: "DID_OK", 0x01: "DID_NO_CONNECT", 0x02: "DID_BUS_BUSY", 0x03: "DID_TIME_OUT", 0x04: "DID_BAD_TARGET",
    0x05: "DID_ABORT", 0x06: "DID_PARITY", 0x07: "DID_ERROR", 0x08: "DID_RESET", 0x09: "DID_BAD_INTR",
    0x0A: "DID_PASSTHROUGH", 0x0B: "DID_SOFT_ERROR", 0x0C: "DID_IMM_RETRY", 0x0D: "DID_REQUEUE",
    0x0E: "DID_TRANSPORT_DISRUPTED", 0x0F: "DID_TRANSPORT_FAILFAST", 0x10: "DID_TARGET_FAILURE",
    0x11: "DID_NEXUS_FAILURE", 0x12: "DID_ALLOC_FAILURE", 0x13: "DID_MEDIUM_ERROR", 0x14: "DID_TRANSPORT_MARGINAL",
}

#: The low four bits of driver_status; the high four were a suggestion, removed in Linux 5.14.
DRIVER_STATUS_NAMES: dict[int, str] = {
    0x00: "DRIVER_OK", 0x01: "DRIVER_BUSY", 0x02: "DRIVER_SOFT", 0x03: "DRIVER_MEDIA", 0x04: "DRIVER_ERROR",
    0x05: "DRIVER_INVALID", 0x06: "DRIVER_TIMEOUT", 0x07: "DRIVER_HARD", 0x08: "DRIVER_SENSE",
}

_HOST_STATUS_MEANINGS: dict[int, str] = {
    0x01: "the drive could not be reached", 0x03: "no answer in time",
    0x04: "the host adapter found the answer invalid", 0x05: "the command was aborted",
    0x07: "the host adapter reported an error", 0x08: "the bus or drive was reset",
    0x0E: "the path to the drive was interrupted", 0x0F: "the path to the drive is failed",
}

#: Older kernels set these along with a status that the drive did send; the drive's own answer says more.
_HOST_STATUS_OF_DRIVE = frozenset((0x10, 0x11, 0x12, 0x13))


class LinuxTransport(Transport):
    """A node of Linux. Opened for reading until a command needs more (``open_mode: auto``).

    ``open_mode`` is "auto", "read_only" or "read_write"; ``rawio`` whether this process has CAP_SYS_RAWIO, detected if
    not given.
    """

    def __init__(self, node: Node, open_mode: str = "auto",
                 ioctl: Callable[[int, int, Any, bool], Any] | None = None, rawio: bool | None = None) -> None:
        if ioctl is None:
            ioctl = fcntl.ioctl
        self.device = node.path
        self.node = node
        self._form = bsg if node.kind == BSG else sg
        self._ioctl: Callable[[int, int, Any, bool], Any] = ioctl
        self._open_mode = open_mode
        self._rawio = privileges.has_rawio() if rawio is None else rawio
        self._descriptor: int | None = None
        self._for_writing = False
        self._used = False

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        descriptor = self._open_for(command)
        buffers = Buffers(command)
        header = self._form.pack(buffers, milliseconds(timeout_seconds))
        try:
            self._ioctl(descriptor, SG_IO, header, True)
        except OSError as error:
            raise AccessError(privileges.explain(error, self.node, command, self._for_writing)) from error
        outcome = self._form.unpack(header)
        check_transport(command, timeout_seconds, outcome)
        # Some drivers report residuals outside the requested length.
        residual = min(max(outcome.residual, 0), len(buffers.data_in or buffers.data_out))
        return Reply(
            outcome.status, buffers.sense.tobytes()[:outcome.sense_length],
            buffers.data_in.tobytes()[:len(buffers.data_in) - residual] if buffers.data_in else b"", residual,
            outcome.duration_milliseconds / 1000.0)

    def in_use_by(self, block_nodes: Sequence[str] = ()) -> list[str]:
        return uses.in_use_by(self.node, block_nodes)

    def close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            # Closing a tape that was open for writing fails if the last filemark cannot be written. The descriptor is
            # closed all the same, and nothing of ours was lost.
            with suppress(OSError):
                os.close(descriptor)

    def _open_for(self, command: Command) -> int:
        need = privileges.requirement(self.node.kind, command.cdb[0], self._rawio)
        for_writing = self._open_mode == "read_write" or self._open_mode == "auto" and need == privileges.WRITE
        if need == privileges.RAWIO or need == privileges.WRITE and not for_writing:
            raise AccessError(privileges.refused(self.node, command, for_writing))
        # The sg driver keeps a buffer per descriptor and never clears it. If a command's data does not arrive although
        # its residual claims that it did, the driver returns an earlier command's. A new descriptor's buffer is clear.
        stale = self.node.kind == SG and self._used and command.data_in_length > 0
        if self._descriptor is None or stale or for_writing and not self._for_writing:
            self.close()
            self._descriptor = self._open(for_writing)
        self._used = self._used or bool(command.data_in_length or command.data_out)
        return self._descriptor

    def _open(self, for_writing: bool) -> int:
        flags = (os.O_RDWR if for_writing else os.O_RDONLY) | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self.node.real_path, flags)
        except OSError as error:
            raise AccessError(privileges.explain_open(error, self.node, for_writing)) from error
        number = os.fstat(descriptor).st_rdev
        if f"{os.major(number)}:{os.minor(number)}" != self.node.number:
            os.close(descriptor)
            raise AddressError("became another device while it was being opened; try again")
        self._for_writing = for_writing
        self._used = False
        return descriptor


def check_transport(command: Command, timeout_seconds: float, outcome: IoctlOutcome) -> None:
    """Raises TransportError if the reply is the host's, not the drive's: its data must never be decoded."""
    status, host_status, driver_status = outcome.status, outcome.host_status, outcome.driver_status
    host_name = HOST_STATUS_NAMES.get(host_status, f"host_status {host_status:02x}h")
    driver_code = driver_status & 0x0F
    driver_name = DRIVER_STATUS_NAMES.get(driver_code, f"driver_status {driver_status:02x}h")
    if host_status and not (host_status in _HOST_STATUS_OF_DRIVE and status != GOOD):
        meaning = _HOST_STATUS_MEANINGS.get(host_status)
        if host_status == 0x03:
            meaning = f"no answer within {timeout_seconds:g} seconds"
        raise TransportError("{} did not reach the drive or its answer was lost: {}{}".format(
            command.title, host_name, f" ({meaning})" if meaning else ""), host_name, driver_name)
    if driver_code not in (0x00, 0x08):
        raise TransportError(f"{command.title} failed in the driver: {driver_name}", host_name, driver_name)

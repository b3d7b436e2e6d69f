# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIOC_IO of HP-UX (sioc_io(7), 11i version 3, September 2010).

Never run on HP-UX: it was written from the manual page, and tested against a structure compiled elsewhere and an ioctl
that simulates the kernel.

The structure exists in two forms of the same size, and so with the same ioctl number: the manual page has its two
lengths as bytes, an older header as words. A TEST UNIT READY shows which form the kernel takes: in the other one its
length makes no sense, and the kernel does not attempt it. HP-UX is big-endian on all machines.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from array import array
from typing import Any, Callable, NamedTuple, Sequence

from .command import CHECK_CONDITION, GOOD, Command, Reply, Transport, milliseconds
from .errors import AccessError, AddressError, TransportError
from .make_command import make_command

SCTL_READ = 1
#: SCTL_INVALID_REQUEST: "the SCSI command request is invalid and thus not attempted".
INVALID_REQUEST = 0x0100

#: Bits of a status that comes from the host, not from the device.
_HOST_BITS: dict[int, str] = {
    INVALID_REQUEST: "SCTL_INVALID_REQUEST (the request is invalid and was not attempted)",
    0x0200: "SCTL_SELECT_TIMEOUT (the device does not exist or does not respond)",
    0x0400: "SCTL_INCOMPLETE (the device took too long, or communication failed)",
    0x0800: "SCTL_POWERFAIL (the power failed)",
}
#: Since 11.31; these are numbers, not bits: 3000h is not 1000h and 2000h.
_HOST_NUMBERS: dict[int, str] = {
    0x1000: "SCTL_NO_RESOURCE (the host has no resources for it)",
    0x2000: "SCTL_TP_OFFLINE (the target path is offline)", 0x3000: "SCTL_IO_TIMEOUT (no answer in time)",
    0x4000: "SCTL_IO_ABORTED (it was aborted)", 0x5000: "SCTL_RESET_OCCURRED (the bus or device was reset)",
}
_FIRST_OF_HOST, _FIRST_NUMBER = 0x0100, 0x1000

_LONGEST_CDB = 16
_SENSE_BYTES = 256
_POINTER = struct.calcsize("P")
#: Offsets of the fields that both forms have; those after the pointer depend on its size.
_DATA = 24
_AFTER = _DATA + _POINTER
_DATA_LENGTH, _MAX_MSECS, _DATA_XFER, _CDB_STATUS = _AFTER, _AFTER + 4, _AFTER + 8, _AFTER + 12
_SENSE, _SENSE_STATUS, _SENSE_XFER = _AFTER + 16, _AFTER + 272, _AFTER + 276
#: 372 bytes in a 32-bit process, 376 in a 64-bit one.
SIZE = (_SENSE_XFER + 68 + _POINTER - 1) // _POINTER * _POINTER
#: _IOWR('S', 22, struct sctl_io)
SIOC_IO = 0xC0000000 | (SIZE & 0x1FFF) << 16 | ord("S") << 8 | 22


class Layout(NamedTuple):
    """One form of ``struct sctl_io``: how its two lengths are stored, and where the CDB begins."""

    name: str
    length: str
    cdb: int


MANUAL_PAGE = Layout("manual page", ">B", 5)
HEADER = Layout("header", ">I", 8)

_TEST_UNIT_READY = make_command(bytes(6))


class _Answer(NamedTuple):
    cdb_status: int
    data_xfer: int
    sense_status: int
    sense_xfer: int
    sense: bytes


class HpuxSctl(Transport):
    """A SCSI device of HP-UX, ``/dev/rscsi/c0t1l0`` or ``/dev/pt/pt_scsi1``."""

    def __init__(self, device: str, open_mode: str = "auto",
                 ioctl: Callable[[int, int, Any, bool], Any] | None = None,
                 layout: Layout | None = None) -> None:
        if ioctl is None:
            ioctl = fcntl.ioctl
        self.device = device
        self._ioctl: Callable[[int, int, Any, bool], Any] = ioctl
        self._for_writing = open_mode == "read_write"
        self._layout = layout
        self._descriptor: int | None = None

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        if len(command.cdb) > _LONGEST_CDB:
            raise TransportError(f"{command.name}: HP-UX takes CDBs of {_LONGEST_CDB} bytes at most, not "
                                 f"{len(command.cdb)}")
        layout = self._settled(timeout_seconds)
        data = array("B", bytes(command.data_in_length) if command.data_in_length else command.data_out)
        answer = self._send(layout, command, data, timeout_seconds)
        if answer.cdb_status >= _FIRST_OF_HOST:
            name = host_status_name(answer.cdb_status)
            raise TransportError(f"{command.title} did not reach the drive or its answer was lost: {name}",
                                 host_status=name.partition(" ")[0])
        # The transfer count is valid only with these two.
        moved = answer.data_xfer if answer.cdb_status in (GOOD, CHECK_CONDITION) else 0
        moved = min(moved, len(data))
        has_sense = answer.cdb_status == CHECK_CONDITION and answer.sense_status == GOOD
        return Reply(
            answer.cdb_status, answer.sense[:answer.sense_xfer] if has_sense else b"",
            data.tobytes()[:moved] if command.data_in_length else b"", len(data) - moved)

    def in_use_by(self, block_nodes: Sequence[str] = ()) -> list[str]:
        return ["whether it is in use cannot be known on HP-UX"]

    def close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _settled(self, timeout_seconds: float) -> Layout:
        """Finds the form of the structure that this kernel takes."""
        if self._layout is None:
            empty = array("B")
            for layout in (MANUAL_PAGE, HEADER):
                if self._send(layout, _TEST_UNIT_READY, empty, timeout_seconds).cdb_status != INVALID_REQUEST:
                    self._layout = layout
                    break
            else:
                raise TransportError("SIOC_IO refuses TEST UNIT READY in both forms of its structure",
                                     host_status="SCTL_INVALID_REQUEST")
        return self._layout

    def _send(self, layout: Layout, command: Command, data: array[int], timeout_seconds: float) -> _Answer:
        header = bytearray(SIZE)
        struct.pack_into(">I", header, 0, SCTL_READ if command.data_in_length else 0)
        struct.pack_into(layout.length, header, 4, len(command.cdb))
        header[layout.cdb:layout.cdb + len(command.cdb)] = command.cdb
        if data:
            header[_DATA:_AFTER] = data.buffer_info()[0].to_bytes(_POINTER, "big")
        struct.pack_into(">I", header, _DATA_LENGTH, len(data))
        # 0 would mean no time limit.
        struct.pack_into(">I", header, _MAX_MSECS, milliseconds(timeout_seconds))
        try:
            self._ioctl(self._opened(), SIOC_IO, header, True)
        except OSError as error:
            raise AccessError(_explain(error, command.name, self.device)) from error
        return _Answer(
            _word(header, _CDB_STATUS), _word(header, _DATA_XFER), _word(header, _SENSE_STATUS),
            struct.unpack_from(layout.length, header, _SENSE_XFER)[0], bytes(header[_SENSE:_SENSE + _SENSE_BYTES]))

    def _opened(self) -> int:
        if self._descriptor is None:
            try:
                self._descriptor = os.open(self.device, os.O_RDWR if self._for_writing else os.O_RDONLY)
            except FileNotFoundError as error:
                raise AddressError(str(error.strerror)) from None
            except OSError as error:
                raise AccessError(_explain(error, "open", self.device)) from error
        return self._descriptor


def host_status_name(status: int) -> str:
    """What the host reports for a command that the device did not answer."""
    if status >= _FIRST_NUMBER:
        return _HOST_NUMBERS.get(status, f"status {status:04x}h of SIOC_IO")
    names = [name for bit, name in _HOST_BITS.items() if status & bit]
    return ", ".join(names) or f"status {status:04x}h of SIOC_IO"


def _word(header: bytearray, at: int) -> int:
    return int.from_bytes(header[at:at + 4], "big")


def _explain(error: OSError, what: str, device: str) -> str:
    if error.errno in (errno.EPERM, errno.EACCES):
        return f"{what} was refused on {device}: it needs the superuser or the DEVOPS privilege"
    if error.errno in (errno.ENOTTY, errno.EINVAL):
        return f"{device} does not take SIOC_IO; name a node of /dev/rscsi or /dev/pt"
    return f"{what} failed on {device}: {error.strerror or error}"

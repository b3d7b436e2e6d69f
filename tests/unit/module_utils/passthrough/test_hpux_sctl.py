# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIOC_IO of HP-UX: an ioctl that plays the kernel, over the structures as a C compiler there has them."""

from __future__ import annotations

import ctypes
import errno
import struct
import sys
from typing import Any, Callable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough import hpux_sctl
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough import transports as address
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AccessError, TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.hpux_sctl import HpuxSctl
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.open_options import OpenOptions


class ManualPage(ctypes.BigEndianStructure):
    """sctl_io_t of sioc_io(7), 2010: both lengths are unsigned char. Pointers are given as numbers."""

    _fields_ = [
        ("flags", ctypes.c_uint32), ("cdb_length", ctypes.c_ubyte), ("cdb", ctypes.c_ubyte * 16),
        ("pad", ctypes.c_ubyte * 3), ("data", ctypes.c_uint64), ("data_length", ctypes.c_uint32),
        ("max_msecs", ctypes.c_uint32), ("data_xfer", ctypes.c_uint32), ("cdb_status", ctypes.c_uint32),
        ("sense", ctypes.c_ubyte * 256), ("sense_status", ctypes.c_uint32), ("sense_xfer", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte * 64), ("end", ctypes.c_ubyte * 3),
    ]


class Header(ctypes.BigEndianStructure):
    """sctl_io of sys/scsi.h, 1993: both lengths are unsigned."""

    _fields_ = [
        ("flags", ctypes.c_uint32), ("cdb_length", ctypes.c_uint32), ("cdb", ctypes.c_ubyte * 16),
        ("data", ctypes.c_uint64), ("data_length", ctypes.c_uint32),
        ("max_msecs", ctypes.c_uint32), ("data_xfer", ctypes.c_uint32), ("cdb_status", ctypes.c_uint32),
        ("sense", ctypes.c_ubyte * 256), ("sense_status", ctypes.c_uint32), ("sense_xfer", ctypes.c_uint32),
        ("reserved", ctypes.c_ubyte * 64),
    ]


FORMS = pytest.mark.parametrize("form", [ManualPage, Header])
INQUIRY = Command("INQUIRY", bytes((0x12, 0, 0, 0, 96, 0)), 96)
MODE_SELECT = Command("MODE SELECT(6)", bytes((0x15, 0x10, 0, 0, 4, 0)), data_out=b"\1\2\3\4", changes=True)


class Kernel:
    """Takes one form of the structure, and does not attempt what has a length that no CDB has."""

    def __init__(self, form: type[Any], answer: Callable[[Any], None] = lambda request: None) -> None:
        self.form = form
        self.answer = answer
        self.requests: list[Any] = []
        self.sent: list[bytes] = []

    def __call__(self, descriptor: int, request: int, buffer: Any, mutate: bool) -> int:
        assert mutate and len(buffer) == ctypes.sizeof(self.form) == 376 and request == 0xC1785316
        seen = self.form.from_buffer(buffer)
        if seen.cdb_length not in (6, 10, 12, 16):
            seen.cdb_status = 0x100
            return 0
        cdb = bytes(seen.cdb)[:seen.cdb_length]
        self.sent.append(cdb)
        if cdb != bytes(6):
            self.requests.append(self.form.from_buffer_copy(buffer))
            self.answer(seen)
        return 0


def drive(kernel: Kernel) -> HpuxSctl:
    return HpuxSctl("/dev/null", ioctl=kernel)


def filled(data: bytes, **fields: Any) -> Callable[[Any], None]:
    """An answer with data-in and other fields."""
    def answer(request: Any) -> None:
        ctypes.memmove(request.data, data, len(data))
        request.data_xfer = len(data)
        for name, value in fields.items():
            setattr(request, name, value)
    return answer


@pytest.mark.skipif(struct.calcsize("P") != 8, reason="the structures above are those of 64 bits")
@FORMS
def test_a_probe_settles_which_form_the_kernel_takes(form: type[Any]) -> None:
    kernel = Kernel(form, filled(b"\0\0\6\2"))
    transport = drive(kernel)
    reply = transport.execute(INQUIRY, 20.0)
    assert (reply.status, reply.data, reply.residual) == (0, b"\0\0\6\2", 92)
    transport.execute(INQUIRY, 20.0)
    assert kernel.sent == [bytes(6), INQUIRY.cdb, INQUIRY.cdb]
    request = kernel.requests[0]
    assert (request.flags, request.data_length, request.max_msecs) == (1, 96, 20000)
    assert not any(request.reserved)


@FORMS
def test_data_out(form: type[Any]) -> None:
    seen: list[bytes] = []

    def answer(request: Any) -> None:
        seen.append(ctypes.string_at(request.data, request.data_length))
        request.data_xfer = request.data_length

    kernel = Kernel(form, answer)
    reply = drive(kernel).execute(MODE_SELECT, 0.0001)
    assert seen == [b"\1\2\3\4"] and reply.residual == 0 and reply.data == b""
    assert (kernel.requests[0].flags, kernel.requests[0].max_msecs) == (0, 1)


@FORMS
@pytest.mark.parametrize("cdb_status,sense_status,length", [(2, 0, 18), (2, 2, 0), (2, 0x200, 0), (0, 0, 0), (8, 0, 0)])
def test_sense_counts_only_where_both_statuses_allow_it(
        form: type[Any], cdb_status: int, sense_status: int, length: int) -> None:
    def answer(request: Any) -> None:
        request.sense[0:18] = [0x70, 0, 5] + [0] * 15
        request.cdb_status, request.sense_status, request.sense_xfer = cdb_status, sense_status, 18

    reply = drive(Kernel(form, answer)).execute(INQUIRY, 20.0)
    assert reply.status == cdb_status and len(reply.sense) == length


@pytest.mark.parametrize("status,moved", [(0, 4), (2, 4), (8, 0), (0x18, 0), (0x28, 0)])
def test_what_was_moved_counts_only_with_good_and_check_condition(status: int, moved: int) -> None:
    reply = drive(Kernel(ManualPage, filled(b"abcd", cdb_status=status))).execute(INQUIRY, 20.0)
    assert (reply.status, len(reply.data), reply.residual) == (status, moved, 96 - moved)


@pytest.mark.parametrize("status,named", [
    (0x100, "SCTL_INVALID_REQUEST"), (0x200, "SCTL_SELECT_TIMEOUT"), (0x400, "SCTL_INCOMPLETE"),
    (0x800, "SCTL_POWERFAIL"), (0x600, "SCTL_SELECT_TIMEOUT .*, SCTL_INCOMPLETE"), (0x1000, "SCTL_NO_RESOURCE"),
    (0x2000, "SCTL_TP_OFFLINE"), (0x3000, "SCTL_IO_TIMEOUT"), (0x4000, "SCTL_IO_ABORTED"),
    (0x5000, "SCTL_RESET_OCCURRED"), (0x6000, r"\b6000h\b.*\bSIOC_IO\b")])
def test_what_the_host_says_is_no_answer(status: int, named: str) -> None:
    with pytest.raises(TransportError, match=named) as caught:
        drive(Kernel(ManualPage, filled(b"abcd", cdb_status=status))).execute(INQUIRY, 20.0)
    assert caught.value.host_status is not None


@pytest.mark.parametrize("number,named", [
    (errno.EPERM, r"\bTEST UNIT READY\b.*/dev/null\b.*\bDEVOPS\b"), (errno.ENOTTY, r"^(?!.*DEVOPS).*\bSIOC_IO\b"),
    (errno.EIO, r"\bTEST UNIT READY\b.*/dev/null\b.*Input/output error")])
def test_a_refusal_of_the_system_says_what_is_missing(number: int, named: str) -> None:
    def refuse(*_arguments: Any) -> None:
        raise OSError(number, __import__("os").strerror(number))

    with pytest.raises(AccessError, match=named):
        HpuxSctl("/dev/null", ioctl=refuse).execute(INQUIRY, 20.0)


def test_a_kernel_that_takes_neither_form(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int, _request: int, buffer: Any, _mutate: bool) -> None:
        ManualPage.from_buffer(buffer).cdb_status = 0x100

    with pytest.raises(TransportError, match=r"\bSIOC_IO\b.*\bTEST UNIT READY\b"):
        HpuxSctl("/dev/null", ioctl=refuse).execute(INQUIRY, 20.0)


def test_a_cdb_that_is_too_long_is_not_sent() -> None:
    kernel = Kernel(ManualPage)
    with pytest.raises(TransportError, match=r"\b16 bytes\b.*\b32\b"):
        drive(kernel).execute(Command("WRITE STREAM(32)", bytes(32)), 20.0)
    assert kernel.sent == []


@pytest.mark.parametrize("platform,kind", [("hp-ux11", HpuxSctl), ("linux", None)])
def test_it_is_chosen_by_platform(monkeypatch: pytest.MonkeyPatch, platform: str, kind: type | None) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    if kind is None:
        with pytest.raises(Exception, match=r"\bnot a SCSI device\b"):
            address.open_transport("/dev/null", OpenOptions())
    else:
        assert isinstance(address.open_transport("/dev/rscsi/c0t1l0", OpenOptions()), kind)


def test_the_number_of_the_ioctl_is_that_of_its_size() -> None:
    assert hpux_sctl.SIZE == 376 and hpux_sctl.SIOC_IO == 0xC1785316

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel's SG_IO gets, and what becomes of its answers.

The kernel is played by a function that reads the request as the C structure of the system's own scsi/sg.h lays it out
(``ctypes`` below), so that a wrong offset shows.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from typing import Any, Callable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import (
    AccessError,
    AddressError,
    TransportError,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux import sg as linux_sg
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux import transport as linux_node
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux.nodes import Node
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux.transport import LinuxTransport


class SgIoHdr(ctypes.Structure):
    """struct sg_io_hdr of include/scsi/sg.h, as the compiler lays it out."""

    _fields_ = [
        ("interface_id", ctypes.c_int), ("dxfer_direction", ctypes.c_int), ("cmd_len", ctypes.c_ubyte),
        ("mx_sb_len", ctypes.c_ubyte), ("iovec_count", ctypes.c_ushort), ("dxfer_len", ctypes.c_uint),
        ("dxferp", ctypes.c_void_p), ("cmdp", ctypes.c_void_p), ("sbp", ctypes.c_void_p), ("timeout", ctypes.c_uint),
        ("flags", ctypes.c_uint), ("pack_id", ctypes.c_int), ("usr_ptr", ctypes.c_void_p), ("status", ctypes.c_ubyte),
        ("masked_status", ctypes.c_ubyte), ("msg_status", ctypes.c_ubyte), ("sb_len_wr", ctypes.c_ubyte),
        ("host_status", ctypes.c_ushort), ("driver_status", ctypes.c_ushort), ("resid", ctypes.c_int),
        ("duration", ctypes.c_uint), ("info", ctypes.c_uint),
    ]


INQUIRY = Command("INQUIRY", bytes((0x12, 0, 0, 0, 96, 0)), 96)
SELF_TEST = Command("SEND DIAGNOSTIC", bytes((0x1D, 0x20, 0, 0, 0, 0)), changes=True)
MODE_SELECT = Command("MODE SELECT(6)", bytes((0x15, 0x10, 0, 0, 4, 0)), data_out=b"\x01\x02\x03\x04", changes=True)


class Kernel:
    """Answers SG_IO: keeps a copy of each request, then lets a test write the answer."""

    def __init__(self, answer: Callable[[SgIoHdr], None] = lambda header: None) -> None:
        self.answer = answer
        self.requests: list[SgIoHdr] = []
        self.cdbs: list[bytes] = []
        self.data: list[bytes] = []

    def __call__(self, descriptor: int, request: int, buffer: Any, mutate: bool) -> int:
        assert request == 0x2285 and mutate is True
        assert len(buffer) == ctypes.sizeof(SgIoHdr)
        header = SgIoHdr.from_buffer(buffer)
        self.requests.append(SgIoHdr.from_buffer_copy(buffer))
        self.cdbs.append(ctypes.string_at(header.cmdp, header.cmd_len))
        self.data.append(ctypes.string_at(header.dxferp, header.dxfer_len) if header.dxfer_len else b"")
        self.answer(header)
        return 0


@pytest.fixture(name="node")
def _node(monkeypatch: pytest.MonkeyPatch) -> Node:
    """A node that every open of it finds again: what matters here comes after."""
    facts = os.stat("/dev/null")
    assert stat.S_ISCHR(facts.st_mode)
    number = f"{os.major(facts.st_rdev)}:{os.minor(facts.st_rdev)}"
    return Node("sg", "/dev/null", "/dev/null", number)


def test_the_structure_has_the_size_that_the_c_compiler_gives_it() -> None:
    assert linux_sg._HEADER.size == ctypes.sizeof(SgIoHdr)


def test_a_read_reaches_the_kernel_as_asked(node: Node) -> None:
    kernel = Kernel()
    LinuxTransport(node, ioctl=kernel, rawio=True).execute(INQUIRY, 20.0)
    request = kernel.requests[0]
    assert (request.interface_id, request.dxfer_direction, request.dxfer_len) == (ord("S"), -3, 96)
    assert (request.timeout, request.mx_sb_len, request.flags, request.iovec_count) == (20000, 252, 0, 0)
    assert kernel.cdbs == [INQUIRY.cdb]
    assert kernel.data == [bytes(96)], "the buffer was not clear"


def test_data_out_reaches_the_kernel(node: Node) -> None:
    kernel = Kernel()
    reply = LinuxTransport(node, ioctl=kernel, rawio=True).execute(MODE_SELECT, 1.5)
    assert kernel.requests[0].dxfer_direction == -2 and kernel.requests[0].timeout == 1500
    assert kernel.data == [b"\x01\x02\x03\x04"]
    assert reply.data == b""


def test_a_command_without_data_says_so(node: Node) -> None:
    kernel = Kernel()
    LinuxTransport(node, ioctl=kernel, rawio=True).execute(SELF_TEST, 20.0)
    assert (kernel.requests[0].dxfer_direction, kernel.requests[0].dxfer_len) == (-1, 0)


@pytest.mark.parametrize("residual,length", [(0, 96), (60, 36), (96, 0), (-5, 96), (97, 0), (1 << 30, 0)])
def test_only_what_arrived_is_data(node: Node, residual: int, length: int) -> None:
    def answer(header: SgIoHdr) -> None:
        ctypes.memset(header.dxferp, 0xAA, 96)
        header.resid = residual

    reply = LinuxTransport(node, ioctl=Kernel(answer), rawio=True).execute(INQUIRY, 20.0)
    assert reply.data == b"\xAA" * length
    assert reply.residual == 96 - length


def test_sense_is_as_long_as_the_kernel_wrote(node: Node) -> None:
    def answer(header: SgIoHdr) -> None:
        ctypes.memmove(header.sbp, bytes((0x70, 0, 5, 0, 0, 0, 0, 10)) + bytes(10), 18)
        header.status, header.sb_len_wr, header.driver_status, header.duration = 2, 18, 8, 1234

    reply = LinuxTransport(node, ioctl=Kernel(answer), rawio=True).execute(INQUIRY, 20.0)
    assert reply.status == 2 and len(reply.sense) == 18 and reply.sense[2] == 5
    assert reply.duration_seconds == 1.234


@pytest.mark.parametrize("host_status,driver_status,status,named", [
    (0x07, 0, 0, "DID_ERROR"), (0x01, 0, 0, "DID_NO_CONNECT"), (0x03, 0, 0, "20 seconds"),
    (0x0E, 0, 0, "DID_TRANSPORT_DISRUPTED"), (0x99, 0, 0, "host_status 99h"), (0, 0x06, 0, "DRIVER_TIMEOUT"),
    (0, 0x16, 0, "DRIVER_TIMEOUT"), (0x13, 0, 0, "DID_MEDIUM_ERROR"), (0x07, 8, 2, "DID_ERROR"),
])
def test_a_failure_on_the_way_is_no_answer(
        node: Node, host_status: int, driver_status: int, status: int, named: str) -> None:
    def answer(header: SgIoHdr) -> None:
        header.host_status, header.driver_status, header.status = host_status, driver_status, status

    with pytest.raises(TransportError, match=named):
        LinuxTransport(node, ioctl=Kernel(answer), rawio=True).execute(INQUIRY, 20.0)


@pytest.mark.parametrize("host_status,driver_status,status", [
    (0, 0x08, 0), (0, 0x28, 2), (0x10, 8, 2), (0x11, 0, 0x18), (0x13, 8, 2)])
def test_the_drives_own_answer_stands_beside_what_the_host_says_of_it(
        node: Node, host_status: int, driver_status: int, status: int) -> None:
    def answer(header: SgIoHdr) -> None:
        header.host_status, header.driver_status, header.status = host_status, driver_status, status

    assert LinuxTransport(node, ioctl=Kernel(answer), rawio=True).execute(INQUIRY, 20.0).status == status


@pytest.mark.parametrize("number,said", [
    (errno.EPERM, "become: true"), (errno.EFAULT, "EFAULT"), (errno.ENOTTY, "ENOTTY"), (errno.EBUSY, "EBUSY"),
    (errno.ENOMEDIUM, "ENOMEDIUM"), (errno.EINVAL, r"\b6 bytes\b.*\bEINVAL\b"), (errno.EIO, r"\b96 bytes\b.*\bEIO\b"),
    (errno.ENODEV, "ENODEV"), (errno.ENOMEM, r"\b96 bytes\b.*\bENOMEM\b"),
    (errno.EMSGSIZE, r"\b6 bytes\b.*\bEMSGSIZE\b"), (errno.EDOM, "EDOM"),
    (errno.EPIPE, "Broken pipe"),
])
def test_a_refusal_of_the_kernel_becomes_a_sentence(node: Node, number: int, said: str) -> None:
    def refuse(descriptor: int, request: int, buffer: Any, mutate: bool) -> int:
        raise OSError(number, os.strerror(number))

    with pytest.raises(AccessError, match=said) as raised:
        LinuxTransport(node, ioctl=refuse, rawio=False).execute(INQUIRY, 20.0)
    assert ("INQUIRY" in str(raised.value)) is (number != errno.ENOTTY)


def opened_for_writing(transport: LinuxTransport) -> bool:
    import fcntl
    assert transport._descriptor is not None
    flags = fcntl.fcntl(transport._descriptor, fcntl.F_GETFL)
    assert flags & os.O_NONBLOCK
    assert fcntl.fcntl(transport._descriptor, fcntl.F_GETFD) & fcntl.FD_CLOEXEC
    return flags & os.O_ACCMODE == os.O_RDWR


def test_the_node_is_opened_for_writing_only_when_a_command_needs_it(node: Node) -> None:
    transport = LinuxTransport(node, ioctl=Kernel(), rawio=False)
    transport.execute(INQUIRY, 20.0)
    assert not opened_for_writing(transport)
    transport.execute(SELF_TEST, 20.0)
    assert opened_for_writing(transport)
    transport.execute(INQUIRY, 20.0)
    assert opened_for_writing(transport), "reopened without need"
    transport.close()
    transport.close()


@pytest.mark.parametrize("kind,opens", [("sg", 3), ("block", 1)])
def test_no_command_finds_in_the_sg_drivers_buffer_what_another_left(
        node: Node, kind: str, opens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver clears its buffer only for a new descriptor; measured with a CD-ROM that loses every answer."""
    original = os.open
    opened: list[str] = []

    def count(path: str, flags: int) -> int:
        opened.append(path)
        return original(path, flags)

    monkeypatch.setattr(linux_node.os, "open", count)
    transport = LinuxTransport(Node(kind, node.path, node.real_path, node.number), ioctl=Kernel(), rawio=True)
    for command in (INQUIRY, INQUIRY, SELF_TEST, INQUIRY, SELF_TEST):
        transport.execute(command, 20.0)
    transport.close()
    assert len(opened) == opens


def test_a_close_that_fails_loses_nothing(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = LinuxTransport(node, ioctl=Kernel(), rawio=True)
    transport.execute(INQUIRY, 20.0)
    original = os.close

    def fail(descriptor: int) -> None:
        original(descriptor)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(linux_node.os, "close", fail)
    transport.close()


def test_with_the_capability_an_open_for_reading_is_enough(node: Node) -> None:
    transport = LinuxTransport(node, ioctl=Kernel(), rawio=True)
    transport.execute(SELF_TEST, 20.0)
    assert not opened_for_writing(transport)
    transport.close()


def test_read_only_refuses_before_it_sends(node: Node) -> None:
    kernel = Kernel()
    with pytest.raises(AccessError, match=r"\bSEND DIAGNOSTIC\b.*\bopen_mode: read_only\b"):
        LinuxTransport(node, "read_only", kernel, rawio=False).execute(SELF_TEST, 20.0)
    assert kernel.requests == []


def test_read_write_opens_for_writing_at_once(node: Node) -> None:
    transport = LinuxTransport(node, "read_write", Kernel(), rawio=True)
    transport.execute(INQUIRY, 20.0)
    assert opened_for_writing(transport)
    transport.close()


def test_a_block_node_names_the_sg_node_that_would_do(node: Node) -> None:
    block = Node("block", "/dev/sda", node.real_path, node.number, sg_path="/dev/sg3")
    with pytest.raises(AccessError) as raised:
        LinuxTransport(block, ioctl=Kernel(), rawio=False).execute(SELF_TEST, 20.0)
    for name in ("SEND DIAGNOSTIC", "CAP_SYS_RAWIO", "/dev/sda", "/dev/sg3", "become: true"):
        assert name in str(raised.value)


def test_a_node_that_became_another_device_is_refused(node: Node) -> None:
    moved = Node("sg", node.path, node.real_path, "8:0")
    with pytest.raises(AddressError, match=r"\banother device\b"):
        LinuxTransport(moved, ioctl=Kernel(), rawio=True).execute(INQUIRY, 20.0)


def test_an_open_that_fails_says_who_may(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, flags: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(linux_node.os, "open", refuse)
    with pytest.raises(AccessError, match=r"\breading\b(?! and writing).*\broot:root 0666\b.*\bbecome: true\b"):
        LinuxTransport(node, ioctl=Kernel(), rawio=True).execute(INQUIRY, 20.0)

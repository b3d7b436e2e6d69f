# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bsg node gets by SG_IO, and what becomes of its answers; the kernel is played as in test_linux_sg."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
from typing import Any, Callable

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough import transports as address
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AccessError, TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux.nodes import Node
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux.transport import LinuxTransport
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.open_options import OpenOptions


class SgIoV4(ctypes.Structure):
    """struct sg_io_v4 of include/uapi/linux/bsg.h, as the compiler lays it out."""

    _fields_ = [
        ("guard", ctypes.c_int32), ("protocol", ctypes.c_uint32), ("subprotocol", ctypes.c_uint32),
        ("request_len", ctypes.c_uint32), ("request", ctypes.c_uint64), ("request_tag", ctypes.c_uint64),
        ("request_attr", ctypes.c_uint32), ("request_priority", ctypes.c_uint32), ("request_extra", ctypes.c_uint32),
        ("max_response_len", ctypes.c_uint32), ("response", ctypes.c_uint64), ("dout_iovec_count", ctypes.c_uint32),
        ("dout_xfer_len", ctypes.c_uint32), ("din_iovec_count", ctypes.c_uint32), ("din_xfer_len", ctypes.c_uint32),
        ("dout_xferp", ctypes.c_uint64), ("din_xferp", ctypes.c_uint64), ("timeout", ctypes.c_uint32),
        ("flags", ctypes.c_uint32), ("usr_ptr", ctypes.c_uint64), ("spare_in", ctypes.c_uint32),
        ("driver_status", ctypes.c_uint32), ("transport_status", ctypes.c_uint32), ("device_status", ctypes.c_uint32),
        ("retry_delay", ctypes.c_uint32), ("info", ctypes.c_uint32), ("duration", ctypes.c_uint32),
        ("response_len", ctypes.c_uint32), ("din_resid", ctypes.c_int32), ("dout_resid", ctypes.c_int32),
        ("generated_tag", ctypes.c_uint64), ("spare_out", ctypes.c_uint32), ("padding", ctypes.c_uint32),
    ]


INQUIRY = Command("INQUIRY", bytes((0x12, 0, 0, 0, 96, 0)), 96)
MODE_SELECT = Command("MODE SELECT(6)", bytes((0x15, 0x10, 0, 0, 4, 0)), data_out=b"\x01\x02\x03\x04", changes=True)


class Kernel:
    """Answers SG_IO on a bsg node."""

    def __init__(self, answer: Callable[[SgIoV4], None] = lambda header: None) -> None:
        self.answer = answer
        self.requests: list[SgIoV4] = []
        self.cdbs: list[bytes] = []
        self.data: list[bytes] = []

    def __call__(self, descriptor: int, request: int, buffer: Any, mutate: bool) -> int:
        assert request == 0x2285 and mutate is True and len(buffer) == ctypes.sizeof(SgIoV4) == 160
        header = SgIoV4.from_buffer(buffer)
        self.requests.append(SgIoV4.from_buffer_copy(buffer))
        self.cdbs.append(ctypes.string_at(header.request, header.request_len))
        for pointer, length in ((header.din_xferp, header.din_xfer_len), (header.dout_xferp, header.dout_xfer_len)):
            if length:
                self.data.append(ctypes.string_at(pointer, length))
        self.answer(header)
        return 0


@pytest.fixture(name="node")
def _node() -> Node:
    facts = os.stat("/dev/null")
    number = f"{os.major(facts.st_rdev)}:{os.minor(facts.st_rdev)}"
    return Node("bsg", "/dev/null", "/dev/null", number)


def transport(node: Node, kernel: Kernel) -> LinuxTransport:
    return LinuxTransport(node, ioctl=kernel, rawio=True)


def test_a_read_reaches_the_kernel_as_asked(node: Node) -> None:
    kernel = Kernel()
    transport(node, kernel).execute(INQUIRY, 20.0)
    request = kernel.requests[0]
    assert (request.guard, request.protocol, request.subprotocol) == (ord("Q"), 0, 0)
    assert (request.din_xfer_len, request.dout_xfer_len, request.max_response_len) == (96, 0, 252)
    assert (request.timeout, request.flags, request.din_iovec_count, request.dout_iovec_count) == (20000, 0, 0, 0)
    assert kernel.cdbs == [INQUIRY.cdb] and kernel.data == [bytes(96)], "the buffer was not clear"


def test_data_out_reaches_the_kernel(node: Node) -> None:
    kernel = Kernel()
    reply = transport(node, kernel).execute(MODE_SELECT, 1.5)
    request = kernel.requests[0]
    assert (request.din_xfer_len, request.dout_xfer_len, request.timeout) == (0, 4, 1500)
    assert kernel.data == [b"\x01\x02\x03\x04"] and reply.data == b""


@pytest.mark.parametrize("residual,length", [(0, 96), (60, 36), (96, 0), (-5, 96), (97, 0)])
def test_only_what_arrived_is_data(node: Node, residual: int, length: int) -> None:
    def answer(header: SgIoV4) -> None:
        ctypes.memset(header.din_xferp, 0xAA, 96)
        header.din_resid, header.dout_resid = residual, 3

    reply = transport(node, Kernel(answer)).execute(INQUIRY, 20.0)
    assert (reply.data, reply.residual) == (b"\xAA" * length, 96 - length)


def test_sense_is_as_long_as_the_kernel_wrote(node: Node) -> None:
    def answer(header: SgIoV4) -> None:
        ctypes.memmove(header.response, bytes((0x70, 0, 5, 0, 0, 0, 0, 10)) + bytes(10), 18)
        header.device_status, header.response_len, header.driver_status, header.duration = 2, 18, 8, 1234

    reply = transport(node, Kernel(answer)).execute(INQUIRY, 20.0)
    assert reply.status == 2 and len(reply.sense) == 18 and reply.sense[2] == 5 and reply.duration_seconds == 1.234


@pytest.mark.parametrize("host_status,driver_status,named", [
    (0x07, 0, "DID_ERROR"), (0x03, 0, "20 seconds"), (0, 0x06, "DRIVER_TIMEOUT")])
def test_a_failure_on_the_way_is_no_answer(node: Node, host_status: int, driver_status: int, named: str) -> None:
    def answer(header: SgIoV4) -> None:
        header.transport_status, header.driver_status = host_status, driver_status

    with pytest.raises(TransportError, match=named):
        transport(node, Kernel(answer)).execute(INQUIRY, 20.0)


def test_what_the_kernel_refuses_is_explained(node: Node) -> None:
    def refuse(*_arguments: Any) -> int:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    with pytest.raises(AccessError, match=rf"\bINQUIRY\b.*{node.path}\b"):
        LinuxTransport(node, ioctl=refuse, rawio=True).execute(INQUIRY, 20.0)


def test_a_bsg_node_gets_version_four(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux import nodes as linux_nodes
    monkeypatch.setattr(linux_nodes, "inspect", lambda path: node)
    monkeypatch.setattr(fcntl, "ioctl", kernel := Kernel())
    address.open_transport("/dev/bsg/0:0:0:0", OpenOptions("read_write")).execute(INQUIRY, 20.0)
    assert kernel.cdbs == [INQUIRY.cdb]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bare iSCSI initiator for tests: sends whatever PDU a test writes, however wrong, and shows whatever comes back."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.iscsi.limits import Limits
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.iscsi.server import Server
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu, text
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.framing import Decoder

TARGET = "iqn.2026-01.example:shelf"
#: Far more than anything takes here, so that a busy machine fails no test.
SECONDS = 20.0
WAIT = bytes((0xC0,)) + bytes(5)
TEST_UNIT_READY = bytes(6)
BLOCK = 512


def read_10(lba, blocks):
    return bytes((0x28, 0)) + lba.to_bytes(4, "big") + b"\0" + blocks.to_bytes(2, "big") + b"\0"


def write_10(lba, blocks):
    return b"\x2a" + read_10(lba, blocks)[1:]


def pattern(length, salt=0):
    return bytes((at * 7 + at // 251 + salt) & 0xFF for at in range(length))


class Closed(Exception):
    """The server closed the connection."""


class Peer:
    def __init__(self, server, name="iqn.2026-01.example:host", isid=b"\x80\0\0\0\0\1", log_in=True, **values):
        self.socket = socket.create_connection(("127.0.0.1", server.port), SECONDS)
        self.socket.settimeout(SECONDS)
        self.decoder = Decoder(1 << 20)
        self.digests = pdu.NO_DIGESTS
        self.cmd_sn = 100
        self.tag = 0
        self.exp_stat_sn = 0
        self.last = None
        if log_in:
            self.log_in(name, isid, values)

    def log_in(self, name, isid, values, target=TARGET, session_type="Normal"):
        pairs = [("InitiatorName", name), ("SessionType", session_type)]
        if target:
            pairs.append(("TargetName", target))
        pairs += [(key.replace("_", "."), value) for key, value in values.items()]
        self.send(pdu.LOGIN_REQUEST, text.encode_pairs(pairs), transit=True, csg=1, nsg=3, isid=isid, cid=1,
                  initiator_task_tag=0)
        response = self.receive(pdu.LOGIN_RESPONSE)
        assert response["status_class"] == 0, (response["status_class"], response["status_detail"])
        answer = dict(text.decode_pairs(response.data))
        self.digests = self.decoder.digests = pdu.Digests(
            answer.get("HeaderDigest") == "CRC32C", answer.get("DataDigest") == "CRC32C")
        self.exp_stat_sn = response["stat_sn"] + 1
        return answer

    def send(self, opcode, data=b"", extended_cdb=b"", **fields):
        message = pdu.Pdu(opcode, data, extended_cdb, **fields)
        names = [field.name for field in pdu.TABLES[opcode].fields]
        if "cmd_sn" in names:
            message.fields.setdefault("cmd_sn", self.cmd_sn)
            if opcode in pdu.NUMBERED_REQUESTS and not fields.get("immediate") and "cmd_sn" not in fields:
                self.cmd_sn += 1
        if "exp_stat_sn" in names:
            message.fields.setdefault("exp_stat_sn", self.exp_stat_sn)
        self.socket.sendall(b"".join(pdu.encode(message, self.digests)))
        return message

    def command(self, cdb, data=b"", **fields):
        """Sends a SCSI command; gives its tag."""
        self.tag += 1
        given = {"final": True, "attribute": 1, "initiator_task_tag": self.tag, "lun": 0}
        given.update(fields)
        self.send(pdu.SCSI_COMMAND, data, cdb[16:], cdb=cdb[:16], **given)
        return given["initiator_task_tag"]

    def manage(self, function, **fields):
        """Sends a task management request and gives the response code."""
        self.tag += 1
        self.send(pdu.TASK_MANAGEMENT_REQUEST, immediate=True, function=function, initiator_task_tag=self.tag, **fields)
        return self.receive(pdu.TASK_MANAGEMENT_RESPONSE)["response"]

    def receive(self, opcode=None):
        """The next PDU, which must be of that kind."""
        message = self.decoder.next()
        while message is None:
            data = self.socket.recv(65536)
            if not data:
                raise Closed
            self.decoder.feed(data)
            message = self.decoder.next()
        self.last = message
        if opcode is not None:
            assert message.opcode == opcode, message
        return message

    def status(self, tag=None):
        """The status of the next answer, which must be a SCSI Response."""
        response = self.receive(pdu.SCSI_RESPONSE)
        assert tag is None or response["initiator_task_tag"] == tag
        assert response["response"] == 0
        return response["status"]

    def ping(self):
        """Proves that the server still answers, and has nothing else to say."""
        self.send(pdu.NOP_OUT, immediate=True, initiator_task_tag=0xABCD, target_transfer_tag=pdu.NO_TAG)
        assert self.receive(pdu.NOP_IN)["initiator_task_tag"] == 0xABCD

    def closed(self):
        """True once the server has closed the connection."""
        try:
            while True:
                self.receive()
        except (Closed, ConnectionError):
            return True
        except socket.timeout:
            return False

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()


@contextlib.contextmanager
def serving(*targets, **options):
    """A server with these targets; single limits of it may be given too."""
    limits = {field.name: options.pop(field.name) for field in dataclasses.fields(Limits) if field.name in options}
    server = Server(port=0, limits=Limits(**limits), **options)
    for target in targets:
        server.add_target(target)
    server.start_thread()
    try:
        yield server
    finally:
        server.stop()


def in_server(server, function):
    """Calls in the server's thread and gives the result: models belong to it."""
    done = threading.Event()
    result = []

    def call():
        try:
            result.append(function())
        finally:
            done.set()

    server.call_soon(call)
    assert done.wait(SECONDS)
    return result[0]

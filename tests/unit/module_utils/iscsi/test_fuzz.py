# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent to the server, it neither dies nor hangs, and serves the others meanwhile."""

from __future__ import annotations

import socket
import time

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.iscsi.server import Server
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .memory_disk import Shelf
from .peer import SECONDS, TARGET, TEST_UNIT_READY, Closed, Peer, in_server, serving

HOST = "iqn.2026-01.example:fuzz"


@pytest.fixture(scope="module")
def server():
    with serving(Shelf(luns=(0,)), ping_seconds=0, linger_seconds=0.5) as running:
        yield running


@pytest.fixture(scope="module")
def witness(server):
    """An honest initiator beside."""
    with Peer(server, isid=b"\x80\0\0\0\x99\1") as connected:
        yield connected


def survives(server, witness):
    witness.command(TEST_UNIT_READY)
    assert witness.status() in (0, 2)
    # No leftovers: what the dead connections reserved has been given back.
    deadline = time.monotonic() + SECONDS
    while in_server(server, lambda: len(server._connections)) > 1 and time.monotonic() < deadline:
        time.sleep(0.001)
    assert in_server(server, lambda: (len(server._connections), len(server._sessions), server.budget.used_bytes)) == (
        1, 1, 0)


def drain(sock):
    """Reads till the end, which must come."""
    sock.settimeout(SECONDS)
    try:
        while sock.recv(65536):
            pass
    except ConnectionError:
        pass


FEW = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@FEW
@given(data=st.binary(max_size=400))
def test_bytes_instead_of_a_login(server, witness, data):
    with socket.create_connection(("127.0.0.1", server.port), 5) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        drain(sock)
    survives(server, witness)


PAIRS = st.lists(st.tuples(
    st.sampled_from(["InitiatorName", "TargetName", "SessionType", "AuthMethod", "CHAP_A", "InitialR2T",
                     "ImmediateData", "HeaderDigest", "DataDigest", "MaxRecvDataSegmentLength", "MaxBurstLength",
                     "FirstBurstLength"]),
    st.sampled_from([HOST, TARGET, "Normal", "Discovery", "None", "CRC32C", "Yes", "No", "512", "0", "5"])), max_size=8)


@FEW
@given(steps=st.lists(st.tuples(PAIRS, st.integers(0, 255), st.integers(0, 65535), st.integers(0, 2**32 - 1)),
                      min_size=1, max_size=4))
def test_strange_logins(server, witness, steps):
    with socket.create_connection(("127.0.0.1", server.port), 5) as sock:
        try:
            for pairs, flags, tsih, tag in steps:
                encoded = bytearray(b"".join(pdu.encode(pdu.Pdu(
                    pdu.LOGIN_REQUEST, text.encode_pairs(pairs), isid=b"\x80\0\0\0\0\5", tsih=tsih,
                    initiator_task_tag=tag))))
                encoded[1] = flags
                sock.sendall(encoded)
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        drain(sock)
    survives(server, witness)


def _number(width):
    values = [0, 1, 2, 3, 99, 100, 101, 102, 163, 164, 512, (1 << width) - 1, 1 << width - 1]
    return st.one_of(st.sampled_from(values), st.integers(0, (1 << width) - 1))


@st.composite
def requests(draw):
    """A PDU whose fields are each likely or wild."""
    opcode = draw(st.sampled_from(sorted(pdu.TABLES) + [pdu.SCSI_COMMAND] * 8 + [pdu.DATA_OUT] * 8
                                  + [pdu.TASK_MANAGEMENT_REQUEST] * 4 + [pdu.TEXT_REQUEST] * 2))
    header = bytearray(pdu.TABLES[opcode].encode())
    header[0] |= draw(st.sampled_from([0, 0x40]))
    header[1] = draw(st.one_of(st.sampled_from([0x80, 0xC1, 0xA1, 0x21, 0x81, 0x82, 0x84, 0x85]), st.integers(0, 255)))
    lun = draw(st.sampled_from([0, 0, 0, 1 << 48, 0xC101 << 48, 2**64 - 1]))
    header[8:16] = lun.to_bytes(8, "big")
    for at in (16, 20, 24, 28, 32, 36, 40, 44):
        header[at:at + 4] = draw(_number(32)).to_bytes(4, "big")
    if opcode == pdu.SCSI_COMMAND:
        cdb = draw(st.sampled_from(["2a000000000000000200", "28000000000000000800", "120000006000", "000000000000",
                                    "c00000000000", "c10000000000", "7f0000000000", "ffffffffffffffffffff"]))
        header[32:48] = bytes.fromhex(cdb).ljust(16, b"\0")
    data = draw(st.one_of(st.just(b""), st.just(bytes(512)), st.binary(max_size=64), st.just(b"SendTargets=All\0")))
    header[5:8] = len(data).to_bytes(3, "big")
    if draw(st.integers(0, 15)) == 0:
        header[4] = draw(st.integers(0, 3))
    return bytes(header) + data + bytes(-len(data) % 4)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(stream=st.lists(requests(), min_size=1, max_size=20), unsolicited=st.booleans())
def test_strange_requests_in_a_session(server, witness, stream, unsolicited):
    options = {"InitialR2T": "No"} if unsolicited else {}
    with Peer(server, HOST, b"\x80\0\0\0\0\6", **options) as peer:
        try:
            peer.socket.sendall(b"".join(stream))
            peer.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        drain(peer.socket)
    try:
        survives(server, witness)
    except (AssertionError, OSError, Closed):
        # A cold reset ends the witness too, as it must: it logs in again.
        if not witness.closed():
            raise
        witness.socket.close()
        witness.__init__(server, isid=b"\x80\0\0\0\x99\1")
        survives(server, witness)


@FEW
@given(data=st.binary(max_size=600), digests=st.booleans())
def test_bytes_in_a_session(server, witness, data, digests):
    options = {"HeaderDigest": "CRC32C", "DataDigest": "CRC32C"} if digests else {}
    with Peer(server, HOST, b"\x80\0\0\0\0\7", **options) as peer:
        try:
            peer.socket.sendall(data)
            peer.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        drain(peer.socket)
    survives(server, witness)


def test_a_server_that_is_stopped_in_the_middle_ends():
    server = Server(port=0)
    server.add_target(Shelf())
    server.start_thread()
    with Peer(server) as peer:
        peer.command(bytes((0xC0,)) + bytes(5))
        server.stop()
        assert not server._thread.is_alive()
        assert peer.closed()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The initiator, when the target or the way to it goes wrong."""

# ruff: noqa: S106 - these secrets are made up

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading
import time

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.wire_faults import (
    CLOSE,
    Hooks,
    Outgoing,
    WireFaults,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu, text
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.chap import TargetCredentials
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.iscsi.transport import IscsiTransport
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.open_options import IscsiOptions

from .commands import INQUIRY, READY, address, read, write
from .memory_disk import Shelf
from .peer import BLOCK, TARGET, in_server, serving


def spoil(server, shelf, faults, times=1):
    """The next commands to unit 0 are answered with faults."""
    left = [times]

    def before(task):
        if left[0]:
            left[0] -= 1
            task.wire_faults = faults
    in_server(server, lambda: setattr(shelf.units[0], "before", before))


ALWAYS = 1 << 30


@pytest.mark.parametrize("command, faults, problem", [
    (READY, {"stat_sn_offset": 1}, r"\bStatSN \d+\b.*\b\d+\b"),
    (READY, {"task_tag_offset": 5}, r"\bSCSI Response\b"),
    (READY, {"response": 1}, r"\bresponse 01h\b"),
    (READY, {"reject": pdu.REJECT_PROTOCOL_ERROR}, r"\bprotocol error\b"),
    (READY, {"silence": True}, r"\bTEST UNIT READY\b.*\b0\.3 seconds$"),
    (READY, {"extra_data": b"x"}, None),
    (read(0, 4), {"data_sn_offset": 1}, r"\bDataSN 1\b.*\b0\b"),
    (read(0, 4), {"data_sn_offset": 1, "from_pdu": 1}, r"\bDataSN 2\b.*\b1\b"),
    (read(0, 4), {"buffer_offset_offset": 4}, r"\boffset 4\b.*\b0\b"),
    (read(0, 4), {"extra_data": bytes(4)}, r"\b2052 bytes\b.*\b2048\b"),
    (read(0, 4), {"underflow": True, "overflow": True, "residual": 1}, r"\bresidual\b.*\b1 bytes\b"),
    (read(0, 4), {"underflow": True, "residual": 4096}, r"\bresidual\b.*\b4096 bytes\b"),
    (read(0, 4), {"task_tag_offset": 1}, r"\bSCSI Data-In\b"),
    (read(1 << 20, 1), {"sense_length": 200}, r"\bsense data\b.*\b200 bytes\b.*\b18\b"),
    (Command("INQUIRY", bytes.fromhex("12000000ff00"), 255), {"underflow": False, "residual": 0},
     r"\b255 bytes\b.*\b96\b"),
    (write(0, bytes(4096)), {"drop": True}, r"\bWRITE\(10\).*\bnot known\b"),
])
def test_faults_that_end_a_command(shelf, command, faults, problem):
    values = {"InitialR2T": "Yes"}
    with serving(shelf, values=values) as server:
        drive = IscsiTransport(address(server), IscsiOptions())
        drive.execute(READY, 5)
        in_server(server, lambda: small_segments(server, shelf))
        spoil(server, shelf, WireFaults(**faults))
        if problem is None:
            assert drive.execute(command, 5).status == 0
        else:
            with pytest.raises(TransportError, match=problem) as caught:
                drive.execute(command, 0.3 if faults.get("silence") else 5)
            assert "iscsi://" not in str(caught.value)  # it is shown beside the device's name
        # The next command finds a new connection.
        assert drive.execute(READY, 5).status == 0
        drive.close()


def small_segments(server, shelf):
    """Makes the server send less at once than it may, so that there are several Data-In."""
    for session in server.sessions_of(shelf):
        session.parameters = dataclasses.replace(session.parameters, maximum_send=1024)


@pytest.mark.parametrize("faults, problem", [
    ({"spoil_header_digest": True}, r"\bheader digest\b"), ({"spoil_data_digest": True}, r"\bdata digest\b")])
def test_wrong_digests(shelf, faults, problem):
    with serving(shelf) as server:
        drive = IscsiTransport(address(server), IscsiOptions(header_digest="required", data_digest="required"))
        spoil(server, shelf, WireFaults(**faults))
        with pytest.raises(TransportError, match=problem):
            drive.execute(read(0, 1), 5)
        assert drive.execute(read(0, 1), 5).status == 0
        drive.close()


def test_less_sense_than_announced_is_cut_to_what_was_announced(server, shelf, drive):
    spoil(server, shelf, WireFaults(sense_length=8))
    assert len(drive.execute(read(1 << 20, 1), 5).sense) == 8


def test_a_command_that_only_reads_is_sent_again_after_a_lost_connection(server, shelf, drive):
    spoil(server, shelf, WireFaults(drop=True))
    assert drive.execute(INQUIRY, 5).status == 0
    assert in_server(server, lambda: shelf.events) == ["established", "lost", "established"]


def test_it_is_sent_again_only_once(server, shelf, drive):
    spoil(server, shelf, WireFaults(drop=True), ALWAYS)
    with pytest.raises(TransportError, match=r"\bconnection\b"):
        drive.execute(INQUIRY, 5)
    assert in_server(server, lambda: shelf.events.count("established")) == 2


@pytest.mark.parametrize("facts", [{"changes": True}, {"discards": True}])
def test_a_command_that_changes_is_never_sent_twice(server, shelf, drive, facts):
    seen = []

    def before(task):
        seen.append(task.cdb)
        task.wire_faults = WireFaults(drop=True)
    in_server(server, lambda: setattr(shelf.units[0], "before", before))
    with pytest.raises(TransportError, match=r"\bSTART\b.*\bnot known\b"):
        drive.execute(Command("START", bytes.fromhex("1b0000000000"), **facts), 5)
    assert len(in_server(server, lambda: seen)) == 1


def test_a_command_that_changes_uses_a_new_connection_where_the_old_one_ended_before(server, shelf, drive):
    drive.execute(READY, 5)
    in_server(server, lambda: [session.close("test") for session in server.sessions_of(shelf)])
    assert drive.execute(write(0, bytes(BLOCK)), 5).status == 0


def test_a_target_that_wants_to_end_the_session(server, shelf, drive):
    drive.execute(READY, 5)
    in_server(server, lambda: server.request_logout(3))
    # The message may cross the first command, but is seen with its answer at the latest.
    for _each in range(2):
        assert drive.execute(write(0, bytes(BLOCK)), 5).status == 0
    assert in_server(server, lambda: shelf.events) == ["established", "lost", "established"]


def test_a_dropped_connection_that_is_announced(server, shelf, drive):
    drive.execute(READY, 5)
    in_server(server, lambda: [session.send(pdu.Pdu(pdu.ASYNC_MESSAGE, async_event=2))
                               for session in server.sessions_of(shelf)])
    assert drive.execute(READY, 5).status == 0


class Rewriting(Hooks):
    """Puts the answer to one kind of PDU in the place of the server's own."""

    def __init__(self, opcode, change):
        self.opcode = opcode
        self.change = change

    def sending(self, connection, outgoing):
        if outgoing.pdu.opcode == self.opcode:
            return self.change(outgoing)
        return [outgoing]


def changed(**fields):
    def change(outgoing):
        outgoing.pdu.fields.update(fields)
        return [outgoing]
    return change


@pytest.mark.parametrize("opcode, change, problem", [
    (pdu.R2T, changed(r2t_sn=3), r"\bR2TSN 3\b.*\b0\b"),
    (pdu.R2T, changed(desired_data_transfer_length=0), "without saying which"),
    (pdu.R2T, changed(target_transfer_tag=pdu.NO_TAG), "without saying which"),
    (pdu.R2T, changed(buffer_offset=512, desired_data_transfer_length=512),
     r"\b512 to 1024\b.*\b4096\b.*\b0\b"),
    (pdu.R2T, changed(buffer_offset=1 << 20), r"\b1048576 to\b.*\b4096\b"),
    (pdu.R2T, changed(desired_data_transfer_length=1 << 24), r"\b0 to 16777216\b.*\b4096\b"),
    (pdu.R2T, lambda outgoing: [CLOSE], r"\bWRITE\(10\).*\bnot known\b"),
    (pdu.R2T, lambda outgoing: [Outgoing(outgoing.pdu, raw=bytes((0x3E,)) + bytes(47))], "which no target sends"),
    (pdu.R2T, lambda outgoing: [Outgoing(outgoing.pdu, raw=bytes((0x25, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF)) + bytes(40))],
     "cannot be read"),
    (pdu.R2T, lambda outgoing: [Outgoing(outgoing.pdu, raw=bytes((0x01,)) + bytes(47))], "which no target sends"),
])
def test_a_target_out_of_its_mind(shelf, opcode, change, problem):
    with serving(shelf, values={"InitialR2T": "Yes", "ImmediateData": "No"}, hooks=Rewriting(opcode, change)) as server:
        drive = IscsiTransport(address(server))
        with pytest.raises(TransportError, match=problem):
            drive.execute(write(0, bytes(4096)), 5)


class OldSha(Hooks):
    """A target that takes SHA-256's number for SHA-1, and so finds the response malformed."""

    def __init__(self):
        self.tries = 0

    def received(self, connection, request):
        if request.opcode == pdu.LOGIN_REQUEST and b"CHAP_R=" in request.data:
            self.tries += 1
            if len(request.data) > 64:
                request.data = request.data[:-3] + b"\0\0\0"
        return True

    def sending(self, connection, outgoing):
        if outgoing.pdu.fields.get("status_class") == 2:
            outgoing.pdu["status_detail"] = 0
        return [outgoing]


@pytest.mark.parametrize("algorithms, tries", [([7, 5], 2), ([7], None), ([5], 1)])
def test_a_target_that_means_another_sha_gets_one_more_try(shelf, algorithms, tries):
    hooks = OldSha()
    credentials = TargetCredentials({"user": "the user's secret"}, algorithms=algorithms)
    with serving(shelf, hooks=hooks, credentials=credentials) as server:
        drive = IscsiTransport(address(server, user="user"), IscsiOptions(secret="the user's secret"))
        if tries is None:
            with pytest.raises(TransportError, match=r"\(02/00\)"):
                drive.execute(READY, 5)
            return
        assert drive.execute(READY, 5).status == 0 and hooks.tries == tries
        drive.close()


def test_lost_requests_end_in_a_timeout(shelf):
    class Deaf(Hooks):
        def received(self, connection, request):
            return request.opcode != pdu.SCSI_COMMAND
    with serving(shelf, hooks=Deaf()) as server:
        drive = IscsiTransport(address(server))
        with pytest.raises(TransportError, match=r"\bINQUIRY\b.*\b0\.2 seconds$"):
            drive.execute(INQUIRY, 0.2)


def test_a_redirection_is_followed(shelf):
    with serving(shelf) as server:
        def move(outgoing):
            outgoing.pdu.fields.update(status_class=1, status_detail=1, transit=False)
            outgoing.pdu.data = text.encode_pairs([("TargetAddress", f"127.0.0.1:{server.port},1")])
            return [outgoing]
        with serving(Shelf(), hooks=Rewriting(pdu.LOGIN_RESPONSE, move)) as elsewhere:
            drive = IscsiTransport(address(elsewhere, 300))
            assert drive.execute(READY, 5).status == 0
            drive.close()


def test_a_redirection_in_a_circle_ends(shelf):
    hooks = Rewriting(pdu.LOGIN_RESPONSE, lambda outgoing: [outgoing])
    with serving(shelf, hooks=hooks) as server:
        def move(outgoing):
            outgoing.pdu.fields.update(status_class=1, status_detail=2)
            outgoing.pdu.data = text.encode_pairs([("TargetAddress", f"127.0.0.1:{server.port},1")])
            return [outgoing]
        hooks.change = move
        with pytest.raises(TransportError, match=r"\bredirect"):
            IscsiTransport(address(server)).execute(READY, 5)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.0 400 Bad Request\r\n\r\n" + b"x" * 100, bytes(4096), b"\x23" * 48,
                                    b"\xff" * 500])
def test_something_that_is_no_target(answer):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)

        def serve():
            # The initiator may have closed already when the last of it is sent.
            with listener.accept()[0] as connection, contextlib.suppress(OSError):
                connection.recv(4096)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        transport = IscsiTransport(f"iscsi://127.0.0.1:{listener.getsockname()[1]}/{TARGET}/0")
        with pytest.raises(TransportError):
            transport.execute(READY, 5)
        thread.join(5)


def test_something_that_says_nothing():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        transport = IscsiTransport(f"iscsi://127.0.0.1:{listener.getsockname()[1]}/{TARGET}/0",
                                   IscsiOptions(connect_timeout_seconds=0.2))
        with pytest.raises(TransportError, match=r"\blogin\b.*\b0\.2 seconds$"):
            transport.execute(READY, 5)


def test_pings_without_end_are_no_connection(monkeypatch, drive):
    """A target that pings faster than the pings are read costs a second, and the command goes over a new connection."""
    drive.execute(READY, 5)
    connection = drive._connection
    ping = b"".join(pdu.encode(pdu.Pdu(pdu.NOP_IN, final=True, initiator_task_tag=pdu.NO_TAG,
                                       target_transfer_tag=pdu.NO_TAG), pdu.NO_DIGESTS))
    taken = []

    def take_waiting():
        taken.append(1)
        connection._decoder.feed(ping)
        return time.monotonic() < began + 10

    monkeypatch.setattr(connection, "_take_waiting", take_waiting)
    began = time.monotonic()
    assert not connection.still_there() and len(taken) > 10 and time.monotonic() - began < 5
    assert drive.execute(READY, 5).status == 0 and drive._connection is not connection

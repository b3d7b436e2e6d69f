# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions: pings, reinstatement, logouts, ends; and what the server does while a command is open."""

from __future__ import annotations

import time

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu, text

from .peer import TARGET, TEST_UNIT_READY, WAIT, Peer, in_server, serving

# -- pings


def test_a_ping_returns_its_data(peer):
    peer.send(pdu.NOP_OUT, b"hello", lun=0, initiator_task_tag=77, target_transfer_tag=pdu.NO_TAG)
    answer = peer.receive(pdu.NOP_IN)
    assert answer.data == b"hello" and answer["initiator_task_tag"] == 77
    assert answer["target_transfer_tag"] == pdu.NO_TAG and answer["exp_cmd_sn"] == 101


def test_a_ping_returns_no_more_than_the_initiator_takes(server):
    with Peer(server, MaxRecvDataSegmentLength="512") as peer:
        peer.send(pdu.NOP_OUT, bytes(4000), initiator_task_tag=77, target_transfer_tag=pdu.NO_TAG)
        assert len(peer.receive(pdu.NOP_IN).data) == 512


class Clock:
    """The server's time, which goes on when a test says so."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds

    def pass_time(self, server, seconds):
        """What has been sent to the server by now is read before the timers that this makes due."""
        def pass_it():
            self.seconds += seconds
        in_server(server, pass_it)


def answer(peer, ping):
    assert ping["initiator_task_tag"] == pdu.NO_TAG and ping["target_transfer_tag"] != pdu.NO_TAG
    assert ping["stat_sn"] == peer.exp_stat_sn  # the next one, which it does not use up
    peer.send(pdu.NOP_OUT, immediate=True, initiator_task_tag=pdu.NO_TAG,
              target_transfer_tag=ping["target_transfer_tag"])


def test_a_silent_initiator_is_pinged_and_kept_while_it_answers(shelf):
    clock = Clock()
    with serving(shelf, clock=clock, ping_seconds=60) as server, Peer(server) as peer:
        for _each in range(3):
            clock.pass_time(server, 60)
            answer(peer, peer.receive(pdu.NOP_IN))
            clock.pass_time(server, 59)
        peer.command(TEST_UNIT_READY)
        assert peer.status() == 0


def test_an_initiator_that_does_not_answer_is_dropped(shelf):
    clock = Clock()
    with serving(shelf, clock=clock, ping_seconds=60) as server, Peer(server) as peer:
        clock.pass_time(server, 60)
        peer.receive(pdu.NOP_IN)
        clock.pass_time(server, 60)
        assert peer.closed()
        assert in_server(server, lambda: shelf.events) == ["established", "lost"]


def test_a_server_that_was_held_up_asks_before_it_drops_anybody(shelf):
    clock = Clock()
    with serving(shelf, clock=clock, ping_seconds=60) as server, Peer(server) as peer:
        clock.pass_time(server, 600)
        answer(peer, peer.receive(pdu.NOP_IN))
        clock.pass_time(server, 59)
        peer.ping()


def test_a_connection_that_never_logs_in_is_dropped(shelf):
    with serving(shelf, login_seconds=0.1) as server, Peer(server, log_in=False) as peer:
        assert peer.closed()


def test_an_open_command_holds_up_nobody(server, shelf):
    with Peer(server) as waiting, Peer(server, isid=b"\x80\0\0\0\0\2") as other:
        tag = waiting.command(WAIT)
        waiting.ping()
        other.command(TEST_UNIT_READY)
        assert other.status() == 0
        waiting.command(TEST_UNIT_READY, lun=0x0001000000000000)
        assert waiting.status() == 0
        in_server(server, lambda: shelf.units[0].waiting.pop().complete(0))
        assert waiting.status(tag) == 0


# -- sessions


def test_a_second_login_of_the_same_port_replaces_the_first(server, shelf):
    with Peer(server) as first:
        first.command(WAIT)
        first.ping()
        with Peer(server) as second:
            assert first.closed()
            second.command(TEST_UNIT_READY)
            assert second.status() == 0
            assert in_server(server, lambda: (shelf.events, len(shelf.units[0].aborted))) == (
                ["established", "lost", "established"], 1)


def test_a_lost_connection_aborts_its_tasks(server, shelf):
    with Peer(server) as peer:
        peer.command(WAIT)
        peer.ping()
    deadline = time.monotonic() + 5
    while in_server(server, lambda: shelf.events) != ["established", "lost"]:
        assert time.monotonic() < deadline
    assert in_server(server, lambda: len(shelf.units[0].aborted)) == 1
    assert in_server(server, lambda: len(server.sessions_of(shelf))) == 0


def test_many_sessions_on_the_same_unit(server, shelf):
    peers = [Peer(server, isid=b"\x80\0\0\0\0" + bytes((at,))) for at in range(40)]
    for peer in peers:
        peer.command(TEST_UNIT_READY)
    assert [peer.status() for peer in peers] == [0] * 40
    assert in_server(server, lambda: len(shelf.nexuses)) == 40
    for peer in peers:
        peer.close()


@pytest.mark.parametrize("tsih, detail", [(0x1234, 10), (None, 8)])
def test_no_second_connection_for_a_session(server, tsih, detail):
    with Peer(server) as peer, Peer(server, log_in=False) as other:
        del peer
        given = 1 if tsih is None else tsih
        other.send(pdu.LOGIN_REQUEST, text.encode_pairs([
            ("InitiatorName", "iqn.2026-01.example:host"), ("TargetName", TARGET)]), transit=True, csg=1, nsg=3,
            isid=b"\x80\0\0\0\0\1", cid=2, tsih=given, initiator_task_tag=0)
        response = other.receive(pdu.LOGIN_RESPONSE)
        assert (response["status_class"], response["status_detail"]) == (2, detail)
        assert other.closed()


@pytest.mark.parametrize("reason, cid, response, closes", [
    (0, 1, 0, True), (1, 1, 0, True), (1, 9, 1, False), (2, 1, 2, False)])
def test_logouts(peer, reason, cid, response, closes):
    peer.send(pdu.LOGOUT_REQUEST, reason_code=reason, cid=cid, initiator_task_tag=9)
    answer = peer.receive(pdu.LOGOUT_RESPONSE)
    assert answer["response"] == response and answer["initiator_task_tag"] == 9
    if closes:
        assert peer.closed()
    else:
        peer.ping()


def test_the_server_may_ask_for_a_logout(server, peer):
    server.call_soon(lambda: server.request_logout(1))
    message = peer.receive(pdu.ASYNC_MESSAGE)
    assert message["async_event"] == 1 and message["parameter_3"] == 1
    assert message["initiator_task_tag"] == pdu.NO_TAG
    assert peer.closed()


def test_a_removed_target_ends_its_sessions(server, shelf, peer):
    in_server(server, lambda: server.remove_target(TARGET))
    assert peer.closed()


def test_units_without_number_are_answered_by_the_target(peer):
    peer.command(TEST_UNIT_READY, lun=0x0009000000000000)
    assert peer.status() == 2 and peer.last.data[14] == 0x25
    peer.command(TEST_UNIT_READY, lun=0xC101000000000000)
    assert peer.status() == 2

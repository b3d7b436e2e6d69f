# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery, the port, and limits."""

from __future__ import annotations

import socket

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.iscsi.server import Server, ServerError
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu, text
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.chap import TargetCredentials

from .memory_disk import BLOCK, Shelf
from .peer import TARGET, TEST_UNIT_READY, Peer, in_server, read_10, serving, write_10

# -- discovery


def ask(peer, value, key="SendTargets", **fields):
    given = {"final": True, "initiator_task_tag": 5, "target_transfer_tag": pdu.NO_TAG}
    given.update(fields)
    peer.send(pdu.TEXT_REQUEST, text.encode_pairs([(key, value)]), **given)
    return peer.receive()


@pytest.fixture
def discovery(server):
    with Peer(server, log_in=False) as connected:
        connected.log_in("iqn.2026-01.example:host", b"\x80\0\0\0\0\1", {}, "", "Discovery")
        yield connected


def test_all_targets_are_told(server, discovery):
    in_server(server, lambda: server.add_target(Shelf("iqn.2026-01.example:other")))
    portal = f"127.0.0.1:{server.port},1"
    assert text.decode_pairs(ask(discovery, "All").data) == [
        ("TargetName", TARGET), ("TargetAddress", portal),
        ("TargetName", "iqn.2026-01.example:other"), ("TargetAddress", portal)]
    assert discovery.last["final"] and discovery.last["target_transfer_tag"] == pdu.NO_TAG


@pytest.mark.parametrize("value, count", [(TARGET, 1), ("iqn.2026-01.example:none", 0)])
def test_one_target_is_told(discovery, value, count):
    assert len(text.decode_pairs(ask(discovery, value).data)) == 2 * count


@pytest.mark.parametrize("value", ["Alle", "A", "all", "", "=All"])
def test_what_is_no_name_is_rejected(discovery, value):
    assert ask(discovery, value).opcode == pdu.REJECT


def test_keys_are_spelt_exactly(discovery):
    assert text.decode_pairs(ask(discovery, "All", "sENDtARGETS").data) == [("sENDtARGETS", "NotUnderstood")]


def test_a_discovery_session_serves_no_commands(discovery):
    discovery.command(TEST_UNIT_READY)
    assert discovery.receive().opcode == pdu.REJECT
    assert ask(discovery, "All").opcode == pdu.TEXT_RESPONSE


def test_a_normal_session_may_ask_for_its_own_target(peer):
    assert text.decode_pairs(ask(peer, "").data)[0] == ("TargetName", TARGET)


@pytest.mark.parametrize("lenient, opcode", [(True, pdu.TEXT_RESPONSE), (False, pdu.REJECT)])
def test_all_targets_in_a_normal_session(shelf, lenient, opcode):
    with serving(shelf, lenient_send_targets=lenient) as server, Peer(server) as peer:
        assert ask(peer, "All").opcode == opcode


def test_a_long_list_is_fetched_in_parts(server):
    for at in range(100):
        in_server(server, lambda at=at: server.add_target(Shelf(f"iqn.2026-01.example:shelf-{at}", luns=())))
    with Peer(server, log_in=False) as peer:
        peer.log_in("iqn.2026-01.example:host", b"\x80\0\0\0\0\1", {"MaxRecvDataSegmentLength": "1024"}, "",
                    "Discovery")
        response = ask(peer, "All")
        data = response.data
        while not response["final"]:
            assert response["continue"] and len(response.data) == 1024
            peer.send(pdu.TEXT_REQUEST, final=True, initiator_task_tag=5,
                      target_transfer_tag=response["target_transfer_tag"])
            response = peer.receive(pdu.TEXT_RESPONSE)
            data += response.data
        assert len(text.decode_pairs(data)) == 202


def test_a_request_in_parts(peer):
    peer.send(pdu.TEXT_REQUEST, b"SendTar", initiator_task_tag=5, target_transfer_tag=pdu.NO_TAG, **{"continue": True})
    first = peer.receive(pdu.TEXT_RESPONSE)
    assert not first["final"] and not first.data and first["target_transfer_tag"] != pdu.NO_TAG
    peer.send(pdu.TEXT_REQUEST, b"gets=\0", final=True, initiator_task_tag=5,
              target_transfer_tag=first["target_transfer_tag"])
    assert text.decode_pairs(peer.receive(pdu.TEXT_RESPONSE).data)[0] == ("TargetName", TARGET)


def test_an_unknown_transfer_tag_is_rejected(peer):
    assert ask(peer, "All", target_transfer_tag=4711).opcode == pdu.REJECT


def test_another_address_may_be_told(shelf):
    with serving(shelf, advertised="192.0.2.1:3260") as server, Peer(server) as peer:
        assert text.decode_pairs(ask(peer, "").data)[1] == ("TargetAddress", "192.0.2.1:3260,1")


# -- the port


def test_other_addresses_than_loopback_need_chap_or_a_word():
    with pytest.raises(ServerError, match=r"\b0\.0\.0\.0\b.*\bloopback\b"):
        Server("0.0.0.0", 0).listen()  # noqa: S104
    with pytest.raises(ServerError, match="CHAP"):
        Server("", 0).listen()


@pytest.mark.parametrize("options", [
    {"allow_without_chap": True}, {"credentials": TargetCredentials({"user": "secret"})}])
def test_with_chap_or_a_word_any_address_is_served(options):
    server = Server("0.0.0.0", 0, **options)  # noqa: S104
    server.start_thread()
    server.stop()


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        with pytest.raises(ServerError, match=rf"\b{taken.getsockname()[1]}\b.*\banother program\b"):
            Server(port=taken.getsockname()[1]).listen()


def test_an_address_that_is_not_ours():
    with pytest.raises(ServerError, match=r"\b192\.0\.2\.1\b"):
        Server("192.0.2.1", 0, allow_without_chap=True).listen()


@pytest.mark.parametrize("name", ["shelf", "", "iqn.2026-01.example:" + "x" * 250])
def test_targets_have_iscsi_names(name):
    with pytest.raises(ServerError, match=rf"'{name}'.*\biqn\b"):
        Server().add_target(Shelf(name))


def test_targets_have_different_names(server):
    with pytest.raises(ServerError, match=TARGET):
        server.add_target(Shelf())


def test_too_many_connections_are_turned_away(shelf):
    with serving(shelf, maximum_connections=2) as server, Peer(server), \
            Peer(server, isid=b"\x80\0\0\0\0\2"), Peer(server, log_in=False) as third:
        assert third.closed()


def test_a_reader_that_does_not_read_costs_no_memory_and_holds_up_nobody(server, shelf):
    with Peer(server) as greedy, Peer(server, isid=b"\x80\0\0\0\0\2") as other:
        for _each in range(60):
            greedy.command(read_10(0, 2048), read=True, expected_data_transfer_length=2048 * BLOCK)
        for _each in range(20):
            other.command(TEST_UNIT_READY)
            assert other.status() == 0
        waiting = in_server(server, lambda: max(len(each._out) + each._queued_bytes for each in server._connections))
        assert waiting < 40 * 1024 * 1024
        # All comes, once it is read.
        for _each in range(60):
            part = greedy.receive(pdu.DATA_IN)
            while not part["has_status"]:
                part = greedy.receive(pdu.DATA_IN)


def test_pings_that_nobody_reads_cost_no_memory(server):
    ping = b"".join(pdu.encode(pdu.Pdu(pdu.NOP_OUT, bytes(262144), immediate=True, initiator_task_tag=1,
                                       target_transfer_tag=pdu.NO_TAG)))
    with Peer(server, MaxRecvDataSegmentLength="262144") as greedy, \
            Peer(server, isid=b"\x80\0\0\0\0\2") as other:
        greedy.socket.settimeout(0.3)
        with pytest.raises(socket.timeout):
            greedy.socket.sendall(ping * 500)
        other.ping()
        assert in_server(server, lambda: max(each._queued_bytes for each in server._connections)) < 40 * 1024 * 1024


def test_commands_that_wait_for_one_that_never_comes_cost_no_memory(server):
    with Peer(server, ImmediateData="Yes", InitialR2T="No") as peer:
        for at in range(62):
            peer.command(write_10(0, 1), bytes(262144), cmd_sn=101 + at, write=True,
                         expected_data_transfer_length=262144)
        for at in range(62):
            for number in range(8):
                try:
                    peer.send(pdu.DATA_OUT, bytes(262144), initiator_task_tag=at + 1, data_sn=number,
                              target_transfer_tag=pdu.NO_TAG)
                except ConnectionError:
                    break
        assert peer.closed()


def test_the_same_question_a_thousand_times_is_rejected(peer):
    peer.send(pdu.TEXT_REQUEST, b"SendTargets=All\0" * 1000, final=True, initiator_task_tag=5,
              target_transfer_tag=pdu.NO_TAG)
    assert peer.receive().opcode == pdu.REJECT

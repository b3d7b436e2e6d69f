# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data on its way to the server, PDU by PDU; and digests."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu

from .peer import BLOCK, TEST_UNIT_READY, WAIT, Peer, in_server, pattern, read_10, serving, write_10

# -- data-out


@pytest.mark.parametrize("immediate", [0, 512, 3000, 4096])
@pytest.mark.parametrize("blocks", [1, 8, 64])
def test_writes_in_all_phases(server, shelf, immediate, blocks):
    """Immediate data, then unsolicited data, then what R2T asks for."""
    data = pattern(blocks * BLOCK, blocks)
    with Peer(server, InitialR2T="No", FirstBurstLength="8192", MaxBurstLength="9000") as peer:
        immediate = min(immediate, len(data))
        unsolicited = min(8192, len(data))
        tag = peer.command(write_10(5, blocks), data[:immediate], final=unsolicited == immediate, write=True,
                           expected_data_transfer_length=len(data))
        sent, number = immediate, 0
        while sent < unsolicited:
            part = data[sent:min(sent + 2048, unsolicited)]
            peer.send(pdu.DATA_OUT, part, final=sent + len(part) == unsolicited, initiator_task_tag=tag,
                      target_transfer_tag=pdu.NO_TAG, data_sn=number, buffer_offset=sent)
            sent += len(part)
            number += 1
        asked = 0
        while sent < len(data):
            request = peer.receive(pdu.R2T)
            assert request["r2t_sn"] == asked and request["buffer_offset"] == sent and not request.data
            assert request["target_transfer_tag"] != pdu.NO_TAG and request["stat_sn"] == peer.exp_stat_sn
            length = request["desired_data_transfer_length"]
            assert length == min(9000, len(data) - sent)
            asked += 1
            for number, start in enumerate(range(sent, sent + length, 4096)):
                part = data[start:min(start + 4096, sent + length)]
                peer.send(pdu.DATA_OUT, part, final=start + len(part) == sent + length, initiator_task_tag=tag,
                          target_transfer_tag=request["target_transfer_tag"], data_sn=number, buffer_offset=start)
            sent += length
        assert peer.status(tag) == 0 and not peer.last["underflow"] and not peer.last["overflow"]
        assert peer.last["exp_data_sn"] == asked
        assert in_server(server, lambda: bytes(shelf.units[0].medium[5 * BLOCK:5 * BLOCK + len(data)])) == data


@pytest.mark.parametrize("expected, blocks, underflow, overflow, residual", [
    (1024, 1, True, False, 512), (512, 2, False, True, 512), (0, 1, False, True, 512),
])
def test_residuals_of_writes(server, shelf, peer, expected, blocks, underflow, overflow, residual):
    data = pattern(expected)
    peer.command(write_10(0, blocks), data, write=True, expected_data_transfer_length=expected)
    assert peer.status() == 0
    assert (peer.last["underflow"], peer.last["overflow"], peer.last["residual_count"]) == (
        underflow, overflow, residual)
    wrote = min(expected, blocks * BLOCK)
    medium = in_server(server, lambda: bytes(shelf.units[0].medium[:2 * BLOCK]))
    assert medium == data[:wrote].ljust(2 * BLOCK, b"\0")


def test_only_what_the_unit_wants_is_fetched(peer):
    tag = peer.command(write_10(0, 1), write=True, expected_data_transfer_length=1 << 31)
    request = peer.receive(pdu.R2T)
    assert request["desired_data_transfer_length"] == 512
    peer.send(pdu.DATA_OUT, pattern(512), final=True, initiator_task_tag=tag,
              target_transfer_tag=request["target_transfer_tag"])
    assert peer.status(tag) == 0 and peer.last["underflow"]


@pytest.mark.parametrize("limits, status", [({"maximum_data_out": 4096}, 2), ({"maximum_data_out_of_all": 4096}, 8)])
def test_nobody_can_make_the_server_store_more_than_it_wants(shelf, limits, status):
    with serving(shelf, **limits) as server, Peer(server) as peer:
        peer.command(write_10(0, 64), write=True, expected_data_transfer_length=64 * BLOCK)
        assert peer.status() == status
        peer.command(write_10(0, 1), pattern(512), write=True, expected_data_transfer_length=512)
        assert peer.status() == 0
        assert in_server(server, lambda: server.budget.used_bytes) == 0


@pytest.mark.parametrize("change", [{"data_sn": 1}, {"buffer_offset": 8}, {"final": False}])
def test_a_broken_sequence_fails_the_task_only(peer, change):
    tag = peer.command(write_10(0, 2), write=True, expected_data_transfer_length=1024)
    request = peer.receive(pdu.R2T)
    fields = {"final": True, "initiator_task_tag": tag, "target_transfer_tag": request["target_transfer_tag"],
              "data_sn": 0, "buffer_offset": 0}
    fields.update(change)
    peer.send(pdu.DATA_OUT, pattern(1024), **fields)
    if not fields["final"]:
        peer.send(pdu.DATA_OUT, b"", **dict(fields, final=True, data_sn=1, buffer_offset=1024))
    assert peer.status(tag) == 2
    assert peer.last.data[4] == 0x0B and peer.last.data[14:16] == b"\x47\x05"
    peer.ping()


@pytest.mark.parametrize("change", [
    {"target_transfer_tag": 0x7777}, {"target_transfer_tag": pdu.NO_TAG}, {"data": pattern(2048)}])
def test_data_that_nobody_asked_for_costs_the_connection(peer, change):
    tag = peer.command(write_10(0, 2), write=True, expected_data_transfer_length=1024)
    request = peer.receive(pdu.R2T)
    fields = {"final": True, "initiator_task_tag": tag, "target_transfer_tag": request["target_transfer_tag"]}
    data = change.pop("data", pattern(1024))
    fields.update(change)
    peer.send(pdu.DATA_OUT, data, **fields)
    assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_PROTOCOL_ERROR
    assert peer.closed()


def test_late_data_of_an_aborted_task_is_passed_over(peer):
    tag = peer.command(write_10(0, 2), write=True, expected_data_transfer_length=1024)
    request = peer.receive(pdu.R2T)
    assert peer.manage(1, referenced_task_tag=tag) == 0
    peer.send(pdu.DATA_OUT, pattern(1024), final=True, initiator_task_tag=tag,
              target_transfer_tag=request["target_transfer_tag"])
    peer.ping()


@pytest.mark.parametrize("fields, data, reason", [
    ({"read": True, "write": True}, b"", pdu.REJECT_INVALID_FIELD),
    ({"expected_data_transfer_length": 512}, b"", pdu.REJECT_INVALID_FIELD),
    ({"write": True, "expected_data_transfer_length": 256}, bytes(512), pdu.REJECT_PROTOCOL_ERROR),
    ({"read": True, "expected_data_transfer_length": 512}, bytes(512), pdu.REJECT_PROTOCOL_ERROR),
    ({"write": True, "expected_data_transfer_length": 512, "final": False}, b"", pdu.REJECT_PROTOCOL_ERROR),
    ({"initiator_task_tag": pdu.NO_TAG}, b"", pdu.REJECT_INVALID_FIELD),
    ({"attribute": 7}, b"", pdu.REJECT_INVALID_FIELD),
])
def test_commands_that_cannot_be_are_rejected(peer, fields, data, reason):
    peer.command(write_10(0, 1), data, **fields)
    rejected = peer.receive(pdu.REJECT)
    assert rejected["reason"] == reason and len(rejected.data) == 48 and rejected.data[0] == 1
    assert rejected["initiator_task_tag"] == pdu.NO_TAG and rejected["stat_sn"] == peer.exp_stat_sn
    peer.exp_stat_sn += 1
    peer.command(TEST_UNIT_READY)
    assert peer.status() == 0 and peer.last["stat_sn"] == peer.exp_stat_sn


def test_immediate_data_against_the_agreement(server):
    with Peer(server, ImmediateData="No") as peer:
        peer.command(write_10(0, 1), bytes(512), write=True, expected_data_transfer_length=512)
        assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_PROTOCOL_ERROR


def test_a_tag_in_use_is_rejected(peer):
    tag = peer.command(WAIT)
    peer.command(TEST_UNIT_READY, initiator_task_tag=tag)
    assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_TASK_IN_PROGRESS


def test_immediate_commands_are_bounded(peer):
    for _each in range(16):
        peer.command(WAIT, immediate=True)
    peer.command(WAIT, immediate=True)
    assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_IMMEDIATE


def test_an_unknown_opcode_is_rejected(peer):
    peer.socket.sendall(bytes((0x1C, 0x80)) + bytes(46))
    assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_NOT_SUPPORTED
    peer.socket.sendall(bytes((0x10, 0x81)) + bytes(46))
    assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_SNACK
    peer.ping()


def test_a_strange_additional_header_segment_is_rejected(peer):
    header = bytearray(b"".join(pdu.encode(pdu.Pdu(
        pdu.SCSI_COMMAND, final=True, initiator_task_tag=5, cmd_sn=peer.cmd_sn))))
    header[4] = 1
    peer.socket.sendall(bytes(header) + bytes.fromhex("00010200"))
    assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_INVALID_FIELD
    peer.cmd_sn += 1
    peer.command(TEST_UNIT_READY)
    assert peer.status() == 0


def test_an_exception_of_the_model_is_an_answer(peer):
    peer.command(bytes((0xC1,)) + bytes(5))
    assert peer.status() == 2
    assert peer.last.data[4] == 4 and peer.last.data[14] == 0x44


# -- digests


def test_digests_both_ways(server, shelf):
    data = pattern(8 * BLOCK)
    with Peer(server, HeaderDigest="CRC32C", DataDigest="CRC32C") as peer:
        assert peer.digests == (True, True)
        peer.command(write_10(0, 8), data, write=True, expected_data_transfer_length=len(data))
        assert peer.status() == 0
        peer.command(read_10(0, 8), read=True, expected_data_transfer_length=len(data))
        part = peer.receive(pdu.DATA_IN)
        assert part.data == data and part.intact


def test_a_wrong_data_digest_is_rejected_and_the_command_may_come_again(server):
    with Peer(server, DataDigest="CRC32C") as peer:
        message = pdu.Pdu(pdu.SCSI_COMMAND, pattern(512), final=True, write=True, initiator_task_tag=1, cmd_sn=100,
                          expected_data_transfer_length=512, cdb=write_10(0, 1))
        parts = pdu.encode(message, peer.digests)
        peer.socket.sendall(b"".join(parts[:3]) + bytes(4))
        assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_DATA_DIGEST
        peer.socket.sendall(b"".join(parts))
        assert peer.status(1) == 0


def test_a_wrong_data_digest_of_asked_data_fails_the_task(server):
    with Peer(server, DataDigest="CRC32C") as peer:
        tag = peer.command(write_10(0, 1), write=True, expected_data_transfer_length=512)
        request = peer.receive(pdu.R2T)
        parts = pdu.encode(pdu.Pdu(pdu.DATA_OUT, pattern(512), final=True, initiator_task_tag=tag,
                                   target_transfer_tag=request["target_transfer_tag"]), peer.digests)
        peer.socket.sendall(b"".join(parts[:3]) + bytes(4))
        assert peer.receive(pdu.REJECT)["reason"] == pdu.REJECT_DATA_DIGEST
        assert peer.status(tag) == 2 and peer.last.data[4] == 0x0B


def test_a_wrong_header_digest_costs_the_connection(server):
    with Peer(server, HeaderDigest="CRC32C") as peer:
        peer.socket.sendall(bytes(52))
        assert peer.closed()


def test_an_answer_that_cannot_be_sent_costs_the_connection_not_the_server(server, shelf, peer):
    in_server(server, lambda: setattr(shelf.units[0], "before", lambda task: task.complete(4711)))
    peer.command(TEST_UNIT_READY)
    assert peer.closed()
    with Peer(server, isid=b"\x80\0\0\0\0\2") as other:
        other.ping()

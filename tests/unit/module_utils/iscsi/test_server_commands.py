# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's command numbers and its data-in, PDU by PDU."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu

from .peer import BLOCK, TEST_UNIT_READY, WAIT, Peer, in_server, pattern, read_10, write_10

# -- numbers


def test_numbers_of_a_simple_dialogue(peer):
    for _each in range(3):
        tag = peer.command(TEST_UNIT_READY)
        assert peer.status(tag) == 0
        response = peer.last
        assert response["stat_sn"] == peer.exp_stat_sn
        assert response["exp_cmd_sn"] == peer.cmd_sn and response["max_cmd_sn"] >= peer.cmd_sn
        peer.exp_stat_sn += 1


def test_immediate_commands_take_no_number(peer):
    peer.command(TEST_UNIT_READY, immediate=True)
    assert peer.status() == 0 and peer.last["exp_cmd_sn"] == 100


def test_the_window_shrinks_with_open_commands_and_never_goes_back(server, peer):
    peer.ping()
    first = peer.last["max_cmd_sn"]
    assert first == 100 + server.limits.window - 1
    peer.command(WAIT)
    peer.ping()
    assert peer.last["exp_cmd_sn"] == 101 and peer.last["max_cmd_sn"] == first
    peer.command(TEST_UNIT_READY)
    assert peer.status() == 0 and peer.last["max_cmd_sn"] == first + 1


@pytest.mark.parametrize("number", [99, 100 + 64, 100 - 1000, 0xFFFFFFFF])
def test_numbers_outside_of_the_window_are_ignored(server, shelf, peer, number):
    peer.command(TEST_UNIT_READY, cmd_sn=number & 0xFFFFFFFF)
    peer.ping()
    assert peer.last["exp_cmd_sn"] == 100
    assert in_server(server, lambda: [session._held for session in server.sessions_of(shelf)]) == [{}]


def test_a_number_is_taken_once(peer):
    peer.command(TEST_UNIT_READY)
    assert peer.status() == 0
    peer.command(TEST_UNIT_READY, cmd_sn=100)
    peer.ping()


def test_commands_are_handled_in_the_order_of_their_numbers(peer):
    second = peer.command(TEST_UNIT_READY, cmd_sn=101)
    third = peer.command(TEST_UNIT_READY, cmd_sn=102)
    peer.ping()
    first = peer.command(TEST_UNIT_READY, cmd_sn=100)
    assert [peer.status(tag) for tag in (first, second, third)] == [0, 0, 0]
    assert peer.last["exp_cmd_sn"] == 103


def test_data_of_a_command_that_waits_for_its_turn(server, shelf):
    with Peer(server, InitialR2T="No") as peer:
        data = pattern(BLOCK)
        write = peer.command(write_10(0, 1), cmd_sn=101, final=False, write=True, expected_data_transfer_length=BLOCK)
        peer.send(pdu.DATA_OUT, data, final=True, initiator_task_tag=write, target_transfer_tag=pdu.NO_TAG)
        peer.ping()
        peer.command(TEST_UNIT_READY, cmd_sn=100)
        assert peer.status() == 0 and peer.status(write) == 0
        assert in_server(server, lambda: bytes(shelf.units[0].medium[:BLOCK])) == data


def test_numbers_wrap(server):
    with Peer(server, log_in=False) as peer:
        peer.cmd_sn = 0xFFFFFFFE
        peer.log_in("iqn.2026-01.example:host", b"\x80\0\0\0\0\1", {})
        for expected in (0xFFFFFFFF, 0, 1):
            peer.command(TEST_UNIT_READY, cmd_sn=(expected - 1) & 0xFFFFFFFF)
            assert peer.status() == 0 and peer.last["exp_cmd_sn"] == expected


# -- data-in


def test_data_in_is_cut_to_what_the_initiator_takes(server, shelf):
    data = pattern(64 * BLOCK)
    in_server(server, lambda: shelf.units[0].medium.__setitem__(slice(0, len(data)), data))
    with Peer(server, MaxRecvDataSegmentLength="4096", MaxBurstLength="8192") as peer:
        peer.command(read_10(0, 64), read=True, expected_data_transfer_length=len(data))
        collected = b""
        for number in range(8):
            part = peer.receive(pdu.DATA_IN)
            assert part["data_sn"] == number and part["buffer_offset"] == len(collected)
            assert len(part.data) == 4096 and not part["acknowledge"] and part["target_transfer_tag"] == pdu.NO_TAG
            assert part["final"] is (number % 2 == 1)  # each burst ends with F
            assert part["has_status"] is (number == 7)
            collected += part.data
        assert collected == data and part["status"] == 0 and part["stat_sn"] == peer.exp_stat_sn
        assert not part["underflow"] and not part["overflow"]


@pytest.mark.parametrize("expected, moved, underflow, overflow, residual", [
    (512, 512, False, False, 0), (600, 512, True, False, 88), (100, 100, False, True, 412), (3, 3, False, True, 509),
])
def test_residuals_of_reads(peer, expected, moved, underflow, overflow, residual):
    peer.command(read_10(0, 1), read=True, expected_data_transfer_length=expected)
    part = peer.receive(pdu.DATA_IN)
    assert len(part.data) == moved and part["has_status"]
    assert (part["underflow"], part["overflow"], part["residual_count"]) == (underflow, overflow, residual)


def test_a_read_of_nothing_has_its_residual_in_the_response(peer):
    peer.command(read_10(0, 0), read=True, expected_data_transfer_length=512)
    response = peer.receive(pdu.SCSI_RESPONSE)
    assert response["underflow"] and response["residual_count"] == 512


def test_data_is_never_sent_to_a_command_that_does_not_read(peer):
    peer.command(read_10(0, 1))
    response = peer.receive(pdu.SCSI_RESPONSE)
    assert response["overflow"] and response["residual_count"] == 512


def test_sense_data_has_its_length_before_it(peer):
    peer.command(read_10(1 << 30, 1), read=True, expected_data_transfer_length=512)
    assert peer.status() == 2
    data = peer.last.data
    assert int.from_bytes(data[:2], "big") == len(data) - 2 == 18 and data[4] == 5 and data[14] == 0x21
    assert peer.last["underflow"] and peer.last["residual_count"] == 512


def test_a_cdb_of_32_bytes(peer):
    cdb = bytes((0x7F,)) + bytes(range(1, 32))
    peer.command(cdb, read=True, expected_data_transfer_length=32)
    assert peer.receive(pdu.DATA_IN).data == cdb

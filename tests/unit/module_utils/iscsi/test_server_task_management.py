# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task management: which tasks end, and who is told."""

from __future__ import annotations

import pytest

from .memory_disk import CLEARED, RESET
from .peer import TEST_UNIT_READY, WAIT, Peer, in_server

# -- task management


def test_abort_task(server, shelf, peer):
    tag = peer.command(WAIT)
    assert peer.manage(1, referenced_task_tag=tag) == 0
    assert in_server(server, lambda: len(shelf.units[0].aborted)) == 1
    peer.ping()  # and no answer to the task comes any more
    assert peer.manage(1, referenced_task_tag=tag) == 1


def test_completing_an_aborted_task_does_nothing(server, shelf, peer):
    tag = peer.command(WAIT)
    assert peer.manage(1, referenced_task_tag=tag) == 0
    in_server(server, lambda: shelf.units[0].aborted[0].complete(0))
    peer.ping()


def test_abort_task_on_another_unit_finds_nothing(peer):
    tag = peer.command(WAIT)
    assert peer.manage(1, referenced_task_tag=tag, lun=0x0001000000000000) == 1


def test_abort_task_before_the_task_has_come(peer):
    # 11.6.1: its number counts as seen, and the task that comes late is not carried out
    tag = peer.command(TEST_UNIT_READY, cmd_sn=101)
    assert peer.manage(1, referenced_task_tag=55, ref_cmd_sn=100, cmd_sn=102) == 0
    assert peer.status(tag) == 0 and peer.last["exp_cmd_sn"] == 102
    peer.command(TEST_UNIT_READY, cmd_sn=100, initiator_task_tag=55)
    peer.ping()


def test_abort_task_set_is_about_the_own_tasks_of_one_unit(server, shelf):
    with Peer(server) as peer, Peer(server, isid=b"\x80\0\0\0\0\2") as other:
        other.command(WAIT)
        for _each in range(3):
            peer.command(WAIT)
        peer.command(WAIT, lun=0x0001000000000000)
        other.ping()
        assert peer.manage(2) == 0
        assert in_server(server, lambda: (len(shelf.units[0].aborted), len(shelf.units[0].waiting),
                                          len(shelf.units[1].waiting))) == (3, 1, 1)


def test_a_command_sent_after_the_function_is_spared(server, shelf, peer):
    peer.command(WAIT, cmd_sn=100)
    peer.command(WAIT, cmd_sn=101)
    assert peer.manage(2, cmd_sn=101) == 0
    assert in_server(server, lambda: (len(shelf.units[0].aborted), len(shelf.units[0].waiting))) == (1, 1)


def test_clear_task_set_is_about_everybodys_tasks(server, shelf):
    with Peer(server) as peer, Peer(server, isid=b"\x80\0\0\0\0\2") as other:
        other.command(WAIT)
        other.ping()
        peer.command(WAIT)
        assert peer.manage(4) == 0
        assert in_server(server, lambda: len(shelf.units[0].aborted)) == 2
        other.command(TEST_UNIT_READY)
        assert other.status() == 2 and other.last.data[2:] == CLEARED
        peer.command(TEST_UNIT_READY)
        assert peer.status() == 0


@pytest.mark.parametrize("function, kind", [(5, "logical unit reset"), (6, "target warm reset")])
def test_resets(server, shelf, function, kind):
    with Peer(server) as peer, Peer(server, isid=b"\x80\0\0\0\0\2") as other:
        other.command(WAIT)
        other.ping()
        peer.command(WAIT)
        assert peer.manage(function) == 0
        assert in_server(server, lambda: (len(shelf.units[0].aborted), shelf.units[0].resets)) == (2, [kind])
        for each in (peer, other):
            each.command(TEST_UNIT_READY)
            assert each.status() == 2 and each.last.data[2:] == RESET


def test_a_cold_reset_closes_all_connections(server, shelf):
    with Peer(server) as peer, Peer(server, isid=b"\x80\0\0\0\0\2") as other:
        assert peer.manage(7) == 0
        assert peer.closed() and other.closed()
        assert in_server(server, lambda: shelf.units[1].resets) == ["target cold reset"]


@pytest.mark.parametrize("function, fields, response", [
    (3, {}, 5), (8, {}, 4), (9, {}, 5), (0, {}, 5), (5, {"lun": 0x0009000000000000}, 2), (2, {"lun": 1}, 2),
    (1, {"referenced_task_tag": 999}, 1),
])
def test_functions_that_cannot_be(peer, function, fields, response):
    assert peer.manage(function, **fields) == response

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The initiator, against the server of this collection: what works, and what is not there."""

# ruff: noqa: S106 - these secrets are made up

from __future__ import annotations

import socket

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.chap import TargetCredentials
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AddressError, TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.iscsi.connection import (
    IscsiOptions,
    default_initiator_name,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.iscsi.transport import (
    DiscoveredTarget,
    IscsiTransport,
    discover,
)

from .commands import INQUIRY, READY, address, read, write
from .memory_disk import Shelf
from .peer import BLOCK, TARGET, in_server, pattern, serving

CREDENTIALS = TargetCredentials({"user": "the user's secret"}, "shelf", "the target's secret")


# -- what works


def test_a_command_without_data(drive):
    reply = drive.execute(READY, 5)
    assert (reply.status, reply.sense, reply.data, reply.residual) == (0, b"", b"", 0)
    assert 0 < reply.duration_seconds < 5


def test_a_command_that_reads(drive):
    reply = drive.execute(INQUIRY, 5)
    assert reply.data[8:15] == b"EXAMPLE" and len(reply.data) == 96 and reply.residual == 0


def test_less_than_was_asked_for_is_told(drive):
    reply = drive.execute(Command("INQUIRY", bytes.fromhex("12000000ff00"), 255), 5)
    assert len(reply.data) == 96 and reply.residual == 159


def test_sense_data_arrives(drive):
    reply = drive.execute(read(1 << 20, 1), 5)
    assert reply.status == 2 and len(reply.sense) == 18 and reply.sense[2] == 5 and reply.residual == 512


@pytest.mark.parametrize("digest", ["none", "preferred", "required"])
@pytest.mark.parametrize("values", [
    {}, {"InitialR2T": "Yes"}, {"InitialR2T": "Yes", "ImmediateData": "No"}, {"FirstBurstLength": "512"},
    {"MaxRecvDataSegmentLength": "512", "MaxBurstLength": "1536"},
])
def test_writing_and_reading_back(shelf, digest, values):
    data = pattern(100 * BLOCK)
    options = IscsiOptions(header_digest=digest, data_digest=digest)
    with serving(shelf, values=values) as server:
        drive = IscsiTransport(address(server, 1), options)
        for length in (BLOCK, 3 * BLOCK, len(data)):
            assert drive.execute(write(7, data[:length]), 5).status == 0
            assert drive.execute(read(7, length // BLOCK), 5).data == data[:length]
        drive.close()


def test_a_residual_of_a_write(drive):
    reply = drive.execute(Command("WRITE(10)", write(0, bytes(BLOCK)).cdb, data_out=bytes(3 * BLOCK)), 5)
    assert reply.status == 0 and reply.residual == 2 * BLOCK


def test_units_above_255(server):
    drive = IscsiTransport(address(server, 300))
    assert drive.execute(READY, 5).status == 0
    drive.close()


def test_a_long_cdb(drive):
    cdb = bytes((0x7F,)) + bytes(range(31))
    assert drive.execute(Command("VARIABLE LENGTH", cdb, 32), 5).data == cdb


@pytest.mark.parametrize("options", [
    IscsiOptions(user="user", secret="the user's secret"),
    IscsiOptions(user="user", secret="the user's secret", target_secret="the target's secret"),
])
def test_chap(shelf, options):
    with serving(shelf, credentials=CREDENTIALS) as server:
        drive = IscsiTransport(address(server), options)
        assert drive.execute(READY, 5).status == 0
        drive.close()
        assert [target.name for target in discover(f"127.0.0.1:{server.port}", options)] == [TARGET]


def test_the_user_of_the_address(shelf):
    with serving(shelf, credentials=CREDENTIALS) as server:
        drive = IscsiTransport(address(server, user="user"), IscsiOptions(secret="the user's secret"))
        assert drive.execute(READY, 5).status == 0
        drive.close()


@pytest.mark.parametrize("form", ["127.0.0.1:{0}", "iscsi://127.0.0.1:{0}", "iscsi://127.0.0.1:{0}/"])
def test_discovery(server, form):
    assert discover(form.format(server.port)) == [DiscoveredTarget(TARGET, [f"127.0.0.1:{server.port},1"])]


def test_discovery_at_a_target_that_wants_chap_for_it(shelf):
    with serving(shelf, credentials=CREDENTIALS) as server:
        portal = f"127.0.0.1:{server.port}"
        options = IscsiOptions(user="user", secret="the user's secret")
        assert [each.name for each in discover(portal, options)] == [TARGET]
        with pytest.raises(TransportError, match=r"\(02/01\)"):
            discover(portal, IscsiOptions(user="user", secret="another secret"))


def test_discovery_of_a_thousand_targets():
    with serving(*[Shelf(f"iqn.2026-01.example:shelf-{at}", luns=()) for at in range(1000)],
                 values={"MaxRecvDataSegmentLength": "8192"}) as server:
        assert len(discover(f"127.0.0.1:{server.port}")) == 1000


def test_closing_logs_out(server, shelf, drive):
    drive.execute(READY, 5)
    drive.close()
    drive.close()
    assert in_server(server, lambda: shelf.events) == ["established", "lost"]


def test_a_closed_drive_may_be_used_again(drive):
    drive.execute(READY, 5)
    drive.close()
    assert drive.execute(READY, 5).status == 0


def test_pings_while_a_command_is_open(shelf):
    with serving(shelf, ping_seconds=1.5) as server:
        drive = IscsiTransport(address(server))
        shelf.units[0].before = lambda task: task.cdb[0] == 0xC0 and server.timers.call_later(
            3.5, lambda: shelf.units[0].waiting.pop().complete(0))
        assert drive.execute(Command("WAIT", bytes((0xC0,)) + bytes(5)), 20).status == 0
        assert in_server(server, lambda: shelf.events) == ["established"]
        drive.close()


# -- what is not there


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TransportError, match=rf"\b127\.0\.0\.1\b.*\b{port}\b.*Connection refused"):
        IscsiTransport(f"iscsi://127.0.0.1:{port}/{TARGET}/0").execute(READY, 5)


def test_an_unknown_target(server):
    wrong = address(server).replace("shelf", "wardrobe")
    with pytest.raises(AddressError, match=r"\(02/03\)"):
        IscsiTransport(wrong).execute(READY, 5)


def test_an_address_without_target():
    with pytest.raises(AddressError, match="iscsi://host/target-name/lun"):
        IscsiTransport("iscsi://127.0.0.1/")


@pytest.mark.parametrize("options, problem", [
    (IscsiOptions(), r"\(02/01\)"),
    (IscsiOptions(user="user", secret="wrong"), r"\(02/01\)"),
    (IscsiOptions(user="other", secret="the user's secret"), r"\(02/01\)"),
    (IscsiOptions(user="user", secret="the user's secret", target_secret="else"), r"^(?!.*\(02/01\)).*\bprove\b"),
    (IscsiOptions(user="user"), r"\bCHAP user\b.*\bCHAP secret\b"),
    (IscsiOptions(user="user", secret="same", target_secret="same"), r"\bCHAP secrets\b.*\bdiffer\b"),
])
def test_who_is_not_let_in(shelf, options, problem):
    with serving(shelf, credentials=CREDENTIALS) as server:
        with pytest.raises((TransportError, AddressError), match=problem) as caught:
            IscsiTransport(address(server), options).execute(READY, 5)
        assert "secret'" not in str(caught.value)


def test_a_target_that_cannot_prove_itself(server):
    options = IscsiOptions(user="user", secret="a", target_secret="b")
    with pytest.raises(TransportError, match=r"\(02/01\)"):
        IscsiTransport(address(server), options).execute(READY, 5)


def test_a_target_without_digests(shelf):
    with serving(shelf, values={"HeaderDigest": "None"}) as server:
        with pytest.raises(TransportError, match=r"\bheader digests\b"):
            IscsiTransport(address(server), IscsiOptions(header_digest="required")).execute(READY, 5)
        drive = IscsiTransport(address(server), IscsiOptions(header_digest="preferred"))
        assert drive.execute(READY, 5).status == 0
        drive.close()


def test_secrets_are_not_in_what_is_printed():
    assert "hunter2" not in repr(IscsiOptions(user="me", secret="hunter2", target_secret="hunter2!"))


def test_the_initiator_has_a_name():
    assert default_initiator_name().startswith("iqn.")


def test_the_initiator_name_is_told(server, shelf):
    drive = IscsiTransport(address(server), IscsiOptions(initiator_name="iqn.2026-01.example:me"))
    drive.execute(READY, 5)
    assert [nexus.initiator_name for nexus in in_server(server, lambda: list(shelf.nexuses))] == [
        "iqn.2026-01.example:me"]
    drive.close()

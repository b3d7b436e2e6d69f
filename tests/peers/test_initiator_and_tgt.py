# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our initiator against tgt, with and without CHAP and digests."""

# ruff: noqa: S106 - these secrets are made up

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AddressError, TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.iscsi.transport import (
    IscsiTransport,
    discover,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.open_options import IscsiOptions
from tgt import Tgt

OPEN = "iqn.2026-01.example:open"
LOCKED = "iqn.2026-01.example:locked"
MUTUAL = "iqn.2026-01.example:mutual"
DIGESTED = "iqn.2026-01.example:digested"
READY = Command("TEST UNIT READY", bytes(6))
INQUIRY = Command("INQUIRY", bytes.fromhex("120000006000"), 96)


@pytest.fixture(scope="module")
def tgt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tgt]:
    running = Tgt(tmp_path_factory.mktemp("tgt"))
    try:
        running.add(OPEN)
        running.lock(running.add(LOCKED), "user", "the user's secret")
        mutual = running.add(MUTUAL)
        running.lock(mutual, "second", "the user's other secret")
        running.lock(mutual, "shelf", "the target's secret", outgoing=True)
        digested = running.add(DIGESTED)
        for key in ("HeaderDigest", "DataDigest"):
            running.set(digested, key, "CRC32C")
        yield running
    finally:
        running.stop()


def drive(tgt: Tgt, name: str, options: IscsiOptions = IscsiOptions()) -> IscsiTransport:  # noqa: B008
    transport = IscsiTransport(f"iscsi://127.0.0.1:{tgt.port}/{name}/1", options)
    reply = transport.execute(READY, 10)
    assert reply.status == 2 and reply.sense[2] == 6  # power on, which tgt tells every new nexus
    assert transport.execute(READY, 10).status == 0
    return transport


def pattern(length: int) -> bytes:
    return bytes((at * 37 + at // 253) & 0xFF for at in range(length))


def works(transport: IscsiTransport) -> None:
    reply = transport.execute(INQUIRY, 10)
    assert reply.data[8:11] == b"IET"
    # tgt pads the data segment and says so in the residual.
    assert len(reply.data) + reply.residual == 96
    for blocks in (1, 17, 512, 2048):
        data = pattern(512 * blocks)
        extent = (3).to_bytes(4, "big") + b"\0" + blocks.to_bytes(2, "big") + b"\0"
        assert transport.execute(Command("WRITE(10)", b"\x2a\0" + extent, data_out=data, changes=True), 10).status == 0
        assert transport.execute(Command("READ(10)", b"\x28\0" + extent, len(data)), 10).data == data
    refused = transport.execute(Command("READ(10)", bytes.fromhex("28007fffffff00000100"), 512), 10)
    assert refused.status == 2 and refused.sense[2] == 5
    transport.close()


def test_discovery(tgt: Tgt) -> None:
    found = {target.name: target.addresses for target in discover(f"127.0.0.1:{tgt.port}")}
    assert set(found) == {OPEN, LOCKED, MUTUAL, DIGESTED}
    assert found[OPEN] == [f"127.0.0.1:{tgt.port},1"]


def test_without_chap(tgt: Tgt) -> None:
    works(drive(tgt, OPEN))


def test_with_digests(tgt: Tgt) -> None:
    transport = drive(tgt, DIGESTED, IscsiOptions(header_digest="required", data_digest="required"))
    works(transport)


def test_digests_that_tgt_does_not_want(tgt: Tgt) -> None:
    works(drive(tgt, OPEN, IscsiOptions(header_digest="preferred", data_digest="preferred")))
    with pytest.raises(TransportError, match=r"\bheader digests\b"):
        drive(tgt, OPEN, IscsiOptions(header_digest="required"))


def test_with_chap(tgt: Tgt) -> None:
    works(drive(tgt, LOCKED, IscsiOptions(user="user", secret="the user's secret")))


def test_with_mutual_chap(tgt: Tgt) -> None:
    works(drive(tgt, MUTUAL, IscsiOptions(
        user="second", secret="the user's other secret", target_secret="the target's secret")))


def test_a_target_that_proves_another_secret(tgt: Tgt) -> None:
    with pytest.raises(TransportError, match=r"^(?!.*\(02/01\)).*\bprove\b"):
        drive(tgt, MUTUAL, IscsiOptions(
            user="second", secret="the user's other secret", target_secret="what we expect"))


@pytest.mark.parametrize("options", [
    IscsiOptions(), IscsiOptions(user="user", secret="wrong"), IscsiOptions(user="nobody", secret="the user's secret")])
def test_who_is_not_let_in(tgt: Tgt, options: IscsiOptions) -> None:
    with pytest.raises(TransportError, match=r"\(02/01\)"):
        drive(tgt, LOCKED, options)


def test_an_unknown_target(tgt: Tgt) -> None:
    with pytest.raises(AddressError, match=r"\(02/03\)"):
        drive(tgt, "iqn.2026-01.example:none")


def test_commands_a_second(tgt: Tgt, figures: list[str]) -> None:
    transport = drive(tgt, OPEN)
    started = time.perf_counter()
    for _each in range(2000):
        assert transport.execute(READY, 10).status == 0
    figures.append(f"our initiator, tgt: {2000 / (time.perf_counter() - started):.0f} TEST UNIT READY a second")
    transport.close()

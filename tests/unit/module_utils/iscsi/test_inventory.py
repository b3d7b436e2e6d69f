# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logical units behind portals, good and bad ones: what a bad one costs is its own entry, and no more time."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from typing import Any, Iterator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options, run_on_drives
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory import iscsi_units, resolve
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import pdu, text
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.iscsi.connection import IscsiConnection

from .memory_disk import Shelf
from .peer import TARGET, serving
from .test_initiator_faults import Rewriting


class Liar(Shelf):
    """A target whose answer to REPORT LUNS is made up."""

    def __init__(self, *answers: bytes, **more: Any) -> None:
        super().__init__(luns=(0, 1), **more)
        self.answers = list(answers)
        self.asked = 0

    def report_luns(self) -> bytes:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def luns(*numbers: int, claimed: int | None = None) -> bytes:
    """A list of LUNs, whose length may be another than it claims."""
    entries = b"".join((number if number < 256 else 0x4000 | number).to_bytes(2, "big") + bytes(6)
                       for number in numbers)
    return (len(entries) if claimed is None else claimed).to_bytes(4, "big") + bytes(4) + entries


def found(*devices: str, seconds: float = 20.0) -> list[tuple[str, str, str]]:
    """What a task makes of addresses: of each entry the end of its address, its status, and the reason.

    All units of a shelf have one name, so that all but one are skipped.
    """
    entries = run_on_drives(devices, Options(deadline_seconds=seconds), dict, lambda session, entry: None)
    return [(entry.device.rpartition("/")[2], "ok" if entry.status == "skipped" else entry.status, str(entry.reason))
            for entry in entries]


def portal(server: Any) -> str:
    return f"iscsi://127.0.0.1:{server.port}/"


@pytest.mark.parametrize("answer,there,problem", [
    (luns(0, 1), ["0", "1"], None),
    (luns(0, 1, 1, 0, 1), ["0", "1"], None),
    (luns(0, 1, claimed=0xFFFFFFFF), ["0", "1"], r"24 of 4294967303 bytes"),
    (luns(0, 1, claimed=0xFFFFFFF8), ["0", "1"], r"24 of 4294967296 bytes"),
    (luns(*range(2), *[0] * 3000), ["0", "1"], None),
    (luns(0, 1, claimed=8 << 20), ["0", "1"], r"24 of 8388616 bytes"),
    (b"", [], r"too few"), (bytes(3), [], r"too few"), (luns(), [], r"no logical unit is visible")])
def test_what_a_target_says_of_its_units(answer: bytes, there: list[str], problem: str | None) -> None:
    shelf = Liar(answer)
    with serving(shelf) as server:
        entries = found(portal(server))
    assert [end for end, status, _reason in entries if status == "ok"] == there
    failed = [(end, reason) for end, status, reason in entries if status != "ok"]
    assert len(failed) == (problem is not None) and shelf.asked <= 3
    if problem is not None:
        assert failed[0][0] == TARGET and re.search(problem, failed[0][1])


def test_a_list_that_grows_with_each_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iscsi_units, "_ROOM", 16)
    shelf = Liar(*(luns(*range(2 + each), claimed=8 * (each + 2) + 16 * (each + 1)) for each in range(20)))
    with serving(shelf) as server:
        targets = iscsi_units.targets_behind(portal(server), resolve.OpenOptions().iscsi, 5.0)
        units = iscsi_units.units_of(targets.addresses[0], resolve.OpenOptions().iscsi, 5.0)
    assert shelf.asked == 3 and units.problem is not None and 0 < len(units.addresses) <= 4


def test_more_units_than_can_be_told_apart() -> None:
    shelf = Liar(luns(*range(iscsi_units.MOST_UNITS), *range(iscsi_units.MOST_UNITS)))
    with serving(shelf) as server:
        targets = iscsi_units.targets_behind(portal(server), resolve.OpenOptions().iscsi, 20.0)
        units = iscsi_units.units_of(targets.addresses[0], resolve.OpenOptions().iscsi, 20.0)
    assert len(units.addresses) == iscsi_units.MOST_UNITS and shelf.asked == 2
    assert units.problem is not None and "131080 of 262152 bytes" in str(units.problem)


def test_a_task_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "_MOST_DEVICES", 3)
    with serving(Shelf(luns=range(9))) as server:
        entries = found(portal(server))
    assert [status for _end, status, _reason in entries] == ["ok", "ok", "ok", "failed"]
    assert "more than 3" in entries[-1][2]


def test_a_bad_target_hides_no_good_one() -> None:
    names = [TARGET, "$(reboot)\nx", "iqn.2026-01.example:a/b", TARGET, "iqn.2026-01.example:gone"]

    def more(outgoing: Any) -> list[Any]:
        outgoing.pdu.data = text.encode_pairs([("TargetName", name) for name in names]) + (
            b"TargetName=iqn.\xff\xfe\0" + b"nonsense\0")
        return [outgoing]

    with serving(Shelf(luns=(0,)), hooks=Rewriting(pdu.TEXT_RESPONSE, more)) as server:
        entries = found(portal(server))
    assert [(end, status) for end, status, _reason in entries] == [
        ("0", "ok"), ("iqn.2026-01.example:gone", "failed"), ("", "failed")]
    assert "'$(reboot)\\nx'" in entries[2][2] and "iqn." in entries[2][2]


@contextlib.contextmanager
def silent(count: int) -> Iterator[list[str]]:
    """Portals that accept a connection and say nothing."""
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _each in range(count)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
            listener.listen(1)
        yield [f"iscsi://127.0.0.1:{listener.getsockname()[1]}/" for listener in listeners]


def test_portals_are_asked_at_once_and_within_the_deadline() -> None:
    with silent(4) as dead, serving(Shelf(luns=(0,))) as server:
        began = time.monotonic()
        entries = found(*dead, portal(server), seconds=2.0)
        assert time.monotonic() - began < 6
    assert [status == "ok" for _end, status, _reason in entries] == [False] * 4 + [True]
    assert all(re.search(r"\b2 seconds\b", reason) for _end, status, reason in entries if status != "ok")


def test_a_resolver_that_hangs_is_within_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = socket.getaddrinfo

    def hang(host: Any, *more: Any, **others: Any) -> Any:
        if b"slow" in (host if isinstance(host, bytes) else host.encode()):
            time.sleep(8)
        return plain(host, *more, **others)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with serving(Shelf(luns=(0,))) as server:
        began = time.monotonic()
        entries = found("iscsi://slow.invalid/", portal(server), f"iscsi://slow.invalid/{TARGET}/0", seconds=1.0)
        assert time.monotonic() - began < 6
    assert [status for _end, status, _reason in entries] == ["timeout", "ok", "timeout"]


ODD = ["a..b", "a" * 64, "x" * 300, "[fe80::1%\0]", "[fe80::1%a b]", "\ud800", "a\0b", "-"]


@pytest.mark.parametrize("host", ODD)
@pytest.mark.parametrize("form", [
    "iscsi://{0}/", "iscsi://{0}/" + TARGET + "/0", "iscsi://joe@{0}:3260/" + TARGET + "/0"])
def test_an_address_that_no_resolver_takes_is_its_own_failure(host: str, form: str) -> None:
    with serving(Shelf(luns=(0,))) as server:
        entries = run_on_drives([form.format(host), portal(server)], Options(), dict, lambda session, entry: None)
    assert [entry.status for entry in entries] == ["failed", "ok"]
    assert entries[0].error is not None and entries[0].error["kind"] == "address" and entries[0].device.isprintable()


@pytest.mark.parametrize("address", [
    "/dev/\ud800", "/dev/\0", "/dev/\0*", "wwn:\0", "serial:\udcff", "replay:/\0", "\0", "", "iscsi:\ud800",
    "iscsi://127.0.0.1/iqn.2026-01.example:\ud800/0", f"iscsi://\ud800@127.0.0.1/{TARGET}/0"])
def test_an_address_that_no_system_takes_is_its_own_failure(address: str) -> None:
    with serving(Shelf(luns=(0,))) as server:
        entries = run_on_drives([address, portal(server)], Options(), dict, lambda session, entry: None)
    assert [entry.status for entry in entries] == ["failed", "ok"]
    assert entries[0].error is not None and entries[0].error["kind"] == "address"


@pytest.mark.parametrize("moved", [f"{host}:3260,1" for host in ODD])
def test_a_redirection_to_nowhere_is_its_own_failure(monkeypatch: pytest.MonkeyPatch, moved: str) -> None:
    with serving(Shelf(luns=(0,))) as bad, serving(Shelf(luns=(0,))) as good:
        plain = IscsiConnection._log_in
        monkeypatch.setattr(IscsiConnection, "_log_in", lambda connection, algorithms: (
            moved if connection.address.port == bad.port else plain(connection, algorithms)))
        entries = run_on_drives([portal(bad), f"iscsi://127.0.0.1:{bad.port}/{TARGET}/0", portal(good)], Options(),
                                dict, lambda session, entry: None)
    assert [entry.status for entry in entries] == ["failed", "failed", "ok"]
    assert {(entry.error or {}).get("kind") for entry in entries[:2]} == {"address"}

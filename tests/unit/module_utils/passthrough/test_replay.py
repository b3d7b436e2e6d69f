# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures: what is played back, what is refused, and that a recording plays back as it was."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command, Reply, Transport
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import (
    AccessError,
    AddressError,
    TransportError,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.open_options import OpenOptions
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.replay import Recorder, Replay
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.transports import open_transport

INQUIRY = Command("INQUIRY", bytes.fromhex("120000006000"), 96)


def capture(tmp_path: Path, *exchanges: Any, **more: Any) -> str:
    path = tmp_path / "capture.json"
    path.write_text(json.dumps(dict({"version": 1, "device": "/dev/sg0", "exchanges": list(exchanges)}, **more)))
    return str(path)


def replay(path: str) -> Replay:
    return Replay("replay:" + path, path)


def test_exchanges_are_used_in_order_and_the_last_serves_again(tmp_path: Path) -> None:
    player = replay(capture(
        tmp_path, {"cdb": "120000006000", "data_in": "01"}, {"cdb": "1200xxxx6000", "data_in": "02"},
        {"cdb": "000000000000"}))
    assert [player.execute(INQUIRY, 1.0).data for _each in range(4)] == [b"\x01", b"\x02", b"\x02", b"\x02"]


def test_data_is_cut_to_the_allocation_length(tmp_path: Path) -> None:
    player = replay(capture(tmp_path, {"cdb": "12000000xx00", "data_in": "00010203040506070809"}))
    reply = player.execute(Command("INQUIRY", bytes.fromhex("120000000400"), 4), 1.0)
    assert (reply.data, reply.residual) == (b"\0\1\2\3", 0)
    reply = player.execute(INQUIRY, 1.0)
    assert (len(reply.data), reply.residual) == (10, 86)


def test_a_command_that_was_not_recorded_is_an_unknown_operation_code(tmp_path: Path) -> None:
    reply = replay(capture(tmp_path, {"cdb": "0000000000"})).execute(INQUIRY, 1.0)
    assert (reply.status, reply.sense[2], reply.sense[12], reply.data) == (2, 5, 0x20, b"")


def test_an_error_that_was_recorded_is_an_error_again(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match=r"\bDID_ERROR\b"):
        replay(capture(tmp_path, {"cdb": "120000006000", "error": "DID_ERROR"})).execute(INQUIRY, 1.0)


def test_a_recorded_error_keeps_its_kind(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="needs write access"):
        replay(capture(tmp_path, {"cdb": "120000006000", "error": "needs write access", "error_kind": "access"})
               ).execute(INQUIRY, 1.0)


def test_a_recording_is_whole_after_every_answer(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    recorder = Recorder(Once(), str(path))
    assert json.loads(path.read_text())["exchanges"] == []
    recorder.execute(INQUIRY, 1.0)
    assert len(json.loads(path.read_text())["exchanges"]) == 1
    recorder.close()


def test_a_recording_that_cannot_be_written_says_so_before_the_drive_is_asked(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match=r"nowhere/recorded\.json\b.*No such file or directory"):
        Recorder(Once(), str(tmp_path / "nowhere" / "recorded.json"))


@pytest.mark.parametrize("wrong,said", [
    ({"status": 256}, r"\bstatus\b.*\b0\b.*\b255\b"), ({"status": "2"}, r"\bstatus\b.*\bnumber\b"),
    ({"residual": -1}, r"\bresidual\b.*\bnumber\b"), ({"error": 5}, r"\berror\b.*\bstring\b"),
    ({"error": "x", "error_kind": "cosmic"}, r"\berror_kind\b.*\baccess, address, timeout, transport\b")])
def test_values_that_mean_nothing_are_refused(tmp_path: Path, wrong: Any, said: str) -> None:
    with pytest.raises(AddressError, match=said):
        replay(capture(tmp_path, dict({"cdb": "00"}, **wrong)))


@pytest.mark.parametrize("content,said", [
    ("{", r"\bcapture\.json\b.*\bJSON\b"),
    ("[]", r"\bversion 1\b.*\bNone\b"),
    ('{"version": 2, "exchanges": []}', r"\bversion 1\b.*\b2\b"),
    ('{"version": true, "exchanges": []}', r"\bversion 1\b.*\bTrue\b"),
    ('{"version": 1}', r"\bexchanges\b.*\blist\b"),
    ('{"version": 1.0, "exchanges": []}', r"\bversion 1\b.*\b1\.0\b"),
    ('{"version": 1, "exchanges": [], "delay": 1}', r"\bdelay\b.*\bexchanges, version\b"),
    ('{"version": 1, "exchanges": [7]}', r"\bexchange 1\b.*\bobject\b"),
    ('{"version": 1, "exchanges": [{"status": 0}]}', r"\bexchange 1\b.*\bcdb\b.*\bmissing\b"),
    ('{"version": 1, "exchanges": [{"cdb": ""}]}', r"\bexchange 1\b.*\bcdb\b.*\bempty\b"),
    ('{"version": 1, "exchanges": [{"cdb": "1g"}]}', "exchange 1"),
    ('{"version": 1, "exchanges": [{"cdb": 18}]}', "exchange 1"),
    ('{"version": 1, "exchanges": [{"cdb": "120"}]}', "exchange 1"),
    ('{"version": 1, "exchanges": [{"cdb": "12", "data_in": "0"}]}', "exchange 1"),
    ('{"version": 1, "exchanges": [{"cdb": "12"}, {"cdb": "12", "delay": 5}]}', r"\bexchange 2\b.*\bdelay\b.*\bcdb\b"),
])
def test_what_is_not_understood_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "capture.json"
    path.write_text(content)
    with pytest.raises(AddressError, match=said):
        replay(str(path))


def test_a_missing_capture_is_named(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match=r"\bnowhere\.json\b.*No such file"):
        replay(str(tmp_path / "nowhere.json"))


class Once(Transport):
    """A drive that answers one command and loses the next."""

    device = "/dev/sg7"
    closed = False

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        if command.cdb[0] == 0x12:
            return Reply(0, b"", b"\x00\x01\x02", 93, 0.25)
        raise TransportError("lost", "DID_ERROR")

    def close(self) -> None:
        self.closed = True


def test_a_recording_plays_back_what_passed(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    recorder = Recorder(Once(), str(path))
    recorder.execute(INQUIRY, 1.0)
    lost = Command("MODE SELECT(6)", bytes.fromhex("151000000400"), data_out=b"\1\2\3\4", changes=True)
    with pytest.raises(TransportError):
        recorder.execute(lost, 1.0)
    recorder.close()
    recorder.close()
    content = json.loads(path.read_text())
    assert content == {"version": 1, "device": "/dev/sg7", "exchanges": [
        {"cdb": "120000006000", "data_in": "000102", "status": 0, "sense": "", "residual": 93},
        {"cdb": "151000000400", "data_out": "01020304", "error": "lost", "error_kind": "transport"}]}
    player = replay(str(path))
    assert player.execute(INQUIRY, 1.0) == Reply(0, b"", b"\x00\x01\x02", 93)
    with pytest.raises(TransportError, match="lost"):
        player.execute(lost, 1.0)


def test_a_recording_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    Recorder(Once(), str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_recording_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match=r"\bcapture_file\b.*/no/where\.json\b"):
        Recorder(Once(), str(tmp_path / "no" / "where.json")).close()


def test_a_capture_can_be_recorded_from_a_capture(tmp_path: Path) -> None:
    source = capture(tmp_path, {"cdb": "120000006000", "data_in": "0102"})
    copy = tmp_path / "copy.json"
    transport = open_transport("replay:" + source, OpenOptions(capture_file=str(copy)))
    transport.execute(INQUIRY, 1.0)
    transport.close()
    assert replay(str(copy)).execute(INQUIRY, 1.0).data == b"\1\2"

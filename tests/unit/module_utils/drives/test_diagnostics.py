# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scsi_diagnostic asks of a drive, sends, and refuses to send."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.diagnostics import (
    Wanted,
    known_pages,
    run_diagnostics,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import Wanted as WantedTest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import run_selftests
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory import linux_paths
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import CHECK_CONDITION, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense

from .entries import shown
from .scripted import INVALID_FIELD, INVALID_OPERATION_CODE, ScriptedDrive

OPTIONS: dict[str, Any] = {
    "state": "received", "pages": [], "allocation_length": 4096, "data": None, "src": None, "page_format": None,
    "device_offline": False, "unit_offline": False, "force": False}
#: SPL-5 9.2.9.2: a phy transmits a pattern.
PHY_TEST = "3f06001c 0001020a" + "00" * 24
HARMLESS = "80 00 00 02 ab cd"


@pytest.fixture(name="drive")
def _drive() -> ScriptedDrive:
    """A drive with pages 00h, 3Fh and 80h."""
    drive = ScriptedDrive()
    pages = {0x00: "00000003003f80", 0x3F: PHY_TEST, 0x80: HARMLESS}
    drive.answers[0x1C] = lambda command: (
        Reply(0, data=bytes.fromhex(pages[command.cdb[2]])) if command.cdb[1] == 1 and command.cdb[2] in pages
        else Reply(CHECK_CONDITION, INVALID_FIELD))
    drive.answers[0x1D] = lambda command: Reply(0)
    return drive


def attend(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, check_mode: bool = False,
           **options: Any) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    return shown(run_diagnostics(
        [drive.device], Options(check_mode=check_mode), Wanted.from_options(dict(OPTIONS, **options)))[0])


def sent(drive: ScriptedDrive) -> Any:
    return [(command.cdb.hex(), command.data_out.hex()) for command in drive.sent if command.cdb[0] == 0x1D]


def test_the_pages_of_a_drive_by_name(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive)
    assert (entry["status"], entry["changed"]) == ("ok", False)
    assert [each["name"] for each in entry["diagnostics"]["supported"]] == [
        "supported diagnostic pages", "protocol specific", "vendor specific"]


@pytest.mark.parametrize("page", ["0x3f", "3fh", "63", "3FH", "Protocol Specific"])
def test_a_page_by_all_its_names(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, page: str) -> None:
    entry = attend(monkeypatch, drive, pages=[page], allocation_length=100)
    assert entry["diagnostics"]["pages"][0]["data"] == PHY_TEST.replace(" ", "")
    assert entry["diagnostics"]["pages"][0]["decoded"]["phy_test_pattern"]["name"] == "CJTPAT"
    assert drive.sent[-1].cdb.hex() == "1c013f006400"


def test_an_unknown_page_comes_in_hex(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    page = attend(monkeypatch, drive, pages=["128"])["diagnostics"]["pages"][0]
    assert (page["page"]["name"], page["data"], page["decoded"]) == ("vendor specific", "80000002abcd", None)


def test_check_mode_reads_no_page_of_which_only_the_vendor_knows(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive, True, pages=["3fh", "80h"])
    assert (entry["status"], entry["changed"]) == ("ok", False)
    assert "would receive diagnostic page 80h" in entry["reason"]
    assert [page["page"]["value"] for page in entry["diagnostics"]["pages"]] == [0x3F]
    assert all(command.cdb[2] != 0x80 for command in drive.sent if command.cdb[0] == 0x1C)


def test_a_page_that_the_drive_lacks_does_not_cost_the_others(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive, pages=["0x41", "0x3f"])
    assert entry["status"] == "failed" and len(entry["diagnostics"]["pages"]) == 1
    assert "page 41h" in entry["reason"] and "invalid field in CDB" in entry["reason"] and "3Fh" not in entry["reason"]


@pytest.mark.parametrize("pages,status", [([], "ok"), (["0"], "failed")])
def test_a_drive_without_the_command(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, pages: Any, status: str) -> None:
    drive.answers[0x1C] = lambda command: Reply(CHECK_CONDITION, INVALID_OPERATION_CODE)
    entry = attend(monkeypatch, drive, pages=pages)
    assert (entry["status"], entry["diagnostics"]["supported"]) == (status, None)
    assert "invalid command operation code" in entry["reason"]


def test_a_page_is_sent_as_it_is_written(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, tmp_path: Path) -> None:
    entry = attend(monkeypatch, drive, state="sent", data=HARMLESS + " # a remark")
    assert (entry["status"], entry["changed"]) == ("ok", True)
    assert entry["diagnostics"]["sent"] == {"page": {"value": 128, "name": "vendor specific"}, "length": 6}
    (tmp_path / "page").write_text(HARMLESS)
    attend(monkeypatch, drive, state="sent", src=str(tmp_path / "page"), device_offline=True, unit_offline=True)
    assert sent(drive) == [("1d1000000600", "80000002abcd"), ("1d1300000600", "80000002abcd")]


def test_check_mode_sends_nothing(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    entry = attend(monkeypatch, drive, check_mode=True, state="sent", data=HARMLESS)
    assert entry["changed"] is True and sent(drive) == []
    assert "page 80h" in entry["reason"] and "vendor specific" in entry["reason"]


@pytest.mark.parametrize("reply,changed", [
    (Reply(2, encode_fixed_sense(5, 0x26, 0)), False), (Reply(0x18), False),
    (Reply(2, encode_fixed_sense(4, 0x44, 0)), True)])
def test_a_page_that_was_refused_has_changed_nothing(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, reply: Reply, changed: bool) -> None:
    drive.answers[0x1D] = lambda command: reply
    entry = attend(monkeypatch, drive, state="sent", data="80 00 00 01 ff")
    assert (entry["status"], entry["changed"]) == ("failed", changed)


@pytest.mark.parametrize("page", ["02 00 00 00", "04000000", "05000000", "0c000000", "0e000000", "0f000000", PHY_TEST])
def test_what_makes_a_device_act_needs_force(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, page: str) -> None:
    entry = attend(monkeypatch, drive, state="sent", data=page)
    assert (entry["status"], entry["changed"]) == ("failed", False) and sent(drive) == []
    assert f"page {page[:2].upper()}h" in entry["reason"] and "force" in entry["reason"]
    assert attend(monkeypatch, drive, state="sent", data=page, force=True)["status"] == "ok"


def test_what_is_no_page_needs_force_and_a_page_must_have_its_length(
        monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    assert attend(monkeypatch, drive, state="sent", data="01 02", page_format=False)["status"] == "failed"
    entry = attend(monkeypatch, drive, state="sent", data="80 00 00 03 ab cd")
    assert re.search(r"\b7\b.*\b6 bytes", entry["reason"]) and sent(drive) == []
    attend(monkeypatch, drive, state="sent", data="01 02", page_format=False, force=True)
    assert sent(drive) == [("1d0000000200", "0102")]


def test_nothing_at_all_can_be_sent(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    attend(monkeypatch, drive, state="sent")
    assert sent(drive) == [("1d0000000000", "")]


@pytest.mark.parametrize("options,said", [
    ({"data": "00"}, r"\bdata\b.*\bsent"), ({"state": "sent", "pages": ["1"]}, r"\bpages\b.*\breceived"),
    ({"unit_offline": True}, r"\bunit_offline\b.*\bsent"), ({"pages": ["256"]}, r"\bpages\b.*'256'"),
    ({"pages": ["nonsense"]}, r"'nonsense'.*\b0x3f\b.*supported diagnostic pages"),
    ({"state": "sent", "src": "/nowhere"}, r"\bsrc\b.*/nowhere\b.*No such file"),
    ({"state": "sent", "data": "xy"}, r"\bdata\b.*\b1\b.*'xy'"),
    ({"allocation_length": 3}, r"\ballocation_length\b.*\b4\b.*\b65535\b.*\b3\b"),
    ({"state": "sent", "data": "00" * 65536}, r"\b65535 bytes\b.*\b65536\b")])
def test_options_that_mean_nothing(options: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Wanted.from_options(dict(OPTIONS, **options))


def test_pages_are_known_without_a_drive() -> None:
    assert {"value": 0x0E, "name": "download microcode control/status"} in known_pages()


@pytest.mark.parametrize("bit", ["device_offline", "unit_offline"])
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_drive_in_use_is_not_taken_off_line(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive, bit: str,
                                              check_mode: bool) -> None:
    drive.used_by = ["/dev/sda1 is mounted on /srv"]
    entry = attend(monkeypatch, drive, check_mode, state="sent", **{bit: True})
    assert (entry["status"], entry["changed"]) == ("failed", False) and sent(drive) == []
    assert drive.used_by[0] in entry["reason"] and "force" in entry["reason"]
    assert attend(monkeypatch, drive, check_mode, state="sent", force=True, **{bit: True})["changed"]
    assert attend(monkeypatch, drive, check_mode, state="sent")["changed"]
    assert len(sent(drive)) == (0 if check_mode else 2)


def test_every_path_is_looked_at(monkeypatch: pytest.MonkeyPatch, drive: ScriptedDrive) -> None:
    """The task names one path, and the file system is on another one."""
    paths = {("/dev/sg1", "naa.5000c500a1b2c3d4"): [{"block_node": None}, {"block_node": "/dev/sdb"}]}
    monkeypatch.setattr(linux_paths.Paths, "of", lambda _paths, address, wwn: paths.get((address, wwn)))
    drive.used_nodes = ["/dev/sdb"]
    entry = attend(monkeypatch, drive, state="sent", unit_offline=True)
    assert "/dev/sdb is mounted" in entry["reason"] and sent(drive) == []
    tested = run_selftests([drive.device], Options(), WantedTest("started", "short", foreground=True))[0]
    assert tested.values["selftest"]["verdict"] == "in_use" and "/dev/sdb is mounted" in str(tested.reason)
    assert sent(drive) == []

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FARM of Seagate's disks: which disks are asked, what that costs the others, and what becomes of the answers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import (
    CHECK_CONDITION,
    GOOD,
    Command,
    Reply,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AccessError
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

from .facts_drive import UNKNOWN_FIELD, FactsDrive
from .test_facts_form import SCHEMA, entry_of, faults

SAS, _ODD_SAS, ATA, _ODD_ATA = recorded("farm/smartctl")
#: What the kernel's libata says when a drive aborts a command.
ABORTED = encode_fixed_sense(0xB, 0, 0)
SMART, READ_LOG_EXT = 0xB0, 0x2F


class AtaDisk(FactsDrive):
    """A Seagate ATA disk whose translation has no log pages."""

    def __init__(self, model: str = "ST16000NM001G-2K") -> None:
        super().__init__()
        self.standard.update(t10_vendor_identification="ATA", product_identification=model)
        self.log.clear()
        self.logs = {3: 5, 0xA6: 192}
        self.error: Any = None
        self.page_1, self.page_5 = bytes.fromhex(ATA["page_1"]), bytes.fromhex(ATA["page_5"])
        self.handlers[0x85, None] = self._pass_through

    def _pass_through(self, command: Command) -> Reply:
        cdb = command.cdb
        if isinstance(self.error, Exception):
            raise self.error
        if cdb[14] == SMART:
            if cdb[4] != 0xD0:
                return Reply(CHECK_CONDITION, ABORTED)
            data = bytearray(512)
            data[2], data[7:9] = 9, (3).to_bytes(2, "little")
            data[511] = -sum(data) & 0xFF
            return Reply(GOOD, data=bytes(data))
        assert cdb[14] == READ_LOG_EXT and cdb[1] & 1, "READ LOG EXT is a command of 48 bits"
        if self.error is not None:
            return Reply(CHECK_CONDITION, self.error)
        log, page, count = cdb[8], cdb[10], int.from_bytes(cdb[5:7], "big")
        if log == 0:
            directory = bytearray(512)
            for each, pages in {0: 1, **self.logs}.items():
                directory[2 * each:2 * each + 2] = pages.to_bytes(2, "little")
            return Reply(GOOD, data=bytes(directory))
        assert log == 0xA6 and log in self.logs, "the disk has no such log"
        found = {32: self.page_1, 160: self.page_5}[page]
        return Reply(GOOD, data=found[:512 * count])

    def logs_read(self) -> list[tuple[int, int, int]]:
        """Log, page, and number of pages of each READ LOG EXT."""
        return [(command.cdb[8], command.cdb[10], int.from_bytes(command.cdb[5:7], "big"))
                for command in self.sent if command.cdb[0] == 0x85 and command.cdb[14] == READ_LOG_EXT]


def gathered(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> dict[str, Any]:
    entry = entry_of(monkeypatch, drive, ["health"])
    assert entry["status"] == "ok" and list(faults(entry, SCHEMA)) == []
    return entry


def about_farm(entry: dict[str, Any]) -> list[str]:
    return [each for each in entry["warnings"] if "FARM" in each or "3Dh" in each or "READ LOG EXT" in each]


def test_a_sas_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.log[0x3D, 3] = bytes.fromhex(SAS["hex"])
    entry = gathered(monkeypatch, drive)
    farm = entry["health"]["farm"]
    assert (farm["power_on_hours"], farm["power_cycles"], farm["head_load_events"]) == (1409, 77, 627)
    assert (farm["spindle_power_on_hours"], farm["assembly_year"], farm["assembly_week"]) == (None, "2020", "38")
    assert farm["write_power_on_hours_by_head"] == list(range(16)) and about_farm(entry) == []
    # What the drive reports itself stays what it is.
    assert entry["health"]["power_on_hours"] != 1409
    assert drive.log_pages_asked().count((0x3D, 3)) == 1


def test_a_long_page_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    page = bytes.fromhex(SAS["hex"])
    more = b"".join(bytes((1, place, 3, 248)) + bytes(248) for place in range(30))
    drive.log[0x3D, 3] = page[:2] + (len(page) - 4 + len(more)).to_bytes(2, "big") + more + page[4:]
    entry = gathered(monkeypatch, drive)
    assert entry["health"]["farm"]["power_on_hours"] == 1409 and about_farm(entry) == []
    assert drive.log_pages_asked().count((0x3D, 3)) == 2


def test_a_sas_disk_without_the_page_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    assert gathered(monkeypatch, drive)["health"]["farm"] is None
    assert (0x3D, 3) not in drive.log_pages_asked() and drive.refused == []


def test_a_sas_disk_of_another_vendor_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = FactsDrive()
    drive.standard["t10_vendor_identification"] = "HGST"
    drive.log[0x3D, 3] = bytes.fromhex(SAS["hex"])
    assert gathered(monkeypatch, drive)["health"]["farm"] is None and (0x3D, 3) not in drive.log_pages_asked()


def test_an_ata_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = AtaDisk()
    entry = gathered(monkeypatch, drive)
    farm = entry["health"]["farm"]
    assert (farm["power_on_hours"], farm["spindle_power_on_hours"], farm["head_flight_hours"]) == (31383, 31378, 31378)
    assert farm["reallocated_sectors_by_head"] == [0, 8, 0, 1]
    assert farm["write_power_on_hours_by_head"] == [10, 2, 0, 1]
    # SMART has been set back.
    assert (entry["health"]["power_on_hours"], entry["health"]["power_on_hours_source"]) == (3, "SMART attribute 9")
    assert drive.logs_read() == [(0, 0, 1), (0xA6, 32, 1), (0xA6, 160, 18)] and about_farm(entry) == []


@pytest.mark.parametrize("model,asked", [
    ("ST1000LM049-2GH1", True), ("ST4000VN006-3CW1", True), ("Seagate BarraCud", True), ("WDC WD40EFRX-68N", False),
    ("STEC MACH16", False), ("TOSHIBA MG08ACA1", False), ("", False)])
def test_ata_disks_that_are_asked(monkeypatch: pytest.MonkeyPatch, model: str, asked: bool) -> None:
    drive = AtaDisk(model)
    assert (gathered(monkeypatch, drive)["health"]["farm"] is not None) is asked
    assert bool(drive.logs_read()) is asked


def test_an_ata_disk_without_farm_answers_one_command_more(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = AtaDisk()
    drive.logs = {3: 5, 0xA1: 160}
    entry = gathered(monkeypatch, drive)
    assert entry["health"]["farm"] is None and drive.logs_read() == [(0, 0, 1)] and about_farm(entry) == []


@pytest.mark.parametrize("error", [ABORTED, UNKNOWN_FIELD])
def test_an_ata_disk_without_such_logs_has_not_failed(monkeypatch: pytest.MonkeyPatch, error: bytes) -> None:
    drive = AtaDisk()
    drive.error = error
    entry = gathered(monkeypatch, drive)
    assert entry["health"]["farm"] is None and len(drive.logs_read()) == 1 and about_farm(entry) == []
    assert not [each for each in entry["failures"] if each["command"] == "READ LOG EXT"]


@pytest.mark.parametrize("error,failed", [
    (encode_fixed_sense(3, 0x11, 0), True), (encode_fixed_sense(0xB, 0x47, 0), True)])
def test_an_ata_disk_that_fails_at_it_has(monkeypatch: pytest.MonkeyPatch, error: bytes, failed: bool) -> None:
    drive = AtaDisk()
    drive.error = error
    entry = gathered(monkeypatch, drive)
    assert entry["health"]["farm"] is None and about_farm(entry)
    assert [each["command"] for each in entry["failures"]].count("READ LOG EXT") == 1


def test_without_privileges_smart_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = AtaDisk()
    drive.error = AccessError("ATA PASS-THROUGH(16) needs CAP_SYS_RAWIO on /dev/sda")
    entry = gathered(monkeypatch, drive)
    assert entry["health"]["farm"] is None and about_farm(entry) == []
    assert sum("CAP_SYS_RAWIO" in each for each in entry["warnings"]) == 1


@pytest.mark.parametrize("make", [FactsDrive, AtaDisk])
def test_a_disk_that_sleeps_is_not_asked(monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    drive = make()
    if make is FactsDrive:
        drive.log[0x3D, 3] = bytes.fromhex(SAS["hex"])
    drive.sense = [encode_fixed_sense(0, 0x5E, 0x04)]
    assert gathered(monkeypatch, drive)["health"]["farm"] is None
    assert (0x3D, 3) not in drive.log_pages_asked() and 0x85 not in drive.sent_codes()


def test_a_log_that_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = AtaDisk()
    drive.page_1 = bytes(512)
    entry = gathered(monkeypatch, drive)
    assert entry["health"]["farm"] is None and about_farm(entry)

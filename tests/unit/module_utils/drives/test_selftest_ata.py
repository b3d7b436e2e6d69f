# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Self tests of an ATA drive behind an adapter that does not translate them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import Wanted as FactsWanted
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.quirks import QUIRKS
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest import run as selftest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.run import Wanted, run_selftests
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import (
    CHECK_CONDITION,
    Command,
    Reply,
    Transport,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AccessError
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.inquiry import encode_standard_inquiry
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_designators import encode_device_identification

from .entries import shown
from .scripted import INVALID_FIELD, INVALID_OPERATION_CODE
from .test_selftest import OPTIONS

SHORT, EXTENDED, CAPTIVE_SHORT, ABORT = 0x01, 0x02, 0x81, 0x7F
#: As smartctl 7.3 sends them (-r ioctl,2), through ATA PASS-THROUGH(16).
READ_DATA = "85080e00d000010000004f00c200b000"
READ_LOG = "85080e00d500010006004f00c200b000"
EXECUTE = "85060c00d4000000{0:02x}004f00c200b000"


class AtaDrive(Transport):
    """An ATA drive as the Linux kernel shows it: no self tests by SCSI, SMART through the pass-through."""

    def __init__(self) -> None:
        self.device = "/dev/sda"
        self.sent: list[str] = []
        self.hours = 1000
        self.log: list[tuple[int, int, int, int]] = []  # test, status, hours, LBA; the newest first
        self.running: int | None = None
        self.looks = 0
        self.outcome, self.lba = 0, 0xFFFFFFFF
        self.name: str | None = None
        self.vendor, self.product, self.revision = "ATA", "", ""

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        cdb = command.cdb
        self.sent.append(cdb.hex())
        if cdb[0] == 0x12:
            if cdb[1] and (cdb[2] != 0x83 or self.name is None):
                return Reply(CHECK_CONDITION, INVALID_FIELD)
            if cdb[1]:
                return Reply(0, data=encode_device_identification([
                    {"code_set": 1, "designator_type": 3, "association": 0, "designator": self.name}]))
            return Reply(0, data=encode_standard_inquiry({
                "version": 5, "t10_vendor_identification": self.vendor, "product_identification": self.product,
                "product_revision_level": self.revision}))
        if cdb[0] == 0x03:
            return Reply(0, data=bytes((0x70, 0, 0, 0, 0, 0, 0, 10)) + bytes(10))
        if cdb[0] != 0x85:
            return Reply(CHECK_CONDITION, INVALID_OPERATION_CODE)
        feature = cdb[4]
        if feature == 0xD0:
            return Reply(0, data=self._data())
        if feature == 0xD5:
            return Reply(0, data=self._log())
        return self._execute(cdb[8])

    def _execute(self, subcommand: int) -> Reply:
        if subcommand == ABORT:
            self._end(1)
        elif subcommand & 0x80:
            self.running = subcommand
            self._end(self.outcome)
        else:
            self.running, self.looks = subcommand, 3
        return Reply(0)

    def _end(self, status: int) -> None:
        assert self.running is not None
        self.log.insert(0, (self.running, status << 4, self.hours % 65536, self.lba))
        self.running = None

    def _data(self) -> bytes:
        if self.running is not None:
            self.looks -= 1
            if self.looks <= 0:
                self._end(self.outcome)
        data = bytearray(512)
        data[2:14] = bytes((9, 0x32, 0, 100, 100)) + self.hours.to_bytes(6, "little") + b"\0"
        data[363] = 0xF3 if self.running is not None else 0
        data[372], data[373] = 2, 90
        data[511] = -sum(data) & 0xFF
        return bytes(data)

    def _log(self) -> bytes:
        data = bytearray(512)
        newest = min(21, len(self.log))
        for back, (test, status, hours, lba) in enumerate(self.log[:21]):
            at = 2 + 24 * ((newest - 1 - back) % 21)
            data[at:at + 9] = bytes((test, status)) + hours.to_bytes(2, "little") + b"\0" + lba.to_bytes(4, "little")
        data[508] = newest
        data[511] = -sum(data) & 0xFF
        return bytes(data)


@pytest.fixture(name="drive")
def _drive() -> AtaDrive:
    return AtaDrive()


def attend(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive, check_mode: bool = False,
           **options: Any) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    monkeypatch.setattr(selftest, "_SETTLE_SECONDS", 0.01)
    return shown(run_selftests(
        [drive.device], Options(check_mode=check_mode), Wanted.from_options(dict(OPTIONS, **options)))[0])


def told(entry: dict[str, Any]) -> Any:
    return entry["status"], entry["changed"], entry["selftest"]["verdict"]


def test_the_commands_are_those_of_smartctl(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    attend(monkeypatch, drive)
    assert READ_DATA in drive.sent and READ_LOG in drive.sent and EXECUTE.format(SHORT) in drive.sent


def test_a_test_is_started_waited_for_and_found_again(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    entry = attend(monkeypatch, drive, test="extended", wait=True)
    assert told(entry) == ("ok", True, "passed") and entry["selftest"]["method"] == "ata"
    assert entry["selftest"]["power_on_hours"] == 1000
    assert entry["selftest"]["extended_duration_seconds"] == 5400
    sent = len(drive.sent)
    entry = attend(monkeypatch, drive, test="extended")
    assert told(entry) == ("ok", False, "passed")
    assert not [cdb for cdb in drive.sent[sent:] if cdb[8:10] == "d4"]


def test_progress_and_abort(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    drive.running, drive.looks = EXTENDED, 9
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "running") and entry["selftest"]["progress_percent"] == 70.0
    entry = attend(monkeypatch, drive, state="aborted")
    assert told(entry) == ("ok", True, "aborted") and EXECUTE.format(ABORT) in drive.sent
    assert entry["selftest"]["newest"]["result"]["value"] == 1


def test_a_failure_names_its_lba(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    drive.log = [(EXTENDED, 0x73, 990, 4711), (SHORT, 0x00, 900, 0xFFFFFFFF)]
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("failed", False, "failed")
    assert "LBA 4711" in entry["reason"] and entry["selftest"]["results"][1]["result"]["value"] == 0


def test_hours_that_wrapped_are_the_newest_that_fit(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    drive.hours = 70000
    # The counter has turned between the two.
    drive.log = [(SHORT, 0, 69990 % 65536, 0), (SHORT, 0, 65000, 0)]
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("ok", False, "passed") and entry["selftest"]["age_hours"] == 10


def test_hours_that_may_have_wrapped_prove_nothing_until_a_test_is_recorded(
        monkeypatch: pytest.MonkeyPatch, drive: AtaDrive, tmp_path: Path) -> None:
    """The newest result is of 10 hours ago or of seven years and a half before that."""
    drive.hours, drive.name = 70000, "5000c500a1b2c3d4"
    drive.log = [(SHORT, 0, 69990 % 65536, 0), (SHORT, 0, 69000 % 65536, 0)]
    entry = attend(monkeypatch, drive)
    assert told(entry) == ("failed", False, "unknown")
    newest = entry["selftest"]["newest"]
    assert (newest["power_on_hours_at_least"], newest["power_on_hours_at_most"]) == (69990 - 65536, 69990)
    options: dict[str, Any] = {"state_dir": str(tmp_path)}
    assert told(attend(monkeypatch, drive, **options)) == ("ok", True, "started")
    drive._end(0)
    drive.hours += 5
    entry = attend(monkeypatch, drive, **options)
    assert told(entry) == ("ok", False, "passed") and entry["selftest"]["age_hours"] == 5


def test_hours_that_are_still_to_come_have_no_age(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    # QEMU's disk has 1 hour, and dates all results to hour 4660, as smartctl shows.
    drive.hours = 1
    drive.log = [(SHORT, 0, 4660, 0)]
    entry = attend(monkeypatch, drive)
    assert entry["selftest"]["results"][0]["power_on_hours"] == 4660 and entry["selftest"]["age_hours"] is None


def test_more_than_the_log_holds(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    drive.log = [(SHORT, 0, 1000 - place, 0) for place in range(30)]
    results = attend(monkeypatch, drive)["selftest"]["results"]
    assert [each["power_on_hours"] for each in results] == [1000 - place for place in range(21)]


def test_the_foreground_is_the_captive_test(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    entry = attend(monkeypatch, drive, foreground=True, state="started")
    assert told(entry) == ("ok", True, "passed") and EXECUTE.format(CAPTIVE_SHORT) in drive.sent


def test_there_is_no_default_test(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    entry = attend(monkeypatch, drive, test="default", state="started")
    assert told(entry) == ("failed", False, "unsupported")
    assert "short" in entry["reason"] and "extended" in entry["reason"]


def test_check_mode_starts_none(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    assert told(attend(monkeypatch, drive, check_mode=True)) == ("ok", True, "started")
    assert drive.running is None


def test_a_scsi_drive_without_a_log_is_not_asked_for_smart(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> None:
    drive.vendor = "SEAGATE"
    assert told(attend(monkeypatch, drive)) == ("failed", False, "unknown")
    assert not [cdb for cdb in drive.sent if cdb.startswith("85")]


# Facts ---------------------------------------------------------------------------------------------------------------


class SmartDrive(AtaDrive):
    """With attributes, and the registers of SMART RETURN STATUS as SAT-5 12.2.5 returns them."""

    def __init__(self, attributes: dict[int, int], registers: str | None = "4fc2") -> None:
        super().__init__()
        self.attributes, self.registers = attributes, registers

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        if command.cdb[0] == 0x85 and command.cdb[4] == 0xDA:
            self.sent.append(command.cdb.hex())
            if self.registers is None:
                return Reply(CHECK_CONDITION, INVALID_FIELD)
            mid, high = bytes.fromhex(self.registers)
            # hex: descriptor format, RECOVERED ERROR, ATA PASS-THROUGH INFORMATION AVAILABLE, ATA status return.
            return Reply(CHECK_CONDITION, bytes.fromhex("7201001d0000000e090c00000000000000") + bytes(
                (mid, 0, high, 0xA0, 0x50)))
        return super().execute(command, timeout_seconds)

    def _data(self) -> bytes:
        data = bytearray(super()._data())
        for place, (number, raw) in enumerate({9: self.hours, **self.attributes}.items()):
            data[2 + 12 * place:14 + 12 * place] = (
                bytes((number, 0x32, 0, 100, 100)) + raw.to_bytes(6, "little") + b"\0")
        data[511] = 0
        data[511] = -sum(data) & 0xFF
        return bytes(data)


def facts_of(monkeypatch: pytest.MonkeyPatch, drive: AtaDrive) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    wanted = FactsWanted.from_options({"gather_subset": ["health", "selftest"]})
    return gather_facts([drive.device], Options(), wanted)[0].as_result()


def test_smart_fills_in_what_the_translation_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = SmartDrive({5: 24, 194: 0x0000_0032_0013_0026, 197: 8, 198: 3})
    drive.log = [(EXTENDED, 0x70, 999, 4711)]
    facts = facts_of(monkeypatch, drive)
    health = facts["health"]
    assert health["smart"] == {
        "healthy": True, "power_on_hours": 1000, "temperature_celsius": 38, "reallocated_sectors": 24,
        "pending_sectors": 8, "offline_uncorrectable_sectors": 3}
    assert (health["power_on_hours"], health["power_on_hours_source"]) == (1000, "SMART attribute 9")
    assert health["temperature"]["temperature_celsius"] == 38 and health["predicted_failure"] is False
    assert (health["grown_defects"]["count"], health["pending_defects"]["count"]) == (24, 8)
    assert facts["selftest"]["results"][0]["address_of_first_failure"] == 4711
    # The sense data that carry the registers are no event.
    assert not any("SMART RETURN STATUS" in warning for warning in facts["warnings"])


def test_the_command_for_the_verdict_is_smartctls(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = SmartDrive({})
    facts_of(monkeypatch, drive)
    # smartctl 7.3 -r ioctl,2 -H
    assert "85062c00da000000000" + "04f00c200b000" in drive.sent
    assert not any(cdb.startswith("85") and cdb[8:10] == "d4" for cdb in drive.sent)


@pytest.mark.parametrize("registers,healthy,predicted", [
    ("4fc2", True, False), ("f42c", False, True), ("0000", None, None), (None, None, None)])
def test_the_verdict_of_smart(monkeypatch: pytest.MonkeyPatch, registers: str | None, healthy: Any,
                              predicted: Any) -> None:
    health = facts_of(monkeypatch, SmartDrive({}, registers))["health"]
    assert (health["smart"]["healthy"], health["predicted_failure"]) == (healthy, predicted)


@pytest.mark.parametrize("attributes,celsius", [
    ({194: 34}, 34), ({190: 31}, 31), ({194: 0, 190: 31}, 31), ({194: 255}, None), ({}, None)])
def test_the_temperature_of_smart(monkeypatch: pytest.MonkeyPatch, attributes: dict[int, int], celsius: Any) -> None:
    assert facts_of(monkeypatch, SmartDrive(attributes))["health"]["smart"]["temperature_celsius"] == celsius


#: One drive of each quirk, as SAT shows its model, with what attributes 9 and 194 hold, and what that means; and
#: drives that are named alike and count as all others.
MODELS = [
    ("Maxtor 4D060H3", "", 60 * 41000 + 59, 38, 41000, None),
    ("Maxtor 6Y080L0", "", 60 * 41000 + 59, 38, 41000, 38),
    ("TOSHIBA MK2556GS", "", 60 * 41000, 38, 41000, 38),
    ("HITACHI_DK23EA-2", "", 60 * 41000, 38, 41000, 38),
    ("SAMSUNG SV0412H", "0-01", 120 * 41000, 380, 41000, 38),
    ("SAMSUNG SP0802N", "0-28", 120 * 41000, 38, 41000, 38),
    ("SAMSUNG MP0402H", "0-11", 120 * 41000, 38, 41000, 38),
    ("FUJITSU MHV2040A", "", 3600 * 41000, 38, 41000, 38),
    ("SAMSUNG SP0802N", "0-41", 41000, 38, 41000, 38),
    ("FUJITSU MHW2040B", "", 41000, 38, 41000, 38),
    ("Maxtor 6V160E0", "", 41000, 38, 41000, 38),
    # Milliseconds above the hours.
    ("INTEL SSDSC2CT12", "300i", 0x00ABCD00000000 | 41000, 38, 41000, 38),
]


@pytest.mark.parametrize("product,revision,raw,degrees,hours,celsius", MODELS)
def test_drives_that_count_in_units_of_their_own(
        monkeypatch: pytest.MonkeyPatch, product: str, revision: str, raw: int, degrees: int, hours: int,
        celsius: int | None) -> None:
    drive = SmartDrive({194: degrees})
    drive.product, drive.revision, drive.hours = product, revision, raw
    facts = facts_of(monkeypatch, drive)
    assert facts["health"]["power_on_hours"] == facts["selftest"]["power_on_hours"] == hours
    assert facts["health"]["smart"]["temperature_celsius"] == celsius


def test_each_quirk_has_a_drive_and_a_source() -> None:
    for quirk in QUIRKS:
        assert quirk.source and any(quirk.fits(product, revision) for product, revision, *_more in MODELS), quirk


def test_a_drive_of_another_kind_is_not_asked_by_smart(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = SmartDrive({5: 1})
    drive.vendor = "SEAGATE"
    assert facts_of(monkeypatch, drive)["health"]["smart"] is None
    assert not any(cdb.startswith("85") for cdb in drive.sent)


def test_facts_without_the_privilege_say_that_the_log_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    drive = SmartDrive({5: 1})
    plain = drive.execute

    def execute(command: Command, timeout_seconds: float) -> Reply:
        if command.cdb[0] == 0x85:
            raise AccessError("ATA PASS-THROUGH(16) needs CAP_SYS_RAWIO")
        return plain(command, timeout_seconds)

    monkeypatch.setattr(drive, "execute", execute)
    facts = facts_of(monkeypatch, drive)
    assert facts["status"] == "ok" and facts["health"]["smart"] is None
    assert facts["selftest"]["log_supported"] is None and "CAP_SYS_RAWIO" in facts["selftest"]["log_refusal"]


@pytest.mark.parametrize("sense,refused", [
    ("72052400000000", True), ("720b0000000000", True), ("72040000000000", False), ("72031100000000", False)])
def test_a_log_that_smart_does_not_hand_out_is_not_known(
        monkeypatch: pytest.MonkeyPatch, sense: str, refused: bool) -> None:
    drive = SmartDrive({5: 1})
    plain = drive.execute

    def execute(command: Command, timeout_seconds: float) -> Reply:
        if command.cdb[0] == 0x85:
            return Reply(CHECK_CONDITION, bytes.fromhex(sense + "00"))
        return plain(command, timeout_seconds)

    monkeypatch.setattr(drive, "execute", execute)
    selftest_facts = facts_of(monkeypatch, drive)["selftest"]
    assert selftest_facts["log_supported"] is None and "SMART READ DATA" in selftest_facts["log_refusal"]
    # Neither is a success; only a refusal leaves it to on_unknown.
    entry = attend(monkeypatch, drive, on_unknown="accept")
    assert entry["status"] == ("ok" if refused else "failed") and "SMART READ DATA" in entry["reason"]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of whole drives, as described: pages byte by byte as SPC-6 and SBC-5 lay them out, and what moves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.medium import MemoryMedium
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.build import Surroundings, build_unit
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.copy.rod_tokens import UnitRegistry
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.description import parse
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import LOG_SENSE

from .bench import ONE, OTHER, FakeTask, FakeTimers

INVALID_FIELD = (5, 0x24, 0)
DEFAULTS, THRESHOLDS = 3, 0
READ_6, WRITE_6 = bytes.fromhex("080000000100"), bytes.fromhex("0a0000000100")


class Drive:
    """A drive that was described, on a clock that a test moves."""

    def __init__(self, profile: str = "sas_hdd", state: Any = None, **described: Any) -> None:
        self.timers = FakeTimers()
        self.state: Any = None
        drive = parse({"drives": [dict({"profile": profile, "size": "1MiB"}, **described)]}).drives[0]
        medium = MemoryMedium(drive.block_length, drive.blocks) if drive.medium else None
        self.unit = build_unit(drive, Surroundings(
            "iqn.2026-01.example:target", self.timers, UnitRegistry(), state=state, write=self._write), medium)
        self.unit.attentions.logged_in = (ONE, OTHER)
        for each in (ONE, OTHER):
            while self.unit.attentions.take(each) is not None:
                pass

    def _write(self, state: Any) -> None:
        self.state = json.loads(json.dumps(state))

    def send(self, cdb: bytes, data_out: bytes = b"") -> FakeTask:
        task = FakeTask(nexus=ONE, lun=0, cdb=cdb, data_out=data_out, expected_length=len(data_out) or 1 << 20,
                        reads=not data_out, writes=bool(data_out))
        self.unit.submit(task)
        return task

    def log(self, page: int, subpage: int = 0, **fields: Any) -> bytes:
        """A log page; the drive must have it."""
        task = self.send(LOG_SENSE.encode(**dict(
            {"page_code": page, "subpage_code": subpage, "pc": 1, "allocation_length": 4096}, **fields)))
        assert task.status == GOOD, task.sense
        return task.data

    def refused(self, page: int, subpage: int = 0, **fields: Any) -> Any:
        """The sense codes with which a log page is refused."""
        return self.send(LOG_SENSE.encode(**dict(
            {"page_code": page, "subpage_code": subpage, "pc": 1, "allocation_length": 4096}, **fields))).codes


def test_the_pages_of_a_disk() -> None:
    # Supported pages (SPC-6 7.3.19); with subpage FFh all pages of all subpages, two bytes each (SPC-6 7.3.20).
    pages = list(Drive().log(0)[4:])
    assert pages == [0x00, 0x02, 0x03, 0x05, 0x06, 0x08, 0x0D, 0x0E, 0x10, 0x15, 0x18, 0x19, 0x1A, 0x2F]
    assert 0x11 in Drive("sas_ssd").log(0)[4:]
    listed = Drive().log(0, 0xFF)
    pairs = [listed[at:at + 2] for at in range(4, len(listed), 2)]
    assert listed[:2].hex() == "40ff" and {bytes.fromhex(each) for each in ("0d01", "0d02", "1501")} <= set(pairs)
    assert Drive().log(0x15, 0xFF).hex() == "55ff0004" "1500" "1501"


def test_temperature_as_the_standard_lays_it_out() -> None:
    # SPC-6 7.3.21: parameter 0000h with the temperature, 0001h with the reference, two bytes each.
    page = Drive(logs={"temperature_celsius": 41, "reference_celsius": 65}).log(0x0D)
    assert page.hex() == "0d00000c" "000003020029" "000103020041"


def test_the_environment_as_the_standard_lays_it_out() -> None:
    drive = Drive(logs={"temperature_celsius": 47, "environment": {"relative_humidity_percent": 93}})
    # Parameter 0000h of the sensor of temperature, 0100h of the one of humidity, eight bytes each.
    assert drive.log(0x0D, 1).hex() == "4d010018" "00000308" "002f2f0c2f2f8080" "01000308" "005d5d5d5d5dffff"
    assert drive.log(0x0D, 2).hex() == "4d020018" "00000308" "464303003c390805" "01000308" "5f5c08055a570b08"
    assert drive.log(0x0D, 0xFF).hex() == "4d" "ff0006" "0d00" "0d01" "0d02"
    assert Drive(logs={"environment": None}).refused(0x0D, 1) == INVALID_FIELD


def test_the_format_and_what_was_reassigned_since() -> None:
    drive = Drive(power_on_hours=100, defects={"grown": [5, 9]}, logs={"format_status": {"formatted_at_hours": 40}})
    assert drive.log(0x08).hex() == (
        "08000030" "00000300" "000103080000000000000000" "000203080000000000000000" "000303080000000000000002"
        "00040304" "00000e10")
    drive.timers.pass_time(120)
    assert drive.log(0x08)[-1] == 0x12
    failed = Drive(logs={"format_status": {"failed": True}}).log(0x08)
    assert set(failed[4:].replace(b"\0\0\x03\x04", b"")) <= {0xFF, 0, 1, 2, 3, 4, 8} and failed[8:12] == b"\xff" * 4
    assert Drive(logs={"format_status": None}).refused(0x08) == INVALID_FIELD


def test_statistics_move_with_use_and_time() -> None:
    drive = Drive(power_on_hours=0)
    assert drive.send(READ_6).status == drive.send(READ_6).status == drive.send(WRITE_6, bytes(512)).status == GOOD
    drive.timers.pass_time(60)
    page = drive.log(0x19)
    numbers = [int.from_bytes(page[at:at + 8], "big") for at in range(8, 40, 8)]
    assert page[:8].hex() == "1900005c" "00010340" and numbers == [2, 1, 1, 2]
    assert page[72:].hex() == "00020308" "00000000000004b0" "00030308" "00000002" "00000005"  # 1200 times 50 ms


def test_power_condition_transitions_are_counted() -> None:
    drive = Drive()

    def counts() -> list[int]:
        page = drive.log(0x1A)
        return [int.from_bytes(page[at + 4:at + 8], "big") for at in range(4, len(page), 8)]

    # active, idle_a, idle_b, idle_c, standby_z, standby_y
    assert counts() == [1, 0, 0, 0, 0, 0]
    for condition in ("20", "30"):  # START STOP UNIT: IDLE, STANDBY
        assert drive.send(bytes.fromhex(f"1b000000{condition}00")).status == GOOD
    assert drive.send(READ_6).status == GOOD
    assert counts() == [2, 1, 0, 0, 1, 0]
    timed = Drive(mode={"idle_and_standby_seconds": {"idle_b": 60, "standby_z": 600}})
    timed.timers.pass_time(61)
    assert timed.log(0x1A)[4 + 2 * 8 + 7] == 1 and timed.log(0x1A)[4 + 4 * 8 + 7] == 0
    timed.timers.pass_time(600)
    assert timed.log(0x1A)[4 + 2 * 8 + 7] == timed.log(0x1A)[4 + 4 * 8 + 7] == 1
    again = Drive(state=drive.state)
    assert again.log(0x1A)[-1] == 0 and int.from_bytes(again.log(0x1A)[8:12], "big") >= 2


def test_the_flags_of_a_tape_drive() -> None:
    drive = Drive("tape_drive", logs={"tape_alert_flags": [3, 4, 64]})
    # Flag 1 is the highest bit of eight bytes; to read them changes nothing.
    assert drive.log(0x12).hex() == drive.log(0x12).hex() == "1200000c" "00000308" "3000000000000001"
    assert drive.send(bytes.fromhex("120000002400")).data[0] == 1
    assert drive.refused(0x2E) == drive.refused(0x08) == INVALID_FIELD and Drive().refused(0x12) == INVALID_FIELD
    with pytest.raises(ValueError, match=r"tape_alert_flags\[1\].*1 to 64.*\b65\b"):
        Drive("tape_drive", logs={"tape_alert_flags": [1, 65]})


@pytest.mark.parametrize("settings,said", [
    ({"environment": {"operating_celsius": [5]}}, r"logs\.environment\.operating_celsius.*lower.*\[5\]"),
    ({"environment": {"critical_celsius": [0, 128]}}, r"critical_celsius.*-127 to 127.*128"),
    ({"environment": {"relative_humidity_percent": 101}}, r"relative_humidity_percent.*0 to 100.*101"),
    ({"environment": {"humidity": 5}}, r"logs\.environment.*\bhumidity\b"),
    ({"format_status": {"formatted_at_hours": "x"}}, r"formatted_at_hours.*'x'")])
def test_settings_that_mean_nothing(settings: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Drive(logs=settings)


@pytest.mark.parametrize("profile,has,lacks", [
    ("array_lun", [0x19], [0x08, 0x1A]), ("spc2_disk", [0x08], [0x19, 0x1A]), ("sas_ssd", [0x08, 0x19, 0x1A], [])])
def test_the_pages_of_other_kinds_of_drives(profile: str, has: list[int], lacks: list[int]) -> None:
    listed = set(Drive(profile).log(0)[4:])
    assert set(has) <= listed and not set(lacks) & listed


def test_error_counters_move_with_use_and_are_reset_by_who_may() -> None:
    drive = Drive(logs={"write_errors": {"total_uncorrected_errors": 2}})

    def counter(page: int, code: int) -> int:
        data = drive.log(page, parameter_pointer=code)
        assert int.from_bytes(data[4:6], "big") == code
        return int.from_bytes(data[8:8 + data[7]], "big")

    assert drive.send(WRITE_6, bytes(512)).status == drive.send(READ_6).status == GOOD
    assert drive.send(READ_6).status == GOOD
    # SPC-6 7.3.5: 0005h total bytes processed, 0006h total uncorrected errors.
    assert (counter(3, 5), counter(2, 5), counter(2, 6)) == (1024, 512, 2)
    assert drive.send(bytes.fromhex("4c020000000000000000")).status == GOOD  # LOG SELECT with PCR, all pages
    assert (counter(3, 5), counter(2, 5), counter(2, 6)) == (0, 0, 0)
    attention = drive.unit.attentions.take(OTHER)
    assert attention is not None and attention[:2] == (0x2A, 0x02)  # log parameters changed, for the others
    again = Drive(state=drive.state)
    assert again.log(2, parameter_pointer=6)[8:].hex().strip("0") == ""


def test_a_read_that_failed_is_counted_and_its_block_is_pending() -> None:
    drive = Drive(blocks={"unreadable": [0]})
    assert drive.send(READ_6).codes == (3, 0x11, 0)
    assert int.from_bytes(drive.log(3, parameter_pointer=6)[8:], "big") == 1
    # SBC-5 6.4.8: 0000h with the number of them, then power-on hours and LBA of each.
    assert drive.log(0x15, 1).hex() == "55010018" "000003040000000" "1" "0001030c" "00004e20" "0000000000000000"
    assert drive.send(WRITE_6, bytes(512)).status == GOOD
    assert drive.log(0x15, 1).hex() == "55010008" "0000030400000000"
    assert drive.send(READ_6).status == GOOD


def test_a_drive_that_gets_too_warm_warns() -> None:
    # SPC-6 7.3.12: additional sense code and qualifier, and the temperature.
    assert Drive(logs={"temperature_celsius": 61}).log(0x2F)[8:11].hex() == "0b013d"
    assert Drive(logs={"temperature_celsius": 60}).log(0x2F)[8:11].hex() == "00003c"
    assert Drive(mode={"predicted_failure": {"asc": 0x5D, "ascq": 0x10}}).log(0x2F)[8:11].hex() == "5d101e"


def test_a_medium_wears_with_what_is_written() -> None:
    drive = Drive("sas_ssd", logs={"endurance": {"percentage_used": 7, "lifetime_bytes": 1024}})
    assert drive.log(0x11).hex() == "1100" "0008" "00010304" "00000007"  # SBC-5 6.4.14
    assert drive.send(WRITE_6, bytes(512)).status == GOOD
    assert drive.log(0x11)[-1] == 57
    for _each in range(8):
        drive.send(WRITE_6, bytes(512))
    assert drive.log(0x11)[-1] == 255  # no more can be said


def test_background_scans_go_on_by_the_clock() -> None:
    drive = Drive(power_on_hours=0, logs={"background_scan": {
        "period_hours": 10, "duration_hours": 2, "scans": 5, "findings": [{"lba": 0x1267, "reassign_status": 1}]}})

    def status() -> list[int]:
        page = drive.log(0x15)
        # SBC-5 6.4.2: power-on minutes, status, scans performed, progress.
        return [int.from_bytes(page[8:12], "big"), page[13], int.from_bytes(page[14:16], "big"),
                int.from_bytes(page[16:18], "big")]

    assert status() == [0, 1, 5, 0]
    drive.timers.pass_time(3600)
    assert status() == [60, 1, 5, 0x8000]
    drive.timers.pass_time(2 * 3600)
    assert status() == [180, 8, 6, 0]
    drive.timers.pass_time(8 * 3600)
    assert status()[:3] == [660, 1, 6]
    page = drive.log(0x15, parameter_pointer=1)
    assert page[4:6].hex() == "0001" and page[12] == 0x13 and page[-8:].hex() == "0000000000001267"


@pytest.mark.parametrize("page,subpage,fields,pointer", [
    (0x3E, 0, {}, (2, 5)), (0x15, 7, {}, (3, None)), (0x0D, 0, {"ppc": True}, (1, 1)), (0x0D, 0, {"sp": True}, (1, 0)),
    (0x0D, 0, {"pc": THRESHOLDS}, (2, 7)), (0x0D, 0, {"parameter_pointer": 2}, (5, None))])
def test_what_there_is_not_is_refused_and_the_field_is_named(
        page: int, subpage: int, fields: Any, pointer: tuple[int, int | None]) -> None:
    drive = Drive()
    task = drive.send(LOG_SENSE.encode(**dict(
        {"page_code": page, "subpage_code": subpage, "pc": 1, "allocation_length": 4096}, **fields)))
    assert task.codes == INVALID_FIELD
    assert (task.sense.field_pointer.byte, task.sense.field_pointer.bit) == pointer


def test_an_old_disk_has_no_subpages_and_a_drive_may_have_no_log_at_all() -> None:
    assert Drive("spc2_disk").refused(0, 0xFF) == INVALID_FIELD
    assert Drive(logs=None).refused(0) in ((5, 0x20, 0), INVALID_FIELD)
    assert 0x2F not in Drive(logs={"without": [0x2F]}).log(0)[4:]


def test_an_allocation_length_cuts_and_the_page_says_its_whole_length() -> None:
    assert Drive().log(0x0D, allocation_length=6).hex() == "0d00000c0000"


def test_default_values_are_counters_of_zero() -> None:
    drive = Drive(logs={"non_medium_errors": 9})
    assert drive.log(6)[-1] == 9 and set(drive.log(6, pc=DEFAULTS)[8:]) == {0}

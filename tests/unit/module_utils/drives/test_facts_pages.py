# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of the subset health that few drives have: environment, format status, statistics, power transitions."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import CHECK_CONDITION, Command, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import log_environment as environment
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import log_statistics as statistics
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_format_status import encode_format_status
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_health import (
    encode_informational_exceptions,
    encode_temperature,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_tape_alert import encode_tape_alert
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense

from .entries import shown
from .facts_drive import FactsDrive

LOG_SENSE = (0x4D, None)
FACTS = ("environment", "environmental_limits", "format_status", "statistics", "power_transitions")
PAGES = [(0x08, 0), (0x0D, 1), (0x0D, 2), (0x19, 0), (0x1A, 0)]


@pytest.fixture(name="drive")
def _drive() -> FactsDrive:
    """A disk with these pages."""
    drive = FactsDrive()
    drive.log.update({
        (0x08, 0): encode_format_status({"total_new_blocks_reassigned": 2, "power_on_minutes_since_format": 35438}),
        (0x0D, 0): encode_temperature({"temperature_celsius": 31}),
        (0x0D, 1): environment.encode_environment({
            "temperatures": [{"parameter_code": 0, "temperature_celsius": -3}],
            "relative_humidities": [{"parameter_code": 256, "relative_humidity_percent": 41}]}),
        (0x0D, 2): environment.encode_environmental_limits({
            "temperatures": [{"parameter_code": 0, "low_operating_temperature_limit_trigger_celsius": -5}],
            "relative_humidities": []}),
        (0x19, 0): statistics.encode_statistics({
            "read_commands": 5, "read_command_processing_intervals": 100, "exponent": 2, "integer": 5}),
        (0x1A, 0): statistics.encode_power_transitions({"active": 7, "standby_z": 3}),
    })
    return drive


def entry_of(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    return shown(gather_facts([drive.device], Options(), Wanted(frozenset(["health"])))[0])


def test_all_of_them(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    entry = entry_of(monkeypatch, drive)
    assert (entry["status"], entry["warnings"], drive.refused) == ("ok", [], [])
    health = entry["health"]
    assert health["environment"]["temperatures"][0]["temperature_celsius"] == -3
    assert health["environment"]["temperatures"][0]["lifetime_maximum_temperature_celsius"] is None
    assert health["environment"]["relative_humidities"][0]["relative_humidity_percent"] == 41
    limits, = health["environmental_limits"]["temperatures"]
    assert limits["low_operating_temperature_limit_trigger_celsius"] == -5
    assert limits["high_operating_temperature_limit_trigger_celsius"] is None
    assert health["environmental_limits"]["relative_humidities"] == []
    assert health["format_status"] == {
        "format_data_out": None, "grown_defects_during_certification": None,
        "total_blocks_reassigned_during_format": None, "total_new_blocks_reassigned": 2,
        "power_on_minutes_since_format": 35438}
    assert (health["statistics"]["read_processing_seconds"], health["statistics"]["idle_seconds"]) == (5.0, None)
    assert health["power_transitions"] == {
        "active": 7, "idle_a": None, "idle_b": None, "idle_c": None, "standby_z": 3, "standby_y": None}


def test_a_drive_that_has_none_of_them_is_asked_for_none(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    for page in PAGES:
        del drive.log[page]
    entry = entry_of(monkeypatch, drive)
    assert [entry["health"][name] for name in FACTS] == [None] * len(FACTS)
    assert not set(PAGES) & set(drive.log_pages_asked()) and drive.refused == []


def test_a_list_of_subpages_is_asked_for_where_there_is_no_background_scan(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.log[0x15, 0]
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["environment"] is not None and drive.log_pages_asked().count((0, 0xFF)) == 1


def test_without_a_list_each_page_costs_one_command(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    for page in [*PAGES, (0x0D, 0)]:
        del drive.log[page]
    drive.lists_log = False
    # A page that it has shows which length it takes.
    drive.log[0x2F, 0] = encode_informational_exceptions({"asc": 0, "ascq": 0})
    entry = entry_of(monkeypatch, drive)
    assert [entry["health"][name] for name in FACTS] == [None] * len(FACTS) and entry["status"] == "ok"
    asked = drive.log_pages_asked()
    # Without a temperature there are no subpages of it.
    assert [asked.count(page) for page in PAGES] == [1, 0, 0, 1, 1]


def test_a_disk_that_does_not_know_subpages_gives_no_environment(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.lists_log = False
    drive.log[0x0D, 1] = drive.log[0x0D, 2] = drive.log[0x0D, 0]
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["environment"] == {"temperatures": [], "relative_humidities": []}
    assert any("log page 0Dh,01h" in warning for warning in entry["warnings"])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_fails_costs_no_other(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, page: tuple[int, int]) -> None:
    plain = drive.handlers[LOG_SENSE]

    def fail(command: Command) -> Reply:
        failed = (command.cdb[2] & 0x3F, command.cdb[3]) == page
        return Reply(CHECK_CONDITION, encode_fixed_sense(4, 0x44, 0)) if failed else plain(command)

    drive.handlers[LOG_SENSE] = fail
    entry = entry_of(monkeypatch, drive)
    missing = [name for name in FACTS if entry["health"][name] is None]
    expected = {(0x08, 0): ["format_status"], (0x0D, 1): ["environment", "environmental_limits"],
                (0x0D, 2): ["environmental_limits"], (0x19, 0): ["statistics"], (0x1A, 0): ["power_transitions"]}
    assert missing == expected[page] and len(entry["failures"]) == 1
    assert any(f"log page {page[0]:02X}h" in warning for warning in entry["warnings"])


def test_to_a_tape_page_08h_is_not_about_formats(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.standard["peripheral_device_type"] = 1
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["format_status"] is None and (0x08, 0) not in drive.log_pages_asked()
    assert entry["health"]["environment"] is not None


# TapeAlert ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device_type,name", [(1, "media"), (8, "library hardware D")])
def test_the_flags_of_a_tape_drive_and_of_a_changer(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, device_type: int, name: str) -> None:
    drive.standard["peripheral_device_type"] = device_type
    drive.log[0x12, 0] = encode_tape_alert([4])
    drive.log[0x2E, 0] = bytes.fromhex("2e0000050004030101")
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["tape_alert_flags"] == [{"flag": 4, "name": name, "severity": "critical"}]
    # To read the TapeAlert page itself would clear its flags.
    assert (0x2E, 0) not in drive.log_pages_asked() and entry["warnings"] == []


@pytest.mark.parametrize("lists", [True, False])
def test_a_page_that_clears_the_flags_is_never_read(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, lists: bool) -> None:
    drive.standard["peripheral_device_type"] = 1
    drive.log[0x2E, 0] = bytes.fromhex("2e0000050004030101")
    drive.lists_log = lists
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["tape_alert_flags"] is None and (0x2E, 0) not in drive.log_pages_asked()


def test_no_flag_is_not_the_same_as_not_reported(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.standard["peripheral_device_type"] = 1
    drive.log[0x12, 0] = encode_tape_alert([])
    assert entry_of(monkeypatch, drive)["health"]["tape_alert_flags"] == []


def test_a_disk_is_not_asked_for_flags_of_tapes(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.log[0x12, 0] = encode_tape_alert([4])
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["tape_alert_flags"] is None and (0x12, 0) not in drive.log_pages_asked()

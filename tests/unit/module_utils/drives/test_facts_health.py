# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subset health of scsi_drive_facts, and where power-on hours come from."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.selftest.power_on import read_power_on_hours
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import CHECK_CONDITION, GOOD, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AccessError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import log_health as pages
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_background_scan import encode_background_scan
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_factory import encode_factory_log
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sas_port import encode_sas_port
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_caching import encode_caching_mode
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_error_recovery import (
    encode_error_recovery_mode,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_informational_exceptions import (
    encode_informational_exceptions_mode,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense

from .entries import shown
from .facts_drive import MINUTES, FactsDrive, thin

COUNTERS = dict(zip(pages.ERROR_COUNTERS, (12, 3, 4, 15, 16, 98765432109876, 1)))


@pytest.fixture(name="drive")
def _drive() -> FactsDrive:
    """A disk with all log pages."""
    drive = FactsDrive()
    drive.log.update({
        (0x02, 0): pages.encode_error_counters(dict(COUNTERS, total_uncorrected_errors=2), 0x02),
        (0x03, 0): pages.encode_error_counters(COUNTERS, 0x03),
        (0x05, 0): pages.encode_error_counters(dict(COUNTERS, total_uncorrected_errors=0), 0x05),
        (0x06, 0): pages.encode_non_medium_errors(9),
        (0x0D, 0): pages.encode_temperature({"temperature_celsius": 31, "reference_temperature_celsius": 60}),
        (0x0E, 0): pages.encode_start_stop({
            "manufacture_year": "2014", "manufacture_week": "07", "specified_start_stop_cycles": 10000,
            "accumulated_start_stop_cycles": 58}),
        (0x11, 0): pages.encode_endurance({"percentage_used_percent": 17}),
        (0x15, 1): pages.encode_pending_defects([{"accumulated_power_on_hours": 20000, "logical_block_address": 4711}]),
        (0x2F, 0): pages.encode_informational_exceptions({"asc": 0, "ascq": 0, "temperature_celsius": 32}),
    })
    return drive


def entry_of(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    return shown(gather_facts([drive.device], Options(), Wanted(frozenset(["health"])))[0])


def health(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> dict[str, Any]:
    entry = entry_of(monkeypatch, drive)
    assert (entry["status"], entry["warnings"]) == ("ok", [])
    facts: dict[str, Any] = entry["health"]
    return facts


def test_all_of_it(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    found = health(monkeypatch, drive)
    assert drive.refused == []
    assert found["predicted_failure"] is False and found["warning"] is False
    assert found["informational_exceptions"] == {
        "asc": None, "ascq": None, "text": None, "source": None, "reporting_enabled": True,
        "reporting_method": {"value": 6, "name": "only on request"}, "test": False}
    assert (found["power_condition"], found["power_condition_activated_by"]) == ("active", None)
    assert (found["power_on_hours"], found["power_on_hours_source"]) == (MINUTES // 60, "background scan log page")
    assert found["temperature"] == {"temperature_celsius": 31, "reference_temperature_celsius": 60}
    assert found["start_stop"]["accumulated_start_stop_cycles"] == 58
    assert found["start_stop"]["accumulated_load_unload_cycles"] is None
    assert found["endurance"] == {"percentage_used_percent": 17}
    assert found["pending_defects"] == {
        "count": 1, "defects": [{"accumulated_power_on_hours": 20000, "logical_block_address": 4711}]}
    assert found["grown_defects"] == {"count": 17, "defect_list_format": {"value": 4, "name": "bytes from index"}}
    assert found["background_scan"]["findings"][0]["logical_block_address"] == 4711


def test_the_counters_of_writing_and_reading_are_not_mixed_up(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    counters = health(monkeypatch, drive)["error_counters"]
    assert {kind: counters[kind]["total_uncorrected_errors"] for kind in ("write", "read", "verify")} == {
        "write": 2, "read": 1, "verify": 0}
    assert counters["read"] == COUNTERS and counters["non_medium_error_count"] == 9


def test_a_drive_that_counts_nothing(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.log.clear()
    found = health(monkeypatch, drive)
    assert found["error_counters"] == {"write": None, "read": None, "verify": None, "non_medium_error_count": None}
    for name in ("temperature", "start_stop", "endurance", "pending_defects", "background_scan", "power_on_hours",
                 "power_on_hours_source", "predicted_failure", "warning"):
        assert found[name] is None, name
    assert drive.refused == []


def test_a_predicted_failure(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.log[0x2F, 0] = pages.encode_informational_exceptions({"asc": 0x5D, "ascq": 0x32})
    found = health(monkeypatch, drive)
    assert found["predicted_failure"] is True
    assert (found["informational_exceptions"]["asc"], found["informational_exceptions"]["ascq"]) == (0x5D, 0x32)


def test_a_failure_that_only_the_sense_data_predict(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.log[0x2F, 0]
    drive.sense = [encode_fixed_sense(1, 0x5D, 0x10)]
    found = health(monkeypatch, drive)
    assert found["predicted_failure"] is True and found["informational_exceptions"]["source"] == "REQUEST SENSE"
    assert found["power_condition"] is None


def test_a_drive_that_reports_nothing(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.mode_pages[0x1C] = encode_informational_exceptions_mode({"mrie": 6, "dexcpt": True})
    assert health(monkeypatch, drive)["informational_exceptions"]["reporting_enabled"] is False


def test_a_drive_with_the_short_mode_command_only(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.handlers[0x5A, None]
    assert health(monkeypatch, drive)["informational_exceptions"]["reporting_enabled"] is True
    assert drive.refused == []


def test_the_temperature_of_a_drive_without_that_page(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.log[0x0D, 0]
    assert health(monkeypatch, drive)["temperature"] == {
        "temperature_celsius": 32, "reference_temperature_celsius": None}


def test_to_a_tape_the_pages_of_disks_mean_something_else(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.standard["peripheral_device_type"] = 1
    found = health(monkeypatch, drive)
    assert found["endurance"] is found["background_scan"] is found["pending_defects"] is found["power_on_hours"] is None
    assert found["grown_defects"] is None and found["temperature"]["temperature_celsius"] == 31
    assert not {(0x11, 0), (0x15, 0), (0x15, 1)} & set(drive.log_pages_asked())


def test_a_long_list_of_findings_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    findings = [{"parameter_code": each, "sense_key": 3, "logical_block_address": each} for each in range(1, 301)]
    drive.log[0x15, 0] = encode_background_scan({"accumulated_power_on_minutes": MINUTES}, findings)
    assert len(drive.log[0x15, 0]) > 4096
    scan = health(monkeypatch, drive)["background_scan"]
    assert [each["logical_block_address"] for each in scan["findings"]] == list(range(1, 301))


# At rest ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sense,power", [
    (encode_fixed_sense(0, 0x5E, 0x02), "standby_z"), (encode_fixed_sense(0, 0x5E, 0x0A), "standby_y"),
    (encode_fixed_sense(2, 0x04, 0x02), "stopped")])
def test_a_drive_at_rest_is_not_woken(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, sense: bytes, power: str) -> None:
    drive.sense = [sense]
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["power_condition"] == power and entry["health"]["grown_defects"] is None
    warning, = entry["warnings"]
    assert "grown defect list" in warning and power in warning
    # What else is sent, no drive needs its medium for (and TEST UNIT READY or START STOP UNIT are none of it).
    assert set(drive.sent_codes()) <= {0x03, 0x12, 0x4D, 0x5A, 0xA3}


def test_an_idle_drive_spins(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.sense = [encode_fixed_sense(0, 0x5E, 0x01)]
    found = health(monkeypatch, drive)
    assert (found["power_condition"], found["power_condition_activated_by"]) == ("idle_a", "timer")
    assert found["grown_defects"]["count"] == 17


# Grown defects ----------------------------------------------------------------------------------------------------


def test_a_drive_that_has_the_list_in_a_format_of_its_own(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.defect_format = 0
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["grown_defects"] == {
        "count": 17, "defect_list_format": {"value": 0, "name": "short block"}}
    assert entry["warnings"] == ["READ DEFECT DATA(10): recovered error: defect list not found"]


def test_a_drive_that_has_another_format_and_gives_nothing_in_its_place(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.defect_format = 3
    answer = drive.handlers[0x37, None]

    def strict(command: Any) -> Reply:
        reply = answer(command)
        return Reply(reply.status, reply.sense) if reply.status else reply

    drive.handlers[0x37, None] = strict
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["grown_defects"] == {"count": 17, "defect_list_format": {"value": 3, "name": "long block"}}
    assert entry["warnings"] == ["READ DEFECT DATA(10): recovered error: defect list not found"]
    drive.defect_format = 6
    assert entry_of(monkeypatch, drive)["health"]["grown_defects"] is None


@pytest.mark.parametrize("plistv,glistv,count", [(False, True, 17), (True, True, None), (False, False, None)])
def test_only_the_grown_defects_alone_are_counted(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, plistv: bool, glistv: bool, count: int | None) -> None:
    drive.plistv, drive.glistv = plistv, glistv
    found = entry_of(monkeypatch, drive)["health"]["grown_defects"]
    assert (found and found["count"]) == count


def test_a_solid_state_disk_counts_blocks(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    found = health(monkeypatch, thin(drive))
    assert found["grown_defects"]["defect_list_format"]["name"] == "long block"


def test_a_drive_without_a_list(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.handlers[0x37, None] = lambda command: Reply(CHECK_CONDITION, encode_fixed_sense(3, 0x1C, 0x02))
    assert health(monkeypatch, drive)["grown_defects"] is None


def test_a_list_of_other_defects_is_not_counted(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.handlers[0x37, None] = lambda command: Reply(GOOD, data=bytes.fromhex("00140050"))
    assert health(monkeypatch, drive)["grown_defects"] is None


@pytest.mark.parametrize("missing", [0x37, 0xB7])
def test_a_drive_with_one_of_the_two_commands(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, missing: int) -> None:
    del drive.handlers[missing, None]
    assert health(monkeypatch, drive)["grown_defects"]["count"] == 17 and drive.refused == []


def test_an_empty_list(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.grown_defects = 0
    assert health(monkeypatch, drive)["grown_defects"]["count"] == 0
    assert 0xB7 not in drive.sent_codes()


def test_a_list_that_is_too_long_for_the_older_command(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    for count in (8190, 8191, 8192, 100000):
        drive.grown_defects = count
        assert health(monkeypatch, drive)["grown_defects"]["count"] == count
    del drive.handlers[0xB7, None]
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["grown_defects"] == {
        "count": 8191, "defect_list_format": {"value": 4, "name": "bytes from index"}}
    assert any("8191 or more" in warning for warning in entry["warnings"])


def test_a_list_that_is_too_long_of_a_drive_that_does_not_list_its_commands(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.lists_commands = False
    drive.grown_defects = 100000
    assert entry_of(monkeypatch, drive)["health"]["grown_defects"]["count"] == 100000
    del drive.handlers[0xB7, None]
    assert entry_of(monkeypatch, drive)["health"]["grown_defects"]["count"] == 8191


def test_the_newer_command_that_needs_privileges_is_done_without(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    def forbid(command: Any) -> Reply:
        raise AccessError("READ DEFECT DATA(12) needs CAP_SYS_RAWIO on /dev/sda")

    drive.handlers[0xB7, None] = forbid
    assert health(monkeypatch, drive)["grown_defects"]["count"] == 17
    drive.grown_defects = 100000
    entry = entry_of(monkeypatch, drive)
    assert (entry["status"], entry["health"]["grown_defects"]["count"]) == ("ok", 8191)
    warning, = (each for each in entry["warnings"] if "8191 or more" not in each)
    assert "READ DEFECT DATA(12)" in warning and "CAP_SYS_RAWIO" in warning and "/dev/sda" in warning


def test_a_volume_without_logs_is_not_asked_for_defects(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.lists_commands = False
    for code in ((0x4D, None), (0x37, None), (0xB7, None)):
        del drive.handlers[code]
    entry = entry_of(monkeypatch, drive)
    assert entry["health"]["grown_defects"] is None and not {0x37, 0xB7} & set(drive.sent_codes())
    assert len(drive.refused) == len(entry["warnings"]) == 2


# Power-on hours ---------------------------------------------------------------------------------------------------


def hours(drive: FactsDrive) -> Any:
    return read_power_on_hours(Session(drive))


def test_the_hours_of_the_background_scan_come_first() -> None:
    drive = FactsDrive()
    drive.log[0x3E, 0] = encode_factory_log({"accumulated_power_on_minutes": 60})
    assert hours(drive) == (MINUTES // 60, "background scan log page")
    assert drive.log_pages_asked() == [(0x15, 0)]


@pytest.mark.parametrize("vendor,device_type,expected", [
    ("SEAGATE", 0, (333, "factory log page")), ("HGST", 0, (333, "factory log page")),
    ("HITACHI", 0, (333, "factory log page")), ("TOSHIBA", 0, (None, None)), ("SEAGATE", 1, (None, None))])
def test_the_hours_of_the_factory_log(vendor: str, device_type: int, expected: Any) -> None:
    drive = FactsDrive()
    del drive.log[0x15, 0]
    drive.log[0x3E, 0] = encode_factory_log({"accumulated_power_on_minutes": 333 * 60 + 59})
    drive.standard.update(t10_vendor_identification=vendor, peripheral_device_type=device_type)
    assert hours(drive) == expected
    # The page of another vendor, or of a tape, means something else.
    assert ((0x3E, 0) in drive.log_pages_asked()) is (expected[0] is not None)


@pytest.mark.parametrize("page", [None, encode_factory_log({"minutes_until_next_internal_test": 5})])
def test_a_drive_that_tells_no_hours(page: bytes | None) -> None:
    drive = FactsDrive()
    drive.log.clear()
    if page is not None:
        drive.log[0x3E, 0] = page
    assert hours(drive) == (None, None)


def test_the_facts_take_the_hours_of_the_factory_log_too(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.log[0x15, 0], drive.log[0x15, 1]
    drive.log[0x3E, 0] = encode_factory_log({"accumulated_power_on_minutes": 6000})
    found = health(monkeypatch, drive)
    assert (found["power_on_hours"], found["power_on_hours_source"]) == (100, "factory log page")
    asked: list[Any] = drive.log_pages_asked()
    assert (0x15, 0) not in asked and drive.refused == []


# Links and caches ---------------------------------------------------------------------------------------------------


def test_the_phys_of_both_ports(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.log[0x18, 0] = encode_sas_port([
        {"relative_target_port_identifier": port, "phys": [{
            "phy_identifier": port - 1, "negotiated_logical_link_rate": 0xB, "attached_device_type": 2,
            "sas_address": "5000c500a1b2c3d5", "attached_sas_address": "500304801f2b3cbf",
            "attached_phy_identifier": 4, "invalid_dword_count": 10 * port, "running_disparity_error_count": 8,
            "loss_of_dword_synchronization_count": 2, "phy_reset_problem_count": 0}]} for port in (1, 2)])
    first, second = health(monkeypatch, drive)["phys"]
    assert first == {
        "relative_target_port_identifier": 1, "phy_identifier": 0,
        "negotiated_logical_link_rate": {"value": 0xB, "name": "12 Gbit/s"},
        "attached_sas_address": "500304801f2b3cbf", "invalid_dword_count": 10, "running_disparity_error_count": 8,
        "loss_of_dword_synchronization_count": 2, "phy_reset_problem_count": 0}
    assert (second["relative_target_port_identifier"], second["invalid_dword_count"]) == (2, 20)


def test_a_port_that_is_no_sas_port_has_no_phys(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    page = bytearray(encode_sas_port([{"relative_target_port_identifier": 1, "phys": []}]))
    page[8] = 0x05  # iSCSI
    drive.log[0x18, 0] = bytes(page)
    assert health(monkeypatch, drive)["phys"] is None


@pytest.mark.parametrize("wce", [False, True])
@pytest.mark.parametrize("rcd", [False, True])
def test_the_caches(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, wce: bool, rcd: bool) -> None:
    drive.mode_pages[0x08] = encode_caching_mode({"wce": wce, "rcd": rcd})
    assert health(monkeypatch, drive)["cache"] == {"write_cache_enabled": wce, "read_cache_enabled": not rcd}


@pytest.mark.parametrize("limit,found", [(8000, 8000), (0, None)])
def test_the_time_for_the_recovery_of_a_block(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, limit: int, found: int | None) -> None:
    drive.mode_pages[0x01] = encode_error_recovery_mode({"recovery_time_limit_milliseconds": limit})
    assert health(monkeypatch, drive)["recovery_time_limit_milliseconds"] == found

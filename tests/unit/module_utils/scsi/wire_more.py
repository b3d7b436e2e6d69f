# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of our decoders, continued: pages of facts, health, reservations, operation codes and enclosures."""

from __future__ import annotations

from typing import Any, Callable, List

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.enclosure import Enclosure
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import (
    block_commands_capacity,
    block_commands_provisioning,
    farm,
    log_environment,
    log_factory,
    log_format_status,
    log_health,
    log_sas_port,
    log_statistics,
    log_tape_alert,
    persistent_reserve_in,
    physical_elements,
    report_luns,
    report_operation_codes,
    report_target_port_groups,
    ses_additional_status,
    ses_pages,
    vpd_block_device_characteristics,
    vpd_block_limits,
    vpd_logical_block_provisioning,
)

from ..emulator.bench import FakeTimers
from .wire import Format, content, recorded

Decoder = Callable[[bytes, List[str]], Any]

_HEALTH = content("log_health/sg_logs")
_RESERVED = recorded("persistent_reserve_in/sg_persist")
_CODES = recorded("report_operation_codes/sg_opcodes")


def _health(page: int, subpage: int = 0) -> list[bytes]:
    return [data for data in _HEALTH if data[0] & 0x3F == page and data[1] == subpage]


def _asked(option: str) -> list[bytes]:
    return [bytes.fromhex(each["hex"]) for each in _RESERVED if option in each["command"]]


def _enclosure() -> tuple[Format, ...]:
    """The pages of an emulated enclosure, which sg_ses reads in tests/kernel."""
    pages = {code: make() for code, make in Enclosure(Clock(FakeTimers()), {"slots": 2}).diagnostic_pages().items()}
    types = ses_pages.decode_configuration(pages[1], [])["types"]
    return (
        Format("SES 01h", ses_pages.decode_configuration, None, [pages[1]]),
        Format("SES 02h", lambda data, said: ses_pages.decode_enclosure_status(data, types, said), None, [pages[2]]),
        Format("SES 07h", lambda data, said: ses_pages.decode_element_descriptors(data, types, said), None, [pages[7]]),
        Format("SES 0Ah", lambda data, said: ses_additional_status.decode_additional_element_status(data, said, types),
               None, [pages[0x0A]]),
    )


MORE: tuple[Format, ...] = (
    Format("VPD B0h", vpd_block_limits.decode_block_limits, None, content("vpd_block_limits/sg_vpd")),
    Format("VPD B1h", vpd_block_device_characteristics.decode_block_device_characteristics, None,
           content("vpd_block_device_characteristics/sg_vpd")),
    Format("VPD B2h", vpd_logical_block_provisioning.decode_logical_block_provisioning, None,
           content("vpd_logical_block_provisioning/sg_vpd")),
    Format("READ CAPACITY(10)", block_commands_capacity.decode_read_capacity_10, None,
           content("read_capacity/sg_readcap_10")),
    Format("READ CAPACITY(16)", block_commands_capacity.decode_read_capacity_16, None,
           content("read_capacity/sg_readcap_16")),
    Format("LBA status", block_commands_provisioning.decode_lba_status, None,
           content("lba_status/sg_get_lba_status")),
    Format("REPORT LUNS", report_luns.decode_report_luns, None,
           [report_luns.encode_report_luns([0, 1, 255, 256, 16383])]),
    Format("target port groups", report_target_port_groups.decode_target_port_groups, None,
           [data for data in content("report_target_port_groups/sg_rtpg") if not data[4] & 0x70]),
    Format("log 02h", lambda data, said: log_health.decode_error_counters(data, 0x02, said), None, _health(0x02)),
    Format("log 03h", lambda data, said: log_health.decode_error_counters(data, 0x03, said), None, _health(0x03)),
    Format("log 06h", log_health.decode_non_medium_errors, None, _health(0x06)),
    Format("log 08h", log_format_status.decode_format_status, log_format_status.encode_format_status,
           content("log_format_status/sg_logs")),
    Format("log 0Dh", log_health.decode_temperature, None, _health(0x0D)),
    Format("log 0Dh,01h", log_environment.decode_environment, log_environment.encode_environment,
           [data for data in content("log_environment/sg_logs") if data[1] == 1]),
    Format("log 0Dh,02h", log_environment.decode_environmental_limits, log_environment.encode_environmental_limits,
           [data for data in content("log_environment/sg_logs") if data[1] == 2]),
    Format("log 0Eh", log_health.decode_start_stop, None, _health(0x0E)),
    Format("log 11h", log_health.decode_endurance, None, _health(0x11)),
    Format("log 12h", log_tape_alert.decode_tape_alert, None, content("log_tape_alert/sg_logs")),
    Format("log 15h,01h", log_health.decode_pending_defects, None, _health(0x15, 1)),
    Format("log 18h", log_sas_port.decode_sas_port, None, content("log_sas_port/sg_logs")),
    Format("log 19h", log_statistics.decode_statistics, None, content("log_statistics/sg_logs")),
    Format("log 1Ah", log_statistics.decode_power_transitions, log_statistics.encode_power_transitions,
           content("log_power_transitions/sg_logs")),
    Format("log 2Fh", log_health.decode_informational_exceptions, None, _health(0x2F)),
    Format("log 3Eh", log_factory.decode_factory_log, None, content("log_factory/sg_logs")),
    Format("log 3Dh,03h", farm.decode_farm_page, None, [
        bytes.fromhex(each["hex"]) for each in recorded("farm/smartctl") if "hex" in each]),
    Format("physical elements", physical_elements.decode_physical_elements, None,
           content("physical_elements/sg_get_elem_status")),
    Format("reservation keys", persistent_reserve_in.decode_keys, None, [bytes.fromhex(_RESERVED[0]["hex"])]),
    Format("reservation", persistent_reserve_in.decode_reservation, None, _asked("--read-reservation")),
    Format("reservation capabilities", persistent_reserve_in.decode_capabilities, None,
           _asked("--report-capabilities")),
    Format("full status of reservations", persistent_reserve_in.decode_full_status, None,
           [bytes.fromhex(_RESERVED[-1]["hex"])]),
    Format("operation codes", report_operation_codes.decode_operation_codes, None,
           [bytes.fromhex(each["hex"]) for each in _CODES if "-o" not in each["command"] and each["name"] != "tmf"]),
    Format("one operation code", report_operation_codes.decode_one_operation_code, None,
           [bytes.fromhex(each["hex"]) for each in _CODES if "-o" in each["command"]]),
    Format("task management", report_operation_codes.decode_task_management, None,
           [bytes.fromhex(each["hex"]) for each in _CODES if each["name"] == "tmf"]),
    *_enclosure(),
)

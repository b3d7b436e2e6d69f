# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decoder for the response to a CDB that a user wrote by hand."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, List

from .._scsi import block_commands_capacity as capacity
from .._scsi import log_environment as environment
from .._scsi import log_health as health
from .._scsi import log_statistics as statistics
from .._scsi import mode_sense as modes
from .._scsi import persistent_reserve_in as reservations
from .._scsi import receive_copy_lid4 as four_bytes
from .._scsi import receive_copy_results as copies
from .._scsi import report_operation_codes as operation_codes
from .._scsi import streams, vpd
from .._scsi.diagnostic_sas import SAS_DIAGNOSTIC_PAGE, decode_sas_diagnostic
from .._scsi.inquiry import decode_standard_inquiry
from .._scsi.log_background_scan import BACKGROUND_SCAN_PAGE, decode_background_scan
from .._scsi.log_format_status import FORMAT_STATUS_PAGE, decode_format_status
from .._scsi.log_sas_port import SAS_PORT_PAGE, decode_sas_port
from .._scsi.log_selftest_results import SELF_TEST_RESULTS_PAGE, decode_self_test_results
from .._scsi.log_sense import ALL_SUBPAGES, SUPPORTED_LOG_PAGES, decode_supported_log_pages
from .._scsi.mode_control import decode_control_mode
from .._scsi.operation_codes import service_action
from .._scsi.read_defect_data import decode_defect_header
from .._scsi.receive_diagnostic import SUPPORTED_DIAGNOSTIC_PAGES, decode_supported_diagnostic_pages
from .._scsi.report_luns import decode_report_luns
from .._scsi.report_target_port_groups import decode_target_port_groups
from .._scsi.sense import decode_sense
from .._scsi.ses_pages import CONFIGURATION, decode_configuration
from .._scsi.vpd_block_device_characteristics import BLOCK_DEVICE_CHARACTERISTICS, decode_block_device_characteristics
from .._scsi.vpd_block_limits import BLOCK_LIMITS, decode_block_limits
from .._scsi.vpd_block_limits_extension import BLOCK_LIMITS_EXTENSION, decode_block_limits_extension
from .._scsi.vpd_designators import DEVICE_IDENTIFICATION, decode_device_identification
from .._scsi.vpd_extended_inquiry import EXTENDED_INQUIRY, decode_extended_inquiry
from .._scsi.vpd_logical_block_provisioning import LOGICAL_BLOCK_PROVISIONING, decode_logical_block_provisioning
from .._scsi.vpd_third_party_copy import THIRD_PARTY_COPY, decode_third_party_copy

Decoder = Callable[[bytes, List[str]], Any]

_MODE_SENSE_10 = 0x5A
_CONTROL_MODE = (0x0A, 0x00)

_VPD: dict[int, Decoder] = {
    vpd.SUPPORTED_PAGES: vpd.decode_supported_pages, vpd.UNIT_SERIAL_NUMBER: vpd.decode_unit_serial_number,
    DEVICE_IDENTIFICATION: decode_device_identification, EXTENDED_INQUIRY: decode_extended_inquiry,
    THIRD_PARTY_COPY: decode_third_party_copy, BLOCK_LIMITS: decode_block_limits,
    BLOCK_DEVICE_CHARACTERISTICS: decode_block_device_characteristics,
    LOGICAL_BLOCK_PROVISIONING: decode_logical_block_provisioning,
    BLOCK_LIMITS_EXTENSION: decode_block_limits_extension,
}


def _error_counters(page: int) -> Decoder:
    return lambda data, warnings: health.decode_error_counters(data, page, warnings)


_LOG: dict[tuple[int, int], Decoder] = {
    (SUPPORTED_LOG_PAGES, 0): decode_supported_log_pages,
    (SUPPORTED_LOG_PAGES, ALL_SUBPAGES): partial(decode_supported_log_pages, subpages=True),
    (health.WRITE_ERRORS, 0): _error_counters(health.WRITE_ERRORS),
    (health.READ_ERRORS, 0): _error_counters(health.READ_ERRORS),
    (health.VERIFY_ERRORS, 0): _error_counters(health.VERIFY_ERRORS),
    (health.NON_MEDIUM_ERRORS, 0): health.decode_non_medium_errors,
    (FORMAT_STATUS_PAGE, 0): decode_format_status,
    (environment.ENVIRONMENT_PAGE, environment.ENVIRONMENTAL_REPORTING): environment.decode_environment,
    (environment.ENVIRONMENT_PAGE, environment.ENVIRONMENTAL_LIMITS): environment.decode_environmental_limits,
    (statistics.STATISTICS_PAGE, 0): statistics.decode_statistics,
    (statistics.POWER_TRANSITIONS_PAGE, 0): statistics.decode_power_transitions,
    (health.TEMPERATURE, 0): health.decode_temperature, (health.START_STOP, 0): health.decode_start_stop,
    (SELF_TEST_RESULTS_PAGE, 0): decode_self_test_results, (health.SOLID_STATE, 0): health.decode_endurance,
    (BACKGROUND_SCAN_PAGE, 0): decode_background_scan,
    (health.PENDING_DEFECTS_PAGE, health.PENDING_DEFECTS): health.decode_pending_defects,
    (SAS_PORT_PAGE, 0): decode_sas_port,
    (health.INFORMATIONAL_EXCEPTIONS, 0): health.decode_informational_exceptions,
}


def _inquiry(cdb: bytes) -> Decoder | None:
    return _VPD.get(cdb[2]) if cdb[1] & 0x01 else decode_standard_inquiry


def _log_sense(cdb: bytes) -> Decoder | None:
    return _LOG.get((cdb[2] & 0x3F, cdb[3]))


#: Pages that are decoded alone; the other SES pages need the configuration page, which scsi_diagnostic reads.
_DIAGNOSTIC: dict[int, Decoder] = {
    SUPPORTED_DIAGNOSTIC_PAGES: decode_supported_diagnostic_pages, CONFIGURATION: decode_configuration,
    SAS_DIAGNOSTIC_PAGE: lambda data, _warnings: decode_sas_diagnostic(data),
}


def _receive_diagnostic(cdb: bytes) -> Decoder | None:
    return _DIAGNOSTIC.get(cdb[2])


def _mode_sense(cdb: bytes) -> Decoder:
    return partial(_mode_data, ten=cdb[0] == _MODE_SENSE_10)


def _mode_data(data: bytes, warnings: list[str], ten: bool) -> Any:
    """The header, and the pages in hex, the known ones decoded too."""
    header = modes.decode_mode_header(data, ten, [])
    return {"header": header, "pages": [
        {"page": each.page, "subpage": each.subpage, "data": each.whole.hex(),
         "decoded": decode_control_mode(each.whole, warnings) if (each.page, each.subpage) == _CONTROL_MODE else None}
        for each in modes.mode_pages(data, ten, warnings)]}


def _defects(data: bytes, warnings: list[str], twelve: bool) -> Any:
    return decode_defect_header(data, twelve, warnings)


def _operation_codes(cdb: bytes) -> Decoder | None:
    return operation_codes.decode_operation_codes if not cdb[2] & 0x07 else operation_codes.decode_one_operation_code


def _sense(data: bytes, warnings: list[str]) -> Any:
    return decode_sense(data, warnings).facts()


#: By operation code: finds the decoder for the response to a CDB.
_BY_CDB: dict[int, Callable[[bytes], Decoder | None]] = {
    0x12: _inquiry, 0x4D: _log_sense, 0x1C: _receive_diagnostic, 0x1A: _mode_sense, _MODE_SENSE_10: _mode_sense}
#: By operation code and service action.
_BY_CODE: dict[tuple[int, int | None], Decoder] = {
    (0x03, None): _sense, (0xA0, None): decode_report_luns, (0x25, None): capacity.decode_read_capacity_10,
    (0x9E, 0x10): capacity.decode_read_capacity_16, (0x9E, 0x16): streams.decode_stream_status,
    (0x9E, 0x14): streams.decode_stream_control, (0xA3, 0x0A): decode_target_port_groups,
    (0xA3, 0x0D): operation_codes.decode_task_management,
    (0x37, None): partial(_defects, twelve=False), (0xB7, None): partial(_defects, twelve=True),
    (0x5E, 0x00): reservations.decode_keys, (0x5E, 0x01): reservations.decode_reservation,
    (0x5E, 0x02): reservations.decode_capabilities, (0x5E, 0x03): reservations.decode_full_status,
    (0x84, copies.COPY_STATUS): copies.decode_copy_status, (0x84, copies.COPY_DATA): copies.decode_copy_data,
    (0x84, copies.OPERATING_PARAMETERS): copies.decode_operating_parameters,
    (0x84, copies.FAILURE_DETAILS): copies.decode_failure_details,
    (0x84, copies.COPY_STATUS_LID4): four_bytes.decode_copy_status_lid4,
    (0x84, copies.COPY_DATA_LID4): four_bytes.decode_copy_data_lid4,
    (0x84, copies.ROD_TOKEN_INFORMATION): four_bytes.decode_rod_token_information,
    (0x84, copies.ALL_ROD_TOKENS): four_bytes.decode_all_rod_tokens,
}


def decoder_of(cdb: bytes) -> Decoder | None:
    """The decoder for the response to a CDB; ``None`` if there is none."""
    if len(cdb) < 6:
        return None
    if cdb[0] in _BY_CDB:
        return _BY_CDB[cdb[0]](cdb)
    action = service_action(cdb)
    if (cdb[0], action) == (0xA3, 0x0C):
        return _operation_codes(cdb)
    return _BY_CODE.get((cdb[0], action))

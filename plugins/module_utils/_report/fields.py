# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a drive's facts that rules may name, and the page or command that each comes from.

They match docs/schemas/drive_facts-1.json, which a test verifies. The layer that gathers facts is not imported: a
report is made from documents, on a machine that may have no drives.
"""

from __future__ import annotations

import re

#: By the object that contains them; "[]" is each item of a list, "*" any field.
_FIELDS: dict[str, str] = {
    "": (
        "device wwn status reason warnings warnings[] commands exception facts_version gathered gathered[] failures "
        "failures[] readiness identity "
        "capacity limits health selftest xcopy streams"),
    "error": "*",
    "failures[]": "command page kind message",
    "failures[].sense": "*",
    "readiness": "state",
    "readiness.sense": "*",
    "commands[]": "*",
    "identity": (
        "source vendor product revision serial wwn designators designators[] peripheral_device_type removable "
        "spc_version version_descriptors version_descriptors[] protocol form_factor rotation_rate_rpm "
        "non_rotating paths paths[] path_count bay"),
    "identity.designators[]": (
        "name association designator_type code_set protocol_identifier piv designator text"),
    "identity.designators[].association": "value name",
    "identity.designators[].designator_type": "value name",
    "identity.designators[].code_set": "value name",
    "identity.designators[].protocol_identifier": "value name",
    "identity.designators[].fields": "*",
    "identity.peripheral_device_type": "value name",
    "identity.spc_version": "value name",
    "identity.version_descriptors[]": "value name",
    "identity.paths[]": "hctl sg_node block_node state",
    "identity.bay": "enclosure slot name",
    "capacity": (
        "blocks capacity_bytes logical_block_length_bytes physical_block_length_bytes "
        "lowest_aligned_logical_block_address protection_type protection_intervals_per_block provisioning"),
    "capacity.provisioning": (
        "managed type unmapped_reads_zeros unmap write_same_16_unmap write_same_10_unmap anchor "
        "threshold_set_size_blocks threshold_percent minimum_percent"),
    "capacity.provisioning.type": "value name",
    "limits": (
        "wsnz maximum_compare_and_write_length_blocks optimal_transfer_length_granularity_blocks "
        "maximum_transfer_length_blocks optimal_transfer_length_blocks maximum_prefetch_length_blocks "
        "maximum_unmap_lba_count maximum_unmap_block_descriptor_count optimal_unmap_granularity_blocks "
        "ugavalid unmap_granularity_alignment_blocks maximum_write_same_length_blocks "
        "maximum_atomic_transfer_length_blocks atomic_alignment_blocks "
        "atomic_transfer_length_granularity_blocks maximum_atomic_transfer_length_with_atomic_boundary_blocks "
        "maximum_atomic_boundary_size_blocks"),
    "health": (
        "predicted_failure warning informational_exceptions power_condition power_condition_activated_by "
        "power_on_hours power_on_hours_source temperature start_stop endurance error_counters background_scan "
        "pending_defects grown_defects smart environment environmental_limits format_status statistics "
        "power_transitions tape_alert_flags tape_alert_flags[] phys phys[] cache recovery_time_limit_milliseconds "
        "physical_elements farm"),
    "health.informational_exceptions": "asc ascq text source reporting_enabled reporting_method test",
    "health.informational_exceptions.reporting_method": "value name",
    "health.phys[]": (
        "relative_target_port_identifier phy_identifier negotiated_logical_link_rate attached_sas_address "
        "invalid_dword_count running_disparity_error_count loss_of_dword_synchronization_count "
        "phy_reset_problem_count"),
    "health.phys[].negotiated_logical_link_rate": "value name",
    "health.physical_elements": "count being_depopulated elements elements[]",
    "health.physical_elements.elements[]": (
        "element_identifier element_type health restoration_allowed associated_capacity_blocks"),
    "health.physical_elements.elements[].element_type": "value name",
    "health.physical_elements.elements[].health": "value name",
    "health.farm": (
        "heads power_on_hours spindle_power_on_hours head_flight_hours head_load_events power_cycles assembly_year "
        "assembly_week reallocated_sectors_by_head reallocated_sectors_by_head[] write_power_on_hours_by_head "
        "write_power_on_hours_by_head[]"),
    "health.cache": "write_cache_enabled read_cache_enabled",
    "health.smart": (
        "healthy power_on_hours temperature_celsius reallocated_sectors pending_sectors "
        "offline_uncorrectable_sectors"),
    "health.temperature": "temperature_celsius reference_temperature_celsius",
    "health.environment": "temperatures temperatures[] relative_humidities relative_humidities[]",
    "health.environment.temperatures[]": (
        "parameter_code temperature_celsius lifetime_maximum_temperature_celsius "
        "lifetime_minimum_temperature_celsius maximum_temperature_since_power_on_celsius "
        "minimum_temperature_since_power_on_celsius maximum_other_temperature_celsius "
        "minimum_other_temperature_celsius"),
    "health.environment.relative_humidities[]": (
        "parameter_code relative_humidity_percent lifetime_maximum_relative_humidity_percent "
        "lifetime_minimum_relative_humidity_percent maximum_relative_humidity_since_power_on_percent "
        "minimum_relative_humidity_since_power_on_percent maximum_other_relative_humidity_percent "
        "minimum_other_relative_humidity_percent"),
    "health.environmental_limits": "temperatures temperatures[] relative_humidities relative_humidities[]",
    "health.environmental_limits.temperatures[]": (
        "parameter_code high_critical_temperature_limit_trigger_celsius "
        "high_critical_temperature_limit_reset_celsius low_critical_temperature_limit_reset_celsius "
        "low_critical_temperature_limit_trigger_celsius high_operating_temperature_limit_trigger_celsius "
        "high_operating_temperature_limit_reset_celsius low_operating_temperature_limit_reset_celsius "
        "low_operating_temperature_limit_trigger_celsius"),
    "health.environmental_limits.relative_humidities[]": (
        "parameter_code high_critical_relative_humidity_limit_trigger_percent "
        "high_critical_relative_humidity_limit_reset_percent low_critical_relative_humidity_limit_reset_percent "
        "low_critical_relative_humidity_limit_trigger_percent "
        "high_operating_relative_humidity_limit_trigger_percent "
        "high_operating_relative_humidity_limit_reset_percent low_operating_relative_humidity_limit_reset_percent "
        "low_operating_relative_humidity_limit_trigger_percent"),
    "health.format_status": (
        "format_data_out grown_defects_during_certification total_blocks_reassigned_during_format "
        "total_new_blocks_reassigned power_on_minutes_since_format"),
    "health.statistics": (
        "read_commands write_commands logical_blocks_received logical_blocks_transmitted "
        "read_command_processing_intervals write_command_processing_intervals weighted_read_and_write_commands "
        "weighted_read_and_write_command_processing idle_time_intervals time_interval_seconds "
        "read_processing_seconds write_processing_seconds idle_seconds"),
    "health.power_transitions": "active idle_a idle_b idle_c standby_z standby_y",
    "health.tape_alert_flags[]": "flag name severity",
    "health.start_stop": (
        "manufacture_year manufacture_week accounting_year accounting_week specified_start_stop_cycles "
        "accumulated_start_stop_cycles specified_load_unload_cycles accumulated_load_unload_cycles"),
    "health.endurance": "percentage_used_percent",
    "health.error_counters": "write read verify non_medium_error_count",
    "health.error_counters.write": (
        "errors_corrected_without_substantial_delay errors_corrected_with_possible_delays total_retries "
        "total_errors_corrected total_times_correction_algorithm_processed total_bytes_processed "
        "total_uncorrected_errors"),
    "health.error_counters.read": (
        "errors_corrected_without_substantial_delay errors_corrected_with_possible_delays total_retries "
        "total_errors_corrected total_times_correction_algorithm_processed total_bytes_processed "
        "total_uncorrected_errors"),
    "health.error_counters.verify": (
        "errors_corrected_without_substantial_delay errors_corrected_with_possible_delays total_retries "
        "total_errors_corrected total_times_correction_algorithm_processed total_bytes_processed "
        "total_uncorrected_errors"),
    "health.background_scan": "status findings findings[]",
    "health.background_scan.status": (
        "accumulated_power_on_minutes background_scan_status number_of_background_scans_performed "
        "background_scan_progress number_of_background_medium_scans_performed progress_percent"),
    "health.background_scan.status.background_scan_status": "value name",
    "health.background_scan.findings[]": (
        "parameter_code accumulated_power_on_minutes reassign_status sense_key additional_sense_code "
        "additional_sense_code_qualifier vendor_specific logical_block_address"),
    "health.background_scan.findings[].reassign_status": "value name",
    "health.background_scan.findings[].sense_key": "value name",
    "health.pending_defects": "count defects defects[]",
    "health.pending_defects.defects[]": "accumulated_power_on_hours logical_block_address",
    "health.grown_defects": "count defect_list_format",
    "health.grown_defects.defect_list_format": "value name",
    "selftest": (
        "running running_test progress_percent interrupted power_on_hours power_on_hours_source "
        "extended_duration_seconds extended_duration_source log_supported log_refusal log_complete results"),
    "selftest.newest": "*",
    "selftest.results[]": "*",
    "xcopy": "supported reason third_party_copy",
    "xcopy.parameters": "*",
    "xcopy.third_party_copy[]": "*",
    "streams": "supported reason maximum open open[] permanent permanent[] reported_open descriptors",
    "streams.descriptors[]": "*",
}

#: What a host's document contains besides the facts of its drives.
HOST_FIELDS = ("host", "location.enclosure", "location.slot")

_KNOWN = frozenset(
    [(group + "." + name) if group else name for group, names in _FIELDS.items() for name in names.split()]
    + list(HOST_FIELDS))
_OPEN = tuple(field[:-1] for field in sorted(_KNOWN) if field.endswith(".*"))

#: By prefix of the field; the longest prefix decides.
_PAGES: tuple[tuple[str, str], ...] = (
    ("readiness", "TEST UNIT READY or REQUEST SENSE"),
    ("identity.serial", "unit serial number VPD page (80h)"),
    ("identity.wwn", "device identification VPD page (83h)"),
    ("identity.designators", "device identification VPD page (83h)"),
    ("identity.form_factor", "block device characteristics VPD page (B1h)"),
    ("identity.rotation_rate_rpm", "block device characteristics VPD page (B1h)"),
    ("identity.non_rotating", "block device characteristics VPD page (B1h)"),
    ("identity.path", "the operating system"),
    ("identity.bay", "the operating system"),
    ("identity", "standard INQUIRY data"),
    ("capacity.provisioning", "logical block provisioning VPD page (B2h)"),
    ("capacity", "READ CAPACITY(16)"),
    ("limits", "block limits VPD page (B0h)"),
    ("health.predicted_failure", "informational exceptions log page (2Fh), sense data, or SMART RETURN STATUS"),
    ("health.warning", "informational exceptions log page (2Fh) or sense data"),
    ("health.informational_exceptions", "informational exceptions log page (2Fh) or sense data"),
    ("health.power_condition", "REQUEST SENSE"),
    ("health.power_on_hours", "background scan log page (15h), factory log page (3Eh), or SMART attribute 9"),
    ("health.phys", "protocol specific port log page (18h)"),
    ("health.physical_elements", "GET PHYSICAL ELEMENT STATUS"),
    ("health.tape_alert_flags", "TapeAlert response log page (12h)"),
    ("health.farm", "FARM log (log page 3Dh,03h, or ATA log A6h)"),
    ("health.cache", "caching mode page (08h)"),
    ("health.recovery_time_limit_milliseconds", "read-write error recovery mode page (01h)"),
    ("health.smart", "SMART READ DATA or SMART RETURN STATUS"),
    ("health.temperature", "temperature log page (0Dh) or SMART attribute 194"),
    ("health.environment", "environmental reporting log page (0Dh, subpage 01h)"),
    ("health.environmental_limits", "environmental limits log page (0Dh, subpage 02h)"),
    ("health.format_status", "format status log page (08h)"),
    ("health.statistics", "general statistics and performance log page (19h)"),
    ("health.power_transitions", "power condition transitions log page (1Ah)"),
    ("health.start_stop", "start-stop cycle counter log page (0Eh)"),
    ("health.endurance", "solid state media log page (11h)"),
    ("health.error_counters.write", "write error counters log page (02h)"),
    ("health.error_counters.read", "read error counters log page (03h)"),
    ("health.error_counters.verify", "verify error counters log page (05h)"),
    ("health.error_counters.non_medium", "non-medium error log page (06h)"),
    ("health.background_scan", "background scan log page (15h)"),
    ("health.pending_defects", "pending defects log page (15h, subpage 01h) or SMART attribute 197"),
    ("health.grown_defects", "READ DEFECT DATA or SMART attribute 5"),
    ("selftest.extended_duration", "control mode page or extended INQUIRY data VPD page (86h)"),
    ("selftest.power_on_hours", "background scan log page (15h) or factory log page (3Eh)"),
    ("selftest", "self-test results log page (10h)"),
    ("xcopy.third_party_copy", "third-party copy VPD page (8Fh)"),
    ("xcopy", "RECEIVE COPY OPERATING PARAMETERS"),
    ("streams.maximum", "block limits extension VPD page (B7h)"),
    ("streams", "GET STREAM STATUS"),
    ("host", "the host's document"),
    ("location", "the host's document or its operating system"),
)
_NO_PAGE = "the task that queried the drive"
_pages: dict[str, str] = {}
_PATH = re.compile(r"[^.\[\]]+(\[\])?(\.[^.\[\]]+(\[\])?)*\Z")


def known(path: str) -> bool:
    """Whether a drive's facts have such a field."""
    return path in _KNOWN or path.startswith(_OPEN) and whole(path)


def whole(path: str) -> bool:
    """Whether a path consists of names separated by dots, each with an optional "[]" after it."""
    return _PATH.match(path) is not None


def nearest(path: str) -> list[str]:
    """Up to three fields that may be meant: with the same last name, else those that share the most words."""
    last = path.rsplit(".", 1)[-1]
    same = [field for field in sorted(_KNOWN) if field.rsplit(".", 1)[-1] == last]
    words = set(path.replace("_", ".").split("."))
    alike = sorted((-len(words & set(field.replace("_", ".").split("."))), len(field), field) for field in _KNOWN)
    return (same or [field for shared, _length, field in alike if shared])[:3]


def page_of(path: str) -> str:
    """The page or command that the value of a field comes from."""
    if path not in _pages:
        prefixes = [prefix for prefix, _page in _PAGES if path.startswith(prefix)]
        _pages[path] = dict(_PAGES)[max(prefixes, key=len)] if prefixes else _NO_PAGE
    return _pages[path]

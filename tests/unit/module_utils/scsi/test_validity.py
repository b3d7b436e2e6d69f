# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every bit or number that says whether a field counts: once where it counts, and once where the field is null.

One case for each pair, in the order of the formats. What was looked at and has no such pair, or is left as the drive
says it, and why:

* DU, TSD, ETC, TMC, and FORMAT AND LINKING of log parameters: they say how a parameter is kept, not whether it is
  valid; drives set them as they like (sg_logs and smartctl ignore them too). DS and PS: whether it can be saved.
* Thresholds of log parameters are not read, nor those of SMART attributes: SMART RETURN STATUS is the drive's verdict.
* Mode pages are read as current values only, so no page with a mask of changeable values can be taken for them; block
  descriptors are skipped by their length, whatever LONGLBA says.
* SES: INVOP, INFO, NON-CRIT, CRIT, UNRECOV and PRDFAIL are facts of their own; "unsupported" and "not available" say
  nothing of the reading beside them.
* The timers of the power condition mode page stand beside the bits that enable them.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import (
    ata_smart,
    block_commands_capacity,
    log_background_scan,
    log_health,
    log_sas_port,
    log_selftest_results,
    log_sense,
    mode_control,
    mode_informational_exceptions,
    mode_protocol_specific,
    mode_sense,
    persistent_reserve_in,
    read_defect_data,
    receive_copy_lid4,
    report_operation_codes,
    report_target_port_groups,
    sense,
    sense_descriptors,
    ses_additional_status,
    ses_elements,
    streams,
    vpd,
    vpd_block_device_characteristics,
    vpd_block_limits,
    vpd_block_limits_extension,
    vpd_designators,
    vpd_extended_inquiry,
    vpd_logical_block_provisioning,
)


class Pair(NamedTuple):
    """Two answers that differ in what says whether the field counts; ``at`` are the field's keys, ``value`` it."""

    name: str
    decode: Callable[[bytes], Any]
    valid: str
    invalid: str
    at: tuple[Any, ...]
    value: Any


def said(decode: Callable[..., Any], *more: Any) -> Callable[[bytes], Any]:
    """A decoder that takes a list of warnings."""
    return lambda data: decode(data, *more, [])


def _log(page: int, *parameters: str, subpage: int = 0) -> str:
    body = "".join(parameters)
    return f"{page | (0x40 if subpage else 0):02x}{subpage:02x}{len(body) // 2:04x}{body}"


def _page(code: int, body: str) -> str:
    return f"00{code:02x}{len(body) // 2:04x}{body}"


def _selftest(result: int, hours: str, address: str, number: str = "00", key: str = "00") -> str:
    return _log(0x10, f"00010310{0x20 | result:02x}{number}{hours}{address}{key}110000")


def _smart(attribute: int, raw: str) -> str:
    return (bytes(2) + bytes((attribute, 0, 0, 100, 100)) + bytes.fromhex(raw) + bytes(512)).hex()[:1024]


def _smart_minutes(octet: int, word: str) -> str:
    data = bytearray(512)
    data[363], data[373], data[375:377] = 0x10, octet, bytes.fromhex(word)
    return data.hex()


def _smart_log(status: int, lba: str) -> str:
    data = bytearray(512)
    data[508], data[2:26] = 1, bytes((2, status << 4, 1, 0, 0)) + bytes.fromhex(lba) + bytes(15)
    return data.hex()


def _fixed(first: str, key: str, additional: str, more: str, information: str = "00000000") -> str:
    return f"{first}00{key}{information}0a00000000{additional}{more}"


ONES = "ffffffffffffffff"
NAA = "5000c500a1b2c3d4"
_SELFTESTS = said(log_selftest_results.decode_self_test_results)
_TEMPERATURE = said(log_health.decode_temperature)
_ELEMENTS = ses_elements.decode_status
_CAPACITY_16 = said(block_commands_capacity.decode_read_capacity_16)

PAIRS = [
    # Sense data
    Pair("VALID, fixed", sense.decode_sense, _fixed("f0", "03", "1100", "00000000", "00000010"),
         _fixed("70", "03", "1100", "00000000", "00000010"), ("information",), 16),
    Pair("VALID, information descriptor", sense.decode_sense, "720311000000000c000a80000000000000000010",
         "720311000000000c000a00000000000000000010", ("information",), 16),
    Pair("SKSV, progress", sense.decode_sense, _fixed("70", "02", "0409", "00808000"),
         _fixed("70", "02", "0409", "00008000"), ("progress",), 0x8000),
    Pair("SKSV, retries", sense.decode_sense, _fixed("70", "03", "1100", "00800005"),
         _fixed("70", "03", "1100", "00000005"), ("retry_count",), 5),
    Pair("BPV", sense.decode_sense, _fixed("70", "05", "2400", "00cd0004"), _fixed("70", "05", "2400", "00c50004"),
         ("field_pointer", "bit"), 5),
    Pair("field replaceable unit", sense.decode_sense, _fixed("70", "03", "1100", "07000000"),
         _fixed("70", "03", "1100", "00000000"), ("field_replaceable_unit_code",), 7),
    Pair("PIV, designation descriptor of sense data", sense_descriptors.decode_descriptor,
         "0e0e000061930008" + NAA, "0e0e000061130008" + NAA,
         ("designation_descriptor", "protocol_identifier"), 6),
    # Log pages
    Pair("self-test address", _SELFTESTS, _selftest(7, "03e8", "0000000000000010"), _selftest(7, "03e8", ONES),
         (0, "address_of_first_failure"), 16),
    Pair("self-test address of a test that passed", _SELFTESTS, _selftest(7, "03e8", "0" * 16),
         _selftest(0, "03e8", "0" * 16), (0, "address_of_first_failure"), 0),
    Pair("self-test number", _SELFTESTS, _selftest(7, "03e8", ONES, "03"), _selftest(7, "03e8", ONES),
         (0, "self_test_number"), 3),
    Pair("self-test hours while in progress", _SELFTESTS, _selftest(15, "03e8", ONES), _selftest(15, "0000", ONES),
         (0, "power_on_hours"), 1000),
    Pair("self-test sense", _SELFTESTS, _selftest(7, "03e8", ONES, key="03"), _selftest(7, "03e8", ONES),
         (0, "sense_text"), "medium error: unrecovered read error"),
    Pair("temperature", _TEMPERATURE, _log(0x0D, "000003020026"), _log(0x0D, "0000030200ff"),
         ("temperature_celsius",), 38),
    Pair("reference temperature", _TEMPERATURE, _log(0x0D, "000003020026", "000103020044"),
         _log(0x0D, "000003020026", "0001030200ff"), ("reference_temperature_celsius",), 68),
    Pair("temperature, all zeros", _TEMPERATURE, _log(0x0D, "000003020000", "000103020044"),
         _log(0x0D, "000003020000", "000103020000"), ("temperature_celsius",), 0),
    Pair("temperature of the exceptions page", said(log_health.decode_informational_exceptions),
         _log(0x2F, "0000030400002600"), _log(0x2F, "000003040000ff00"), ("temperature_celsius",), 38),
    Pair("cycles", said(log_health.decode_start_stop), _log(0x0E, "0004030400000010"), _log(0x0E, "00040304ffffffff"),
         ("accumulated_start_stop_cycles",), 16),
    Pair("year", said(log_health.decode_start_stop), _log(0x0E, "00010306323032303031"),
         _log(0x0E, "00010306303030303031"), ("manufacture_year",), "2020"),
    Pair("a counter that was cut", said(log_health.decode_error_counters, 3), _log(3, "0006020400000009"),
         "0300000800060204000009", ("total_uncorrected_errors",), 9),
    Pair("hours of a pending defect", said(log_health.decode_pending_defects),
         _log(0x15, "0001030c00000064" + "0" * 16, subpage=1), _log(0x15, "0001030cffffffff" + "0" * 16, subpage=1),
         ("defects", 0, "accumulated_power_on_hours"), 100),
    Pair("background scan status", said(log_background_scan.decode_background_scan),
         _log(0x15, "0000030c000000640008000100000001"), _log(0x15), ("status", "progress_percent"), 0),
    Pair("the protocol of a port", said(log_sas_port.decode_sas_port), _log(0x18,
         "000103380600000101000030" + "11" * 48),
         _log(0x18, "000103380500000101000030" + "11" * 48), (0, "phys", 0, "phy_identifier"), 0),
    Pair("page and subpage code", said(log_health.decode_pending_defects),
         _log(0x15, "0000030400000002", subpage=1), _log(0x15, "0000030400000002", subpage=2), ("count",), 2),
    # READ DEFECT DATA: that PLISTV and GLISTV count is judged where the list is asked for (test_facts_health)
    Pair("defect list length", said(read_defect_data.decode_defect_header, False), "001d0010", "001dffff",
         ("defects",), 2),
    Pair("defect list format", said(read_defect_data.decode_defect_header, False), "001d0010", "001e0010",
         ("defects",), 2),
    Pair("defect generation", said(read_defect_data.decode_defect_header, True), "000d000500000010", "000d000000000010",
         ("generation_code",), 5),
    # VPD pages
    Pair("serial number of spaces", said(vpd.decode_unit_serial_number), _page(0x80, "5a31"), _page(0x80, "2020"), (),
         "Z1"),
    Pair("PIV", said(vpd_designators.decode_device_identification), _page(0x83, "61930008" + NAA), _page(0x83,
         "61130008" + NAA),
         (0, "protocol_identifier", "value"), 6),
    Pair("protocol identifier of a logical unit", said(vpd_designators.decode_device_identification),
         _page(0x83, "61930008" + NAA), _page(0x83, "61830008" + NAA), (0, "protocol_identifier", "value"), 6),
    Pair("a name of zeros", said(vpd_designators.decode_device_identification), _page(0x83, "01030008" + NAA),
         _page(0x83, "01030008" + "0" * 16), (0, "name"), "naa." + NAA),
    Pair("extended self-test time, page 86h", said(vpd_extended_inquiry.decode_extended_inquiry),
         _page(0x86, "000000000000003c" + "00" * 52), _page(0x86, "00" * 60),
         ("extended_self_test_completion_minutes",), 60),
    Pair("DMS_VALID", said(vpd_extended_inquiry.decode_extended_inquiry),
         _page(0x86, "00" * 8 + "10" + "00" * 6 + "80" + "00" * 44), _page(0x86,
         "00" * 8 + "00" + "00" * 6 + "80" + "00" * 44),
         ("dm_md_4",), True),
    Pair("maximum sense data length", said(vpd_extended_inquiry.decode_extended_inquiry),
         _page(0x86, "00" * 9 + "fc" + "00" * 50), _page(0x86, "00" * 60), ("maximum_supported_sense_data_length",),
         252),
    Pair("rotation rate", said(vpd_block_device_characteristics.decode_block_device_characteristics),
         _page(0xB1, "1c20" + "00" * 58), _page(0xB1, "0000" + "00" * 58), ("non_rotating",), False),
    Pair("rotation rate, reserved", said(vpd_block_device_characteristics.decode_block_device_characteristics),
         _page(0xB1, "1c20" + "00" * 58), _page(0xB1, "ffff" + "00" * 58), ("rotation_rate_rpm",), 7200),
    Pair("depopulation time", said(vpd_block_device_characteristics.decode_block_device_characteristics),
         _page(0xB1, "00" * 8 + "0000003c" + "00" * 48), _page(0xB1, "00" * 60), ("depopulation_time_seconds",), 60),
    Pair("UGAVALID", said(vpd_block_limits.decode_block_limits), _page(0xB0, "00" * 28 + "80000001" + "00" * 28),
         _page(0xB0, "00" * 28 + "00000001" + "00" * 28), ("unmap_granularity_alignment_blocks",), 1),
    Pair("transfer length without limit", said(vpd_block_limits.decode_block_limits),
         _page(0xB0, "00" * 4 + "00000800" + "00" * 52), _page(0xB0, "00" * 60), ("maximum_transfer_length_blocks",),
         2048),
    Pair("UNMAP without limit", said(vpd_block_limits.decode_block_limits), _page(0xB0,
         "00" * 16 + "00000800" + "00" * 40),
         _page(0xB0, "00" * 16 + "ffffffff" + "00" * 40), ("maximum_unmap_lba_count",), 2048),
    Pair("scattered write", said(vpd_block_limits_extension.decode_block_limits_extension),
         _page(0xB7, "00" * 12 + "00000008" + "00" * 12), _page(0xB7, "00" * 28),
         ("maximum_scattered_lba_range_transfer_length_blocks",), 8),
    Pair("DP", said(vpd_logical_block_provisioning.decode_logical_block_provisioning),
         _page(0xB2, "0001000001030008" + NAA), _page(0xB2, "0000000001030008" + NAA),
         ("provisioning_group", "name"), "naa." + NAA),
    Pair("threshold", said(vpd_logical_block_provisioning.decode_logical_block_provisioning),
         _page(0xB2, "08000000"), _page(0xB2, "00000000"), ("threshold_exponent",), 8),
    # Mode pages
    Pair("extended self-test time", mode_control.decode_control_mode, "0a0a0000000000000000003c",
         "0a0a0000000000000000ffff",
         ("extended_self_test_completion_time_seconds",), 60),
    Pair("busy timeout", mode_control.decode_control_mode, "0a0a00000000000000100000", "0a0a000000000000ffff0000",
         ("busy_timeout_period",), 16),
    Pair("interval timer", mode_informational_exceptions.decode_informational_exceptions_mode,
         "1c0a00060000001000000000", "1c0a0006ffffffff00000000", ("interval_timer",), 16),
    Pair("I_T nexus loss time", mode_protocol_specific.decode_protocol_specific_port, "190e060007d0" + "00" * 10,
         "190e0600ffff" + "00" * 10, ("i_t_nexus_loss_time_milliseconds",), 2000),
    Pair("the protocol of page 19h", mode_protocol_specific.decode_protocol_specific_port, "190e160007d0" + "00" * 10,
         "190e150007d0" + "00" * 10, ("ready_led_meaning",), True),
    Pair("the protocol of page 18h", mode_protocol_specific.decode_protocol_specific_logical_unit,
         "18061600" + "00" * 4,
         "18061500" + "00" * 4, ("transport_layer_retries",), True),
    Pair("page code", lambda data: mode_sense.find_page(data, 0x0A, 0, True, []), "00080000000000000a00",
         "00080000000000000800", (), bytes.fromhex("0a00")),
    # Capacity
    Pair("READ CAPACITY(10)", said(block_commands_capacity.decode_read_capacity_10), "0000ffff00000200",
         "ffffffff00000200",
         ("capacity_bytes",), 0x2000000),
    Pair("READ CAPACITY(16), address", _CAPACITY_16, "000000000000ffff00000200" + "00" * 20,
         ONES + "00000200" + "00" * 20,
         ("blocks",), 0x10000),
    Pair("READ CAPACITY(16), block length", _CAPACITY_16, "000000000000ffff00000200" + "00" * 20,
         "000000000000ffff00000000" + "00" * 20,
         ("capacity_bytes",), 0x2000000),
    # Commands
    Pair("SERVACTV", said(report_operation_codes.decode_operation_codes), "000000089e00001000010010",
         "000000089e00001000000010", (0, "service_action"), 16),
    Pair("CTDP", said(report_operation_codes.decode_operation_codes),
         "000000141200000000020006000a00000000000a0000001e",
         "000000081200000000000006", (0, "timeouts", "recommended_command_timeout_seconds"), 30),
    Pair("command timeout", said(report_operation_codes.decode_operation_codes),
         "000000141200000000020006000a00000000000a0000001e",
         "000000141200000000020006000a00000000000a00000000",
         (0, "timeouts", "recommended_command_timeout_seconds"), 30),
    Pair("SUPPORT", said(report_operation_codes.decode_one_operation_code), "0003000612010000ff00",
         "0001000612010000ff00",
         ("cdb_usage_data",), "12010000ff00"),
    Pair("implicit transition time", lambda data: report_target_port_groups.decode_target_port_groups(data, [],
         extended=True), "00000004103c0000",
         "0000000410000000", ("implicit_transition_time_seconds",), 60),
    Pair("assigned stream", said(streams.decode_stream_control), "0700000000070000", "0700000000000000",
         ("assigned_str_id",), 7),
    Pair("TMV", said(persistent_reserve_in.decode_capabilities), "0008008002000000", "0008000002000000", ("wr_ex",),
         True),
    Pair("R_HOLDER", said(persistent_reserve_in.decode_full_status),
         "0000000100000018" + "0" * 24 + "010500000000000100000000",
         "0000000100000018" + "0" * 24 + "000500000000000100000000", ("registrations", 0, "type", "value"), 5),
    Pair("ALL_TG_PT", said(persistent_reserve_in.decode_full_status),
         "0000000100000018" + "0" * 24 + "000000000000000100000000",
         "0000000100000018" + "0" * 24 + "020000000000000100000000",
         ("registrations", 0, "relative_target_port_identifier"), 1),
    Pair("copy completion status", said(receive_copy_lid4.decode_copy_status_lid4),
         "0000001c010200000000000002" + "00" * 19,
         "0000001c011000000000000002" + "00" * 19, ("extended_copy_completion_status", "value"), 2),
    Pair("segments processed", said(receive_copy_lid4.decode_copy_status_lid4),
         "0000001c0101000000000000" + "00" * 12 + "0003" + "00" * 6,
         "0000001c1001000000000000" + "00" * 12 + "0003" + "00" * 6, ("segments_processed",), 3),
    Pair("status update delay", said(receive_copy_lid4.decode_copy_status_lid4), "0000001c0110000000000064" + "00" * 20,
         "0000001c01100000fffffffe" + "00" * 20, ("estimated_status_update_delay_milliseconds",), 100),
    # Enclosures
    Pair("element status code, temperature", lambda data: _ELEMENTS(4, data), "01002d00", "06002d00",
         ("temperature_celsius",), 25),
    Pair("element status code, fan", lambda data: _ELEMENTS(3, data), "01012c05", "05012c05",
         ("actual_fan_speed_rpm",), 3000),
    Pair("temperature of an element", lambda data: _ELEMENTS(4, data), "01002d00", "01000000",
         ("temperature_celsius",), 25),
    Pair("EIP", said(ses_additional_status.decode_additional_element_status),
         "0a00000a00000000160400050040", "0a00000a00000000060400050040", ("descriptors", 0, "element_index"), 5),
    Pair("INVALID", said(ses_additional_status.decode_additional_element_status),
         "0a00000c000000001606000500000003", "0a00000c000000009606000500000003",
         ("descriptors", 0, "device_slot_number"), 3),
    # SMART
    Pair("extended test, in a byte or in a word", lambda data: ata_smart.decode_smart_data(data, [])._asdict(),
         _smart_minutes(0xFF, "2c01"), _smart_minutes(0xFF, "0000"), ("extended_minutes",), 300),
    Pair("address of a failure", said(ata_smart.decode_self_test_log), _smart_log(7, "10000000"), _smart_log(7,
         "ffffffff"), (0, "lba"), 16),
    Pair("address of a test that passed", said(ata_smart.decode_self_test_log), _smart_log(7, "10000000"),
         _smart_log(0, "10000000"),
         (0, "lba"), 16),
    Pair("attribute of all ones",
         lambda data: {each.id: each.counted for each in ata_smart.decode_attributes(data).values()},
         _smart(197, "080000000000"), _smart(197, "ffffffff0000"), (197,), 8),
    Pair("SMART data of zeros", lambda data: ata_smart.decode_smart_data(data, [])._asdict(), _smart_minutes(1,
         "0000"), "00" * 512,
         ("status",), 1),
    Pair("registers of SMART RETURN STATUS",
         lambda data: {"healthy": ata_smart.decode_return_status(int.from_bytes(data, "big"))},
         "c24f00", "000000", ("healthy",), True),
]


def field(values: Any, keys: tuple[Any, ...]) -> Any:
    """What stands there; ``None`` where nothing does."""
    for key in keys:
        if values is None or values == []:
            return None
        values = getattr(values, str(key)) if hasattr(values, "_fields") else values.get(key) if isinstance(
            values, dict) else values[key]
    return values


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_a_field_counts_only_where_the_drive_says_so(pair: Pair) -> None:
    assert field(pair.decode(bytes.fromhex(pair.valid)), pair.at) == pair.value
    assert field(pair.decode(bytes.fromhex(pair.invalid)), pair.at) is None


def test_the_fields_of_a_log_page_that_is_not_the_requested_one_are_null() -> None:
    assert list(log_sense.parameters(bytes.fromhex(_log(0x0D, "000003020026")), 0x2F, 0, [])) == []

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the formats share: answers recorded beside another decoder, and the list of our decoders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple

from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import (
    inquiry,
    log_background_scan,
    log_selftest_results,
    log_sense,
    mode_control,
    mode_sense,
    receive_copy_lid4,
    receive_copy_results,
    receive_diagnostic,
    streams,
    vpd,
    vpd_block_limits_extension,
    vpd_designators,
    vpd_extended_inquiry,
    vpd_third_party_copy,
)

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

#: Bytes that are told in hex as far as they arrived; what reads them knows how long they should be.
BLOBS = ("held_data", "sense_data")


def recorded(name: str) -> list[dict[str, Any]]:
    """The vectors of a fixture: each has its ``hex``, and the ``output`` of the tool that the fixture names."""
    vectors: list[dict[str, Any]] = json.loads((FIXTURES / (name + ".json")).read_text("ascii"))["vectors"]
    return vectors


def content(name: str) -> list[bytes]:
    """The bytes of a fixture's vectors."""
    return [bytes.fromhex(vector["hex"]) for vector in recorded(name)]


def number(told: Any) -> Any:
    """What the tool printed as a number, with or without its meaning."""
    return told["i"] if isinstance(told, dict) else told


class Format(NamedTuple):
    """A response: how it is decoded and encoded, and whole ones."""

    name: str
    decode: Callable[[bytes, list[str]], Any]
    encode: Callable[[Any], bytes] | None
    vectors: list[bytes]


def control_mode(data: bytes, ten: bool, warnings: list[str]) -> Any:
    """The control mode page of an answer to MODE SENSE."""
    return mode_control.decode_control_mode(
        mode_sense.find_page(data, mode_control.CONTROL_MODE_PAGE, 0, ten, warnings), warnings)


def mode_pages(data: bytes, ten: bool, warnings: list[str]) -> list[dict[str, Any]]:
    """The pages of an answer to MODE SENSE, less those that are cut."""
    return [{"page": page.page, "subpage": page.subpage, "whole": page.whole.hex()}
            for page in mode_sense.mode_pages(data, ten, warnings) if len(page.whole) == page.length]


_TEN_PAGES = content("mode_sense/sg_modes")
_SIX_PAGES = [bytes((len(data) - 5, data[2], data[3], data[7])) + data[8:] for data in _TEN_PAGES]
_COPIES = content("receive_copy_results/sg_copy_results")
_TOKEN = bytes.fromhex("00800000 0000 01f8 0102030405060708") + bytes(range(32)) + (1 << 40).to_bytes(16, "big")
_LID4 = {
    "response_to_service_action": 0x11, "hdd": False, "copy_operation_status": 2, "operation_counter": 3,
    "estimated_status_update_delay_milliseconds": 1500, "extended_copy_completion_status": 2,
    "transfer_count_units": 1, "transfer_count": 77, "segments_processed": 5,
    "sense_data": "70000a000000000a000000000d0200000000", "length_of_the_sense_data_field": 24,
}

FORMATS: tuple[Format, ...] = (
    Format("standard INQUIRY", inquiry.decode_standard_inquiry, inquiry.encode_standard_inquiry,
           content("inquiry/sg_inq")),
    Format("VPD 00h", vpd.decode_supported_pages, vpd.encode_supported_pages,
           content("vpd_supported_pages/sg_vpd")[:2]),
    Format("VPD 80h", vpd.decode_unit_serial_number, vpd.encode_unit_serial_number,
           content("vpd_unit_serial_number/sg_vpd")),
    Format("VPD 83h", vpd_designators.decode_device_identification, vpd_designators.encode_device_identification,
           content("vpd_designators/sg_vpd")),
    Format("VPD 86h", vpd_extended_inquiry.decode_extended_inquiry, vpd_extended_inquiry.encode_extended_inquiry,
           content("vpd_extended_inquiry/sg_vpd")),
    Format("VPD 8Fh", vpd_third_party_copy.decode_third_party_copy, vpd_third_party_copy.encode_third_party_copy,
           content("vpd_third_party_copy/sg_vpd") + [vpd_third_party_copy.encode_third_party_copy([
               {"type": 0x0001}, {"type": 0xE123, "data": "0102030405"}, {"type": 0x0107, "data": "01"},
               {"type": 0x000D, "copy_group_identifier": "0102"},
               {"type": 0x0106, "rod_device_type_specific_features": [
                   {"descriptor_format": 1, "peripheral_device_type": 0, "descriptor_length": 2, "data": "abcd"}]}])]),
    Format("VPD B7h", vpd_block_limits_extension.decode_block_limits_extension,
           vpd_block_limits_extension.encode_block_limits_extension,
           content("vpd_block_limits_extension/sg_vpd")),
    Format("log 00h", log_sense.decode_supported_log_pages, log_sense.encode_supported_log_pages,
           [content("log_supported_pages/sg_logs")[0], content("log_supported_pages/sg_logs")[2]]),
    Format("log 00h,FFh", lambda data, said: log_sense.decode_supported_log_pages(data, said, subpages=True),
           lambda values: log_sense.encode_supported_log_pages(values, subpages=True),
           content("log_supported_pages/sg_logs")[1:2]),
    Format("log 10h", log_selftest_results.decode_self_test_results, log_selftest_results.encode_self_test_results,
           content("log_selftest_results/sg_logs")),
    Format("log 15h", log_background_scan.decode_background_scan,
           lambda values: log_background_scan.encode_background_scan(values["status"], values["findings"]),
           content("log_background_scan/sg_logs") + [
               log_background_scan.encode_background_scan(None),
               log_sense.encode_page(0x15, 0, [(0x8000, b"vendor"), (0, bytes(range(1, 13))), (0x0801, b"")])]),
    Format("mode page 0Ah(10)", lambda data, said: control_mode(data, True, said),
           lambda values: mode_sense.encode_mode_data(mode_control.encode_control_mode(values)),
           content("mode_control/sdparm") + _TEN_PAGES),
    Format("mode page 0Ah(6)", lambda data, said: control_mode(data, False, said),
           lambda values: mode_sense.encode_mode_data(mode_control.encode_control_mode(values), ten=False), _SIX_PAGES),
    Format("mode pages(10)", lambda data, said: mode_pages(data, True, said), None, _TEN_PAGES),
    Format("mode pages(6)", lambda data, said: mode_pages(data, False, said), None, _SIX_PAGES),
    Format("diagnostic page 00h", receive_diagnostic.decode_supported_diagnostic_pages,
           receive_diagnostic.encode_supported_diagnostic_pages, [bytes.fromhex("000000050001023f80")]),
    Format("copy status", receive_copy_results.decode_copy_status, receive_copy_results.encode_copy_status,
           _COPIES[2:6]),
    Format("copy data", receive_copy_results.decode_copy_data,
           lambda values: receive_copy_results.encode_copy_data(bytes.fromhex(values["held_data"])),
           [bytes.fromhex("00000005") + b"held!", bytes(4)]),
    Format("copy operating parameters", receive_copy_results.decode_operating_parameters,
           receive_copy_results.encode_operating_parameters, _COPIES[:2]),
    Format("copy failure details", receive_copy_results.decode_failure_details,
           receive_copy_results.encode_failure_details, _COPIES[6:]),
    Format("copy status(LID4)", receive_copy_lid4.decode_copy_status_lid4, receive_copy_lid4.encode_copy_status_lid4, [
        receive_copy_lid4.encode_copy_status_lid4(_LID4),
        receive_copy_lid4.encode_copy_status_lid4({"copy_operation_status": 1, "transfer_count_units": 0xF1})]),
    Format("copy data(LID4)", receive_copy_lid4.decode_copy_data_lid4, receive_copy_lid4.encode_copy_data_lid4,
           [receive_copy_lid4.encode_copy_data_lid4(dict(_LID4, held_data="0102030405"))]),
    Format("ROD token information", receive_copy_lid4.decode_rod_token_information,
           receive_copy_lid4.encode_rod_token_information,
           [receive_copy_lid4.encode_rod_token_information(dict(_LID4, rod_tokens=[
               {"id_for_creating_rod_cscd_descriptor": 2, "rod_token": _TOKEN.hex()}]))]),
    Format("all ROD tokens", receive_copy_lid4.decode_all_rod_tokens, receive_copy_lid4.encode_all_rod_tokens,
           [receive_copy_lid4.encode_all_rod_tokens([{"rod_token": _TOKEN.hex()}, {"rod_token": _TOKEN[::-1].hex()}])]),
    Format("stream status", streams.decode_stream_status,
           lambda values: streams.encode_stream_status(values["streams"], values["number_of_open_streams"]),
           content("streams/sg_stream_ctl")[:1]),
    Format("stream control", streams.decode_stream_control,
           lambda values: streams.encode_stream_control(values["assigned_str_id"]),
           content("streams/sg_stream_ctl")[1:]),
)


def differences(whole: Any, part: Any, name: str = "") -> Iterator[str]:
    """Where ``part`` has something that ``whole`` has not; ``None``, or a shorter list, has nothing."""
    if part is None:
        return
    if isinstance(part, dict):
        for key in part:
            if not isinstance(whole, dict) or key not in whole:
                yield f"{name}.{key}: {part[key]!r}, where there is no such thing"
            else:
                yield from differences(whole[key], part[key], name + "." + key)
    elif isinstance(part, list):
        if not isinstance(whole, list) or len(part) > len(whole):
            yield f"{name}: {part!r} instead of {whole!r}"
        else:
            for position, each in enumerate(part):
                yield from differences(whole[position], each, f"{name}[{position}]")
    elif name.rsplit(".", 1)[-1] in BLOBS:
        if not (whole or "").startswith(part):
            yield f"{name}: {part!r} instead of {whole!r}"
    elif part != whole or type(part) is not type(whole):
        yield f"{name}: {part!r} instead of {whole!r}"

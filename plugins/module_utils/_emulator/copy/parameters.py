# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a copy manager supports, and how it reports that: operating parameters, VPD page 8Fh (SPC-6 6.23, 7.7.18).

Settings, with their defaults, are in `DEFAULTS`; limits are named as on the wire. All of them are enforced.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..._checks import boolean, items, number, one_of, with_defaults, wrong
from ..._scsi import extended_copy, populate_token, receive_copy_results, write_using_token
from ..._scsi.copy_cscds import IDENTIFICATION
from ..._scsi.copy_segments import BLOCK_OFFSET_TO_BLOCK_OFFSET, BLOCK_TO_BLOCK, BLOCK_TO_BLOCK_AND_HOLD, VERIFY_CSCD
from ..._scsi.receive_copy_results import encode_operating_parameters
from ..._scsi.vpd_third_party_copy import encode_third_party_copy

THIRD_PARTY_COPY_OUT, THIRD_PARTY_COPY_IN = 0x83, 0x84

#: The CSCD identifier of the unit that has the copy manager.
OWN_UNIT = 0xFFFF

ACCESS_ON_REFERENCE = 0x00010000
POINT_IN_TIME = 0x00800000
POINT_IN_TIME_VULNERABLE = 0x00800001
BLOCK_ZERO = 0xFFFF0001

_SEGMENT_TYPES = (BLOCK_TO_BLOCK, VERIFY_CSCD, BLOCK_OFFSET_TO_BLOCK_OFFSET, BLOCK_TO_BLOCK_AND_HOLD)
_ROD_TYPES = (POINT_IN_TIME, POINT_IN_TIME_VULNERABLE, ACCESS_ON_REFERENCE)
_NOTHING, _STATUS, _ALL = "nothing", "status", "all"
_AUTOMATIC = "automatic"
_UNITS = {"bytes": 0, "KiB": 1, "MiB": 2, "GiB": 3}
_MIB = 1 << 20
_16, _32 = 0xFFFF, 0xFFFFFFFF

DEFAULTS: Mapping[str, Any] = {
    # The commands: with list identifiers of one byte, of four bytes, and ROD tokens.
    "lid1": True, "lid4": True, "tokens": True,
    # Whether copies without a list identifier are supported.
    "snlid": True,
    "maximum_cscd_descriptor_count": 16, "maximum_segment_descriptor_count": 16,
    "maximum_descriptor_list_length_bytes": 8192,
    # 0: no limit.
    "maximum_segment_length_bytes": 256 * _MIB,
    # More than this is not held; the HDD bit reports that.
    "held_data_limit_bytes": 65536,
    # In all, and with a list identifier.
    "total_concurrent_copies": 8, "maximum_concurrent_copies": 8,
    "data_segment_granularity_bytes": 1, "held_data_granularity_bytes": 1,
    # The supported segment descriptor type codes, of 02h, 07h, 0Ah, 0Dh.
    "segment_types": list(_SEGMENT_TYPES),
    # The unit of the transfer count of RECEIVE COPY STATUS(LID1): bytes, KiB, MiB, GiB, or the smallest that fits.
    "transfer_count_units": _AUTOMATIC,
    # What is discarded of an ended copy once its status was read: nothing, the status, or all.
    "status_discards": _STATUS,
    # How long an ended copy is remembered; 0: until it is discarded.
    "retention_seconds": 0,
    # The size of a step of a copy, and how long copying takes, in the drive's time.
    "chunk_bytes": _MIB, "seconds_per_mib": 0,
    # ROD tokens. The first type is the default.
    "rod_types": list(_ROD_TYPES),
    "maximum_range_descriptors": 16, "maximum_token_transfer_size_blocks": 131072,
    "default_inactivity_timeout_seconds": 60, "maximum_inactivity_timeout_seconds": 3600,
}

_WHOLE: Mapping[str, tuple[int, int]] = {
    "maximum_cscd_descriptor_count": (1, 0x07FF), "maximum_segment_descriptor_count": (1, _16),
    "maximum_descriptor_list_length_bytes": (64, 1 << 24), "maximum_segment_length_bytes": (0, _32),
    "held_data_limit_bytes": (0, 1 << 24), "total_concurrent_copies": (1, _16), "maximum_concurrent_copies": (1, 0xFF),
    "data_segment_granularity_bytes": (1, _32), "held_data_granularity_bytes": (1, _32),
    "chunk_bytes": (1, 64 * _MIB), "maximum_range_descriptors": (1, 0x0FFF),
    "maximum_token_transfer_size_blocks": (1, _32), "default_inactivity_timeout_seconds": (1, _32),
    "maximum_inactivity_timeout_seconds": (1, _32),
}


class CopySettings:
    """The checked settings. Raises ValueError, which names the wrong setting."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        values = with_defaults(given, "copy_manager", DEFAULTS)
        for name, (low, high) in _WHOLE.items():
            number(values[name], _named(name), low, high, whole=True)
        for name in ("data_segment_granularity_bytes", "held_data_granularity_bytes"):
            if values[name] & (values[name] - 1):
                raise wrong(values[name], _named(name), "a power of two")
        for name in ("lid1", "lid4", "tokens", "snlid"):
            boolean(values[name], _named(name))
        one_of(values["status_discards"], _named("status_discards"), (_NOTHING, _STATUS, _ALL))
        one_of(values["transfer_count_units"], _named("transfer_count_units"), (_AUTOMATIC, *_UNITS))
        self.segment_types = _some(values["segment_types"], _SEGMENT_TYPES, "segment_types")
        self.rod_types = _some(values["rod_types"], _ROD_TYPES, "rod_types")
        self.lid1: bool = values["lid1"]
        self.lid4: bool = values["lid4"]
        self.tokens: bool = values["tokens"]
        self.snlid: bool = values["snlid"]
        self.maximum_cscds: int = values["maximum_cscd_descriptor_count"]
        self.maximum_segments: int = values["maximum_segment_descriptor_count"]
        self.maximum_list_bytes: int = values["maximum_descriptor_list_length_bytes"]
        self.maximum_segment_bytes: int = values["maximum_segment_length_bytes"]
        self.held_limit: int = values["held_data_limit_bytes"]
        self.total_copies: int = values["total_concurrent_copies"]
        self.identified_copies: int = min(values["maximum_concurrent_copies"], self.total_copies)
        self.granularity: int = values["data_segment_granularity_bytes"]
        self.held_granularity: int = values["held_data_granularity_bytes"]
        self.count_units = values["transfer_count_units"]
        self.status_discards_status: bool = values["status_discards"] != _NOTHING
        self.status_discards_all: bool = values["status_discards"] == _ALL
        self.retention_seconds: float = number(values["retention_seconds"], _named("retention_seconds"), 0)
        self.chunk_bytes: int = values["chunk_bytes"]
        self.seconds_per_mib: float = number(values["seconds_per_mib"], _named("seconds_per_mib"), 0)
        self.maximum_ranges: int = values["maximum_range_descriptors"]
        self.maximum_token_blocks: int = values["maximum_token_transfer_size_blocks"]
        self.maximum_timeout: int = values["maximum_inactivity_timeout_seconds"]
        self.default_timeout: int = min(values["default_inactivity_timeout_seconds"], self.maximum_timeout)

    def seconds(self, count: int) -> float:
        """How long it takes to copy ``count`` bytes."""
        return count * self.seconds_per_mib / _MIB

    def chunk_blocks(self, block_length: int) -> int:
        """How many blocks are copied in one step."""
        return max(1, self.chunk_bytes // block_length)

    def transfer_count(self, count: int) -> dict[str, int]:
        """A count of bytes, as RECEIVE COPY STATUS(LID1) reports it in four bytes."""
        unit = _UNITS.get(self.count_units, 0)
        while count >> 10 * unit > _32:
            unit += 1
        return {"transfer_count_units": unit, "transfer_count": count >> 10 * unit}

    @property
    def out_actions(self) -> list[int]:
        """The service actions of operation code 83h."""
        found = [extended_copy.EXTENDED_COPY_LID1] if self.lid1 else []
        if self.lid4:
            found.append(extended_copy.EXTENDED_COPY_LID4)
        if self.tokens:
            found += [populate_token.POPULATE_TOKEN_ACTION, write_using_token.WRITE_USING_TOKEN_ACTION]
        if self.lid4 or self.tokens:
            found.append(extended_copy.COPY_ABORT)
        return found

    @property
    def in_actions(self) -> list[int]:
        """The service actions of operation code 84h."""
        found = []
        if self.lid1:
            found += [receive_copy_results.COPY_STATUS, receive_copy_results.COPY_DATA]
        if self.lid1 or self.lid4:
            found.append(receive_copy_results.OPERATING_PARAMETERS)
        if self.lid1:
            found.append(receive_copy_results.FAILURE_DETAILS)
        if self.lid4 or self.tokens:
            found.append(receive_copy_results.COPY_STATUS_LID4)
        if self.lid4:
            found.append(receive_copy_results.COPY_DATA_LID4)
        if self.tokens:
            found += [receive_copy_results.ROD_TOKEN_INFORMATION, receive_copy_results.ALL_ROD_TOKENS]
        return found

    def operating_parameters(self) -> bytes:
        """The answer to RECEIVE COPY OPERATING PARAMETERS."""
        return encode_operating_parameters({
            "snlid": self.snlid, "maximum_cscd_descriptor_count": self.maximum_cscds,
            "maximum_segment_descriptor_count": self.maximum_segments,
            "maximum_descriptor_list_length_bytes": self.maximum_list_bytes,
            "maximum_segment_length_bytes": self.maximum_segment_bytes, "maximum_inline_data_length_bytes": 0,
            "held_data_limit_bytes": self.held_limit, "total_concurrent_copies": self.total_copies,
            "maximum_concurrent_copies": self.identified_copies, "data_segment_granularity_bytes": self.granularity,
            "inline_data_granularity_bytes": 1, "held_data_granularity_bytes": self.held_granularity,
            "segment_descriptors": self.segment_types, "cscd_descriptors": [IDENTIFICATION]})

    def third_party_copy_page(self) -> bytes:
        """VPD page 8Fh."""
        copies = self.lid1 or self.lid4
        found: list[dict[str, Any]] = []
        if self.tokens:
            found.append({
                "type": 0x0000, "maximum_range_descriptors": self.maximum_ranges,
                "maximum_inactivity_timeout_seconds": self.maximum_timeout,
                "default_inactivity_timeout_seconds": self.default_timeout,
                "maximum_token_transfer_size_blocks": self.maximum_token_blocks,
                "optimal_transfer_count_blocks": self.maximum_token_blocks})
        found.append({"type": 0x0001, "commands": [
            {"operation_code": THIRD_PARTY_COPY_OUT, "service_actions": self.out_actions},
            {"operation_code": THIRD_PARTY_COPY_IN, "service_actions": self.in_actions}]})
        if copies:
            found += [
                {"type": 0x0004, "maximum_cscd_descriptor_count": self.maximum_cscds,
                 "maximum_segment_descriptor_count": self.maximum_segments,
                 "maximum_descriptor_list_length_bytes": self.maximum_list_bytes,
                 "maximum_inline_data_length_bytes": 0},
                {"type": 0x0008, "segment_descriptors": self.segment_types, "cscd_descriptors": [IDENTIFICATION]},
                {"type": 0x000C, "supported_cscd_descriptor_ids": [OWN_UNIT]}]
        if self.tokens:
            found += self._token_descriptors()
        found.append({
            "type": 0x8001, "total_concurrent_copies": self.total_copies,
            "maximum_identified_concurrent_copies": self.identified_copies,
            "maximum_segment_length_bytes": self.maximum_segment_bytes,
            "data_segment_granularity_bytes": self.granularity, "inline_data_granularity_bytes": 1})
        if copies:
            found.append({"type": 0xC001, "held_data_limit_bytes": self.held_limit,
                          "held_data_granularity_bytes": self.held_granularity})
        return encode_third_party_copy(found)

    def _token_descriptors(self) -> list[dict[str, Any]]:
        types = [{"rod_type": each, "token_in": True, "token_out": True} for each in sorted(self.rod_types)]
        types.append({"rod_type": BLOCK_ZERO, "token_in": True})
        return [
            {"type": 0x0106, "minimum_token_lifetime_seconds": 1,
             "maximum_token_lifetime_seconds": self.maximum_timeout,
             "maximum_token_inactivity_timeout_seconds": self.maximum_timeout,
             "rod_device_type_specific_features": [{
                 "peripheral_device_type": 0x00, "optimal_bytes_in_block_rod_transfer": None,
                 "optimal_bytes_to_token_per_segment": None, "optimal_bytes_from_token_per_segment": None}]},
            {"type": 0x0108, "rod_types": types}]


def _named(name: str) -> str:
    return "copy_manager." + name


def _some(given: Any, known: Sequence[int], name: str) -> list[int]:
    found: list[int] = []
    for place, value in enumerate(items(given, _named(name))):
        where = f"{_named(name)}[{place}]"
        if value not in known:
            raise wrong(value, where, f"one of {', '.join(f'0x{code:X}' for code in known)}")
        if value in found:
            raise ValueError(f"{where}: {value!r} is given twice")
        found.append(value)
    if not found:
        raise wrong(given, _named(name), "a list that is not empty")
    return found

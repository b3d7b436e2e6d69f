# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FARM of SAS and ATA disks, side by side with what smartctl's functions print of the same bytes; and at every cut."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.ata_log import decode_log_directory
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.farm import (
    decode_farm_page,
    decode_farm_pages,
    encode_farm_page,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("farm/smartctl")
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
SAS, ODD_SAS, ATA, ODD_ATA = VECTORS

#: What the tool calls our facts, in the log of SAS or in that of ATA.
NUMBERS = {
    "heads": "Number of [Hh]eads", "power_on_hours": "Power on Hours?",
    "spindle_power_on_hours": "Spindle Power on Hours", "head_flight_hours": "Head Flight Hours",
    "head_load_events": "Head Load Events", "power_cycles": "Power Cycle [Cc]ount"}


def decoded(vector: dict[str, Any], warnings: list[str] | None = None) -> dict[str, Any]:
    said: list[str] = [] if warnings is None else warnings
    if "hex" in vector:
        found = decode_farm_page(bytes.fromhex(vector["hex"]), said)
    else:
        found = decode_farm_pages(bytes.fromhex(vector["page_1"]), bytes.fromhex(vector["page_5"]), said)
    assert found is not None and said == []
    return found


def by_head(vector: dict[str, Any], name: str) -> list[int]:
    return [int(value) for value in re.findall(rf"^{name} (?:by Head )?\d+: (\d+)$", vector["output"], re.MULTILINE)]


@each_vector
def test_hours_and_counts_agree_with_smartctl(vector: dict[str, Any]) -> None:
    ours = decoded(vector)
    for name, label in NUMBERS.items():
        theirs = re.search(rf"^{label}: (\d+)$", vector["output"], re.MULTILINE)
        # smartctl prints 0 for what the status byte says not to count.
        assert (ours[name] or 0) == (0 if theirs is None else int(theirs.group(1))), name
    assembled = re.search(
        r"^(?:Date of Assembled|Assembly Date \(YYWW\)): (\d\d)(\d\d)$", vector["output"], re.MULTILINE)
    assert assembled is not None
    assert (ours["assembly_year"], ours["assembly_week"]) == ("20" + assembled.group(1), assembled.group(2))


@each_vector
def test_values_by_head_agree_with_smartctl(vector: dict[str, Any]) -> None:
    ours = decoded(vector)
    assert ours["reallocated_sectors_by_head"] == by_head(vector, "Number of Reallocated Sectors")
    assert ours["write_power_on_hours_by_head"] == [
        seconds // 3600 for seconds in by_head(vector, r"Write Power On \(sec\)")]
    assert len(ours["reallocated_sectors_by_head"]) == ours["heads"]


def test_the_numbers_of_published_logs() -> None:
    # openSeaChest_LogParser, example/fromPipe.txt; smartmontools issue 616.
    sas, ata = decoded(SAS), decoded(ATA)
    assert (sas["power_on_hours"], sas["power_cycles"], sas["head_load_events"], sas["heads"]) == (1409, 77, 627, 16)
    assert (sas["assembly_year"], sas["assembly_week"]) == ("2020", "38")
    assert (ata["power_on_hours"], ata["spindle_power_on_hours"], ata["head_flight_hours"]) == (31383, 31378, 31378)
    assert (ata["head_load_events"], ata["power_cycles"], ata["heads"]) == (995, 21, 4)


def test_what_is_not_both_supported_and_valid_is_not_known() -> None:
    ours = decoded(ODD_ATA)
    assert ours["power_on_hours"] == 48884
    # Valid but not supported, supported but not valid, and neither.
    assert [ours[name] for name in ("spindle_power_on_hours", "head_flight_hours", "head_load_events")] == [None] * 3
    assert decoded(ODD_SAS)["power_cycles"] is None


@pytest.mark.parametrize("status,found", [(0xC0, 1409), (0xC1, 1409), (0x80, None), (0x40, None), (0x00, None)])
def test_the_status_byte_is_no_part_of_the_number(status: int, found: Any) -> None:
    data = bytearray.fromhex(SAS["hex"])
    at = data.index((1409).to_bytes(7, "big")) - 1
    data[at] = status
    values = decode_farm_page(bytes(data), [])
    assert values is not None and values["power_on_hours"] == found


@pytest.mark.parametrize("date,found", [
    ("2538", ("2025", "38")), ("0001", ("2000", "01")), ("2054", (None, None)), ("2000", (None, None)),
    ("3820", ("2038", "20")), ("\0\0\0\0", (None, None)), ("ABCD", (None, None))])
def test_dates_of_assembly(date: str, found: Any) -> None:
    for vector, order, key in ((SAS, "2038", "hex"), (ATA, "2204", "page_1")):
        changed = dict(vector, **{key: vector[key].replace(order.encode("ascii").hex(), date.encode("ascii").hex())})
        ours = decoded(changed)
        assert (ours["assembly_year"], ours["assembly_week"]) == found


def test_hours_of_heads_that_cannot_be_hours() -> None:
    # https://github.com/TheRealDevKat/farm-check/issues/23: head 9 of an ST12000NM0127 "wrote" 907,443,464 hours.
    page = encode_farm_page({"heads": 3, "write_power_on_hours_by_head": [766, 907443464, 10]})
    found = decode_farm_page(page, [])
    assert found is not None and found["write_power_on_hours_by_head"] == [766, None, 10]


@pytest.mark.parametrize("data,said", [
    ("7d030000", "signature"), ("7d03004c" + "00000348" + "00" * 72, "signature"),
    ("3e00000400010304", "log page 3Eh"), ("7d", "too few")])
def test_another_page_is_no_farm(data: str, said: str) -> None:
    warnings: list[str] = []
    assert decode_farm_page(bytes.fromhex(data), warnings) is None
    assert any(said in each for each in warnings)


def test_another_log_of_an_ata_disk_is_no_farm() -> None:
    warnings: list[str] = []
    assert decode_farm_pages(bytes(512), bytes.fromhex(ATA["page_5"]), warnings) is None and len(warnings) == 1
    found = decode_farm_pages(bytes.fromhex(ATA["page_1"]), bytes(9216), warnings)
    assert found is not None and found["reallocated_sectors_by_head"] is None and len(warnings) == 2
    assert found["power_on_hours"] == 31383


def test_a_cut_page_gives_what_is_there() -> None:
    data = bytes.fromhex(SAS["hex"])
    whole = decoded(SAS)
    for length in range(len(data)):
        warnings: list[str] = []
        ours = decode_farm_page(data[:length], warnings)
        assert warnings, length
        for name, value in (ours or {}).items():
            if isinstance(value, list):
                assert value == whole[name][:len(value)], (length, name)
            else:
                assert value in (None, whole[name]), (length, name)


def test_a_cut_block_gives_what_is_there() -> None:
    one, five = bytes.fromhex(ATA["page_1"]), bytes.fromhex(ATA["page_5"])
    whole = decoded(ATA)
    for first, second in [(length, len(five)) for length in range(0, 512, 3)] + [
            (len(one), length) for length in range(0, len(five), 11)]:
        ours = decode_farm_pages(one[:first], five[:second], [])
        for name, value in (ours or {}).items():
            if not isinstance(value, list):
                assert value in (None, whole[name]), (first, second, name)


def test_what_is_encoded_is_read_back() -> None:
    ours = dict(decoded(SAS), reallocated_sectors_by_head=list(range(16)))
    assert decode_farm_page(encode_farm_page(ours), []) == ours


def test_the_directory_of_logs() -> None:
    # As in smartmontools' reports of a disk with FARM: address A6h with 192 pages.
    data = bytearray(512)
    data[0:2] = b"\x01\x00"
    data[2 * 0x03:2 * 0x03 + 2] = b"\x05\x00"
    data[2 * 0xA6:2 * 0xA6 + 2] = b"\xc0\x00"
    assert decode_log_directory(bytes(data)) == {3: 5, 0xA6: 192}
    assert decode_log_directory(bytes(data[:0x14D])) == {3: 5} and decode_log_directory(b"") == {}

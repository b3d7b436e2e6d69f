# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of defects, as an initiator reads them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.defects import Defects
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.read_defect_data import (
    BYTES_FROM_INDEX,
    EXTENDED_SECTOR,
    LONG_BLOCK,
    PHYSICAL_SECTOR,
    READ_DEFECT_DATA_10,
    READ_DEFECT_DATA_12,
    SHORT_BLOCK,
    decode_defect_header,
)

from .bench import Bench


def test_grown_defects_are_those_of_before_and_those_reassigned_since() -> None:
    reassigned: list[int] = []
    bench = Bench(Defects({"grown": [4711]}, lambda: reassigned))
    ask = READ_DEFECT_DATA_10.encode(req_glist=True, defect_list_format=SHORT_BLOCK, allocation_length=64)
    # SBC-5 table 71: a header of four bytes, then LBAs of four.
    assert bench.good(ask).hex() == "00080004" "00001267"
    reassigned.append(1)
    assert bench.good(ask).hex() == "00080008" "00000001" "00001267"


@pytest.mark.parametrize("plist,glist,expected", [
    (True, False, 3), (False, True, 1), (True, True, 4), (False, False, 0)])
@pytest.mark.parametrize("table,twelve", [(READ_DEFECT_DATA_10, False), (READ_DEFECT_DATA_12, True)])
def test_what_is_asked_for_is_given(table: Any, twelve: bool, plist: bool, glist: bool, expected: int) -> None:
    bench = Bench(Defects({"primary": 3, "grown": [9]}))
    data = bench.good(table.encode(
        req_plist=plist, req_glist=glist, defect_list_format=LONG_BLOCK, allocation_length=4096))
    values = decode_defect_header(data, twelve, [])
    assert (values["defects"], values["plistv"], values["glistv"]) == (expected, plist, glist)
    assert len(data) == (8 if twelve else 4) + 8 * expected


def test_an_allocation_length_for_the_header_alone_tells_the_number() -> None:
    bench = Bench(Defects({"primary": 100}))
    data = bench.good(READ_DEFECT_DATA_12.encode(
        req_plist=True, defect_list_format=SHORT_BLOCK, address_descriptor_index=5, allocation_length=8))
    assert len(data) == 8 and decode_defect_header(data, True, [])["defects"] == 100


@pytest.mark.parametrize("wanted,descriptor", [
    # SBC-5 6.2.4 and 6.2.5: cylinder, head, and the byte or sector of the track; 4 heads of 1,024 sectors are made up.
    (BYTES_FROM_INDEX, "000001020000ce00"), (PHYSICAL_SECTOR, "0000010200000067")])
def test_places_on_the_disk(wanted: int, descriptor: str) -> None:
    lba = (1 * 4 + 2) * 1024 + 0x67
    assert Bench(Defects({"grown": [lba]})).good(READ_DEFECT_DATA_10.encode(
        req_glist=True, defect_list_format=wanted, allocation_length=64)).hex() == f"000{8 + wanted:x}0008" + descriptor


def test_a_format_that_the_disk_does_not_have() -> None:
    refused = Bench(Defects()).send(READ_DEFECT_DATA_10.encode(
        req_glist=True, defect_list_format=EXTENDED_SECTOR, allocation_length=64))
    assert refused.codes == (1, 0x1C, 0)


@pytest.mark.parametrize("settings,said", [
    ({"grown": 5}, r"\bdefects\.grown\b.*\blist\b"), ({"grown": [-1]}, r"\bdefects\.grown\[0\].*-1\b"),
    ({"primary": "x"}, r"\bdefects\.primary\b"), ({"growing": []}, r"\bdefects\b.*\bgrowing\b.*\bgrown, primary\b")])
def test_settings_that_mean_nothing(settings: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Defects(settings)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Background scan results, side by side with sg_logs."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_background_scan import (
    STATUSES,
    decode_background_scan,
    encode_background_scan,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import encode_page
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import number, recorded

VECTORS = recorded("log_background_scan/sg_logs")


def agree(ours, theirs):
    for name, told in theirs.items():
        mine = ours[{"background_medium_scan_progress": "background_scan_progress"}.get(name, name)]
        assert (mine["value"] if isinstance(mine, dict) else mine) == number(told), name


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_parameters_agree_with_sg_logs(vector) -> None:
    warnings = []
    ours = decode_background_scan(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    status, *findings = vector["output"]["background_scan_parameters"]
    assert number(status.pop("parameter_code")) == 0
    # The tool rounds to hundredths, up to "100.00 %"; ours are whole ones that have passed.
    told = float(status["background_medium_scan_progress"]["meaning"].rstrip(" %"))
    assert 0 <= told - ours["status"]["progress_percent"] <= 1
    agree(ours["status"], status)
    assert len(ours["findings"]) == len(findings)
    for finding, their in zip(ours["findings"], findings):
        agree(finding, their)


def test_every_status_is_compared() -> None:
    seen = {decode_background_scan(bytes.fromhex(vector["hex"]), [])["status"]["background_scan_status"]["value"]
            for vector in VECTORS}
    assert seen == set(STATUSES)


def test_progress_never_says_that_it_is_done() -> None:
    for progress, percent in ((0, 0), (655, 0), (656, 1), (32768, 50), (65535, 99)):
        status = decode_background_scan(encode_background_scan({"background_scan_progress": progress}), [])["status"]
        assert status["progress_percent"] == percent


def test_what_the_vendor_adds_leaves_as_hex() -> None:
    finding = decode_background_scan(bytes.fromhex(VECTORS[0]["hex"]), [])["findings"][0]
    assert finding["vendor_specific"] == "0102030405"


def test_parameters_of_the_vendor_are_passed_over_by_their_length() -> None:
    page = encode_page(0x15, 0, [(0x8000, b"anything"), (0, bytes.fromhex("000000070000000000000000")), (0xAFFF, b"")])
    warnings = []
    values = decode_background_scan(page, warnings)
    assert values["status"]["accumulated_power_on_minutes"] == 7
    assert values["findings"] == []
    assert warnings == []


def test_the_first_of_two_statuses_counts() -> None:
    page = encode_page(0x15, 0, [(0, bytes.fromhex("000000070000000000000000")), (0, bytes(12))])
    assert decode_background_scan(page, [])["status"]["accumulated_power_on_minutes"] == 7


def test_a_status_that_is_too_short_has_what_it_has() -> None:
    warnings = []
    status = decode_background_scan(encode_page(0x15, 0, [(0, bytes.fromhex("00000007"))]), warnings)["status"]
    assert status["accumulated_power_on_minutes"] == 7
    assert status["background_scan_status"] is None
    assert status["progress_percent"] is None
    assert len(warnings) == 1


def test_the_beginning_of_a_long_page_has_its_status() -> None:
    page = bytes.fromhex(VECTORS[0]["hex"])
    values = decode_background_scan(page[:64], [])
    assert values["status"]["accumulated_power_on_minutes"] == 1234567
    assert len(values["findings"]) == 1


def test_a_page_without_a_status_is_told_of() -> None:
    warnings = []
    assert decode_background_scan(encode_background_scan(None), warnings) == {"status": None, "findings": []}
    warning, = warnings
    assert re.search(r"\blog page 15h\b.*\bstatus\b", warning)

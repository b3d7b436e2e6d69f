# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The factory log page, side by side with sg_logs."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_factory import (
    FACTORY_PAGE,
    decode_factory_log,
    encode_factory_log,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import encode_page
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("log_factory/sg_logs")


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_page_agrees_with_sg_logs(vector) -> None:
    warnings: list[str] = []
    values = decode_factory_log(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    hours = re.search(r"number of hours powered up = ([\d.]+)", vector["output"])
    minutes = re.search(r"minutes until next internal SMART test = (\d+)", vector["output"])
    powered = values["accumulated_power_on_minutes"]
    assert (None if powered is None else f"{powered / 60:.2f}") == (hours and hours.group(1))
    assert values["minutes_until_next_internal_test"] == (minutes and int(minutes.group(1)))


def test_a_round_trip() -> None:
    values = {"accumulated_power_on_minutes": 1234567, "minutes_until_next_internal_test": 42}
    assert decode_factory_log(encode_factory_log(values), []) == values
    assert decode_factory_log(encode_factory_log({}), []) == dict.fromkeys(values)


def test_a_cut_page_has_no_stale_minutes() -> None:
    page = encode_factory_log({"accumulated_power_on_minutes": 1234567, "minutes_until_next_internal_test": 42})
    for length in range(len(page)):
        warnings: list[str] = []
        values = decode_factory_log(page[:length], warnings)
        assert warnings
        assert values["accumulated_power_on_minutes"] == (1234567 if length >= 12 else None)
        assert values["minutes_until_next_internal_test"] is None


def test_a_parameter_of_another_form_is_passed_over() -> None:
    page = encode_page(FACTORY_PAGE, 0, [(0, b"\0\0\0\0\0\0\0\1"), (8, b"\0\0\0\5")])
    assert decode_factory_log(page, []) == {
        "accumulated_power_on_minutes": None, "minutes_until_next_internal_test": 5}

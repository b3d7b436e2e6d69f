# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The FARM log of an emulated disk, as an initiator reads it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.farm import FarmLog
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.farm import decode_farm_page

from .bench import FakeTimers


def read(log: FarmLog) -> dict[str, Any]:
    warnings: list[str] = []
    found = decode_farm_page(log.log_pages()[0x3D, 3](), warnings)
    assert found is not None and warnings == []
    return found


def test_hours_go_on_from_those_that_are_hidden() -> None:
    timers = FakeTimers()
    log = FarmLog(Clock(timers, 1.0, 10 * 3600.0), {"heads": 2, "hidden_hours": 20000, "reallocated_sectors": [0, 8]})
    assert read(log) == {
        "heads": 2, "power_on_hours": 20010, "spindle_power_on_hours": None, "head_flight_hours": None,
        "head_load_events": 100, "power_cycles": 10, "assembly_year": "2024", "assembly_week": "10",
        "reallocated_sectors_by_head": [0, 8], "write_power_on_hours_by_head": [2001, 2001]}
    timers.pass_time(3600)
    assert read(log)["power_on_hours"] == 20011


@pytest.mark.parametrize("settings,said", [
    ({"heads": 0}, r"\bfarm\.heads\b.*0"), ({"heads": 32}, r"\bfarm\.heads\b.*32"),
    ({"hidden_hours": -1}, r"\bfarm\.hidden_hours\b.*-1"), ({"assembly_week": "60"}, r"60.*week"),
    ({"assembly_year": "1999"}, r"1999.*year"), ({"assembly_week": "x"}, r"'x'"),
    ({"reallocated_sectors": [None]}, r"reallocated_sectors\[0\]"), ({"hours": 1}, r"\bfarm\b.*\bhours\b")])
def test_settings_that_mean_nothing(settings: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FarmLog(Clock(FakeTimers()), settings)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule that finds used drives whose hours were set back."""

from __future__ import annotations

from typing import Any

import pytest

from .samples import healthy, judged, put


def found(farm: Any, reported: Any = 10) -> Any:
    return judged(put(put(healthy(), "health.farm", farm), "health.power_on_hours", reported))["provenance"]


@pytest.mark.parametrize("farm,reported,outcome", [
    # heise online, January and February 2025: SMART says that they are new.
    ({"power_on_hours": 10000}, 3, "fail"),
    ({"power_on_hours": 22000}, 0, "fail"),
    ({"power_on_hours": 50000}, 120, "fail"),
    # https://github.com/TheRealDevKat/farm-check/issues/18, and smartmontools issue 616: honest ones.
    ({"power_on_hours": 8483, "head_flight_hours": 8029}, 8483, "pass"),
    ({"power_on_hours": 31383, "spindle_power_on_hours": 31378, "head_flight_hours": 31378}, 31383, "pass"),
    # Recertified by the vendor: both are set back, and the hours of the heads are not asked.
    ({"power_on_hours": 438, "write_power_on_hours_by_head": [4000, 4100]}, 438, "pass"),
    ({"power_on_hours": 110}, 10, "pass"),
    ({"power_on_hours": 111}, 10, "fail"),
    ({"power_on_hours": 10, "spindle_power_on_hours": 9000}, 10, "fail"),
    ({"power_on_hours": None, "head_flight_hours": 9000}, 10, "fail"),
    ({"power_on_hours": 5}, 40000, "pass"),
    ({"power_on_hours": None}, 10, "not applicable"),
    ({"power_on_hours": 9000}, None, "not applicable"),
    (None, 10, "not applicable"),
    ("surprise", 10, "not applicable"),
    ({"power_on_hours": "9000", "head_flight_hours": True}, 10, "not applicable"),
])
def test_the_hours_of_farm_against_those_reported(farm: Any, reported: Any, outcome: str) -> None:
    assert found(farm, reported).outcome == outcome


def test_the_finding_has_both_numbers_and_where_they_come_from() -> None:
    finding = found({"power_on_hours": 22000, "spindle_power_on_hours": 21990}, 3)
    assert finding.answer.note == "22,000 hours by FARM, 3 reported" and finding.rule.severity == "major"
    assert [(each.field, each.value) for each in finding.answer.evidence] == [
        ("health.farm.power_on_hours", 22000), ("health.farm.spindle_power_on_hours", 21990),
        ("health.power_on_hours", 3)]
    assert "FARM" in finding.answer.evidence[0].page and finding.answer.evidence[2].page == "background scan log page"


def test_another_limit() -> None:
    drive = put(put(healthy(), "health.farm", {"power_on_hours": 150}), "health.power_on_hours", 10)
    assert judged(drive, [{"id": "provenance", "check": {"at_most": 200}}])["provenance"].outcome == "pass"

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers: what they fit, until when, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._report.waivers import compile_waivers

from .samples import DAY, healthy, host, made, put

WAIVER = {"id": "w", "rule": "grown_defects", "until": "2026-03-02", "reason": "To be replaced"}


def failing() -> Any:
    """A drive with grown defects, and too warm."""
    return put(put(healthy(), "health.grown_defects.count", 99), "health.temperature.temperature_celsius", 99)


@pytest.mark.parametrize("patterns", [
    {}, {"host": "db*"}, {"host": ["a*", "DB1"]}, {"drive": "naa.*"}, {"drive": "/dev/sg?"}, {"drive": "st16*"},
    {"rule": ["grown*", "x"]}, {"rule": None, "host": "db1", "drive": "/dev/sg3"}])
def test_what_a_waiver_fits_does_not_count(tmp_path: Path, patterns: Any) -> None:
    waiver = {key: value for key, value in dict(WAIVER, **patterns).items() if value is not None}
    result = made(tmp_path, host(failing()), waivers=[waiver])
    counts = result["summary"]["rules"]
    everything = "rule" not in waiver
    assert counts["grown_defects"]["waived"] == 1 and counts["temperature"]["waived"] == int(everything)
    assert result["summary"]["failures"]["warning"] == 0 and result["unused_waivers"] == []
    assert result["summary"]["drives_failing"] == int(not everything)
    assert "To be replaced" in result["texts"]["html"] and "To be replaced" in result["texts"]["sarif"]


@pytest.mark.parametrize("patterns", [
    {"host": "db"}, {"host": "web*"}, {"drive": "naa"}, {"rule": "grown"}, {"host": "db1", "drive": "other"}])
def test_what_it_does_not_fit_counts_and_the_waiver_is_told(tmp_path: Path, patterns: Any) -> None:
    result = made(tmp_path, host(failing()), waivers=[dict(WAIVER, **patterns)])
    assert result["summary"]["drives"]["major"] == 1 and result["summary"]["failures"]["warning"] == 1
    assert result["unused_waivers"] == ["w"]
    assert "* w: fits nothing" in result["texts"]["markdown"]


def test_an_expired_waiver_waives_nothing_and_is_told(tmp_path: Path) -> None:
    result = made(tmp_path, host(failing()), waivers=[dict(WAIVER, until="2026-03-01")])
    assert result["summary"]["failures"]["warning"] == 1
    assert result["expired_waivers"] == ["w"] and result["unused_waivers"] == []
    assert "* w: expired on 2026-03-01" in result["texts"]["markdown"]


def test_a_host_without_facts_can_be_waived(tmp_path: Path) -> None:
    waiver = {"rule": "host_reported", "host": "gone", "until": "2026-12-31", "reason": "In the workshop"}
    assert made(tmp_path, host(healthy()), hosts=["gone"])["failing_hosts"] == ["gone"]
    assert made(tmp_path, host(healthy()), hosts=["gone"], waivers=[waiver])["failing_hosts"] == []


@pytest.mark.parametrize("change,said", [
    ({"reason": " "}, "waiver w needs a reason"), ({"until": "soon"}, "waiver w: until must be a date such as"),
    ({"until": "2026-02-30"}, "until must be a date"), ({"until": None}, "until must be a date"),
    ({"rule": None}, "would waive everything; name at least one of rule, host, drive"),
    ({"rule": []}, "rule must be a pattern"), ({"host": ""}, "host must be a pattern"), ({"hosts": "x"}, "no hosts")])
def test_a_waiver_that_means_nothing_says_what_would(change: Any, said: str) -> None:
    waiver = {key: value for key, value in dict(WAIVER, **change).items() if value is not None or key == "until"}
    with pytest.raises(ValueError, match=said):
        compile_waivers([waiver], DAY)


def test_two_with_one_id() -> None:
    with pytest.raises(ValueError, match="two with the id w"):
        compile_waivers([WAIVER, WAIVER], DAY)

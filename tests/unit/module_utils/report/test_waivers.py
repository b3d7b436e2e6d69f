# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers: what they fit, until when, and what is wrong with one."""

from __future__ import annotations

import json
import re
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
    assert "\n* w: " in result["texts"]["markdown"]


def test_an_expired_waiver_waives_nothing_and_is_told(tmp_path: Path) -> None:
    result = made(tmp_path, host(failing()), waivers=[dict(WAIVER, until="2026-03-01")])
    assert result["summary"]["failures"]["warning"] == 1
    assert result["expired_waivers"] == ["w"] and result["unused_waivers"] == []
    assert re.search(r"(?m)^\* w: .*\b2026-03-01\b", result["texts"]["markdown"])


def test_a_host_without_facts_can_be_waived(tmp_path: Path) -> None:
    waiver = {"rule": "host_reported", "host": "gone", "until": "2026-12-31", "reason": "In the workshop"}
    assert made(tmp_path, host(healthy()), hosts=["gone"])["failing_hosts"] == ["gone"]
    assert made(tmp_path, host(healthy()), hosts=["gone"], waivers=[waiver])["failing_hosts"] == []


@pytest.mark.parametrize("change,said", [
    ({"reason": " "}, r"\bwaiver w\b.*\breason\b"), ({"until": "soon"}, r"\bwaiver w\b.*\buntil\b.*'soon'"),
    ({"until": "2026-02-30"}, r"\bwaiver w\b.*\buntil\b.*'2026-02-30'"),
    ({"until": None}, r"\bwaiver w\b.*\buntil\b.*\bNone\b"),
    ({"rule": None}, r"\bwaiver w\b.*\brule, host, drive\b"),
    ({"rule": []}, r"\brule\b.*\[\]"), ({"host": ""}, r"\bhost\b.*''"),
    ({"hosts": "x"}, r"\bwaiver w\b.*\bhosts\b.*\bhost\b"),
    ({"drive": 1}, r"\bwaiver w\b.*\bdrive\b.*\b1\b.*\bYAML\b"),
    ({"rule": True}, r"^(?!.*YAML).*\brule\b.*\bTrue\b"), ({"host": ["a", 7]}, r"\bhost\b.*\['a', 7\].*\bYAML\b")])
def test_a_waiver_that_means_nothing_says_what_would(change: Any, said: str) -> None:
    waiver = {key: value for key, value in dict(WAIVER, **change).items() if value is not None or key == "until"}
    with pytest.raises(ValueError, match=said):
        compile_waivers([waiver], DAY)


def test_what_people_write_of_drives_has_pseudonyms_too(tmp_path: Path) -> None:
    drive, other = failing(), put(failing(), "device", "/dev/sg4")
    put(put(other, "identity.serial", "ZL2ABC12"), "wwn", "naa.5000c500a1b2c3d4")
    put(put(other, "identity.wwn", "naa.5000c500a1b2c3d4"), "identity.designators", [])
    waivers = [
        # Named by its pattern, though no host has it; by the part of a pattern; by nothing but its own document.
        {"id": "for GONE0001", "drive": "gone0001", "until": "2026-12-31", "reason": "gone0001 is at the vendor"},
        {"id": "shelf", "drive": "K9QX*", "until": "2026-12-31", "reason": "K9QX77AA, and redacted-K9QX77BB as well"},
        {"id": "hot zl2abc12", "host": "db1", "until": "2026-12-31", "reason": "0x5000C500A1B2C3D4 stands in the sun"},
        {"id": "hot ZL2ABC12", "host": "db9", "until": "2026-12-31", "reason": "/dev/sg4 is to be replaced"},
    ]
    options = {"redact_serials": True, "redaction_key": "a key that is long enough"}
    result = made(tmp_path / "a", host(drive, other), waivers=waivers, **options)
    for text in [*result["texts"].values(), str(result["unused_waivers"])]:
        for name in ("gone0001", "k9qx77", "zl2abc12", "5000c500a1b2c3d4"):
            assert name not in text.lower()
    assert "is at the vendor" in result["texts"]["html"] and "stands in the sun" in result["texts"]["sarif"]
    found = json.loads(result["texts"]["json"])
    told = {each["id"]: each for each in found["summary"]["waivers"]}
    assert len(told) == 4 and [each["used"] for each in told.values()] == [0, 0, 4, 0]
    assert any(each["reason"] == "/dev/sg4 is to be replaced" for each in told.values())
    used = {finding.get("waiver") for each in found["hosts"][0]["drives"] for finding in each["findings"]} - {None}
    serial, = [each["serial"] for each in found["hosts"][0]["drives"] if each["device"] == "/dev/sg4"]
    assert used == {"hot " + serial}
    assert "zl2abc12" in made(tmp_path / "b", host(drive, other), waivers=waivers)["texts"]["json"]


def test_two_with_one_id() -> None:
    with pytest.raises(ValueError, match=r"\bwaivers\b.*\bid w\b"):
        compile_waivers([WAIVER, WAIVER], DAY)

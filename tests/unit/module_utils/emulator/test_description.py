# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user may write to describe drives, and what is said of what he may not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.description import DEFAULT_TARGET, parse
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import check


def test_drives_get_numbers_and_names_of_their_own() -> None:
    found = parse({"drives": [{"profile": "sas_hdd", "count": 3}, {"profile": "sas_ssd", "lun": 10, "serial": "A099"},
                              {"count": 2, "serial": "Z08", "wwn": "5000c500a1b2c3d4"}]})
    assert found.target == DEFAULT_TARGET and found.time_scale == 1
    assert [drive.lun for drive in found.drives] == [0, 1, 2, 10, 11, 12]
    assert [drive.serial for drive in found.drives[3:]] == ["A099", "Z08", "Z09"]
    assert [drive.wwn for drive in found.drives[4:]] == ["5000c500a1b2c3d4", "5000c500a1b2c3d8"]
    assert len({drive.wwn for drive in found.drives}) == 6 and found.drives[0].wwn.startswith("3")


def test_the_same_description_gives_the_same_drives() -> None:
    assert parse({"drives": [{"count": 3}]}) == parse({"drives": [{"count": 3}]})
    other = parse({"target": "iqn.2026-01.example:other", "drives": [{"count": 3}]})
    assert other.drives[0].wwn != parse({"drives": [{"count": 3}]}).drives[0].wwn


def test_settings_of_features_lie_over_those_of_the_profile() -> None:
    drive = parse({"drives": [{"profile": "sas_hdd", "selftest": {"short_seconds": 3}, "reservations": None,
                               "streams": {"maximum": 4}}]}).drives[0]
    assert drive.settings("selftest") == {"short_seconds": 3, "extended_seconds": 7200}
    assert not drive.has("reservations") and drive.has("streams") and not drive.has("copy_manager")


@pytest.mark.parametrize("size,blocks", [("1MiB", 2048), (1 << 20, 2048), ("2 GiB", 1 << 22), ("512B", 1)])
def test_sizes(size: Any, blocks: int) -> None:
    assert parse({"drives": [{"size": size}]}).drives[0].blocks == blocks


@pytest.mark.parametrize("profile", ["sas_hdd", "sas_ssd", "array_lun", "spc2_disk", "tape_drive", "enclosure"])
def test_each_profile_is_a_drive(profile: str) -> None:
    assert check({"drives": [{"profile": profile}]}).drives[0].profile == profile


@pytest.mark.parametrize("given,said", [
    ([], r"\bdescription\b.*\bdictionary\b"), ({"drivs": []}, r"\bdrivs\b.*\bdrives, target\b"),
    ({"target": "shelf"}, r"\btarget\b.*\biqn\b.*'shelf'"), ({"time_scale": 0}, r"\btime_scale\b.*\b0\b"),
    ({"drives": {}}, r"\bdrives\b.*\blist\b"), ({"drives": ["sas_hdd"]}, r"\bdrives\[0\].*\bdictionary\b"),
    ({"drives": [{"profile": "nvme"}]}, r"\bdrives\[0\]\.profile\b.*\bsas_hdd\b.*'nvme'"),
    ({"drives": [{"colour": "red"}]}, r"\bdrives\[0\].*\bcolour\b"),
    ({"drives": [{}, {"lun": 0}]}, r"\bdrives\[1\]\.lun\b.*\b0\b"),
    ({"drives": [{"lun": 16384}]}, r"\blun\b.*\b16384\b"),
    ({"drives": [{"lun": 16383, "count": 2}]}, r"\bcount\b.*\b1\b.*\b1\b.*\b2\b"),
    ({"drives": [{"size": "big"}]}, r"\bsize\b.*\bbytes\b.*'big'"),
    ({"drives": [{"size": 0}]}, r"\bsize\b.*\b0\b"),
    ({"drives": [{"vendor": "too long a name"}]}, r"\bvendor\b.*\b8\b"),
    ({"drives": [{"wwn": 5}]}, r"\bwwn\b.*\bNAA\b.*\b5\b"), ({"drives": [{"version": 3}]}, r"\bversion\b.*\b3\b"),
    ({"drives": [{"wwn": "naa.5000c500a1b2c3d4"}, {"wwn": "0x5000c500a1b2c3d4"}]}, r"\b5000c500a1b2c3d4\b"),
    ({"drives": [{"block_length": 1000}]}, r"\bblock_length\b.*\b1000\b"),
    ({"drives": [{"medium": "tape"}]}, r"\bmedium\b.*'tape'"),
    ({"drives": [{"medium": None}]}, r"\bmedium\b.*\bblocks\b"),
    ({"drives": [{"selftest": 5}]}, r"\bselftest\b.*\bdictionary\b"),
    ({"drives": [{"removable": "yes"}]}, r"\bremovable\b.*\btrue\b.*'yes'"),
])
def test_what_is_wrong_is_named(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(given)


@pytest.mark.parametrize("drive,said", [
    ({"selftest": {"short_second": 5}}, r"\bLUN 0: selftest\b.*\bshort_second\b"),
    ({"streams": {"maximum": -1}}, r"\bLUN 0: streams\.maximum\b.*-1\b"),
    ({"faults": [{"status": "bsy"}]}, r"\bLUN 0: faults\[0\]\.status\b.*'bsy'"),
    ({"logs": {"temperature_celsius": "hot"}}, r"\bLUN 0: logs\.temperature_celsius\b.*'hot'"),
    ({"power": {"conditions": ["asleep"]}}, r"LUN 0: power.conditions\[0\]"),
])
def test_what_is_wrong_in_a_feature_is_named_before_anything_starts(drive: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check({"drives": [drive]})

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


@pytest.mark.parametrize("profile", ["sas_hdd", "sas_ssd", "array_lun", "spc2_disk", "enclosure"])
def test_each_profile_is_a_drive(profile: str) -> None:
    assert check({"drives": [{"profile": profile}]}).drives[0].profile == profile


@pytest.mark.parametrize("given,said", [
    ([], "description: is a list, must be a dictionary"), ({"drivs": []}, "unknown: drivs; there are: drives, target"),
    ({"target": "shelf"}, "target: 'shelf' is no iSCSI name, as iqn"), ({"time_scale": 0}, "time_scale: is 0"),
    ({"drives": {}}, "drives: is a dict"), ({"drives": ["sas_hdd"]}, r"drives\[0\]: is a str"),
    ({"drives": [{"profile": "nvme"}]}, r"drives\[0\].profile: is 'nvme', must be one of: sas_hdd"),
    ({"drives": [{"colour": "red"}]}, r"drives\[0\]: unknown: colour"),
    ({"drives": [{}, {"lun": 0}]}, r"drives\[1\].lun: 0 is taken"), ({"drives": [{"lun": 16384}]}, "lun: is 16384"),
    ({"drives": [{"lun": 16383, "count": 2}]}, "count: is 2, must be from 1 to 1"),
    ({"drives": [{"size": "big"}]}, "size: 'big' must be a number of bytes"),
    ({"drives": [{"size": 0}]}, "size: 0 must"),
    ({"drives": [{"vendor": "too long a name"}]}, "vendor: .* at most 8 printable"),
    ({"drives": [{"wwn": 5}]}, "wwn: 5 must be an NAA designator"), ({"drives": [{"version": 3}]}, "version: is 3"),
    ({"drives": [{"wwn": "naa.5000c500a1b2c3d4"}, {"wwn": "0x5000c500a1b2c3d4"}]}, "2 are named 5000c500a1b2c3d4"),
    ({"drives": [{"block_length": 1000}]}, "block_length: is 1000"),
    ({"drives": [{"medium": "tape"}]}, "medium: is 'tape'"),
    ({"drives": [{"medium": None}]}, "a drive without medium has no blocks"),
    ({"drives": [{"selftest": 5}]}, "selftest: is a int, must be a dictionary, or null"),
    ({"drives": [{"removable": "yes"}]}, "removable: is 'yes', must be true or false"),
])
def test_what_is_wrong_is_named(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(given)


@pytest.mark.parametrize("drive,said", [
    ({"selftest": {"short_second": 5}}, "LUN 0: selftest: unknown: short_second"),
    ({"streams": {"maximum": -1}}, "LUN 0: streams.maximum: is -1"),
    ({"faults": [{"status": "bsy"}]}, r"faults\[0\].status"),
    ({"logs": {"temperature_celsius": "hot"}}, "LUN 0: logs.temperature_celsius: is 'hot'"),
    ({"power": {"conditions": ["asleep"]}}, r"LUN 0: power.conditions\[0\]"),
])
def test_what_is_wrong_in_a_feature_is_named_before_anything_starts(drive: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check({"drives": [drive]})

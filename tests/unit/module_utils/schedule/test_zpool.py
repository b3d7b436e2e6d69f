# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools of ZFS, by what the command prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.sets import DriveSet
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.zpool import parse_zpool_status

STATUS = (Path(__file__).resolve().parents[2] / "fixtures" / "zpool_status" / "pools.txt").read_text()


def disks_of(path: str) -> list[str]:
    name = path.rpartition("/")[2]
    return [name.rstrip("0123456789")] if name.startswith("sd") else []


def test_each_mirror_raidz_and_disk_is_a_set() -> None:
    found = parse_zpool_status(STATUS, disks_of)
    scrub = found[1].busy
    assert scrub and "scrub" in scrub and "zfs:tank" in scrub
    assert found == [
        DriveSet("zfs:back up/sdk1", "array", ("sdk",), 1, 1, None),
        DriveSet("zfs:tank/raidz2-0", "array", ("sda", "sdb", "sdc", "sdd"), 4, 3, scrub),
        DriveSet("zfs:tank/mirror-1", "array", ("sde", "sdf", "sdg"), 3, 2, scrub),
        DriveSet("zfs:tank/mirror-2", "array", ("sdh", "sdi"), 2, 2, scrub),
        DriveSet("zfs:tank/sdj1", "array", ("sdj",), 1, 0, scrub),
    ]


@pytest.mark.parametrize("line,busy", [
    ("  scan: scrub in progress since Sat Nov 21 00:24:01 2026", "scrub"),
    ("  scan: resilver in progress since Sat Nov 21 00:24:01 2026", "resilver"),
    ("  scan: resilver (draid2:8d:20c:1s-0) in progress since Sat Nov 21 00:24:01 2026", "resilver"),
    ("expand: expansion of raidz1-0 in progress since Sat Nov 21 00:24:01 2026", "expansion"),
    ("remove: Evacuation of sda in progress since Sat Nov 21 00:24:01 2026", "evacuation"),
    ("  scan: scrub paused since Sat Nov 21 00:24:01 2026", None),
    ("  scan: scrub repaired 0B in 01:02:03 with 0 errors on Sun Nov  8 01:26:04 2026", None),
    ("  scan: scrub canceled on Sun Nov  8 01:26:04 2026", None),
    ("  scan: none requested", None),
    ("errors: scrub in progress", None),
])
def test_what_a_pool_does(line: str, busy: str | None) -> None:
    text = (f"  pool: a\n{line}\nconfig:\n\n\tNAME STATE\n\ta  ONLINE\n\t  mirror-0 ONLINE\n"
            "\t    /dev/sda1 ONLINE\n")
    found, = parse_zpool_status(text, disks_of)
    assert found.busy is None if busy is None else busy in str(found.busy) and "zfs:a" in str(found.busy)


@pytest.mark.parametrize("end", range(0, len(STATUS), 37))
def test_an_output_that_was_cut_is_read_as_far_as_it_goes(end: int) -> None:
    whole = {each.name for each in parse_zpool_status(STATUS, disks_of)}
    for found in parse_zpool_status(STATUS[:end], disks_of):
        assert found.kind == "array" and found.members
        assert found.name in whole or any(name.startswith(found.name) for name in whole)


@pytest.mark.parametrize("text", [
    "", "no pools available\n", "config:\n\t/dev/sda ONLINE\n", "\t\t\n: :\npool:\nconfig:\n\t\n"])
def test_what_is_no_pool_gives_none(text: str) -> None:
    assert parse_zpool_status(text, disks_of) == []

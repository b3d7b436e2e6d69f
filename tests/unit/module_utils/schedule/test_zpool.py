# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools of ZFS, by what the command prints."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, Callable, Tuple

import pytest
from ansible.module_utils import basic
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule import zpool
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.sets import DriveSet
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.zpool import parse_zpool_status, zpool_status

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


RunCommand = Callable[..., Tuple[int, str, str]]


@pytest.fixture(name="run_command")
def _run_command(monkeypatch: pytest.MonkeyPatch) -> RunCommand:
    """What a module hands in."""
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": {}}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    return basic.AnsibleModule({}).run_command


@pytest.fixture(name="program")
def _program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The zpool of a host with ZFS, for a test to write."""
    program = tmp_path / "zpool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    monkeypatch.setattr(zpool, "_CONTROL_NODE", "/dev/null")
    return program


def test_the_program_is_asked_for_whole_paths_in_its_own_language(program: Path, run_command: RunCommand) -> None:
    program.write_text('#!/bin/sh\necho "$@ $LC_ALL"\necho noise >&2\n')
    assert zpool_status(run_command) == "status -P -L C\n"


def test_a_name_of_another_encoding_is_read(program: Path, run_command: RunCommand) -> None:
    program.write_text("#!/bin/sh\nprintf 'pool: \\351\\n'\n")
    assert zpool_status(run_command) == "pool: \ufffd\n"


def test_what_it_says_counts_although_it_fails(program: Path, run_command: RunCommand) -> None:
    program.write_text("#!/bin/sh\necho '  pool: a'\nexit 1\n")
    assert zpool_status(run_command) == "  pool: a\n"


def test_a_pool_that_hangs_ends_the_question(
        program: Path, run_command: RunCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zpool, "_TIMEOUT_SECONDS", 0.5)
    program.write_text("#!/bin/sh\necho '  pool: a'\nexec sleep 60\n")
    started = time.monotonic()
    assert zpool_status(run_command) is None
    assert time.monotonic() - started < 30


def test_a_program_that_does_not_start_is_none(program: Path, run_command: RunCommand) -> None:
    program.write_text("#!/no/such/shell\n")
    assert zpool_status(run_command) is None


def test_a_host_without_zfs_is_not_asked(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_command(*_arguments: Any, **_options: Any) -> tuple[int, str, str]:
        raise AssertionError("asked")

    monkeypatch.setattr(zpool, "_CONTROL_NODE", str(program.parent / "no-such-node"))
    assert zpool_status(run_command) is None

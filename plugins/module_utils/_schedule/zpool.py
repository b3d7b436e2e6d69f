# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ZFS pools: what ``zpool status -P -L`` prints, as a set of drives for each mirror, raidz or single disk of a pool."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Callable, Iterable

from .sets import ARRAY, DriveSet

_TIMEOUT_SECONDS = 20
_FIELD = re.compile(r" {0,3}(\w+): ?(.*)")
_BUSY = re.compile(r"([a-z]+)\b.*\bin progress", re.IGNORECASE)
_WORK = ("scan", "remove", "expand")
#: A member in another state has no part in the redundancy.
_SERVES = ("ONLINE",)


def zpool_status() -> str | None:
    """Asks for all pools, with whole paths, links followed. A pool that hangs must not hang us."""
    program = shutil.which("zpool", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")
    if program is None or not os.path.exists("/dev/zfs"):
        return None
    try:
        done = subprocess.run(
            [program, "status", "-P", "-L"], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=_TIMEOUT_SECONDS, env=dict(os.environ, LC_ALL="C"))
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace")


def parse_zpool_status(text: str, disks_of: Callable[[str], Iterable[str]]) -> list[DriveSet]:
    """The sets; ``disks_of`` gives the kernel's names of the disks behind a path."""
    found: list[DriveSet] = []
    pool, busy, in_config = "", None, False
    tree: list[tuple[int, str, str]] = []
    for line in text.splitlines() + ["  pool: "]:
        field = None if line.startswith("\t") else _FIELD.match(line)
        if field is not None:
            name, value = field.groups()
            in_config = name == "config"
            if name == "pool":
                found.extend(_sets(pool, busy, tree, disks_of))
                pool, busy, tree = value.strip(), None, []
            elif name in _WORK:
                match = _BUSY.match(value)
                busy = match.group(1).lower() if match else busy
        elif in_config and line.startswith("\t"):
            words = line.split()
            if words and words[0] != "NAME":
                tree.append((len(line) - len(line.lstrip()), words[0], words[1] if len(words) > 1 else ""))
    return found


def _sets(pool: str, busy: str | None, tree: list[tuple[int, str, str]],
          disks_of: Callable[[str], Iterable[str]]) -> list[DriveSet]:
    """``tree``: depth, name and state of each line of the config; the second level is what redundancy is made of."""
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    depths = sorted({depth for depth, _name, _state in tree})
    for depth, name, state in tree:
        level = depths.index(depth)
        if level == 1:
            groups.append((name, []))
        if level and groups and name.startswith("/"):
            groups[-1][1].append((name, state))
    found = []
    for name, members in groups:
        disks = sorted({disk for path, _state in members for disk in disks_of(path)})
        if not disks:
            continue
        serving = sum(state in _SERVES for _path, state in members)
        label = f"zfs:{pool}/{os.path.basename(name)}"
        found.append(DriveSet(label, ARRAY, tuple(disks), len(members), serving,
                              None if busy is None else f"{busy} of zfs:{pool} is under way"))
    return found

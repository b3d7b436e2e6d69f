# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ZFS pools: what ``zpool status -P -L`` prints, as a set of drives for each mirror, raidz or single disk of a pool."""

from __future__ import annotations

import os
import re
import shutil
import threading
from typing import Any, Callable, Iterable, Tuple

from .sets import ARRAY, DriveSet

_TIMEOUT_SECONDS = 20.0
_CONTROL_NODE = "/dev/zfs"
_FIELD = re.compile(r" {0,3}(\w+): ?(.*)")
_BUSY = re.compile(r"([a-z]+)\b.*\bin progress", re.IGNORECASE)
_WORK = ("scan", "remove", "expand")
#: A member in any other state does not contribute to redundancy.
_SERVES = ("ONLINE",)

#: AnsibleModule.run_command: takes arguments and options; returns exit status, standard output and standard error.
RunCommand = Callable[..., Tuple[int, str, str]]


def zpool_status(run_command: RunCommand) -> str | None:
    """The status of all pools, with full paths, links followed. ``None`` without ZFS, or without an answer in time."""
    program = shutil.which("zpool", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")
    if program is None or not os.path.exists(_CONTROL_NODE):
        return None
    timers: list[threading.Timer] = []
    late = threading.Event()

    def limit(process: Any) -> None:
        # A pool that hangs must not hang the module, and run_command has no timeout.
        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(_TIMEOUT_SECONDS, end)
        timer.daemon = True
        timers.append(timer)
        timer.start()

    try:
        _status, output, _errors = run_command(
            [program, "status", "-P", "-L"], environ_update={"LC_ALL": "C"}, errors="replace",
            expand_user_and_vars=False, handle_exceptions=False, before_communicate_callback=limit)
    except OSError:
        return None
    finally:
        for timer in timers:
            timer.cancel()
    return None if late.is_set() else output


def parse_zpool_status(text: str, disks_of: Callable[[str], Iterable[str]]) -> list[DriveSet]:
    """The sets; ``disks_of`` returns the kernel's names of the disks behind a path."""
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
    """``tree``: depth, name and state of each line of the config; redundancy is within each of the second level."""
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

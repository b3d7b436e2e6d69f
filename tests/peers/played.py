# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the drives of the gallery to smartctl, smartd and sg3_utils: the same bytes that the collection reads.

Usage: python tests/peers/played.py
Writes what smartctl and smartd conclude of each drive to tests/gallery/smartctl.json; docs/verdicts.md is made of it.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from collection import provide

    provide()

from ansible_collections.drivecare.scsi.tests.gallery import encode
from programs import program

HERE = Path(__file__).resolve().parent
RECORDED = HERE.parent / "gallery" / "smartctl.json"
_HOOK = '#!/bin/sh\nprintf "%s\\n" "$SMARTD_FAILTYPE" >> "$0.mails"\n'
#: Bit 1 of smartctl's exit status: it gave up.
GAVE_UP = 0x02
DISK_FAILING = 0x08
SELF_TEST_FAILED = 0x80


@functools.lru_cache(maxsize=None)
def library() -> str:
    """The compiled library."""
    folder = tempfile.mkdtemp(prefix="drivecare-played-")
    path = f"{folder}/play_capture.so"
    subprocess.run([program("gcc"), "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", path,
                    str(HERE / "play_capture.c"), "-ldl"], check=True)
    return path


@functools.lru_cache(maxsize=None)
def entry(name: str) -> dict[str, Any]:
    """An entry of the gallery."""
    return encode.load(name)


def answers(name: str, folder: Path) -> Path:
    """The file that the library reads: the exchanges of the drive's capture, a line each."""
    path = folder / f"{name}.answers"
    with path.open("w", encoding="ascii") as file:
        for each in encode.capture(entry(name)["drive"])["exchanges"]:
            status = "lost" if "error" in each else f"{each.get('status', 0):02x}"
            print(each["cdb"].lower(), status, each.get("sense") or "-", each.get("data_in") or "-", file=file)
    return path


def capture(name: str, folder: Path) -> Path:
    """The file that the collection reads."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(encode.capture(entry(name)["drive"])), encoding="utf-8")
    return path


def play(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program whose SCSI commands the library answers."""
    return subprocess.run(
        [program(command), *arguments], env={**os.environ, "LD_PRELOAD": library(), "LC_ALL": "C"}, timeout=60,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True,
        errors="replace")


def device_type(name: str) -> str:
    """smartctl's -d: it would find out by itself, on a device of the kernel's."""
    return "sat" if "ata" in entry(name)["drive"] else "scsi"


def smartctl(name: str, folder: Path) -> dict[str, Any]:
    """What smartctl -x says, or -a of an ATA drive, whose newer logs the gallery does not have."""
    kind, path = device_type(name), str(answers(name, folder))
    printed = play("smartctl", "-a" if kind == "sat" else "-x", "-j", "-d", kind, path).stdout
    if not printed.startswith("{"):
        # Version 7.3 breaks off where it writes pending defects as JSON: an assertion of its own fails.
        printed = play("smartctl", *"-i -H -A -l selftest -l background -j -d".split(), kind, path).stdout
    said: dict[str, Any] = json.loads(printed)
    return said


def smartd(name: str, folder: Path) -> str:
    """What smartd mails when it checks the drive for the first time."""
    hook = folder / "hook"
    hook.write_text(_HOOK, encoding="ascii")
    hook.chmod(0o700)
    settings = folder / "smartd.conf"
    settings.write_text(
        f"{answers(name, folder)} -d {device_type(name)} -a -m <nomailer> -M exec {hook}\n", encoding="ascii")
    mails = folder / "hook.mails"
    mails.unlink(missing_ok=True)
    said = play("smartd", "-q", "onecheck", "-c", str(settings), "-s", f"{folder}/").stdout
    if mails.exists():
        return ", ".join(dict.fromkeys(mails.read_text(encoding="ascii").split()))
    if "Unable to register" in said:
        reason = re.search(r"\.answers,? (?:\[\w+\], )?(.*?), (?:skip device|not found)", said)
        return "not monitored" + (f" ({reason.group(1).strip().lower()})" if reason else "")
    return "nothing"


def conclusions(name: str, folder: Path) -> dict[str, Any]:
    """What both conclude: ``health`` is null where smartctl -H gives no verdict, ``exit`` the status of smartctl -a."""
    kind, path = device_type(name), str(answers(name, folder))
    health = json.loads(play("smartctl", "-H", "-j", "-d", kind, path).stdout)
    passed = health.get("smart_status", {}).get("passed")
    return {"health": {True: "passed", False: "failed", None: None}[passed],
            "exit": play("smartctl", "-a", "-d", kind, path).returncode, "smartd": smartd(name, folder)}


def recorded() -> dict[str, Any]:
    """What was recorded last."""
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def version() -> str:
    """Which smartctl it is."""
    return play("smartctl", "--version").stdout.split(" ", 2)[1]


def at(values: Any, path: str) -> Any:
    """A value of smartctl's document."""
    for key in path.split("."):
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def main() -> None:
    """Records what they conclude."""
    found = {}
    for name in encode.names():
        # smartd keeps what it has seen of a drive of this model and serial number.
        with tempfile.TemporaryDirectory() as folder:
            found[name] = conclusions(name, Path(folder))
    text = json.dumps({"smartctl": version(), "drives": found}, indent=1, sort_keys=True)
    RECORDED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

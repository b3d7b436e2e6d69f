# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures one task over 1,000 emulated drives: against the ideal, against a loop, with a drive that never answers.

Usage: .venv/bin/python benchmarks/many_drives.py [--units N]

The ideal is a module that does nothing, plus the drives' own time divided by the workers: each command of the drives
takes a set time, and how many commands a drive gets is counted. Modules run as the managed node runs them, without
Ansible's own start; the loop is of `ansible.builtin.command`, so that one has Ansible on both sides. What a module
costs over an empty one is measured as Ansible sends it.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "run"))

from layout import COLLECTIONS, linked_collection  # noqa: E402

linked_collection()
sys.path.insert(0, str(COLLECTIONS))

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.daemon import Daemon, config_of  # noqa: E402
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import Portal  # noqa: E402

NAME = "iqn.2026-01.example:benchmark"
ROUNDS = 3
WORKERS = 16
COMMAND_SECONDS = 0.04
DEADLINE = 5
EMPTY = """
from __future__ import annotations
from ansible.module_utils.basic import AnsibleModule
AnsibleModule({}).exit_json()
"""
#: What a process had at most counts what the process had that it was forked from; so that is a small one.
_WATCH = """
import os, sys
child = os.fork()
if not child:
    os.execv(sys.argv[1], sys.argv[1:])
print(os.wait4(child, 0)[2].ru_maxrss, file=sys.stderr)
"""


class Node:
    """Runs modules as a managed node does: a Python, the arguments in, JSON out."""

    def __init__(self, folder: Path) -> None:
        self._empty = folder / "empty.py"
        self._empty.write_text(EMPTY)
        self._environment = dict(os.environ, PYTHONPATH=str(COLLECTIONS))

    def run(self, module: str, **options: Any) -> tuple[dict[str, Any], float, float]:
        """The result, the seconds that it took, and what the process had in memory at most, in MB."""
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
        command = [str(self._empty)] if module == "empty" else [
            "-m", "ansible_collections.drivecare.scsi.plugins.modules." + module]
        before = time.perf_counter()
        done = subprocess.run([sys.executable, "-S", "-c", _WATCH, sys.executable, *command], input=arguments,
                              capture_output=True, env=self._environment, check=False)
        seconds = time.perf_counter() - before
        return json.loads(done.stdout), seconds, int(done.stderr.split()[-1]) / 1000


def started(folder: str, drives: list[dict[str, Any]]) -> tuple[Daemon, list[str]]:
    """A daemon, and the addresses of its drives."""
    daemon = Daemon(folder)
    config = config_of({"target": NAME, "drives": drives}, Portal(port=0))
    status = daemon.start(config)
    return daemon, [f"iscsi://127.0.0.1:{status['port']}/{NAME}/{lun}" for lun in status["luns"]]


def against_the_ideal(node: Node, units: int) -> None:
    """One task on drives that take their time, and the same with one that never answers."""
    drive = {"profile": "sas_ssd", "faults": [{"delay_seconds": COMMAND_SECONDS}]}
    silent = {"profile": "sas_ssd", "faults": [{"silence": True}]}
    with tempfile.TemporaryDirectory() as folder:
        daemon, devices = started(folder, [{**drive, "count": units}, silent])
        try:
            entry = node.run("scsi_stream", devices=devices[:1], raw=True)[0]["drives"][0]
            commands = len(entry["commands"])
            nothing = statistics.median(node.run("empty")[1] for _round in range(ROUNDS))
            ideal = nothing + units * commands * COMMAND_SECONDS / WORKERS
            print(f"{units:,} drives, {commands} commands each of {COMMAND_SECONDS * 1000:g} ms, {WORKERS} workers; "
                  f"the ideal is {ideal:.2f} s", flush=True)
            for title, asked in (("all answer", devices[:units]), ("one more, which never does", devices)):
                runs = [node.run("scsi_stream", devices=asked, on_error="report", deadline=DEADLINE)
                        for _round in range(ROUNDS)]
                good = sum(each["status"] == "ok" for each in runs[0][0]["drives"])
                seconds = statistics.median(each[1] for each in runs)
                print(f"  {title:30} {seconds:6.2f} s, {seconds / ideal:.2f} of the ideal; {good:,} ok", flush=True)
        finally:
            daemon.stop()


def memory(node: Node, units: int) -> None:
    """The module's memory, by the number of drives."""
    with tempfile.TemporaryDirectory() as folder:
        daemon, devices = started(folder, [{"profile": "sas_ssd", "count": units}])
        try:
            empty = node.run("empty")[2]
            for count in (1, units // 10, units):
                peak = node.run("scsi_stream", devices=devices[:count])[2]
                print(f"{count:,} drives: {peak:.1f} MB at most, {peak - empty:.1f} over a module that does nothing")
        finally:
            daemon.stop()


def against_a_loop(units: int) -> None:
    """One task over all drives, and `command:` once a drive with libiscsi's program."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as plays:
        daemon, devices = started(folder, [{"profile": "sas_ssd", "count": units}])
        try:
            (Path(plays) / "devices").write_text("\n".join(devices))
            times = {}
            for title, task in (
                    ("one task, scsi_stream", {"drivecare.scsi.scsi_stream": {
                        "devices": "{{ lookup('file', 'devices').split() }}"}}),
                    ("a loop of command: iscsi-inq", {
                        "ansible.builtin.command": "iscsi-inq {{ item }}",
                        "loop": "{{ lookup('file', 'devices').split() }}", "changed_when": False})):
                play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}]
                (Path(plays) / "play.yml").write_text(json.dumps(play))
                before = time.perf_counter()
                subprocess.run([Path(sys.executable).parent / "ansible-playbook", "play.yml"], cwd=plays, check=True,
                               capture_output=True, env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)})
                times[title] = time.perf_counter() - before
            first = next(iter(times.values()))
            for title, seconds in times.items():
                print(f"{units:,} drives, {title:30} {seconds:7.2f} s, {seconds / first:5.1f}")
        finally:
            daemon.stop()


def payload(module: str, folder: Path, library: Path, collections: Path = COLLECTIONS) -> bytes:
    """The archive that Ansible sends for a module, as `ANSIBLE_KEEP_REMOTE_FILES` leaves it in a folder."""
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible", "localhost", "-c", "local", "-m", module],
        capture_output=True, text=True, check=False, env={
            **os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_KEEP_REMOTE_FILES": "1",
            "ANSIBLE_LIBRARY": str(library), "ANSIBLE_REMOTE_TMP": str(folder / "tmp")})
    files = sorted((folder / "tmp").rglob("AnsiballZ_*.py"), key=os.path.getmtime)
    assert files, done.stdout + done.stderr
    found = re.search(r'["\']?(UEsD[A-Za-z0-9+/=]+)["\']?', files[-1].read_text())
    assert found is not None
    archive = base64.b64decode(found[1])
    assert zipfile.ZipFile(io.BytesIO(archive)).testzip() is None
    return archive


def over_an_empty_module(folder: Path) -> None:
    """What `scsi_stream` costs before it does anything: bytes to send, milliseconds to import from the archive.

    A managed node compiles all that it imports, at every task: Python keeps no compiled files beside an archive.
    """
    imported = {
        "empty": "ansible.module_utils.basic",
        "drivecare.scsi.scsi_stream": "ansible_collections.drivecare.scsi.plugins.modules.scsi_stream"}
    sizes = {}
    milliseconds: dict[str, list[float]] = {module: [] for module in imported}
    for module in imported:
        archive = payload(module, folder, folder)
        sizes[module] = len(archive)
        (folder / f"{module}.zip").write_bytes(archive)
    for _round in range(20):
        for module, name in imported.items():
            before = time.perf_counter()
            subprocess.run([sys.executable, "-S", "-c", f"import {name}"], check=True,
                           env=dict(os.environ, PYTHONPATH=str(folder / f"{module}.zip")))
            milliseconds[module].append((time.perf_counter() - before) * 1000)
    empty, ours = ((sizes[module] / 1000, statistics.median(milliseconds[module])) for module in imported)
    print(f"scsi_stream over an empty module: {ours[0] - empty[0]:.1f} kB more to send ({empty[0]:.1f} kB), "
          f"{ours[1] - empty[1]:.1f} ms more to import ({empty[1]:.1f} ms)", flush=True)


def main() -> None:
    """Measures one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        node = Node(Path(scratch))
        over_an_empty_module(Path(scratch))
        against_the_ideal(node, options.units)
        memory(node, options.units)
        against_a_loop(min(options.units, 200))


if __name__ == "__main__":
    main()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what a task costs over one of an empty module: processor time of whole playbook runs, and bytes to send.

Usage: .venv/bin/python benchmarks/task_cost.py [--rounds N] [--tasks N] [--against CHECKOUT]

Each run is an `ansible-playbook` of its own with ten tasks of one module on localhost. The empty module is truly empty:
an `AnsibleModule` without options. The others ask one drive, a SAS SSD with streams whose answers the emulated target
gave before: so neither a server nor a network is in the figures, and no unit attention, which only new sessions meet.
The runs take turns; what counts is the time of the processors (user and system, of Ansible and all that it started),
which other work on the machine disturbs least. `--against` takes the collection of another checkout into the same
turns, with this checkout's Ansible.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import many_drives

EMPTY = "empty"
MODULES = ("scsi_stream", "scsi_drive_facts")
ANSIBLE = Path(sys.executable).parent


class Subject(NamedTuple):
    """A module of a checkout, and the playbook that runs it."""

    title: str
    module: str
    playbook: Path
    collections: Path

    @property
    def environment(self) -> dict[str, str]:
        """Ansible sees this checkout's collection and no configuration of the user."""
        return {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
                "ANSIBLE_CONFIG": str(self.playbook.with_name("ansible.cfg")),
                "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}

    def seconds(self) -> float:
        """The processor time of one run of the playbook, all its processes included."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([ANSIBLE / "ansible-playbook", self.playbook], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, env=self.environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise SystemExit(f"{self.title}: {done.stdout}")
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def collections_of(checkout: Path, folder: Path) -> Path:
    """A folder in which Ansible finds a checkout's collection."""
    link = folder / "ansible_collections" / "drivecare" / "scsi"
    link.parent.mkdir(parents=True)
    link.symlink_to(checkout.resolve())
    return folder


def record(folder: Path) -> str:
    """The address of a capture with all that the modules ask of a drive."""
    capture = folder / "drive.json"
    with tempfile.TemporaryDirectory() as state:
        daemon, devices = many_drives.started(state, [{"profile": "sas_ssd"}])
        try:
            node = many_drives.Node(folder)
            exchanges = []
            for module in MODULES:
                node.run(module, devices=devices, capture_file=str(capture))
                exchanges += [each for each in json.loads(capture.read_text())["exchanges"] if not each["status"]]
        finally:
            daemon.stop()
    capture.write_text(json.dumps({"version": 1, "device": devices[0], "exchanges": exchanges}))
    return f"replay:{capture}"


def write_playbook(file: Path, task: dict[str, Any], tasks: int) -> Path:
    """A play of the same task so many times."""
    file.write_text(json.dumps(
        [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task] * tasks}]))
    return file


def subjects(folder: Path, checkouts: list[Path], tasks: int) -> list[Subject]:
    """The empty module, and the collection's of each checkout."""
    library = folder / "library"
    library.mkdir()
    (folder / "ansible.cfg").touch()
    (library / "empty.py").write_text(many_drives.EMPTY)
    address = record(folder)
    homes = [collections_of(checkout, folder / str(number)) for number, checkout in enumerate(checkouts)]
    found = [Subject(EMPTY, EMPTY, write_playbook(folder / "empty.yml", {EMPTY: {}}, tasks), homes[0])]
    for module in MODULES:
        name = f"drivecare.scsi.{module}"
        playbook = write_playbook(folder / f"{module}.yml", {name: {"devices": address}}, tasks)
        for checkout, home in zip(checkouts, homes, strict=True):
            title = module if checkout == many_drives.ROOT else f"{module} of {checkout}"
            found.append(Subject(title, name, playbook, home))
    return found


def main() -> None:
    """Measures the bytes, then the time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tasks", type=int, default=10)
    parser.add_argument("--against", type=Path, action="append", default=[], metavar="CHECKOUT")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        found = subjects(folder, [many_drives.ROOT, *options.against], options.tasks)
        archives = {}
        for number, subject in enumerate(found):
            place = folder / f"payload{number}"
            place.mkdir()
            archives[subject] = many_drives.payload(subject.module, place, folder / "library", subject.collections)
        times: dict[Subject, list[float]] = {subject: [] for subject in found}
        for _round in range(options.rounds):
            for subject in found:
                times[subject].append(subject.seconds())
        empty = statistics.median(times[found[0]])
        print(f"{options.tasks} tasks a run, {options.rounds} runs each in turn; medians")
        for subject in found:
            median = statistics.median(times[subject])
            size = len(archives[subject])
            print(f"  {subject.title:40} {size / 1000:6.1f} kB archive, {(size + 2) // 3 * 4 / 1000:6.1f} kB as sent, "
                  f"{median:6.2f} s ({min(times[subject]):.2f} to {max(times[subject]):.2f}), {median / empty:.2f}")


if __name__ == "__main__":
    main()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures in the kernel guest: one task over 256 drives against the ways that people use today, and the core itself.

Usage: .venv/bin/python benchmarks/kernel.py [--run-dir DIR] [--units N]

Starts a guest of its own, unless one runs in DIR, and prints times with their ratios. All that is compared is measured
in the same run on the same guest, one after the other; a time alone says little under software emulation.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "kernel"), str(ROOT / "tests" / "run")]

from guestlib import image, machine  # noqa: E402
from layout import COLLECTIONS, linked_collection  # noqa: E402

ROUNDS = 3
COMMANDS = 5000

ONE_TASK = """
- hosts: kernel_root
  gather_facts: false
  tasks:
    - drivecare.scsi.scsi_stream:
        devices: "{{ lookup('file', 'nodes').split() }}"
"""
COMMAND_LOOP = """
- hosts: kernel_root
  gather_facts: false
  tasks:
    - ansible.builtin.command: sg_stream_ctl --get --brief {{ item }}
      changed_when: false
      loop: "{{ lookup('file', 'nodes').split() }}"
"""
SHELL_LOOP = """
- hosts: kernel_root
  gather_facts: false
  tasks:
    - ansible.builtin.shell: for node in {{ lookup('file', 'nodes') }}; do sg_stream_ctl --get --brief $node; done
      changed_when: false
"""
NOTHING = """
- hosts: kernel_root
  gather_facts: false
  tasks:
    - ansible.builtin.ping:
"""

# Runs in the guest, over the collection's own files: the rate of one command through the core, start-up not counted.
CORE = """
import sys, time
sys.path.insert(0, "/root/benchmark")
from collection._passthrough.command import Command
from collection._passthrough.linux.nodes import inspect
from collection._passthrough.linux.transport import LinuxTransport
from collection._passthrough.session import Session
session = Session(LinuxTransport(inspect(sys.argv[1])))
ready = Command("TEST UNIT READY", bytes(6))
inquiry = Command("INQUIRY", bytes((0x12, 0, 0, 0, 96, 0)), 96)
for command in (ready, inquiry):
    session.send(command)
    started = time.perf_counter()
    for _each in range(int(sys.argv[2])):
        session.send(command)
    print(int(sys.argv[2]) / (time.perf_counter() - started))
"""


class Guest:
    """The guest that is measured in."""

    def __init__(self, host: machine.Machine) -> None:
        self._host = host

    def run(self, *command: str, data: bytes | None = None) -> str:
        """What a command in the guest prints."""
        return subprocess.run(self._host.ssh([*command]), input=data, check=True, capture_output=True).stdout.decode()

    def play(self, playbook: str, nodes: list[str]) -> float:
        """Seconds that a playbook takes from the controller's view, ansible-playbook's own start included."""
        with tempfile.TemporaryDirectory() as directory:
            (Path(directory) / "play.yml").write_text(playbook)
            (Path(directory) / "nodes").write_text(" ".join(nodes))
            started = time.perf_counter()
            done = subprocess.run(
                [Path(sys.executable).parent / "ansible-playbook", "-i", self._host.inventory, "play.yml"],
                cwd=directory, capture_output=True, text=True, check=False,
                env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)})
            if done.returncode:
                raise SystemExit(done.stdout + done.stderr)
            return time.perf_counter() - started


def _scsi_debug_units(guest: Guest) -> list[str]:
    return guest.run("grep -l Linux /sys/class/scsi_generic/*/device/vendor | cut -d/ -f5 | sort -V").split()


def many_drives(guest: Guest, units: int) -> None:
    """One task with a list, a loop of command, and a shell loop, each as often as the others."""
    guest.run("drivecare-scsi-debug", "many", "delay=0")
    nodes = [f"/dev/{name}" for name in _scsi_debug_units(guest)][:units]
    if len(nodes) < units:
        raise SystemExit(f"the guest has {len(nodes)} units, {units} were asked for")
    rows = [
        ("one task that does nothing (ping)", NOTHING, ROUNDS),
        ("one task, scsi_stream with the list", ONE_TASK, ROUNDS),
        ("one task, a shell loop of sg_stream_ctl", SHELL_LOOP, ROUNDS),
        ("a loop of command: sg_stream_ctl", COMMAND_LOOP, 1),
    ]
    times = {title: [guest.play(playbook, nodes) for _each in range(rounds)] for title, playbook, rounds in rows}
    ours = statistics.median(times[rows[1][0]])
    print(f"{units} scsi_debug units over SSH with pipelining, the median of up to {ROUNDS} runs; ratio to scsi_stream")
    for title, values in times.items():
        print(f"  {title:42} {statistics.median(values):8.2f} s   {statistics.median(values) / ours:7.2f}")


def one_command(guest: Guest) -> None:
    """TEST UNIT READY and INQUIRY through the core, against sg_turs."""
    archive = subprocess.run(
        ["tar", "--create", "--transform=s,^,collection/,", "--directory", ROOT / "plugins" / "module_utils",
         "_passthrough", "_scsi"], check=True, capture_output=True).stdout
    guest.run("mkdir -p /root/benchmark/collection && tar --extract --directory=/root/benchmark && "
              "touch /root/benchmark/collection/__init__.py", data=archive)
    guest.run("cat > /root/benchmark/core.py", data=CORE.encode())
    guest.run("drivecare-scsi-debug", "disks", "delay=0")
    node = f"/dev/{_scsi_debug_units(guest)[0]}"
    ours, inquiries, theirs = [], [], []
    for _each in range(ROUNDS):
        ready, inquiry = guest.run("python3", "/root/benchmark/core.py", node, str(COMMANDS)).split()
        ours.append(float(ready))
        inquiries.append(float(inquiry))
        printed = guest.run("sg_turs", "-t", "-n", str(COMMANDS), node, "2>&1")
        theirs.append(float(re.search(r"([0-9.]+) operations/sec", printed)[1]))  # type: ignore[index]
    peer = statistics.median(theirs)
    print(f"commands a second on {node}, {COMMANDS} each, the median of {ROUNDS} runs; ratio to sg_turs")
    for title, rate in (("sg_turs -n, TEST UNIT READY", peer), ("the core, TEST UNIT READY", statistics.median(ours)),
                        ("the core, INQUIRY, a new descriptor each", statistics.median(inquiries))):
        print(f"  {title:42} {rate:8.0f} /s  {rate / peer:7.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run-dir", type=Path, help="a guest that runs, or is to run, there")
    parser.add_argument("--units", type=int, default=256)
    options = parser.parse_args()
    linked_collection()
    with tempfile.TemporaryDirectory() as directory:
        host = machine.Machine(options.run_dir or Path(directory))
        own = host.state() is None
        if own:
            host.start(image.build(), "6.12", 300.0)
        try:
            many_drives(Guest(host), options.units)
            one_command(Guest(host))
        finally:
            if own:
                host.stop()


if __name__ == "__main__":
    main()

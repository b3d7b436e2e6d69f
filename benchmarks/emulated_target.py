# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the emulated target: start and memory of 1,000 units in one server, and commands a second beside tgt.

Usage: .venv/bin/python benchmarks/emulated_target.py [--units N] [--seconds N]

Needs root, tgt and libiscsi's iscsi-perf. All on the loopback interface; both targets are asked by the same tool for
blocks that were never written, one after the other, in turns.
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
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "peers"), str(ROOT / "tests" / "run")]

from layout import COLLECTIONS, linked_collection  # noqa: E402

linked_collection()
sys.path.insert(0, str(COLLECTIONS))

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.daemon import Daemon, config_of  # noqa: E402
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import Portal  # noqa: E402
from tgt import Tgt  # noqa: E402

NAME = "iqn.2026-01.example:benchmark"
ROUNDS = 3
INITIATORS = 32


def started(folder: str, drives: list[dict[str, Any]]) -> tuple[Daemon, dict[str, Any], float]:
    """A daemon that serves these drives, what it says of itself, and the seconds that its start took."""
    daemon = Daemon(folder)
    config = config_of({"target": NAME, "drives": drives}, Portal(port=0))
    before = time.monotonic()
    status = daemon.start(config)
    return daemon, status, time.monotonic() - before


def memory(pid: int) -> float:
    """What a process has in memory, in MB."""
    found = re.search(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1000


def start_and_memory(units: int) -> None:
    """Prints both, for one unit and for many."""
    for count in (1, units):
        with tempfile.TemporaryDirectory() as folder:
            daemon, status, seconds = started(folder, [{"profile": "sas_hdd", "count": count}])
            try:
                print(f"{count:,} unit{'s' * (count > 1)}: {seconds:.2f} s until it listens, "
                      f"{memory(status['pid']):.0f} MB", flush=True)
            finally:
                daemon.stop()


def rate(address: str, initiators: int, seconds: int) -> float:
    """READ(16) of one block, at random, one at a time: commands a second of all initiators together."""
    running = [subprocess.Popen(
        ["iscsi-perf", "-i", f"iqn.2026-01.example:initiator{number}", "-m", "1", "-b", "1", "-t", str(seconds), "-r",
         address], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for number in range(initiators)]
    total = 0.0
    for process in running:
        output = process.communicate(timeout=seconds * 4 + 60)[0]
        found = re.findall(r"iops average (\d+)", output)
        assert found, output
        total += float(found[-1])
    return total


def beside_tgt(seconds: int) -> None:
    """Prints commands a second of both, for one initiator and for many, and their ratio."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as media:
        daemon, status, _seconds = started(folder, [{"profile": "sas_hdd", "size": "16MiB"}])
        tgt = Tgt(Path(media))
        try:
            tgt.add(NAME)
            addresses = {"ours": f"iscsi://127.0.0.1:{status['port']}/{NAME}/0",
                         "tgt": f"iscsi://127.0.0.1:{tgt.port}/{NAME}/1"}
            for initiators in (1, INITIATORS):
                rates: dict[str, list[float]] = {name: [] for name in addresses}
                for _round in range(ROUNDS):
                    for name, address in addresses.items():
                        rates[name].append(rate(address, initiators, seconds))
                ours, theirs = (statistics.median(rates[name]) for name in ("ours", "tgt"))
                print(f"{initiators} initiator{'s' * (initiators > 1)}: {ours:,.0f} commands/s, tgt {theirs:,.0f}: "
                      f"{ours / theirs:.2f} of tgt", flush=True)
        finally:
            tgt.stop()
            daemon.stop()


def main() -> None:
    """Measures one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=5, help="how long each measurement of commands takes")
    options = parser.parse_args()
    if os.geteuid():
        sys.exit("tgtd needs root")
    start_and_memory(options.units)
    beside_tgt(options.seconds)


if __name__ == "__main__":
    main()

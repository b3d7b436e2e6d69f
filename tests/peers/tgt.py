# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Linux SCSI target framework's tgtd, started on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
from programs import program

MEBIBYTE = 1 << 20


class Tgt:
    """A tgtd of our own, with a control port of its own, so that it meddles with no other."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.control = str(os.getpid() % 30000 + 1000)
        self.folder = folder
        Path("/var/run/tgtd").mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [program("tgtd"), "-f", "-C", self.control, "--iscsi", f"portal=127.0.0.1:{self.port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._targets = 0
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                if self._administer("--mode", "target", "--op", "show", check=False) == 0:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        self.stop()
        pytest.fail("tgtd does not answer")

    def _administer(self, *arguments: str, check: bool = True) -> int:
        done = subprocess.run([program("tgtadm"), "-C", self.control, "--lld", "iscsi", *arguments],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=20)
        assert not check or done.returncode == 0, (arguments, done.stdout)
        return done.returncode

    def add(self, name: str) -> int:
        self._targets += 1
        tid = str(self._targets)
        medium = self.folder / f"medium-{tid}"
        with medium.open("wb") as stream:
            stream.truncate(16 * MEBIBYTE)
        self._administer("--op", "new", "--mode", "target", "--tid", tid, "-T", name)
        self._administer("--op", "new", "--mode", "logicalunit", "--tid", tid, "--lun", "1", "-b", str(medium))
        self._administer("--op", "bind", "--mode", "target", "--tid", tid, "-I", "ALL")
        return self._targets

    def lock(self, tid: int, user: str, secret: str, outgoing: bool = False) -> None:
        self._administer("--op", "new", "--mode", "account", "--user", user, "--password", secret)
        self._administer("--op", "bind", "--mode", "account", "--tid", str(tid), "--user", user,
                         *(["--outgoing"] if outgoing else []))

    def set(self, tid: int, key: str, value: str) -> None:
        self._administer("--op", "update", "--mode", "target", "--tid", str(tid), "-n", key, "-v", value)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

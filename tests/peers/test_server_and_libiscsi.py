# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our server under libiscsi's tools, its conformance suite, and QEMU: the transport only, with a disk in memory."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.iscsi.server import Server
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.chap import TargetCredentials
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.iscsi.transport import IscsiTransport
from ansible_collections.drivecare.scsi.tests.unit.module_utils.iscsi.memory_disk import Shelf
from programs import run

TARGET = "iqn.2026-01.example:shelf"
BLOCKS = 1 << 17


def serve(**options: Any) -> Server:
    server = Server(port=0, **options)
    server.add_target(Shelf(TARGET, luns=(0, 1, 300), blocks=BLOCKS, attentions=True))
    server.start_thread()
    return server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = serve()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def locked() -> Iterator[Server]:
    running = serve(credentials=TargetCredentials({"user": "secret"}, "shelf", "its-own-secret"))
    yield running
    running.stop()


def url(server: Server, lun: int = 1, user: str = "") -> str:
    return f"iscsi://{user}127.0.0.1:{server.port}/{TARGET}/{lun}"


def test_iscsi_ls(server: Server) -> None:
    done = run("iscsi-ls", "-s", f"iscsi://127.0.0.1:{server.port}")
    assert done.returncode == 0
    assert f"Target:{TARGET} Portal:127.0.0.1:{server.port},1" in done.stdout
    assert re.findall(r"Lun:(\d+) +Type:DIRECT_ACCESS \(Size:63M\)", done.stdout)[:2] == ["0", "1"]


def test_iscsi_inq(server: Server) -> None:
    done = run("iscsi-inq", url(server))
    assert done.returncode == 0 and "Vendor:EXAMPLE" in done.stdout and "Product:MEMORY DISK" in done.stdout
    done = run("iscsi-inq", "-e", "1", "-c", "128", url(server))
    assert done.returncode == 0 and "SERIAL01" in done.stdout


def test_iscsi_readcapacity16(server: Server) -> None:
    done = run("iscsi-readcapacity16", url(server))
    assert done.returncode == 0 and f"Total size:{BLOCKS * 512}" in done.stdout


@pytest.mark.parametrize("user, lets_in", [
    ("", False), ("user%secret@", True), ("user%wrong@", False), ("other%secret@", False)])
def test_chap(locked: Server, user: str, lets_in: bool) -> None:
    done = run("iscsi-inq", url(locked, user=user))
    assert (done.returncode == 0) is lets_in, done.stdout
    if not lets_in:
        assert "513" in done.stdout or "Authentication" in done.stdout  # 0201h


@pytest.mark.parametrize("own, lets_in", [("its-own-secret", True), ("another", False)])
def test_mutual_chap(locked: Server, own: str, lets_in: bool) -> None:
    done = run("iscsi-inq", f"{url(locked, user='user%secret@')}?target_user=shelf&target_password={own}")
    assert (done.returncode == 0) is lets_in, done.stdout


@pytest.mark.parametrize("digest", ["crc32c", "none"])
def test_header_digests(server: Server, digest: str) -> None:
    done = run("iscsi-inq", f"{url(server)}?header_digest={digest}")
    assert done.returncode == 0, done.stdout


def test_qemu_img_info(server: Server) -> None:
    done = run("qemu-img", "info", url(server))
    assert done.returncode == 0 and f"({BLOCKS * 512} bytes)" in done.stdout


def test_qemu_io_patterns(server: Server) -> None:
    commands: list[str] = []
    extents = ((0, 512), (512, 4096), (65536, 1 << 20), (1 << 24, 1 << 23), (1 << 25, 12800))
    for word in ("write", "read"):
        for at, (offset, length) in enumerate(extents):
            commands += ["-c", f"{word} -P {at + 1} {offset} {length}"]
    commands += ["-c", "aio_write -P 7 1M 4M", "-c", "aio_write -P 8 5M 4M", "-c", "aio_flush",
                 "-c", "aio_read -P 7 1M 4M", "-c", "aio_read -P 8 5M 4M", "-c", "aio_flush"]
    done = run("qemu-io", "-f", "raw", *commands, url(server))
    assert done.returncode == 0, done.stdout
    assert "Pattern verification failed" not in done.stdout and done.stdout.count("read ") >= 5


#: What the transport alone decides, and the plain reads and writes. The rest is the device model's to pass.
SUITES = """
iSCSIcmdsn iSCSIdatasn iSCSIResiduals iSCSITMF TestUnitReady Mandatory MultipathIO
Read6 Read10.Simple Read10.BeyondEol Read10.ZeroBlocks Read10.Async Read12.Simple Read12.BeyondEol Read12.ZeroBlocks
Read16.Simple Read16.BeyondEol Read16.ZeroBlocks Write10.Simple Write10.BeyondEol Write10.ZeroBlocks Write10.Async
Write12.Simple Write12.BeyondEol Write12.ZeroBlocks Write16.Simple Write16.BeyondEol Write16.ZeroBlocks
""".split()


def skips(output: str) -> int:
    """Skips of tests: each suite begins and ends with enquiries, whose skips are about the disk and no test's."""
    tests = output[output.find("Suite: "):output.find("Run Summary")].partition("Send PRIN/READ_KEYS")[0]
    return tests.count("[SKIPPED]")


@pytest.mark.parametrize("suite", SUITES)
def test_the_conformance_suite(server: Server, suite: str, figures: list[str]) -> None:
    started = time.monotonic()
    try:
        done = run("iscsi-test-cu", "-d", "-V", "-t", "ALL." + suite, url(server), seconds=60)
    except subprocess.TimeoutExpired:
        pytest.fail("the suite hangs")
    row = re.search(r"^ +tests +(\d+) +(\d+) +(\d+) +(\d+)", done.stdout, re.MULTILINE)
    assert row is not None, done.stdout
    figures.append(f"iscsi-test-cu {suite}: {row.group(2)} ran, {row.group(3)} passed, {row.group(4)} failed, "
                   f"{skips(done.stdout)} lines of skips, {time.monotonic() - started:.1f} s")
    assert done.returncode == 0 and row.group(4) == "0" and int(row.group(2)) > 0, done.stdout


def test_two_paths_to_one_unit(server: Server, figures: list[str]) -> None:
    done = run("iscsi-test-cu", "-d", "-V", "-t", "ALL.MultipathIO", url(server), url(server), seconds=60)
    row = re.search(r"^ +tests +(\d+) +(\d+) +(\d+) +(\d+)", done.stdout, re.MULTILINE)
    assert row is not None and done.returncode == 0 and row.group(4) == "0", done.stdout
    figures.append(f"iscsi-test-cu MultipathIO over two sessions: {row.group(2)} ran, {row.group(3)} passed, "
                   f"{skips(done.stdout)} lines of skips")


def test_commands_a_second(server: Server, figures: list[str]) -> None:
    transport = IscsiTransport(url(server))
    ready = Command("TEST UNIT READY", bytes(6))
    transport.execute(ready, 10)
    started = time.perf_counter()
    for _each in range(2000):
        assert transport.execute(ready, 10).status == 0
    figures.append(f"our initiator, our server in the same process: {2000 / (time.perf_counter() - started):.0f} TEST "
                   "UNIT READY a second")
    transport.close()

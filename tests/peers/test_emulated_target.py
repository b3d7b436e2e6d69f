# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated target under other people's tools: libiscsi's programs and its conformance suite in full, and QEMU.

The suite runs on several units, as no drive is at once removable, write protected and none of both. A test counts by
its best outcome: passed where it passed on one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import Portal, Service, check
from conformance import FAILED, HANGS, PASSED, SKIPPED, Outcome, score
from programs import run

TARGET = "iqn.2026-01.example:emulated"
SMALL = {"profile": "array_lun", "size": "128MiB", "version": 6}
#: libiscsi knows no CDB usage data of more than 16 bytes, so WRITE STREAM(32) of a drive with streams fails its test of
#: REPORT SUPPORTED OPERATION CODES: these have none.
PLAIN, REMOVABLE, PROTECTED, LARGE_BLOCKS, ALL_OF_IT = range(5)
DRIVES: list[dict[str, Any]] = [
    {**SMALL, "blocks": {"physical_block_exponent": 0, "write_same_zero": False}},
    {**SMALL, "removable": True, "blocks": {"physical_block_exponent": 0, "write_same_zero": False}},
    {**SMALL, "mode": {"write_protected": True}},
    {**SMALL, "blocks": {"physical_block_exponent": 3, "write_same_zero": False}},
    {**SMALL, "blocks": {"physical_block_exponent": 0, "write_same_zero": True}},
]
#: What runs on units other than the first, because of what it skips there.
ELSEWHERE = {
    REMOVABLE: ("PreventAllow", "NoMedia", "StartStopUnit.Simple"),
    PROTECTED: ("ReadOnly",),
    LARGE_BLOCKS: ("CompareAndWrite.InvalidDataOutSize", "WriteSame10.UnmapUnaligned", "WriteSame16.UnmapUnaligned",
                   "WriteSame10.InvalidDataOutSize", "WriteSame16.InvalidDataOutSize"),
    ALL_OF_IT: ("WriteSame10.ZeroBlocks", "WriteSame16.ZeroBlocks"),
}
#: Tests that are skipped, and why that is not for want of a command that the target should have.
EXPECTED_SKIPS = {
    "Sanitize": "SANITIZE is not offered, and the tests want to be allowed explicitly",
    "WriteAtomic16": "WRITE ATOMIC is not offered",
    "StartStopUnit.PwrCnd": "on a removable unit it wants GOOD for power conditions that the standard reserves",
    "StartStopUnit.NoLoej": "on a removable unit it wants a stopped unit to be ready",
}


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    running = Service(check({"target": TARGET, "drives": [
        *DRIVES, {"profile": "sas_hdd"}, {"profile": "sas_ssd"}, {"profile": "spc2_disk"}, {"profile": "enclosure"}]}),
        Portal(port=0))
    running.server.start_thread()
    yield running
    running.server.stop()


def url(service: Service, lun: int) -> str:
    return f"iscsi://127.0.0.1:{service.server.port}/{TARGET}/{lun}"


def test_all_units_are_listed(service: Service) -> None:
    done = run("iscsi-ls", "-s", f"iscsi://127.0.0.1:{service.server.port}")
    assert done.returncode == 0 and done.stdout.count("Type:DIRECT_ACCESS") == 8
    assert "Lun:8    Type:ENCLOSURE_SERVICES" in done.stdout


@pytest.mark.parametrize("lun,product", [(0, "ARRAY VOLUME"), (5, "SAS HARD DISK"), (6, "SAS SSD"), (7, "OLD DISK")])
def test_who_they_are(service: Service, lun: int, product: str) -> None:
    done = run("iscsi-inq", url(service, lun))
    assert done.returncode == 0 and f"Product:{product}" in done.stdout and "Vendor:DRVCARE" in done.stdout


def test_how_big_they_are(service: Service) -> None:
    done = run("iscsi-readcapacity16", url(service, 5))
    assert done.returncode == 0 and f"Total size:{16 << 30}" in done.stdout


def test_qemu_reads_back_what_it_wrote(service: Service) -> None:
    commands = []
    for word in ("write", "read"):
        for place, (offset, length) in enumerate(((0, 4096), (65536, 1 << 20), (1 << 33, 1 << 22))):
            commands += ["-c", f"{word} -P {place + 1} {offset} {length}"]
    done = run("qemu-io", "-f", "raw", *commands, url(service, 5))
    assert done.returncode == 0 and "Pattern verification failed" not in done.stdout, done.stdout
    info = run("qemu-img", "info", url(service, 5))
    assert info.returncode == 0 and f"({16 << 30} bytes)" in info.stdout


def test_the_conformance_suite_in_full(service: Service, figures: list[str]) -> None:
    best: dict[str, Outcome] = {}
    order = (PASSED, SKIPPED, FAILED, HANGS)
    plain = url(service, PLAIN)
    for outcome in score(plain, plain):
        best[outcome.test] = outcome
    for lun, names in ELSEWHERE.items():
        for outcome in score(url(service, lun), only=list(names)):
            if order.index(outcome.outcome) < order.index(best[outcome.test].outcome) or outcome.outcome == FAILED:
                best[outcome.test] = outcome
    counts = Counter(outcome.outcome for outcome in best.values())
    figures.append(f"iscsi-test-cu, all {len(best)} tests: {counts[PASSED]} passed, {counts[SKIPPED]} skipped, "
                   f"{counts[FAILED] + counts[HANGS]} failed")
    assert len(best) >= 230
    bad = [outcome for outcome in best.values() if outcome.outcome in (FAILED, HANGS)]
    assert not bad, "\n".join(f"{outcome.test}: {outcome.said[-2000:]}" for outcome in bad)
    unexpected = [f"{outcome.test}: {outcome.reasons}" for outcome in best.values() if outcome.outcome == SKIPPED
                  and outcome.test not in EXPECTED_SKIPS and outcome.test.partition(".")[0] not in EXPECTED_SKIPS]
    assert not unexpected, unexpected

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of an emulated disk under libiscsi's conformance suite: in memory and in a file, full, thin and resource
provisioned."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.feature import Blocks
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.medium import Medium, MemoryMedium
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.medium_file import FileMedium
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.faults.faults import Faults
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.identity import (
    Abilities,
    Inquiry,
    InquiryNames,
    ReportLuns,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.mode import Mode
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.power import Power
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.iscsi.server import Server
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.shelf import Shelf
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.unit import LogicalUnit
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.usage import Usage
from conformance import PASSED, SKIPPED, run

TARGET = "iqn.2026-01.example:blocks"
#: What the units are, by number.
FULL, THIN, IN_FILE = range(3)


def put(shelf: Shelf, server: Server, lun: int, medium: Medium, provisioning: str) -> None:
    clock, usage = Clock(server.timers), Usage()
    names = InquiryNames("EXAMPLE", "DISK", "0001", f"SERIAL{lun:02d}", f"5000c500a1b2c3{lun:02x}", TARGET)
    mode = Mode(clock, capacity=lambda: (medium.blocks, medium.block_length))
    blocks = Blocks(medium, usage, {"provisioning": provisioning}, mode.write_cache, mode.write_protected)
    identity = Inquiry(names, Abilities(), lambda: {**identity.vpd_pages(), **blocks.vpd_pages()})
    unit = LogicalUnit(clock, (identity, ReportLuns(shelf.numbers), mode, Power(clock, usage), blocks),
                       Faults(), usage)
    unit.set_descriptor_sense(mode.descriptor_sense)
    shelf.put(lun, unit)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(port=0)
    shelf = Shelf(TARGET)
    in_file = FileMedium(str(tmp_path_factory.mktemp("blocks") / "disk"), 4096, 1 << 15)
    put(shelf, running, FULL, MemoryMedium(512, 1 << 17), "full")
    put(shelf, running, THIN, MemoryMedium(512, 1 << 17), "thin")
    put(shelf, running, IN_FILE, in_file, "resource")
    running.add_target(shelf)
    running.start_thread()
    yield running
    running.stop()
    in_file.close()


SUITES = """
CompareAndWrite GetLBAStatus Mandatory OrWrite Prefetch10 Prefetch16 Read6 Read10 Read12 Read16 ReadCapacity10
ReadCapacity16 ReadOnly Unmap Verify10 Verify12 Verify16 Write10 Write12 Write16 WriteAtomic16 WriteSame10 WriteSame16
WriteVerify10 WriteVerify12 WriteVerify16 iSCSIResiduals
""".split()


@pytest.mark.parametrize("lun", [FULL, THIN, IN_FILE])
@pytest.mark.parametrize("suite", SUITES)
def test_the_conformance_suite(server: Server, suite: str, lun: int) -> None:
    for outcome in run(suite, f"iscsi://127.0.0.1:{server.port}/{TARGET}/{lun}"):
        assert outcome.outcome in (PASSED, SKIPPED), outcome.said

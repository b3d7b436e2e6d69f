# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command is made of, and whose warnings are whose."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import GOOD, Command, Reply, Transport
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import CheckModeError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.make_command import for_device, make_command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.sender import SeparateWarnings
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.device_types import DISK

INQUIRY = bytes.fromhex("120000006000")
SEND_DIAGNOSTIC = bytes.fromhex("1d0400000000")
COPY_STATUS = bytes.fromhex("8400") + bytes(14)
COPY_PARAMETERS = bytes.fromhex("8403") + bytes(14)
ATA_PASS_THROUGH = bytes.fromhex("85080e00d000010000004f00c200b000")
READ_CAPACITY = bytes.fromhex("25") + bytes(9)
VENDOR_SPECIFIC = bytes.fromhex("c10000000000")


class Silent(Transport):
    """A drive that has nothing to say."""

    device = "/dev/sg1"

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        return Reply(GOOD)


@pytest.mark.parametrize("cdb,name,changes,discards", [
    (INQUIRY, "INQUIRY", False, False),
    (SEND_DIAGNOSTIC, "SEND DIAGNOSTIC", True, False),
    (COPY_STATUS, "RECEIVE COPY STATUS(LID1)", False, True),
    (COPY_PARAMETERS, "RECEIVE COPY OPERATING PARAMETERS", False, False),
    (ATA_PASS_THROUGH, "ATA PASS-THROUGH(16)", True, False),
    (VENDOR_SPECIFIC, "operation code C1h", True, False),
])
def test_the_table_says_what_a_command_does(cdb: bytes, name: str, changes: bool, discards: bool) -> None:
    made = make_command(cdb)
    assert (made.name, made.changes, made.discards) == (name, changes, discards)
    session = Session(Silent(), check_mode=True)
    if changes or discards:
        with pytest.raises(CheckModeError):
            session.send(made)
    else:
        assert session.send(made).status == GOOD


def test_a_command_that_carries_another_has_that_ones_name() -> None:
    made = make_command(ATA_PASS_THROUGH, 512, name="SMART READ DATA", timeout_seconds=3.0)
    assert made == Command("SMART READ DATA", ATA_PASS_THROUGH, 512, changes=True, timeout_seconds=3.0)
    assert for_device(made, DISK) == made._replace(changes=False)


def test_a_command_that_sends_data_changes_the_device() -> None:
    assert for_device(make_command(INQUIRY, data_out=b"\0"), DISK).changes is True


class Typed(Transport):
    """A device of one type. ``standard`` is what its INQUIRY data begin with."""

    device = "/dev/sg1"

    def __init__(self, standard: bytes) -> None:
        self.standard = standard
        self.sent: list[bytes] = []

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        self.sent.append(command.cdb)
        return Reply(GOOD, data=self.standard if command.cdb == INQUIRY else b"")


@pytest.mark.parametrize("standard,held_back", [
    (b"\x00\x00", False), (b"\x05\x80", False), (b"\x01\x80", True), (b"\x08\x80", True), (b"", True), (b"\x7f", True)])
def test_what_only_reads_depends_on_the_device(standard: bytes, held_back: bool) -> None:
    """READ CAPACITY is for disks; a session that has not asked what is there takes the strictest of all types."""
    drive = Typed(standard)
    session = Session(drive, check_mode=True)
    with pytest.raises(CheckModeError):
        session.send(make_command(READ_CAPACITY))
    session.send(make_command(INQUIRY, 96))
    if held_back:
        with pytest.raises(CheckModeError):
            session.send(make_command(READ_CAPACITY))
    else:
        assert session.send(make_command(READ_CAPACITY)).status == GOOD
    assert drive.sent == [INQUIRY] + ([] if held_back else [READ_CAPACITY])


def test_check_mode_believes_no_one_who_made_a_command() -> None:
    drive = Typed(b"\x00")
    session = Session(drive, check_mode=True)
    with pytest.raises(CheckModeError):
        session.send(Command("INQUIRY", SEND_DIAGNOSTIC, changes=False))
    assert drive.sent == []


def test_warnings_kept_apart_do_not_reach_the_session() -> None:
    session = Session(Silent())
    apart = SeparateWarnings(session)
    apart.warnings.append("odd")
    assert (session.warnings, apart.device, apart.send(make_command(INQUIRY)).status) == ([], "/dev/sg1", GOOD)

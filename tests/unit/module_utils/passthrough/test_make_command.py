# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command is made of, and whose warnings are whose."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import GOOD, Command, Reply, Transport
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import CheckModeError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.make_command import make_command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.sender import SeparateWarnings
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session

INQUIRY = bytes.fromhex("120000006000")
SEND_DIAGNOSTIC = bytes.fromhex("1d0400000000")
COPY_STATUS = bytes.fromhex("8400") + bytes(14)
COPY_PARAMETERS = bytes.fromhex("8403") + bytes(14)
ATA_PASS_THROUGH = bytes.fromhex("850c0e00d0000100000000c24fc200b0")
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


def test_what_is_known_beside_the_cdb_takes_the_place_of_the_table() -> None:
    made = make_command(ATA_PASS_THROUGH, 512, changes=False, name="SMART READ DATA", timeout_seconds=3.0)
    assert made == Command("SMART READ DATA", ATA_PASS_THROUGH, 512, timeout_seconds=3.0)
    assert make_command(INQUIRY, changes=True).changes is True


def test_warnings_kept_apart_do_not_reach_the_session() -> None:
    session = Session(Silent())
    apart = SeparateWarnings(session)
    apart.warnings.append("odd")
    assert (session.warnings, apart.device, apart.send(make_command(INQUIRY)).status) == ([], "/dev/sg1", GOOD)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the initiator share."""

from __future__ import annotations

from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command

from .peer import BLOCK, TARGET, read_10

READY = Command("TEST UNIT READY", bytes(6))
INQUIRY = Command("INQUIRY", bytes.fromhex("120000006000"), 96)


def read(lba, blocks):
    return Command("READ(10)", read_10(lba, blocks), blocks * BLOCK)


def write(lba, data):
    return Command("WRITE(10)", b"\x2a" + read_10(lba, len(data) // BLOCK)[1:], data_out=data, changes=True)


def address(server, lun=0, user=""):
    return f"iscsi://{user and user + '@'}127.0.0.1:{server.port}/{TARGET}/{lun}"

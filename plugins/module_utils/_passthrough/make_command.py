# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where a `Command` is made: the table of operation codes says what it is and what it does."""

from __future__ import annotations

from .._scsi.operation_codes import changes as changes_by_table
from .._scsi.operation_codes import discards, operation_name
from .command import Command


def make_command(cdb: bytes, data_in_length: int = 0, data_out: bytes = b"", changes: bool | None = None,
                 name: str | None = None, timeout_seconds: float | None = None, page: str = "") -> Command:
    """A command with its name, and whether it changes the device or makes it forget what it returns.

    ``changes`` and ``name`` override the table for a command that carries another one, such as ATA PASS-THROUGH, and
    where more is known about it than its CDB shows.
    """
    return Command(
        operation_name(cdb) if name is None else name, cdb, data_in_length, data_out,
        changes=changes_by_table(cdb) if changes is None else changes, discards=discards(cdb),
        timeout_seconds=timeout_seconds, page=page)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where a `Command` is made: the tables of operation codes say what it is and what it does."""

from __future__ import annotations

from .._scsi.operation_codes import operation_name
from .._scsi.reading_commands import changes, discards
from .command import Command


def make_command(cdb: bytes, data_in_length: int = 0, data_out: bytes = b"", name: str | None = None,
                 timeout_seconds: float | None = None, page: str = "") -> Command:
    """A command with its name, and whether it changes the device or makes it forget what it returns.

    It counts as changing the device unless it only reads on every type of device: see `for_device`. ``name`` is for a
    command that carries another one, such as ATA PASS-THROUGH.
    """
    return for_device(Command(
        operation_name(cdb) if name is None else name, cdb, data_in_length, data_out,
        timeout_seconds=timeout_seconds, page=page), None)


def for_device(command: Command, device_type: int | None) -> Command:
    """The same command to a device of this peripheral device type, ``None`` for an unknown one.

    What it changes follows from its bytes alone; a command that sends data always changes something.
    """
    return command._replace(changes=bool(command.data_out) or changes(command.cdb, device_type),
                            discards=discards(command.cdb))

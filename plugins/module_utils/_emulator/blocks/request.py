# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command asks for: the fields of its CDB, its blocks, and the data that it takes."""

from __future__ import annotations

from typing import Any

from ..._scsi.block_commands import SIX_BYTE_DEFAULT
from ..._scsi.table import Table
from ..contract import Task
from ..feature import Check, invalid_field_in_cdb

_COUNTS = ("transfer_length", "verification_length", "number_of_logical_blocks", "prefetch_length")
_SIX_BYTES = 6


class BlockRequest:
    """A command for ``count`` blocks from ``lba`` on, with its CDB decoded by ``table``."""

    def __init__(self, table: Table, cdb: bytes) -> None:
        self.values: dict[str, Any] = table.decode(cdb)
        self._bytes = {field.name: field.first for field in table.fields}
        self._count_name = next(name for name in _COUNTS if name in self.values)
        self.lba: int = self.values["logical_block_address"]
        self.count: int = self.values[self._count_name]
        if table.size == _SIX_BYTES:
            self.count = self.count or SIX_BYTE_DEFAULT

    def byte_of(self, name: str) -> int:
        """The first byte of a field."""
        return self._bytes[name]

    def refuse_count(self) -> Check:
        """The error that refuses the number of blocks."""
        return invalid_field_in_cdb(self._bytes[self._count_name])

    def check_data(self, task: Task, length: int) -> None:
        """Refuses a command whose initiator does not send exactly what the CDB asks for."""
        if len(task.data_out) != length or task.writes and task.expected_length > length:
            raise self.refuse_count()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of a disk, and the commands that access them (SBC-5 4, 5).

Settings: see `settings.BlockSettings`. The disk has no protection information. A completed write is durable if the
write cache is off or FUA is set, else after SYNCHRONIZE CACHE. Reads of blocks that the settings call unreadable end
with a medium error until the blocks are written, which reassigns them.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ..._scsi.block_commands import BLOCK_COMMANDS
from ..._scsi.table import Table
from ..contract import Task
from ..feature import Code, Feature, Handler
from ..features.streams import Streams
from ..usage import Usage
from .access import MediumAccess
from .capacity import Capacity
from .medium import Medium
from .provisioning import Provisioning
from .request import BlockRequest
from .settings import BlockSettings
from .transfer import Do, Transfers


class Blocks(Feature):
    """READ, WRITE, VERIFY, WRITE SAME, UNMAP and the like, READ CAPACITY, and VPD pages B0h, B1h and B2h.

    ``write_cache`` returns whether the write cache is on, ``read_only`` whether the disk is write protected, ``dpofua``
    whether it supports DPO and FUA. With ``streams`` it has WRITE STREAM. Raises ValueError for wrong ``settings``.
    """

    name = "blocks"

    def __init__(
        self, medium: Medium, usage: Usage, settings: Mapping[str, Any] | None = None,
        write_cache: Callable[[], bool] = lambda: False, read_only: Callable[[], bool] = lambda: False,
        streams: Streams | None = None, *, dpofua: bool = True,
    ) -> None:
        super().__init__()
        self.medium = medium
        self.settings = BlockSettings(settings or {}, medium)
        #: How its commands access the medium; for others that read and write the same blocks, too.
        self.access = MediumAccess(medium, usage, self.settings, write_cache, read_only, dpofua)
        self.access.changed = self._state_changed
        self._transfers = Transfers(self.access, streams)
        self._capacity = Capacity(medium, self.settings)
        self._provisioning = Provisioning(self.access)

    def reassigned(self) -> list[int]:
        """The unreadable blocks that were reassigned when they were written, in ascending order."""
        return [lba for start, end in self.access.reassigned for lba in range(start, end)]

    def unreadable(self) -> list[int]:
        """The blocks that cannot be read now, in ascending order."""
        return [lba for start, end in self.access.unreadable(0, self.medium.blocks) for lba in range(start, end)]

    @property
    def unrecovered_reads(self) -> int:
        """How many reads have failed because of an unreadable block."""
        return self.access.unrecovered_reads

    def commands(self) -> Mapping[Code, Handler]:
        found: dict[Code, Handler] = {
            code: _handler(BLOCK_COMMANDS[code], do) for code, do in self._transfers.commands().items()}
        found.update(self._capacity.commands())
        found.update(self._provisioning.commands())
        return found

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        found = {code: self._length(code) for code in self._transfers.commands()}
        found.update(self._provisioning.data_out())
        return found

    def _length(self, code: Code) -> Callable[[bytes], int]:
        return lambda cdb: self._transfers.data_length(code, BlockRequest(BLOCK_COMMANDS[code], cdb))

    def vpd_pages(self) -> Mapping[int, Callable[[], bytes]]:
        return self._capacity.vpd_pages()

    def _state_changed(self) -> None:
        # The unit sets `changed` after the constructor has run.
        self.changed()

    def save(self) -> dict[str, Any]:
        return self.access.save()

    def load(self, state: Mapping[str, Any]) -> None:
        self.access.load(state)


def _handler(table: Table, do: Do) -> Handler:
    def handle(task: Task) -> bytes:
        return do(BlockRequest(table, task.cdb), task)
    return handle

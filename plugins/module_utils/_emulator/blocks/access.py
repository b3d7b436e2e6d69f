# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the commands of a disk access its medium: common checks, unreadable blocks, and durability."""

from __future__ import annotations

import errno
from typing import Any, Callable, Mapping

from ..._scsi.sense_keys import DATA_PROTECT, ILLEGAL_REQUEST, MEDIUM_ERROR
from ..feature import Check, invalid_field_in_cdb
from ..usage import Usage
from .extents import Extents
from .medium import Medium
from .request import BlockRequest
from .settings import BlockSettings

_PROTECT_BIT, _DPO_BIT, _FUA_BIT = 7, 4, 3


def _unrecovered_read(lba: int | None = None) -> Check:
    return Check(MEDIUM_ERROR, 0x11, 0x00, **({} if lba is None else {"information": lba}))


class MediumAccess:
    """The medium of a disk, as its commands use it. Raises Check for what the disk refuses."""

    def __init__(self, medium: Medium, usage: Usage, settings: BlockSettings, write_cache: Callable[[], bool],
                 read_only: Callable[[], bool], dpofua: bool) -> None:
        self.medium = medium
        self.usage = usage
        self.settings = settings
        self._write_cache = write_cache
        self._read_only = read_only
        self._dpofua = dpofua
        self._unreadable = Extents(settings.unreadable)
        #: The blocks that were reassigned when they were written, because they could not be read.
        self.reassigned = Extents()
        #: How many reads have failed because of an unreadable block.
        self.unrecovered_reads = 0
        #: To be called when what `save` returns has changed.
        self.changed: Callable[[], None] = lambda: None

    # -- checks of a CDB

    def check_flags(self, request: BlockRequest) -> None:
        """Refuses protection information, which the disk is not formatted with, and unsupported DPO and FUA."""
        values = request.values
        for name in ("rdprotect", "wrprotect", "vrprotect", "orprotect"):
            if values.get(name):
                raise invalid_field_in_cdb(request.byte_of(name), _PROTECT_BIT)
        if not self._dpofua:
            for name, bit in (("dpo", _DPO_BIT), ("fua", _FUA_BIT)):
                if values.get(name):
                    raise invalid_field_in_cdb(request.byte_of(name), bit)

    def check_range(self, lba: int, count: int) -> None:
        """Refuses blocks beyond the last."""
        if lba + count > self.medium.blocks:
            raise Check(ILLEGAL_REQUEST, 0x21, 0x00)

    def check_extent(self, request: BlockRequest, maximum: int | None = None) -> None:
        """Refuses blocks beyond the last, and more blocks than one command may address."""
        self.check_range(request.lba, request.count)
        if request.count > (self.settings.maximum_transfer if maximum is None else maximum):
            raise request.refuse_count()

    def check_writable(self) -> None:
        """Refuses writes to a write protected disk."""
        if self._read_only():
            raise Check(DATA_PROTECT, 0x27, 0x00)

    # -- blocks

    def read(self, lba: int, count: int) -> bytes:
        """Reads blocks for a read or verify operation."""
        bad = self._unreadable.first(lba, lba + count)
        if bad is not None:
            self.unrecovered_reads += 1
            self.changed()
            raise _unrecovered_read(bad)
        try:
            return self.medium.read(lba, count)
        except OSError:
            raise _unrecovered_read() from None

    def write(self, lba: int, data: bytes) -> None:
        """Writes whole blocks; `settle` makes them durable. Those that were unreadable are reassigned."""
        try:
            self.medium.write(lba, data)
        except OSError as failure:
            raise _write_failure(failure) from None
        for start, end in self._heal(lba, len(data) // self.medium.block_length):
            self.reassigned.add(start, end)

    def fill(self, lba: int, count: int, block: bytes) -> None:
        """Writes the same block ``count`` times."""
        piece = self.settings.maximum_transfer
        whole = block * min(piece, count)
        for start in range(lba, lba + count, piece):
            length = min(piece, lba + count - start)
            self.write(start, whole[:length * self.medium.block_length])

    def unmap(self, lba: int, count: int) -> None:
        """Unmaps blocks; they read as zeros."""
        try:
            self.medium.unmap(lba, count)
        except OSError as failure:
            raise _write_failure(failure) from None
        self._heal(lba, count)

    def settle(self, now: bool = False) -> None:
        """Makes a write durable before its command ends, unless the write cache is on; with ``now``, even then."""
        if now or not self._write_cache():
            self.flush()

    def flush(self) -> None:
        """Makes everything written so far durable."""
        try:
            self.medium.flush()
        except OSError as failure:
            raise _write_failure(failure) from None

    def unreadable(self, start: int, end: int) -> list[tuple[int, int]]:
        """The unreadable ranges from ``start`` to before ``end``."""
        return self._unreadable.within(start, end)

    def _heal(self, lba: int, count: int) -> list[tuple[int, int]]:
        """Makes blocks readable. Returns those that were not."""
        healed = self._unreadable.remove(lba, lba + count)
        if healed:
            self.changed()
        return healed

    # -- state

    def save(self) -> dict[str, Any]:
        """What is unreadable or was reassigned, and what the settings declared unreadable."""
        return {"unreadable": [list(each) for each in self._unreadable], "declared": self._declared(),
                "reassigned": [list(each) for each in self.reassigned], "unrecovered_reads": self.unrecovered_reads}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores what `save` returned. If the settings now declare other blocks unreadable, those take precedence."""
        self.reassigned = Extents((start, end) for start, end in state.get("reassigned") or ())
        self.unrecovered_reads = state.get("unrecovered_reads") or 0
        if state.get("declared") == self._declared():
            self._unreadable = Extents((start, end) for start, end in state.get("unreadable") or ())

    def _declared(self) -> list[list[int]]:
        return [list(each) for each in self.settings.unreadable]


def _write_failure(failure: OSError) -> Check:
    """The error for a file system that cannot store the blocks: space exhausted, or a write error."""
    if failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return Check(DATA_PROTECT, 0x27, 0x07)
    return Check(MEDIUM_ERROR, 0x0C, 0x00)

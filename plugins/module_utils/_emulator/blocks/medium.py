# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The medium: where the blocks of a disk are kept, in memory or in a file."""

from __future__ import annotations

from .extents import Extents

#: Memory is allocated in pieces of this size, in bytes.
_CHUNK_BYTES = 1 << 15


class Medium:
    """A number of blocks, each mapped or not. Unmapped blocks read as zeros and take no space.

    Callers have checked the addresses. Failures of the operating system raise OSError.
    """

    def __init__(self, block_length: int, blocks: int) -> None:
        if block_length < 1 or blocks < 1:
            raise ValueError(f"a medium of {blocks} blocks of {block_length} bytes")
        self.block_length = block_length
        self.blocks = blocks
        self._mapped = Extents()

    @property
    def mapped_blocks(self) -> int:
        """How many blocks are mapped."""
        return self._mapped.total()

    def mapped(self, lba: int) -> tuple[bool, int]:
        """Whether the block is mapped, and how many blocks from it on are in the same state."""
        answer, end = self._mapped.run(lba)
        return answer, (self.blocks if end is None else end) - lba

    def read(self, lba: int, count: int) -> bytes:
        """The data of ``count`` blocks."""
        raise NotImplementedError

    def write(self, lba: int, data: bytes) -> None:
        """Writes whole blocks, and maps them. They need not be durable before `flush`."""
        raise NotImplementedError

    def unmap(self, lba: int, count: int) -> None:
        """Unmaps blocks: they read as zeros."""
        raise NotImplementedError

    def flush(self) -> None:
        """Makes everything written and unmapped so far durable."""

    def close(self) -> None:
        """Flushes and closes the medium. Nothing may be called afterwards."""


class MemoryMedium(Medium):
    """A medium in memory, which is allocated as blocks are written, and freed as they are unmapped."""

    def __init__(self, block_length: int, blocks: int) -> None:
        super().__init__(block_length, blocks)
        self._chunk = max(1, _CHUNK_BYTES // block_length)
        self._chunks: dict[int, bytearray] = {}

    def _pieces(self, lba: int, count: int) -> list[tuple[int, int, int]]:
        """The chunks that hold these blocks: their numbers, and start and end in each, in bytes."""
        found = []
        end = lba + count
        while lba < end:
            number, offset = divmod(lba, self._chunk)
            length = min(self._chunk - offset, end - lba)
            found.append((number, offset * self.block_length, (offset + length) * self.block_length))
            lba += length
        return found

    def read(self, lba: int, count: int) -> bytes:
        parts = []
        for number, start, end in self._pieces(lba, count):
            chunk = self._chunks.get(number)
            parts.append(bytes(end - start) if chunk is None else chunk[start:end])
        return b"".join(parts)

    def write(self, lba: int, data: bytes) -> None:
        at = 0
        count = len(data) // self.block_length
        for number, start, end in self._pieces(lba, count):
            chunk = self._chunks.get(number)
            if chunk is None:
                chunk = self._chunks[number] = bytearray(self._chunk * self.block_length)
            chunk[start:end] = data[at:at + end - start]
            at += end - start
        self._mapped.add(lba, lba + count)

    def unmap(self, lba: int, count: int) -> None:
        for first, last in self._mapped.remove(lba, lba + count):
            for number, start, end in self._pieces(first, last - first):
                below = number * self._chunk
                if self._mapped.first(below, below + self._chunk) is None:
                    self._chunks.pop(number, None)
                else:
                    self._chunks[number][start:end] = bytes(end - start)

    def close(self) -> None:
        self._chunks.clear()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A medium in a file, which outlives the server.

The file holds the blocks in order, so a disk image can be put in its place, and inspected. It has holes where nothing
was written. A second file, named the same with ".map" appended, has one bit per block: whether it is mapped. An
unmapped block reads as zeros, whatever the first file still holds. The second file is written as blocks become mapped
or unmapped; if it is missing, the blocks for which the first file has data are mapped. Unmapping the last mapped blocks
returns their space to the file system.
"""

from __future__ import annotations

import errno
import os
from typing import Iterator

from .extents import Extents
from .medium import Medium

_MAP_SUFFIX = ".map"
_UNFINISHED = ".new"
_PRIVATE = 0o600
_OPEN = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
#: How much of a map is read at once, in bytes.
_PIECE = 1 << 16
_datasync = getattr(os, "fdatasync", os.fsync)


class FileMedium(Medium):
    """A medium in the file ``path``, which is created if it does not exist.

    Raises OSError if the file cannot be opened, ValueError if it holds a disk of another size.
    """

    def __init__(self, path: str, block_length: int, blocks: int) -> None:
        super().__init__(block_length, blocks)
        self._data_dirty = self._map_dirty = False
        self._data = os.open(path, _OPEN, _PRIVATE)
        self._map = -1
        try:
            size = os.fstat(self._data).st_size
            if size not in (0, block_length * blocks):
                raise ValueError(f"{path}: has {size} bytes, a disk of {blocks} blocks of {block_length} bytes has "
                                 f"{block_length * blocks}")
            self._open_map(path + _MAP_SUFFIX, is_new=not size)
            os.ftruncate(self._data, block_length * blocks)
            os.ftruncate(self._map, (blocks + 7) // 8)
            _sync_folder(os.path.dirname(path) or ".")
        except BaseException:
            self._close_files()
            raise

    def _open_map(self, path: str, is_new: bool) -> None:
        if os.path.exists(path) and not is_new:
            self._map = os.open(path, _OPEN, _PRIVATE)
            self._mapped = Extents(self._read_map())
            return
        for start, end in _data_ranges(self._data):
            first, last = start // self.block_length, -(-end // self.block_length)
            self._mapped.add(first, min(last, self.blocks))
        # An incomplete map would hide data, so the file gets its name once it is complete.
        self._map = os.open(path + _UNFINISHED, _OPEN | os.O_TRUNC, _PRIVATE)
        for first, last in self._mapped:
            self._write_map(first, last)
        os.fsync(self._map)
        os.replace(path + _UNFINISHED, path)

    # -- blocks

    def read(self, lba: int, count: int) -> bytes:
        found = bytearray(count * self.block_length)
        for first, last in self._mapped.within(lba, lba + count):
            start = (first - lba) * self.block_length
            length = (last - first) * self.block_length
            found[start:start + length] = _read_all(self._data, length, first * self.block_length)
        return bytes(found)

    def write(self, lba: int, data: bytes) -> None:
        _write_all(self._data, data, lba * self.block_length)
        self._data_dirty = True
        end = lba + len(data) // self.block_length
        if self._mapped.add(lba, end):
            self._write_map(lba, end)

    def unmap(self, lba: int, count: int) -> None:
        for first, last in self._mapped.remove(lba, lba + count):
            self._write_map(first, last)
            if self._mapped.first(first, self.blocks) is None:
                # Truncating and extending the file leaves a hole from there on.
                os.ftruncate(self._data, first * self.block_length)
                os.ftruncate(self._data, self.blocks * self.block_length)
                self._data_dirty = True

    def flush(self) -> None:
        # In this order: the data of blocks that the map calls mapped must be there.
        if self._data_dirty:
            _datasync(self._data)
            self._data_dirty = False
        if self._map_dirty:
            _datasync(self._map)
            self._map_dirty = False

    def close(self) -> None:
        try:
            self.flush()
        finally:
            self._close_files()

    def _close_files(self) -> None:
        for descriptor in (self._data, self._map):
            if descriptor >= 0:
                os.close(descriptor)
        self._data = self._map = -1

    # -- the map: bit 7 of its first byte is block 0

    def _write_map(self, first: int, last: int) -> None:
        """Writes the bits of blocks that are all mapped or all unmapped, and of their neighbours in the same bytes."""
        filler = b"\xff" if self._mapped.run(first)[0] else b"\0"
        start, end = first // 8, (last - 1) // 8 + 1
        content = bytearray(filler * (end - start))
        content[0] = self._map_byte(start)
        content[-1] = self._map_byte(end - 1)
        _write_all(self._map, bytes(content), start)
        self._map_dirty = True

    def _map_byte(self, at: int) -> int:
        value = 0
        for first, last in self._mapped.within(at * 8, at * 8 + 8):
            for block in range(first, last):
                value |= 0x80 >> block % 8
        return value

    def _read_map(self) -> Iterator[tuple[int, int]]:
        for start, end in _data_ranges(self._map):
            for at in range(start, end, _PIECE):
                content = _read_all(self._map, min(_PIECE, end - at), at)
                yield from _ranges_of_bits(content, at * 8, self.blocks)


def _ranges_of_bits(content: bytes, first: int, limit: int) -> list[tuple[int, int]]:
    """The ranges of ones in a piece of a map that begins with the bit of block ``first``."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(content):
        value = content[at]
        if value in (0x00, 0xFF):
            # Most bytes are like their neighbours.
            run = len(content) - at - len(content[at:].lstrip(bytes((value,))))
            if value:
                found.append((first + at * 8, min(limit, first + (at + run) * 8)))
            at += run
            continue
        found.extend((first + at * 8 + bit, first + at * 8 + bit + 1) for bit in range(8)
                     if value & 0x80 >> bit and first + at * 8 + bit < limit)
        at += 1
    return found


def _data_ranges(descriptor: int) -> Iterator[tuple[int, int]]:
    """Where a file has data; all of it if the system cannot find holes."""
    size = os.fstat(descriptor).st_size
    at = 0
    while at < size:
        try:
            start = os.lseek(descriptor, at, os.SEEK_DATA)
            end = os.lseek(descriptor, start, os.SEEK_HOLE)
        except (AttributeError, OSError) as failure:
            if getattr(failure, "errno", None) == errno.ENXIO:
                return  # nothing but a hole is left
            start, end = at, size
        yield start, end
        at = end


def _read_all(descriptor: int, length: int, offset: int) -> bytes:
    parts = []
    while length:
        part = os.pread(descriptor, length, offset)
        if not part:
            raise OSError(errno.EIO, "the file of the medium has become shorter")
        parts.append(part)
        offset += len(part)
        length -= len(part)
    return b"".join(parts)


def _write_all(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view = view[written:]
        offset += written


def _sync_folder(path: str) -> None:
    """Makes the names of new files durable."""
    try:
        folder = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(folder)
    except OSError:
        pass  # some file systems do not support it
    finally:
        os.close(folder)

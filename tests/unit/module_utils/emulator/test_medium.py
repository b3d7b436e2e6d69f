# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Media in memory and in a file: both against the plainest of models, and what outlives a process."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tracemalloc
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks import medium as module
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks import medium_file
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.extents import Extents
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.medium import Medium, MemoryMedium
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.blocks.medium_file import FileMedium

BLOCK = 512
#: Not a multiple of eight, nor of what memory is taken in.
BLOCKS = 1003


@pytest.fixture(params=["memory", "file"])
def medium(request, tmp_path) -> Any:
    made: Medium = MemoryMedium(BLOCK, BLOCKS) if request.param == "memory" else FileMedium(
        str(tmp_path / "disk"), BLOCK, BLOCKS)
    yield made
    made.close()


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  no secret depends on them


class Model:
    """What a medium should hold."""

    def __init__(self) -> None:
        self.blocks: dict[int, bytes] = {}

    def check(self, medium: Medium) -> None:
        expected = b"".join(self.blocks.get(lba, bytes(BLOCK)) for lba in range(BLOCKS))
        assert medium.read(0, BLOCKS) == expected
        assert medium.mapped_blocks == len(self.blocks)
        lba = 0
        while lba < BLOCKS:
            mapped, count = medium.mapped(lba)
            assert count >= 1
            assert {each in self.blocks for each in range(lba, lba + count)} == {mapped}
            lba += count
        assert lba == BLOCKS


def change(medium: Medium, model: Model, chance: random.Random) -> None:
    lba = chance.randrange(BLOCKS)
    count = min(chance.choice((1, 1, 2, 7, 8, 64, 200)), BLOCKS - lba)
    if chance.random() < 0.6:
        data = bytes(chance.getrandbits(8) for _each in range(4)) * (BLOCK // 4 * count)
        medium.write(lba, data)
        model.blocks.update((lba + at, data[at * BLOCK:(at + 1) * BLOCK]) for at in range(count))
    else:
        medium.unmap(lba, count)
        for each in range(lba, lba + count):
            model.blocks.pop(each, None)


def test_a_new_medium_holds_zeros_and_maps_nothing(medium) -> None:
    assert medium.read(0, BLOCKS) == bytes(BLOCK * BLOCKS)
    assert medium.mapped(0) == (False, BLOCKS)
    assert medium.mapped(BLOCKS - 1) == (False, 1)


@pytest.mark.parametrize("seed", range(6))
def test_it_holds_what_was_written_and_zeros_where_it_was_unmapped(medium, seed) -> None:
    chance, model = dice(seed), Model()
    for _each in range(60):
        change(medium, model, chance)
        model.check(medium)


@pytest.mark.parametrize("seed", range(4))
def test_a_file_holds_the_same_after_it_was_closed(tmp_path, seed) -> None:
    chance, model = dice(100 + seed), Model()
    for _each in range(12):
        medium = FileMedium(str(tmp_path / "disk"), BLOCK, BLOCKS)
        model.check(medium)
        for _change in range(8):
            change(medium, model, chance)
        medium.close()


def test_the_last_block_of_a_large_disk(tmp_path) -> None:
    blocks = (20 << 40) // BLOCK
    for medium in (MemoryMedium(BLOCK, blocks), FileMedium(str(tmp_path / "disk"), BLOCK, blocks // 4)):
        last = medium.blocks - 1
        medium.write(last, b"x" * BLOCK)
        assert medium.read(last - 1, 2) == bytes(BLOCK) + b"x" * BLOCK
        assert medium.mapped(0) == (False, last)
        medium.close()


def test_a_file_takes_no_room_for_what_was_not_written_or_is_unmapped(tmp_path) -> None:
    path = tmp_path / "disk"
    medium = FileMedium(str(path), BLOCK, 1 << 24)
    assert os.stat(path).st_size == BLOCK << 24
    medium.write(5000, b"x" * (1 << 20))
    assert sum(os.stat(str(path) + end).st_blocks for end in ("", ".map")) < 2400
    medium.unmap(0, 1 << 24)
    assert os.stat(path).st_blocks < 32
    assert os.stat(path).st_size == BLOCK << 24
    medium.close()


def test_a_thousand_disks_in_memory_cost_nothing() -> None:
    tracemalloc.start()
    media = [MemoryMedium(BLOCK, 1 << 34) for _each in range(1000)]
    media[0].write(0, b"x" * BLOCK)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used < 3 << 20
    assert len(media) == 1000


def test_memory_is_given_back_when_all_of_a_piece_is_unmapped() -> None:
    medium = MemoryMedium(BLOCK, BLOCKS)
    medium.write(0, b"x" * (BLOCK * BLOCKS))
    medium.unmap(1, BLOCKS - 1)
    assert len(medium._chunks) == 1
    medium.unmap(0, 1)
    assert not medium._chunks


@pytest.mark.parametrize("block_length", [512, 520, 4096, 65536])
def test_blocks_may_be_of_any_length(block_length, tmp_path) -> None:
    for medium in (MemoryMedium(block_length, 100), FileMedium(str(tmp_path / "disk"), block_length, 100)):
        data = bytes(range(256)) * (3 * block_length // 256 + 1)
        medium.write(63, data[:3 * block_length])
        assert medium.read(62, 5) == bytes(block_length) + data[:3 * block_length] + bytes(block_length)
        medium.close()


def test_an_image_of_a_disk_is_mapped_where_it_has_data(tmp_path) -> None:
    path = tmp_path / "disk"
    with open(path, "wb") as image:
        image.truncate(BLOCK << 12)
        image.seek(1 << 20)
        image.write(b"image" * 1000)
    medium = FileMedium(str(path), BLOCK, 1 << 12)
    assert medium.read(2048, 1) == (b"image" * 103)[:BLOCK]
    assert medium.mapped(2048)[0]
    medium.close()
    again = FileMedium(str(path), BLOCK, 1 << 12)
    assert again.read(2048, 1) == (b"image" * 103)[:BLOCK]
    again.close()


def test_a_map_that_was_not_finished_hides_nothing(tmp_path) -> None:
    path = tmp_path / "disk"
    path.write_bytes(b"d" * (BLOCK * 64))
    (tmp_path / "disk.map.new").write_bytes(b"\0")
    medium = FileMedium(str(path), BLOCK, 64)
    assert medium.read(0, 64) == b"d" * (BLOCK * 64)
    medium.close()
    assert sorted(os.listdir(tmp_path)) == ["disk", "disk.map"]


def test_a_new_file_does_not_take_the_map_of_an_older_one(tmp_path) -> None:
    medium = FileMedium(str(tmp_path / "disk"), BLOCK, 64)
    medium.write(3, b"x" * BLOCK)
    medium.close()
    os.unlink(tmp_path / "disk")
    medium = FileMedium(str(tmp_path / "disk"), BLOCK, 64)
    assert medium.mapped(0) == (False, 64)
    medium.close()


def test_a_disk_of_another_size_is_not_taken_for_this_one(tmp_path) -> None:
    path = tmp_path / "disk"
    path.write_bytes(bytes(1000))
    with pytest.raises(ValueError, match=r"/disk\b.*\b1000 bytes\b.*\b64 blocks of 512 bytes\b.*\b32768\b"):
        FileMedium(str(path), BLOCK, 64)
    assert path.read_bytes() == bytes(1000)


def test_a_file_that_cannot_be_opened_is_an_error_of_the_system(tmp_path) -> None:
    with pytest.raises(OSError):
        FileMedium(str(tmp_path / "no" / "disk"), BLOCK, 64)


@pytest.mark.parametrize("block_length, blocks", [(0, 1), (512, 0)])
def test_a_medium_of_nothing_is_refused(block_length, blocks) -> None:
    with pytest.raises(ValueError, match=rf"\b{blocks}\b.*\b{block_length}\b"):
        MemoryMedium(block_length, blocks)


def test_no_descriptors_are_left_open(tmp_path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    path = tmp_path / "disk"
    FileMedium(str(path), BLOCK, 64).close()
    with pytest.raises(ValueError):
        FileMedium(str(path), BLOCK, 65)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_flush_makes_data_and_map_last_once(tmp_path, monkeypatch) -> None:
    synced = []
    monkeypatch.setattr(medium_file, "_datasync", lambda descriptor: synced.append(os.readlink(
        f"/proc/self/fd/{descriptor}").rsplit("/", 1)[1]))
    medium = FileMedium(str(tmp_path / "disk"), BLOCK, 64)
    medium.flush()
    synced.clear()
    medium.write(0, b"x" * BLOCK)
    medium.flush()
    assert synced == ["disk", "disk.map"]
    medium.flush()
    assert synced == ["disk", "disk.map"]
    medium.write(0, b"y" * BLOCK)
    medium.flush()
    # Nothing became mapped.
    assert synced == ["disk", "disk.map", "disk"]
    medium.close()


CHILD = """
import sys
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.medium_file import FileMedium
medium = FileMedium(sys.argv[1], 512, 1003)
for number in range(1, 1000000):
    lba = number * 37 % 1003
    if number % 3:
        medium.write(lba, number.to_bytes(8, "big") * 64)
    else:
        medium.unmap(lba, 1)
    print(number, flush=True)
"""


@pytest.mark.parametrize("stop", [1, 50, 400])
def test_what_was_acknowledged_is_there_after_the_process_was_killed(tmp_path, stop) -> None:
    path = str(tmp_path / "disk")
    child = subprocess.Popen([sys.executable, "-c", _bootstrap() + CHILD, path], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    last = 0
    for line in child.stdout:
        last = int(line)
        if last >= stop:
            break
    child.kill()
    rest, _errors = child.communicate()
    numbers = [int(each) for each in rest.split("\n") if each.isdigit()]
    last = max([last, *numbers])
    expected: dict[int, bytes] = {}
    for number in range(1, last + 1):
        expected[number * 37 % 1003] = number.to_bytes(8, "big") * 64 if number % 3 else bytes(512)
    medium = FileMedium(path, 512, 1003)
    # The one that was not acknowledged may be there or not.
    unknown: set[int] = {(last + 1) * 37 % 1003}
    for lba, content in expected.items():
        if lba not in unknown:
            assert medium.read(lba, 1) == content
            assert medium.mapped(lba)[0] is any(content)
    medium.close()


def _bootstrap() -> str:
    """Lets a child import the collection as the tests do."""
    root = os.path.abspath(os.path.join(os.path.dirname(module.__file__), *[os.pardir] * 3))
    return (
        "import sys, types\n"
        "for name, path in (('ansible_collections', []), ('ansible_collections.drivecare', []),\n"
        f"                   ('ansible_collections.drivecare.scsi', [{root!r}])):\n"
        "    package = types.ModuleType(name)\n"
        "    package.__path__ = path\n"
        "    sys.modules[name] = package\n")


@pytest.mark.parametrize("seed", range(5))
def test_extents_are_a_set_of_numbers(seed) -> None:
    chance, numbers, extents = dice(seed), set(), Extents()
    for _each in range(200):
        start = chance.randrange(100)
        end = start + chance.randrange(0, 12)
        these = set(range(start, end))
        if chance.random() < 0.5:
            assert extents.add(start, end) is bool(these - numbers)
            numbers |= these
        else:
            removed = extents.remove(start, end)
            assert {each for first, last in removed for each in range(first, last)} == these & numbers
            numbers -= these
        assert {each for first, last in extents for each in range(first, last)} == numbers
        assert extents.total() == len(numbers) and bool(extents) is bool(numbers)
        # Ranges that touch are one.
        ranges = list(extents)
        assert all(first[1] < second[0] for first, second in zip(ranges, ranges[1:]))
        low, high = sorted(chance.sample(range(120), 2))
        inside = sorted(each for each in numbers if low <= each < high)
        assert extents.first(low, high) == (inside[0] if inside else None)
        assert [each for first, last in extents.within(low, high) for each in range(first, last)] == inside
        is_in, run_end = extents.run(low)
        assert is_in is (low in numbers)
        following = [each for each in range(low, 130) if (each in numbers) is not is_in]
        assert run_end == (following[0] if is_in or any(each > low for each in numbers) else None)

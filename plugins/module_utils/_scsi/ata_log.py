# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""General purpose logs of ATA drives (ACS-4 7.22, READ LOG EXT), read through ATA PASS-THROUGH(16) (SAT-5 12.2.3)."""

from __future__ import annotations

from .ata_smart import ATA_PASS_THROUGH_16, SECTOR

LOG_DIRECTORY = 0x00
_READ_LOG_EXT = 0x2F

_PIO_DATA_IN, _COUNT_HAS_LENGTH = 4, 2
_WORD = 2


def read_log_ext(log: int, page: int = 0, count: int = 1) -> bytes:
    """The CDB of READ LOG EXT for so many pages, of 512 bytes, of a log; ``page`` is less than 256."""
    return ATA_PASS_THROUGH_16.encode(
        protocol=_PIO_DATA_IN, extend=True, t_dir=True, byt_blok=True, t_length=_COUNT_HAS_LENGTH, count=count,
        lba_7_0=log, lba_15_8=page, command=_READ_LOG_EXT)


def decode_log_directory(data: bytes) -> dict[int, int]:
    """How many pages each log has, by its address; logs that the drive does not have are left out."""
    found = {}
    for log in range(1, min(len(data), SECTOR) // _WORD):
        pages = int.from_bytes(data[_WORD * log:_WORD * log + _WORD], "little")
        if pages:
            found[log] = pages
    return found

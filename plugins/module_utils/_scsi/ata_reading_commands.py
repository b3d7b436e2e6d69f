# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ATA commands behind ATA PASS-THROUGH only read (SAT-5 12.2; ACS-4 7 and 9).

What is not listed counts as changing the drive. So do the logs whose reading clears something: the queued error log
(10h) ends the error state of NCQ; the log of sense data for successful commands (0Fh), the device statistics
notifications (0Ah) and the stream error logs (21h, 22h) may forget what they returned; the internal status logs (24h,
25h) start a capture or release one; and SCT data transfer (E1h) goes on with an SCT command. Of the vendor-specific
logs (A0h to DFh) only Seagate's FARM log is known.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

_NON_DATA, _PIO_DATA_IN, _DMA, _UDMA_DATA_IN = 3, 4, 6, 10
_NONE = frozenset((_NON_DATA,))
_PIO = frozenset((_PIO_DATA_IN,))
_DMA_IN = frozenset((_DMA, _UDMA_DATA_IN))

_SMART = 0xB0
_SMART_READ_LOG = 0xD5
_READ_LOG_COMMANDS = (0x2F, 0x47)
#: Logs that only report (ACS-4 9, table of log addresses; 11h is in Serial ATA). The host's own logs are 80h to 9Fh;
#: A6h is Seagate's FARM log, as openSeaChest and smartmontools read it.
_LOGS = frozenset((0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0C, 0x11, 0x12, 0x13, 0x19, 0x30,
                   *range(0x80, 0xA0), 0xA6, 0xE0))

#: (command, FEATURE) to the protocols with which it only reads; FEATURE is ``None`` where the command has none.
_READS: dict[tuple[int, int | None], frozenset[int]] = {
    (0xE5, None): _NONE,  # ACS-4 7, CHECK POWER MODE
    (0x27, None): _NONE,  # ACS-2 7, READ NATIVE MAX ADDRESS EXT
    (0xF8, None): _NONE,  # ACS-2 7, READ NATIVE MAX ADDRESS
    (0x78, 0x0000): _NONE,  # ACS-4 7, GET NATIVE MAX ADDRESS EXT
    (0x40, None): _NONE,  # ACS-4 7, READ VERIFY SECTOR(S)
    (0x42, None): _NONE,  # ACS-4 7, READ VERIFY SECTOR(S) EXT
    (0xEC, None): _PIO,  # ACS-4 7, IDENTIFY DEVICE
    (0xA1, None): _PIO,  # ACS-3 7, IDENTIFY PACKET DEVICE
    (0xB1, 0xC2): _PIO,  # ACS-2 7, DEVICE CONFIGURATION IDENTIFY
    (0x20, None): _PIO,  # ACS-4 7, READ SECTOR(S)
    (0x24, None): _PIO,  # ACS-4 7, READ SECTOR(S) EXT
    (0x25, None): _DMA_IN,  # ACS-4 7, READ DMA EXT
    (0xC8, None): _DMA_IN,  # ACS-4 7, READ DMA
    (0xE4, None): _PIO,  # ACS-4 7, READ BUFFER
    (0xE9, None): _DMA_IN,  # ACS-4 7, READ BUFFER DMA
    (0x2F, 0x0000): _PIO,  # ACS-4 7, READ LOG EXT; with another FEATURE some logs are cleared
    (0x47, 0x0000): _DMA_IN,  # ACS-4 7, READ LOG DMA EXT
    (_SMART, 0xD0): _PIO,  # ACS-4 7.48, SMART READ DATA
    (_SMART, 0xD1): _PIO,  # ATA/ATAPI-5 8, SMART READ THRESHOLDS
    (_SMART, _SMART_READ_LOG): _PIO,  # ACS-4 7.48, SMART READ LOG
    (_SMART, 0xDA): _NONE,  # ACS-4 7.48, SMART RETURN STATUS
}


class _AtaCommand(NamedTuple):
    """The fields of an ATA command that tell whether it only reads."""

    protocol: int
    to_host: bool
    feature: int
    lba_low: int
    command: int


def _from_16(cdb: bytes) -> _AtaCommand:
    """ATA PASS-THROUGH(16) (SAT-5 12.2.3). Without EXTEND the upper halves of the registers are not sent."""
    feature = int.from_bytes(cdb[3:5], "big") if cdb[1] & 0x01 else cdb[4]
    return _AtaCommand(cdb[1] >> 1 & 0x0F, bool(cdb[2] & 0x08), feature, cdb[8], cdb[14])


def _from_12(cdb: bytes) -> _AtaCommand:
    """ATA PASS-THROUGH(12) (SAT-5 12.2.2)."""
    return _AtaCommand(cdb[1] >> 1 & 0x0F, bool(cdb[2] & 0x08), cdb[3], cdb[5], cdb[9])


_FORMS: dict[int, Callable[[bytes], _AtaCommand]] = {0x85: _from_16, 0xA1: _from_12}


def ata_only_reads(cdb: bytes) -> bool:
    """Whether an ATA PASS-THROUGH(12) or (16) carries a command that only reads. The CDB must be whole."""
    ata = _FORMS[cdb[0]](cdb)
    protocols = _READS.get((ata.command, ata.feature)) or _READS.get((ata.command, None))
    if protocols is None or ata.protocol not in protocols:
        return False
    if ata.protocol != _NON_DATA and not ata.to_host:
        return False
    reads_log = ata.command in _READ_LOG_COMMANDS or (ata.command, ata.feature) == (_SMART, _SMART_READ_LOG)
    return not reads_log or ata.lba_low in _LOGS

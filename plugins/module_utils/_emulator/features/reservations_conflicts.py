# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commands are allowed under another initiator's reservation (SPC-6 5, SBC-5 4, SPC-2 5.5).

A command that is not listed here changes something, or is unknown: it conflicts.
"""

from __future__ import annotations

from typing import Callable, Mapping

from ..._scsi.persistent_reserve_in import (
    EXCLUSIVE_ACCESS,
    EXCLUSIVE_ACCESS_ALL_REGISTRANTS,
    EXCLUSIVE_ACCESS_REGISTRANTS_ONLY,
    WRITE_EXCLUSIVE,
    WRITE_EXCLUSIVE_ALL_REGISTRANTS,
    WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
)

_WRITE_EXCLUSIVE = frozenset((WRITE_EXCLUSIVE, WRITE_EXCLUSIVE_REGISTRANTS_ONLY, WRITE_EXCLUSIVE_ALL_REGISTRANTS))
#: Types that allow every registered I_T nexus everything.
REGISTRANTS = frozenset((
    WRITE_EXCLUSIVE_REGISTRANTS_ONLY, EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, WRITE_EXCLUSIVE_ALL_REGISTRANTS,
    EXCLUSIVE_ACCESS_ALL_REGISTRANTS))
ALL_REGISTRANTS = frozenset((WRITE_EXCLUSIVE_ALL_REGISTRANTS, EXCLUSIVE_ACCESS_ALL_REGISTRANTS))
TYPES = REGISTRANTS | {WRITE_EXCLUSIVE, EXCLUSIVE_ACCESS}

#: When a command is allowed: always, or while others may not write (else never).
_ALWAYS, _READS = "always", "reads"

_RESERVE_AND_RELEASE = frozenset((0x16, 0x17, 0x56, 0x57, 0x5F))
_TEST_UNIT_READY, _PERSISTENT_RESERVE_IN = 0x00, 0x5E

_PLAIN: Mapping[int, str] = {
    _TEST_UNIT_READY: _ALWAYS, 0x03: _ALWAYS, 0x12: _ALWAYS, 0x25: _ALWAYS, 0x4D: _ALWAYS,
    _PERSISTENT_RESERVE_IN: _ALWAYS, 0x86: _ALWAYS, 0x87: _ALWAYS, 0xA0: _ALWAYS,
    0x08: _READS, 0x1A: _READS, 0x1C: _READS, 0x28: _READS, 0x2F: _READS, 0x34: _READS, 0x37: _READS, 0x3C: _READS,
    0x5A: _READS, 0x88: _READS, 0x8C: _READS, 0x8F: _READS, 0x90: _READS, 0x9B: _READS, 0xA2: _READS, 0xA8: _READS,
    0xAF: _READS, 0xB7: _READS,
}
_ACTIONS: Mapping[int, Mapping[int, str]] = {
    # READ CAPACITY(16), GET LBA STATUS, REPORT REFERRALS, GET STREAM STATUS, GET PHYSICAL ELEMENT STATUS
    0x9E: {0x10: _ALWAYS, 0x12: _READS, 0x13: _ALWAYS, 0x16: _READS, 0x17: _READS},
    # REPORT IDENTIFYING INFORMATION, TARGET PORT GROUPS, ALIASES, PRIORITY, TIMESTAMP, SUPPORTED ...
    0xA3: {0x05: _ALWAYS, 0x0A: _ALWAYS, 0x0B: _ALWAYS, 0x0C: _READS, 0x0D: _READS, 0x0E: _ALWAYS, 0x0F: _ALWAYS},
    # READ MEDIA SERIAL NUMBER
    0xAB: {0x01: _ALWAYS},
}
#: READ(32), VERIFY(32), GET LBA STATUS(32)
_VARIABLE_LENGTH, _VARIABLE_READS = 0x7F, frozenset((0x0009, 0x000A, 0x0012))


def _starts(cdb: bytes) -> bool:
    """START STOP UNIT with START, and no power condition."""
    return cdb[4] & 0xF1 == 0x01


def _allows_removal(cdb: bytes) -> bool:
    """PREVENT ALLOW MEDIUM REMOVAL that allows it."""
    return not cdb[4] & 0x03


_DEPENDS: dict[int, Callable[[bytes], bool]] = {0x1B: _starts, 0x1E: _allows_removal}


def _class_of(cdb: bytes) -> str:
    opcode = cdb[0]
    if opcode in _DEPENDS:
        return _ALWAYS if _DEPENDS[opcode](cdb) else ""
    if opcode in _ACTIONS:
        return _ACTIONS[opcode].get(cdb[1] & 0x1F, "")
    if opcode == _VARIABLE_LENGTH:
        return _READS if int.from_bytes(cdb[8:10], "big") in _VARIABLE_READS else ""
    return _PLAIN.get(opcode, "")


def conflicts(cdb: bytes, kind: int, registered: bool) -> bool:
    """Whether a persistent reservation of type ``kind``, which the sender does not hold, forbids a command."""
    if cdb[0] in _RESERVE_AND_RELEASE or registered and kind in REGISTRANTS:
        return False  # The former check for conflicts themselves.
    found = _class_of(cdb)
    return found != _ALWAYS and (found != _READS or kind not in _WRITE_EXCLUSIVE)


def conflicts_with_reserve(cdb: bytes) -> bool:
    """Whether a reservation by RESERVE, which the sender does not hold, forbids a command."""
    if cdb[0] in _RESERVE_AND_RELEASE:
        return False
    return _class_of(cdb) != _ALWAYS or cdb[0] in (_TEST_UNIT_READY, _PERSISTENT_RESERVE_IN)

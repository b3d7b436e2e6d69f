# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of commands, and which of them change a device (SPC-6 annex D; SBC-5, SSC-5)."""

from __future__ import annotations

from typing import Dict, FrozenSet, Tuple

#: Operation codes whose meaning is told by a service action, and where that stands: byte and mask.
_SERVICE_ACTION_PLACE: Dict[int, Tuple[int, int]] = {
    0x7F: (8, 0xFFFF), 0x83: (1, 0x1F), 0x84: (1, 0x1F), 0x5E: (1, 0x1F), 0x5F: (1, 0x1F), 0x9D: (1, 0x1F),
    0x9E: (1, 0x1F), 0x9F: (1, 0x1F), 0xA3: (1, 0x1F), 0xA4: (1, 0x1F), 0xAB: (1, 0x1F), 0xA9: (1, 0x1F),
    0x94: (1, 0x1F), 0x95: (1, 0x1F), 0x48: (1, 0x1F),
}

_NAMES: Dict[int, str] = {
    0x00: "TEST UNIT READY", 0x01: "REZERO UNIT", 0x03: "REQUEST SENSE", 0x04: "FORMAT UNIT", 0x05: "READ BLOCK LIMITS",
    0x07: "REASSIGN BLOCKS", 0x08: "READ(6)", 0x0A: "WRITE(6)", 0x10: "WRITE FILEMARKS(6)", 0x11: "SPACE(6)",
    0x12: "INQUIRY", 0x15: "MODE SELECT(6)", 0x16: "RESERVE(6)", 0x17: "RELEASE(6)", 0x19: "ERASE(6)",
    0x1A: "MODE SENSE(6)", 0x1B: "START STOP UNIT", 0x1C: "RECEIVE DIAGNOSTIC RESULTS", 0x1D: "SEND DIAGNOSTIC",
    0x1E: "PREVENT ALLOW MEDIUM REMOVAL", 0x25: "READ CAPACITY(10)", 0x28: "READ(10)", 0x2A: "WRITE(10)",
    0x2E: "WRITE AND VERIFY(10)", 0x2F: "VERIFY(10)", 0x34: "PRE-FETCH(10)", 0x35: "SYNCHRONIZE CACHE(10)",
    0x37: "READ DEFECT DATA(10)", 0x3B: "WRITE BUFFER", 0x3C: "READ BUFFER(10)", 0x3E: "READ LONG(10)",
    0x3F: "WRITE LONG(10)", 0x41: "WRITE SAME(10)", 0x42: "UNMAP", 0x44: "REPORT DENSITY SUPPORT", 0x4C: "LOG SELECT",
    0x4D: "LOG SENSE", 0x55: "MODE SELECT(10)", 0x56: "RESERVE(10)", 0x57: "RELEASE(10)", 0x5A: "MODE SENSE(10)",
    0x85: "ATA PASS-THROUGH(16)", 0x88: "READ(16)", 0x89: "COMPARE AND WRITE", 0x8A: "WRITE(16)", 0x8B: "ORWRITE(16)",
    0x8C: "READ ATTRIBUTE", 0x8D: "WRITE ATTRIBUTE", 0x8E: "WRITE AND VERIFY(16)", 0x8F: "VERIFY(16)",
    0x90: "PRE-FETCH(16)", 0x91: "SYNCHRONIZE CACHE(16)", 0x93: "WRITE SAME(16)", 0x9A: "WRITE STREAM(16)",
    0x9B: "READ BUFFER(16)", 0x9C: "WRITE ATOMIC(16)", 0xA0: "REPORT LUNS", 0xA1: "ATA PASS-THROUGH(12)",
    0xA2: "SECURITY PROTOCOL IN", 0xA8: "READ(12)", 0xAA: "WRITE(12)", 0xAE: "WRITE AND VERIFY(12)",
    0xAF: "VERIFY(12)", 0xB5: "SECURITY PROTOCOL OUT", 0xB7: "READ DEFECT DATA(12)",
}

_SERVICE_ACTION_NAMES: Dict[Tuple[int, int], str] = {
    (0x48, 0x01): "SANITIZE, OVERWRITE", (0x48, 0x02): "SANITIZE, BLOCK ERASE",
    (0x48, 0x03): "SANITIZE, CRYPTOGRAPHIC ERASE", (0x48, 0x1F): "SANITIZE, EXIT FAILURE MODE",
    (0x5E, 0x00): "PERSISTENT RESERVE IN, READ KEYS", (0x5E, 0x01): "PERSISTENT RESERVE IN, READ RESERVATION",
    (0x5E, 0x02): "PERSISTENT RESERVE IN, REPORT CAPABILITIES", (0x5E, 0x03): "PERSISTENT RESERVE IN, READ FULL STATUS",
    (0x5F, 0x00): "PERSISTENT RESERVE OUT, REGISTER", (0x5F, 0x01): "PERSISTENT RESERVE OUT, RESERVE",
    (0x5F, 0x02): "PERSISTENT RESERVE OUT, RELEASE", (0x5F, 0x03): "PERSISTENT RESERVE OUT, CLEAR",
    (0x5F, 0x04): "PERSISTENT RESERVE OUT, PREEMPT", (0x5F, 0x05): "PERSISTENT RESERVE OUT, PREEMPT AND ABORT",
    (0x5F, 0x06): "PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY",
    (0x5F, 0x07): "PERSISTENT RESERVE OUT, REGISTER AND MOVE",
    (0x7F, 0x09): "READ(32)", (0x7F, 0x0A): "VERIFY(32)", (0x7F, 0x0B): "WRITE(32)",
    (0x7F, 0x0C): "WRITE AND VERIFY(32)", (0x7F, 0x0D): "WRITE SAME(32)", (0x7F, 0x10): "WRITE STREAM(32)",
    (0x83, 0x00): "EXTENDED COPY(LID1)", (0x83, 0x01): "EXTENDED COPY(LID4)", (0x83, 0x10): "POPULATE TOKEN",
    (0x83, 0x11): "WRITE USING TOKEN", (0x83, 0x1C): "COPY OPERATION ABORT",
    (0x84, 0x00): "RECEIVE COPY STATUS(LID1)", (0x84, 0x01): "RECEIVE COPY DATA(LID1)",
    (0x84, 0x03): "RECEIVE COPY OPERATING PARAMETERS", (0x84, 0x04): "RECEIVE COPY FAILURE DETAILS(LID1)",
    (0x84, 0x05): "RECEIVE COPY STATUS(LID4)", (0x84, 0x06): "RECEIVE COPY DATA(LID4)",
    (0x84, 0x07): "RECEIVE ROD TOKEN INFORMATION", (0x84, 0x08): "REPORT ALL ROD TOKENS",
    (0x95, 0x00): "REPORT ZONES",
    (0x9E, 0x10): "READ CAPACITY(16)", (0x9E, 0x11): "READ LONG(16)", (0x9E, 0x12): "GET LBA STATUS(16)",
    (0x9E, 0x13): "REPORT REFERRALS", (0x9E, 0x14): "STREAM CONTROL", (0x9E, 0x15): "BACKGROUND CONTROL",
    (0x9E, 0x16): "GET STREAM STATUS", (0x9E, 0x17): "GET PHYSICAL ELEMENT STATUS",
    (0x9E, 0x18): "REMOVE ELEMENT AND TRUNCATE", (0x9E, 0x19): "RESTORE ELEMENTS AND REBUILD",
    (0x9F, 0x11): "WRITE LONG(16)",
    (0xA3, 0x05): "REPORT IDENTIFYING INFORMATION", (0xA3, 0x0A): "REPORT TARGET PORT GROUPS",
    (0xA3, 0x0B): "REPORT ALIASES", (0xA3, 0x0C): "REPORT SUPPORTED OPERATION CODES",
    (0xA3, 0x0D): "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", (0xA3, 0x0E): "REPORT PRIORITY",
    (0xA3, 0x0F): "REPORT TIMESTAMP",
    (0xA4, 0x06): "SET IDENTIFYING INFORMATION", (0xA4, 0x0A): "SET TARGET PORT GROUPS", (0xA4, 0x0B): "CHANGE ALIASES",
    (0xA4, 0x0E): "SET PRIORITY", (0xA4, 0x0F): "SET TIMESTAMP",
}

#: Operation codes, whatever their service action, that only read.
_READING: FrozenSet[int] = frozenset((
    0x00, 0x03, 0x05, 0x08, 0x12, 0x1A, 0x1C, 0x25, 0x28, 0x2F, 0x34, 0x37, 0x3C, 0x3E, 0x44, 0x5A, 0x5E, 0x84, 0x88,
    0x8C, 0x8F, 0x90, 0x95, 0x9B, 0xA0, 0xA2, 0xA3, 0xA8, 0xAF, 0xB7,
))
_READING_SERVICE_ACTIONS: FrozenSet[Tuple[int, int]] = frozenset((
    (0x7F, 0x09), (0x7F, 0x0A),
    (0x9E, 0x10), (0x9E, 0x11), (0x9E, 0x12), (0x9E, 0x13), (0x9E, 0x16), (0x9E, 0x17),
))
_LOG_SENSE = 0x4D


def service_action(cdb: bytes) -> int:
    """The service action of a CDB, -1 where its operation code has none or the CDB is too short."""
    place = _SERVICE_ACTION_PLACE.get(cdb[0]) if cdb else None
    if place is None:
        return -1
    at, mask = place
    octets = cdb[at:at + (2 if mask > 0xFF else 1)]
    return int.from_bytes(octets, "big") & mask if octets else -1


def operation_name(cdb: bytes) -> str:
    """The command's name in the standard; "operation code C1h" for one that is not known."""
    if not cdb:
        return "empty CDB"
    name = _SERVICE_ACTION_NAMES.get((cdb[0], service_action(cdb))) or _NAMES.get(cdb[0])
    if name:
        return name
    if cdb[0] in _SERVICE_ACTION_PLACE:
        return "operation code {0:02X}h service action {1:02X}h".format(cdb[0], max(0, service_action(cdb)))
    return "operation code {0:02X}h".format(cdb[0])


def changes(cdb: bytes) -> bool:
    """True for a command that changes the device, and for every one that is not known to only read.

    LOG SENSE changes where its SP bit asks to save the parameters (SPC-6 6.9).
    """
    if not cdb:
        return True
    if cdb[0] == _LOG_SENSE:
        return len(cdb) < 2 or bool(cdb[1] & 0x01)
    return cdb[0] not in _READING and (cdb[0], service_action(cdb)) not in _READING_SERVICE_ACTIONS

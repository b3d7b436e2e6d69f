# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of commands, and which of them change a device (SPC-6 annex D; SBC-5, SSC-5, ZBC-2).

Operation codes mean different things to different kinds of device. Names are those of disks and what disks share with
tapes; where the meanings differ in whether they change something, the one that changes counts.
"""

from __future__ import annotations

from typing import Callable, Dict, Optional, Tuple

_READS, _CHANGES = False, True

#: (operation code, service action or None) to the command's name, and whether it changes the device. Of some that read
#: it depends on a field, see _DEPENDS.
OPERATIONS: Dict[Tuple[int, Optional[int]], Tuple[str, bool]] = {
    (0x00, None): ("TEST UNIT READY", _READS),
    (0x01, None): ("REWIND", _CHANGES),
    (0x03, None): ("REQUEST SENSE", _READS),
    (0x04, None): ("FORMAT UNIT", _CHANGES),
    (0x05, None): ("READ BLOCK LIMITS", _READS),
    (0x07, None): ("REASSIGN BLOCKS", _CHANGES),
    (0x08, None): ("READ(6)", _READS),
    (0x0A, None): ("WRITE(6)", _CHANGES),
    (0x0B, None): ("SEEK(6)", _CHANGES),
    (0x0F, None): ("READ REVERSE(6)", _CHANGES),
    (0x10, None): ("WRITE FILEMARKS(6)", _CHANGES),
    (0x11, None): ("SPACE(6)", _CHANGES),
    (0x12, None): ("INQUIRY", _READS),
    (0x13, None): ("VERIFY(6)", _READS),
    (0x14, None): ("RECOVER BUFFERED DATA", _CHANGES),
    (0x15, None): ("MODE SELECT(6)", _CHANGES),
    (0x16, None): ("RESERVE(6)", _CHANGES),
    (0x17, None): ("RELEASE(6)", _CHANGES),
    (0x18, None): ("COPY", _CHANGES),
    (0x19, None): ("ERASE(6)", _CHANGES),
    (0x1A, None): ("MODE SENSE(6)", _READS),
    (0x1B, None): ("START STOP UNIT", _CHANGES),
    (0x1C, None): ("RECEIVE DIAGNOSTIC RESULTS", _READS),
    (0x1D, None): ("SEND DIAGNOSTIC", _CHANGES),
    (0x1E, None): ("PREVENT ALLOW MEDIUM REMOVAL", _CHANGES),
    (0x25, None): ("READ CAPACITY(10)", _READS),
    (0x28, None): ("READ(10)", _READS),
    (0x2A, None): ("WRITE(10)", _CHANGES),
    (0x2B, None): ("SEEK(10)", _CHANGES),
    (0x2C, None): ("ERASE(10)", _CHANGES),
    (0x2E, None): ("WRITE AND VERIFY(10)", _CHANGES),
    (0x2F, None): ("VERIFY(10)", _READS),
    (0x34, None): ("PRE-FETCH(10)", _READS),
    (0x35, None): ("SYNCHRONIZE CACHE(10)", _CHANGES),
    (0x37, None): ("READ DEFECT DATA(10)", _READS),
    (0x38, None): ("FORMAT WITH PRESET", _CHANGES),
    (0x3B, None): ("WRITE BUFFER(10)", _CHANGES),
    (0x3C, None): ("READ BUFFER(10)", _READS),
    (0x3E, None): ("READ LONG(10)", _READS),
    (0x3F, None): ("WRITE LONG(10)", _CHANGES),
    (0x41, None): ("WRITE SAME(10)", _CHANGES),
    (0x42, None): ("UNMAP", _CHANGES),
    (0x44, None): ("REPORT DENSITY SUPPORT", _READS),
    (0x48, None): ("SANITIZE", _CHANGES),
    (0x48, 0x01): ("SANITIZE, OVERWRITE", _CHANGES),
    (0x48, 0x02): ("SANITIZE, BLOCK ERASE", _CHANGES),
    (0x48, 0x03): ("SANITIZE, CRYPTOGRAPHIC ERASE", _CHANGES),
    (0x48, 0x1F): ("SANITIZE, EXIT FAILURE MODE", _CHANGES),
    (0x4C, None): ("LOG SELECT", _CHANGES),
    (0x4D, None): ("LOG SENSE", _READS),
    (0x50, None): ("XDWRITE(10)", _CHANGES),
    (0x51, None): ("XPWRITE(10)", _CHANGES),
    (0x53, None): ("XDWRITEREAD(10)", _CHANGES),
    (0x55, None): ("MODE SELECT(10)", _CHANGES),
    (0x56, None): ("RESERVE(10)", _CHANGES),
    (0x57, None): ("RELEASE(10)", _CHANGES),
    (0x5A, None): ("MODE SENSE(10)", _READS),
    (0x5E, None): ("PERSISTENT RESERVE IN", _READS),
    (0x5E, 0x00): ("PERSISTENT RESERVE IN, READ KEYS", _READS),
    (0x5E, 0x01): ("PERSISTENT RESERVE IN, READ RESERVATION", _READS),
    (0x5E, 0x02): ("PERSISTENT RESERVE IN, REPORT CAPABILITIES", _READS),
    (0x5E, 0x03): ("PERSISTENT RESERVE IN, READ FULL STATUS", _READS),
    (0x5F, None): ("PERSISTENT RESERVE OUT", _CHANGES),
    (0x5F, 0x00): ("PERSISTENT RESERVE OUT, REGISTER", _CHANGES),
    (0x5F, 0x01): ("PERSISTENT RESERVE OUT, RESERVE", _CHANGES),
    (0x5F, 0x02): ("PERSISTENT RESERVE OUT, RELEASE", _CHANGES),
    (0x5F, 0x03): ("PERSISTENT RESERVE OUT, CLEAR", _CHANGES),
    (0x5F, 0x04): ("PERSISTENT RESERVE OUT, PREEMPT", _CHANGES),
    (0x5F, 0x05): ("PERSISTENT RESERVE OUT, PREEMPT AND ABORT", _CHANGES),
    (0x5F, 0x06): ("PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY", _CHANGES),
    (0x5F, 0x07): ("PERSISTENT RESERVE OUT, REGISTER AND MOVE", _CHANGES),
    (0x5F, 0x08): ("PERSISTENT RESERVE OUT, REPLACE LOST RESERVATION", _CHANGES),
    (0x7E, None): ("EXTENDED CDB", _CHANGES),
    (0x7F, None): ("VARIABLE LENGTH CDB", _CHANGES),
    (0x7F, 0x0003): ("XDREAD(32)", _READS),
    (0x7F, 0x0004): ("XDWRITE(32)", _CHANGES),
    (0x7F, 0x0006): ("XPWRITE(32)", _CHANGES),
    (0x7F, 0x0007): ("XDWRITEREAD(32)", _CHANGES),
    (0x7F, 0x0009): ("READ(32)", _READS),
    (0x7F, 0x000A): ("VERIFY(32)", _READS),
    (0x7F, 0x000B): ("WRITE(32)", _CHANGES),
    (0x7F, 0x000C): ("WRITE AND VERIFY(32)", _CHANGES),
    (0x7F, 0x000D): ("WRITE SAME(32)", _CHANGES),
    (0x7F, 0x000E): ("ORWRITE(32)", _CHANGES),
    (0x7F, 0x000F): ("WRITE ATOMIC(32)", _CHANGES),
    (0x7F, 0x0010): ("WRITE STREAM(32)", _CHANGES),
    (0x7F, 0x0011): ("WRITE SCATTERED(32)", _CHANGES),
    (0x7F, 0x0012): ("GET LBA STATUS(32)", _READS),
    (0x7F, 0x1FF0): ("ATA PASS-THROUGH(32)", _CHANGES),
    (0x80, None): ("WRITE FILEMARKS(16)", _CHANGES),
    (0x81, None): ("READ REVERSE(16)", _CHANGES),
    (0x82, None): ("ALLOW OVERWRITE", _CHANGES),
    (0x83, None): ("THIRD-PARTY COPY OUT", _CHANGES),
    (0x83, 0x00): ("EXTENDED COPY(LID1)", _CHANGES),
    (0x83, 0x01): ("EXTENDED COPY(LID4)", _CHANGES),
    (0x83, 0x10): ("POPULATE TOKEN", _CHANGES),
    (0x83, 0x11): ("WRITE USING TOKEN", _CHANGES),
    (0x83, 0x16): ("SET TAPE STREAM MIRRORING", _CHANGES),
    (0x83, 0x1C): ("COPY OPERATION ABORT", _CHANGES),
    (0x84, None): ("THIRD-PARTY COPY IN", _CHANGES),
    (0x84, 0x00): ("RECEIVE COPY STATUS(LID1)", _READS),
    (0x84, 0x01): ("RECEIVE COPY DATA(LID1)", _READS),
    (0x84, 0x03): ("RECEIVE COPY OPERATING PARAMETERS", _READS),
    (0x84, 0x04): ("RECEIVE COPY FAILURE DETAILS(LID1)", _READS),
    (0x84, 0x05): ("RECEIVE COPY STATUS(LID4)", _READS),
    (0x84, 0x06): ("RECEIVE COPY DATA(LID4)", _READS),
    (0x84, 0x07): ("RECEIVE ROD TOKEN INFORMATION", _READS),
    (0x84, 0x08): ("REPORT ALL ROD TOKENS", _READS),
    (0x84, 0x16): ("REPORT TAPE STREAM MIRRORING", _READS),
    (0x85, None): ("ATA PASS-THROUGH(16)", _CHANGES),
    (0x86, None): ("ACCESS CONTROL IN", _CHANGES),
    (0x87, None): ("ACCESS CONTROL OUT", _CHANGES),
    (0x88, None): ("READ(16)", _READS),
    (0x89, None): ("COMPARE AND WRITE", _CHANGES),
    (0x8A, None): ("WRITE(16)", _CHANGES),
    (0x8B, None): ("ORWRITE(16)", _CHANGES),
    (0x8C, None): ("READ ATTRIBUTE", _READS),
    (0x8D, None): ("WRITE ATTRIBUTE", _CHANGES),
    (0x8E, None): ("WRITE AND VERIFY(16)", _CHANGES),
    (0x8F, None): ("VERIFY(16)", _READS),
    (0x90, None): ("PRE-FETCH(16)", _READS),
    (0x91, None): ("SYNCHRONIZE CACHE(16)", _CHANGES),
    (0x92, None): ("LOCATE(16)", _CHANGES),
    (0x93, None): ("WRITE SAME(16)", _CHANGES),
    (0x94, None): ("ZBC OUT", _CHANGES),
    (0x94, 0x01): ("CLOSE ZONE", _CHANGES),
    (0x94, 0x02): ("FINISH ZONE", _CHANGES),
    (0x94, 0x03): ("OPEN ZONE", _CHANGES),
    (0x94, 0x04): ("RESET WRITE POINTER", _CHANGES),
    (0x94, 0x10): ("SEQUENTIALIZE ZONE", _CHANGES),
    (0x95, None): ("ZBC IN", _CHANGES),
    (0x95, 0x00): ("REPORT ZONES", _READS),
    (0x95, 0x06): ("REPORT REALMS", _READS),
    (0x95, 0x07): ("REPORT ZONE DOMAINS", _READS),
    (0x95, 0x08): ("ZONE ACTIVATE", _CHANGES),
    (0x95, 0x09): ("ZONE QUERY", _READS),
    (0x96, None): ("WRITE BUFFER(16)", _CHANGES),
    (0x9A, None): ("WRITE STREAM(16)", _CHANGES),
    (0x9B, None): ("READ BUFFER(16)", _READS),
    (0x9C, None): ("WRITE ATOMIC(16)", _CHANGES),
    (0x9D, None): ("SERVICE ACTION BIDIRECTIONAL", _CHANGES),
    # Not all that goes under this name reads: the data-in direction is all that these have in common.
    (0x9E, None): ("SERVICE ACTION IN(16)", _CHANGES),
    (0x9E, 0x0F): ("RECEIVE BINDING REPORT", _READS),
    (0x9E, 0x10): ("READ CAPACITY(16)", _READS),
    (0x9E, 0x11): ("READ LONG(16)", _READS),
    (0x9E, 0x12): ("GET LBA STATUS(16)", _READS),
    (0x9E, 0x13): ("REPORT REFERRALS", _READS),
    (0x9E, 0x14): ("STREAM CONTROL", _CHANGES),
    (0x9E, 0x15): ("BACKGROUND CONTROL", _CHANGES),
    (0x9E, 0x16): ("GET STREAM STATUS", _READS),
    (0x9E, 0x17): ("GET PHYSICAL ELEMENT STATUS", _READS),
    (0x9E, 0x18): ("REMOVE ELEMENT AND TRUNCATE", _CHANGES),
    (0x9E, 0x19): ("RESTORE ELEMENTS AND REBUILD", _CHANGES),
    (0x9E, 0x1A): ("REMOVE ELEMENT AND MODIFY ZONES", _CHANGES),
    (0x9F, None): ("SERVICE ACTION OUT(16)", _CHANGES),
    (0x9F, 0x0B): ("TEST BIND", _CHANGES),
    (0x9F, 0x0C): ("PREPARE BINDING REPORT", _CHANGES),
    (0x9F, 0x0D): ("SET AFFILIATION", _CHANGES),
    (0x9F, 0x0E): ("BIND", _CHANGES),
    (0x9F, 0x0F): ("UNBIND", _CHANGES),
    (0x9F, 0x11): ("WRITE LONG(16)", _CHANGES),
    (0x9F, 0x12): ("WRITE SCATTERED(16)", _CHANGES),
    (0xA0, None): ("REPORT LUNS", _READS),
    (0xA1, None): ("ATA PASS-THROUGH(12)", _CHANGES),
    (0xA2, None): ("SECURITY PROTOCOL IN", _READS),
    # To a CD or DVD drive this is SEND KEY, so only the service actions that are known below read.
    (0xA3, None): ("MAINTENANCE IN", _CHANGES),
    (0xA3, 0x05): ("REPORT IDENTIFYING INFORMATION", _READS),
    (0xA3, 0x0A): ("REPORT TARGET PORT GROUPS", _READS),
    (0xA3, 0x0B): ("REPORT ALIASES", _READS),
    (0xA3, 0x0C): ("REPORT SUPPORTED OPERATION CODES", _READS),
    (0xA3, 0x0D): ("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", _READS),
    (0xA3, 0x0E): ("REPORT PRIORITY", _READS),
    (0xA3, 0x0F): ("REPORT TIMESTAMP", _READS),
    (0xA3, 0x10): ("MANAGEMENT PROTOCOL IN", _READS),
    (0xA3, 0x1D): ("REPORT PROVISIONING INITIALIZATION PATTERN", _READS),
    (0xA4, None): ("MAINTENANCE OUT", _CHANGES),
    (0xA4, 0x06): ("SET IDENTIFYING INFORMATION", _CHANGES),
    (0xA4, 0x0A): ("SET TARGET PORT GROUPS", _CHANGES),
    (0xA4, 0x0B): ("CHANGE ALIASES", _CHANGES),
    (0xA4, 0x0C): ("REMOVE I_T NEXUS", _CHANGES),
    (0xA4, 0x0E): ("SET PRIORITY", _CHANGES),
    (0xA4, 0x0F): ("SET TIMESTAMP", _CHANGES),
    (0xA4, 0x10): ("MANAGEMENT PROTOCOL OUT", _CHANGES),
    (0xA5, None): ("MOVE MEDIUM", _CHANGES),
    (0xA8, None): ("READ(12)", _READS),
    (0xA9, None): ("SERVICE ACTION OUT(12)", _CHANGES),
    (0xAA, None): ("WRITE(12)", _CHANGES),
    (0xAB, None): ("SERVICE ACTION IN(12)", _CHANGES),
    (0xAB, 0x01): ("READ MEDIA SERIAL NUMBER", _READS),
    (0xAE, None): ("WRITE AND VERIFY(12)", _CHANGES),
    (0xAF, None): ("VERIFY(12)", _READS),
    (0xB5, None): ("SECURITY PROTOCOL OUT", _CHANGES),
    (0xB7, None): ("READ DEFECT DATA(12)", _READS),
    (0xB8, None): ("READ ELEMENT STATUS", _READS),
}

_VARIABLE_LENGTH = 0x7F
#: Operation codes whose meaning is told by a service action.
_WITH_SERVICE_ACTION = frozenset(operation_code for operation_code, action in OPERATIONS if action is not None) | {
    0x86, 0x87, 0x9D, 0xA9}


def _asks_to_save(cdb: bytes) -> bool:
    """LOG SENSE with the SP bit saves the parameters (SPC-6 6.9)."""
    return bool(cdb[1] & 0x01)


def _is_no_plain_read(cdb: bytes) -> bool:
    """READ BUFFER modes that do more than read (SPC-6 6.21).

    Mode 1Ah changes an expander's mode; 1Ch with buffer ID FEh or FFh clears the error history.
    """
    mode = cdb[1] & 0x1F
    return mode == 0x1A or mode == 0x1C and cdb[2] >= 0xFE


def _is_no_information(cdb: bytes) -> bool:
    """SECURITY PROTOCOL IN drives a protocol on but for protocol 00h, which lists what there is (SPC-6 6.40)."""
    return cdb[1] != 0


#: Commands of which it depends on a field whether they change something.
_DEPENDS: Dict[int, Callable[[bytes], bool]] = {
    0x3C: _is_no_plain_read, 0x4D: _asks_to_save, 0x9B: _is_no_plain_read, 0xA2: _is_no_information,
}
_DEPENDS_ON_BYTES = 3


def service_action(cdb: bytes) -> Optional[int]:
    """The service action of a CDB; ``None`` where its operation code has none, or the CDB ends before it."""
    if not cdb or cdb[0] not in _WITH_SERVICE_ACTION:
        return None
    if cdb[0] == _VARIABLE_LENGTH:
        return int.from_bytes(cdb[8:10], "big") if len(cdb) >= 10 else None
    return cdb[1] & 0x1F if len(cdb) >= 2 else None


def operation_name(cdb: bytes) -> str:
    """The command's name in the standard; "operation code C1h" for one that is not known."""
    if not cdb:
        return "empty CDB"
    action = service_action(cdb)
    known = OPERATIONS.get((cdb[0], action))
    if known:
        return known[0]
    name = name_of_operation_code(cdb[0]) or "operation code {0:02X}h".format(cdb[0])
    return name if action is None else "{0}, service action {1:02X}h".format(name, action)


def name_of_operation_code(operation_code: int) -> Optional[str]:
    """The name that all commands of an operation code share; ``None`` for one that is not known."""
    known = OPERATIONS.get((operation_code, None))
    return known[0] if known else None


def name_of_service_action(operation_code: int, action: int) -> Optional[str]:
    """The name of the command that a service action stands for; ``None`` for one that is not known."""
    known = OPERATIONS.get((operation_code, action))
    return known[0] if known else None


def changes(cdb: bytes) -> bool:
    """True for a command that changes the device, and for every one that is not known to only read."""
    if not cdb:
        return True
    known = OPERATIONS.get((cdb[0], service_action(cdb)))
    if known is None or known[1]:
        return True
    depends = _DEPENDS.get(cdb[0])
    return depends is not None and (len(cdb) < _DEPENDS_ON_BYTES or depends(cdb))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of commands, and which of them change a device (SPC-6 annex D; SBC-5, SSC-5, ZBC-2).

Operation codes mean different things to different kinds of device. Names are those of disks and what disks share with
tapes; where the meanings differ in whether they change something, the one that changes counts.
"""

from __future__ import annotations

from typing import Callable

# Operation code, service action, whether the command changes the device, name; for some that read, this depends on a
# field, see _DEPENDS. As text, because that compiles and loads in no time, while a dictionary literal would cost every
# module milliseconds when it starts.
# Not every SERVICE ACTION IN(16) only reads: they have only the data-in direction in common. And for a CD or DVD drive
# MAINTENANCE IN is SEND KEY, so only the service actions that are known here read.
_OPERATIONS = """\
00      reads   TEST UNIT READY
01      changes REWIND
03      reads   REQUEST SENSE
04      changes FORMAT UNIT
05      reads   READ BLOCK LIMITS
07      changes REASSIGN BLOCKS
08      reads   READ(6)
0A      changes WRITE(6)
0B      changes SEEK(6)
0F      changes READ REVERSE(6)
10      changes WRITE FILEMARKS(6)
11      changes SPACE(6)
12      reads   INQUIRY
13      reads   VERIFY(6)
14      changes RECOVER BUFFERED DATA
15      changes MODE SELECT(6)
16      changes RESERVE(6)
17      changes RELEASE(6)
18      changes COPY
19      changes ERASE(6)
1A      reads   MODE SENSE(6)
1B      changes START STOP UNIT
1C      reads   RECEIVE DIAGNOSTIC RESULTS
1D      changes SEND DIAGNOSTIC
1E      changes PREVENT ALLOW MEDIUM REMOVAL
25      reads   READ CAPACITY(10)
28      reads   READ(10)
2A      changes WRITE(10)
2B      changes SEEK(10)
2C      changes ERASE(10)
2E      changes WRITE AND VERIFY(10)
2F      reads   VERIFY(10)
34      reads   PRE-FETCH(10)
35      changes SYNCHRONIZE CACHE(10)
37      reads   READ DEFECT DATA(10)
38      changes FORMAT WITH PRESET
3B      changes WRITE BUFFER(10)
3C      reads   READ BUFFER(10)
3E      reads   READ LONG(10)
3F      changes WRITE LONG(10)
41      changes WRITE SAME(10)
42      changes UNMAP
44      reads   REPORT DENSITY SUPPORT
48      changes SANITIZE
48 01   changes SANITIZE, OVERWRITE
48 02   changes SANITIZE, BLOCK ERASE
48 03   changes SANITIZE, CRYPTOGRAPHIC ERASE
48 1F   changes SANITIZE, EXIT FAILURE MODE
4C      changes LOG SELECT
4D      reads   LOG SENSE
50      changes XDWRITE(10)
51      changes XPWRITE(10)
53      changes XDWRITEREAD(10)
55      changes MODE SELECT(10)
56      changes RESERVE(10)
57      changes RELEASE(10)
5A      reads   MODE SENSE(10)
5E      reads   PERSISTENT RESERVE IN
5E 00   reads   PERSISTENT RESERVE IN, READ KEYS
5E 01   reads   PERSISTENT RESERVE IN, READ RESERVATION
5E 02   reads   PERSISTENT RESERVE IN, REPORT CAPABILITIES
5E 03   reads   PERSISTENT RESERVE IN, READ FULL STATUS
5F      changes PERSISTENT RESERVE OUT
5F 00   changes PERSISTENT RESERVE OUT, REGISTER
5F 01   changes PERSISTENT RESERVE OUT, RESERVE
5F 02   changes PERSISTENT RESERVE OUT, RELEASE
5F 03   changes PERSISTENT RESERVE OUT, CLEAR
5F 04   changes PERSISTENT RESERVE OUT, PREEMPT
5F 05   changes PERSISTENT RESERVE OUT, PREEMPT AND ABORT
5F 06   changes PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY
5F 07   changes PERSISTENT RESERVE OUT, REGISTER AND MOVE
5F 08   changes PERSISTENT RESERVE OUT, REPLACE LOST RESERVATION
7E      changes EXTENDED CDB
7F      changes VARIABLE LENGTH CDB
7F 0003 reads   XDREAD(32)
7F 0004 changes XDWRITE(32)
7F 0006 changes XPWRITE(32)
7F 0007 changes XDWRITEREAD(32)
7F 0009 reads   READ(32)
7F 000A reads   VERIFY(32)
7F 000B changes WRITE(32)
7F 000C changes WRITE AND VERIFY(32)
7F 000D changes WRITE SAME(32)
7F 000E changes ORWRITE(32)
7F 000F changes WRITE ATOMIC(32)
7F 0010 changes WRITE STREAM(32)
7F 0011 changes WRITE SCATTERED(32)
7F 0012 reads   GET LBA STATUS(32)
7F 1FF0 changes ATA PASS-THROUGH(32)
80      changes WRITE FILEMARKS(16)
81      changes READ REVERSE(16)
82      changes ALLOW OVERWRITE
83      changes THIRD-PARTY COPY OUT
83 00   changes EXTENDED COPY(LID1)
83 01   changes EXTENDED COPY(LID4)
83 10   changes POPULATE TOKEN
83 11   changes WRITE USING TOKEN
83 16   changes SET TAPE STREAM MIRRORING
83 1C   changes COPY OPERATION ABORT
84      changes THIRD-PARTY COPY IN
84 00   reads   RECEIVE COPY STATUS(LID1)
84 01   reads   RECEIVE COPY DATA(LID1)
84 03   reads   RECEIVE COPY OPERATING PARAMETERS
84 04   reads   RECEIVE COPY FAILURE DETAILS(LID1)
84 05   reads   RECEIVE COPY STATUS(LID4)
84 06   reads   RECEIVE COPY DATA(LID4)
84 07   reads   RECEIVE ROD TOKEN INFORMATION
84 08   reads   REPORT ALL ROD TOKENS
84 16   reads   REPORT TAPE STREAM MIRRORING
85      changes ATA PASS-THROUGH(16)
86      changes ACCESS CONTROL IN
87      changes ACCESS CONTROL OUT
88      reads   READ(16)
89      changes COMPARE AND WRITE
8A      changes WRITE(16)
8B      changes ORWRITE(16)
8C      reads   READ ATTRIBUTE
8D      changes WRITE ATTRIBUTE
8E      changes WRITE AND VERIFY(16)
8F      reads   VERIFY(16)
90      reads   PRE-FETCH(16)
91      changes SYNCHRONIZE CACHE(16)
92      changes LOCATE(16)
93      changes WRITE SAME(16)
94      changes ZBC OUT
94 01   changes CLOSE ZONE
94 02   changes FINISH ZONE
94 03   changes OPEN ZONE
94 04   changes RESET WRITE POINTER
94 10   changes SEQUENTIALIZE ZONE
95      changes ZBC IN
95 00   reads   REPORT ZONES
95 06   reads   REPORT REALMS
95 07   reads   REPORT ZONE DOMAINS
95 08   changes ZONE ACTIVATE
95 09   reads   ZONE QUERY
96      changes WRITE BUFFER(16)
9A      changes WRITE STREAM(16)
9B      reads   READ BUFFER(16)
9C      changes WRITE ATOMIC(16)
9D      changes SERVICE ACTION BIDIRECTIONAL
9E      changes SERVICE ACTION IN(16)
9E 0F   reads   RECEIVE BINDING REPORT
9E 10   reads   READ CAPACITY(16)
9E 11   reads   READ LONG(16)
9E 12   reads   GET LBA STATUS(16)
9E 13   reads   REPORT REFERRALS
9E 14   changes STREAM CONTROL
9E 15   changes BACKGROUND CONTROL
9E 16   reads   GET STREAM STATUS
9E 17   reads   GET PHYSICAL ELEMENT STATUS
9E 18   changes REMOVE ELEMENT AND TRUNCATE
9E 19   changes RESTORE ELEMENTS AND REBUILD
9E 1A   changes REMOVE ELEMENT AND MODIFY ZONES
9F      changes SERVICE ACTION OUT(16)
9F 0B   changes TEST BIND
9F 0C   changes PREPARE BINDING REPORT
9F 0D   changes SET AFFILIATION
9F 0E   changes BIND
9F 0F   changes UNBIND
9F 11   changes WRITE LONG(16)
9F 12   changes WRITE SCATTERED(16)
A0      reads   REPORT LUNS
A1      changes ATA PASS-THROUGH(12)
A2      reads   SECURITY PROTOCOL IN
A3      changes MAINTENANCE IN
A3 05   reads   REPORT IDENTIFYING INFORMATION
A3 0A   reads   REPORT TARGET PORT GROUPS
A3 0B   reads   REPORT ALIASES
A3 0C   reads   REPORT SUPPORTED OPERATION CODES
A3 0D   reads   REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS
A3 0E   reads   REPORT PRIORITY
A3 0F   reads   REPORT TIMESTAMP
A3 10   reads   MANAGEMENT PROTOCOL IN
A3 1D   reads   REPORT PROVISIONING INITIALIZATION PATTERN
A4      changes MAINTENANCE OUT
A4 06   changes SET IDENTIFYING INFORMATION
A4 0A   changes SET TARGET PORT GROUPS
A4 0B   changes CHANGE ALIASES
A4 0C   changes REMOVE I_T NEXUS
A4 0E   changes SET PRIORITY
A4 0F   changes SET TIMESTAMP
A4 10   changes MANAGEMENT PROTOCOL OUT
A5      changes MOVE MEDIUM
A8      reads   READ(12)
A9      changes SERVICE ACTION OUT(12)
AA      changes WRITE(12)
AB      changes SERVICE ACTION IN(12)
AB 01   reads   READ MEDIA SERIAL NUMBER
AE      changes WRITE AND VERIFY(12)
AF      reads   VERIFY(12)
B5      changes SECURITY PROTOCOL OUT
B7      reads   READ DEFECT DATA(12)
B8      reads   READ ELEMENT STATUS
"""


def _operation(line: str) -> tuple[tuple[int, int | None], tuple[str, bool]]:
    action = line[3:7].strip()
    return (int(line[0:2], 16), int(action, 16) if action else None), (line[16:], line[8:15].strip() != "reads")


#: (operation code, service action or None) to the command's name, and whether it changes the device.
OPERATIONS: dict[tuple[int, int | None], tuple[str, bool]] = dict(map(_operation, _OPERATIONS.splitlines()))

_VARIABLE_LENGTH = 0x7F
#: Operation codes whose meaning depends on a service action.
_WITH_SERVICE_ACTION = frozenset(operation_code for operation_code, action in OPERATIONS if action is not None) | {
    0x86, 0x87, 0x9D, 0xA9}


def _changes_by_saving(cdb: bytes) -> bool:
    """LOG SENSE with the SP bit saves the parameters (SPC-6 6.9)."""
    return bool(cdb[1] & 0x01)


def _changes_by_mode(cdb: bytes) -> bool:
    """READ BUFFER does more than read in some modes (SPC-6 6.21).

    Mode 1Ah changes an expander's mode; 1Ch with buffer ID FEh or FFh clears the error history.
    """
    mode = cdb[1] & 0x1F
    return mode == 0x1A or mode == 0x1C and cdb[2] >= 0xFE


def _changes_by_protocol(cdb: bytes) -> bool:
    """SECURITY PROTOCOL IN advances a protocol, except for protocol 00h, which lists the others (SPC-6 6.40)."""
    return cdb[1] != 0


#: Commands whose fields decide whether they change something.
_DEPENDS: dict[int, Callable[[bytes], bool]] = {
    0x3C: _changes_by_mode, 0x4D: _changes_by_saving, 0x9B: _changes_by_mode, 0xA2: _changes_by_protocol,
}
_DEPENDS_ON_BYTES = 3

#: The service actions of RECEIVE COPY RESULTS after which the copy manager may forget an operation that has ended
#: (SPC-4 6.18).
_DISCARDS = frozenset((0x84, action) for action in (0x00, 0x01, 0x04, 0x05, 0x06, 0x07))


def service_action(cdb: bytes) -> int | None:
    """The service action of a CDB; ``None`` if its operation code has none, or the CDB ends before it."""
    if not cdb or cdb[0] not in _WITH_SERVICE_ACTION:
        return None
    if cdb[0] == _VARIABLE_LENGTH:
        return int.from_bytes(cdb[8:10], "big") if len(cdb) >= 10 else None
    return cdb[1] & 0x1F if len(cdb) >= 2 else None


def operation_name(cdb: bytes) -> str:
    """The command's name in the standard; "operation code C1h" for an unknown one."""
    if not cdb:
        return "empty CDB"
    action = service_action(cdb)
    known = OPERATIONS.get((cdb[0], action))
    if known:
        return known[0]
    name = name_of_operation_code(cdb[0]) or f"operation code {cdb[0]:02X}h"
    return name if action is None else f"{name}, service action {action:02X}h"


def name_of_operation_code(operation_code: int) -> str | None:
    """The name that all commands of an operation code share; ``None`` for an unknown one."""
    known = OPERATIONS.get((operation_code, None))
    return known[0] if known else None


def name_of_service_action(operation_code: int, action: int) -> str | None:
    """The name of the command that a service action stands for; ``None`` for an unknown one."""
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


def discards(cdb: bytes) -> bool:
    """True for a command that reads, but whose answer the device may forget once it has returned it."""
    return bool(cdb) and (cdb[0], service_action(cdb)) in _DISCARDS

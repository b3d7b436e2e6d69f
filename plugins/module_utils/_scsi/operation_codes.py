# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of commands (SPC-6 annex D; SBC-5, SSC-5, ZBC-2).

Operation codes mean different things to different kinds of device. Names are those of disks and what disks share with
tapes. Which commands only read is in `reading_commands`.
"""

from __future__ import annotations

# Operation code, service action, name. As text, because that compiles and loads in no time, while a dictionary literal
# would cost every module milliseconds when it starts.
_OPERATIONS = """\
00      TEST UNIT READY
01      REWIND
03      REQUEST SENSE
04      FORMAT UNIT
05      READ BLOCK LIMITS
07      REASSIGN BLOCKS
08      READ(6)
0A      WRITE(6)
0B      SEEK(6)
0F      READ REVERSE(6)
10      WRITE FILEMARKS(6)
11      SPACE(6)
12      INQUIRY
13      VERIFY(6)
14      RECOVER BUFFERED DATA
15      MODE SELECT(6)
16      RESERVE(6)
17      RELEASE(6)
18      COPY
19      ERASE(6)
1A      MODE SENSE(6)
1B      START STOP UNIT
1C      RECEIVE DIAGNOSTIC RESULTS
1D      SEND DIAGNOSTIC
1E      PREVENT ALLOW MEDIUM REMOVAL
25      READ CAPACITY(10)
28      READ(10)
2A      WRITE(10)
2B      SEEK(10)
2C      ERASE(10)
2E      WRITE AND VERIFY(10)
2F      VERIFY(10)
34      PRE-FETCH(10)
35      SYNCHRONIZE CACHE(10)
37      READ DEFECT DATA(10)
38      FORMAT WITH PRESET
3B      WRITE BUFFER(10)
3C      READ BUFFER(10)
3E      READ LONG(10)
3F      WRITE LONG(10)
41      WRITE SAME(10)
42      UNMAP
44      REPORT DENSITY SUPPORT
48      SANITIZE
48 01   SANITIZE, OVERWRITE
48 02   SANITIZE, BLOCK ERASE
48 03   SANITIZE, CRYPTOGRAPHIC ERASE
48 1F   SANITIZE, EXIT FAILURE MODE
4C      LOG SELECT
4D      LOG SENSE
50      XDWRITE(10)
51      XPWRITE(10)
53      XDWRITEREAD(10)
55      MODE SELECT(10)
56      RESERVE(10)
57      RELEASE(10)
5A      MODE SENSE(10)
5E      PERSISTENT RESERVE IN
5E 00   PERSISTENT RESERVE IN, READ KEYS
5E 01   PERSISTENT RESERVE IN, READ RESERVATION
5E 02   PERSISTENT RESERVE IN, REPORT CAPABILITIES
5E 03   PERSISTENT RESERVE IN, READ FULL STATUS
5F      PERSISTENT RESERVE OUT
5F 00   PERSISTENT RESERVE OUT, REGISTER
5F 01   PERSISTENT RESERVE OUT, RESERVE
5F 02   PERSISTENT RESERVE OUT, RELEASE
5F 03   PERSISTENT RESERVE OUT, CLEAR
5F 04   PERSISTENT RESERVE OUT, PREEMPT
5F 05   PERSISTENT RESERVE OUT, PREEMPT AND ABORT
5F 06   PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY
5F 07   PERSISTENT RESERVE OUT, REGISTER AND MOVE
5F 08   PERSISTENT RESERVE OUT, REPLACE LOST RESERVATION
7E      EXTENDED CDB
7F      VARIABLE LENGTH CDB
7F 0003 XDREAD(32)
7F 0004 XDWRITE(32)
7F 0006 XPWRITE(32)
7F 0007 XDWRITEREAD(32)
7F 0009 READ(32)
7F 000A VERIFY(32)
7F 000B WRITE(32)
7F 000C WRITE AND VERIFY(32)
7F 000D WRITE SAME(32)
7F 000E ORWRITE(32)
7F 000F WRITE ATOMIC(32)
7F 0010 WRITE STREAM(32)
7F 0011 WRITE SCATTERED(32)
7F 0012 GET LBA STATUS(32)
7F 1FF0 ATA PASS-THROUGH(32)
80      WRITE FILEMARKS(16)
81      READ REVERSE(16)
82      ALLOW OVERWRITE
83      THIRD-PARTY COPY OUT
83 00   EXTENDED COPY(LID1)
83 01   EXTENDED COPY(LID4)
83 10   POPULATE TOKEN
83 11   WRITE USING TOKEN
83 16   SET TAPE STREAM MIRRORING
83 1C   COPY OPERATION ABORT
84      THIRD-PARTY COPY IN
84 00   RECEIVE COPY STATUS(LID1)
84 01   RECEIVE COPY DATA(LID1)
84 03   RECEIVE COPY OPERATING PARAMETERS
84 04   RECEIVE COPY FAILURE DETAILS(LID1)
84 05   RECEIVE COPY STATUS(LID4)
84 06   RECEIVE COPY DATA(LID4)
84 07   RECEIVE ROD TOKEN INFORMATION
84 08   REPORT ALL ROD TOKENS
84 16   REPORT TAPE STREAM MIRRORING
85      ATA PASS-THROUGH(16)
86      ACCESS CONTROL IN
87      ACCESS CONTROL OUT
88      READ(16)
89      COMPARE AND WRITE
8A      WRITE(16)
8B      ORWRITE(16)
8C      READ ATTRIBUTE
8D      WRITE ATTRIBUTE
8E      WRITE AND VERIFY(16)
8F      VERIFY(16)
90      PRE-FETCH(16)
91      SYNCHRONIZE CACHE(16)
92      LOCATE(16)
93      WRITE SAME(16)
94      ZBC OUT
94 01   CLOSE ZONE
94 02   FINISH ZONE
94 03   OPEN ZONE
94 04   RESET WRITE POINTER
94 10   SEQUENTIALIZE ZONE
95      ZBC IN
95 00   REPORT ZONES
95 06   REPORT REALMS
95 07   REPORT ZONE DOMAINS
95 08   ZONE ACTIVATE
95 09   ZONE QUERY
96      WRITE BUFFER(16)
9A      WRITE STREAM(16)
9B      READ BUFFER(16)
9C      WRITE ATOMIC(16)
9D      SERVICE ACTION BIDIRECTIONAL
9E      SERVICE ACTION IN(16)
9E 0F   RECEIVE BINDING REPORT
9E 10   READ CAPACITY(16)
9E 11   READ LONG(16)
9E 12   GET LBA STATUS(16)
9E 13   REPORT REFERRALS
9E 14   STREAM CONTROL
9E 15   BACKGROUND CONTROL
9E 16   GET STREAM STATUS
9E 17   GET PHYSICAL ELEMENT STATUS
9E 18   REMOVE ELEMENT AND TRUNCATE
9E 19   RESTORE ELEMENTS AND REBUILD
9E 1A   REMOVE ELEMENT AND MODIFY ZONES
9F      SERVICE ACTION OUT(16)
9F 0B   TEST BIND
9F 0C   PREPARE BINDING REPORT
9F 0D   SET AFFILIATION
9F 0E   BIND
9F 0F   UNBIND
9F 11   WRITE LONG(16)
9F 12   WRITE SCATTERED(16)
A0      REPORT LUNS
A1      ATA PASS-THROUGH(12)
A2      SECURITY PROTOCOL IN
A3      MAINTENANCE IN
A3 05   REPORT IDENTIFYING INFORMATION
A3 0A   REPORT TARGET PORT GROUPS
A3 0B   REPORT ALIASES
A3 0C   REPORT SUPPORTED OPERATION CODES
A3 0D   REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS
A3 0E   REPORT PRIORITY
A3 0F   REPORT TIMESTAMP
A3 10   MANAGEMENT PROTOCOL IN
A3 1D   REPORT PROVISIONING INITIALIZATION PATTERN
A4      MAINTENANCE OUT
A4 06   SET IDENTIFYING INFORMATION
A4 0A   SET TARGET PORT GROUPS
A4 0B   CHANGE ALIASES
A4 0C   REMOVE I_T NEXUS
A4 0E   SET PRIORITY
A4 0F   SET TIMESTAMP
A4 10   MANAGEMENT PROTOCOL OUT
A5      MOVE MEDIUM
A8      READ(12)
A9      SERVICE ACTION OUT(12)
AA      WRITE(12)
AB      SERVICE ACTION IN(12)
AB 01   READ MEDIA SERIAL NUMBER
AE      WRITE AND VERIFY(12)
AF      VERIFY(12)
B5      SECURITY PROTOCOL OUT
B7      READ DEFECT DATA(12)
B8      READ ELEMENT STATUS
"""


def _operation(line: str) -> tuple[tuple[int, int | None], str]:
    action = line[3:7].strip()
    return (int(line[0:2], 16), int(action, 16) if action else None), line[8:]


#: (operation code, service action or None) to the command's name.
OPERATIONS: dict[tuple[int, int | None], str] = dict(map(_operation, _OPERATIONS.splitlines()))

_VARIABLE_LENGTH = 0x7F
#: Operation codes whose meaning depends on a service action.
_WITH_SERVICE_ACTION = frozenset(operation_code for operation_code, action in OPERATIONS if action is not None) | {
    0x86, 0x87, 0x9D, 0xA9}


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
        return known
    name = name_of_operation_code(cdb[0]) or f"operation code {cdb[0]:02X}h"
    return name if action is None else f"{name}, service action {action:02X}h"


def name_of_operation_code(operation_code: int) -> str | None:
    """The name that all commands of an operation code share; ``None`` for an unknown one."""
    return OPERATIONS.get((operation_code, None))


def name_of_service_action(operation_code: int, action: int) -> str | None:
    """The name of the command that a service action stands for; ``None`` for an unknown one."""
    return OPERATIONS.get((operation_code, action))

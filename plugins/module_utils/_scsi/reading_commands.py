# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commands only read, by peripheral device type: the list of what check mode lets through.

A command that is not listed for a type of device, or whose fields are other than those listed, counts as changing it:
an operation code can mean something else to another type of device, and one that only returns data can still move a
tape or a robot, or clear what it returns.

A unit attention condition is no such thing: it is reported once, whatever the command (SAM-6 5.14).
"""

from __future__ import annotations

from typing import Callable

from .ata_reading_commands import ata_only_reads
from .device_types import CD_DRIVE, DISKS, ENCLOSURE, MEDIA_CHANGER, TAPE
from .operation_codes import service_action

#: The kinds of devices below: D disks, T tapes, M media changers, C CD and DVD drives, E enclosures, P all others.
_KINDS = {**dict.fromkeys(DISKS, "D"), TAPE: "T", MEDIA_CHANGER: "M", CD_DRIVE: "C", ENCLOSURE: "E"}
_OTHERS = "P"
_EVERY_KIND = "DTMCEP"

# Operation code, service action, kinds of devices, what else decides (see _CONDITIONS), and the clause that says what
# the command returns, and does not do. Clauses of SPC-6 and SBC-5 are those of working drafts; those that are named by
# the command alone have had several numbers. As text, because that compiles and loads in no time.
_READS = """\
00      DTMCEP -          SPC-6 6, TEST UNIT READY command
03      DTMCEP -          SPC-6 6, REQUEST SENSE command
12      DTMCEP -          SPC-6 6.7, INQUIRY
1A      DTMCEP -          SPC-6 6.13, MODE SENSE(6)
1C      DTMCEP diagnostic SPC-6 6.32, RECEIVE DIAGNOSTIC RESULTS; SES-4 6.1
3C      DTMCEP buffer10   SPC-6 6.21, READ BUFFER(10)
4D      DTMCEP log        SPC-6 6.9, LOG SENSE
5A      DTMCEP -          SPC-6 6.14, MODE SENSE(10)
5E 00   DTMCEP -          SPC-6 6, PERSISTENT RESERVE IN command, READ KEYS
5E 01   DTMCEP -          SPC-6 6, PERSISTENT RESERVE IN command, READ RESERVATION
5E 02   DTMCEP -          SPC-6 6, PERSISTENT RESERVE IN command, REPORT CAPABILITIES
5E 03   DTMCEP -          SPC-6 6, PERSISTENT RESERVE IN command, READ FULL STATUS
84 00   DTMCEP discards   SPC-4 6.18, RECEIVE COPY STATUS(LID1)
84 01   DTMCEP discards   SPC-4 6.17, RECEIVE COPY DATA(LID1)
84 03   DTMCEP -          SPC-6 6.23, RECEIVE COPY OPERATING PARAMETERS
84 04   DTMCEP discards   SPC-4 6.22, RECEIVE COPY FAILURE DETAILS(LID1)
84 05   DTMCEP discards   SPC-6 6.24, RECEIVE COPY STATUS(LID4)
84 06   DTMCEP discards   SPC-6 6, RECEIVE COPY DATA(LID4) command
84 07   DTMCEP discards   SPC-6 6, RECEIVE ROD TOKEN INFORMATION command
84 08   DTMCEP -          SPC-6 6, REPORT ALL ROD TOKENS command
9B      DTMCEP buffer16   SPC-6 6, READ BUFFER(16) command
A0      DTMCEP -          SPC-6 6.36, REPORT LUNS
A2      DTM EP protocol   SPC-6 6.40, SECURITY PROTOCOL IN
A3 05   DTM EP -          SPC-6 6, REPORT IDENTIFYING INFORMATION command
A3 0A   DTM EP -          SPC-6 6, REPORT TARGET PORT GROUPS command
A3 0B   DTM EP -          SPC-6 6, REPORT ALIASES command
A3 0C   DTM EP -          SPC-6 6, REPORT SUPPORTED OPERATION CODES command
A3 0D   DTM EP -          SPC-6 6, REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS command
A3 0E   DTM EP -          SPC-6 6, REPORT PRIORITY command
A3 0F   DTM EP -          SPC-6 6, REPORT TIMESTAMP command
A3 10   DTM EP management SPC-6 6, MANAGEMENT PROTOCOL IN command
8C      DT     attribute  SPC-6 6, READ ATTRIBUTE command
08      D      -          SBC-3, READ(6) command
25      D  C   -          SBC-5 5, READ CAPACITY(10) command; MMC-6, READ CAPACITY command
28      D  C   -          SBC-5 5, READ(10) command; MMC-6, READ(10) command
2F      D      verify     SBC-5 5, VERIFY(10) command
34      D      -          SBC-5 5, PRE-FETCH(10) command
37      D      -          SBC-5 5.23, READ DEFECT DATA(10)
3E      D      -          SBC-3, READ LONG(10) command
7F 0009 D      -          SBC-5 5, READ(32) command
7F 000A D      verify32   SBC-5 5, VERIFY(32) command
7F 0012 D      -          SBC-5 5, GET LBA STATUS(32) command
85      D      ata        SAT-5 12.2.3, ATA PASS-THROUGH(16), and the ATA command
88      D      -          SBC-5 5, READ(16) command
8F      D      verify     SBC-5 5, VERIFY(16) command
90      D      -          SBC-5 5, PRE-FETCH(16) command
95 00   D      -          ZBC-2, REPORT ZONES command
95 06   D      -          ZBC-2, REPORT REALMS command
95 07   D      -          ZBC-2, REPORT ZONE DOMAINS command
95 09   D      -          ZBC-2, ZONE QUERY command
9E 10   D      -          SBC-5 5, READ CAPACITY(16) command
9E 11   D      -          SBC-3, READ LONG(16) command
9E 12   D      -          SBC-5 5, GET LBA STATUS(16) command
9E 13   D      -          SBC-5 5, REPORT REFERRALS command
9E 16   D      -          SBC-5 5.10, GET STREAM STATUS
9E 17   D      -          SBC-5 5, GET PHYSICAL ELEMENT STATUS command
A1      D      ata        SAT-5 12.2.2, ATA PASS-THROUGH(12), and the ATA command
A3 1D   D      -          SBC-5 5, REPORT PROVISIONING INITIALIZATION PATTERN command
A8      D  C   -          SBC-5 5, READ(12) command; MMC-6, READ(12) command
AB 01   D  C   -          SPC-4 6, READ MEDIA SERIAL NUMBER command; MMC-6
AF      D      verify     SBC-5 5, VERIFY(12) command
B7      D      -          SBC-5 5.24, READ DEFECT DATA(12)
05       T     -          SSC-5, READ BLOCK LIMITS command
34       T     -          SSC-5, READ POSITION command
44       T     -          SSC-5, REPORT DENSITY SUPPORT command
84 16    T     -          SSC-5, REPORT TAPE STREAM MIRRORING service action
44        M    -          SMC-3, REPORT VOLUME TYPES SUPPORTED command
B8        M    unmoved    SMC-3, READ ELEMENT STATUS command
23         C   -          MMC-6, READ FORMAT CAPACITIES command
43         C   -          MMC-6, READ TOC/PMA/ATIP command
46         C   -          MMC-6, GET CONFIGURATION command
51         C   -          MMC-6, READ DISC INFORMATION command
52         C   -          MMC-6, READ TRACK INFORMATION command
5C         C   -          MMC-6, READ BUFFER CAPACITY command
AC         C   -          MMC-6, GET PERFORMANCE command
B9         C   -          MMC-6, READ CD MSF command
BD         C   -          MMC-6, MECHANISM STATUS command
BE         C   -          MMC-6, READ CD command
"""


def _entry(line: str) -> tuple[tuple[int, int | None], tuple[str, str, str]]:
    action = line[3:7].strip()
    return ((int(line[0:2], 16), int(action, 16) if action else None),
            (line[8:14].replace(" ", ""), line[15:25].strip(), line[26:]))


def _listed() -> dict[tuple[int, int | None], list[tuple[str, str, str]]]:
    found: dict[tuple[int, int | None], list[tuple[str, str, str]]] = {}
    for line in _READS.splitlines():
        key, entry = _entry(line)
        found.setdefault(key, []).append(entry)
    return found


#: (operation code, service action or None) to the kinds of devices, what else decides, and the clause. Some have two
#: entries, as their operation code has a meaning of its own for each of two kinds.
READING_COMMANDS = _listed()

#: The length of a CDB, and the place of its control byte, by the top three bits of its operation code (SAM-6 5.2).
_LENGTHS = {0: 6, 1: 10, 2: 10, 4: 16, 5: 12}
_VARIABLE_LENGTH, _SHORTEST_VARIABLE = 0x7F, 32
_VARIABLE_CONTROL = 1

#: Log pages that reading leaves as they are, whatever the device (SPC-6 7.3, SBC-5 6.4, SSC-5, SMC-3). Reading
#: TapeAlert (2Eh) clears its flags. Reading TapeAlert response (12h) does not, but clears a bit of an automation/drive
#: interface's DT device status, which is 11h where disks have solid state media. Of the vendor-specific pages some
#: clear as well; known to only report are, on disks, Seagate's FARM log (3Dh), and those that Seagate and its former
#: competitors call cache statistics (37h) and factory log (3Eh).
_LOG_PAGES = frozenset((*range(0x09), *range(0x0B, 0x11), *range(0x14, 0x1C), 0x2F))
_MORE_LOG_PAGES = {"D": frozenset((0x11, 0x37, 0x3D, 0x3E)), "T": frozenset((0x12,)), "M": frozenset((0x12,))}

#: Modes of READ BUFFER that return a buffer's content or descriptor, or the content of the echo buffer (SPC-6 6.21).
#: Mode 01h is vendor specific, 1Ah changes an expander's mode.
_BUFFER_MODES = frozenset((0x00, 0x02, 0x03, 0x0A, 0x0B))
_ERROR_HISTORY = 0x1C
#: Error history data. Of the other buffers, the directories (00h to 03h) take a new snapshot or discard the present
#: one, or choose who may read it, and FEh and FFh release or clear it.
_ERROR_HISTORY_DATA = range(0x10, 0xF0)
#: Pages from 80h on are vendor specific.
_DIAGNOSTIC_PAGES = range(0x80)
#: Attribute values, list, volume list, partition list, supported attributes.
_ATTRIBUTE_ACTIONS = (0x00, 0x01, 0x02, 0x03, 0x05)
_CURRENT_DATA = 0x02
_BYTE_CHECK = 0x06


def _log(cdb: bytes, kind: str) -> bool:
    """With SP the parameters are saved; PPC, of older standards, asks for those that changed since the last time."""
    return not cdb[1] and (cdb[2] & 0x3F in _LOG_PAGES or cdb[2] & 0x3F in _MORE_LOG_PAGES.get(kind, ()))


def _buffer(mode: int, buffer_id: int) -> bool:
    """The upper bits of the byte with the mode, MODE SPECIFIC, must be zero."""
    return mode in _BUFFER_MODES or mode == _ERROR_HISTORY and buffer_id in _ERROR_HISTORY_DATA


#: What decides beside the operation code, of the CDB and the kind of device.
_CONDITIONS: dict[str, Callable[[bytes, str], bool]] = {
    "-": lambda cdb, kind: True,
    # Reads, but the device may then forget what it returned: see `discards`.
    "discards": lambda cdb, kind: True,
    # Without PCV the results are those of the last SEND DIAGNOSTIC.
    "diagnostic": lambda cdb, kind: not cdb[1] & 0x01 or cdb[2] in _DIAGNOSTIC_PAGES,
    # In the long form the bytes of the buffer ID belong to the offset, and the ID comes after the length.
    "buffer10": lambda cdb, kind: _buffer(cdb[1], cdb[2]),
    "buffer16": lambda cdb, kind: _buffer(cdb[1], cdb[14]),
    "log": _log,
    # Protocol 00h lists the others, which a request may advance.
    "protocol": lambda cdb, kind: cdb[1] == 0,
    "management": lambda cdb, kind: cdb[2] == 0,
    "attribute": lambda cdb, kind: cdb[1] & 0x1F in _ATTRIBUTE_ACTIONS,
    # With another BYTCHK the command takes data.
    "verify": lambda cdb, kind: not cdb[1] & _BYTE_CHECK,
    "verify32": lambda cdb, kind: not cdb[10] & _BYTE_CHECK,
    # Without CURDATA the changer may move to find out.
    "unmoved": lambda cdb, kind: bool(cdb[6] & _CURRENT_DATA),
    "ata": lambda cdb, kind: ata_only_reads(cdb),
}


def kinds_of(device_type: int | None) -> str:
    """The kind of devices that a peripheral device type belongs to; all kinds for an unknown one, ``None``."""
    return _EVERY_KIND if device_type is None else _KINDS.get(device_type, _OTHERS)


def _is_whole(cdb: bytes) -> bool:
    """Whether a CDB has all its bytes, and its control byte asks for nothing, such as an ACA condition (SAM-6 5.2)."""
    if not cdb:
        return False
    if cdb[0] == _VARIABLE_LENGTH:
        return len(cdb) >= _SHORTEST_VARIABLE and cdb[_VARIABLE_CONTROL] == 0
    length = _LENGTHS.get(cdb[0] >> 5)
    return length is not None and len(cdb) >= length and cdb[length - 1] == 0


def changes(cdb: bytes, device_type: int | None = None) -> bool:
    """True for a command that changes a device of this type, and for every one that is not known to only read.

    Without a device type, for one that does not only read on every type of device.
    """
    entries = READING_COMMANDS.get((cdb[0], service_action(cdb))) if _is_whole(cdb) else None
    return entries is None or not all(
        any(kind in kinds and _CONDITIONS[condition](cdb, kind) for kinds, condition, _clause in entries)
        for kind in kinds_of(device_type))


def discards(cdb: bytes) -> bool:
    """True for a command that reads, but whose answer the device may forget once it has returned it (SPC-4 6.18)."""
    return any(condition == "discards" for _kinds, condition, _clause in READING_COMMANDS.get(
        (cdb[0], service_action(cdb)) if cdb else (-1, None), ()))

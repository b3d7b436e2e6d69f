# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Linux kernel lets through: the opcode tables of SG_IO, and explanations of its refusals.

Sources: drivers/scsi/scsi_ioctl.c (``scsi_cmd_allowed``), drivers/scsi/sg.c (``sg_allow_access``), drivers/scsi/st.c
(``st_ioctl``), and "The Linux SG_IO ioctl in the 2.6 series" of July 2008 for what older kernels did.

A process with CAP_SYS_RAWIO may send anything on any open. Without it the first byte of the CDB decides on block and
bsg nodes: some opcodes pass on any open, some on an open for writing, the rest never. An sg node opened for reading and
writing passes everything; opened for reading, only the first list. A tape node passes nothing.

The kernel looks at one byte, so commands that change a disk pass an open for reading where a CD reader's harmless
command has the same number: UNMAP (42h, READ SUB-CHANNEL), SANITIZE (48h, PLAY AUDIO TRACK INDEX), MAINTENANCE OUT
(A4h, REPORT KEY), STREAM CONTROL (9Eh, SERVICE ACTION IN). So check mode does not rely on the kernel.
"""

from __future__ import annotations

import errno
import os

from ..command import Command
from .nodes import SG, TAPE, Node

READ = "read"
WRITE = "write"
RAWIO = "rawio"

#: Opcodes that pass on any open (kernel 6.x).
READ_OPCODES: frozenset[int] = frozenset((
    0x00,  # TEST UNIT READY
    0x03,  # REQUEST SENSE
    0x08, 0x28, 0x88, 0xA8,  # READ (6), (10), (16), (12)
    0x12,  # INQUIRY
    0x1A, 0x5A,  # MODE SENSE (6), (10)
    0x1B,  # START STOP UNIT
    0x1C,  # RECEIVE DIAGNOSTIC RESULTS
    0x25,  # READ CAPACITY (10)
    0x2F, 0x8F,  # VERIFY (10), (16)
    0x37,  # READ DEFECT DATA (10)
    0x3C,  # READ BUFFER
    0x3E,  # READ LONG (10)
    0x4D,  # LOG SENSE
    0x95,  # ZBC IN
    0x9E,  # SERVICE ACTION IN (16)
    0xA0,  # REPORT LUNS
    0xA3,  # MAINTENANCE IN
    # Commands of MMC for CD and DVD readers: READ FORMAT CAPACITIES, SEEK, READ SUB-CHANNEL, READ TOC, READ HEADER, the
    # audio commands, GET CONFIGURATION, GET EVENT STATUS, PAUSE/RESUME, STOP, READ DISC and TRACK INFORMATION, READ
    # BUFFER CAPACITY, REPORT KEY, GET PERFORMANCE, READ DVD STRUCTURE, READ CD MSF, SCAN, PLAY CD, READ CD
    0x23, 0x2B, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4A, 0x4B, 0x4E, 0x51, 0x52, 0x5C, 0xA4, 0xAC, 0xAD, 0xB9,
    0xBA, 0xBC, 0xBE,
))

#: Opcodes that pass on an open for writing as well (kernel 6.x).
WRITE_OPCODES: frozenset[int] = frozenset((
    0x04,  # FORMAT UNIT
    0x0A, 0x2A, 0x8A, 0xAA,  # WRITE (6), (10), (16), (12)
    0x0D, 0x41, 0x93,  # WRITE SAME: the kernel's number for (32), (10), (16)
    0x15, 0x55,  # MODE SELECT (6), (10)
    0x19,  # ERASE
    0x1E,  # PREVENT ALLOW MEDIUM REMOVAL
    0x2E, 0xAE,  # WRITE AND VERIFY (10), (12)
    0x35,  # SYNCHRONIZE CACHE (10)
    0x3F, 0xEA,  # WRITE LONG
    0x4C,  # LOG SELECT
    0x94,  # ZBC OUT
    # MMC: RESERVE TRACK, SEND OPC, REPAIR TRACK, CLOSE TRACK, SEND CUE SHEET, BLANK, SEND EVENT, LOAD/UNLOAD,
    # SET READ AHEAD, SET STREAMING, SET SPEED, SEND DVD STRUCTURE
    0x53, 0x54, 0x58, 0x5B, 0x5D, 0xA1, 0xA2, 0xA6, 0xA7, 0xB6, 0xBB, 0xBF,
))

#: Opcodes that older kernels reserved for CAP_SYS_RAWIO on block nodes, and the version that changed that.
ADDED_LATER: dict[int, str] = {
    0x1C: "2.6.31", 0x9E: "2.6.31", 0xA0: "2.6.31", 0xA3: "2.6.31",
    0x0D: "4.11", 0x41: "4.11", 0x93: "4.11", 0xA7: "3.0", 0x94: "5.7", 0x95: "5.7",
}

_CAP_SYS_RAWIO = 17


#: How the initial user namespace maps its users: all, each to itself.
_INITIAL_NAMESPACE = ["0", "0", "4294967295"]


def has_rawio(status_file: str = "/proc/self/status", uid_map_file: str = "/proc/self/uid_map") -> bool:
    """True if this process has CAP_SYS_RAWIO in effect and is not in a user namespace, where it has no effect
    (capabilities(7); the kernel requires it in the initial namespace)."""
    try:
        with open(uid_map_file) as lines:
            if lines.read().split() != _INITIAL_NAMESPACE:
                return False
    except OSError:
        pass  # a kernel without user namespaces
    try:
        with open(status_file) as lines:
            for line in lines:
                if line.startswith("CapEff:"):
                    return bool(int(line.split()[1], 16) >> _CAP_SYS_RAWIO & 1)
    except (OSError, ValueError, IndexError):
        pass
    return False


def requirement(kind: str, operation_code: int, rawio: bool) -> str:
    """What a command needs on a node of this kind: `READ` or `WRITE`, how to open it; `RAWIO`, the capability.

    ``rawio``: whether the process has CAP_SYS_RAWIO, with which an open for reading is enough everywhere.
    """
    if rawio:
        return READ
    if kind == TAPE:
        return RAWIO
    if operation_code in READ_OPCODES:
        return READ
    if kind == SG or operation_code in WRITE_OPCODES:
        return WRITE
    return RAWIO


def explain_open(error: OSError, node: Node, for_writing: bool) -> str:
    """Explains why a node could not be opened."""
    way = "reading and writing" if for_writing else "reading"
    reasons = {
        errno.EACCES: f"this user may not open it for {way}: it is {node.ownership()}; use become: true, or a user of "
                      "that group",
        errno.EPERM: f"the kernel does not let it be opened for {way} (a container without the device?)",
        errno.ENOENT: "there is no such node",
        errno.EBUSY: "another process holds it exclusively (O_EXCL, or a tape that is in use)",
        errno.ENOMEDIUM: "there is no medium in it",
        errno.EROFS: "it is read-only; set open_mode: read_only if the command does not need more",
        errno.ENXIO: "there is no device behind the node",
        errno.ENODEV: "there is no device behind the node",
        errno.EIO: "the device does not answer the open",
    }
    return f"could not be opened: {reasons.get(error.errno or 0) or error.strerror}"


def explain(error: OSError, node: Node, command: Command, for_writing: bool) -> str:
    """Explains an SG_IO that the kernel refused: what is missing, and what would work."""
    if error.errno in (errno.EPERM, errno.EACCES):
        return refused(node, command, for_writing)
    if error.errno == errno.EFAULT and requirement(node.kind, command.cdb[0], rawio=False) != READ:
        # Kernels 3.x gave EFAULT for every failure in preparing the request, the refusal of an opcode included.
        return f"{refused(node, command, for_writing)} (the kernel returned EFAULT, as kernels 3.x do for a refusal)"
    sentence = _SENTENCES.get(error.errno or 0, "{name} could not be sent: " + str(error.strerror))
    return sentence.format(name=command.name, cdb_length=len(command.cdb),
                           length=command.data_in_length or len(command.data_out))


_SENTENCES: dict[int, str] = {
    errno.EFAULT: "{name} was not sent: the kernel could not use the request's memory (EFAULT)",
    errno.ENOTTY: "takes no SCSI commands (ENOTTY): it is a partition, or not a SCSI device; name the whole disk",
    errno.EBUSY: "{name} was not sent: another process holds the device (EBUSY)",
    errno.ENOMEDIUM: "{name} was not sent: there is no medium in the device (ENOMEDIUM)",
    errno.EINVAL: "{name} was not sent: the kernel found the request invalid, a CDB of {cdb_length} bytes and "
                  "{length} bytes of data (EINVAL); kernels before 5.19 take 16 bytes of CDB on block nodes",
    errno.EIO: "{name} was not sent: a transfer of {length} bytes is more than the host adapter takes "
               "(max_hw_sectors_kb), or the device is gone (EIO)",
    errno.EMSGSIZE: "{name} was not sent: the kernel does not take a CDB of {cdb_length} bytes (EMSGSIZE)",
    errno.ENODEV: "{name} was not sent: the device is gone or offline (ENODEV)",
    errno.ENXIO: "{name} was not sent: the device is gone or offline (ENXIO)",
    errno.ENOMEM: "{name} was not sent: the kernel has no memory for a transfer of {length} bytes (ENOMEM)",
    errno.ENOSYS: "{name} was not sent: this sg driver does not support version 3 of SG_IO (ENOSYS)",
    errno.EDOM: "{name} was not sent: the sg driver's queue is full (EDOM)",
}


def _other_node(node: Node, command: Command) -> str:
    """What would work: the drive's sg node, unless this user may not open that one either."""
    if node.kind != SG and node.sg_path:
        writing = requirement(SG, command.cdb[0], rawio=False) == WRITE
        missing = not os.path.exists(node.sg_path)
        if missing or os.access(node.sg_path, os.R_OK | os.W_OK if writing else os.R_OK):
            return f"use {node.sg_path} (the same drive), or become: true"
    return "use become: true"


def refused(node: Node, command: Command, for_writing: bool) -> str:
    """Explains EPERM, or a refusal that is certain before the command is sent."""
    need = requirement(node.kind, command.cdb[0], rawio=False)
    if need == RAWIO:
        return f"{command.name} needs CAP_SYS_RAWIO on {node.path}; {_other_node(node, command)}"
    if need == WRITE and not for_writing:
        return f"{command.name} needs {node.path} open for reading and writing; open_mode: read_only does not allow it"
    since = ADDED_LATER.get(command.cdb[0])
    if since:
        return (f"{command.name} needs CAP_SYS_RAWIO on {node.path} with kernels before {since}; "
                f"{_other_node(node, command)}")
    return f"{command.name} was refused on {node.path}; {_other_node(node, command)}"

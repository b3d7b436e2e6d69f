# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SG_IO version 3: sg, block, CD-ROM and tape nodes of Linux (include/scsi/sg.h, ``struct sg_io_hdr``)."""

from __future__ import annotations

import struct
from array import array

from ..command import MAXIMUM_SENSE_LENGTH, Command, Reply, milliseconds
from .transport import LinuxNode, check_transport

_DXFER_NONE = -1
_DXFER_TO_DEV = -2
_DXFER_FROM_DEV = -3

# Native sizes and alignment, so that it serves 32-bit kernels and processes too; "0P" pads the end as the compiler does
# (without it the structure is 4 bytes short on 64-bit machines).
_HEADER = struct.Struct("@iiBBHIPPPIIiPBBBBHHiII0P")
_OUTPUTS = (0,) * 9  # status to info: the kernel fills them


class LinuxSg(LinuxNode):
    """A node that takes version 3."""

    def _pass_through(self, descriptor: int, command: Command, timeout_seconds: float) -> Reply:
        data = array("B", bytes(command.data_in_length)) if command.data_in_length else array("B", command.data_out)
        sense = array("B", bytes(MAXIMUM_SENSE_LENGTH))
        cdb = array("B", command.cdb)
        direction = _DXFER_FROM_DEV if command.data_in_length else _DXFER_TO_DEV if command.data_out else _DXFER_NONE
        header = bytearray(_HEADER.pack(
            ord("S"), direction, len(command.cdb), MAXIMUM_SENSE_LENGTH, 0, len(data),
            data.buffer_info()[0] if data else 0, cdb.buffer_info()[0], sense.buffer_info()[0],
            milliseconds(timeout_seconds), 0, 0, 0, *_OUTPUTS))
        self._send(descriptor, header, command)
        fields = _HEADER.unpack(header)
        status, sense_length, host_status, driver_status, residual, duration = (
            fields[13], fields[16], fields[17], fields[18], fields[19], fields[20])
        check_transport(command, timeout_seconds, status, host_status, driver_status)
        # Some drivers give residuals outside of what was asked for.
        residual = min(max(residual, 0), len(data))
        received = data.tobytes()[:len(data) - residual] if command.data_in_length else b""
        return Reply(status, sense.tobytes()[:sense_length], received, residual, duration / 1000.0)

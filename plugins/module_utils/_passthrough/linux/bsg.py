# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SG_IO version 4: the /dev/bsg nodes of Linux (include/uapi/linux/bsg.h, ``struct sg_io_v4``)."""

from __future__ import annotations

import struct
from array import array

from ..command import MAXIMUM_SENSE_LENGTH, Command, Reply, milliseconds
from .transport import LinuxNode, check_transport

_GUARD = ord("Q")
_SCSI, _SCSI_COMMAND = 0, 0

# All pointers are 64 bits wide in this structure, whatever the machine; it has no holes.
_HEADER = struct.Struct("=iIIIQQIIIIQIIIIQQIIQIIIIIIIIiiQII")
_OUTPUTS = (0,) * 12  # driver_status to padding: the kernel fills them
_DRIVER_STATUS, _TRANSPORT_STATUS, _DEVICE_STATUS = 21, 22, 23
_DURATION, _RESPONSE_LENGTH, _DIN_RESIDUAL, _DOUT_RESIDUAL = 26, 27, 28, 29


class LinuxBsg(LinuxNode):
    """A bsg node."""

    def _pass_through(self, descriptor: int, command: Command, timeout_seconds: float) -> Reply:
        into = array("B", bytes(command.data_in_length))
        out = array("B", command.data_out)
        sense = array("B", bytes(MAXIMUM_SENSE_LENGTH))
        cdb = array("B", command.cdb)
        header = bytearray(_HEADER.pack(
            _GUARD, _SCSI, _SCSI_COMMAND, len(cdb), cdb.buffer_info()[0], 0, 0, 0, 0, len(sense),
            sense.buffer_info()[0], 0, len(out), 0, len(into), out.buffer_info()[0] if out else 0,
            into.buffer_info()[0] if into else 0, milliseconds(timeout_seconds), 0, 0, 0, *_OUTPUTS))
        self._send(descriptor, header, command)
        fields = _HEADER.unpack(header)
        check_transport(
            command, timeout_seconds, fields[_DEVICE_STATUS], fields[_TRANSPORT_STATUS], fields[_DRIVER_STATUS])
        wanted = len(into) or len(out)
        residual = min(max(fields[_DIN_RESIDUAL] if into else fields[_DOUT_RESIDUAL], 0), wanted)
        received = into.tobytes()[:len(into) - residual] if into else b""
        return Reply(fields[_DEVICE_STATUS], sense.tobytes()[:fields[_RESPONSE_LENGTH]], received, residual,
                     fields[_DURATION] / 1000.0)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SG_IO version 4: the /dev/bsg nodes of Linux (include/uapi/linux/bsg.h, ``struct sg_io_v4``)."""

from __future__ import annotations

import struct

from .request import Buffers, IoctlOutcome, address

_GUARD = ord("Q")
_SCSI, _SCSI_COMMAND = 0, 0

# All pointers in this structure are 64 bits wide on every machine; it has no padding.
_HEADER = struct.Struct("=iIIIQQIIIIQIIIIQQIIQIIIIIIIIiiQII")
_OUTPUTS = (0,) * 12  # driver_status to padding: the kernel fills them
_DATA_IN_LENGTH = 14
_DRIVER_STATUS, _TRANSPORT_STATUS, _DEVICE_STATUS = 21, 22, 23
_DURATION, _RESPONSE_LENGTH, _DATA_IN_RESIDUAL, _DATA_OUT_RESIDUAL = 26, 27, 28, 29


def pack(buffers: Buffers, timeout_milliseconds: int) -> bytearray:
    """The structure that asks the kernel to send the command in these buffers."""
    return bytearray(_HEADER.pack(
        _GUARD, _SCSI, _SCSI_COMMAND, len(buffers.cdb), address(buffers.cdb), 0, 0, 0, 0, len(buffers.sense),
        address(buffers.sense), 0, len(buffers.data_out), 0, len(buffers.data_in), address(buffers.data_out),
        address(buffers.data_in), timeout_milliseconds, 0, 0, 0, *_OUTPUTS))


def unpack(header: bytearray) -> IoctlOutcome:
    """What the kernel reports about the command."""
    fields = _HEADER.unpack(header)
    return IoctlOutcome(
        fields[_DEVICE_STATUS], fields[_TRANSPORT_STATUS], fields[_DRIVER_STATUS], fields[_RESPONSE_LENGTH],
        fields[_DATA_IN_RESIDUAL if fields[_DATA_IN_LENGTH] else _DATA_OUT_RESIDUAL], fields[_DURATION])

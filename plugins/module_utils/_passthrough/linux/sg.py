# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SG_IO version 3: sg, block, CD-ROM and tape nodes of Linux (include/scsi/sg.h, ``struct sg_io_hdr``)."""

from __future__ import annotations

import struct

from .request import Buffers, IoctlOutcome, address

_DXFER_NONE = -1
_DXFER_TO_DEV = -2
_DXFER_FROM_DEV = -3

# Native sizes and alignment, so that it works with 32-bit kernels and processes too; "0P" pads the end as the compiler
# does (without it the structure is 4 bytes short on 64-bit machines).
_HEADER = struct.Struct("@iiBBHIPPPIIiPBBBBHHiII0P")
_OUTPUTS = (0,) * 9  # status to info: the kernel fills them
_STATUS, _SENSE_LENGTH, _HOST_STATUS, _DRIVER_STATUS, _RESIDUAL, _DURATION = 13, 16, 17, 18, 19, 20


def pack(buffers: Buffers, timeout_milliseconds: int) -> bytearray:
    """The structure that asks the kernel to send the command in these buffers."""
    data = buffers.data_in or buffers.data_out
    direction = _DXFER_FROM_DEV if buffers.data_in else _DXFER_TO_DEV if buffers.data_out else _DXFER_NONE
    return bytearray(_HEADER.pack(
        ord("S"), direction, len(buffers.cdb), len(buffers.sense), 0, len(data), address(data), address(buffers.cdb),
        address(buffers.sense), timeout_milliseconds, 0, 0, 0, *_OUTPUTS))


def unpack(header: bytearray) -> IoctlOutcome:
    """What the kernel reports about the command."""
    fields = _HEADER.unpack(header)
    return IoctlOutcome(
        fields[_STATUS], fields[_HOST_STATUS], fields[_DRIVER_STATUS], fields[_SENSE_LENGTH], fields[_RESIDUAL],
        fields[_DURATION])

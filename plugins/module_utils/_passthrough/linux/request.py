# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The input and output of SG_IO that both versions of its structure have in common."""

from __future__ import annotations

from array import array
from typing import NamedTuple

from ..command import MAXIMUM_SENSE_LENGTH, Command


class Buffers:
    """The memory that the kernel reads a command from and writes its answer to. It must outlive the ioctl."""

    def __init__(self, command: Command) -> None:
        self.cdb = array("B", command.cdb)
        self.data_in = array("B", bytes(command.data_in_length))
        self.data_out = array("B", command.data_out)
        self.sense = array("B", bytes(MAXIMUM_SENSE_LENGTH))


class IoctlOutcome(NamedTuple):
    """What the kernel wrote into the structure. ``residual`` is in bytes, as the driver set it: it may be nonsense."""

    status: int
    host_status: int
    driver_status: int
    sense_length: int
    residual: int
    duration_milliseconds: int


def address(buffer: array[int]) -> int:
    """The address of a buffer in memory; 0, the null pointer, for an empty one."""
    return buffer.buffer_info()[0] if buffer else 0

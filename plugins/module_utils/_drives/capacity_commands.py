# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that read the capacity."""

from __future__ import annotations

from .._passthrough.command import Command
from .._passthrough.make_command import make_command
from .._scsi import block_commands_capacity as capacity


def read_capacity_10() -> Command:
    """The number of blocks, as far as four bytes can express it."""
    return make_command(capacity.READ_CAPACITY_10.encode(), capacity.READ_CAPACITY_10_DATA.size)


def read_capacity_16() -> Command:
    """The number of blocks and their layout."""
    size = capacity.READ_CAPACITY_16_DATA.size
    return make_command(capacity.READ_CAPACITY_16.encode(allocation_length=size), size)

# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET STREAM STATUS and STREAM CONTROL."""

from __future__ import annotations

from .._passthrough.command import Command
from .._scsi import streams
from .commands import command


def get_stream_status(starting_id: int, allocation_length: int) -> Command:
    """The open streams from this identifier on."""
    cdb = streams.GET_STREAM_STATUS.encode(
        starting_stream_identifier=starting_id, allocation_length=allocation_length)
    return command(cdb, allocation_length)


def open_stream() -> Command:
    """Opens a stream; the answer has its identifier."""
    size = streams.STREAM_CONTROL_DATA.size
    return command(streams.STREAM_CONTROL.encode(str_ctl=streams.OPEN_STREAM, allocation_length=size), size)


def close_stream(stream_id: int) -> Command:
    """Closes a stream."""
    size = streams.STREAM_CONTROL_DATA.size
    cdb = streams.STREAM_CONTROL.encode(str_ctl=streams.CLOSE_STREAM, str_id=stream_id, allocation_length=size)
    return command(cdb, size)

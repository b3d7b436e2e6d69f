# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads which streams are open and how many are supported; requests again what did not fit into one response."""

from __future__ import annotations

from .._passthrough.command import Command
from .._passthrough.errors import CheckCondition, ResponseError
from .._passthrough.make_command import make_command
from .._passthrough.sender import Sender
from .._scsi import streams
from .._scsi.streams import decode_stream_control, decode_stream_status
from .._scsi.table import Values
from .._scsi.vpd_block_limits_extension import BLOCK_LIMITS_EXTENSION, decode_block_limits_extension
from .commands import vpd_page

#: One read of the list of streams: its header and 511 streams.
STREAMS_LENGTH = 4096
#: Identifiers have two bytes; the list has a header and an entry of eight bytes a stream.
_MOST_STREAMS = 0x10000
#: As many reads as are reasonable for a drive that shortens its answers.
_MOST_REQUESTS = 256


def _streams_in(allocation_length: int) -> int:
    return max(1, (allocation_length - streams.STREAM_STATUS_HEADER.size) // streams.STREAM_STATUS_DESCRIPTOR.size)


def maximum_streams(session: Sender) -> int | None:
    """How many streams the drive can have open, according to VPD page B7h; ``None`` if it has no such page."""
    try:
        values = decode_block_limits_extension(vpd_page(session, BLOCK_LIMITS_EXTENSION), session.warnings)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return None
    maximum: int | None = values["maximum_number_of_streams"]
    return maximum


def stream_status(session: Sender, start: int = 0,
                  allocation_length: int = STREAMS_LENGTH) -> tuple[int | None, list[Values]]:
    """The number of open streams that the drive reports, and every stream that it lists from identifier ``start`` on.

    A list that did not fit is continued after its last stream. Some devices shorten the reported length to what fits,
    so the reported number of streams decides whether there may be more; and some refuse to start after the highest
    identifier, which is then the end.
    """
    found: dict[int, Values] = {}
    reported: int | None = None
    first = start
    # A drive that tells of one stream at a time, and of ever more of them, must come to an end too.
    for _request in range(max(_MOST_REQUESTS, _MOST_STREAMS // _streams_in(allocation_length) + 1)):
        try:
            data = session.send(get_stream_status(start, allocation_length)).data
        except CheckCondition as error:
            if start > first and error.refused:
                break
            if not first or not error.not_supported:
                raise
            # It may have no streams from this identifier on, or no streams at all, which asking from 0 on shows.
            reported = decode_stream_status(session.send(get_stream_status(0, allocation_length)).data, [])[
                "number_of_open_streams"]
            session.warnings.append(f"GET STREAM STATUS: the drive has no stream identifiers from {first} on")
            break
        cut = len(data) >= allocation_length
        said: list[str] = []
        answer = decode_stream_status(data, said)
        reported = answer["number_of_open_streams"] if reported is None else reported
        more = [stream for stream in answer["streams"] if stream["stream_identifier"] >= start]
        found.update((stream["stream_identifier"], stream) for stream in more)
        missing = cut or not first and len(found) < (reported or 0)
        if not more or not missing or max(found) >= 0xFFFF:
            # Only the last read's warnings count: those before were cut on purpose.
            session.warnings.extend(said)
            break
        start = max(found) + 1
    else:
        session.warnings.append("GET STREAM STATUS: the list of streams does not end, so it is incomplete")
    if not first and reported is not None and reported != len(found):
        session.warnings.append(f"GET STREAM STATUS: {reported} open streams are reported, {len(found)} are listed")
    return reported, [
        {"stream_id": each, "permanent": found[each]["perm"], "relative_lifetime": found[each]["relative_lifetime"]}
        for each in sorted(found)]


def get_stream_status(starting_id: int, allocation_length: int) -> Command:
    """The open streams from this identifier on."""
    cdb = streams.GET_STREAM_STATUS.encode(
        starting_stream_identifier=starting_id, allocation_length=allocation_length)
    return make_command(cdb, allocation_length)


def open_stream(session: Sender) -> int:
    """Opens a stream and returns its identifier. Raises ResponseError if the drive does not report it."""
    size = streams.STREAM_CONTROL_DATA.size
    cdb = streams.STREAM_CONTROL.encode(str_ctl=streams.OPEN_STREAM, allocation_length=size)
    answer = decode_stream_control(session.send(make_command(cdb, size)).data, session.warnings)
    assigned: int | None = answer["assigned_str_id"]
    if assigned is None:
        raise ResponseError("STREAM CONTROL: the drive opened a stream but did not report its identifier")
    return assigned


def close_stream(session: Sender, stream_id: int) -> None:
    """Closes a stream."""
    size = streams.STREAM_CONTROL_DATA.size
    cdb = streams.STREAM_CONTROL.encode(str_ctl=streams.CLOSE_STREAM, str_id=stream_id, allocation_length=size)
    session.send(make_command(cdb, size))

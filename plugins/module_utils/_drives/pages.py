# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading pages from a drive: sends the command, decodes the answer, asks again where it did not fit."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .._passthrough.command import Reply
from .._passthrough.errors import CheckCondition, ResponseError
from .._passthrough.session import Session
from .._scsi.log_background_scan import BACKGROUND_SCAN_PAGE, decode_background_scan
from .._scsi.log_selftest_results import PAGE_LENGTH, SELF_TEST_RESULTS_PAGE, decode_self_test_results
from .._scsi.mode_control import CONTROL_MODE_PAGE, decode_control_mode
from .._scsi.mode_sense import find_page
from .._scsi.streams import decode_stream_control, decode_stream_status
from .._scsi.vpd_block_limits_extension import BLOCK_LIMITS_EXTENSION, decode_block_limits_extension
from .._scsi.vpd_extended_inquiry import EXTENDED_INQUIRY, decode_extended_inquiry
from . import commands

Values = Dict[str, Any]

_VPD_LENGTH = 252
_VPD_HEADER_LENGTH = 4
_LOG_HEADER_LENGTH = 4
#: The background scan page may hold 2048 findings of 24 bytes; its first parameter is all that the hours need.
_SCAN_STATUS_LENGTH = 64
#: One read of the list of streams: its header and 511 streams.
STREAMS_LENGTH = 4096


def vpd_page(session: Session, page: int) -> bytes:
    """The whole page: asked for again where it is longer than what every device takes as allocation length."""
    data = session.send(commands.vital_product_data(page, _VPD_LENGTH)).data
    if len(data) < _VPD_HEADER_LENGTH:
        return data
    whole = min(_VPD_HEADER_LENGTH + int.from_bytes(data[2:4], "big"), 0xFFFF)
    if data[1] != page or whole <= _VPD_LENGTH:
        return data
    return session.send(commands.vital_product_data(page, whole)).data


class SelfTestLog(NamedTuple):
    """The results of log page 10h, the newest first; ``complete`` is false where older ones did not arrive."""

    results: List[Values]
    complete: bool


def self_test_log(session: Session, warnings: List[str]) -> Optional[SelfTestLog]:
    """The self-test log; ``None`` where the page is there but empty, so that nothing is known.

    Raises ResponseError for an answer that is no such page.
    """
    data = session.send(commands.log_sense(SELF_TEST_RESULTS_PAGE, 0, _LOG_HEADER_LENGTH + PAGE_LENGTH)).data
    empty = data[:_LOG_HEADER_LENGTH] == bytes((SELF_TEST_RESULTS_PAGE, 0, 0, 0))
    if not empty and (len(data) <= _LOG_HEADER_LENGTH or data[0] & 0x3F != SELF_TEST_RESULTS_PAGE):
        # An empty list would say that the drive was never tested, and start a test.
        raise ResponseError("LOG SENSE: the answer is not log page 10h, self-test results ({0})".format(
            data[:_LOG_HEADER_LENGTH].hex() or "no data"))
    if empty:
        return None
    arrived = len(data) >= _LOG_HEADER_LENGTH + int.from_bytes(data[2:_LOG_HEADER_LENGTH], "big")
    return SelfTestLog(decode_self_test_results(data, warnings), arrived)


def background_scan_minutes(session: Session, warnings: List[str]) -> Optional[int]:
    """Minutes of power, as the background scan page counts them."""
    reply = session.send(commands.log_sense(BACKGROUND_SCAN_PAGE, 0, _SCAN_STATUS_LENGTH))
    # Cut on purpose, so its warnings mean nothing.
    status = decode_background_scan(reply.data, [])["status"]
    if status is None:
        return None
    minutes: Optional[int] = status["accumulated_power_on_minutes"]
    return minutes


def control_mode_page(session: Session, warnings: List[str]) -> Optional[Values]:
    """The control mode page, by MODE SENSE(10) or else (6); ``None`` where the answer has no such page."""
    try:
        reply = session.send(commands.mode_sense_10(CONTROL_MODE_PAGE))
        page = find_page(reply.data, CONTROL_MODE_PAGE, 0, True, warnings)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        reply = session.send(commands.mode_sense_6(CONTROL_MODE_PAGE))
        page = find_page(reply.data, CONTROL_MODE_PAGE, 0, False, warnings)
    return None if page is None else decode_control_mode(page)


def extended_self_test_minutes(session: Session, warnings: List[str]) -> Optional[int]:
    """Minutes that an extended test takes, as VPD page 86h says."""
    values = decode_extended_inquiry(vpd_page(session, EXTENDED_INQUIRY), warnings)
    minutes: Optional[int] = values["extended_self_test_completion_minutes"]
    return minutes


def maximum_streams(session: Session, warnings: List[str]) -> Optional[int]:
    """How many streams the drive can have open, as VPD page B7h says; ``None`` where it has no such page."""
    try:
        values = decode_block_limits_extension(vpd_page(session, BLOCK_LIMITS_EXTENSION), warnings)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return None
    maximum: Optional[int] = values["maximum_number_of_streams"]
    return maximum


def stream_status(session: Session, warnings: List[str], start: int = 0, allocation_length: int = STREAMS_LENGTH,
                  ) -> Tuple[Optional[int], List[Values]]:
    """The number of open streams that the drive reports, and every stream that it lists from identifier ``start`` on.

    A list that did not fit is read on from behind its last stream. Some devices shorten the length that they report to
    what fitted, so the reported number decides whether there may be more; and some refuse to start behind the highest
    identifier, which then is the end.
    """
    found: Dict[int, Values] = {}
    reported: Optional[int] = None
    first = start
    while True:
        try:
            data = session.send(commands.get_stream_status(start, allocation_length)).data
        except CheckCondition as error:
            if start > first and error.sense.key == 0x05:
                break
            raise
        cut = len(data) >= allocation_length
        said: List[str] = []
        answer = decode_stream_status(data, said)
        reported = answer["number_of_open_streams"] if reported is None else reported
        more = [stream for stream in answer["streams"] if stream["stream_identifier"] >= start]
        found.update((stream["stream_identifier"], stream) for stream in more)
        missing = cut or not first and len(found) < (reported or 0)
        if not more or not missing or max(found) >= 0xFFFF:
            # Only the last read has a right to complain: those before were cut on purpose.
            warnings.extend(said)
            break
        start = max(found) + 1
    if not first and reported is not None and reported != len(found):
        warnings.append("GET STREAM STATUS: {0} open streams are reported, {1} are listed".format(reported, len(found)))
    return reported, [
        {"stream_id": each, "permanent": found[each]["perm"], "relative_lifetime": found[each]["relative_lifetime"]}
        for each in sorted(found)]


def assigned_stream_id(reply: Reply, warnings: List[str]) -> int:
    """The identifier of the stream that was opened. Raises ResponseError where the drive did not tell it."""
    assigned: Optional[int] = decode_stream_control(reply.data, warnings)["assigned_str_id"]
    if assigned is None:
        raise ResponseError("STREAM CONTROL: the drive opened a stream and did not say which")
    return assigned

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the pages about self tests: sends the command, decodes the answer."""

from __future__ import annotations

from typing import NamedTuple

from ..._passthrough.errors import CheckCondition, ResponseError
from ..._passthrough.sender import Sender
from ..._scsi.log_background_scan import BACKGROUND_SCAN_PAGE, decode_background_scan
from ..._scsi.log_selftest_results import PAGE_LENGTH, SELF_TEST_RESULTS_PAGE, decode_self_test_results
from ..._scsi.log_sense import ALLOCATION_LENGTH_BYTES, LOG_PAGE_HEADER
from ..._scsi.mode_control import CONTROL_MODE_PAGE, decode_control_mode
from ..._scsi.mode_sense import find_page
from ..._scsi.table import Values
from ..._scsi.vpd_extended_inquiry import EXTENDED_INQUIRY, decode_extended_inquiry
from .. import page_commands as commands
from ..commands import vpd_page

#: The background scan page may hold 2048 findings of 24 bytes; its first parameter is all that the hours need.
_SCAN_STATUS_LENGTH = 64


class SelfTestLog(NamedTuple):
    """The results of log page 10h, the newest first; ``complete`` is false if older ones did not arrive."""

    results: list[Values]
    complete: bool


def self_test_log(session: Sender) -> SelfTestLog | None:
    """The self-test log; ``None`` if the page exists but is empty, so that nothing is known.

    Raises ResponseError if the answer is not this page.
    """
    try:
        data = session.send(commands.log_sense(SELF_TEST_RESULTS_PAGE, 0, LOG_PAGE_HEADER.size + PAGE_LENGTH)).data
    except CheckCondition as error:
        pointer = error.sense.field_pointer
        if pointer is None or not error.may_refuse_field(*ALLOCATION_LENGTH_BYTES):
            raise
        data = session.send(commands.log_sense(SELF_TEST_RESULTS_PAGE, 0, commands.SHORT_LENGTH)).data
    empty = data[:LOG_PAGE_HEADER.size] == bytes((SELF_TEST_RESULTS_PAGE, 0, 0, 0))
    if not empty and (len(data) <= LOG_PAGE_HEADER.size or data[0] & 0x3F != SELF_TEST_RESULTS_PAGE):
        # An empty list would mean that the drive was never tested, and start a test.
        raise ResponseError("LOG SENSE: the answer is not log page 10h, self-test results "
                            f"({data[:LOG_PAGE_HEADER.size].hex() or 'no data'})")
    if empty:
        return None
    arrived = len(data) >= LOG_PAGE_HEADER.size + int.from_bytes(data[2:LOG_PAGE_HEADER.size], "big")
    return SelfTestLog(decode_self_test_results(data, session.warnings), arrived)


def background_scan_minutes(session: Sender) -> int | None:
    """Power-on minutes, from the background scan page."""
    reply = session.send(commands.log_sense(BACKGROUND_SCAN_PAGE, 0, _SCAN_STATUS_LENGTH))
    # Cut on purpose, so its warnings mean nothing.
    status = decode_background_scan(reply.data, [])["status"]
    if status is None:
        return None
    minutes: int | None = status["accumulated_power_on_minutes"]
    return minutes


def control_mode_page(session: Sender) -> Values | None:
    """The control mode page, by MODE SENSE(10) or else (6); ``None`` if the answer has no such page."""
    try:
        reply = session.send(commands.mode_sense_10(CONTROL_MODE_PAGE))
        page = find_page(reply.data, CONTROL_MODE_PAGE, 0, True, session.warnings)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        reply = session.send(commands.mode_sense_6(CONTROL_MODE_PAGE))
        page = find_page(reply.data, CONTROL_MODE_PAGE, 0, False, session.warnings)
    return None if page is None else decode_control_mode(page)


def extended_self_test_minutes(session: Sender) -> int | None:
    """Minutes that an extended test takes, according to VPD page 86h."""
    values = decode_extended_inquiry(vpd_page(session, EXTENDED_INQUIRY), session.warnings)
    minutes: int | None = values["extended_self_test_completion_minutes"]
    return minutes

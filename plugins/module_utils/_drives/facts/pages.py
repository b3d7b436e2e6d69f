# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the pages that facts are gathered from, through a careful session."""

from __future__ import annotations

from typing import Any, Callable, List

from ..._passthrough.errors import CheckCondition
from ..._scsi.log_sense import ALLOCATION_LENGTH_BYTES, LOG_PAGE_HEADER
from ..._scsi.mode_sense import ALL_PAGES, mode_pages
from ..._scsi.table import Values
from .. import page_commands as commands
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..commands import vpd_page

#: Decodes the bytes of a page; appends a warning to the list for whatever is wrong with them.
Decoder = Callable[[bytes, List[str]], Any]

_MODE_LENGTH = 2048
_MODE_LENGTH_6 = 255


def vital_product_data(session: CarefulSession, page: int, decode: Decoder) -> Any:
    """A VPD page, decoded; ``None`` where the drive does not have it."""
    return answer_or_none(session, None, lambda: decode(vpd_page(session, page), session.warnings))


def log_page(session: CarefulSession, page: int, decode: Decoder, subpage: int = 0) -> Any:
    """A log page, decoded; ``None`` where the drive does not have it."""
    return answer_or_none(session, None, lambda: decode(_whole_log_page(session, page, subpage), session.warnings))


def _whole_log_page(session: CarefulSession, page: int, subpage: int) -> bytes:
    data = session.log_sense(page, subpage).data
    if len(data) < session.log_length or data[0] & 0x3F != page:
        return data
    # The allocation length of LOG SENSE has two bytes, like the page length, which does not include the header.
    whole = min(LOG_PAGE_HEADER.size + int.from_bytes(data[2:4], "big"), 0xFFFF)
    if whole <= session.log_length:
        return data
    try:
        return session.send(commands.log_sense(page, subpage, whole)).data
    except CheckCondition as error:
        if not error.may_refuse_field(*ALLOCATION_LENGTH_BYTES):
            raise
        return data


def mode_page(session: CarefulSession, page: int) -> bytes | None:
    """A mode page; ``None`` where the drive does not have it.

    All pages are requested together, so that none is requested in vain; where the drive has no answer to that, the page
    by itself.
    """
    together = session.once("mode pages", lambda: answer_or_none(session, None, lambda: _all_mode_pages(session)))
    if together is not None:
        return together.get((page, 0))
    alone = answer_or_none(session, None, lambda: _mode_pages(session, page))
    return (alone or {}).get((page, 0))


def _all_mode_pages(session: CarefulSession) -> dict[tuple[int, int], bytes] | None:
    """All pages, none for a drive without the command; ``None`` where it has the command and gives no page."""
    try:
        return _mode_pages(session) or None
    except CheckCondition as error:
        if not error.no_such_command:
            raise
        return {}


def _mode_pages(session: CarefulSession, page: int = ALL_PAGES) -> dict[tuple[int, int], bytes]:
    ten = True
    try:
        data = session.send(commands.mode_sense_10(page, _MODE_LENGTH)).data
    except CheckCondition as error:
        if not error.not_supported:
            raise
        ten = False
        data = session.send(commands.mode_sense_6(page, _MODE_LENGTH_6)).data
    return {(found.page, found.subpage): found.whole for found in mode_pages(data, ten, session.warnings)}


def value(coded: Values | None) -> int | None:
    """The number of a code."""
    return None if coded is None else coded["value"]

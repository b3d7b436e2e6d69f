# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the pages that facts are gathered from, through a careful session."""

from __future__ import annotations

from typing import Any, Callable, List

from ..._passthrough.errors import CheckCondition
from ..._scsi.log_sense import LOG_PAGE_HEADER
from ..._scsi.log_sense import page_title as log_page_title
from ..._scsi.mode_sense import ALL_PAGES, mode_pages
from ..._scsi.table import Values
from ..._scsi.vpd import page_title as vpd_page_title
from .. import page_commands as commands
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..commands import vpd_page

#: Decodes the bytes of a page; appends a warning to the list for whatever is wrong with them.
Decoder = Callable[[bytes, List[str]], Any]

_LOG_LENGTH = 4096
_MODE_LENGTH = 2048
_MODE_LENGTH_6 = 255


def vital_product_data(session: CarefulSession, page: int, decode: Decoder) -> Any:
    """A VPD page, decoded; ``None`` if the drive does not have it."""
    return answer_or_none(session, vpd_page_title(page), lambda: decode(vpd_page(session, page), session.warnings))


def log_page(session: CarefulSession, page: int, decode: Decoder, subpage: int = 0) -> Any:
    """A log page, decoded; ``None`` if the drive does not have it."""
    return answer_or_none(session, log_page_title(page, subpage),
                          lambda: decode(_whole_log_page(session, page, subpage), session.warnings))


def _whole_log_page(session: CarefulSession, page: int, subpage: int) -> bytes:
    data = session.send(commands.log_sense(page, subpage, _LOG_LENGTH)).data
    if len(data) < _LOG_LENGTH or data[0] & 0x3F != page:
        return data
    # The allocation length of LOG SENSE has two bytes, like the page length, which does not include the header.
    whole = min(LOG_PAGE_HEADER.size + int.from_bytes(data[2:4], "big"), 0xFFFF)
    return data if whole <= _LOG_LENGTH else session.send(commands.log_sense(page, subpage, whole)).data


def all_mode_pages(session: CarefulSession) -> dict[tuple[int, int], bytes]:
    """Every mode page of the drive, by page and subpage. One request for all, so that no page is requested in vain."""
    found = answer_or_none(session, "the mode pages", lambda: _mode_pages(session))
    return found or {}


def _mode_pages(session: CarefulSession) -> dict[tuple[int, int], bytes]:
    ten = True
    try:
        data = session.send(commands.mode_sense_10(ALL_PAGES, _MODE_LENGTH)).data
    except CheckCondition as error:
        if not error.not_supported:
            raise
        ten = False
        data = session.send(commands.mode_sense_6(ALL_PAGES, _MODE_LENGTH_6)).data
    return {(page.page, page.subpage): page.whole for page in mode_pages(data, ten, session.warnings)}


def value(coded: Values | None) -> int | None:
    """The number of a code."""
    return None if coded is None else coded["value"]

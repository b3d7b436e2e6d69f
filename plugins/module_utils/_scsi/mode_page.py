# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the mode pages have in common: which page an answer is, and where it ends (SPC-6 7.5.6)."""

from __future__ import annotations

from typing import Any

from .mode_sense import PAGE_HEADER, SUBPAGE_HEADER, page_title
from .table import Table


def decode_mode_page(table: Table, page: bytes | None, code: int, subpage: int = 0,
                     warnings: list[str] | None = None) -> dict[str, Any]:
    """The fields of ``table``, from a page as `mode_sense.find_page` returns it; all ``None`` for none or another page.

    Older standards have shorter pages, so what lies beyond the page length is ``None`` without a warning.
    """
    return table.decode(mode_page_content(page, code, subpage, warnings))


def mode_page_content(page: bytes | None, code: int, subpage: int = 0,
                      warnings: list[str] | None = None) -> bytes:
    """The page, cut to its own length; empty for none and, with a warning, for another page."""
    whole = page or b""
    header = PAGE_HEADER.decode(whole)
    if header["page_code"] is None:
        return b""
    layout = SUBPAGE_HEADER if header["spf"] else PAGE_HEADER
    values = layout.decode(whole)
    found = values.get("subpage_code", 0)
    if header["page_code"] != code or found is not None and found != subpage:
        if warnings is not None:
            warnings.append(f"received {page_title(header['page_code'], found or 0)} instead of the requested "
                            f"{page_title(code, subpage)}")
        return b""
    # There is a warning about a cut page already, from where it was taken out of the answer.
    return whole if values["page_length"] is None else whole[:layout.size + values["page_length"]]

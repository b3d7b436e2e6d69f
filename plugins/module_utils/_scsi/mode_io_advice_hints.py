# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IO advice hints grouping mode page, 0Ah subpage 05h (SBC-5 6.5): the group numbers of streams."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .mode_page import mode_page_content
from .mode_sense import page_title
from .table import Table, bits, flag, hexadecimal, records, uint

IO_ADVICE_HINTS_MODE_PAGE = 0x0A
IO_ADVICE_HINTS_SUBPAGE = 0x05

HINTS_MODES = {0: "valid", 1: "invalid"}

IO_ADVICE_HINTS_HEADER = Table(
    "IO advice hints grouping mode page", "SBC-5 6.5",
    flag("ps", 0, 7),
    flag("spf", 0, 6),
    bits("page_code", 0, 5, 0),
    uint("subpage_code", 1),
    uint("page_length", 2, 3),
    size=16, spf=True, page_code=IO_ADVICE_HINTS_MODE_PAGE, subpage_code=IO_ADVICE_HINTS_SUBPAGE)
_LENGTH_BEHIND = 4

IO_ADVICE_HINTS_GROUP = Table(
    "IO advice hints group descriptor", "SBC-5 6.5",
    bits("io_advice_hints_mode", 0, 7, 6, HINTS_MODES),
    flag("st_enble", 0, 2),
    flag("cs_enble", 0, 1),
    flag("ic_enable", 0, 0),
    hexadecimal("logical_block_markup_descriptor", 4, 7),
    size=16)


def decode_io_advice_hints_mode(page: bytes | None, warnings: list[str] | None = None) -> dict[str, Any]:
    """The page, as `mode_sense.find_page` returns it: the header fields, and ``groups`` in the order of group numbers.

    A group with ``st_enble`` stands for the permanent stream of the same number.
    """
    said: list[str] = [] if warnings is None else warnings
    content = mode_page_content(page, IO_ADVICE_HINTS_MODE_PAGE, IO_ADVICE_HINTS_SUBPAGE, said)
    title = page_title(IO_ADVICE_HINTS_MODE_PAGE, IO_ADVICE_HINTS_SUBPAGE)
    return dict(IO_ADVICE_HINTS_HEADER.decode(content), groups=[
        IO_ADVICE_HINTS_GROUP.decode(record)
        for record in records(content[IO_ADVICE_HINTS_HEADER.size:], IO_ADVICE_HINTS_GROUP.size, title, said)])


def encode_io_advice_hints_mode(groups: Sequence[Mapping[str, Any]], ps: bool = False) -> bytes:
    """The whole page, from decoded groups."""
    body = b"".join(IO_ADVICE_HINTS_GROUP.encode(group) for group in groups)
    length = IO_ADVICE_HINTS_HEADER.size - _LENGTH_BEHIND + len(body)
    return IO_ADVICE_HINTS_HEADER.encode(ps=ps, page_length=length) + body

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameter list of MODE SELECT: which pages it sets, and whether that is allowed (SPC-6 6.11, 7.5)."""

from __future__ import annotations

from typing import Mapping

from ..._scsi.mode_select import LONG_BLOCK_DESCRIPTOR, SHORT_BLOCK_DESCRIPTOR
from ..._scsi.mode_sense import MODE_HEADER_6, MODE_HEADER_10, PAGE_HEADER, SUBPAGE_HEADER
from ..feature import Check, invalid_field_in_parameter_list
from .mode_pages import Page, PageCode, header_size

_PARAMETER_LIST_LENGTH_ERROR = (0x05, 0x1A, 0x00)
#: Numbers of blocks in a block descriptor that mean all there are.
_ALL = (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF, None)


class ModeList:
    """A parameter list of ``length`` bytes, of which ``data`` was received.

    ``capacity`` is the number of blocks and the block length, None for a unit without blocks.
    """

    def __init__(self, data: bytes, length: int, ten: bool, factory: Mapping[PageCode, Page],
                 current: Mapping[PageCode, bytes], capacity: tuple[int, int] | None) -> None:
        self._data = data
        self._ten = ten
        self._factory = factory
        self._current = current
        self._capacity = capacity
        if len(data) < length:
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)

    def pages(self) -> dict[PageCode, bytes]:
        """The pages with their new values. Raises Check if one is not allowed, or if the list is truncated."""
        table = MODE_HEADER_10 if self._ten else MODE_HEADER_6
        if table.missing(self._data):
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        header = table.decode(self._data)
        at = table.size + self._check_descriptor(
            table.size, header["block_descriptor_length"], bool(header.get("longlba")))
        found: dict[PageCode, bytes] = {}
        while at < len(self._data):
            code, end = self._extent(at)
            found[code] = self._page(at, end, code, found.get(code, self._current[code]))
            at = end
        return found

    def _check_descriptor(self, at: int, length: int, long: bool) -> int:
        """Checks that the block descriptor does not change the format of the medium, and returns its length."""
        place = 6 if self._ten else 3
        if not length:
            return 0
        table = LONG_BLOCK_DESCRIPTOR if long else SHORT_BLOCK_DESCRIPTOR
        if length != table.size or self._capacity is None:
            raise invalid_field_in_parameter_list(place)
        if at + length > len(self._data):
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        values = table.decode(self._data[at:at + length])
        blocks, block_length = self._capacity
        if values["number_of_logical_blocks"] not in _ALL + (blocks,):
            raise invalid_field_in_parameter_list(at)
        if values["logical_block_length_bytes"] != block_length:
            raise invalid_field_in_parameter_list(at + (12 if long else 5))
        return length

    def _extent(self, at: int) -> tuple[PageCode, int]:
        """Which page begins there, and where it ends."""
        rest = self._data[at:]
        has_subpage = bool(rest[0] & 0x40)
        table = SUBPAGE_HEADER if has_subpage else PAGE_HEADER
        if table.missing(rest):
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        values = table.decode(rest)
        code = values["page_code"], values.get("subpage_code", 0)
        factory = self._factory.get(code)
        if factory is None or bool(factory.default[0] & 0x40) != has_subpage:
            raise invalid_field_in_parameter_list(at, 5)
        size = table.size + values["page_length"]
        if size != len(factory.default):
            raise invalid_field_in_parameter_list(at + (2 if has_subpage else 1))
        if size > len(rest):
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        return code, at + size

    def _page(self, at: int, end: int, code: PageCode, current: bytes) -> bytes:
        """A page with its new values; bits that are not changeable must have their current values."""
        factory = self._factory[code]
        size = header_size(factory.default)
        page = current[:size] + self._data[at + size:end]
        for place, (new, old, mask) in enumerate(zip(page, current, factory.changeable)):
            wrong = (new ^ old) & ~mask & 0xFF
            if wrong:
                raise invalid_field_in_parameter_list(at + place, wrong.bit_length() - 1)
        fault = factory.fault(page)
        if fault is not None:
            raise invalid_field_in_parameter_list(at + fault[0], fault[1])
        return page

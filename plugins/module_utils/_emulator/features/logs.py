# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LOG SENSE and LOG SELECT over the log pages of all features (SPC-6 6.8, 6.9)."""

from __future__ import annotations

from typing import Callable, Mapping, Tuple

from ..._scsi.log_sense import (
    ALL_SUBPAGES,
    LOG_PAGE_HEADER,
    LOG_PARAMETER_HEADER,
    LOG_SENSE,
    SUPPORTED_LOG_PAGES,
    encode_supported_log_pages,
)
from ..._scsi.table import Table, bits, flag, uint
from ..attention import LOG_PARAMETERS_CHANGED
from ..contract import Task
from ..feature import Code, Feature, Handler, invalid_field_in_cdb

LOG_SELECT = Table(
    "LOG SELECT", "SPC-6 6.8",
    uint("operation_code", 0),
    flag("pcr", 1, 1),
    flag("sp", 1, 0),
    bits("pc", 2, 7, 6),
    bits("page_code", 2, 5, 0),
    uint("subpage_code", 3),
    uint("parameter_list_length", 7, 8),
    uint("control", 9),
    operation_code=0x4C)

PageCode = Tuple[int, int]
Pages = Mapping[PageCode, Callable[[], bytes]]

_THRESHOLDS, _CUMULATIVE, _DEFAULT_THRESHOLDS, _DEFAULTS = range(4)


class Logs(Feature):
    """Both commands. ``pages`` returns the log pages of all the unit's features, ``resets`` what LOG SELECT with PCR
    resets, by page."""

    name = "log_commands"

    def __init__(self, pages: Callable[[], Pages], resets: Callable[[], Mapping[PageCode, Callable[[], None]]],
                 subpages: bool = True) -> None:
        super().__init__()
        self._pages = pages
        self._resets = resets
        self._subpages = subpages

    def commands(self) -> Mapping[Code, Handler]:
        return {(0x4D, None): self._sense, (0x4C, None): self._select}

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        return {(0x4C, None): lambda cdb: int.from_bytes(cdb[7:9], "big")}

    def _listed(self) -> list[PageCode]:
        return sorted({(SUPPORTED_LOG_PAGES, 0), *self._pages()})

    def _page(self, code: PageCode) -> bytes:
        page, subpage = code
        listed = self._listed()
        if code == (SUPPORTED_LOG_PAGES, 0):
            return encode_supported_log_pages([{"page": each} for each in dict.fromkeys(page for page, _sub in listed)])
        if subpage and not self._subpages:
            raise invalid_field_in_cdb(3)
        if subpage == ALL_SUBPAGES:
            codes = listed if page == SUPPORTED_LOG_PAGES else [each for each in listed if each[0] == page]
            if not codes:
                raise invalid_field_in_cdb(2, 5)
            if page == SUPPORTED_LOG_PAGES:
                codes = sorted({*codes, (SUPPORTED_LOG_PAGES, ALL_SUBPAGES)})
            whole = encode_supported_log_pages([{"page": one, "subpage": two} for one, two in codes], subpages=True)
            return bytes((whole[0] & 0xC0 | page,)) + whole[1:]
        make = self._pages().get(code)
        if make is None:
            raise invalid_field_in_cdb(3) if any(page == each for each, _sub in listed) else invalid_field_in_cdb(2, 5)
        return make()

    def _sense(self, task: Task) -> bytes:
        values = LOG_SENSE.decode(task.cdb)
        if values["ppc"]:
            raise invalid_field_in_cdb(1, 1)
        if values["sp"]:
            # There is nothing to save: counts are never lost.
            raise invalid_field_in_cdb(1, 0)
        if values["pc"] in (_THRESHOLDS, _DEFAULT_THRESHOLDS):
            # There are no thresholds.
            raise invalid_field_in_cdb(2, 7)
        page = self._page((values["page_code"], values["subpage_code"]))
        if values["pc"] == _DEFAULTS:
            page = _without_counts(page, values["page_code"], values["subpage_code"])
        pointer = values["parameter_pointer"]
        if pointer:
            page = _from_parameter(page, pointer)
        return page[:values["allocation_length"]]

    def _select(self, task: Task) -> bytes:
        values = LOG_SELECT.decode(task.cdb)
        if values["parameter_list_length"]:
            # The drive counts all parameters itself; an initiator can set none of them.
            raise invalid_field_in_cdb(7)
        if values["sp"]:
            raise invalid_field_in_cdb(1, 0)
        if not values["pcr"]:
            return b""
        resets = self._resets()
        wanted = values["page_code"], values["subpage_code"]
        if wanted != (0, 0) and wanted not in self._listed():
            raise invalid_field_in_cdb(2, 5)
        for code, reset in resets.items():
            if wanted in ((0, 0), code):
                reset()
        self.attentions.establish(LOG_PARAMETERS_CHANGED, but=task.nexus)
        self.changed()
        return b""


def _parameters(page: bytes) -> list[bytes]:
    found = []
    at = LOG_PAGE_HEADER.size
    while at < len(page):
        end = at + LOG_PARAMETER_HEADER.size + page[at + 3]
        found.append(page[at:end])
        at = end
    return found


def _from_parameter(page: bytes, pointer: int) -> bytes:
    """The page from a parameter on (SPC-6 6.9); a pointer beyond the last is refused."""
    rest = [each for each in _parameters(page) if int.from_bytes(each[:2], "big") >= pointer]
    if not rest:
        raise invalid_field_in_cdb(5)
    body = b"".join(rest)
    return page[:2] + len(body).to_bytes(2, "big") + body


def _without_counts(page: bytes, code: int, subpage: int) -> bytes:
    """The default values: counters of zero."""
    if code == SUPPORTED_LOG_PAGES or subpage == ALL_SUBPAGES:
        return page
    header = LOG_PARAMETER_HEADER.size
    return page[:LOG_PAGE_HEADER.size] + b"".join(
        each[:header] + bytes(len(each) - header) for each in _parameters(page))

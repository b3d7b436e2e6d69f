# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MODE SENSE and MODE SELECT, and what the mode pages control (SPC-6 6.11 to 6.14, 7.5).

Settings, with their defaults::

    write_cache: true
    read_cache: true
    read_ahead: true
    write_protected: false           # as by a switch on the drive; SWP of the Control mode page also protects
    dpofua: true                     # DPO and FUA are supported
    saving: true                     # pages can be saved
    reporting_method: 6              # MRIE: 0 not at all, 2 by a unit attention, 6 to REQUEST SENSE only
    predicted_failure: null          # {asc: 0x5d, ascq: 0x10}: the drive expects to fail
    idle_and_standby_seconds: {}     # the enabled timers: idle_a, idle_b, idle_c, standby_y, standby_z
    without: []                      # pages that the drive does not have: caching, power_condition, ...

All I_T nexuses share one set of values.
"""

from __future__ import annotations

from typing import Any, Callable, Collection, Mapping

from ..._checks import one_of
from ..._scsi.mode_caching import decode_caching_mode
from ..._scsi.mode_control import decode_control_mode
from ..._scsi.mode_informational_exceptions import decode_informational_exceptions_mode
from ..._scsi.mode_io_advice_hints import (
    IO_ADVICE_HINTS_MODE_PAGE,
    IO_ADVICE_HINTS_SUBPAGE,
    encode_io_advice_hints_mode,
)
from ..._scsi.mode_power_condition import decode_power_condition_mode
from ..._scsi.mode_select import LONG_BLOCK_DESCRIPTOR, MODE_SELECT_6, MODE_SELECT_10, SHORT_BLOCK_DESCRIPTOR
from ..._scsi.mode_sense import ALL_PAGES, ALL_SUBPAGES, MODE_SENSE_6, MODE_SENSE_10, encode_mode_data
from ..attention import MODE_PARAMETERS_CHANGED
from ..contract import Task
from ..feature import Check, Clock, Code, Feature, Handler, invalid_field_in_cdb
from .mode_exceptions import Exceptions
from .mode_list import ModeList
from .mode_pages import (
    CACHING,
    CONTROL,
    INFORMATIONAL_EXCEPTIONS,
    POWER_CONDITION,
    PROTOCOLS,
    ModeSettings,
    Page,
    PageCode,
    factory_pages,
    header_size,
    selected,
)

_CHANGEABLE, _DEFAULT, _SAVED = 1, 2, 3
_IO_ADVICE_HINTS = (IO_ADVICE_HINTS_MODE_PAGE, IO_ADVICE_HINTS_SUBPAGE)
_HINT_GROUPS = 64
_SAVING_NOT_SUPPORTED = (0x05, 0x39, 0x00)
_WP, _DPOFUA = 0x80, 0x10
_LONGEST_SIX = 256


class Mode(Feature):
    """The mode pages of a logical unit: its own, and those of other features, which are read-only.

    ``capacity`` returns the number of blocks and the block length; it is None for a unit without blocks. ``pages``
    returns the mode pages of all the unit's features. ``permanent_streams`` returns the identifiers of streams that are
    always open; with it there is an IO Advice Hints Grouping mode page. Raises ValueError for wrong ``settings``.
    """

    name = "mode"

    def __init__(
        self, clock: Clock, settings: Mapping[str, Any] | None = None, *,
        capacity: Callable[[], tuple[int, int]] | None = None,
        protocol: str = "iscsi",
        extended_seconds: int = 0,
        pages: Callable[[], Mapping[PageCode, Callable[[], bytes]]] = dict,
        permanent_streams: Callable[[], Collection[int]] | None = None,
    ) -> None:
        super().__init__()
        self._settings = ModeSettings(settings or {})
        one_of(protocol, "protocol", tuple(PROTOCOLS))
        self._capacity = capacity
        self._others = pages
        self._streams = permanent_streams
        self._factory: dict[PageCode, Page] = factory_pages(
            self._settings, protocol, capacity is not None, extended_seconds)
        self._saved: dict[PageCode, bytes] = {code: page.default for code, page in self._factory.items()}
        self._current: dict[PageCode, bytes] = dict(self._saved)
        self._exceptions = Exceptions(clock, self._settings.predicted_failure)

    # -- what the pages control

    def descriptor_sense(self) -> bool:
        """D_SENSE: sense data is returned in descriptor format."""
        return bool(self.control()["d_sense"])

    def write_cache(self) -> bool:
        """WCE: a write may be answered before it is on the medium."""
        page = self._current.get(CACHING)
        return page is not None and bool(decode_caching_mode(page)["wce"])

    def write_protected(self) -> bool:
        """Whether nothing may be written, by SWP or by the drive itself."""
        return self._settings.write_protected or bool(self.control()["swp"])

    @property
    def dpofua(self) -> bool:
        """Whether the drive supports DPO and FUA."""
        return self._settings.dpofua

    def control(self) -> dict[str, Any]:
        """The Control mode page, as `decode_control_mode` returns it."""
        return decode_control_mode(self._current.get(CONTROL))

    def power_condition(self) -> dict[str, Any]:
        """The Power Condition mode page, as `decode_power_condition_mode` returns it; all None without the page."""
        return decode_power_condition_mode(self._current.get(POWER_CONDITION))

    @property
    def informational_exceptions(self) -> dict[str, Any]:
        """The Informational Exceptions Control mode page, as `decode_informational_exceptions_mode` returns it."""
        return decode_informational_exceptions_mode(self._current.get(INFORMATIONAL_EXCEPTIONS))

    # -- informational exceptions

    def predict_failure(self, codes: tuple[int, int] | None) -> None:
        """Sets the predicted failure, as additional sense code and qualifier; None removes it."""
        self._exceptions.predicted = codes
        self._exceptions.restart()

    @property
    def predicted_failure(self) -> tuple[int, int] | None:
        """The codes of the failure that the drive predicts; None if it predicts none, or must not (DEXCPT)."""
        return self._exceptions.failure(self.informational_exceptions)

    def request_sense(self) -> Check | None:
        return self._exceptions.on_request(self.informational_exceptions)

    def gate(self, task: Task) -> None:
        """Refuses nothing, but reports a predicted failure with the next command of each nexus."""
        attention = self._exceptions.attention(self.informational_exceptions)
        if attention is not None:
            self.attentions.establish(attention)

    # -- MODE SENSE

    def commands(self) -> Mapping[Code, Handler]:
        return {(0x1A, None): self._sense_6, (0x5A, None): self._sense_10,
                (0x15, None): self._select_6, (0x55, None): self._select_10}

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        return {(0x15, None): lambda cdb: cdb[4], (0x55, None): lambda cdb: int.from_bytes(cdb[7:9], "big")}

    def mode_pages(self) -> Mapping[PageCode, Callable[[], bytes]]:
        found: dict[PageCode, Callable[[], bytes]] = {}
        for code in self._current:
            found[code] = self._teller(code)
        if self._streams is not None:
            found[_IO_ADVICE_HINTS] = self._hints
        return found

    def _teller(self, code: PageCode) -> Callable[[], bytes]:
        return lambda: self._with_ps(self._current[code])

    def _hints(self) -> bytes:
        permanent = frozenset(() if self._streams is None else self._streams())
        return encode_io_advice_hints_mode([{"st_enble": number in permanent} for number in range(_HINT_GROUPS)])

    def _sense_6(self, task: Task) -> bytes:
        values = MODE_SENSE_6.decode(task.cdb)
        pages = self._asked(values)
        descriptor = b"" if values["dbd"] else self._block_descriptor(False)
        room = _LONGEST_SIX - 4 - len(descriptor)
        # What does not fit the length field is left out.
        return encode_mode_data(pages[:room], descriptor, False, self._device_specific())[
            :values["allocation_length"]]

    def _sense_10(self, task: Task) -> bytes:
        values = MODE_SENSE_10.decode(task.cdb)
        pages = self._asked(values)
        descriptor = b"" if values["dbd"] else self._block_descriptor(values["llbaa"])
        data = bytearray(encode_mode_data(pages, descriptor, True, self._device_specific()))
        if descriptor and values["llbaa"]:
            data[4] |= 0x01
        return bytes(data[:values["allocation_length"]])

    def _device_specific(self) -> int:
        if self._capacity is None:
            return 0
        return (_WP if self.write_protected() else 0) | (_DPOFUA if self._settings.dpofua else 0)

    def _block_descriptor(self, long: bool) -> bytes:
        if self._capacity is None:
            return b""
        blocks, length = self._capacity()
        if long:
            return LONG_BLOCK_DESCRIPTOR.encode(number_of_logical_blocks=blocks, logical_block_length_bytes=length)
        return SHORT_BLOCK_DESCRIPTOR.encode(
            number_of_logical_blocks=min(blocks, 0xFFFFFFFF), logical_block_length_bytes=length)

    def _asked(self, values: Mapping[str, Any]) -> bytes:
        page, subpage, control = values["page_code"], values["subpage_code"], values["pc"]["value"]
        if control == _SAVED and not self._settings.saving:
            raise Check(*_SAVING_NOT_SUPPORTED)
        pages: dict[PageCode, Callable[[], bytes]] = dict(self._others())
        pages.update(self.mode_pages())
        if page == ALL_PAGES and subpage not in (0, ALL_SUBPAGES):
            raise invalid_field_in_cdb(3)
        codes = selected(pages, page, subpage)
        if not codes:
            known = page == ALL_PAGES or any(code[0] == page for code in pages)
            raise invalid_field_in_cdb(3) if known else invalid_field_in_cdb(2, 5)
        return b"".join(self._as(control, code, pages[code]) for code in codes)

    def _as(self, control: int, code: PageCode, make: Callable[[], bytes]) -> bytes:
        """One page with its current, changeable, default or saved values."""
        factory = self._factory.get(code)
        if control == _CHANGEABLE:
            page = make()
            size = header_size(page)
            return page[:size] + (bytes(len(page) - size) if factory is None else factory.changeable[size:])
        if factory is not None and control == _DEFAULT:
            return self._with_ps(factory.default)
        if factory is not None and control == _SAVED:
            return self._with_ps(self._saved[code])
        return make()

    def _with_ps(self, page: bytes) -> bytes:
        return bytes((page[0] | 0x80,)) + page[1:] if self._settings.saving else page

    # -- MODE SELECT

    def _select_6(self, task: Task) -> bytes:
        return self._select(task, MODE_SELECT_6.decode(task.cdb), False)

    def _select_10(self, task: Task) -> bytes:
        return self._select(task, MODE_SELECT_10.decode(task.cdb), True)

    def _select(self, task: Task, values: Mapping[str, Any], ten: bool) -> bytes:
        if values["rtd"]:
            raise invalid_field_in_cdb(1, 1)
        if values["sp"] and not self._settings.saving:
            raise invalid_field_in_cdb(1, 0)
        length = values["parameter_list_length"]
        if length and not values["pf"]:
            # Without PF, the pages are vendor specific (SPC-6 6.11).
            raise invalid_field_in_cdb(1, 4)
        wanted: dict[PageCode, bytes] = {}
        if length:
            capacity = None if self._capacity is None else self._capacity()
            wanted = ModeList(task.data_out[:length], length, ten, self._factory, self._current, capacity).pages()
        # Nothing is changed until the whole list is known to be valid.
        changed = any(self._current[code] != page for code, page in wanted.items())
        self._current.update(wanted)
        if values["sp"] and self._saved != self._current:
            self._saved = dict(self._current)
            self.changed()
        if changed:
            self._exceptions.restart()
            self.attentions.establish(MODE_PARAMETERS_CHANGED, but=task.nexus)
        return b""

    # -- events

    def reset(self, kind: str) -> None:
        """Any reset restores the saved values."""
        del kind
        self._current = dict(self._saved)
        self._exceptions.restart()

    def save(self) -> dict[str, Any]:
        return {"saved": {f"{code[0]:02x}{code[1]:02x}": page.hex() for code, page in self._saved.items()
                          if page != self._factory[code].default}}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores a state; of a page, only the bits that are still changeable."""
        for key, text in (state.get("saved") or {}).items():
            code = int(key[:2], 16), int(key[2:], 16)
            factory = self._factory.get(code)
            page = bytes.fromhex(text)
            if factory is not None and len(page) == len(factory.default):
                mixed = bytes(
                    old & ~mask & 0xFF | new & mask
                    for old, mask, new in zip(factory.default, factory.changeable, page))
                self._saved[code] = factory.default if factory.fault(mixed) else mixed
        self._current = dict(self._saved)

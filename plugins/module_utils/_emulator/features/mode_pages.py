# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The factory values of a logical unit's mode pages, and which of their bits may be changed."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Optional, Tuple

from ..._checks import boolean, items, number, one_of, with_defaults, wrong
from ..._scsi.mode_caching import CACHING_MODE_PAGE, encode_caching_mode
from ..._scsi.mode_control import CONTROL_MODE_PAGE, encode_control_mode
from ..._scsi.mode_control_extension import (
    CONTROL_EXTENSION_MODE_PAGE,
    CONTROL_EXTENSION_SUBPAGE,
    encode_control_extension_mode,
)
from ..._scsi.mode_disconnect import DISCONNECT_MODE_PAGE, encode_disconnect_mode
from ..._scsi.mode_error_recovery import ERROR_RECOVERY_MODE_PAGE, encode_error_recovery_mode
from ..._scsi.mode_informational_exceptions import (
    INFORMATIONAL_EXCEPTIONS_MODE_PAGE,
    NO_REPORTING,
    ON_REQUEST,
    UNIT_ATTENTION,
    encode_informational_exceptions_mode,
)
from ..._scsi.mode_power_condition import POWER_CONDITION_MODE_PAGE, encode_power_condition_mode
from ..._scsi.mode_protocol_specific import (
    PROTOCOL_SPECIFIC_LOGICAL_UNIT,
    PROTOCOL_SPECIFIC_PORT,
    encode_protocol_specific_logical_unit,
    encode_protocol_specific_port,
)
from ..._scsi.mode_sense import PAGE_HEADER, SUBPAGE_HEADER

#: Page and subpage.
PageCode = Tuple[int, int]
#: What is wrong with a page that is to be set: its byte and bit; None if nothing is wrong.
Fault = Optional[Tuple[int, int]]

CONTROL = (CONTROL_MODE_PAGE, 0)
CONTROL_EXTENSION = (CONTROL_EXTENSION_MODE_PAGE, CONTROL_EXTENSION_SUBPAGE)
CACHING = (CACHING_MODE_PAGE, 0)
ERROR_RECOVERY = (ERROR_RECOVERY_MODE_PAGE, 0)
DISCONNECT = (DISCONNECT_MODE_PAGE, 0)
PROTOCOL_UNIT = (PROTOCOL_SPECIFIC_LOGICAL_UNIT, 0)
PROTOCOL_PORT = (PROTOCOL_SPECIFIC_PORT, 0)
POWER_CONDITION = (POWER_CONDITION_MODE_PAGE, 0)
INFORMATIONAL_EXCEPTIONS = (INFORMATIONAL_EXCEPTIONS_MODE_PAGE, 0)

NAMES: Mapping[str, PageCode] = {
    "error_recovery": ERROR_RECOVERY, "disconnect": DISCONNECT, "caching": CACHING, "control": CONTROL,
    "control_extension": CONTROL_EXTENSION, "protocol_unit": PROTOCOL_UNIT, "protocol_port": PROTOCOL_PORT,
    "power_condition": POWER_CONDITION, "informational_exceptions": INFORMATIONAL_EXCEPTIONS,
}
#: Pages that only units with blocks have.
_OF_DISKS = frozenset((ERROR_RECOVERY, CACHING, POWER_CONDITION))

PROTOCOLS = {"iscsi": 0x5, "sas": 0x6}
_SAS = "sas"
_METHODS = (NO_REPORTING, UNIT_ATTENTION, ON_REQUEST)
_LONGEST_TIMER = 0xFFFFFFFE
_TIMER_BYTES = {"idle_a": 4, "standby_z": 8, "idle_b": 12, "idle_c": 16, "standby_y": 20}
_HUNDRED_MILLISECONDS = 10


class Page(NamedTuple):
    """A page: its factory values, its changeable bits, and what else its values must satisfy."""

    default: bytes
    changeable: bytes
    fault: Callable[[bytes], Fault] = lambda page: None


def header_size(page: bytes) -> int:
    """How many bytes of a page are its header."""
    return SUBPAGE_HEADER.size if page[0] & 0x40 else PAGE_HEADER.size


class ModeSettings:
    """The users' settings of the mode pages; see `mode`."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        values = with_defaults(given, "mode", {
            "write_cache": True, "read_cache": True, "read_ahead": True, "write_protected": False, "dpofua": True,
            "saving": True, "reporting_method": ON_REQUEST, "predicted_failure": None, "without": [],
            "idle_and_standby_seconds": {}})
        flags = {name: boolean(values[name], "mode." + name) for name in (
            "write_cache", "read_cache", "read_ahead", "write_protected", "dpofua", "saving")}
        self.write_cache, self.read_cache, self.read_ahead = (
            flags["write_cache"], flags["read_cache"], flags["read_ahead"])
        self.write_protected, self.dpofua, self.saving = flags["write_protected"], flags["dpofua"], flags["saving"]
        self.reporting_method: int = number(values["reporting_method"], "mode.reporting_method", 0, 0xF, whole=True)
        if self.reporting_method not in _METHODS:
            raise wrong(self.reporting_method, "mode.reporting_method", f"one of {', '.join(map(str, _METHODS))}")
        self.predicted_failure = predicted_failure(values["predicted_failure"], "mode.predicted_failure")
        self.without = frozenset(
            NAMES[one_of(each, f"mode.without[{place}]", tuple(NAMES))]
            for place, each in enumerate(items(values["without"], "mode.without")))
        where = "mode.idle_and_standby_seconds"
        timers = with_defaults(values["idle_and_standby_seconds"], where, dict.fromkeys(_TIMER_BYTES))
        #: The enabled timers, in units of 100 milliseconds.
        self.timers: dict[str, int] = {
            name: int(number(seconds, f"{where}.{name}", 0, _LONGEST_TIMER // _HUNDRED_MILLISECONDS)
                      * _HUNDRED_MILLISECONDS)
            for name, seconds in timers.items() if seconds is not None}


def predicted_failure(given: Any, where: str) -> tuple[int, int] | None:
    """Additional sense code and qualifier by which a drive reports that it will fail, from ``{asc: , ascq: }``."""
    if given is None:
        return None
    values = with_defaults(given, where, {"asc": 0x5D, "ascq": 0x10})
    return (number(values["asc"], where + ".asc", 0, 0xFF, whole=True),
            number(values["ascq"], where + ".ascq", 0, 0xFF, whole=True))


def factory_pages(settings: ModeSettings, protocol: str, stores_blocks: bool, extended_seconds: int) -> dict[
        PageCode, Page]:
    """The pages, by code and subpage. ``protocol`` is "sas" or "iscsi"; ``extended_seconds`` is how long an extended
    self-test takes, FFFFh for "see VPD page 86h"."""
    pages = {
        ERROR_RECOVERY: _error_recovery(), DISCONNECT: _disconnect(), CACHING: _caching(settings),
        CONTROL: _control(extended_seconds), CONTROL_EXTENSION: Page(encode_control_extension_mode({}), bytes(32)),
        PROTOCOL_UNIT: _protocol_unit(protocol), PROTOCOL_PORT: _protocol_port(protocol),
        POWER_CONDITION: _power_condition(settings),
        INFORMATIONAL_EXCEPTIONS: _informational_exceptions(settings),
    }
    return {code: page for code, page in pages.items()
            if code not in settings.without and (stores_blocks or code not in _OF_DISKS)}


def _mask(page: bytes) -> bytes:
    """The changeable bits, from a page in which they are set; the header is not changeable."""
    size = header_size(page)
    return bytes(size) + page[size:]


def _control(extended_seconds: int) -> Page:
    default = encode_control_mode({
        "queue_algorithm_modifier": 1,
        "extended_self_test_completion_time_seconds": min(extended_seconds, 0xFFFF)})
    return Page(default, _mask(encode_control_mode({"d_sense": True, "swp": True})))


def _caching(settings: ModeSettings) -> Page:
    default = encode_caching_mode({
        "disc": True, "wce": settings.write_cache, "rcd": not settings.read_cache, "dra": not settings.read_ahead,
        "disable_pre_fetch_transfer_length_blocks": 0xFFFF, "maximum_pre_fetch": 0xFFFF,
        "maximum_pre_fetch_ceiling_blocks": 0xFFFF, "number_of_cache_segments": 20})
    return Page(default, _mask(encode_caching_mode({"wce": True, "rcd": True, "dra": True})))


def _error_recovery() -> Page:
    default = encode_error_recovery_mode({
        "awre": True, "arre": True, "read_retry_count": 11, "write_retry_count": 5,
        "recovery_time_limit_milliseconds": 0xFFFF})
    return Page(default, _mask(encode_error_recovery_mode({
        "awre": True, "arre": True, "read_retry_count": 0xFF, "write_retry_count": 0xFF,
        "recovery_time_limit_milliseconds": 0xFFFF})))


def _disconnect() -> Page:
    return Page(encode_disconnect_mode({"maximum_burst_size": 0x0100}), bytes(16))


def _protocol_unit(protocol: str) -> Page:
    return Page(encode_protocol_specific_logical_unit({"protocol_identifier": PROTOCOLS[protocol]}), bytes(8))


def _protocol_port(protocol: str) -> Page:
    identifier = PROTOCOLS[protocol]
    if protocol != _SAS:
        return Page(encode_protocol_specific_port({"protocol_identifier": identifier}), bytes(16))
    default = encode_protocol_specific_port({
        "protocol_identifier": identifier, "i_t_nexus_loss_time_milliseconds": 2000,
        "initiator_response_timeout_milliseconds": 2000})
    return Page(default, _mask(encode_protocol_specific_port({
        "ready_led_meaning": True, "i_t_nexus_loss_time_milliseconds": 0xFFFF,
        "initiator_response_timeout_milliseconds": 0xFFFF})))


def _power_condition(settings: ModeSettings) -> Page:
    values: dict[str, Any] = {}
    changeable: dict[str, Any] = {}
    for name in _TIMER_BYTES:
        timer = settings.timers.get(name)
        values[name] = timer is not None
        values[name + "_condition_timer"] = timer or 0
        changeable[name] = True
        changeable[name + "_condition_timer"] = 0xFFFFFFFF
    return Page(encode_power_condition_mode(values), _mask(encode_power_condition_mode(changeable)))


def _informational_exceptions(settings: ModeSettings) -> Page:
    default = encode_informational_exceptions_mode({"mrie": settings.reporting_method, "report_count": 1})
    return Page(default, _mask(encode_informational_exceptions_mode({
        "ewasc": True, "dexcpt": True, "test": True, "mrie": 0xF, "interval_timer": 0xFFFFFFFF,
        "report_count": 0xFFFFFFFF})), _wrong_exceptions)


def _wrong_exceptions(page: bytes) -> Fault:
    """Only some methods are supported; TEST and DEXCPT exclude each other (SBC-5 6.5)."""
    if page[3] & 0xF not in _METHODS:
        return 3, 3
    dexcpt, test = page[2] & 0x08, page[2] & 0x04
    return (2, 2) if dexcpt and test else None


def selected(pages: Mapping[PageCode, Any], page: int, subpage: int) -> list[PageCode]:
    """Which pages a MODE SENSE asks for, in the order in which they are returned; page 00h is last (SPC-6 6.13)."""
    found = [each for each in sorted(pages) if page in (each[0], 0x3F) and subpage in (each[1], 0xFF)]
    return [each for each in found if each[0]] + [each for each in found if not each[0]]

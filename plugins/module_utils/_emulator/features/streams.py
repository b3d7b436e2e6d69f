# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams (SBC-5 4.34): STREAM CONTROL, GET STREAM STATUS, and what WRITE STREAM needs to know of them.

Streams belong to the logical unit, not to an initiator. Settings, with their defaults::

    maximum: 8                       # streams, including the permanent ones; identifiers are less than this; 0: none
    permanent: []                    # streams that are always open: {id: 0, relative_lifetime: 20}
    assignment: lowest               # the free identifier that an open assigns: the lowest, or the next "round robin"
    optimal_write_size_blocks: 128
    granularity: 8                   # in optimal write sizes
    reduced_control: false           # RSCS: permanent streams only, no STREAM CONTROL
    closed_by_reset: true            # whether a reset closes streams; power on does not
    like_scsi_debug: false           # answer GET STREAM STATUS as the Linux kernel's scsi_debug does, not as SBC-5

What SBC-5 leaves open is decided as follows: closing a stream that is not open or is permanent, or writing to one that
is not open, ends with INVALID FIELD IN CDB; opening one if none is free ends with INSUFFICIENT RESOURCES (55h/03h).
Identifier 0 is never assigned, as many initiators take it for none; a permanent stream may have it.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ..._checks import boolean, items, number, one_of, with_defaults
from ..._scsi.sense_keys import ILLEGAL_REQUEST
from ..._scsi.streams import (
    CLOSE_STREAM,
    GET_STREAM_STATUS,
    GET_STREAM_STATUS_ACTION,
    OPEN_STREAM,
    STREAM_CONTROL,
    STREAM_CONTROL_ACTION,
    STREAM_STATUS_DESCRIPTOR,
    STREAM_STATUS_HEADER,
    encode_stream_control,
    encode_stream_status,
)
from ..._scsi.vpd_block_limits_extension import BLOCK_LIMITS_EXTENSION, encode_block_limits_extension
from ..contract import Task
from ..feature import Check, Clock, Code, Feature, Handler, invalid_field_in_cdb

_SERVICE_ACTION_IN = 0x9E
_POWER_ON = "power on"
_LOWEST, _ROUND_ROBIN = "lowest", "round robin"
#: The most that scsi_debug answers to GET STREAM STATUS, in bytes.
_SCSI_DEBUG_LIMIT = 256


class Streams(Feature):
    """The streams of a logical unit. Raises ValueError for wrong ``settings``."""

    name = "streams"

    def __init__(self, clock: Clock, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        del clock  # A stream does not age.
        values = with_defaults(settings or {}, "streams", {
            "maximum": 8, "permanent": [], "assignment": _LOWEST, "optimal_write_size_blocks": 128, "granularity": 8,
            "reduced_control": False, "closed_by_reset": True, "like_scsi_debug": False})
        self._maximum: int = number(values["maximum"], "streams.maximum", 0, 0xFFFF, whole=True)
        self._permanent = _permanent(values["permanent"], self._maximum)
        self._assignment = one_of(values["assignment"], "streams.assignment", (_LOWEST, _ROUND_ROBIN))
        self._write_size: int = number(
            values["optimal_write_size_blocks"], "streams.optimal_write_size_blocks", 0, 0xFFFF, whole=True)
        self._granularity: int = number(values["granularity"], "streams.granularity", 0, 0xFFFFFFFF, whole=True)
        self._reduced = boolean(values["reduced_control"], "streams.reduced_control")
        self._closed_by_reset = boolean(values["closed_by_reset"], "streams.closed_by_reset")
        self._like_scsi_debug = boolean(values["like_scsi_debug"], "streams.like_scsi_debug")
        self._open: set[int] = set()
        self._last = 0

    # -- for WRITE STREAM

    def is_open(self, identifier: int) -> bool:
        """Whether the stream may be written to."""
        return identifier in self._open or identifier in self._permanent

    def check_open(self, identifier: int, byte: int) -> None:
        """Raises Check if the stream that byte ``byte`` of the CDB names may not be written to (SBC-5 5.58)."""
        if not self.is_open(identifier):
            raise invalid_field_in_cdb(byte)

    @property
    def open_identifiers(self) -> list[int]:
        """All open streams, including the permanent ones, in ascending order."""
        return sorted(self._open.union(self._permanent))

    @property
    def permanent_identifiers(self) -> list[int]:
        """The streams that are always open, in ascending order."""
        return sorted(self._permanent)

    # -- commands

    def commands(self) -> Mapping[Code, Handler]:
        found: dict[Code, Handler] = {}
        if not self._maximum:
            return found
        found[_SERVICE_ACTION_IN, GET_STREAM_STATUS_ACTION] = self._status
        if not self._reduced:
            found[_SERVICE_ACTION_IN, STREAM_CONTROL_ACTION] = self._control
        return found

    def _control(self, task: Task) -> bytes:
        values = STREAM_CONTROL.decode(task.cdb)
        control = values["str_ctl"]["value"]
        if control == OPEN_STREAM:
            answer = encode_stream_control(self._assign())
        elif control == CLOSE_STREAM:
            if values["str_id"] not in self._open:
                raise invalid_field_in_cdb(4)
            self._open.remove(values["str_id"])
            self.changed()
            answer = encode_stream_control()
        else:
            raise invalid_field_in_cdb(1, 6)
        return answer[:values["allocation_length"]]

    def _assign(self) -> int:
        free = [each for each in range(1, self._maximum) if not self.is_open(each)]
        if not free:
            raise Check(ILLEGAL_REQUEST, 0x55, 0x03)
        assigned = free[0]
        if self._assignment == _ROUND_ROBIN:
            assigned = next((each for each in free if each > self._last), assigned)
        self._last = assigned
        self._open.add(assigned)
        self.changed()
        return assigned

    def _status(self, task: Task) -> bytes:
        values = GET_STREAM_STATUS.decode(task.cdb)
        start, allocation = values["starting_stream_identifier"], values["allocation_length"]
        listed_streams = [self._descriptor(each) for each in self.open_identifiers if each >= start]
        count = len(self.open_identifiers)
        if self._like_scsi_debug:
            return self._scsi_debug_status(start, allocation, listed_streams, count)
        if start > self._maximum:
            raise invalid_field_in_cdb(4)
        return encode_stream_status(listed_streams, count)[:allocation]

    def _scsi_debug_status(self, start: int, allocation: int, streams: list[dict[str, Any]], count: int) -> bytes:
        """As scsi_debug: the length field depends on the allocation length, which must hold a whole header."""
        if allocation < STREAM_STATUS_HEADER.size:
            raise invalid_field_in_cdb(10)
        if start >= self._maximum:
            raise invalid_field_in_cdb(4)
        room = min(allocation, _SCSI_DEBUG_LIMIT) - STREAM_STATUS_HEADER.size
        return encode_stream_status(streams[:room // STREAM_STATUS_DESCRIPTOR.size], count)

    def _descriptor(self, identifier: int) -> dict[str, Any]:
        return {"perm": identifier in self._permanent, "stream_identifier": identifier,
                "relative_lifetime": self._permanent.get(identifier, 0)}

    # -- pages, events

    def vpd_pages(self) -> Mapping[int, Callable[[], bytes]]:
        return {BLOCK_LIMITS_EXTENSION: lambda: encode_block_limits_extension({
            "rscs": self._reduced, "maximum_number_of_streams": self._maximum,
            "optimal_stream_write_size_blocks": self._write_size, "stream_granularity_size": self._granularity})}

    def reset(self, kind: str) -> None:
        if self._closed_by_reset and kind != _POWER_ON and self._open:
            self._open.clear()
            self.changed()

    def save(self) -> dict[str, Any]:
        return {"open": sorted(self._open), "last": self._last}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores a state; a stream that the settings no longer allow is closed."""
        self._open = {
            each for each in state.get("open") or () if 0 < each < self._maximum and each not in self._permanent}
        self._last = state.get("last") or 0


def _permanent(given: Any, maximum: int) -> dict[int, int]:
    """Relative lifetimes by stream identifier."""
    found: dict[int, int] = {}
    for place, entry in enumerate(items(given, "streams.permanent")):
        where = f"streams.permanent[{place}]"
        values = with_defaults(entry, where, {"id": None, "relative_lifetime": 0})
        identifier = number(values["id"], where + ".id", 0, maximum - 1, whole=True)
        if identifier in found:
            raise ValueError(f"{where}.id: {identifier} is given twice")
        found[identifier] = number(values["relative_lifetime"], where + ".relative_lifetime", 0, 0x3F, whole=True)
    return found

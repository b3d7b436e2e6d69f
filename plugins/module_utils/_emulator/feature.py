# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a logical unit is made of: features, each with its commands, its pages, and its state.

A feature is one thing that a drive can do (self-tests, streams, a copy manager, reservations). It knows neither the
others nor the server; the unit asks every feature in turn and sends the answer. A new one is built in `build`, and its
settings are named in `description` and `profiles`.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Tuple

from .._checks import number, wrong
from .._scsi.sense_encode import encode_descriptor_sense, encode_fixed_sense
from .._scsi.sense_keys import ILLEGAL_REQUEST
from .attention import Attentions
from .contract import CHECK_CONDITION, Handle, Nexus, Task, Timers

_SENSE_LIMITS = (0x0F, 0xFF, 0xFF)

#: An operation code and a service action, or None for a command that has none.
Code = Tuple[int, Optional[int]]


class Check(Exception):
    """CHECK CONDITION with this sense data. ``more`` is passed to the encoders of sense data: ``field_pointer=(True, 4,
    None)`` for byte 4 of the CDB, ``information=``, ``progress=``, ``command_specific_information=``, and so on."""

    def __init__(self, key: int, asc: int, ascq: int, **more: Any) -> None:
        super().__init__(f"{key:X}h/{asc:02X}h/{ascq:02X}h")
        self.key = key
        self.asc = asc
        self.ascq = ascq
        self.more = more

    def sense(self, descriptor_format: bool) -> bytes:
        """The sense data, in the format that D_SENSE of the Control mode page selects (SPC-6 4.4)."""
        encode = encode_descriptor_sense if descriptor_format else encode_fixed_sense
        return encode(self.key, self.asc, self.ascq, **self.more)


def invalid_operation_code() -> Check:
    """ILLEGAL REQUEST, INVALID COMMAND OPERATION CODE."""
    return Check(ILLEGAL_REQUEST, 0x20, 0x00)


def invalid_field_in_cdb(byte: int, bit: int | None = None) -> Check:
    """ILLEGAL REQUEST, INVALID FIELD IN CDB, with a pointer to the field."""
    return Check(ILLEGAL_REQUEST, 0x24, 0x00, field_pointer=(True, byte, bit))


def invalid_field_in_parameter_list(byte: int, bit: int | None = None) -> Check:
    """ILLEGAL REQUEST, INVALID FIELD IN PARAMETER LIST, with a pointer to the field."""
    return Check(ILLEGAL_REQUEST, 0x26, 0x00, field_pointer=(False, byte, bit))


def sense_codes(given: Any, where: str) -> tuple[int, int, int]:
    """Checks an option that is a list of sense key, additional sense code and qualifier. Raises ValueError."""
    if not isinstance(given, (list, tuple)) or len(given) != len(_SENSE_LIMITS):
        raise wrong(given, where, "a list of sense key, additional sense code and qualifier")
    key, asc, ascq = (number(value, f"{where}[{place}]", 0, limit, whole=True)
                      for place, (value, limit) in enumerate(zip(given, _SENSE_LIMITS)))
    return key, asc, ascq


class Status(Exception):
    """A status other than GOOD and CHECK CONDITION: BUSY, RESERVATION CONFLICT, TASK SET FULL."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status:02X}h")
        self.status = status


class Later:
    """What a handler returns when it will complete the task itself; see `LATER`."""


LATER = Later()

#: Returns data-in (already cut to the CDB's allocation length if the command has one; b"" for none), raises Check or
#: Status, or returns LATER and completes the task from a timer.
Handler = Callable[[Task], Any]


class Clock:
    """The unit's own time, which may run faster than the server's: by the factor ``time_scale``.

    Everything that a drive times (self-tests, power-on hours, scans) is timed by it, so tests can set it freely.
    """

    def __init__(self, timers: Timers, time_scale: float = 1.0, offset_seconds: float = 0.0) -> None:
        self._timers = timers
        self._scale = time_scale
        self._origin = timers.now()
        self._offset = offset_seconds
        self._alarms: set[_Alarm] = set()

    def now(self) -> float:
        """Powered-on seconds since the drive was manufactured."""
        return self._offset + (self._timers.now() - self._origin) * self._scale

    def call_later(self, seconds: float, function: Callable[[], Any]) -> Handle:
        """Like `Timers.call_later`, in the drive's seconds."""
        return _Alarm(self._timers, self._scale, self._alarms, self.now(), seconds, function)

    def advance(self, seconds: float) -> None:
        """Advances the clock; timers that have become due fire soon."""
        self._offset += seconds
        for alarm in list(self._alarms):
            alarm.advance(self.now())


class _Alarm(Handle):
    """A timer in the drive's time."""

    def __init__(self, timers: Timers, scale: float, alarms: set[_Alarm], now: float, seconds: float,
                 function: Callable[[], Any]) -> None:
        self._timers = timers
        self._scale = scale
        self._alarms = alarms
        self._due = now + seconds
        self._function = function
        alarms.add(self)
        self._handle = timers.call_later(seconds / scale, self._ring)

    def advance(self, now: float) -> None:
        """Adapts to a clock that was advanced."""
        self._handle.cancel()
        self._handle = self._timers.call_later(max(0.0, self._due - now) / self._scale, self._ring)

    def cancel(self) -> None:
        self._alarms.discard(self)
        self._handle.cancel()

    def _ring(self) -> None:
        self._alarms.discard(self)
        self._function()


class Feature:
    """One thing that a drive can do. Every method has a default."""

    #: The feature's name in the saved state, and in a profile.
    name: str = ""
    #: Whether D_SENSE of the Control mode page selects descriptor format; set by the unit for all its features.
    descriptor_sense: Callable[[], bool] = staticmethod(lambda: False)
    #: To be called when what `save` returns has changed: the unit then stores it durably, before the running command is
    #: answered, or at once if none is running. Set by the unit for all its features.
    changed: Callable[[], None] = staticmethod(lambda: None)
    #: Where unit attention conditions are established; set by the unit for all its features.
    attentions: Attentions

    def __init__(self) -> None:
        self.attentions = Attentions()

    def refuse(self, task: Task, check: Check) -> None:
        """Ends with CHECK CONDITION a task for which LATER was returned."""
        task.complete(CHECK_CONDITION, sense=check.sense(self.descriptor_sense()))

    def commands(self) -> Mapping[Code, Handler]:
        """The commands that it handles."""
        return {}

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        """How many bytes of data-out each command takes, from its CDB; a command that is not listed takes none."""
        return {}

    def vpd_pages(self) -> Mapping[int, Callable[[], bytes]]:
        """The VPD pages that it has, each complete."""
        return {}

    def mode_pages(self) -> Mapping[tuple[int, int], Callable[[], bytes]]:
        """The mode pages, by page and subpage, that it has, each complete, with current values."""
        return {}

    def log_pages(self) -> Mapping[tuple[int, int], Callable[[], bytes]]:
        """The log pages, by page and subpage, that it has, each complete."""
        return {}

    def diagnostic_pages(self) -> Mapping[int, Callable[[], bytes]]:
        """The diagnostic pages that it has, each complete."""
        return {}

    def gate(self, task: Task) -> None:
        """Called for every command before it is performed; raises Check or Status to refuse it."""

    def request_sense(self) -> Check | None:
        """What REQUEST SENSE reports about the feature (SPC-6 6.39), None for nothing."""
        return None

    def abort(self, task: Task) -> None:
        """A task for which this feature returned LATER was aborted."""

    def reset(self, kind: str) -> None:
        """The unit was reset, or its power came back (``kind`` "power on")."""

    def nexus_lost(self, nexus: Nexus) -> None:
        """The nexus is lost."""

    def save(self) -> dict[str, Any]:
        """The state that must survive a restart, as JSON can hold it."""
        return {}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores a state that `save` returned; one of an older version may lack keys."""

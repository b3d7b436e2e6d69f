# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A logical unit: combines features, and passes every command to the one that handles it.

A command is checked in this order (SAM-6 5.3, SPC-6 5.10): whether it is known; whether a unit attention is pending;
whether a feature refuses it now (a reservation, a stopped motor, a self-test). Then it is performed.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping, Sequence

from .._scsi.request_sense import REQUEST_SENSE
from .._scsi.sense_keys import UNIT_ATTENTION
from .attention import COMMANDS_CLEARED, Attentions
from .contract import CHECK_CONDITION, GOOD, Nexus, ServedUnit, Task
from .faults.faults import Faults
from .faults.match import action_of
from .feature import LATER, Check, Clock, Code, Feature, Handler, Status, invalid_field_in_cdb, invalid_operation_code
from .usage import Usage

_TEST_UNIT_READY, _REQUEST_SENSE, _INQUIRY, _REPORT_LUNS, _LOG_SENSE = 0x00, 0x03, 0x12, 0xA0, 0x4D
#: Commands that are performed despite a pending unit attention (SAM-6 5.14.1); REQUEST SENSE returns it as its data.
_BEFORE_ATTENTIONS = frozenset((_INQUIRY, _REPORT_LUNS, _REQUEST_SENSE))

_VARIABLE_LENGTH = 0x7F

#: 29h/03h for a reset of the unit, 29h/02h for one of the target (SAM-6 table 47).
RESET_CODES = {"logical unit reset": (0x29, 0x03), "power on": (0x29, 0x01)}
_OTHER_RESET = (0x29, 0x02)
POWER_ON = "power on"

_CLOCK, _USAGE = "clock", "usage"


def code_of(cdb: bytes, has_service_action: bool) -> Code:
    """The operation code, and the service action if the operation code has those."""
    if not has_service_action:
        return cdb[0], None
    return cdb[0], action_of(cdb)


class Commands:
    """All the commands of a unit."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.handlers: dict[Code, tuple[Feature, Handler]] = {}
        self.data_out: dict[Code, Callable[[bytes], int]] = {}
        for feature in features:
            for code, handler in feature.commands().items():
                if code in self.handlers:
                    raise ValueError(f"{self.handlers[code][0].name} and {feature.name} both have command "
                                     f"{code[0]:02X}h")
                self.handlers[code] = feature, handler
            self.data_out.update(feature.data_out())
        self._with_service_action = frozenset(opcode for opcode, action in self.handlers if action is not None)

    def code(self, cdb: bytes) -> Code:
        """Which command this is."""
        return code_of(cdb, cdb[0] in self._with_service_action)

    def find(self, cdb: bytes) -> tuple[Feature, Handler]:
        """The feature and handler of this command. Raises Check if there is none."""
        found = self.handlers.get(self.code(cdb))
        if found is not None:
            return found
        if cdb[0] in self._with_service_action:
            if cdb[0] == _VARIABLE_LENGTH:
                raise invalid_field_in_cdb(8)
            raise invalid_field_in_cdb(1, 4)
        raise invalid_operation_code()

    def wanted(self, cdb: bytes) -> int:
        """How many bytes of data-out it takes."""
        length = self.data_out.get(self.code(cdb))
        return 0 if length is None else length(cdb)


class Basics(Feature):
    """TEST UNIT READY and REQUEST SENSE, which ask all features."""

    name = "basics"

    def __init__(self, features: Callable[[], Sequence[Feature]]) -> None:
        super().__init__()
        self._features = features

    def commands(self) -> Mapping[Code, Handler]:
        return {(_TEST_UNIT_READY, None): lambda task: b"", (_REQUEST_SENSE, None): self._request_sense}

    def _request_sense(self, task: Task) -> bytes:
        values = REQUEST_SENSE.decode(task.cdb)
        return self._current(task.nexus).sense(values["desc"])[:values["allocation_length"]]

    def _current(self, nexus: Nexus) -> Check:
        attention = self.attentions.take(nexus)
        if attention is not None:
            return Check(UNIT_ATTENTION, *attention)
        for feature in self._features():
            check = feature.request_sense()
            if check is not None:
                return check
        return Check(0, 0, 0)


class LogicalUnit(ServedUnit):
    """A logical unit made of features, in the order in which they may refuse a command.

    ``write`` stores the state durably; it is called with the whole state before an answer that depends on it is sent.
    """

    def __init__(self, clock: Clock, features: Sequence[Feature], faults: Faults, usage: Usage | None = None,
                 write: Callable[[dict[str, Any]], None] = lambda state: None) -> None:
        self.clock = clock
        self.faults = faults
        self.usage = usage or Usage()
        self.attentions = Attentions()
        self.features: tuple[Feature, ...] = (Basics(lambda: self.features), *features)
        self.commands = Commands(self.features)
        self._write = write
        self._working = False
        self._unsaved = False
        self._saved_minute = -1
        self._later: dict[Task, Feature] = {}
        self._held: dict[Task, Any] = {}
        for feature in self.features:
            feature.attentions = self.attentions
            feature.changed = self._changed
        faults.changed = self._changed

    # -- pages of all features

    def vpd_pages(self) -> dict[int, Callable[[], bytes]]:
        """The VPD pages by code."""
        return _merged(feature.vpd_pages() for feature in self.features)

    def mode_pages(self) -> dict[tuple[int, int], Callable[[], bytes]]:
        """The mode pages by page and subpage."""
        return _merged(feature.mode_pages() for feature in self.features)

    def log_pages(self) -> dict[tuple[int, int], Callable[[], bytes]]:
        """The log pages by page and subpage."""
        return _merged(feature.log_pages() for feature in self.features)

    # -- commands

    def wanted(self, cdb: bytes, expected_length: int) -> int:
        del expected_length
        return self.commands.wanted(cdb)

    def submit(self, task: Task) -> None:
        try:
            action = self.faults.before(task)
        except (Check, Status) as failure:
            self._fail(task, failure)
            return
        if action is not None and action.silence:
            self._held[task] = None
        elif action is not None and action.delay_seconds:
            self._held[task] = self.clock.call_later(action.delay_seconds, lambda: self._release(task))
        else:
            self._perform(task)

    def _release(self, task: Task) -> None:
        if self._held.pop(task, None) is not None:
            self._perform(task)

    def _perform(self, task: Task) -> None:
        self._working = True
        try:
            answer = self._answer(task)
        except (Check, Status) as failure:
            self._finish()
            self._fail(task, failure)
            return
        finally:
            self._working = False
        self._finish()
        if answer is not LATER:
            data, task.wire_faults = self.faults.after(task, answer)
            task.complete(GOOD, data)

    def _answer(self, task: Task) -> Any:
        feature, handler = self.commands.find(task.cdb)
        if task.cdb[0] not in _BEFORE_ATTENTIONS:
            attention = self.attentions.take(task.nexus)
            if attention is not None:
                raise Check(UNIT_ATTENTION, *attention)
        for each in self.features:
            each.gate(task)
        answer = handler(task)
        if answer is LATER:
            self._later = {other: owner for other, owner in self._later.items() if not other.done}
            self._later[task] = feature
        elif task.cdb[0] == _LOG_SENSE and int(self.clock.now() // 60) != self._saved_minute:
            # The answer may contain the time, which must not go back after a crash.
            self._unsaved = True
        return answer

    def _fail(self, task: Task, failure: Exception) -> None:
        if isinstance(failure, Check):
            task.complete(CHECK_CONDITION, sense=failure.sense(self._descriptor_sense()))
        elif isinstance(failure, Status):
            task.complete(failure.status)

    def _descriptor_sense(self) -> bool:
        return self.features[0].descriptor_sense()

    def set_descriptor_sense(self, asked_for: Callable[[], bool]) -> None:
        """Sets how features find out the format of sense data: D_SENSE of the Control mode page."""
        for feature in self.features:
            feature.descriptor_sense = asked_for

    # -- events

    def abort(self, task: Task) -> None:
        if task in self._held:
            timer = self._held.pop(task)
            if timer is not None:
                timer.cancel()
            return
        feature = self._later.pop(task, None)
        if feature is not None:
            feature.abort(task)

    def cleared(self, nexus: Nexus, others: Sequence[Nexus]) -> None:
        self.attentions.establish(COMMANDS_CLEARED, only=others)

    def reset(self, kind: str, nexus: Nexus | None = None) -> None:
        del nexus
        for feature in self.features:
            feature.reset(kind)
        self.attentions.establish(RESET_CODES.get(kind, _OTHER_RESET))
        self._changed()

    def power_cycle(self) -> None:
        """Power cycles the unit. Its tasks in the server must have been aborted before."""
        for task in list(self._held):
            self.abort(task)
        self.reset(POWER_ON)

    def nexus_lost(self, nexus: Nexus) -> None:
        """The nexus is lost."""
        self.attentions.detach(nexus)
        for feature in self.features:
            feature.nexus_lost(nexus)

    # -- state

    def save(self) -> dict[str, Any]:
        """The state that must survive a restart, as JSON can hold it."""
        state: dict[str, Any] = {_CLOCK: self.clock.now(), _USAGE: self.usage.save(), "faults": self.faults.save()}
        for feature in self.features:
            saved = feature.save()
            if saved:
                state[feature.name] = saved
        return state

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores a state; for the drive, this is a power on."""
        self.usage.load(state.get(_USAGE) or {})
        self.faults.load(state.get("faults") or {})
        for feature in self.features:
            if feature.name in state:
                feature.load(state[feature.name])
        for feature in self.features:
            feature.reset(POWER_ON)

    def keep(self) -> None:
        """Writes the state even if only the power-on hours have changed."""
        self._changed()

    def advance(self, seconds: float) -> None:
        """Advances the drive's clock."""
        self.clock.advance(seconds)
        self.keep()

    def _changed(self) -> None:
        self._unsaved = True
        if not self._working:
            self._finish()

    def _finish(self) -> None:
        if self._unsaved:
            self._unsaved = False
            self._saved_minute = int(self.clock.now() // 60)
            self._write(self.save())


def _merged(parts: Iterable[Mapping[Any, Callable[[], bytes]]]) -> dict[Any, Callable[[], bytes]]:
    found: dict[Any, Callable[[], bytes]] = {}
    for part in parts:
        found.update(part)
    return found

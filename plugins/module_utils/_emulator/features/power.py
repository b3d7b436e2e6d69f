# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""START STOP UNIT, PREVENT ALLOW MEDIUM REMOVAL, and the power conditions of a drive (SBC-5 4 and 5).

Settings, with their defaults::

    start_seconds: 0                 # how long the motor takes to start, in drive time
    stopped_at_power_on: false       # waits for START STOP UNIT after power on
    conditions: [idle_a, idle_b, idle_c, standby_y, standby_z]

The timers of the Power Condition mode page put the drive into the deepest condition whose timer has expired since the
medium was last needed. A command that needs the medium wakes the drive, also from a condition that a command has set;
then the timers start again.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ..._checks import boolean, items, number, one_of, with_defaults
from ..._scsi.start_stop_unit import (
    ACTIVE,
    FORCE_IDLE,
    FORCE_STANDBY,
    IDLE,
    LU_CONTROL,
    PREVENT_ALLOW_MEDIUM_REMOVAL,
    STANDBY,
    START_STOP_UNIT,
    START_VALID,
)
from ..contract import GOOD, Nexus, Task
from ..feature import LATER, Check, Clock, Code, Feature, Handler, invalid_field_in_cdb
from ..usage import Usage

_ACTIVE, _STOPPED = "active", "stopped"
IDLE_A, IDLE_B, IDLE_C, STANDBY_Y, STANDBY_Z = "idle_a", "idle_b", "idle_c", "standby_y", "standby_z"
#: From the shallowest to the deepest, with the qualifiers of LOW POWER CONDITION ON by timer and by command.
CONDITIONS: Mapping[str, tuple[int, int]] = {
    IDLE_A: (0x01, 0x03), IDLE_B: (0x05, 0x06), IDLE_C: (0x07, 0x08), STANDBY_Y: (0x09, 0x0A), STANDBY_Z: (0x02, 0x04),
}
#: By POWER CONDITION, the conditions that POWER CONDITION MODIFIER counts.
_MODIFIERS: Mapping[int, tuple[str, ...]] = {
    IDLE: (IDLE_A, IDLE_B, IDLE_C), FORCE_IDLE: (IDLE_A, IDLE_B, IDLE_C),
    STANDBY: (STANDBY_Z, STANDBY_Y), FORCE_STANDBY: (STANDBY_Z, STANDBY_Y),
}
_HEADS_PARKED = frozenset((IDLE_B, IDLE_C, STANDBY_Y, STANDBY_Z))
_LOW_POWER = 0x5E

_INITIALIZING_COMMAND_REQUIRED = (0x02, 0x04, 0x02)
_BECOMING_READY = (0x02, 0x04, 0x01)
_MEDIUM_NOT_PRESENT = (0x02, 0x3A, 0x00)
_REMOVAL_PREVENTED = (0x05, 0x53, 0x02)
_MEDIUM_MAY_HAVE_CHANGED = (0x28, 0x00)

_TEST_UNIT_READY, _SEND_DIAGNOSTIC, _SERVICE_ACTION_IN = 0x00, 0x1D, 0x9E
_READ_CAPACITY_10, _READ_CAPACITY_16 = 0x25, 0x10
#: The operation codes that need the medium (SBC-5 5), and the service actions of 9Eh.
_NEED_MEDIUM = frozenset((
    0x04, 0x07, 0x08, 0x0A, 0x0B, 0x28, 0x2A, 0x2B, 0x2E, 0x2F, 0x34, 0x35, 0x37, 0x3E, 0x3F, 0x41, 0x42, 0x48, 0x7F,
    0x83, 0x88, 0x89, 0x8A, 0x8B, 0x8E, 0x8F, 0x90, 0x91, 0x93, 0x9A, 0x9C, 0x9F, 0xA8, 0xAA, 0xAE, 0xAF, 0xB7))
_NEED_MEDIUM_IN = frozenset((0x11, 0x12))
_PREVENT, _ALLOW = 1, 0
_POWER_ON = "power on"


def needs_medium(cdb: bytes) -> bool:
    """Whether a command needs the medium to spin."""
    if cdb[0] == _SERVICE_ACTION_IN:
        return cdb[1] & 0x1F in _NEED_MEDIUM_IN
    if cdb[0] == _SEND_DIAGNOSTIC:
        # A self-test does; aborting one or sending a page does not.
        return bool(cdb[1] & 0x04) or cdb[1] >> 5 not in (0, 4)
    return cdb[0] in _NEED_MEDIUM


class Power(Feature):
    """The power conditions of a logical unit, and its medium. Raises ValueError for wrong ``settings``.

    ``page`` returns the decoded Power Condition mode page, whose timers apply.
    """

    name = "power"

    def __init__(self, clock: Clock, usage: Usage, settings: Mapping[str, Any] | None = None, *,
                 page: Callable[[], Mapping[str, Any]] = dict, removable: bool = False) -> None:
        super().__init__()
        values = with_defaults(settings or {}, "power", {
            "start_seconds": 0, "stopped_at_power_on": False, "conditions": list(CONDITIONS)})
        self._start_seconds: float = number(values["start_seconds"], "power.start_seconds", 0)
        self._stopped_at_power_on = boolean(values["stopped_at_power_on"], "power.stopped_at_power_on")
        self._conditions = frozenset(
            one_of(each, f"power.conditions[{place}]", tuple(CONDITIONS))
            for place, each in enumerate(items(values["conditions"], "power.conditions")))
        self._clock = clock
        self._usage = usage
        self._page = page
        self._removable = removable
        #: The condition that a command has set; the timers run only while that is "active".
        self._asked = _STOPPED if self._stopped_at_power_on else _ACTIVE
        self._needed_at = clock.now()
        #: The deepest condition that is known to have been reached since then.
        self._reached = _ACTIVE
        self._ready_at = clock.now()
        self._waiting: dict[Task, Any] = {}
        self._loaded = True
        self._preventing: set[Nexus] = set()

    # -- conditions

    @property
    def condition(self) -> str:
        """"active", "stopped", or one of the low power conditions, "idle_a" to "standby_z"."""
        return self._by_timer() if self._asked == _ACTIVE else self._asked

    @property
    def medium_present(self) -> bool:
        """False once the medium of a removable drive was ejected."""
        return self._loaded

    def _by_timer(self) -> str:
        page = self._page()
        idle_for = self._clock.now() - self._needed_at
        condition = _ACTIVE
        for name in CONDITIONS:
            timer = page.get(name + "_condition_timer")
            if page.get(name) and timer is not None and timer / 10 <= idle_for and name in self._conditions:
                condition = name
        if condition != self._reached:
            self._usage.count_transition(condition)
            self._count_parking(self._reached, condition)
            self._reached = condition
        return condition

    def _count_parking(self, before: str, after: str) -> None:
        if before not in _HEADS_PARKED and after in _HEADS_PARKED:
            self._usage.load_unload_cycles += 1

    def _enter(self, condition: str) -> None:
        """Enters a condition; leaving one with a stopped motor counts as a start."""
        before = self.condition
        if condition != before:
            self._usage.count_transition(condition)
        self._count_parking(before, condition)
        if before == _STOPPED and condition != _STOPPED:
            self._ready_at = self._clock.now() + self._start_seconds
        if before in (_STOPPED, STANDBY_Z) and condition not in (_STOPPED, STANDBY_Z):
            self._usage.start_stop_cycles += 1
        elif condition == _STOPPED and before not in _HEADS_PARKED and before != _STOPPED:
            self._usage.load_unload_cycles += 1
        self._asked = condition
        self._needed_at = self._clock.now()
        self._reached = _ACTIVE

    def _readiness(self) -> tuple[int, int, int] | None:
        if not self._loaded:
            return _MEDIUM_NOT_PRESENT
        if self._asked == _STOPPED:
            return _INITIALIZING_COMMAND_REQUIRED
        return _BECOMING_READY if self._clock.now() < self._ready_at else None

    def gate(self, task: Task) -> None:
        needs = needs_medium(task.cdb)
        not_ready = self._readiness()
        if not_ready is not None:
            if needs or task.cdb[0] == _TEST_UNIT_READY or not self._loaded and _asks_capacity(task.cdb):
                raise Check(*not_ready)
            return
        # Also for other commands: what the timers have done until now is to be in the log.
        condition = self.condition
        if needs:
            if condition != _ACTIVE:
                self._enter(_ACTIVE)
                self.changed()
            self._needed_at = self._clock.now()

    def request_sense(self) -> Check | None:
        not_ready = self._readiness()
        if not_ready is not None:
            return Check(*not_ready)
        condition = self.condition
        if condition == _ACTIVE:
            return None
        by_timer, by_command = CONDITIONS[condition]
        return Check(0, _LOW_POWER, by_timer if self._asked == _ACTIVE else by_command)

    # -- commands

    def commands(self) -> Mapping[Code, Handler]:
        return {(0x1B, None): self._start_stop, (0x1E, None): self._prevent_allow}

    def _start_stop(self, task: Task) -> Any:
        values = START_STOP_UNIT.decode(task.cdb)
        kind, modifier = values["power_condition"]["value"], values["power_condition_modifier"]
        if kind == START_VALID:
            if values["loej"]:
                self._load_eject(task, values["start"])
            self._enter(_ACTIVE if values["start"] else _STOPPED)
        elif kind in (ACTIVE, LU_CONTROL):
            if modifier:
                raise invalid_field_in_cdb(3, 3)
            if kind == ACTIVE or self._asked != _STOPPED:
                self._enter(_ACTIVE)
        elif kind in _MODIFIERS:
            names = _MODIFIERS[kind]
            if modifier >= len(names) or names[modifier] not in self._conditions:
                raise invalid_field_in_cdb(3, 3)
            self._enter(names[modifier])
        else:
            raise invalid_field_in_cdb(4, 7)
        self.changed()
        wait = self._ready_at - self._clock.now()
        if values["immed"] or wait <= 0 or self._asked == _STOPPED:
            return b""
        self._waiting[task] = self._clock.call_later(wait, lambda: self._finish(task))
        return LATER

    def _finish(self, task: Task) -> None:
        del self._waiting[task]
        task.complete(GOOD)

    def _load_eject(self, task: Task, load: bool) -> None:
        if not self._removable:
            raise invalid_field_in_cdb(4, 1)
        if load == self._loaded:
            return
        if self._preventing:
            raise Check(*_REMOVAL_PREVENTED)
        if load:
            self.attentions.establish(_MEDIUM_MAY_HAVE_CHANGED, but=task.nexus)
        self._loaded = load

    def _prevent_allow(self, task: Task) -> bytes:
        prevent = PREVENT_ALLOW_MEDIUM_REMOVAL.decode(task.cdb)["prevent"]["value"]
        if prevent == _PREVENT:
            self._preventing.add(task.nexus)
        elif prevent == _ALLOW:
            self._preventing.discard(task.nexus)
        else:
            raise invalid_field_in_cdb(4, 1)
        return b""

    # -- events

    def abort(self, task: Task) -> None:
        timer = self._waiting.pop(task, None)
        if timer is not None:
            timer.cancel()

    def reset(self, kind: str) -> None:
        """Power on starts the motor; other resets leave it as it is."""
        self._preventing.clear()
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        if kind != _POWER_ON:
            return
        self._asked = _STOPPED
        if not self._stopped_at_power_on:
            self._enter(_ACTIVE)

    def nexus_lost(self, nexus: Nexus) -> None:
        self._preventing.discard(nexus)

    def save(self) -> dict[str, Any]:
        return {"loaded": self._loaded}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores whether there is a medium. The motor is as after power on."""
        self._loaded = bool(state.get("loaded", True)) or not self._removable


def _asks_capacity(cdb: bytes) -> bool:
    return cdb[0] == _READ_CAPACITY_10 or cdb[0] == _SERVICE_ACTION_IN and cdb[1] & 0x1F == _READ_CAPACITY_16

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bench for single features: a logical unit that has little else, in a time that a test moves on by hand."""

from __future__ import annotations

import json
from typing import Any, Callable, Mapping, Sequence

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import (
    CHECK_CONDITION,
    GOOD,
    Handle,
    Nexus,
    Task,
    Timers,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.faults.faults import Faults
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock, Code, Feature, Handler
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.unit import LogicalUnit
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense import decode_sense

TEST_UNIT_READY = bytes(6)
INQUIRY = bytes((0x12, 0, 0, 0, 36, 0))
REQUEST_SENSE = bytes((0x03, 0, 0, 0, 252, 0))


class Alarm(Handle):
    def __init__(self, when: float, function: Callable[[], Any]) -> None:
        self.when = when
        self.function: Callable[[], Any] | None = function

    def cancel(self) -> None:
        self.function = None


class FakeTimers(Timers):
    """Time stands still until a test lets it pass."""

    def __init__(self, now: float = 1000.0) -> None:
        self._now = now
        self._alarms: list[Alarm] = []

    def now(self) -> float:
        return self._now

    def call_later(self, seconds: float, function: Callable[[], Any]) -> Alarm:
        assert seconds >= 0
        alarm = Alarm(self._now + seconds, function)
        self._alarms.append(alarm)
        return alarm

    @property
    def pending(self) -> int:
        return sum(alarm.function is not None for alarm in self._alarms)

    def pass_time(self, seconds: float, late: bool = False) -> None:
        """Lets time pass and rings what is due; ``late``: rings nothing, as when the server is busy."""
        end = self._now + seconds
        for _round in range(100000):
            due = [alarm for alarm in self._alarms if alarm.function is not None and alarm.when <= end]
            if late or not due:
                break
            alarm = min(due, key=lambda each: each.when)
            self._alarms.remove(alarm)
            self._now = max(self._now, alarm.when)
            assert alarm.function is not None
            alarm.function()
        else:
            raise AssertionError("a timer rings for ever")
        self._now = end


class FakeTask(Task):
    """Keeps what it was completed with."""

    #: None until it is answered.
    status: Any = None
    data: bytes = b""
    sense_data: bytes = b""

    def complete(self, status: int, data: bytes = b"", sense: bytes = b"") -> None:
        assert not self.done, "completed twice"
        self.done = True
        self.status, self.data, self.sense_data = status, data, sense

    @property
    def sense(self) -> Any:
        return decode_sense(self.sense_data)

    @property
    def codes(self) -> tuple[int, int, int]:
        """Sense key, additional sense code and qualifier."""
        assert self.status == CHECK_CONDITION, f"status {self.status}"
        return self.sense.key, self.sense.asc, self.sense.ascq


def nexus(name: str = "one") -> Nexus:
    return Nexus("iqn.2026-01.example:" + name, b"\x80\0\0\0\0\1", "iqn.2026-01.example:target", 1)


ONE = nexus()
OTHER = nexus("other")


class Rest(Feature):
    """What else a drive does, without doing it: the commands that features have an opinion of."""

    name = "rest"
    data = bytes(range(96))

    def commands(self) -> Mapping[Code, Handler]:
        found: dict[Code, Handler] = {
            (opcode, None): lambda task: b"" for opcode in (0x04, 0x1B, 0x2A, 0x3B, 0x48, 0x4C)}
        found.update({(opcode, None): lambda task: self.data for opcode in (0x12, 0x28, 0x4D, 0xA0)})
        return found


class Bench:
    """A logical unit, its state as it was last written, and two initiators without unit attentions."""

    def __init__(self, *features: Feature, timers: FakeTimers | None = None, clock: Clock | None = None,
                 descriptor_sense: bool = False, faults: Sequence[Mapping[str, Any]] = (), state: Any = None) -> None:
        self.timers = timers or FakeTimers()
        self.clock = clock or Clock(self.timers)
        self.descriptor_sense = descriptor_sense
        self.written: Any = None
        self.faults = Faults(faults)
        self.unit = LogicalUnit(self.clock, (*features, Rest()), self.faults, write=self._write)
        self.unit.set_descriptor_sense(lambda: self.descriptor_sense)
        self.faults.changed = self.unit.features[0].changed
        self.unit.attentions.logged_in = (ONE, OTHER)
        if state is not None:
            self.unit.load(state)
        self.calm()

    def _write(self, state: Any) -> None:
        self.written = json.loads(json.dumps(state))

    def calm(self) -> None:
        """All initiators have learnt what there is to learn."""
        for each in (ONE, OTHER):
            while self.unit.attentions.take(each) is not None:
                pass

    def send(self, cdb: bytes, data_out: bytes = b"", by: Nexus = ONE) -> FakeTask:
        """Sends a command as the server does: with as much data as the unit wants."""
        wanted = self.unit.wanted(cdb, len(data_out)) if data_out else 0
        task = FakeTask(nexus=by, lun=0, cdb=cdb, data_out=data_out[:wanted],
                        expected_length=len(data_out) or 1 << 20, reads=not data_out, writes=bool(data_out))
        self.unit.submit(task)
        return task

    def abort(self, task: FakeTask) -> None:
        """ABORT TASK: from then on the task is done, and nobody may complete it."""
        task.done = True
        self.unit.abort(task)

    def good(self, cdb: bytes, data_out: bytes = b"", by: Nexus = ONE) -> bytes:
        """The data of a command that must end with GOOD."""
        task = self.send(cdb, data_out, by)
        assert task.status == GOOD, (task.status, task.sense)
        return task.data

    def request_sense(self) -> Any:
        return decode_sense(self.good(REQUEST_SENSE))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What REQUEST SENSE reports without a preceding error: the power condition, and a predicted failure.

REQUEST SENSE is processed in every power condition and changes none (SPC-6 5, power management).
"""

from __future__ import annotations

from typing import NamedTuple

from .._passthrough.sender import Sender
from .._scsi.sense import Sense, decode_sense
from .._scsi.sense_keys import NO_SENSE, NOT_READY, UNIT_ATTENTION
from .answers import answer_or_none
from .commands import request_sense

_LOW_POWER = 0x5E
INITIALIZING_COMMAND_REQUIRED = (0x04, 0x02)
_UNIT_ATTENTIONS = 3

ACTIVE, STOPPED = "active", "stopped"
#: By the qualifier of additional sense code 5Eh: the condition, and what brought the drive there.
_CONDITIONS: dict[int, tuple[str, str | None]] = {
    0x00: ("low power", None), 0x01: ("idle_a", "timer"), 0x02: ("standby_z", "timer"), 0x03: ("idle_a", "command"),
    0x04: ("standby_z", "command"), 0x05: ("idle_b", "timer"), 0x06: ("idle_b", "command"), 0x07: ("idle_c", "timer"),
    0x08: ("idle_c", "command"), 0x09: ("standby_y", "timer"), 0x0A: ("standby_y", "command"),
}
_AT_REST = frozenset(("low power", "standby_y", "standby_z", STOPPED))


class Condition(NamedTuple):
    """The answers to REQUEST SENSE, including unit attentions before the last one; empty if it was refused."""

    senses: tuple[Sense, ...] = ()

    @property
    def power(self) -> str | None:
        """"active", "idle_a" to "idle_c", "standby_y", "standby_z", "low power", or "stopped".

        ``None`` if the drive reports something else: REQUEST SENSE returns one condition out of several.
        """
        return self._power()[0]

    @property
    def activated_by(self) -> str | None:
        """"timer" or "command", if the drive reports it."""
        return self._power()[1]

    @property
    def at_rest(self) -> bool:
        """Whether a command that needs the medium would have to spin the drive up."""
        return self.power in _AT_REST

    def _power(self) -> tuple[str | None, str | None]:
        if not self.senses:
            return None, None
        last = self.senses[-1]
        if last.key == NOT_READY and (last.asc, last.ascq) == INITIALIZING_COMMAND_REQUIRED:
            return STOPPED, None
        if last.key != NO_SENSE or last.asc is None or last.ascq is None:
            return None, None
        if last.asc == _LOW_POWER:
            return _CONDITIONS.get(last.ascq, (None, None))
        return (ACTIVE if (last.asc, last.ascq) == (0, 0) else None), None


def read_condition(session: Sender) -> Condition:
    """Asks the drive."""
    senses: list[Sense] = []
    for _attempt in range(_UNIT_ATTENTIONS + 1):
        data = answer_or_none(session, "the power condition", lambda: session.send(request_sense()).data)
        if data is None:
            break
        sense = decode_sense(data)
        # A deferred error says nothing about the current condition.
        if not sense.deferred:
            senses.append(sense)
            if sense.key != UNIT_ATTENTION:
                break
    return Condition(tuple(senses))

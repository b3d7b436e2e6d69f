# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults, as data: what goes wrong with which commands, set from the start or at any later time.

A list of entries. Each says which commands it matches, when it acts, and one thing that it does::

    - match: {opcode: 0x28, lba: [100, 199]}
      sense: {codes: [3, 0x11, 0], information: lba}
    - match: {opcode: 0x1D}
      after: 2
      count: 1
      status: busy

Which commands (all keys that are given must match; without ``match``, every command of the logical unit does):

=========================  =========================================================================================
``match.opcode``           the operation code
``match.service_action``   its service action
``match.lba``              a block, or the first and last of a range: the command addresses at least one of them
``match.initiator``        the name of an initiator, or of one port of it (``iqn...,i,0x80...``)
``match.cdb``              the whole CDB in hex digits, ``xx`` for any byte, as in captures
=========================  =========================================================================================

When (counted in matching commands; all keys that are given must hold; without any, always):

=========================  =========================================================================================
``after``                  only after this many commands
``every``                  then only every n-th: 3 means the third, the sixth ...
``probability``            with this probability, from 0 to 1; the same ``seed`` (0) always gives the same sequence
``count``                  at most this many times; ``once: true`` means the same as ``count: 1``
=========================  =========================================================================================

What (one of them):

=========================  =========================================================================================
``status``                 ``busy``, ``task set full`` or ``reservation conflict``; the command is not performed
``unit_attention``         ``[asc, ascq]``; INQUIRY, REPORT LUNS and REQUEST SENSE only if the match names them by
                           ``opcode`` or ``cdb``; the command is not performed
``sense``                  CHECK CONDITION: ``[key, asc, ascq]``, or a dictionary with those as ``codes`` and any of
                           ``information`` (a number; or ``lba``: the first block that match and command share),
                           ``command_specific_information``, ``field_pointer`` (``{in_cdb: true, byte: 2, bit: 7}``),
                           ``progress``, ``retry_count``, ``field_replaceable_unit_code``, ``deferred`` (true: the
                           error of an earlier command). D_SENSE selects the format. The command is not performed
``delay_seconds``          the command is performed after this many of the drive's seconds
``silence``                ``true``: the command is neither performed nor answered; it can be aborted
``drop``                   closes the connection instead of answering: ``before`` the command is performed or ``after``
``wire``                   any of the fields of `wire_faults.WireFaults`: ``{reject: 4}``, ``{data_sn_offset: 1}``,
                           ``{spoil_data_digest: true}``, ``{extra_data: "00ff"}``; the command is performed
``short``                  ``{bytes: 12, residual: right}``: at most this many bytes of the answer; with ``wrong``, the
                           residual claims that the whole answer was sent
``length``                 the length in the answer's header is set to ``{value: 0xffff}``, or changed by ``{add: 4}``;
                           if its place is not known, ``first`` and ``last`` give its bytes
``garbage``                ``{first: 4, last: 11}``: these bytes of the answer become random, by ``seed``; ``{}``: all
=========================  =========================================================================================

Every entry counts the commands that it matches, and the first entry that is due acts. The last three change the answers
of commands that succeeded with data, and count only such commands; one of them may act in addition to another entry.
They do not affect commands that are answered later than at once.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Callable, Mapping, Sequence

from ..._checks import boolean, items, number, with_defaults
from ..contract import Task
from ..wire_faults import WireFaults
from .effects import EFFECTS, Action, Effect
from .match import Match

_WHEN: Mapping[str, Any] = {
    "match": None, "after": 0, "every": 1, "probability": 1, "seed": 0, "count": None, "once": False}
_DRAWS = 1 << 64


class _FaultEntry:
    """One entry, and how many commands it has matched and acted on."""

    def __init__(self, given: Any, where: str) -> None:
        values = with_defaults(given, where, dict(dict.fromkeys(EFFECTS), **_WHEN))
        self._match = Match(values["match"], where + ".match")
        self._after: int = number(values["after"], where + ".after", 0, whole=True)
        self._every: int = number(values["every"], where + ".every", 1, whole=True)
        self._probability: float = number(values["probability"], where + ".probability", 0, 1)
        self._seed: int = number(values["seed"], where + ".seed", 0, whole=True)
        self._count = _count(values, where)
        self.seen = 0
        self.acted = 0
        self.effect = _effect(values, where, self._match)
        #: Identifies the entry in a saved state.
        self.given: str = json.dumps(given, sort_keys=True, default=str)

    @property
    def limited(self) -> bool:
        """Whether the number of times it acts is limited."""
        return self._count is not None

    def is_due(self, task: Task) -> bool:
        """Counts a command that matches; True if the entry is to act on it."""
        if not self.effect.suits(task.cdb) or not self._match.fits(task):
            return False
        self.seen += 1
        turn = self.seen - self._after
        return turn > 0 and turn % self._every == 0 and (self._count is None or self.acted < self._count) and (
            int.from_bytes(self.draw("whether")[:8], "big") < self._probability * _DRAWS)

    def draw(self, purpose: str) -> bytes:
        """Pseudorandom bytes, the same for the same seed and turn."""
        return hashlib.sha256(f"{self._seed} {self.seen} {purpose}".encode()).digest()


def _count(values: Mapping[str, Any], where: str) -> int | None:
    boolean(values["once"], where + ".once")
    if values["count"] is None:
        return 1 if values["once"] else None
    if values["once"]:
        raise ValueError(f"{where}: once and count are mutually exclusive")
    found: int = number(values["count"], where + ".count", 1, whole=True)
    return found


def _effect(values: Mapping[str, Any], where: str, match: Match) -> Effect:
    present = [name for name in EFFECTS if values[name] is not None]
    if len(present) != 1:
        raise ValueError(f"{where}: expected one of {', '.join(EFFECTS)}, not {' and '.join(present) or 'none'}")
    return EFFECTS[present[0]](values[present[0]], f"{where}.{present[0]}", match)


class Faults:
    """The faults of one logical unit. Raises ValueError for wrong ``settings``, also in `replace`."""

    #: Like `Feature.changed`: called when the entries, or what is left of a ``count``, have changed.
    changed: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self, settings: Sequence[Mapping[str, Any]] = ()) -> None:
        self._entries = _entries(settings)

    def replace(self, settings: Sequence[Mapping[str, Any]]) -> None:
        """Replaces the faults; all counts restart. If one is wrong, nothing changes."""
        self._entries = _entries(settings)
        self.changed()

    def before(self, task: Task) -> Action | None:
        """To be called before a command is performed. Raises Check or Status, or returns what to do first."""
        entry = self._strike(task, answers=False)
        return None if entry is None else entry.effect.before(task)

    def after(self, task: Task, data: bytes) -> tuple[bytes, WireFaults | None]:
        """The answer of a command that succeeded, and what is to go wrong with it on the wire."""
        entry = self._strike(task, answers=True) if data else None
        if entry is not None:
            data = entry.effect.after(task, data, entry.draw("what"))
        return data, task.wire_faults

    def _strike(self, task: Task, answers: bool) -> _FaultEntry | None:
        due = [entry for entry in self._entries if entry.effect.answers == answers and entry.is_due(task)]
        if not due:
            return None
        due[0].acted += 1
        if due[0].limited:
            self.changed()
        return due[0]

    def save(self) -> dict[str, Any]:
        """The counts of each entry, as JSON can hold them."""
        return {"entries": [
            {"given": entry.given, "seen": entry.seen, "acted": entry.acted} for entry in self._entries]}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores what `save` returned, for entries that are still the same."""
        for entry, saved in zip(self._entries, state.get("entries") or ()):
            if saved.get("given") == entry.given:
                entry.seen = saved["seen"]
                entry.acted = saved["acted"]


def _entries(settings: Sequence[Mapping[str, Any]]) -> list[_FaultEntry]:
    return [_FaultEntry(given, f"faults[{place}]") for place, given in enumerate(items(settings, "faults"))]

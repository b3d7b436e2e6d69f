# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Persistent reservations: who is registered, who holds the reservation, and how both change (SPC-6 5).

Refused requests raise Status or Check, and change nothing.
"""

from __future__ import annotations

from typing import Any, Callable, Collection, Iterable, Mapping, NamedTuple, Tuple

from ..._scsi.persistent_reserve_out import NO_KEY
from ..attention import REGISTRATIONS_PREEMPTED, RESERVATIONS_PREEMPTED, RESERVATIONS_RELEASED
from ..contract import Nexus
from ..feature import Check, Status, invalid_field_in_cdb, invalid_field_in_parameter_list
from .reservations_conflicts import ALL_REGISTRANTS, REGISTRANTS

RESERVATION_CONFLICT = 0x18
_INVALID_RELEASE = (0x05, 0x26, 0x04)

#: Establishes a unit attention condition for ports.
Notify = Callable[[Tuple[int, int], Iterable["Port"]], None]


class Port(NamedTuple):
    """An I_T nexus by its names: it outlives the session."""

    initiator: str
    target: str


def port_of(nexus: Nexus) -> Port:
    """The names of a nexus."""
    return Port(nexus.initiator_port, nexus.target_port)


def conflict() -> Status:
    """RESERVATION CONFLICT."""
    return Status(RESERVATION_CONFLICT)


class Registrations:
    """The registrations of a logical unit by port, each with its key (hex digits), and the reservation."""

    def __init__(self, notify: Notify) -> None:
        self._notify = notify
        self.keys: dict[Port, str] = {}
        self.all_target_ports: dict[Port, bool] = {}
        #: Who made the reservation; with the all registrants types, every registered port holds it.
        self.holder: Port | None = None
        #: The type of the reservation, 0 for none.
        self.kind = 0
        self.generation = 0
        self.persistent = False

    # -- questions

    @property
    def reserved(self) -> bool:
        """Whether there is a reservation."""
        return bool(self.kind)

    def holds(self, port: Port) -> bool:
        """Whether the port is a reservation holder."""
        return self.reserved and (port in self.keys if self.kind in ALL_REGISTRANTS else port == self.holder)

    @property
    def reservation_key(self) -> str:
        """The key that READ RESERVATION reports: that of the holder, none if all registrants hold it."""
        return NO_KEY if self.holder is None or self.kind in ALL_REGISTRANTS else self.keys[self.holder]

    def check(self, port: Port, key: str) -> None:
        """Refuses a port that is not registered with this key."""
        if self.keys.get(port) != key:
            raise conflict()

    # -- registering

    def register(self, port: Port, key: str, all_target_ports: bool) -> None:
        """Registers, or changes the key; ``NO_KEY`` unregisters."""
        if key == NO_KEY:
            self._unregister(port)
        else:
            self.keys[port] = key
            self.all_target_ports[port] = all_target_ports
        self.count()

    def count(self) -> None:
        """Increments PRGENERATION, which counts the changes of registrations."""
        self.generation = self.generation + 1 & 0xFFFFFFFF

    def _unregister(self, port: Port) -> None:
        """Unregisters a port. The reservation ends with its last holder, and registrants get a unit attention."""
        if port not in self.keys:
            return
        held = self.holds(port)
        self._forget(port)
        if held and (self.kind not in ALL_REGISTRANTS or not self.keys):
            self._release(self.keys)

    def _forget(self, port: Port) -> None:
        del self.keys[port]
        del self.all_target_ports[port]

    def _release(self, notified: Collection[Port]) -> None:
        kind = self.kind
        self.kind, self.holder = 0, None
        if kind in REGISTRANTS:
            self._notify(RESERVATIONS_RELEASED, list(notified))

    # -- reserving

    def reserve(self, port: Port, kind: int) -> None:
        """Reserves; reserving again with the same type is GOOD."""
        if not self.reserved:
            self.kind, self.holder = kind, port
        elif not self.holds(port) or self.kind != kind:
            raise conflict()

    def release(self, port: Port, kind: int) -> None:
        """Releases what the port holds; what others hold is left alone."""
        if not self.holds(port):
            return
        if self.kind != kind:
            raise Check(*_INVALID_RELEASE)
        self._release([each for each in self.keys if each != port])

    def clear(self, port: Port) -> None:
        """Removes the reservation and all registrations."""
        others = [each for each in self.keys if each != port]
        self.keys.clear()
        self.all_target_ports.clear()
        self.kind, self.holder = 0, None
        self.count()
        self._notify(RESERVATIONS_PREEMPTED, others)

    def preempt(self, port: Port, key: str, kind: int) -> list[Port]:
        """Removes the registrations with ``key``, and takes over the reservation if one of them holds it.

        Returns the ports that lost something, including the preempting one if it lost its own registration.
        """
        if self.reserved and (
                key == NO_KEY if self.kind in ALL_REGISTRANTS else key == self.reservation_key):
            return self._take_over(port, key, kind)
        if key == NO_KEY:
            raise invalid_field_in_parameter_list(8)
        lost = [each for each, theirs in self.keys.items() if theirs == key]
        if not lost:
            raise conflict()
        for each in lost:
            self._forget(each)
        if not self.keys:
            self.kind, self.holder = 0, None
        self.count()
        self._notify(REGISTRATIONS_PREEMPTED, [each for each in lost if each != port])
        return lost

    def _take_over(self, port: Port, key: str, kind: int) -> list[Port]:
        """Takes over the reservation; preempts all others if no key is given."""
        lost = [each for each, theirs in self.keys.items() if each != port and key in (theirs, NO_KEY)]
        changed = kind != self.kind
        for each in lost:
            self._forget(each)
        self.kind, self.holder = kind, port
        self.count()
        self._notify(REGISTRATIONS_PREEMPTED, lost)
        if changed:
            self._notify(RESERVATIONS_RELEASED, [each for each in self.keys if each != port])
        return lost

    def move(self, port: Port, to: Port, key: str, unregister: bool) -> None:
        """REGISTER AND MOVE: registers another port, which then holds the reservation."""
        if not self.reserved:
            raise invalid_field_in_cdb(1, 4)
        if not self.holds(port) or self.kind in ALL_REGISTRANTS:
            raise conflict()
        if key == NO_KEY:
            raise invalid_field_in_parameter_list(8)
        if to == port:
            raise invalid_field_in_parameter_list(24)
        self.keys[to] = key
        self.all_target_ports.setdefault(to, False)
        self.holder = to
        if unregister:
            self._forget(port)
        self.count()

    # -- power and state

    def power_on(self) -> None:
        """Without APTPL nothing survives power loss; PRGENERATION never does."""
        self.generation = 0
        if not self.persistent:
            self.keys.clear()
            self.all_target_ports.clear()
            self.kind, self.holder = 0, None

    def save(self) -> dict[str, Any]:
        """The state, as JSON can hold it."""
        return {
            "persistent": self.persistent, "kind": self.kind,
            "holder": None if self.holder is None else list(self.holder),
            "registrations": [{"port": list(port), "key": key, "all_target_ports": self.all_target_ports[port]}
                              for port, key in self.keys.items()]}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores what `save` returned."""
        self.persistent = bool(state.get("persistent"))
        self.keys.clear()
        self.all_target_ports.clear()
        for registration in state.get("registrations") or ():
            port = Port(*registration["port"])
            self.keys[port] = registration["key"]
            self.all_target_ports[port] = bool(registration.get("all_target_ports"))
        holder = state.get("holder")
        self.holder = None if holder is None else Port(*holder)
        self.kind = int(state.get("kind") or 0)
        if self.holder not in self.keys and self.kind not in ALL_REGISTRANTS or not self.keys:
            self.kind, self.holder = 0, None

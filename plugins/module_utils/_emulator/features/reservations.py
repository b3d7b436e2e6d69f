# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations: RESERVE and RELEASE (SPC-2), PERSISTENT RESERVE IN and OUT (SPC-6 5 and 6).

Settings, with their defaults::

    reserve_release: true                # RESERVE and RELEASE, of 6 and 10 bytes
    compatible_handling: true            # CRH: RESERVE and RELEASE by a persistent reservation holder are GOOD
    persistent: true                     # PERSISTENT RESERVE IN and OUT
    persist_through_power_loss: true     # APTPL
    specify_initiator_ports: true        # SPEC_I_PT
    all_target_ports: true               # ALL_TG_PT

A target has one port. A persistent reservation belongs to the initiator port by its name, and outlives the session; a
reservation by RESERVE ends with the session.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping

from ..._checks import boolean, with_defaults
from ..._scsi import persistent_reserve_in as reserve_in
from ..._scsi import persistent_reserve_out as reserve_out
from ..._scsi.reserve_release import RELEASE_6, RELEASE_10, RESERVE_6, RESERVE_10
from ..contract import Nexus, Task
from ..feature import Clock, Code, Feature, Handler, Status, invalid_field_in_cdb
from .reservations_conflicts import REGISTRANTS, TYPES, conflicts, conflicts_with_reserve
from .reservations_list import TARGET_PORT, ParameterList, transport_id
from .reservations_state import Port, Registrations, conflict, port_of

_IN, _OUT = 0x5E, 0x5F
_POWER_ON = "power on"
_DEFAULTS = {
    "reserve_release": True, "compatible_handling": True, "persistent": True, "persist_through_power_loss": True,
    "specify_initiator_ports": True, "all_target_ports": True,
}
_SOME_COMMANDS_ARE_ALLOWED = 5


class Reservations(Feature):
    """The reservations of a logical unit. Raises ValueError for wrong ``settings``.

    ``abort_tasks`` aborts all tasks of a nexus in this unit, for PREEMPT AND ABORT.
    """

    name = "reservations"

    def __init__(self, clock: Clock, settings: Mapping[str, Any] | None = None,
                 abort_tasks: Callable[[Nexus], None] = lambda nexus: None) -> None:
        super().__init__()
        del clock  # A reservation has no age.
        values = with_defaults(settings or {}, "reservations", _DEFAULTS)
        self._has = {name: boolean(value, "reservations." + name) for name, value in values.items()}
        self._abort_tasks = abort_tasks
        self._registrations = Registrations(self._tell)
        #: The nexus that holds a reservation by RESERVE.
        self._reserved_by: Nexus | None = None

    # -- conflicts

    def gate(self, task: Task) -> None:
        if self._reserved_by is not None:
            if self._reserved_by != task.nexus and conflicts_with_reserve(task.cdb):
                raise conflict()
        elif self._registrations.reserved:
            port = port_of(task.nexus)
            if not self._registrations.holds(port) and conflicts(
                    task.cdb, self._registrations.kind, port in self._registrations.keys):
                raise conflict()

    def permits(self, nexus: Nexus, cdb: bytes) -> bool:
        """Whether the reservations here allow ``nexus`` such a command; for copies that come from another unit."""
        try:
            self.gate(Task(nexus=nexus, lun=None, cdb=cdb))
        except Status:
            return False
        return True

    def _tell(self, code: tuple[int, int], ports: Iterable[Port]) -> None:
        notified = set(ports)
        self.attentions.establish(code, only=[each for each in self.attentions.nexuses if port_of(each) in notified])

    # -- commands

    def commands(self) -> Mapping[Code, Handler]:
        found: dict[Code, Handler] = {}
        if self._has["reserve_release"]:
            found.update({
                (0x16, None): self._reserve_6, (0x56, None): self._reserve_10, (0x17, None): self._release_6,
                (0x57, None): self._release_10})
        if self._has["persistent"]:
            found.update({
                (_IN, reserve_in.READ_KEYS): self._read_keys,
                (_IN, reserve_in.READ_RESERVATION): self._read_reservation,
                (_IN, reserve_in.REPORT_CAPABILITIES): self._capabilities,
                (_IN, reserve_in.READ_FULL_STATUS): self._full_status})
            found.update({(_OUT, action): self._out for action in self._actions()})
        return found

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        return {(_OUT, action): lambda cdb: int.from_bytes(cdb[5:9], "big") for action in self._actions()}

    def _actions(self) -> Mapping[int, Callable[[Port, ParameterList, int, Task], None]]:
        return {
            reserve_out.REGISTER: self._register, reserve_out.REGISTER_AND_IGNORE_EXISTING_KEY: self._register,
            reserve_out.RESERVE: self._reserve, reserve_out.RELEASE: self._release, reserve_out.CLEAR: self._clear,
            reserve_out.PREEMPT: self._preempt, reserve_out.PREEMPT_AND_ABORT: self._preempt,
            reserve_out.REGISTER_AND_MOVE: self._move}

    # -- RESERVE and RELEASE

    def _reserve_6(self, task: Task) -> bytes:
        if RESERVE_6.decode(task.cdb)["extent"]:
            raise invalid_field_in_cdb(1, 0)
        return self._reserve_unit(task)

    def _release_6(self, task: Task) -> bytes:
        if RELEASE_6.decode(task.cdb)["extent"]:
            raise invalid_field_in_cdb(1, 0)
        return self._release_unit(task)

    def _reserve_10(self, task: Task) -> bytes:
        self._check_ten(RESERVE_10.decode(task.cdb))
        return self._reserve_unit(task)

    def _release_10(self, task: Task) -> bytes:
        self._check_ten(RELEASE_10.decode(task.cdb))
        return self._release_unit(task)

    def _check_ten(self, values: Mapping[str, Any]) -> None:
        """Refuses third party and extent reservations."""
        for name, bit in (("third_party", 4), ("long_id", 1), ("extent", 0)):
            if values[name]:
                raise invalid_field_in_cdb(1, bit)

    def _persistent_ones_allow(self, nexus: Nexus) -> bool:
        """Whether persistent registrations make RESERVE and RELEASE GOOD without any effect (CRH). Raises Status if
        they forbid them."""
        state = self._registrations
        if not state.keys:
            return False
        port = port_of(nexus)
        may = state.holds(port) or port in state.keys and state.kind in REGISTRANTS
        if self._has["compatible_handling"] and may:
            return True
        raise conflict()

    def _reserve_unit(self, task: Task) -> bytes:
        if self._reserved_by not in (None, task.nexus):
            raise conflict()
        if not self._persistent_ones_allow(task.nexus):
            self._reserved_by = task.nexus
        return b""

    def _release_unit(self, task: Task) -> bytes:
        """Releasing what another initiator has reserved is GOOD, and releases nothing."""
        if not self._persistent_ones_allow(task.nexus) and self._reserved_by == task.nexus:
            self._reserved_by = None
        return b""

    # -- PERSISTENT RESERVE IN

    def _answer(self, task: Task, data: bytes) -> bytes:
        return data[:reserve_in.PERSISTENT_RESERVE_IN.decode(task.cdb)["allocation_length"]]

    def _read_keys(self, task: Task) -> bytes:
        state = self._registrations
        return self._answer(task, reserve_in.encode_keys(state.generation, list(state.keys.values())))

    def _read_reservation(self, task: Task) -> bytes:
        state = self._registrations
        return self._answer(task, reserve_in.encode_reservation(state.generation, {
            "reservation_key": state.reservation_key, "type": state.kind} if state.reserved else None))

    def _capabilities(self, task: Task) -> bytes:
        has = self._has
        types = dict.fromkeys(("wr_ex_ar", "ex_ac_ro", "wr_ex_ro", "ex_ac", "wr_ex", "ex_ac_ar"), True)
        return self._answer(task, reserve_in.encode_capabilities(dict(
            types, crh=has["reserve_release"] and has["compatible_handling"], sip_c=has["specify_initiator_ports"],
            atp_c=has["all_target_ports"], ptpl_c=has["persist_through_power_loss"], tmv=True,
            allow_commands=_SOME_COMMANDS_ARE_ALLOWED, ptpl_a=self._registrations.persistent)))

    def _full_status(self, task: Task) -> bytes:
        state = self._registrations
        found: list[dict[str, Any]] = []
        for port, key in state.keys.items():
            holds = state.holds(port)
            found.append({
                "reservation_key": key, "all_tg_pt": state.all_target_ports[port], "r_holder": holds,
                "type": state.kind if holds else 0, "relative_target_port_identifier": TARGET_PORT,
                "transport_id": transport_id(port)})
        return self._answer(task, reserve_in.encode_full_status(state.generation, found))

    # -- PERSISTENT RESERVE OUT

    def _out(self, task: Task) -> bytes:
        if self._reserved_by is not None:
            # The two kinds exclude each other (SPC-2 5.5.1).
            raise conflict()
        values = reserve_out.PERSISTENT_RESERVE_OUT.decode(task.cdb)
        action, length = values["service_action"], values["parameter_list_length"]
        given = ParameterList(task.data_out[:length], length, action)
        self._actions()[action](port_of(task.nexus), given, self._kind(values), task)
        self.changed()
        return b""

    def _kind(self, values: Mapping[str, Any]) -> int:
        """The type, checked if the service action has one."""
        kind: int = values["type"]["value"]
        if values["service_action"] in (
                reserve_out.RESERVE, reserve_out.RELEASE, reserve_out.PREEMPT, reserve_out.PREEMPT_AND_ABORT):
            if values["scope"]["value"] != reserve_in.LOGICAL_UNIT_SCOPE:
                raise invalid_field_in_cdb(2, 7)
            if kind not in TYPES:
                raise invalid_field_in_cdb(2, 3)
        return kind

    def _register(self, port: Port, given: ParameterList, kind: int, task: Task) -> None:
        del kind
        state = self._registrations
        ignores = task.cdb[1] & 0x1F == reserve_out.REGISTER_AND_IGNORE_EXISTING_KEY
        if not ignores and given.key != state.keys.get(port, reserve_out.NO_KEY):
            raise conflict()
        given.check(self._has)
        others = given.initiator_ports(port, self.attentions.nexuses)
        if others is not None and (ignores or port in state.keys):
            raise given.wrong("spec_i_pt")
        if any(other in state.keys for other in others or ()):
            raise conflict()
        self._set_persistent(given)
        for other in others or () if given.new_key != reserve_out.NO_KEY else ():
            state.keys[other] = given.new_key
            state.all_target_ports[other] = given.all_target_ports
        state.register(port, given.new_key, given.all_target_ports)

    def _set_persistent(self, given: ParameterList) -> None:
        self._registrations.persistent = given.aptpl

    def _reserve(self, port: Port, given: ParameterList, kind: int, task: Task) -> None:
        del task
        self._registrations.check(port, given.key)
        self._registrations.reserve(port, kind)

    def _release(self, port: Port, given: ParameterList, kind: int, task: Task) -> None:
        del task
        self._registrations.check(port, given.key)
        self._registrations.release(port, kind)

    def _clear(self, port: Port, given: ParameterList, kind: int, task: Task) -> None:
        del kind, task
        self._registrations.check(port, given.key)
        self._registrations.clear(port)

    def _preempt(self, port: Port, given: ParameterList, kind: int, task: Task) -> None:
        self._registrations.check(port, given.key)
        lost = self._registrations.preempt(port, given.new_key, kind)
        if task.cdb[1] & 0x1F == reserve_out.PREEMPT_AND_ABORT:
            for nexus in self.attentions.nexuses:
                if nexus != task.nexus and port_of(nexus) in lost:
                    self._abort_tasks(nexus)

    def _move(self, port: Port, given: ParameterList, kind: int, task: Task) -> None:
        del kind, task
        self._registrations.check(port, given.key)
        given.check(self._has)
        self._registrations.move(port, given.destination(port), given.new_key, given.unregister)
        self._set_persistent(given)

    # -- events

    def reset(self, kind: str) -> None:
        """Any reset ends a reservation by RESERVE; persistent reservations end with the power, if at all."""
        self._reserved_by = None
        if kind == _POWER_ON:
            self._registrations.power_on()

    def nexus_lost(self, nexus: Nexus) -> None:
        if self._reserved_by == nexus:
            self._reserved_by = None

    def save(self) -> dict[str, Any]:
        return self._registrations.save()

    def load(self, state: Mapping[str, Any]) -> None:
        self._registrations.load(state)

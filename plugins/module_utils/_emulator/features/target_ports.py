# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REPORT and SET TARGET PORT GROUPS, and what an access state forbids (SPC-6 5 and 6).

Settings, with their defaults::

    tpgs: none                       # or implicit, explicit, both: how the state may change
    state: active/optimized          # or active/non-optimized, standby, unavailable, offline, transitioning
    preferred: false
    implicit_transition_seconds: 0   # 0: not reported

There is one group, 1, with one port, 1.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ..._checks import boolean, number, one_of, with_defaults
from ..._scsi.report_target_port_groups import (
    ACCESS_STATES,
    ACTIVE_NON_OPTIMIZED,
    ACTIVE_OPTIMIZED,
    EXTENDED_HEADER,
    LENGTH_ONLY,
    LOGICAL_BLOCK_DEPENDENT,
    OFFLINE,
    REPORT_TARGET_PORT_GROUPS,
    REPORT_TARGET_PORT_GROUPS_ACTION,
    SET_GROUP,
    SET_HEADER_SIZE,
    SET_TARGET_PORT_GROUPS,
    SET_TARGET_PORT_GROUPS_ACTION,
    STANDBY,
    TRANSITIONING,
    UNAVAILABLE,
    encode_target_port_groups,
)
from ..._scsi.sense_keys import NOT_READY
from ..contract import Task
from ..feature import Check, Clock, Code, Feature, Handler, invalid_field_in_cdb, invalid_field_in_parameter_list

GROUP = 1
PORT = 1

_TPGS = {"none": 0, "implicit": 1, "explicit": 2, "both": 3}
_EXPLICIT = 2
_STATES = {name: state for state, name in ACCESS_STATES.items() if state != LOGICAL_BLOCK_DEPENDENT}
#: The states that an initiator may set.
_SETTABLE = (ACTIVE_OPTIMIZED, ACTIVE_NON_OPTIMIZED, STANDBY, UNAVAILABLE)
_BY_COMMAND, _BY_DEVICE = 1, 2

_STATE_CHANGED = (0x2A, 0x06)
_PARAMETER_LIST_LENGTH_ERROR = (0x05, 0x1A, 0x00)
_NOT_READY: Mapping[int, int] = {TRANSITIONING: 0x0A, STANDBY: 0x0B, UNAVAILABLE: 0x0C, OFFLINE: 0x12}

_MAINTENANCE_IN, _MAINTENANCE_OUT = 0xA3, 0xA4
#: Allowed in every state: INQUIRY, REPORT LUNS, REQUEST SENSE. So are the two commands of this feature.
_ALWAYS = frozenset((0x12, 0xA0, 0x03))
#: Also allowed in standby: LOG SELECT and SENSE, MODE SELECT and SENSE, diagnostics, buffers, persistent reservations.
_IN_STANDBY = frozenset((0x4C, 0x4D, 0x15, 0x55, 0x1A, 0x5A, 0x1C, 0x1D, 0x3B, 0x3C, 0x5E, 0x5F))
_BUFFERS = frozenset((0x3B, 0x3C))


class TargetPorts(Feature):
    """The one target port group of a logical unit. Raises ValueError for wrong ``settings``."""

    name = "target_ports"

    def __init__(self, clock: Clock, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        del clock  # A state lasts until it is changed.
        values = with_defaults(settings or {}, "ports", {
            "tpgs": "none", "state": ACCESS_STATES[ACTIVE_OPTIMIZED], "preferred": False,
            "implicit_transition_seconds": 0})
        #: For the standard INQUIRY data.
        self.tpgs: int = _TPGS[one_of(values["tpgs"], "ports.tpgs", tuple(_TPGS))]
        self._state = _STATES[one_of(values["state"], "ports.state", tuple(_STATES))]
        self._preferred = boolean(values["preferred"], "ports.preferred")
        self._transition_seconds: int = number(
            values["implicit_transition_seconds"], "ports.implicit_transition_seconds", 0, 0xFF, whole=True)
        self._status = 0

    @property
    def state(self) -> str:
        """The access state by name, as the settings have it."""
        return ACCESS_STATES[self._state]

    def set_state(self, state: str) -> None:
        """Changes the state as the device itself does, with a unit attention for all. Raises ValueError if unknown."""
        self._change(_STATES[one_of(state, "ports.state", tuple(_STATES))], _BY_DEVICE, None)

    def _change(self, state: int, by: int, task: Task | None) -> None:
        if state == self._state:
            return
        self._state, self._status = state, by
        self.attentions.establish(_STATE_CHANGED, but=None if task is None else task.nexus)
        self.changed()

    def gate(self, task: Task) -> None:
        ascq = _NOT_READY.get(self._state)
        if ascq is None or task.cdb[0] in _ALWAYS:
            return
        if task.cdb[0] in (_MAINTENANCE_IN, _MAINTENANCE_OUT) and (
                task.cdb[1] & 0x1F == REPORT_TARGET_PORT_GROUPS_ACTION):
            return
        if self._state == STANDBY and task.cdb[0] in _IN_STANDBY:
            return
        if self._state == UNAVAILABLE and task.cdb[0] in _BUFFERS:
            return
        raise Check(NOT_READY, 0x04, ascq)

    # -- commands

    def commands(self) -> Mapping[Code, Handler]:
        found: dict[Code, Handler] = {}
        if self.tpgs:
            found[_MAINTENANCE_IN, REPORT_TARGET_PORT_GROUPS_ACTION] = self._report
        if self.tpgs & _EXPLICIT:
            found[_MAINTENANCE_OUT, SET_TARGET_PORT_GROUPS_ACTION] = self._set
        return found

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        return {(_MAINTENANCE_OUT, SET_TARGET_PORT_GROUPS_ACTION): lambda cdb: int.from_bytes(cdb[6:10], "big")}

    def _report(self, task: Task) -> bytes:
        values = REPORT_TARGET_PORT_GROUPS.decode(task.cdb)
        form = values["parameter_data_format"]["value"]
        if form not in (LENGTH_ONLY, EXTENDED_HEADER):
            raise invalid_field_in_cdb(1, 7)
        group = {
            "pref": self._preferred, "asymmetric_access_state": self._state, "t_sup": True, "o_sup": True,
            "u_sup": True, "s_sup": True, "an_sup": True, "ao_sup": True, "target_port_group": GROUP,
            "status_code": self._status, "ports": [PORT]}
        return encode_target_port_groups([group], form == EXTENDED_HEADER, self._transition_seconds)[
            :values["allocation_length"]]

    def _set(self, task: Task) -> bytes:
        length = SET_TARGET_PORT_GROUPS.decode(task.cdb)["parameter_list_length"]
        if not length:
            return b""
        data = task.data_out[:length]
        descriptors = data[SET_HEADER_SIZE:]
        if len(data) < length or len(data) < SET_HEADER_SIZE or len(descriptors) % SET_GROUP.size:
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        state = self._state
        for at in range(0, len(descriptors), SET_GROUP.size):
            values = SET_GROUP.decode(descriptors[at:])
            if values["target_port_group"] != GROUP:
                raise invalid_field_in_parameter_list(SET_HEADER_SIZE + at + 2)
            state = values["asymmetric_access_state"]["value"]
            if state not in _SETTABLE:
                raise invalid_field_in_parameter_list(SET_HEADER_SIZE + at, 3)
        self._change(state, _BY_COMMAND, task)
        return b""

    # -- state

    def save(self) -> dict[str, Any]:
        return {"state": self.state, "status": self._status} if self._status else {}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores a state; instead of an unknown one, that of the settings is kept."""
        self._state = _STATES.get(str(state.get("state")), self._state)
        self._status = int(state.get("status") or 0)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameter list of PERSISTENT RESERVE OUT, and the initiator ports that it names (SPC-6 6)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..._scsi.persistent_reserve_out import (
    PARAMETER_LIST,
    REGISTER,
    REGISTER_AND_IGNORE_EXISTING_KEY,
    REGISTER_AND_MOVE,
    REGISTER_AND_MOVE_LIST,
)
from ..._scsi.table import number
from ..._scsi.transport_ids import ISCSI, decode_transport_id, split_transport_ids
from ..contract import Nexus
from ..feature import Check, invalid_field_in_parameter_list
from .reservations_state import Port

#: The relative target port identifier of the only port.
TARGET_PORT = 1
_PARAMETER_LIST_LENGTH_ERROR = (0x05, 0x1A, 0x00)
_SEPARATOR = ",i,0x"
_TRANSPORT_IDS = 28
#: Longer lists name more initiator ports than a drive has room for.
_LONGEST = 16384
_PLACES = {"spec_i_pt": (20, 3), "all_tg_pt": (20, 2), "aptpl": (20, 0)}


def transport_id(port: Port) -> dict[str, Any]:
    """The initiator port as `encode_transport_id` takes it."""
    name, _found, isid = port.initiator.partition(_SEPARATOR)
    return {"protocol_identifier": ISCSI, "iscsi_name": name, "isid": isid}


class ParameterList:
    """A parameter list of ``length`` bytes, of which ``data`` was received."""

    def __init__(self, data: bytes, length: int, action: int) -> None:
        self._data = data
        self._moves = action == REGISTER_AND_MOVE
        table = REGISTER_AND_MOVE_LIST if self._moves else PARAMETER_LIST
        if len(data) < length or length < table.size or length > _LONGEST:
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        values = table.decode(data)
        #: Keys as hex digits.
        self.key: str = values["reservation_key"]
        self.new_key: str = values["service_action_reservation_key"]
        self.aptpl: bool = values["aptpl"]
        registers = action in (REGISTER, REGISTER_AND_IGNORE_EXISTING_KEY)
        # Other service actions ignore these bits.
        self.all_target_ports = bool(registers and values["all_tg_pt"])
        self._names_ports = bool(registers and values["spec_i_pt"])
        self.unregister = bool(values.get("unreg"))
        self._target_port = values.get("relative_target_port_identifier")
        if not self._moves and not self._names_ports and length != table.size:
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)

    def wrong(self, name: str) -> Check:
        """INVALID FIELD IN PARAMETER LIST, with a pointer to this bit."""
        if self._moves and name == "aptpl":
            return invalid_field_in_parameter_list(17, 0)
        return invalid_field_in_parameter_list(*_PLACES[name])

    def check(self, has: Mapping[str, bool]) -> None:
        """Refuses what the unit does not support; ``has`` is by the names of its settings."""
        for given, setting, name in (
                (self._names_ports, "specify_initiator_ports", "spec_i_pt"),
                (self.all_target_ports, "all_target_ports", "all_tg_pt"),
                (self.aptpl, "persist_through_power_loss", "aptpl")):
            if given and not has[setting]:
                raise self.wrong(name)

    def initiator_ports(self, sender: Port, known: Sequence[Nexus]) -> list[Port] | None:
        """The ports that SPEC_I_PT names besides the sender; None without it. ``known``: the nexuses logged in."""
        if not self._names_ports:
            return None
        length = number(self._data, 24, 27)
        if length is None or _TRANSPORT_IDS + length != len(self._data):
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        identifiers = split_transport_ids(self._data[_TRANSPORT_IDS:])
        if identifiers is None:
            raise invalid_field_in_parameter_list(24)
        found: list[Port] = []
        for identifier in identifiers:
            for port in self._ports(identifier, sender.target, known):
                if port != sender and port not in found:
                    found.append(port)
        return found

    def _ports(self, identifier: bytes, target: str, known: Sequence[Nexus]) -> list[Port]:
        values = decode_transport_id(identifier)
        if values["protocol_identifier"] != ISCSI or not values["iscsi_name"]:
            raise invalid_field_in_parameter_list(_TRANSPORT_IDS)
        if values["isid"] is not None:
            return [Port(values["iscsi_name"] + _SEPARATOR + values["isid"].lower(), target)]
        # The name of a device stands for all of its ports that are known (SPC-6 7.6.4).
        found = [Port(nexus.initiator_port, nexus.target_port) for nexus in known
                 if nexus.initiator_name == values["iscsi_name"]]
        if not found:
            raise invalid_field_in_parameter_list(_TRANSPORT_IDS)
        return found

    def destination(self, sender: Port) -> Port:
        """The port that REGISTER AND MOVE names."""
        length = number(self._data, 20, 23)
        if length is None or REGISTER_AND_MOVE_LIST.size + length != len(self._data):
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        if self._target_port != TARGET_PORT:
            raise invalid_field_in_parameter_list(18)
        identifiers = split_transport_ids(self._data[REGISTER_AND_MOVE_LIST.size:])
        if identifiers is None or len(identifiers) != 1:
            raise invalid_field_in_parameter_list(20)
        values = decode_transport_id(identifiers[0])
        if values["protocol_identifier"] != ISCSI or not values["iscsi_name"] or values["isid"] is None:
            raise invalid_field_in_parameter_list(REGISTER_AND_MOVE_LIST.size)
        return Port(values["iscsi_name"] + _SEPARATOR + values["isid"].lower(), sender.target)

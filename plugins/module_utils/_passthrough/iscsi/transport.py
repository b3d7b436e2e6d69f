# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A logical unit over iSCSI, without the operating system: an initiator for one command at a time (RFC 7143)."""

from __future__ import annotations

import time
from typing import NamedTuple, NoReturn

from ..._iscsi import pdu, text
from ..._iscsi.lun import encode_lun
from ..command import CONDITION_MET, GOOD, Command, Reply, Transport
from ..errors import AddressError, TransportError
from ..open_options import SCHEME, IscsiOptions
from .address import IscsiAddress, parse_address, parse_portal
from .connection import IscsiConnection, Lost, new_isid

_LONGEST_CDB = 260  # SAM-6 5.2
_DISCOVERY_SECONDS = 20.0
_MAXIMUM_TARGETS_TEXT = 1 << 20


class IscsiTransport(Transport):
    """One logical unit. Connects with the first command."""

    def __init__(self, address: str, options: IscsiOptions | None = None) -> None:
        self.device = address
        self.address = parse_address(address)
        if not self.address.target:
            raise AddressError(f"the target is missing; {SCHEME}host/target-name/lun is expected")
        self._options = options or IscsiOptions()
        # The same in every login, so that a new one ends any session that the target still has (RFC 7143 6.3.5).
        self._isid = new_isid()
        self._connection: IscsiConnection | None = None

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        started = time.monotonic()
        deadline = started + timeout_seconds
        connection = self._ready()
        try:
            reply = _CommandExchange(connection, command, deadline, timeout_seconds).run()
        except Lost as error:
            if command.changes or command.discards:
                raise TransportError(f"{error}; whether {command.title} was carried out is not known") from None
            reply = _CommandExchange(self._ready(), command, deadline, timeout_seconds).run()
        return reply._replace(duration_seconds=time.monotonic() - started)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.log_out()
            self._connection = None

    def _ready(self) -> IscsiConnection:
        """A working connection. One that ended while idle is replaced by a new login."""
        connection = self._connection
        if connection is None or not connection.still_there():
            if connection is not None:
                connection.log_out()
            self._connection = None
            connection = self._connection = IscsiConnection(self.address, self._options, self._isid)
        return connection


class _CommandExchange:
    """One command on a connection. Any error closes the connection, which aborts the command (RFC 7143 7.1.1)."""

    def __init__(self, connection: IscsiConnection, command: Command, deadline: float, timeout_seconds: float) -> None:
        self._connection = connection
        self._command = command
        self._deadline = deadline
        self._limit = f"{command.title} within {timeout_seconds:g} seconds"
        self._length = command.data_in_length or len(command.data_out)
        self._tag = connection.new_tag()
        self._data = bytearray()
        self._data_sn = 0
        self._r2t_sn = 0
        self._sent = 0
        self._lun = encode_lun(connection.address.lun)

    def run(self) -> Reply:
        """The reply."""
        connection = self._connection
        while not connection.window_open:
            self._unexpected(connection.receive(self._deadline, self._limit))
        self._send_command()
        while True:
            response = connection.receive(self._deadline, self._limit)
            if response.opcode == pdu.REJECT:
                reason = pdu.REJECT_REASONS.get(response["reason"], f"reason {response['reason']:02x}h")
                self._fail(f"the target rejected it: {reason}")
            if response["initiator_task_tag"] != self._tag:
                self._unexpected(response)
            if response.opcode == pdu.DATA_IN:
                self._take(response)
                if response["has_status"]:
                    return self._reply(response, b"")
            elif response.opcode == pdu.R2T:
                self._answer(response)
            elif response.opcode == pdu.SCSI_RESPONSE:
                return self._reply(response, self._sense(response))
            else:
                self._unexpected(response)

    # -- out

    def _send_command(self) -> None:
        command, parameters = self._command, self._connection.parameters
        if not 1 <= len(command.cdb) <= _LONGEST_CDB:
            raise ValueError(f"{command.name}: a CDB of {len(command.cdb)} bytes")
        data = command.data_out
        unsolicited = 0 if parameters.initial_r2t else min(parameters.first_burst, len(data))
        immediate = min(parameters.first_burst, parameters.maximum_send, len(data)) if parameters.immediate_data else 0
        more = unsolicited > immediate
        self._connection.send(self._connection.numbered(pdu.Pdu(
            pdu.SCSI_COMMAND, data[:immediate], command.cdb[16:], final=not more, read=bool(command.data_in_length),
            write=bool(data), attribute=1, lun=self._lun, initiator_task_tag=self._tag,
            expected_data_transfer_length=self._length, cdb=command.cdb[:16])), self._deadline)
        self._sent = immediate
        if more:
            self._send_data(immediate, unsolicited - immediate, pdu.NO_TAG)

    def _send_data(self, offset: int, length: int, transfer_tag: int) -> None:
        """One sequence of Data-Out PDUs (RFC 7143 11.7)."""
        end = offset + length
        number = 0
        while offset < end:
            part = self._command.data_out[offset:min(end, offset + self._connection.parameters.maximum_send)]
            self._connection.send(pdu.Pdu(
                pdu.DATA_OUT, part, final=offset + len(part) == end, lun=self._lun, initiator_task_tag=self._tag,
                target_transfer_tag=transfer_tag, data_sn=number, buffer_offset=offset), self._deadline)
            offset += len(part)
            number += 1
        self._sent = end

    def _answer(self, request: pdu.Pdu) -> None:
        offset, length = request["buffer_offset"], request["desired_data_transfer_length"]
        if request["r2t_sn"] != self._r2t_sn:
            self._fail(f"R2TSN {request['r2t_sn']} came instead of {self._r2t_sn}")
        if request["target_transfer_tag"] == pdu.NO_TAG or not length:
            self._fail("the target asked for data without saying which")
        if offset != self._sent or offset + length > len(self._command.data_out):
            self._fail(f"the target asked for bytes {offset} to {offset + length} of {len(self._command.data_out)}, "
                       f"{self._sent} have been sent")
        if length > self._connection.parameters.maximum_burst:
            self._fail(f"the target asked for {length} bytes at once, {self._connection.parameters.maximum_burst} were "
                       "agreed")
        self._r2t_sn += 1
        self._send_data(offset, length, request["target_transfer_tag"])

    # -- in

    def _take(self, part: pdu.Pdu) -> None:
        if not self._command.data_in_length:
            self._fail("data came for a command that reads none")
        if part["data_sn"] != self._data_sn:
            self._fail(f"DataSN {part['data_sn']} came instead of {self._data_sn}")
        if part["buffer_offset"] != len(self._data):
            self._fail(f"data for offset {part['buffer_offset']} came instead of {len(self._data)}")
        if len(self._data) + len(part.data) > self._length:
            self._fail(f"{len(self._data) + len(part.data)} bytes arrived, {self._length} were requested")
        if part["has_status"] and not part["final"]:
            self._fail("status came before the last of the data")
        self._data_sn += 1
        self._data += part.data

    def _sense(self, response: pdu.Pdu) -> bytes:
        if response["response"] != 0:
            self._fail(f"the target failed (response {response['response']:02x}h)")
        if response["exp_data_sn"] != self._data_sn and self._command.data_in_length:
            self._fail(f"{response['exp_data_sn']} parts of data were sent, {self._data_sn} arrived")
        data = response.data
        if not data:
            return b""
        length = int.from_bytes(data[:2], "big")
        if len(data) < 2 or length > len(data) - 2:
            self._fail(f"sense data of {length} bytes were announced, {max(0, len(data) - 2)} came")
        return data[2:2 + length]

    def _reply(self, response: pdu.Pdu, sense: bytes) -> Reply:
        status = response["status"]
        count = response["residual_count"] if response["underflow"] else 0
        if response["underflow"] and response["overflow"] or count > self._length:
            self._fail(f"a residual of {response['residual_count']} bytes, {self._length} were requested")
        data = bytes(self._data)
        if not self._command.data_in_length:
            return Reply(status, sense, b"", count)
        valid = self._length - count
        if len(data) < valid and status in (GOOD, CONDITION_MET):
            # Some of the data that was sent did not arrive, and nothing shows which.
            self._fail(f"{valid} bytes were announced, {len(data)} came")
        data = data[:valid]
        return Reply(status, sense, data, self._length - len(data))

    def _unexpected(self, response: pdu.Pdu) -> NoReturn:
        self._fail(f"an unexpected {pdu.title(response.opcode)} came")

    def _fail(self, message: str) -> NoReturn:
        self._connection.fail(f"{self._command.title}: {message}")


class DiscoveredTarget(NamedTuple):
    """A target behind a portal, with the addresses (host:port,tag) at which it is reached."""

    name: str
    addresses: list[str]


def discover(portal: str, options: IscsiOptions | None = None,
             seconds: float = _DISCOVERY_SECONDS) -> list[DiscoveredTarget]:
    """The targets behind a portal, ``host[:port]`` or an address without target (SendTargets, RFC 7143 appendix C).

    Their names are as the portal sent them, and may be no iSCSI names. ``seconds``: for the list, after the login.
    """
    address = parse_address(portal) if portal.startswith(SCHEME) else IscsiAddress(*parse_portal(portal))
    connection = IscsiConnection(address._replace(target="", lun=0), options or IscsiOptions(), new_isid())
    try:
        return _targets(_ask_for_targets(connection, min(seconds, _DISCOVERY_SECONDS)))
    except text.TextError as error:
        connection.fail(f"the list of targets cannot be read: {error}")
    finally:
        connection.log_out()


def _ask_for_targets(connection: IscsiConnection, seconds: float) -> bytes:
    deadline = time.monotonic() + seconds
    answer = b""
    data = text.encode_pairs([("SendTargets", "All")])
    tag, transfer_tag = connection.new_tag(), pdu.NO_TAG
    while True:
        connection.send(connection.numbered(pdu.Pdu(
            pdu.TEXT_REQUEST, data, final=True, initiator_task_tag=tag, target_transfer_tag=transfer_tag)), deadline)
        response = connection.receive(deadline, f"SendTargets within {seconds:g} seconds")
        if response.opcode != pdu.TEXT_RESPONSE or response["initiator_task_tag"] != tag:
            connection.fail(f"{pdu.title(response.opcode)} came instead of the list of targets")
        answer += response.data
        if len(answer) > _MAXIMUM_TARGETS_TEXT:
            connection.fail("the list of targets does not end")
        transfer_tag = response["target_transfer_tag"]
        if response["final"]:
            return answer
        if transfer_tag == pdu.NO_TAG:
            connection.fail("the list of targets is incomplete")
        data = b""  # the rest is fetched with empty requests (RFC 7143 11.10)


def _targets(data: bytes) -> list[DiscoveredTarget]:
    """The targets in the text. What is no pair is of no target; raises TextError if there is nothing else."""
    targets: list[DiscoveredTarget] = []
    unreadable: text.TextError | None = None
    for part in data.split(b"\0"):
        try:
            pairs = text.decode_pairs(part)
        except text.TextError as error:
            unreadable = unreadable or error
            if not part.startswith(b"TargetName="):
                continue
            pairs = [("TargetName", part.partition(b"=")[2].decode("utf-8", "backslashreplace"))]
        for key, value in pairs:
            _add(targets, key, value)
    if unreadable is not None and not targets:
        raise unreadable
    return targets


def _add(targets: list[DiscoveredTarget], key: str, value: str) -> None:
    if key == "TargetName":
        targets.append(DiscoveredTarget(value, []))
    elif key == "TargetAddress" and targets:
        targets[-1].addresses.append(value)

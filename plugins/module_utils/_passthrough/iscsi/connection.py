# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection of the iSCSI initiator: logs in, then sends and receives PDUs, and checks their sequence numbers."""

from __future__ import annotations

import os
import socket
import time
from typing import Callable, NoReturn

from ..._iscsi import login, pdu, serial
from ..._iscsi.chap import SHA_256, InitiatorChap, available_algorithms
from ..._iscsi.framing import Decoder, FramingError
from ..._iscsi.login_initiator import InitiatorIdentity, InitiatorLogin
from ..._iscsi.negotiation import Parameters
from ..errors import AddressError, TransportError
from ..open_options import IscsiOptions
from .address import IscsiAddress, parse_portal

_READ_BYTES = 262144
_LOGIN_SEGMENT_BYTES = 8192
_MAXIMUM_REDIRECTIONS = 3
#: For what arrived while no command was open.
_IDLE_SECONDS = 1.0

#: The values to propose (RFC 7143 13). One command at a time needs little.
_VALUES = {
    "MaxConnections": "1", "InitialR2T": "No", "ImmediateData": "Yes", "MaxRecvDataSegmentLength": "262144",
    "MaxBurstLength": "1048576", "FirstBurstLength": "262144", "DefaultTime2Wait": "2", "DefaultTime2Retain": "0",
    "MaxOutstandingR2T": "1", "DataPDUInOrder": "Yes", "DataSequenceInOrder": "Yes", "ErrorRecoveryLevel": "0",
}


def default_initiator_name() -> str:
    """This host's initiator name as configured for open-iscsi, or else one made from the host name."""
    try:
        with open("/etc/iscsi/initiatorname.iscsi", encoding="ascii") as stream:
            for line in stream:
                key, _equals, value = line.strip().partition("=")
                if key == "InitiatorName" and login.is_iscsi_name(value.strip()):
                    return value.strip()
    except (OSError, ValueError):
        pass
    host = "".join(character if character.isalnum() and character.isascii() else "-"
                   for character in socket.gethostname().lower())
    # "invalid" is a domain that nobody can own (RFC 2606).
    return f"iqn.2026-01.invalid.drivecare:{host.strip('-') or 'host'}"


_DIGESTS = {"none": "None", "preferred": "CRC32C,None", "required": "CRC32C"}


def _offers(options: IscsiOptions) -> dict[str, str]:
    """The keys to negotiate."""
    return dict({"HeaderDigest": _DIGESTS[options.header_digest], "DataDigest": _DIGESTS[options.data_digest]},
                **_VALUES)


class Lost(TransportError):
    """The connection was lost: closed by the target, or interrupted."""


class _OtherSha(Exception):
    """The target seems to use the number of SHA-256 for another algorithm."""


def new_isid() -> bytes:
    """An initiator session identifier of the random format (RFC 7143 11.12.5)."""
    return b"\x80" + os.urandom(5)


class IscsiConnection:
    """A connection in its full feature phase. Every method that fails closes it."""

    def __init__(self, address: IscsiAddress, options: IscsiOptions, isid: bytes) -> None:
        self.address = address
        self.parameters: Parameters
        self.cmd_sn = 0
        self.exp_stat_sn = 0
        self.max_cmd_sn = 0
        #: Set by an asynchronous message in which the target asks to end this connection.
        self.ending = False
        self._options = options
        self._isid = isid
        self._socket: socket.socket | None = None
        self._decoder = Decoder(_LOGIN_SEGMENT_BYTES)
        self._digests = pdu.NO_DIGESTS
        self._next_tag = 1
        self._open()

    # -- opening

    def _open(self) -> None:
        host, port = self.address.host, self.address.port
        algorithms = available_algorithms()
        for _attempt in range(_MAXIMUM_REDIRECTIONS + 1):
            self._connect(host, port)
            try:
                moved = self._log_in(algorithms)
            except _OtherSha:
                # tgt uses the number that IANA assigned to SHA-256 for SHA-1, and rejects the response. Retry once
                # without that number: an attacker who could force this could as well have chosen MD5.
                algorithms.remove(SHA_256)
                self.close()
                continue
            if moved is None:
                return
            self.close()
            host, port = parse_portal(moved.partition(",")[0])
        self.fail("the target redirects endlessly")

    def _connect(self, host: str, port: int) -> None:
        try:
            # As bytes: of text, the resolver would first have to load the codec of international names.
            self._socket = socket.create_connection((host.encode("ascii"), port),  # type: ignore[arg-type]
                                                    self._options.connect_timeout_seconds)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        except socket.gaierror as error:
            raise AddressError(f"the host {host} is not known: {error.strerror}") from None
        except ValueError as error:
            # No name that a resolver takes: not ASCII, or with a NUL.
            raise AddressError(f"{host!r} is not a host name or address: {error}") from None
        except socket.timeout:
            raise TransportError(f"no connection to {host} port {port} within "
                                 f"{self._options.connect_timeout_seconds:g} seconds") from None
        except OSError as error:
            raise TransportError(f"no connection to {host} port {port}: {error.strerror or error}") from None

    def _chap(self, algorithms: list[int]) -> InitiatorChap | None:
        options = self._options
        user = self.address.user or options.user
        if not options.secret:
            if user or options.target_secret:
                self.fail("there is a CHAP user but no CHAP secret", AddressError)
            return None
        try:
            return InitiatorChap(user, options.secret, options.target_secret, algorithms)
        except ValueError as error:
            self.fail(str(error), AddressError)

    def _log_in(self, algorithms: list[int]) -> str | None:
        """Logs in. Returns the portal to which the target redirects, if it does."""
        options = self._options
        chap = self._chap(algorithms)
        name = options.initiator_name or default_initiator_name()
        identity = InitiatorIdentity(name, self._isid, self.address.target)
        dialogue = InitiatorLogin(identity, _offers(options), chap, insist=bool(options.target_secret))
        request: pdu.Pdu | None = dialogue.first()
        deadline = time.monotonic() + options.connect_timeout_seconds
        self._decoder = Decoder(_LOGIN_SEGMENT_BYTES)
        self._digests = pdu.NO_DIGESTS
        try:
            while request is not None:
                self._send(request, deadline)
                request = dialogue.receive(self._receive(deadline, "the login within "
                                                                   f"{options.connect_timeout_seconds:g} seconds"))
        except login.LoginError as error:
            if dialogue.moved_to:
                return dialogue.moved_to
            if chap and chap.algorithm == SHA_256 and error.received and error.status == login.INITIATOR_ERROR:
                raise _OtherSha from None
            kind = AddressError if error.status in _NOT_THERE else TransportError
            # The codes are what the target's administrator finds in its log.
            codes = " ({:02x}/{:02x})".format(*error.status) if error.received else ""
            self.fail(f"login failed{codes}: {error}", kind)
        if dialogue.parameters is None:
            self.fail("the login did not complete")
        self.parameters = dialogue.parameters
        self._check_digests()
        self._digests = self._decoder.digests = self.parameters.digests
        self._decoder.maximum_data_segment = self.parameters.maximum_receive
        self.cmd_sn, self.exp_stat_sn = dialogue.cmd_sn, dialogue.exp_stat_sn
        self.max_cmd_sn = dialogue.max_cmd_sn
        return None

    def _check_digests(self) -> None:
        if self._options.header_digest == "required" and not self.parameters.digests.header:
            self.fail("the target has no header digests, and they are required")
        if self._options.data_digest == "required" and not self.parameters.digests.data:
            self.fail("the target has no data digests, and they are required")

    # -- passing PDUs

    def new_tag(self) -> int:
        """An initiator task tag."""
        tag, self._next_tag = self._next_tag, self._next_tag % 0xFFFFFFFE + 1
        return tag

    def numbered(self, request: pdu.Pdu) -> pdu.Pdu:
        """The request with the next command number."""
        request["cmd_sn"] = self.cmd_sn
        self.cmd_sn = serial.add(self.cmd_sn, 1)
        return request

    @property
    def window_open(self) -> bool:
        """True if the target accepts another command."""
        return not serial.less(self.max_cmd_sn, self.cmd_sn)

    def send(self, request: pdu.Pdu, deadline: float) -> None:
        """Sends a request."""
        request["exp_stat_sn"] = self.exp_stat_sn
        self._send(request, deadline)

    def _send(self, request: pdu.Pdu, deadline: float) -> None:
        sock = self._opened()
        try:
            sock.settimeout(max(0.001, deadline - time.monotonic()))
            sock.sendall(b"".join(pdu.encode(request, self._digests)))
        except socket.timeout:
            self.fail(f"{pdu.title(request.opcode)} was not accepted in time")
        except OSError as error:
            self.fail(f"the connection was lost: {error.strerror or error}", Lost)

    def receive(self, deadline: float, waiting_for: str) -> pdu.Pdu:
        """The next PDU that belongs to a request; pings are answered and asynchronous messages handled."""
        while True:
            response = self._receive(deadline, waiting_for)
            self._check_numbers(response)
            if not self._housekeeping(response, deadline):
                return response

    def _receive(self, deadline: float, waiting_for: str) -> pdu.Pdu:
        sock = self._opened()
        while True:
            try:
                response = self._decoder.next()
            except FramingError as error:
                self.fail(f"the target's PDU cannot be read: {error}")
            if response is not None:
                if not response.intact:
                    self.fail("data digest error")
                return response
            left = deadline - time.monotonic()
            if left <= 0:
                self.fail(f"no answer to {waiting_for}")
            try:
                sock.settimeout(left)
                data = sock.recv(_READ_BYTES)
            except socket.timeout:
                self.fail(f"no answer to {waiting_for}")
            except OSError as error:
                self.fail(f"the connection was lost: {error.strerror or error}", Lost)
            if not data:
                self.fail("the target closed the connection", Lost)
            self._decoder.feed(data)

    def _check_numbers(self, response: pdu.Pdu) -> None:
        if response.opcode not in pdu.TABLES or "exp_cmd_sn" not in response.fields:
            self.fail(f"received {pdu.title(response.opcode)}, which no target sends")
        carries = response["has_status"] if response.opcode == pdu.DATA_IN else response.opcode != pdu.R2T and not (
            response.opcode == pdu.NOP_IN and response["initiator_task_tag"] == pdu.NO_TAG)
        if carries:
            if response["stat_sn"] != self.exp_stat_sn:
                # Something was lost, and at error recovery level 0 nothing can bring it back (RFC 7143 7.1.1).
                self.fail(f"StatSN {response['stat_sn']} came instead of {self.exp_stat_sn}")
            self.exp_stat_sn = serial.add(self.exp_stat_sn, 1)
        highest = response["max_cmd_sn"]
        # A MaxCmdSN that makes no sense, or goes back, is ignored (RFC 7143 4.2.2.1).
        sound = serial.distance(serial.add(response["exp_cmd_sn"], -1), highest) >= 0
        if sound and serial.less(self.max_cmd_sn, highest):
            self.max_cmd_sn = highest

    def _housekeeping(self, response: pdu.Pdu, deadline: float) -> bool:
        """Handles a PDU that belongs to no request; False for any other."""
        if response.opcode == pdu.NOP_IN and response["initiator_task_tag"] == pdu.NO_TAG:
            if response["target_transfer_tag"] != pdu.NO_TAG:
                self.send(pdu.Pdu(
                    pdu.NOP_OUT, response.data, immediate=True, lun=response["lun"], initiator_task_tag=pdu.NO_TAG,
                    target_transfer_tag=response["target_transfer_tag"], cmd_sn=self.cmd_sn), deadline)
            return True
        if response.opcode == pdu.ASYNC_MESSAGE:
            event = response["async_event"]
            if event in (pdu.ASYNC_CONNECTION_DROPPED, pdu.ASYNC_SESSION_DROPPED):
                self.fail("the target drops the connection", Lost)
            if event in (pdu.ASYNC_LOGOUT, pdu.ASYNC_NEGOTIATE):
                self.ending = True
            return True
        return False

    # -- idle

    def still_there(self) -> bool:
        """Processes what arrived while idle, such as pings; False if the connection is no longer usable.

        A target whose pings do not end within a second is given up.
        """
        end = time.monotonic() + _IDLE_SECONDS
        try:
            while self._take_waiting():
                if time.monotonic() > end:
                    return False
                response = self._decoder.next()
                while response is not None:
                    self._check_numbers(response)
                    if not response.intact or not self._housekeeping(response, end):
                        return False
                    response = self._decoder.next()
        except (TransportError, FramingError, OSError):
            return False
        return self._socket is not None and not self.ending

    def _take_waiting(self) -> bool:
        sock = self._opened()
        sock.setblocking(False)
        try:
            data = sock.recv(_READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self.fail("the target closed the connection", Lost)
        self._decoder.feed(data)
        return True

    # -- the end

    def log_out(self, seconds: float = 2.0) -> None:
        """Logs out, and closes the connection whatever the outcome."""
        if self._socket is None:
            return
        deadline = time.monotonic() + seconds
        try:
            # Immediate, so that a closed window cannot hold it up.
            self.send(pdu.Pdu(pdu.LOGOUT_REQUEST, immediate=True, reason_code=0, cid=0, cmd_sn=self.cmd_sn,
                              initiator_task_tag=self.new_tag()), deadline)
            while self.receive(deadline, "Logout").opcode != pdu.LOGOUT_RESPONSE:
                pass
        except TransportError:
            pass
        self.close()

    def close(self) -> None:
        """Closes without logging out."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def fail(self, message: str, kind: Callable[[str], Exception] = TransportError) -> NoReturn:
        """Closes and raises."""
        self.close()
        raise kind(message)

    def _opened(self) -> socket.socket:
        if self._socket is None:
            self.fail("the connection is closed", Lost)
        return self._socket


#: Statuses of a login that say that the named target does not exist.
_NOT_THERE: list[object] = [login.NOT_FOUND, login.TARGET_REMOVED]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TCP connection: bytes in and out, the login, the numbering of what is sent, and its end."""

from __future__ import annotations

import collections
import itertools
import logging
import socket
from typing import Iterable, Iterator, Protocol

from ..._iscsi import pdu, serial
from ..._iscsi.framing import Decoder, FramingError
from ..._iscsi.login_target import LoginRules, TargetLogin
from ..contract import Handle
from ..wire_faults import Hooks, Outgoing, WireFaultState
from .limits import Limits
from .reactor import Reactor
from .session import TargetSession

_LOG = logging.getLogger(__name__)

#: A turn of the loop reads this much of one connection, so that none keeps the others waiting.
_READ_BYTES = 65536
#: PDUs are built only while less than this waits to be sent.
_SEND_AHEAD_BYTES = 524288
#: With more answers queued than this, or more data in them, nothing more is read from the peer.
_MAXIMUM_QUEUED = 4096
_MAXIMUM_QUEUED_BYTES = 32 * 1024 * 1024
#: The longest data segment of a PDU until the login is complete (RFC 7143 13.12).
_LOGIN_SEGMENT_BYTES = 8192

_STATUS_CARRIERS = frozenset((
    pdu.SCSI_RESPONSE, pdu.TASK_MANAGEMENT_RESPONSE, pdu.TEXT_RESPONSE, pdu.LOGOUT_RESPONSE, pdu.REJECT,
    pdu.ASYNC_MESSAGE))


class ConnectionOwner(Protocol):
    """What a connection needs from the server that accepted it."""

    @property
    def reactor(self) -> Reactor:
        """The loop that the connection runs in."""

    @property
    def limits(self) -> Limits:
        """How long it may be silent, and the like."""

    @property
    def hooks(self) -> Hooks:
        """Sees every PDU."""

    def establish(self, connection: Connection, login: TargetLogin) -> None:
        """Creates the session of a connection whose login has succeeded."""

    def connection_closed(self, connection: Connection) -> None:
        """The connection is closed."""


class Connection:
    """A connection from accept to close. Whatever the peer sends leads to an answer, a Reject, or the close."""

    def __init__(self, owner: ConnectionOwner, sock: socket.socket, rules: LoginRules, peer: str) -> None:
        self.peer = peer
        self.session: TargetSession | None = None
        self._owner = owner
        self._reactor = owner.reactor
        self._limits = owner.limits
        self._hooks = owner.hooks
        self.closing = False
        self._socket = sock
        self._decoder = Decoder(_LOGIN_SEGMENT_BYTES)
        self._login: TargetLogin | None = TargetLogin(rules)
        self._digests = pdu.NO_DIGESTS
        self._stat_sn = 0
        self._queue: collections.deque[tuple[Iterator[pdu.Pdu], WireFaultState | None, int]] = collections.deque()
        self._queued_bytes = 0
        #: Whether requests have arrived that were not handled because the queue is full.
        self._stalled = False
        self._out = bytearray()
        self._closed = False
        self._flush_pending = False
        self._watched: tuple[bool, bool] = (False, False)
        self._ping_tag: int | None = None
        self._pinged_at = 0.0
        self._silent_since = self._reactor.now()
        self._watchdog: Handle = self._reactor.call_later(self._limits.login_seconds, self._login_timeout)
        self._watch()

    @property
    def local_address(self) -> tuple[str, int]:
        """Address and port of our end."""
        address, port = self._socket.getsockname()[:2]
        return str(address), int(port)

    # -- sending

    def send(self, message: pdu.Pdu) -> None:
        """Queues one PDU."""
        self.queue(iter((message,)), length=len(message.data))

    def queue(self, messages: Iterable[pdu.Pdu], wire_faults: WireFaultState | None = None, length: int = 0) -> None:
        """Queues PDUs, which are built only when they are sent. ``length``: the bytes of data in them."""
        if not self._closed:
            self._queue.append((iter(messages), wire_faults, length))
            self._queued_bytes += length
            self._flush_later()

    def _flush_later(self) -> None:
        # Answers that become ready at the same time are sent in one segment.
        if not self._flush_pending:
            self._flush_pending = True
            self._reactor.call_after(self.flush)

    def flush(self) -> None:
        """Sends what can be sent now."""
        self._flush_pending = False
        try:
            self._send_queued()
            if self._stalled and not self._choked:
                self._handle_arrived()
        except Exception:
            self._failed()
        if not self._closed:
            if self.closing and not self._out and not self._queue:
                self.close("")
            else:
                self._watch()

    def _send_queued(self) -> None:
        try:
            while not self._closed:
                self._fill()
                if not self._out:
                    break
                sent = self._socket.send(self._out)
                del self._out[:sent]
        except BlockingIOError:
            pass
        except OSError as error:
            self.close(f"{error.strerror or error}")

    def _fill(self) -> None:
        while self._queue and len(self._out) < _SEND_AHEAD_BYTES:
            messages, wire_faults, length = self._queue[0]
            message = next(messages, None)
            if message is None:
                self._queue.popleft()
                self._queued_bytes -= length
                continue
            outgoing = Outgoing(message)
            self._number(message)
            verdict = wire_faults.apply(outgoing) if wire_faults is not None else [outgoing]
            for item in list(itertools.chain.from_iterable(
                    self._hooks.sending(self, each) if isinstance(each, Outgoing) else [each]
                    for each in verdict)):
                if not isinstance(item, Outgoing):
                    self.close("an injected fault")
                    return
                self._encode(item)

    def _number(self, message: pdu.Pdu) -> None:
        """Fills in the numbers that every PDU of a target carries (RFC 7143 4.2.2), as of the moment of sending."""
        fields = message.fields
        if message.opcode == pdu.LOGIN_RESPONSE or self.session is None:
            return
        fields["exp_cmd_sn"] = self.session.exp_cmd_sn
        fields["max_cmd_sn"] = self.session.max_cmd_sn
        if (message.opcode in _STATUS_CARRIERS or fields.get("has_status")
                or message.opcode == pdu.NOP_IN and fields["initiator_task_tag"] != pdu.NO_TAG):
            fields["stat_sn"] = self._stat_sn
            self._stat_sn = serial.add(self._stat_sn, 1)
        elif message.opcode != pdu.DATA_IN:
            fields["stat_sn"] = self._stat_sn  # the next one, without using it up (11.8.3, 11.19)

    def _encode(self, outgoing: Outgoing) -> None:
        if outgoing.raw is not None:
            self._out += outgoing.raw
            return
        parts = pdu.encode(outgoing.pdu, self._digests)
        if outgoing.spoil_header_digest:
            parts[1] = _spoilt(parts[1])
        if outgoing.spoil_data_digest:
            parts[3] = _spoilt(parts[3])
        self._out += b"".join(parts)

    # -- receiving

    @property
    def _choked(self) -> bool:
        return len(self._queue) >= _MAXIMUM_QUEUED or self._queued_bytes > _MAXIMUM_QUEUED_BYTES

    def _watch(self) -> None:
        wanted = (not self.closing and not self._choked, bool(self._out or self._queue))
        if wanted != self._watched:
            self._watched = wanted
            self._reactor.watch(self._socket, self._ready, reading=wanted[0], writing=wanted[1])

    def _ready(self, _events: int) -> None:
        self._flush_pending = True  # done below
        if not self.closing and not self._choked:
            try:
                self._read()
            except Exception:
                self._failed()
        if not self._closed:
            self.flush()

    def _failed(self) -> None:
        # A bug here or in the device model: it must cost no more than this connection.
        _LOG.exception("the connection of %s failed", self.peer)
        self.close("internal error")

    def _read(self) -> None:
        try:
            data = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self.close(f"{error.strerror or error}")
            return
        if not data:
            self.close("closed by the peer")
            return
        self._silent_since = self._reactor.now()
        self._decoder.feed(data)
        self._handle_arrived()

    def _handle_arrived(self) -> None:
        try:
            while not self.closing:
                self._stalled = self._choked
                if self._stalled:
                    return
                request = self._decoder.next()
                if request is None:
                    return
                if self._hooks.received(self, request):
                    self._receive(request)
        except FramingError as error:
            self.close(str(error))

    def _receive(self, request: pdu.Pdu) -> None:
        if self.session is not None:
            self.session.receive(request)
        elif self._login is not None:
            self._log_in(self._login, request)

    def _log_in(self, login: TargetLogin, request: pdu.Pdu) -> None:
        response = login.receive(request)
        if login.done and login.parameters is not None:
            self._owner.establish(self, login)
            self._stat_sn = login.stat_sn
            self._decoder.maximum_data_segment = login.parameters.maximum_receive
            self._decoder.digests = login.parameters.digests
        self.send(response)
        if login.failed:
            self.close_after_sending(f"login failed: {login.problem}")
        elif login.done and login.parameters is not None:
            # The response itself is sent without digests, so it is encoded first (RFC 7143 6.3).
            while self._queue and not self._closed:
                self._fill()
            self._digests = login.parameters.digests
            self._login = None
            self._watchdog.cancel()
            self._start_watchdog()

    # -- silence

    def _login_timeout(self) -> None:
        self.close("the login took too long")

    def _start_watchdog(self) -> None:
        if self._limits.ping_seconds:
            self._watchdog = self._reactor.call_later(self._limits.ping_seconds, self._watch_silence)

    def _watch_silence(self) -> None:
        """Pings a silent initiator, and drops one that does not even answer that (11.19)."""
        now = self._reactor.now()
        allowed = self._limits.ping_seconds
        # Since the ping, not since the last PDU received: a server that was itself held up has not pinged yet.
        if self._ping_tag is not None and now - max(self._pinged_at, self._silent_since) >= allowed:
            self.close("no answer to a ping")
            return
        if self._ping_tag is None and now - self._silent_since >= allowed and self.session is not None:
            self._ping_tag = self.session.new_tag()
            self._pinged_at = now
            self.send(pdu.Pdu(pdu.NOP_IN, initiator_task_tag=pdu.NO_TAG, target_transfer_tag=self._ping_tag))
        self._start_watchdog()

    def pong(self, tag: int) -> None:
        """The initiator has answered a ping."""
        if tag == self._ping_tag:
            self._ping_tag = None

    # -- the end

    def close_after_sending(self, reason: str) -> None:
        """Closes once everything queued was sent; nothing more is received. Does not wait long for a peer that does
        not read."""
        if self.closing or self._closed:
            return
        _LOG.info("%s: closing, %s", self.peer, reason)
        self.closing = True
        self._watchdog.cancel()
        self._watchdog = self._reactor.call_later(self._limits.linger_seconds, lambda: self.close("peer not reading"))
        self._flush_later()

    def close(self, reason: str) -> None:
        """Closes at once. May be called twice."""
        if self._closed:
            return
        if reason:
            _LOG.info("%s: closed, %s", self.peer, reason)
        self._closed = self.closing = True
        self._watchdog.cancel()
        self._queue.clear()
        self._reactor.forget(self._socket)
        self._socket.close()
        self._owner.connection_closed(self)


def _spoilt(digest: bytes) -> bytes:
    return bytes(octet ^ 0xFF for octet in digest)

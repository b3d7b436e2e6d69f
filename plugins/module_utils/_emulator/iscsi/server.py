# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The iSCSI server: its port, its connections and sessions, and the targets that it serves."""

from __future__ import annotations

import errno
import itertools
import logging
import socket
import threading
import time
from typing import Any, Callable, Mapping

from ..._iscsi import login
from ..._iscsi.chap import TargetCredentials
from ..._iscsi.login_target import LoginRules, TargetLogin
from ..contract import Nexus, Target, Timers
from ..wire_faults import Hooks
from .connection import Connection
from .discovery import PORTAL_GROUP_TAG, Discovery
from .limits import DataOutBudget, Limits
from .reactor import Reactor
from .session import Shared, TargetSession

_LOG = logging.getLogger(__name__)

#: What we offer and accept in the negotiation (RFC 7143 13).
DEFAULT_VALUES: Mapping[str, str] = {
    "HeaderDigest": "CRC32C,None", "DataDigest": "CRC32C,None", "MaxConnections": "1", "InitialR2T": "No",
    "ImmediateData": "Yes", "MaxRecvDataSegmentLength": "262144", "MaxBurstLength": "1048576",
    "FirstBurstLength": "262144", "DefaultTime2Wait": "2", "DefaultTime2Retain": "0", "MaxOutstandingR2T": "1",
    "ErrorRecoveryLevel": "0",
}


class ServerError(Exception):
    """The server cannot be started. The text says why, for an administrator."""


class Server:
    """A TCP port with targets behind it.

    Everything happens in the thread that calls `run`; `start_thread` starts one.
    """

    def __init__(self, address: str = "127.0.0.1", port: int = 3260, credentials: TargetCredentials | None = None,
                 allow_without_chap: bool = False, values: Mapping[str, str] | None = None,
                 hooks: Hooks | None = None, advertised: str = "", lenient_send_targets: bool = True,
                 limits: Limits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """``values``: what to offer in the negotiation in place of `DEFAULT_VALUES`, key by key. ``advertised`` and
        ``lenient_send_targets``: see `Discovery`."""
        self.address = address
        self.port = port
        self.credentials = credentials
        self.hooks = hooks or Hooks()
        self.limits = limits or Limits()
        self.reactor = Reactor(clock)
        self.budget = DataOutBudget(self.limits.maximum_data_out_of_all)
        self._allow_without_chap = allow_without_chap
        self._values = dict(DEFAULT_VALUES, **(values or {}))
        self._targets: dict[str, Target] = {}
        self._connections: set[Connection] = set()
        self._sessions: dict[int, TargetSession] = {}
        self._shared = Shared(self.limits, self.budget, self.reactor,
                              Discovery(self._targets.keys(), advertised, lenient_send_targets), self.sessions_of)
        self._tsihs = itertools.cycle(range(1, 0x10000))
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def timers(self) -> Timers:
        """The clock and the timers for device models."""
        return self.reactor

    # -- life cycle

    def add_target(self, target: Target) -> None:
        """Serves a target. Raises ServerError for a name that is invalid or taken."""
        if not login.is_iscsi_name(target.name):
            raise ServerError(f"{target.name!r} is not an iSCSI name, such as iqn.2026-01.com.example:shelf")
        if target.name in self._targets:
            raise ServerError(f"there are two targets {target.name}")
        self._targets[target.name] = target

    def remove_target(self, name: str) -> None:
        """Ends a target's sessions and stops serving it."""
        target = self._targets.pop(name)
        for session in self.sessions_of(target):
            session.close("the target was removed")

    def listen(self) -> None:
        """Opens the port; port 0 becomes the one that the system chose. Raises ServerError."""
        try:
            family, kind, protocol, _name, address = socket.getaddrinfo(
                self.address or None, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
            listener = socket.socket(family, kind, protocol)
        except (OSError, UnicodeError) as error:
            raise ServerError(f"cannot listen on {self.address}: {error}") from None
        # The address counts, not the name that was resolved to it.
        if not _is_loopback(str(address[0])) and self.credentials is None and not self._allow_without_chap:
            listener.close()
            raise ServerError(
                f"{self.address or address[0]} is not a loopback address: give a CHAP user and secret, or allow access "
                "without CHAP")
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(128)
        except OSError as error:
            listener.close()
            hint = ""
            if error.errno == errno.EADDRINUSE:
                hint = "; another program is listening there"
            elif error.errno == errno.EACCES:
                hint = "; ports below 1024 require privileges"
            raise ServerError(f"cannot listen on {self.address} port {self.port}: {error.strerror}{hint}") from None
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self.reactor.open()
        self.reactor.watch(listener, self._accept)

    def run(self) -> None:
        """Serves until `stop`."""
        if self._listener is None:
            self.listen()
        try:
            self.reactor.run()
        finally:
            self._close()

    def start_thread(self) -> None:
        """Serves in a new thread."""
        if self._listener is None:
            self.listen()
        self._thread = threading.Thread(target=self.run, name="iscsi-server", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Closes all connections and the port. May be called from any thread."""
        self.reactor.stop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(10)

    def call_soon(self, function: Callable[[], Any]) -> None:
        """Calls ``function`` in the server's thread. May be called from any thread."""
        self.reactor.call_soon(function)

    def request_logout(self, seconds: int) -> None:
        """Asks all initiators to log out within that time, and drops those that do not."""
        for session in list(self._sessions.values()):
            session.request_logout(seconds)

    def _close(self) -> None:
        for connection in list(self._connections):
            connection.close("the server stops")
        if self._listener is not None:
            self.reactor.forget(self._listener)
            self._listener.close()
            self._listener = None
        self.reactor.close()

    # -- connections

    def _accept(self, _events: int) -> None:
        listener = self._listener
        if listener is None:
            return
        try:
            sock, peer = listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:
            # Out of descriptors: the listener stays ready, so do not watch it for a while instead of spinning.
            _LOG.warning("cannot accept a connection: %s", error.strerror)
            self._pause_accepting()
            return
        if len(self._connections) >= self.limits.maximum_connections:
            _LOG.warning("more than %d connections", self.limits.maximum_connections)
            sock.close()
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._connections.add(Connection(self, sock, self._rules(), f"{peer[0]}:{peer[1]}"))

    def _pause_accepting(self) -> None:
        listener = self._listener
        if listener is not None:
            self.reactor.forget(listener)
            self.timers.call_later(0.5, self._resume_accepting)

    def _resume_accepting(self) -> None:
        if self._listener is not None:
            self.reactor.watch(self._listener, self._accept)

    def connection_closed(self, connection: Connection) -> None:
        """Ends the session of a closed connection (error recovery level 0)."""
        self._connections.discard(connection)
        session = connection.session
        if session is None:
            return
        session.end()
        if self._sessions.get(session.tsih) is session:
            del self._sessions[session.tsih]
        if session.target is not None and session.nexus is not None:
            session.target.nexus_lost(session.nexus)

    # -- sessions

    def _rules(self) -> LoginRules:
        return LoginRules(self._portal_group_of, self._admit, self._values, self.credentials, self.limits.window)

    def _portal_group_of(self, name: str) -> int | None:
        return PORTAL_GROUP_TAG if name in self._targets else None

    def _admit(self, candidate: TargetLogin) -> int:
        """The TSIH for a login that has succeeded so far. Raises LoginError."""
        if not candidate.discovery and candidate.target_name not in self._targets:
            raise login.LoginError(login.TARGET_REMOVED)
        if candidate.tsih:
            # Another connection for a session, or a replacement of a lost one: neither is supported.
            raise login.LoginError(
                login.CANNOT_INCLUDE if candidate.tsih in self._sessions else login.NO_SUCH_SESSION)
        for tsih in itertools.islice(self._tsihs, 0xFFFF):
            if tsih not in self._sessions:
                return tsih
        raise login.LoginError(login.OUT_OF_RESOURCES)

    def establish(self, connection: Connection, done: TargetLogin) -> None:
        """Creates the session of a login.

        An older one of the same nexus is closed first (session reinstatement, RFC 7143 6.3.5).
        """
        target = None if done.discovery else self._targets[done.target_name]
        nexus = None
        if target is not None:
            nexus = Nexus(done.initiator_name, done.isid, target.name, PORTAL_GROUP_TAG)
            for session in self.sessions_of(target):
                if session.nexus == nexus:
                    session.close("its initiator has logged in again")
        connection.session = self._sessions[done.tsih] = TargetSession(
            connection, done, nexus, target, self._shared)
        _LOG.info("%s: %s logged in to %s", connection.peer, done.initiator_name, done.target_name or "discover")
        if target is not None and nexus is not None:
            target.nexus_established(nexus)

    def sessions_of(self, target: Target) -> list[TargetSession]:
        """The sessions with a target."""
        return [session for session in self._sessions.values() if session.target is target]

    def abort_tasks(self, target: Target, lun: int, nexus: Nexus | None = None) -> None:
        """Aborts the tasks of a unit without a status: those of one nexus, or all."""
        for session in self.sessions_of(target):
            if nexus is None or session.nexus == nexus:
                for task in [each for each in session.tasks.values() if each.lun == lun]:
                    task.abort()


def _is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"

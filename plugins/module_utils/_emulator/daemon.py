# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated target as a daemon: started by a task, found again by the next one.

The process is a fork of the one that starts it, with all code loaded: nothing has to be installed, and the files that
Ansible copies to the host and removes again are not needed later. It listens on a socket in its state directory, on
which each line is a request or its answer, in JSON::

    {"request": "status"}   {"request": "compare", "config": {...}}   {"request": "apply", "description": {...}}
    {"request": "faults", "lun": 0, "faults": [...]}   {"request": "power_cycle", "lun": null}
    {"request": "advance", "seconds": 3600, "lun": null}   {"request": "stop"}

An answer has ``ok``, and ``error`` if that is false.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from .description import Description, parse
from .iscsi.server import ServerError
from .service import Portal, Service
from .state import StateError

SOCKET, LOCK, LOG, PID = "control.sock", "lock", "target.log", "pid"
_LONGEST_SOCKET_PATH = 100
_START_SECONDS = 60.0
_ANSWER_SECONDS = 60.0
_SETTLE_SECONDS = 2.0
_LARGEST_LOG_BYTES = 10 << 20

_LOG = logging.getLogger(__name__)


class DaemonError(Exception):
    """The daemon cannot be started, or refuses a request. The text says why."""


@dataclass(frozen=True)
class TargetConfig:
    """What a daemon serves and where. ``given`` is the description as written, ``description`` the parsed one."""

    given: Mapping[str, Any]
    description: Description
    portal: Portal

    def to_json(self) -> dict[str, Any]:
        """What two configurations are compared by; ``fixed`` and ``portal`` can only be changed by a restart."""
        return {"description": dict(self.given), "portal": dict(self.portal.__dict__),
                "fixed": [self.description.target, self.description.time_scale]}


def config_of(given: Mapping[str, Any], portal: Portal) -> TargetConfig:
    """What a daemon is started with. Raises ValueError, which names what is wrong.

    The settings of the drives' features are not checked: `service.check_drives` does that, which takes some
    milliseconds per drive, and is not needed for what a daemon already serves.
    """
    description = parse(given)
    portal.credentials()
    return TargetConfig(given, description, portal)


def _answer(service: Service, config: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Performs a request, in the server's thread. Raises ValueError, KeyError, StateError."""
    kind = request["request"]
    if kind == "status":
        return {"pid": os.getpid(), "port": service.server.port, "address": service.server.address,
                "target": service.shelf.name, "luns": service.shelf.numbers(),
                "sessions": len(service.server.sessions_of(service.shelf))}
    if kind == "compare":
        wanted = request["config"]
        return {"same": wanted == config,
                "restart": any(wanted.get(name) != config.get(name) for name in ("portal", "fixed")),
                "shown": dict(config["description"], **{
                    name: value for name, value in config["portal"].items() if "secret" not in name})}
    if kind == "apply":
        return {"changed": service.apply(parse(request["description"]))}
    if kind == "faults":
        return {"changed": service.set_faults(request["lun"], request["faults"])}
    if kind == "power_cycle":
        service.power_cycle(request.get("lun"))
    elif kind == "advance":
        service.advance(request["seconds"], request.get("lun"))
    elif kind == "stop":
        service.server.stop()
    else:
        raise ValueError(f"unknown request {kind!r}")
    return {}


class _Control:
    """Answers on the control socket, each request in the server's thread."""

    def __init__(self, service: Service, config: dict[str, Any], listener: socket.socket) -> None:
        self._service = service
        self._config = config
        self._listener = listener
        self._changed = threading.Condition()
        self._unanswered = 0

    def settle(self, seconds: float) -> None:
        """Waits until every request is answered: the answer to "stop" may be pending when the server has stopped."""
        with self._changed:
            self._changed.wait_for(lambda: not self._unanswered, seconds)

    def _count(self, more: int) -> None:
        with self._changed:
            self._unanswered += more
            self._changed.notify_all()

    def start(self) -> None:
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            for line in stream:
                self._count(1)
                try:
                    stream.write(json.dumps(self._handle(line)).encode() + b"\n")
                    stream.flush()
                finally:
                    self._count(-1)

    def _handle(self, line: bytes) -> dict[str, Any]:
        done = threading.Event()
        outcome: dict[str, Any] = {}

        def work() -> None:
            try:
                request = json.loads(line.decode())
                outcome.update(_answer(self._service, self._config, request), ok=True)
                if request["request"] == "apply":
                    self._config["description"] = request["description"]
            except (ValueError, KeyError, TypeError, StateError, OSError) as error:
                outcome.update(ok=False, error=str(error) or type(error).__name__)
            finally:
                done.set()

        self._service.server.call_soon(work)
        if not done.wait(_ANSWER_SECONDS):
            return {"ok": False, "error": "the server is busy"}
        return outcome


class Daemon:
    """The daemon of a state directory, whether it runs or not."""

    def __init__(self, directory: str) -> None:
        self.directory = directory

    @property
    def log_file(self) -> str:
        """The path of the log file."""
        return os.path.join(self.directory, LOG)

    # -- requests

    def ask(self, request: str, **more: Any) -> dict[str, Any] | None:
        """Returns the answer; None if no daemon is running. Raises DaemonError for a refusal."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(_ANSWER_SECONDS)
            try:
                _connect(sock, self.directory)
            except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
                return None
            except OSError as error:
                raise DaemonError(f"{os.path.join(self.directory, SOCKET)} cannot be reached: "
                                  f"{error.strerror}") from None
            try:
                with sock.makefile("rwb") as stream:
                    stream.write(json.dumps(dict(more, request=request)).encode() + b"\n")
                    stream.flush()
                    line = stream.readline()
            except OSError as error:
                raise DaemonError(f"the emulated target does not answer: {error}") from None
        if not line:
            raise DaemonError(f"the emulated target ended; see {self.log_file}")
        answer: dict[str, Any] = json.loads(line.decode())
        if not answer.pop("ok"):
            raise DaemonError(str(answer["error"]))
        return answer

    def stop(self, seconds: float = 30.0) -> bool:
        """Stops the daemon and waits until it has ended; returns False if none was running. Raises DaemonError."""
        if self.ask("stop") is None:
            return False
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._is_unlocked():
                return True
            time.sleep(0.02)
        raise DaemonError(f"the emulated target did not stop within {seconds:g} seconds; see {self.log_file}")

    def _is_unlocked(self) -> bool:
        try:
            with open(os.path.join(self.directory, LOCK), "a") as lock:
                os.lockf(lock.fileno(), os.F_TLOCK, 0)
        except (BlockingIOError, PermissionError):
            return False
        except FileNotFoundError:
            return True
        return True

    # -- start

    def start(self, config: TargetConfig) -> dict[str, Any]:
        """Starts the daemon and returns its status once it listens. Raises DaemonError."""
        try:
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            reading, writing = os.pipe()
        except OSError as error:
            raise DaemonError(f"{self.directory} cannot be created: {error.strerror}") from None
        child = os.fork()
        if not child:
            self._become_daemon(config, reading, writing)
        os.close(writing)
        os.waitpid(child, 0)
        answer = _read_answer(reading)
        if not answer.get("ok"):
            raise DaemonError(str(answer.get("error", f"the emulated target ended; see {self.log_file}")))
        status = self.ask("status")
        if status is None:
            raise DaemonError(f"the emulated target ended; see {self.log_file}")
        return status

    def _become_daemon(self, config: TargetConfig, reading: int, writing: int) -> None:
        """In the child: never returns, and never runs the parent's exit handlers."""
        try:
            os.setsid()
            if os.fork():
                os._exit(0)
            _close_all_but(writing)
            self._redirect()
            self._serve(config, lambda answer: _write_answer(writing, answer))
        except BaseException:
            _LOG.critical("the emulated target ended:\n%s", traceback.format_exc())
            os._exit(1)
        os._exit(0)

    def _redirect(self) -> None:
        """Redirects standard input to /dev/null, and output to the log file."""
        os.umask(0o077)
        os.chdir(self.directory)
        log = LOG
        if os.path.exists(log) and os.path.getsize(log) > _LARGEST_LOG_BYTES:
            os.replace(log, log + ".1")
        null = os.open(os.devnull, os.O_RDONLY)
        output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for number, source in ((0, null), (1, output), (2, output)):
            os.dup2(source, number)
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        # The parent's log handlers are closed already.
        logging.root.handlers[:] = [handler]
        logging.root.setLevel(logging.INFO)

    def _serve(self, config: TargetConfig, answer: Callable[[dict[str, Any]], None]) -> None:
        with open(LOCK, "w") as lock:
            try:
                os.lockf(lock.fileno(), os.F_TLOCK, 0)
            except (BlockingIOError, PermissionError):
                answer({"ok": False, "error": f"another emulated target runs in {self.directory}"})
                return
            try:
                service = Service(config.description, config.portal, self.directory)
                service.server.listen()
                listener = _listen()
            except (ServerError, StateError, ValueError, OSError) as error:
                answer({"ok": False, "error": str(error)})
                return
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda _number, _frame: service.server.stop())
            with open(PID, "w") as stream:
                stream.write(f"{os.getpid()}\n")
            control = _Control(service, config.to_json(), listener)
            control.start()
            _LOG.info("serving %s on %s port %d", service.shelf.name, service.server.address, service.server.port)
            answer({"ok": True})
            service.server.run()
            service.close()
            control.settle(_SETTLE_SECONDS)
            for name in (SOCKET, PID):
                os.unlink(name)
            _LOG.info("stopped")


def _listen() -> socket.socket:
    """Opens the control socket in the current directory, as a socket's path must be short."""
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)  # left by a daemon that was killed: we hold the lock, so no other is running
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(SOCKET)
    listener.listen(16)
    return listener


def _connect(sock: socket.socket, directory: str) -> None:
    """Connects to the control socket, by a path that is short enough."""
    path = os.path.join(directory, SOCKET)
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        sock.connect(path)
        return
    folder = os.open(directory, os.O_RDONLY)
    try:
        sock.connect(f"/proc/self/fd/{folder}/{SOCKET}")
    finally:
        os.close(folder)


def _close_all_but(kept: int) -> None:
    highest = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, kept)
    os.closerange(kept + 1, min(highest, 65536) if highest > 0 else 65536)


def _write_answer(descriptor: int, answer: Mapping[str, Any]) -> None:
    os.write(descriptor, json.dumps(answer).encode())
    os.close(descriptor)


def _read_answer(descriptor: int) -> dict[str, Any]:
    """The daemon's answer to its start; empty if it ended without one."""

    content: list[bytes] = []
    end = time.monotonic() + _START_SECONDS
    while select.select([descriptor], [], [], max(0.0, end - time.monotonic()))[0]:
        piece = os.read(descriptor, 65536)
        if not piece:
            break
        content.append(piece)
    os.close(descriptor)
    try:
        found: dict[str, Any] = json.loads(b"".join(content).decode())
    except ValueError:
        return {}
    return found

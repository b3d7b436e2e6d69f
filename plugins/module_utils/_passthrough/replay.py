# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures: replays answers from a file, and records them into one.

The format, version 1, is JSON: ``{"version": 1, "device": "/dev/sg0", "exchanges": [{"cdb": "12018300fc00",
"data_in": "00830048...", "status": 0, "sense": "", "residual": 0}]}``. In ``cdb``, ``xx`` stands for any byte;
``data_out`` holds what was sent with it. If no answer came, ``error`` says why, and ``error_kind`` is the kind of that
error.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, Callable, Sequence, TextIO

from .command import CHECK_CONDITION, GOOD, Command, Reply, Transport
from .errors import AccessError, AddressError, DeadlineError, DriveError, TransportError

VERSION = 1

_CAPTURE_KEYS = {"version", "device", "exchanges"}
_EXCHANGE_KEYS = {"cdb", "data_out", "data_in", "status", "sense", "residual", "error", "error_kind"}
#: The errors that a transport raises, by their kind.
_ERRORS: dict[str, Callable[[str], DriveError]] = {
    each.kind: each for each in (AccessError, AddressError, DeadlineError, TransportError)}

# ILLEGAL REQUEST, INVALID COMMAND OPERATION CODE, in fixed format (SPC-6 4.4.3)
_INVALID_OPERATION_CODE = bytes((0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0))


class _Exchange:
    """One recorded command with its reply, or with the error that came instead."""

    def __init__(self, data: dict[str, Any]) -> None:
        cdb = data["cdb"].lower()
        if len(cdb) % 2:
            raise ValueError("cdb has an odd number of digits")
        self.pattern: tuple[int | None, ...] = tuple(
            None if cdb[at:at + 2] == "xx" else int(cdb[at:at + 2], 16) for at in range(0, len(cdb), 2))
        self.data_in = bytes.fromhex(data.get("data_in", ""))
        self.status: int = _number(data, "status", GOOD, 0xFF)
        _number(data, "residual", 0, 0xFFFFFFFF)
        self.sense = bytes.fromhex(data.get("sense", ""))
        self.error: str | None = data.get("error")
        if self.error is not None and not isinstance(self.error, str):
            raise ValueError("error must be a string")
        kind = data.get("error_kind", TransportError.kind)
        if kind not in _ERRORS:
            raise ValueError(f"error_kind must be one of {', '.join(sorted(_ERRORS))}")
        self.error_kind: str = kind
        self.used = False

    def matches(self, cdb: bytes) -> bool:
        return len(cdb) == len(self.pattern) and all(
            want is None or want == have for want, have in zip(self.pattern, cdb))


class Replay(Transport):
    """Answers from a capture with the first unused exchange that matches the CDB, or the last match again."""

    def __init__(self, address: str, path: str) -> None:
        self.device = address
        self._exchanges = _load(path)

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        matching = [exchange for exchange in self._exchanges if exchange.matches(command.cdb)]
        if not matching:
            return Reply(CHECK_CONDITION, _INVALID_OPERATION_CODE, b"", command.data_in_length)
        exchange = next((candidate for candidate in matching if not candidate.used), matching[-1])
        exchange.used = True
        if exchange.error is not None:
            raise _ERRORS[exchange.error_kind](f"{exchange.error} (when recorded)")
        data = exchange.data_in[:command.data_in_length]
        return Reply(exchange.status, exchange.sense, data, max(0, command.data_in_length - len(data)))


class Recorder(Transport):
    """Passes commands on to another transport and records the exchanges.

    The file is complete after every exchange, so that it shows what was sent to a drive that then stopped answering.
    Raises AddressError at once if the file cannot be written.
    """

    def __init__(self, transport: Transport, path: str) -> None:
        self.device = transport.device
        self.path = path
        self._transport = transport
        self._count = 0
        self._stream = _create(path)
        self._write(f'{{\n "version": {VERSION},\n "device": {json.dumps(self.device)},\n "exchanges": [')
        self._end = self._stream.tell()
        self._write(_TAIL)

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        exchange: dict[str, Any] = {"cdb": command.cdb.hex()}
        if command.data_out:
            exchange["data_out"] = command.data_out.hex()
        try:
            reply = self._transport.execute(command, timeout_seconds)
        except DriveError as error:
            # A command that got no answer is worth more in a bug report than one that did.
            self._append(dict(exchange, error=str(error), error_kind=error.kind))
            raise
        exchange.update(data_in=reply.data.hex(), status=reply.status, sense=reply.sense.hex(), residual=reply.residual)
        self._append(exchange)
        return reply

    def in_use_by(self, block_nodes: Sequence[str] = ()) -> list[str]:
        return self._transport.in_use_by(block_nodes)

    def close(self) -> None:
        self._transport.close()
        self._stream.close()

    def _append(self, exchange: dict[str, Any]) -> None:
        self._stream.seek(self._end)
        separator = "," if self._count else ""
        self._write(f"{separator}\n  {json.dumps(exchange)}")
        self._count += 1
        self._end = self._stream.tell()
        self._write(_TAIL)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError) as error:
            raise AddressError(f"capture_file {self.path} could not be written: {error}") from None


_TAIL = "\n ]\n}\n"


def _load(path: str) -> list[_Exchange]:
    try:
        with open(path, encoding="utf-8") as stream:
            content = json.load(stream)
    except OSError as error:
        raise AddressError(f"capture {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise AddressError(f"capture {path} is not JSON: {error}") from None
    version = content.get("version") if isinstance(content, dict) else None
    if version != VERSION or not isinstance(version, int) or isinstance(version, bool):
        raise AddressError(f"capture {path}: expected version {VERSION}, not {version}")
    strange = sorted(set(content) - _CAPTURE_KEYS)
    if strange:
        raise AddressError(f"capture {path}: unknown key {', '.join(strange)}; this version reads "
                           f"{', '.join(sorted(_CAPTURE_KEYS))}")
    exchanges = content.get("exchanges")
    if not isinstance(exchanges, list):
        raise AddressError(f"capture {path}: exchanges must be a list")
    return [_checked(path, at, exchange) for at, exchange in enumerate(exchanges)]


def _checked(path: str, at: int, data: Any) -> _Exchange:
    where = f"capture {path}, exchange {at + 1}"
    if not isinstance(data, dict):
        raise AddressError(f"{where} must be an object")
    strange = sorted(set(data) - _EXCHANGE_KEYS)
    if strange:
        raise AddressError(f"{where}: unknown key {', '.join(strange)}; this version reads "
                           f"{', '.join(sorted(_EXCHANGE_KEYS))}")
    try:
        exchange = _Exchange(data)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        problem = "cdb is missing" if isinstance(error, KeyError) else str(error)
        raise AddressError(
            f"{where}: {problem}; cdb, data_in and sense are strings of hex digits, status a number") from None
    if not exchange.pattern:
        raise AddressError(f"{where}: cdb is empty")
    return exchange


def _number(data: dict[str, Any], name: str, default: int, highest: int) -> int:
    value = data.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= highest:
        raise ValueError(f"{name} must be a number from 0 to {highest}")
    return value


def _create(path: str) -> TextIO:
    """Creates a file, replacing an old one. Readable by its owner only: it will hold serial numbers."""
    directory = os.path.dirname(os.path.abspath(path))
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".capture-", dir=directory)
        os.replace(temporary, path)
    except OSError as error:
        raise AddressError(f"capture_file {path} could not be written: {error.strerror}") from None
    return os.fdopen(descriptor, "w", encoding="utf-8")

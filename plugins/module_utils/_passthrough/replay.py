# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures: answers from a file, and the recorder that writes one.

The format, version 1, is JSON: ``{"version": 1, "device": "/dev/sg0", "exchanges": [{"cdb": "12018300fc00",
"data_in": "00830048...", "status": 0, "sense": "", "residual": 0}]}``. In ``cdb``, ``xx`` stands for any byte;
``data_out`` holds what was sent with it.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, Dict, List, Optional, Tuple

from .command import CHECK_CONDITION, GOOD, Command, Reply, Transport
from .errors import AddressError, DriveError, TransportError

VERSION = 1

_CAPTURE_KEYS = {"version", "device", "exchanges"}
_EXCHANGE_KEYS = {"cdb", "data_out", "data_in", "status", "sense", "residual", "error"}

# ILLEGAL REQUEST, INVALID COMMAND OPERATION CODE, in fixed format (SPC-6 4.4.3)
_INVALID_OPERATION_CODE = bytes((0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0))


class _Exchange:
    """One recorded command with its reply, or with the error that came in its place."""

    def __init__(self, data: Dict[str, Any]) -> None:
        cdb = data["cdb"].lower()
        if len(cdb) % 2:
            raise ValueError("cdb has an odd number of digits")
        self.pattern: Tuple[Optional[int], ...] = tuple(
            None if cdb[at:at + 2] == "xx" else int(cdb[at:at + 2], 16) for at in range(0, len(cdb), 2))
        self.data_in = bytes.fromhex(data.get("data_in", ""))
        self.status = int(data.get("status", GOOD))
        self.sense = bytes.fromhex(data.get("sense", ""))
        self.error: Optional[str] = data.get("error")
        self.used = False

    def matches(self, cdb: bytes) -> bool:
        return len(cdb) == len(self.pattern) and all(
            want is None or want == have for want, have in zip(self.pattern, cdb))


class Replay(Transport):
    """Answers from a capture: the first unused exchange that matches the CDB, the last match serving again."""

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
            raise TransportError("{0}, when it was recorded".format(exchange.error))
        data = exchange.data_in[:command.data_in_length]
        return Reply(exchange.status, exchange.sense, data, max(0, command.data_in_length - len(data)))


class Recorder(Transport):
    """Passes commands on to another transport and keeps what passed; `close` writes the capture."""

    def __init__(self, transport: Transport, path: str) -> None:
        self.device = transport.device
        self.path = path
        self._transport = transport
        self._exchanges: List[Dict[str, Any]] = []
        self._written = -1

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        exchange: Dict[str, Any] = {"cdb": command.cdb.hex()}
        if command.data_out:
            exchange["data_out"] = command.data_out.hex()
        try:
            reply = self._transport.execute(command, timeout_seconds)
        except DriveError as error:
            # A command that got no answer is worth more in a bug report than one that did.
            self._exchanges.append(dict(exchange, error=str(error)))
            raise
        exchange.update(data_in=reply.data.hex(), status=reply.status, sense=reply.sense.hex(), residual=reply.residual)
        self._exchanges.append(exchange)
        return reply

    def uses(self) -> List[str]:
        return self._transport.uses()

    def close(self) -> None:
        self._transport.close()
        if self._written == len(self._exchanges):
            return
        self._written = len(self._exchanges)
        _store(self.path, {"version": VERSION, "device": self.device, "exchanges": self._exchanges})


def _load(path: str) -> List[_Exchange]:
    try:
        with open(path, encoding="utf-8") as stream:
            content = json.load(stream)
    except OSError as error:
        raise AddressError("capture {0}: {1}".format(path, error.strerror)) from None
    except ValueError as error:
        raise AddressError("capture {0} is no JSON: {1}".format(path, error)) from None
    version = content.get("version") if isinstance(content, dict) else None
    if version != VERSION or not isinstance(version, int) or isinstance(version, bool):
        raise AddressError("capture {0}: version {1} was expected, not {2}".format(path, VERSION, version))
    strange = sorted(set(content) - _CAPTURE_KEYS)
    if strange:
        raise AddressError("capture {0}: unknown key {1}; this version reads {2}".format(
            path, ", ".join(strange), ", ".join(sorted(_CAPTURE_KEYS))))
    exchanges = content.get("exchanges")
    if not isinstance(exchanges, list):
        raise AddressError("capture {0}: exchanges must be a list".format(path))
    return [_checked(path, at, exchange) for at, exchange in enumerate(exchanges)]


def _checked(path: str, at: int, data: Any) -> _Exchange:
    where = "capture {0}, exchange {1}".format(path, at + 1)
    if not isinstance(data, dict):
        raise AddressError("{0} must be an object".format(where))
    strange = sorted(set(data) - _EXCHANGE_KEYS)
    if strange:
        raise AddressError("{0}: unknown key {1}; this version reads {2}".format(
            where, ", ".join(strange), ", ".join(sorted(_EXCHANGE_KEYS))))
    try:
        exchange = _Exchange(data)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise AddressError("{0}: {1}; cdb, data_in and sense are strings of hex digits, status a number".format(
            where, "cdb is missing" if isinstance(error, KeyError) else error)) from None
    if not exchange.pattern:
        raise AddressError("{0}: cdb is empty".format(where))
    return exchange


def _store(path: str, content: Dict[str, Any]) -> None:
    """Writes the capture whole or not at all. Readable by its owner only: it holds serial numbers."""
    directory = os.path.dirname(os.path.abspath(path))
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".capture-", dir=directory)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1)
            stream.write("\n")
        os.replace(temporary, path)
    except OSError as error:
        raise AddressError("capture_file {0} could not be written: {1}".format(path, error.strerror)) from None

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that a user wrote by hand: sent as they are; responses as bytes, and decoded if known."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Sequence

from .._passthrough.command import CHECK_CONDITION, STATUS_NAMES, Command, Reply
from .._passthrough.errors import CheckCondition, StatusError
from .._passthrough.make_command import for_device, make_command
from .._passthrough.session import Session
from .._scsi.hex_text import parse_hex
from .._scsi.sense import decode_sense
from .decoders import decoder_of
from .entry import OK, Entry
from .run import Options, run_on_drives

SHORTEST_CDB, LONGEST_CDB = 6, 260
MOST_BYTES = 16 << 20


class Wanted(NamedTuple):
    """What a task asks for; the module documents each option."""

    command: Command
    accept_check_condition: bool
    allow_changes: bool

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Wanted:
        """From the module's options. Raises ValueError for what no transport can send."""
        cdb = parse_hex(options["cdb"], "cdb")
        if not SHORTEST_CDB <= len(cdb) <= LONGEST_CDB:
            raise ValueError(f"cdb has {len(cdb)} bytes; it must have {SHORTEST_CDB} to {LONGEST_CDB}")
        data_out = b"" if options["data_out"] is None else parse_hex(options["data_out"], "data_out")
        if options["src"] is not None:
            data_out = _read(options["src"])
        length = options["data_in_length"]
        if not 0 <= length <= MOST_BYTES:
            raise ValueError(f"data_in_length must be 0 to {MOST_BYTES}, not {length}")
        if len(data_out) > MOST_BYTES:
            raise ValueError(f"data_out has {len(data_out)} bytes; the maximum is {MOST_BYTES}")
        if length and data_out:
            raise ValueError("a command transfers data in one direction: give data_in_length, or data_out or src")
        command = make_command(cdb, length, data_out, timeout_seconds=options["command_timeout"])
        return cls(command, options["accept_check_condition"], options["changes"])


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"src {path} cannot be read: {error.strerror}") from None


def send_commands(devices: Sequence[str], options: Options, wanted: Wanted) -> list[Entry]:
    """One entry per drive, with ``reply`` as the module documents it."""
    return run_on_drives(devices, options, lambda: {"reply": None},
                         lambda session, entry: _run(session, entry, wanted))


def _run(session: Session, entry: Entry, wanted: Wanted) -> None:
    command = for_device(wanted.command, session.device_type)
    if (command.changes or command.discards) and not wanted.allow_changes:
        why = ("is not known to only read on a device of this type" if command.changes
               else "can make the drive discard what it returns")
        entry.fail(f"{command.name} {why}; set changes: true to send it")
        return
    entry.changed = command.changes or command.discards
    if session.check_mode and entry.changed:
        entry.reason = f"would send {command.name}"
        return
    try:
        reply = session.send(command)
        decode = decoder_of(command.cdb) if reply.data else None
        entry.values["reply"] = _told(reply, None if decode is None else decode(reply.data, session.warnings))
    except CheckCondition as error:
        answer = error.reply
        if answer is None or error.refused:
            # Nothing was done, and what some adapters count as data is an empty buffer.
            entry.changed = False
            answer = Reply(CHECK_CONDITION, error.sense.raw)
        entry.values["reply"] = _told(answer)
        entry.record(error)
        if wanted.accept_check_condition:
            entry.status = OK
    except StatusError as error:
        entry.changed = entry.changed and not error.refused
        entry.values["reply"] = _told(Reply(error.status))
        entry.record(error)


def _told(reply: Reply, decoded: Any = None) -> Mapping[str, Any]:
    return {
        "status": {"value": reply.status, "name": STATUS_NAMES.get(reply.status)},
        "sense": decode_sense(reply.sense).facts() if reply.sense else None, "sense_hex": reply.sense.hex(),
        "data_in": reply.data.hex(), "data_in_length": len(reply.data), "residual": reply.residual,
        "duration_seconds": reply.duration_seconds,
        "decoded": decoded}

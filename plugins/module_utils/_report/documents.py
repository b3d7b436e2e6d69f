# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of hosts: one JSON file per host, read one at a time."""

from __future__ import annotations

import json
import os
import stat
from typing import Any, Iterator, NamedTuple, Sequence

from .text import in_words, printable

VERSION = 1
FACTS_VERSION = 1
_SUFFIX = ".json"
#: No host has more. Documents are read whole, and a drive's facts have some 20 KiB.
_MOST_BYTES, _MOST_DRIVES = 64 << 20, 10000
#: The facts have a dozen levels, and counters at most 16 bytes.
_MOST_LEVELS, _LARGEST = 64, 1 << 128
#: The status of another path to a drive that the document already has.
_SKIPPED = "skipped"


class Host(NamedTuple):
    """A host: its drives, or what is wrong with its document."""

    name: str
    file: str
    gathered_at: str | None = None
    drives: Sequence[dict[str, Any]] = ()
    problem: str | None = None


class _Wrong(ValueError):
    """A file that is not a valid document; the text says why."""


def files_of(directory: str) -> list[str]:
    """The names of the documents in a directory, in the order in which they are reported. Raises ValueError."""
    try:
        names = os.listdir(directory)
    except OSError as error:
        raise ValueError(f"source: {directory}: {error.strerror}") from None
    return sorted(name for name in names if name.endswith(_SUFFIX) and not name.startswith("."))


def read_hosts(directory: str, expected: Sequence[str] = ()) -> Iterator[Host]:
    """Yields each host, with only one in memory at a time; expected hosts without a document come last."""
    seen: dict[str, str] = {}
    for name in files_of(directory):
        host = read_host(directory, name)
        if host.name in seen:
            host = Host(printable(f"{host.name} ({name})"), name,
                        problem=f"the same host as in {seen[host.name]}")
        else:
            seen[host.name] = name
        yield host
    for name in sorted(set(expected) - set(seen)):
        yield Host(printable(name), "", problem="there is no document for this host")


def read_host(directory: str, name: str) -> Host:
    """Reads one host. If its document is invalid, the host is named after the file and has a ``problem``."""
    stem = printable(name[:-len(_SUFFIX)])
    try:
        return _host(read_json(os.path.join(directory, name)), name)
    except OSError as error:
        return Host(stem, name, problem=f"cannot be read: {error.strerror}")
    except _Wrong as error:
        return Host(stem, name, problem=str(error))
    except Exception as error:
        # Whatever a document has found to break, it is this host's document.
        return Host(stem, name, problem=f"cannot be read: {type(error).__name__}")


def read_json(path: str) -> Any:
    """The content of a JSON file that any program may have written. Raises OSError, and ValueError, which says why."""
    document = _parsed(_content(path))
    _check(document)
    return document


def _content(path: str) -> bytes:
    """The content of a regular file. A pipe or a device could have no end, or wait for somebody to write."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _Wrong("is not a regular file")
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise _Wrong(f"is larger than {_MOST_BYTES >> 20} MiB")
    return content


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content, parse_constant=_no_number, object_pairs_hook=_object)
    except _Wrong:
        raise
    except (ValueError, RecursionError) as error:
        raise _Wrong(f"is not JSON: {printable(str(error))}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuses a key that is given twice: readers differ in which of the two counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Wrong(f"has the key {printable(twice)!r} twice in one object")
    return found


def _no_number(_name: str) -> None:
    """NaN and infinities are neither JSON nor facts."""


def _check(document: Any) -> None:
    """Raises _Wrong for what no facts have and no format can show: deep nesting, and numbers out of all measure."""
    level = [document]
    for _depth in range(_MOST_LEVELS):
        below: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is dict:
                below.extend(value.values())
            elif kind is list:
                below.extend(value)
            elif (kind is int or kind is float) and not -_LARGEST < value < _LARGEST:
                raise _Wrong("has a number of more than 16 bytes, or without end")
        if not below:
            return
        level = below
    raise _Wrong(f"is nested more than {_MOST_LEVELS} levels deep")


def _host(document: Any, name: str) -> Host:
    if not isinstance(document, dict):
        raise _Wrong("is not a host's document: it must be an object with version, host, gathered_at and drives")
    if document.get("version") != VERSION:
        raise _Wrong(f"has version {printable(in_words(document.get('version')))}; only version {VERSION} can be read")
    host, drives = document.get("host"), document.get("drives")
    if not isinstance(host, str) or not host.strip() or not isinstance(drives, list):
        raise _Wrong("has no host or no drives; the drives are what scsi_drive_facts returns")
    if len(drives) > _MOST_DRIVES:
        raise _Wrong(f"has {len(drives):,} drives; no host has more than {_MOST_DRIVES:,}")
    locations = document.get("locations")
    found = []
    for place, drive in enumerate(drives):
        if not isinstance(drive, dict):
            raise _Wrong(f"its drive number {place + 1} is not an object")
        if drive.get("facts_version") != FACTS_VERSION:
            raise _Wrong(f"its drive number {place + 1} has facts of version "
                         f"{printable(in_words(drive.get('facts_version')))}; only version {FACTS_VERSION} can be read")
        if drive.get("status") != _SKIPPED:
            drive["host"] = host
            drive["location"] = _location(locations, drive)
            found.append(drive)
    moment = document.get("gathered_at")
    return Host(printable(host), name, printable(moment) if isinstance(moment, str) else None, found)


def _location(locations: Any, drive: dict[str, Any]) -> dict[str, Any]:
    """Enclosure and slot: from the document, by the drive's wwn or device, else as the host's kernel reports them."""
    if isinstance(locations, dict):
        for key in (drive.get("wwn"), drive.get("device")):
            found = locations.get(key) if isinstance(key, str) else None
            if isinstance(found, dict):
                return found
    identity = drive.get("identity")
    bay = identity.get("bay") if isinstance(identity, dict) else None
    if not isinstance(bay, dict):
        return {}
    slot = bay.get("slot")
    return {"enclosure": bay.get("enclosure"), "slot": bay.get("name") if slot is None else slot}

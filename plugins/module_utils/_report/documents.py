# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of hosts: one JSON file per host, read one at a time."""

from __future__ import annotations

import json
import os
from typing import Any, Iterator, NamedTuple, Sequence

from .text import in_words, printable

VERSION = 1
FACTS_VERSION = 1
_SUFFIX = ".json"
#: The status of another path to a drive that the document already has.
_SKIPPED = "skipped"


class Host(NamedTuple):
    """A host: its drives, or what is wrong with its document."""

    name: str
    file: str
    gathered_at: str | None = None
    drives: Sequence[dict[str, Any]] = ()
    problem: str | None = None


class _Wrong(Exception):
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
            host = Host(f"{host.name} ({name})", name,
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
        with open(os.path.join(directory, name), "rb") as file:
            document = json.loads(file.read(), parse_constant=_no_number)
        return _host(document, name)
    except OSError as error:
        return Host(stem, name, problem=f"cannot be read: {error.strerror}")
    except (ValueError, RecursionError) as error:
        return Host(stem, name, problem=f"is not JSON: {printable(str(error))}")
    except _Wrong as error:
        return Host(stem, name, problem=str(error))


def _no_number(_name: str) -> None:
    """NaN and infinities are neither JSON nor facts."""


def _host(document: Any, name: str) -> Host:
    if not isinstance(document, dict):
        raise _Wrong("is not a host's document: it must be an object with version, host, gathered_at and drives")
    if document.get("version") != VERSION:
        raise _Wrong(f"has version {printable(in_words(document.get('version')))}; only version {VERSION} can be read")
    host, drives = document.get("host"), document.get("drives")
    if not isinstance(host, str) or not host.strip() or not isinstance(drives, list):
        raise _Wrong("has no host or no drives; the drives are what scsi_drive_facts returns")
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

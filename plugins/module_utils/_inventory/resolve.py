# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolves ``devices`` into one entry per drive: expands patterns and marks duplicates."""

from __future__ import annotations

import glob
import os
from typing import Any, Iterator, NamedTuple, Sequence

from .._passthrough.errors import AddressError, DriveError
from .._passthrough.open_options import SCHEME, OpenOptions, without_secret
from .._scsi.vpd_designators import is_unique
from .names import ALL, SERIAL, WWN

_GLOB_CHARACTERS = frozenset("*?[")


class ResolvedDevice(NamedTuple):
    """One entry of the result.

    ``error`` is set if there is no device, ``same_as`` if an earlier address leads to the same drive, ``matched`` if a
    pattern selected it, whose author may not know of it. ``named`` is the name or serial number that the task gave, as
    "wwn:..." or "serial:...": the drive that answers must have it.
    """

    address: str
    error: DriveError | None = None
    same_as: str | None = None
    matched: bool = False
    named: str | None = None


def resolve_devices(addresses: Sequence[str], access: OpenOptions, sysfs: str = "/sys") -> list[ResolvedDevice]:
    """The devices in order, each once; those that lead to the drive of an earlier one according to /sys are marked."""
    resolved: dict[str, ResolvedDevice] = {}
    first: dict[str, str] = {}
    for address in addresses:
        # An address with a secret is refused later, and still appears in the result and the message.
        for device in _matches(without_secret(address), access, sysfs):
            if device.address not in resolved:
                drive = _drive(device.address, sysfs)
                same = device.address if drive is None else first.setdefault(drive, device.address)
                resolved[device.address] = device if same == device.address else device._replace(same_as=same)
    return list(resolved.values())


def _matches(address: str, access: OpenOptions, sysfs: str) -> Iterator[ResolvedDevice]:
    if address.startswith("/") and _GLOB_CHARACTERS.intersection(address):
        found = [path for path in sorted(glob.glob(address), key=_natural) if not _is_partition(path, sysfs)]
        if not found:
            yield ResolvedDevice(address, AddressError("does not match any device"))
        for path in found:
            yield ResolvedDevice(path, matched=True)
    elif address == ALL or address.startswith((WWN, SERIAL)):
        yield from _attached(address, sysfs)
    elif address.startswith(SCHEME) and address[len(SCHEME):].rstrip("/").count("/") == 0:
        yield from _portal(address, access)
    else:
        yield ResolvedDevice(address)


def _attached(address: str, sysfs: str) -> Iterator[ResolvedDevice]:
    """The drive that the kernel knows by this name or serial number, or all drives."""
    linux = _load_attached()
    units = linux.attached_units(sysfs)
    try:
        if address == ALL:
            for node in linux.all_drives(units):
                yield ResolvedDevice(node, matched=True)
        else:
            yield ResolvedDevice(linux.node_named(address, units), named=address)
    except DriveError as error:
        yield ResolvedDevice(address, error)


def _portal(address: str, access: OpenOptions) -> Iterator[ResolvedDevice]:
    """The logical units of all targets behind a portal."""
    try:
        found = _load_portals().logical_units(address, access.iscsi)
    except DriveError as error:
        yield ResolvedDevice(address, error)
        return
    if not found:
        yield ResolvedDevice(address, AddressError("no logical unit is visible to this initiator"))
    for unit in found:
        yield ResolvedDevice(unit, matched=True)


def _entry(path: str, sysfs: str) -> str | None:
    """The entry of a node in /sys."""
    try:
        facts = os.stat(path)
    except OSError:
        return None
    kind = {0o060000: "block", 0o020000: "char"}.get(facts.st_mode & 0o170000)
    if kind is None:
        return None
    number = f"{os.major(facts.st_rdev)}:{os.minor(facts.st_rdev)}"
    return os.path.realpath(os.path.join(sysfs, "dev", kind, number))


def _is_partition(path: str, sysfs: str) -> bool:
    entry = _entry(path, sysfs)
    return entry is not None and os.path.exists(os.path.join(entry, "partition"))


def _drive(address: str, sysfs: str) -> str | None:
    """A key that all addresses of one drive share, as far as it is known without asking the drive."""
    entry = _entry(address, sysfs) if address.startswith("/") else None
    if entry is None or not os.path.isdir(os.path.join(entry, "device")):
        return None
    unit = os.path.realpath(os.path.join(entry, "device"))
    name = _load_attached().unit_at(unit).wwn
    return name if name is not None and is_unique(name) else unit


# Only what the addresses of a task need is loaded.


def _load_attached() -> Any:
    from . import linux_units
    return linux_units


def _load_portals() -> Any:
    from . import iscsi_units
    return iscsi_units


def capture_path(template: str, address: str, several: bool) -> str:
    """The file to record a drive in: as given or, with several drives, with the drive's name before the suffix."""
    if not several:
        return template
    root, suffix = os.path.splitext(template)
    name = "".join(character if character.isalnum() or character in "-_." else "-"
                   for character in address.partition("/dev/")[2] or address)
    return f"{root}.{name.strip('-')}{suffix}"


def _natural(path: str) -> list[object]:
    """Sorts sg2 before sg10."""
    parts: list[object] = []
    digits = ""
    for character in path:
        if character.isdecimal():
            digits += character
            continue
        if digits:
            parts.extend((0, int(digits)))
            digits = ""
        parts.extend((1, character))
    if digits:
        parts.extend((0, int(digits)))
    return parts

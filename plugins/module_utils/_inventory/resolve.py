# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolves ``devices`` into one entry per drive: expands patterns and marks duplicates."""

from __future__ import annotations

import glob
import os
from functools import partial
from typing import Any, Callable, Iterator, NamedTuple, Sequence, Union

from .._passthrough.errors import AddressError, DriveError
from .._passthrough.open_options import SCHEME, OpenOptions, without_secret
from .._scsi.vpd_designators import is_unique
from .names import ALL, SERIAL, WWN

_GLOB_CHARACTERS = frozenset("*?[")
#: More than any host has: a hostile portal must not fill the memory.
_MOST_DEVICES = 65536


class _Drive(NamedTuple):
    """What all paths to a drive share, as far as /sys knows it: its name, or else its place there, and what else must
    agree, because makers have given one name to two drives.
    """

    key: str
    serial: str | None = None
    vendor: str | None = None
    product: str | None = None


class ResolvedDevice(NamedTuple):
    """One entry of the result.

    ``error`` is set if there is no device, ``same_as`` if an earlier address leads to the same drive, ``matched`` if a
    pattern selected it, whose author may not know of it. ``named`` is the name or serial number that the task gave, as
    "wwn:..." or "serial:...": the drive that answers must have it. ``drive`` is what /sys knows of the drive.
    """

    address: str
    error: DriveError | None = None
    same_as: str | None = None
    matched: bool = False
    named: str | None = None
    drive: _Drive | None = None

    @property
    def is_known_by_name(self) -> bool:
        """Whether /sys knows the drive's unique name, by which it has been compared with the others."""
        return self.drive is not None and self.drive.product is not None


class Search(NamedTuple):
    """What an address stands for, still to be found out; ``find`` may wait for the kernel, a resolver or a portal.

    What it finds may have to be searched in turn.
    """

    address: str
    find: Callable[[], Sequence[ResolvedDevice | Search]]


#: Does all searches, and returns for each what it found, or the error that ended it. None may wait for another.
DoAll = Callable[[Sequence[Search]], Sequence[Union[Sequence[Union[ResolvedDevice, Search]], DriveError]]]


def _in_turn(searches: Sequence[Search]) -> list[Sequence[ResolvedDevice | Search] | DriveError]:
    found: list[Sequence[ResolvedDevice | Search] | DriveError] = []
    for search in searches:
        try:
            found.append(search.find())
        except DriveError as error:
            found.append(error)
    return found


def resolve_devices(addresses: Sequence[str], access: OpenOptions, sysfs: str = "/sys",
                    seconds: float = 120.0, do_all: DoAll = _in_turn) -> list[ResolvedDevice]:
    """The devices in order, each once; those that lead to the drive of an earlier one according to /sys are marked.

    ``seconds``: the time for each portal and each target. ``do_all`` may do the searches at once.
    """
    # An address with a secret is refused later, and still appears in the result and the message.
    found = [_first_step(without_secret(address), access, sysfs, seconds) for address in addresses]
    while True:
        searches = [each for each in found if isinstance(each, Search)]
        if not searches:
            return _each_once([each for each in found if isinstance(each, ResolvedDevice)])
        outcomes = iter(zip(searches, do_all(searches)))
        found = [device for each in found
                 for device in ([each] if isinstance(each, ResolvedDevice) else _outcome(*next(outcomes)))]
        if len(found) > _MOST_DEVICES:
            found[_MOST_DEVICES:] = [ResolvedDevice(found[_MOST_DEVICES].address, AddressError(
                f"this device and those after it were left out: there are more than {_MOST_DEVICES}"))]


def _outcome(search: Search,
             found: Sequence[ResolvedDevice | Search] | DriveError) -> Sequence[ResolvedDevice | Search]:
    return [ResolvedDevice(search.address, found)] if isinstance(found, DriveError) else found


def _each_once(devices: Sequence[ResolvedDevice]) -> list[ResolvedDevice]:
    resolved: dict[str, ResolvedDevice] = {}
    known: dict[str, list[ResolvedDevice]] = {}
    for device in devices:
        if device.address in resolved:
            continue
        others = [] if device.drive is None else known.setdefault(device.drive.key, [])
        same = next((other.address for other in others if _are_one(other.drive, device.drive)), None)
        resolved[device.address] = device if same is None else device._replace(same_as=same)
        if same is None:
            others.append(device)
    return list(resolved.values())


def _are_one(one: _Drive | None, other: _Drive | None) -> bool:
    return one is not None and other is not None and not any(
        mine is not None and theirs is not None and mine != theirs for mine, theirs in zip(one, other))


def _first_step(address: str, access: OpenOptions, sysfs: str, seconds: float) -> ResolvedDevice | Search:
    """The device at an address that needs no search, or the search; loads what that needs, before there are threads."""
    if not _is_text(address):
        return _no_name(address)
    if address == ALL or address.startswith(("/", WWN, SERIAL)):
        _load_attached()
        return Search(address, lambda: list(_local(address, sysfs)))
    if address.startswith(SCHEME) and address[len(SCHEME):].rstrip("/").count("/") == 0:
        _load_portals()
        return Search(address, lambda: _portal(address, access, seconds))
    return ResolvedDevice(address)


def _is_text(address: str) -> bool:
    """Whether an address can be passed on: no system takes a NUL in a name, no reader of JSON a lone surrogate."""
    try:
        address.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in address


def _no_name(address: str) -> ResolvedDevice:
    shown = address.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
    return ResolvedDevice(shown, AddressError("has a character that is in no address"))


def _local(address: str, sysfs: str) -> Iterator[ResolvedDevice]:
    """What the kernel knows at an address or a pattern, or by a name or serial number, or all drives."""
    linux = _load_attached()
    if not address.startswith("/"):
        units = linux.attached_units(sysfs)
        if address == ALL:
            for node in linux.all_drives(units):
                yield ResolvedDevice(node, matched=True, drive=_drive(node, sysfs))
        else:
            node = linux.node_named(address, units)
            yield ResolvedDevice(node, named=address, drive=_drive(node, sysfs))
        return
    if not _GLOB_CHARACTERS.intersection(address):
        yield ResolvedDevice(address, drive=_drive(address, sysfs))
        return
    found = [path for path in sorted(glob.glob(address), key=_natural) if not _is_partition(path, sysfs)]
    if not found:
        yield ResolvedDevice(address, AddressError("does not match any device"))
    for path in found:
        yield ResolvedDevice(path, matched=True, drive=_drive(path, sysfs)) if _is_text(path) else _no_name(path)


def _portal(address: str, access: OpenOptions, seconds: float) -> Sequence[ResolvedDevice | Search]:
    """The targets behind a portal, each to be searched for its logical units."""
    found = _load_portals().targets_behind(address, access.iscsi, seconds)
    searches: list[ResolvedDevice | Search] = [
        Search(str(target).rpartition("/")[0], partial(_target, target, access, seconds)) for target in found.addresses]
    if found.problem is not None:
        searches.append(ResolvedDevice(address, found.problem))
    return searches or [ResolvedDevice(address, AddressError("no target is visible to this initiator"))]


def _target(target: Any, access: OpenOptions, seconds: float) -> list[ResolvedDevice]:
    """The logical units of a target."""
    found = _load_portals().units_of(target, access.iscsi, seconds)
    devices = [ResolvedDevice(unit, matched=True) for unit in found.addresses]
    name = str(target).rpartition("/")[0]
    if found.problem is not None:
        devices.append(ResolvedDevice(name, found.problem))
    return devices or [ResolvedDevice(name, AddressError("no logical unit is visible to this initiator"))]


def _entry(path: str, sysfs: str) -> str | None:
    """The entry of a node in /sys."""
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        return None
    kind = {0o060000: "block", 0o020000: "char"}.get(facts.st_mode & 0o170000)
    if kind is None:
        return None
    number = f"{os.major(facts.st_rdev)}:{os.minor(facts.st_rdev)}"
    return os.path.realpath(os.path.join(sysfs, "dev", kind, number))


def _is_partition(path: str, sysfs: str) -> bool:
    entry = _entry(path, sysfs)
    return entry is not None and os.path.exists(os.path.join(entry, "partition"))


def _drive(address: str, sysfs: str) -> _Drive | None:
    """The drive at an address, as far as it is known without asking it."""
    entry = _entry(address, sysfs) if address.startswith("/") else None
    if entry is None or not os.path.isdir(os.path.join(entry, "device")):
        return None
    unit = os.path.realpath(os.path.join(entry, "device"))
    known = _load_attached().unit_at(unit)
    name = known.wwn
    if name is None or not is_unique(name):
        return _Drive(unit)
    return _Drive(name, known.serial, known.vendor, known.product)


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

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running emulated target: the server, its units, their state, and what can be changed meanwhile."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

from .._iscsi.chap import TargetCredentials
from .._scsi.device_types import ENCLOSURE
from .blocks.medium import Medium, MemoryMedium
from .blocks.medium_file import FileMedium
from .build import Surroundings, build_unit
from .contract import Handle, Timers
from .copy.rod_tokens import UnitRegistry
from .description import FILE, Description, DriveDescription, parse
from .features.enclosure_elements import EnclosedDrive
from .features.identity import port_name
from .iscsi.server import Server
from .shelf import Shelf
from .state import MemoryStore, Store
from .unit import LogicalUnit

_SAS = "sas"
_SAS_ADDRESS_DIGITS = 16


@dataclass(frozen=True)
class Portal:
    """Where the target listens, and who may log in. ``port`` 0 takes a free port."""

    address: str = "127.0.0.1"
    port: int = 3260
    user: str = ""
    secret: str = ""
    own_user: str = ""
    own_secret: str = ""
    allow_without_chap: bool = False
    advertised: str = ""

    def credentials(self) -> TargetCredentials | None:
        """The server's CHAP credentials; None without a user. Raises ValueError for secrets that are not allowed."""
        if not self.user:
            return None
        return TargetCredentials({self.user: self.secret}, self.own_user, self.own_secret)


class _StillTimers(Timers):
    """For units that are only built to check their description."""

    def now(self) -> float:
        return 0.0

    def call_later(self, seconds: float, function: Any) -> Handle:
        class Never(Handle):
            def cancel(self) -> None:
                pass
        return Never()


def check_drives(description: Description, luns: Iterable[int] | None = None) -> None:
    """Checks the settings of all drives, or of those with these LUNs, by building each unit once.

    Raises ValueError, which names the LUN and what is wrong.
    """
    registry = UnitRegistry()
    chosen = None if luns is None else frozenset(luns)
    for drive in description.drives:
        if chosen is not None and drive.lun not in chosen:
            continue
        medium = None if drive.medium is None else MemoryMedium(drive.block_length, drive.blocks)
        try:
            build_unit(drive, Surroundings(description.target, _StillTimers(), registry), medium)
        except ValueError as error:
            raise ValueError(f"LUN {drive.lun}: {error}") from None


def check(given: Any) -> Description:
    """Parses a description and checks all of its settings. Raises ValueError, which names what is wrong."""
    description = parse(given)
    check_drives(description)
    return description


class Service:
    """A server with one target. Everything but its construction runs in the server's thread."""

    def __init__(self, description: Description, portal: Portal, state_directory: str | None = None) -> None:
        self.description = description
        self.portal = portal
        self._folder = None if state_directory is None else os.path.join(state_directory, "units")
        self._store = MemoryStore() if self._folder is None else Store(self._folder)
        self._registry = UnitRegistry()
        self._media: dict[int, Medium] = {}
        #: The faults that were set last, by LUN.
        self._fault_settings: dict[int, Any] = {drive.lun: list(drive.fault_settings) for drive in description.drives}
        self.server = Server(portal.address, portal.port, portal.credentials(), portal.allow_without_chap,
                             advertised=portal.advertised)
        self.shelf = Shelf(description.target)
        for drive in description.drives:
            self._put(drive)
        self.server.add_target(self.shelf)

    # -- units

    def _put(self, drive: DriveDescription) -> None:
        name = f"lun-{drive.lun}"
        medium = self._medium(drive, name)
        around = Surroundings(
            self.shelf.name, self.server.timers, self._registry, self.description.time_scale, self.shelf.numbers,
            lambda nexus: self.server.abort_tasks(self.shelf, drive.lun, nexus), self._store.load(name),
            lambda state: self._store.save(name, state), self._enclosed)
        unit = build_unit(drive, around, medium)
        self._fault_settings[drive.lun] = list(drive.fault_settings)
        self.shelf.put(drive.lun, unit)
        if medium is not None:
            self._media[drive.lun] = medium

    def _medium(self, drive: DriveDescription, name: str) -> Medium | None:
        if drive.medium is None:
            return None
        if drive.medium == FILE:
            if self._folder is None:
                raise ValueError(f"LUN {drive.lun}: medium: file requires a state directory")
            return FileMedium(os.path.join(self._folder, name + ".img"), drive.block_length, drive.blocks)
        return MemoryMedium(drive.block_length, drive.blocks)

    def _enclosed(self) -> list[EnclosedDrive]:
        """The SAS drives, which are in the slots of an enclosure, in the order of their LUNs."""
        return [EnclosedDrive(port_name(drive.wwn), drive.wwn) for drive in self.description.drives
                if drive.device_type != ENCLOSURE and drive.protocol == _SAS and len(drive.wwn) == _SAS_ADDRESS_DIGITS]

    def _take_out(self, lun: int, forget: bool) -> None:
        drive = next(drive for drive in self.description.drives if drive.lun == lun)
        self.server.abort_tasks(self.shelf, lun)
        self.shelf.remove(lun)
        self._registry.remove(bytes.fromhex(drive.wwn))
        medium = self._media.pop(lun, None)
        if medium is not None:
            medium.close()
        if forget:
            self._store.remove(f"lun-{lun}")
            if self._folder is not None:
                for suffix in (".img", ".img.map"):
                    path = os.path.join(self._folder, f"lun-{lun}{suffix}")
                    if os.path.exists(path):
                        os.unlink(path)

    def apply(self, description: Description) -> list[int]:
        """Applies another description of the same target; returns the LUNs that changed.

        A drive whose entry is unchanged is not disturbed. The state of a removed drive is deleted; a drive whose entry
        has changed keeps its state. Raises ValueError for wrong settings, before anything is changed.
        """
        if (description.target, description.time_scale) != (self.description.target, self.description.time_scale):
            raise ValueError("target and time_scale can only be changed by a restart")
        old = {drive.lun: drive for drive in self.description.drives}
        new = {drive.lun: drive for drive in description.drives}
        changed = sorted(lun for lun in set(old).union(new) if old.get(lun) != new.get(lun))
        check_drives(description, changed)
        for lun in changed:
            if lun in old:
                self._take_out(lun, forget=lun not in new)
        self.description = description
        for lun in changed:
            if lun in new:
                self._put(new[lun])
        return changed

    def unit(self, lun: int) -> LogicalUnit:
        """The unit with this LUN. Raises ValueError if there is none."""
        found = self.shelf.units.get(lun)
        if found is None:
            known = ", ".join(map(str, self.shelf.numbers())) or "none"
            raise ValueError(f"there is no LUN {lun}; there are: {known}")
        return found

    def set_faults(self, lun: int, faults: Sequence[Mapping[str, Any]]) -> bool:
        """Replaces the faults of a unit; returns False if they are the same as those set last."""
        if self._fault_settings.get(lun) == faults:
            return False
        self.unit(lun).faults.replace(faults)
        self._fault_settings[lun] = faults
        return True

    def power_cycle(self, lun: int | None) -> None:
        """Power cycles one unit, or all of them."""
        for number in self.shelf.numbers() if lun is None else (lun,):
            unit = self.unit(number)
            self.server.abort_tasks(self.shelf, number)
            unit.power_cycle()

    def advance(self, seconds: float, lun: int | None = None) -> None:
        """Advances the clock of one drive, or of all of them."""
        for number in self.shelf.numbers() if lun is None else (lun,):
            self.unit(number).advance(seconds)

    def close(self) -> None:
        """Stores state and media durably. The server has stopped."""
        for unit in self.shelf.units.values():
            unit.keep()
        for medium in self._media.values():
            medium.flush()
            medium.close()

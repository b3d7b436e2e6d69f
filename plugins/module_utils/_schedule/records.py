# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered between runs, in a small JSON file on the node: when a drive was first seen, which tests were
started, and which drive last answered at which address.

    {"version": 1, "drives": {"naa.5000...": {"first_seen": 20100, "started": {"short": 20170}}},
     "addresses": {"/dev/sg1": {"wwn": "naa.5000...", "vendor": "SEAGATE", "product": "ST1", "serial": "Z1W0ABCD"}}}

All numbers are power-on hours of the drive. Without the file each drive waits for its next slot, and one that is silent
counts as a member of every group that it may be in; nothing else is lost. Files without "addresses" are from an earlier
release, which can also read those that have them.
"""

from __future__ import annotations

import json
import os
from typing import Any, Mapping, NamedTuple

from .._drives.state_files import write_whole
from .._scsi.vpd_designators import is_unique
from .due import Memory
from .policy import TESTS

VERSION = 1
_NAME = "selftests.json"


class DriveNames(NamedTuple):
    """The names that a drive reports; ``None`` for those that it does not report."""

    wwn: str | None = None
    vendor: str | None = None
    product: str | None = None
    serial: str | None = None

    @property
    def tell_apart(self) -> bool:
        """Whether they identify a single drive."""
        return self.serial is not None or self.wwn is not None and is_unique(self.wwn)

    def agree(self, other: DriveNames) -> bool:
        """Whether both can be names of the same drive, as far as they are known."""
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in zip(self, other))


class Records:
    """The file in a directory. It is read once and written as a whole."""

    def __init__(self, directory: str) -> None:
        self.path = os.path.join(directory, _NAME)
        content = self._read()
        self._drives: dict[str, dict[str, Any]] = {
            name: entry for name, entry in _dict(content.get("drives")).items() if isinstance(entry, dict)}
        self._addresses: dict[str, DriveNames] = {
            address: DriveNames(**{key: entry[key] for key in DriveNames._fields})
            for address, entry in _dict(content.get("addresses")).items() if _is_names(entry)}
        self._before = self._whole()

    def of(self, name: str) -> Memory:
        """What is remembered of a drive."""
        entry = self._drives.get(name, {})
        return Memory(_hours(entry.get("first_seen")), {
            test: hours for test in TESTS for hours in [_hours(_dict(entry.get("started")).get(test))]
            if hours is not None})

    def seen(self, name: str, hours: int) -> Memory:
        """Records that a drive was seen. If its power-on hours went back, its records start anew."""
        memory = self.of(name)
        if memory.first_seen is None or memory.first_seen > hours:
            self._drives[name] = {"first_seen": hours, "started": {}}
            memory = self.of(name)
        return memory

    def started(self, name: str, test: str, hours: int) -> None:
        """Records that a test was started."""
        memory = self.seen(name, hours)
        self._drives[name] = {"first_seen": memory.first_seen, "started": dict(memory.started, **{test: hours})}

    def answered(self, found: Mapping[str, DriveNames]) -> None:
        """Records which drive answers at which address. ``found`` has all that answer in this run."""
        for names in {names for address, names in found.items() if self._addresses.get(address) != names}:
            # It has moved, or now has another path: what is at its old address is unknown.
            for address in [each for each, old in self._addresses.items() if old == names and names.tell_apart]:
                del self._addresses[address]
        self._addresses.update(found)

    def names_at(self, address: str, known: DriveNames) -> DriveNames | None:
        """The drive that last answered at an address; ``None`` if not known.

        ``known``: names that the drive there still reported; if they are another drive's, the old one is forgotten.
        """
        names = self._addresses.get(address)
        if names is not None and not names.agree(known):
            del self._addresses[address]
            return None
        return names

    def write(self) -> None:
        """Writes the file atomically if anything is new. Raises ValueError if that fails."""
        text = self._whole()
        if text == self._before:
            return
        try:
            write_whole(self.path, text)
        except OSError as error:
            raise ValueError(f"state_dir: {self.path} could not be written: {error.strerror}") from None
        self._before = text

    def _whole(self) -> str:
        addresses = {address: names._asdict() for address, names in self._addresses.items()}
        return json.dumps({"version": VERSION, "drives": self._drives, "addresses": addresses},
                          indent=1, sort_keys=True) + "\n"

    def _read(self) -> dict[str, Any]:
        try:
            with open(self.path, encoding="utf-8") as stream:
                content = json.load(stream)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ValueError(f"state_dir: {self.path} could not be read: {error.strerror}") from None
        except ValueError:
            raise ValueError(f"state_dir: {self.path} is not JSON; remove it, and each drive waits for its next "
                             "slot") from None
        if not isinstance(content, dict) or content.get("version") != VERSION:
            raise ValueError(f"state_dir: {self.path} does not have version {VERSION}")
        return content


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_names(entry: Any) -> bool:
    # A damaged entry is ignored: a missing name would mean that the drive does not have it.
    return isinstance(entry, dict) and all(
        key in entry and (entry[key] is None or isinstance(entry[key], str)) for key in DriveNames._fields)


def _hours(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

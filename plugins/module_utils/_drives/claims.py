# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address is used for each drive, where several lead to one; and which drives only have one name in common."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import Any, Callable, NamedTuple, Sequence

from .._passthrough.errors import DriveError
from .._passthrough.sender import Sender, SeparateWarnings
from .._passthrough.session import Session
from .._scsi import block_commands_capacity as capacity
from .._scsi.device_types import DISKS
from .._scsi.vpd import UNIT_SERIAL_NUMBER, decode_unit_serial_number
from .._scsi.vpd_designators import is_unique
from .answers import side_answer
from .capacity_commands import read_capacity_10, read_capacity_16
from .commands import vpd_page
from .identity import Identity, read_identity

#: How long a drive waits until those of earlier addresses have said who they are. A dead one must not hold it up.
WAIT_SECONDS = 0.25


class Clash(NamedTuple):
    """Two drives that report one name, and what they differ in; the positions are those of their addresses."""

    first: int
    second: int
    wwn: str
    differences: str


class Claims:
    """Of several paths to a drive the first is used, in the order of the addresses.

    ``addresses``: those of all drives that are asked. ``ordered``: the positions of those whose names /sys has compared
    already. ``open_session`` opens an address once more. All methods may be called by several threads.
    """

    def __init__(self, addresses: Sequence[str], ordered: frozenset[int], open_session: Callable[[str], Session],
                 wait_seconds: float = WAIT_SECONDS) -> None:
        self.clashes: list[Clash] = []
        self._addresses = addresses
        self._ordered = ordered
        self._open_session = open_session
        self._wait_seconds = wait_seconds
        self._changed = threading.Condition()
        self._begun: dict[int, float] = {}
        self._settled: set[int] = set(ordered)
        #: All positions before this one are settled.
        self._first_open = 0
        self._owners: dict[str, list[int]] = {}

    def begin(self, position: int) -> None:
        """The drive at an address is about to be asked who it is."""
        with self._changed:
            self._begun[position] = time.monotonic()

    def settle(self, position: int) -> None:
        """It is known who is there, or that nobody answers."""
        with self._changed:
            self._settled.add(position)
            while self._first_open in self._settled:
                self._first_open += 1
            self._changed.notify_all()

    def claim(self, position: int, identity: Identity, session: Sender) -> str | None:
        """Claims the drive for this address; returns the address that has claimed it already, else ``None``.

        A drive that has the name of another, but not its serial number, model or capacity, is another one.
        """
        wwn = identity.wwn
        try:
            if wwn is None or not is_unique(wwn):
                return None
            self._wait_for_earlier(position)
            with self._changed:
                others = list(self._owners.setdefault(wwn, []))
                if not others:
                    self._owners[wwn].append(position)
                    return None
        finally:
            self.settle(position)
        clashes = []
        mine = _traits(SeparateWarnings(session), identity)
        for other in others:
            differences = self._differences(mine, self._addresses[other])
            if not differences:
                return self._addresses[other]
            clashes.append(Clash(other, position, wwn, differences))
        with self._changed:
            self._owners[wwn].append(position)
            self.clashes.extend(clashes)
        return None

    def _wait_for_earlier(self, position: int) -> None:
        if position in self._ordered:
            return
        now = time.monotonic()
        with self._changed:
            while True:
                ends = [self._begun.get(earlier, now) + self._wait_seconds
                        for earlier in range(self._first_open, position) if earlier not in self._settled]
                left = max(ends, default=0.0) - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    def _differences(self, mine: dict[str, Any], address: str) -> str:
        """What a drive differs in from that at another address; empty if that cannot be asked."""
        try:
            with closing(self._open_session(address)) as session:
                theirs = _traits(session, read_identity(session))
        except DriveError:
            return ""
        return " and ".join(name for name, value in mine.items()
                            if value is not None and theirs[name] is not None and value != theirs[name])


def _traits(session: Sender, identity: Identity) -> dict[str, Any]:
    """What two paths to one drive agree in; ``None`` for what the drive does not tell."""
    serial = side_answer(session, lambda: decode_unit_serial_number(vpd_page(session, UNIT_SERIAL_NUMBER), []))
    return {"serial number": (serial or "").strip() or None, "model": identity.model,
            "capacity": _capacity(session) if identity.device_type in DISKS else None}


def _capacity(session: Sender) -> int | None:
    """In bytes. The shorter command first: some older disks do not survive the longer one."""
    ten = side_answer(session, lambda: capacity.decode_read_capacity_10(session.send(read_capacity_10()).data, []))
    if ten is not None and ten["capacity_bytes"] is not None:
        return int(ten["capacity_bytes"])
    sixteen = side_answer(
        session, lambda: capacity.decode_read_capacity_16(session.send(read_capacity_16()).data, []))
    return None if sixteen is None else sixteen["capacity_bytes"]

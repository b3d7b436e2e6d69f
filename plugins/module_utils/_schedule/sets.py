# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives that belong together, and how many of them may be tested at once."""

from __future__ import annotations

from typing import NamedTuple, Sequence

from .policy import Policy

ARRAY, ENCLOSURE = "array", "enclosure"
HOST = "the host"


class DriveSet(NamedTuple):
    """An array or an enclosure as the node sees it.

    ``members``: the kernel's names of the disks. ``total``: how many members an array should have; ``active``: how many
    are in service; ``None`` if not known. ``busy``: why none may be tested now.
    """

    name: str
    kind: str
    members: tuple[str, ...]
    total: int | None = None
    active: int | None = None
    busy: str | None = None


class Limit(NamedTuple):
    """A limit for drives, which are given by their places in the list.

    ``counts_silent``: a drive that does not answer counts, since it may be running a test or be lost to its array.
    """

    name: str
    at_once: int
    drives: tuple[int, ...]
    counts_silent: bool


def array_limit(at_once: int | None, total: int, active: int) -> int:
    """Never all active members of an array of several; one that has lost members has fewer to spare."""
    most = active - 1 if total > 1 else 1
    return max(0, most if at_once is None else min(at_once, most))


class Belonging:
    """Which sets each drive belongs to. ``disks``: the kernel's names of each drive, one per path."""

    def __init__(self, sets: Sequence[DriveSet], disks: Sequence[Sequence[str]]) -> None:
        self._sets = sets
        places: dict[str, int] = {disk: place for place, names in enumerate(disks) for disk in names}
        self._members: list[tuple[int, ...]] = [
            tuple(sorted({places[disk] for disk in each.members if disk in places})) for each in sets]
        # Two paths to a drive are two disks to the kernel, but one member.
        self._counts = [
            len({places[disk] for disk in each.members if disk in places})
            + len([disk for disk in each.members if disk not in places]) for each in sets]

    def names(self, place: int) -> tuple[str, ...]:
        """The names of all sets of a drive."""
        return tuple(each.name for each, members in zip(self._sets, self._members) if place in members)

    def busy(self, place: int) -> str | None:
        """Why a drive may not be tested now: what one of its sets is busy with."""
        return next((each.busy for each, members in zip(self._sets, self._members)
                     if each.busy and place in members), None)

    def limits(self, policy: Policy) -> list[Limit]:
        """The limits that the policy sets for the arrays and enclosures."""
        found = []
        for drive_set, members, count in zip(self._sets, self._members, self._counts):
            if drive_set.kind == ARRAY:
                total = count if drive_set.total is None else drive_set.total
                active = total if drive_set.active is None else drive_set.active
                found.append(Limit(drive_set.name, array_limit(policy.array, total, active), members, True))
            elif policy.enclosure is not None:
                found.append(Limit(drive_set.name, policy.enclosure, members, False))
        return found

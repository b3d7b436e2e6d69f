# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a task names a drive by what it is, not by where it is: ``wwn:``, ``serial:`` and ``all``."""

from __future__ import annotations

from typing import Iterable

WWN = "wwn:"
SERIAL = "serial:"
ALL = "all"


def is_named(address: str, names: Iterable[str], serial: str | None) -> bool:
    """Whether the address means the logical unit with these names and this serial number.

    The case of a name does not matter. Hex digits alone, with or without 0x as in /dev/disk/by-id, are an NAA name.
    """
    if address.startswith(SERIAL):
        return serial is not None and serial.strip() == address[len(SERIAL):].strip() != ""
    wanted = _plain(address[len(WWN):])
    if wanted.startswith("0x"):
        wanted = wanted[2:]
    return wanted != "" and any(_plain(name) in (wanted, "naa." + wanted) for name in names)


def _plain(name: str) -> str:
    # T10 names contain padding spaces, and the kernel and the drive pad them differently.
    return " ".join(name.lower().split())

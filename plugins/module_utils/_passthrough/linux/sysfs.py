# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading /sys, where anything may be missing or disappear at any time."""

from __future__ import annotations

import os


def entries(path: str) -> list[str]:
    """The names in a folder, sorted; empty if there is no such folder."""
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []


def node(unit: str, kind: str, dev: str) -> str | None:
    """The node in ``dev`` that a driver (scsi_generic, block) made for a logical unit; ``None`` if it made none."""
    names = entries(os.path.join(unit, kind))
    return os.path.join(dev, names[0]) if names else None


def content(path: str) -> str:
    """The text of an attribute without surrounding blanks; empty if it does not exist or cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read().strip()
    except OSError:
        return ""


def number(path: str) -> int | None:
    """A non-negative number from an attribute; ``None`` for anything else."""
    text = content(path)
    return int(text) if text.isdecimal() else None

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: written beside the destination, and moved there only if they differ from what is there."""

from __future__ import annotations

import os
import tempfile
from typing import IO

_PART = 1 << 20


class OutputFile:
    """A file that is being written."""

    def __init__(self, path: str, keep: bool) -> None:
        """``keep`` is false in check mode: the file is then written elsewhere, to be compared only."""
        self.path = path
        self._keep = keep
        folder = os.path.dirname(path) or "."
        self._descriptor, self._temporary = tempfile.mkstemp(
            prefix=".compliance-", dir=folder if keep else None)
        self.file: IO[str] = os.fdopen(self._descriptor, "w", _PART, "utf-8", newline="")

    def finish(self) -> bool:
        """Moves the file into place, unless in check mode; returns whether it differs from the previous one."""
        self.file.close()
        changed = not same_bytes(self._temporary, self.path)
        if changed and self._keep:
            os.chmod(self._temporary, _mode_of(self.path))
            os.replace(self._temporary, self.path)
        else:
            os.unlink(self._temporary)
        return changed

    def abandon(self) -> None:
        """Removes what was written."""
        if not self.file.closed:
            self.file.close()
        if os.path.exists(self._temporary):
            os.unlink(self._temporary)


def _mode_of(path: str) -> int:
    """The mode of the existing file, else readable by owner and group only: a report shows weaknesses."""
    try:
        return os.stat(path).st_mode & 0o777
    except OSError:
        return 0o640


def same_bytes(one: str, other: str) -> bool:
    """Whether two files have the same content; false if the second does not exist."""
    try:
        if os.path.getsize(one) != os.path.getsize(other):
            return False
        with open(one, "rb") as left, open(other, "rb") as right:
            while True:
                part = left.read(_PART)
                if part != right.read(_PART):
                    return False
                if not part:
                    return True
    except FileNotFoundError:
        return False

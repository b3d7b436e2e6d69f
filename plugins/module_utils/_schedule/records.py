# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered between two runs, in a small JSON file on the node: when a drive was first seen, what was started.

    {"version": 1, "drives": {"naa.5000...": {"first_seen": 20100, "started": {"short": 20170}}}}

All numbers are power-on hours of the drive. Without the file each drive waits for its next slot; nothing else is lost.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, Dict, Optional

from .due import Memory
from .policy import TESTS

VERSION = 1
_NAME = "selftests.json"


class Records:
    """The file in a directory, read once and written whole."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self.path = os.path.join(directory, _NAME)
        self._drives: Dict[str, Dict[str, Any]] = self._read()
        self._before = json.dumps(self._drives, sort_keys=True)

    def of(self, name: str) -> Memory:
        """What is remembered of a drive."""
        entry = self._drives.get(name, {})
        return Memory(_hours(entry.get("first_seen")), {
            test: hours for test in TESTS for hours in [_hours(_dict(entry.get("started")).get(test))]
            if hours is not None})

    def seen(self, name: str, hours: int) -> Memory:
        """Notes that a drive is there. A counter that went back begins anew."""
        memory = self.of(name)
        if memory.first_seen is None or memory.first_seen > hours:
            self._drives[name] = {"first_seen": hours, "started": {}}
            memory = self.of(name)
        return memory

    def started(self, name: str, test: str, hours: int) -> None:
        """Notes that a test was started."""
        memory = self.seen(name, hours)
        self._drives[name] = {"first_seen": memory.first_seen, "started": dict(memory.started, **{test: hours})}

    def write(self) -> None:
        """Writes what is new, whole or not at all. Raises ValueError where that cannot be done."""
        if json.dumps(self._drives, sort_keys=True) == self._before:
            return
        try:
            os.makedirs(self._directory, mode=0o750, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix="." + _NAME, dir=self._directory)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    json.dump({"version": VERSION, "drives": self._drives}, stream, indent=1, sort_keys=True)
                    stream.write("\n")
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(temporary, self.path)
            except BaseException:
                os.unlink(temporary)
                raise
        except OSError as error:
            raise ValueError("state_dir: {0} could not be written: {1}".format(self.path, error.strerror)) from None
        self._before = json.dumps(self._drives, sort_keys=True)

    def _read(self) -> Dict[str, Dict[str, Any]]:
        try:
            with open(self.path, encoding="utf-8") as stream:
                content = json.load(stream)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ValueError("state_dir: {0} could not be read: {1}".format(self.path, error.strerror)) from None
        except ValueError:
            raise ValueError("state_dir: {0} is no JSON; remove it, and each drive waits for its next slot".format(
                self.path)) from None
        if not isinstance(content, dict) or content.get("version") != VERSION:
            raise ValueError("state_dir: {0} has not version {1}".format(self.path, VERSION))
        return {name: entry for name, entry in _dict(content.get("drives")).items() if isinstance(entry, dict)}


def _dict(value: Any) -> Dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _hours(value: Any) -> Optional[int]:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

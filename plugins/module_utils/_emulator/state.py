# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the state of units is kept: one JSON file each, written so that a crash leaves the old state or the new one."""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, Mapping

VERSION = 1
_SUFFIX = ".json"


class StateError(Exception):
    """A state cannot be saved or read. The text says what to do about it."""


class MemoryStore:
    """Keeps nothing: a restart starts afresh."""

    def load(self, name: str) -> dict[str, Any] | None:
        """The state that was saved last under this name, or None."""
        del name
        return None

    def save(self, name: str, state: Mapping[str, Any]) -> None:
        """Saves the state; it is durable on return."""

    def remove(self, name: str) -> None:
        """Removes the saved state."""


class Store(MemoryStore):
    """Keeps states in a directory, which is created if it does not exist. Raises StateError."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        try:
            os.makedirs(directory, mode=0o700, exist_ok=True)
        except OSError as error:
            raise StateError(f"{directory} cannot be created: {error.strerror}") from None

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name + _SUFFIX)

    def load(self, name: str) -> dict[str, Any] | None:
        path = self._path(name)
        try:
            with open(path, encoding="utf-8") as stream:
                content = json.load(stream)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StateError(f"{path} cannot be read: {error}; remove it to start afresh") from None
        if not isinstance(content, dict) or content.get("version") != VERSION or not isinstance(
                content.get("state"), dict):
            raise StateError(f"{path} is not a state of version {VERSION}; remove it to start afresh")
        found: dict[str, Any] = content["state"]
        return found

    def save(self, name: str, state: Mapping[str, Any]) -> None:
        path = self._path(name)
        try:
            descriptor, temporary = tempfile.mkstemp(prefix="." + name, dir=self._directory)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    json.dump({"version": VERSION, "state": state}, stream)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(temporary, path)
            except BaseException:
                os.unlink(temporary)
                raise
            _sync(self._directory)
        except OSError as error:
            raise StateError(f"{path} cannot be written: {error.strerror}") from None

    def remove(self, name: str) -> None:
        try:
            os.unlink(self._path(name))
        except FileNotFoundError:
            return
        _sync(self._directory)


def _sync(directory: str) -> None:
    """Makes the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

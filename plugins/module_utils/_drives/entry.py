# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a task for one drive: filled in while the task works, and turned into JSON only here."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any, Callable, Dict

from .._passthrough.errors import DriveError, InternalError

OK = "ok"
FAILED = "failed"
SKIPPED = "skipped"
TIMEOUT = "timeout"

#: Makes the keys that one module documents, with their values for a drive that could not be queried. Called once per
#: drive, so that no two entries share a list.
Blank = Callable[[], Dict[str, Any]]

#: A copy fails only if a thread changes the entry at the same moment.
_COPY_TRIES = 10


@dataclasses.dataclass
class Entry:
    """The entry of one drive. ``values`` holds the keys of the module, the rest is the same for all modules.

    ``reason`` is for people, ``error`` the same as data if the drive or the path to it failed. ``diff`` has "before"
    and "after"; ``commands`` is ``None`` unless the task asked for a trace; ``exception`` is the traceback of an error
    of the collection itself.
    """

    device: str
    values: dict[str, Any]
    wwn: str | None = None
    status: str = OK
    reason: str | None = None
    changed: bool = False
    error: dict[str, Any] | None = None
    warnings: list[str] = dataclasses.field(default_factory=list)
    commands: list[dict[str, Any]] | None = None
    diff: dict[str, Any] | None = None
    exception: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the task fails because of this drive, unless on_error says otherwise."""
        return self.status in (FAILED, TIMEOUT)

    def fail(self, reason: str, error: DriveError | None = None) -> None:
        """The drive could not do, or must not do, what the task wants; ``error`` if an error is the cause."""
        self.status, self.reason = FAILED, reason
        if error is not None:
            self.error = error.facts()

    def record(self, error: DriveError) -> None:
        """The drive, or the path to it, failed."""
        self.fail(str(error), error)
        if isinstance(error, InternalError):
            self.exception = error.traceback
        if error.kind == "timeout":
            self.status = TIMEOUT

    def skip(self, reason: str) -> None:
        """The task does not apply to this drive."""
        self.status, self.reason = SKIPPED, reason

    def time_out(self, reason: str) -> None:
        """The drive did not finish in time."""
        self.status, self.reason = TIMEOUT, reason

    def mark_changed(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        """The drive was changed, or would be in check mode."""
        self.changed = True
        self.diff = {"before": before, "after": after}

    def mark_unchanged(self) -> None:
        """The drive was not changed after all."""
        self.changed = False
        self.diff = None

    def snapshot(self, blank: Blank) -> Entry:
        """A copy that a thread still writing into this entry cannot reach.

        If that thread leaves no time for a complete copy, the module's keys are those of a drive that was not queried.
        """
        for _try in range(_COPY_TRIES):
            try:
                return copy.deepcopy(self)
            except RuntimeError:  # a dictionary grew while it was copied
                continue
        commands = None if self.commands is None else list(self.commands)
        return dataclasses.replace(self, values=blank(), warnings=list(self.warnings), commands=commands, diff=None)

    def as_result(self) -> dict[str, Any]:
        """The entry as the module returns it; ``changed`` and ``diff`` are the task's, not the entry's."""
        result = dict(self.values, device=self.device, wwn=self.wwn, status=self.status, reason=self.reason,
                      error=self.error, warnings=self.warnings)
        if self.commands is not None:
            result["commands"] = self.commands
        if self.exception is not None:
            result["exception"] = self.exception
        return result

    def as_diff(self) -> dict[str, Any] | None:
        """The difference as Ansible shows it, under the drive's name; ``None`` if there is none."""
        return None if self.diff is None else dict(self.diff, before_header=self.device, after_header=self.device)

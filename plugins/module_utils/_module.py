# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's AnsibleModule: the options that all modules share, and one exit for results and errors."""

from __future__ import annotations

from typing import Any, Callable, NoReturn, TypeVar

from ansible.module_utils.basic import AnsibleModule

from ._drives.entry import Entry
from ._drives.run import Options
from ._passthrough.open_options import OPEN_MODES, IscsiOptions, secret_in

Checked = TypeVar("Checked")

SHARED_OPTIONS: dict[str, Any] = {
    "devices": {"type": "list", "elements": "str", "required": True, "aliases": ["device"]},
    "timeout": {"type": "float", "default": 20.0},
    "deadline": {"type": "float", "default": 120.0},
    "max_workers": {"type": "int", "default": 16},
    "on_error": {"type": "str", "default": "fail", "choices": ["fail", "report"]},
    "open_mode": {"type": "str", "default": "auto", "choices": list(OPEN_MODES)},
    "capture_file": {"type": "path"},
    "raw": {"type": "bool", "default": False},
    "iscsi_user": {"type": "str"},
    "iscsi_secret": {"type": "str", "no_log": True},
    "iscsi_target_secret": {"type": "str", "no_log": True},
    "iscsi_initiator_name": {"type": "str"},
    "iscsi_digests": {"type": "str", "default": "none", "choices": ["none", "preferred", "required"]},
}

_NAMED_IN_FAILURE = 5
_SHORTEST_SECRET = 4


class DriveModule(AnsibleModule):
    """A module that works on a list of drives."""

    def __init__(self, options: dict[str, Any], devices_may_be_empty: bool = False, **more: Any) -> None:
        super().__init__(argument_spec=dict(SHARED_OPTIONS, **options), supports_check_mode=True, **more)
        for name in ("timeout", "deadline", "max_workers"):
            if self.params[name] <= 0:
                self.fail_json(msg=f"{name} must be greater than 0, not {self.params[name]}")
        if not self.params["devices"] and not devices_may_be_empty:
            self.fail_json(msg="devices is empty; name at least one drive")
        # Addresses with a secret are refused, but returned with the parameters. A short secret would mask other text.
        self.no_log_values.update(
            secret for secret in map(secret_in, self.params["devices"] or ()) if len(secret) >= _SHORTEST_SECRET)

    @property
    def shared(self) -> Options:
        """The shared options, in the form that the work on the drives takes."""
        return Options(
            check_mode=self.check_mode, timeout_seconds=self.params["timeout"],
            deadline_seconds=self.params["deadline"], max_workers=self.params["max_workers"],
            open_mode=self.params["open_mode"], capture_file=self.params["capture_file"],
            tell=self.log, trace=self.params["raw"] or self._verbosity >= 3, iscsi=IscsiOptions(
                initiator_name=self.params["iscsi_initiator_name"] or "", user=self.params["iscsi_user"] or "",
                secret=self.params["iscsi_secret"] or "", target_secret=self.params["iscsi_target_secret"] or "",
                header_digest=self.params["iscsi_digests"], data_digest=self.params["iscsi_digests"]))

    def checked(self, build: Callable[..., Checked], *arguments: Any) -> Checked:
        """Returns what ``build`` makes of options; if it raises ValueError, the task fails with its message."""
        try:
            return build(*arguments)
        except ValueError as error:
            self.fail_json(msg=str(error))

    def run(self, work: Callable[..., list[Entry]], *arguments: Any, facts: str | None = None,
            **more: Any) -> NoReturn:
        """Does the work and ends the task with one entry per drive: under ``drives`` or, with ``facts``, only as the
        Ansible fact of that name. ``more`` is added to the result as it is.

        If a drive failed or timed out and on_error is fail, the task fails, after all drives have been tried.
        """
        entries = work(self.params["devices"], self.shared, *arguments)
        result: dict[str, Any] = dict(more, changed=any(entry.changed for entry in entries))
        differences = [diff for diff in (entry.as_diff() for entry in entries) if diff is not None]
        if differences:
            result["diff"] = differences
        drives = [entry.as_result() for entry in entries]
        if facts is None:
            result["drives"] = drives
        else:
            result["ansible_facts"] = {facts: drives}
        ours = [entry for entry in entries if entry.exception is not None]
        for entry in ours:
            self.warn(f"{entry.device}: {entry.reason}")
        bad = [entry for entry in entries if entry.failed]
        if bad and self.params["on_error"] == "fail":
            if ours:
                result["exception"] = ours[0].exception
            self.fail_json(msg=_failure(bad, len(entries)), **result)
        self.exit_json(**result)


def _failure(bad: list[Entry], count: int) -> str:
    """The reason of a single drive, or how many of several failed and the first few reasons."""
    reasons = [f"{entry.device}: {entry.reason}" for entry in bad[:_NAMED_IN_FAILURE]]
    if count == 1:
        return reasons[0]
    if len(bad) > len(reasons):
        reasons.append(f"and {len(bad) - len(reasons)} more")
    return f"{len(bad)} of {count} drives: {'; '.join(reasons)}"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks of an emulated target, and how it is done."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from .._checks import dictionary, items, number, wrong
from .daemon import LOCK, LOG, PID, SOCKET, Daemon, DaemonError, TargetConfig, config_of
from .service import Portal, check_drives

#: The daemon's own files in a state directory.
_OWN_FILES = (LOCK, LOG, LOG + ".1", PID, SOCKET)
_UNITS = "units"
_WORDS_FOR_PORTAL = ("address", "port", "user", "own_user", "allow_without_chap", "advertised")


def default_directory() -> str:
    """Where the state is kept by default (XDG Base Directory Specification)."""
    root = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(root, "drivecare-emulated-target")


def _load_yaml() -> Any:
    # Most managed nodes have no PyYAML.
    import yaml
    return yaml


def read_description(path: str) -> dict[str, Any]:
    """Reads a description from a file: JSON, or YAML if PyYAML is installed. Raises ValueError."""
    try:
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
    try:
        content = json.loads(text)
    except ValueError as json_error:
        try:
            yaml = _load_yaml()
        except ImportError:
            raise ValueError(f"{path} is not JSON ({json_error}), and YAML requires PyYAML on the managed node; "
                             "use drives instead") from None
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(f"{path} is neither JSON nor YAML: {error}") from None
    if isinstance(content, list):
        content = {"drives": content}
    if not isinstance(content, dict):
        raise wrong(content, path, "a dictionary, or the list of drives")
    return content


@dataclass
class TargetOutcome:
    """What was done, and the state of the target afterwards."""

    changed: bool = False
    actions: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    target: dict[str, Any] | None = None

    def note(self, words: str) -> None:
        """Notes that something was done, or would be in check mode."""
        self.changed = True
        self.actions.append(words)


class Manager:
    """The emulated target of a state directory. Raises ValueError for wrong options, DaemonError for failures."""

    def __init__(self, directory: str, check_mode: bool) -> None:
        self._daemon = Daemon(directory)
        self._check_mode = check_mode

    def started(self, description: Mapping[str, Any], portal: Portal) -> TargetOutcome:
        """Makes the target run as described."""
        config = config_of(description, portal)
        outcome = TargetOutcome(after=_shown(description, portal))
        status = self._daemon.ask("status")
        compared = None if status is None else self._compare(config)
        if compared is None:
            self._note_checked(outcome, "started", config)
            if not self._check_mode:
                status = self._daemon.start(config)
        elif compared["restart"]:
            self._note_checked(outcome, "restarted", config)
            if not self._check_mode:
                self._daemon.stop()
                status = self._daemon.start(config)
        elif not compared["same"]:
            self._note_checked(outcome, "applied", config)
            if not self._check_mode:
                self._daemon.ask("apply", description=dict(config.given))
        if compared is not None:
            outcome.before = compared["shown"]
        if not outcome.changed:
            outcome.before = outcome.after
        outcome.target = self._facts(config, status)
        return outcome

    def _note_checked(self, outcome: TargetOutcome, words: str, config: TargetConfig) -> None:
        """Checks the drives first: a wrong description must stop nothing, and must fail in check mode, too."""
        check_drives(config.description)
        outcome.note(words)

    def _compare(self, config: TargetConfig) -> dict[str, Any]:
        answer = self._daemon.ask("compare", config=config.to_json())
        if answer is None:
            raise DaemonError(f"the emulated target ended while it was queried; see {self._daemon.log_file}")
        return answer

    def stopped(self) -> TargetOutcome:
        """Makes the target stop; its state is kept."""
        outcome = TargetOutcome()
        if self._daemon.ask("status") is not None:
            outcome.note("stopped")
            if not self._check_mode:
                self._daemon.stop()
        return outcome

    def absent(self) -> TargetOutcome:
        """Makes the target stop, and removes its state."""
        outcome = self.stopped()
        directory = self._daemon.directory
        if not os.path.isdir(directory):
            return outcome
        strange = sorted(set(os.listdir(directory)).difference(_OWN_FILES, (_UNITS,)))
        if strange:
            raise ValueError(f"{directory} contains {', '.join(strange)}, which does not belong to the emulated "
                             "target; remove it by hand, or use another state_dir")
        outcome.note("removed")
        if not self._check_mode:
            shutil.rmtree(directory)
        return outcome

    # -- while it runs

    def act(self, outcome: TargetOutcome, faults: Sequence[Mapping[str, Any]], advance_seconds: float,
            power_cycle: Sequence[int]) -> None:
        """Sets faults, advances the clocks, and power cycles drives."""
        for place, entry in enumerate(faults):
            where = f"faults[{place}]"
            dictionary(entry, where, ("lun", "faults"))
            self._set_faults(outcome, number(entry.get("lun"), where + ".lun", 0, whole=True),
                             items(entry.get("faults"), where + ".faults"))
        if advance_seconds:
            outcome.note(f"advanced the clocks by {advance_seconds:g} seconds")
            if not self._check_mode:
                self._daemon.ask("advance", seconds=advance_seconds)
        for lun in power_cycle:
            outcome.note(f"power cycled LUN {lun}")
            if not self._check_mode:
                self._daemon.ask("power_cycle", lun=lun)

    def _set_faults(self, outcome: TargetOutcome, lun: int, faults: list[Any]) -> None:
        if self._check_mode:
            outcome.note(f"set faults of LUN {lun}")
            return
        answer = self._daemon.ask("faults", lun=lun, faults=faults)
        if answer is not None and answer["changed"]:
            outcome.note(f"set faults of LUN {lun}")

    def _facts(self, config: TargetConfig, status: Mapping[str, Any] | None) -> dict[str, Any]:
        description, portal = config.description, config.portal
        port = portal.port if status is None else status["port"]
        host = f"[{portal.address}]" if ":" in portal.address else portal.address
        where = portal.advertised or f"{host}:{port}"
        return {
            "running": status is not None, "pid": None if status is None else status["pid"], "port": port or None,
            "portal": where, "name": description.target, "log_file": self._daemon.log_file,
            "state_dir": self._daemon.directory,
            "drives": [
                {"lun": drive.lun, "profile": drive.profile, "vendor": drive.vendor, "product": drive.product,
                 "serial": drive.serial, "wwn": "naa." + drive.wwn, "size_bytes": drive.blocks * drive.block_length,
                 "address": f"iscsi://{where}/{description.target}/{drive.lun}"}
                for drive in description.drives]}


def _shown(description: Mapping[str, Any], portal: Portal) -> dict[str, Any]:
    """The configuration without secrets, for the diff."""
    return dict(description, **{name: getattr(portal, name) for name in _WORDS_FOR_PORTAL})

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guests, what the modules reported on their devices, and other tools on the same devices.

Molecule's scenario `kernel` boots the guests, stores what the modules reported, and runs these tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

KERNELS = os.environ.get("DRIVECARE_KERNELS", "6.12 6.1").split()
RUNS = Path(os.environ.get("DRIVECARE_KERNEL_RUNS", "."))
EVIDENCE = Path(os.environ.get("DRIVECARE_KERNEL_EVIDENCE", "."))


#: What does not depend on the kernel's version is compared on one of them, so that both guests have as much to do: our
#: iSCSI, shelf and roles; what self tests and copies are to scsi_debug and LIO; how a drive is named; what the messages
#: say of missing privileges; and what our own guard holds back, and what becomes of many and of lost drives. On both:
#: which commands the kernel lets through, streams, and libata.
_ONLY_ON = {
    "6.1": ["test_bsg.py", "test_check_mode.py", "test_privileges.py", "test_roles.py"],
    "6.12": ["test_addresses.py", "test_bays.py", "test_copy_managers.py", "test_emulated_target.py",
             "test_lio_iscsi.py", "test_self_tests.py", "test_upheavals.py"]}
collect_ignore = [file for kernel, files in _ONLY_ON.items() if kernel not in KERNELS for file in files]


class Guest:
    """One kernel with its devices."""

    def __init__(self, kernel: str) -> None:
        self.kernel = kernel
        self.facts: dict[str, Any] = json.loads((EVIDENCE / kernel / "facts.json").read_text())
        self.devices: dict[str, list[dict[str, Any]]] = self.facts["devices"]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Runs a shell command in the guest, as root."""
        return subprocess.run(
            ["ssh", "-F", RUNS / self.kernel / "ssh_config", "guest", command], check=False,
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)

    def said(self, module: str, node: str) -> dict[str, Any]:
        """The entry of a device in what a module reported on all."""
        return next(entry for entry in self.facts[module] if entry["device"] == node)

    def ask(self, host: str, module: str, options: dict[str, Any], check: bool = False) -> dict[str, Any]:
        """Runs a module in the guest, as one of the inventory's users; returns its result even if it failed."""
        words = [str(Path(sys.executable).parent / "ansible"), "-i", str(RUNS / self.kernel / "inventory.yml"), host,
                 "-m", f"drivecare.scsi.{module}", "-a", json.dumps(options)]
        done = subprocess.run(
            words + ["--check"] * check, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            timeout=600, env={**os.environ, "ANSIBLE_CALLBACK_RESULT_FORMAT": "json"})
        head, _arrow, body = done.stdout.partition("=> ")
        assert body, f"{head}\n{done.stderr}"
        result: dict[str, Any] = json.loads(body)
        assert "module_stdout" not in result, result
        return result

    def play(self, playbook: str | Path, **variables: Any) -> subprocess.CompletedProcess[str]:
        """Runs a playbook of the collection by its name, as users do, or a file."""
        which = str(playbook) if isinstance(playbook, Path) else f"drivecare.scsi.{playbook}"
        return subprocess.run(
            [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(RUNS / self.kernel / "inventory.yml"),
             which, "--extra-vars", json.dumps(variables)], check=False, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=600, env={**os.environ, "ANSIBLE_NOCOLOR": "1"})

    def entries(
        self, host: str, module: str, options: dict[str, Any], check: bool = False,
    ) -> dict[str, dict[str, Any]]:
        """Runs a module with errors reported instead of failed; returns its entries by device."""
        result = self.ask(host, module, dict(options, on_error="report"), check)
        drives, = result["ansible_facts"].values() if "ansible_facts" in result else [result["drives"]]
        return {entry["device"]: entry for entry in drives}

    def one(self, group: str, **facts: Any) -> dict[str, Any]:
        """The first device of a group that matches the facts."""
        return next(device for device in self.devices[group]
                    if all(device.get(name) == value for name, value in facts.items()))


@cache
def _guest(kernel: str) -> Guest:
    return Guest(kernel)


@pytest.fixture(name="guest", params=KERNELS, scope="session")
def _guest_of_each_kernel(request: pytest.FixtureRequest) -> Guest:
    return _guest(request.param)

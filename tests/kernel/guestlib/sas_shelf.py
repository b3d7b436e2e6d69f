# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shelf behind a SAS adapter: QEMU emulates the adapter, our emulated target the enclosure and the drives in it.

QEMU passes the commands on through its own iSCSI initiator, so the guest's kernel finds an enclosure and disks with SAS
addresses, and its drivers, including ses, treat them as such.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from .host import GuestError

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collection import provide

provide()

from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.daemon import Daemon, DaemonError, config_of  # noqa: E402
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import Portal  # noqa: E402

_NAME = "iqn.2026-01.org.drivecare:shelf"
#: QEMU takes the logical unit's name for the address of the drive's port, so the slots name these.
_WWNS = ("5000c500a1b2c3d4", "5000c500a1b2c3d8")
_SLOTS: list[dict[str, Any]] = [{}, {"sas_address": _WWNS[0]}, {}, {"sas_address": _WWNS[1]}]
_DRIVES: list[dict[str, Any]] = [
    *({"profile": "sas_hdd", "size": "64MiB", "wwn": wwn} for wwn in _WWNS),
    {"profile": "enclosure", "enclosure": {"logical_identifier": "5000ccab0405db00", "slots": _SLOTS}},
]


class SasShelf:
    """The shelf of one guest."""

    def __init__(self, directory: Path) -> None:
        self._daemon = Daemon(str(directory))

    def start(self) -> list[str]:
        """Starts the target; returns QEMU's arguments for the adapter and what is behind it."""
        try:
            config = config_of({"target": _NAME, "drives": _DRIVES}, Portal(port=0))
            port = self._daemon.start(config)["port"]
        except (DaemonError, ValueError) as error:
            raise GuestError(f"the shelf does not start: {error}") from error
        arguments = ["-device", "mptsas1068,id=sas"]
        for lun in range(len(_DRIVES)):
            arguments += [
                "-drive", f"if=none,id=shelf{lun},format=raw,file=iscsi://127.0.0.1:{port}/{_NAME}/{lun}",
                "-device", f"scsi-generic,drive=shelf{lun},bus=sas.0,scsi-id={lun}"]
        return arguments

    def stop(self) -> None:
        """Stops the target, and discards what was on the drives."""
        try:
            self._daemon.stop()
        except DaemonError as error:
            raise GuestError(f"the shelf does not stop: {error}") from error
        shutil.rmtree(self._daemon.directory, ignore_errors=True)

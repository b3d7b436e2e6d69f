# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated target in a guest: started by its module, attached by open-iscsi with mutual CHAP and both digests."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from conftest import Guest

NAME = "iqn.2026-01.org.drivecare:emulated"
PORTAL = "127.0.0.1:3260"
SECRETS = {"chap_user": "operator", "chap_secret": "of the initiator", "target_chap_user": "shelf",
           "target_chap_secret": "of the target 17"}
#: One minute of drive time takes a second, so a short test takes two.
OPTIONS = {
    "drives": [
        {"profile": "sas_hdd", "size": "64MiB", "defects": {"primary": 1200, "grown": [4711]}},
        {"profile": "sas_ssd", "size": "64MiB"},
        {"profile": "array_lun", "size": "256MiB", "count": 2}, {"profile": "enclosure"},
        {"profile": "spc2_disk", "size": "32MiB"}],
    "time_scale": 60, **SECRETS,
}
_LOGIN = {
    "node.session.auth.authmethod": "CHAP", "node.session.auth.username": SECRETS["chap_user"],
    "node.session.auth.password": SECRETS["chap_secret"], "node.session.auth.username_in": SECRETS["target_chap_user"],
    "node.session.auth.password_in": SECRETS["target_chap_secret"], "node.conn[0].iscsi.HeaderDigest": "CRC32C",
    "node.conn[0].iscsi.DataDigest": "CRC32C"}


class Shelf:
    """The emulated drives, as the guest's kernel sees them."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest

    def start(self) -> None:
        started = self.guest.ask("kernel_operator", "scsi_emulated_target", dict(OPTIONS))
        assert started.get("changed"), started
        # Without the kernel module, iscsid exits silently.
        self.say("modprobe iscsi_tcp", "for each in 1 2 3 4 5; do pgrep -x iscsid && break; iscsid; sleep 1; done",
                 f"iscsiadm -m node -o new -T {NAME} -p {PORTAL}")
        self.set(_LOGIN)
        self.login()

    def stop(self) -> None:
        self.guest.run(f"iscsiadm -m node -T {NAME} -p {PORTAL} --logout; iscsiadm -m node -o delete -T {NAME}")
        self.guest.ask("kernel_operator", "scsi_emulated_target", {"state": "absent"})

    def set(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            self.say(f"iscsiadm -m node -T {NAME} -p {PORTAL} -o update -n '{name}' -v '{value}'")

    def login(self) -> None:
        self.say(f"iscsiadm -m node -T {NAME} -p {PORTAL} --login")
        self.wait_for(5)

    def logout(self) -> None:
        self.say(f"iscsiadm -m node -T {NAME} -p {PORTAL} --logout")

    def sessions(self) -> list[str]:
        """The numbers of the kernel's iSCSI sessions, the oldest first."""
        return sorted(re.findall(r"\[(\d+)\]", self.say("iscsiadm -m session")), key=int)

    def wait_for(self, disks: int) -> None:
        """Waits until the kernel has found that many disks, and udev has created their nodes."""
        for _each in range(100):
            found = self.devices()["iscsi"]
            if len(found) >= disks and all(device["sg"] and device["block"] for device in found):
                self.say("udevadm settle 2>/dev/null || true")
                return
            time.sleep(0.2)
        raise AssertionError(f"the kernel found {found}")

    def devices(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = json.loads(self.say("drivecare-devices"))
        return found

    def node(self, model: str, kind: str = "sg", place: int = 0) -> str:
        """The node of a drive by its product identification."""
        there = [device for group in ("iscsi", "enclosure") for device in self.devices()[group]
                 if device["model"] == model and device["driver"] == "iscsi_tcp"]
        node: str = there[place][kind]
        return node

    def say(self, *commands: str) -> str:
        """Runs commands that must succeed; returns what they print."""
        done = self.guest.run(" && ".join(commands))
        assert done.returncode == 0, f"{commands}: {done.stdout}{done.stderr}"
        return done.stdout

    def tool(self, command: str) -> Any:
        """The JSON output of a tool. Its exit status is ignored: that of smartctl has bits for faults of the drive."""
        return json.loads(self.guest.run(command).stdout)

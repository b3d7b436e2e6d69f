# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of others, and how to run them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

#: The Debian package of each program.
PACKAGES = {
    "tgtd": "tgt", "tgtadm": "tgt", "iscsi-ls": "libiscsi-bin", "iscsi-inq": "libiscsi-bin",
    "iscsi-readcapacity16": "libiscsi-bin", "iscsi-test-cu": "libiscsi-bin", "qemu-io": "qemu-utils",
    "qemu-img": "qemu-utils", "smartctl": "smartmontools", "smartd": "smartmontools", "gcc": "gcc",
    "sg_logs": "sg3-utils", "sg_ses": "sg3-utils", "sg_vpd": "sg3-utils", "sg_readcap": "sg3-utils",
    "sg_decode_sense": "sg3-utils",
}


def program(name: str) -> str:
    """Where a program is; fails the test where it is not."""
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"{name} is missing; it is in the Debian package {PACKAGES[name]}")
    return path


def run(*command: str, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end, whatever that is."""
    return subprocess.run(
        [program(command[0]), *command[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=seconds, check=False, text=True, errors="replace")

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How QEMU is to execute the guest: KVM where it works, software emulation everywhere else."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from . import host

ACCEL_VARIABLE = "DRIVECARE_GUEST_ACCEL"
SOFTWARE = "tcg,thread=multi"
_PROBE_SECONDS = 6.0


def choose(vmlinuz: Path) -> str:
    """The value for QEMU's -accel option."""
    named = os.environ.get(ACCEL_VARIABLE)
    if named:
        return named
    return "kvm" if os.access("/dev/kvm", os.R_OK | os.W_OK) and _kvm_boots(vmlinuz) else SOFTWARE


def _kvm_boots(vmlinuz: Path) -> bool:
    """Try it: a boot may stop with "KVM internal error" although /dev/kvm exists.

    A kernel without a root file system panics, and with panic=-1 it resets at once: QEMU ends by itself if, and only
    if, the kernel ran.
    """
    command = [host.program("qemu-system-x86_64"), "-accel", "kvm", "-cpu", "host", "-machine", "q35", "-m", "512"]
    command += ["-nodefaults", "-display", "none", "-no-reboot", "-kernel", str(vmlinuz), "-append", "panic=-1"]
    with tempfile.TemporaryFile() as said:
        probe = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            deadline = time.monotonic() + _PROBE_SECONDS
            while probe.poll() is None and time.monotonic() < deadline:
                if b"KVM internal error" in os.pread(said.fileno(), 65536, 0):
                    return False
                time.sleep(0.1)
            return probe.poll() == 0
        finally:
            probe.kill()
            probe.wait()

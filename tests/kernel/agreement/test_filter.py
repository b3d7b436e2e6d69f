# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commands the kernel passes on for a user without the capability, which is what the table of access.py says."""

from __future__ import annotations

import pytest
from conftest import Guest

KERNEL_SAYS = """
import errno, fcntl, os, sys, array, struct
path, mode, cdb = sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3])
descriptor = os.open(path, (os.O_RDWR if mode == "rw" else os.O_RDONLY) | os.O_NONBLOCK)
command, data, sense = array.array("B", cdb), array.array("B", bytes(96)), array.array("B", bytes(96))
header = bytearray(struct.pack("@iiBBHIPPPIIiPBBBBHHiII0P", 83, -3, len(cdb), 96, 0, 96, data.buffer_info()[0],
                               command.buffer_info()[0], sense.buffer_info()[0], 10000, *[0] * 12))
try:
    fcntl.ioctl(descriptor, 0x2285, header)
    print("passed")
except OSError as error:
    print(errno.errorcode[error.errno])
"""

# Harmless forms of each command: what matters is whether the kernel lets the operation code through.
PASSES = [
    ("120000006000", "block", "ro", "passed"), ("84030000000000000000000000600000", "block", "ro", "EPERM"),
    ("84030000000000000000000000600000", "block", "rw", "EPERM"), ("1d0000000000", "block", "rw", "EPERM"),
    ("84030000000000000000000000600000", "sg", "ro", "EPERM"),
    ("84030000000000000000000000600000", "sg", "rw", "passed"),
    ("9e160000000000000000000000600000", "block", "ro", "passed"),
    ("9e140000000000000000000000600000", "block", "ro", "passed"),
    ("42000000000000000000", "block", "ro", "passed"), ("48000000000000000000", "block", "ro", "passed"),
    ("a41f00000000000000600000", "block", "ro", "passed"), ("4c000000000000000000", "block", "ro", "EPERM"),
    ("4c000000000000000000", "block", "rw", "passed"), ("5e000000000000006000", "block", "rw", "EPERM"),
]


@pytest.mark.parametrize("cdb,node,mode,expected", PASSES)
def test_what_the_kernel_lets_through(guest: Guest, cdb: str, node: str, mode: str, expected: str) -> None:
    """Verifies the table of access.py, as an ordinary user of group disk without the capability."""
    device = guest.devices["scsi_debug"][1]
    guest.run(f"cat > /tmp/says.py <<'END'\n{KERNEL_SAYS}\nEND")
    done = guest.run(f"runuser -u operator -- python3 /tmp/says.py {device[node]} {mode} {cdb}")
    assert done.stdout.strip() == expected, done.stderr

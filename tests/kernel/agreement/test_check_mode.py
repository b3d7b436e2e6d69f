# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In check mode no command that changes a device reaches it, according to the kernel's own trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Guest

TRACING = "/sys/kernel/tracing"
SEND_DIAGNOSTIC, SERVICE_ACTION_IN, RECEIVE_COPY_RESULTS, LOG_SENSE = 0x1D, 0x9E, 0x84, 0x4D
STREAM_CONTROL, OPERATING_PARAMETERS = 0x14, 0x03

RUNS: list[tuple[str, dict[str, Any]]] = [
    ("scsi_selftest", {"on_unknown": "start"}),
    ("scsi_selftest", {"state": "started"}),
    ("scsi_selftest", {"state": "started", "test": "default", "unit_offline": True}),
    ("scsi_selftest", {"state": "started", "test": "extended", "foreground": True}),
    ("scsi_selftest", {"state": "aborted"}),
    ("scsi_stream", {"count": 3}),
    ("scsi_stream", {"state": "absent", "all": True}),
    ("scsi_xcopy_facts", {"gather": ["parameters", "status", "data", "failures"], "assume_supported": True}),
]


def sent(guest: Guest) -> list[tuple[int, int]]:
    """Operation code and service action bits of each command that the kernel has dispatched since the trace began."""
    trace = guest.run(f"cat {TRACING}/trace").stdout
    cdbs = [bytes.fromhex(raw.replace(" ", "")) for raw in re.findall(r"raw=([0-9a-f ]+)\)", trace)]
    return [(cdb[0], cdb[1] & 0x1F) for cdb in cdbs]


@pytest.fixture(name="trace")
def _trace(guest: Guest) -> Iterator[None]:
    events = f"{TRACING}/events/scsi/scsi_dispatch_cmd_start/enable"
    begun = guest.run(f"echo 4096 > {TRACING}/buffer_size_kb; echo > {TRACING}/trace; echo 1 > {events}")
    assert begun.returncode == 0, begun.stderr
    yield
    guest.run(f"echo 0 > {events}")


def every_node(guest: Guest) -> list[str]:
    groups = ("scsi_debug", "lio", "sata", "qemu_disk")
    return [str(device["sg"]) for group in groups for device in guest.devices[group]]


def changing(commands: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of our modules' commands that change a device, or discard what it holds."""
    return [(code, action) for code, action in commands
            if code == SEND_DIAGNOSTIC or (code, action) == (SERVICE_ACTION_IN, STREAM_CONTROL)
            or code == RECEIVE_COPY_RESULTS and action != OPERATING_PARAMETERS]


@pytest.mark.usefixtures("trace")
def test_nothing_that_changes_a_device_reaches_it(guest: Guest) -> None:
    nodes = every_node(guest)
    for module, options in RUNS:
        guest.entries("kernel_root", module, dict(options, devices=nodes), check=True)
    commands = sent(guest)
    assert {code for code, _action in commands} >= {LOG_SENSE, SERVICE_ACTION_IN, RECEIVE_COPY_RESULTS}
    assert changing(commands) == []


@pytest.mark.usefixtures("trace")
def test_the_trace_would_show_it(guest: Guest) -> None:
    """The same runs without check mode, on a drive that they do not harm."""
    node = guest.devices["scsi_debug"][0]["sg"]
    for module, options in RUNS:
        guest.entries("kernel_root", module, dict(options, devices=[node], force=True)
                      if module == "scsi_selftest" else dict(options, devices=[node]))
    seen = {code for code, _action in changing(sent(guest))}
    assert seen >= {SEND_DIAGNOSTIC, RECEIVE_COPY_RESULTS}

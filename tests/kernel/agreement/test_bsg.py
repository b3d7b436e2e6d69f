# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bsg nodes, which use another form of SG_IO, must give the same results as the sg node of the same drive."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Guest

QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("scsi_stream", {}), ("scsi_selftest", {"on_unknown": "accept", "max_age": "any"}),
    ("scsi_diagnostic", {}), ("scsi_command", {"cdb": "9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00",
                                               "data_in_length": 32})]


@pytest.mark.parametrize("module,options", QUESTIONS, ids=[module for module, _options in QUESTIONS])
def test_a_bsg_node_tells_what_the_sg_node_tells(guest: Guest, module: str, options: dict[str, Any]) -> None:
    devices = [guest.devices[group][0] for group in ("scsi_debug", "lio")]
    told = []
    for kind in ("sg", "bsg"):
        nodes = [device[kind] for device in devices]
        found = guest.entries("kernel_root", module, dict(options, devices=nodes))
        entries = [found[node] for node in nodes]
        for entry in entries:
            del entry["device"]
            if entry.get("reply"):
                del entry["reply"]["duration_seconds"]
        told.append(entries)
    assert told[0] == told[1]


def test_what_a_bsg_node_sends_out_arrives(guest: Guest) -> None:
    path = guest.devices["scsi_debug"][0]["bsg"]
    options = {"devices": [path], "state": "started", "test": "default"}
    result = guest.ask("kernel_root", "scsi_selftest", options)
    assert (result["drives"][0]["status"], result["changed"]) == ("ok", True), result

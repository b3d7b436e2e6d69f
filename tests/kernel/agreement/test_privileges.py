# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what through which node, and what the messages say: as an ordinary user, with the capability, as root."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from conftest import Guest

ORDINARY, CAPABLE, ROOT = "kernel_operator", "kernel_operator_rawio", "kernel_root"

Run = tuple[str, dict[str, Any]]
STREAMS: Run = ("scsi_stream", {})  # GET STREAM STATUS: passes an open for reading
# RECEIVE COPY RESULTS: the capability, or an sg node that is open for writing
COPIES: Run = ("scsi_xcopy_facts", {"assume_supported": True})
TESTS: Run = ("scsi_selftest", {"state": "started", "test": "default"})  # SEND DIAGNOSTIC: the same

# user, node, open_mode: for each of streams, copies and tests what the message names, or None where it works
TABLE: list[tuple[str, str, str, tuple[list[str] | None, ...]]] = [
    (ORDINARY, "sg", "auto", (None, None, None)),
    (ORDINARY, "sg", "read_only",
     (None, ["open_mode: read_only"], ["open_mode: read_only"])),
    (ORDINARY, "sg", "read_write", (None, None, None)),
    (ORDINARY, "block", "auto", (None, ["CAP_SYS_RAWIO", "{block}", "{sg}", "become: true"],
                                 ["CAP_SYS_RAWIO", "{block}", "{sg}", "become: true"])),
    (ORDINARY, "block", "read_write", (None, ["CAP_SYS_RAWIO", "{block}"], ["CAP_SYS_RAWIO", "{block}"])),
    (CAPABLE, "sg", "read_only", (None, None, None)),
    (CAPABLE, "block", "auto", (None, None, None)),
    (CAPABLE, "block", "read_only", (None, None, None)),
    (CAPABLE, "block", "read_write", (None, None, None)),
    (ROOT, "sg", "read_only", (None, None, None)),
    (ROOT, "block", "read_only", (None, None, None)),
]


def drive(guest: Guest, node: str) -> dict[str, Any]:
    """The drive to use for this kind of node: two nodes of one drive in one task would count as one drive."""
    return guest.devices["scsi_debug"][1 if node == "sg" else 2]


@cache
def said(guest: Guest, user: str, open_mode: str, module: str, options: str) -> dict[str, dict[str, Any]]:
    """What a module reports on an sg node and on a block node; run only once, since each run takes seconds."""
    nodes = [drive(guest, node)[node] for node in ("sg", "block")]
    return guest.entries(user, module, dict(json.loads(options), devices=nodes, open_mode=open_mode))


@pytest.mark.parametrize("user,node,open_mode,expected", TABLE, ids=["-".join(row[:3]) for row in TABLE])
def test_what_works_and_what_the_message_names(
        guest: Guest, user: str, node: str, open_mode: str, expected: tuple[list[str] | None, ...]) -> None:
    device = drive(guest, node)
    for (module, options), names in zip((STREAMS, COPIES, TESTS), expected, strict=True):
        entry = said(guest, user, open_mode, module, json.dumps(options))[device[node]]
        if names is None:
            assert entry["error"] is None, entry["reason"]
        else:
            assert entry["error"]["kind"] == "access"
            assert all(name.format(**device) in entry["reason"] for name in names), entry["reason"]


def test_a_partition_is_refused_by_name(guest: Guest) -> None:
    device = next(each for each in guest.devices["scsi_debug"] if each["partitions"])
    partition = device["partitions"][0]
    entry = guest.entries(ROOT, "scsi_stream", {"devices": [partition]})[partition]
    assert "partition" in entry["reason"] and device["block"] in entry["reason"]


def test_a_disk_that_is_not_scsi_is_refused_by_name(guest: Guest) -> None:
    entry = guest.entries(ROOT, "scsi_stream", {"devices": ["/dev/vda"]})["/dev/vda"]
    assert "SCSI" in entry["reason"] and "virtio_blk" in entry["reason"]


def test_a_node_of_another_group_says_who_may(guest: Guest) -> None:
    path = guest.one("cdrom", driver="virtio_scsi", has_medium=True)["block"]
    entry = guest.entries(ORDINARY, "scsi_stream", {"devices": [path]})[path]
    assert entry["error"]["kind"] == "access"
    assert "reading" in entry["reason"] and "root:cdrom 0660" in entry["reason"]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scsi_xcopy_facts compared with sg_copy_results, device by device and value by value."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conftest import Guest

# What sg_copy_results prints, and the fact with the same meaning.
LINES = {
    r"Maximum target descriptor count: (\d+)": "maximum_cscd_descriptor_count",
    r"Maximum segment descriptor count: (\d+)": "maximum_segment_descriptor_count",
    r"Maximum descriptor list length: (\d+) bytes": "maximum_descriptor_list_length_bytes",
    r"Maximum segment length: (\d+) bytes": "maximum_segment_length_bytes",
    r"Held data limit: (\d+) bytes": "held_data_limit_bytes",
    r"Maximum stream device transfer size: (\d+) bytes": "maximum_stream_device_transfer_size_bytes",
    r"Total concurrent copies: (\d+)": "total_concurrent_copies",
    r"Maximum concurrent copies: (\d+)": "maximum_concurrent_copies",
    r"Data segment granularity: (\d+) bytes": "data_segment_granularity_bytes",
    r"Inline data granularity: (\d+) bytes": "inline_data_granularity_bytes",
    r"Held data granularity: (\d+) bytes": "held_data_granularity_bytes",
}


@pytest.mark.parametrize("unit", [0, 1])
@pytest.mark.parametrize("node", ["sg", "block"])
def test_the_operating_parameters_of_lio(guest: Guest, unit: int, node: str) -> None:
    path = guest.devices["lio"][unit][node]
    printed = guest.run(f"sg_copy_results -p {path}")
    assert printed.returncode == 0, printed.stderr
    entry = guest.said("scsi_xcopy_facts", path)
    assert (entry["status"], entry["supported"]) == ("ok", True)
    theirs: dict[str, Any] = {fact: int(re.search(pattern, printed.stdout)[1])  # type: ignore[index]
                              for pattern, fact in LINES.items()}
    theirs["snlid"] = bool(re.search(r"Supports no list identifier.*: yes", printed.stdout))
    assert "Inline data not supported" in printed.stdout
    theirs["maximum_inline_data_length_bytes"] = 0
    assert {name: entry["parameters"][name] for name in theirs} == theirs
    for kind, fact in (("Segment", "segment_descriptors"), ("Target", "cscd_descriptors")):
        codes = [int(code, 16) for code in re.findall(rf"{kind} descriptor (0x[0-9a-f]+)", printed.stdout)]
        assert [each["value"] for each in entry["parameters"][fact]] == codes and codes


@pytest.mark.parametrize("question,option", [("status", "-s"), ("data", "-r"), ("failures", "-f")])
def test_what_lio_refuses(guest: Guest, question: str, option: str) -> None:
    path = guest.devices["lio"][0]["sg"]
    printed = guest.run(f"sg_copy_results {option} {path}")
    assert printed.returncode == 5, "the tool no longer calls it an illegal request"
    assert "invalid" in guest.said("scsi_xcopy_facts", path)["refused"][question]


@pytest.mark.parametrize("group", ["scsi_debug", "sata", "qemu_disk"])
@pytest.mark.parametrize("node", ["sg", "block"])
def test_a_device_without_a_copy_manager(guest: Guest, group: str, node: str) -> None:
    path = guest.devices[group][0][node]
    assert guest.run(f"sg_copy_results -p {path}").returncode == 9, "the tool no longer says: invalid operation code"
    entry = guest.said("scsi_xcopy_facts", path)
    assert (entry["status"], entry["supported"], entry["parameters"]) == ("ok", False, None)
    assert "invalid command operation code" in entry["reason"]


def test_a_device_that_says_that_it_has_no_copy_manager_is_not_asked(guest: Guest) -> None:
    path = guest.devices["scsi_debug"][0]["sg"]
    assert re.search(r"3PC=0", guest.run(f"sg_inq {path}").stdout)
    entry = guest.entries("kernel_root", "scsi_xcopy_facts", {"devices": [path], "raw": True})[path]
    assert (entry["status"], entry["supported"]) == ("ok", False) and "3PC" in entry["reason"]
    # INQUIRY, and REPORT SUPPORTED OPERATION CODES, which might have named a copy manager; neither 83h nor 84h.
    assert [command["cdb"][:2] for command in entry["commands"] if not command["cdb"].startswith(("12", "a30c"))] == []


@pytest.mark.parametrize("node", ["sg", "block"])
def test_a_cd_rom_that_loses_the_answer_yields_no_facts(guest: Guest, node: str) -> None:
    """sg_copy_results prints zeros for it, and exits with 0; our module must never do that."""
    path = guest.one("cdrom", driver="ahci")[node]
    printed = guest.run(f"sg_copy_results -p {path} 2>&1")
    assert printed.returncode == 0 and "Maximum segment length: 0 bytes" in printed.stdout
    assert "DID_ERROR" in printed.stdout
    entry = guest.said("scsi_xcopy_facts", path)
    assert (entry["status"], entry["supported"], entry["parameters"]) == ("failed", None, None)
    assert entry["error"]["kind"] == "transport" and entry["error"]["host_status"] == "DID_ERROR"


def test_a_cd_rom_without_a_medium_is_not_ready(guest: Guest) -> None:
    path = guest.one("cdrom", driver="virtio_scsi", has_medium=False)["sg"]
    assert guest.run(f"sg_copy_results -p {path}").returncode == 2
    entry = guest.said("scsi_xcopy_facts", path)
    assert entry["status"] == "failed" and "not ready: medium not present" in entry["reason"]


def test_the_third_party_copy_page(guest: Guest) -> None:
    """No device here has VPD page 8Fh: our module returns null where sg_vpd fails."""
    for group in ("lio", "scsi_debug"):
        path = guest.devices[group][0]["sg"]
        assert guest.run(f"sg_vpd --page=0x8f {path}").returncode != 0
        assert guest.said("scsi_xcopy_facts", path)["third_party_copy"] is None

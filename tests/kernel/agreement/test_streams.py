# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scsi_stream compared with sg_stream_ctl, sg_vpd, and the raw bytes.

sg_stream_ctl 1.46 lists one stream fewer than there are, so our list is compared with the bytes that sg_raw fetches,
and our count with the number that sg_stream_ctl prints.
"""

from __future__ import annotations

import re

import pytest
from conftest import Guest


def streams_in(dump: str) -> list[tuple[int, bool]]:
    """Identifier and PERM of each eight-byte descriptor, after a header of eight bytes (SBC-5 5.10)."""
    data = bytes.fromhex(dump)
    end = 8 + int.from_bytes(data[:4], "big")
    return [(int.from_bytes(data[at + 2:at + 4], "big"), bool(data[at] & 0x80)) for at in range(8, end, 8)]


@pytest.mark.parametrize("node", ["sg", "block"])
def test_the_streams_of_scsi_debug(guest: Guest, node: str) -> None:
    path = guest.devices["scsi_debug"][0][node]
    entry = guest.said("scsi_stream", path)
    printed = guest.run(f"sg_stream_ctl --get {path} 2>&1")
    if guest.kernel == "6.1":  # its scsi_debug does not support streams
        assert printed.returncode == 5
        assert (entry["status"], entry["streams"]["supported"]) == ("ok", False)
        assert "invalid field in CDB, byte 1" in entry["reason"]
        return
    fetched = guest.run(
        f"sg_raw --outfile=/tmp/streams --request=4096 {path} 9e 16 00 00 00 00 00 00 00 00 00 00 10 00 00 00 "
        ">/dev/null 2>&1; od -An -v -tx1 /tmp/streams | tr -d ' \\n'")
    raw = streams_in(fetched.stdout)
    assert raw, fetched
    assert entry["streams"]["open"] == [each for each, permanent in raw if not permanent]
    assert entry["streams"]["permanent"] == [each for each, permanent in raw if permanent]
    number = re.search(r"Number of open streams: (\d+)", printed.stdout)
    assert number and entry["streams"]["reported_open"] == int(number[1]) == len(raw)


@pytest.mark.parametrize("node", ["sg", "block"])
def test_the_most_streams_of_scsi_debug(guest: Guest, node: str) -> None:
    path = guest.devices["scsi_debug"][0][node]
    printed = guest.run(f"sg_vpd --page=0xb7 {path}")
    maximum = guest.said("scsi_stream", path)["streams"]["maximum"]
    if guest.kernel == "6.1":
        assert printed.returncode != 0 and maximum is None
    else:
        number = re.search(r"Maximum number of streams: (\d+)", printed.stdout)
        assert number and maximum == int(number[1]) > 0


@pytest.mark.parametrize("group", ["lio", "sata", "qemu_disk"])
def test_a_device_without_streams(guest: Guest, group: str) -> None:
    path = guest.devices[group][0]["sg"]
    assert guest.run(f"sg_stream_ctl --get {path}").returncode in (5, 9)
    entry = guest.said("scsi_stream", path)
    assert (entry["status"], entry["streams"]["supported"], entry["streams"]["open"]) == ("ok", False, [])
    assert re.search(r"\binvalid (?:field in CDB|command operation code)\b", entry["reason"])


def test_opening_where_that_is_not_possible(guest: Guest) -> None:
    path = guest.devices["scsi_debug"][0]["sg"]
    assert guest.run(f"sg_stream_ctl --open {path}").returncode in (5, 9)
    entry = guest.entries("kernel_root", "scsi_stream", {"devices": [path], "count": 2})[path]
    assert entry["status"] == "failed" and not entry["streams"]["opened"]
    assert re.search(r"\binvalid (?:field in CDB|command operation code)\b|\bstreams open\b.*\bmore\b", entry["reason"])


def test_a_cd_rom_that_loses_the_answer_yields_no_streams(guest: Guest) -> None:
    path = guest.one("cdrom", driver="ahci")["sg"]
    printed = guest.run(f"sg_stream_ctl --get {path} 2>&1")
    assert printed.returncode == 0 and "Number of open streams: 0" in printed.stdout
    entry = guest.said("scsi_stream", path)
    assert (entry["status"], entry["streams"]) == ("failed", None) and "DID_ERROR" in entry["reason"]

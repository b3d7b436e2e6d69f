# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our initiator on LIO's iSCSI target in the same guest, with CHAP and digests, against sg3_utils on LIO's node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Guest

ROOT = "kernel_root"
TARGET = "iqn.2026-01.org.drivecare:lio"
PORTAL = "127.0.0.1:3261"
FOLDER = "/sys/kernel/config/target"
TPG = f"{FOLDER}/iscsi/{TARGET}/tpgt_1"
CHAP = {"iscsi_user": "operator", "iscsi_secret": "of the initiator", "iscsi_digests": "required"}

# The first of the units that drivecare-lio has created for the loopback fabric is served through iSCSI as well.
UP = f"""
set -e
modprobe -a target_core_mod iscsi_target_mod
mkdir -p {FOLDER}/iscsi
mkdir -p {TPG}/lun/lun_0 {TPG}/np/{PORTAL}
ln -s {FOLDER}/core/fileio_0/lun0 {TPG}/lun/lun_0/lun0
echo 1 > {TPG}/attrib/generate_node_acls
echo 0 > {TPG}/attrib/demo_mode_write_protect
echo 1 > {TPG}/attrib/authentication
echo -n '{CHAP["iscsi_user"]}' > {TPG}/auth/userid
echo -n '{CHAP["iscsi_secret"]}' > {TPG}/auth/password
echo 'CRC32C,None' > {TPG}/param/HeaderDigest
echo 'CRC32C,None' > {TPG}/param/DataDigest
echo 1 > {TPG}/enable
"""
DOWN = f"""
echo 0 > {TPG}/enable
rm {TPG}/lun/lun_0/lun0
rmdir {TPG}/lun/lun_0 {TPG}/np/{PORTAL} {TPG} {FOLDER}/iscsi/{TARGET}
"""


@pytest.fixture(name="lio", scope="module")
def _lio(guest: Guest) -> Iterator[Guest]:
    done = guest.run(UP)
    assert done.returncode == 0, done.stderr
    yield guest
    guest.run(DOWN)


def ask(lio: Guest, module: str, device: str, **options: Any) -> dict[str, Any]:
    return lio.ask(ROOT, module, {"devices": [device], "on_error": "report", **CHAP, **options})


def test_all_units_behind_a_portal_and_what_they_are(lio: Guest) -> None:
    found, = ask(lio, "scsi_drive_facts", f"iscsi://{PORTAL}/", gather_subset=["identity", "capacity"])[
        "ansible_facts"]["scsi_drives"]
    local = lio.one("lio", address=min(device["address"] for device in lio.devices["lio"]))
    inquiry = lio.run(f"sg_inq {local['sg']}").stdout
    assert found["device"] == f"iscsi://{PORTAL}/{TARGET}/0" and found["status"] == "ok"
    assert f"Unit serial number: {found['identity']['serial']}" in inquiry
    assert f"Product identification: {found['identity']['product']}" in inquiry
    assert found["wwn"].replace("naa.", "0x") in lio.run(f"sg_vpd -p 0x83 {local['sg']}").stdout
    assert f"Device size: {found['capacity']['capacity_bytes']} bytes" in lio.run(f"sg_readcap -l {local['sg']}").stdout


def test_blocks_written_through_one_way_are_read_by_the_other(lio: Guest) -> None:
    device = f"iscsi://{PORTAL}/{TARGET}/0"
    pattern = "c3" * 4096
    wrote = ask(lio, "scsi_command", device, cdb="2a 00 00 00 10 00 00 00 08 00", data_out=pattern, changes=True)
    assert wrote["drives"][0]["status"] == "ok", wrote
    local = lio.one("lio", address=min(each["address"] for each in lio.devices["lio"]))
    there = lio.run(f"sg_dd if={local['sg']} bs=512 skip=4096 count=8 | od -An -v -tx1 | tr -d ' \\n'").stdout
    assert there == pattern
    read = ask(lio, "scsi_command", device, cdb="28 00 00 00 10 00 00 00 08 00", data_in_length=4096)
    assert read["drives"][0]["reply"]["data_in"] == pattern


def test_the_copy_manager_says_the_same_by_both_ways(lio: Guest) -> None:
    local = lio.one("lio", address=min(each["address"] for each in lio.devices["lio"]))
    asked = {"gather": ["parameters"]}
    by_iscsi = ask(lio, "scsi_xcopy_facts", f"iscsi://{PORTAL}/{TARGET}/0", **asked)["ansible_facts"]["scsi_xcopy"][0]
    by_node = ask(lio, "scsi_xcopy_facts", local["sg"], **asked)["ansible_facts"]["scsi_xcopy"][0]
    assert by_iscsi["parameters"] == by_node["parameters"] and by_iscsi["status"] == "ok"


def test_a_wrong_secret_is_told(lio: Guest) -> None:
    refused = lio.ask(ROOT, "scsi_stream", {
        "devices": [f"iscsi://{PORTAL}/{TARGET}/0"], "on_error": "report", **CHAP, "iscsi_secret": "of somebody else"})
    assert refused["drives"][0]["status"] == "failed"
    assert "(02/01)" in refused["drives"][0]["reason"]

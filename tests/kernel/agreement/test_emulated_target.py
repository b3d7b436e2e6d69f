# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated target as the Linux kernel, sg3_utils, ddpt and smartctl see it, compared with our modules."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Guest
from emulated import NAME, PORTAL, Shelf

ROOT = "kernel_root"
HDD, SSD, ARRAY, SHELF, OLD = "SAS HARD DISK", "SAS SSD", "ARRAY VOLUME", "EMULATED SHELF", "OLD DISK"


@pytest.fixture(name="shelf", scope="module")
def _shelf(guest: Guest) -> Iterator[Shelf]:
    shelf = Shelf(guest)
    try:
        shelf.start()
        yield shelf
    finally:
        shelf.stop()


def facts(shelf: Shelf, node: str, *subsets: str) -> dict[str, Any]:
    result = shelf.guest.ask(ROOT, "scsi_drive_facts", {"devices": [node], "gather_subset": list(subsets)})
    found: dict[str, Any] = result["ansible_facts"]["scsi_drives"][0]
    return found


def selftests(shelf: Shelf, node: str, **options: Any) -> dict[str, Any]:
    return shelf.guest.ask(ROOT, "scsi_selftest", {"devices": [node], **options})


# The kernel --------------------------------------------------------------------------------------------------------


def test_open_iscsi_logs_in_with_mutual_chap_and_digests(shelf: Shelf) -> None:
    session = shelf.say("iscsiadm -m session -P 2")
    assert re.search("HeaderDigest: CRC32C", session) and re.search("DataDigest: CRC32C", session)
    assert shelf.guest.run(f"iscsiadm -m discovery -t st -p {PORTAL}").returncode != 0  # without CHAP


@pytest.mark.parametrize("name,value,back", [
    ("node.session.auth.password", "not of initiator", "of the initiator"),
    ("node.session.auth.password_in", "not of the target", "of the target 17")])
def test_a_wrong_secret_of_either_side_keeps_them_apart(shelf: Shelf, name: str, value: str, back: str) -> None:
    shelf.logout()
    shelf.set({name: value})
    try:
        refused = shelf.guest.run(f"iscsiadm -m node -T {NAME} -p {PORTAL} --login")
    finally:
        shelf.set({name: back})
        shelf.login()
    # open-iscsi says less about its own refusal of the target's secret than about the target's refusal.
    assert refused.returncode != 0 and "iscsiadm: Could not login" in refused.stderr


def test_a_file_system_keeps_its_files(shelf: Shelf) -> None:
    disk = shelf.node(HDD, "block")
    shelf.say(f"mkfs.ext4 -q -F {disk}", "mkdir -p /mnt/emulated", f"mount {disk} /mnt/emulated",
              "head -c 20000000 /dev/urandom > /mnt/emulated/large", "cp -r /etc /mnt/emulated/etc",
              "cd /mnt/emulated && find . -type f -print0 | xargs -0 sha256sum > /tmp/sums", "cd /",
              "umount /mnt/emulated")
    shelf.logout()
    shelf.login()
    disk = shelf.node(HDD, "block")
    shelf.say(f"e2fsck -fn {disk}", f"mount -o ro {disk} /mnt/emulated",
              "cd /mnt/emulated && sha256sum --quiet -c /tmp/sums", "cd /", "umount /mnt/emulated")


def test_a_drive_that_is_mounted_is_not_tested_in_the_foreground(shelf: Shelf) -> None:
    shelf.say(f"mount -o ro {shelf.node(HDD, 'block')} /mnt/emulated")
    try:
        said = selftests(shelf, shelf.node(HDD), state="started", foreground=True, on_error="report")
    finally:
        shelf.say("umount /mnt/emulated")
    assert said["drives"][0]["selftest"]["verdict"] == "in_use"
    assert "/mnt/emulated" in said["drives"][0]["reason"]


def test_a_drive_by_two_paths_is_one_drive(shelf: Shelf) -> None:
    shelf.say(f"iscsiadm -m session -r {shelf.sessions()[0]} --op new")
    try:
        shelf.wait_for(10)
        entries = shelf.guest.entries(ROOT, "scsi_stream", {"devices": ["all"]})
        wwn = facts(shelf, shelf.node(SSD), "identity")["wwn"]
        paths = facts(shelf, f"wwn:{wwn}", "identity")["identity"]["paths"]
    finally:
        shelf.say(f"iscsiadm -m session -r {shelf.sessions()[-1]} -u")
    both = [entry for entry in entries.values() if entry["device"] in {path["sg_node"] for path in paths}]
    assert sorted(entry["status"] for entry in both) == ["ok", "skipped"]
    assert len({path["hctl"].split(":")[0] for path in paths}) == 2


# sg3_utils and ddpt --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [
    "sg_inq {0}", "sg_vpd -p 0 {0}", "sg_vpd -p 0x80 {0}", "sg_vpd -p 0x83 {0}", "sg_vpd -p 0x86 {0}",
    "sg_vpd -p 0xb0 {0}", "sg_vpd -p 0xb1 {0}", "sg_vpd -p 0xb2 {0}", "sg_readcap -l {0}", "sg_turs {0}",
    "sg_requests {0}", "sg_requests -d {0}", "sg_modes -a {0}", "sg_logs -a {0}", "sg_luns {0}", "sg_opcodes {0}",
    "sg_senddiag -l {0}", "sg_verify --count=64 {0}", "sg_sync {0}", "sg_read_buffer -m 3 {0} || true",
    "sg_sat_identify {0} || true", "sg_persist -c {0}"])
def test_a_tool_gets_what_it_asks_for(shelf: Shelf, command: str) -> None:
    shelf.say(command.format(shelf.node(HDD)))


def test_what_the_drive_is_and_holds(shelf: Shelf) -> None:
    node = shelf.node(HDD)
    found = facts(shelf, node, "identity", "capacity")
    inquiry, last = shelf.say(f"sg_inq {node}"), shelf.say(f"sg_readcap -l {node}")
    assert f"Product identification: {found['identity']['product']}" in inquiry
    assert f"Unit serial number: {found['identity']['serial']}" in inquiry
    assert found["wwn"].replace("naa.", "0x") in shelf.say(f"sg_vpd -p 0x83 {node}")
    assert f"Device size: {found['capacity']['capacity_bytes']} bytes" in last
    assert shelf.say(f"sg_luns {node}").count("\n    ") == 6


def test_diagnostic_pages_of_a_disk_and_of_an_enclosure(shelf: Shelf) -> None:
    for model in (HDD, SHELF):
        node = shelf.node(model)
        said = shelf.guest.ask(ROOT, "scsi_diagnostic", {"devices": [node]})["drives"][0]["diagnostics"]["supported"]
        listed = shelf.say(f"sg_senddiag -l -H {node}")
        raw = bytes.fromhex("".join(re.sub("^ *[0-9a-f]+ ", "", line)[:50] for line in listed.splitlines()
                                    if re.match(" *[0-9a-f]+  ", line)))
        assert [page["value"] for page in said] == list(raw[4:4 + raw[3]])
    status = shelf.say(f"sg_ses -p 2 {shelf.node(SHELF)}")
    page = shelf.guest.ask(ROOT, "scsi_diagnostic", {
        "devices": [shelf.node(SHELF)], "pages": [1, 2]})["drives"][0]["diagnostics"]["pages"][1]["decoded"]
    assert len(page["groups"]) == status.count("Element type:")


def test_reservations(shelf: Shelf) -> None:
    node = shelf.node(HDD)
    shelf.say(f"sg_persist --out --register --param-sark=0xabc123 {node}",
              f"sg_persist --out --reserve --param-rk=0xabc123 --prout-type=5 {node}")
    try:
        assert "0xabc123" in shelf.say(f"sg_persist -k {node}")
        assert "Write Exclusive, registrants only" in shelf.say(f"sg_persist -r {node}")
    finally:
        shelf.say(f"sg_persist --out --clear --param-rk=0xabc123 {node}")
    assert "NO registered reservation keys" in shelf.say(f"sg_persist -k {node}")


def test_blocks_are_copied_by_the_copy_manager(shelf: Shelf) -> None:
    one, other = shelf.node(ARRAY, "block"), shelf.node(ARRAY, "block", 1)
    shelf.say("head -c 4194304 /dev/urandom > /tmp/pattern", f"dd if=/tmp/pattern of={one} bs=1M oflag=direct",
              f"sg_xcopy if={one} of={other} count=8192 bs=512",
              f"dd if={other} bs=1M count=4 iflag=direct | cmp - /tmp/pattern")
    shelf.say(f"timeout 60 ddpt --xcopy if={one} of={other} bs=512 count=4096 seek=16384",
              f"dd if={other} bs=512 skip=16384 count=4096 iflag=direct | cmp -n 2097152 - /tmp/pattern")


def test_what_the_copy_manager_can_do(shelf: Shelf) -> None:
    node = shelf.node(ARRAY)
    said = shelf.say(f"sg_copy_results -p {node}")
    ours = shelf.guest.entries(ROOT, "scsi_xcopy_facts", {"devices": [node], "gather": ["parameters"]})[node]
    for name, title in (
            ("maximum_cscd_descriptor_count", "Maximum target descriptor count"),
            ("maximum_segment_descriptor_count", "Maximum segment descriptor count"),
            ("maximum_descriptor_list_length_bytes", "Maximum descriptor list length"),
            ("maximum_segment_length_bytes", "Maximum segment length"),
            ("held_data_limit_bytes", "Held data limit"), ("total_concurrent_copies", "Total concurrent copies"),
            ("maximum_concurrent_copies", "Maximum concurrent copies")):
        told = re.search(rf"{title}: (\d+)", said)
        assert told is not None and ours["parameters"][name] == int(told[1]), name


def test_a_copy_that_failed_is_explained(shelf: Shelf) -> None:
    """Through the same path, thus the same I_T nexus, what the copy manager holds can be read by the tool and by us."""
    node = shelf.node(ARRAY)
    wwn = facts(shelf, node, "identity")["wwn"].replace("naa.", "")
    # Reading a final status discards it, so there is a copy for each reader.
    for list_id in (42, 43):
        parameters = (f"{list_id:02x} 00 00 20 00000000 0000001c 00000000 e4 00 0000 01 03 00 {len(wwn) // 2:02x} {wwn}"
                      f"{'00' * (20 - len(wwn) // 2)} 00 000200"
                      "02 00 0018 0000 0000 0000 0008 0000000000000000 ffffffffffff0000")
        refused = shelf.guest.ask(ROOT, "scsi_command", {
            "devices": [node], "cdb": "83 00 00000000 00000000 0000004c 00 00", "data_out": parameters,
            "changes": True, "on_error": "report"})["drives"][0]
        assert refused["status"] == "failed" and "copy destination: illegal request" in refused["reason"]
    asked = {"devices": [node], "gather": ["status"], "list_id": 42}
    status = shelf.guest.entries(ROOT, "scsi_xcopy_facts", asked)[node]["copy_status"]
    theirs = shelf.say(f"sg_copy_results -s -l 43 {node}")
    assert status["copy_command_status"]["name"] == "completed with errors"
    assert "Operation completed with errors" in theirs
    assert f"Segments processed: {status['segments_processed']}" in theirs


def test_streams(shelf: Shelf) -> None:
    node = shelf.node(SSD)
    opened = shelf.say(f"sg_stream_ctl --open {node}")
    stream = int(opened.rsplit(":", 1)[1])
    ours = shelf.guest.entries(ROOT, "scsi_stream", {"devices": [node], "count": 2})[node]["streams"]
    assert ours["permanent"] == [0] and stream in ours["open"] and len(ours["open"]) == 2
    assert "Number of open streams: 3" in shelf.say(f"sg_stream_ctl --get {node}")
    closed = shelf.guest.ask(ROOT, "scsi_stream", {"devices": [node], "state": "absent", "stream_ids": ours["open"]})
    assert closed["changed"]
    assert "Number of open streams: 1" in shelf.say(f"sg_stream_ctl --get {node}")


# smartctl ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [HDD, SSD])
def test_health_is_what_smartctl_says(shelf: Shelf, model: str) -> None:
    node = shelf.node(model)
    found = facts(shelf, node, "identity", "capacity", "health")
    theirs = shelf.tool(f"smartctl -a -j {node}")
    health = found["health"]
    assert found["identity"]["serial"] == theirs["serial_number"]
    assert found["identity"]["revision"] == theirs["scsi_revision"]
    assert found["identity"]["product"] == theirs["scsi_product"]
    assert found["capacity"]["capacity_bytes"] == theirs["user_capacity"]["bytes"]
    assert found["identity"]["rotation_rate_rpm"] == (theirs["rotation_rate"] or None)
    assert health["temperature"]["temperature_celsius"] == theirs["temperature"]["current"]
    assert health["temperature"]["reference_temperature_celsius"] == theirs["temperature"]["drive_trip"]
    assert health["predicted_failure"] is (not theirs["smart_status"]["passed"])
    later = facts(shelf, node, "health")["health"]  # the clock runs
    assert health["power_on_hours"] <= theirs["power_on_time"]["hours"] <= later["power_on_hours"]
    cycles = theirs["scsi_start_stop_cycle_counter"]
    assert health["start_stop"]["accumulated_start_stop_cycles"] == cycles["accumulated_start_stop_cycles"]
    assert health["grown_defects"]["count"] == theirs["scsi_grown_defect_list"]
    counters = theirs["scsi_error_counter_log"]
    for kind in ("read", "write"):
        assert health["error_counters"][kind]["total_uncorrected_errors"] == counters[kind]["total_uncorrected_errors"]
    if model == SSD:
        assert health["endurance"]["percentage_used_percent"] == theirs["scsi_percentage_used_endurance_indicator"]


def log(shelf: Shelf, node: str) -> list[dict[str, Any]]:
    """smartctl's self-test log, the newest first."""
    told = shelf.tool(f"smartctl -j -l selftest {node}")
    return [told[name] for name in sorted(
        (name for name in told if name.startswith("scsi_self_test_")), key=lambda name: int(name.rsplit("_", 1)[1]))]


def test_self_tests_of_smartctl_sg_senddiag_and_ours_are_in_one_log(shelf: Shelf) -> None:
    node = shelf.node(HDD)
    assert "has begun" in shelf.say(f"smartctl -t short {node}")
    assert selftests(shelf, node, wait=True, poll_interval=0.2)["drives"][0]["selftest"]["verdict"] == "passed"
    shelf.say(f"sg_senddiag --selftest=1 {node}")
    time.sleep(3)
    assert selftests(shelf, node, state="started", wait=True, poll_interval=0.2)["changed"]
    shelf.say(f"smartctl -t long {node}")
    running = selftests(shelf, node, test="extended", on_error="report")["drives"][0]["selftest"]
    assert running["verdict"] == "running" and 0 <= running["progress_percent"] < 100
    assert "Self test in progress" in shelf.guest.run(f"sg_requests {node}; smartctl -l selftest {node}").stdout
    shelf.say(f"smartctl -X {node}")
    ours = selftests(shelf, node)["drives"][0]["selftest"]["results"]
    theirs = log(shelf, node)
    assert len(ours) == len(theirs) == 4
    for one, other in zip(ours, theirs, strict=True):
        assert one["self_test_code"]["value"] == other["code"]["value"]
        assert one["result"]["value"] == other["result"]["value"]
        assert one["power_on_hours"] == other["power_on_time"]["hours"]
    assert [one["self_test_code"]["value"] for one in ours] == [2, 1, 1, 1]
    assert ours[0]["result"]["name"] == "aborted by SEND DIAGNOSTIC"


def test_an_old_disk_is_tested_too(shelf: Shelf) -> None:
    node = shelf.node(OLD)
    assert selftests(shelf, node, wait=True, poll_interval=0.2)["drives"][0]["selftest"]["verdict"] == "passed"
    assert len(log(shelf, node)) == 1


def test_background_scan(shelf: Shelf) -> None:
    node = shelf.node(HDD)
    said = shelf.say(f"smartctl -l background {node}")
    ours = facts(shelf, node, "health")["health"]["background_scan"]
    told = re.search(r"Number of background scans performed: (\d+)", said)
    assert told is not None and ours["status"]["number_of_background_scans_performed"] == int(told[1])


@pytest.mark.parametrize("model", [HDD, SSD])
def test_environment_format_and_use_are_what_sg_logs_says(shelf: Shelf, model: str) -> None:
    node = shelf.node(model)
    before = facts(shelf, node, "health")["health"]
    said = shelf.say(*(f"sg_logs --page={page} {node}" for page in ("0xd,0x1", "0xd,0x2", "0x8", "0x19", "0x1a")))
    later = facts(shelf, node, "health")["health"]

    def told(label: str) -> int:
        # sg3_utils from 1.48 on calls the low limits high as well; the high ones come first.
        found = re.search(rf"^ *{label}(?: =|:) (-?\d+)", said, re.MULTILINE)
        assert found is not None, (label, said)
        return int(found[1])

    sensor, = before["environment"]["temperatures"]
    humid, = before["environment"]["relative_humidities"]
    limits, = before["environmental_limits"]["temperatures"]
    assert sensor["lifetime_minimum_temperature_celsius"] == told("Lifetime minimum temperature")
    assert humid["relative_humidity_percent"] == told("Relative humidity")
    highest = limits["high_operating_temperature_limit_trigger_celsius"]
    assert highest == told("High operating temperature limit trigger")
    assert before["format_status"]["total_new_blocks_reassigned"] == told("Total new blocks reassigned")
    # The clock runs, and the kernel may read.
    for fact, name, label in (
            ("format_status", "power_on_minutes_since_format", "Power on minutes since format"),
            ("statistics", "read_commands", "number of read commands"),
            ("statistics", "logical_blocks_transmitted", "number of logical blocks transmitted"),
            ("statistics", "idle_time_intervals", "idle time intervals"),
            ("power_transitions", "active", "Accumulated transitions to active")):
        assert before[fact][name] <= told(label) <= later[fact][name], label

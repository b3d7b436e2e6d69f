# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scsi_drive_facts asks, and what it never asks; what becomes of the answers."""

from __future__ import annotations

import re
from typing import Any, Sequence

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import (
    DEFAULT,
    SUBSETS,
    Wanted,
    chosen,
    gather_facts,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import (
    BUSY,
    CHECK_CONDITION,
    GOOD,
    RESERVATION_CONFLICT,
    Reply,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_results as copies
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.block_commands_capacity import (
    encode_read_capacity_10,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_health import encode_pending_defects
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.streams import encode_stream_status
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits_extension import (
    encode_block_limits_extension,
)

from .entries import shown
from .facts_drive import BLOCKS, MINUTES, PORT, WWN, FactsDrive, thin


@pytest.fixture(name="drive")
def _drive() -> FactsDrive:
    return FactsDrive()


def gather(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, subset: Sequence[str] = DEFAULT,
           check_mode: bool = False) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    entry = shown(gather_facts([drive.device], Options(check_mode=check_mode),
                               Wanted.from_options({"gather_subset": list(subset)}))[0])
    assert entry["status"] in ("ok", "failed", "timeout")
    return entry


# Which subsets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names,expected", [
    (list(DEFAULT), set(DEFAULT)), ([], set(DEFAULT)), (["all"], set(SUBSETS)), (["health"], {"health"}),
    (["!health"], set(DEFAULT) - {"health"}), (["all", "!xcopy"], set(SUBSETS) - {"xcopy"}),
    (["!all", "limits"], {"limits"}), (["identity", "xcopy", "!xcopy"], {"identity"}),
])
def test_the_subsets_that_a_list_stands_for(names: list[str], expected: Any) -> None:
    assert chosen(names) == expected


@pytest.mark.parametrize("names,said", [
    (["helth"], r"\bgather_subset\b.*'helth'.*\bhealth\b"), (["!helth"], r"\bgather_subset\b.*'helth'.*\bhealth\b"),
    (["!all"], r"^(?!.*'all').*\bgather_subset\b.*\bhealth\b"),
    (["health", "!health"], r"^(?!.*'health').*\bgather_subset\b.*\bhealth\b")])
def test_subsets_that_mean_nothing(names: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        chosen(names)


def test_the_default_leaves_out_what_needs_more_rights() -> None:
    assert set(SUBSETS) - set(DEFAULT) == {"xcopy", "streams"}


def test_what_was_not_gathered_is_null(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    entry = gather(monkeypatch, drive, ["limits"])
    assert entry["gathered"] == ["limits"] and entry["limits"]["maximum_transfer_length_blocks"] == 65535
    assert [entry[each] for each in SUBSETS if each != "limits"] == [None] * 7
    assert entry["facts_version"] == 1 and entry["changed"] is False


# Nothing in vain --------------------------------------------------------------------------------------------------


def test_a_drive_with_lists_is_asked_nothing_that_it_refuses(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    entry = gather(monkeypatch, drive, ["all"], check_mode=True)
    assert drive.refused == []
    assert entry["status"] == "ok" and entry["warnings"] == []
    assert entry["gathered"] == list(SUBSETS)


def test_nothing_is_asked_twice(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    gather(monkeypatch, drive, ["all"])
    # The first two tell whether the drive is another's way already; REQUEST SENSE has a new answer each time.
    asked = [command.cdb.hex() for command in drive.sent[2:] if command.cdb[0] != 0x03]
    assert len(asked) == len(set(asked))


def test_nothing_that_is_asked_changes_the_drive(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    gather(monkeypatch, drive, ["all"])
    assert [command.name for command in drive.sent if command.changes or command.discards] == []


@pytest.mark.parametrize("device_type", [0x00, 0x01, 0x03, 0x04, 0x05, 0x07, 0x08, 0x0C, 0x0D, 0x0E, 0x14, 0x1F])
def test_check_mode_holds_back_no_fact(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, device_type: int) -> None:
    drive.standard["peripheral_device_type"] = device_type
    entries = [gather(monkeypatch, drive, ["all"], check_mode) for check_mode in (False, True)]
    assert entries[0] == entries[1] and "check mode" not in str(entries)


def test_the_lists_come_before_what_is_in_them(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    gather(monkeypatch, drive, ["health"])
    asked = drive.log_pages_asked()
    assert asked[:2] == [(0, 0), (0, 0xFF)] and set(asked[2:]) <= set(drive.log)
    assert drive.sent_codes().index(0xA3) < drive.sent_codes().index(0x4D)


def test_a_drive_without_lists_is_asked_and_its_refusals_are_told(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.lists_commands = drive.lists_subpages = False
    del drive.handlers[0xB7, None]
    entry = gather(monkeypatch, drive)
    assert entry["status"] == "ok" and entry["health"]["grown_defects"]["count"] == 17
    assert len(drive.refused) == len(entry["warnings"]) == 3
    assert "REPORT SUPPORTED OPERATION CODES: illegal request: invalid command operation code" in entry["warnings"][0]
    assert "subpages" in entry["warnings"][1] and "log page 00h,FFh" in entry["warnings"][1]
    assert "log page 15h,01h" in entry["warnings"][2]


@pytest.mark.parametrize("lists", [True, False])
def test_a_subpage_is_read_with_and_without_a_list_of_subpages(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, lists: bool) -> None:
    drive.lists_subpages = lists
    drive.log[0x15, 1] = encode_pending_defects([{"accumulated_power_on_hours": 20000, "logical_block_address": 7}])
    assert gather(monkeypatch, drive, ["health"])["health"]["pending_defects"]["count"] == 1


def test_an_old_drive_is_not_asked_for_what_came_after_it(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.standard["version"] = 4  # SPC-2
    gather(monkeypatch, drive)
    assert 0xA3 not in drive.sent_codes() and (0, 0xFF) not in drive.log_pages_asked()
    assert [command.name for command in drive.sent if "CAPACITY" in command.name] == ["READ CAPACITY(10)"]


def test_a_drive_without_log_pages(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.handlers[0x4D, None]
    entry = gather(monkeypatch, drive)
    assert drive.refused == [] and entry["warnings"] == [] and drive.log_pages_asked() == []
    assert entry["health"]["background_scan"] is None and entry["health"]["power_on_hours"] is None
    assert entry["selftest"]["log_supported"] is False


def test_a_drive_that_does_not_list_its_log_pages_is_asked_for_each(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.lists_log = False
    entry = gather(monkeypatch, drive, ["health"])
    assert drive.log_pages_asked()[0] == (0, 0) and (0x2F, 0) in drive.log_pages_asked()
    assert entry["health"]["power_on_hours"] == MINUTES // 60 and "list of log pages" in entry["warnings"][0]


def test_a_drive_that_lists_no_vital_product_data_is_asked_for_each_page(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.lists_vpd = False
    entry = gather(monkeypatch, drive, ["identity", "limits"])
    assert entry["identity"]["serial"] == "Z1W0ABCD" and entry["limits"]["maximum_transfer_length_blocks"] == 65535


def test_an_old_drive_without_vital_product_data_is_asked_for_its_names_only(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.standard["version"] = 3
    drive.lists_vpd = False
    drive.vpd.clear()
    entry = gather(monkeypatch, drive, ["identity", "capacity", "limits"])
    pages = {command.cdb[2] for command in drive.sent if command.cdb[0] == 0x12 and command.cdb[1] & 1}
    assert pages == {0x83, 0x80, 0x00} and entry["status"] == "ok" and entry["limits"] is None
    assert entry["wwn"] is entry["identity"]["wwn"] is entry["identity"]["serial"] is None
    assert entry["capacity"]["blocks"] == BLOCKS


def test_a_long_list_of_commands_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    inquiry = drive.handlers.pop((0x12, None))
    for action in range(600):
        drive.handlers[0x7F, 0x100 + action] = drive.handlers[0x00, None]
    drive.handlers[0x12, None] = inquiry
    del drive.handlers[0x37, None]
    drive.handlers[0xB7, None] = drive.handlers.pop((0xB7, None))  # behind all others
    entry = gather(monkeypatch, drive, ["health"])
    assert entry["health"]["grown_defects"]["count"] == 17 and entry["warnings"] == []


# What goes wrong --------------------------------------------------------------------------------------------------


def test_one_question_that_fails_costs_no_other(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.handlers[0x5A, None] = lambda command: Reply(CHECK_CONDITION, encode_fixed_sense(4, 0x44, 0))
    entry = gather(monkeypatch, drive, ["health"])
    assert entry["status"] == "ok" and entry["health"]["background_scan"] is not None
    # All pages together, and each that is wanted by itself.
    assert len(entry["warnings"]) == 4
    for warning in entry["warnings"]:
        assert re.search(r"MODE SENSE\(10\) \(mode page (3F|1C|08|01)h\): hardware error: internal", warning)


def test_a_reservation_of_another_hides_what_it_covers(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.handlers[0x37, None] = lambda command: Reply(RESERVATION_CONFLICT)
    entry = gather(monkeypatch, drive, ["health"])
    assert entry["status"] == "ok" and entry["health"]["grown_defects"] is None
    assert "RESERVATION CONFLICT" in entry["warnings"][0]


def test_a_lost_answer_fails_the_drive_and_keeps_what_was_known(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    def lose(command: Any) -> Reply:
        raise TransportError("lost", "DID_ERROR", "DRIVER_OK")

    drive.handlers[0x4D, None] = lose
    entry = gather(monkeypatch, drive)
    assert (entry["status"], entry["reason"]) == ("failed", "lost")
    assert entry["gathered"] == ["readiness", "identity", "capacity", "limits"]
    assert entry["identity"]["serial"] == "Z1W0ABCD"
    assert entry["health"] is None


def test_a_drive_that_is_busy_for_long_fails(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough import session
    monkeypatch.setattr(session, "BACK_OFF_SECONDS", (0.0,))
    drive.handlers[0x4D, None] = lambda command: Reply(BUSY)
    assert gather(monkeypatch, drive)["status"] == "failed"


def test_two_drives_do_not_share_their_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = FactsDrive("replay:/a"), FactsDrive("replay:/b")
    second.vpd[0x83] = second.vpd[0x83].replace(bytes.fromhex(WWN), bytes.fromhex("5000c50000000001"))
    del second.handlers[0x4D, None]
    places = {each.device: each for each in (first, second)}
    monkeypatch.setattr(drives, "open_transport", lambda address, access: places[address])
    entries = gather_facts(list(places), Options(), Wanted(frozenset(["health"])))
    assert [entry.values["health"]["background_scan"] is None for entry in entries] == [False, True]
    assert [entry.values["gathered"] for entry in entries] == [["health"], ["health"]]


# identity ---------------------------------------------------------------------------------------------------------


def test_identity(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    identity = gather(monkeypatch, drive, ["identity"])["identity"]
    assert {name: identity[name] for name in ("vendor", "product", "revision", "serial", "wwn", "protocol")} == {
        "vendor": "SEAGATE", "product": "ST1000NM0023", "revision": "0004", "serial": "Z1W0ABCD",
        "wwn": "naa." + WWN, "protocol": "SAS"}
    assert [each["name"] for each in identity["designators"]] == ["naa." + WWN, "naa." + PORT]
    assert identity["spc_version"] == {"value": 6, "name": "SPC-4"}
    assert [each["name"] for each in identity["version_descriptors"]] == ["SAM-5", "SAS-2", "SPC-4", "SBC-3"]
    assert identity["peripheral_device_type"] == {"value": 0, "name": "direct access block device"}
    assert (identity["form_factor"], identity["rotation_rate_rpm"]) == ("3.5 inch", 7200)
    assert identity["non_rotating"] is False
    assert identity["paths"] is identity["path_count"] is None


def test_a_solid_state_disk_does_not_rotate(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    identity = gather(monkeypatch, thin(drive), ["identity"])["identity"]
    assert (identity["form_factor"], identity["rotation_rate_rpm"]) == ("2.5 inch", None)
    assert identity["non_rotating"] is True


def test_the_protocol_of_a_drive_whose_port_has_no_name(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.vpd[0x83]
    assert gather(monkeypatch, drive, ["identity"])["identity"]["protocol"] == "SAS"
    drive.standard["version_descriptors"] = [0x0960]
    assert gather(monkeypatch, drive, ["identity"])["identity"]["protocol"] == "iSCSI"
    drive.standard["version_descriptors"] = [0x0460]
    assert gather(monkeypatch, drive, ["identity"])["identity"]["protocol"] is None


# capacity and limits ----------------------------------------------------------------------------------------------


def test_capacity(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    capacity = gather(monkeypatch, drive, ["capacity"])["capacity"]
    assert capacity == {
        "blocks": BLOCKS, "capacity_bytes": 1000204886016, "logical_block_length_bytes": 512,
        "physical_block_length_bytes": 4096, "lowest_aligned_logical_block_address": 0, "protection_type": 0,
        "protection_intervals_per_block": None, "provisioning": {
            "managed": False, "type": None, "unmapped_reads_zeros": None, "unmap": None, "write_same_16_unmap": None,
            "write_same_10_unmap": None, "anchor": None, "threshold_set_size_blocks": None, "threshold_percent": None,
            "minimum_percent": None}}


def test_thin_provisioning(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    provisioning = gather(monkeypatch, thin(drive), ["capacity"])["capacity"]["provisioning"]
    assert provisioning == {
        "managed": True, "type": {"value": 2, "name": "thin provisioned"}, "unmapped_reads_zeros": True, "unmap": True,
        "write_same_16_unmap": True, "write_same_10_unmap": False, "anchor": False, "threshold_set_size_blocks": 2048,
        "threshold_percent": 80, "minimum_percent": None}


def test_protection_information(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    assert drive.capacity is not None
    drive.capacity.update(prot_en=True, p_type=1, p_i_exponent=3)
    capacity = gather(monkeypatch, drive, ["capacity"])["capacity"]
    assert (capacity["protection_type"], capacity["protection_intervals_per_block"]) == (2, 8)


@pytest.mark.parametrize("device_type,basis,known", [(0x14, 0, False), (0x14, 1, True), (0, 0, True)])
def test_the_conventional_zones_of_a_host_managed_disk_are_not_its_capacity(
        monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, device_type: int, basis: int, known: bool) -> None:
    assert drive.capacity is not None
    drive.standard["peripheral_device_type"] = device_type
    drive.capacity["rc_basis"] = basis
    entry = gather(monkeypatch, drive, ["capacity"])
    assert (entry["capacity"]["capacity_bytes"] is not None) == known
    assert any("conventional zones" in warning for warning in entry["warnings"]) != known


def test_a_disk_without_the_long_command(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.handlers[0x9E, 0x10]
    capacity = gather(monkeypatch, drive, ["capacity"])["capacity"]
    assert (capacity["blocks"], capacity["capacity_bytes"]) == (BLOCKS, 1000204886016)
    assert capacity["physical_block_length_bytes"] is capacity["protection_type"] is capacity["provisioning"] is None
    assert drive.refused == []


def test_an_old_disk_that_is_too_big_for_the_short_command(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.standard["version"] = 4
    assert drive.capacity is not None
    drive.capacity["returned_logical_block_address"] = 7814037167
    drive.handlers[0x25, None] = lambda command: Reply(GOOD, data=encode_read_capacity_10(7814037168, 512))
    capacity = gather(monkeypatch, drive, ["capacity"])["capacity"]
    assert (capacity["blocks"], capacity["capacity_bytes"]) == (7814037168, 4000787030016)


def test_no_medium_is_no_capacity(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.capacity = None
    entry = gather(monkeypatch, drive, ["capacity"])
    assert entry["status"] == "ok" and entry["capacity"] is None
    assert all("medium not present" in warning for warning in entry["warnings"]) and entry["warnings"]


def test_an_enclosure_has_no_blocks(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.standard["peripheral_device_type"] = 0x0D
    entry = gather(monkeypatch, drive, ["identity", "capacity", "limits", "health"])
    assert entry["capacity"] is entry["limits"] is None
    assert not {0x25, 0x9E, 0x37, 0xB7} & set(drive.sent_codes())
    assert entry["health"]["background_scan"] is entry["health"]["power_on_hours"] is None


# self tests, copies, streams --------------------------------------------------------------------------------------


def test_self_tests(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    selftest = gather(monkeypatch, drive, ["selftest"])["selftest"]
    assert selftest["running"] is False and selftest["log_supported"] is True and selftest["log_refusal"] is None
    assert selftest["power_on_hours"] == MINUTES // 60 and selftest["extended_duration_seconds"] == 7200
    assert selftest["newest"]["power_on_hours"] == 20000


def test_a_drive_without_a_self_test_log(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    del drive.log[0x10, 0]
    entry = gather(monkeypatch, drive, ["selftest"])
    assert drive.refused == [] and entry["warnings"] == []
    assert "illegal request: log page 10h" in entry["selftest"]["log_refusal"]


def test_a_copy_manager(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    answer = copies.encode_operating_parameters({
        "maximum_segment_length_bytes": 33553920, "data_segment_granularity_bytes": 512,
        "inline_data_granularity_bytes": 1, "held_data_granularity_bytes": 1})
    drive.standard["third_party_copy"] = True
    drive.handlers[0x84, 0x03] = lambda command: Reply(GOOD, data=answer)
    xcopy = gather(monkeypatch, drive, ["xcopy"])["xcopy"]
    assert xcopy["supported"] is True and xcopy["parameters"]["maximum_segment_length_bytes"] == 33553920
    assert xcopy["reason"] is xcopy["third_party_copy"] is None and drive.refused == []


def test_a_drive_that_says_it_cannot_copy_is_not_asked(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.lists_commands = False
    xcopy = gather(monkeypatch, drive, ["xcopy"])["xcopy"]
    assert "3PC" in xcopy.pop("reason")
    assert xcopy == {"supported": False, "parameters": None, "third_party_copy": None}
    assert 0x84 not in drive.sent_codes()


def test_a_drive_that_says_it_can_copy_and_cannot(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.standard["third_party_copy"] = True
    xcopy = gather(monkeypatch, drive, ["xcopy"])["xcopy"]
    assert xcopy["supported"] is False and drive.refused == []
    assert "RECEIVE COPY OPERATING PARAMETERS" in xcopy["reason"] and "3PC" not in xcopy["reason"]


def test_streams(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    answer = encode_stream_status([{"stream_identifier": 0, "perm": True}, {"stream_identifier": 5, "perm": False}], 2)
    drive.vpd[0xB7] = encode_block_limits_extension({"maximum_number_of_streams": 8})
    drive.handlers[0x9E, 0x16] = lambda command: Reply(GOOD, data=answer)
    streams = gather(monkeypatch, drive, ["streams"])["streams"]
    assert (streams["supported"], streams["maximum"], streams["open"], streams["permanent"]) == (True, 8, [5], [0])
    assert streams["reported_open"] == 2 and drive.refused == []


def test_a_drive_without_streams_is_not_asked_for_them(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive) -> None:
    drive.lists_commands = False
    streams = gather(monkeypatch, drive, ["streams"])["streams"]
    assert (streams["supported"], streams["open"]) == (False, []) and "B7h" in streams["reason"]
    assert 0x9E not in drive.sent_codes()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Persistent reservations, and START STOP UNIT: answers side by side with sg_persist, commands as sg3_utils sends."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import persistent_reserve_in as pr_in
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import persistent_reserve_out as pr_out
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.start_stop_unit import (
    PREVENT_ALLOW_MEDIUM_REMOVAL,
    START_STOP_UNIT,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.transport_ids import (
    decode_transport_id,
    encode_transport_id,
    split_transport_ids,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import FIXTURES, recorded

VECTORS = recorded("persistent_reserve_in/sg_persist")
SENT = {each["command"]: each for each in json.loads(
    (FIXTURES / "commands" / "sg_persist.json").read_text("ascii"))["commands"]}

DECODERS = {
    "--read-keys": (pr_in.decode_keys, lambda v: pr_in.encode_keys(v["prgeneration"], v["reservation_keys"])),
    "--read-reservation": (
        pr_in.decode_reservation, lambda v: pr_in.encode_reservation(v["prgeneration"], v["reservation"])),
    "--report-capabilities": (pr_in.decode_capabilities, pr_in.encode_capabilities),
    "--read-full-status": (
        pr_in.decode_full_status, lambda v: pr_in.encode_full_status(v["prgeneration"], v["registrations"])),
}
CAPABILITIES = {
    "Replace Lost Reservation Capable(RLR_C)": "rlr_c", "Compatible Reservation Handling(CRH)": "crh",
    "Specify Initiator Ports Capable(SIP_C)": "sip_c", "All Target Ports Capable(ATP_C)": "atp_c",
    "Persist Through Power Loss Capable(PTPL_C)": "ptpl_c", "Type Mask Valid(TMV)": "tmv",
    "Allow Commands": "allow_commands", "Persist Through Power Loss Active(PTPL_A)": "ptpl_a",
    "Write Exclusive, all registrants": "wr_ex_ar", "Exclusive Access, registrants only": "ex_ac_ro",
    "Write Exclusive, registrants only": "wr_ex_ro", "Exclusive Access": "ex_ac", "Write Exclusive": "wr_ex",
    "Exclusive Access, all registrants": "ex_ac_ar",
}


def option(vector):
    return vector["command"].split()[-1]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_answers_go_round_and_survive_every_cut(vector) -> None:
    decode, encode = DECODERS[option(vector)]
    data = bytes.fromhex(vector["hex"])
    warnings = []
    ours = decode(data, warnings)
    assert decode(encode(ours), warnings) == ours
    # Of the others some bits do not count, and are not kept.
    assert encode(ours) == data or option(vector) in ("--report-capabilities", "--read-full-status")
    assert warnings == []
    for length in range(len(data)):
        warnings = []
        decode(data[:length], warnings)
        assert warnings, length


@pytest.mark.parametrize("vector", [v for v in VECTORS if option(v) == "--report-capabilities"])
def test_capabilities_agree_with_sg_persist(vector) -> None:
    ours = pr_in.decode_capabilities(bytes.fromhex(vector["hex"]), [])
    compared = 0
    for line in vector["output"]:
        name, found, value = line.strip().rpartition(": ")
        if found:
            mine = ours[CAPABILITIES[name]]
            assert (mine["value"] if isinstance(mine, dict) else int(mine)) == int(value), name
            compared += 1
    assert compared == (14 if ours["tmv"] else 8)


@pytest.mark.parametrize("vector", [v for v in VECTORS if option(v) == "--read-reservation"])
def test_a_reservation_agrees_with_sg_persist(vector) -> None:
    ours = pr_in.decode_reservation(bytes.fromhex(vector["hex"]), [])
    told = " ".join(vector["output"])
    assert f"PR generation=0x{ours['prgeneration']:x}," in told
    reservation = ours["reservation"]
    assert ("NO reservation" in told) == (reservation is None)
    if reservation is not None:
        assert f"Key=0x{reservation['reservation_key'].lstrip('0')}" in told
        assert told.lower().endswith("type: " + reservation["type"]["name"])


def test_keys_agree_with_sg_persist() -> None:
    ours = pr_in.decode_keys(bytes.fromhex(VECTORS[0]["hex"]), [])
    assert ["0x" + key.lstrip("0") for key in ours["reservation_keys"]] == [
        line.strip() for line in VECTORS[0]["output"][1:]]


def test_the_full_status_agrees_with_sg_persist() -> None:
    vector = VECTORS[-1]
    ours = pr_in.decode_full_status(bytes.fromhex(vector["hex"]), [])["registrations"]
    theirs = re.split(r"Key=0x", " ".join(line.strip() for line in vector["output"]))[1:]
    assert len(ours) == len(theirs) == 4
    for mine, told in zip(ours, theirs):
        assert told.startswith(mine["reservation_key"].lstrip("0") + " ")
        assert ("<< Reservation holder >>" in told) == mine["r_holder"]
        assert ("All target ports bit set" in told) == mine["all_tg_pt"]
        if not mine["all_tg_pt"]:
            assert f"Relative port address: 0x{mine['relative_target_port_identifier']:x} " in told
        if mine["r_holder"]:
            assert "type: " + mine["type"]["name"] in told.lower()
    assert "{iscsi_name},i,0x{isid}".format(**ours[0]["transport_id"]) in theirs[0]
    assert "SAS address: 0x" + ours[1]["transport_id"]["sas_address"] in theirs[1]
    assert theirs[2].endswith("iSCSI name: " + ours[2]["transport_id"]["iscsi_name"] + " ")
    assert ours[3]["transport_id"]["n_port_name"] in theirs[3].replace(" ", "")


def parameters(command):
    return pr_out.PARAMETER_LIST.decode(bytes.fromhex(SENT["sg_persist -n --out " + command]["data_out"]))


KEY, ONE, TWO = "00000000000abcde", "0000000000000001", "0000000000000002"


@pytest.mark.parametrize("command, action, kind, length, sent", [
    ("--register --param-sark=abcde", pr_out.REGISTER, 0, 24, {"service_action_reservation_key": KEY}),
    ("--register --param-rk=1 --param-sark=2 --param-aptpl --param-alltgpt", pr_out.REGISTER, 0, 24,
     {"reservation_key": ONE, "service_action_reservation_key": TWO, "aptpl": True, "all_tg_pt": True}),
    ("--register-ignore --param-sark=abcde", pr_out.REGISTER_AND_IGNORE_EXISTING_KEY, 0, 24,
     {"service_action_reservation_key": KEY}),
    ("--reserve --param-rk=abcde --prout-type=5", pr_out.RESERVE, 5, 24, {"reservation_key": KEY}),
    ("--release --param-rk=abcde --prout-type=8", pr_out.RELEASE, 8, 24, {"reservation_key": KEY}),
    ("--clear --param-rk=abcde", pr_out.CLEAR, 0, 24, {"reservation_key": KEY}),
    ("--preempt --param-rk=1 --param-sark=2 --prout-type=1", pr_out.PREEMPT, 1, 24,
     {"reservation_key": ONE, "service_action_reservation_key": TWO}),
    ("--preempt-abort --param-rk=1 --param-sark=2 --prout-type=3", pr_out.PREEMPT_AND_ABORT, 3, 24,
     {"reservation_key": ONE, "service_action_reservation_key": TWO}),
    ("--register --param-sark=7 --transport-id=sas,5000c50012345678", pr_out.REGISTER, 0, 52,
     {"service_action_reservation_key": "0000000000000007", "spec_i_pt": True}),
])
def test_what_sg_persist_sends(command, action, kind, length, sent) -> None:
    told = SENT["sg_persist -n --out " + command]
    assert pr_out.PERSISTENT_RESERVE_OUT.encode(
        service_action=action, type=kind, parameter_list_length=length).hex() == told["cdb"]
    assert pr_out.PARAMETER_LIST.encode(sent).hex() == told["data_out"][:48]


def test_sg_persist_names_initiator_ports_as_we_do() -> None:
    told = bytes.fromhex(
        SENT["sg_persist -n --out --register --param-sark=7 --transport-id=sas,5000c50012345678"]["data_out"])
    assert told[24:28] == bytes((0, 0, 0, 24))
    assert [decode_transport_id(each)["sas_address"] for each in split_transport_ids(told[28:])] == ["5000c50012345678"]
    moved = next(each for command, each in SENT.items() if "--register-move" in command)
    told = bytes.fromhex(moved["data_out"])
    values = pr_out.REGISTER_AND_MOVE_LIST.decode(told)
    identifier = {"protocol_identifier": 5, "iscsi_name": "iqn.2026-01.example:one", "isid": "800000000001"}
    assert told[24:] == encode_transport_id(identifier) and values["transportid_length"] == len(told) - 24
    assert values["unreg"] is True and values["aptpl"] is True and values["relative_target_port_identifier"] == 1


@pytest.mark.parametrize("identifier", [
    {"protocol_identifier": 5, "format_code": 1, "iscsi_name": "iqn.a", "isid": "0123456789ab"},
    {"protocol_identifier": 5, "format_code": 0, "iscsi_name": "iqn.2026-01.example:" + "a" * 200, "isid": None},
    {"protocol_identifier": 6, "format_code": 0, "sas_address": "5000c50012345678"},
    {"protocol_identifier": 4, "format_code": 0, "initiator_port_identifier": "00112233445566778899aabbccddeeff"},
    {"protocol_identifier": 0xA, "format_code": 0, "data": "11" * 23},
])
def test_transport_ids_go_round_and_are_multiples_of_four_bytes(identifier) -> None:
    whole = encode_transport_id(identifier)
    assert len(whole) % 4 == 0 and len(whole) >= 24
    assert decode_transport_id(whole) == identifier
    assert split_transport_ids(whole + whole) == [whole, whole]
    for length in range(1, len(whole)):
        assert split_transport_ids(whole + whole[:length]) is None
        decode_transport_id(whole[:length])


START: dict[str, dict[str, Any]] = {
    "--stop": {}, "--start --immed": {"start": True, "immed": True}, "--eject": {"loej": True},
    "--load": {"loej": True, "start": True}, "--pc=1": {"power_condition": 1},
    "--pc=2 --mod=1": {"power_condition": 2, "power_condition_modifier": 1}, "--pc=3": {"power_condition": 3},
    "--pc=7": {"power_condition": 7}, "--pc=10": {"power_condition": 10},
    "--pc=11 --mod=1": {"power_condition": 11, "power_condition_modifier": 1}, "--stop --noflush": {"no_flush": True},
}


@pytest.mark.parametrize("options", sorted(START))
def test_a_start_stop_unit_is_the_one_that_sg_start_sends(options) -> None:
    assert START_STOP_UNIT.encode(START[options]).hex() == SENT["sg_start " + options]["cdb"]


def test_a_prevention_is_the_one_that_sg_prevent_sends() -> None:
    assert PREVENT_ALLOW_MEDIUM_REMOVAL.encode(prevent=1).hex() == SENT["sg_prevent --prevent=1"]["cdb"]
    assert PREVENT_ALLOW_MEDIUM_REMOVAL.encode().hex() == SENT["sg_prevent --allow"]["cdb"]

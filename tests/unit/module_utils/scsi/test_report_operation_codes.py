# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Supported commands and task management functions, and target port groups, side by side with sg3_utils."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import report_operation_codes as codes
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import report_target_port_groups as groups
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("report_operation_codes/sg_opcodes")
ALL = [vector for vector in VECTORS if "-o" not in vector["command"] and vector["name"] != "tmf"]
ONE = [vector for vector in VECTORS if "-o" in vector["command"].split()]
TASKS = [vector for vector in VECTORS if vector["name"] == "tmf"]
GROUPS = recorded("report_target_port_groups/sg_rtpg")


@pytest.mark.parametrize("vector", ALL, ids=[vector["name"] for vector in ALL])
def test_all_commands_agree_with_sg_opcodes(vector) -> None:
    data = bytes.fromhex(vector["hex"])
    warnings = []
    ours = codes.decode_operation_codes(data, warnings)
    assert warnings == []
    # scsi_debug gives a service action to a command without one.
    assert codes.decode_operation_codes(codes.encode_operation_codes(ours), warnings) == ours
    if vector["name"] != "scsi_debug":
        assert codes.encode_operation_codes(ours) == data
    theirs = vector["output"][3:]
    assert len(ours) == len(theirs)
    for mine, line in zip(ours, theirs):
        assert line[:4] == f" {mine['operation_code']:02x} "
        assert line[4:16].strip() == (
            "" if mine["service_action"] is None else f"{mine['service_action']:x}")
        assert int(line[16:25]) == mine["cdb_length"]
    for cut in range(len(data)):
        warnings = []
        codes.decode_operation_codes(data[:cut], warnings)
        assert warnings


def test_timeouts_and_units_agree_with_sg_opcodes() -> None:
    ours = codes.decode_operation_codes(bytes.fromhex(ALL[0]["hex"]), [])
    told = [re.split(r"  +", line.strip()) for line in ALL[0]["output"][3:]]
    for mine, columns in zip(ours, told):
        assert columns[-3:-1] == ["-" if mine["timeouts"][name] is None else str(mine["timeouts"][name]) for name in (
            "nominal_command_processing_timeout_seconds", "recommended_command_timeout_seconds")]
    ours = codes.decode_operation_codes(bytes.fromhex(ALL[1]["hex"]), [])
    told = [re.split(r"  +", line.strip()) for line in ALL[1]["output"][3:]]
    assert [str(mine["mlu"]) for mine in ours] == [columns[-2] for columns in told]


@pytest.mark.parametrize("vector", ONE, ids=[vector["name"] for vector in ONE])
def test_one_command_agrees_with_sg_opcodes(vector) -> None:
    data = bytes.fromhex(vector["hex"])
    warnings = []
    ours = codes.decode_one_operation_code(data, warnings)
    assert warnings == []
    assert codes.encode_one_operation_code(ours) == data
    told = "\n".join(vector["output"])
    assert {0: "not currently available", 1: "NOT supported", 3: "conforming", 5: "vendor specific manner"}[
        ours["support"]["value"]] in told
    usage = re.search(r"Usage data: ([0-9a-f ]+)", told)
    assert ours["cdb_usage_data"] == (usage.group(1).replace(" ", "") if usage else None)
    timeouts = re.search(r"nominal timeout: (\d+) secs, recommended timeout: (\d+)", told)
    assert (ours["timeouts"] is None) == (timeouts is None)
    if timeouts:
        assert [int(each) for each in timeouts.groups()] == list(ours["timeouts"].values())[2:]
    for cut in range(len(data)):
        warnings = []
        codes.decode_one_operation_code(data[:cut], warnings)
        assert warnings


FUNCTIONS = {
    "Abort task": "ats", "Abort task set": "atss", "Clear ACA": "cacas", "Clear task set": "ctss",
    "Logical unit reset": "lurs", "Query task": "qts", "Target reset (obsolete)": "trs", "Wakeup (obsolete)": "wakes",
    "Query asynchronous event": "qaes", "Query task set": "qtss", "I_T nexus reset": "itnrs",
}
EXTENSION = {"ATSTS": "attss", "tmf long timeout": "long_timeout", "tmf short timeout": "short_timeout"}


@pytest.mark.parametrize("vector", TASKS, ids=[vector["hex"] for vector in TASKS])
def test_task_management_functions_agree_with_sg_opcodes(vector) -> None:
    data = bytes.fromhex(vector["hex"])
    warnings = []
    ours = codes.decode_task_management(data, warnings)
    assert warnings == []
    assert codes.encode_task_management(ours) == data
    lines = [line.strip() for line in vector["output"][1:]]
    assert {FUNCTIONS[line] for line in lines if line in FUNCTIONS} == {name for name, on in ours.items() if on is True}
    told = {EXTENSION.get(name, name.lower()): int(value) for name, value in (
        found.groups() for found in (re.match(r"([\w ]+)(?:=|: )(\d+)", line) for line in lines) if found)}
    assert told == ({} if ours["extension"] is None else {name: int(on) for name, on in ours["extension"].items()})


@pytest.mark.parametrize("vector", GROUPS, ids=[vector["hex"] for vector in GROUPS])
def test_target_port_groups_agree_with_sg_rtpg(vector) -> None:
    data = bytes.fromhex(vector["hex"])
    extended = vector["command"].endswith("-e")
    warnings = []
    ours = groups.decode_target_port_groups(data, warnings, extended)
    assert warnings == []
    assert groups.encode_target_port_groups(
        ours["groups"], extended, ours["implicit_transition_time_seconds"] or 0) == data
    assert groups.REPORT_TARGET_PORT_GROUPS.encode(
        parameter_data_format=int(extended), allocation_length=1024).hex() == vector["cdb"]
    told = "\n".join(vector["output"])
    if extended:
        assert f"Implicit transition time: {ours['implicit_transition_time_seconds']}\n" in told
    parts = told.split("target port group id : ")[1:]
    assert len(parts) == len(ours["groups"])
    for mine, part in zip(ours["groups"], parts):
        lines = part.splitlines()
        assert lines[0] == f"0x{mine['target_port_group']:x} , Pref={mine['pref']:d}, Rtpg_fmt=0"
        assert f"state : 0x{mine['asymmetric_access_state']['value']:02x} (" in lines[1]
        assert lines[2].strip() == ", ".join(f"{name.upper()} : {mine[name]:d}" for name in (
            "t_sup", "o_sup", "lbd_sup", "u_sup", "s_sup", "an_sup", "ao_sup"))
        assert f"0x{mine['status_code']['value']:02x} (" in lines[3]
        assert [int(line, 16) for line in lines[7:7 + len(mine["ports"])]] == mine["ports"]
    for cut in range(len(data)):
        warnings = []
        groups.decode_target_port_groups(data[:cut], warnings, extended)
        assert warnings

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phys of a SAS drive, side by side with sg_logs; and at every cut."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sas_port import decode_sas_port, encode_sas_port
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

VECTORS = recorded("log_sas_port/sg_logs")
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])

#: What the tool calls our facts.
NUMBERS = {
    "phy_identifier": "phy identifier", "attached_phy_identifier": "attached phy identifier",
    "invalid_dword_count": "Invalid DWORD count", "running_disparity_error_count": "Running disparity error count",
    "loss_of_dword_synchronization_count": "Loss of DWORD synchronization count",
    "phy_reset_problem_count": "Phy reset problem count",
}
#: What the tool calls our codes, where it has words of its own.
DEVICES = {"none": "no device attached", "end device": "SAS or SATA device"}
RATES = {"unknown": "phy enabled; unknown rate"}
REASONS = {0: "unknown", 1: "power on", 2: "hard reset", 4: "loss of dword synchronization"}


def decoded(vector: dict[str, Any]) -> list[dict[str, Any]]:
    warnings: list[str] = []
    ports = decode_sas_port(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    return ports


def said(text: str, name: str) -> str:
    found = re.search(rf"^ *{re.escape(name)}\s*[=:] (.*)$", text, re.MULTILINE)
    assert found is not None, name
    return found.group(1)


@each_vector
def test_ports_and_phys_agree_with_sg_logs(vector: dict[str, Any]) -> None:
    ports = decoded(vector)
    theirs = vector["output"].split("relative target port id = ")[1:]
    assert len(ports) == len(theirs)
    for port, text in zip(ports, theirs):
        assert port["relative_target_port_identifier"] == int(text.split("\n", 1)[0])
        assert port["generation_code"] == int(said(text, "generation code"))
        assert len(port["phys"]) == port["number_of_phys"] == int(said(text, "number of phys"))
        # Each phy begins with its number; an attached one has more words before.
        for phy, part in zip(port["phys"], text.split("\n  phy identifier = ")[1:]):
            compare(phy, "  phy identifier = " + part)


def compare(phy: dict[str, Any], text: str) -> None:
    assert {name: phy[name] for name in NUMBERS} == {name: int(said(text, NUMBERS[name])) for name in NUMBERS}
    for name, label in (("sas_address", "SAS address"), ("attached_sas_address", "attached SAS address")):
        assert int(phy[name], 16) == int(said(text, label), 16)
    device = phy["attached_device_type"]["name"]
    assert DEVICES.get(device, device) == said(text, "attached SAS device type")
    rate = phy["negotiated_logical_link_rate"]["name"].replace("Gbit/s", "Gbps")
    assert RATES.get(rate, rate) == said(text, "negotiated logical link rate")
    assert REASONS[phy["attached_reason"]] == said(text, "attached reason")
    assert REASONS[phy["reason"]] == said(text, "reason")


@each_vector
def test_what_is_cut_is_left_out_and_never_wrong(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    whole = decode_sas_port(data, [])
    for length in range(len(data)):
        warnings: list[str] = []
        ports = decode_sas_port(data[:length], warnings)
        assert warnings, length
        for port, wanted in zip(ports, whole):
            assert port["relative_target_port_identifier"] == wanted["relative_target_port_identifier"]
            for phy, whole_phy in zip(port["phys"], wanted["phys"]):
                # The length of a descriptor that was cut is still what the drive said.
                assert phy == whole_phy, length


@each_vector
def test_numbers_of_any_kind_do_no_harm(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    for at in range(len(data)):
        for value in (0x00, 0x01, 0xFF):
            decode_sas_port(data[:at] + bytes((value,)) + data[at + 1:], [])


def test_what_is_encoded_is_read_back_and_is_what_sg_logs_has_read() -> None:
    vector = next(each for each in VECTORS if each["name"] == "an emulated drive")
    assert encode_sas_port(decoded(vector)).hex() == vector["hex"]


def test_a_page_without_ports_and_another_page() -> None:
    warnings: list[str] = []
    assert decode_sas_port(bytes.fromhex("18000000"), warnings) == [] and warnings == []
    assert decode_sas_port(bytes.fromhex("0d00000600000002001e"), warnings) == []
    warning, = warnings
    assert re.search(r"\blog page 0Dh\b.*\blog page 18h\b", warning)


def test_a_port_that_says_more_phys_than_it_has() -> None:
    data = bytearray.fromhex(VECTORS[0]["hex"])
    data[11] = 200
    found: list[dict[str, Any]] | None = decode_sas_port(bytes(data), [])
    assert found is not None and [len(port["phys"]) for port in found] == [1, 1]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Device identification, side by side with sg_vpd; and the one name that a drive goes by."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd import with_header
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_designators import (
    decode_designators,
    decode_device_identification,
    encode_designator,
    logical_unit_name,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import number, recorded

VECTORS = recorded("vpd_designators/sg_vpd")

_COMMON = ("association", "designator_type", "code_set", "piv", "protocol_identifier")


def designators_of(name):
    vector = next(vector for vector in VECTORS if vector["name"] == name)
    return decode_device_identification(bytes.fromhex(vector["hex"]), [])


def told(output):
    """The fields that the tool found in a designator, by our names."""
    facts = {name: value for name, value in output.items() if name not in _COMMON}
    facts.update(facts.pop("usb_target_port_identifier", {}))
    facts.update(facts.pop("pci_express_routing_id", {}))
    facts = {name: number(value) for name, value in facts.items()}
    facts.pop("eui_64_based_designator_length", None)
    for theirs, ours in (("aoi", "ieee_company_id"), ("target_port_group_identifier", "target_port_group")):
        if theirs in facts:
            facts[ours] = facts.pop(theirs)
    for name in ("vendor_specific_hexbytes", "md5_logical_unit_identifier", "uuid"):
        if name in facts:
            facts[name] = facts[name].replace(" ", "").replace("-", "")
    if "vendor_specific_identifier_extension" in facts:
        facts["vendor_specific_identifier_extension"] %= 1 << 64
    if "t10_vendor_identification" in facts:
        facts = {name: value.strip() for name, value in facts.items()}
    return facts


def found(designator):
    """The same of ours."""
    kind = designator["designator_type"]["value"]
    facts = {name: value["value"] if isinstance(value, dict) else value
             for name, value in (designator["fields"] or {}).items()}
    assert facts.pop("uuid_type", 1) == 1
    if kind == 0:
        facts["vendor_specific_hexbytes"] = designator["designator"]
    if kind == 8:
        facts["scsi_name_string"] = designator["text"]
    if kind == 2:
        # The tool takes the company and its number together.
        identifier = f"{facts.pop('ieee_company_id'):06x}" + facts.pop("vendor_specific_extension_identifier")
        facts["ieee_identifier"] = int(identifier, 16)
        for theirs, ours in (("identifer_extension", "identifier_extension"), ("directory_identifier", "directory_id")):
            if ours in facts:
                facts[theirs] = int(facts.pop(ours), 16)
    return facts


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_designators_agree_with_sg_vpd(vector) -> None:
    warnings = []
    ours = decode_device_identification(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    # The tool sorts by association.
    ours.sort(key=lambda each: each["association"]["value"])
    theirs = vector["output"]["designation_descriptor_list"]
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs):
        for name in ("association", "designator_type", "code_set"):
            assert our[name]["value"] == number(their[name])
        assert our["piv"] == bool(number(their["piv"]))
        if our["protocol_identifier"] is not None:
            assert our["protocol_identifier"]["value"] == number(their["protocol_identifier"])
        assert found(our) == told(their)


def test_every_type_of_designator_is_compared() -> None:
    assert {each["designator_type"]["value"] for each in designators_of("every designator type")} == set(range(0xB))


@pytest.mark.parametrize("name, expected", [
    ("a Seagate SAS disk", "naa.5000c5003011cb2b"),
    ("scsi_debug", "naa.33333330000007d0"),
    ("every designator type", "naa.6122334455667788aabbccddeeffeedd"),
    ("NAA 2 and NAA 3", "naa.2abc112233445566"),
])
def test_a_drive_goes_by_its_best_name(name, expected) -> None:
    assert logical_unit_name(designators_of(name)) == expected


NAA_5 = ("01030008", "5000c5003011cb2b")
NAA_6 = ("01030010", "60014051d5b9b6a7d3f4b8f9a0c1e2d3")
LOCAL = ("01030008", "3333333000 0007d0".replace(" ", ""))
EUI = ("01020008", "0011223344556677")
UUID = ("010a0012", "1000" + "00112233445566778899aabbccddeeff")
NAME = ("03080018", b"iqn.2003-01.org.example:a".hex())
T10 = ("02010010", b"ACME    disk 007".hex())
PORT = ("61930008", "5000c5003011cb29")
ZERO = ("01030008", "0000000000000000")


def page(*designators):
    body = b""
    for header, content in designators:
        octets = bytes.fromhex(content)
        body += bytes.fromhex(header)[:2] + b"\0" + bytes((len(octets),)) + octets
    return decode_device_identification(with_header(0x83, body), [])


@pytest.mark.parametrize("designators, name", [
    ([T10, NAME, UUID, EUI, NAA_5, NAA_6], "naa.60014051d5b9b6a7d3f4b8f9a0c1e2d3"),
    ([PORT, T10, NAA_5], "naa.5000c5003011cb2b"),
    ([T10, UUID, EUI], "eui.0011223344556677"),
    ([T10, NAME, UUID], "uuid.00112233-4455-6677-8899-aabbccddeeff"),
    ([T10, NAME], "iqn.2003-01.org.example:a"),
    ([LOCAL, T10], "naa.33333330000007d0"),
    ([LOCAL], "naa.33333330000007d0"),
    ([ZERO, T10], "t10.ACME    disk 007"),
    ([ZERO], None),
    ([PORT], None),
    ([], None),
])
def test_names_come_in_the_order_of_the_kernels_wwid(designators, name) -> None:
    found_designators = page(*designators)
    assert logical_unit_name(found_designators) == name
    assert logical_unit_name(found_designators[::-1]) == name


def test_half_a_name_is_no_name() -> None:
    warnings = []
    data = bytes.fromhex("0083000c" + "01030008" + "5000c500")
    assert decode_device_identification(data, warnings) == []
    page, designator = warnings
    assert re.search(r"\bVPD page 83h\b.*\b12 of 16 bytes\b", page)
    assert re.search(r"\bVPD page 83h\b.*\blast designator\b", designator)


def test_a_protocol_identifier_counts_for_ports_and_targets_only() -> None:
    for header, protocol in (("61930008", 6), ("61130008", None), ("61a30008", 6), ("61830008", None)):
        designator = decode_designators(bytes.fromhex(header) + bytes(8), [])[0]
        assert (designator["protocol_identifier"] or {}).get("value") == protocol


def test_hostile_names_leave_printable() -> None:
    hostile = decode_designators(bytes.fromhex("02010010") + b"AC\x1b[2J   \n\xff\0disk", [])[0]
    assert hostile["name"] == "t10.AC\\x1b[2J   \\x0a\\xff\\x00disk"
    named = decode_designators(bytes.fromhex("0308000c") + "ü\u202e\n".encode("utf-8").ljust(12, b"\0"), [])[0]
    assert named["text"] == "ü\\xe2\\x80\\xae\\x0a"


def test_a_designator_encodes_from_what_it_holds() -> None:
    designator = {"code_set": 1, "designator_type": 3, "designator": "5000c5003011cb2b"}
    assert encode_designator(designator).hex() == "01030008" + "5000c5003011cb2b"


def test_a_bare_name_of_before_spc_is_read_as_udev_and_sg_inq_read_it() -> None:
    """The page of an old EMC Symmetrix: inhex/vpd_di_old_emc_symm.hex of sg3_utils, "Pre-SPC descriptor"."""
    warnings: list[str] = []
    designators = decode_device_identification(
        bytes.fromhex("008300106006048000123456789abcdef0123456"), warnings)
    assert logical_unit_name(designators) == "naa.6006048000123456789abcdef0123456"
    assert len(designators) == 1 and any("before SPC" in warning for warning in warnings)


@pytest.mark.parametrize("body", [
    "6006048000123456789abcdef01234", "6006000000123456789abcdef0123456", "7006048000123456789abcdef0123456",
    "01030008" + "5000c500a1b2c3d4", "61930008" + "5000c500a1b2c3d4"])
def test_other_pages_are_no_bare_name(body: str) -> None:
    data = bytes.fromhex(f"0083{len(body) // 2:04x}{body}")
    warnings: list[str] = []
    decode_device_identification(data, warnings)
    assert not any("before SPC" in warning for warning in warnings)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Standard INQUIRY data, side by side with sg_inq."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.inquiry import (
    STANDARD_INQUIRY,
    decode_standard_inquiry,
    encode_standard_inquiry,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import number, recorded

VECTORS = recorded("inquiry/sg_inq")
EVERY_VECTOR = pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])

#: What the tool prints beside the fields of SPC-6, and what it leaves out.
OBSOLETE = {"aerc", "trmtsk", "bque", "mchngr", "reladr", "linked"}


@EVERY_VECTOR
def test_fields_agree_with_sg_inq(vector) -> None:
    warnings = []
    ours = decode_standard_inquiry(bytes.fromhex(vector["hex"]), warnings)
    assert warnings == []
    theirs = {name: number(told) for name, told in vector["output"].items()}
    theirs["third_party_copy"] = theirs.pop("3pc")
    assert set(theirs) - set(ours) == OBSOLETE
    for name in set(theirs) & set(ours):
        value = ours[name]["value"] if isinstance(ours[name], dict) else ours[name]
        expected = theirs[name].strip() if isinstance(theirs[name], str) else theirs[name]
        assert value == expected, name


@pytest.mark.parametrize("vector", recorded("inquiry/sg_inq_text"), ids=lambda vector: vector["name"])
def test_fields_of_parallel_scsi_agree_with_the_text_of_sg_inq(vector) -> None:
    # In JSON the tool leaves them out.
    ours = decode_standard_inquiry(bytes.fromhex(vector["hex"]), [])
    told = dict(re.findall(r"(\w+)=(\w+)", "\n".join(vector["output"])))
    for theirs, name in (("Addr16", "addr16"), ("WBus16", "wbus16"), ("Sync", "sync"), ("QAS", "qas"), ("IUS", "ius"),
                         ("Clocking", "clocking")):
        if theirs in told:
            assert int(ours[name] or 0) == int(told[theirs], 0), name


def test_what_the_vendor_adds_leaves_as_hex() -> None:
    vector = next(vector for vector in VECTORS if vector["name"] == "bytes of AA")
    assert decode_standard_inquiry(bytes.fromhex(vector["hex"]), [])["vendor_specific"] == bytes(
        range(0x60, 0x74)).hex()


def test_version_descriptors_name_their_standard() -> None:
    data = bytes.fromhex(VECTORS[0]["hex"])
    assert [(each["value"], each["name"]) for each in decode_standard_inquiry(data, [])["version_descriptors"]] == [
        (0x00C0, "SAM-6"), (0x05C0, "SPC-5"), (0x0600, "SBC-4"), (0x2100, "SPL-4")]
    # A version of a standard is a number behind it; one that is not known has no name.
    data = data[:58] + bytes.fromhex("0467 fff0") + bytes(12)
    assert [each["name"] for each in decode_standard_inquiry(data, [])["version_descriptors"]] == ["SPC-4", None]


def test_a_drive_that_promises_less_than_the_mandatory_36_bytes_is_told_of() -> None:
    warnings = []
    values = decode_standard_inquiry(b"\x00\x00\x02\x02\x0b\x00\x00\x00ACME    \xff\xff\xff\xff", warnings)
    assert values["t10_vendor_identification"] == "ACME"
    assert values["product_identification"] is None
    warning, = warnings
    assert re.search(r"\bINQUIRY\b.*\b16 bytes\b.*\bproduct_identification, product_revision_level$", warning)


def test_an_allocation_length_that_leaves_out_what_the_vendor_adds_is_no_matter() -> None:
    warnings = []
    data = encode_standard_inquiry({"additional_length": 0x8B, "version_descriptors": [0x0460]}).ljust(96, b"x")
    assert [each["name"] for each in decode_standard_inquiry(data, warnings)["version_descriptors"]] == ["SPC-4"]
    assert warnings == []
    decode_standard_inquiry(data[:60], warnings)
    warning, = warnings
    assert re.search(r"\bINQUIRY\b.*\b60\b.*\b144 bytes\b", warning)


def test_hostile_strings_leave_printable() -> None:
    data = STANDARD_INQUIRY.encode(additional_length=31)[:8] + b"\x1b[31mX\0\xff" + b"a\\b".ljust(16) + b"\n\n\n\n"
    values = decode_standard_inquiry(data, [])
    assert values["t10_vendor_identification"] == "\\x1b[31mX\\x00\\xff"
    assert values["product_identification"] == "a\\\\b"
    assert values["product_revision_level"] == "\\x0a\\x0a\\x0a\\x0a"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams, side by side with sg_stream_ctl and with the numbers of the kernel's own test."""

from __future__ import annotations

import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.streams import (
    decode_stream_control,
    decode_stream_status,
    encode_stream_control,
    encode_stream_status,
)
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import recorded

GET, OPEN = recorded("streams/sg_stream_ctl")


def test_the_status_agrees_with_sg_stream_ctl() -> None:
    warnings = []
    ours = decode_stream_status(bytes.fromhex(GET["hex"]), warnings)
    assert warnings == []
    theirs = GET["output"]
    assert ours["parameter_data_length"] == theirs["parameter_data_length"]
    assert ours["number_of_open_streams"] == theirs["number_of_open_streams"]
    assert [(each["perm"], each["stream_identifier"], each["relative_lifetime"]) for each in ours["streams"]] == [
        (bool(each["perm"]), each["stream_identifier"], each["relative_lifetime"])
        for each in theirs["stream_status_descriptor"]]


def test_the_number_of_streams_that_is_reported_may_differ_from_those_that_are_listed() -> None:
    ours = decode_stream_status(bytes.fromhex(GET["hex"]), [])
    assert (ours["number_of_open_streams"], len(ours["streams"])) == (5, 6)


def test_the_assigned_stream_agrees_with_sg_stream_ctl() -> None:
    warnings = []
    ours = decode_stream_control(bytes.fromhex(OPEN["hex"]), warnings)
    assert warnings == []
    assert ours["assigned_str_id"] == OPEN["output"]["assigned_stream_id"] == 3


def test_the_kernels_numbers() -> None:
    # drivers/scsi/scsi_proto_test.c: a header, and a descriptor of stream 1234h with lifetime 3Fh.
    warnings = []
    ours = decode_stream_status(bytes((1, 2, 3, 4, 0, 0, 5, 6)) + bytes.fromhex("800012343f000000"), warnings)
    assert (ours["parameter_data_length"], ours["number_of_open_streams"]) == (0x1020304, 0x506)
    assert ours["streams"] == [
        {"perm": True, "stream_identifier": 0x1234, "relative_lifetime": 0x3F, "relative_lifetime_byte": 0x3F}]
    assert len(warnings) == 1


@pytest.mark.parametrize("octet", [0x00, 0x3F, 0x40, 0x7F, 0xFF])
def test_a_lifetime_has_six_bits_and_its_byte_is_kept(octet) -> None:
    data = bytes.fromhex("0000000800000001 00000001") + bytes((octet, 0, 0, 0))
    (stream,) = decode_stream_status(data, [])["streams"]
    assert (stream["relative_lifetime"], stream["relative_lifetime_byte"]) == (octet & 0x3F, octet)
    assert encode_stream_status([stream]) == data


def test_half_a_stream_is_left_out() -> None:
    warnings = []
    ours = decode_stream_status(bytes.fromhex("0000000c00000002 0000000100000000 00000002"), warnings)
    assert [each["stream_identifier"] for each in ours["streams"]] == [1]
    warning, = warnings
    assert re.search(r"\bGET STREAM STATUS\b.*\b4 of 8 bytes\b", warning)


@pytest.mark.parametrize("data, assigned, warned", [
    ("0700000000030000", 3, False),
    ("0500000000030000", 3, False),
    ("0700000000000000", None, False),
    ("070000000003", 3, True),
    ("0700000000", None, True),
    ("0300000000030000", None, True),
    ("00", None, True),
    ("", None, True),
])
def test_no_stream_is_told_of_that_the_drive_did_not_tell(data, assigned, warned) -> None:
    warnings = []
    assert decode_stream_control(bytes.fromhex(data), warnings)["assigned_str_id"] == assigned
    assert bool(warnings) == warned


def test_after_a_close_no_stream_is_assigned() -> None:
    assert encode_stream_control().hex() == "0700000000000000"
    assert encode_stream_control(3).hex() == OPEN["hex"]

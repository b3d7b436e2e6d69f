# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""iSCSI addresses."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import AddressError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.iscsi.address import (
    IscsiAddress,
    parse_address,
)
from hypothesis import given
from hypothesis import strategies as st

NAME = "iqn.2026-01.com.example:disks"


@pytest.mark.parametrize("address, expected", [
    ("iscsi://array/" + NAME + "/0", IscsiAddress("array", 3260, NAME, 0)),
    ("iscsi://array:3261/" + NAME + "/16383", IscsiAddress("array", 3261, NAME, 16383)),
    ("iscsi://me@192.0.2.1/" + NAME + "/1", IscsiAddress("192.0.2.1", 3260, NAME, 1, "me")),
    ("iscsi://me@home@array/" + NAME + "/1", IscsiAddress("array", 3260, NAME, 1, "me@home")),
    ("iscsi://[2001:db8::1]/" + NAME + "/1", IscsiAddress("2001:db8::1", 3260, NAME, 1)),
    ("iscsi://[fe80::1%eth0]:3261/" + NAME + "/1", IscsiAddress("fe80::1%eth0", 3261, NAME, 1)),
    ("iscsi://array.example.com", IscsiAddress("array.example.com")),
    ("iscsi://array:860/", IscsiAddress("array", 860)),
    ("iscsi://array/naa.5000c50012345678/01", IscsiAddress("array", 3260, "naa.5000c50012345678", 1)),
])
def test_what_addresses_mean(address, expected):
    assert parse_address(address) == expected
    assert parse_address(str(expected)) == expected


@pytest.mark.parametrize("address, problem", [
    ("iscsi:/array/" + NAME + "/0", "iscsi://"),
    ("iscsi:///" + NAME + "/0", r"^(?!.*').*\bhost\b"),
    ("iscsi://:3260/" + NAME + "/0", r"^(?!.*').*\bhost\b"),
    ("iscsi://array:/" + NAME + "/0", r"^(?!.*65535).*\bport\b"),
    ("iscsi://array:0/" + NAME + "/0", r"\bport\b.*\b65535\b.*'0'"),
    ("iscsi://array:65536/" + NAME + "/0", r"\bport\b.*\b65535\b.*'65536'"),
    ("iscsi://array:iscsi/" + NAME + "/0", r"\bport\b.*\b65535\b.*'iscsi'"),
    ("iscsi://array:\u0661/" + NAME + "/0", "\\bport\\b.*\\b65535\\b.*'\u0661'"),
    ("iscsi://2001:db8::1/" + NAME + "/0", r"\bIPv6\b.*\[address\]:port"),
    ("iscsi://[2001:db8::1/" + NAME + "/0", r"\bIPv6\b.*\[address\]:port"),
    ("iscsi://[2001:db8::1]3260/" + NAME + "/0", r"\bIPv6\b.*\[address\]:port"),
    ("iscsi://[2001:db8::1]:/" + NAME + "/0", r"\bIPv6\b.*\[address\]:port"),
    ("iscsi://[array]/" + NAME + "/0", r"'array'.*\bIPv6\b"),
    ("iscsi://ar ray/" + NAME + "/0", r"'ar ray'.*\bhost\b"),
    ("iscsi://-array/" + NAME + "/0", r"'-array'.*\bhost\b"),
    ("iscsi://array/" + NAME, r"\bLUN\b.*/target-name/lun\b"),
    ("iscsi://array/" + NAME + "/", r"\bLUN\b.*\b16383\b.*''"),
    ("iscsi://array/" + NAME + "/-1", r"\bLUN\b.*\b16383\b.*'-1'"),
    ("iscsi://array/" + NAME + "/16384", r"\bLUN\b.*\b16383\b.*'16384'"),
    ("iscsi://array/" + NAME + "/0x1", r"\bLUN\b.*\b16383\b.*'0x1'"),
    ("iscsi://array/" + NAME + "/0/0", r"/0'.*\btarget\b.*\biqn\b"),
    ("iscsi://array/disks/0", r"'disks'.*\btarget\b.*\biqn\b"),
    ("iscsi://@array/" + NAME + "/0", r"\buser\b.*@"),
])
def test_what_is_wrong_with_addresses(address, problem):
    with pytest.raises(AddressError, match=problem):
        parse_address(address)


@pytest.mark.parametrize("address", [
    "iscsi://me%hunter2@array/" + NAME + "/0", "iscsi://me:hunter2@array/" + NAME + "/0"])
def test_a_secret_in_an_address_is_refused_and_not_repeated(address):
    with pytest.raises(AddressError) as caught:
        parse_address(address)
    assert "hunter2" not in str(caught.value) and "option" in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_error(text):
    try:
        address = parse_address("iscsi://" + text)
    except AddressError:
        return
    assert parse_address(str(address)) == address

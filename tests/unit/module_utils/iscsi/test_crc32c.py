# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CRC32C against the vectors that iSCSI publishes, and against its own definition."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi.crc32c import crc32c, digest
from hypothesis import given
from hypothesis import strategies as st

READ_10_PDU = bytes.fromhex(
    "01c00000 00000000 00000000 00000000 14000000 00000400 00000014 00000018 28000000 00000000 02000000 00000000")


@pytest.mark.parametrize("data, expected", [
    # RFC 3720 B.4; RFC 7143 A.4 repeats them
    (bytes(32), "aa36918a"),
    (b"\xff" * 32, "43aba862"),
    (bytes(range(32)), "4e79dd46"),
    (bytes(range(31, -1, -1)), "5cdb3f11"),
    (READ_10_PDU, "563a96d9"),
])
def test_the_vectors_of_the_rfc(data, expected):
    assert digest(data).hex() == expected


def test_the_check_value_of_the_catalogue():
    assert crc32c(b"123456789") == 0xE3069283


def slow(data):
    """Bit by bit, from the polynomial in its usual notation, 11EDC6F41h: nothing in common with the tables."""
    register = 0xFFFFFFFF
    for octet in data:
        for bit in range(8):
            top = register >> 31 ^ octet >> bit & 1
            register = register << 1 & 0xFFFFFFFF
            if top:
                register ^= 0x1EDC6F41
    return int(f"{register ^ 0xFFFFFFFF:032b}"[::-1], 2)


@pytest.mark.parametrize("length", list(range(120, 150)) + [160, 163, 164, 165, 292, 1024, 1055, 4096, 8195])
def test_folding_changes_nothing(length):
    data = bytes((7 * at * at + 13) & 0xFF for at in range(length))
    assert crc32c(data) == slow(data)


@given(st.binary(max_size=600))
def test_any_bytes(data):
    assert crc32c(data) == slow(data)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hex digits as people write them."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.hex_text import parse_hex


@pytest.mark.parametrize("text,expected", [
    ("", ""), ("00", "00"), ("3f0600", "3f0600"), ("3f 06,00\t1c\n1", "3f06001c01"), ("0x3F 0Xab", "3fab"),
    ("1 2 3", "010203"), ("ff # the rest is a remark: 00 zz\n01", "ff01"), ("# nothing\n\n", ""), ("a,,b ,", "0a0b")])
def test_what_is_read(text: str, expected: str) -> None:
    assert parse_hex(text, "data").hex() == expected


@pytest.mark.parametrize("text,said", [
    ("00\nzz", "data, line 2: 'zz' is no hex number"), ("123", "'123' has an odd number of digits"),
    ("0x", "'0x' is no hex number"), ("-1", "is no hex number"), ("1_2", "is no hex number"),
    ("\u0663", "is no hex number")])
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_hex(text, "data")

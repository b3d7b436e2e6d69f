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
    ("00\nzz", r"\bdata\b.*\b2\b.*'zz'"), ("123", r"'123'.*\bodd\b"),
    ("0x", "'0x'"), ("-1", "'-1'"), ("1_2", "'1_2'"),
    ("\u0663", "'\u0663'")])
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_hex(text, "data")

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hex digits as people write them: with separators, and comments (sg_senddiag(8), --raw)."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s,]+")
_DIGITS = re.compile(r"[0-9A-Fa-f]+\Z")


def parse_hex(text: str, what: str) -> bytes:
    """Converts hex digits to bytes: words with any even number of digits, or with one digit for a byte.

    Words are separated by spaces, commas, tabs and line ends, and may begin with 0x. A # begins a comment. Raises
    ValueError, which names ``what`` and the invalid word.
    """
    found = bytearray()
    for number, line in enumerate(text.splitlines(), 1):
        for word in _SEPARATORS.split(line.partition("#")[0]):
            digits = word[2:] if word[:2] in ("0x", "0X") else word
            if not word:
                continue
            if not _DIGITS.match(digits):
                raise ValueError(f"{what}, line {number}: {word!r} is not a hex number")
            if len(digits) == 1:
                digits = "0" + digits
            if len(digits) % 2:
                raise ValueError(f"{what}, line {number}: {word!r} has an odd number of digits")
            found += bytes.fromhex(digits)
    return bytes(found)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of logins and text requests: key=value pairs, also across several PDUs (RFC 7143 6.1, 6.2)."""

from __future__ import annotations

import re
from typing import List, Sequence, Tuple

Pairs = List[Tuple[str, str]]

#: The longest text that is accepted in one exchange, over all its PDUs.
MAXIMUM_TEXT_BYTES = 65536
#: A value is at most 255 bytes long unless its key says otherwise; those of CHAP are the longest.
MAXIMUM_VALUE_LENGTH = 8192

NOT_UNDERSTOOD = "NotUnderstood"
REJECT = "Reject"
IRRELEVANT = "Irrelevant"
#: Answers that are not values (6.2).
CONSTANTS = frozenset((NOT_UNDERSTOOD, REJECT, IRRELEVANT))

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9.+@_-]{0,62}\Z")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*|0[xX][0-9a-fA-F]+)\Z")


class TextError(Exception):
    """What was received is not key=value text."""


def encode_pairs(pairs: Sequence[tuple[str, str]]) -> bytes:
    """The text of a data segment: every pair ends with a zero byte."""
    return b"".join(f"{key}={value}".encode("utf-8") + b"\0" for key, value in pairs)


def decode_pairs(data: bytes) -> Pairs:
    """The pairs in a complete text. Raises TextError."""
    pairs: Pairs = []
    for part in data.split(b"\0"):
        if not part:
            continue  # some initiators include zero padding in the length
        try:
            key, equals, value = part.decode("utf-8").partition("=")
        except UnicodeDecodeError:
            raise TextError("the text is not UTF-8") from None
        if not equals:
            raise TextError("a pair without '='")
        if not _KEY.match(key):
            raise TextError("an invalid key")
        if len(value) > MAXIMUM_VALUE_LENGTH:
            raise TextError(f"the value of {key} is longer than {MAXIMUM_VALUE_LENGTH}")
        pairs.append((key, value))
    return pairs


def number(value: str) -> int:
    """A numerical value, decimal or hexadecimal (6.1). Raises ValueError."""
    if len(value) > 20 or not _NUMBER.match(value):
        raise ValueError(f"not a number: {value[:20]}")
    return int(value, 16) if value[:2] in ("0x", "0X") else int(value)


class Assembler:
    """Collects a text that arrives in several PDUs; the C bit says that more follows (6.2)."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._length = 0

    def add(self, data: bytes) -> None:
        """Adds a data segment. Raises TextError if the text becomes too long."""
        self._length += len(data)
        if self._length > MAXIMUM_TEXT_BYTES:
            raise TextError(f"more than {MAXIMUM_TEXT_BYTES} bytes of text")
        self._parts.append(data)

    def take(self) -> Pairs:
        """Returns the pairs of everything added, and starts afresh. Raises TextError."""
        data = b"".join(self._parts)
        self._parts = []
        self._length = 0
        return decode_pairs(data)


def split(data: bytes, limit: int) -> list[bytes]:
    """The text in pieces that each fit a data segment; at least one piece."""
    return [data[at:at + limit] for at in range(0, len(data), limit)] or [b""]

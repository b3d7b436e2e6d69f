# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CRC32C, the digest of iSCSI (RFC 7143 13.1), without a C extension.

A table handles one byte per step, about 10 MB/s in CPython. Longer input is folded first: the CRC is a remainder of
polynomials, so the first half of a message may be replaced by itself times x^W mod P, added to the second half. On
Python's long integers this takes some sixteen shifts and exclusive ors at memory speed.
"""

from __future__ import annotations

# The Castagnoli polynomial, its bits reversed: the lowest bit stands for the highest power, as on the wire.
_POLYNOMIAL = 0x82F63B78
#: Below this length the table alone is faster (measured: they meet near 100 bytes).
_FOLD_FROM_BYTES = 128
#: Folding goes down to 2^8 + 32 bits.
_LAST_LEVEL = 8


def _make_table() -> list[int]:
    table = []
    for octet in range(256):
        entry = octet
        for _bit in range(8):
            entry = entry >> 1 ^ (_POLYNOMIAL if entry & 1 else 0)
        table.append(entry)
    return table


_TABLE = _make_table()


def _product(first: int, second: int) -> int:
    """The product of two polynomials mod P; bit 31 - k stands for x^k."""
    result = 0
    while second:
        if second & 0x80000000:
            result ^= first
        second = second << 1 & 0xFFFFFFFF
        first = first >> 1 ^ (_POLYNOMIAL if first & 1 else 0)
    return result


def _powers(width: int) -> tuple[int, ...]:
    """The k for which x^k is part of x^width mod P."""
    result = 0x80000000  # x^0
    square = 0x40000000  # x^1
    while width:
        if width & 1:
            result = _product(result, square)
        square = _product(square, square)
        width >>= 1
    return tuple(power for power in range(32) if result >> (31 - power) & 1)


#: Level s folds up to 2^(s + 1) + 32 bits to 2^s + 32: the extra 32 make room for the product's own length, and make
#: each level's result just what the next one takes. The last serves 2^28 bits, more than a data segment can have.
_LEVELS = tuple((level, _powers((1 << level) + 32)) for level in range(_LAST_LEVEL, 28))


def crc32c(data: bytes) -> int:
    """The CRC32C of ``data``."""
    crc = 0xFFFFFFFF
    if len(data) >= _FOLD_FROM_BYTES:
        data = _folded(data)
        crc = 0
    table = _TABLE
    for octet in data:
        crc = table[(crc ^ octet) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def digest(data: bytes) -> bytes:
    """The digest as it is sent: the byte with the highest powers' bits first, which is little-endian here."""
    return crc32c(data).to_bytes(4, "little")


def _folded(data: bytes) -> bytes:
    """A short message with the same remainder as ``data``, whose first 32 bits start inverted (the initial value)."""
    number = int.from_bytes(data, "little") ^ 0xFFFFFFFF
    width = 8 * len(data)
    for level, powers in reversed(_LEVELS):
        target = (1 << level) + 32
        if width <= target:
            continue
        ahead = width - target
        first = number & ((1 << ahead) - 1)
        number >>= ahead
        for power in powers:
            number ^= first << (target - ahead - power)
        width = target
    return number.to_bytes(width // 8, "little")

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CDB usage data (SPC-6 6): for each command, the bits of its CDB that a unit here evaluates.

The operation code, the service action and the additional CDB length have their actual values. No command evaluates
CONTROL.
"""

from __future__ import annotations

from ..._scsi.operation_codes import service_action
from ..feature import Code

_SIX = """
000000000000 03010000ff00 04ff00000000 070300000000 081fffffff00 0a1fffffff00 1201ffffff00 15130000ff00 160100000000
170100000000 1a08ffffff00 1b01000ff700 1c01ffffff00 1df700ffff00 1e0000000300
"""

_TEN = """
25000000000000000000 28fcffffffff3fffff00 2af8ffffffff3fffff00 2ef6ffffffff3fffff00 2ff6ffffffff3fffff00
3402ffffffff3fffff00 3502ffffffff3fffff00 37001f00000000ffff00 3bffffffffffffffff00 3cffffffffffffffff00
41f8ffffffff3fffff00 4201000000003fffff00 4c03ffff000000ffff00 4d03ffff00ffffffff00 55130000000000ffff00
56130000000000000000 57130000000000000000 5a18ffff000000ffff00
5e000000000000ffff00 5e010000000000ffff00 5e020000000000ffff00 5e030000000000ffff00
5f00000000ffffffff00 5f01ff0000ffffffff00 5f02ff0000ffffffff00 5f03000000ffffffff00 5f04ff0000ffffffff00
5f05ff0000ffffffff00 5f06000000ffffffff00 5f07000000ffffffff00
"""

_TWELVE = """
a000ff000000ffffffff0000 a3ea00000000ffffffff0000 a30c87ffffffffffffff0000 a30d80000000ffffffff0000
a40a00000000ffffffff0000 a8fcffffffffffffffff3f00 aaf8ffffffffffffffff3f00 aef6ffffffffffffffff3f00
aff6ffffffffffffffff3f00 b71fffffffffffffffff0000
"""

_SIXTEEN = """
83000000000000000000ffffffff0000 83010000000000000000ffffffff0000 831000000000ffffffffffffffff3f00
831100000000ffffffffffffffff3f00 831cffffffff00000000000000000000
8400ff00000000000000ffffffff0000 8401ff00000000000000ffffffff0000 84030000000000000000ffffffff0000
8404ff00000000000000ffffffff0000 8405ffffffff00000000ffffffff0000 8406ffffffff00000000ffffffff0000
8407ffffffff00000000ffffffff0000 84080000000000000000ffffffff0000
88fcffffffffffffffffffffffff3f00 89f8ffffffffffffffff000000ff3f00 8af8ffffffffffffffffffffffff3f00
8bf8ffffffffffffffffffffffff3f00 8ef6ffffffffffffffffffffffff3f00 8ff6ffffffffffffffffffffffff3f00
9002ffffffffffffffffffffffff3f00 9102ffffffffffffffffffffffff3f00 93f9ffffffffffffffffffffffff3f00
9af8ffffffffffffffffffffffff3f00
9e100000000000000000ffffffff0000 9e12ffffffffffffffffffffffffff00 9e740000ffff00000000ffffffff0000
9e160000ffff00000000ffffffff0000
"""

_THIRTY_TWO = """
7f000000ffff3f180010f800ffffffffffffffff0000000000000000ffffffff
"""


def _parsed() -> dict[Code, bytes]:
    found: dict[Code, bytes] = {}
    for text, length in ((_SIX, 6), (_TEN, 10), (_TWELVE, 12), (_SIXTEEN, 16), (_THIRTY_TWO, 32)):
        for digits in text.split():
            usage = bytes.fromhex(digits)
            code = usage[0], service_action(usage)
            if len(usage) != length or code in found:
                raise ValueError(f"CDB usage data {digits}")
            found[code] = usage
    return found


#: By operation code and service action; the length is that of the CDB.
CDB_USAGE: dict[Code, bytes] = _parsed()

_LENGTHS = {0: 6, 1: 10, 2: 10, 4: 16, 5: 12}
_VARIABLE_LENGTH, _LONG = 0x7F, 32


def cdb_usage(code: Code) -> bytes:
    """The usage data of a command; for one that is not listed here, all bits except those of CONTROL."""
    known = CDB_USAGE.get(code)
    if known is not None:
        return known
    operation_code, action = code
    if operation_code == _VARIABLE_LENGTH:
        return bytes((operation_code,)) + bytes(6) + bytes((_LONG - 8,)) + (action or 0).to_bytes(2, "big") + (
            b"\xff" * (_LONG - 10))
    rest = b"\xff" * (_LENGTHS.get(operation_code >> 5, 6) - 3)
    return bytes((operation_code, 0xFF if action is None else action)) + rest + b"\0"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of hosts, changed at random: values of any type, size and depth, keys, and the bytes of the text.

The same seed gives the same documents.
"""

from __future__ import annotations

import datetime
import json
import random
from typing import Any

from . import fleet

DAY = datetime.date(2026, 3, 2)

_NUMBERS = (0, -1, 1, 255, 0xFFFF, 1 << 31, (1 << 64) - 1, 1 << 64, (1 << 128) - 1, 1 << 128, -(1 << 128), 10 ** 399,
            0.5, -0.0, 1e300, 1e-300, 5e-324, float("inf"), float("-inf"), float("nan"))
_TEXTS = (*fleet.HOSTILE, "", " ", "\uff1d1+1", "\uff20SUM", "[a](b){0}{{1}}\\", "\x85\u2028", "\U0001f4be" * 200, "0",
          "-0", "naa.", "serial:", "None", "9" * 5000, "1e999", "\ud83d", "a\r\nb", "<!--", "<![CDATA[", "&#0;",
          "\ufffe\uffff")
_KEYS = ("value", "name", "", "__proto__", "status", "\ud800", "a" * 3000, "host", "wwn", "identity")


def _value(chance: random.Random) -> Any:
    kind = chance.randrange(8)
    if kind < 2:
        return chance.choice(_NUMBERS)
    if kind < 4:
        return chance.choice(_TEXTS)
    if kind == 4:
        return chance.choice((None, True, False, [], {}, [None], [[]], {"value": {}, "name": []}, [0] * 5000))
    if kind == 5:
        depth: Any = _value(chance)
        for _each in range(chance.choice((1, 5, 40, 70, 200))):
            depth = [depth] if chance.randrange(2) else {chance.choice(_KEYS): depth}
        return depth
    if kind == 6:
        return {chance.choice(_KEYS): _value(chance) for _each in range(chance.randrange(4))}
    return [_value(chance) for _each in range(chance.randrange(4))]


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a document, with every key in it."""
    found: list[tuple[Any, Any]] = []
    level = [value]
    while level:
        each = level.pop()
        keys = list(each) if isinstance(each, dict) else range(len(each)) if isinstance(each, list) else ()
        for key in keys:
            found.append((each, key))
            level.append(each[key])
    return found


def _change(chance: random.Random, document: Any) -> None:
    where, key = chance.choice(_places(document) or [([None], 0)])
    kind = chance.randrange(10)
    if kind < 6:
        where[key] = _value(chance)
    elif kind == 6:
        del where[key]
    elif isinstance(where, dict):
        where[chance.choice(_KEYS)] = where[key] if kind == 7 else _value(chance)
    elif kind == 7:
        where.insert(key, where[key])
    else:
        where.extend([where[key]] * chance.choice((1, 30)))


def _spoil(chance: random.Random, text: bytes) -> bytes:
    """The text with some of its bytes changed, so that it may be no JSON, or JSON with a key twice."""
    found = bytearray(text)
    for _each in range(chance.randrange(1, 4)):
        place, kind = chance.randrange(len(found) or 1), chance.randrange(5)
        if kind == 0 and found:
            found[place % len(found)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del found[place:place + chance.choice((1, 10, 10000))]
        elif kind == 2:
            found[place:place] = chance.choice(
                (b"9" * 500, b"[" * 2000, b"1e999", b"-", b"\xff", b'"', b"}", b",", b"\0"))
        elif kind == 3:
            found[place:place] = found[place:place + 200]
        else:
            found = found.replace(b'"status"', b'"device"', 1)
    return bytes(found)


def document(seed: int) -> tuple[bytes, set[str]]:
    """The text of a document, and names of its drives that a redacted report must not have."""
    chance = random.Random(seed)  # noqa: S311
    drives = [fleet.drive(chance, place, chance.choice(((), ("failed test", "hot"), ("silent",), ("worn", "streams"))))
              for place in range(chance.randrange(1, 4))]
    for each in drives:
        if chance.randrange(3) == 0:
            other = chance.choice(drives)
            said = f"the same drive as wwn:{other['wwn']}, once iqn.1992-08.com.example:{each['device']}x"
            each.update(reason=said, warnings=[said])
    found = fleet.document(f"odd{seed}", drives, DAY, chance.choice((None, "shelf A", "0x5000ccab0405db00")))
    for _each in range(chance.choice((1, 1, 2, 5, 20))):
        _change(chance, found)
    # NaN and Infinity stand as such words, which JSON does not have; half of the others become 1e999.
    text = json.dumps(found, ensure_ascii=bool(chance.randrange(2))).encode("utf-8", "surrogatepass")
    if chance.randrange(2):
        text = text.replace(b"Infinity", b"1e999").replace(b"NaN", b"null")
    if chance.randrange(4) == 0:
        text = _spoil(chance, text)
    return text, _secrets(found)


def _secrets(found: Any) -> set[str]:
    """Names that stand where names belong. Short ones could be anything, and hostile ones are parts of the others."""
    secrets = set()
    for drive in found.get("drives", ()) if isinstance(found, dict) and isinstance(found.get("drives"), list) else ():
        identity = drive.get("identity") if isinstance(drive, dict) else None
        names = (drive.get("wwn"), identity.get("serial")) if isinstance(identity, dict) else ()
        secrets.update(name.rpartition(".")[2] for name in names if isinstance(name, str) and len(name) >= 8
                       and name not in _TEXTS and name not in _KEYS and "/" not in name)
    return secrets

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pseudonyms for names that identify a single drive; they are the same in all reports made with the same key."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any, Iterable, Sequence

_HEX = re.compile(r"[0-9a-f]{8,}", re.IGNORECASE)
#: Shorter names would match parts of ordinary words.
_SHORTEST = 4
_MARK = "redacted-"
_SHORTEST_KEY = 16
#: The wildcards of a pattern.
_WILD = re.compile(r"\[[^\]]*\]|[*?]")
_DEVICES, _LINK = "/dev/", "/by-"
_KINDS = ("wwn:", "serial:")
_PSEUDONYM = re.compile(f"({_MARK}[0-9a-f]{{12}})")


class Redaction:
    """Keyed hashes: without a key, a serial number could be found by hashing all possible ones."""

    def __init__(self, key: str) -> None:
        if len(key) < _SHORTEST_KEY:
            raise ValueError(f"redaction_key must have {_SHORTEST_KEY} characters or more")
        self._key = key.encode("utf-8", "surrogatepass")
        #: Shows whether two reports have the same pseudonyms, but reveals nothing about the key.
        self.mark = self._digest("the key itself", 16)

    def _digest(self, text: str, length: int) -> str:
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:length]

    def pseudonym(self, name: str) -> str:
        """The pseudonym of a name, ignoring case."""
        return _MARK + self._digest(name.strip().casefold(), 12)

    def of_drive(self, drive: dict[str, Any]) -> Pseudonyms:
        """The pseudonyms for all names of one drive and of the enclosure that it is in."""
        return Pseudonyms(self, _names(drive))

    def of_people(self, texts: Sequence[str], patterns: Sequence[str], drives: Iterable[dict[str, Any]]) -> Words:
        """The pseudonyms for names in texts that people wrote: names in patterns and names of the drives."""
        folded = "\n".join(texts).casefold()
        names = {name for drive in drives for name in _names(drive) if name.casefold() in folded}
        parts: set[str] = set()
        for pattern in patterns:
            if not pattern.startswith(_DEVICES) or _LINK in pattern:
                pieces = [each.strip() for each in _WILD.split(pattern)]
                found = parts if len(pieces) > 1 else names
                for piece in pieces:
                    found.update([piece] + _HEX.findall(piece))
                    found.update(piece[len(kind):] for kind in _KINDS if piece.startswith(kind))
        return Words(self, sorted(names), sorted(parts))


class Pseudonyms:
    """Replaces the names of one drive."""

    def __init__(self, redaction: Redaction, names: list[str]) -> None:
        self._redaction = redaction
        # The longest first, as one may be a part of another.
        self._names = sorted({name.casefold() for name in names if len(name) >= _SHORTEST},
                             key=lambda name: (-len(name), name))

    def whole(self, name: str | None) -> str | None:
        """The pseudonym of a name, however short."""
        return self._redaction.pseudonym(name) if name else name

    def has(self, text: str) -> bool:
        """Whether a text contains one of the names."""
        folded = text.casefold()
        return any(name in folded for name in self._names)

    def within(self, text: str) -> str:
        """The text with pseudonyms in place of the names."""
        if not self.has(text):
            return text
        found = re.compile("|".join(re.escape(name) for name in self._names), re.IGNORECASE)
        return found.sub(lambda match: self._redaction.pseudonym(match.group()), text)

    def device(self, device: str) -> str:
        """A device, replaced as a whole if it identifies the drive; /dev/sg3 does not."""
        identity = _LINK in device or device.startswith(_KINDS) or self.has(device)
        return self._redaction.pseudonym(device) if identity else device


class Words(Pseudonyms):
    """Replaces names that people write, and words that contain a part of a name."""

    def __init__(self, redaction: Redaction, names: list[str], parts: list[str]) -> None:
        super().__init__(redaction, names)
        # Whole words, since the rest of a word could reveal most of a name.
        words = [rf"[\w.]*{re.escape(part)}\w*"
                 for part in sorted(parts, key=lambda part: (-len(part), part)) if len(part) >= _SHORTEST]
        self._parts = re.compile("|".join(words) or r"(?!)", re.IGNORECASE)

    def within(self, text: str) -> str:
        pieces = _PSEUDONYM.split(super().within(text))
        # Every second piece is a pseudonym, which may contain a part of a name by chance.
        pieces[::2] = [self._parts.sub(lambda match: self._redaction.pseudonym(match.group()), piece)
                       for piece in pieces[::2]]
        return "".join(pieces)


def _names(drive: dict[str, Any]) -> list[str]:
    identity = drive.get("identity")
    identity = identity if isinstance(identity, dict) else {}
    found = [drive.get("wwn"), identity.get("wwn"), identity.get("serial")]
    for place in (identity.get("bay"), drive.get("location")):
        enclosure = place.get("enclosure") if isinstance(place, dict) else None
        if isinstance(enclosure, str) and _HEX.search(enclosure):
            found.append(enclosure)  # an identifier, not a name that people gave
    designators = identity.get("designators")
    for designator in designators if isinstance(designators, list) else []:
        if isinstance(designator, dict):
            found += [designator.get("name"), designator.get("text"), designator.get("designator")]
    names = [name.strip() for name in found if isinstance(name, str) and name.strip()]
    # The same number is written naa.5000c500a1b2c3d4, 0x5000c500a1b2c3d4 and wwn-0x5000c500a1b2c3d4.
    return names + [number for name in names for number in _HEX.findall(name)]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pseudonyms for names that identify a single drive; they are the same in all reports made with the same key."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any, Container, Iterable, Sequence

_HEX = re.compile(r"[0-9a-f]{8,}", re.IGNORECASE)
#: Shorter names would match parts of ordinary words.
_SHORTEST = 4
_MARK = "redacted-"
_SHORTEST_KEY = 16
#: The wildcards of a pattern.
_WILD = re.compile(r"\[[^\]]*\]|[*?]")
_DEVICES, _LINK, _PORTAL = "/dev/", "/by-", "iscsi:"
_KINDS = ("wwn:", "serial:")
_PSEUDONYM = re.compile(f"({_MARK}[0-9a-f]{{12}})")
#: Makes each guess of the key cost as much as a report; the salt is the same for all, as the pseudonyms have to be.
_ROUNDS, _SALT = 300_000, b"drivecare.scsi compliance report, redaction 2"
#: What names a drive or a target wherever it stands, as in a message about another drive: what names a kind, the name
#: of an iSCSI target behind its naming authority, designators, UUIDs, and identifiers of 8, 12 and 16 bytes. A name
#: by T10 vendor identification may have blanks.
_ANY_NAME = re.compile(
    r"(?P<kind>wwn:|serial:|iqn\.[0-9]{4}-[0-9]{2}\.[\w.-]+:)(?:t10\.[^,;\n]+|[^\s,;/()\[\]{}<>\"']+)"
    r"|\bt10\.[^,;\n]+|\b(?:naa|eui|uuid)\.[^\s,;/()\[\]{}<>\"']+"
    r"|(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])"
    r"|(?<![0-9a-z])[0-9a-f]{2}(?:(?:[:-][0-9a-f]{2}){15}|(?:[:-][0-9a-f]{2}){7})(?![0-9a-z])"
    r"|(?<![0-9a-wyz])(?:0x)?(?:[0-9a-f]{32}|[0-9a-f]{24}|[0-9a-f]{16})(?![0-9a-z])", re.IGNORECASE)
#: A word that may be the name of another drive of the host.
_WORD = re.compile(r"[^\s,;:()\[\]{}<>\"']+")


class Redaction:
    """Keyed hashes: without a key, a serial number could be found by hashing all possible ones."""

    def __init__(self, key: str) -> None:
        if len(key) < _SHORTEST_KEY:
            raise ValueError(f"redaction_key must have {_SHORTEST_KEY} characters or more")
        self._key = hashlib.pbkdf2_hmac("sha256", key.encode("utf-8", "surrogatepass"), _SALT, _ROUNDS)
        #: Shows whether two reports have the same pseudonyms, but reveals nothing about the key.
        self.mark = self._digest("the key itself", 16)

    def _digest(self, text: str, length: int) -> str:
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:length]

    def pseudonym(self, name: str) -> str:
        """The pseudonym of a name, ignoring case."""
        return _MARK + self._digest(name.strip().casefold(), 12)

    def of_drive(self, drive: dict[str, Any], others: Container[str] = ()) -> Pseudonyms:
        """The pseudonyms for all names of one drive and of the enclosure that it is in, and for those of ``others``."""
        return Pseudonyms(self, _names(drive), others)

    def of_host(self, drives: Iterable[dict[str, Any]]) -> frozenset[str]:
        """The names of all drives of a host, for `of_drive`: what one reports may name another."""
        return frozenset(name.casefold() for drive in drives for name in _names(drive) if len(name) >= _SHORTEST)

    def anywhere(self, text: str) -> str:
        """The text with pseudonyms in place of whatever names a drive or a target, known or not."""
        pieces = _PSEUDONYM.split(text)
        # Every second piece is a pseudonym.
        pieces[::2] = [_ANY_NAME.sub(self._one, piece) for piece in pieces[::2]]
        return "".join(pieces)

    def _one(self, found: re.Match[str]) -> str:
        kind = found.group("kind") or ""
        name = found.group()[len(kind):]
        bare = name.rstrip(" .")
        return kind + self.pseudonym(bare) + name[len(bare):]

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

    def __init__(self, redaction: Redaction, names: list[str], others: Container[str] = ()) -> None:
        self._redaction = redaction
        self._others = others
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
        if self.has(text):
            found = re.compile("|".join(re.escape(name) for name in self._names), re.IGNORECASE)
            text = found.sub(lambda match: self._redaction.pseudonym(match.group()), text)
        if self._others:
            text = _WORD.sub(self._other, text)
        return self._redaction.anywhere(text)

    def _other(self, match: re.Match[str]) -> str:
        word = match.group()
        bare = word.rstrip(".")
        return self._redaction.pseudonym(bare) + word[len(bare):] if bare.casefold() in self._others else word

    def device(self, device: str) -> str:
        """A device, replaced as a whole if it identifies the drive; /dev/sg3 does not."""
        identity = _LINK in device or device.startswith((_PORTAL, *_KINDS)) or self.within(device) != device
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
    device = drive.get("device")
    if isinstance(device, str):
        found += [device[len(kind):] for kind in _KINDS if device.startswith(kind)]
        # udev ends a link with the serial number; a portal is no name of a drive, but its target is.
        found += [device, device.rpartition("/")[2], device.rpartition("_")[2]] if _LINK in device else []
        found += device.split("/")[3:4] if device.startswith(_PORTAL) else []
    names = [name.strip() for name in found if isinstance(name, str) and name.strip()]
    # The same number is written naa.5000c500a1b2c3d4, 0x5000c500a1b2c3d4 and wwn-0x5000c500a1b2c3d4.
    return names + [number for name in names for number in _HEX.findall(name)]

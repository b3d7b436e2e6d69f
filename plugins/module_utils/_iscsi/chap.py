# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CHAP, the authentication of iSCSI logins (RFC 1994, RFC 7143 12.1.3). Secrets never leave these objects as text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from typing import Mapping, Sequence

#: CHAP_A values in the registry of RFC 7143 12.1.3 and of IANA, by the name that hashlib knows.
ALGORITHMS: dict[int, str] = {5: "md5", 6: "sha1", 7: "sha256", 8: "sha3_256"}
SHA_256 = 7
#: The longest challenge or response in a login (12.1.3: 1024 bytes).
MAXIMUM_BYTES = 1024

_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+\Z")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}\Z")
_SMALL_NUMBER = re.compile(r"[0-9]{1,3}\Z")


class ChapError(Exception):
    """The exchange is malformed or its proof is wrong. The text reveals nothing that the other side has not sent."""


class Secret:
    """A CHAP secret: usable, never shown."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value:
            raise ValueError("a CHAP secret must not be empty")
        self._value = value.encode("utf-8")

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value, other._value)

    __hash__ = None  # type: ignore[assignment]

    def response(self, algorithm: int, identifier: int, challenge: bytes) -> bytes:
        """The hash of identifier, secret and challenge (RFC 1994 4.1)."""
        return hashlib.new(ALGORITHMS[algorithm], bytes((identifier,)) + self._value + challenge).digest()

    def proves(self, algorithm: int, identifier: int, challenge: bytes, response: bytes) -> bool:
        """True if ``response`` was made with this secret; takes the same time whatever the result."""
        return hmac.compare_digest(self.response(algorithm, identifier, challenge), response)


def available_algorithms() -> list[int]:
    """The algorithms that this Python supports, the strongest first: FIPS builds leave MD5 out."""
    found = []
    for number in sorted(ALGORITHMS, reverse=True):
        try:
            hashlib.new(ALGORITHMS[number])
        except ValueError:
            continue
        found.append(number)
    return found


def encode_bytes(value: bytes) -> str:
    """A binary value; in hexadecimal, since not all initiators read base64."""
    return "0x" + value.hex()


def decode_bytes(value: str) -> bytes:
    """A binary value, hexadecimal or base64 (RFC 7143 6.1). Raises ChapError."""
    prefix, digits = value[:2].lower(), value[2:]
    if len(digits) > 2 * MAXIMUM_BYTES:
        raise ChapError(f"a binary value of {len(digits)} characters")
    if prefix == "0x" and _HEXADECIMAL.match(digits):
        return bytes.fromhex("0" * (len(digits) % 2) + digits)
    if prefix == "0b" and _BASE64.match(digits):
        try:
            return base64.b64decode(digits, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise ChapError("a binary value that is neither hexadecimal nor base64")


def _identifier(value: str) -> int:
    if not _SMALL_NUMBER.match(value) or int(value) > 255:
        raise ChapError("CHAP_I is not a number of one byte")
    return int(value)


def _need(pairs: Mapping[str, str], key: str) -> str:
    if key not in pairs:
        raise ChapError(f"{key} is missing")
    return pairs[key]


def _challenge_of(pairs: Mapping[str, str]) -> bytes:
    challenge = decode_bytes(_need(pairs, "CHAP_C"))
    if not 1 <= len(challenge) <= MAXIMUM_BYTES:
        raise ChapError(f"CHAP_C of {len(challenge)} bytes")
    return challenge


class _Challenge:
    """What one side asks the other to respond to."""

    def __init__(self, algorithm: int) -> None:
        self.identifier = os.urandom(1)[0]
        # 12.1.3 asks for no more entropy than the hash has; MD5's 16 bytes are the least.
        self.value = os.urandom(max(16, hashlib.new(ALGORITHMS[algorithm]).digest_size))

    def pairs(self) -> dict[str, str]:
        return {"CHAP_I": str(self.identifier), "CHAP_C": encode_bytes(self.value)}


class TargetCredentials:
    """Whom a target admits: users with their secrets; and how it authenticates itself to those who ask for that."""

    def __init__(self, users: Mapping[str, str], own_name: str = "", own_secret: str = "",
                 algorithms: Sequence[int] | None = None) -> None:
        self._users = {name: Secret(secret) for name, secret in users.items()}
        self.own_name = own_name
        self.own_secret = Secret(own_secret) if own_secret else None
        self.algorithms = list(available_algorithms() if algorithms is None else algorithms)
        if self.own_secret is not None and self.own_secret in self._users.values():
            # 12.1.3: one secret for both directions would let a response be reflected.
            raise ValueError("the target's own CHAP secret must differ from those of its users")

    def secret_of(self, name: str) -> Secret | None:
        """The secret of a user."""
        return self._users.get(name)


class TargetChap:
    """The target's part, in three steps: each takes the pairs received and returns those to send."""

    def __init__(self, credentials: TargetCredentials) -> None:
        self._credentials = credentials
        self._algorithm = 0
        self._challenge: _Challenge | None = None
        #: The user, once proved.
        self.user: str | None = None

    def respond(self, pairs: Mapping[str, str]) -> dict[str, str]:
        """The next pairs to send. Raises ChapError."""
        if self.user is not None:
            raise ChapError("CHAP keys after the end of CHAP")
        if self._challenge is None:
            return self._choose(_need(pairs, "CHAP_A"))
        return self._verify(self._challenge, pairs)

    def _choose(self, offered: str) -> dict[str, str]:
        for choice in offered.split(","):
            if choice in [str(number) for number in self._credentials.algorithms]:
                self._algorithm = int(choice)
                self._challenge = _Challenge(self._algorithm)
                return dict({"CHAP_A": choice}, **self._challenge.pairs())
        raise ChapError("none of the offered CHAP algorithms is acceptable")

    def _verify(self, challenge: _Challenge, pairs: Mapping[str, str]) -> dict[str, str]:
        name = _need(pairs, "CHAP_N")
        response = decode_bytes(_need(pairs, "CHAP_R"))
        secret = self._credentials.secret_of(name)
        # An unknown user takes as long as a known one.
        proved = (secret or Secret("unknown")).proves(
            self._algorithm, challenge.identifier, challenge.value, response)
        if secret is None or not proved:
            raise ChapError("the CHAP name or secret is wrong")
        answer: dict[str, str] = {}
        if "CHAP_I" in pairs or "CHAP_C" in pairs:
            answer = self._prove(challenge, pairs)
        self.user = name
        return answer

    def _prove(self, challenge: _Challenge, pairs: Mapping[str, str]) -> dict[str, str]:
        own = self._credentials.own_secret
        identifier, theirs = _identifier(_need(pairs, "CHAP_I")), _challenge_of(pairs)
        if own is None:
            raise ChapError("the target has no secret to prove itself with")
        if hmac.compare_digest(theirs, challenge.value):
            raise ChapError("the initiator sent our own challenge back")  # a reflection attack, 12.1.3
        return {"CHAP_N": self._credentials.own_name,
                "CHAP_R": encode_bytes(own.response(self._algorithm, identifier, theirs))}


class InitiatorChap:
    """The initiator's part. With ``target_secret`` the target must authenticate itself, too."""

    def __init__(self, user: str, secret: str, target_secret: str = "",
                 algorithms: Sequence[int] | None = None) -> None:
        self._user = user
        self._secret = Secret(secret)
        self._target_secret = Secret(target_secret) if target_secret else None
        if self._target_secret is not None and self._target_secret == self._secret:
            raise ValueError("the CHAP secrets of the two directions must differ")
        self._algorithms = list(available_algorithms() if algorithms is None else algorithms)
        #: What the target chose; 0 until then.
        self.algorithm = 0
        self._challenge: _Challenge | None = None
        self._step = 0
        #: True once the target has accepted and, if required, authenticated itself.
        self.done = False

    def first(self) -> dict[str, str]:
        """The algorithms that we offer."""
        return {"CHAP_A": ",".join(str(number) for number in self._algorithms)}

    def respond(self, pairs: Mapping[str, str]) -> dict[str, str]:
        """The pairs to send; none once the exchange is complete. Raises ChapError."""
        self._step += 1
        if self._step == 1:
            return self._answer(pairs)
        if self._target_secret is not None and self._challenge is not None:
            self._check(self._target_secret, self._challenge, pairs)
        self.done = True
        return {}

    def _answer(self, pairs: Mapping[str, str]) -> dict[str, str]:
        chosen = _need(pairs, "CHAP_A")
        if chosen not in [str(number) for number in self._algorithms]:
            raise ChapError(f"the target chose CHAP algorithm {chosen[:20]}, which was not offered")
        self.algorithm = int(chosen)
        identifier, theirs = _identifier(_need(pairs, "CHAP_I")), _challenge_of(pairs)
        answer = {"CHAP_N": self._user,
                  "CHAP_R": encode_bytes(self._secret.response(self.algorithm, identifier, theirs))}
        if self._target_secret is not None:
            self._challenge = _Challenge(self.algorithm)
            answer.update(self._challenge.pairs())
        return answer

    def _check(self, secret: Secret, challenge: _Challenge, pairs: Mapping[str, str]) -> None:
        response = decode_bytes(_need(pairs, "CHAP_R"))
        _need(pairs, "CHAP_N")
        if not secret.proves(self.algorithm, challenge.identifier, challenge.value, response):
            raise ChapError("the target could not prove itself")

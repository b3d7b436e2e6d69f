# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROD tokens: they represent data of one logical unit, and can be written to any unit of the server (SPC-6 5.17.7.4).

A point in time token keeps digests of the data instead of a copy: it is revoked once the data has changed. A token of
type "access upon reference" represents the data that is there when it is used.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping, Tuple

from ..._scsi.copy_cscds import encode_identification
from ..._scsi.populate_token import ROD_TOKEN_BLOCK_DEVICE, ROD_TOKEN_LENGTH, ROD_TOKEN_SIZE
from ..._scsi.receive_copy_lid4 import ROD_TOKEN_HEADER
from ..._scsi.sense_keys import ILLEGAL_REQUEST
from ..feature import Check, Clock
from .endpoint import CopyEndpoint

UNKNOWN = (0x23, 0x04)
CORRUPT = (0x23, 0x05)
REVOKED = (0x23, 0x06)
EXPIRED = (0x23, 0x07)
DELETED = (0x23, 0x09)
INVALID_LENGTH = (0x23, 0x0A)

#: For how many invalid tokens the reason is remembered.
_MOST_REMEMBERED = 256
_IDENTIFIER_SIZE = 8
_BINARY, _NAA = 1, 3
_MANAGED_SIZE = 128

Code = Tuple[int, int]
Range = Tuple[int, int]


def invalid_token(code: Code) -> Check:
    """ILLEGAL REQUEST, with one of the codes above."""
    return Check(ILLEGAL_REQUEST, *code)


def digest(data: bytes) -> str:
    """A fingerprint that changes when the data changes."""
    return hashlib.sha256(data).hexdigest()[:32]


@dataclass
class Token:
    """A valid token. Times are in seconds of the clock of the unit that created it."""

    content: bytes
    ranges: list[Range]
    block_length: int
    timeout: float
    #: When it was created or last used.
    used: float
    #: The digests of the data, in pieces of ``piece_blocks`` blocks; empty for access upon reference.
    digests: list[str] = field(default_factory=list)
    piece_blocks: int = 1

    @property
    def identifier(self) -> str:
        """COPY MANAGER ROD TOKEN IDENTIFIER, in hex."""
        return identifier_of(self.content)

    @property
    def blocks(self) -> int:
        """How many blocks it represents."""
        return sum(count for _lba, count in self.ranges)

    def save(self) -> dict[str, Any]:
        """The state, as JSON can hold it."""
        return {"content": self.content.hex(), "ranges": [list(each) for each in self.ranges],
                "block_length": self.block_length, "timeout": self.timeout, "used": self.used,
                "digests": list(self.digests), "piece_blocks": self.piece_blocks}

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Token:
        """The token that `save` returned."""
        return cls(bytes.fromhex(state["content"]), [tuple(each) for each in state["ranges"]],
                   state["block_length"], state["timeout"], state["used"], list(state["digests"]),
                   state["piece_blocks"])


def identifier_of(content: bytes) -> str:
    """COPY MANAGER ROD TOKEN IDENTIFIER of a token, in hex."""
    return str(ROD_TOKEN_HEADER.decode(content)["copy_manager_rod_token_identifier"])


def make_content(kind: int, unit: CopyEndpoint, byte_count: int) -> bytes:
    """The 512 bytes of a new token: its copy manager, its size, and a random part."""
    length = unit.medium.block_length
    creator = encode_identification({
        "peripheral_device_type": unit.peripheral_device_type, "code_set": _BINARY, "designator_type": _NAA,
        "designator": unit.designator.hex(), "disk_block_length": length})
    header = ROD_TOKEN_HEADER.encode(
        rod_type=kind, rod_token_length=ROD_TOKEN_LENGTH,
        copy_manager_rod_token_identifier=secrets.token_hex(_IDENTIFIER_SIZE),
        creator_logical_unit_descriptor=creator.hex(), number_of_bytes_represented=byte_count)
    device = ROD_TOKEN_BLOCK_DEVICE.encode(logical_block_length_in_bytes=length)
    return header + device[len(header):_MANAGED_SIZE] + secrets.token_bytes(ROD_TOKEN_SIZE - _MANAGED_SIZE)


class RodTokens:
    """The tokens that one unit's copy manager has created. ``changed`` is called when they change."""

    def __init__(self, clock: Clock, unit: CopyEndpoint, changed: Callable[[], None]) -> None:
        self.unit = unit
        self._clock = clock
        self._changed = changed
        self._tokens: dict[str, Token] = {}
        #: Why a token is invalid, by its identifier.
        self._ended: dict[str, Code] = {}

    def add(self, token: Token) -> None:
        """Adds a new token."""
        self.use(token)
        self._tokens[token.identifier] = token
        self._changed()

    def valid(self) -> list[Token]:
        """The valid tokens."""
        now = self._clock.now()
        for token in list(self._tokens.values()):
            if now >= token.used + token.timeout:
                self.end(token, EXPIRED)
        return list(self._tokens.values())

    def end(self, token: Token, why: Code) -> None:
        """Makes a token invalid."""
        if self._tokens.pop(token.identifier, None) is None:
            return
        self._ended[token.identifier] = why
        while len(self._ended) > _MOST_REMEMBERED:
            del self._ended[next(iter(self._ended))]
        self._changed()

    def use(self, token: Token) -> None:
        """Restarts the token's lifetime."""
        token.used = self._clock.now()

    def find(self, content: bytes) -> Token | None:
        """The token with this content; None if another copy manager created it. Raises Check if it is invalid."""
        self.valid()
        identifier = identifier_of(content)
        token = self._tokens.get(identifier)
        if token is not None:
            if token.content != content:
                raise invalid_token(CORRUPT)
            return token
        if identifier in self._ended:
            raise invalid_token(self._ended[identifier])
        return None

    def save(self) -> dict[str, Any]:
        """The state, as JSON can hold it."""
        return {"valid": [token.save() for token in self._tokens.values()],
                "ended": {identifier: list(code) for identifier, code in self._ended.items()}}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restores what `save` returned."""
        loaded = [Token.load(each) for each in state.get("valid") or ()]
        self._tokens = {token.identifier: token for token in loaded}
        self._ended = {identifier: (code[0], code[1]) for identifier, code in (state.get("ended") or {}).items()}


class UnitRegistry:
    """The logical units of a server that can take part in copies, and their tokens. All its copy managers share one."""

    def __init__(self) -> None:
        self._units: dict[bytes, CopyEndpoint] = {}
        self._tokens: dict[bytes, RodTokens] = {}

    def put(self, unit: CopyEndpoint) -> None:
        """Adds a unit."""
        self._units[unit.designator] = unit

    def remove(self, designator: bytes) -> None:
        """Removes a unit with its tokens."""
        self._units.pop(designator, None)
        self._tokens.pop(designator, None)

    def find(self, designator: bytes) -> CopyEndpoint | None:
        """The unit that has this designator in VPD page 83h."""
        return self._units.get(designator)

    def put_tokens(self, tokens: RodTokens) -> None:
        """Adds the tokens of a unit."""
        self._tokens[tokens.unit.designator] = tokens

    def find_token(self, content: bytes) -> tuple[RodTokens, Token]:
        """All tokens of the token's unit, and the token. Raises Check for an invalid one."""
        if ROD_TOKEN_HEADER.decode(content)["rod_token_length"] != ROD_TOKEN_LENGTH:
            raise invalid_token(INVALID_LENGTH)
        for tokens in self._tokens.values():
            token = tokens.find(content)
            if token is not None:
                return tokens, token
        raise invalid_token(UNKNOWN)


def blocks_of(ranges: Iterable[Range], start: int, count: int) -> list[Range]:
    """Where ``count`` blocks of the ranges are, from their ``start``-th block on; fewer if the ranges end before."""
    found = []
    for lba, length in ranges:
        skipped = min(start, length)
        taken = min(length - skipped, count)
        if taken:
            found.append((lba + skipped, taken))
        start -= skipped
        count -= taken
    return found

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""POPULATE TOKEN and WRITE USING TOKEN (SBC-5 4.30): their parameter lists, and their execution in steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..._scsi.populate_token import DATA_LENGTH_END, POPULATE_TOKEN_LIST, RANGE, decode_ranges
from ..._scsi.receive_copy_lid4 import ROD_TOKEN_HEADER
from ..._scsi.sense_keys import ILLEGAL_REQUEST
from ..._scsi.table import Table
from ..._scsi.write_using_token import WRITE_USING_TOKEN_LIST
from ..contract import Nexus
from ..feature import Check, invalid_field_in_parameter_list
from .endpoint import CopyEndpoint
from .parameters import ACCESS_ON_REFERENCE, BLOCK_ZERO, CopySettings
from .rod_tokens import (
    DELETED,
    REVOKED,
    Range,
    RodTokens,
    Token,
    UnitRegistry,
    blocks_of,
    digest,
    invalid_token,
    make_content,
)
from .work import Refused, Steps, Work, check_ready, read

_LENGTH_ERROR = Check(ILLEGAL_REQUEST, 0x1A, 0x00)
_TOO_MANY_RANGES = Check(ILLEGAL_REQUEST, 0x26, 0x08)
_TIMEOUT_BYTE, _ROD_TYPE_BYTE, _OFFSET_BYTE = 4, 8, 8


@dataclass(frozen=True)
class PopulateRequest:
    """What to create a token from."""

    immediate: bool
    kind: int
    timeout: int
    ranges: list[Range]


@dataclass(frozen=True)
class WriteRequest:
    """What to write from a token, and where. ``offset`` is in blocks of the destination; no token means zeros."""

    immediate: bool
    deletes: bool
    offset: int
    ranges: list[Range]
    token: tuple[RodTokens, Token] | None


def parse_populate(data: bytes, length: int, settings: CopySettings, unit: CopyEndpoint) -> PopulateRequest:
    """The parameter list of POPULATE TOKEN. Raises Check."""
    values, ranges = _parse(POPULATE_TOKEN_LIST, "populate_token_data_length", data, length, settings, unit)
    timeout = values["inactivity_timeout_seconds"]
    if timeout is not None and timeout > settings.maximum_timeout:
        raise invalid_field_in_parameter_list(_TIMEOUT_BYTE)
    kind = settings.rod_types[0]
    if values["rtv"]:
        kind = values["rod_type"]["value"]
        if kind not in settings.rod_types:
            raise invalid_field_in_parameter_list(_ROD_TYPE_BYTE)
    return PopulateRequest(values["immed"], kind, timeout or settings.default_timeout, ranges)


def parse_write(data: bytes, length: int, settings: CopySettings, unit: CopyEndpoint,
                registry: UnitRegistry) -> WriteRequest:
    """The parameter list of WRITE USING TOKEN. Raises Check, also for a token that cannot be used."""
    values, ranges = _parse(WRITE_USING_TOKEN_LIST, "write_using_token_data_length", data, length, settings, unit)
    content = bytes.fromhex(values["rod_token"])
    offset = values["offset_into_rod_blocks"]
    if ROD_TOKEN_HEADER.decode(content)["rod_type"]["value"] == BLOCK_ZERO:
        return WriteRequest(values["immed"], False, offset, ranges, None)
    tokens, token = registry.find_token(content)
    represented = token.blocks * token.block_length
    own = unit.medium.block_length
    if offset * own >= represented:
        raise invalid_field_in_parameter_list(_OFFSET_BYTE)
    if (offset + _blocks(ranges)) * own > represented:
        raise invalid_field_in_parameter_list(WRITE_USING_TOKEN_LIST.size)
    return WriteRequest(values["immed"], values["del_tkn"], offset, ranges, (tokens, token))


def _parse(table: Table, length_field: str, data: bytes, length: int, settings: CopySettings,
           unit: CopyEndpoint) -> tuple[Any, list[Range]]:
    """The fields of a parameter list, and its ranges, which are within the unit and do not overlap."""
    there = min(length, len(data))
    if there < table.size:
        raise _LENGTH_ERROR
    values = table.decode(data)
    listed = values["block_device_range_descriptor_length"]
    length_byte = table.size - 2
    if values[length_field] < table.size - DATA_LENGTH_END + RANGE.size:
        raise invalid_field_in_parameter_list(0)
    if listed < RANGE.size or listed % RANGE.size or listed > values[length_field] + DATA_LENGTH_END - table.size:
        raise invalid_field_in_parameter_list(length_byte)
    if listed // RANGE.size > settings.maximum_ranges:
        raise _TOO_MANY_RANGES
    if table.size + listed > there:
        raise _LENGTH_ERROR
    ranges = decode_ranges(data[table.size:table.size + listed])
    for lba, count in ranges:
        if lba + count > unit.medium.blocks:
            raise Check(ILLEGAL_REQUEST, 0x21, 0x00, information=max(lba, unit.medium.blocks))
    _check_apart(ranges, table.size)
    if _blocks(ranges) > settings.maximum_token_blocks:
        raise invalid_field_in_parameter_list(table.size)
    return values, ranges


def _check_apart(ranges: list[Range], start: int) -> None:
    for place, (lba, count) in enumerate(ranges):
        for other, more in ranges[:place]:
            if lba < other + more and other < lba + count:
                raise invalid_field_in_parameter_list(start + place * RANGE.size)


def _blocks(ranges: list[Range]) -> int:
    return sum(count for _lba, count in ranges)


class Populate(Work):
    """Creates a token. For a point in time token, all of the data is read once."""

    def __init__(self, request: PopulateRequest, tokens: RodTokens, nexus: Nexus, settings: CopySettings) -> None:
        super().__init__()
        self._request = request
        self._made = tokens
        self._unit = tokens.unit
        self._nexus = nexus
        self._settings = settings

    def run(self) -> Steps:
        request, length = self._request, self._unit.medium.block_length
        piece = self._settings.chunk_blocks(length)
        total = _blocks(request.ranges)
        digests: list[str] = []
        try:
            check_ready(self._unit, self._nexus, False)
            if request.kind == ACCESS_ON_REFERENCE:
                yield total * length
            else:
                for start in range(0, total, piece):
                    data = read_ranges(self._unit, self._nexus, blocks_of(request.ranges, start, piece))
                    digests.append(digest(data))
                    yield len(data)
        except Refused as refused:
            raise refused.refusal from refused
        content = make_content(request.kind, self._unit, total * length)
        ranges = [each for each in request.ranges if each[1]]
        self._made.add(Token(content, ranges, length, request.timeout, 0, digests, piece))
        self.tokens.append(content)


class WriteUsing(Work):
    """Writes the data that a token represents."""

    def __init__(self, request: WriteRequest, unit: CopyEndpoint, nexus: Nexus, settings: CopySettings) -> None:
        super().__init__()
        self._request = request
        self._unit = unit
        self._nexus = nexus
        self._settings = settings
        #: The piece of the token's data that was read last.
        self._piece: tuple[int, bytes] = (-1, b"")

    def run(self) -> Steps:
        length = self._unit.medium.block_length
        step = self._settings.chunk_blocks(length)
        done = 0
        try:
            for lba, count in self._request.ranges:
                for start in range(0, count, step):
                    blocks = min(step, count - start)
                    data = self._data((self._request.offset + done) * length, blocks * length)
                    check_ready(self._unit, self._nexus, True)
                    self._store(self._unit, lba + start, data)
                    done += blocks
                    yield len(data)
        except Refused as refused:
            raise refused.refusal from refused
        if self._request.token is not None and self._request.deletes:
            tokens, token = self._request.token
            tokens.end(token, DELETED)

    def _data(self, start: int, count: int) -> bytes:
        """``count`` bytes of the token's data, from byte ``start`` on."""
        if self._request.token is None:
            return bytes(count)
        tokens, token = self._request.token
        # The token may have been removed since the last step.
        if tokens.find(token.content) is None:
            raise invalid_token(REVOKED)
        tokens.use(token)
        size = token.piece_blocks * token.block_length
        found = b""
        while len(found) < count:
            number, skipped = divmod(start + len(found), size)
            found += self._read_piece(tokens, token, number)[skipped:skipped + count - len(found)]
        return found

    def _read_piece(self, tokens: RodTokens, token: Token, number: int) -> bytes:
        if self._piece[0] != number:
            where = blocks_of(token.ranges, number * token.piece_blocks, token.piece_blocks)
            data = read_ranges(tokens.unit, self._nexus, where)
            if token.digests and token.digests[number] != digest(data):
                tokens.end(token, REVOKED)
                raise invalid_token(REVOKED)
            self._piece = number, data
        return self._piece[1]


def read_ranges(unit: CopyEndpoint, nexus: Nexus, ranges: list[Range]) -> bytes:
    """The bytes of all ranges. Raises Refused."""
    return b"".join(read(unit, nexus, lba, count) for lba, count in ranges)

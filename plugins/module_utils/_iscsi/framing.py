# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes a stream of bytes into PDUs as they arrive, with bounded memory."""

from __future__ import annotations

from . import crc32c
from .pdu import DIGEST_LENGTH, HEADER_LENGTH, NO_DIGESTS, Pdu, decode_header, title


class FramingError(Exception):
    """The stream cannot be read any further: it is unknown where the next PDU begins (RFC 7143 7.7, 7.8)."""


class Decoder:
    """Takes bytes as they arrive and returns PDUs.

    ``digests`` and ``maximum_data_segment`` may be changed between two PDUs, as at the end of a login. A data segment
    longer than declared is refused by its header alone, so no peer can make this side store more.
    """

    def __init__(self, maximum_data_segment: int) -> None:
        self.maximum_data_segment = maximum_data_segment
        self.digests = NO_DIGESTS
        self._buffer = bytearray()
        self._head: Pdu | None = None
        self._data_length = 0

    def feed(self, data: bytes) -> None:
        """Adds what has arrived."""
        self._buffer += data

    @property
    def idle(self) -> bool:
        """True if nothing of a further PDU has arrived."""
        return not self._buffer and self._head is None

    def next(self) -> Pdu | None:
        """The next PDU, or None until more has arrived. Raises FramingError."""
        if self._head is None:
            self._head = self._next_header()
            if self._head is None:
                return None
        length = self._data_length
        padded = length + -length % 4
        digest_length = DIGEST_LENGTH if self.digests.data and length else 0
        buffer = self._buffer
        if len(buffer) < padded + digest_length:
            return None
        pdu, self._head = self._head, None
        if length:
            segment = bytes(buffer[:padded])
            if digest_length:
                # The padding is part of what the digest covers (RFC 7143 13.1).
                pdu.intact = crc32c.digest(segment) == buffer[padded:padded + digest_length]
            pdu.data = segment[:length] if padded != length else segment
            del buffer[:padded + digest_length]
        return pdu

    def _next_header(self) -> Pdu | None:
        buffer = self._buffer
        if len(buffer) < HEADER_LENGTH:
            return None
        data_length = int.from_bytes(buffer[5:8], "big")
        end = HEADER_LENGTH + 4 * buffer[4]
        digest_length = DIGEST_LENGTH if self.digests.header else 0
        if len(buffer) < end + digest_length:
            return None
        header = bytes(buffer[:end])
        if digest_length and crc32c.digest(header) != buffer[end:end + digest_length]:
            raise FramingError("header digest error")
        if data_length > self.maximum_data_segment:
            raise FramingError(f"{title(header[0] & 0x3F)} with a data segment of {data_length} bytes, "
                               f"more than the {self.maximum_data_segment} that were agreed")
        del buffer[:end + digest_length]
        self._data_length = data_length
        return decode_header(header[:HEADER_LENGTH], header[HEADER_LENGTH:])

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server grants its initiators, and the memory that their data-out shares."""

from __future__ import annotations

from dataclasses import dataclass

_MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """``window``: the commands that one session may have in flight. ``maximum_data_out``: the bytes of data-out that
    one command may have; ``maximum_data_out_of_all``: those that all commands together may have waiting.

    ``ping_seconds``: a connection that was silent for this long is pinged, and dropped if it stays silent for the same
    time again; 0 for never. ``linger_seconds``: how long a peer may take to read the last PDUs of a closing connection.
    """

    window: int = 64
    maximum_data_out: int = 64 * _MEBIBYTE
    maximum_data_out_of_all: int = 256 * _MEBIBYTE
    maximum_connections: int = 1024
    login_seconds: float = 15.0
    ping_seconds: float = 60.0
    linger_seconds: float = 5.0


class DataOutBudget:
    """The memory that data-out may take while it is fetched, shared by all sessions of a server."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self.used_bytes = 0

    def reserve(self, length: int) -> bool:
        """Reserves ``length`` bytes; returns False, with nothing reserved, if there is no room for them now."""
        if self.used_bytes + length > self._limit_bytes:
            return False
        self.used_bytes += length
        return True

    def release(self, length: int) -> None:
        """Releases what was reserved."""
        self.used_bytes -= length

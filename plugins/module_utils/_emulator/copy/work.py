# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a copy operation, and what all kinds of copies share."""

from __future__ import annotations

from typing import Generator

from ..contract import Nexus
from ..feature import Check, Status
from .endpoint import CopyEndpoint, Refusal

_INTERNAL_TARGET_FAILURE = (0x04, 0x44, 0x00)

#: Yields how many bytes each step has copied.
Steps = Generator[int, None, None]


class Work:
    """Work that is done in steps."""

    #: How many segments have been begun (SPC-4, RECEIVE COPY STATUS(LID1)).
    segments_begun: int = 0

    def __init__(self) -> None:
        #: The units that were written to.
        self.written: list[CopyEndpoint] = []
        #: The ROD tokens that were created.
        self.tokens: list[bytes] = []

    def run(self) -> Steps:
        """Does one step after another, and yields how many bytes each has copied. Raises Check or Status."""
        raise NotImplementedError

    def _store(self, unit: CopyEndpoint, lba: int, data: bytes) -> None:
        """Writes, or raises Refused."""
        if unit not in self.written:
            self.written.append(unit)
        try:
            unit.medium.write(lba, data)
        except (Check, Status) as refusal:
            raise Refused(refusal) from refusal
        except OSError as error:
            raise Refused(Check(*_INTERNAL_TARGET_FAILURE)) from error


class Refused(Exception):
    """A unit refused what the copy manager asked of it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def check_ready(unit: CopyEndpoint, nexus: Nexus, writes: bool) -> None:
    """Raises Refused if the unit may not be used now."""
    refusal = unit.ready(nexus, writes)
    if refusal is not None:
        raise Refused(refusal)


def read(unit: CopyEndpoint, nexus: Nexus, lba: int, count: int) -> bytes:
    """Reads, or raises Refused."""
    check_ready(unit, nexus, False)
    try:
        return unit.medium.read(lba, count)
    except (Check, Status) as refusal:
        raise Refused(refusal) from refusal
    except OSError as error:
        raise Refused(Check(*_INTERNAL_TARGET_FAILURE)) from error

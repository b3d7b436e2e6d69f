# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Optional requests: the answer is ``None`` for what a drive does not support or refuses."""

from __future__ import annotations

from typing import Callable, TypeVar

from .._passthrough.command import RESERVATION_CONFLICT
from .._passthrough.errors import CheckCondition, ResponseError, StatusError
from .._passthrough.sender import Sender
from .._scsi.sense import Sense
from .._scsi.sense_keys import ILLEGAL_REQUEST

Answer = TypeVar("Answer")


class _Unsaid(Sense):
    """Stands for the sense data of a command that was not sent, and says why it was not."""

    why = ""

    def sentence(self) -> str:
        return "illegal request: " + self.why


class NotOffered(CheckCondition):
    """The drive does not support what was requested; nothing was sent."""

    def __init__(self, command_name: str, why: str) -> None:
        sense = _Unsaid(key=ILLEGAL_REQUEST, asc=0x20, ascq=0x00)
        sense.why = why
        super().__init__(command_name, sense)


def answer_or_none(session: Sender, what: str, read: Callable[[], Answer]) -> Answer | None:
    """What ``read`` returns; ``None`` if the drive does not support it or, with a warning, if the drive refuses it.

    ``what`` names it in the warning. Errors on the way to the drive, and those that keep the drive from answering
    anything, are raised.
    """
    try:
        return read()
    except NotOffered:
        return None
    except (CheckCondition, ResponseError) as error:
        session.warnings.append(f"{what}: {error}")
    except StatusError as error:
        # Another initiator's reservation conflicts with some commands, not with all (SPC-6 5, reservations).
        if error.status != RESERVATION_CONFLICT:
            raise
        session.warnings.append(f"{what}: {error}")
    return None

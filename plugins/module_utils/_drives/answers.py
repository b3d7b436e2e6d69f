# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions whose answer somebody can do without: what a drive does not support or refuses is ``None``."""

from __future__ import annotations

from typing import Callable, TypeVar

from .._passthrough.command import RESERVATION_CONFLICT
from .._passthrough.errors import (
    AccessError,
    CheckCondition,
    DriveError,
    ResponseError,
    StatusError,
    TransportError,
)
from .._passthrough.sender import Sender

Answer = TypeVar("Answer")


class NoAnswer(DriveError):
    """One command was not answered, and the one before it was: the drive may answer the next."""

    kind = "transport"


def answer_or_none(session: Sender, what: str | None, read: Callable[[], Answer]) -> Answer | None:
    """What ``read`` returns; ``None`` if the drive does not support it or, with a warning, if the drive fails at it.

    ``what`` names it in the warning; ``None`` where the error does. What keeps the drive from answering anything is
    raised, and so is what went wrong on the way to the drive.
    """
    try:
        return read()
    except CheckCondition as error:
        # Without a reply, it was not sent: the drive does not offer it.
        if error.reply is not None:
            _warn(session, what, error)
    except (ResponseError, NoAnswer) as error:
        _warn(session, what, error)
    except StatusError as error:
        # Another initiator's reservation conflicts with some commands, not with all (SPC-6 5, reservations).
        if error.status != RESERVATION_CONFLICT:
            raise
        _warn(session, what, error)
    return None


def side_answer(session: Sender, read: Callable[[], Answer]) -> Answer | None:
    """What ``read`` returns; ``None`` where there is no answer, whatever the reason.

    For a question beside the one that matters, which must not fail for it: a drive that cannot read the page with its
    hours is the very one whose self-test log is wanted. What the drive does not support is no warning. Only the
    drive's deadline ends this as everything else.
    """
    try:
        return read()
    except CheckCondition as error:
        if not error.not_supported:
            _warn(session, None, error)
    except (ResponseError, NoAnswer, StatusError, TransportError, AccessError) as error:
        _warn(session, None, error)
    return None


def _warn(session: Sender, what: str | None, error: DriveError) -> None:
    warning = f"{error}" if what is None else f"{what}: {error}"
    if warning not in session.warnings:
        session.warnings.append(warning)

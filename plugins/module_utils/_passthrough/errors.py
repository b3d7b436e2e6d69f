# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of all drive access: why a drive gave no usable answer, worded for its administrator."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from .._scsi.sense_keys import ILLEGAL_REQUEST
from .command import ACA_ACTIVE, BUSY, RESERVATION_CONFLICT, STATUS_NAMES, TASK_SET_FULL, Reply

if TYPE_CHECKING:
    from .._scsi.sense import Sense


_INVALID_OPERATION_CODE, _INVALID_FIELD_IN_CDB = 0x20, 0x24


class DriveError(Exception):
    """Any failure with one drive.

    The text says what is wrong and, if known, what to do. It is shown next to the drive's name, so it does not begin
    with that.
    """

    kind = "error"

    def facts(self) -> dict[str, Any]:
        """The error as data for the module's result."""
        return {"kind": self.kind, "message": str(self)}


class AddressError(DriveError):
    """The address that the user gave does not lead to a drive."""

    kind = "address"


class AccessError(DriveError):
    """The operating system did not let the command through."""

    kind = "access"


class CheckModeError(DriveError):
    """The command would change the drive and check mode forbids it. A module should have checked before sending."""

    kind = "check_mode"


class TransportError(DriveError):
    """The command did not reach the drive, or its answer was lost: nothing is known about the drive."""

    kind = "transport"

    def __init__(self, message: str, host_status: str | None = None, driver_status: str | None = None) -> None:
        super().__init__(message)
        self.host_status = host_status
        self.driver_status = driver_status

    def facts(self) -> dict[str, Any]:
        return dict(super().facts(), host_status=self.host_status, driver_status=self.driver_status)


class DeadlineError(DriveError):
    """The drive's deadline has passed."""

    kind = "timeout"


class StatusError(DriveError):
    """The drive answered with a status that is neither success nor CHECK CONDITION: busy, full, reserved, aborted."""

    kind = "status"
    #: With these statuses the device has not begun; TASK ABORTED may come halfway through (SAM-6 5.3.1).
    _NOT_BEGUN = frozenset((BUSY, RESERVATION_CONFLICT, TASK_SET_FULL, ACA_ACTIVE))

    def __init__(self, command_name: str, status: int, tries: int = 1) -> None:
        self.command_name = command_name
        self.status = status
        name = STATUS_NAMES.get(status, f"status {status:02x}h")
        self.status_name = name
        hint = {
            "RESERVATION CONFLICT": "; another initiator holds a reservation",
            "BUSY": "; the drive is busy",
            "TASK SET FULL": "; the drive's command queue is full",
        }.get(name, "")
        tried = f" (tried {tries} times)" if tries > 1 else ""
        super().__init__(f"{command_name}: {name}{hint}{tried}")

    @property
    def refused(self) -> bool:
        """True if the device cannot have done any of it."""
        return self.status in self._NOT_BEGUN

    def facts(self) -> dict[str, Any]:
        return dict(super().facts(), status={"value": self.status, "name": self.status_name})


class CheckCondition(DriveError):
    """The drive refused or failed the command and said why in its sense data."""

    kind = "check_condition"

    def __init__(self, command_name: str, sense: Sense, reply: Reply | None = None) -> None:
        super().__init__(f"{command_name}: {sense}")
        self.command_name = command_name
        self.sense = sense
        #: The whole reply, with the data read before the error; ``None`` if the command was not sent.
        self.reply = reply

    def facts(self) -> dict[str, Any]:
        return dict(super().facts(), sense=self.sense.facts())

    @property
    def refused(self) -> bool:
        """True if the device rejected the request and did none of it; for other errors that is not known."""
        return self.sense.key == ILLEGAL_REQUEST

    @property
    def not_supported(self) -> bool:
        """True if the sense data says that the drive does not know the command or this form of it (SPC-6 table 28)."""
        return self.refused and (self.sense.asc, self.sense.ascq) in (
            (0x20, 0x00), (0x24, 0x00), (0x25, 0x00), (0x26, 0x00))

    @property
    def no_such_command(self) -> bool:
        """True where the sense says that the drive does not know the command at all."""
        return self.refused and self.sense.asc == _INVALID_OPERATION_CODE

    def may_refuse_field(self, *places: int) -> bool:
        """Whether the sense objects to a field at one of these bytes of the CDB, or does not say to which."""
        if not self.refused or self.sense.asc != _INVALID_FIELD_IN_CDB:
            return False
        pointer = self.sense.field_pointer
        return pointer is None or pointer.in_cdb and pointer.byte in places

    @property
    def refusal(self) -> str:
        """The refusal as a fact about the drive: "not supported by this drive: invalid command operation code"."""
        return f"not supported by this drive: {str(self.sense).partition(': ')[2] or self.sense}"


class InternalError(DriveError):
    """An error of the collection itself, met in the work on one drive. It ends that work, and no other drive's."""

    kind = "internal"
    #: Of a traceback, the last calls; of what the error says, which may be a drive's own text.
    _MOST_CALLS, _MOST_CHARACTERS = 30, 500

    def __init__(self, error: Exception) -> None:
        what = traceback.format_exception_only(type(error), error)[-1].strip()
        super().__init__(f"{what[:self._MOST_CHARACTERS]} (an error of this collection, not of the drive; please "
                         "report it with its traceback)")
        self.traceback = "".join(
            traceback.format_exception(type(error), error, error.__traceback__, limit=-self._MOST_CALLS))


def as_drive_error(error: Exception) -> DriveError:
    """The error as one of one drive: itself, or an `InternalError` for any that is not of this family."""
    return error if isinstance(error, DriveError) else InternalError(error)


class ResponseError(DriveError):
    """The drive returned GOOD, but its data cannot be trusted."""

    kind = "response"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session that requests only what the drive lists as supported, and nothing twice.

A refused command leaves an entry in a drive's own log and, on some, counts in a counter that its vendor looks at. So
the lists that the standard provides come first: VPD page 00h, log pages 00h and 00h,FFh, and REPORT SUPPORTED OPERATION
CODES. What they do not contain is refused here, on the drive's behalf. The readers of pages notice no difference.
"""

from __future__ import annotations

from typing import Any, Callable, FrozenSet, Optional, Tuple

from .._passthrough.command import Command, Reply
from .._passthrough.errors import CheckCondition, ResponseError, TransportError
from .._passthrough.make_command import for_device
from .._passthrough.sender import Sender
from .._scsi.device_types import CD_DRIVE
from .._scsi.inquiry import SPC_3, SPC_4, decode_standard_inquiry
from .._scsi.log_sense import (
    ALL_SUBPAGES,
    ALLOCATION_LENGTH_BYTES,
    LOG_PAGE_HEADER,
    SUPPORTED_LOG_PAGES,
    decode_supported_log_pages,
)
from .._scsi.log_sense import page_title as log_page_title
from .._scsi.operation_codes import operation_name, service_action
from .._scsi.report_operation_codes import decode_operation_codes
from .._scsi.sense import Sense
from .._scsi.sense_keys import ILLEGAL_REQUEST
from .._scsi.vpd import SUPPORTED_PAGES, UNIT_SERIAL_NUMBER, VPD_HEADER, decode_supported_pages
from .._scsi.vpd import page_title as vpd_page_title
from .._scsi.vpd_designators import DEVICE_IDENTIFICATION
from . import commands, page_commands
from .answers import Answer, NoAnswer, answer_or_none

_TEST_UNIT_READY, _INQUIRY, _REQUEST_SENSE, _LOG_SENSE, _MAINTENANCE_IN = 0x00, 0x12, 0x03, 0x4D, 0xA3
#: Commands that every device has, or that list what it has.
_NEVER_LISTED = frozenset((_TEST_UNIT_READY, _INQUIRY, _REQUEST_SENSE, _MAINTENANCE_IN))
_LIST_LENGTH = 4096
_UNANSWERED_AT_MOST = 2
_LENGTH_OF_LENGTH = 4
#: All subpages that are asked for: environment and its limits, pending defects, and Seagate's FARM.
_SUBPAGES = frozenset(((0x0D, 1), (0x0D, 2), (0x15, 1), (0x3D, 3)))

_VpdPages = Optional[FrozenSet[int]]
_LogPages = Optional[FrozenSet[Tuple[int, int]]]
_Operations = Optional[FrozenSet[Tuple[int, Optional[int]]]]


class _Unsaid(Sense):
    """Stands for the sense data of a command that was not sent, and says why it was not."""

    why = ""

    def sentence(self) -> str:
        return "illegal request: " + self.why


class NotOffered(CheckCondition):
    """The drive does not support what was requested; nothing was sent, and there is no reply."""

    def __init__(self, command_name: str, why: str) -> None:
        sense = _Unsaid(key=ILLEGAL_REQUEST, asc=0x20, ascq=0x00)
        sense.why = why
        super().__init__(command_name, sense)


class CarefulSession:
    """Passes on only what the drive lists as supported. Oddities of the drive's lists become warnings."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._answers: dict[bytes, Reply | CheckCondition] = {}
        self._lists: dict[str, Any] = {}
        self._unanswered = False
        self._unanswered_count = 0
        #: The allocation length for LOG SENSE: what the drive takes, once it has taken one.
        self.log_length = _LIST_LENGTH
        self._log_length_taken = False

    @property
    def device(self) -> str:
        """How the user named the drive."""
        return self._sender.device

    @property
    def warnings(self) -> list[str]:
        """Those of the underlying sender."""
        return self._sender.warnings

    def send(self, command: Command) -> Reply:
        """As `Session.send`. Raises NotOffered for what the drive's lists do not contain."""
        known = self._answers.get(command.cdb)
        if isinstance(known, CheckCondition):
            raise known
        if known is not None:
            return known
        self._check(command)
        # REQUEST SENSE reports a unit attention once, and progress anew each time.
        known_as = for_device(command, self._known_type())
        repeatable = not known_as.changes and not known_as.discards and command.cdb[0] != _REQUEST_SENSE
        try:
            reply = self._sender.send(command)
        except CheckCondition as error:
            self._unanswered = False
            if repeatable:
                self._answers[command.cdb] = error
            raise
        except TransportError as error:
            # A drive may hang at one question; one that does not answer the next one either, or hangs ever again,
            # would take its whole deadline.
            self._unanswered_count += 1
            if self._unanswered or self._unanswered_count > _UNANSWERED_AT_MOST:
                raise
            self._unanswered = True
            raise NoAnswer(str(error)) from error
        self._unanswered = False
        if repeatable:
            self._answers[command.cdb] = reply
        return reply

    @property
    def standard(self) -> dict[str, Any]:
        """The standard INQUIRY data."""
        return self.once("standard", lambda: decode_standard_inquiry(
            self.send(commands.inquiry()).data, self.warnings))

    @property
    def device_type(self) -> int | None:
        """The peripheral device type."""
        return _value(self.standard["peripheral_device_type"])

    def _known_type(self) -> int | None:
        standard = self._lists.get("standard")
        return None if standard is None else _value(standard["peripheral_device_type"])

    @property
    def version(self) -> int:
        """The version of SPC that the drive claims, 0 for none."""
        return _value(self.standard["version"]) or 0

    @property
    def vpd_pages(self) -> _VpdPages:
        """The VPD pages that the drive has; ``None`` where there is no list to rely on."""
        return self.once("vpd", self._list_vpd_pages)

    @property
    def log_pages(self) -> _LogPages:
        """The log pages that the drive has, by page and subpage; ``None`` where there is no list to rely on."""
        return self.once("log", self._list_log_pages)

    @property
    def operations(self) -> _Operations:
        """The commands that the drive has, by operation code and service action; ``None`` where it does not list
        them.
        """
        return self.once("operations", self._list_operations)

    def has(self, operation_code: int, action: int | None = None) -> bool:
        """Whether the drive may support a command: it lists it, or has no list."""
        listed = self.operations
        return listed is None or (operation_code, action) in listed or (operation_code, None) in listed

    def lists(self, operation_code: int, action: int | None = None) -> bool:
        """Whether the drive has a list of commands, and it names this one."""
        return self.operations is not None and self.has(operation_code, action)

    def once(self, name: str, make: Callable[[], Answer]) -> Answer:
        """What ``make`` made when this was called first."""
        if name not in self._lists:
            self._lists[name] = make()
        answer: Answer = self._lists[name]
        return answer

    def _check(self, command: Command) -> None:
        """Raises NotOffered for what is not in the lists. The requests for the lists themselves are always sent."""
        cdb = command.cdb
        if cdb[0] == _INQUIRY:
            if cdb[1] & 1 and cdb[2] not in (SUPPORTED_PAGES, DEVICE_IDENTIFICATION):
                self._check_vpd_page(command, cdb[2])
            return
        if cdb[0] in _NEVER_LISTED:
            return
        if not self.has(cdb[0], service_action(cdb)):
            raise NotOffered(command.name, f"{operation_name(cdb)} is not among its supported commands")
        if cdb[0] == _LOG_SENSE and cdb[2] & 0x3F != SUPPORTED_LOG_PAGES:
            page = cdb[2] & 0x3F, cdb[3]
            listed = self.log_pages
            if listed is not None and page not in listed:
                raise NotOffered(command.name, f"{log_page_title(*page)} is not among its supported log pages")

    def _check_vpd_page(self, command: Command, page: int) -> None:
        listed = self.vpd_pages
        if listed is not None and page not in listed:
            raise NotOffered(command.name, f"{vpd_page_title(page)} is not among its supported VPD pages")

    def _list_vpd_pages(self) -> _VpdPages:
        data = answer_or_none(self, None, lambda: self.send(commands.vital_product_data(SUPPORTED_PAGES)).data)
        if data is None:
            # Old and simple devices have no vital product data, but some of them a serial number.
            return None if self.version >= SPC_3 else frozenset((UNIT_SERIAL_NUMBER,))
        listed = [page["value"] for page in decode_supported_pages(data, self.warnings)]
        # A list that is cut, or not in its order, is of no device that can be relied on (SPC-6 7.7.16).
        if _is_cut(data, VPD_HEADER.size) or listed[:1] != [SUPPORTED_PAGES] or listed != sorted(set(listed)):
            return None
        return frozenset(listed)

    def _list_log_pages(self) -> _LogPages:
        try:
            data = self.log_sense(SUPPORTED_LOG_PAGES, 0).data
        except NotOffered:
            return frozenset()
        except CheckCondition as error:
            self.warnings.append(f"the list of log pages: {error}")
            # Only a drive without the command has no pages; for any other reason they are still to be tried.
            return frozenset() if error.no_such_command else None
        except (NoAnswer, ResponseError) as error:
            self.warnings.append(f"the list of log pages: {error}")
            return None
        found = self._listed_log_pages(data, subpages=False)
        if found is None:
            self.warnings.append("the list of log pages is cut or does not name itself, so each page is asked for")
            return None
        wanted = frozenset(each for each in _SUBPAGES if (each[0], 0) in found)
        # Before SPC-4 there are no subpages.
        if self.version < SPC_4 or not wanted:
            return found
        more = answer_or_none(self, "the list of log subpages", lambda: self._listed_log_pages(
            self.log_sense(SUPPORTED_LOG_PAGES, ALL_SUBPAGES).data, subpages=True))
        # Without a list to rely on, they are asked for.
        return found | (wanted if more is None else more)

    def _listed_log_pages(self, data: bytes, subpages: bool) -> _LogPages:
        """The pages in a list; ``None`` for one that cannot be relied on: it is cut, or does not name itself."""
        listed = frozenset((page["page"], page["subpage"])
                           for page in decode_supported_log_pages(data, self.warnings, subpages=subpages))
        return None if _is_cut(data, LOG_PAGE_HEADER.size) or (SUPPORTED_LOG_PAGES, 0) not in listed else listed

    def log_sense(self, page: int, subpage: int) -> Reply:
        """A log page, as much of it as the drive returns at once: some refuse the allocation length, not the page."""
        try:
            reply = self.send(page_commands.log_sense(page, subpage, self.log_length))
        except CheckCondition as error:
            length_refused = error.may_refuse_field(*ALLOCATION_LENGTH_BYTES) and not isinstance(error, NotOffered)
            if not length_refused or self._log_length_taken:
                raise
            reply = self.send(page_commands.log_sense(page, subpage, page_commands.SHORT_LENGTH))
            self.log_length = page_commands.SHORT_LENGTH
        self._log_length_taken = True
        return reply

    def _list_operations(self) -> _Operations:
        # The standards for CD and DVD drives do not have REPORT SUPPORTED OPERATION CODES (MMC-6).
        if self.version < SPC_3 or self.device_type == CD_DRIVE:
            return None
        data = answer_or_none(self, "the list of commands", self._operation_codes)
        if data is None:
            return None
        listed = frozenset((each["operation_code"], each["service_action"])
                           for each in decode_operation_codes(data, self.warnings))
        # Every device has INQUIRY (SPC-6 table 91).
        if len(data) < _whole_list(data) or (_INQUIRY, None) not in listed:
            if data:
                self.warnings.append("the list of commands is cut or lacks INQUIRY, and is not relied on")
            return None
        return listed

    def _operation_codes(self) -> bytes:
        data = self.send(page_commands.report_operation_codes(_LIST_LENGTH)).data
        whole = _whole_list(data)
        if _LIST_LENGTH < whole <= 0xFFFF and len(data) == _LIST_LENGTH:
            return self.send(page_commands.report_operation_codes(whole)).data
        return data


def _is_cut(data: bytes, header_length: int) -> bool:
    """Whether fewer bytes arrived of a VPD or log page than its header says, in its bytes 2 and 3."""
    return len(data) < header_length + int.from_bytes(data[2:4], "big")


def _whole_list(data: bytes) -> int:
    """How long the answer to REPORT SUPPORTED OPERATION CODES says that it is."""
    return _LENGTH_OF_LENGTH + int.from_bytes(data[:_LENGTH_OF_LENGTH], "big")


def _value(coded: Any) -> int | None:
    value: int | None = None if coded is None else coded["value"]
    return value

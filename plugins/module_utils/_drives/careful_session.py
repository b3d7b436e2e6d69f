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
from .._passthrough.errors import CheckCondition
from .._passthrough.sender import Sender
from .._scsi.device_types import CD_DRIVE
from .._scsi.inquiry import SPC_3, SPC_4, decode_standard_inquiry
from .._scsi.log_sense import ALL_SUBPAGES, SUPPORTED_LOG_PAGES, decode_supported_log_pages
from .._scsi.log_sense import page_title as log_page_title
from .._scsi.operation_codes import operation_name, service_action
from .._scsi.report_operation_codes import decode_operation_codes
from .._scsi.vpd import SUPPORTED_PAGES, decode_supported_pages
from .._scsi.vpd import page_title as vpd_page_title
from .._scsi.vpd_designators import DEVICE_IDENTIFICATION
from . import commands, page_commands
from .answers import Answer, NotOffered, answer_or_none

_INQUIRY, _REQUEST_SENSE, _LOG_SENSE, _MAINTENANCE_IN = 0x12, 0x03, 0x4D, 0xA3
#: Commands that every device supports, or that list what it supports.
_NEVER_LISTED = frozenset((_INQUIRY, _REQUEST_SENSE, _MAINTENANCE_IN))
_LIST_LENGTH = 4096
_LENGTH_OF_LENGTH = 4
_BACKGROUND_SCAN = 0x15

_VpdPages = Optional[FrozenSet[int]]
_LogPages = Optional[FrozenSet[Tuple[int, int]]]
_Operations = Optional[FrozenSet[Tuple[int, Optional[int]]]]


class CarefulSession:
    """Passes on only what the drive lists as supported. Oddities of the drive's lists become warnings."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._answers: dict[bytes, Reply] = {}
        self._lists: dict[str, Any] = {}

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
        if known is not None:
            return known
        self._check(command)
        reply = self._sender.send(command)
        # REQUEST SENSE is not kept: it reports a unit attention only once, and progress changes.
        if not command.changes and not command.discards and command.cdb[0] != _REQUEST_SENSE:
            self._answers[command.cdb] = reply
        return reply

    @property
    def standard(self) -> dict[str, Any]:
        """The standard INQUIRY data."""
        return self._once("standard", lambda: decode_standard_inquiry(
            self.send(commands.inquiry()).data, self.warnings))

    @property
    def device_type(self) -> int | None:
        """The peripheral device type."""
        return _value(self.standard["peripheral_device_type"])

    @property
    def version(self) -> int:
        """The version of SPC that the drive claims, 0 for none."""
        return _value(self.standard["version"]) or 0

    @property
    def vpd_pages(self) -> _VpdPages:
        """The VPD pages that the drive has. A drive that does not list them is taken to have only its name, 83h, which
        was requested before.
        """
        return self._once("vpd", self._list_vpd_pages)

    @property
    def log_pages(self) -> _LogPages:
        """The log pages that the drive has, by page and subpage; ``None`` if it does not list them."""
        return self._once("log", self._list_log_pages)

    @property
    def operations(self) -> _Operations:
        """The commands that the drive has, by operation code and service action; ``None`` if it does not list them."""
        return self._once("operations", self._list_operations)

    def has(self, operation_code: int, action: int | None = None) -> bool:
        """Whether the drive may support a command: it lists it, or has no list."""
        listed = self.operations
        return listed is None or (operation_code, action) in listed or (operation_code, None) in listed

    def lists(self, operation_code: int, action: int | None = None) -> bool:
        """Whether the drive has a list of commands, and it names this one."""
        return self.operations is not None and self.has(operation_code, action)

    def _once(self, name: str, make: Callable[[], Answer]) -> Answer:
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
        pages = answer_or_none(self, "the list of VPD pages", lambda: decode_supported_pages(
            self.send(commands.vital_product_data(SUPPORTED_PAGES)).data, self.warnings))
        return frozenset(page["value"] for page in pages or ())

    def _list_log_pages(self) -> _LogPages:
        try:
            listed = decode_supported_log_pages(
                self.send(page_commands.log_sense(SUPPORTED_LOG_PAGES, 0, _LIST_LENGTH)).data, self.warnings)
        except CheckCondition as error:
            if isinstance(error, NotOffered):
                return frozenset()
            self.warnings.append(f"the list of log pages: {error}")
            # A drive with LOG SENSE has this page (SPC-6 7.3). After any other error the pages are still to be tried.
            return frozenset() if error.not_supported else None
        found: set[tuple[int, int]] = {(page["page"], 0) for page in listed}
        # There are no subpages before SPC-4, and the only ones that are read belong to the background scan.
        if self.version >= SPC_4 and (_BACKGROUND_SCAN, 0) in found:
            more = answer_or_none(self, "the list of log subpages", lambda: decode_supported_log_pages(
                self.send(page_commands.log_sense(SUPPORTED_LOG_PAGES, ALL_SUBPAGES, _LIST_LENGTH)).data,
                self.warnings, subpages=True))
            found.update((page["page"], page["subpage"]) for page in more or ())
        return frozenset(found)

    def _list_operations(self) -> _Operations:
        # The standards for CD and DVD drives do not have REPORT SUPPORTED OPERATION CODES (MMC-6).
        if self.version < SPC_3 or self.device_type == CD_DRIVE:
            return None
        data = answer_or_none(self, "the list of commands", self._operation_codes)
        listed = [] if data is None else decode_operation_codes(data, self.warnings)
        return frozenset((each["operation_code"], each["service_action"]) for each in listed) or None

    def _operation_codes(self) -> bytes:
        data = self.send(page_commands.report_operation_codes(_LIST_LENGTH)).data
        whole = _LENGTH_OF_LENGTH + int.from_bytes(data[:_LENGTH_OF_LENGTH], "big")
        if _LIST_LENGTH < whole <= 0xFFFF and len(data) == _LIST_LENGTH:
            return self.send(page_commands.report_operation_codes(whole)).data
        return data


def _value(coded: Any) -> int | None:
    value: int | None = None if coded is None else coded["value"]
    return value

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS (SPC-6 6.32, 6.42): self-tests, and diagnostic pages both ways.

SEND DIAGNOSTIC is for both, so `Diagnostics` handles it: self-tests are passed to `SelfTests`, a page to the feature
that has it.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

from ..._scsi.diagnostic_sas import SAS_DIAGNOSTIC, SAS_DIAGNOSTIC_PAGE, TEST_FUNCTIONS
from ..._scsi.receive_diagnostic import (
    DIAGNOSTIC_PAGE_HEADER,
    RECEIVE_DIAGNOSTIC_RESULTS,
    SUPPORTED_DIAGNOSTIC_PAGES,
    encode_supported_diagnostic_pages,
)
from ..._scsi.send_diagnostic import SEND_DIAGNOSTIC
from ..contract import Nexus, Task
from ..feature import Check, Code, Feature, Handler, invalid_field_in_cdb, invalid_field_in_parameter_list
from .selftest import SelfTests

_RECEIVE_DIAGNOSTIC_RESULTS, _SEND_DIAGNOSTIC = 0x1C, 0x1D
_PARAMETER_LIST_LENGTH_ERROR = (0x05, 0x1A, 0x00)


class DiagnosticPages(Feature):
    """A feature with diagnostic pages: `Feature.diagnostic_pages` that it returns, and others that it accepts."""

    def diagnostic_controls(self) -> Mapping[int, Callable[[bytes], None]]:
        """The pages that may be sent to it, each passed whole; raises Check for one that it does not accept."""
        return {}


class Diagnostics(Feature):
    """Both commands, for all the diagnostic pages of a unit."""

    name = "diagnostics"

    def __init__(self, selftests: SelfTests, pages: Sequence[DiagnosticPages] = ()) -> None:
        super().__init__()
        self._selftests = selftests
        self._sources = tuple(pages)
        #: The page that RECEIVE DIAGNOSTIC RESULTS without PCV returns to each I_T nexus: the one that it sent last.
        self._prepared: dict[Nexus, int] = {}

    def commands(self) -> Mapping[Code, Handler]:
        return {(_RECEIVE_DIAGNOSTIC_RESULTS, None): self._receive, (_SEND_DIAGNOSTIC, None): self._send}

    def data_out(self) -> Mapping[Code, Callable[[bytes], int]]:
        return {(_SEND_DIAGNOSTIC, None): lambda cdb: int(SEND_DIAGNOSTIC.decode(cdb)["parameter_list_length"])}

    def diagnostic_pages(self) -> Mapping[int, Callable[[], bytes]]:
        found: dict[int, Callable[[], bytes]] = {SUPPORTED_DIAGNOSTIC_PAGES: self._supported}
        for source in self._sources:
            found.update(source.diagnostic_pages())
        return found

    def _controls(self) -> dict[int, Callable[[bytes], None]]:
        found: dict[int, Callable[[bytes], None]] = {}
        for source in self._sources:
            found.update(source.diagnostic_controls())
        return found

    def _supported(self) -> bytes:
        return encode_supported_diagnostic_pages(sorted(set(self.diagnostic_pages()).union(self._controls())))

    def _receive(self, task: Task) -> bytes:
        values = RECEIVE_DIAGNOSTIC_RESULTS.decode(task.cdb)
        code = values["page_code"]
        if not values["pcv"]:
            # SPC-6 leaves open what is returned if nothing was sent before.
            code = self._prepared.get(task.nexus, SUPPORTED_DIAGNOSTIC_PAGES)
        page = self.diagnostic_pages().get(code)
        if page is None:
            raise invalid_field_in_cdb(2)
        return page()[:values["allocation_length"]]

    def _send(self, task: Task) -> Any:
        values = SEND_DIAGNOSTIC.decode(task.cdb)
        if values["selftest"] or values["self_test_code"]["value"]:
            return self._selftests.perform(task)
        length = values["parameter_list_length"]
        if not length:
            return b""
        if not values["pf"]:
            raise invalid_field_in_cdb(1, 4)
        page = task.data_out[:length]
        header = DIAGNOSTIC_PAGE_HEADER.decode(page)
        if len(page) < length:
            raise Check(*_PARAMETER_LIST_LENGTH_ERROR)
        if header["page_length"] is None or length != DIAGNOSTIC_PAGE_HEADER.size + header["page_length"]:
            # One command sends one whole page (SPC-6 6.42).
            raise invalid_field_in_cdb(3)
        self._take(header["page_code"], page)
        self._prepared[task.nexus] = header["page_code"]
        return b""

    def _take(self, code: int, page: bytes) -> None:
        if code == SUPPORTED_DIAGNOSTIC_PAGES and len(page) == DIAGNOSTIC_PAGE_HEADER.size:
            return
        take = self._controls().get(code)
        if take is not None:
            take(page)
        elif code not in self.diagnostic_pages() or len(page) > DIAGNOSTIC_PAGE_HEADER.size:
            # Sending an empty page is allowed for one that can only be received: it selects that page.
            raise invalid_field_in_parameter_list(0)

    def abort(self, task: Task) -> None:
        # Only foreground self-tests are answered later.
        self._selftests.abort(task)

    def nexus_lost(self, nexus: Nexus) -> None:
        self._prepared.pop(nexus, None)

    def reset(self, kind: str) -> None:
        del kind
        self._prepared.clear()


class EchoPage(DiagnosticPages):
    """A vendor specific page that returns what was sent to it."""

    name = "echo_page"

    def __init__(self, page: int = 0x80) -> None:
        super().__init__()
        self._code = page
        self._content = b""

    def diagnostic_pages(self) -> Mapping[int, Callable[[], bytes]]:
        return {self._code: lambda: DIAGNOSTIC_PAGE_HEADER.encode(
            page_code=self._code, page_length=len(self._content)) + self._content}

    def diagnostic_controls(self) -> Mapping[int, Callable[[bytes], None]]:
        return {self._code: self._keep}

    def _keep(self, page: bytes) -> None:
        self._content = page[DIAGNOSTIC_PAGE_HEADER.size:]
        self.changed()

    def save(self) -> dict[str, Any]:
        return {"content": self._content.hex()}

    def load(self, state: Mapping[str, Any]) -> None:
        self._content = bytes.fromhex(state.get("content") or "")


class SasPhyTests(DiagnosticPages):
    """The protocol specific page of SAS (SPL-5 9.2.9.2): makes a phy transmit a test pattern.

    The standard defines it for sending only. Here it can also be received, and then returns the page sent last.
    """

    name = "sas_phy_tests"

    def __init__(self, phys: int = 2) -> None:
        super().__init__()
        self._phys = phys
        self._last: bytes = SAS_DIAGNOSTIC.encode()
        #: The pages of the phys that transmit a pattern, by phy.
        self.transmitting: dict[int, bytes] = {}

    def diagnostic_pages(self) -> Mapping[int, Callable[[], bytes]]:
        return {SAS_DIAGNOSTIC_PAGE: lambda: self._last}

    def diagnostic_controls(self) -> Mapping[int, Callable[[bytes], None]]:
        return {SAS_DIAGNOSTIC_PAGE: self._take}

    def _take(self, page: bytes) -> None:
        values = SAS_DIAGNOSTIC.decode(page)
        if len(page) != SAS_DIAGNOSTIC.size:
            raise invalid_field_in_parameter_list(2)
        if values["protocol_identifier"] != 6:
            raise invalid_field_in_parameter_list(1, 3)
        phy: int = values["phy_identifier"]
        if phy >= self._phys:
            raise invalid_field_in_parameter_list(4)
        function: str | None = values["phy_test_function"]["name"]
        if function == TEST_FUNCTIONS[0]:
            self.transmitting.pop(phy, None)
        elif function == TEST_FUNCTIONS[1]:
            self.transmitting[phy] = page
        else:
            raise invalid_field_in_parameter_list(5)
        self._last = page

    def reset(self, kind: str) -> None:
        del kind
        self.transmitting.clear()

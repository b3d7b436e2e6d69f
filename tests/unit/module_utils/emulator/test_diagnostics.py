# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagnostic pages, as an initiator notices them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.diagnostics import (
    DiagnosticPages,
    Diagnostics,
    EchoPage,
    SasPhyTests,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.selftest import SelfTests
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.diagnostic_sas import SAS_DIAGNOSTIC
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_diagnostic import (
    RECEIVE_DIAGNOSTIC_RESULTS,
    decode_supported_diagnostic_pages,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.send_diagnostic import SEND_DIAGNOSTIC

from .bench import ONE, OTHER, Bench, FakeTask, FakeTimers

INVALID_FIELD_IN_CDB = (0x05, 0x24, 0x00)
INVALID_FIELD_IN_PARAMETER_LIST = (0x05, 0x26, 0x00)
PARAMETER_LIST_LENGTH_ERROR = (0x05, 0x1A, 0x00)
ECHO = bytes((0x80, 0, 0, 3, 1, 2, 3))


class Drive(Bench):
    def __init__(self, *pages: DiagnosticPages, state: Any = None) -> None:
        clock = Clock(FakeTimers())
        self.tests = SelfTests(clock)
        self.echo = EchoPage()
        super().__init__(
            self.tests, Diagnostics(self.tests, (self.echo, *pages)), self.echo, *pages, clock=clock, state=state)

    def out(self, page: bytes, pf: bool = True, length: Any = None, by: Any = ONE) -> FakeTask:
        return self.send(SEND_DIAGNOSTIC.encode(
            pf=pf, parameter_list_length=len(page) if length is None else length), page, by)

    def page(self, code: Any = None, allocation: int = 4096, by: Any = ONE) -> FakeTask:
        return self.send(RECEIVE_DIAGNOSTIC_RESULTS.encode(
            pcv=code is not None, page_code=code or 0, allocation_length=allocation), by=by)


def test_the_supported_pages_are_listed_in_ascending_order() -> None:
    drive = Drive(SasPhyTests())
    warnings: list[str] = []
    found = decode_supported_diagnostic_pages(drive.page(0).data, warnings)
    assert [each["value"] for each in found] == [0x00, 0x3F, 0x80]
    assert warnings == []


def test_a_page_that_was_sent_is_what_its_sender_receives_without_a_page_code() -> None:
    drive = Drive()
    assert drive.page().data == drive.page(0).data
    assert drive.out(ECHO).status == GOOD
    assert drive.page().data == ECHO
    assert drive.page(by=OTHER).data == drive.page(0).data
    assert drive.page(0x80, by=OTHER).data == ECHO
    drive.unit.nexus_lost(ONE)
    drive.calm()
    assert drive.page().data == drive.page(0).data


def test_an_empty_page_asks_for_one_that_can_only_be_received() -> None:
    drive = Drive()
    drive.out(ECHO)
    assert drive.out(bytes(4)).status == GOOD
    assert drive.page().data == drive.page(0).data


@pytest.mark.parametrize("allocation", [0, 1, 4, 6, 7, 8, 65535])
def test_an_answer_is_cut_to_the_allocation_length(allocation: int) -> None:
    drive = Drive()
    drive.out(ECHO)
    task = drive.page(0x80, allocation)
    assert (task.status, task.data) == (GOOD, ECHO[:allocation])


def test_a_page_that_there_is_not_is_an_invalid_field() -> None:
    drive = Drive()
    refused = drive.page(0x81)
    assert (refused.codes, refused.sense.field_pointer.byte) == (INVALID_FIELD_IN_CDB, 2)
    refused = drive.out(bytes((0x81, 0, 0, 0)))
    assert refused.codes == INVALID_FIELD_IN_PARAMETER_LIST
    assert (refused.sense.field_pointer.byte, refused.sense.field_pointer.in_cdb) == (0, False)
    assert drive.out(bytes((0x00, 0, 0, 1, 7))).codes == INVALID_FIELD_IN_PARAMETER_LIST


@pytest.mark.parametrize("page", [ECHO[:6], ECHO + b"\4", ECHO[:3], ECHO + ECHO], ids=["cut", "long", "stub", "two"])
def test_a_list_that_is_no_whole_page_is_refused_and_changes_nothing(page: bytes) -> None:
    drive = Drive()
    drive.out(ECHO)
    refused = drive.out(page)
    assert (refused.codes, refused.sense.field_pointer.byte) == (INVALID_FIELD_IN_CDB, 3)
    assert drive.page(0x80).data == ECHO


def test_fewer_bytes_than_the_command_says_are_an_error() -> None:
    assert Drive().out(ECHO, length=9).codes == PARAMETER_LIST_LENGTH_ERROR


def test_no_more_is_taken_than_the_command_says() -> None:
    drive = Drive()
    assert drive.out(ECHO + b"rest", length=len(ECHO)).status == GOOD
    assert drive.page(0x80).data == ECHO


def test_a_list_without_the_page_format_bit_is_refused() -> None:
    refused = Drive().out(ECHO, pf=False)
    assert refused.codes == INVALID_FIELD_IN_CDB
    assert (refused.sense.field_pointer.byte, refused.sense.field_pointer.bit) == (1, 4)


def test_no_list_is_no_error() -> None:
    assert Drive().send(SEND_DIAGNOSTIC.encode(pf=True)).status == GOOD


def test_a_page_may_be_sent_while_a_test_runs() -> None:
    drive = Drive()
    drive.good(SEND_DIAGNOSTIC.encode(self_test_code=1))
    assert drive.out(ECHO).status == GOOD
    assert drive.page().data == ECHO
    assert drive.tests.running == 1


def test_the_echo_page_survives_a_restart() -> None:
    drive = Drive()
    drive.out(ECHO)
    assert Drive(state=drive.written).page(0x80).data == ECHO
    assert Drive(state={}).page(0x80).data == bytes((0x80, 0, 0, 0))


def sas(**fields: Any) -> bytes:
    return SAS_DIAGNOSTIC.encode(fields)


def test_a_phy_transmits_a_pattern_until_it_is_told_to_stop_or_reset() -> None:
    phys = SasPhyTests(phys=2)
    drive = Drive(phys)
    start = sas(phy_identifier=1, phy_test_function=1, phy_test_pattern=2, phy_test_pattern_physical_link_rate=0xA)
    assert drive.out(start).status == GOOD
    assert phys.transmitting == {1: start}
    assert drive.page().data == start
    assert drive.out(sas(phy_identifier=1)).status == GOOD
    assert phys.transmitting == {}
    drive.out(start)
    drive.unit.reset("logical unit reset")
    assert phys.transmitting == {}


@pytest.mark.parametrize("page, byte, bit", [
    (sas(phy_identifier=2), 4, None), (sas(phy_test_function=9), 5, None), (sas(protocol_identifier=5), 1, 3),
])
def test_what_a_phy_cannot_do_names_the_field(page: bytes, byte: int, bit: Any) -> None:
    refused = Drive(SasPhyTests(phys=2)).out(page)
    assert refused.codes == INVALID_FIELD_IN_PARAMETER_LIST
    assert (refused.sense.field_pointer.byte, refused.sense.field_pointer.bit) == (byte, bit)


def test_the_page_of_a_phy_has_one_length() -> None:
    page = bytearray(sas()[:-4])
    page[3] = len(page) - 4
    refused = Drive(SasPhyTests()).out(bytes(page))
    assert (refused.codes, refused.sense.field_pointer.byte) == (INVALID_FIELD_IN_PARAMETER_LIST, 2)

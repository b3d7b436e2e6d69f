# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A unit of several features: in which order a command is judged, what each initiator is told, and what is kept."""

from __future__ import annotations

from typing import Any, Mapping

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.attention import MODE_PARAMETERS_CHANGED
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import Task
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.faults.faults import Faults
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import (
    LATER,
    Clock,
    Code,
    Feature,
    Handler,
    Status,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.identity import (
    Abilities,
    Inquiry,
    InquiryNames,
    ReportLuns,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.shelf import Shelf
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.unit import LogicalUnit
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.inquiry import INQUIRY as INQUIRY_CDB
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.inquiry import decode_standard_inquiry
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.report_luns import REPORT_LUNS, decode_report_luns
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense import decode_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd import (
    decode_supported_pages,
    decode_unit_serial_number,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_designators import (
    decode_device_identification,
    logical_unit_name,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_extended_inquiry import decode_extended_inquiry

from .bench import INQUIRY, ONE, OTHER, TEST_UNIT_READY, Bench, FakeTask, FakeTimers, Rest

NAMES = InquiryNames(
    "DRIVECAR", "EMULATED DISK", "0001", "Z1X0A42", "5000c500a1b2c3d4", "iqn.2026-01.example:target", "sas")
COUNT, WAIT, VARIABLE = bytes((0xC0,)) + bytes(5), bytes((0xC1,)) + bytes(5), bytes((0x7F, 0, 0, 0, 0, 0, 0, 24, 0, 5))


class Counter(Feature):
    """Counts what is done, keeps the count, and may refuse."""

    name = "counter"

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.refuses = False
        self.events: list[Any] = []

    def commands(self) -> Mapping[Code, Handler]:
        return {(0xC0, None): self._up, (0xC1, None): lambda task: LATER, (0x9E, 0x10): lambda task: b"ten",
                (0x7F, 5): lambda task: b"five"}

    def _up(self, task: Task) -> bytes:
        self.count += 1
        self.changed()
        return bytes((self.count,))

    def gate(self, task: Task) -> None:
        if self.refuses:
            raise Status(0x18)

    def abort(self, task: Task) -> None:
        self.events.append("abort")

    def reset(self, kind: str) -> None:
        self.events.append(kind)

    def save(self) -> dict[str, Any]:
        return {"count": self.count}

    def load(self, state: Mapping[str, Any]) -> None:
        self.count = state["count"]


@pytest.fixture(name="counter")
def _counter() -> Counter:
    return Counter()


@pytest.fixture(name="bench")
def _bench(counter: Counter) -> Bench:
    return Bench(counter)


def test_unknown_commands_and_service_actions_are_told_apart(bench: Bench) -> None:
    assert bench.send(bytes((0xEE,)) + bytes(5)).codes == (5, 0x20, 0)
    unknown = bench.send(bytes((0x9E, 0x11)) + bytes(14))
    assert unknown.codes == (5, 0x24, 0) and str(unknown.sense.field_pointer) == "CDB byte 1 bit 4"
    assert bench.good(bytes((0x9E, 0x10)) + bytes(14)) == b"ten"
    assert bench.good(VARIABLE.ljust(32, b"\0")) == b"five"
    assert bench.send(VARIABLE[:9] + b"\6" + bytes(22)).codes == (5, 0x24, 0)


def test_an_unknown_command_does_not_use_up_a_unit_attention(bench: Bench) -> None:
    bench.unit.attentions.establish(MODE_PARAMETERS_CHANGED)
    assert bench.send(bytes((0xEE,)) + bytes(5)).codes == (5, 0x20, 0)
    assert bench.send(TEST_UNIT_READY).codes == (6, 0x2A, 1)


def test_a_unit_attention_is_told_once_to_each_and_before_a_refusal(bench: Bench, counter: Counter) -> None:
    counter.refuses = True
    bench.unit.attentions.establish(MODE_PARAMETERS_CHANGED, but=OTHER)
    assert bench.send(COUNT).codes == (6, 0x2A, 1)
    assert bench.send(COUNT).status == 0x18 and bench.send(COUNT, by=OTHER).status == 0x18
    assert counter.count == 0


def test_what_comes_before_unit_attentions_leaves_them(bench: Bench) -> None:
    bench.unit.attentions.establish(MODE_PARAMETERS_CHANGED)
    bench.good(INQUIRY)
    sense = bench.request_sense()
    assert (sense.key, sense.asc, sense.ascq) == (6, 0x2A, 1)
    assert bench.request_sense().key == 0 and bench.send(TEST_UNIT_READY).status == 0


def test_a_reset_replaces_what_was_pending_and_reaches_all(bench: Bench, counter: Counter) -> None:
    bench.unit.attentions.establish(MODE_PARAMETERS_CHANGED)
    bench.unit.reset("logical unit reset", ONE)
    for each in (ONE, OTHER):
        assert bench.send(TEST_UNIT_READY, by=each).codes == (6, 0x29, 3)
        assert bench.send(TEST_UNIT_READY, by=each).status == 0
    assert counter.events == ["logical unit reset"]


def test_an_initiator_that_comes_is_told_of_power_on_and_one_that_goes_is_forgotten(bench: Bench) -> None:
    bench.unit.nexus_lost(OTHER)
    bench.unit.attentions.establish(MODE_PARAMETERS_CHANGED)
    assert bench.send(TEST_UNIT_READY, by=OTHER).codes == (6, 0x29, 0)
    assert bench.send(TEST_UNIT_READY, by=OTHER).status == 0


def test_the_state_is_written_before_the_answer(counter: Counter) -> None:
    written: list[Any] = []
    timers = FakeTimers()

    class Watching(FakeTask):
        def complete(self, status: int, data: bytes = b"", sense: bytes = b"") -> None:
            assert [state["counter"] for state in written] == [{"count": 1}]
            super().complete(status, data, sense)

    clock = Clock(timers)
    unit = LogicalUnit(clock, [counter], Faults(), write=written.append)
    task = Watching(nexus=ONE, lun=0, cdb=COUNT)
    unit.submit(task)
    assert task.status == 0 and len(written) == 1
    unit.submit(FakeTask(nexus=ONE, lun=0, cdb=TEST_UNIT_READY))
    assert len(written) == 1  # nothing changed


def test_what_was_written_is_taken_up_again_as_a_power_cycle(bench: Bench) -> None:
    bench.timers.pass_time(7200)
    bench.good(COUNT)
    counter = Counter()
    again = Bench(counter, state=bench.written)
    assert counter.count == 1 and counter.events == ["power on"]
    assert bench.written["clock"] == bench.clock.now() >= 7200
    assert again.good(COUNT) == b"\2"


def test_an_abort_reaches_the_feature_that_has_the_task(bench: Bench, counter: Counter) -> None:
    task = bench.send(WAIT)
    assert task.status is None
    bench.abort(task)
    assert counter.events == ["abort"]


def test_silence_and_delays_can_be_aborted(counter: Counter) -> None:
    bench = Bench(counter, faults=[{"silence": True, "once": True}, {"delay_seconds": 60, "once": True}])
    silent = bench.send(COUNT)
    bench.abort(silent)
    delayed = bench.send(COUNT)
    bench.timers.pass_time(59)
    assert delayed.status is None and counter.count == 0
    bench.abort(delayed)
    bench.timers.pass_time(60)
    assert counter.count == 0 and bench.timers.pending == 0


def test_a_delay_ends(counter: Counter) -> None:
    bench = Bench(counter, faults=[{"delay_seconds": 60, "once": True}])
    delayed = bench.send(COUNT)
    bench.timers.pass_time(61)
    assert delayed.status == 0 and counter.count == 1


# -- identity


def identity(**abilities: Any) -> Bench:
    pages: dict[int, Any] = {}
    feature = Inquiry(NAMES, Abilities(**abilities), lambda: pages)
    pages.update(feature.vpd_pages())
    return Bench(feature)


@pytest.fixture
def no_other_inquiry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the bench's own away."""
    monkeypatch.setattr(Rest, "commands", lambda self: {})


def page(bench: Bench, code: int) -> bytes:
    return bench.good(INQUIRY_CDB.encode(evpd=True, page_code=code, allocation_length=252))


@pytest.mark.usefixtures("no_other_inquiry")
def test_the_identity_of_a_disk() -> None:
    bench = identity(version=6, extended_self_test_minutes=lambda: 90)
    warnings: list[str] = []
    values = decode_standard_inquiry(bench.good(INQUIRY_CDB.encode(allocation_length=96)), warnings)
    assert (values["t10_vendor_identification"], values["product_identification"]) == ("DRIVECAR", "EMULATED DISK")
    assert [each["name"] for each in values["version_descriptors"]] == ["SAM-4", "SPL-3", "SPC-4", "SBC-3"]
    assert [each["value"] for each in decode_supported_pages(page(bench, 0), warnings)] == [0, 0x80, 0x83, 0x86]
    assert decode_unit_serial_number(page(bench, 0x80), warnings) == "Z1X0A42"
    designators = decode_device_identification(page(bench, 0x83), warnings)
    assert logical_unit_name(designators) == "naa.5000c500a1b2c3d4"
    assert [each["name"] for each in designators if each["association"]["value"] == 1][0] == "naa.5000c500a1b2c3d5"
    assert decode_extended_inquiry(page(bench, 0x86), warnings)["extended_self_test_completion_minutes"] == 90
    assert not warnings


@pytest.mark.usefixtures("no_other_inquiry")
def test_the_identity_of_an_old_disk_has_no_extended_inquiry_data() -> None:
    bench = identity(version=4)
    assert [each["value"] for each in decode_supported_pages(page(bench, 0), [])] == [0, 0x80, 0x83]
    assert bench.send(INQUIRY_CDB.encode(evpd=True, page_code=0x86, allocation_length=252)).codes == (5, 0x24, 0)


@pytest.mark.usefixtures("no_other_inquiry")
def test_the_identity_is_refused_for_a_page_without_evpd() -> None:
    refused = identity().send(INQUIRY_CDB.encode(page_code=0x80, allocation_length=252))
    assert refused.codes == (5, 0x24, 0) and str(refused.sense.field_pointer) == "CDB byte 2"


@pytest.mark.usefixtures("no_other_inquiry")
def test_the_identity_of_an_enclosure_is_its_type_on_every_page() -> None:
    bench = identity(peripheral_device_type=0x0D)
    assert [page(bench, code)[0] for code in (0, 0x80, 0x83, 0x86)] == [0x0D] * 4


# -- the shelf


def shelf_with(*numbers: int) -> Shelf:
    shelf = Shelf("iqn.2026-01.example:target")
    for number in numbers:
        clock = Clock(FakeTimers())
        shelf.put(number, LogicalUnit(clock, [ReportLuns(shelf.numbers)], Faults()))
    return shelf


def ask(shelf: Shelf, lun: int, cdb: bytes) -> FakeTask:
    task = FakeTask(nexus=ONE, lun=lun, cdb=cdb)
    (shelf.unit(lun) or shelf.absent).submit(task)
    return task


def test_the_numbers_of_all_units_are_reported_by_each_and_where_there_is_none() -> None:
    shelf = shelf_with(1, 300, 2)
    for lun in (0, 1, 300, 7):
        data = ask(shelf, lun, REPORT_LUNS.encode(allocation_length=1024)).data
        assert decode_report_luns(data, []) == [1, 2, 300]
    assert decode_report_luns(ask(shelf, 1, REPORT_LUNS.encode(select_report=1, allocation_length=64)).data, []) == []
    assert ask(shelf, 1, REPORT_LUNS.encode(select_report=3, allocation_length=64)).codes == (5, 0x24, 0)
    assert ask(shelf, 1, REPORT_LUNS.encode(allocation_length=15)).codes == (5, 0x24, 0)


def test_where_there_is_no_unit_there_is_a_voice_that_says_so() -> None:
    shelf = shelf_with(1)
    values = decode_standard_inquiry(ask(shelf, 0, INQUIRY).data, [])
    assert (values["peripheral_qualifier"]["value"], values["peripheral_device_type"]["value"]) == (3, 0x1F)
    assert ask(shelf, 0, TEST_UNIT_READY).codes == (5, 0x25, 0)
    sense = decode_sense(ask(shelf, 0, bytes((3, 0, 0, 0, 252, 0))).data)
    assert (sense.key, sense.asc) == (5, 0x25)


def test_units_that_come_and_go_are_told_to_those_who_are_logged_in() -> None:
    shelf = shelf_with(1, 2)
    shelf.nexus_established(ONE)
    assert ask(shelf, 1, TEST_UNIT_READY).codes == (6, 0x29, 0)
    shelf.remove(2)
    assert ask(shelf, 1, TEST_UNIT_READY).codes == (6, 0x3F, 0x0E)
    clock = Clock(FakeTimers())
    shelf.put(5, LogicalUnit(clock, [], Faults()))
    assert ask(shelf, 1, TEST_UNIT_READY).codes == (6, 0x3F, 0x0E)
    assert ask(shelf, 5, TEST_UNIT_READY).codes == (6, 0x29, 0)


def test_a_session_is_told_of_the_power_on_by_every_unit_when_it_comes_to_it() -> None:
    clock = Clock(FakeTimers())
    shelf = Shelf("iqn.2026-01.example:target")
    for number in range(2):
        shelf.put(number, LogicalUnit(clock, [ReportLuns(shelf.numbers)], Faults()))
    shelf.nexus_established(ONE)
    shelf.nexus_established(OTHER)
    attentions = shelf.units[1].attentions
    assert attentions.nexuses == [ONE, OTHER]
    assert attentions.take(ONE) == (0x29, 0) and attentions.take(ONE) is None
    attentions.establish((0x2A, 1))
    assert attentions.take(ONE) == (0x2A, 1)
    # To who has not been here the power on says that, too.
    assert attentions.take(OTHER) == (0x29, 0) and attentions.take(OTHER) is None
    shelf.nexus_lost(ONE)
    assert attentions.nexuses == [OTHER] and attentions.take(ONE) is None
    shelf.nexus_established(ONE)
    assert attentions.take(ONE) == (0x29, 0)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enclosure services, as an initiator notices them, and as sg_ses reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Callable, Mapping

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.contract import GOOD
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.diagnostics import Diagnostics
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.enclosure import Enclosure
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.enclosure_elements import EnclosedDrive
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.selftest import SelfTests
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_diagnostic import RECEIVE_DIAGNOSTIC_RESULTS
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.send_diagnostic import SEND_DIAGNOSTIC
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.ses_additional_status import (
    decode_additional_element_status,
    encode_additional_element_status,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.ses_elements import ELEMENT_TYPES, control_table
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.ses_pages import (
    decode_configuration,
    decode_element_descriptors,
    decode_enclosure_control,
    decode_enclosure_status,
    decode_thresholds,
    encode_configuration,
    encode_element_descriptors,
    encode_enclosure_control,
    encode_enclosure_status,
    encode_thresholds,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.table import bits

from .bench import Bench, FakeTask, FakeTimers

SLOT, POWER, FAN, SENSOR, ELECTRONICS, ENCLOSURE = 0x17, 0x02, 0x03, 0x04, 0x07, 0x0E
INVALID_FIELD_IN_PARAMETER_LIST = (0x05, 0x26, 0x00)
SETTINGS: Mapping[str, Any] = {
    "logical_identifier": "5000ccab02345678", "vendor": "ACME", "product": "JBOD 3", "revision": "7",
    "slots": [{"sas_address": "5000c50012345679"}, {"sas_address": "5000c5001234567d", "fault_sensed": True}, {}],
    "power_supplies": [{}, {"ac_fail": True, "descriptor": "left PSU"}],
    "temperature_sensors": [{"temperature_celsius": 55}, {"temperature_celsius": -3}, {"temperature_celsius": 20}],
    "electronics": 2,
}


class Shelf(Bench):
    def __init__(self, settings: Any = None, state: Any = None, drives: Callable[[], Any] = tuple) -> None:
        timers = FakeTimers()
        clock = Clock(timers)
        self.enclosure = Enclosure(clock, SETTINGS if settings is None else settings, drives)
        tests = SelfTests(clock)
        super().__init__(tests, self.enclosure, Diagnostics(tests, (self.enclosure,)), timers=timers, clock=clock,
                         state=state)

    def page(self, code: int) -> bytes:
        return self.good(RECEIVE_DIAGNOSTIC_RESULTS.encode(pcv=True, page_code=code, allocation_length=65535))

    def out(self, page: bytes) -> FakeTask:
        return self.send(SEND_DIAGNOSTIC.encode(pf=True, parameter_list_length=len(page)), page)

    def _decoded(self, decode: Any, *more: Any) -> Any:
        warnings: list[str] = []
        found = decode(*more, warnings)
        assert warnings == []
        return found

    @property
    def configuration(self) -> dict[str, Any]:
        return dict(self._decoded(decode_configuration, self.page(1)))

    @property
    def types(self) -> Any:
        return self.configuration["types"]

    @property
    def status(self) -> dict[str, Any]:
        return dict(self._decoded(decode_enclosure_status, self.page(2), self.types))

    def elements(self, kind: int) -> list[dict[str, Any]]:
        return list(of(self.status, kind)["elements"])

    def codes(self, kind: int) -> list[str]:
        return [each["element_status_code"]["name"] for each in self.elements(kind)]

    def order(self, kind: int, index: Any = None, generation: Any = None, **fields: Any) -> FakeTask:
        """Sends a control page that selects one element, or all of a kind by the overall element."""
        groups = [{"element_type": each["element_type"], "overall": {}, "elements": [
            {} for _turn in range(each["number_of_possible_elements"])]} for each in self.types]
        chosen = of({"groups": groups}, kind)
        target = chosen["overall"] if index is None else chosen["elements"][index]
        target.update(fields, select=True)
        return self.out(encode_enclosure_control({
            "expected_generation_code": self.configuration["generation_code"] if generation is None else generation,
            "groups": groups}))


def of(page: Mapping[str, Any], kind: int) -> Any:
    return next(each for each in page["groups"] if each["element_type"]["value"] == kind)


def test_the_configuration_names_the_enclosure_and_its_elements() -> None:
    found = Shelf().configuration
    (primary,) = found["enclosures"]
    assert (primary["enclosure_logical_identifier"], primary["enclosure_vendor_identification"],
            primary["product_identification"], primary["product_revision_level"]) == (
        "5000ccab02345678", "ACME", "JBOD 3", "7")
    assert [(each["element_type"]["value"], each["number_of_possible_elements"], each["text"])
            for each in found["types"]] == [
        (SLOT, 3, "array device slot"), (POWER, 2, "power supply"), (FAN, 2, "cooling"),
        (SENSOR, 3, "temperature sensor"), (ELECTRONICS, 2, "enclosure services controller electronics"),
        (ENCLOSURE, 1, "enclosure")]


def test_status_follows_from_what_the_elements_are_like() -> None:
    shelf = Shelf()
    assert shelf.codes(SLOT) == ["ok", "critical", "not installed"]
    assert shelf.codes(POWER) == ["ok", "critical"]
    assert shelf.codes(SENSOR) == ["noncritical", "critical", "ok"]
    hot, cold, fine = shelf.elements(SENSOR)
    assert (hot["temperature_celsius"], hot["ot_warning"], hot["ot_failure"]) == (55, True, False)
    assert (cold["temperature_celsius"], cold["ut_warning"], cold["ut_failure"]) == (-3, True, True)
    assert not any(fine[name] for name in ("ot_warning", "ot_failure", "ut_warning", "ut_failure"))
    status = shelf.status
    assert (status["crit"], status["non_crit"], status["unrecov"], status["invop"]) == (True, True, False, False)
    assert of(status, SENSOR)["overall"]["element_status_code"]["name"] == "critical"
    assert of(status, FAN)["overall"]["element_status_code"]["name"] == "ok"
    assert of(Shelf({"slots": 2}).status, SLOT)["overall"]["element_status_code"]["name"] == "not installed"


def test_a_status_may_be_set() -> None:
    shelf = Shelf({"cooling": [{"status": "unrecoverable"}, {"status": "unknown"}]})
    assert shelf.codes(FAN) == ["unrecoverable", "unknown"]
    assert shelf.status["unrecov"]
    assert of(shelf.status, FAN)["overall"]["element_status_code"]["name"] == "unrecoverable"


def test_all_pages_have_the_generation_code() -> None:
    shelf = Shelf()
    for page in (1, 2, 5, 7, 10):
        assert shelf.page(page)[4:8] == (1).to_bytes(4, "big")


def test_drives_have_their_addresses_and_slots() -> None:
    shelf = Shelf()
    found = shelf._decoded(decode_additional_element_status, shelf.page(10))["descriptors"]
    slots = [each for each in found if "device_slot_number" in each]
    assert [(each["device_slot_number"], each["element_index"], each["phys"][0]["sas_address"],
             each["phys"][0]["device_type"]["value"], each["phys"][0]["ssp_target_port"]) for each in slots] == [
        (0, 1, "5000c50012345679", 1, True), (1, 2, "5000c5001234567d", 1, True), (2, 3, "0" * 16, 0, False)]
    older = Shelf(dict(SETTINGS, eiioe=0))
    found = older._decoded(decode_additional_element_status, older.page(10))["descriptors"]
    assert [each["element_index"] for each in found] == [0, 1, 2, 10, 11]


@pytest.mark.parametrize("eiioe, places", [(0, [10, 11]), (1, [15, 16])])
def test_the_electronics_have_their_phys(eiioe: int, places: Any) -> None:
    shelf = Shelf(dict(SETTINGS, eiioe=eiioe))
    found = decode_additional_element_status(shelf.page(10), [], shelf.types)["descriptors"][3:]
    assert [each["element_index"] for each in found] == places
    assert [phy["sas_address"] for each in found for phy in each["phys"]] == ["5000ccab02345678"] * 2


def test_drives_come_and_go_and_swap_tells_of_it_until_it_is_reset() -> None:
    drives = [EnclosedDrive("5000c500deadbeef")]
    shelf = Shelf(drives=lambda: drives)
    assert shelf.codes(SLOT) == ["ok", "critical", "ok"]
    drives.clear()
    assert shelf.codes(SLOT)[2] == "not installed"
    assert [each["swap"] for each in shelf.elements(SLOT)] == [False, False, True]
    shelf.order(SLOT, 2, rst_swap=True)
    assert not any(each["swap"] for each in shelf.elements(SLOT))


def test_the_settings_place_drives_and_the_others_get_what_is_left() -> None:
    named = ("5000c500aaaaaaa1", "5000c50012345679", "5000c500bbbbbbb0")
    settings = dict(SETTINGS, slots=[{}, *({"sas_address": each} for each in named), {}, {}])
    drives = [EnclosedDrive(name, name[:-1] + "0") for name in (
        "5000c500aaaaaaa1", "5000c500bbbbbbb1", "5000c500ccccccc1", "5000c500ddddddd1")]
    shelf = Shelf(settings, drives=lambda: drives)
    found = decode_additional_element_status(shelf.page(10), [], shelf.types)["descriptors"][:6]
    assert [each["phys"][0]["sas_address"] for each in found] == [
        "5000c500ccccccc1", *named, "5000c500ddddddd1", "0" * 16]


def test_descriptors_name_the_elements() -> None:
    shelf = Shelf()
    found = shelf._decoded(decode_element_descriptors, shelf.page(7), shelf.types)
    assert of(found, SLOT)["elements"] == ["SLOT 00", "SLOT 01", "SLOT 02"]
    assert of(found, POWER)["elements"] == ["PSU 0", "left PSU"]
    assert of(found, POWER)["overall"] == ""


@pytest.mark.parametrize("kind, asked, shown", [
    (SLOT, "rqst_ident", "ident"), (SLOT, "rqst_fault", "fault_reqstd"), (SLOT, "device_off", "device_off"),
    (SLOT, "do_not_remove", "do_not_remove"), (SLOT, "rqst_hot_spare", "hot_spare"), (SLOT, "prdfail", "prdfail"),
    (SLOT, "rqst_remove", "rmv"), (SLOT, "enable_byp_b", "bypassed_b"), (POWER, "rqst_ident", "ident"),
    (POWER, "rqst_fail", "fail"), (FAN, "rqst_ident", "ident"), (SENSOR, "rqst_ident", "ident"),
    (ELECTRONICS, "rqst_ident", "ident"), (ELECTRONICS, "disable", "disabled"),
])
def test_a_request_is_shown_by_the_element_that_was_selected(kind: int, asked: str, shown: str) -> None:
    shelf = Shelf()
    before = shelf.elements(kind)
    assert shelf.order(kind, 0, **{asked: True}).status == GOOD
    first, second = shelf.elements(kind)[:2] if len(before) > 1 else (shelf.elements(kind)[0], None)
    assert first[shown] is True
    assert first["element_status_code"] == before[0]["element_status_code"]
    assert second is None or second == before[1]
    shelf.order(kind, 0)
    assert shelf.elements(kind)[0][shown] is False


def test_the_overall_element_selects_all_that_are_not_selected_themselves() -> None:
    shelf = Shelf()
    page = bytearray(shelf.page(2))
    page[8:] = bytes(len(page) - 8)
    page[1] = 0
    page[8:12] = b"\x80\0\2\0"
    page[16:20] = b"\x80\0\0\x20"
    assert shelf.out(bytes(page)).status == GOOD
    assert [(each["ident"], each["fault_reqstd"]) for each in shelf.elements(SLOT)] == [
        (True, False), (False, True), (True, False)]
    assert not any(each["ident"] for each in shelf.elements(POWER))


def test_nothing_is_done_that_is_not_selected() -> None:
    shelf = Shelf()
    page = bytearray(shelf.page(2))
    page[1] = 0
    page[8:] = b"\x7f\xff\xff\xff" * ((len(page) - 8) // 4)
    before = shelf.status
    assert shelf.out(bytes(page)).status == GOOD
    assert shelf.status == before


def test_a_fan_turns_as_it_is_told() -> None:
    shelf = Shelf()

    def speed() -> Any:
        fan = shelf.elements(FAN)[0]
        return fan["actual_speed_code"]["value"], fan["actual_fan_speed_rpm"], fan["off"]

    assert speed() == (3, 4500, False)
    shelf.order(FAN, 0, rqst_on=True, requested_speed_code=7)
    assert speed() == (7, 10500, False)
    shelf.order(FAN, 0, rqst_on=True, requested_speed_code=0)
    assert speed() == (7, 10500, False)
    shelf.order(FAN, 0, rqst_on=False)
    assert speed() == (0, 0, True)
    shelf.order(FAN, 0, rqst_on=True)
    assert speed() == (3, 4500, False)


def test_one_of_the_electronics_reports() -> None:
    shelf = Shelf()
    assert [each["report"] for each in shelf.elements(ELECTRONICS)] == [True, False]
    shelf.order(ELECTRONICS, 1, select_element=True)
    assert [each["report"] for each in shelf.elements(ELECTRONICS)] == [False, True]


def test_a_power_cycle_is_told_of_until_it_is_cancelled() -> None:
    shelf = Shelf()

    def told() -> Any:
        (enclosure,) = shelf.elements(ENCLOSURE)
        return enclosure["time_until_power_cycle_minutes"], enclosure["requested_power_off_duration_minutes"]

    assert told() == (0, 0)
    shelf.order(ENCLOSURE, 0, power_cycle_request=1, power_cycle_delay_minutes=10, power_off_duration_minutes=5)
    assert told() == (10, 5)
    shelf.timers.pass_time(530)
    assert told() == (2, 5)
    shelf.timers.pass_time(100)
    assert told() == (0, 0)
    shelf.order(ENCLOSURE, 0, power_cycle_request=1, power_cycle_delay_minutes=60, power_off_duration_minutes=5)
    assert told() == (60, 5)
    shelf.order(ENCLOSURE, 0, power_cycle_request=2)
    assert told() == (0, 0)
    for fields, bit in (({"power_cycle_request": 3}, 7),
                        ({"power_cycle_request": 1, "power_cycle_delay_minutes": 61}, 5)):
        refused = shelf.order(ENCLOSURE, 0, **fields)
        assert refused.codes == INVALID_FIELD_IN_PARAMETER_LIST
        assert (refused.sense.field_pointer.byte, refused.sense.field_pointer.bit) == (len(shelf.page(2)) - 4 + 2, bit)


def test_a_page_for_another_configuration_is_refused_and_changes_nothing() -> None:
    shelf = Shelf()
    refused = shelf.order(SLOT, 0, generation=9, rqst_ident=True)
    assert (refused.codes, refused.sense.field_pointer.byte) == (INVALID_FIELD_IN_PARAMETER_LIST, 4)
    page = bytearray(shelf.page(2)[:-4])
    page[2:4] = (len(page) - 4).to_bytes(2, "big")
    refused = shelf.out(bytes(page))
    assert (refused.codes, refused.sense.field_pointer.byte) == (INVALID_FIELD_IN_PARAMETER_LIST, 2)
    assert not shelf.elements(SLOT)[0]["ident"]


def test_thresholds_can_be_set_and_count() -> None:
    shelf = Shelf()
    types = shelf.types
    page = dict(shelf._decoded(decode_thresholds, shelf.page(5), types))
    assert of(page, SENSOR)["elements"][0] == {
        "high_critical_threshold": 60, "high_warning_threshold": 50, "low_warning_threshold": 5,
        "low_critical_threshold": 0}
    groups = [{"element_type": each["element_type"], "overall": {}, "elements": [
        {} for _turn in range(each["number_of_possible_elements"])]} for each in types]
    of({"groups": groups}, SENSOR)["overall"]["low_critical_threshold"] = -10
    of({"groups": groups}, SENSOR)["elements"][0]["high_critical_threshold"] = 54
    assert shelf.out(encode_thresholds({"expected_generation_code": 1, "groups": groups}, out=True)).status == GOOD
    found = of(shelf._decoded(decode_thresholds, shelf.page(5), types), SENSOR)["elements"]
    assert [(each["high_critical_threshold"], each["high_warning_threshold"], each["low_critical_threshold"])
            for each in found] == [(54, 50, -10), (60, 50, -10), (60, 50, -10)]
    assert shelf.codes(SENSOR) == ["critical", "noncritical", "ok"]


def test_lights_and_thresholds_survive_a_restart() -> None:
    shelf = Shelf()
    shelf.order(SLOT, 2, rqst_ident=True)
    shelf.order(ELECTRONICS, 1, select_element=True)
    again = Shelf(state=shelf.written)
    assert again.status == shelf.status
    assert again.elements(SLOT)[2]["ident"]
    assert again.configuration["generation_code"] == 1
    assert Shelf(state={}).configuration["generation_code"] in (1, 2)


def test_another_configuration_has_another_generation_code() -> None:
    shelf = Shelf()
    shelf.order(SLOT, 2, rqst_ident=True)
    grown = Shelf(dict(SETTINGS, cooling=5), state=shelf.written)
    assert grown.configuration["generation_code"] == 2
    assert grown.order(SLOT, 0, rqst_fault=True).status == GOOD
    assert grown.elements(SLOT)[2]["ident"]
    assert Shelf(dict(SETTINGS, cooling=5), state=grown.written).configuration["generation_code"] == 2


def test_a_large_enclosure_fits_its_pages() -> None:
    shelf = Shelf({"slots": 255, "temperature_sensors": 255})
    assert len(shelf.elements(SLOT)) == 255
    found = decode_additional_element_status(shelf.page(10), [])["descriptors"]
    assert [each["element_index"] for each in found[-3:]] == [254, None, None]


def test_kinds_that_there_are_none_of_are_left_out() -> None:
    shelf = Shelf({"slots": 0, "power_supplies": 0, "cooling": 0, "temperature_sensors": [], "electronics": 0})
    assert [each["element_type"]["value"] for each in shelf.types] == [ENCLOSURE]
    assert shelf.codes(ENCLOSURE) == ["ok"]


@pytest.mark.parametrize("settings, message", [
    ({"slots": 256}, r"\benclosure\.slots\b.*\b0\b.*\b255\b.*\b256\b"),
    ({"slots": [{"sas_address": 5000}]}, r"\benclosure\.slots\[0\]\.sas_address\b.*\bsixteen hex digits\b.*\b5000\b"),
    ({"slots": [{}, {"status": "bad"}]}, r"\benclosure\.slots\[1\]\.status\b.*\bunsupported, ok\b.*'bad'"),
    ({"cooling": [{"fail": "yes"}]}, r"\benclosure\.cooling\[0\]\.fail\b.*\btrue\b.*'yes'"),
    ({"cooling": [{"temperature_celsius": 3}]}, r"\benclosure\.cooling\[0\].*\btemperature_celsius\b"),
    ({"temperature_sensors": [{"temperature_celsius": 300}]},
     r"\benclosure\.temperature_sensors\[0\]\.temperature_celsius\b.*-19\b.*\b235\b.*\b300\b"),
    ({"temperature_sensors": [{"thresholds": {"high": 1}}]},
     r"\benclosure\.temperature_sensors\[0\]\.thresholds\b.*\bhigh\b.*\bhigh_critical_threshold\b"),
    ({"vendor": "much too long"}, r"\benclosure\.vendor\b.*\b8\b.*\bASCII\b.*'much too long'"),
    ({"eiioe": 2}, r"\benclosure\.eiioe\b.*\b0\b.*\b1\b.*\b2\b"),
    ({"doors": 2}, r"\benclosure\b.*\bdoors\b.*\bcooling\b"),
])
def test_wrong_settings_are_named(settings: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Shelf(settings)


# -- the formats: round trips, truncations, and somebody else's reading

def _cut(page: bytes) -> Any:
    return (page[:length] for length in range(len(page)))


def test_pages_go_round() -> None:
    shelf = Shelf()
    types = shelf.types
    assert encode_configuration(shelf.configuration) == shelf.page(1)
    assert encode_enclosure_status(shelf.status) == shelf.page(2)
    assert encode_thresholds(decode_thresholds(shelf.page(5), types, [])) == shelf.page(5)
    assert encode_element_descriptors(decode_element_descriptors(shelf.page(7), types, [])) == shelf.page(7)
    for known in (None, types):
        page = decode_additional_element_status(shelf.page(10), [], known)
        assert encode_additional_element_status(page) == shelf.page(10)
    control = bytes((2, 0xF)) + shelf.page(2)[2:8] + b"\xff\xff\xff\xff" * ((len(shelf.page(2)) - 8) // 4)
    assert decode_enclosure_control(control, types, [])["groups"][0]["elements"][0]["rqst_ident"] is True


def test_a_cut_page_is_read_as_far_as_it_goes_with_a_warning() -> None:
    shelf = Shelf()
    types = shelf.types
    for code, decode in (
            (1, decode_configuration), (10, decode_additional_element_status),
            (2, lambda data, warnings: decode_enclosure_status(data, types, warnings)),
            (5, lambda data, warnings: decode_thresholds(data, types, warnings)),
            (7, lambda data, warnings: decode_element_descriptors(data, types, warnings))):
        for page in _cut(shelf.page(code)):
            warnings: list[str] = []
            decode(page, warnings)
            assert warnings, (code, len(page))
    warnings = []
    page = bytearray(shelf.page(2)[:16])
    page[2:4] = (12).to_bytes(2, "big")
    found = decode_enclosure_status(bytes(page), types, warnings)
    assert [len(each["elements"]) for each in found["groups"]] == [1, 0, 0, 0, 0, 0]
    warning, = warnings
    assert re.search(r"\bdiagnostic page 02h\b.*\b17 elements\b", warning)


def test_another_page_is_none_of_them() -> None:
    shelf = Shelf()
    warnings: list[str] = []
    assert decode_enclosure_status(shelf.page(7), shelf.types, warnings)["groups"] == []
    assert decode_configuration(b"", warnings) == {"generation_code": None, "enclosures": [], "types": []}
    assert len(warnings) == 2


needs_sg_ses = pytest.mark.skipif(shutil.which("sg_ses") is None, reason="sg_ses of sg3_utils is not here")


def sg_ses(shelf: Shelf, folder: Path, page: int) -> str:
    """What sg_ses makes of a page: it wants them all."""
    file = folder / "pages.hex"
    file.write_text("".join(shelf.page(code).hex(" ") + "\n" for code in (1, 2, 5, 7, 10)), encoding="ascii")
    done = subprocess.run(
        ["sg_ses", "--status", f"--page={page}", f"--inhex={file}"],
        check=True, capture_output=True, text=True)
    assert done.stderr == ""
    assert "too short" not in done.stdout
    return done.stdout


#: What sg_ses calls the flags of status elements.
LABELS: Mapping[int, Mapping[str, str]] = {
    SLOT: {
        "prdfail": "Predicted failure", "disabled": "Disabled", "swap": "Swap", "ok": "OK",
        "rsvd_device": "Reserved device", "hot_spare": "Hot spare", "cons_chk": "Cons check",
        "in_crit_array": "In crit array", "in_failed_array": "In failed array", "rebuild_remap": "Rebuild/remap",
        "r_r_abort": "R/R abort", "app_client_bypassed_a": "App client bypass A", "do_not_remove": "Do not remove",
        "enclosure_bypassed_a": "Enc bypass A", "enclosure_bypassed_b": "Enc bypass B",
        "ready_to_insert": "Ready to insert", "rmv": "RMV", "ident": "Ident", "report": "Report",
        "app_client_bypassed_b": "App client bypass B", "fault_sensed": "Fault sensed", "fault_reqstd": "Fault reqstd",
        "device_off": "Device off", "bypassed_a": "Bypassed A", "bypassed_b": "Bypassed B",
        "device_bypassed_a": "Dev bypassed A", "device_bypassed_b": "Dev bypassed B"},
    POWER: {
        "ident": "Ident", "do_not_remove": "Do not remove", "dc_over_voltage": "DC overvoltage",
        "dc_under_voltage": "DC undervoltage", "dc_over_current": "DC overcurrent", "hot_swap": "Hot swap",
        "fail": "Fail", "rqsted_on": "Requested on", "off": "Off", "overtmp_fail": "Overtmp fail",
        "temp_warn": "Temperature warn", "ac_fail": "AC fail", "dc_fail": "DC fail"},
    FAN: {"ident": "Ident", "do_not_remove": "Do not remove", "hot_swap": "Hot swap", "fail": "Fail",
          "rqsted_on": "Requested on", "off": "Off"},
    SENSOR: {"ident": "Ident", "fail": "Fail", "ot_failure": "OT failure", "ot_warning": "OT warning",
             "ut_failure": "UT failure", "ut_warning": "UT warning"},
    ELECTRONICS: {"ident": "Ident", "fail": "Fail", "do_not_remove": "Do not remove", "report": "Report",
                  "hot_swap": "Hot swap"},
    ENCLOSURE: {"ident": "Ident", "failure_indication": "Failure indication",
                "warning_indication": "Warning indication", "failure_requested": "Failure requested",
                "warning_requested": "Warning requested"},
}


@needs_sg_ses
@pytest.mark.parametrize("kind", sorted(LABELS))
def test_sg_ses_knows_each_flag_by_its_name(kind: int, tmp_path: Path) -> None:
    names = list(LABELS[kind])
    configuration = dict(Shelf().configuration)
    configuration["types"] = [{"element_type": kind, "number_of_possible_elements": len(names), "text": "x"}]
    status = encode_enclosure_status({"generation_code": 1, "groups": [
        {"element_type": kind, "overall": {}, "elements": [{name: True} for name in names]}]})
    file = tmp_path / "pages.hex"
    file.write_text(encode_configuration(configuration).hex(" ") + "\n" + status.hex(" ") + "\n", encoding="ascii")
    shown = subprocess.run(["sg_ses", "--status", "--page=2", f"--inhex={file}"],
                           check=True, capture_output=True, text=True).stdout
    elements = re.split(r"Element \d+ descriptor:", shown)[1:]
    found = [re.findall(r"([A-Z][A-Za-z/ ]*)=1\b", each) for each in elements]
    assert found == [[LABELS[kind][name]] for name in names]


#: What sg_ses calls the requests of control elements.
ACRONYMS: Mapping[int, Mapping[str, str]] = {
    SLOT: {
        "rqst_ok": "ok", "rqst_rsvd_device": "rsvddevice", "rqst_hot_spare": "hotspare",
        "rqst_cons_check": "conscheck", "rqst_in_crit_array": "incritarray", "rqst_in_failed_array": "infailedarray",
        "rqst_rebuild_remap": "rebuildremap", "rqst_r_r_abort": "rrabort", "rqst_active": "active",
        "do_not_remove": "dnr", "rqst_missing": "missing", "rqst_insert": "insert", "rqst_remove": "remove",
        "rqst_ident": "ident", "rqst_fault": "fault", "device_off": "devoff", "enable_byp_a": "bypa",
        "enable_byp_b": "bypb", "prdfail": "prdfail", "disable": "disable", "rst_swap": "swap"},
    POWER: {"rqst_ident": "ident", "do_not_remove": "dnr", "rqst_fail": "fail", "rqst_on": "on"},
    FAN: {"rqst_ident": "ident", "do_not_remove": "dnr", "rqst_fail": "fail", "rqst_on": "on",
          "requested_speed_code": "speed_code"},
    # Its acronym for RQST FAIL has another place than its own decoding of FAIL.
    SENSOR: {"rqst_ident": "ident"},
    ELECTRONICS: {"rqst_ident": "ident", "rqst_fail": "fail", "do_not_remove": "dnr", "sw_reset": "sw_reset",
                  "hw_reset": "hw_reset", "select_element": "select_element"},
    ENCLOSURE: {"rqst_ident": "ident", "power_cycle_request": "pow_cycle", "power_cycle_delay_minutes": "pow_c_delay",
                "power_off_duration_minutes": "pow_c_duration", "request_failure": "failure",
                "request_warning": "warning"},
}


@needs_sg_ses
@pytest.mark.parametrize("kind", sorted(ACRONYMS))
def test_sg_ses_has_each_request_at_the_same_place(kind: int) -> None:
    listed = subprocess.run(["sg_ses", "-ee"], check=True, capture_output=True, text=True).stdout
    listed = listed[:listed.index("Threshold In/Out")]
    places = {(acronym, owner): (int(byte), int(high), int(count)) for acronym, owner, byte, high, count in re.findall(
        r"^  (\w+)  \[([^\]]+)\] \[(\d):(\d):(\d+)\]", listed, re.M)}
    owner = ELEMENT_TYPES[kind].capitalize()
    for field in control_table(kind).fields:
        if field.name in ACRONYMS[kind]:
            assert isinstance(field, bits)
            acronym = ACRONYMS[kind][field.name]
            place = places.get((acronym, owner)) or places[acronym, "*"]
            assert (field.first, field.high, field.high - field.low + 1) == place, field.name


@needs_sg_ses
def test_sg_ses_reads_the_same(tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.order(SLOT, 2, rqst_ident=True)
    shelf.order(FAN, 1, rqst_on=True, requested_speed_code=7)
    configuration = sg_ses(shelf, tmp_path, 1)
    assert re.search(r"vendor: ACME +product: JBOD 3 +rev: 7", configuration)
    assert "enclosure logical identifier (hex): 5000ccab02345678" in configuration
    status = sg_ses(shelf, tmp_path, 2)
    assert "INVOP=0, INFO=0, NON-CRIT=1, CRIT=1, UNRECOV=0" in status
    assert re.findall(r"status: (\w+(?: \w+)?)", status) == [
        "Critical", "OK", "Critical", "Not installed", "Critical", "OK", "Critical", "OK", "OK", "OK", "Critical",
        "Noncritical", "Critical", "OK", "OK", "OK", "OK", "OK", "OK"]
    assert re.findall(r"Temperature=(-?\d+) C", status) == ["55", "-3", "20"]
    assert re.findall(r"Actual speed=(\d+) rpm, Fan (?:at )?(.*)", status)[1:] == [
        ("4500", "third lowest speed"), ("10500", "highest speed")]
    assert re.findall(r"Ident=1", status) == ["Ident=1"]
    thresholds = sg_ses(shelf, tmp_path, 5)
    assert thresholds.count("high critical=60, high warning=50") == 3
    assert thresholds.count("low warning=5, low critical=0 (in Celsius)") == 3
    assert re.findall(r"Element \d descriptor: (.*)", sg_ses(shelf, tmp_path, 7)) == [
        "SLOT 00", "SLOT 01", "SLOT 02", "PSU 0", "left PSU", "FAN 0", "FAN 1", "TEMP 0", "TEMP 1", "TEMP 2", "ESM 0",
        "ESM 1", "ENCLOSURE"]
    additional = sg_ses(shelf, tmp_path, 10)
    assert re.findall(r"device slot number: (\d+)", additional) == ["0", "1", "2"]
    assert re.findall(r"^ +SAS address: (\w+)", additional, re.M) == [
        "0x5000c50012345679", "0x5000c5001234567d", "0x0", "0x5000ccab02345678", "0x5000ccab02345678"]
    assert re.findall(r"Element index: (\d+) +eiioe=1", additional) == ["1", "2", "3", "15", "16"]

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""smartctl and sg3_utils read the drives of the gallery: each number that they print is the one in our facts.

Where one of them is wrong, the entry says so under ``peers``, with the standard's clause; then it must still be wrong.
"""

from __future__ import annotations

import functools
import re
import tempfile
from pathlib import Path
from typing import Any

import played
import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import DEFAULT, Wanted, gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense import decode_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._selftests import Log
from ansible_collections.drivecare.scsi.tests.gallery import encode
from ansible_collections.drivecare.scsi.tests.gallery.values import at

DRIVES = encode.names()
of_each = pytest.mark.parametrize("name", DRIVES)

#: Where the values of smartctl's document stand in the facts.
_COUNTERS = {
    "errors_corrected_by_eccfast": "errors_corrected_without_substantial_delay",
    "errors_corrected_by_eccdelayed": "errors_corrected_with_possible_delays",
    "errors_corrected_by_rereads_rewrites": "total_retries", "total_errors_corrected": "total_errors_corrected",
    "correction_algorithm_invocations": "total_times_correction_algorithm_processed",
    "total_uncorrected_errors": "total_uncorrected_errors"}
_SAME = {
    "scsi_vendor": "identity.vendor", "scsi_product": "identity.product", "scsi_revision": "identity.revision",
    "serial_number": "identity.serial", "user_capacity.bytes": "capacity.capacity_bytes",
    "user_capacity.blocks": "capacity.blocks", "logical_block_size": "capacity.logical_block_length_bytes",
    "physical_block_size": "capacity.physical_block_length_bytes",
    "temperature.current": "health.temperature.temperature_celsius",
    "temperature.drive_trip": "health.temperature.reference_temperature_celsius",
    "power_on_time.hours": "health.power_on_hours",
    "scsi_grown_defect_list": "health.grown_defects.count",
    "scsi_pending_defects.count": "health.pending_defects.count",
    "scsi_percentage_used_endurance_indicator": "health.endurance.percentage_used_percent",
    "scsi_start_stop_cycle_counter.year_of_manufacture": "health.start_stop.manufacture_year",
    "scsi_start_stop_cycle_counter.week_of_manufacture": "health.start_stop.manufacture_week",
    "scsi_start_stop_cycle_counter.specified_cycle_count_over_device_lifetime":
        "health.start_stop.specified_start_stop_cycles",
    "scsi_start_stop_cycle_counter.accumulated_start_stop_cycles": "health.start_stop.accumulated_start_stop_cycles",
    "scsi_start_stop_cycle_counter.specified_load_unload_count_over_device_lifetime":
        "health.start_stop.specified_load_unload_cycles",
    "scsi_start_stop_cycle_counter.accumulated_load_unload_cycles": "health.start_stop.accumulated_load_unload_cycles",
    "scsi_background_scan.status.value": "health.background_scan.status.background_scan_status.value",
    "scsi_background_scan.status.number_scans_performed":
        "health.background_scan.status.number_of_background_scans_performed",
    "scsi_background_scan.status.number_medium_scans_performed":
        "health.background_scan.status.number_of_background_medium_scans_performed",
    **{f"scsi_error_counter_log.{kind}.{theirs}": f"health.error_counters.{kind}.{ours}"
       for kind in ("read", "write", "verify") for theirs, ours in _COUNTERS.items()}}
_ATA_ATTRIBUTES = {5: "reallocated_sectors", 197: "pending_sectors", 198: "offline_uncorrectable_sectors"}
_TEXTS = ("scsi_vendor", "scsi_product", "scsi_revision", "serial_number")
#: In the log of smartctl: entries of a test that runs have no hours.
_RUNNING = 15


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    played.library()


@functools.lru_cache(maxsize=None)
def facts_of(name: str) -> dict[str, Any]:
    """Our default facts of a drive."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Wanted.from_options({"gather_subset": list(DEFAULT)})
        device = f"replay:{played.capture(name, Path(folder))}"
        found: dict[str, Any] = gather_facts([device], Options(), wanted)[0].as_result()
        return found


def stated(name: str, differences: dict[str, tuple[Any, Any]]) -> None:
    """Holds that the differences are those that the entry explains."""
    known = {key for key in played.entry(name).get("peers", {}) if not key.startswith("sg_")}
    if played.recorded()["smartctl"] != played.version():
        # Another version may have mended it.
        known &= set(differences)
    assert set(differences) == known, {key: f"theirs {theirs!r}, ours {ours!r}"
                                       for key, (theirs, ours) in differences.items()}


def ours_and_theirs(said: dict[str, Any], facts: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The numbers that smartctl prints and that are not in the facts, by their paths."""
    found: dict[str, tuple[Any, Any]] = {}

    def compare(path: str, theirs: Any, ours: Any) -> None:
        # smartctl's document has a temperature of zero where it did not read one, and a zero for medium scans that the
        # drive does not report.
        if theirs == 0 and (path.startswith("temperature") or path.endswith("medium_scans_performed") and ours is None):
            return
        if theirs is not None and theirs != ours:
            found[path] = theirs, ours

    for path, place in _SAME.items():
        theirs, ours = played.at(said, path), at(facts, place)
        if path in _TEXTS:
            theirs, ours = (theirs or "").strip() or None, (ours or "").strip()
        compare(path, theirs, ours)
    if said["device"]["protocol"] == "SCSI":
        named = played.at(said, "logical_unit_id")
        if named and not named.startswith("error"):
            compare("logical_unit_id", named.replace("0x", "naa."), facts["wwn"])
    rotation = said.get("rotation_rate")
    compare("rotation_rate", rotation or None, at(facts, "identity.rotation_rate_rpm"))
    compare("rotation_rate", rotation == 0 or None, at(facts, "identity.non_rotating"))
    for kind in ("read", "write", "verify"):
        theirs = played.at(said, f"scsi_error_counter_log.{kind}.gigabytes_processed")
        ours = at(facts, f"health.error_counters.{kind}.total_bytes_processed")
        compare(f"{kind} gigabytes", theirs, None if ours is None else f"{ours / 10**9:.3f}")
    healthy = played.at(said, "smart_status.passed")
    if healthy is False:
        compare("smart_status.passed", True, at(facts, "health.predicted_failure"))
    elif healthy:
        compare("smart_status.passed", False, bool(at(facts, "health.predicted_failure")))
    return found


def logs(said: dict[str, Any], facts: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The results of self tests that differ."""
    found: dict[str, tuple[Any, Any]] = {}
    results = at(facts, "selftest.results") or []
    place = 0
    while f"scsi_self_test_{place}" in said:
        theirs, ours = said[f"scsi_self_test_{place}"], results[place] if place < len(results) else {}
        pairs = {
            "code": (at(theirs, "code.value"), at(ours, "self_test_code.value")),
            "result": (at(theirs, "result.value"), at(ours, "result.value")),
            "segment": (at(theirs, "failed_segment.value"), ours.get("self_test_number")),
            "lba": (at(theirs, "lba_first_failure.value"), ours.get("address_of_first_failure")),
            "sense key": (at(theirs, "sense_key.value"), at(ours, "sense_key.value")),
            "asc": (theirs.get("asc"), ours.get("additional_sense_code")),
            "ascq": (theirs.get("ascq"), ours.get("additional_sense_code_qualifier"))}
        if at(theirs, "result.value") != _RUNNING:
            pairs["hours"] = at(theirs, "power_on_time.hours"), ours.get("power_on_hours")
        for field, (one, other) in pairs.items():
            if one is not None and one != other:
                found[f"self test {place}, {field}"] = one, other
        place += 1
    if place:
        assert place == len(results)
    return found


def ata_logs(said: dict[str, Any], facts: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """SMART attributes and results of self tests that differ."""
    found: dict[str, tuple[Any, Any]] = {}
    table = {each["id"]: each["raw"]["value"] for each in at(said, "ata_smart_attributes.table") or ()}
    for number, ours in _ATA_ATTRIBUTES.items():
        if number in table and table[number] != at(facts, f"health.smart.{ours}"):
            found[f"attribute {number}"] = table[number], at(facts, f"health.smart.{ours}")
    for place, theirs in enumerate(at(said, "ata_smart_self_test_log.standard.table") or ()):
        ours = at(facts, f"selftest.results.{place}") or {}
        hours = ours.get("power_on_hours")
        for field, one, other in (
                # The log counts hours in two bytes; ours are completed by what the drive counts now.
                ("hours", theirs["lifetime_hours"], None if hours is None else hours & 0xFFFF),
                ("passed", theirs["status"].get("passed"), at(ours, "result.value") == 0),
                ("lba", theirs.get("lba"), ours.get("address_of_first_failure"))):
            if one is not None and one != other and theirs["status"].get("value", 0) >> 4 not in (1, 2, _RUNNING):
                found[f"self test {place}, {field}"] = one, other
    return found


@of_each
def test_smartctl_prints_our_numbers(name: str, tmp_path: Path) -> None:
    said, facts = played.smartctl(name, tmp_path), facts_of(name)
    differences = {**ours_and_theirs(said, facts), **logs(said, facts), **ata_logs(said, facts)}
    differences.update(of_exit_status(said, facts))
    stated(name, differences)


def of_exit_status(said: dict[str, Any], facts: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Bits of the exit status that say something of the drive."""
    status, found = said["smartctl"]["exit_status"], {}
    predicted = at(facts, "health.predicted_failure") is True
    if bool(status & played.DISK_FAILING) != predicted and not status & played.GAVE_UP:
        found["exit status, bit 3"] = bool(status & played.DISK_FAILING), predicted
    failures = bool(list(Log.of_facts(facts["selftest"]).failures()))
    if status & played.SELF_TEST_FAILED and not failures:
        found["exit status, bit 7"] = True, failures
    return found


@of_each
def test_what_they_conclude_is_what_was_recorded(name: str, tmp_path: Path) -> None:
    recorded = played.recorded()
    if recorded["smartctl"] != played.version():
        pytest.skip(f"recorded with smartctl {recorded['smartctl']}, and this is {played.version()}")
    assert recorded["drives"].get(name) == played.conclusions(name, tmp_path), "run python tests/peers/played.py"


# sg3_utils -----------------------------------------------------------------------------------------------------------

#: What sg_logs prints of a page, and where that stands in the facts.
_LOGS: dict[str, dict[str, str]] = {
    **{page: {words: f"health.error_counters.{kind}.{field}" for words, field in (
        ("Errors corrected without substantial delay", "errors_corrected_without_substantial_delay"),
        ("Errors corrected with possible delays", "errors_corrected_with_possible_delays"),
        ("Total rewrites or rereads", "total_retries"), ("Total errors corrected", "total_errors_corrected"),
        ("Total times correction algorithm processed", "total_times_correction_algorithm_processed"),
        ("Total bytes processed", "total_bytes_processed"), ("Total uncorrected errors", "total_uncorrected_errors"))}
       for page, kind in (("2", "write"), ("3", "read"), ("5", "verify"))},
    "6": {"Non-medium error count": "health.error_counters.non_medium_error_count"},
    "d": {"Current temperature": "health.temperature.temperature_celsius",
          "Reference temperature": "health.temperature.reference_temperature_celsius"},
    "e": {"Specified cycle count over device lifetime": "health.start_stop.specified_start_stop_cycles",
          "Accumulated start-stop cycles": "health.start_stop.accumulated_start_stop_cycles",
          "Specified load-unload count over device lifetime": "health.start_stop.specified_load_unload_cycles",
          "Accumulated load-unload cycles": "health.start_stop.accumulated_load_unload_cycles"},
    "11": {"Percentage used endurance indicator": "health.endurance.percentage_used_percent"},
    "15": {"Number of background scans performed": "health.background_scan.status.number_of_background_scans_performed",
           "Number of background medium scans performed":
               "health.background_scan.status.number_of_background_medium_scans_performed"},
    "15,1": {"Pending defect count": "health.pending_defects.count"},
}


@of_each
def test_sg_logs_prints_our_numbers(name: str, tmp_path: Path) -> None:
    path, facts = str(played.answers(name, tmp_path)), facts_of(name)
    known = played.entry(name).get("peers", {})
    differences, compared = {}, 0
    for page, fields in _LOGS.items():
        said = played.play("sg_logs", f"--page=0x{page.replace(',', ',0x')}", path)
        if said.returncode:
            continue
        for words, place in fields.items():
            # Versions differ in the case of letters. Zero may stand for what is not reported, as sg_logs says then.
            printed = re.search(rf"^ *{re.escape(words)}\s*[=:]\s*(\d+)\b(?! *\[not reported)", said.stdout,
                                re.MULTILINE | re.IGNORECASE)
            compared += printed is not None
            if printed and int(printed.group(1)) != at(facts, place):
                differences[f"sg_logs: {words}"] = printed.group(1), at(facts, place)
    assert set(differences) == {key for key in known if key.startswith("sg_logs")}, differences
    assert compared or not at(facts, "health.error_counters.read.total_uncorrected_errors")


@of_each
def test_sg_logs_prints_our_self_tests(name: str, tmp_path: Path) -> None:
    path, results = str(played.answers(name, tmp_path)), at(facts_of(name), "selftest.results") or []
    said = played.play("sg_logs", "--page=0x10", path)
    if said.returncode or "ata" in played.entry(name)["drive"]:
        return
    hours = [int(each) for each in re.findall(r"accumulated power-on hours = (\d+)", said.stdout)]
    ends = [int(each) for each in re.findall(r"(?i)self-test result: .*\[(\d+)\]", said.stdout)]
    addresses = [int(each, 16) for each in re.findall(r"address of first error = (0x[0-9a-f]+)", said.stdout)]
    assert hours == [each["power_on_hours"] or 0 for each in results]
    assert ends == [each["result"]["value"] for each in results]
    assert addresses == [each["address_of_first_failure"] for each in results
                         if each["address_of_first_failure"] is not None]


@of_each
def test_sg_vpd_and_sg_readcap_print_our_names_and_sizes(name: str, tmp_path: Path) -> None:
    path, facts = str(played.answers(name, tmp_path)), facts_of(name)
    serial = re.search(r"Unit serial number: (.*)", played.play("sg_vpd", "--page=sn", path).stdout)
    if serial:
        assert serial.group(1).strip() == (at(facts, "identity.serial") or "")
    designators = played.play("sg_vpd", "--page=di_lu", path).stdout
    named = re.findall(r"^ +0x([0-9a-f]{16}|[0-9a-f]{32})$", designators, re.MULTILINE)
    if named and "NAA" in designators:
        assert facts["wwn"] in [f"naa.{each}" for each in named]
    rate = re.search(r"Nominal rotation rate: (\d+) rpm", played.play("sg_vpd", "--page=bdc", path).stdout)
    if rate:
        assert int(rate.group(1)) == at(facts, "identity.rotation_rate_rpm")
    capacity = played.play("sg_readcap", "--16", path)
    size = re.search(r"Device size: (\d+) bytes", capacity.stdout)
    # Version 1.46 takes a READ CAPACITY(16) that got no answer for one of zeros.
    if size and int(size.group(1)) and not capacity.returncode:
        assert int(size.group(1)) == at(facts, "capacity.capacity_bytes")


def senses() -> list[str]:
    """All sense data of the gallery."""
    return sorted({each["sense"] for name in DRIVES for each in encode.capture(played.entry(name)["drive"])["exchanges"]
                   if each.get("sense")})


def test_sg_decode_sense_says_what_we_say() -> None:
    assert len(senses()) > 20
    for sense in senses():
        printed = played.play("sg_decode_sense", "--nospace", sense).stdout
        ours = decode_sense(bytes.fromhex(sense))
        key = re.search(r"Sense key: (.*)", printed)
        assert key and key.group(1).strip().lower() == ours.facts()["key"]["name"]
        words = re.search(r"Additional sense: (.*)", printed)
        if words:
            assert in_letters(words.group(1)) == in_letters(ours.facts()["additional"] or ""), sense


def in_letters(words: str) -> str:
    """Words without what is written in two ways."""
    return re.sub(r"[^a-z0-9]+", " ", words.lower()).strip()

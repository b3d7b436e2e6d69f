# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of a fleet that could be: hosts with shelves of drives, most of them well. The same seed gives the same.

Usage: python tests/unit/module_utils/report/fleet.py FOLDER [--hosts N] [--drives N] [--seed N] [--day YYYY-MM-DD]
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
from pathlib import Path
from typing import Any, Dict

Values = Dict[str, Any]

#: Vendor, model, revision, bytes, whether it is solid state, and its reference temperature.
MODELS: list[tuple[str, str, str, int, bool, int]] = [
    ("SEAGATE", "ST16000NM004J", "E005", 16000900661248, False, 60),
    ("HGST", "HUH721212AL5200", "A925", 12000138625024, False, 65),
    ("TOSHIBA", "MG08SCA16TE", "0104", 16000900661248, False, 65),
    ("SAMSUNG", "MZILT3T8HBLS0D3", "GXA0", 3840755982336, True, 70),
]
_TROUBLES = ("old firmware", "hot", "failed test", "predicted failure", "silent", "pending", "grown", "late test",
             "worn", "streams", "cut log")
#: How one drive in so many has each.
_ONE_IN = {"old firmware": 120, "hot": 400, "failed test": 500, "predicted failure": 700, "silent": 900, "pending": 500,
           "grown": 300, "late test": 250, "worn": 400, "streams": 1500, "cut log": 2500}
_COUNTERS = ("errors_corrected_without_substantial_delay", "errors_corrected_with_possible_delays", "total_retries",
             "total_errors_corrected", "total_times_correction_algorithm_processed", "total_bytes_processed",
             "total_uncorrected_errors")
_LIMITS = ("maximum_compare_and_write_length_blocks", "optimal_transfer_length_granularity_blocks",
           "maximum_transfer_length_blocks", "optimal_transfer_length_blocks", "maximum_prefetch_length_blocks",
           "maximum_unmap_lba_count", "maximum_unmap_block_descriptor_count", "optimal_unmap_granularity_blocks",
           "unmap_granularity_alignment_blocks", "maximum_write_same_length_blocks",
           "maximum_atomic_transfer_length_blocks", "atomic_alignment_blocks",
           "atomic_transfer_length_granularity_blocks",
           "maximum_atomic_transfer_length_with_atomic_boundary_blocks", "maximum_atomic_boundary_size_blocks")


def coded(value: int, name: str | None) -> Values:
    """A code as the facts have it."""
    return {"value": value, "name": name}


def drive(chance: random.Random, place: int, trouble: tuple[str, ...] = ()) -> Values:
    """One drive's facts, with the troubles that are named."""
    vendor, model, revision, size, solid, reference = MODELS[chance.randrange(len(MODELS))]
    if "worn" in trouble or "streams" in trouble:
        vendor, model, revision, size, solid, reference = MODELS[3]
    wwn = f"naa.5000{chance.getrandbits(48):012x}"
    device = f"/dev/sg{place}"
    if "silent" in trouble:
        return dict(dict.fromkeys(("readiness", "identity", "capacity", "limits", "health", "selftest", "xcopy",
                                   "streams")),
                    facts_version=1, gathered=[], failures=[], device=device, wwn=None, status="timeout",
                    warnings=[], error=None,
                    reason="the drive did not answer within 120 s")
    hours = chance.randrange(900, 52000)
    facts: Values = {
        "identity": _identity(
            chance, wwn, vendor, model, "0001" if "old firmware" in trouble else revision, solid, place),
        "capacity": {
            "blocks": size // 512, "capacity_bytes": size, "logical_block_length_bytes": 512,
            "physical_block_length_bytes": 4096, "lowest_aligned_logical_block_address": 0, "protection_type": 0,
            "protection_intervals_per_block": None, "provisioning": None},
        "limits": dict(dict.fromkeys(_LIMITS), wsnz=False, ugavalid=False, maximum_transfer_length_blocks=65535),
        "health": _health(chance, trouble, solid, reference, hours),
        "selftest": _selftest(chance, trouble, hours),
        "xcopy": None, "streams": None, "facts_version": 1, "device": device, "wwn": wwn, "status": "ok",
        "reason": None, "error": None, "warnings": [],
        "gathered": ["readiness", "identity", "capacity", "limits", "health", "selftest"], "failures": [],
        "readiness": {"state": "ready", "sense": None}}
    if "streams" in trouble:
        facts["gathered"].append("streams")
        facts["streams"] = {"supported": True, "reason": None, "maximum": 16, "open": [3, 4], "permanent": [],
                            "reported_open": 2, "descriptors": []}
    return facts


def _identity(chance: random.Random, wwn: str, vendor: str, model: str, revision: str, solid: bool,
              place: int) -> Values:
    digits = wwn.partition(".")[2]
    port = f"{int(digits, 16) + 1:016x}"

    def designator(hexadecimal: str, association: Values) -> Values:
        return {"name": "naa." + hexadecimal, "association": association, "designator_type": coded(3, "NAA"),
                "code_set": coded(1, "binary"), "protocol_identifier": coded(6, "SAS"), "piv": True,
                "designator": hexadecimal, "text": None, "fields": {
                    "naa": coded(5, "IEEE registered"), "ieee_company_id": 0xC50,
                    "vendor_specific_identifier": int(hexadecimal[7:], 16)}}

    return {
        "source": "drive", "vendor": vendor, "product": model, "revision": revision,
        "serial": "".join(chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _each in range(8)), "wwn": wwn,
        "designators": [designator(digits, coded(0, "logical unit")), designator(port, coded(1, "target port"))],
        "peripheral_device_type": coded(0, "direct access block device"), "removable": False,
        "spc_version": coded(7, "SPC-5"), "version_descriptors": [coded(0x00C0, "SAM-5"), coded(0x05C0, "SPC-5")],
        "protocol": "SAS", "form_factor": "2.5 inch" if solid else "3.5 inch",
        "rotation_rate_rpm": None if solid else 7200, "non_rotating": solid,
        "paths": [{"hctl": f"0:0:{place}:0", "sg_node": f"/dev/sg{place}",
                   "block_node": f"/dev/sd{chr(ord('a') + place % 26)}", "state": "running"}],
        "path_count": 1, "bay": None}


def _health(chance: random.Random, trouble: tuple[str, ...], solid: bool, reference: int, hours: int) -> Values:
    predicted = "predicted failure" in trouble

    def counters() -> Values:
        return dict({name: chance.randrange(1 << 20) for name in _COUNTERS}, total_uncorrected_errors=0)

    return {
        "predicted_failure": predicted, "warning": False,
        "informational_exceptions": {
            "asc": 0x5D if predicted else None, "ascq": 0x10 if predicted else None,
            "text": "hardware impending failure, general hard drive failure" if predicted else None,
            "source": "informational exceptions log page" if predicted else None,
            "reporting_enabled": True, "reporting_method": coded(6, "only on request"), "test": False},
        "smart": None, "phys": None, "cache": {"write_cache_enabled": False, "read_cache_enabled": True},
        "recovery_time_limit_milliseconds": None, "environment": None, "environmental_limits": None,
        "format_status": {
            "format_data_out": None, "grown_defects_during_certification": 0,
            "total_blocks_reassigned_during_format": 0, "total_new_blocks_reassigned": 0,
            "power_on_minutes_since_format": hours * 60},
        "statistics": None, "power_transitions": None, "tape_alert_flags": None, "physical_elements": None,
        "farm": None,
        "power_condition": "active", "power_condition_activated_by": None, "power_on_hours": hours,
        "power_on_hours_source": "background scan log page",
        "temperature": {"temperature_celsius": reference + 7 if "hot" in trouble else chance.randrange(24, 46),
                        "reference_temperature_celsius": reference},
        "start_stop": {
            "manufacture_year": "2024", "manufacture_week": "17", "accounting_year": None, "accounting_week": None,
            "specified_start_stop_cycles": 50000, "accumulated_start_stop_cycles": chance.randrange(10, 90),
            "specified_load_unload_cycles": 600000, "accumulated_load_unload_cycles": chance.randrange(100, 9000)},
        "endurance": {"percentage_used_percent": 97 if "worn" in trouble else chance.randrange(60)} if solid else None,
        "error_counters": {"write": counters(), "read": counters(), "verify": counters(),
                           "non_medium_error_count": chance.randrange(9)},
        "background_scan": None if solid else {"status": {
            "accumulated_power_on_minutes": hours * 60 + 11, "background_scan_status": coded(1, "scanning the medium"),
            "number_of_background_scans_performed": hours // 340, "background_scan_progress": 30000,
            "number_of_background_medium_scans_performed": hours // 340, "progress_percent": 45}, "findings": []},
        "pending_defects": {"count": 3 if "pending" in trouble else 0, "defects": [
            {"accumulated_power_on_hours": hours - 9, "logical_block_address": 81234567 + each}
            for each in range(3 if "pending" in trouble else 0)]},
        "grown_defects": {"count": 37 if "grown" in trouble else chance.randrange(3),
                          "defect_list_format": coded(5, "physical sector")}}


def result(place: int, code: int, outcome: Values, hours: int, address: int | None = None) -> Values:
    """A result of the self-test log."""
    failed = outcome["value"] in (3, 4, 5, 6, 7)
    return {
        "parameter_code": place, "self_test_code": coded(code, {1: "background short", 2: "background extended"}[code]),
        "result": outcome, "self_test_number": None, "power_on_hours": min(hours, 0xFFFF),
        "power_on_hours_saturated": hours >= 0xFFFF, "address_of_first_failure": address,
        "sense_key": coded(3, "medium error") if failed else coded(0, "no sense"),
        "additional_sense_code": 0x11 if failed else 0, "additional_sense_code_qualifier": 0, "vendor_specific": 0}


def _selftest(chance: random.Random, trouble: tuple[str, ...], hours: int) -> Values:
    passed = coded(0, "completed without error")
    ago = 800 + chance.randrange(60) if "late test" in trouble else chance.randrange(8, 700)
    results = []
    if "failed test" in trouble:
        results.append(result(1, 2, coded(7, "completed, failed in another segment"), hours - 5, 2814749))
    results.append(result(len(results) + 1, 1, passed, hours - ago // 3))
    if "cut log" not in trouble:
        results.append(result(len(results) + 1, 2, passed, max(0, hours - ago)))
        for each in range(1, 8):
            results.append(result(len(results) + 1, 1 + each % 2, passed, max(0, hours - ago - each * 168)))
    return {
        "running": False, "running_test": None, "progress_percent": None, "interrupted": False,
        "power_on_hours": hours, "power_on_hours_source": "background scan log page",
        "extended_duration_seconds": 84600, "extended_duration_source": "control mode page",
        "log_supported": True, "log_refusal": None, "log_complete": "cut log" not in trouble,
        "newest": results[0], "results": results}


def host(number: int, drives: int, seed: int, day: datetime.date) -> Values:
    """One host's document; each host has a chance of its own, so that a larger fleet begins with the smaller one."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311
    found = []
    for place in range(drives):
        trouble = tuple(name for name in _TROUBLES if chance.randrange(_ONE_IN[name]) == 0)
        found.append(drive(chance, place, trouble))
    return document(f"stor{number:05}", found, day, enclosure="shelf A")


def document(name: str, drives: list[Values], day: datetime.date, enclosure: str | None = None) -> Values:
    """The document of a host with these drives."""
    found: Values = {"version": 1, "host": name, "gathered_at": f"{day}T05:00:00Z", "drives": drives}
    if enclosure is not None:
        found["locations"] = {each["wwn"] or each["device"]: {"enclosure": enclosure, "slot": place}
                              for place, each in enumerate(drives, 1)}
    return found


def showcase(day: datetime.date, weeks_before: int = 0) -> list[Values]:
    """A small fleet with each trouble, and a host without drives; so many weeks before, less of them were there."""
    troubles: list[tuple[str, ...]] = [(), *((name,) for name in _TROUBLES), ("hot", "pending", "grown")]
    hosts = []
    for number, name in enumerate(("db1.example.org", "db2.example.org", "backup.example.org", "spare.example.org")):
        drives = []
        for place in range((12, 24, 10, 0)[number]):
            turn = place + 5 * number
            trouble = troubles[turn % len(troubles)] if turn % 3 == 0 else ()
            was_well = turn % 4 < weeks_before
            chance = random.Random(f"{name}/{place}")  # noqa: S311
            drives.append(drive(chance, place, () if was_well else trouble))
        hosts.append(document(name, drives, day, f"shelf {'ABCD'[number]}"))
    return hosts


#: What somebody could write into a drive's or a host's name to break the report, or its reader.
HOSTILE = (
    "<script>document.title='taken'</script>", "\"><img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "@SUM(1+1)*9",
    "</style><h1>", "&lt;b&gt;&#x3c;", "]]>--><!--", "\u202egnp.exe", "\x00\x1b[31mred", "| a | `b` [c](http://d) |",
    "x" * 300, "-1+1", "\t=1", "javascript:alert(1)", "\ud800", "{{ 7*7 }}", "%n%s{0}",
)


def hostile(day: datetime.date) -> list[Values]:
    """A fleet that means harm, with each text in each place that has one."""
    chance = random.Random("hostile")  # noqa: S311
    drives = []
    for place, text in enumerate(HOSTILE):
        each = drive(chance, place, ("failed test", "predicted failure"))
        each["identity"].update(vendor=text, product=text, revision=text, serial=text)
        each["health"]["informational_exceptions"]["text"] = text
        each["selftest"]["results"][0]["result"]["name"] = text
        each.update(device=text, reason=text)
        drives.append(each)
    found = document("host " + "".join(HOSTILE[:2]), drives, day)
    found["locations"] = {each["wwn"]: {"enclosure": HOSTILE[0], "slot": text}
                          for each, text in zip(drives, HOSTILE)}
    return [found]


def write(folder: Path, documents: list[Values]) -> None:
    """Writes documents, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in documents:
        name = "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in each["host"])
        (folder / (name + ".json")).write_text(json.dumps(each), encoding="utf-8")


def main() -> None:
    """Writes a fleet to a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hosts", type=int, default=10)
    parser.add_argument("--drives", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--day", type=datetime.date.fromisoformat, default=datetime.date(2026, 3, 1))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for number in range(options.hosts):
        write(options.folder, [host(number, options.drives, options.seed, options.day)])


if __name__ == "__main__":
    main()

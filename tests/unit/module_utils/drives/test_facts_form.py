# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of the facts: what docs/schemas promises holds for drives of all kinds, and for captures of real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.entry import Entry
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import (
    DEFAULT,
    FACTS_VERSION,
    SUBSETS,
    Wanted,
    gather_facts,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_bays import Bay
from ansible_collections.drivecare.scsi.plugins.module_utils._inventory.linux_paths import Paths
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import GOOD, Reply
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import log_health as pages
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_results as copies
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.farm import encode_farm_page
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_environment import (
    HUMIDITY_LIMITS,
    HUMIDITY_REPORT,
    TEMPERATURE_LIMITS,
    TEMPERATURE_REPORT,
    encode_environment,
    encode_environmental_limits,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_format_status import encode_format_status
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_statistics import (
    POWER_TRANSITIONS,
    STATISTICS,
    encode_power_transitions,
    encode_statistics,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.physical_elements import encode_physical_elements
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.streams import encode_stream_status
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits_extension import (
    encode_block_limits_extension,
)

from .facts_drive import FactsDrive, thin

ROOT = Path(__file__).resolve().parents[4]
SCHEMA: dict[str, Any] = json.loads(
    (ROOT / "docs" / "schemas" / f"drive_facts-{FACTS_VERSION}.json").read_text("utf-8"))
CAPTURES = sorted((ROOT / "playbooks" / "files" / "captures").glob("*.json"))

TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None)}
KNOWN = {"$schema", "$id", "$defs", "title", "description", "type", "properties", "required", "additionalProperties",
         "items", "enum", "const", "anyOf", "$ref"}


def faults(value: Any, schema: dict[str, Any], place: str = "entry") -> Iterator[str]:
    """What the schema does not allow: as much of JSON Schema as ours uses."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        yield from faults(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], place)
    if "anyOf" in schema and all(list(faults(value, each, place)) for each in schema["anyOf"]):
        yield f"{place}: {value!r} is none of those"
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r}"
    wanted = schema.get("type")
    names = [wanted] if isinstance(wanted, str) else wanted
    if names and not any(isinstance(value, TYPES[name]) and (isinstance(value, bool) == (name == "boolean"))
                         for name in names):
        yield f"{place}: {value!r} is no {' or '.join(names)}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from (f"{place}: lacks {name}" for name in schema.get("required", ()) if name not in value)
        for name, content in value.items():
            if name in properties:
                yield from faults(content, properties[name], place + "." + name)
            elif schema.get("additionalProperties") is False:
                yield f"{place}: has {name}"
    if isinstance(value, list) and "items" in schema:
        for number, content in enumerate(value):
            yield from faults(content, schema["items"], f"{place}[{number}]")


def full() -> FactsDrive:
    """A drive that has everything."""
    drive = thin(FactsDrive())
    counters = dict.fromkeys(pages.ERROR_COUNTERS, 5)
    drive.log.update({(page, 0): pages.encode_error_counters(counters, page) for page in (0x02, 0x03, 0x05)})
    drive.log.update({
        (0x06, 0): pages.encode_non_medium_errors(9),
        (0x0D, 0): pages.encode_temperature({"temperature_celsius": 31, "reference_temperature_celsius": 60}),
        (0x0E, 0): pages.encode_start_stop({"manufacture_year": "2014", "manufacture_week": "07",
                                            "accumulated_start_stop_cycles": 58}),
        (0x08, 0): encode_format_status({
            "format_data_out": "0a000000", "grown_defects_during_certification": 0,
            "total_blocks_reassigned_during_format": 0, "total_new_blocks_reassigned": 2,
            "power_on_minutes_since_format": 35438}),
        (0x0D, 1): encode_environment({"temperatures": [{"parameter_code": 0, **{
            field.name: 30 for field in TEMPERATURE_REPORT.fields[1:]}}], "relative_humidities": [
                {"parameter_code": 256, **{field.name: 40 for field in HUMIDITY_REPORT.fields[1:]}}]}),
        (0x0D, 2): encode_environmental_limits({"temperatures": [{"parameter_code": 0, **{
            field.name: 60 for field in TEMPERATURE_LIMITS.fields}}], "relative_humidities": [
                {"parameter_code": 256, **{field.name: 90 for field in HUMIDITY_LIMITS.fields}}]}),
        (0x19, 0): encode_statistics(dict({field.name: 5 for table in STATISTICS.values() for field in table.fields},
                                          exponent=2, integer=5)),
        (0x1A, 0): encode_power_transitions(dict.fromkeys(POWER_TRANSITIONS.values(), 7)),
        (0x11, 0): pages.encode_endurance({"percentage_used_percent": 17}),
        (0x15, 1): pages.encode_pending_defects([{"accumulated_power_on_hours": 20000, "logical_block_address": 4711}]),
        (0x3D, 3): encode_farm_page({
            "heads": 2, "power_on_hours": 20576, "power_cycles": 9, "head_load_events": 7, "assembly_year": "2024",
            "assembly_week": "10", "reallocated_sectors_by_head": [0, 1], "write_power_on_hours_by_head": [5, 6]}),
        (0x2F, 0): pages.encode_informational_exceptions({"asc": 0x5D, "ascq": 0x10, "temperature_celsius": 32})})
    parameters = copies.encode_operating_parameters({
        "data_segment_granularity_bytes": 512, "inline_data_granularity_bytes": 1, "held_data_granularity_bytes": 1})
    streams = encode_stream_status([{"stream_identifier": 0, "perm": True}, {"stream_identifier": 5}], 2)
    drive.standard["third_party_copy"] = True
    drive.vpd[0xB7] = encode_block_limits_extension({"maximum_number_of_streams": 8})
    drive.handlers[0x84, 0x03] = lambda command: Reply(GOOD, data=parameters)
    drive.handlers[0x9E, 0x17] = lambda command: Reply(GOOD, data=encode_physical_elements([
        {"element_identifier": 1, "physical_element_type": 1, "physical_element_health": 1}], 1))
    drive.handlers[0x9E, 0x16] = lambda command: Reply(GOOD, data=streams)
    return drive


def empty() -> FactsDrive:
    """A drive that has next to nothing."""
    drive = FactsDrive()
    drive.standard = {"version": 2}
    drive.handlers = {code: drive.handlers[code] for code in ((0x00, None), (0x03, None), (0x12, None))}
    drive.vpd.clear()
    drive.lists_vpd = False
    return drive


def entry_of(monkeypatch: pytest.MonkeyPatch, drive: FactsDrive, subsets: Any = SUBSETS) -> dict[str, Any]:
    monkeypatch.setattr(drives, "open_transport", lambda address, access: drive)
    return returned(gather_facts([drive.device], Options(), Wanted(frozenset(subsets)))[0])


def returned(entry: Entry) -> dict[str, Any]:
    """As a task ends with it."""
    assert entry.changed is False
    return json.loads(json.dumps(entry.as_result()))  # type: ignore[no-any-return]


def nulls(value: Any, place: str = "") -> list[str]:
    """The places of what is null."""
    if isinstance(value, dict):
        return [each for name, content in value.items() for each in nulls(content, f"{place}.{name}")]
    return [place] if value is None else []


def test_a_drive_that_has_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Paths, "of", lambda paths, address, wwn: [
        {"hctl": "0:0:4:0", "sg_node": "/dev/sg2", "block_node": None, "state": "running"}])
    monkeypatch.setattr(Paths, "bay", lambda paths, reached: Bay("0x5000ccab0405db00", 7, "SLOT 07"))
    entry = entry_of(monkeypatch, full())
    assert entry["identity"]["bay"] == {"enclosure": "0x5000ccab0405db00", "slot": 7, "name": "SLOT 07"}
    assert list(faults(entry, SCHEMA)) == [] and entry["warnings"] == []
    # All that is left open is what a healthy drive has no reason to tell.
    assert [place for place in nulls({name: entry[name] for name in ("capacity", "health", "streams", "identity")})
            if not place.startswith((".health.background_scan", ".identity.designators"))] == [
        ".capacity.protection_intervals_per_block", ".capacity.provisioning.minimum_percent",
        ".health.start_stop.accounting_year", ".health.start_stop.accounting_week",
        ".health.start_stop.specified_start_stop_cycles", ".health.start_stop.specified_load_unload_cycles",
        ".health.start_stop.accumulated_load_unload_cycles", ".health.power_condition_activated_by",
        ".health.phys", ".health.tape_alert_flags", ".health.cache", ".health.recovery_time_limit_milliseconds",
        ".health.smart", ".health.farm.spindle_power_on_hours", ".health.farm.head_flight_hours", ".streams.reason",
        ".identity.rotation_rate_rpm"]


@pytest.mark.parametrize("subsets", [SUBSETS, DEFAULT, ("xcopy",)])
@pytest.mark.parametrize("make", [FactsDrive, full, empty])
def test_the_form_holds_for_all_kinds_of_drives(monkeypatch: pytest.MonkeyPatch, make: Any, subsets: Any) -> None:
    assert list(faults(entry_of(monkeypatch, make(), subsets), SCHEMA)) == []


@pytest.mark.parametrize("device_type", [0x01, 0x05, 0x08, 0x0D])
def test_the_form_holds_for_what_is_no_disk(monkeypatch: pytest.MonkeyPatch, device_type: int) -> None:
    drive = full()
    drive.standard["peripheral_device_type"] = device_type
    assert list(faults(entry_of(monkeypatch, drive), SCHEMA)) == []


def test_the_form_holds_for_drives_that_failed_or_were_skipped() -> None:
    entries = gather_facts(["replay:/nowhere.json", "/dev/null"], Options(), Wanted(frozenset(DEFAULT)))
    assert [entry.status for entry in entries] == ["failed", "failed"]
    for entry in entries:
        assert list(faults(returned(entry), SCHEMA)) == []


def test_cut_answers_keep_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in (0, 1, 4, 8, 20, 36):
        drive = full()
        whole = drive.execute

        def cut(command: Any, timeout_seconds: float, whole: Any = whole, limit: int = limit) -> Reply:
            reply = whole(command, timeout_seconds)
            return Reply(reply.status, reply.sense, reply.data[:limit])

        monkeypatch.setattr(drive, "execute", cut)
        entry = entry_of(monkeypatch, drive)
        assert list(faults(entry, SCHEMA)) == [] and entry["warnings"], limit


@pytest.mark.parametrize("capture", CAPTURES, ids=[each.stem for each in CAPTURES])
def test_captures_of_real_devices(capture: Path) -> None:
    entry = returned(gather_facts([f"replay:{capture}"], Options(), Wanted(frozenset(SUBSETS)))[0])
    assert entry["status"] == "ok" and list(faults(entry, SCHEMA)) == []
    expected = {"cdrom": ("QEMU", "QEMU DVD-ROM"), "lio": ("LIO-ORG", "FILEIO"), "scsi_debug": ("Linux", "scsi_debug")}
    assert (entry["identity"]["vendor"], entry["identity"]["product"]) == expected[capture.stem]
    assert entry["identity"]["wwn"] == entry["wwn"]


def test_every_object_of_the_schema_says_what_it_has() -> None:
    def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "properties" in schema:
            yield schema
        for each in list(schema.get("properties", {}).values()) + list(schema.get("$defs", {}).values()):
            yield from objects(each)
        if "items" in schema:
            yield from objects(schema["items"])

    for each in objects(SCHEMA):
        assert each["additionalProperties"] is False
        assert set(each["properties"]) - set(each["required"]) <= {"commands", "exception"}


@pytest.mark.parametrize("change,said", [
    ({"device": 5}, "entry.device: 5 is no string"), ({"status": "fine"}, "entry.status: 'fine'"),
    ({"surprise": 1}, "entry: has surprise"), ({"facts_version": 2}, "entry.facts_version: 2"),
    ({"capacity": {"blocks": 1}}, "entry.capacity: lacks capacity_bytes"),
    ({"warnings": [True]}, "entry.warnings[0]: True is no string")])
def test_another_form_is_noticed(monkeypatch: pytest.MonkeyPatch, change: Any, said: str) -> None:
    assert said in list(faults(dict(entry_of(monkeypatch, FactsDrive()), **change), SCHEMA))

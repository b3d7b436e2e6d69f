# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in the facts the values of an entry stand: what must be there, since the bytes were made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .answers import three

Values = Mapping[str, Any]
Found = Iterable[tuple[str, Any]]

_COUNTERS = ("errors_corrected_without_substantial_delay", "errors_corrected_with_possible_delays", "total_retries",
             "total_errors_corrected", "total_times_correction_algorithm_processed", "total_bytes_processed",
             "total_uncorrected_errors")
_BYTES = 5
_SMART = {5: "reallocated_sectors", 197: "pending_sectors", 198: "offline_uncorrectable_sectors"}
_HOURS = 9
_CYCLES = {"specified_cycles": "specified_start_stop_cycles", "cycles": "accumulated_start_stop_cycles",
           "specified_load_cycles": "specified_load_unload_cycles", "load_cycles": "accumulated_load_unload_cycles"}
#: Low power conditions.
_AT_REST = 0x5E


def differences(entry: Values, facts: Values) -> list[str]:
    """What the facts do not say as the entry does. ``facts`` in the entry goes before what its values make expected."""
    expected = {**dict(_expected(entry["drive"])), **entry.get("facts", {})}
    # A blank name is none.
    return [f"{path}: {at(facts, path)!r}, not {value!r}" for path, value in expected.items()
            if at(facts, path) != value and not (value is None and at(facts, path) == "")]


def at(values: Any, path: str) -> Any:
    """The value at a path of keys and places in lists; ``None`` where the path ends before."""
    for key in path.split("."):
        if isinstance(values, list):
            values = values[int(key)] if int(key) < len(values) else None
        elif isinstance(values, Mapping):
            values = values.get(key)
        else:
            return None
    return values


def _given(values: Values, name: str) -> Any:
    """What an entry gives as values; ``None`` for sense data, bytes in hex, and what it does not give."""
    given = values.get(name)
    if isinstance(given, str):
        return None
    # The background scan has a status of its own.
    if isinstance(given, Mapping) and {"sense", "lost", "hex", "status"} & set(given) and "minutes" not in given:
        return None
    return given


def _expected(drive: Values) -> Found:
    yield from _identity(drive)
    size = _given(drive, "capacity")
    if size:
        block = size.get("block_bytes", 512)
        yield "capacity.logical_block_length_bytes", block
        yield "capacity.capacity_bytes", size["blocks"] * block if "blocks" in size else size["bytes"]
    yield from _health(drive)
    yield from _smart(drive)
    yield from _selftests(drive)


def _identity(drive: Values) -> Found:
    unit, vpd = _given(drive, "inquiry"), drive.get("vpd", {})
    if unit:
        for name in ("vendor", "product", "revision"):
            yield f"identity.{name}", str(unit.get(name, "")).strip() or None
    if "serial" in vpd:
        yield "identity.serial", str(vpd["serial"]).strip()
    if "wwn" in vpd:
        yield "wwn", f"naa.{vpd['wwn']}"
    if "rotation_rpm" in vpd:
        yield "identity.rotation_rate_rpm", vpd["rotation_rpm"]
    if vpd.get("solid_state"):
        yield "identity.non_rotating", True
    if "form_factor" in vpd:
        yield "identity.form_factor", f"{vpd['form_factor']} inch"


def _health(drive: Values) -> Found:
    logs = drive.get("log", {})
    for kind in ("read", "write", "verify"):
        for place, value in enumerate(_given(logs, f"{kind}_errors") or ()):
            yield (f"health.error_counters.{kind}.{_COUNTERS[place]}",
                   round(value * 10**9) if place == _BYTES and value is not None else value)
    if isinstance(logs.get("non_medium_errors"), int):
        yield "health.error_counters.non_medium_error_count", logs["non_medium_errors"]
    for name, value in (_given(logs, "temperature") or {}).items():
        field = "temperature_celsius" if name == "celsius" else "reference_temperature_celsius"
        yield f"health.temperature.{field}", value
    for name, value in (_given(logs, "start_stop") or {}).items():
        if name in _CYCLES:
            yield f"health.start_stop.{_CYCLES[name]}", value
    if isinstance(logs.get("solid_state"), int):
        yield "health.endurance.percentage_used_percent", logs["solid_state"]
    pending = _given(logs, "pending_defects")
    if pending:
        yield "health.pending_defects.count", pending.get("count", len(pending.get("defects", ())))
    scan = _given(logs, "background_scan")
    if scan:
        yield "health.background_scan.status.background_scan_status.value", scan.get("status", 0)
        for place, found in enumerate(scan.get("findings", ())):
            yield f"health.background_scan.findings.{place}.logical_block_address", found["lba"]
            yield f"health.background_scan.findings.{place}.reassign_status.value", found["reassign"]
    for source in (scan, _given(logs, "factory")):
        if source:
            yield "health.power_on_hours", source["minutes"] // 60
            yield "selftest.power_on_hours", source["minutes"] // 60
            break
    exceptions = _given(logs, "informational_exceptions")
    if exceptions and "code" in exceptions:
        _key, asc, ascq = three("0/" + exceptions["code"])
        yield "health.informational_exceptions.asc", asc or None
        yield "health.predicted_failure", asc == 0x5D and ascq != 0xFF
    yield from _defects(drive)


def _defects(drive: Values) -> Found:
    given = drive.get("grown_defects")
    sense = drive.get("request_sense")
    if isinstance(sense, str) and three(sense)[1] == _AT_REST:
        # The list is on the medium, and a drive that sleeps is left alone.
        given = None
    if isinstance(given, int):
        yield "health.grown_defects.count", given
    elif isinstance(given, Mapping) and "count" in given:
        yield "health.grown_defects.count", None if given.get("primary") or given.get("grown") is False else \
            given["count"]


def _smart(drive: Values) -> Found:
    ata = drive.get("ata")
    if not ata:
        return
    raw = {each[0]: each[4] for each in ata["attributes"]}
    for number, name in _SMART.items():
        yield f"health.smart.{name}", raw.get(number)
    yield "health.smart.healthy", ata.get("healthy", True)
    if _HOURS in raw:
        yield "health.power_on_hours", raw[_HOURS] & 0xFFFFFF
    for place, result in enumerate(ata.get("selftests", ())):
        yield f"selftest.results.{place}.address_of_first_failure", result.get("lba")


def _selftests(drive: Values) -> Found:
    for place, result in enumerate(_given(drive.get("log", {}), "selftests") or ()):
        where = f"selftest.results.{place}"
        # A running test has no hours yet: zero stands for them.
        running = result["result"] in ("running", 15)
        yield f"{where}.power_on_hours", None if running and not result.get("hours") else result.get("hours", 0)
        yield f"{where}.address_of_first_failure", result.get("lba")
        if result.get("segment"):
            yield f"{where}.self_test_number", result["segment"]
        if "sense" in result:
            key, asc, ascq = three(result["sense"])
            yield f"{where}.sense_key.value", key
            yield f"{where}.additional_sense_code", asc
            yield f"{where}.additional_sense_code_qualifier", ascq
    seconds = drive.get("mode", {}).get("extended_selftest_seconds")
    if seconds not in (None, 0, 0xFFFF):
        yield "selftest.extended_duration_seconds", seconds


#: The metrics that show a value of the facts, and what one of them is in the unit of the metric.
SAMPLES: dict[str, tuple[str, float]] = {
    "capacity_bytes": ("capacity.capacity_bytes", 1), "power_on_seconds_total": ("health.power_on_hours", 3600),
    "temperature_celsius": ("health.temperature.temperature_celsius", 1),
    "reference_temperature_celsius": ("health.temperature.reference_temperature_celsius", 1),
    "predicted_failure": ("health.predicted_failure", 1), "grown_defects": ("health.grown_defects.count", 1),
    "pending_defects": ("health.pending_defects.count", 1),
    "endurance_used_ratio": ("health.endurance.percentage_used_percent", 0.01),
    "non_medium_errors_total": ("health.error_counters.non_medium_error_count", 1),
    "start_stop_cycles_total": ("health.start_stop.accumulated_start_stop_cycles", 1),
    "load_unload_cycles_total": ("health.start_stop.accumulated_load_unload_cycles", 1),
}


def samples(facts: Values) -> dict[str, float | None]:
    """What each of `SAMPLES` has to be; ``None`` for no sample."""
    found = {metric: (at(facts, path), scale) for metric, (path, scale) in SAMPLES.items()}
    return {metric: None if value is None else value * scale for metric, (value, scale) in found.items()}

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of drives as Prometheus metrics: one table of names, units and the place of each value in the facts.

Names follow Prometheus' conventions: a prefix, the base unit (seconds, bytes, celsius, ratio) in the name, ``_total``
for counters. Every sample of a drive has the label ``drive``; ``scsi_drive_info`` has the other labels, to be joined on
it.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping, NamedTuple, Optional, Sequence, Tuple

from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.physical_elements import (
    AT_LIMIT,
    BEING_DEPOPULATED,
    DEPOPULATED,
    DEPOPULATED_WITH_ERRORS,
    NOT_REPORTED,
    OUTSIDE_LIMIT,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._selftests import KINDS, Log, has_passed
from ansible_collections.drivecare.scsi.plugins.plugin_utils._metrics.exposition import (
    COUNTER,
    GAUGE,
    Family,
    Labels,
    Number,
    exposition,
    is_number,
)

Entry = Mapping[str, Any]
Sample = Tuple[Labels, Number]
Samples = Callable[[Entry], Iterable[Sample]]

_PREFIX = "scsi_drive_"
_HOUR_SECONDS = 3600
_MINUTE_SECONDS = 60
_OPERATIONS = ("read", "write", "verify")
#: All but the default test, whose scope is vendor specific.
_SHOWN = KINDS[1:]
_PHY_ERRORS = {
    "invalid_dword": "invalid_dword_count", "running_disparity": "running_disparity_error_count",
    "loss_of_synchronization": "loss_of_dword_synchronization_count", "phy_reset": "phy_reset_problem_count"}
#: The health of physical elements that are not in use any more.
_DEPOPULATED = (DEPOPULATED_WITH_ERRORS, BEING_DEPOPULATED, DEPOPULATED)
_CONDITIONS = ("active", "idle_a", "idle_b", "idle_c", "standby_z", "standby_y")
#: The states of readiness in which data can be read.
_SERVES = ("ready", "standby")


class Metric(NamedTuple):
    """A row of the table; ``samples`` returns the samples of one drive."""

    name: str
    kind: str
    help: str
    samples: Samples


def drive_metrics(drives: Any, gathered_at: Number | None = None) -> str:
    """The text for entries of ``scsi_drives``; ``gathered_at`` in seconds since 1970.

    Values not reported by the drive have no sample, nor have those that cannot be one. Other paths to a drive that is
    listed already (``skipped``) are left out. Raises ValueError if ``drives`` is no list of such entries; if it has
    some, the others are left out.
    """
    if not isinstance(drives, (list, tuple)):
        raise ValueError("expected a list of drives as returned by scsi_drive_facts")
    entries = [drive for drive in drives if isinstance(drive, Mapping) and "device" in drive and "status" in drive]
    if drives and not entries:
        raise ValueError("no entry has a device and a status, so they are not from scsi_drive_facts")
    queried = [drive for drive in entries if drive["status"] != "skipped"]
    families = []
    if gathered_at is not None and is_number(gathered_at):
        families.append(Family("scsi_drive_facts_gathered_timestamp_seconds", GAUGE, "When the drives were queried.",
                               [({}, gathered_at)]))
    named = _named(queried)
    for metric in METRICS:
        families.append(Family(_PREFIX + metric.name, metric.kind, metric.help, [
            sample for name, drive in named.items() for sample in _samples(metric, drive, name)]))
    return exposition(families)


def _named(drives: Sequence[Entry]) -> dict[str, Entry]:
    """The drives by name; of two with one name, the second is told apart by its serial number or its device."""
    found: dict[str, Entry] = {}
    for drive in drives:
        name = _text(drive_name, drive)
        if name in found:
            name = f"{name} {_text(lambda each: at(each, 'identity.serial') or each['device'], drive)}"
        if name is not None:
            found.setdefault(name, drive)
    return found


def _text(of: Callable[[Entry], Any], drive: Entry) -> str | None:
    """A name of a drive; ``None`` for what cannot be text, such as a list that is nested without end."""
    try:
        return str(of(drive))
    except Exception:
        return None


def _samples(metric: Metric, drive: Entry, drive_label: str) -> list[Sample]:
    """The samples of a drive that can be written. Its facts may be of any form: they come from the managed node."""
    name = {"drive": drive_label}
    try:
        # Its unit may take a value out of the range of a double.
        return [(dict(name, **labels), value) for labels, value in metric.samples(drive) if is_number(value)]
    except Exception:  # facts of another form than ours: they cost this sample, and no other drive's
        return []


def drive_name(drive: Entry) -> str:
    """The name that identifies a drive over time: its wwn, else its serial number, else the device."""
    return str(drive.get("wwn") or at(drive, "identity.serial") or drive["device"])


def at(drive: Entry, path: str) -> Any:
    """A value of the facts; ``None`` if it or an object that contains it is missing."""
    value: Any = drive
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _value(path: str, scale: Number = 1) -> Samples:
    def samples(drive: Entry) -> Iterable[Sample]:
        value = at(drive, path)
        if is_number(value):
            yield {}, value * scale
    return samples


def _ratio(path: str) -> Samples:
    def samples(drive: Entry) -> Iterable[Sample]:
        value = at(drive, path)
        if is_number(value):
            yield {}, value / 100.0
    return samples


def _flag(path: str) -> Samples:
    def samples(drive: Entry) -> Iterable[Sample]:
        value = at(drive, path)
        if isinstance(value, bool):
            yield {}, int(value)
    return samples


def _by_operation(field: str) -> Samples:
    def samples(drive: Entry) -> Iterable[Sample]:
        for operation in _OPERATIONS:
            value = at(drive, f"health.error_counters.{operation}.{field}")
            if is_number(value):
                yield {"operation": operation}, value
    return samples


def _up(drive: Entry) -> Iterable[Sample]:
    # With the device as well: a drive that does not answer has no other name.
    yield {"device": str(drive["device"])}, int(drive["status"] == "ok" and not drive.get("failures"))


def _ready(drive: Entry) -> Iterable[Sample]:
    state = at(drive, "readiness.state")
    if isinstance(state, str):
        yield {}, int(state in _SERVES)


def _readiness(drive: Entry) -> Iterable[Sample]:
    state = at(drive, "readiness.state")
    if isinstance(state, str):
        yield {"state": state}, 1


def _failed_commands(drive: Entry) -> Iterable[Sample]:
    failures = drive.get("failures")
    if isinstance(failures, list):
        yield {}, len(failures)


def _info(drive: Entry) -> Iterable[Sample]:
    if at(drive, "identity") is None:
        return
    labels = {"device": str(drive["device"])}
    for label, path in (("wwn", "wwn"), ("vendor", "identity.vendor"), ("model", "identity.product"),
                        ("firmware", "identity.revision"), ("serial", "identity.serial"),
                        ("protocol", "identity.protocol"), ("form_factor", "identity.form_factor"),
                        ("enclosure", "identity.bay.enclosure"), ("slot", "identity.bay.slot")):
        value = at(drive, path)
        labels[label] = "" if value is None else str(value)
    yield labels, 1


def _phy_errors(drive: Entry) -> Iterable[Sample]:
    phys = at(drive, "health.phys")
    for phy in phys if isinstance(phys, list) else ():
        if not isinstance(phy, Mapping):
            continue
        labels = {"port": str(phy.get("relative_target_port_identifier")), "phy": str(phy.get("phy_identifier"))}
        for error, field in _PHY_ERRORS.items():
            value = phy.get(field)
            if value is not None and is_number(value):
                yield dict(labels, error=error), value


def _elements(of_health: Callable[[int], Optional[Number]]) -> Samples:
    """A sample per physical element whose health has a value here."""
    def samples(drive: Entry) -> Iterable[Sample]:
        elements = at(drive, "health.physical_elements.elements")
        for element in elements if isinstance(elements, list) else ():
            health = at(element, "health.value") if isinstance(element, Mapping) else None
            value = of_health(health) if health is not None and is_number(health) else None
            if value is not None:
                yield {"element": str(element.get("element_identifier"))}, value
    return samples


def _of_limit(health: int) -> Number | None:
    """How near the manufacturer's limit it is; ``None`` where the value says something else."""
    return health / float(AT_LIMIT) if NOT_REPORTED < health < OUTSIDE_LIMIT.stop else None


def _sensors(group: str, field: str, scale: Number = 1) -> Samples:
    """A value of each sensor; ``scale`` is what to divide it by."""
    def samples(drive: Entry) -> Iterable[Sample]:
        sensors = at(drive, f"health.environment.{group}")
        for sensor in sensors if isinstance(sensors, list) else ():
            value = sensor.get(field) if isinstance(sensor, Mapping) else None
            if value is not None and is_number(value):
                yield {"sensor": str(sensor.get("parameter_code"))}, value if scale == 1 else value / scale
    return samples


def _labelled(label: str, paths: Mapping[str, str]) -> Samples:
    """A sample per path; ``paths`` are by the value of their label."""
    def samples(drive: Entry) -> Iterable[Sample]:
        for name, path in paths.items():
            value = at(drive, path)
            if is_number(value):
                yield {label: name}, value
    return samples


def _tape_alert(drive: Entry) -> Iterable[Sample]:
    flags = at(drive, "health.tape_alert_flags")
    for each in flags if isinstance(flags, list) else ():
        if isinstance(each, Mapping):
            yield {label: str(each.get(label) or "") for label in ("flag", "name", "severity")}, 1


def _newest(log: Log) -> Iterable[tuple[str, Any]]:
    """The newest result that passed or failed, by kind of test."""
    return ((kind, result) for kind, result in log.newest_by_kind().items() if kind in _SHOWN)


def _selftest_passed(drive: Entry) -> Iterable[Sample]:
    for kind, result in _newest(Log.of_facts(drive.get("selftest"))):
        yield {"test": kind}, int(has_passed(result))


def _selftest_age(drive: Entry) -> Iterable[Sample]:
    log = Log.of_facts(drive.get("selftest"))
    for kind, result in _newest(log):
        age = log.age(result).exact
        # An age known only within bounds has no sample: an alert on it could never be trusted.
        if age is not None:
            yield {"test": kind}, age * _HOUR_SECONDS


METRICS: list[Metric] = [
    Metric("up", GAUGE, "Whether the drive answered all that it was asked, without failing at any command.", _up),
    Metric("ready", GAUGE, "Whether the drive can serve commands to its medium, at once or by waking up.", _ready),
    Metric("readiness_info", GAUGE, "The state of readiness in which the drive is; always 1.", _readiness),
    Metric("failed_commands", GAUGE, "Commands that the drive failed or did not answer when its facts were gathered.",
           _failed_commands),
    Metric("info", GAUGE, "Which drive it is; always 1.", _info),
    Metric("capacity_bytes", GAUGE, "Bytes in all logical blocks.", _value("capacity.capacity_bytes")),
    Metric("temperature_celsius", GAUGE, "The temperature of the drive.",
           _value("health.temperature.temperature_celsius")),
    Metric("reference_temperature_celsius", GAUGE, "The maximum temperature for continuous operation.",
           _value("health.temperature.reference_temperature_celsius")),
    Metric("sensor_temperature_celsius", GAUGE, "The temperature at a sensor of the drive.",
           _sensors("temperatures", "temperature_celsius")),
    Metric("lifetime_maximum_temperature_celsius", GAUGE, "The highest temperature that a sensor has measured.",
           _sensors("temperatures", "lifetime_maximum_temperature_celsius")),
    Metric("lifetime_minimum_temperature_celsius", GAUGE, "The lowest temperature that a sensor has measured.",
           _sensors("temperatures", "lifetime_minimum_temperature_celsius")),
    Metric("relative_humidity_ratio", GAUGE, "The relative humidity at a sensor of the drive.",
           _sensors("relative_humidities", "relative_humidity_percent", 100.0)),
    Metric("power_on_seconds_total", COUNTER, "How long the drive has been on, in whole hours.",
           _value("health.power_on_hours", _HOUR_SECONDS)),
    Metric("farm_power_on_seconds_total", COUNTER, "How long the drive has been on by Seagate's FARM log.",
           _value("health.farm.power_on_hours", _HOUR_SECONDS)),
    Metric("farm_spindle_power_on_seconds_total", COUNTER, "How long the spindle has turned by Seagate's FARM log.",
           _value("health.farm.spindle_power_on_hours", _HOUR_SECONDS)),
    Metric("predicted_failure", GAUGE, "Whether the drive predicts that it will fail.",
           _flag("health.predicted_failure")),
    Metric("warning", GAUGE, "Whether the drive warns of something, such as its temperature.",
           _flag("health.warning")),
    Metric("grown_defects", GAUGE, "Entries in the grown defect list.", _value("health.grown_defects.count")),
    Metric("pending_defects", GAUGE, "Blocks that are waiting to be reassigned.",
           _value("health.pending_defects.count")),
    Metric("blocks_reassigned_since_format", GAUGE, "Blocks that were reassigned since the last format.",
           _value("health.format_status.total_new_blocks_reassigned")),
    Metric("power_on_since_format_seconds", GAUGE, "Power-on time since the last format, in whole minutes.",
           _value("health.format_status.power_on_minutes_since_format", _MINUTE_SECONDS)),
    Metric("endurance_used_ratio", GAUGE, "How much of the life of a solid state medium is used; may exceed 1.",
           _ratio("health.endurance.percentage_used_percent")),
    Metric("start_stop_cycles_total", COUNTER, "How often the drive was started.",
           _value("health.start_stop.accumulated_start_stop_cycles")),
    Metric("load_unload_cycles_total", COUNTER, "How often the drive loaded its heads.",
           _value("health.start_stop.accumulated_load_unload_cycles")),
    Metric("specified_start_stop_cycles", GAUGE, "How often the drive is specified to be started.",
           _value("health.start_stop.specified_start_stop_cycles")),
    Metric("specified_load_unload_cycles", GAUGE, "How often the drive is specified to load its heads.",
           _value("health.start_stop.specified_load_unload_cycles")),
    Metric("power_transitions_total", COUNTER, "How often the drive entered a power condition.",
           _labelled("condition", {name: "health.power_transitions." + name for name in _CONDITIONS})),
    Metric("commands_total", COUNTER, "Commands that the drive has served.", _labelled("operation", {
        operation: f"health.statistics.{operation}_commands" for operation in ("read", "write")})),
    Metric("blocks_total", COUNTER, "Logical blocks that the drive has read or written for its hosts.",
           _labelled("operation", {"read": "health.statistics.logical_blocks_transmitted",
                                   "write": "health.statistics.logical_blocks_received"})),
    Metric("processing_seconds_total", COUNTER, "How long commands were processed.", _labelled("operation", {
        operation: f"health.statistics.{operation}_processing_seconds" for operation in ("read", "write")})),
    Metric("idle_seconds_total", COUNTER, "How long the drive had no command to process.",
           _value("health.statistics.idle_seconds")),
    Metric("corrected_errors_total", COUNTER, "Errors that the drive corrected.",
           _by_operation("total_errors_corrected")),
    Metric("uncorrected_errors_total", COUNTER, "Errors that the drive could not correct.",
           _by_operation("total_uncorrected_errors")),
    Metric("processed_bytes_total", COUNTER, "Bytes that the drive read, wrote or verified.",
           _by_operation("total_bytes_processed")),
    Metric("non_medium_errors_total", COUNTER, "Errors that were not caused by the medium.",
           _value("health.error_counters.non_medium_error_count")),
    Metric("phy_errors_total", COUNTER, "Errors on the link of a SAS phy.", _phy_errors),
    Metric("physical_element_health_ratio", GAUGE, "The health of a head by its manufacturer's limit, which is 1.",
           _elements(_of_limit)),
    Metric("physical_element_depopulated", GAUGE, "Whether a head is, or is being, taken out of use.",
           _elements(lambda health: int(health in _DEPOPULATED))),
    Metric("tape_alert", GAUGE, "A TapeAlert flag that is set; always 1.", _tape_alert),
    Metric("selftest_running", GAUGE, "Whether a self test is running.", _flag("selftest.running")),
    Metric("selftest_progress_ratio", GAUGE, "The progress of the running self test.",
           _ratio("selftest.progress_percent")),
    Metric("selftest_interrupted", GAUGE,
           "Whether the newest self test is logged as in progress although none is running: it has no result.",
           _flag("selftest.interrupted")),
    Metric("selftest_passed", GAUGE, "Whether the newest self test of the kind that came to a result has passed.",
           _selftest_passed),
    Metric("selftest_age_seconds", GAUGE, "Power-on time since the newest self test of the kind that came to a result.",
           _selftest_age),
]

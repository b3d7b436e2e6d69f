# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of what a drive reports of its health: predicted failure, errors, temperature, and pending defects."""

from __future__ import annotations

from typing import Any

from .._checks import is_number
from .comparisons import patterns
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Context, Drive, Evidence, part
from .text import above, plural

_TEMPERATURE = page_of("health.temperature")
_ERROR_PAGES = {"read": "read error counters log page (03h)", "write": "write error counters log page (02h)",
                "verify": "verify error counters log page (05h)"}


#: Disks, which predict their failure or should; tapes and changers warn in other ways (SSC-5, TapeAlert).
_DISK_TYPES = (0, 4, 7, 14, 20)
#: What hypervisors and targets made of software call their disks: there is no medium, and nothing to predict.
_VIRTUAL = patterns(["VMware*", "Msft*", "QEMU*", "LIO-ORG*", "SCST_*", "IET", "FreeNAS*", "TrueNAS*"])


#: WARNING, SPECIFIED TEMPERATURE EXCEEDED.
_TOO_WARM = (0x0B, 0x01)


def _reports_no_health(drive: Drive) -> bool:
    """Whether a drive without health values is of a kind that has none, not one that hides them."""
    identity = part(drive, "identity")
    kind, vendor = part(identity, "peripheral_device_type").get("value"), identity.get("vendor")
    return isinstance(kind, int) and kind not in _DISK_TYPES or isinstance(vendor, str) and _VIRTUAL(vendor)


def predicted_failure(drive: Drive, _context: Context) -> Answer:
    """Whether the drive predicts no failure."""
    health = part(drive, "health")
    predicted, exceptions = health.get("predicted_failure"), part(health, "informational_exceptions")
    field = "health.predicted_failure"
    evidence: tuple[Evidence, ...] = (Evidence(page_of(field), field, predicted),)
    if not isinstance(predicted, bool):
        return Answer(NOT_APPLICABLE if _reports_no_health(drive) else UNKNOWN, "not reported by the drive", evidence)
    evidence += _said(exceptions)
    return Answer(FAIL, "yes; expected no", evidence) if predicted else Answer(PASS, "", evidence)


def no_warning(drive: Drive, _context: Context) -> Answer:
    """Whether the drive does not warn. That it is too warm is left to `temperature` if the temperature says so, too."""
    health = part(drive, "health")
    warning, exceptions = health.get("warning"), part(health, "informational_exceptions")
    field = "health.warning"
    if not isinstance(warning, bool):
        return Answer(NOT_APPLICABLE, "not reported by the drive")
    evidence = (Evidence(page_of(field), field, warning), *_said(exceptions))
    if not warning:
        return Answer(PASS, "", evidence)
    value, reference = (part(health, "temperature").get(name) for name in (
        "temperature_celsius", "reference_temperature_celsius"))
    if (exceptions.get("asc"), exceptions.get("ascq")) == _TOO_WARM and is_number(value) and is_number(
            reference) and above(value, reference):
        return Answer(PASS, "of its temperature only", evidence)
    return Answer(FAIL, "yes; expected no", evidence)


def _said(exceptions: Drive) -> tuple[Evidence, ...]:
    """What the drive predicts or warns of, and where it says so."""
    fields = [(name, f"health.informational_exceptions.{name}") for name in ("text", "source")]
    return tuple(Evidence(page_of(field), field, exceptions[name])
                 for name, field in fields if exceptions.get(name) is not None)


def uncorrected_errors(drive: Drive, _context: Context, at_most: Any) -> Answer:
    """Whether each of the error counter log pages has so few uncorrected errors."""
    counters = part(part(drive, "health"), "error_counters")
    evidence: tuple[Evidence, ...] = ()
    worst = None
    for kind, page in _ERROR_PAGES.items():
        count = part(counters, kind).get("total_uncorrected_errors")
        if is_number(count):
            evidence += (Evidence(page, f"health.error_counters.{kind}.total_uncorrected_errors", count),)
            worst = count if worst is None else max(worst, count)
    if worst is None:
        return Answer(NOT_APPLICABLE, "not reported by the drive")
    words = ", ".join(f"{each.value} {each.field.split('.')[2]}" for each in evidence)
    return Answer(FAIL if above(worst, at_most) else PASS, f"uncorrected errors: {words}", evidence)


def temperature(drive: Drive, _context: Context, at_most: Any, below_reference: Any) -> Answer:
    """Whether the drive is not warmer than the rule, or its own reference temperature, allows."""
    health = drive.get("health")
    temperature = health.get("temperature") if isinstance(health, dict) else None
    found = temperature if isinstance(temperature, dict) else {}
    value, reference = found.get("temperature_celsius"), found.get("reference_temperature_celsius")
    field = "health.temperature."
    if not is_number(value):
        return Answer(NOT_APPLICABLE if _reports_no_health(drive) else UNKNOWN, "the drive reports no temperature",
                      (Evidence(_TEMPERATURE, field + "temperature_celsius", None),))
    evidence: tuple[Evidence, ...] = (Evidence(_TEMPERATURE, field + "temperature_celsius", value),)
    limit = at_most
    whose = "the rule's limit"
    if is_number(reference) and above(reference, 0):
        evidence += (Evidence(_TEMPERATURE, field + "reference_temperature_celsius", reference),)
        if limit is None or above(limit, reference - below_reference):
            limit, whose = reference - below_reference, "by the drive's reference temperature"
    if not is_number(limit):
        return Answer(UNKNOWN, "neither the rule nor the drive has a limit", evidence)
    note = f"{value} °C; at most {limit} °C, {whose}"
    return Answer(FAIL if above(value, limit) else PASS, note, evidence)


#: REASSIGN STATUS of a block that is bad and in use: it waits for a write, or the drive or the host has failed to
#: reassign it (SBC-5 6.4.2).
_STILL_BAD = (1, 4, 8)


def pending_defects(drive: Drive, _context: Context, at_most: Any) -> Answer:
    """Pending defects, by the log page and by the findings of the background scan: where they differ, the more."""
    health = drive.get("health")
    health = health if isinstance(health, dict) else {}
    counts: list[int] = []
    evidence: tuple[Evidence, ...] = ()
    pending = health.get("pending_defects")
    if isinstance(pending, dict) and is_number(pending.get("count")):
        counts.append(pending["count"])
        evidence += (Evidence(page_of("health.pending_defects"), "health.pending_defects.count", pending["count"]),)
    scan = health.get("background_scan")
    if isinstance(scan, dict) and isinstance(scan.get("findings"), list):
        waiting = sum(1 for each in scan["findings"] if part(each, "reassign_status").get("value") in _STILL_BAD)
        counts.append(waiting)
        evidence += (Evidence("background scan log page (15h)", "health.background_scan.findings", waiting),)
    if not counts:
        return Answer(NOT_APPLICABLE, "not reported by the drive")
    most = max(counts)
    return Answer(PASS if most <= at_most else FAIL, f"{plural(most, 'block')} waiting for reassignment", evidence)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that cannot be expressed by a field and a value. Each has a name and its own parameters."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from .. import _checks as checks
from .._checks import is_number
from .._durations import hours, hours_or_any
from .._selftests import KINDS
from . import units
from .changes import first_seen, grown, growth_rate, not_back
from .comparisons import patterns
from .counters import PATHS
from .elements import STATES, physical_elements
from .environment import cycles, environment
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Check, Context, Drive, Evidence, part
from .history import DAYS
from .provenance import provenance
from .selftests import selftest_not_failed, selftest_passed
from .tape import CRITICAL, SEVERITIES, flag_numbers, tape_alert
from .text import above, in_words, plural

Read = Callable[[Any, str], Any]

_FIRMWARE = ("model", "revisions")
_TASK = "the task that queried the drive"
_INQUIRY = "standard INQUIRY data"
_TEMPERATURE = page_of("health.temperature")
_TEST_UNIT_READY = "TEST UNIT READY"
_ERROR_PAGES = {"read": "read error counters log page (03h)", "write": "write error counters log page (02h)",
                "verify": "verify error counters log page (05h)"}
_SHOWN_FAILURES = 5


class Parameter(NamedTuple):
    """A parameter of a named check: the function that reads it, given the value and its place, and its default."""

    read: Read
    default: Any


class Named(NamedTuple):
    """A named check. ``expected`` has the parameters' names in braces."""

    expected: str
    parameters: dict[str, Parameter]
    run: Callable[..., Answer]


def _number(value: Any, where: str) -> Any:
    return checks.number(value, where, text=True)


def _patterns(value: Any, where: str) -> list[str]:
    return checks.patterns(value, where, empty=True)


def _one_of(*names: str) -> Read:
    return lambda value, where: checks.one_of(value, where, names)


def _errors(value: Any, where: str) -> list[str]:
    return [checks.one_of(each, where, _ERRORS) for each in checks.items(value, where)]


def _tape_severities(value: Any, where: str) -> list[str]:
    return [checks.one_of(each, where, SEVERITIES) for each in checks.items(value, where)]


def _counters(value: Any, where: str) -> list[str]:
    return [checks.one_of(each, where, PATHS) for each in checks.items(value, where)]


def _hours(value: Any, where: str) -> int:
    return hours(value, where, 1)


def _within(value: Any, where: str) -> int:
    found = hours(value, where, 24)
    if found > DAYS * 24:
        raise ValueError(f"{where}: reports keep the values of {DAYS} days, not of {units.in_days(found)}")
    return found


def _states(value: Any, where: str) -> list[str]:
    return [checks.one_of(each, where, STATES) for each in checks.items(value, where)]


def _or_none(read: Read) -> Read:
    return lambda value, where: None if value is None else read(value, where)


def _allowed(value: Any, where: str) -> list[tuple[list[str], list[str]]]:
    """[{model: pattern or patterns, revisions: pattern or patterns}]"""
    found = []
    for place, item in enumerate(checks.items(value, where), 1):
        here = f"{where}, item {place}"
        if set(checks.dictionary(item, here, _FIRMWARE)) != set(_FIRMWARE):
            raise checks.wrong(item, here, f"both {' and '.join(_FIRMWARE)}")
        model, revisions = (_patterns(item[name], f"{here}, {name}") for name in _FIRMWARE)
        found.append((model, revisions))
    return found


def _host_reported(_drive: Drive, _context: Context) -> Answer:
    """Passes: for a host without facts, `records` makes the finding itself."""
    return Answer(PASS, "")


def _answered(drive: Drive, _context: Context) -> Answer:
    status = drive.get("status")
    evidence = (Evidence(_TASK, "status", status),)
    if status == "ok":
        return Answer(PASS, "", evidence)
    return Answer(FAIL, f"{in_words(status)}: {in_words(drive.get('reason') or 'no reason was given')}",
                  evidence + (Evidence(_TASK, "reason", drive.get("reason")),))


#: Outcomes of the states of readiness. A drive that sleeps has said nothing bad; whether a stopped one would start, and
#: one that is becoming ready will be, is not known.
_READINESS = {
    "ready": PASS, "standby": PASS, "stopped": UNKNOWN, "becoming_ready": UNKNOWN, "not_ready": FAIL, "no_medium": FAIL,
    "format_corrupt": FAIL}


def _ready(drive: Drive, _context: Context) -> Answer:
    readiness = part(drive, "readiness")
    state, sense = readiness.get("state"), part(readiness, "sense")
    evidence: tuple[Evidence, ...] = (Evidence(_TEST_UNIT_READY, "readiness.state", state),)
    if sense:
        evidence += (Evidence(_TEST_UNIT_READY, "readiness.sense.text", sense.get("text")),)
    if not isinstance(state, str) or state not in _READINESS:
        return Answer(UNKNOWN, "whether the drive is ready is not known", evidence)
    if state == "no_medium" and part(drive, "identity").get("removable") is True:
        return Answer(NOT_APPLICABLE, "the drive holds no medium", evidence)
    words = state.replace("_", " ")
    return Answer(_READINESS[state], f"{words}: {in_words(sense['text'])}" if sense.get("text") else words, evidence)


#: How a command can fail, by the sense key where the drive answered.
_ERRORS = ("medium", "hardware", "aborted", "no_answer")
#: What may be lost on the way to the drive.
_ON_THE_WAY = ("aborted", "no_answer")
_MEDIUM_ERROR, _HARDWARE_ERROR, _UNIT_ATTENTION, _ABORTED_COMMAND = 0x3, 0x4, 0x6, 0xB
#: In the message of a command that another host's reservation kept out.
_RESERVED = "RESERVATION CONFLICT"
_ERROR_OF_KEY = {_MEDIUM_ERROR: "medium", _HARDWARE_ERROR: "hardware", _ABORTED_COMMAND: "aborted"}


def _error_of(failure: Any) -> str | None:
    """``None`` for what was neither lost nor aborted: an answer all the same, though not the one that was wanted."""
    key = part(part(failure, "sense"), "key").get("value")
    if key == _UNIT_ATTENTION or isinstance(failure, dict) and _RESERVED in str(failure.get("message")):
        return None
    return _ERROR_OF_KEY.get(key, "no_answer") if isinstance(key, int) else "no_answer"


def _failed_commands(drive: Drive, _context: Context, errors: list[str]) -> Answer:
    failures = drive.get("failures")
    if not isinstance(failures, list):
        return Answer(UNKNOWN, "the facts do not say which commands failed",
                      (Evidence(_TASK, "failures", None),))
    found = [each for each in failures if _error_of(each) in errors]
    if drive.get("status") != "ok" and all(_error_of(each) in _ON_THE_WAY for each in found):
        # The check `answered` says it; that the drive answers nothing is one fault, not two.
        return Answer(UNKNOWN, "the drive does not answer, so not every command was sent",
                      (Evidence(_TASK, "status", drive.get("status")),))
    if not found:
        return Answer(PASS, "", (Evidence(_TASK, "failures", len(failures)),))
    messages = [in_words(each.get("message")) if isinstance(each, dict) else in_words(each) for each in found]
    more = f", and {plural(len(messages) - 1, 'other command')}" if len(messages) > 1 else ""
    return Answer(FAIL, messages[0] + more,
                  tuple(Evidence(_TASK, "failures[].message", message) for message in messages[:_SHOWN_FAILURES]))


#: Disks, which predict their failure or should; tapes and changers warn in other ways (SSC-5, TapeAlert).
_DISK_TYPES = (0, 4, 7, 14, 20)
#: What hypervisors and targets made of software call their disks: there is no medium, and nothing to predict.
_VIRTUAL = patterns(["VMware*", "Msft*", "QEMU*", "LIO-ORG*", "SCST_*", "IET", "FreeNAS*", "TrueNAS*"])


def _reports_no_health(drive: Drive) -> bool:
    """Whether a drive without health values is of a kind that has none, not one that hides them."""
    identity = part(drive, "identity")
    kind, vendor = part(identity, "peripheral_device_type").get("value"), identity.get("vendor")
    return isinstance(kind, int) and kind not in _DISK_TYPES or isinstance(vendor, str) and _VIRTUAL(vendor)


def _predicted_failure(drive: Drive, _context: Context) -> Answer:
    health = part(drive, "health")
    predicted, exceptions = health.get("predicted_failure"), part(health, "informational_exceptions")
    field = "health.predicted_failure"
    evidence: tuple[Evidence, ...] = (Evidence(page_of(field), field, predicted),)
    if not isinstance(predicted, bool):
        return Answer(NOT_APPLICABLE if _reports_no_health(drive) else UNKNOWN, "not reported by the drive", evidence)
    for name in ("text", "source"):
        if exceptions.get(name) is not None:
            where = f"health.informational_exceptions.{name}"
            evidence += (Evidence(page_of(where), where, exceptions[name]),)
    return Answer(FAIL, "yes; expected no", evidence) if predicted else Answer(PASS, "", evidence)


def _uncorrected(drive: Drive, _context: Context, at_most: Any) -> Answer:
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


def _gathered(_drive: Drive, context: Context, max_age: int | None) -> Answer:
    if context.gathered is None:
        return Answer(UNKNOWN, "the document does not say when the facts were gathered", ())
    age = (context.as_of - context.gathered) * 24
    evidence = (Evidence("the host's document", "gathered_at", f"{age // 24} days ago"),)
    if age < 0:
        return Answer(UNKNOWN, "the facts were gathered after the day of the report", evidence)
    fresh = max_age is None or age <= max_age
    return Answer(PASS if fresh else FAIL, f"the facts are {units.in_days(age)} old", evidence)


def _temperature(drive: Drive, _context: Context, at_most: Any, below_reference: Any) -> Answer:
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


def _model(drive: Drive, _context: Context, models: list[str]) -> Answer:
    if not models:
        return Answer(NOT_APPLICABLE, "no models are listed")
    product = part(drive, "identity").get("product")
    evidence = (Evidence(_INQUIRY, "identity.product", product),)
    if not isinstance(product, str):
        return Answer(UNKNOWN, "the drive reports no model", evidence)
    return Answer(PASS if patterns(models)(product) else FAIL, "", evidence)


def _firmware(drive: Drive, _context: Context, allowed: list[tuple[list[str], list[str]]], unlisted: str) -> Answer:
    if not allowed:
        return Answer(NOT_APPLICABLE, "no revisions are listed")
    product, revision = part(drive, "identity").get("product"), part(drive, "identity").get("revision")
    evidence = (Evidence(_INQUIRY, "identity.product", product), Evidence(_INQUIRY, "identity.revision", revision))
    if not isinstance(product, str) or not isinstance(revision, str):
        return Answer(UNKNOWN, "the drive reports no model or no revision", evidence)
    lists = [revisions for models, revisions in allowed if patterns(models)(product)]
    if not lists:
        return Answer(unlisted, "no revisions are listed for this model", evidence)
    wanted = [each for revisions in lists for each in revisions]
    good = patterns(wanted)(revision)
    return Answer(PASS if good else FAIL, "" if good else f"listed: {in_words(wanted)}", evidence)


#: REASSIGN STATUS of a block that is bad and in use: it waits for a write, or the drive or the host has failed to
#: reassign it (SBC-5 6.4.2).
_STILL_BAD = (1, 4, 8)


def _defects(drive: Drive, _context: Context, at_most: Any) -> Answer:
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


#: Counters, and how far back their former values go; without it, to the previous report.
_PATHS = Parameter(_counters, [])
_WITHIN = Parameter(_or_none(_within), None)

#: The only check of a host; the others are of drives.
HOST_REPORTED = "host_reported"

NAMED: dict[str, Named] = {
    HOST_REPORTED: Named("a readable document", {}, _host_reported),
    "answered": Named("the drive answers", {}, _answered),
    "ready": Named("the drive is ready", {}, _ready),
    "failed_commands": Named(
        "no command failed: {errors}", {"errors": Parameter(_errors, list(_ERRORS))}, _failed_commands),
    "uncorrected_errors": Named(
        "at most {at_most} uncorrected errors of each kind", {"at_most": Parameter(_number, 0)}, _uncorrected),
    "grown": Named(
        "at most {at_most} more than {within}",
        {"paths": _PATHS, "at_most": Parameter(_number, 0), "within": _WITHIN}, grown),
    "growth_rate": Named(
        "at most {at_most} more in {per} power-on hours",
        {"paths": _PATHS, "at_most": Parameter(_number, 0), "per": Parameter(_hours, 1000),
         "over_at_least": Parameter(_hours, 7 * 24), "within": _WITHIN}, growth_rate),
    "first_seen": Named("as before: none", {"paths": _PATHS, "within": _WITHIN}, first_seen),
    "not_back": Named(
        "at most {at_most} less than {within}",
        {"paths": _PATHS, "at_most": Parameter(_number, 0), "within": _WITHIN}, not_back),
    "gathered": Named(
        "its facts are at most {max_age} old", {"max_age": Parameter(hours_or_any, 7 * 24)}, _gathered),
    "predicted_failure": Named("no failure predicted", {}, _predicted_failure),
    "selftest_passed": Named(
        "{kind} test passed, at most {max_age} of power-on time ago",
        {"kind": Parameter(_one_of(*KINDS), "extended"), "max_age": Parameter(hours_or_any, 30 * 24)}, selftest_passed),
    "selftest_not_failed": Named(
        "no failed test in the log", {"max_age": Parameter(_or_none(hours_or_any), None)}, selftest_not_failed),
    "temperature": Named(
        "at most {at_most} °C, and the drive's reference temperature less {below_reference} °C",
        {"at_most": Parameter(_or_none(_number), None), "below_reference": Parameter(_number, 0)}, _temperature),
    "environment": Named("within the operating limits of the drive", {}, environment),
    "cycles": Named(
        "at most {at_most_percent} % of the cycles that the drive is specified for",
        {"at_most_percent": Parameter(_number, 100)}, cycles),
    "tape_alert": Named(
        "no TapeAlert flag that is {severities}",
        {"severities": Parameter(_tape_severities, [CRITICAL]), "ignore": Parameter(flag_numbers, [])}, tape_alert),
    "model": Named("a listed model", {"models": Parameter(_patterns, [])}, _model),
    "firmware": Named(
        "a revision listed for its model",
        {"allowed": Parameter(_allowed, []),
         "unlisted": Parameter(_one_of(NOT_APPLICABLE, PASS, FAIL, UNKNOWN), NOT_APPLICABLE)}, _firmware),
    "physical_elements": Named(
        "no element is in one of these states: {states}", {"states": Parameter(_states, list(STATES))},
        physical_elements),
    "provenance": Named(
        "at most {at_most} hours more by FARM than the drive reports", {"at_most": Parameter(_number, 100)},
        provenance),
    "pending_defects": Named(
        "at most {at_most} pending defects", {"at_most": Parameter(_number, 0)}, _defects),
}


def compile_named(data: dict[str, Any], where: str) -> tuple[Check, str]:
    """Builds the check of a rule with ``named`` and the description of what it expects. Raises ValueError."""
    name = checks.one_of(data["named"], where + ": check: named", NAMED)
    named = NAMED[name]
    parameters = {key: value for key, value in data.items() if key != "named"}
    checks.dictionary(parameters, f"{where}: {name}", named.parameters)
    if "paths" in named.parameters and not parameters.get("paths"):
        raise checks.wrong(parameters.get("paths"), f"{where}: paths", f"one or more of {', '.join(PATHS)}")
    values: dict[str, Any] = {}
    for key, parameter in named.parameters.items():
        values[key] = parameter.read(data[key], f"{where}: {key}") if key in data else parameter.default
    said = {key: _days(value) if key == "max_age" else in_words(value) for key, value in values.items()}
    if "within" in values:
        within = values["within"]
        said["within"] = "in the previous report" if within is None else f"within {units.in_days(within)}"
    run = named.run
    expected = named.expected.format(**said)
    if name == "temperature":
        expected = _temperature_limit(**values)

    def check(drive: Drive, context: Context) -> Answer:
        return run(drive, context, **values)

    return check, expected


def _days(hours_at_most: int | None) -> str:
    return "any number of days" if hours_at_most is None else units.in_days(hours_at_most)


def _temperature_limit(at_most: Any, below_reference: Any) -> str:
    reference = "the drive's reference temperature"
    if below_reference:
        reference += f" less {below_reference} °C"
    return reference if at_most is None else f"at most {at_most} °C, and at most {reference}"

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that cannot be expressed by a field and a value. Each has a name and its own parameters."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from .. import _checks as checks
from .._durations import hours, hours_or_any
from .._selftests import KINDS
from . import units
from .answering import ERRORS, answered, failed_commands, ready
from .changes import first_seen, grown, growth_rate, not_back
from .comparisons import patterns
from .counters import PATHS
from .elements import STATES, physical_elements
from .environment import cycles, environment
from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Check, Context, Drive, Evidence, part
from .health import no_warning, pending_defects, predicted_failure, temperature, uncorrected_errors
from .history import DAYS
from .provenance import provenance
from .selftests import selftest_not_failed, selftest_passed
from .tape import CRITICAL, SEVERITIES, flag_numbers, tape_alert
from .text import in_words

Read = Callable[[Any, str], Any]

_FIRMWARE = ("model", "revisions")
_INQUIRY = "standard INQUIRY data"


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
    return [checks.one_of(each, where, ERRORS) for each in checks.items(value, where)]


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


def _gathered(_drive: Drive, context: Context, max_age: int | None) -> Answer:
    if context.gathered is None:
        return Answer(UNKNOWN, "the document does not say when the facts were gathered", ())
    age = (context.as_of - context.gathered) * 24
    evidence = (Evidence("the host's document", "gathered_at", f"{age // 24} days ago"),)
    if age < 0:
        return Answer(UNKNOWN, "the facts were gathered after the day of the report", evidence)
    fresh = max_age is None or age <= max_age
    return Answer(PASS if fresh else FAIL, f"the facts are {units.in_days(age)} old", evidence)


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


#: Counters, and how far back their former values go; without it, to the previous report.
_PATHS = Parameter(_counters, [])
_WITHIN = Parameter(_or_none(_within), None)

#: The only check of a host; the others are of drives.
HOST_REPORTED = "host_reported"

NAMED: dict[str, Named] = {
    HOST_REPORTED: Named("a readable document", {}, _host_reported),
    "answered": Named("the drive answers", {}, answered),
    "ready": Named("the drive is ready", {}, ready),
    "failed_commands": Named(
        "no command failed: {errors}", {"errors": Parameter(_errors, list(ERRORS))}, failed_commands),
    "uncorrected_errors": Named(
        "at most {at_most} uncorrected errors of each kind", {"at_most": Parameter(_number, 0)}, uncorrected_errors),
    "grown": Named(
        "at most {at_most} more {within}",
        {"paths": _PATHS, "at_most": Parameter(_number, 0), "within": _WITHIN}, grown),
    "growth_rate": Named(
        "at most {at_most} more in {per} power-on hours",
        {"paths": _PATHS, "at_most": Parameter(_number, 0), "per": Parameter(_hours, 1000),
         "over_at_least": Parameter(_hours, 7 * 24), "within": _WITHIN}, growth_rate),
    "first_seen": Named("as before: none", {"paths": _PATHS, "within": _WITHIN}, first_seen),
    "not_back": Named(
        "at most {at_most} less {within}",
        {"paths": _PATHS, "at_most": Parameter(_number, 0), "within": _WITHIN}, not_back),
    "gathered": Named(
        "its facts are at most {max_age} old", {"max_age": Parameter(hours_or_any, 7 * 24)}, _gathered),
    "predicted_failure": Named("no failure predicted", {}, predicted_failure),
    "no_warning": Named("no warning", {}, no_warning),
    "selftest_passed": Named(
        "{kind} test passed, at most {max_age} of power-on time ago",
        {"kind": Parameter(_one_of(*KINDS), "extended"), "max_age": Parameter(hours_or_any, 30 * 24)}, selftest_passed),
    "selftest_not_failed": Named(
        "no failed test in the log", {"max_age": Parameter(_or_none(hours_or_any), None)}, selftest_not_failed),
    "temperature": Named(
        "at most {at_most} °C, and the drive's reference temperature less {below_reference} °C",
        {"at_most": Parameter(_or_none(_number), None), "below_reference": Parameter(_number, 0)}, temperature),
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
        "at most {at_most} pending defects", {"at_most": Parameter(_number, 0)}, pending_defects),
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
        said["within"] = "than in the previous report" if within is None else f"within {units.in_days(within)}"
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

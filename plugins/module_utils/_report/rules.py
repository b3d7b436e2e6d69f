# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns rules given as data into checks. A user's rule with the id of a default rule overrides the keys it has."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .. import _checks as checks
from . import comparisons
from .default_rules import DEFAULT_RULES
from .findings import NOT_APPLICABLE, OUTCOMES, SEVERITIES, UNKNOWN, Answer, Context, Drive, Finding, Rule, part
from .named import HOST_REPORTED, compile_named

_KEYS = ("id", "title", "severity", "remedy", "when", "check", "not_gathered", "enabled")
_NEEDED = ("title", "severity", "remedy", "check")
_CONDITION_KEYS = ("path", "operator", "value", "unit")
#: The checks that are about earlier reports, which failed commands leave as they are.
_CHANGES = ("grown", "growth_rate", "first_seen", "not_back")
_SUBSETS = ("readiness", "identity", "capacity", "limits", "health", "selftest", "xcopy", "streams")
#: The subsets that the named checks read.
_SUBSET_OF_CHECK = {
    "selftest_passed": "selftest", "selftest_not_failed": "selftest", "temperature": "health", "model": "identity",
    "firmware": "identity", "predicted_failure": "health", "no_warning": "health", "pending_defects": "health",
    "uncorrected_errors": "health", "environment": "health", "cycles": "health", "tape_alert": "health",
    "ready": "readiness", "physical_elements": "health", "provenance": "health",
    **dict.fromkeys(_CHANGES, "health"),
}
#: Subsets that are null only if the drive did not answer.
_NEVER_NULL = frozenset(("readiness", "identity", "health", "selftest", "xcopy", "streams"))
#: Subsets whose facts are null if the drive has no such page, and also if it could not read the page.
_READ_FROM_PAGES = frozenset(("health", "selftest"))
#: States in which a drive refuses pages that it has.
_KEPT_FROM_ANSWERING = ("becoming_ready", "not_ready", "stopped", "format_corrupt")
#: The vendor of each ATA drive (SAT-5 8.1). What others report in pages, it reports by SMART.
_ATA = "ATA"
_LONGEST_ID = 60


def compile_rules(own: Sequence[Mapping[str, Any]], use_default: bool = True) -> list[Rule]:
    """The default rules, if wanted, with the user's own rules merged in or added. Raises ValueError."""
    found: dict[str, dict[str, Any]] = {rule["id"]: dict(rule) for rule in DEFAULT_RULES} if use_default else {}
    seen = set()
    for place, rule in enumerate(own, 1):
        name = _checked_id(rule, place)
        if name in seen:
            raise ValueError(f"rules: there are two with the id {name}")
        seen.add(name)
        found[name] = _merged(found.get(name, {}), rule)
    rules = [compile_rule(rule) for rule in found.values() if _enabled(rule)]
    if not rules:
        raise ValueError("rules: none is left; name at least one, or use the default ones")
    return rules


def host_rule(rules: Sequence[Rule]) -> Rule | None:
    """The rule for hosts that did not report their facts, if there is one."""
    return next((rule for rule in rules if _of_host(rule)), None)


def drive_rules(rules: Sequence[Rule]) -> list[Rule]:
    """The rules for drives."""
    return [rule for rule in rules if not _of_host(rule)]


def _of_host(rule: Rule) -> bool:
    return bool(rule.data["check"].get("named") == HOST_REPORTED)


def _checked_id(rule: Any, place: int) -> str:
    if not isinstance(rule, Mapping):
        raise checks.wrong(rule, f"rules: number {place}", "a dictionary")
    name = rule.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID or not name.isascii() \
            or not name.replace("_", "").replace("-", "").isalnum():
        raise checks.wrong(name, f"rules: number {place}: id", f"up to {_LONGEST_ID} letters, digits, _ and -")
    return name


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The new rule's keys replace the old ones; a check of the same kind is merged key by key as well."""
    rule = dict(old, **new)
    before, after = old.get("check"), new.get("check")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        same = after.get("named", before.get("named")) == before.get("named") and not (
            "named" in before and "path" in after) and after.get("path", before.get("path")) == before.get("path")
        rule["check"] = dict(before, **after) if same else dict(after)
    return rule


def _enabled(rule: Mapping[str, Any]) -> bool:
    return checks.boolean(rule.get("enabled", True), f"rule {rule['id']}: enabled")


def compile_rule(data: Mapping[str, Any]) -> Rule:
    """Builds one rule from data. Raises ValueError, which says what is wrong and what is expected."""
    where = f"rule {data['id']}"
    checks.dictionary(data, where, _KEYS)
    for key in _NEEDED:
        if not data.get(key):
            raise ValueError(f"{where} needs {key}; it must have {', '.join(('id',) + _NEEDED)}")
    for key in ("title", "remedy"):
        checks.text(data[key], f"{where}: {key}")
    checks.one_of(data["severity"], where + ": severity", SEVERITIES)
    checks.one_of(data.get("not_gathered", NOT_APPLICABLE), where + ": not_gathered", OUTCOMES)
    check = data["check"]
    if not isinstance(check, Mapping):
        raise checks.wrong(check, where + ": check", "a dictionary with path, operator and value, or with named")
    if "named" in check:
        run, expected = compile_named(dict(check), where)
        subset = _SUBSET_OF_CHECK.get(str(check["named"]))
    else:
        checks.dictionary(check, where + ": check", comparisons.KEYS)
        run, expected = comparisons.compile_check(dict(check), where)
        subset = _subset(str(check["path"]))
    tests, words = [], []
    for condition in checks.items(data.get("when", []), where + ": when"):
        checks.dictionary(condition, where + ": when", _CONDITION_KEYS)
        test, said = comparisons.compile_condition(dict(condition), where + ": when")
        tests.append(test)
        words.append(said)
    return Rule(
        data["id"], data["title"], data["severity"], data["remedy"], expected, run, subset,
        data.get("not_gathered", "unknown"), tuple(tests), "only where " + " and ".join(words) if words else "",
        {key: data[key] for key in _KEYS if key in data and key != "enabled"})


def _subset(path: str) -> str | None:
    first = path.split(".", 1)[0].split("[", 1)[0]
    return first if first in _SUBSETS else None


def _compares(rule: Rule) -> bool:
    """Whether a rule is about earlier reports."""
    return rule.data["check"].get("named") in _CHANGES


def _hidden_by(drive: Drive) -> str | None:
    """Why the drive may have what it did not report; ``None`` if it is known not to have it."""
    if drive.get("failures"):
        return "some commands failed"
    if part(drive, "readiness").get("state") in _KEPT_FROM_ANSWERING:
        return "the drive is not ready"
    if part(drive, "identity").get("vendor") == _ATA and not part(drive, "health").get("smart"):
        return "SMART was not read"
    return None


def judge(rules: Sequence[Rule], drive: Drive, context: Context) -> list[Finding]:
    """What each rule finds, in the order of the rules."""
    gathered = drive.get("gathered")
    subsets = gathered if isinstance(gathered, list) else []
    findings = []
    for rule in rules:
        subset = rule.subset
        if subset is not None and subset not in subsets:
            answer = Answer(rule.not_gathered, f"the subset {subset} was not gathered")
        elif subset in _NEVER_NULL and drive.get(subset) is None:
            answer = Answer(UNKNOWN, f"the drive did not answer for the subset {subset}")
        elif rule.when and not all(test(drive) for test in rule.when):
            answer = Answer(NOT_APPLICABLE, rule.not_for)
        else:
            answer = rule.check(drive, context)
            if answer.outcome == NOT_APPLICABLE and subset in _READ_FROM_PAGES and not _compares(rule):
                hidden = _hidden_by(drive)
                if hidden is not None:
                    answer = Answer(UNKNOWN, f"{answer.note}; {hidden}", answer.evidence)
        findings.append(Finding(rule, answer))
    return findings

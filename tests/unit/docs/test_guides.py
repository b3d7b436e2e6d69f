# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guides tell people to write is taken, and no key is missing."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import DEFAULT
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.description import FEATURES
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.profiles import PROFILES
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import check
from ansible_collections.drivecare.scsi.plugins.module_utils._report.default_rules import DEFAULT_RULES
from ansible_collections.drivecare.scsi.plugins.module_utils._report.rules import compile_rules
from ansible_collections.drivecare.scsi.plugins.module_utils._report.waivers import compile_waivers
from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.policy import parse_policy

GUIDES = Path(__file__).resolve().parents[3] / "docs"
_PARTS = re.compile(r"^#+ (?P<heading>[^\n]+)$|^```yaml\n(?P<yaml>.*?)^```$", re.MULTILINE | re.DOTALL)
PROFILE_OF = {"streams": "sas_ssd", "copy_manager": "array_lun", "enclosure": "enclosure"}


def blocks(guide: str) -> list[tuple[str, Any]]:
    """The YAML of a guide, each with the heading that it is under."""
    found = []
    heading = ""
    for match in _PARTS.finditer((GUIDES / guide).read_text("utf-8")):
        if match["heading"]:
            heading = match["heading"]
        elif "{{" not in match["yaml"]:
            found.append((heading, yaml.safe_load(match["yaml"])))
    return found


def settings() -> dict[str, Any]:
    """The settings of each feature in the guide to the emulated target."""
    found: dict[str, Any] = {}
    for heading, block in blocks("emulated_target.md"):
        if set(heading.split(", ")) <= set(FEATURES):
            found.update(block)
    return found


def test_every_feature_is_in_the_guide() -> None:
    assert sorted(settings()) == sorted(FEATURES)


@pytest.mark.parametrize("feature", FEATURES)
def test_settings_of_a_feature_are_taken_and_none_is_missing(feature: str) -> None:
    profile = PROFILE_OF.get(feature, "sas_hdd")
    check({"drives": [{"profile": profile, feature: settings()[feature]}]})
    with pytest.raises(ValueError, match=r"\bzzz\b") as refused:
        check({"drives": [{"profile": profile, feature: {"zzz": 0}}]})
    there = re.search(r"\w+(?:, \w+)*$", str(refused.value))  # the last of it are the names that there are
    assert there is not None and sorted(settings()[feature]) == sorted(there[0].split(", "))


def test_a_drive_of_the_guide_is_one_and_has_each_key() -> None:
    drive = next(block for heading, block in blocks("emulated_target.md")
                 if heading == "Drives" and isinstance(block, dict))
    assert check({"drives": [drive]}).drives[0].product == "SAS HARD DISK"
    with pytest.raises(ValueError, match=r"\bzzz\b") as refused:
        check({"drives": [{"zzz": 0}]})
    there = re.search(r"\w+(?:, \w+)*$", str(refused.value))  # the last of it are the names that there are
    assert there is not None and set(drive) == set(there[0].split(", ")) - set(FEATURES)


def test_each_profile_is_in_the_guide() -> None:
    text = (GUIDES / "emulated_target.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)[:len(PROFILES)] == list(PROFILES)


def test_faults_of_the_guide_are_taken() -> None:
    found = next(block["faults"] for heading, block in blocks("emulated_target.md") if heading == "Faults")
    assert len(found) == 3
    check({"drives": [{"profile": "sas_hdd", "faults": found}]})


def test_rules_and_waivers_of_the_guide_are_taken_and_all_default_rules_are_there() -> None:
    settings_of = [block for _heading, block in blocks("compliance_report.md") if isinstance(block, dict)]
    found = {name: value for block in settings_of for name, value in block.items()}
    own = [rule for block in settings_of for rule in block.get("compliance_report_rules", [])]
    rules = {rule.id: rule for rule in compile_rules(own)}
    assert "array_can_copy" in rules and "warmer" in rules and "model" not in rules
    assert not compile_waivers(found["compliance_report_waivers"], datetime.date(2026, 6, 30)).all[0].expired
    text = (GUIDES / "rules.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (critical|major|warning|info) \|", text, re.MULTILINE))
    assert told == {rule["id"]: rule["severity"] for rule in DEFAULT_RULES}


def test_the_policy_of_the_guide_is_taken() -> None:
    plays = next(block for _heading, block in blocks("scheduled_selftest.md") if isinstance(block, list))
    given = {name.replace("scheduled_selftest_", ""): value for name, value in plays[0]["roles"][0]["vars"].items()}
    groups = next(block for _heading, block in blocks("scheduled_selftest.md")
                  if isinstance(block, dict) and "scheduled_selftest_groups" in block)
    policy = parse_policy(dict({
        "groups": groups["scheduled_selftest_groups"], "untested": "wait", "retry_after": "24h", "late_after": "14d"},
        **given))
    assert [rule.tests for rule in policy.rules] == [
        {"extended": 2160}, {}, {"short": 168, "extended": 720}]


def test_the_role_gathers_what_the_module_does_by_default() -> None:
    role = GUIDES.parent / "roles" / "drive_facts"
    found = yaml.safe_load((role / "defaults" / "main.yml").read_text("utf-8"))["drive_facts_gather_subset"]
    specification = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text("utf-8"))["argument_specs"]["main"]
    assert found == specification["options"]["drive_facts_gather_subset"]["default"] == list(DEFAULT)

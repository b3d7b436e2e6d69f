# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules that a report applies by default. docs/rules.md says why each limit is what it is."""

from __future__ import annotations

from typing import Any

#: Disks, not enclosures or tape libraries.
_DISK = {"path": "identity.peripheral_device_type.value", "operator": "one_of", "value": [0, 14, 20]}
#: Tape drives and media changers.
_TAPE = {"path": "identity.peripheral_device_type.value", "operator": "one_of", "value": [1, 8]}

DEFAULT_RULES: tuple[dict[str, Any], ...] = (
    {
        "id": "host_reported", "severity": "critical",
        "title": "The host reported its facts",
        "remedy": "Find out why the host was not reached or its document cannot be read, or take it off the list.",
        "check": {"named": "host_reported"},
    },
    {
        "id": "answered", "severity": "critical",
        "title": "The drive answers",
        "remedy": "Look at the reason; check cabling, slot and power. Replace a drive that still does not answer.",
        "check": {"named": "answered"},
    },
    {
        "id": "ready", "severity": "critical",
        "title": "The drive is ready",
        "remedy": "Look at the sense data. Start a drive that is stopped; replace one whose medium cannot be read.",
        "check": {"named": "ready"},
    },
    {
        "id": "no_hardware_errors", "severity": "critical",
        "title": "No command failed with a medium or hardware error",
        "remedy": "Move the data to another drive and replace this one: it fails even when asked for its own state.",
        "check": {"named": "failed_commands", "errors": ["medium", "hardware"]},
    },
    {
        "id": "no_lost_commands", "severity": "major",
        "title": "No command was aborted or lost",
        "remedy": "Check the cabling, the expander, and the slot, and then the drive.",
        "check": {"named": "failed_commands", "errors": ["aborted", "no_answer"]},
    },
    {
        "id": "predicted_failure", "severity": "critical",
        "title": "The drive predicts no failure",
        "remedy": "Move the data away and replace the drive.",
        "check": {"named": "predicted_failure"},
    },
    {
        "id": "no_warning", "severity": "warning",
        "title": "The drive warns of nothing",
        "remedy": "Look at what it warns of: its temperature, its power, its own tests, or its medium.",
        "check": {"named": "no_warning"},
    },
    {
        "id": "selftest_not_failed", "severity": "critical",
        "title": "No self test has failed",
        "remedy": "Replace the drive, or rewrite the block that failed and run an extended test. The result leaves the "
                  "log after twenty newer ones; until then waive it.",
        "check": {"named": "selftest_not_failed"},
    },
    {
        "id": "selftest_passed", "severity": "major",
        "title": "An extended self test has passed recently",
        "remedy": "Run an extended self test with scsi_selftest, or have the role scheduled_selftest run it.",
        "when": [_DISK],
        "check": {"named": "selftest_passed", "kind": "extended", "max_age": "45d"},
    },
    {
        "id": "uncorrected_errors", "severity": "major",
        "title": "No uncorrected errors are logged",
        "remedy": "Let the array verify its data (a scrub), and plan to replace the drive; do so at once if there are "
                  "more in the next report.",
        "check": {"named": "uncorrected_errors", "at_most": 0},
    },
    {
        "id": "uncorrected_errors_grew", "severity": "critical",
        "title": "No new uncorrected errors",
        "remedy": "Move the data to another drive and replace this one: it is losing data now.",
        "check": {"named": "grown", "at_most": 0, "within": "7d", "paths": [
            "health.error_counters.read.total_uncorrected_errors",
            "health.error_counters.write.total_uncorrected_errors",
            "health.error_counters.verify.total_uncorrected_errors"]},
    },
    {
        "id": "grown_defects_grew", "severity": "major",
        "title": "Few new grown defects in a month",
        "remedy": "Plan to replace the drive: its surface is failing.",
        "check": {"named": "grown", "at_most": 4, "within": "30d", "paths": [
            "health.grown_defects.count", "health.format_status.total_new_blocks_reassigned"]},
    },
    {
        "id": "pending_defects_grew", "severity": "major",
        "title": "No new blocks are waiting to be reassigned",
        "remedy": "Let the array rewrite the blocks (a scrub). Replace the drive if there are more within days.",
        "check": {"named": "grown", "at_most": 0, "within": "7d", "paths": [
            "health.pending_defects.count", "health.smart.offline_uncorrectable_sectors"]},
    },
    {
        "id": "pending_defects", "severity": "major",
        "title": "No blocks are waiting to be reassigned",
        "remedy": "Let the array rewrite the blocks (a scrub), then look again. Replace the drive if there are more.",
        "check": {"named": "pending_defects", "at_most": 0},
    },
    {
        "id": "physical_elements", "severity": "major",
        "title": "No head is at or beyond its limit",
        "remedy": "Replace the drive, or move its data away and depopulate the head, which costs its share of the "
                  "capacity.",
        "check": {"named": "physical_elements", "states": [
            "at_limit", "outside_limit", "depopulated_with_errors", "restored_with_errors"]},
    },
    {
        "id": "depopulated", "severity": "warning",
        "title": "No head is depopulated",
        "remedy": "Make sure that everybody knows of the lower capacity; a drive bought as new must not have it.",
        "check": {"named": "physical_elements", "states": ["depopulated", "being_depopulated", "being_restored"]},
    },
    {
        "id": "provenance", "severity": "major",
        "title": "The drive is as old as it says",
        "remedy": "Return a drive that was bought as new: its hours were set back. What rules say of its age is wrong.",
        "check": {"named": "provenance", "at_most": 100},
    },
    {
        "id": "background_scan", "severity": "major",
        "title": "The background scan was not ended by errors",
        "remedy": "Run an extended self test; replace the drive if it fails, or if the next scan ends in the same way.",
        # Halted due to a fatal error, to a vendor specific pattern of errors, and because the results log is full.
        "check": {"path": "health.background_scan.status.background_scan_status.value", "operator": "none_of",
                  "value": [3, 4, 9], "missing": "not applicable",
                  "show": ["health.background_scan.status.background_scan_status.name"]},
    },
    {
        "id": "grown_defects_many", "severity": "major",
        "title": "The drive has not grown very many defects",
        "remedy": "Replace the drive: it is running out of blocks to replace those that fail.",
        "check": {"path": "health.grown_defects.count", "operator": "at_most", "value": 200, "unit": "count",
                  "missing": "not applicable"},
    },
    {
        "id": "grown_defects", "severity": "warning",
        "title": "The drive has few grown defects",
        "remedy": "Watch whether there are more in the next report; plan to replace the drive if so.",
        "check": {"path": "health.grown_defects.count", "operator": "at_most", "value": 10, "unit": "count",
                  "missing": "not applicable"},
    },
    {
        "id": "phy_errors_grew", "severity": "warning",
        "title": "Few new link errors in a week",
        "remedy": "Check the cable, the backplane, and the expander: these are errors of the link, not of the medium.",
        "check": {"named": "grown", "at_most": 100, "within": "7d", "paths": ["health.phys"]},
    },
    {
        "id": "non_medium_error_rate", "severity": "warning",
        "title": "Few errors that are not the medium's",
        "remedy": "Check the cable, the backplane, and whether something asks the drive for what it does not support.",
        "check": {"named": "growth_rate", "at_most": 10000, "per": 1000,
                  "paths": ["health.error_counters.non_medium_error_count"]},
    },
    {
        "id": "power_on_hours_back", "severity": "warning",
        "title": "The power-on hours did not go back",
        "remedy": "Find out whether the drive or its electronics were replaced, or its firmware reset: what it has "
                  "counted so far does not tell its age.",
        "check": {"named": "not_back", "at_most": 24, "within": "30d", "paths": ["health.power_on_hours"]},
    },
    {
        "id": "temperature", "severity": "major",
        "title": "The drive is not too warm",
        "remedy": "Look at the fans, the filters and the neighbouring slots.",
        "when": [_DISK],
        "check": {"named": "temperature", "at_most": 65, "below_reference": 0},
    },
    {
        "id": "tape_alert_critical", "severity": "critical",
        "title": "No critical TapeAlert flag is set",
        "remedy": "Do what the manual of the drive says of the flag: copy the data to another tape, clean the "
                  "drive, or have it repaired.",
        "when": [_TAPE], "check": {"named": "tape_alert", "severities": ["critical"]},
    },
    {
        "id": "tape_alert_warning", "severity": "warning",
        "title": "No TapeAlert flag warns",
        "remedy": "Do what the manual of the drive says of the flag before it becomes critical.",
        "when": [_TAPE], "check": {"named": "tape_alert", "severities": ["warning"]},
    },
    {
        "id": "environment", "severity": "major",
        "title": "The drive works within its environmental limits",
        "remedy": "Look at the cooling and the humidity of the room, the fans, and the neighbouring slots.",
        "check": {"named": "environment"},
    },
    {
        "id": "cycles", "severity": "warning",
        "title": "The drive was not started or unloaded more often than specified",
        "remedy": "Plan to replace the drive; see whether it spins down or unloads its heads too often.",
        "check": {"named": "cycles", "at_most_percent": 100},
    },
    {
        "id": "endurance", "severity": "major",
        "title": "The solid state medium is not worn out",
        "remedy": "Plan to replace the drive; above 100 % it has exceeded the vendor's rating.",
        "when": [{"path": "identity.non_rotating", "operator": "equals", "value": True}],
        "check": {"path": "health.endurance.percentage_used_percent", "operator": "at_most", "value": 90,
                  "unit": "percent", "missing": "not applicable"},
    },
    {
        "id": "endurance_rate", "severity": "warning",
        "title": "The solid state medium does not wear out within months",
        "remedy": "Find out what writes so much, and plan to replace the drive, or use one that is made for it.",
        "when": [{"path": "identity.non_rotating", "operator": "equals", "value": True}],
        "check": {"named": "growth_rate", "at_most": 10, "per": 1000, "over_at_least": "30d",
                  "paths": ["health.endurance.percentage_used_percent"]},
    },
    {
        "id": "model", "severity": "warning",
        "title": "The model is allowed",
        "remedy": "Replace the drive with an allowed model, or add its model to the list.",
        "check": {"named": "model", "models": []},
    },
    {
        "id": "firmware", "severity": "warning",
        "title": "The firmware revision is allowed",
        "remedy": "Update the firmware, or add the revision to the list.",
        "check": {"named": "firmware", "allowed": []},
    },
    {
        "id": "copy_manager", "severity": "warning", "not_gathered": "not applicable",
        "title": "The copy manager can copy between block devices",
        "remedy": "Update the array's software, or copy through the host: this copy manager cannot.",
        "when": [{"path": "xcopy.supported", "operator": "equals", "value": True}],
        "check": {"path": "xcopy.parameters.segment_descriptors[].value", "operator": "contains_all", "value": [2]},
    },
    {
        "id": "streams_open", "severity": "info", "not_gathered": "not applicable",
        "title": "No write stream is left open",
        "remedy": "Close the streams with scsi_stream, unless they are in use.",
        "when": [{"path": "streams.supported", "operator": "equals", "value": True}],
        "check": {"path": "streams.open", "operator": "count_at_most", "value": 0},
    },
    {
        "id": "gathered", "severity": "warning",
        "title": "The facts are recent",
        "remedy": "Find out why the host was not reached, and gather its facts again.",
        "check": {"named": "gathered", "max_age": "7d"},
    },
    {
        "id": "gathered_this_month", "severity": "critical",
        "title": "The facts are not older than a month",
        "remedy": "See why the host was not reached: the state of its drives is unknown. Or remove it from the list.",
        "check": {"named": "gathered", "max_age": "30d"},
    },
)

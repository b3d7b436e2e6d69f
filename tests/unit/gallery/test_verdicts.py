# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that sets our verdicts beside those of others is up to date, and the gallery is as large as it says."""

from __future__ import annotations

import json

from ansible_collections.drivecare.scsi.tests.gallery import encode, verdicts

ENTRIES = {name: encode.load(name) for name in encode.names()}


def test_the_page_is_made_of_the_entries_as_they_are() -> None:
    recorded = json.loads(verdicts.RECORDED.read_text(encoding="utf-8"))
    assert set(recorded["drives"]) == set(ENTRIES), "run python tests/peers/played.py"
    assert verdicts.PAGE.read_text(encoding="utf-8") == verdicts.page(recorded), "run python tests/gallery/verdicts.py"


def test_there_are_many_drives_of_many_makers_and_many_of_them_are_sick() -> None:
    assert len(ENTRIES) >= 60
    assert len({entry["maker"] for entry in ENTRIES.values()}) >= 12
    sick = [entry for entry in ENTRIES.values() if entry["state"] == "failing"]
    assert len(sick) >= 25 and len({frozenset(entry["findings"].items()) for entry in sick}) >= 12
    # What nobody published is said to be so, and is little.
    assert sum(entry["source"].startswith("none") for entry in ENTRIES.values()) <= len(ENTRIES) // 5


def test_no_two_drives_have_one_name() -> None:
    names = [entry["drive"].get("vpd", {}).get("wwn") for entry in ENTRIES.values()]
    given = [name for name in names if name]
    assert len(set(given)) == len(given)


def test_sick_drives_pass_for_others_and_not_for_us() -> None:
    """The reason for the gallery: if this fails, the page has nothing to tell any more."""
    recorded = json.loads(verdicts.RECORDED.read_text(encoding="utf-8"))
    sick = [verdicts.Row(name, recorded["drives"][name]) for name in ENTRIES if ENTRIES[name]["state"] == "failing"]
    assert all(row.ours for row in sick)
    assert sum(row.health == "passed" for row in sick) > len(sick) // 2
    well = [verdicts.Row(name, recorded["drives"][name]) for name in ENTRIES if ENTRIES[name]["state"] == "healthy"]
    assert not any(row.ours for row in well)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives are spread over the period by their names, and stay where they are."""

from __future__ import annotations

from collections import Counter

from ansible_collections.drivecare.scsi.plugins.module_utils._schedule.due import last_slot, next_slot, slot
from hypothesis import given
from hypothesis import strategies as st

NAMES = [f"naa.5000c500{number:08x}" for number in range(24000)]


def test_drives_are_spread_evenly() -> None:
    # 24,000 drives on the 168 hours of a week are 143 an hour; by chance, hardly one in a million hours has 210.
    hours = Counter(slot(name, "short", 168) for name in NAMES)
    assert len(hours) == 168 and max(hours.values()) < 210 and min(hours.values()) > 85


def test_a_drive_keeps_its_slot_wherever_the_program_runs() -> None:
    # If these change, every fleet is tested at other times after an update.
    assert [slot("naa.5000c500a1b2c3d4", test, period) for test, period in (
        ("short", 168), ("extended", 720), ("extended", 2160))] == [29, 666, 1999]


def test_the_slots_of_two_tests_have_nothing_to_do_with_each_other() -> None:
    together = sum(slot(name, "short", 168) == slot(name, "extended", 168) for name in NAMES)
    assert together < 300  # 143 by chance


@given(st.text(), st.integers(1, 10**5), st.integers(0, 10**6))
def test_each_period_has_the_slot_once(name: str, period: int, hours: int) -> None:
    last, coming = last_slot(name, "short", period, hours), next_slot(name, "short", period, hours)
    assert last <= hours < coming and coming - last == period
    assert last % period == slot(name, "short", period) < period

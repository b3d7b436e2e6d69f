# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serial numbers that wrap."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._iscsi import serial


@pytest.mark.parametrize("first, second, expected", [
    (0, 1, True), (1, 0, False), (5, 5, False), (0xFFFFFFFF, 0, True), (0, 0xFFFFFFFF, False),
    (0xFFFFFFF0, 0x10, True), (0, 0x7FFFFFFF, True), (0x7FFFFFFF, 0, False),
])
def test_order(first, second, expected):
    assert serial.less(first, second) is expected


@pytest.mark.parametrize("number, first, last, expected", [
    (5, 5, 5, True), (4, 5, 10, False), (11, 5, 10, False), (0, 0xFFFFFFFE, 1, True), (2, 0xFFFFFFFE, 1, False),
    (0xFFFFFFFD, 0xFFFFFFFE, 1, False), (5, 5, 4, False),
])
def test_windows_may_wrap_and_may_be_empty(number, first, last, expected):
    assert serial.within(number, first, last) is expected


def test_addition_wraps():
    assert serial.add(0xFFFFFFFF, 1) == 0
    assert serial.add(0, -1) == 0xFFFFFFFF

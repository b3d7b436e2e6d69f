# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SEND DIAGNOSTIC, as far as it is about self tests."""

from __future__ import annotations

from typing import Optional

from .._passthrough.command import Command
from .._scsi import send_diagnostic as diagnostics
from .commands import command


def send_self_test(self_test_code: int, default_test: bool = False, device_offline: bool = False,
                   unit_offline: bool = False, timeout_seconds: Optional[float] = None) -> Command:
    """SEND DIAGNOSTIC with a self-test code, or the default self test; the off-line bits need that."""
    cdb = diagnostics.SEND_DIAGNOSTIC.encode(
        self_test_code=self_test_code, selftest=default_test, devoffl=device_offline, unitoffl=unit_offline)
    return command(cdb, timeout_seconds=timeout_seconds)

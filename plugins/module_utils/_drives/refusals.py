# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a drive's refusal is told: as a fact about the drive, not as a failure."""

from __future__ import annotations

from .._passthrough.errors import CheckCondition


def not_supported(error: CheckCondition) -> str:
    """"not supported by this drive: invalid command operation code"."""
    return "not supported by this drive: {0}".format(str(error.sense).partition(": ")[2] or error.sense)

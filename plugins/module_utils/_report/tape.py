# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of the TapeAlert flags that a tape drive or a media changer has set."""

from __future__ import annotations

from typing import Any

from .. import _checks as checks
from .fields import page_of
from .findings import FAIL, NOT_APPLICABLE, PASS, Answer, Context, Drive, Evidence, part
from .text import in_words

CRITICAL, WARNING, INFORMATION = "critical", "warning", "information"
SEVERITIES = (CRITICAL, WARNING, INFORMATION)
_FIELD = "health.tape_alert_flags"


def tape_alert(drive: Drive, _context: Context, severities: list[str], ignore: list[int]) -> Answer:
    """Whether no flag of these severities is set. One whose severity is not known is taken for a warning."""
    flags = part(drive, "health").get("tape_alert_flags")
    if not isinstance(flags, list):
        return Answer(NOT_APPLICABLE, "not reported by the drive")
    found = [each for each in flags if isinstance(each, dict) and each.get("flag") not in ignore
             and (each.get("severity") or WARNING) in severities]
    page = page_of(_FIELD)
    if not found:
        return Answer(PASS, "", (Evidence(page, _FIELD, len(flags)),))
    said = [f"flag {in_words(each.get('flag'))}, {in_words(each.get('name') or 'without a name')}" for each in found]
    return Answer(FAIL, "; ".join(said), tuple(Evidence(page, _FIELD + "[].flag", each.get("flag")) for each in found))


def flag_numbers(value: Any, where: str) -> list[int]:
    """Numbers of flags, as a rule gives them."""
    return [checks.number(each, where, 1, 64, whole=True, text=True) for each in checks.items(value, where)]

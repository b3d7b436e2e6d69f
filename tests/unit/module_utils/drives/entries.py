# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries as tests compare them."""

from __future__ import annotations

from typing import Any

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.entry import Entry


def shown(entry: Entry) -> dict[str, Any]:
    """All that a task shows of a drive: the entry that it returns, and its part of the task's "changed" and "diff"."""
    result = dict(entry.as_result(), changed=entry.changed)
    if entry.diff is not None:
        result["diff"] = entry.diff
    return result

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a disk does with data on their way, and how long it tries to read a block (SBC-5 6.5)."""

from __future__ import annotations

from ..._scsi.mode_caching import CACHING_MODE_PAGE, decode_caching_mode
from ..._scsi.mode_error_recovery import ERROR_RECOVERY_MODE_PAGE, decode_error_recovery_mode
from ..._scsi.table import Values
from ..careful_session import CarefulSession
from .pages import mode_page


def gather_cache(session: CarefulSession) -> Values | None:
    """Whether the caches are on, by the caching mode page; ``None`` where the disk has no such page."""
    page = mode_page(session, CACHING_MODE_PAGE)
    if page is None:
        return None
    values = decode_caching_mode(page, session.warnings)
    disabled = values["rcd"]
    return {"write_cache_enabled": values["wce"], "read_cache_enabled": None if disabled is None else not disabled}


def recovery_time_limit(session: CarefulSession) -> int | None:
    """Milliseconds, by the read-write error recovery mode page; ``None`` where the disk uses a limit of its own."""
    page = mode_page(session, ERROR_RECOVERY_MODE_PAGE)
    limit: int | None = decode_error_recovery_mode(page, session.warnings)["recovery_time_limit_milliseconds"]
    return limit

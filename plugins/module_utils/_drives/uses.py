# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else uses a drive on this host, by any of its paths: a file system may be on another one than the task names."""

from __future__ import annotations

from typing import Any, Callable

from .._passthrough.session import Session

#: What else uses the drive with this name, one sentence per use; empty if no use is known.
Uses = Callable[[Session, "str | None"], "list[str]"]


def load_uses() -> Uses:
    """Imports what finds the paths to a drive. To be called before there are threads, as `load_transports`."""
    from .._inventory.linux_paths import Paths
    paths = Paths()
    return lambda session, wwn: _in_use_by(session, wwn, paths)


def _in_use_by(session: Session, wwn: str | None, paths: Any) -> list[str]:
    known = paths.of(session.device, wwn) or ()
    return session.transport.in_use_by([path["block_node"] for path in known if path["block_node"] is not None])

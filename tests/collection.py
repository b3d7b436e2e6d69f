# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets tests import the collection by its full name, straight from the repository, wherever it was cloned to."""

from __future__ import annotations

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def provide() -> None:
    """Two empty packages lead to the repository's root; nothing has to be installed."""
    for name, path in (("ansible_collections", []), ("ansible_collections.drivecare", []),
                       ("ansible_collections.drivecare.scsi", [str(ROOT)])):
        package = types.ModuleType(name)
        package.__path__ = path
        sys.modules.setdefault(name, package)

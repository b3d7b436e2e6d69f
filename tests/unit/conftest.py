# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the tests import the collection by its full name, straight from the repository."""

from __future__ import annotations

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _provide_package(name: str, *path: Path) -> None:
    package = types.ModuleType(name)
    package.__path__ = [str(folder) for folder in path]
    sys.modules.setdefault(name, package)


# Two empty packages lead to the repository's root, wherever it was cloned to; nothing has to be installed.
_provide_package("ansible_collections")
_provide_package("ansible_collections.drivecare")
_provide_package("ansible_collections.drivecare.scsi", ROOT)

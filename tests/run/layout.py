# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are in the repository, and the two forms in which Ansible's tools require it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
COLLECTIONS = BUILD / "collections"
OUTPUT = ROOT / "tests" / "output"
JUNIT = OUTPUT / "junit"

_COLLECTION = Path("ansible_collections", "drivecare", "scsi")


def linked_collection() -> Path:
    """Returns the repository under the name that imports and playbooks use: a link, so that edits take effect."""
    link = COLLECTIONS / _COLLECTION
    if not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("..", "..", "..", ".."))
    return link


def copied_collection(name: str) -> Path:
    """Returns a fresh copy of all files that git does not ignore, for tools that do not follow links."""
    copy = BUILD / name / _COLLECTION
    shutil.rmtree(BUILD / name, ignore_errors=True)
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout
    for file in filter(None, listing.split("\0")):
        if (ROOT / file).exists():  # a deleted file stays listed until the deletion is committed
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, copy / file, follow_symlinks=False)
    return copy

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates the environments for tests besides that of the controller, with the exact versions in requirements/."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from ansible.release import __version__ as _ansible_core_version

from layout import BUILD, ROOT
from shell import Shell

#: The line of ansible-core that these tests run with.
CORE = ".".join(_ansible_core_version.split(".")[:2])

_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def pins(name: str) -> Path:
    """Returns the file that lists exact versions."""
    return ROOT / "requirements" / f"{name}.txt"


def environment(shell: Shell, name: str, interpreter: Path) -> Path | None:
    """Returns the folder of a virtual environment's programs, recreated if its pins or the interpreter have changed.

    None if it cannot be created: the log says why.
    """
    folder = BUILD / name
    stamp = folder / ("made-" + hashlib.sha256(pins(name).read_bytes() + bytes(interpreter)).hexdigest()[:12])
    programs = folder / "bin"
    if stamp.exists():
        return programs
    made = (
        shell.run(interpreter, "-m", "venv", "--clear", folder)
        and shell.run(programs / "python", *_PIP, "--requirement", pins(name))
    )
    if not made:
        return None
    stamp.touch()
    return programs


def ansible_core(shell: Shell, core: str) -> Path | None:
    """Returns a folder with the pinned ansible-core of this line; None if it cannot be installed.

    It need not run here: its ansible.module_utils is for Pythons other than the controller's.
    """
    version = re.search(r"^ansible-core==(\S+)$", pins(f"ansible-{core}").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    folder = BUILD / f"ansible-core-{version[1]}"
    stamp = folder / "made"
    if stamp.exists():
        return folder
    if not shell.run(
        sys.executable, *_PIP, "--no-deps", "--no-compile", "--ignore-requires-python", "--upgrade", "--target", folder,
        f"ansible-core=={version[1]}",
    ):
        return None
    stamp.touch()
    return folder

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks over many drives, run from an archive, as Ansible sends its modules."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Iterator

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.daemon import Daemon, config_of
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.service import Portal

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
PACKAGE = Path("ansible_collections", "drivecare", "scsi", "plugins")
DRIVES = 12
#: Of the Pythons that can fail, and of the others.
ROUNDS = 3 if sys.version_info < (3, 10) else 1

#: Notes what is imported in another thread than the main one.
RUN = """
import sys, threading
class Watch:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is not threading.main_thread():
            late.append(name)
late = []
sys.meta_path.insert(0, Watch())
UTILS = "ansible_collections.drivecare.scsi.plugins.module_utils."
from {utils}_drives.run import Options
{code}
assert ".zip" in sys.modules[UTILS + "_drives.run"].__file__
print([(entry.status, entry.reason) for entry in entries if entry.status != "ok"], *late)
"""
FACTS = """
from {utils}_drives.facts.run import SUBSETS, Wanted, gather_facts
entries = gather_facts({devices!r}, Options(), Wanted(frozenset(SUBSETS)))
"""
CAPTURES = """
from {utils}_drives.run import run_on_drives
entries = run_on_drives({devices!r}, Options(capture_file={folder!r} + "/capture.json"), dict,
                        lambda session, entry: None)
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection's code in an archive."""
    path = tmp_path_factory.mktemp("archive") / "module.zip"
    with zipfile.ZipFile(str(path), "w") as packed:
        for depth in range(1, len(PACKAGE.parts) + 1):
            packed.writestr(str(Path(*PACKAGE.parts[:depth]) / "__init__.py"), "")
        packed.writestr(str(PACKAGE / "module_utils" / "__init__.py"), "")
        for file in sorted((PLUGINS / "module_utils").rglob("*.py")):
            packed.write(str(file), str(PACKAGE / file.relative_to(PLUGINS)))
    return path


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The addresses of emulated drives."""
    name = "iqn.2026-01.example:archive"
    daemon = Daemon(str(tmp_path_factory.mktemp("target")))
    status = daemon.start(config_of({"target": name, "drives": [{"profile": "sas_ssd", "count": DRIVES}]},
                                    Portal(port=0)))
    try:
        yield [f"iscsi://127.0.0.1:{status['port']}/{name}/{lun}" for lun in status["luns"]]
    finally:
        daemon.stop()


def run(archive: Path, code: str, devices: list[str], folder: Path) -> str:
    """What a task prints: the entries that are not ok, and what it imported in a thread."""
    utils = "ansible_collections.drivecare.scsi.plugins.module_utils."
    script = RUN.format(utils=utils, code=code.format(utils=utils, devices=devices, folder=str(folder)))
    done = subprocess.run([sys.executable, "-S", "-c", script], env=dict(os.environ, PYTHONPATH=str(archive)),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


@pytest.mark.parametrize("code", [FACTS, CAPTURES])
def test_many_drives_from_an_archive(archive: Path, devices: list[str], tmp_path: Path, code: str) -> None:
    """With Python 3.8 and 3.9, nearly every such task fails where modules are imported in threads (cpython #83065)."""
    for _round in range(ROUNDS):
        assert run(archive, code, devices, tmp_path) == "[]"


def test_portals_from_an_archive(archive: Path, devices: list[str], tmp_path: Path) -> None:
    portal = "/".join(devices[0].split("/")[:3]) + "/"
    for _round in range(ROUNDS):
        said = run(archive, CAPTURES, [portal, portal.replace("127.0.0.1", "localhost")], tmp_path)
        assert said.count("('skipped', 'the same drive as") == DRIVES and said.endswith("]") and "failed" not in said

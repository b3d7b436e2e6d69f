# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""That a state lasts, whatever happens while it is written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.state import StateError, Store

WRITER = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("state", sys.argv[1])
state = importlib.util.module_from_spec(spec)
spec.loader.exec_module(state)
store = state.Store(sys.argv[2])
number = int(sys.argv[3])
while True:
    number += 1
    store.save("unit", {"number": number, "filling": "x" * 20000})
    print(number, flush=True)
"""
SOURCE = Path(__file__).parents[4] / "plugins" / "module_utils" / "_emulator" / "state.py"


def test_what_was_acknowledged_is_there_after_a_kill_at_any_instant(tmp_path: Path) -> None:
    number = 0
    for wait in range(8):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(SOURCE), str(tmp_path), str(number)],
                              stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _line in range(3 + wait):
                child.stdout.readline()
            child.send_signal(signal.SIGKILL)
            told = [int(line) for line in child.stdout.read().split()]
            child.wait()
        found = Store(str(tmp_path)).load("unit")
        assert found is not None and len(found["filling"]) == 20000
        # The last that was told, or one that was written and not told any more.
        assert found["number"] >= (told[-1] if told else number + 3 + wait)
        number = found["number"]


def test_what_was_saved_is_loaded_and_what_was_removed_is_not(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "new" / "folder"))
    assert store.load("unit") is None
    store.save("unit", {"hours": 7})
    assert Store(str(tmp_path / "new" / "folder")).load("unit") == {"hours": 7}
    store.remove("unit")
    store.remove("unit")
    assert store.load("unit") is None and os.listdir(tmp_path / "new" / "folder") == []


@pytest.mark.parametrize("content", [
    "", "{", "[]", json.dumps({"version": 2, "state": {}}), json.dumps({"version": 1})])
def test_a_file_that_is_not_ours_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "unit.json").write_text(content)
    with pytest.raises(StateError, match=r"/unit\.json\b.*\bremove\b"):
        Store(str(tmp_path)).load("unit")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match=r"/file/folder\b.*Not a directory"):
        Store(str(tmp_path / "file" / "folder"))


def test_a_state_that_json_cannot_hold_leaves_the_old_one(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.save("unit", {"hours": 7})
    wrong: Any = {"hours": object()}
    with pytest.raises(TypeError):
        store.save("unit", wrong)
    assert store.load("unit") == {"hours": 7} and os.listdir(tmp_path) == ["unit.json"]

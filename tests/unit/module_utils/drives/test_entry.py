# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry of a drive: what becomes of it, and that nobody else can write into it."""

from __future__ import annotations

import threading
from typing import Any, Dict

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run as drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.entry import Entry
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import Wanted as WantedFacts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.facts.run import gather_facts
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.run import Options, run_on_drives
from ansible_collections.drivecare.scsi.plugins.module_utils._drives.xcopy import Question, gather_xcopy
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import DeadlineError, TransportError
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import Session

from .scripted import ScriptedDrive


def blank() -> dict[str, Any]:
    return {"seen": [], "found": None}


def test_an_entry_returns_the_keys_of_its_module_before_those_of_all() -> None:
    entry = Entry("/dev/sg1", blank(), "naa.5000c500a1b2c3d4")
    assert list(entry.as_result().items()) == [
        ("seen", []), ("found", None), ("device", "/dev/sg1"), ("wwn", "naa.5000c500a1b2c3d4"), ("status", "ok"),
        ("reason", None), ("error", None), ("warnings", [])]
    entry.commands = []
    assert list(entry.as_result())[-1] == "commands"


def test_what_changed_is_the_tasks_and_not_in_the_entry() -> None:
    entry = Entry("/dev/sg1", {})
    entry.mark_changed({"count": 1}, {"count": 2})
    assert entry.changed and not {"changed", "diff"} & set(entry.as_result())
    assert entry.as_diff() == {"before": {"count": 1}, "after": {"count": 2}, "before_header": "/dev/sg1",
                               "after_header": "/dev/sg1"}
    entry.mark_unchanged()
    assert (entry.changed, entry.as_diff()) == (False, None)


def test_how_an_entry_ends() -> None:
    entry = Entry("/dev/sg1", {})
    assert (entry.status, entry.failed) == ("ok", False)
    entry.skip("another path")
    assert (entry.status, entry.reason, entry.failed) == ("skipped", "another path", False)
    entry.fail("it cannot")
    assert (entry.status, entry.reason, entry.error, entry.failed) == ("failed", "it cannot", None, True)
    entry.fail("it cannot: lost", TransportError("lost"))
    assert entry.reason == "it cannot: lost" and entry.error is not None and entry.error["message"] == "lost"
    entry.record(TransportError("gone"))
    assert (entry.status, entry.reason, entry.error["kind"]) == ("failed", "gone", "transport")
    entry.record(DeadlineError("late"))
    assert (entry.status, entry.error["kind"], entry.failed) == ("timeout", "timeout", True)


def containers(value: Any) -> list[int]:
    """The identities of all lists and dictionaries in a value."""
    if not isinstance(value, (dict, list)):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [id(value), *(each for content in inner for each in containers(content))]


def test_no_two_entries_share_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those of drives that were never asked."""
    there = {address: ScriptedDrive(address) for address in ("/dev/sg1", "/dev/sg2", "/dev/sg3")}
    there["/dev/sg3"].wwn = there["/dev/sg1"].wwn
    monkeypatch.setattr(drives, "open_transport", lambda address, access: there[address])
    devices = ["/dev/sg1", "/dev/sg2", "/nowhere/a*", "/nowhere/b*", "/dev/sg3"]
    question = Question.from_options({"gather": ["parameters"], "list_id": 0, "list_id_bytes": "auto",
                                      "allocation_length": None, "assume_supported": False})
    for entries in (gather_facts(devices, Options(max_workers=1), WantedFacts(frozenset(["identity"]))),
                    gather_xcopy(devices, Options(max_workers=1), question)):
        results = [entry.as_result() for entry in entries]
        assert [each["status"] for each in results] == ["ok", "ok", "failed", "failed", "skipped"]
        found = [each for result in results for each in containers(result)]
        assert len(found) == len(set(found)) > 2 * len(devices)


def test_a_late_thread_cannot_change_the_entry_of_a_drive_that_timed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    release, written = threading.Event(), threading.Event()

    def hangs(session: Session, entry: Entry) -> None:
        entry.values["seen"].append("before")
        entry.values["found"] = {"count": 1}
        entry.mark_changed({"count": 0}, {"count": 1})
        release.wait(20.0)
        entry.values["seen"].append("after")
        entry.values["found"]["count"] = 2
        entry.warnings.append("after")
        assert entry.commands is not None and entry.diff is not None
        entry.commands[0]["cdb"] = ""
        entry.commands.append({})
        entry.diff["after"]["count"] = 2
        entry.wwn = None
        entry.skip("after")
        written.set()

    monkeypatch.setattr(drives, "open_transport", lambda address, access: ScriptedDrive(address))
    entry = run_on_drives(["/dev/sg1"], Options(deadline_seconds=1.0, trace=True), blank, hangs)[0]
    result, diff = entry.as_result(), entry.as_diff()
    before = repr((result, diff))
    release.set()
    assert written.wait(20.0)
    assert (result["status"], result["seen"], result["found"]) == ("timeout", ["before"], {"count": 1})
    assert [command["name"] for command in result["commands"]] == ["INQUIRY", "INQUIRY"]
    assert repr((result, diff)) == before == repr((entry.as_result(), entry.as_diff())) and entry.changed


class Restless(Dict[str, Any]):
    """Always changed by somebody while it is copied."""

    def __deepcopy__(self, memo: Any) -> Any:
        raise RuntimeError("dictionary changed size during iteration")


def test_an_entry_that_cannot_be_copied_shares_nothing_either() -> None:
    entry = Entry("/dev/sg1", {"seen": ["x"], "found": Restless()}, "naa.5000c500a1b2c3d4", warnings=["reset"])
    copied = entry.snapshot(blank)
    entry.values["seen"].append("y")
    entry.warnings.append("late")
    assert (copied.values, copied.wwn, copied.warnings) == (blank(), "naa.5000c500a1b2c3d4", ["reset"])

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a task ends: what its options become, when it fails, and what it says then. Runs modules as Ansible does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
INQUIRY = {"cdb": "120000006000", "data_in": "00000602"}


@pytest.fixture(name="collections", scope="session")
def _collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the collection has the name by which modules import it."""
    root = tmp_path_factory.mktemp("collections")
    (root / "ansible_collections" / "drivecare").mkdir(parents=True)
    (root / "ansible_collections" / "drivecare" / "scsi").symlink_to(ROOT)
    return root


class Host:
    """Runs a module in a process of its own, with its options on standard input."""

    def __init__(self, collections: Path, folder: Path) -> None:
        self._collections = collections
        self.folder = folder

    def capture(self, name: str, *exchanges: Any) -> str:
        path = self.folder / name
        path.write_text(json.dumps({"version": 1, "exchanges": [INQUIRY, *exchanges]}))
        return f"replay:{path}"

    def run(self, module: str, first: str = "", **options: Any) -> tuple[int, dict[str, Any]]:
        """Runs the module, after the code ``first``."""
        arguments = dict({"_ansible_check_mode": False, "_ansible_verbosity": 0}, **options)
        profile = "import sys, runpy; from ansible.module_utils import basic; " \
                  "basic._ANSIBLE_ARGS = sys.stdin.buffer.read(); basic._ANSIBLE_PROFILE = 'legacy'; " \
                  f"{first}\nrunpy.run_path(sys.argv[1], run_name='__main__')"
        paths = os.pathsep.join([str(self._collections), os.environ.get("PYTHONPATH", "")])
        done = subprocess.run(
            [sys.executable, "-c", profile, str(ROOT / "plugins" / "modules" / (module + ".py"))],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, check=False, timeout=60,
            env=dict(os.environ, PYTHONPATH=paths))
        assert done.stdout, done.stderr.decode()
        return done.returncode, json.loads(done.stdout.decode())


@pytest.fixture(name="host")
def _host(collections: Path, tmp_path: Path) -> Host:
    return Host(collections, tmp_path)


def test_a_drive_that_fails_fails_the_task_and_says_why(host: Host) -> None:
    code, result = host.run("scsi_stream", devices=[host.capture("a.json"), "replay:/nowhere.json"])
    assert code == 1 and result["failed"] is True
    assert re.search(r"\b1 of 2\b.*\breplay:/nowhere\.json\b.*No such file or directory", result["msg"])
    assert [entry["status"] for entry in result["drives"]] == ["ok", "failed"]


BROKEN = """
from ansible_collections.drivecare.scsi.plugins.module_utils._drives import run
plain = run.read_identity
def broken(session):
    return {}["no such field"] if session.device.endswith("b.json") else plain(session)
run.read_identity = broken
"""


@pytest.mark.parametrize("on_error", ["fail", "report"])
@pytest.mark.parametrize("module,options", [
    ("scsi_command", {"cdb": "00 00 00 00 00 00"}), ("scsi_diagnostic", {}), ("scsi_drive_facts", {}),
    ("scsi_selftest", {"test": "short", "max_age": "any"}), ("scsi_stream", {}), ("scsi_xcopy_facts", {}),
    ("scsi_selftest_schedule", {"policy": [{"tests": {"short": "7d"}}]})])
def test_a_mistake_of_ours_costs_one_drive(host: Host, module: str, options: dict[str, Any], on_error: str) -> None:
    if module == "scsi_selftest_schedule":
        options = dict(options, state_dir=str(host.folder))
    devices = [host.capture(name) for name in ("a.json", "b.json")]
    code, result = host.run(module, first=BROKEN, devices=devices, on_error=on_error, **options)
    drives = result.get("drives") or next(iter(result["ansible_facts"].values()))
    assert [(drive["device"], (drive["error"] or {}).get("kind") == "internal") for drive in drives] == [
        (devices[0], False), (devices[1], True)]
    assert "KeyError: 'no such field'" in drives[1]["reason"] and "in broken" in drives[1]["exception"]
    assert code == (1 if on_error == "fail" else 0)
    assert any("KeyError" in str(warning) for warning in result["warnings"])


def test_one_drive_is_not_counted(host: Host) -> None:
    code, result = host.run("scsi_stream", devices=["replay:/nowhere.json"])
    assert code == 1 and result["msg"].startswith("replay:/nowhere.json: ")
    assert "No such file or directory" in result["msg"] and "1 of 1" not in result["msg"]


def test_many_failures_are_not_all_named(host: Host) -> None:
    _code, result = host.run("scsi_stream", devices=[f"replay:/{each}" for each in range(7)])
    assert re.search(r"\b7 of 7\b.*\breplay:/0\b.*\breplay:/4\b.*\b2\b", result["msg"])
    assert "replay:/5" not in result["msg"]


def test_failures_may_be_reported_instead(host: Host) -> None:
    code, result = host.run("scsi_stream", devices=["replay:/nowhere.json"], on_error="report")
    assert code == 0 and "failed" not in result and result["drives"][0]["status"] == "failed"


def test_facts_come_under_their_name(host: Host) -> None:
    code, result = host.run("scsi_xcopy_facts", devices=[host.capture("a.json")])
    assert code == 0 and result["changed"] is False
    assert result["ansible_facts"]["scsi_xcopy"][0]["supported"] is False


@pytest.mark.parametrize("options,said", [
    ({"devices": []}, r"\bdevices\b"), ({"devices": ["x"], "timeout": 0}, r"\btimeout\b.*\b0\b.*\b0(?:\.0)?$"),
    ({"devices": ["x"], "deadline": -1}, r"\bdeadline\b.*\b0\b.*-1"),
    ({"devices": ["x"], "max_workers": 0}, r"\bmax_workers\b.*\b0\b"),
    ({"devices": ["x"], "count": -1}, r"\bcount\b.*\b0\b.*\b65535\b.*-1"),
])
def test_options_that_mean_nothing_are_refused(host: Host, options: dict[str, Any], said: str) -> None:
    code, result = host.run("scsi_stream", **options)
    assert code == 1 and re.search(said, result["msg"])


def test_what_would_change_is_shown_as_a_difference(host: Host) -> None:
    status = {"cdb": "9e16" + "xx" * 14, "data_in": "0000000000000000"}
    pages = [{"cdb": "1201b700fc00", "data_in": "00b7000c000000080000000000000000"}]
    devices = [host.capture(name, status, *pages) for name in ("a.json", "b.json")]
    code, result = host.run("scsi_stream", devices=devices, count=2, _ansible_check_mode=True, _ansible_diff=True)
    assert code == 0 and result["changed"] is True, result
    assert [(each["before_header"], each["after"]) for each in result["diff"]] == [
        (device, {"count": 2}) for device in devices]


def test_the_commands_are_shown_from_verbosity_three(host: Host) -> None:
    device = host.capture("a.json")
    shown: list[bool] = []
    for verbosity in (2, 3):
        _code, result = host.run("scsi_stream", devices=[device], _ansible_verbosity=verbosity)
        shown.append("commands" in result["drives"][0])
    assert shown == [False, True]
    _code, result = host.run("scsi_stream", devices=[device], raw=True)
    assert result["drives"][0]["commands"][0]["data_in"] == "00000602"


def test_a_secret_is_not_shown(host: Host) -> None:
    word = "topsecret"
    code, result = host.run(
        "scsi_stream", devices=["iscsi://user%topsecret@127.0.0.1:1/iqn.2026-01.example:x/0"], iscsi_secret=word)
    assert code == 1 and word not in json.dumps(result)
    assert re.search(r"\b127\.0\.0\.1:1\b.*\bCHAP secret\b.*\boption\b", result["msg"])


@pytest.mark.parametrize("portal", [
    "iscsi://user%top:s3/kr@t@127.0.0.1:1", "iscsi://user:top:s3/kr@t@127.0.0.1", "iscsi://joe@corp%tops3/kr@127.0.0.1",
    " ISCSI://joe:tops3/kr@127.0.0.1:1"])
def test_a_secret_in_an_address_is_not_repeated(host: Host, portal: str) -> None:
    code, result = host.run("scsi_stream", devices=[portal + "/iqn.2026-01.example:x/0"], on_error="fail")
    assert code == 1 and "top" not in json.dumps(result) and "s3/kr" not in json.dumps(result)
    assert ":***@127.0.0.1" in result["msg"]


def test_a_target_that_is_not_there_is_told_as_such(host: Host) -> None:
    code, result = host.run("scsi_stream", devices=["iscsi://127.0.0.1:1/iqn.2026-01.example:x/0"])
    assert code == 1 and result["drives"][0]["error"]["kind"] == "transport"
    assert "127.0.0.1:1" in result["msg"] and "refused" in result["msg"].lower()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel lets through, as its source and the notes of 2008 say, and the sentences for what it does not."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import Command
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux import privileges as access
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.linux.nodes import Node

SEND_DIAGNOSTIC, RECEIVE_COPY, MODE_SELECT, INQUIRY, READ_CAPACITY_16 = 0x1D, 0x84, 0x15, 0x12, 0x9E


@pytest.mark.parametrize("kind,operation_code,rawio,need", [
    ("sg", INQUIRY, False, "read"), ("sg", RECEIVE_COPY, False, "write"), ("sg", SEND_DIAGNOSTIC, False, "write"),
    ("sg", SEND_DIAGNOSTIC, True, "read"),
    ("block", INQUIRY, False, "read"), ("block", MODE_SELECT, False, "write"), ("block", RECEIVE_COPY, False, "rawio"),
    ("block", SEND_DIAGNOSTIC, False, "rawio"), ("block", SEND_DIAGNOSTIC, True, "read"),
    ("block", READ_CAPACITY_16, False, "read"), ("cdrom", RECEIVE_COPY, False, "rawio"),
    ("bsg", MODE_SELECT, False, "write"), ("bsg", SEND_DIAGNOSTIC, False, "rawio"),
    ("tape", INQUIRY, False, "rawio"), ("tape", INQUIRY, True, "read"),
])
def test_what_a_command_needs(kind: str, operation_code: int, rawio: bool, need: str) -> None:
    assert access.requirement(kind, operation_code, rawio) == need


def test_no_operation_code_is_in_both_lists() -> None:
    assert not access.READ_OPCODES & access.WRITE_OPCODES


def test_what_was_added_later_passes_today() -> None:
    assert set(access.ADDED_LATER) <= access.READ_OPCODES | access.WRITE_OPCODES


@pytest.mark.parametrize("line,expected", [
    ("CapEff:\t000001ffffffffff\n", True), ("CapEff:\t0000000000020000\n", True),
    ("CapEff:\t0000000000000000\n", False), ("CapEff:\tzz\n", False), ("CapPrm:\t000001ffffffffff\n", False),
])
def test_the_capability_is_read_from_the_effective_set(tmp_path: Path, line: str, expected: bool) -> None:
    status = tmp_path / "status"
    status.write_text("Name:\tpython3\n" + line)
    assert access.has_rawio(str(status), str(tmp_path / "none")) is expected


@pytest.mark.parametrize("uid_map,expected", [
    ("         0          0 4294967295\n", True), ("         0       1000          1\n", False)])
def test_the_capability_counts_for_nothing_in_a_user_namespace(tmp_path: Path, uid_map: str, expected: bool) -> None:
    (tmp_path / "status").write_text("CapEff:\t000001ffffffffff\n")
    (tmp_path / "uid_map").write_text(uid_map)
    assert access.has_rawio(str(tmp_path / "status"), str(tmp_path / "uid_map")) is expected


def test_without_proc_there_is_no_capability(tmp_path: Path) -> None:
    assert access.has_rawio(str(tmp_path / "nothing")) is False


def sentence(number: int, kind: str, operation_code: int, for_writing: bool = False, sg_path: str = "/dev/sg3") -> str:
    node = Node(kind, "/dev/sda", "/dev/sda", "8:0", sg_path=sg_path)
    command = Command("THE COMMAND", bytes((operation_code,)) + bytes(5), 96)
    return access.explain(OSError(number, os.strerror(number)), node, command, for_writing)


@pytest.mark.parametrize("number,kind,operation_code,sg_path,said", [
    (errno.EPERM, "block", RECEIVE_COPY, "/dev/sg3",
     "THE COMMAND needs CAP_SYS_RAWIO on /dev/sda; use /dev/sg3 (the same drive), or become: true"),
    (errno.EPERM, "block", RECEIVE_COPY, "", "THE COMMAND needs CAP_SYS_RAWIO on /dev/sda; use become: true"),
    (errno.EPERM, "block", 0x1C, "/dev/sg3", "THE COMMAND needs CAP_SYS_RAWIO on /dev/sda with kernels before 2.6.31; "
     "use /dev/sg3 (the same drive), or become: true"),
    (errno.EPERM, "block", MODE_SELECT, "/dev/sg3",
     "THE COMMAND needs /dev/sda open for reading and writing; open_mode: read_only does not allow it"),
    (errno.EPERM, "block", INQUIRY, "/dev/sg3",
     "THE COMMAND was refused on /dev/sda; use /dev/sg3 (the same drive), or become: true"),
    (errno.EFAULT, "block", RECEIVE_COPY, "", "THE COMMAND needs CAP_SYS_RAWIO on /dev/sda; use become: true "
     "(the kernel said EFAULT, as kernels 3.x do for a refusal)"),
])
def test_the_advice_on_privileges_word_for_word(
        number: int, kind: str, operation_code: int, sg_path: str, said: str) -> None:
    """The only test of these sentences; others hold what they name."""
    assert sentence(number, kind, operation_code, sg_path=sg_path) == said


def test_the_advice_on_opening_word_for_word() -> None:
    """The only test of this sentence; others hold what it names."""
    null = Node("sg", "/dev/null", "/dev/null", "1:3")
    assert access.explain_open(OSError(errno.EACCES, ""), null, for_writing=True) == (
        "could not be opened: this user may not open it for reading and writing: it is root:root 0666; "
        "use become: true, or a user of that group")


def test_an_old_kernels_refusal_names_the_kernel() -> None:
    said = sentence(errno.EPERM, "block", 0x1C)
    assert "CAP_SYS_RAWIO" in said and "/dev/sda" in said and "2.6.31" in said and "/dev/sg3" in said


def test_efault_is_read_as_a_refusal_where_the_kernel_would_refuse() -> None:
    said = sentence(errno.EFAULT, "block", RECEIVE_COPY)
    assert "THE COMMAND" in said and "CAP_SYS_RAWIO" in said and "/dev/sda" in said and "EFAULT" in said


def test_efault_is_a_fault_where_the_kernel_would_not_refuse() -> None:
    assert "memory" in sentence(errno.EFAULT, "block", INQUIRY)


def test_without_an_sg_node_none_is_named() -> None:
    said = sentence(errno.EPERM, "block", RECEIVE_COPY, sg_path="")
    assert "CAP_SYS_RAWIO" in said and "become: true" in said and "/dev/sg" not in said


@pytest.mark.parametrize("operation_code,allowed,named", [
    (RECEIVE_COPY, os.R_OK | os.W_OK, True), (RECEIVE_COPY, os.R_OK, False), (RECEIVE_COPY, 0, False),
    (INQUIRY, os.R_OK, True), (INQUIRY, 0, False),
])
def test_only_an_sg_node_that_this_user_may_open_is_named(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, operation_code: int, allowed: int, named: bool) -> None:
    """A tape's sg node, say, belongs to group tape as the tape does."""
    sg_path = tmp_path / "sg3"
    sg_path.touch()
    # root may open everything, whatever the mode says
    monkeypatch.setattr(os, "access", lambda path, mode: path == str(sg_path) and mode & allowed == mode)
    said = sentence(errno.EPERM, "tape", operation_code, sg_path=str(sg_path))
    assert "CAP_SYS_RAWIO" in said and "become: true" in said and (str(sg_path) in said) is named

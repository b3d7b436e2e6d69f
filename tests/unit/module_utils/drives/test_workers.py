# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many drives at once: order, deadlines, pauses, and that one stuck drive costs the others nothing."""

from __future__ import annotations

import threading
from typing import Tuple

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.workers import Job, Pause, run

Outcome = Tuple[str, object]


def timed_out(position: int) -> Outcome:
    return "timeout", position


def failed(position: int, error: Exception) -> Outcome:
    return "error", str(error)


def prompt(value: int) -> Job[Outcome]:
    yield from ()
    return "ok", value


def test_outcomes_come_in_the_order_of_the_jobs() -> None:
    def later(value: int) -> Job[Outcome]:
        yield Pause(0.01 * (5 - value))
        return "ok", value

    assert run([later(value) for value in range(5)], 3, 5.0, timed_out, failed) == [("ok", value) for value in range(5)]


def test_no_more_workers_than_allowed_work_at_once() -> None:
    lock = threading.Lock()
    together: list[int] = [0, 0]

    def counted(value: int) -> Job[Outcome]:
        with lock:
            together[0] += 1
            together[1] = max(together)
        threading.Event().wait(0.02)
        with lock:
            together[0] -= 1
        yield from ()
        return "ok", value

    run([counted(value) for value in range(12)], 3, 5.0, timed_out, failed)
    assert together[1] == 3


def test_an_error_is_its_own_drives() -> None:
    def broken() -> Job[Outcome]:
        yield Pause(0.0)
        raise ValueError("no such page")

    assert run([prompt(0), broken(), prompt(2)], 2, 5.0, timed_out, failed) == [
        ("ok", 0), ("error", "no such page"), ("ok", 2)]


def test_drives_that_never_answer_do_not_hold_up_the_others() -> None:
    release = threading.Event()

    def stuck() -> Job[Outcome]:
        release.wait(30.0)
        yield from ()
        return "ok", "late"

    outcomes = run([stuck(), stuck(), prompt(2), prompt(3)], 2, 0.3, timed_out, failed)
    release.set()
    assert outcomes == [("timeout", 0), ("timeout", 1), ("ok", 2), ("ok", 3)]


def test_pauses_take_no_worker_and_no_time_from_the_deadline() -> None:
    def waits(value: int) -> Job[Outcome]:
        for _each in range(3):
            yield Pause(0.2)
        return "ok", value

    assert run([waits(value) for value in range(50)], 1, 0.3, timed_out, failed) == [
        ("ok", value) for value in range(50)]


def test_a_work_may_ask_for_more_time() -> None:
    def slow(more: float) -> Job[Outcome]:
        yield Pause(0.0, more_seconds=more)
        threading.Event().wait(0.6)
        return "ok", more

    assert run([slow(2.0), slow(0.0)], 2, 0.2, timed_out, failed) == [("ok", 2.0), ("timeout", 1)]


def test_no_drives_no_outcomes() -> None:
    assert run([], 4, 1.0, timed_out, failed) == []

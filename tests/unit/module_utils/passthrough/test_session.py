# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold when a command meets anything else than GOOD."""

from __future__ import annotations

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import (
    BUSY,
    CHECK_CONDITION,
    GOOD,
    RESERVATION_CONFLICT,
    TASK_SET_FULL,
    Command,
    Reply,
    Transport,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.errors import (
    CheckCondition,
    CheckModeError,
    DeadlineError,
    DriveError,
    StatusError,
    TransportError,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.session import BACK_OFF_SECONDS, Session

READ = Command("INQUIRY", bytes((0x12, 0, 0, 0, 36, 0)), 36)
WRITE = Command("SEND DIAGNOSTIC", bytes((0x1D, 0x20, 0, 0, 0, 0)), changes=True)
FORGET = Command("RECEIVE COPY STATUS(LID1)", bytes((0x84,)) + bytes(15), 12, discards=True)


def fixed_sense(key: int, asc: int, ascq: int, response_code: int = 0x70) -> bytes:
    return bytes((response_code, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq, 0, 0, 0, 0))


def check(key: int, asc: int, ascq: int, response_code: int = 0x70) -> Reply:
    return Reply(CHECK_CONDITION, fixed_sense(key, asc, ascq, response_code))


POWER_ON = check(6, 0x29, 0)
DEFERRED = check(3, 0x0C, 0, 0x71)
FINE = Reply(GOOD, data=b"fine")


class Script(Transport):
    """Gives the replies that a test wrote down, one after the other."""

    device = "/dev/sg9"

    def __init__(self, *replies: Reply | DriveError) -> None:
        self.replies = list(replies)
        self.sent: list[Command] = []
        self.limits: list[float] = []

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        self.sent.append(command)
        self.limits.append(timeout_seconds)
        reply = self.replies.pop(0)
        if isinstance(reply, DriveError):
            raise reply
        return reply


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize("attentions", [1, 2, 3])
def test_unit_attention_is_retried_up_to_three_times(attentions: int) -> None:
    script = Script(*[POWER_ON] * attentions, FINE)
    session = Session(script)
    assert session.send(WRITE).data == b"fine"
    assert len(script.sent) == attentions + 1
    assert len(session.warnings) == 1 and "unit attention" in session.warnings[0]


def test_a_fourth_unit_attention_is_an_error() -> None:
    script = Script(*[POWER_ON] * 4, FINE)
    with pytest.raises(CheckCondition, match="unit attention"):
        Session(script).send(READ)
    assert len(script.sent) == 4


@pytest.mark.parametrize("status", [BUSY, TASK_SET_FULL])
def test_busy_is_waited_out_longer_each_time(status: int) -> None:
    clock = Clock()
    script = Script(Reply(status), Reply(status), Reply(status), FINE)
    assert Session(script, clock=clock, sleep=clock.sleep).send(READ).data == b"fine"
    assert clock.slept == list(BACK_OFF_SECONDS[:3])


def test_busy_for_ever_ends_with_the_status_and_the_number_of_tries() -> None:
    clock = Clock()
    script = Script(*[Reply(BUSY)] * 20)
    with pytest.raises(StatusError, match=r"\bINQUIRY\b.*\bBUSY\b.*\b6\b") as raised:
        Session(script, clock=clock, sleep=clock.sleep).send(READ)
    assert len(script.sent) == 6
    assert raised.value.facts()["status"] == {"value": 8, "name": "BUSY"}


def test_busy_is_not_waited_out_past_the_deadline() -> None:
    clock = Clock()
    script = Script(*[Reply(BUSY)] * 20)
    with pytest.raises(DeadlineError, match=r"\bbusy\b.*\bINQUIRY\b"):
        Session(script, deadline=clock.now + 0.5, clock=clock, sleep=clock.sleep).send(READ)
    assert clock.now <= 100.5


def test_reservation_conflict_is_told_at_once() -> None:
    script = Script(Reply(RESERVATION_CONFLICT), FINE)
    with pytest.raises(StatusError, match=r"\bINQUIRY\b.*\bRESERVATION CONFLICT\b.*\banother initiator\b"):
        Session(script).send(READ)
    assert len(script.sent) == 1


def test_recovered_error_is_success_with_a_notice() -> None:
    session = Session(Script(Reply(CHECK_CONDITION, fixed_sense(1, 0x17, 1), b"data")))
    assert session.send(READ).data == b"data"
    assert "recovered" in session.warnings[0]


def test_a_deferred_error_is_not_blamed_on_a_command_that_reads() -> None:
    session = Session(Script(DEFERRED, FINE))
    assert session.send(READ).data == b"fine"
    assert "deferred" in session.warnings[0]


@pytest.mark.parametrize("command", [WRITE, FORGET])
def test_a_deferred_error_does_not_send_a_changing_command_twice(command: Command) -> None:
    script = Script(DEFERRED, FINE)
    with pytest.raises(CheckCondition, match="deferred"):
        Session(script).send(command)
    assert len(script.sent) == 1


def test_a_second_deferred_error_is_an_error() -> None:
    script = Script(DEFERRED, DEFERRED, FINE)
    with pytest.raises(CheckCondition, match="deferred"):
        Session(script).send(READ)
    assert len(script.sent) == 2


def test_a_transport_error_is_passed_on_and_not_repeated() -> None:
    script = Script(TransportError("gone", "DID_NO_CONNECT", "DRIVER_OK"), FINE)
    with pytest.raises(TransportError) as raised:
        Session(script).send(READ)
    assert raised.value.facts() == {
        "kind": "transport", "message": "gone", "host_status": "DID_NO_CONNECT", "driver_status": "DRIVER_OK"}
    assert len(script.sent) == 1


@pytest.mark.parametrize("command", [WRITE, FORGET])
def test_check_mode_sends_nothing_that_changes_or_forgets(command: Command) -> None:
    script = Script(FINE)
    with pytest.raises(CheckModeError, match=r"\bcheck mode\b"):
        Session(script, check_mode=True).send(command)
    assert script.sent == []


def test_check_mode_sends_what_only_reads() -> None:
    assert Session(Script(FINE), check_mode=True).send(READ).data == b"fine"


def test_a_command_gets_no_more_time_than_the_deadline_leaves() -> None:
    clock = Clock()
    script = Script(FINE)
    Session(script, timeout_seconds=20.0, deadline=clock.now + 5.0, clock=clock).send(READ)
    assert script.limits == [5.0]


def test_a_command_that_takes_long_by_its_nature_gets_its_time() -> None:
    clock = Clock()
    script = Script(FINE)
    long_one = Command("SEND DIAGNOSTIC", WRITE.cdb, changes=True, timeout_seconds=7200.0)
    Session(script, deadline=clock.now + 5.0, clock=clock).send(long_one)
    assert script.limits == [7200.0]


def test_nothing_is_sent_after_the_deadline() -> None:
    clock = Clock()
    script = Script(FINE)
    with pytest.raises(DeadlineError):
        Session(script, deadline=clock.now - 1.0, clock=clock).send(READ)
    assert script.sent == []


def test_the_trace_shows_every_try_with_its_answer() -> None:
    session = Session(Script(POWER_ON, FINE), trace=[])
    session.send(READ)
    assert session.trace is not None
    assert [record["status"] for record in session.trace] == ["CHECK CONDITION", "GOOD"]
    assert session.trace[0]["cdb"] == "120000002400" and session.trace[0]["sense"].startswith("7000060000")
    assert session.trace[1]["data_in"] == b"fine".hex()

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of how a drive answers: at all, ready, and without errors."""

from __future__ import annotations

from typing import Any

from .findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Answer, Context, Drive, Evidence, part
from .text import in_words, plural

_TASK = "the task that queried the drive"
_TEST_UNIT_READY = "TEST UNIT READY"
_SHOWN_FAILURES = 5


def answered(drive: Drive, _context: Context) -> Answer:
    """Whether the drive answers."""
    status = drive.get("status")
    evidence = (Evidence(_TASK, "status", status),)
    if status == "ok":
        return Answer(PASS, "", evidence)
    return Answer(FAIL, f"{in_words(status)}: {in_words(drive.get('reason') or 'no reason was given')}",
                  evidence + (Evidence(_TASK, "reason", drive.get("reason")),))


#: Outcomes of the states of readiness. A drive that sleeps has said nothing bad; whether a stopped one would start, and
#: one that is becoming ready will be, is not known.
_READINESS = {
    "ready": PASS, "standby": PASS, "stopped": UNKNOWN, "becoming_ready": UNKNOWN, "not_ready": FAIL, "no_medium": FAIL,
    "format_corrupt": FAIL}


def ready(drive: Drive, _context: Context) -> Answer:
    """Whether the drive serves reads, or would after waking up."""
    readiness = part(drive, "readiness")
    state, sense = readiness.get("state"), part(readiness, "sense")
    evidence: tuple[Evidence, ...] = (Evidence(_TEST_UNIT_READY, "readiness.state", state),)
    if sense:
        evidence += (Evidence(_TEST_UNIT_READY, "readiness.sense.text", sense.get("text")),)
    if not isinstance(state, str) or state not in _READINESS:
        return Answer(UNKNOWN, "whether the drive is ready is not known", evidence)
    if state == "no_medium" and part(drive, "identity").get("removable") is True:
        return Answer(NOT_APPLICABLE, "the drive holds no medium", evidence)
    words = state.replace("_", " ")
    return Answer(_READINESS[state], f"{words}: {in_words(sense['text'])}" if sense.get("text") else words, evidence)


#: How a command can fail, by the sense key where the drive answered.
ERRORS = ("medium", "hardware", "aborted", "no_answer")
#: What may be lost on the way to the drive.
_ON_THE_WAY = ("aborted", "no_answer")
_MEDIUM_ERROR, _HARDWARE_ERROR, _UNIT_ATTENTION, _ABORTED_COMMAND = 0x3, 0x4, 0x6, 0xB
#: In the message of a command that another host's reservation kept out.
_RESERVED = "RESERVATION CONFLICT"
_ERROR_OF_KEY = {_MEDIUM_ERROR: "medium", _HARDWARE_ERROR: "hardware", _ABORTED_COMMAND: "aborted"}


def _error_of(failure: Any) -> str | None:
    """``None`` for what was neither lost nor aborted: an answer all the same, though not the one that was wanted."""
    key = part(part(failure, "sense"), "key").get("value")
    if key == _UNIT_ATTENTION or isinstance(failure, dict) and _RESERVED in str(failure.get("message")):
        return None
    return _ERROR_OF_KEY.get(key, "no_answer") if isinstance(key, int) else "no_answer"


def failed_commands(drive: Drive, _context: Context, errors: list[str]) -> Answer:
    """Whether no command failed in one of these ways while the facts were gathered."""
    failures = drive.get("failures")
    if not isinstance(failures, list):
        return Answer(UNKNOWN, "the facts do not say which commands failed",
                      (Evidence(_TASK, "failures", None),))
    found = [each for each in failures if _error_of(each) in errors]
    if drive.get("status") != "ok" and all(_error_of(each) in _ON_THE_WAY for each in found):
        # The check `answered` says it; that the drive answers nothing is one fault, not two.
        return Answer(UNKNOWN, "the drive does not answer, so not every command was sent",
                      (Evidence(_TASK, "status", drive.get("status")),))
    if not found:
        return Answer(PASS, "", (Evidence(_TASK, "failures", len(failures)),))
    messages = [in_words(each.get("message")) if isinstance(each, dict) else in_words(each) for each in found]
    more = f", and {plural(len(messages) - 1, 'other command')}" if len(messages) > 1 else ""
    return Answer(FAIL, messages[0] + more,
                  tuple(Evidence(_TASK, "failures[].message", message) for message in messages[:_SHOWN_FAILURES]))

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drive with self tests, a copy manager and streams, played in the test's own process.

It answers in bytes, keeps a list of all that it was sent, and is told by a test what to do. Its clock goes on by one
step at each REQUEST SENSE, so that a self test ends after as many looks as it says.
"""

from __future__ import annotations

import zlib
from typing import Any, Callable, Sequence

from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import (
    CHECK_CONDITION,
    GOOD,
    Command,
    Reply,
    Transport,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_results as copies
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.inquiry import encode_standard_inquiry
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_background_scan import encode_background_scan
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_selftest_results import encode_self_test_results
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_control import encode_control_mode
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_sense import encode_mode_data
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.streams import (
    STREAM_CONTROL_DATA,
    encode_stream_status,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits_extension import (
    encode_block_limits_extension,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_designators import encode_device_identification
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_extended_inquiry import encode_extended_inquiry

INVALID_OPERATION_CODE = encode_fixed_sense(5, 0x20, 0)
INVALID_FIELD = encode_fixed_sense(5, 0x24, 0)
IN_PROGRESS = 15


def result(code: int, outcome: int, hours: int, lba: int | None = None,
           segment: int | None = None) -> dict[str, Any]:
    """A result for the drive's log."""
    return {"self_test_code": code, "result": outcome, "power_on_hours": hours, "address_of_first_failure": lba,
            "self_test_number": segment}


class ScriptedDrive(Transport):
    """The drive. Its attributes are its state; ``answers`` takes the place of its own answer to an operation code."""

    def __init__(self, device: str = "/dev/sg1") -> None:
        self.device = device
        #: As many names as there are devices in a test.
        self.wwn = "5000c500a1b2c3d4" if device == "/dev/sg1" else f"5000c500{zlib.crc32(device.encode()):08x}"
        self.device_type = 0
        self.qualifier = 0
        self.third_party_copy = True
        self.version = 7
        self.sent: list[Command] = []
        self.answers: dict[int, Callable[[Command], Reply]] = {}
        self.used_by: list[str] = []
        #: Block devices of other paths that are in use.
        self.used_nodes: list[str] = []
        # self tests
        self.log: list[dict[str, Any]] | None = []
        self.logs_results = True
        self.minutes: int | None = 60000
        self.extended_seconds: int | None = 7200
        self.extended_minutes: int | None = None
        self.running: int | None = None  # the code of the test
        self.steps_left = 0
        self.steps_of_a_test = 3
        self.outcome = 0
        self.failure_lba: int | None = None
        # streams
        self.streams: dict[int, bool] | None = {0: True}  # identifier: permanent
        self.maximum_streams: int | None = 8
        # copies
        self.parameters: dict[str, Any] | None = None
        self.copy: dict[int, bytes] = {}

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        self.sent.append(command)
        code = command.cdb[0]
        answer = self.answers.get(code) or self._ANSWERS.get(code, ScriptedDrive._unknown).__get__(self)
        reply: Reply = answer(command)
        data = reply.data[:command.data_in_length]
        return Reply(reply.status, reply.sense, data, command.data_in_length - len(data))

    def begin(self, code: int, steps: int) -> None:
        """A test runs, and ends at the look number ``steps``."""
        self.running, self.steps_left, self.steps_of_a_test = code, steps, steps

    def in_use_by(self, block_nodes: Sequence[str] = ()) -> list[str]:
        return self.used_by + [f"{node} is mounted" for node in block_nodes if node in self.used_nodes]

    def names_sent(self) -> list[str]:
        """The names of all commands so far."""
        return [command.name for command in self.sent]

    @staticmethod
    def _check(sense: bytes) -> Reply:
        return Reply(CHECK_CONDITION, sense)

    def _unknown(self, command: Command) -> Reply:
        return self._check(INVALID_OPERATION_CODE)

    def _inquiry(self, command: Command) -> Reply:
        if not command.cdb[1] & 1:
            return Reply(GOOD, data=encode_standard_inquiry({
                "peripheral_qualifier": self.qualifier, "peripheral_device_type": self.device_type,
                "version": self.version,
                "third_party_copy": self.third_party_copy,
                "t10_vendor_identification": "TEST"}))
        page = command.cdb[2]
        if page == 0x83:
            return Reply(GOOD, data=encode_device_identification(
                [{"code_set": 1, "designator_type": 3, "association": 0, "designator": self.wwn}]))
        if page == 0x86:
            return Reply(GOOD, data=encode_extended_inquiry(
                {"extended_self_test_completion_minutes": self.extended_minutes}))
        if page == 0xB7 and self.maximum_streams is not None:
            return Reply(GOOD, data=encode_block_limits_extension({"maximum_number_of_streams": self.maximum_streams}))
        return self._check(INVALID_FIELD)

    def _request_sense(self, command: Command) -> Reply:
        if self.running is None:
            return Reply(GOOD, data=encode_fixed_sense(0))
        self.steps_left -= 1
        if self.steps_left <= 0:
            self._end(self.outcome, self.failure_lba)
            return Reply(GOOD, data=encode_fixed_sense(0))
        done = 1 - self.steps_left / self.steps_of_a_test
        return Reply(GOOD, data=encode_fixed_sense(2, 0x04, 0x09, progress=int(65536 * done)))

    def _end(self, outcome: int, lba: int | None = None) -> None:
        assert self.running is not None
        if self.log is not None and self.logs_results:
            self.log.insert(0, result(self.running, outcome, min(65535, (self.minutes or 0) // 60), lba))
        self.running = None

    def _send_diagnostic(self, command: Command) -> Reply:
        code = command.cdb[1] >> 5
        if code == 4:
            if self.running is None:
                return self._check(INVALID_FIELD)
            self._end(1)
        elif self.running is not None:
            return self._check(encode_fixed_sense(2, 0x04, 0x09))
        elif code in (1, 2):
            self.begin(code, self.steps_of_a_test)
        else:
            self.running = code
            self._end(self.outcome, self.failure_lba)
            if self.outcome:
                return self._check(encode_fixed_sense(4, 0x3E, 0x03))
        return Reply(GOOD)

    def _log_sense(self, command: Command) -> Reply:
        page = command.cdb[2] & 0x3F
        if page == 0x10 and self.log is not None:
            running = [] if self.running is None else [result(self.running, IN_PROGRESS, 0)]
            return Reply(GOOD, data=encode_self_test_results(running + self.log))
        if page == 0x15 and self.minutes is not None:
            return Reply(GOOD, data=encode_background_scan({"accumulated_power_on_minutes": self.minutes}))
        return self._check(INVALID_FIELD)

    def _mode_sense(self, command: Command) -> Reply:
        if command.cdb[2] & 0x3F != 0x0A:
            return self._check(INVALID_FIELD)
        page = encode_control_mode({"extended_self_test_completion_time_seconds": self.extended_seconds})
        return Reply(GOOD, data=encode_mode_data(page, bytes(8)))

    def _service_action_in(self, command: Command) -> Reply:
        if self.streams is None:
            return self._check(INVALID_OPERATION_CODE)
        action = command.cdb[1] & 0x1F
        wanted = int.from_bytes(command.cdb[4:6], "big")
        if action == 0x16:
            listed = [{"stream_identifier": each, "perm": permanent}
                      for each, permanent in sorted(self.streams.items()) if each >= wanted]
            return Reply(GOOD, data=encode_stream_status(listed, len(self.streams)))
        if action != 0x14:
            return self._check(INVALID_FIELD)
        if command.cdb[1] >> 5 == 1:
            free = [each for each in range(self.maximum_streams or 16) if each not in self.streams]
            if not free:
                return self._check(encode_fixed_sense(5, 0x55, 0x03))
            self.streams[free[0]] = False
            return Reply(GOOD, data=STREAM_CONTROL_DATA.encode(assigned_str_id=free[0]))
        if self.streams.pop(wanted, None) is None:
            return self._check(INVALID_FIELD)
        return Reply(GOOD, data=STREAM_CONTROL_DATA.encode())

    def _receive_copy_results(self, command: Command) -> Reply:
        action = command.cdb[1] & 0x1F
        if action == copies.OPERATING_PARAMETERS and self.parameters is not None:
            return Reply(GOOD, data=copies.encode_operating_parameters(self.parameters))
        # As real copy managers do, this one forgets what it has told once.
        held = self.copy.pop(action, None)
        return self._check(INVALID_FIELD) if held is None else Reply(GOOD, data=held)

    _ANSWERS: dict[int, Any] = {
        0x03: _request_sense, 0x12: _inquiry, 0x1D: _send_diagnostic, 0x4D: _log_sense, 0x5A: _mode_sense,
        0x84: _receive_copy_results, 0x9E: _service_action_in,
    }

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A SAS disk that answers from dictionaries of pages, lists what it has, and writes down what it had to refuse."""

from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

from ansible_collections.drivecare.scsi.plugins.module_utils._passthrough.command import (
    CHECK_CONDITION,
    GOOD,
    Command,
    Reply,
    Transport,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.block_commands_capacity import (
    encode_read_capacity_10,
    encode_read_capacity_16,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.inquiry import encode_standard_inquiry
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_background_scan import encode_background_scan
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_selftest_results import encode_self_test_results
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import encode_supported_log_pages
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_control import encode_control_mode
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_informational_exceptions import (
    encode_informational_exceptions_mode,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_sense import encode_mode_data
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.operation_codes import service_action
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.read_defect_data import encode_defect_header
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.report_operation_codes import encode_operation_codes
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.sense_encode import encode_fixed_sense
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd import (
    encode_supported_pages,
    encode_unit_serial_number,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_device_characteristics import (
    encode_block_device_characteristics,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_block_limits import encode_block_limits
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_designators import encode_device_identification
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_extended_inquiry import encode_extended_inquiry
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.vpd_logical_block_provisioning import (
    encode_logical_block_provisioning,
)

WWN = "5000c500a1b2c3d4"
PORT = "5000c500a1b2c3d5"
MINUTES = 1234567
BLOCKS = 1953525168

UNKNOWN_COMMAND = encode_fixed_sense(5, 0x20, 0)
UNKNOWN_FIELD = encode_fixed_sense(5, 0x24, 0)

Code = Tuple[int, Optional[int]]


class FactsDrive(Transport):
    """The disk. Each attribute is a part of what it answers; ``refused`` has the names of what it did not know."""

    def __init__(self, device: str = "replay:/disk.json") -> None:
        self.device = device
        self.sent: list[Command] = []
        self.refused: list[str] = []
        self.standard: dict[str, Any] = {
            "version": 6, "t10_vendor_identification": "SEAGATE", "product_identification": "ST1000NM0023",
            "product_revision_level": "0004", "version_descriptors": [0x00A0, 0x0C20, 0x0460, 0x04C0]}
        self.vpd: dict[int, bytes] = {
            0x80: encode_unit_serial_number("Z1W0ABCD"),
            0x83: encode_device_identification([
                {"code_set": 1, "designator_type": 3, "association": 0, "designator": WWN},
                {"code_set": 1, "designator_type": 3, "association": 1, "designator": PORT, "piv": True,
                 "protocol_identifier": 6}]),
            0x86: encode_extended_inquiry({"extended_self_test_completion_minutes": 120}),
            0xB0: encode_block_limits({"maximum_transfer_length_blocks": 65535, "maximum_unmap_lba_count": 0}),
            0xB1: encode_block_device_characteristics({"medium_rotation_rate": 7200, "nominal_form_factor": 2}),
        }
        self.log: dict[tuple[int, int], bytes] = {
            (0x10, 0): encode_self_test_results([
                {"self_test_code": 2, "result": 0, "power_on_hours": 20000, "address_of_first_failure": None}]),
            (0x15, 0): encode_background_scan({"accumulated_power_on_minutes": MINUTES, "background_scan_status": 8}, [
                {"parameter_code": 1, "accumulated_power_on_minutes": MINUTES - 60, "sense_key": 3,
                 "additional_sense_code": 0x11, "logical_block_address": 4711}]),
        }
        self.mode_pages: dict[int, bytes] = {
            0x0A: encode_control_mode({"extended_self_test_completion_time_seconds": 7200}),
            0x1C: encode_informational_exceptions_mode({"mrie": 6})}
        self.sense: list[bytes] = [encode_fixed_sense(0)]
        self.capacity: dict[str, Any] | None = {
            "returned_logical_block_address": BLOCKS - 1, "logical_block_length_bytes": 512,
            "logical_blocks_per_physical_block_exponent": 3}
        self.grown_defects = 17
        self.defect_format: int | None = None  # as asked for
        self.plistv, self.glistv = False, True
        self.lists_vpd = self.lists_log = self.lists_subpages = True
        self.lists_commands = True
        self.handlers: dict[Code, Callable[[Command], Reply]] = {
            (0x00, None): lambda command: Reply(GOOD), (0x03, None): self._request_sense, (0x12, None): self._inquiry,
            (0x1A, None): self._mode_sense, (0x5A, None): self._mode_sense, (0x4D, None): self._log_sense,
            (0x25, None): self._capacity_10, (0x9E, 0x10): self._capacity_16,
            (0x37, None): self._defects, (0xB7, None): self._defects, (0xA3, 0x0C): self._operation_codes,
        }

    def execute(self, command: Command, timeout_seconds: float) -> Reply:
        self.sent.append(command)
        action = service_action(command.cdb)
        handler = self.handlers.get((command.cdb[0], action))
        reply = Reply(CHECK_CONDITION, UNKNOWN_COMMAND) if handler is None else handler(command)
        if reply.status == CHECK_CONDITION and reply.sense[2] & 0x0F == 5:
            self.refused.append(f"{command.name} {command.cdb.hex()}")
        data = reply.data[:command.data_in_length]
        return Reply(reply.status, reply.sense, data, command.data_in_length - len(data))

    def sent_codes(self) -> list[int]:
        return [command.cdb[0] for command in self.sent]

    def log_pages_asked(self) -> list[tuple[int, int]]:
        return [(command.cdb[2] & 0x3F, command.cdb[3]) for command in self.sent if command.cdb[0] == 0x4D]

    def _inquiry(self, command: Command) -> Reply:
        if not command.cdb[1] & 1:
            return Reply(GOOD, data=encode_standard_inquiry(self.standard))
        page = command.cdb[2]
        if page == 0 and self.lists_vpd:
            return Reply(GOOD, data=encode_supported_pages([0] + sorted(self.vpd)))
        found = self.vpd.get(page)
        return Reply(CHECK_CONDITION, UNKNOWN_FIELD) if found is None else Reply(GOOD, data=found)

    def _request_sense(self, command: Command) -> Reply:
        return Reply(GOOD, data=self.sense.pop(0) if len(self.sense) > 1 else self.sense[0])

    def _log_sense(self, command: Command) -> Reply:
        page, subpage = command.cdb[2] & 0x3F, command.cdb[3]
        pages = [{"page": each, "subpage": sub} for each, sub in sorted([(0, 0), *self.log])]
        if page == 0 and subpage == 0 and self.lists_log:
            return Reply(GOOD, data=encode_supported_log_pages([each for each in pages if not each["subpage"]]))
        if page == 0 and subpage == 0xFF and self.lists_subpages:
            return Reply(GOOD, data=encode_supported_log_pages(pages, subpages=True))
        found = self.log.get((page, subpage))
        return Reply(CHECK_CONDITION, UNKNOWN_FIELD) if found is None else Reply(GOOD, data=found)

    def _mode_sense(self, command: Command) -> Reply:
        page = command.cdb[2] & 0x3F
        found = self.mode_pages if page == 0x3F else {
            each: content for each, content in self.mode_pages.items() if each == page}
        if not found:
            return Reply(CHECK_CONDITION, UNKNOWN_FIELD)
        return Reply(GOOD, data=encode_mode_data(
            b"".join(content for _page, content in sorted(found.items())), ten=command.cdb[0] == 0x5A))

    def _capacity_10(self, command: Command) -> Reply:
        if self.capacity is None:
            return Reply(CHECK_CONDITION, encode_fixed_sense(2, 0x3A, 0))
        return Reply(GOOD, data=encode_read_capacity_10(
            self.capacity["returned_logical_block_address"] + 1, self.capacity["logical_block_length_bytes"]))

    def _capacity_16(self, command: Command) -> Reply:
        if self.capacity is None:
            return Reply(CHECK_CONDITION, encode_fixed_sense(2, 0x3A, 0))
        return Reply(GOOD, data=encode_read_capacity_16(self.capacity))

    def _defects(self, command: Command) -> Reply:
        twelve = command.cdb[0] == 0xB7
        wanted = command.cdb[1 if twelve else 2]
        assert wanted & 0x18 == 0x08, "only the grown defects were to be asked for"
        kind = wanted & 7 if self.defect_format is None else self.defect_format
        length = self.grown_defects * (4 if kind == 0 else 8)
        header = encode_defect_header({
            "plistv": self.plistv, "glistv": self.glistv, "defect_list_format": kind,
            "defect_list_length": length if twelve or length < 0xFFFF else None}, twelve)
        if kind == wanted & 7:
            return Reply(GOOD, data=header)
        return Reply(CHECK_CONDITION, encode_fixed_sense(1, 0x1C, 0), header)

    def _operation_codes(self, command: Command) -> Reply:
        if not self.lists_commands:
            return Reply(CHECK_CONDITION, UNKNOWN_COMMAND)
        return Reply(GOOD, data=encode_operation_codes([
            {"operation_code": code, "service_action": action, "cdb_length": 10} for code, action in self.handlers]))


def thin(drive: FactsDrive) -> FactsDrive:
    """Makes it a solid state disk with thin provisioning."""
    drive.vpd[0xB1] = encode_block_device_characteristics({"medium_rotation_rate": 1, "nominal_form_factor": 3})
    drive.vpd[0xB2] = encode_logical_block_provisioning({
        "threshold_exponent": 11, "lbpu": True, "lbpws": True, "provisioning_type": 2, "threshold_percentage": 80})
    assert drive.capacity is not None
    drive.capacity.update(lbpme=True, lbprz=True)
    return drive

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulated drive tells of its commands, and that this is what it reads."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils import _scsi
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.feature import Clock
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.cdb_usage import CDB_USAGE, cdb_usage
from ansible_collections.drivecare.scsi.plugins.module_utils._emulator.features.operation_codes import OperationCodes
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.operation_codes import OPERATIONS, service_action
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.report_operation_codes import (
    REPORT_OPERATION_CODES,
    REPORT_TASK_MANAGEMENT,
    decode_one_operation_code,
    decode_operation_codes,
    decode_task_management,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.table import Table, bits, span
from ansible_collections.drivecare.scsi.tests.unit.module_utils.emulator.bench import Bench, FakeTimers

IN_CDB = (0x05, 0x24, 0x00)


class Drive(Bench):
    def __init__(self, settings=None, extended_seconds=0) -> None:
        self.codes = OperationCodes(Clock(FakeTimers()), self.known, settings, extended_seconds)
        super().__init__(self.codes)

    def known(self):
        return [*self.unit.commands.handlers, (0x1D, None), (0x9E, 0x14), (0x7F, 0x0010)]

    def ask(self, option=0, operation_code=0, action=0, rctd=False):
        return self.send(REPORT_OPERATION_CODES.encode(
            reporting_options=option, requested_operation_code=operation_code, requested_service_action=action,
            rctd=rctd, allocation_length=4096))

    def one(self, *arguments, **options):
        warnings = []
        told = decode_one_operation_code(self.ask(*arguments, **options).data, warnings)
        assert warnings == []
        return told


def test_all_commands_are_told_in_order() -> None:
    drive = Drive()
    warnings = []
    told = decode_operation_codes(drive.ask().data, warnings)
    codes = [(each["operation_code"], each["service_action"]) for each in told]
    assert warnings == [] and set(codes) == set(drive.known()) and len(codes) == len(set(codes))
    assert [each[0] for each in codes] == sorted(each[0] for each in codes)
    lengths = {(each["operation_code"], each["service_action"]): each["cdb_length"] for each in told}
    assert lengths[0x12, None] == 6 and lengths[0x28, None] == 10 and lengths[0xA3, 0x0C] == 12
    assert lengths[0x9E, 0x14] == 16 and lengths[0x7F, 0x10] == 32
    assert all(each["timeouts"] is None for each in told)
    assert len(drive.send(REPORT_OPERATION_CODES.encode(allocation_length=7)).data) == 7


@pytest.mark.parametrize("option, code, action, support", [
    (1, 0x12, 0, 3), (1, 0xC1, 0, 1), (1, 0x9E, 0, None), (2, 0x9E, 0x14, 3), (2, 0x9E, 0x15, 1), (2, 0x12, 0, None),
    (2, 0xC1, 0, 1), (3, 0x12, 0, 3), (3, 0x12, 1, 1), (3, 0x9E, 0x14, 3), (3, 0x9E, 0, 1), (3, 0xC1, 0, 1),
    (2, 0x7F, 0x10, 3), (2, 0x7F, 0x11, 1), (4, 0x12, 0, None), (7, 0, 0, None)])
def test_one_command(option, code, action, support) -> None:
    drive = Drive()
    if support is None:
        done = drive.ask(option, code, action)
        assert done.codes == IN_CDB and (done.sense.field_pointer.byte, done.sense.field_pointer.bit) == (2, 2)
        return
    told = drive.one(option, code, action)
    assert told["support"]["value"] == support
    if support == 3:
        usage = bytes.fromhex(told["cdb_usage_data"])
        assert usage[0] == code and service_action(usage) == (None if code == 0x12 else action)


def test_timeouts_are_given_to_who_asks_for_them() -> None:
    drive = Drive(extended_seconds=7200)
    told = drive.one(1, 0x1D, rctd=True)
    assert told["timeouts"]["recommended_command_timeout_seconds"] > 7200
    assert told["timeouts"]["nominal_command_processing_timeout_seconds"] is None
    assert drive.one(1, 0x1D)["timeouts"] is None
    everything = decode_operation_codes(drive.ask(rctd=True).data, [])
    assert len(everything) == len(drive.known())
    assert all(each["timeouts"]["recommended_command_timeout_seconds"] for each in everything)
    assert Drive({"timeouts": False}).one(1, 0x12, rctd=True)["timeouts"] is None


def test_task_management_functions_are_those_of_the_server() -> None:
    drive = Drive()
    told = decode_task_management(drive.good(REPORT_TASK_MANAGEMENT.encode(allocation_length=100)), [])
    assert {name for name, on in told.items() if on} == {"ats", "atss", "ctss", "lurs", "trs"}
    assert told["extension"] is None
    whole = drive.good(REPORT_TASK_MANAGEMENT.encode(repd=True, allocation_length=100))
    assert len(whole) == 16 and decode_task_management(whole, [])["extension"]["tmftmov"] is False
    assert drive.send(REPORT_TASK_MANAGEMENT.encode(allocation_length=3)).codes == IN_CDB


# -- CDB usage data, against the tables of the commands

#: Fields that a unit here does not read: there are no command duration limits, no third parties' reservations, and no
#: protection information. TYPE and SCOPE are read by some service actions only.
NOT_READ = {
    0x16: {"reservation_identification", "parameter_list_length"}, 0x17: {"reservation_identification"},
    0x56: {"reservation_identification", "third_party_device_id", "parameter_list_length"},
    0x57: {"reservation_identification", "third_party_device_id", "parameter_list_length"},
    0x88: {"dld2", "dld1", "dld0"}, 0x8A: {"dld2", "dld1", "dld0"},
}
TAGS = {"expected_initial_logical_block_reference_tag", "expected_logical_block_application_tag",
        "logical_block_application_tag_mask"}
WITH_TYPE = {1, 2, 4, 5}
#: The service actions of 84h with a list identifier of one byte, and of four.
NARROW, WIDE = {0, 1, 4}, {5, 6, 7}


def tables():
    """Every table of a CDB; those of service actions that share one table come with each of them."""
    found = {}
    for module in pkgutil.iter_modules(_scsi.__path__):
        for value in vars(importlib.import_module(_scsi.__name__ + "." + module.name)).values():
            for table in (value.values() if isinstance(value, dict) else (value,)):
                if isinstance(table, Table) and table.fields and table.fields[0].name == "operation_code":
                    found[id(table)] = table
    pairs = []
    for table in found.values():
        cdb = table.encode()
        # RECEIVE COPY RESULTS has two tables: with list identifiers of one byte, and of four.
        wide = any(field.name == "list_identifier" and field.width == 4 for field in table.fields)
        for code in CDB_USAGE:
            if code[0] != cdb[0] or len(cdb) != len(CDB_USAGE[code]):
                continue
            if cdb[0] == 0x84:
                fits = code[1] in (WIDE if wide else NARROW)
            else:
                fits = cdb[0] in (0x5E, 0x5F) or service_action(cdb) == code[1]
            if fits:
                pairs.append((code, table))
    return sorted(pairs, key=lambda pair: (pair[0][0], pair[0][1] or 0, pair[1].title))


PAIRS = tables()


def mask(code, table):
    """The bits of the table's fields, the operation code and the service action as they are."""
    whole = bytearray(table.size)
    left_out = NOT_READ.get(code[0], set()) | {"control", "operation_code", "service_action"}
    if code[0] == 0x5F and code[1] not in WITH_TYPE:
        left_out |= {"scope", "type"}
    for field in table.fields:
        if field.name in left_out or field.name in TAGS:
            continue
        ones = (1 << 8 * field.width) - 1
        if isinstance(field, (bits, span)):
            ones = (1 << field.high - field.low + 1) - 1 << field.low
        old = int.from_bytes(whole[field.first:field.last + 1], "big")
        whole[field.first:field.last + 1] = (old | ones).to_bytes(field.width, "big")
    whole[0] = code[0]
    if code[0] == 0x7F:
        whole[7] = 0x18
        whole[8:10] = code[1].to_bytes(2, "big")
    elif code[1] is not None:
        whole[1] |= code[1]
    return bytes(whole)


def test_most_commands_have_a_table() -> None:
    assert len({code for code, _table in PAIRS}) > 60


@pytest.mark.parametrize("code, table", PAIRS, ids=["{:02X}-{}".format(*code) for code, _table in PAIRS])
def test_the_bits_that_are_told_are_those_of_the_fields(code, table) -> None:
    assert CDB_USAGE[code].hex() == mask(code, table).hex()


def test_every_command_has_a_name_and_a_length() -> None:
    for code, usage in CDB_USAGE.items():
        assert OPERATIONS.get(code)
        assert len(usage) == {0: 6, 1: 10, 2: 10, 4: 16, 5: 12, 3: 32}[code[0] >> 5]


@pytest.mark.parametrize("code, usage", [
    ((0xC1, None), "c1ffffffff00"), ((0x2B, None), "2bffffffffffffffff00"), ((0x9E, 0x17), "9e17" + "ff" * 13 + "00"),
    ((0x7F, 0x1234), "7f" + "00" * 6 + "181234" + "ff" * 22)])
def test_a_command_that_is_not_known_may_read_everything(code, usage) -> None:
    assert cdb_usage(code).hex() == usage


def test_settings_that_are_wrong_are_told() -> None:
    with pytest.raises(ValueError, match=r"operation_codes\.timeouts"):
        OperationCodes(Clock(FakeTimers()), list, {"timeouts": 1})

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode pages: every field lies where sdparm reads it."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import (
    mode_caching,
    mode_control,
    mode_control_extension,
    mode_disconnect,
    mode_error_recovery,
    mode_informational_exceptions,
    mode_io_advice_hints,
    mode_power_condition,
    mode_protocol_specific,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_sense import find_page
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.table import bits
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import FIXTURES, recorded

PAGES = {each["page"]: each["output"] for each in json.loads(
    (FIXTURES / "mode_pages" / "sdparm.json").read_text("ascii"))["pages"]}

#: The tool's page: our table, and at which byte of the page it begins; the tool tells the first group of hints only.
OURS = {
    "ca": (mode_caching.CACHING_MODE, 0), "rw": (mode_error_recovery.ERROR_RECOVERY_MODE, 0),
    "ie": (mode_informational_exceptions.INFORMATIONAL_EXCEPTIONS_MODE, 0),
    "po": (mode_power_condition.POWER_CONDITION_MODE, 0), "dr": (mode_disconnect.DISCONNECT_MODE, 0),
    "co": (mode_control.CONTROL_MODE, 0), "coe": (mode_control_extension.CONTROL_EXTENSION_MODE, 0),
    "ioad": (mode_io_advice_hints.IO_ADVICE_HINTS_GROUP, 16), "pp": (mode_protocol_specific.PORT_MODE, 0),
    "pl": (mode_protocol_specific.LOGICAL_UNIT_MODE, 0),
}
#: Obsolete, of other device types, of later proposals, or the vendor's. What is whole bytes there is hex here.
LEFT_OUT = {
    "rw": {"COR_S", "HOC", "DSOC", "EMCDR", "ERWS"}, "co": {"VS_CTL"}, "coe": {"NSQCC", "SQCO"},
    "ioad": {"ACDLU", "RLBSR", "LBM_DT", "OV_FR", "RW_FR", "WR_SE", "RD_SE", "IO_CL", "SU_IO", "OSI_PR"},
}
HEADER = {"ps", "spf", "page_code", "subpage_code", "page_length"}
#: The tool does not know these.
ONLY_OURS = {"ioad": {"st_enble", "logical_block_markup_descriptor"}}


def place(field, start=0):
    """Byte, highest bit, and number of bits."""
    if isinstance(field, bits):
        return field.first + start, field.high, field.high - field.low + 1
    return field.first + start, 7, 8 * field.width


@pytest.mark.parametrize("name", sorted(OURS))
def test_fields_lie_where_sdparm_reads_them(name) -> None:
    table, start = OURS[name]
    mine = {place(field, start): field.name for field in table.fields
            if field.name not in HEADER | ONLY_OURS.get(name, set())}
    theirs = {}
    for line in PAGES[name][1:]:
        found = re.match(r"  (\S+) +\[0x(..):(\d):(\d+) *\]", line)
        if found.group(1) not in LEFT_OUT.get(name, set()):
            theirs[int(found.group(2), 16), int(found.group(3)), int(found.group(4))] = found.group(1)
    assert sorted(mine) == sorted(theirs), (mine, theirs)


@pytest.mark.parametrize("decode, encode, code, length", [
    (mode_caching.decode_caching_mode, mode_caching.encode_caching_mode, 0x08, 20),
    (mode_error_recovery.decode_error_recovery_mode, mode_error_recovery.encode_error_recovery_mode, 0x01, 12),
    (mode_informational_exceptions.decode_informational_exceptions_mode,
     mode_informational_exceptions.encode_informational_exceptions_mode, 0x1C, 12),
    (mode_power_condition.decode_power_condition_mode, mode_power_condition.encode_power_condition_mode, 0x1A, 40),
    (mode_disconnect.decode_disconnect_mode, mode_disconnect.encode_disconnect_mode, 0x02, 16),
    (mode_protocol_specific.decode_protocol_specific_port, mode_protocol_specific.encode_protocol_specific_port,
     0x19, 16),
    (mode_protocol_specific.decode_protocol_specific_logical_unit,
     mode_protocol_specific.encode_protocol_specific_logical_unit, 0x18, 8),
])
def test_a_page_goes_round_and_another_page_is_told_of(decode, encode, code, length) -> None:
    page = encode({"ps": True})
    assert len(page) == length == page[1] + 2 and page[0] == 0x80 | code
    values = decode(page)
    assert values["ps"] is True and values["page_code"] == code
    assert encode(values) == page
    assert set(decode(None).values()) == {None}
    warnings = []
    assert set(decode(b"\x0a" + page[1:], warnings).values()) == {None}
    warning, = warnings
    assert re.search(rf"\bmode page 0Ah\b.*\bmode page {code:02X}h\b", warning)
    # What stands behind the page is not read as the page.
    short = page[:1] + b"\0" + b"\xff" * length
    assert {value for name, value in decode(short).items() if name not in HEADER} == {None}


def test_a_page_of_the_same_code_with_a_subpage_is_another() -> None:
    warnings = []
    page = mode_control_extension.encode_control_extension_mode({"maximum_sense_data_length": 96, "ialuae": True})
    assert len(page) == 32
    assert mode_control_extension.decode_control_extension_mode(page, warnings)["maximum_sense_data_length"] == 96
    assert warnings == []
    hints = mode_io_advice_hints.decode_io_advice_hints_mode(page, warnings)
    assert hints["groups"] == [] and hints["page_code"] is None
    warning, = warnings
    assert re.search(r"\bmode page 0Ah,01h\b.*\bmode page 0Ah,05h\b", warning)
    assert mode_control_extension.decode_control_extension_mode(b"\x0a\x0a" + bytes(10))["page_code"] is None


def test_groups_of_hints_are_told_in_order() -> None:
    page = mode_io_advice_hints.encode_io_advice_hints_mode(
        [{"st_enble": True}, {"io_advice_hints_mode": 1, "logical_block_markup_descriptor": "80123400"}])
    assert page[:4] == bytes.fromhex("4a05002c") and len(page) == 48
    assert page[16:] == bytes.fromhex("04000000 00000000 0000000000000000 40000000 80123400 0000000000000000")
    values = mode_io_advice_hints.decode_io_advice_hints_mode(page)
    assert [group["st_enble"] for group in values["groups"]] == [True, False]
    warnings = []
    assert len(mode_io_advice_hints.decode_io_advice_hints_mode(page[:47], warnings)["groups"]) == 1
    warning, = warnings
    assert re.search(r"\bmode page 0Ah,05h\b.*\b15 of 16 bytes\b", warning)


def test_what_stands_for_no_number_is_none() -> None:
    told = mode_informational_exceptions.decode_informational_exceptions_mode
    assert told(bytes.fromhex("1c0a 10 06 ffffffff 00000001"))["interval_timer"] is None
    assert told(bytes.fromhex("1c0a 10 06 00000000 00000001"))["interval_timer"] is None
    values = told(bytes.fromhex("1c0a 10 06 00001770 00000001"))
    assert (values["interval_timer"], values["ewasc"], values["report_count"]) == (6000, True, 1)
    assert values["mrie"] == {"value": 6, "name": "only on request"}
    recovery = mode_error_recovery.decode_error_recovery_mode
    assert recovery(bytes.fromhex("010a c0 14 ff 00 00 00 05 00 0000"))["recovery_time_limit_milliseconds"] is None


def test_the_pages_of_a_device_that_sg_modes_read() -> None:
    data = bytes.fromhex(recorded("mode_sense/sg_modes")[0]["hex"])
    warnings = []

    def page(code):
        return find_page(data, code, 0, True, warnings)

    assert mode_caching.decode_caching_mode(page(0x08), warnings)["wce"] is True
    assert mode_error_recovery.decode_error_recovery_mode(page(0x01), warnings)["awre"] is True
    assert mode_informational_exceptions.decode_informational_exceptions_mode(page(0x1C), warnings)["page_length"] == 10
    assert mode_disconnect.decode_disconnect_mode(page(0x02), warnings)["page_length"] == 14
    assert warnings == []

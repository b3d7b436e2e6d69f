# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command descriptor blocks are those that sg3_utils sends for the same."""

from __future__ import annotations

import json

import pytest
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi import receive_copy_results as copies
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.ata_log import read_log_ext
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.inquiry import INQUIRY
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.log_sense import LOG_SENSE
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.mode_sense import MODE_SENSE_6, MODE_SENSE_10
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.physical_elements import GET_PHYSICAL_ELEMENT_STATUS
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.receive_diagnostic import RECEIVE_DIAGNOSTIC_RESULTS
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.request_sense import REQUEST_SENSE
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.send_diagnostic import SEND_DIAGNOSTIC
from ansible_collections.drivecare.scsi.plugins.module_utils._scsi.streams import GET_STREAM_STATUS, STREAM_CONTROL
from ansible_collections.drivecare.scsi.tests.unit.module_utils.scsi.wire import FIXTURES

SENT = {each["command"]: each["cdb"] for each in json.loads(
    (FIXTURES / "commands" / "sg3_utils.json").read_text("ascii"))["commands"]}

LID1 = copies.RECEIVE_COPY_RESULTS
OURS = {
    "sg_senddiag --test": SEND_DIAGNOSTIC.encode(selftest=True),
    "sg_senddiag --test --doff --uoff": SEND_DIAGNOSTIC.encode(selftest=True, devoffl=True, unitoffl=True),
    "sg_senddiag --selftest=1": SEND_DIAGNOSTIC.encode(self_test_code=1),
    "sg_senddiag --selftest=2": SEND_DIAGNOSTIC.encode(self_test_code=2),
    "sg_senddiag --selftest=4": SEND_DIAGNOSTIC.encode(self_test_code=4),
    "sg_senddiag --selftest=5": SEND_DIAGNOSTIC.encode(self_test_code=5),
    "sg_senddiag --selftest=6": SEND_DIAGNOSTIC.encode(self_test_code=6),
    "sg_senddiag --pf": SEND_DIAGNOSTIC.encode(pf=True),
    "sg_senddiag --pf --raw=40,0,0,0": SEND_DIAGNOSTIC.encode(pf=True, parameter_list_length=4),
    "sg_ses --page=0xa": RECEIVE_DIAGNOSTIC_RESULTS.encode(pcv=True, page_code=0x0A, allocation_length=0xFFFC),
    "sg_logs --page=0x10 --maxlen=404": LOG_SENSE.encode(page_code=0x10, allocation_length=404),
    "sg_logs --page=0x19,0x20 --maxlen=64 --ppc --paramp=2": LOG_SENSE.encode(
        ppc=True, page_code=0x19, subpage_code=0x20, parameter_pointer=2, allocation_length=64),
    "sg_modes --page=10 --dbd --maxlen=252": MODE_SENSE_10.encode(dbd=True, page_code=10, allocation_length=252),
    "sg_modes --six --page=10 --dbd --maxlen=252": MODE_SENSE_6.encode(dbd=True, page_code=10, allocation_length=252),
    "sg_modes --page=0x19,1 --control=2 --maxlen=252": MODE_SENSE_10.encode(
        pc=2, page_code=0x19, subpage_code=1, allocation_length=252),
    "sg_copy_results --status --list_id=66": LID1.encode(
        service_action=copies.COPY_STATUS, list_identifier=66, allocation_length=520),
    "sg_copy_results --receive --list_id=66": LID1.encode(
        service_action=copies.COPY_DATA, list_identifier=66, allocation_length=520),
    "sg_copy_results --params": LID1.encode(service_action=copies.OPERATING_PARAMETERS, allocation_length=520),
    "sg_copy_results --failed --list_id=3 --xfer_len=64": LID1.encode(
        service_action=copies.FAILURE_DETAILS, list_identifier=3, allocation_length=64),
    "sg_stream_ctl --get --id=5": GET_STREAM_STATUS.encode(starting_stream_identifier=5, allocation_length=248),
    "sg_stream_ctl --open": STREAM_CONTROL.encode(str_ctl=1, allocation_length=8),
    "sg_stream_ctl --close --id=4660": STREAM_CONTROL.encode(str_ctl=2, str_id=4660, allocation_length=8),
    "sg_inq --len=96": INQUIRY.encode(allocation_length=96),
    # Before the page the tool asks for the list of pages.
    "sg_vpd --page=0x83 --maxlen=508": INQUIRY.encode(evpd=True, page_code=0, allocation_length=508),
    "sg_vpd --force --page=0x83 --maxlen=508": INQUIRY.encode(evpd=True, page_code=0x83, allocation_length=508),
    "sg_logs --sp --page=0x10 --maxlen=404": LOG_SENSE.encode(sp=True, page_code=0x10, allocation_length=404),
    "sg_modes --llbaa --page=10 --maxlen=252": MODE_SENSE_10.encode(llbaa=True, page_code=10, allocation_length=252),
    "sg_modes --six --page=0x19,1 --control=3 --maxlen=252": MODE_SENSE_6.encode(
        pc=3, page_code=0x19, subpage_code=1, allocation_length=252),
    "sg_requests --maxlen=252": REQUEST_SENSE.encode(allocation_length=252),
    "sg_requests --desc --maxlen=252": REQUEST_SENSE.encode(desc=True, allocation_length=252),
    "sg_get_elem_status --starting=16909060 --maxlen=4096 --filter=1 --report-type=1": (
        GET_PHYSICAL_ELEMENT_STATUS.encode(
            starting_element=0x01020304, allocation_length=4096, filter=1, report_type=1)),
    "sg_sat_read_gplog --log=0xa6 --page=160 --count=18": read_log_ext(0xA6, 160, 18),
}


@pytest.mark.parametrize("command", sorted(SENT))
def test_a_command_is_the_one_that_sg3_utils_sends(command) -> None:
    assert OURS[command].hex() == SENT[command]


def test_a_list_identifier_of_four_bytes_stands_where_one_of_one_byte_begins() -> None:
    assert copies.RECEIVE_COPY_RESULTS_LID4.encode(
        service_action=copies.COPY_STATUS_LID4, list_identifier=0x42434445, allocation_length=520,
    ).hex() == "84054243444500000000000002080000"

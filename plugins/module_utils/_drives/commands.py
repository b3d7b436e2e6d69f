# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that the collection sends, each with what it does to the drive and how long it may take."""

from __future__ import annotations

from typing import Any, Optional

from .._passthrough.command import Command
from .._scsi import inquiry as inquiries
from .._scsi import log_sense as logs
from .._scsi import mode_sense as modes
from .._scsi import receive_copy_results as copies
from .._scsi import send_diagnostic as diagnostics
from .._scsi import streams
from .._scsi.operation_codes import changes, operation_name
from .._scsi.request_sense import REQUEST_SENSE

#: What an operation that has ended is forgotten by (SPC-4 6.18).
_FORGETTING = (
    copies.COPY_STATUS, copies.COPY_DATA, copies.FAILURE_DETAILS, copies.COPY_STATUS_LID4, copies.COPY_DATA_LID4,
    copies.ROD_TOKEN_INFORMATION)


def _command(cdb: bytes, data_in_length: int = 0, **facts: Any) -> Command:
    """A command; the table of operation codes tells its name and whether it changes the drive."""
    return Command(operation_name(cdb), cdb, data_in_length, changes=changes(cdb), **facts)


def forgets(cdb: bytes) -> bool:
    """Whether the drive may forget what the command returns."""
    return cdb[0] == copies.OPERATION_CODE and cdb[1] & 0x1F in _FORGETTING


def inquiry(allocation_length: int = 96) -> Command:
    """Standard INQUIRY data."""
    return _command(inquiries.INQUIRY.encode(allocation_length=allocation_length), allocation_length)


def vital_product_data(page: int, allocation_length: int = 252) -> Command:
    """A VPD page. Some old devices take only one byte of allocation length, so 252 unless more is needed."""
    return _command(
        inquiries.INQUIRY.encode(evpd=True, page_code=page, allocation_length=allocation_length), allocation_length)


def request_sense(allocation_length: int = 252) -> Command:
    """Sense data, in which a test in the background shows its progress."""
    return _command(REQUEST_SENSE.encode(allocation_length=allocation_length), allocation_length)


def log_sense(page: int, subpage: int, allocation_length: int) -> Command:
    """A log page, cumulative values."""
    return _command(logs.LOG_SENSE.encode(page_code=page, subpage_code=subpage, allocation_length=allocation_length),
                    allocation_length)


def mode_sense_10(page: int, allocation_length: int = 252) -> Command:
    """A mode page, current values, without block descriptors."""
    return _command(
        modes.MODE_SENSE_10.encode(dbd=True, page_code=page, allocation_length=allocation_length), allocation_length)


def mode_sense_6(page: int, allocation_length: int = 252) -> Command:
    """The same from a device that has no MODE SENSE(10)."""
    return _command(
        modes.MODE_SENSE_6.encode(dbd=True, page_code=page, allocation_length=allocation_length), allocation_length)


def send_self_test(self_test_code: int, default_test: bool = False, device_offline: bool = False,
                   unit_offline: bool = False, timeout_seconds: Optional[float] = None) -> Command:
    """SEND DIAGNOSTIC with a self-test code, or the default self test; the off-line bits need that."""
    cdb = diagnostics.SEND_DIAGNOSTIC.encode(
        self_test_code=self_test_code, selftest=default_test, devoffl=device_offline, unitoffl=unit_offline)
    return _command(cdb, timeout_seconds=timeout_seconds)


def receive_copy_results(service_action: int, list_id: int, allocation_length: int) -> Command:
    """RECEIVE COPY RESULTS with a list identifier of one byte."""
    cdb = copies.RECEIVE_COPY_RESULTS.encode(
        service_action=service_action, list_identifier=list_id, allocation_length=allocation_length)
    return _command(cdb, allocation_length, discards=service_action in _FORGETTING)


def receive_copy_results_lid4(service_action: int, list_id: int, allocation_length: int) -> Command:
    """The same with a list identifier of four bytes."""
    cdb = copies.RECEIVE_COPY_RESULTS_LID4.encode(
        service_action=service_action, list_identifier=list_id, allocation_length=allocation_length)
    return _command(cdb, allocation_length, discards=service_action in _FORGETTING)


def get_stream_status(starting_id: int, allocation_length: int) -> Command:
    """The open streams from this identifier on."""
    cdb = streams.GET_STREAM_STATUS.encode(
        starting_stream_identifier=starting_id, allocation_length=allocation_length)
    return _command(cdb, allocation_length)


def open_stream() -> Command:
    """Opens a stream; the answer has its identifier."""
    size = streams.STREAM_CONTROL_DATA.size
    return _command(streams.STREAM_CONTROL.encode(str_ctl=streams.OPEN_STREAM, allocation_length=size), size)


def close_stream(stream_id: int) -> Command:
    """Closes a stream."""
    size = streams.STREAM_CONTROL_DATA.size
    cdb = streams.STREAM_CONTROL.encode(str_ctl=streams.CLOSE_STREAM, str_id=stream_id, allocation_length=size)
    return _command(cdb, size)

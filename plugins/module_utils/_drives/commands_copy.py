# -*- coding: utf-8 -*-
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RECEIVE COPY RESULTS."""

from __future__ import annotations

from .._passthrough.command import Command
from .._scsi import receive_copy_results as copies
from .commands import command

#: What an operation that has ended is forgotten by (SPC-4 6.18).
_FORGETTING = (
    copies.COPY_STATUS, copies.COPY_DATA, copies.FAILURE_DETAILS, copies.COPY_STATUS_LID4, copies.COPY_DATA_LID4,
    copies.ROD_TOKEN_INFORMATION)


def forgets(cdb: bytes) -> bool:
    """Whether the drive may forget what the command returns."""
    return cdb[0] == copies.OPERATION_CODE and cdb[1] & 0x1F in _FORGETTING


def receive_copy_results(service_action: int, list_id: int, allocation_length: int) -> Command:
    """RECEIVE COPY RESULTS with a list identifier of one byte."""
    cdb = copies.RECEIVE_COPY_RESULTS.encode(
        service_action=service_action, list_identifier=list_id, allocation_length=allocation_length)
    return command(cdb, allocation_length, discards=service_action in _FORGETTING)


def receive_copy_results_lid4(service_action: int, list_id: int, allocation_length: int) -> Command:
    """The same with a list identifier of four bytes."""
    cdb = copies.RECEIVE_COPY_RESULTS_LID4.encode(
        service_action=service_action, list_identifier=list_id, allocation_length=allocation_length)
    return command(cdb, allocation_length, discards=service_action in _FORGETTING)

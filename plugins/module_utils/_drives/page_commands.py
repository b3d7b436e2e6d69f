# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that read pages and lists."""

from __future__ import annotations

from .._passthrough.command import Command
from .._passthrough.make_command import make_command
from .._scsi import log_sense as logs
from .._scsi import mode_sense as modes
from .._scsi import read_defect_data as defects
from .._scsi import report_operation_codes as codes

#: What every device takes as an allocation length: it fits into one byte.
SHORT_LENGTH = 252


def log_sense(page: int, subpage: int, allocation_length: int) -> Command:
    """A log page, cumulative values."""
    return make_command(
        logs.LOG_SENSE.encode(page_code=page, subpage_code=subpage, allocation_length=allocation_length),
        allocation_length, page=logs.page_title(page, subpage))


def mode_sense_10(page: int, allocation_length: int = SHORT_LENGTH) -> Command:
    """A mode page, or all without their subpages; current values, without block descriptors."""
    return make_command(
        modes.MODE_SENSE_10.encode(dbd=True, page_code=page, allocation_length=allocation_length), allocation_length,
        page=modes.page_title(page))


def mode_sense_6(page: int, allocation_length: int = SHORT_LENGTH) -> Command:
    """The same from a device that has no MODE SENSE(10)."""
    return make_command(
        modes.MODE_SENSE_6.encode(dbd=True, page_code=page, allocation_length=allocation_length), allocation_length,
        page=modes.page_title(page))


def report_operation_codes(allocation_length: int) -> Command:
    """All commands of the device, without their timeouts."""
    return make_command(codes.REPORT_OPERATION_CODES.encode(
        reporting_options=codes.ALL_COMMANDS, allocation_length=allocation_length), allocation_length)


def read_grown_defects_12(defect_list_format: int) -> Command:
    """The header of the list of grown defects."""
    size = defects.DEFECT_HEADER_12.size
    return make_command(defects.READ_DEFECT_DATA_12.encode(
        req_glist=True, defect_list_format=defect_list_format, allocation_length=size), size)


def read_grown_defects_10(defect_list_format: int) -> Command:
    """The same from a device that has no READ DEFECT DATA(12)."""
    size = defects.DEFECT_HEADER_10.size
    return make_command(defects.READ_DEFECT_DATA_10.encode(
        req_glist=True, defect_list_format=defect_list_format, allocation_length=size), size)

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that are sent to every drive."""

from __future__ import annotations

from .._passthrough.command import Command
from .._passthrough.make_command import make_command
from .._passthrough.sender import Sender
from .._scsi import inquiry as inquiries
from .._scsi.request_sense import REQUEST_SENSE
from .._scsi.vpd import VPD_HEADER, page_title


def inquiry(allocation_length: int = 96) -> Command:
    """Standard INQUIRY data."""
    return make_command(inquiries.INQUIRY.encode(allocation_length=allocation_length), allocation_length)


def vital_product_data(page: int, allocation_length: int = 252) -> Command:
    """A VPD page. Some old devices read only one byte of the allocation length, so 252 unless more is needed."""
    return make_command(
        inquiries.INQUIRY.encode(evpd=True, page_code=page, allocation_length=allocation_length), allocation_length,
        page=page_title(page))


def request_sense(allocation_length: int = 252) -> Command:
    """Sense data, which shows the progress of a background self test."""
    return make_command(REQUEST_SENSE.encode(allocation_length=allocation_length), allocation_length)


_VPD_LENGTH = 252


def vpd_page(session: Sender, page: int) -> bytes:
    """The whole page, requested again if it is longer than the allocation length that every device accepts."""
    data = session.send(vital_product_data(page, _VPD_LENGTH)).data
    if len(data) < VPD_HEADER.size:
        return data
    whole = min(VPD_HEADER.size + int.from_bytes(data[2:4], "big"), 0xFFFF)
    if data[1] != page or whole <= _VPD_LENGTH:
        return data
    return session.send(vital_product_data(page, whole)).data

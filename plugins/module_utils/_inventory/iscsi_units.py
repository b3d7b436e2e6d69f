# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the logical units behind an iSCSI portal."""

from __future__ import annotations

from .._passthrough.iscsi.address import parse_address
from .._passthrough.iscsi.transport import IscsiTransport, discover
from .._passthrough.make_command import make_command
from .._passthrough.open_options import IscsiOptions
from .._passthrough.session import Session
from .._scsi.inquiry import INQUIRY
from .._scsi.report_luns import HEADER, REPORT_LUNS, decode_report_luns

#: Room for 2,047 LUNs; a target that reports more is asked again.
_ROOM = 16384
_CONNECTED = 0


def logical_units(portal: str, options: IscsiOptions) -> list[str]:
    """The addresses of all logical units of all targets behind ``iscsi://[user@]host[:port]/``.

    Raises DriveError if the portal or one of its targets cannot be queried.
    """
    place = parse_address(portal)
    found: list[str] = []
    for target in discover(portal, options):
        for number in _numbers(str(place._replace(target=target.name)), options):
            found.append(str(place._replace(target=target.name, lun=number)))
    return found


def _numbers(address: str, options: IscsiOptions) -> list[int]:
    session = Session(IscsiTransport(address, options))
    try:
        room = _ROOM
        while True:
            data = session.send(make_command(REPORT_LUNS.encode(allocation_length=room), room)).data
            whole = HEADER.size + int.from_bytes(data[:4], "big")
            if whole <= room:
                break
            room = whole
        numbers = [number for number in decode_report_luns(data, []) if number is not None]
        # LUN 0 can always be addressed, but it may exist only to report the others (SPC-6 6.36).
        return [number for number in numbers if number or _is_there(session)]
    finally:
        session.close()


def _is_there(session: Session) -> bool:
    data = session.send(make_command(INQUIRY.encode(allocation_length=36), 36)).data
    return bool(data) and data[0] >> 5 == _CONNECTED

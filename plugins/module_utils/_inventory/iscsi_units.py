# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the logical units behind an iSCSI portal: its targets, and then the units of each."""

from __future__ import annotations

import time
from typing import NamedTuple

from .._passthrough.errors import AddressError, DeadlineError, DriveError, ResponseError
from .._passthrough.iscsi.address import IscsiAddress, parse_address
from .._passthrough.iscsi.transport import IscsiTransport, discover
from .._passthrough.make_command import make_command
from .._passthrough.open_options import IscsiOptions
from .._passthrough.session import Session
from .._scsi.inquiry import INQUIRY
from .._scsi.report_luns import ENTRY_SIZE, HEADER, REPORT_LUNS, decode_report_luns

#: As many as can be told apart by flat space addressing (SAM-6 4.7); and more targets than any portal has.
MOST_UNITS = 16384
MOST_TARGETS = 4096
#: Room for 2,047 LUNs; a target that reports more is asked again.
_ROOM = 16384
_MOST_ROOM = HEADER.size + MOST_UNITS * ENTRY_SIZE
#: The list may have grown since it was asked for.
_TRIES = 3
_CONNECTED = 0
_NAMED_IN_MESSAGE = 3


class Targets(NamedTuple):
    """The targets behind a portal, and what is wrong with others; ``None`` if nothing is."""

    addresses: list[IscsiAddress]
    problem: DriveError | None


class Units(NamedTuple):
    """The addresses of the logical units of a target, and why there may be more; ``None`` if these are all."""

    addresses: list[str]
    problem: DriveError | None


def targets_behind(portal: str, options: IscsiOptions, seconds: float) -> Targets:
    """The targets behind ``iscsi://[user@]host[:port]/``, each once.

    ``seconds``: the time for each step. Raises DriveError if the portal cannot be queried.
    """
    place = parse_address(portal)
    names = dict.fromkeys(target.name for target in discover(portal, _limited(options, seconds), seconds))
    good = [name for name in names if _is_address(str(place._replace(target=name)))]
    problem: DriveError | None = None
    if len(good) > MOST_TARGETS:
        problem = ResponseError(f"the portal reports {len(good)} targets; only the first {MOST_TARGETS} are queried")
    elif len(good) < len(names):
        bad = [repr(name) for name in names if name not in set(good)]
        more = f" and {len(bad) - _NAMED_IN_MESSAGE} more" if len(bad) > _NAMED_IN_MESSAGE else ""
        problem = ResponseError(f"the portal reports targets whose names are no iSCSI names: "
                                f"{', '.join(bad[:_NAMED_IN_MESSAGE])}{more}")
    return Targets([place._replace(target=name) for name in good[:MOST_TARGETS]], problem)


def _is_address(address: str) -> bool:
    try:
        return bool(parse_address(address).target)
    except AddressError:
        return False


def units_of(target: IscsiAddress, options: IscsiOptions, seconds: float) -> Units:
    """The logical units of a target, each once. Raises DriveError if the target cannot be queried in ``seconds``."""
    session = Session(IscsiTransport(str(target), _limited(options, seconds)), deadline=time.monotonic() + seconds)
    try:
        data, whole = _list(session)
        reported = dict.fromkeys(number for number in decode_report_luns(data, []) if number is not None)
        # LUN 0 can always be addressed, but it may exist only to report the others (SPC-6 6.36).
        numbers = [number for number in reported if number or _may_be_there(session)]
    finally:
        session.close()
    problem = None if whole <= len(data) else ResponseError(
        f"REPORT LUNS: {len(data)} of {whole} bytes came, so there may be logical units that are not known")
    return Units([str(target._replace(lun=number)) for number in numbers], problem)


def _limited(options: IscsiOptions, seconds: float) -> IscsiOptions:
    return options._replace(connect_timeout_seconds=min(options.connect_timeout_seconds, seconds))


def _list(session: Session) -> tuple[bytes, int]:
    """The answer to REPORT LUNS, and how long it should be."""
    room = _ROOM
    for tries_left in reversed(range(_TRIES)):
        data = session.send(make_command(REPORT_LUNS.encode(allocation_length=room), room)).data
        length = HEADER.decode(data)["lun_list_length"]
        if length is None:
            raise ResponseError(f"REPORT LUNS: {len(data)} bytes came, too few for the list's length")
        whole = HEADER.size + length
        if whole <= room or room == _MOST_ROOM or not tries_left:
            break
        room = min(whole, _MOST_ROOM)
    return data, whole


def _may_be_there(session: Session) -> bool:
    """Whether LUN 0 is a device, or cannot say: then its own entry tells why."""
    try:
        data = session.send(make_command(INQUIRY.encode(allocation_length=36), 36)).data
    except DeadlineError:
        raise
    except DriveError:
        return True
    return bool(data) and data[0] >> 5 == _CONNECTED

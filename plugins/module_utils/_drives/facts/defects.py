# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many defects a disk has found since it left the factory: its grown defect list (SBC-5 4, defects)."""

from __future__ import annotations

from typing import Sequence

from ..._passthrough.errors import AccessError, CheckCondition
from ..._scsi.read_defect_data import (
    BYTES_FROM_INDEX,
    DESCRIPTOR_SIZES,
    LONG_BLOCK,
    PHYSICAL_SECTOR,
    SHORT_BLOCK,
    decode_defect_header,
)
from ..._scsi.sense_keys import MEDIUM_ERROR
from ..._scsi.table import Values
from ..._scsi.vpd_block_device_characteristics import BLOCK_DEVICE_CHARACTERISTICS, decode_block_device_characteristics
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from ..page_commands import read_grown_defects_10, read_grown_defects_12
from .pages import value, vital_product_data

_READ_DEFECT_DATA_10, _READ_DEFECT_DATA_12 = 0x37, 0xB7
#: From this length on, the older command may have had no room for more entries of eight bytes.
_FULL = 0xFFF8
_DEFECT_LIST_NOT_FOUND = 0x1C
#: A medium that does not rotate has blocks only, one that does has tracks as well.
_FORMATS_OF_BLOCKS = (LONG_BLOCK, SHORT_BLOCK)
_FORMATS_OF_TRACKS = (BYTES_FROM_INDEX, PHYSICAL_SECTOR)


def grown_defects(session: CarefulSession) -> Values | None:
    """``{count, defect_list_format}`` of the grown defect list; ``None`` if the disk does not report it."""
    if session.operations is None and session.log_pages == frozenset():
        # A drive that keeps a list of defects keeps logs too; a device without logs may be a volume of an array.
        return None
    medium = vital_product_data(
        session, BLOCK_DEVICE_CHARACTERISTICS, decode_block_device_characteristics) or {}
    formats = (_FORMATS_OF_BLOCKS + _FORMATS_OF_TRACKS if medium.get("non_rotating") else
               _FORMATS_OF_TRACKS + _FORMATS_OF_BLOCKS)
    header = answer_or_none(session, "the grown defects", lambda: _header(session, formats))
    if header is None or not header["glistv"] or value(header["defect_list_format"]) is None:
        return None
    count = header["defects"]
    if header["plistv"]:
        # Of the two lists together nobody knows how many the drive has grown.
        session.warnings.append("the grown defects: the primary defects came along, so they cannot be counted")
        count = None
    return {"count": count, "defect_list_format": header["defect_list_format"]}


def _header(session: CarefulSession, formats: Sequence[int]) -> Values | None:
    """The header of the list; ``None`` if the drive has none.

    The older command goes first: without privileges Linux lets only that one through (drivers/scsi/scsi_ioctl.c).
    """
    shorter = None
    if session.has(_READ_DEFECT_DATA_10):
        shorter = _in_a_known_format(session, formats, twelve=False)
        length = None if shorter is None else shorter["defect_list_length"]
        if shorter is None or length is not None and length < _FULL:
            return shorter
    # One refusal is enough: READ DEFECT DATA(12) is sent if a list of commands names it, or if there is more to know.
    if session.has(_READ_DEFECT_DATA_12) and (session.operations is not None or shorter is not None):
        try:
            longer = _in_a_known_format(session, formats, twelve=True)
            if longer is not None:
                return longer
        except AccessError as error:
            session.warnings.append(f"the grown defects: {error}")
        except CheckCondition as error:
            if shorter is None or not error.not_supported:
                raise
    return None if shorter is None else _at_least(session, shorter)


def _at_least(session: CarefulSession, shorter: Values) -> Values:
    """The header of a list that is too long for the older command: thousands of defects must not look like none."""
    size = DESCRIPTOR_SIZES.get(shorter["defect_list_format"]["value"])
    defects = None if size is None else _FULL // size
    if defects is not None:
        session.warnings.append(f"the grown defects: there are {defects} or more; the drive could not say how many")
    return dict(shorter, defects=defects)


def _in_a_known_format(session: CarefulSession, formats: Sequence[int], twelve: bool) -> Values | None:
    """The header in the first format that the drive has.

    A drive that does not support the requested format returns the list in another with a recovered error, or nothing
    but that error (SBC-5 5, READ DEFECT DATA).
    """
    make = read_grown_defects_12 if twelve else read_grown_defects_10
    format_bytes = (1,) if twelve else (2,)
    refused: CheckCondition | None = None
    for defect_list_format in formats:
        try:
            data = session.send(make(defect_list_format)).data
        except CheckCondition as error:
            if error.sense.key == MEDIUM_ERROR and error.sense.asc == _DEFECT_LIST_NOT_FOUND:
                return None
            if error.may_refuse_field(*format_bytes) or refused is not None and error.not_supported:
                refused = refused or error
                continue
            raise
        if data:
            return decode_defect_header(data, twelve, session.warnings)
    if refused is not None:
        raise refused
    return None

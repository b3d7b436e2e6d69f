# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Seagate's disks count for themselves in FARM: hours that stay when SMART or other logs are set back.

Asked of disks whose vendor is Seagate, and of ATA disks whose model is one of Seagate's, so of no other disk. An ATA
disk is asked for its directory of logs first, as a log that it does not have would become an entry in its error log.
"""

from __future__ import annotations

import re

from ..._passthrough.errors import AccessError, CheckCondition
from ..._passthrough.make_command import make_command
from ..._scsi import farm
from ..._scsi.ata_log import LOG_DIRECTORY, decode_log_directory, read_log_ext
from ..._scsi.ata_smart import SECTOR
from ..._scsi.sense_keys import ABORTED_COMMAND
from ..._scsi.table import Values
from ..answers import answer_or_none
from ..careful_session import CarefulSession
from .pages import log_page

_READ_LOG_EXT = "READ LOG EXT"
#: ST16000NM001G, ST1000LM049; also "Seagate BarraCuda", as some bridges say. smartctl has the same pattern.
_MODEL = re.compile(r"(ST\d{3,5}[A-Z]{2}|Seagate)")
#: As much of page 5 as smartctl reads: it is known that the disks return so many blocks.
_RELIABILITY_BLOCKS = 18


def gather_farm(session: CarefulSession, smart: Values | None) -> Values | None:
    """What FARM says; ``None`` for a disk that has no FARM.

    ``smart`` is what an ATA disk has said by SMART: where its commands do not come through, FARM's do not either.
    """
    standard = session.standard
    if standard["t10_vendor_identification"] == farm.FARM_VENDOR:
        found: Values | None = log_page(session, farm.FARM_PAGE, farm.decode_farm_page, farm.FARM_SUBPAGE)
        return found
    if smart is None or not _MODEL.match(standard["product_identification"] or ""):
        return None
    try:
        return answer_or_none(session, "FARM", lambda: _of_ata(session))
    except AccessError as error:
        session.warnings.append(f"FARM: {error}")
        return None


def _of_ata(session: CarefulSession) -> Values | None:
    try:
        directory = decode_log_directory(_read(session, LOG_DIRECTORY))
    except CheckCondition as error:
        # A disk without general purpose logs.
        if error.not_supported or error.sense.key == ABORTED_COMMAND and not error.sense.asc:
            return None
        raise
    if directory.get(farm.FARM_LOG, 0) < farm.ATA_LOG_BLOCKS:
        return None
    first = farm.ATA_PAGE_BLOCKS
    return farm.decode_farm_pages(
        _read(session, farm.FARM_LOG, farm.DRIVE_INFORMATION_PAGE * first),
        _read(session, farm.FARM_LOG, farm.RELIABILITY_PAGE * first, _RELIABILITY_BLOCKS), session.warnings)


def _read(session: CarefulSession, log: int, page: int = 0, count: int = 1) -> bytes:
    return session.send(make_command(
        read_log_ext(log, page, count), SECTOR * count, name=_READ_LOG_EXT)).data

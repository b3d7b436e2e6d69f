# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ATA drive reports about its health by SMART, where its SCSI translation has no such pages (SAT-5 10)."""

from __future__ import annotations

from typing import Mapping

from ..._passthrough.errors import AccessError, CheckCondition
from ..._passthrough.make_command import make_command
from ..._scsi import ata_smart as smart
from ..._scsi.sense import decode_sense
from ..._scsi.table import Values
from ..answers import side_answer
from ..careful_session import CarefulSession
from ..selftest.ata import HOURS_SOURCE, READ_DATA, ata_units, read_sector

#: A disk of 0 or of 100 degrees reports something else.
_PLAUSIBLE_CELSIUS = range(1, 100)


def gather_smart(session: CarefulSession) -> Values | None:
    """The attributes that matter and the drive's own verdict; ``None`` for what is no ATA drive or has no SMART data.

    Needs CAP_SYS_RAWIO on Linux; without it a warning says so.
    """
    units = ata_units(session)
    if units is None:
        return None
    try:
        data = read_sector(session, READ_DATA, smart.smart_read_data())
    except (AccessError, CheckCondition) as error:
        session.warnings.append(f"SMART: {error}")
        return None
    attributes = smart.decode_attributes(data)
    if not attributes:
        return None
    return {
        "healthy": side_answer(session, lambda: _verdict(session)),
        "power_on_hours": smart.power_on_hours(attributes, units.hours_divisor),
        "temperature_celsius": _temperature(attributes, units.celsius_divisor),
        "reallocated_sectors": _raw(attributes, smart.REALLOCATED_SECTORS),
        "pending_sectors": _raw(attributes, smart.PENDING_SECTORS),
        "offline_uncorrectable_sectors": _raw(attributes, smart.OFFLINE_UNCORRECTABLE),
    }


def complete(health: Values, found: Values) -> None:
    """Puts what SMART says in the place of facts that the translation did not report."""
    if health["power_on_hours"] is None and found["power_on_hours"] is not None:
        health.update(power_on_hours=found["power_on_hours"], power_on_hours_source=HOURS_SOURCE)
    if health["temperature"] is None and found["temperature_celsius"] is not None:
        health["temperature"] = {
            "temperature_celsius": found["temperature_celsius"], "reference_temperature_celsius": None}
    if found["healthy"] is not None:
        # The translation may have no words for it, or say that all is well because it did not ask.
        health["predicted_failure"] = bool(health["predicted_failure"]) or not found["healthy"]
    if health["grown_defects"] is None and found["reallocated_sectors"] is not None:
        health["grown_defects"] = {"count": found["reallocated_sectors"], "defect_list_format": None}
    if health["pending_defects"] is None and found["pending_sectors"] is not None:
        health["pending_defects"] = {"count": found["pending_sectors"], "defects": []}


def _verdict(session: CarefulSession) -> bool | None:
    reply = session.send(make_command(smart.smart_return_status(), name="SMART RETURN STATUS"))
    registers = decode_sense(reply.sense).ata if reply.sense else None
    return None if registers is None else smart.decode_return_status(registers["lba"])


def _raw(attributes: Mapping[int, smart.Attribute], number: int) -> int | None:
    attribute = attributes.get(number)
    return None if attribute is None else attribute.counted


def _temperature(attributes: Mapping[int, smart.Attribute], divisor: int) -> int | None:
    """Its lowest byte; vendors keep the highest and the lowest of all time in the others.

    ``divisor``: how many of its units make a degree, in two bytes then; 0 if the attributes are no temperature.
    """
    for number in (smart.TEMPERATURE, smart.AIRFLOW_TEMPERATURE):
        raw = _raw(attributes, number)
        if raw is None or not divisor:
            continue
        celsius = raw & 0xFF if divisor == 1 else (raw & 0xFFFF) // divisor
        if celsius in _PLAUSIBLE_CELSIUS:
            return celsius
    return None

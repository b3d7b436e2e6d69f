# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which drive it is, and the paths from this host to it. None of these requests wakes a drive."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..._inventory.linux_paths import Paths
from ..._scsi.device_types import DISKS, PERIPHERAL_DEVICE_TYPES
from ..._scsi.table import Values, named
from ..._scsi.vpd import UNIT_SERIAL_NUMBER, decode_unit_serial_number
from ..._scsi.vpd_block_device_characteristics import BLOCK_DEVICE_CHARACTERISTICS, decode_block_device_characteristics
from ..._scsi.vpd_designators import DEVICE_IDENTIFICATION, decode_device_identification, logical_unit_name
from ..careful_session import CarefulSession
from .pages import value, vital_product_data

_TARGET_PORT = 1
#: The standards of transports, which version descriptors name, and the protocols as designators name them.
_TRANSPORTS = (("SAS", "SAS"), ("SPL", "SAS"), ("iSCSI", "iSCSI"), ("FCP", "Fibre Channel"), ("UAS", "UAS"),
               ("SRP", "RDMA"))


#: Who says which drive it is: the drive now, or the kernel from when it found the drive.
DRIVE, KERNEL = "drive", "kernel"


def known_identity(device: str, paths: Paths) -> Values | None:
    """The identity of a drive that does not answer, as far as the kernel knows it; ``None`` where it knows nothing.

    It is the silent drive that somebody has to find.
    """
    unit = paths.unit_of(device)
    if unit is None:
        return None
    reached = paths.of(device, unit.wwn)
    bay = paths.bay(reached or ())
    return {
        "source": KERNEL, "vendor": unit.vendor, "product": unit.product, "revision": unit.revision,
        "serial": unit.serial, "wwn": unit.wwn, "designators": [],
        "peripheral_device_type": None if unit.device_type is None else named(
            unit.device_type, PERIPHERAL_DEVICE_TYPES),
        "removable": None, "spc_version": None, "version_descriptors": [], "protocol": None, "form_factor": None,
        "rotation_rate_rpm": None, "non_rotating": None, "paths": reached,
        "path_count": None if reached is None else len(reached), "bay": None if bay is None else bay._asdict(),
    }


def gather_identity(session: CarefulSession, paths: Paths) -> Values:
    """The facts of the subset ``identity``, as the module documents them."""
    standard = session.standard
    designators: list[Values] = vital_product_data(
        session, DEVICE_IDENTIFICATION, decode_device_identification) or []
    serial: str | None = vital_product_data(session, UNIT_SERIAL_NUMBER, decode_unit_serial_number)
    medium: Values = {}
    if session.device_type in DISKS:
        medium = vital_product_data(
            session, BLOCK_DEVICE_CHARACTERISTICS, decode_block_device_characteristics) or {}
    wwn = logical_unit_name(designators)
    reached = paths.of(session.device, wwn)
    bay = paths.bay(reached or ())
    return {
        "source": DRIVE,
        "vendor": standard["t10_vendor_identification"],
        "product": standard["product_identification"],
        "revision": standard["product_revision_level"],
        "serial": serial,
        "wwn": wwn,
        "designators": designators,
        "peripheral_device_type": standard["peripheral_device_type"],
        "removable": standard["rmb"],
        "spc_version": standard["version"],
        "version_descriptors": standard["version_descriptors"],
        "protocol": _protocol(designators, standard["version_descriptors"]),
        "form_factor": _form_factor(medium),
        "rotation_rate_rpm": medium.get("rotation_rate_rpm"),
        "non_rotating": medium.get("non_rotating"),
        "paths": reached,
        "path_count": None if reached is None else len(reached),
        "bay": None if bay is None else bay._asdict(),
    }


def _protocol(designators: Sequence[Mapping[str, Any]], descriptors: Sequence[Mapping[str, Any]]) -> str | None:
    """The protocol of the drive's port: from its designator or, without one, the standard that the drive claims."""
    for designator in designators:
        protocol = designator["protocol_identifier"]
        if protocol is not None and protocol["name"] and designator["association"]["value"] == _TARGET_PORT:
            name: str = protocol["name"]
            return name
    claimed = [each["name"] or "" for each in descriptors]
    for beginning, transport in _TRANSPORTS:
        if any(name == beginning or name.startswith(beginning + "-") for name in claimed):
            return transport
    return None


def _form_factor(medium: Mapping[str, Any]) -> str | None:
    """"2.5 inch"; ``None`` if not reported by the drive."""
    coded: Values | None = medium.get("nominal_form_factor")
    return coded["name"] if coded is not None and value(coded) else None

# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of drives, as data: the defaults for an entry of a description."""

from __future__ import annotations

from typing import Any

from .._scsi.device_types import DISK, ENCLOSURE, TAPE

_SPC_2, _SPC_4, _SPC_5 = 0x04, 0x06, 0x07

#: The defaults of every profile; None for a feature that the drive does not have.
COMMON: dict[str, Any] = {
    "vendor": "DRVCARE", "product": "EMULATED DRIVE", "revision": "0001", "protocol": "sas", "device_type": DISK,
    "version": _SPC_4, "size": "1GiB", "block_length": 512, "medium": "memory", "power_on_hours": 1000.0,
    "removable": False,
    "selftest": {}, "blocks": {}, "defects": {}, "mode": {}, "power": {}, "logs": {}, "reservations": {}, "ports": {},
    "operation_codes": {}, "streams": None, "copy_manager": None, "enclosure": None, "physical_elements": None,
    "farm": None, "faults": [],
}

PROFILES: dict[str, dict[str, Any]] = {
    "sas_hdd": {
        "product": "SAS HARD DISK", "size": "16GiB", "power_on_hours": 20000.0,
        "selftest": {"short_seconds": 120, "extended_seconds": 7200},
        "blocks": {"rotation_rate": 7200, "form_factor": "3.5 inch", "physical_block_exponent": 3},
        "defects": {"primary": 1200},
        "physical_elements": {},
    },
    "sas_ssd": {
        "product": "SAS SSD", "size": "16GiB", "version": _SPC_5, "power_on_hours": 8000.0,
        "selftest": {"short_seconds": 60, "extended_seconds": 1200},
        "blocks": {"rotation_rate": 1, "form_factor": "2.5 inch", "provisioning": "thin", "physical_block_exponent": 3},
        "streams": {"maximum": 16, "permanent": [{"id": 0, "relative_lifetime": 20}]},
        "logs": {"endurance": {}},
    },
    "array_lun": {
        "product": "ARRAY VOLUME", "size": "64GiB", "version": _SPC_5, "protocol": "iscsi", "power_on_hours": 30000.0,
        "selftest": {"short_seconds": 10, "extended_seconds": 60},
        "blocks": {"rotation_rate": 0, "provisioning": "thin", "physical_block_exponent": 3, "write_same_zero": True},
        "ports": {"tpgs": "implicit"},
        "logs": {"environment": None, "format_status": None, "without": [0x1A]},
        "copy_manager": {},
    },
    "spc2_disk": {
        "product": "OLD DISK", "version": _SPC_2, "size": "1GiB", "power_on_hours": 90000.0,
        "selftest": {"short_seconds": 120, "extended_seconds": 5400},
        "blocks": {"rotation_rate": 10000, "maximum_compare_and_write_blocks": 0},
        "reservations": {"persistent": False},
        "operation_codes": None,
        "logs": {"environment": None, "without": [0x19, 0x1A]},
    },
    "tape_drive": {
        "product": "TAPE DRIVE", "device_type": TAPE, "version": _SPC_5, "power_on_hours": 5000.0, "medium": None,
        "blocks": None, "defects": None, "removable": True,
        "selftest": {"short_seconds": 60, "extended_seconds": 600},
        "logs": {"tape_alert_flags": [], "format_status": None, "background_scan": None, "without": [0x0E, 0x1A]},
    },
    "enclosure": {
        "product": "EMULATED SHELF", "device_type": ENCLOSURE, "medium": None, "blocks": None, "defects": None,
        "logs": None, "selftest": {"extended_seconds": 0}, "enclosure": {},
    },
}
